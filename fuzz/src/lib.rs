//! What the fuzz targets do, one function for each family of adapters.
//!
//! For: reading any bytes as every format of a family, and what must hold whatever they are. Not for: mutation (see
//! [`edit`]), nor what a defect is called, which the unit tests beside the adapters pin down.
//! Invariant: nothing here depends on anything but the bytes, so that an input that was found can be run again.
#![forbid(unsafe_code)]

pub mod edit;
#[cfg(fuzzing)]
pub mod limit;

use std::io::Cursor;
use std::ops::ControlFlow;

use benchgate::formats::{
    Format, Limits, Mappings, ReadError, ReadOptions, Sink, TreeFile, explain, read, read_criterion_tree,
};
use benchgate::model::{Record, ResultDraft, RunDraft};

/// benchgate's own formats, which are read in parts.
pub fn native(bytes: &[u8]) {
    for format in [Format::Native, Format::NativeLines] {
        read_as(bytes, Some(format), &Mappings::default());
    }
}

/// Every format that is a JSON document, by what it looks like and by each name: a user may name the wrong one.
pub fn documents(bytes: &[u8]) {
    read_as(bytes, None, &Mappings::default());
    let others = [Format::Native, Format::NativeLines, Format::GoBench, Format::Csv, Format::Criterion];
    for format in Format::ALL.into_iter().filter(|format| !others.contains(format)) {
        read_as(bytes, Some(format), &Mappings::default());
    }
}

/// The old system's shapes, and what `ingest --explain` says of a document.
pub fn legacy(bytes: &[u8]) {
    read_as(bytes, Some(Format::Legacy), &Mappings::default());
    check(explain(Cursor::new(bytes), NAME, &options(None, &Mappings::default()), &mut Checker::default()).map(|_| ()));
}

/// Text and tables.
pub fn text(bytes: &[u8]) {
    for format in [None, Some(Format::GoBench), Some(Format::Csv)] {
        read_as(bytes, format, &Mappings::default());
    }
}

/// A criterion folder: its three files, apart at lines of `---`, and once more with one of them missing.
pub fn criterion(bytes: &[u8]) {
    let mut files = Vec::new();
    for (name, text) in ["benchmark", "estimates", "sample"].iter().zip(parts(bytes)) {
        files.push(TreeFile { path: format!("a/new/{name}.json"), text: text.to_owned() });
        check(read_criterion_tree(&files, &Limits::default(), &mut Checker::default()).map(|_| ()));
    }
}

/// A `benchgate.toml` with mappings and a document that they are applied to, apart at the first line of `---`.
pub fn mapping(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let Some(Ok(table)) = parts.next().map(std::str::from_utf8) else { return };
    let Ok(mappings) = Mappings::parse(table, "benchgate.toml") else { return };
    for document in parts {
        read_as(document, Some(Format::Mapping), &mappings);
        check(explain(Cursor::new(document), NAME, &options(None, &mappings), &mut Checker::default()).map(|_| ()));
    }
}

/// A name with a time in it, which some of the old system's files have nowhere else.
const NAME: &str = "results_20250601_120000.json";

/// What is apart at lines of `---`.
fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let line = b"\n---\n";
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        match bytes.windows(line.len()).position(|window| window == line) {
            Some(end) => {
                rest = Some(&bytes[end + line.len()..]);
                Some(&bytes[..end])
            }
            None => rest.take(),
        }
    })
}

fn options(format: Option<Format>, mappings: &Mappings) -> ReadOptions {
    ReadOptions { format, limits: Limits::default(), mappings: mappings.clone() }
}

fn read_as(bytes: &[u8], format: Option<Format>, mappings: &Mappings) {
    check(read(Cursor::new(bytes), NAME, &options(format, mappings), &mut Checker::default()).map(|_| ()));
}

/// A defect says where and what without repeating the file.
fn check(outcome: Result<(), ReadError>) {
    match outcome {
        Ok(()) => {}
        Err(ReadError::Malformed(defect)) => {
            let message = defect.to_string();
            assert!(message.len() < 40_000, "a message of {} bytes: {}", message.len(), &defect.class);
        }
        Err(ReadError::Skipped(reason)) => assert!(!reason.is_empty(), "a reason"),
        Err(error) => panic!("bytes in memory can be read: {error}"),
    }
}

/// What every result of any file must hold.
#[derive(Default)]
pub struct Checker {
    has_run: bool,
}

impl Sink for Checker {
    fn run(&mut self, _: RunDraft) -> ControlFlow<()> {
        self.has_run = true;
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        assert!(self.has_run, "a run is begun before its results");
        let measurements = &result.measurements;
        for one in measurements {
            assert!(one.value().is_finite() && one.samples().iter().all(|sample| sample.is_finite()), "{one:?}");
        }
        ControlFlow::Continue(())
    }

    fn record(&mut self, _: Record) -> ControlFlow<()> {
        assert!(self.has_run, "a run is begun before its records");
        ControlFlow::Continue(())
    }
}
