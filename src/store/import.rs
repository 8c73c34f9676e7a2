//! Writing runs: one source wholly or not at all.
//!
//! For: results of one file into the history. Not for: reading the file, nor deciding what is missing.
//! Invariant: a source that was imported for a run changes nothing the second time; a stored value is never replaced;
//! an import that is dropped before [`Import::finish`] or [`Import::defer`] leaves the history as it was.
//!
//! The rows of a source wait in memory until it ends. A small one leaves them to the store, which writes those of many
//! sources in one transaction; nothing of them can be refused any more then. A source that is large, or that adds to a
//! run that the history knows, gets a transaction of its own.

use jiff::Timestamp;
use thiserror::Error;

use super::archive::dropped;
use super::batch::ConfigurationColumns;
use super::connection::Store;
use super::error::StoreError;
use super::known::Known;
use super::outcome::ImportOutcome;
use super::pack::{PackedResults, PackedRun, Packer};
use super::rows::Rows;
use super::{known_run, repetitions};
use crate::model::draft::ERROR;
use crate::model::{
    ConfigurationId, Context, Decision, MissingFact, ResultDraft, Run, RunDraft, RunId, SNAPSHOT, SourceId,
};

/// Where results come from.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The file's name as the user gave it.
    pub file_name: &'a str,
    /// BLAKE3 of its content, in hexadecimal.
    pub content_hash: &'a str,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Why a result was not taken.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A fact is needed and known from nowhere.
    #[error(transparent)]
    Missing(#[from] MissingFact),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An import under way: nothing of it stays unless it is finished or deferred.
#[derive(Debug)]
pub struct Import<'a> {
    pub(super) store: &'a Store,
    pub(super) context: &'a Context,
    pub(super) source: Source<'a>,
    pub(super) now: Timestamp,
    pub(super) run: Option<OpenRun>,
    /// What DuckDB does not have yet.
    pub(super) rows: Rows,
    pub(super) configurations: ConfigurationColumns,
    /// Runs whose results are written.
    imported: Vec<(SourceId, Run)>,
    /// What it tells of decisions.
    decisions: Vec<Decision>,
    outcome: ImportOutcome,
    is_without_repetitions: bool,
    /// Whether it took the place of what a snapshot told of a run.
    replaces_snapshot: bool,
    /// Whether it has a transaction of its own.
    is_open: bool,
    is_finished: bool,
}

/// The run that results belong to at the moment.
#[derive(Debug)]
pub(super) struct OpenRun {
    draft: RunDraft,
    pub(super) id: RunId,
    pub(super) source: SourceId,
    first_measured: Option<Timestamp>,
    pub(super) counts: ImportOutcome,
    /// Whether the run is in the history already.
    is_known: bool,
    /// Why nothing of it is taken.
    left_out: Option<LeftOut>,
}

/// Why nothing of a run is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeftOut {
    /// This very source was imported for it before.
    Repeated,
    /// The source is a snapshot, and the history knows the run already.
    Known,
    /// It left into an archive.
    Archived,
}

impl OpenRun {
    /// Whether its facts are compared with those of the history before they are written.
    fn is_staged(&self) -> bool {
        self.is_known && self.left_out.is_none()
    }
}

impl Store {
    /// Starts the import of one source. `context` completes what the source leaves open; `now` dates the import.
    ///
    /// # Errors
    /// [`StoreError::Database`] when what the history holds cannot be read.
    pub fn begin_import<'a>(
        &'a self,
        source: Source<'a>,
        context: &'a Context,
        now: Timestamp,
    ) -> Result<Import<'a>, StoreError> {
        self.known.borrow_mut().read(&self.connection).map_err(StoreError::database("start an import"))?;
        Ok(Import {
            store: self,
            context,
            source,
            now,
            run: None,
            rows: Rows::default(),
            configurations: ConfigurationColumns::new(),
            imported: Vec::new(),
            decisions: Vec::new(),
            outcome: ImportOutcome::default(),
            is_without_repetitions: false,
            replaces_snapshot: false,
            is_open: false,
            is_finished: false,
        })
    }

    /// Imports one run that is at hand as a whole.
    ///
    /// # Errors
    /// Those of [`Packer`] and [`Import`].
    pub fn import(
        &self,
        source: Source<'_>,
        format: &str,
        context: &Context,
        now: Timestamp,
        (run, results): (RunDraft, Vec<ResultDraft>),
    ) -> Result<ImportOutcome, ImportError> {
        let mut packer = Packer::new(context, source.content_hash);
        let mut import = self.begin_import(source, context, now)?;
        import.run(packer.run(run)?)?;
        for result in results {
            packer.result(result)?;
            if packer.is_full() {
                import.results(packer.take())?;
            }
        }
        import.results(packer.take())?;
        import.finish(format)
    }

    /// Writes what imports have deferred, in one transaction.
    ///
    /// # Errors
    /// What DuckDB refuses; then nothing of it is written.
    pub(super) fn write_deferred(&self) -> Result<(), StoreError> {
        let mut rows = self.deferred.take();
        if rows.is_empty() {
            return Ok(());
        }
        let mut write = || {
            self.connection.execute_batch("BEGIN TRANSACTION")?;
            rows.write(&self.connection, |table| table)?;
            self.connection.execute_batch("COMMIT")
        };
        write().map_err(|error| {
            // A transaction that failed to commit is rolled back already.
            let _ = self.connection.execute_batch("ROLLBACK");
            *self.known.borrow_mut() = Known::default();
            StoreError::database("write results")(error)
        })
    }
}

