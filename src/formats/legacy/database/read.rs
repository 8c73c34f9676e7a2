//! A whole old database.
//!
//! For: all of its rows, run by run. Not for: single tables (see `tables.toml`).
//! Invariant: a run holds each configuration once. What a database holds of it again is a further attempt of the run, and
//! what it repeats to the letter is left out. A defective row costs that row and no other, since nobody can mend it.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use super::count::TableCount;
use super::rows::Rows;
use super::runs::run_of;
use crate::formats::error::ReadError;
use crate::formats::json::Json;
use crate::formats::mapping::read::read_row;
use crate::formats::mapping::shape::Shape;
use crate::formats::output::{Limits, Omission, Output, Sink};
use crate::model::{ConfigurationId, Context, Record, ResultDraft, RunDraft, Simulation, Status, Subject, Table};

static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| Shape::of_table(include_str!("tables.toml")));

/// Tables that are read for what rows of the others lead to.
const OTHERS: [&str; 8] = [
    "models",
    "hardware_platforms",
    "test_runs",
    "version_history",
    "performance_batch_results",
    "performance_extended_metrics",
    "webgpu_advanced_features",
    "integration_test_assertions",
];

/// The names of the tables that are read.
#[must_use]
pub fn tables_of_interest() -> Vec<&'static str> {
    SHAPES.iter().map(|shape| shape.name.as_str()).chain(OTHERS).collect()
}

/// Passes on what the tables of an old database hold, and says what became of the rows of each. `context` says which
/// configurations are the same.
///
/// # Errors
/// [`ReadError::Stopped`] when the sink stops.
pub fn read_database(
    tables: &[(String, Table)],
    context: &Context,
    sink: &mut dyn Sink,
) -> Result<Vec<TableCount>, ReadError> {
    let rows = Rows::new(tables);
    let limits = Limits::default();
    let mut runs = Runs::default();
    let mut counts = Vec::new();
    for shape in SHAPES.iter() {
        let Some(rows) = rows.of(&shape.name) else { continue };
        let mut count = TableCount::new(&shape.name);
        for (number, row) in (1_u64..).zip(rows) {
            count.rows += 1;
            match evaluate(shape, &row, &limits) {
                Ok(taken) => runs.add(run_of(&row), taken, number, &mut count, context),
                Err((reason, detail)) => count.leave_out(&reason, || match detail {
                    Some(detail) => format!("row {number}: {detail}"),
                    None => format!("row {number}"),
                }),
            }
        }
        counts.push(count);
    }
    runs.pass_on(&limits, sink)?;
    Ok(counts)
}

/// What one row holds.
#[derive(Default)]
struct Taken {
    result: Option<ResultDraft>,
    record: Option<Record>,
    omissions: Vec<Omission>,
    /// Metrics that are zero, which the old system wrote for what it had not measured.
    zeros: u64,
}

impl Sink for Taken {
    fn run(&mut self, _run: RunDraft) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        self.result = Some(result);
        ControlFlow::Continue(())
    }

    fn record(&mut self, record: Record) -> ControlFlow<()> {
        self.record = Some(record);
        ControlFlow::Continue(())
    }

    fn omit(&mut self, omission: Omission) {
        self.omissions.push(omission);
    }
}

impl Taken {
    /// Takes out metrics that are zero, also those that could be; a result that has no others is none.
    fn drop_zeros(&mut self) {
        let is_zero = |one: &Omission| one.reason.starts_with("zero");
        self.zeros = self.omissions.iter().filter(|one| is_zero(one)).count() as u64;
        let Some(result) = self.result.as_mut().filter(|result| result.status == Status::Completed) else { return };
        let before = result.measurements.len();
        result.measurements.retain(|one| one.value().abs() > 0.0);
        let dropped = before - result.measurements.len();
        self.zeros += dropped as u64;
        if result.measurements.is_empty() {
            self.omissions.push(Omission { place: String::new(), reason: "no measurement".to_owned() });
            self.result = None;
        }
    }

    /// The reason that the row gives for being marked, in the place of the mark's name.
    fn explain_simulation(&mut self, row: &Json) {
        let Some(Json::Text(reason)) = row.get("simulation_reason") else { return };
        let marks = self.result.iter_mut().map(|result| &mut result.simulation);
        for mark in marks.chain(self.record.iter_mut().map(|record| &mut record.simulation)) {
            if mark.is_simulated() {
                *mark = Simulation::Simulated(reason.clone());
            }
        }
    }
}

