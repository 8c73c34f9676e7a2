//! Where results go, and the limits that hold for every format.
//!
//! For: the one doorway between an adapter and its caller. Not for: reading.
//! Invariant: a sink sees each configuration at most once a run, a run before its results, and no text beyond the
//! limits; memory grows by one 64-bit digest a result of the current run.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;

use super::error::{Class, Malformed, ReadError};
use super::text::truncate;
use crate::model::hardware::canonical_kind;
use crate::model::{Decision, Measurement, Record, ResultDraft, RunDraft, Status};

/// Bounds on what a file may make the reader hold; files come from code under review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file of a format that must be held in memory: all but the native ones.
    pub max_bytes: u64,
    /// Largest line of native JSON Lines, largest element of native `results`.
    pub max_line_bytes: usize,
    /// Largest native header.
    pub max_header_bytes: usize,
    /// Deepest nesting of JSON.
    pub max_depth: usize,
    /// Longest name or parameter.
    pub max_text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 256 << 20,
            max_line_bytes: 64 << 20,
            max_header_bytes: 1 << 20,
            max_depth: 64,
            max_text_bytes: 16 << 10,
        }
    }
}

/// Receives what a file holds, one result at a time.
///
/// A later defect makes the whole file malformed: the caller undoes what it did with the earlier results.
pub trait Sink {
    /// A run begins; the results that follow belong to it. May be called again for a further run.
    fn run(&mut self, run: RunDraft) -> ControlFlow<()>;
    /// A result of the current run.
    fn result(&mut self, result: ResultDraft) -> ControlFlow<()>;
    /// What the current run holds beside results; most callers have no use for it.
    fn record(&mut self, _record: Record) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
    /// What somebody decided about baselines; most callers have no use for it, and must not believe a foreign file.
    fn decision(&mut self, _decision: Decision) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
    /// Something that is not taken, and why.
    fn omit(&mut self, _omission: Omission) {}
}

/// What a file holds and is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omission {
    /// Where it is.
    pub place: String,
    /// Why it is not taken.
    pub reason: String,
}

/// The longest reason of a failed result that is kept; tools put whole logs there.
const MAX_REASON_BYTES: usize = 4 << 10;

/// The most metrics that a result may have; real tools report a few dozen.
pub(super) const MAX_METRICS: usize = 1000;

/// Checks what every format has in common and passes it on.
pub(super) struct Output<'a> {
    sink: &'a mut dyn Sink,
    limits: &'a Limits,
    seen: HashSet<u64>,
    passed: u64,
    shape: Option<String>,
}

impl<'a> Output<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink, limits: &'a Limits) -> Self {
        Self { sink, limits, seen: HashSet::new(), passed: 0, shape: None }
    }

    /// How much was passed on.
    pub(super) fn passed(&self) -> u64 {
        self.passed
    }

    /// Passes on a record of the current run.
    pub(super) fn record(&mut self, record: Record) -> Result<(), ReadError> {
        record.details.values().chain(&record.error).try_for_each(|text| self.check_length(text))?;
        self.passed += 1;
        continue_or_stop(self.sink.record(record))
    }

    /// Passes on a decision.
    pub(super) fn decision(&mut self, decision: Decision) -> Result<(), ReadError> {
        [&decision.actor, &decision.reason].into_iter().try_for_each(|text| self.check_length(text))?;
        self.passed += 1;
        continue_or_stop(self.sink.decision(decision))
    }

    /// Counts what the run itself says, for a file that holds nothing else.
    pub(super) fn found(&mut self) {
        self.passed += 1;
    }

    /// Says what is not taken.
    pub(super) fn omit(&mut self, place: &str, reason: &str) {
        self.sink.omit(Omission { place: place.to_owned(), reason: reason.to_owned() });
    }

    /// Says which shape of its format the file has.
    pub(super) fn set_shape(&mut self, name: &str) {
        self.shape = Some(name.to_owned());
    }

    /// The shape that was set.
    pub(super) fn take_shape(&mut self) -> Option<String> {
        self.shape.take()
    }

    /// The limits in force.
    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Begins a run.
    pub(super) fn run(&mut self, run: RunDraft) -> Result<(), ReadError> {
        self.seen.clear();
        let RunDraft { key, suite, commit, branch, trigger, environment, .. } = &run;
        let names = [key, suite, commit, branch, trigger].into_iter().flatten();
        for text in names.chain(environment.keys()).chain(environment.values()) {
            self.check_length(text)?;
        }
        continue_or_stop(self.sink.run(run))
    }

    /// Passes a result on; `place` adds the place to a defect.
    pub(super) fn result(
        &mut self,
        mut draft: ResultDraft,
        place: impl Fn(Malformed) -> Malformed,
    ) -> Result<(), ReadError> {
        self.check_texts(&draft).map_err(&place)?;
        check_metrics(&draft.measurements).map_err(&place)?;
        if let Status::Failed(reason) = &mut draft.status {
            truncate(reason, MAX_REASON_BYTES);
        }
        if !self.seen.insert(digest(&draft)) {
            let message = "the same configuration occurs twice in this run";
            let hint = "put repetitions into `samples`, or tell the results apart by a parameter";
            return Err(place(Malformed::new(Class::Duplicate, message).hint(hint)).into());
        }
        self.passed += 1;
        continue_or_stop(self.sink.result(draft))
    }

    fn check_texts(&self, draft: &ResultDraft) -> Result<(), Malformed> {
        let ResultDraft { model, hardware, test_case, precision, parameters, .. } = draft;
        let machine = &hardware.machine;
        let names = [model, &hardware.kind, &hardware.device, test_case, precision, &machine.cpu_model, &machine.gpu];
        let mut texts = names.into_iter().flatten().chain(parameters.keys()).chain(parameters.values());
        texts.try_for_each(|text| self.check_length(text))
    }

    fn check_length(&self, text: &str) -> Result<(), Malformed> {
        let limit = self.limits.max_text_bytes;
        if text.len() <= limit {
            return Ok(());
        }
        let start: String = text.chars().take(20).collect();
        let message = format!("the text `{start}...` has {} bytes, more than {limit}", text.len());
        Err(Malformed::new(Class::TooLarge, message))
    }
}

/// At most one measurement a metric: names that differ in the file may be one metric here.
fn check_metrics(measurements: &[Measurement]) -> Result<(), Malformed> {
    if measurements.len() > MAX_METRICS {
        let message = format!("a result has more than {MAX_METRICS} metrics");
        return Err(Malformed::new(Class::TooLarge, message));
    }
    let mut names: Vec<&str> = measurements.iter().map(Measurement::metric).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Malformed::new(Class::Duplicate, format!("the metric `{}` occurs twice", pair[0]))),
        None => Ok(()),
    }
}

fn continue_or_stop(flow: ControlFlow<()>) -> Result<(), ReadError> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ReadError::Stopped),
    }
}

/// What tells the results of a run apart, before flags complete it; spellings of a hardware type are one type.
fn digest(draft: &ResultDraft) -> u64 {
    let ResultDraft { model, hardware, test_case, batch_size, precision, parameters, simulation, .. } = draft;
    let mut hasher = DefaultHasher::new();
    model.hash(&mut hasher);
    hardware.kind.as_deref().map(canonical_kind).hash(&mut hasher);
    (&hardware.device, &hardware.machine).hash(&mut hasher);
    (test_case, batch_size, precision, parameters).hash(&mut hasher);
    simulation.is_simulated().hash(&mut hasher);
    hasher.finish()
}
