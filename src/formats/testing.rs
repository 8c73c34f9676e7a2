//! Reading texts in tests.
//!
//! For: one line to read a text and look at what came of it. Not for: anything outside tests.
//! Invariant: goes through the public entry point, as every caller does.

use std::io::Cursor;
use std::ops::ControlFlow;

use super::{Class, Format, Malformed, Omission, ReadError, ReadOptions, Recognised, Sink, read};
use crate::model::{Measurement, Record, ResultDraft, RunDraft};

/// Everything that a file holds.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) runs: Vec<RunDraft>,
    pub(super) results: Vec<ResultDraft>,
    pub(super) records: Vec<Record>,
    pub(super) omissions: Vec<Omission>,
}

impl Sink for Collected {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.runs.push(run);
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        self.results.push(result);
        ControlFlow::Continue(())
    }

    fn record(&mut self, record: Record) -> ControlFlow<()> {
        self.records.push(record);
        ControlFlow::Continue(())
    }

    fn omit(&mut self, omission: Omission) {
        self.omissions.push(omission);
    }
}

/// Reads bytes, recognising the format.
pub(super) fn try_read(bytes: &[u8]) -> Result<(Format, Collected), ReadError> {
    try_read_named(bytes, "results").map(|(recognised, collected)| (recognised.format, collected))
}

/// As [`try_read`], for a file of this name.
pub(super) fn try_read_named(bytes: &[u8], name: &str) -> Result<(Recognised, Collected), ReadError> {
    let mut collected = Collected::default();
    let recognised = read(Cursor::new(bytes), name, &ReadOptions::default(), &mut collected)?;
    Ok((recognised, collected))
}

/// Reads a text that is well formed and of this format.
pub(super) fn collect(format: Format, text: &str) -> Collected {
    let (found, collected) = try_read(text.as_bytes()).expect("well formed");
    assert_eq!(found, format);
    collected
}

/// The defect of a text.
pub(super) fn defect(bytes: &[u8]) -> Malformed {
    match try_read(bytes) {
        Err(ReadError::Malformed(malformed)) => malformed,
        other => panic!("expected a defect, got {other:?}"),
    }
}

/// Class, line, column and pointer of the defect of a text.
pub(super) fn defect_place(text: &str) -> (Class, Option<u64>, Option<u64>, Option<String>) {
    let Malformed { class, line, column, pointer, .. } = defect(text.as_bytes());
    (class, line, column, pointer)
}

/// Why a text is skipped.
pub(super) fn skipped(text: &str) -> String {
    match try_read(text.as_bytes()) {
        Err(ReadError::Skipped(reason)) => reason,
        other => panic!("expected to be skipped, got {other:?}"),
    }
}

/// The measurement of a metric.
pub(super) fn measured<'a>(result: &'a ResultDraft, metric: &str) -> &'a Measurement {
    let found = result.measurements.iter().find(|measurement| measurement.metric() == metric);
    found.unwrap_or_else(|| panic!("no `{metric}` in {result:?}"))
}

/// Asserts the value of a metric in its canonical unit.
pub(super) fn assert_value(result: &ResultDraft, metric: &str, value: f64, unit: &str) {
    let measurement = measured(result, metric);
    assert!((measurement.value() / value - 1.0).abs() < 1e-9, "{metric}: {} is not {value}", measurement.value());
    assert_eq!(measurement.unit().as_str(), unit);
}
