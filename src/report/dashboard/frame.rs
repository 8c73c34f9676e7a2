//! What all pages share: where they are, and the way between them.
//!
//! For: addresses, places, trails. Not for: content.
//! Invariant: an address is made here and nowhere else; it carries ids in hex.

use super::super::html::{Form, Link, Page, Site};
use crate::model::{RunId, SeriesId};

/// The first page.
pub const HOME: &str = "/dashboard";
pub(super) const SERIES: &str = "/dashboard/series";
pub(super) const MATRIX: &str = "/dashboard/matrix";
pub(super) const RUNS: &str = "/dashboard/runs";
pub(super) const COMPARE: &str = "/dashboard/compare";

/// The places that every page leads to.
const PLACES: [(&str, &str); 5] =
    [("Overview", HOME), ("Series", SERIES), ("Matrix", MATRIX), ("Runs", RUNS), ("Compare", COMPARE)];

/// What every page is told of its server.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Which state of the history is shown, in a word.
    pub state: String,
    /// What the history is called.
    pub database: String,
}

/// Where a series is.
#[must_use]
pub fn series_address(id: SeriesId) -> String {
    format!("{SERIES}/{id}")
}

/// Where a run is.
#[must_use]
pub fn run_address(id: RunId) -> String {
    format!("{RUNS}/{id}")
}

impl Frame {
    /// A page that is one of the places.
    pub(super) fn place(&self, page: Page, place: &str, form: Option<Form>) -> Page {
        page.on(Site { form, ..self.site(place, Vec::new()) })
    }

    /// A page below one of the places.
    pub(super) fn below(&self, page: Page, place: &str, form: Option<Form>) -> Page {
        let trail =
            PLACES.iter().filter(|(_, target)| *target == place).map(|(text, target)| Link::new(*text, *target));
        page.on(Site { form, ..self.site("", trail.collect()) })
    }

    fn site(&self, here: &str, trail: Vec<Link>) -> Site {
        let places = PLACES.iter().map(|(text, target)| Link::new(*text, *target).here(*target == here)).collect();
        Site { places, trail, form: None, state: self.state.clone() }
    }
}
