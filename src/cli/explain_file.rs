//! `benchgate ingest --explain`: what files are taken for.
//!
//! For: somebody whose file is not imported, or not as expected. Not for: importing; no history is touched.
//! Invariant: what is shown comes from the code that imports; every text of the file is escaped.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::error::CliError;
use super::exit::Exit;
use super::inputs::Input;
use super::surroundings::Console;
use crate::formats::{Field, Omission, ReadError, ReadOptions, Sink, Why};
use crate::model::{Record, ResultDraft, RunDraft, Status};
use crate::text::{escape, plural};

/// Results that are shown of each file.
const SHOWN: usize = 5;

/// Explains each input.
///
/// # Errors
/// Only what printing gives: a file that cannot be read is part of the answer.
pub(super) fn run(inputs: &[Input], options: &ReadOptions, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let mut exit = Exit::Success;
    for input in inputs {
        let mut found = Found::default();
        let page = match input.explain(options, &mut found) {
            Ok(why) => {
                if why.recognised.is_err() {
                    exit = Exit::PartlyImported;
                }
                page(&why, &found)
            }
            Err(error) => {
                exit = Exit::PartlyImported;
                defect(&error)
            }
        };
        writeln!(console.out, "{}\n{}", escape::terminal(&input.name), page)?;
    }
    Ok(exit)
}

#[derive(Default)]
struct Found {
    runs: Vec<RunDraft>,
    results: Vec<ResultDraft>,
    count: usize,
    records: usize,
    omissions: Vec<Omission>,
}

impl Sink for Found {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.runs.push(run);
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        self.count += 1;
        if self.results.len() < SHOWN {
            self.results.push(result);
        }
        ControlFlow::Continue(())
    }

    fn record(&mut self, _: Record) -> ControlFlow<()> {
        self.records += 1;
        ControlFlow::Continue(())
    }

    fn omit(&mut self, omission: Omission) {
        self.omissions.push(omission);
    }
}

fn defect(error: &ReadError) -> String {
    let mut page = String::new();
    line(&mut page, "malformed", &error.to_string());
    if let ReadError::Malformed(malformed) = error
        && let Some(hint) = &malformed.hint
    {
        line(&mut page, "hint", hint);
    }
    page
}

fn page(why: &Why, found: &Found) -> String {
    let mut page = String::new();
    match &why.recognised {
        Ok(recognised) => line(&mut page, "format", &recognised.to_string()),
        Err(reason) => line(&mut page, "skipped", reason),
    }
    if let Some(marks) = &why.marks {
        line(&mut page, "because of", marks);
    }
    if !why.others.is_empty() {
        line(&mut page, "would fit too", &why.others.join(", "));
    }
    for run in found.runs.iter().take(SHOWN) {
        line(&mut page, "run", &described(run));
    }
    if found.count > 0 {
        let more = if found.count > found.results.len() { ", the first of them:" } else { ":" };
        line(&mut page, "results", &format!("{}{more}", found.count));
    }
    for result in &found.results {
        write(&mut page, &format!("    {}", configuration(result)));
        for one in &result.measurements {
            let samples = match one.samples().len() {
                0 => String::new(),
                count => format!(", {}", plural(count, "sample", "samples")),
            };
            let original = one.original_unit();
            let unit = one.unit().as_str();
            let from = if original == unit { String::new() } else { format!(" (in {original} there)") };
            write(&mut page, &format!("      {} = {} {unit}{from}{samples}", one.metric(), one.value()));
        }
    }
    if found.records > 0 {
        line(&mut page, "beside results", &plural(found.records, "record", "records"));
    }
    for omission in found.omissions.iter().take(SHOWN) {
        line(&mut page, "left out", &format!("{}: {}", omission.place, omission.reason));
    }
    if !why.fields.is_empty() {
        line(&mut page, "fields", "of the run and the first result, and where they stand:");
    }
    for Field { name, place, value } in &why.fields {
        write(&mut page, &format!("    {name:<22} {value}  <-  {place}"));
    }
    if let Some(proposal) = &why.proposal {
        line(&mut page, "a mapping", "to begin with, for benchgate.toml (docs/mappings.md):");
        page.push('\n');
        for row in proposal.lines() {
            write(&mut page, row);
        }
    }
    page
}

fn described(run: &RunDraft) -> String {
    let time = run.started_at.map(|time| time.to_string());
    let facts = [("time", &time), ("commit", &run.commit), ("branch", &run.branch), ("name", &run.key)];
    let said: Vec<String> =
        facts.iter().map(|(name, value)| format!("{name} {}", value.as_deref().unwrap_or("not stated"))).collect();
    said.join(", ")
}

fn configuration(result: &ResultDraft) -> String {
    let ResultDraft { model, hardware, test_case, batch_size, precision, parameters, status, simulation, .. } = result;
    let mut parts = vec![
        model.clone().unwrap_or_else(|| "model not stated".to_owned()),
        hardware.kind.clone().unwrap_or_else(|| "hardware not stated".to_owned()),
    ];
    parts.extend(hardware.device.clone());
    parts.extend(test_case.clone());
    parts.extend(batch_size.map(|size| format!("batch {size}")));
    parts.extend(precision.clone());
    parts.extend(parameters.iter().map(|(name, value)| format!("{name} {value}")));
    if simulation.is_simulated() {
        parts.push("simulated".to_owned());
    }
    if let Status::Failed(reason) = status {
        parts.push(format!("failed: {}", escape::shorten(reason, 80)));
    }
    parts.join(" / ")
}

fn line(page: &mut String, name: &str, text: &str) {
    write(page, &format!("  {name:<14} {text}"));
}

fn write(page: &mut String, text: &str) {
    writeln!(page, "{}", escape::terminal(text)).expect("internal error: a text takes all");
}
