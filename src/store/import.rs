//! Writing runs: one source, one transaction.
//!
//! For: results of one file into the history, all or none. Not for: reading the file, nor deciding what is missing.
//! Invariant: a source that was imported for a run changes nothing the second time; a stored value is never replaced;
//! an import that is dropped before [`Import::finish`] leaves the history as it was.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::Hash;
use std::ops::AddAssign;

use duckdb::{Connection, Params, params};
use jiff::Timestamp;
use thiserror::Error;

use super::batch::{ConfigurationBatch, FactBatch, Place};
use super::connection::Store;
use super::error::StoreError;
use crate::model::id::Digest;
use crate::model::{
    BenchmarkResult, Configuration, ConfigurationId, Context, Hardware, HardwareId, MissingFact, ModelId, ResultDraft,
    Run, RunDraft, RunId, SourceId, Status,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Results written.
    pub results: u64,
    /// Of them, results that failed to run.
    pub failed: u64,
    /// Measurements written.
    pub measurements: u64,
    /// Results that were in the history already, with the same values.
    pub known: u64,
    /// Runs that the source holds.
    pub runs: u64,
}

impl AddAssign for ImportOutcome {
    fn add_assign(&mut self, other: Self) {
        let Self { results, failed, measurements, known, runs } = other;
        self.results += results;
        self.failed += failed;
        self.measurements += measurements;
        self.known += known;
        self.runs += runs;
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
    context: &'a Context,
    source: Source<'a>,
    now: Timestamp,
    run: Option<OpenRun>,
    facts: FactBatch,
    configurations: ConfigurationBatch,
    known: &'a RefCell<Known>,
    added: Known,
    outcome: ImportOutcome,
    is_finished: bool,
}

/// The run that results belong to at the moment.
#[derive(Debug)]
struct OpenRun {
    draft: RunDraft,
    id: RunId,
    source: SourceId,
    first_measured: Option<Timestamp>,
    configurations: HashSet<ConfigurationId>,
    counts: ImportOutcome,
    /// Whether the run is in the history already: then rows are staged and compared, else they are written at once.
    is_known: bool,
    /// Whether this very source was imported for this run before.
    is_repeated: bool,
}

/// The ids of everything but facts that the history holds. DuckDB's file lock makes this process the only writer, so
/// they are read once, and inserting where absent needs no statement of its own for each row: a thousand small files
/// are imported in the time that a thousand look-ups would take alone.
#[derive(Debug, Default)]
pub(super) struct Known {
    is_read: bool,
    models: HashSet<ModelId>,
    hardware: HashSet<HardwareId>,
    configurations: HashSet<ConfigurationId>,
    runs: HashSet<RunId>,
    sources: HashSet<(SourceId, RunId)>,
}

impl Known {
    fn read(connection: &Connection) -> Result<Self, duckdb::Error> {
        Ok(Self {
            is_read: true,
            models: ids(connection, "SELECT model_id FROM models", ModelId)?,
            hardware: ids(connection, "SELECT hardware_id FROM hardware_platforms", HardwareId)?,
            configurations: ids(connection, "SELECT configuration_id FROM configurations", ConfigurationId)?,
            runs: ids(connection, "SELECT run_id FROM test_runs", RunId)?,
            sources: connection
                .prepare("SELECT source_id, run_id FROM sources")?
                .query_map([], |row| Ok((SourceId(row.get(0)?), RunId(row.get(1)?))))?
                .collect::<Result<_, _>>()?,
        })
    }

    /// Takes in what a committed import has added.
    fn extend(&mut self, added: Self) {
        let Self { is_read: _, models, hardware, configurations, runs, sources } = added;
        self.models.extend(models);
        self.hardware.extend(hardware);
        self.configurations.extend(configurations);
        self.runs.extend(runs);
        self.sources.extend(sources);
    }
}

fn ids<T: Eq + Hash>(connection: &Connection, sql: &str, make: fn(u64) -> T) -> Result<HashSet<T>, duckdb::Error> {
    connection.prepare(sql)?.query_map([], |row| Ok(make(row.get(0)?)))?.collect()
}

/// The tables that hold the facts of a run that the history knows, until they are known to be absent.
const STAGE: &str = "
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
            if !self.known.borrow().is_read {
                *self.known.borrow_mut() = Known::read(&self.connection)?;
            }
            self.connection.execute_batch("BEGIN TRANSACTION")
        };
        begin().map_err(StoreError::database("start an import"))?;
        Ok(Import {
            connection: &self.connection,
            context,
            source,
            now,
            run: None,
            facts: FactBatch::new(),
            configurations: ConfigurationBatch::default(),
            known: &self.known,
            added: Known::default(),
            outcome: ImportOutcome::default(),
            is_finished: false,
        })
    }
}

