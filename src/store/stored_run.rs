//! The runs of a history, and one of them with its results.
//!
//! For: listing runs, and judging one again. Not for: what a candidate is compared with (see [`super::history`]).
//! Invariant: a run is read as it was imported: values, samples, failures and marks of simulation; a row that cannot have
//! been written by benchgate is an error.

use std::collections::{BTreeMap, HashMap};

use duckdb::types::Value;
use duckdb::{Row, params};

use super::connection::Store;
use super::error::StoreError;
use super::history::other_configuration;
use super::overview::{RowError, run_summary, time};
use crate::model::overview::RunSummary;
use crate::model::{
    BenchmarkResult, Configuration, ConfigurationId, Direction, Measurement, Run, RunId, Simulation, Status, StoredRun,
};

/// Columns as `run_summary` reads them. Results are counted before they meet the names of runs.
const RUNS: &str = "
    WITH counted AS (
        SELECT run_id, count(*) FILTER (error_message IS NULL) AS completed,
            count(*) FILTER (error_message IS NOT NULL) AS failed
        FROM results
        GROUP BY run_id
    )
    SELECT t.run_id, t.run_key, t.attempt, t.test_name, t.git_commit, t.git_branch, epoch_us(t.started_at),
        coalesce(completed, 0)::UBIGINT, coalesce(failed, 0)::UBIGINT
    FROM test_runs t
    LEFT JOIN counted USING (run_id)
    ORDER BY t.started_at DESC NULLS LAST, t.run_id";

const RUN: &str = "
    SELECT run_key, attempt, test_name, git_commit, git_branch, epoch_us(started_at), ci_trigger,
        CAST(metadata AS VARCHAR), file_name
    FROM imports
    WHERE run_id = ?
    ORDER BY rowid";

/// The columns that `other_configuration` reads come first.
const RESULTS: &str = "
    SELECT NULL, NULL, NULL, c.configuration_id, m.model_name, h.hardware_type, h.device_name, h.cpu_model,
        h.compute_units, h.memory_gb, h.gpu, c.test_case, c.batch_size, c.precision, CAST(c.parameters AS VARCHAR),
        c.is_simulated, r.error_message, r.simulation_reason, epoch_us(r.measured_at), r.iterations, r.warmup_iterations,
        r.total_time_seconds, s.reason
    FROM results r
    JOIN configurations c USING (configuration_id)
    JOIN models m USING (model_id)
    JOIN hardware_platforms h USING (hardware_id)
    LEFT JOIN suspicions s ON s.run_id = r.run_id AND s.configuration_id = r.configuration_id
    WHERE r.run_id = ?
    ORDER BY m.model_name, h.hardware_type, h.device_name, c.test_case, c.batch_size, c.precision, c.configuration_id";

const MEASUREMENTS: &str = "
    SELECT configuration_id, metric, value, unit, higher_is_better, samples
    FROM measurements
    WHERE run_id = ?
    ORDER BY configuration_id, metric";

impl Store {
    /// Every run, newest first; those of an unknown time come last.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn runs(&self) -> Result<Vec<RunSummary>, StoreError> {
        self.rows(RUNS, &[], run_summary)
    }

    /// One run with its results; `None` where the history does not hold it.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::BadRow`] where a row cannot have been written by benchgate.
    pub fn stored_run(&self, id: RunId) -> Result<Option<StoredRun>, StoreError> {
        let files = self.rows(RUN, &[id.0], |row| Ok((run(row)?, row.get::<_, String>(8)?)))?;
        let Some((run, _)) = files.first().cloned() else { return Ok(None) };
        let mut measurements: HashMap<ConfigurationId, Vec<Measurement>> = HashMap::new();
        self.rows(MEASUREMENTS, &[id.0], |row| {
            measurements.entry(ConfigurationId(row.get(0)?)).or_default().push(measurement(row)?);
            Ok(())
        })?;
        let mut configurations = HashMap::new();
        let results = self.rows(RESULTS, &[id.0], |row| {
            let configuration = other_configuration(row, &mut configurations)?;
            let measurements = measurements.remove(&configuration.id()).unwrap_or_default();
            result(row, configuration, measurements)
        })?;
        Ok(Some(StoredRun { id, run, files: files.into_iter().map(|(_, file)| file).collect(), results }))
    }

    /// The runs of a commit, which is named by any beginning of its id, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn runs_of_commit(&self, beginning: &str) -> Result<Vec<RunId>, StoreError> {
        const OF_COMMIT: &str = "
            SELECT run_id FROM test_runs WHERE starts_with(git_commit, ?) ORDER BY started_at NULLS FIRST, run_id";
        let read = || -> Result<Vec<RunId>, duckdb::Error> {
            let mut statement = self.connection.prepare(OF_COMMIT)?;
            statement.query_map(params![beginning], |row| Ok(RunId(row.get(0)?)))?.collect()
        };
        read().map_err(StoreError::database("look for a commit's runs"))
    }
}