impl Import<'_> {
    /// Leaves out what another run holds already: the same configuration, time, outcome and values.
    #[must_use]
    pub fn without_repetitions(mut self, is_without: bool) -> Self {
        self.is_without_repetitions = is_without;
        self
    }

    /// Starts a run; results that follow belong to it.
    ///
    /// # Errors
    /// [`StoreError`], and [`MissingFact::Time`] for the run before.
    pub fn run(&mut self, run: PackedRun) -> Result<(), ImportError> {
        self.end_run()?;
        let PackedRun { id, source, draft } = run;
        let is_snapshot = draft.environment.contains_key(SNAPSHOT);
        let replaces_snapshot = !is_snapshot && self.store.known.borrow_mut().stand_ins.remove(&id);
        if replaces_snapshot {
            self.replaces_snapshot = true;
            self.flush()?;
            known_run::remove_stand_in(&self.store.connection, id)?;
        }
        let (left_out, is_known) = {
            let known = self.store.known.borrow();
            let is_known = known.runs.contains(id) && !replaces_snapshot;
            let left_out = if known.archived.contains(&id) {
                Some(LeftOut::Archived)
            // The same source may hold a run twice, in two parts.
            } else if known.sources.contains_committed((source, id)) {
                Some(LeftOut::Repeated)
            } else {
                (is_snapshot && is_known).then_some(LeftOut::Known)
            };
            (left_out, is_known)
        };
        let (first_measured, counts) = (None, ImportOutcome::default());
        let run = OpenRun { draft, id, source, first_measured, counts, is_known, left_out };
        if run.is_staged() {
            self.flush()?;
            known_run::stage(&self.store.connection)?;
        }
        self.run = Some(run);
        Ok(())
    }

    /// Takes results of the current run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn results(&mut self, results: impl IntoIterator<Item = PackedResults>) -> Result<(), ImportError> {
        results.into_iter().try_for_each(|results| self.add_results(results)).map_err(ImportError::from)
    }

    fn add_results(&mut self, results: PackedResults) -> Result<(), StoreError> {
        let PackedResults { facts, configurations, suspicions, records, counts, first_measured } = results;
        let run = self.run.as_mut().expect("internal error: a result comes after its run");
        match run.left_out {
            Some(LeftOut::Archived) => {
                run.counts.archived += counts.results;
                return Ok(());
            }
            Some(LeftOut::Known) => {
                run.counts.known += counts.results;
                return Ok(());
            }
            Some(LeftOut::Repeated) | None => {}
        }
        self.add_records(&records);
        let run = self.run.as_mut().expect("internal error: a result comes after its run");
        if run.left_out.is_some() {
            let known = self.store.known.borrow();
            if let Some((_, other)) = configurations.iter().find(|(id, _)| !known.configurations.contains(*id)) {
                return Err(StoreError::OtherFacts { configuration: other.to_string() });
            }
            run.counts.known += counts.results;
            return Ok(());
        }
        run.counts += counts;
        run.first_measured = [run.first_measured, first_measured].into_iter().flatten().min();
        let run = run.id;
        self.rows.push_facts(facts);
        for (id, configuration) in configurations {
            if self.store.known.borrow_mut().configurations.insert(id) {
                self.write_configuration(id, &configuration);
            }
        }
        for (ConfigurationId(configuration), reason) in suspicions {
            let row =
                vec![("run_id", run.0.into()), ("configuration_id", configuration.into()), ("reason", reason.into())];
            self.rows.push("suspicions", row);
        }
        if self.rows.is_full() { self.flush() } else { Ok(()) }
    }

    /// Takes a decision.
    pub fn decide(&mut self, decision: Decision) {
        self.decisions.push(decision);
    }

    /// Commits everything; `format` is what the source turned out to be.
    ///
    /// # Errors
    /// Those of [`Self::defer`].
    pub fn finish(self, format: &str) -> Result<ImportOutcome, ImportError> {
        let store = self.store;
        let outcome = self.defer(format)?;
        store.write_deferred()?;
        Ok(outcome)
    }

    /// Ends the import. What is small is left to be written with later ones, at the latest by [`Store::checkpoint`] or
    /// [`Store::close`]: until then the other ways to read a store do not see it.
    ///
    /// # Errors
    /// [`MissingFact::Time`] where the run's time is known from nowhere, [`StoreError::Conflict`] where the history
    /// holds other values for the same run, and what DuckDB refuses.
    pub fn defer(mut self, format: &str) -> Result<ImportOutcome, ImportError> {
        self.end_run()?;
        for (source, run) in std::mem::take(&mut self.imported) {
            self.write_import(source, &run, format);
        }
        if !self.decisions.is_empty() {
            self.flush()?;
            let write = |decision: &Decision| self.store.write_decision(decision);
            let rows = self.decisions.iter().try_fold(0, |rows, decision| Ok(rows + write(decision)?));
            self.outcome.decisions += rows.map_err(StoreError::database("write decisions"))? as u64;
            self.store.known.borrow_mut().has_dropped |=
                dropped::exist(&self.store.connection).map_err(StoreError::database("write decisions"))?;
        }
        if self.store.known.borrow().has_dropped {
            self.flush()?;
            let removed = dropped::remove(&self.store.connection);
            let (measurements, results) = removed.map_err(StoreError::database("leave out dropped series"))?;
            self.outcome.measurements = self.outcome.measurements.saturating_sub(measurements);
            self.outcome.results = self.outcome.results.saturating_sub(results);
            self.outcome.archived += results;
        }
        if self.is_open {
            self.flush()?;
            self.store.connection.execute_batch("COMMIT").map_err(StoreError::database("commit an import"))?;
        } else {
            self.gather_configurations();
            self.store.deferred.borrow_mut().extend(std::mem::take(&mut self.rows));
        }
        self.is_finished = true;
        self.store.known.borrow_mut().end_import(true);
        if self.store.deferred.borrow().is_full() {
            self.store.write_deferred()?;
        }
        Ok(self.outcome)
    }

    fn end_run(&mut self) -> Result<(), ImportError> {
        if self.run.as_ref().is_some_and(OpenRun::is_staged) {
            self.flush()?;
        }
        let Some(mut run) = self.run.take() else { return Ok(()) };
        let left_out = run.left_out;
        let complete = self.context.complete_run(run.draft, self.source.content_hash, run.first_measured)?;
        if left_out.is_none() {
            if run.is_known {
                run.counts = known_run::merge(&self.store.connection, &complete, run.counts)?;
            } else {
                let is_error = |name: &&String| name.starts_with(ERROR);
                run.counts.errors = complete.environment.keys().filter(is_error).count() as u64;
                if self.is_without_repetitions && run.counts.results > 0 {
                    self.flush()?;
                    let connection = &self.store.connection;
                    run.counts = repetitions::remove(connection, run.id, complete.started_at, run.counts)?;
                }
            }
            let mut known = self.store.known.borrow_mut();
            known.runs.insert(run.id);
            if known.sources.insert((run.source, run.id)) {
                self.imported.push((run.source, complete));
            }
        }
        self.outcome += ImportOutcome { runs: 1, ..run.counts };
        Ok(())
    }

    /// Hands what there is to DuckDB, in a transaction of its own that begins with the first of it.
    fn flush(&mut self) -> Result<(), StoreError> {
        if !self.is_open {
            self.store.write_deferred()?;
            self.store
                .connection
                .execute_batch("BEGIN TRANSACTION")
                .map_err(StoreError::database("start an import"))?;
            self.is_open = true;
        }
        self.gather_configurations();
        let is_staged = self.run.as_ref().is_some_and(OpenRun::is_staged);
        let name = |table| if is_staged { known_run::staged(table) } else { table };
        self.rows.write(&self.store.connection, name).map_err(StoreError::database("write results"))
    }

    fn gather_configurations(&mut self) {
        self.rows.push_batch("configurations", self.configurations.finish());
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        if !self.is_finished {
            if self.is_open {
                // Closing the connection would roll back too; an error here changes nothing about that.
                let _ = self.store.connection.execute_batch("ROLLBACK");
            }
            let mut known = self.store.known.borrow_mut();
            known.end_import(false);
            if self.replaces_snapshot {
                *known = Known::default();
            }
        }
    }
}