impl Import<'_> {
    /// Starts a run; results that follow belong to it.
    ///
    /// # Errors
    /// [`MissingFact`] where commit or branch are known from nowhere, and [`StoreError`].
    pub fn run(&mut self, draft: RunDraft) -> Result<(), ImportError> {
        self.end_run()?;
        // The run's identity does not depend on its time, which may become known only with its last result.
        let run = self.context.complete_run(draft.clone(), self.source.content_hash, Some(self.now))?;
        let id = run.id();
        let source = SourceId(Digest::new("source").text(self.source.content_hash).number(id.0).finish());
        let known = self.known.borrow();
        // The same source may hold a run twice, in two parts.
        let is_repeated = known.sources.contains(&(source, id));
        let is_known = known.runs.contains(&id) || self.added.runs.contains(&id);
        drop(known);
        if is_known && !is_repeated {
            self.connection.execute_batch(STAGE).map_err(StoreError::database("stage a known run"))?;
        }
        self.run = Some(OpenRun {
            draft,
            id,
            source,
            first_measured: None,
            configurations: HashSet::new(),
            counts: ImportOutcome::default(),
            is_known,
            is_repeated,
        });
        Ok(())
    }

    /// Takes one result of the current run.
    ///
    /// # Errors
    /// [`MissingFact`] where model or hardware are known from nowhere, and [`StoreError`].
    pub fn result(&mut self, draft: ResultDraft) -> Result<(), ImportError> {
        let result = self.context.complete_result(draft)?;
        let run = self.run.as_mut().expect("internal error: a result comes after its run");
        let configuration = result.configuration.id();
        if run.is_repeated {
            if !self.known.borrow().configurations.contains(&configuration) {
                return Err(StoreError::OtherFacts { configuration: result.configuration.to_string() }.into());
            }
            run.counts.known += 1;
            return Ok(());
        }
        if !run.configurations.insert(configuration) {
            return Err(StoreError::Repeated { configuration: result.configuration.to_string() }.into());
        }
        if let Some(time) = result.measured_at {
            run.first_measured = Some(run.first_measured.map_or(time, |first| first.min(time)));
        }
        run.counts.results += 1;
        run.counts.failed += u64::from(matches!(result.status, Status::Failed(_)));
        run.counts.measurements += result.measurements.len() as u64;
        let place = Place { run: run.id, configuration, source: run.source };
        self.facts.push(place, &result);
        if !self.known.borrow().configurations.contains(&configuration)
            && self.added.configurations.insert(configuration)
        {
            self.write_dimensions(configuration, &result)?;
        }
        if self.facts.is_full() || self.configurations.is_full() {
            self.flush()?;
        }
        Ok(())
    }

    /// Commits everything; `format` is what the source turned out to be.
    ///
    /// # Errors
    /// [`MissingFact::Time`] where the run's time is known from nowhere, [`StoreError::Conflict`] where the history
    /// holds other values for the same run, and what DuckDB refuses.
    pub fn finish(mut self, format: &str) -> Result<ImportOutcome, ImportError> {
        self.end_run()?;
        for (source, run) in &self.added.sources {
            self.write_source(*source, *run, format)?;
        }
        self.connection.execute_batch("COMMIT").map_err(StoreError::database("commit an import"))?;
        self.is_finished = true;
        self.known.borrow_mut().extend(std::mem::take(&mut self.added));
        Ok(self.outcome)
    }

    fn end_run(&mut self) -> Result<(), ImportError> {
        self.flush()?;
        let Some(mut run) = self.run.take() else { return Ok(()) };
        let complete = self.context.complete_run(run.draft, self.source.content_hash, run.first_measured)?;
        if run.is_known && !run.is_repeated {
            run.counts = self.merge_staged(&complete, run.counts)?;
        } else if !run.is_repeated {
            self.write_run(&complete)?;
            self.added.runs.insert(run.id);
        }
        if !run.is_repeated {
            self.added.sources.insert((run.source, run.id));
        }
        self.outcome += ImportOutcome { runs: 1, ..run.counts };
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let prefix = if self.run.as_ref().is_some_and(|run| run.is_known) { "staged_" } else { "" };
        self.facts
            .flush(self.connection, prefix)
            .and_then(|()| self.configurations.flush(self.connection))
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
            let outcome =
                ImportOutcome { results: results as u64, failed, measurements: measurements as u64, known, runs: 0 };
            Ok((differing, outcome))
        };
        let (differing, outcome) = merge().map_err(StoreError::database("merge a known run"))?;
        debug_assert_eq!(outcome.results + outcome.known, counts.results, "every staged result is new or known");
        if differing > 0 {
            return Err(StoreError::Conflict { run: run.key.clone(), attempt: run.attempt, count: differing });
        }
        Ok(outcome)
    }

    fn write_source(&self, source: SourceId, run: RunId, format: &str) -> Result<(), StoreError> {
        let Source { file_name, content_hash, bytes } = self.source;
        self.insert(
            "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, make_timestamp(?::BIGINT), ?)",
            params![
                source.0,
                run.0,
                file_name,
                content_hash,
                format,
                bytes,
                self.now.as_microsecond(),
                env!("CARGO_PKG_VERSION")
            ],
        )
    }

    fn write_run(&self, run: &Run) -> Result<(), StoreError> {
        let environment = serde_json::to_string(&run.environment).expect("internal error: texts are always JSON");
        self.insert(
            "INSERT INTO test_runs (run_id, run_key, attempt, test_name, test_type, started_at, git_commit,
                git_branch, ci_trigger, metadata, created_at)
             VALUES (?, ?, ?, ?, 'performance', make_timestamp(?::BIGINT), ?, ?, ?, ?, make_timestamp(?::BIGINT))",
            params![
                run.id().0,
                run.key,
                run.attempt,
                run.suite,
                run.started_at.as_microsecond(),
                run.commit,
                run.branch,
                run.trigger,
                environment,
                self.now.as_microsecond()
            ],
        )
    }

    fn write_dimensions(&mut self, id: ConfigurationId, result: &BenchmarkResult) -> Result<(), StoreError> {
        let Configuration { model, hardware, .. } = &result.configuration;
        let model_id = result.configuration.model_id();
        if !self.known.borrow().models.contains(&model_id) && self.added.models.insert(model_id) {
            self.insert(
                "INSERT INTO models (model_id, model_name, created_at) VALUES (?, ?, make_timestamp(?::BIGINT))",
                params![model_id.0, model, self.now.as_microsecond()],
            )?;
        }
        let hardware_id = hardware.id();
        if !self.known.borrow().hardware.contains(&hardware_id) && self.added.hardware.insert(hardware_id) {
            self.write_hardware(hardware_id, hardware)?;
        }
        self.configurations.push(id, &result.configuration);
        Ok(())
    }

    fn write_hardware(&self, id: HardwareId, hardware: &Hardware) -> Result<(), StoreError> {
        let Hardware { kind, device, machine } = hardware;
        self.insert(
            "INSERT INTO hardware_platforms (hardware_id, hardware_type, device_name, memory_gb, compute_units,
                cpu_model, gpu, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, make_timestamp(?::BIGINT))",
            params![
                id.0,
                kind,
                device,
                machine.memory_gb,
                machine.cpu_cores,
                machine.cpu_model,
                machine.gpu,
                self.now.as_microsecond()
            ],
        )
    }

    /// One row; the statement is prepared once for the life of the store.
    fn insert(&self, sql: &str, values: impl Params) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map(|_| ())
            .map_err(StoreError::database("write a row"))
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        if !self.is_finished {
            // Closing the connection would roll back too; an error here changes nothing about that.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}
