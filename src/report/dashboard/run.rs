//! One run.
//!
//! For: where and when it was made, what it measured, and what the gate says of each series against the history before it.
//! Not for: several runs together (see `compare`).
//! Invariant: results that failed or look made up are named; the verdicts are those that `compare` gives.

use super::super::html::{Block, Cell, Column, Form, Link, Page, Section, Table, address};
use super::super::view::View;
use super::asked::Asked;
use super::frame::{COMPARE, Frame, RUNS, run_address};
use super::runs::table as runs_table;
use super::verdicts::{outcome, questions, verdicts};
use crate::model::overview::RunSummary;
use crate::model::{BenchmarkResult, Run, Simulation, Status, StoredRun};
use crate::text::plural;
use crate::text::time::minute;

/// Remarks on results that a page shows.
const REMARKS: usize = 100;

/// A run with what the gate says of it.
#[derive(Clone, Copy, Debug)]
pub struct JudgedRun<'a> {
    /// The run.
    pub stored: &'a StoredRun,
    /// Its judgement.
    pub view: &'a View,
    /// Other attempts of it, and other runs of its commit.
    pub others: &'a [&'a RunSummary],
    /// The run before it on its branch, to compare with.
    pub before: Option<&'a RunSummary>,
}

/// The page.
#[must_use]
pub fn run(frame: &Frame, asked: &Asked, judged: &JudgedRun<'_>) -> Page {
    let JudgedRun { stored, view, others, before } = *judged;
    let Run { key, attempt, commit, branch, started_at, .. } = &stored.run;
    let title = if *attempt > 1 { format!("Run {key}, attempt {attempt}") } else { format!("Run {key}") };
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    let started = started_at.map_or_else(|| "an unknown time".to_owned(), minute);
    let subtitle = format!("Commit {}, branch {}, made at {started}.", known(commit), known(branch));
    let path = run_address(stored.id);
    let mut ways =
        vec![Link::new("Compare it with another", address(COMPARE, &[("candidate", &stored.id.to_string())]))];
    ways.extend(before.map(|before| {
        let sides = [("base", before.id.to_string()), ("candidate", stored.id.to_string())];
        let sides = sides.each_ref().map(|(name, id)| (*name, id.as_str()));
        Link::new(format!("Compare it with the run before, {}", before.key), address(COMPARE, &sides))
    }));
    let mut first = outcome(view).with(Block::Links(ways));
    if started_at.is_none() {
        first = first.lead("Its time is not known, so it was judged against the whole history.");
    }
    let mut page = Page::new(title, subtitle).with(first).with(verdicts(view, asked, &path, None));
    page = [failures(stored), remarks(stored)].into_iter().flatten().fold(page, Page::with);
    page = page.with(facts(stored));
    if !others.is_empty() {
        let table = Block::Table(runs_table(others, "Other attempts of this run, and other runs of its commit"));
        page = page.with(Section::new("others", "Attempts and runs of the same commit").with(table));
    }
    let form = Form { action: path, fields: questions(asked).into(), button: "Show" };
    frame.below(page, RUNS, Some(form))
}

/// Results with something to be said of each, at most so many; the rest is counted.
fn said<'a>(
    id: &'static str,
    heading: &str,
    column: &str,
    results: impl Iterator<Item = (&'a BenchmarkResult, &'a str)>,
) -> Option<Section> {
    let results: Vec<_> = results.collect();
    if results.is_empty() {
        return None;
    }
    let count = plural(results.len(), "result", "results");
    let table_id = format!("{id}-table");
    let mut table = Table::new(table_id, count, vec![Column::text("Result"), Column::text(column)]);
    for (result, words) in results.iter().take(REMARKS) {
        table.push(vec![Cell::text(result.configuration.to_string()), Cell::text(*words)]);
    }
    let section = Section::new(id, heading).with(Block::Table(table));
    let left = results.len().saturating_sub(REMARKS);
    Some(if left > 0 { section.lead(format!("{left} more are not shown.")) } else { section })
}

fn failures(stored: &StoredRun) -> Option<Section> {
    let failed = stored.results.iter().filter_map(|result| match &result.status {
        Status::Failed(reason) => Some((result, reason.as_str())),
        Status::Completed => None,
    });
    said("failed", "Failed to run", "Reason", failed)
}

fn remarks(stored: &StoredRun) -> Option<Section> {
    let remarks = stored.results.iter().flat_map(|result| {
        let simulated = match &result.simulation {
            Simulation::Simulated(reason) if reason.is_empty() => Some("simulated"),
            Simulation::Simulated(reason) => Some(reason.as_str()),
            Simulation::Real => None,
        };
        simulated.into_iter().chain(result.suspicion.as_deref()).map(move |words| (result, words))
    });
    said("remarks", "Remarks", "Remark", remarks)
}

/// Everything that is known of the run.
fn facts(stored: &StoredRun) -> Section {
    let StoredRun { id, run, files, results } = stored;
    let Run { key, attempt, suite, commit, branch, started_at, trigger, environment } = run;
    let completed = results.iter().filter(|result| result.status == Status::Completed).count();
    let rows = [
        ("Id", Some(id.to_string())),
        ("Run", Some(key.clone())),
        ("Attempt", Some(attempt.to_string())),
        ("Suite", suite.clone()),
        ("Commit", commit.clone()),
        ("Branch", branch.clone()),
        ("Started", started_at.map(minute)),
        ("Started by", trigger.clone()),
        ("Results", Some(format!("{completed} completed, {} failed", results.len() - completed))),
        ("From", Some(files.join(", "))),
    ];
    let mut table =
        Table::new("facts-table", "The run and where it was made", vec![Column::text("What"), Column::text("Value")])
            .narrow();
    for (what, value) in rows {
        table.push(vec![Cell::text(what), value.map_or_else(|| Cell::missing("unknown"), Cell::text)]);
    }
    for (what, value) in environment {
        table.push(vec![Cell::text(what), Cell::text(value)]);
    }
    Section::new("facts", "Facts").with(Block::Table(table))
}
