//! Which page an address is, and what it is made of.
//!
//! For: fetching what a page shows and rendering it. Not for: keeping pages (see `routes`).
//! Invariant: an address that names nothing is a problem, never an empty page.

use super::judged::{self, NotCompared, hex};
use super::seen::Seen;
use crate::model::overview::RunSummary;
use crate::model::{RunId, SeriesId};
use crate::report::dashboard::{self, Asked, HOME, JudgedRun};
use crate::report::html::Page;
use crate::serve::problem::Problem;
use crate::store::Store;

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Overview,
    SeriesList,
    Series(SeriesId),
    Matrix,
    Runs,
    Run(RunId),
    Compare,
}

impl Place {
    /// The page of a path; `None` where there is none.
    pub(super) fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(HOME)?.trim_end_matches('/');
        Some(match rest {
            "" => Self::Overview,
            "/series" => Self::SeriesList,
            "/matrix" => Self::Matrix,
            "/runs" => Self::Runs,
            "/compare" => Self::Compare,
            _ => match rest.strip_prefix('/')?.split_once('/')? {
                ("series", id) => Self::Series(SeriesId(hex(id)?)),
                ("runs", id) => Self::Run(RunId(hex(id)?)),
                _ => return None,
            },
        })
    }

    /// Renders it.
    pub(super) fn page(self, store: &Store, seen: &Seen, asked: &Asked) -> Result<Page, Problem> {
        let (look, frame) = (&seen.look, seen.frame());
        let (kind, others) = look.kind(asked.is_simulated());
        let is_empty = look.series.is_empty();
        Ok(match self {
            Self::Overview | Self::SeriesList | Self::Matrix if is_empty => dashboard::empty(&frame),
            Self::Overview => dashboard::overview(&frame, asked, &kind.view, &look.totals, &look.runs, others),
            Self::SeriesList => dashboard::series_list(&frame, asked, &kind.view, others),
            Self::Matrix => dashboard::matrix(&frame, asked, &kind.view, others),
            Self::Runs => dashboard::runs(&frame, asked, &look.runs),
            Self::Series(id) => {
                let meta = look.meta(id).ok_or_else(|| Problem::not_found("there is no such series"))?;
                let kind = look.kind_of(meta);
                let explained = kind.newest(&seen.settings, id);
                let explained = explained.as_ref().map(|(found, provenance)| (found, provenance));
                dashboard::series(&frame, meta, &kind.view, explained)
            }
            Self::Run(id) => {
                let stored = store.stored_run(id)?.ok_or_else(|| Problem::not_found("there is no such run"))?;
                let view = judged::judged(store, &seen.settings, &stored)?;
                let (others, before) = (look.others(&stored), look.before(&stored));
                dashboard::run(&frame, asked, &JudgedRun { stored: &stored, view: &view, others: &others, before })
            }
            Self::Compare => compare(store, seen, asked)?,
        })
    }
}

fn compare(store: &Store, seen: &Seen, asked: &Asked) -> Result<Page, Problem> {
    let (frame, runs): (_, &[RunSummary]) = (seen.frame(), &seen.look.runs);
    if asked.candidate.trim().is_empty() {
        return Ok(dashboard::compare(&frame, asked, Ok(None), runs));
    }
    Ok(match judged::compared(store, &seen.settings, asked.base.trim(), &asked.candidate) {
        Ok(compared) => dashboard::compare(&frame, asked, Ok(Some(&compared)), runs),
        Err(NotCompared::NoRun(words)) => dashboard::compare(&frame, asked, Err(&words), runs),
        Err(NotCompared::Store(error)) => return Err(error.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_page_or_nothing() {
        for (path, place) in [
            ("/dashboard", Some(Place::Overview)),
            ("/dashboard/", Some(Place::Overview)),
            ("/dashboard/series", Some(Place::SeriesList)),
            ("/dashboard/series/00000000000000ff", Some(Place::Series(SeriesId(255)))),
            ("/dashboard/runs/00000000000000FF", Some(Place::Run(RunId(255)))),
            ("/dashboard/runs/ff", None),
            ("/dashboard/runs/+0000000000000ff", None),
            ("/dashboard/runs/00000000000000ff/x", None),
            ("/dashboard/nothing", None),
            ("/dashboards", None),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