/// A row by the rules of its table, or the reason why it is left out and what is wrong in particular.
fn evaluate(shape: &Shape, row: &Json, limits: &Limits) -> Result<Taken, (String, Option<String>)> {
    let mut taken = Taken::default();
    match read_row(shape, row, &mut Output::new(&mut taken, limits)) {
        Ok(()) => {}
        Err(ReadError::Malformed(defect)) => {
            return Err((format!("malformed ({})", defect.class), Some(defect.to_string())));
        }
        Err(error) => return Err(("malformed".to_owned(), Some(error.to_string()))),
    }
    taken.explain_simulation(row);
    taken.drop_zeros();
    if taken.result.is_none() && taken.record.is_none() {
        let reason = match (taken.omissions.is_empty(), taken.zeros) {
            (true, _) => "it does not say what a row of this table must say",
            (false, 0) => "no measurement (no metric has a value)",
            (false, _) => "no measurement (all metrics zero)",
        };
        return Err((reason.to_owned(), None));
    }
    match unknown(&taken) {
        [false, false] => Ok(taken),
        [true, false] => Err(("unknown model".to_owned(), None)),
        [false, true] => Err(("unknown hardware".to_owned(), None)),
        [true, true] => Err(("unknown model and hardware".to_owned(), None)),
    }
}

/// Whether model and hardware are words that stand for "unknown"; a test need not have them.
fn unknown(taken: &Taken) -> [bool; 2] {
    let is_unknown = |text: Option<&str>| {
        text.is_some_and(|text| matches!(text.trim().to_lowercase().as_str(), "" | "unknown" | "none" | "null" | "nan"))
    };
    if let Some(result) = &taken.result {
        return [is_unknown(result.model.as_deref()), is_unknown(result.hardware.kind.as_deref())];
    }
    match taken.record.as_ref().map(|record| &record.subject) {
        Some(Subject::Compatibility { model, hardware, .. }) => [is_unknown(Some(model)), is_unknown(Some(hardware))],
        Some(Subject::Detection { hardware, .. }) => [false, is_unknown(Some(hardware))],
        Some(Subject::Test { .. }) | None => [false, false],
    }
}

/// Attempts of a run that are taken: rows that say nothing of when and where they were measured are all of one run.
const MOST_ATTEMPTS: usize = 1000;

/// Runs in the order in which they occur.
#[derive(Default)]
struct Runs {
    places: HashMap<Option<String>, usize>,
    runs: Vec<Found>,
}

#[derive(Default)]
struct Found {
    draft: RunDraft,
    attempts: Vec<Vec<ResultDraft>>,
    /// What is held of each configuration, by attempt.
    held: HashMap<ConfigurationId, Vec<usize>>,
    records: Vec<Record>,
}

impl Runs {
    fn add(&mut self, draft: RunDraft, taken: Taken, number: u64, count: &mut TableCount, context: &Context) {
        let place = *self.places.entry(draft.key.clone()).or_insert_with(|| {
            self.runs.push(Found { draft, ..Found::default() });
            self.runs.len() - 1
        });
        let run = &mut self.runs[place];
        if let Some(result) = taken.result {
            match run.add_result(result, context) {
                Ok(()) => count.values_left_out += taken.zeros,
                Err(reason) => return count.leave_out(&reason, || format!("row {number}")),
            }
        }
        if let Some(record) = taken.record {
            run.records.push(Record { place: format!("{} {number}", count.name), ..record });
        }
        count.taken += 1;
    }

    fn pass_on(self, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let mut output = Output::new(sink, limits);
        for Found { draft, mut attempts, mut records, held: _ } in self.runs {
            if attempts.is_empty() {
                attempts.push(Vec::new());
            }
            for (number, results) in (1..).zip(attempts) {
                if results.is_empty() && records.is_empty() {
                    continue;
                }
                output.run(RunDraft { attempt: Some(number), ..draft.clone() })?;
                for result in results {
                    output.result(result, |defect| defect)?;
                }
                // All of them belong to the first attempt.
                for record in std::mem::take(&mut records) {
                    output.record(record)?;
                }
            }
        }
        Ok(())
    }
}

impl Found {
    /// Adds a result to the first attempt that lacks its configuration.
    fn add_result(&mut self, result: ResultDraft, context: &Context) -> Result<(), String> {
        let complete = context.complete_result(result.clone()).map_err(|fact| fact.to_string())?;
        let held = self.held.entry(complete.configuration.id()).or_default();
        if held.iter().enumerate().any(|(attempt, place)| self.attempts[attempt][*place] == result) {
            return Err("it repeats another row".to_owned());
        }
        let attempt = held.len();
        if attempt == MOST_ATTEMPTS {
            return Err(format!("its run holds the configuration {MOST_ATTEMPTS} times before it"));
        }
        if self.attempts.len() == attempt {
            self.attempts.push(Vec::new());
        }
        held.push(self.attempts[attempt].len());
        self.attempts[attempt].push(result);
        Ok(())
    }
}
