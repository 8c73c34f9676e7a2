//! Writing runs: one source, one transaction.
//!
//! For: results of one file into the history, all or none. Not for: reading the file, nor deciding what is missing.
//! Invariant: a source that was imported for a run changes nothing the second time; a stored value is never replaced;
//! an import that is dropped before [`Import::finish`] leaves the history as it was.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::cell::RefCell;
use std::ops::AddAssign;

use duckdb::types::{TimeUnit, Value};
use duckdb::{Connection, params, params_from_iter};
use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use super::batch::{ConfigurationColumns, Facts, append};
use super::connection::Store;
use super::error::StoreError;
use super::known::Known;
use super::pack::{PackedResults, PackedRun, Packer};
use super::repetitions;
use crate::model::draft::ERROR;
use crate::model::{
    Configuration, ConfigurationId, Context, Hardware, MissingFact, ModelId, ResultDraft, Run, RunDraft, RunId,
    SourceId,
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

/// What an import did.
///
/// Reports write it as it stands (`benchgate/ingest/v1`, frozen): names and order of the fields are theirs too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportOutcome {
    /// Runs that the source holds.
    pub runs: u64,
    /// Results written.
    pub results: u64,
    /// Of them, results that failed to run.
    pub failed: u64,
    /// Measurements written.
    pub measurements: u64,
    /// Results that were in the history already, with the same values.
    pub known: u64,
    /// Of the results written, those that are marked as simulated.
    pub simulated: u64,
    /// Of the results written, those whose values look made up.
    pub suspicious: u64,
    /// Compatibility of models and hardware types, written.
    pub compatibility: u64,
    /// Functional tests written.
    pub tests: u64,
    /// Of them, tests that failed.
    pub tests_failed: u64,
    /// Hardware types that were looked for, written.
    pub detections: u64,
    /// Of these three, what was in the history already.
    pub records_known: u64,
    /// Parts of new runs that failed as a whole.
    pub errors: u64,
}

impl ImportOutcome {
    /// Everything that is new in the history.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.results + self.compatibility + self.tests + self.detections + self.errors
    }
}

impl AddAssign for ImportOutcome {
    fn add_assign(&mut self, other: Self) {
        let Self { results, failed, measurements, known, runs, simulated, suspicious, .. } = other;
        let Self { compatibility, tests, tests_failed, detections, records_known, errors, .. } = other;
        self.results += results;
        self.failed += failed;
        self.measurements += measurements;
        self.known += known;
        self.runs += runs;
        self.simulated += simulated;
        self.suspicious += suspicious;
        self.compatibility += compatibility;
        self.tests += tests;
        self.tests_failed += tests_failed;
        self.detections += detections;
        self.records_known += records_known;
        self.errors += errors;
    }
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

/// An import under way: a transaction that is rolled back unless it is finished.
#[derive(Debug)]
pub struct Import<'a> {
    connection: &'a Connection,
    pub(super) known: &'a RefCell<Known>,
    context: &'a Context,
    source: Source<'a>,
    pub(super) now: Timestamp,
    pub(super) run: Option<OpenRun>,
    facts: Vec<Facts>,
    configurations: ConfigurationColumns,
    /// Runs whose results are written.
    imported: Vec<(SourceId, Run)>,
    outcome: ImportOutcome,
    is_without_repetitions: bool,
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
    /// Whether the run is in the history already: then rows are staged and compared, else they are written at once.
    is_known: bool,
    /// Whether this very source was imported for this run before.
    is_repeated: bool,
}

/// Batches that are held before DuckDB gets them: each statement has a price.
const BATCHES: usize = 16;

/// The tables that hold the facts of a run that the history knows, until they are known to be absent.
const STAGE: &str = "
    PRAGMA enable_optimizer;
    CREATE OR REPLACE TEMP TABLE staged_results AS FROM results LIMIT 0;
    CREATE OR REPLACE TEMP TABLE staged_measurements AS FROM measurements LIMIT 0;";

