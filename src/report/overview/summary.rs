//! A history in numbers, as a document.
//!
//! For: one page, and totals for scripts. Not for: details.
//! Invariant: what failed, was simulated or looks made up is counted beside the rest, never within it unsaid.

use super::super::document::{Column, Document, Plot, Section, Value};
use super::super::svg::{Bar, Bars};
use super::parts::runs;
use crate::model::overview::{ModuleTests, Totals};

/// The document.
#[must_use]
pub fn summary(found: &Totals, notes: Vec<String>) -> Document {
    let sections = vec![counts(found), by_hardware(found), modules(&found.modules), runs(&found.runs)];
    Document { kind: "summary", title: "Summary".to_owned(), notes, sections }
}

fn counts(found: &Totals) -> Section {
    let (first, last) = found.period.unzip();
    let mut rows: Vec<Vec<Value>> =
        found.counts.iter().map(|(what, count)| vec![Value::text(Some(what)), Value::count(*count)]).collect();
    rows.push(vec![Value::text(Some("first run")), Value::moment(first)]);
    rows.push(vec![Value::text(Some("last run")), Value::moment(last)]);
    Section {
        name: "counts",
        heading: "In numbers".to_owned(),
        columns: vec![Column::words("what", "What"), Column::numbers("count", "Count")],
        rows,
        ..Section::default()
    }
}

fn by_hardware(found: &Totals) -> Section {
    let row = |(kind, completed, failed): &(String, usize, usize)| {
        vec![Value::text(Some(kind)), Value::count(*completed), Value::count(*failed)]
    };
    let bar = |(kind, completed, failed): &(String, usize, usize)| Bar {
        label: kind.clone(),
        value: Some(*completed as f64),
        interval: None,
        note: format!("{failed} failed"),
    };
    let bars = Bars {
        title: "Completed results".to_owned(),
        unit: "count".to_owned(),
        bars: found.by_hardware.iter().map(bar).collect(),
    };
    Section {
        name: "by_hardware",
        plots: if bars.bars.is_empty() { Vec::new() } else { vec![Plot::Bars(bars)] },
        heading: "Results by hardware type".to_owned(),
        columns: vec![
            Column::words("hardware", "Type"),
            Column::numbers("completed", "Completed"),
            Column::numbers("failed", "Failed"),
        ],
        rows: found.by_hardware.iter().map(row).collect(),
        empty: Some("Nothing was measured.".to_owned()),
        ..Section::default()
    }
}

fn modules(modules: &[ModuleTests]) -> Section {
    let row = |one: &ModuleTests| {
        let mut cells = vec![Value::text(Some(&one.module))];
        cells.extend(one.counts.iter().map(|count| Value::count(*count)));
        cells.push(Value::moment(one.newest));
        cells
    };
    Section {
        name: "integration_tests",
        heading: "Integration tests".to_owned(),
        columns: vec![
            Column::words("module", "Module"),
            Column::numbers("passed", "Passed"),
            Column::numbers("failed", "Failed"),
            Column::numbers("errors", "Errors"),
            Column::numbers("skipped", "Skipped"),
            Column::words("tested_at", "Last"),
        ],
        rows: modules.iter().map(row).collect(),
        ..Section::default()
    }
}
