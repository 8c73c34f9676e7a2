//! Every run.
//!
//! For: finding a run by its name, commit or branch. Not for: what it measured (see `run`).
//! Invariant: runs whose results failed say so; runs of pull requests are listed too.

use std::collections::BTreeSet;

use super::super::html::{Block, Cell, Column, Field, Form, Page, Section, Table};
use super::asked::{Asked, holds};
use super::frame::{Frame, RUNS, run_address};
use super::listing::Listing;
use super::series_list::choice;
use crate::model::overview::RunSummary;
use crate::text::time::minute;
use crate::text::{plural, short_commit};

/// The page, of runs that come newest first.
#[must_use]
pub fn runs(frame: &Frame, asked: &Asked, all: &[RunSummary]) -> Page {
    let words = asked.words();
    let is_asked_for = |run: &&RunSummary| {
        let text = || [Some(run.key.as_str()), run.suite.as_deref(), run.commit.as_deref(), run.branch.as_deref()];
        (asked.branch.is_empty() || run.branch.as_deref() == Some(asked.branch.as_str()))
            && (words.is_empty() || holds(&text().into_iter().flatten().collect::<Vec<_>>().join(" "), &words))
    };
    let listing = Listing::of(all.iter().filter(is_asked_for).collect(), all.len(), asked, RUNS, ("run", "runs"));
    let mut section = Section::new("runs", "Runs").lead(listing.sentence);
    if !listing.shown.is_empty() {
        section = section.with(Block::Table(table(&listing.shown, "Runs, newest first")));
    }
    section = listing.parts.into_iter().fold(section, Section::with);
    let branches: BTreeSet<&str> = all.iter().filter_map(|run| run.branch.as_deref()).collect();
    let branches = branches.into_iter().map(|name| (name.to_owned(), name.to_owned())).collect();
    let form = Form {
        action: RUNS.to_owned(),
        button: "Show",
        fields: vec![
            Field::Words { name: "q", label: "Run, suite or commit", value: asked.q.clone(), example: "3f2a91c" },
            choice("branch", "Branch", "any", branches, &asked.branch),
        ],
    };
    let subtitle = format!("{} in {}.", plural(all.len(), "run", "runs"), frame.database);
    frame.place(Page::new("Runs", subtitle).with(section), RUNS, Some(form))
}

/// Runs as a table.
pub(super) fn table(runs: &[&RunSummary], caption: &str) -> Table {
    let columns = vec![
        Column::text("Run"),
        Column::number("Started"),
        Column::text("Commit"),
        Column::text("Branch"),
        Column::number("Results"),
        Column::number("Failed"),
    ];
    let mut table = Table::new("newest-table", caption, columns);
    for run in runs {
        let known = |text: &Option<String>| {
            text.as_deref().map_or_else(|| Cell::missing("unknown"), |text| Cell::text(short_commit(text)))
        };
        let attempt = if run.attempt > 1 { format!("attempt {}", run.attempt) } else { String::new() };
        let notes: Vec<String> =
            run.suite.iter().cloned().chain(Some(attempt)).filter(|note| !note.is_empty()).collect();
        let started = run.started_at;
        table.push(vec![
            Cell::text(&run.key).note(notes.join(", ")).link(run_address(run.id)),
            started.map_or_else(|| Cell::missing("unknown"), |at| Cell::number(minute(at), at.as_second() as f64)),
            known(&run.commit),
            known(&run.branch),
            Cell::number(run.completed.to_string(), run.completed as f64),
            Cell::number(run.failed.to_string(), run.failed as f64),
        ]);
    }
    table
}
