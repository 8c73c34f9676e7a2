//! Results made ready for the store, away from the store.
//!
//! For: what can be done without a database, so that the thread that reads does it while another one writes:
//! completing results, hashing their identities, and packing them into columns. Not for: what the history holds.
//! Invariant: a configuration occurs at most once in a run; memory grows by one 64-bit id a result of the current run.

use std::collections::HashSet;

use jiff::Timestamp;

use super::batch::{FactColumns, Facts, Place};
use super::error::StoreError;
use super::import::ImportError;
use super::outcome::ImportOutcome;
use super::records::PackedRecord;
use crate::model::id::Digest;
use crate::model::{Configuration, ConfigurationId, Context, Record, ResultDraft, RunDraft, RunId, SourceId, Status};

/// Records that are held before they are handed on.
const MOST_RECORDS: usize = 1000;

/// Packs what one source holds.
#[derive(Debug)]
pub struct Packer<'a> {
    context: &'a Context,
    content_hash: &'a str,
    run: Option<(RunId, SourceId)>,
    seen: HashSet<ConfigurationId>,
    columns: FactColumns,
    configurations: Vec<(ConfigurationId, Configuration)>,
    suspicions: Vec<(ConfigurationId, String)>,
    records: Vec<PackedRecord>,
    counts: ImportOutcome,
    first_measured: Option<Timestamp>,
}

/// A run that begins.
#[derive(Debug)]
pub struct PackedRun {
    pub(super) id: RunId,
    pub(super) source: SourceId,
    pub(super) draft: RunDraft,
}

/// Some results of the current run.
#[derive(Debug)]
pub struct PackedResults {
    pub(super) facts: Facts,
    pub(super) configurations: Vec<(ConfigurationId, Configuration)>,
    pub(super) suspicions: Vec<(ConfigurationId, String)>,
    pub(super) records: Vec<PackedRecord>,
    pub(super) counts: ImportOutcome,
    pub(super) first_measured: Option<Timestamp>,
}

impl<'a> Packer<'a> {
    /// A packer for the source with this content. `context` completes what the source leaves open.
    #[must_use]
    pub fn new(context: &'a Context, content_hash: &'a str) -> Self {
        Self {
            context,
            content_hash,
            run: None,
            seen: HashSet::new(),
            columns: FactColumns::new(),
            configurations: Vec::new(),
            suspicions: Vec::new(),
            records: Vec::new(),
            counts: ImportOutcome::default(),
            first_measured: None,
        }
    }

    /// Begins a run; the results that follow belong to it. Those of the run before must have been taken.
    ///
    /// # Errors
    /// [`ImportError::Missing`] where commit or branch are known from nowhere.
    pub fn run(&mut self, draft: RunDraft) -> Result<PackedRun, ImportError> {
        debug_assert_eq!(self.counts.results, 0, "results of another run are left");
        // The run's identity does not depend on its time, which may become known only with its last result.
        let run = self.context.complete_run(draft.clone(), self.content_hash, Some(Timestamp::UNIX_EPOCH))?;
        let id = run.id();
        let source = SourceId(Digest::new("source").text(self.content_hash).number(id.0).finish());
        self.run = Some((id, source));
        self.seen.clear();
        Ok(PackedRun { id, source, draft })
    }

    /// Adds a result of the current run.
    ///
    /// # Errors
    /// [`ImportError::Missing`] where model or hardware are known from nowhere, and [`StoreError::Repeated`].
    pub fn result(&mut self, draft: ResultDraft) -> Result<(), ImportError> {
        let (run, source) = self.run.expect("internal error: a result comes after its run");
        let result = self.context.complete_result(draft)?;
        let configuration = result.configuration.id();
        if !self.seen.insert(configuration) {
            return Err(StoreError::Repeated { configuration: result.configuration.to_string() }.into());
        }
        self.counts.results += 1;
        self.counts.failed += u64::from(matches!(result.status, Status::Failed(_)));
        self.counts.simulated += u64::from(result.simulation.is_simulated());
        self.counts.measurements += result.measurements.len() as u64;
        self.first_measured = [self.first_measured, result.measured_at].into_iter().flatten().min();
        if let Some(reason) = result.suspicion.clone() {
            self.counts.suspicious += 1;
            self.suspicions.push((configuration, reason));
        }
        self.columns.push(Place { run, configuration, source }, &result);
        self.configurations.push((configuration, result.configuration));
        Ok(())
    }

    /// Adds a record of the current run.
    pub fn record(&mut self, record: Record) {
        let (run, _) = self.run.expect("internal error: a record comes after its run");
        self.records.push(PackedRecord::of(record, run, self.context));
    }

    /// Whether it is time to take the results, so that memory does not grow with the source.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.columns.is_full() || self.records.len() >= MOST_RECORDS
    }

    /// Takes the results so far; `None` where there are none.
    pub fn take(&mut self) -> Option<PackedResults> {
        let counts = std::mem::take(&mut self.counts);
        (counts.results > 0 || !self.records.is_empty()).then(|| PackedResults {
            facts: self.columns.finish(),
            configurations: std::mem::take(&mut self.configurations),
            suspicions: std::mem::take(&mut self.suspicions),
            records: std::mem::take(&mut self.records),
            counts,
            first_measured: self.first_measured.take(),
        })
    }
}
