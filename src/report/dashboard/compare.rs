//! Two runs or commits.
//!
//! For: what differs between them, and whether it is more than noise. Not for: finding out where a change happened (see
//! `series`).
//! Invariant: a verdict rests on the history up to the base, never on the two values alone; both are shown beside it.

use std::collections::HashMap;

use super::super::html::{Block, Field, Form, Link, Page, Section, address};
use super::super::view::View;
use super::asked::Asked;
use super::frame::{COMPARE, Frame};
use super::runs::table as runs_table;
use super::verdicts::{outcome, questions, verdicts};
use crate::model::SeriesId;
use crate::model::overview::RunSummary;

/// Runs that are offered where none is chosen.
const OFFERED: usize = 10;

/// A comparison.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The candidate in words: a run, or a commit with its runs.
    pub candidate: String,
    /// The base in words; `None` where the candidate is compared with the history before it.
    pub base: Option<String>,
    /// What the base measured, in the canonical unit; the median where several of its runs measured a series.
    pub base_values: HashMap<SeriesId, f64>,
    /// What the gate says of the candidate.
    pub view: View,
}

/// The page. `found` is `None` where nothing was asked for yet, and an error where no run fits, in words.
#[must_use]
pub fn compare(frame: &Frame, asked: &Asked, found: Result<Option<&Compared>, &str>, runs: &[RunSummary]) -> Page {
    let mut fields = vec![
        Field::Words { name: "base", label: "Base: run or commit", value: asked.base.clone(), example: "its baseline" },
        Field::Words {
            name: "candidate",
            label: "Candidate",
            value: asked.candidate.clone(),
            example: "run or commit",
        },
    ];
    let page = match found {
        Ok(Some(compared)) => {
            fields.extend(questions(asked));
            comparison(asked, compared)
        }
        Ok(None) => Page::new("Compare", HOW).with(offer(runs)),
        Err(words) => Page::new("Nothing to compare", words).with(offer(runs)),
    };
    frame.place(page, COMPARE, Some(Form { action: COMPARE.to_owned(), fields, button: "Compare" }))
}

/// What can be asked.
const HOW: &str = "A run is named by its id, a commit by the beginning of its hash. Without a base, the candidate is compared \
    with the history before it.";

fn comparison(asked: &Asked, compared: &Compared) -> Page {
    let Compared { candidate, base, base_values, view } = compared;
    let title = format!("Compare {candidate} with {}", base.as_deref().unwrap_or("its baseline"));
    let subtitle = match base {
        Some(_) => "Verdicts rest on the history up to the base: two values alone do not tell a change from noise.",
        None => "Verdicts rest on the history before the candidate.",
    };
    let base_values = base.as_ref().map(|_| base_values);
    Page::new(title, subtitle).with(outcome(view)).with(verdicts(view, asked, COMPARE, base_values))
}

fn offer(runs: &[RunSummary]) -> Section {
    let section = Section::new("offer", "Newest runs");
    let newest: Vec<&RunSummary> = runs.iter().take(OFFERED).collect();
    let [candidate, base, ..] = newest.as_slice() else {
        return section.lead("The history holds fewer than two runs.");
    };
    let (base, candidate) = (base.id.to_string(), candidate.id.to_string());
    let links = vec![
        Link::new("The newest run against its baseline", address(COMPARE, &[("candidate", &candidate)])),
        Link::new(
            "The newest run against the one before",
            address(COMPARE, &[("base", &base), ("candidate", &candidate)]),
        ),
    ];
    section
        .with(Block::Links(links))
        .with(Block::Table(runs_table(&newest, "The page of a run leads to comparisons with it")))
}