impl Store {
    /// Starts the import of one source. `context` completes what the source leaves open; `now` dates the import.
    ///
    /// # Errors
    /// [`StoreError::Database`] when no transaction can be opened.
    pub fn begin_import<'a>(
        &'a self,
        source: Source<'a>,
        context: &'a Context,
        now: Timestamp,
    ) -> Result<Import<'a>, StoreError> {
        let begin = || {
            self.known.borrow_mut().read(&self.connection)?;
            self.connection.execute_batch("BEGIN TRANSACTION")
        };
        begin().map_err(StoreError::database("start an import"))?;
        Ok(Import {
            connection: &self.connection,
            known: &self.known,
            context,
            source,
            now,
            run: None,
            facts: Vec::new(),
            configurations: ConfigurationColumns::default(),
            imported: Vec::new(),
            outcome: ImportOutcome::default(),
            is_without_repetitions: false,
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
        let known = self.known.borrow();
        // The same source may hold a run twice, in two parts.
        let is_repeated = known.sources.contains_committed((source, id));
        let is_known = known.runs.contains(id);
        if is_known && !is_repeated {
            self.connection.execute_batch(STAGE).map_err(StoreError::database("stage a known run"))?;
        }
        let (first_measured, counts) = (None, ImportOutcome::default());
        self.run = Some(OpenRun { draft, id, source, first_measured, counts, is_known, is_repeated });
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
        self.add_records(&records)?;
        let run = self.run.as_mut().expect("internal error: a result comes after its run");
        if run.is_repeated {
            let known = self.known.borrow();
            if let Some((_, other)) = configurations.iter().find(|(id, _)| !known.configurations.contains(*id)) {
                return Err(StoreError::OtherFacts { configuration: other.to_string() });
            }
            run.counts.known += counts.results;
            return Ok(());
        }
        run.counts += counts;
        run.first_measured = [run.first_measured, first_measured].into_iter().flatten().min();
        self.facts.push(facts);
        for (id, configuration) in configurations {
            if self.known.borrow_mut().configurations.insert(id) {
                self.write_configuration(id, &configuration)?;
            }
        }
        suspicions.into_iter().try_for_each(|(id, reason)| self.add_suspicion(id, &reason))?;
        if self.facts.len() >= BATCHES { self.flush() } else { Ok(()) }
    }

    fn add_suspicion(&self, configuration: ConfigurationId, reason: &str) -> Result<(), StoreError> {
        let run = self.run.as_ref().expect("internal error: a result comes after its run");
        const INSERT: &str = "INSERT INTO suspicions SELECT ?1, ?2, ?3
            WHERE NOT EXISTS (FROM suspicions WHERE run_id = ?1 AND configuration_id = ?2)";
        self.connection
            .prepare_cached(INSERT)
            .and_then(|mut statement| statement.execute(params![run.id.0, configuration.0, reason]))
            .map(|_| ())
            .map_err(StoreError::database("write a row"))
    }

    /// Commits everything; `format` is what the source turned out to be.
    ///
    /// # Errors
    /// [`MissingFact::Time`] where the run's time is known from nowhere, [`StoreError::Conflict`] where the history
    /// holds other values for the same run, and what DuckDB refuses.
    pub fn finish(mut self, format: &str) -> Result<ImportOutcome, ImportError> {
        self.end_run()?;
        for (source, run) in &self.imported {
            self.write_import(*source, run, format)?;
        }
        self.connection.execute_batch("COMMIT").map_err(StoreError::database("commit an import"))?;
        self.is_finished = true;
        self.known.borrow_mut().end_import(true);
        Ok(self.outcome)
    }

    fn end_run(&mut self) -> Result<(), ImportError> {
        self.flush()?;
        let Some(mut run) = self.run.take() else { return Ok(()) };
        let complete = self.context.complete_run(run.draft, self.source.content_hash, run.first_measured)?;
        if !run.is_repeated {
            if run.is_known {
                run.counts = self.merge_staged(&complete, run.counts)?;
            } else {
                let is_error = |name: &&String| name.starts_with(ERROR);
                run.counts.errors = complete.environment.keys().filter(is_error).count() as u64;
                if self.is_without_repetitions && run.counts.results > 0 {
                    run.counts = repetitions::remove(self.connection, run.id, complete.started_at, run.counts)?;
                }
            }
            let mut known = self.known.borrow_mut();
            known.runs.insert(run.id);
            if known.sources.insert((run.source, run.id)) {
                self.imported.push((run.source, complete));
            }
        }
        self.outcome += ImportOutcome { runs: 1, ..run.counts };
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let is_known = self.run.as_ref().is_some_and(|run| run.is_known);
        let [results, measurements] =
            if is_known { ["staged_results", "staged_measurements"] } else { ["results", "measurements"] };
        let facts =
            std::mem::take(&mut self.facts).into_iter().map(|Facts { results, measurements }| (results, measurements));
        let (result_rows, measurement_rows): (Vec<_>, Vec<_>) = facts.unzip();
        append(self.connection, results, result_rows)
            .and_then(|()| append(self.connection, measurements, measurement_rows))
            .and_then(|()| append(self.connection, "configurations", [self.configurations.finish()]))
            .map_err(StoreError::database("write results"))
    }

    /// Writes the staged results that a known run lacks; the others must agree with what is stored.
    fn merge_staged(&self, run: &Run, counts: ImportOutcome) -> Result<ImportOutcome, StoreError> {
        let count = |sql: &str| -> Result<u64, duckdb::Error> { self.connection.query_row(sql, [], |row| row.get(0)) };
        let merge = || -> Result<(u64, ImportOutcome), duckdb::Error> {
            let differing = count(
                "SELECT count(DISTINCT configuration_id) FROM (
                    SELECT r.configuration_id FROM staged_results s JOIN results r USING (run_id, configuration_id)
                    WHERE (r.error_message IS NULL) <> (s.error_message IS NULL)
                    UNION ALL
                    SELECT configuration_id FROM (
                        SELECT run_id, configuration_id, metric, value, unit FROM staged_measurements
                        EXCEPT SELECT run_id, configuration_id, metric, value, unit FROM measurements
                    ) JOIN results USING (run_id, configuration_id))",
            )?;
            let known = count("SELECT count(*) FROM staged_results JOIN results USING (run_id, configuration_id)")?;
            let failed = count(
                "SELECT count(*) FROM staged_results s ANTI JOIN results r USING (run_id, configuration_id)
                 WHERE s.error_message IS NOT NULL",
            )?;
            let measurements = self.connection.execute(
                "INSERT INTO measurements FROM staged_measurements ANTI JOIN results USING (run_id, configuration_id)",
                [],
            )?;
            let results = self.connection.execute(
                "INSERT INTO results FROM staged_results ANTI JOIN results USING (run_id, configuration_id)",
                [],
            )?;
            let (results, measurements) = (results as u64, measurements as u64);
            Ok((differing, ImportOutcome { results, failed, measurements, known, ..counts }))
        };
        let (differing, outcome) = merge().map_err(StoreError::database("merge a known run"))?;
        debug_assert_eq!(outcome.results + outcome.known, counts.results, "every staged result is new or known");
        if differing > 0 {
            return Err(StoreError::Conflict { run: run.key.clone(), attempt: run.attempt, count: differing });
        }
        Ok(outcome)
    }

    /// What the source says of a run.
    fn write_import(&self, source: SourceId, run: &Run, format: &str) -> Result<(), StoreError> {
        let Source { file_name, content_hash, bytes } = self.source;
        let environment = serde_json::to_string(&run.environment).expect("internal error: texts are always JSON");
        self.write(
            "imports",
            &[
                ("source_id", source.0.into()),
                ("run_id", run.id().0.into()),
                ("file_name", text(file_name)),
                ("content_hash", text(content_hash)),
                ("format", text(format)),
                ("bytes", bytes.into()),
                ("imported_at", time(self.now)),
                ("tool_version", text(env!("CARGO_PKG_VERSION"))),
                ("run_key", text(&run.key)),
                ("attempt", run.attempt.into()),
                ("test_name", run.suite.clone().into()),
                ("test_type", text("performance")),
                ("started_at", run.started_at.map(time).into()),
                ("git_commit", run.commit.clone().into()),
                ("git_branch", run.branch.clone().into()),
                ("ci_trigger", run.trigger.clone().into()),
                ("metadata", environment.into()),
            ],
        )
    }

    fn write_configuration(&mut self, id: ConfigurationId, configuration: &Configuration) -> Result<(), StoreError> {
        self.write_model(&configuration.model)?;
        self.write_hardware(&configuration.hardware)?;
        self.configurations.push(id, configuration);
        Ok(())
    }

    pub(super) fn write_model(&self, name: &str) -> Result<(), StoreError> {
        let id = ModelId::of(name);
        if !self.known.borrow_mut().models.insert(id) {
            return Ok(());
        }
        self.write(
            "models",
            &[
                ("model_id", id.0.into()),
                ("model_name", text(name)),
                ("canonical_name", self.context.aliases.canonical_model(name).map(str::to_owned).into()),
                ("created_at", time(self.now)),
            ],
        )
    }

    pub(super) fn write_hardware(&self, hardware: &Hardware) -> Result<(), StoreError> {
        let id = hardware.id();
        if !self.known.borrow_mut().hardware.insert(id) {
            return Ok(());
        }
        let Hardware { kind, device, machine } = hardware;
        self.write(
            "hardware_platforms",
            &[
                ("hardware_id", id.0.into()),
                ("hardware_type", text(kind)),
                ("device_name", device.clone().into()),
                ("memory_gb", machine.memory_gb.map(f64::from).into()),
                ("compute_units", machine.cpu_cores.into()),
                ("cpu_model", machine.cpu_model.clone().into()),
                ("gpu", machine.gpu.clone().into()),
                ("created_at", time(self.now)),
            ],
        )
    }

    /// One row; columns that are not named are NULL.
    pub(super) fn write(&self, table: &str, row: &[(&str, Value)]) -> Result<(), StoreError> {
        let (columns, values): (Vec<&str>, Vec<&Value>) = row.iter().map(|(column, value)| (*column, value)).unzip();
        let places = vec!["?"; values.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", columns.join(", "));
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut statement| statement.execute(params_from_iter(values)))
            .map(|_| ())
            .map_err(StoreError::database("write a row"))
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn time(time: Timestamp) -> Value {
    Value::Timestamp(TimeUnit::Microsecond, time.as_microsecond())
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        if !self.is_finished {
            // Closing the connection would roll back too; an error here changes nothing about that.
            let _ = self.connection.execute_batch("ROLLBACK");
            self.known.borrow_mut().end_import(false);
        }
    }
}