fn run(row: &Row<'_>) -> Result<Run, RowError> {
    let environment: Option<String> = row.get(7)?;
    let environment: BTreeMap<String, String> = match environment {
        Some(text) => serde_json::from_str(&text).map_err(|_not_texts| StoreError::BadRow {
            message: "a run's environment is not an object of texts".to_owned(),
        })?,
        None => BTreeMap::new(),
    };
    Ok(Run {
        key: row.get(0)?,
        attempt: row.get(1)?,
        suite: row.get(2)?,
        commit: row.get(3)?,
        branch: row.get(4)?,
        started_at: time(row, 5)?,
        trigger: row.get(6)?,
        environment,
    })
}

fn measurement(row: &Row<'_>) -> Result<Measurement, RowError> {
    let (metric, unit): (String, String) = (row.get(1)?, row.get(3)?);
    let better = row
        .get::<_, Option<bool>>(4)?
        .map(|is_higher| if is_higher { Direction::HigherIsBetter } else { Direction::LowerIsBetter });
    let samples = match row.get(5)? {
        Value::List(samples) => samples,
        _ => Vec::new(),
    };
    let samples = samples.into_iter().filter_map(|one| if let Value::Double(one) = one { Some(one) } else { None });
    let read = Measurement::new(&metric, Some(row.get(2)?), samples.collect(), Some(&unit), better);
    read.map_err(|error| StoreError::BadRow { message: error.to_string() }.into())
}

fn result(
    row: &Row<'_>,
    configuration: Configuration,
    measurements: Vec<Measurement>,
) -> Result<BenchmarkResult, RowError> {
    let reason: Option<String> = row.get(17)?;
    let simulation =
        if configuration.is_simulated { Simulation::Simulated(reason.unwrap_or_default()) } else { Simulation::Real };
    Ok(BenchmarkResult {
        configuration,
        status: row.get::<_, Option<String>>(16)?.map_or(Status::Completed, Status::Failed),
        simulation,
        measured_at: time(row, 18)?,
        iterations: row.get(19)?,
        warmup_iterations: row.get(20)?,
        total_time_seconds: row.get(21)?,
        suspicion: row.get(22)?,
        measurements,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{create, import, result, run};
    use crate::model::{ResultDraft, RunId, Status};

    #[test]
    fn a_run_is_read_as_it_was_imported() {
        let folder = tempfile::tempdir().expect("folder");
        let store = create(folder.path());
        let mut draft = run(1);
        draft.environment.insert("driver".to_owned(), "1.2".to_owned());
        let failed = ResultDraft { test_case: Some("b".to_owned()), ..ResultDraft::failed("out of memory") };
        import(&store, "a.json", draft, vec![result("a", 10.0), failed]).expect("imported");
        import(&store, "b.json", run(1), vec![result("c", 30.0)]).expect("imported");
        import(&store, "c.json", run(2), vec![result("a", 11.0)]).expect("imported");
        let runs = store.runs().expect("runs");
        let told: Vec<_> = runs.iter().map(|run| (run.key.as_str(), run.completed, run.failed)).collect();
        assert_eq!(told, [("run-2", 1, 0), ("run-1", 2, 1)]);
        let read = store.stored_run(runs[1].id).expect("read").expect("held");
        assert_eq!((read.run.id(), read.files.as_slice()), (read.id, &["a.json".to_owned(), "b.json".to_owned()][..]));
        assert_eq!(read.run.environment["driver"], "1.2");
        let [a, b, c] = &read.results[..] else { panic!("{read:#?}") };
        assert_eq!(a.measurements[0].samples(), [10.0, 10.0 * 1.01, 10.0 * 0.99]);
        assert_eq!(b.status, Status::Failed("out of memory".to_owned()));
        assert_eq!(c.configuration.test_case.as_deref(), Some("c"));
        assert_eq!(read.series().len(), 2);
        assert_eq!(store.stored_run(RunId(1)).expect("read"), None);
    }

    #[test]
    fn the_runs_of_a_commit_are_found_by_its_beginning_and_nothing_else() {
        let folder = tempfile::tempdir().expect("folder");
        let store = create(folder.path());
        for day in [2, 1] {
            import(&store, &day.to_string(), run(day), vec![result("a", 10.0)]).expect("imported");
        }
        assert_eq!(store.runs_of_commit(&format!("{:040x}", 1)).expect("found").len(), 1);
        assert_eq!(store.runs_of_commit("0000").expect("found").len(), 2);
        assert_eq!(store.runs_of_commit("%' OR 1=1 --").expect("found"), []);
    }
}
