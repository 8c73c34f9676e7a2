//! What was measured, in numbers.
//!
//! For: series, runs and failures of a selection. Not for: judging or ranking them.
//! Invariant: a run counts once in a series, by the median of its samples or the value it reports; values of another unit
//! are another row.

use std::collections::HashMap;

use duckdb::{Row, params_from_iter};
use jiff::Timestamp;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::history::{other_configuration, other_series};
use crate::model::RunId;
use crate::model::overview::{FailureSummary, Performance, RunSummary, Selection, SeriesSummary, SeriesValues};

/// Runs and failures that a report lists.
pub(super) const NEWEST: usize = 20;

/// One value of each chosen run and series.
const VALUES: &str = "
    CREATE OR REPLACE TEMP TABLE chosen_values AS
    SELECT f.configuration_id, f.metric, f.unit, f.higher_is_better, f.run_id,
        coalesce(list_aggregate(f.samples, 'median'), f.value) AS value,
        coalesce(r.measured_at, t.started_at) AS measured_at,
        EXISTS (FROM suspicions s WHERE s.run_id = f.run_id AND s.configuration_id = f.configuration_id) AS is_suspicious
    FROM measurements f
    JOIN chosen_runs t ON t.run_id = f.run_id
    JOIN results r ON r.run_id = f.run_id AND r.configuration_id = f.configuration_id
    WHERE f.configuration_id IN (SELECT configuration_id FROM chosen_configurations)
        AND (NOT EXISTS (FROM chosen_names WHERE facet = 'metric')
            OR f.metric IN (SELECT name FROM chosen_names WHERE facet = 'metric'))";

/// The columns that [`other_series`] reads come first.
const SERIES: &str = "
    WITH summary AS (
        SELECT configuration_id, metric, unit, arg_max(higher_is_better, coalesce(measured_at, make_timestamp(0)))
            AS higher_is_better, count(DISTINCT run_id) AS runs, median(value) AS middle,
            quantile_cont(value, 0.25) AS low, quantile_cont(value, 0.75) AS high, min(value) AS least,
            max(value) AS most, arg_max(value, coalesce(measured_at, make_timestamp(0))) AS newest,
            max(measured_at) AS measured_at, count(*) FILTER (is_suspicious) AS suspicious
        FROM chosen_values
        GROUP BY configuration_id, metric, unit
    )
    SELECT n.metric, n.unit, n.higher_is_better, c.configuration_id, m.model_name, h.hardware_type, h.device_name,
        h.cpu_model, h.compute_units, h.memory_gb, h.gpu, c.test_case, c.batch_size, c.precision,
        CAST(c.parameters AS VARCHAR), c.is_simulated, m.model, m.model_family, n.runs, n.middle, n.low, n.high, n.least,
        n.most, n.newest, epoch_us(n.measured_at), n.suspicious
    FROM summary n
    JOIN chosen_configurations c USING (configuration_id)
    JOIN chosen_models m USING (model_id)
    JOIN chosen_hardware h USING (hardware_id)
    ORDER BY m.model, h.hardware_type, h.device_name, c.test_case, c.batch_size, c.precision, c.configuration_id,
        n.metric, n.unit";

/// The chosen series, numbered: names sorted together with every value would take many times the memory of numbers.
const NUMBERED: &str = "
    CREATE OR REPLACE TEMP TABLE chosen_series AS
    SELECT configuration_id, metric, unit, any_value(higher_is_better) AS higher_is_better,
        row_number() OVER (ORDER BY configuration_id, metric, unit) - 1 AS place
    FROM chosen_values
    GROUP BY configuration_id, metric, unit";

const NAMED: &str = "
    SELECT n.metric, n.unit, n.higher_is_better, c.configuration_id, m.model_name, h.hardware_type, h.device_name,
        h.cpu_model, h.compute_units, h.memory_gb, h.gpu, c.test_case, c.batch_size, c.precision,
        CAST(c.parameters AS VARCHAR), c.is_simulated, m.model, m.model_family
    FROM chosen_series n
    JOIN chosen_configurations c USING (configuration_id)
    JOIN chosen_models m USING (model_id)
    JOIN chosen_hardware h USING (hardware_id)
    ORDER BY n.place";

const IN_ORDER: &str = "
    SELECT n.place, v.value
    FROM chosen_values v JOIN chosen_series n USING (configuration_id, metric, unit)
    ORDER BY n.place, v.measured_at NULLS FIRST, v.run_id";

const FAILURES: &str = "
    SELECT NULL, NULL, NULL, c.configuration_id, m.model_name, h.hardware_type, h.device_name, h.cpu_model,
        h.compute_units, h.memory_gb, h.gpu, c.test_case, c.batch_size, c.precision, CAST(c.parameters AS VARCHAR),
        c.is_simulated, m.model, count(DISTINCT r.run_id),
        arg_max(r.error_message, coalesce(r.measured_at, t.started_at, make_timestamp(0))),
        epoch_us(max(coalesce(r.measured_at, t.started_at))) AS newest
    FROM results r
    JOIN chosen_runs t USING (run_id)
    JOIN chosen_configurations c USING (configuration_id)
    JOIN chosen_models m USING (model_id)
    JOIN chosen_hardware h USING (hardware_id)
    WHERE r.error_message IS NOT NULL
    GROUP BY ALL
    ORDER BY newest DESC NULLS LAST, c.configuration_id
    LIMIT ?";

const RUNS: &str = "
    SELECT t.run_id, t.run_key, t.attempt, t.test_name, t.git_commit, t.git_branch, epoch_us(t.started_at),
        count(*) FILTER (r.error_message IS NULL), count(*) FILTER (r.error_message IS NOT NULL)
    FROM chosen_runs t
    JOIN results r USING (run_id)
    JOIN chosen_configurations c USING (configuration_id)
    GROUP BY t.run_id, t.run_key, t.attempt, t.test_name, t.git_commit, t.git_branch, t.started_at
    ORDER BY t.started_at DESC NULLS LAST, t.run_id
    LIMIT ?";

impl Store {
    /// What was measured.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::BadRow`] where a row cannot have been written by benchgate.
    pub fn performance(&self, selection: &Selection) -> Result<Performance, StoreError> {
        self.choose_values(selection)?;
        let mut configurations = HashMap::new();
        let series = self.rows(SERIES, &[], |row| {
            let number = |column| row.get::<_, f64>(column);
            Ok(SeriesSummary {
                meta: other_series(row, &mut configurations)?,
                model: row.get(16)?,
                family: row.get(17)?,
                runs: count(row, 18)?,
                median: number(19)?,
                middle_half: (number(20)?, number(21)?),
                range: (number(22)?, number(23)?),
                newest: number(24)?,
                measured_at: time(row, 25)?,
                suspicious: count(row, 26)?,
            })
        })?;
        let mut configurations = HashMap::new();
        let failures = self.rows(FAILURES, &[NEWEST as u64], |row| {
            Ok(FailureSummary {
                configuration: other_configuration(row, &mut configurations)?,
                model: row.get(16)?,
                runs: count(row, 17)?,
                reason: row.get(18)?,
                newest: time(row, 19)?,
            })
        })?;
        Ok(Performance { series, runs: self.newest_runs()?, failures })
    }

    /// The values of every chosen series, for comparing series with each other.
    ///
    /// # Errors
    /// As [`Self::performance`].
    pub fn series_values(&self, selection: &Selection) -> Result<Vec<SeriesValues>, StoreError> {
        self.choose_values(selection)?;
        let mut configurations = HashMap::new();
        self.connection.execute_batch(NUMBERED).map_err(StoreError::database("number the series"))?;
        let mut series = self.rows(NAMED, &[], |row| {
            let meta = other_series(row, &mut configurations)?;
            Ok(SeriesValues { meta, model: row.get(16)?, family: row.get(17)?, values: Vec::new() })
        })?;
        self.rows(IN_ORDER, &[], |row| {
            if let Some(one) = series.get_mut(count(row, 0)?) {
                one.values.push(row.get(1)?);
            }
            Ok(())
        })?;
        Ok(series)
    }

    /// The newest of the chosen runs that hold chosen results.
    pub(super) fn newest_runs(&self) -> Result<Vec<RunSummary>, StoreError> {
        self.rows(RUNS, &[NEWEST as u64], run_summary)
    }

    fn choose_values(&self, selection: &Selection) -> Result<(), StoreError> {
        self.choose(selection)?;
        self.connection.execute_batch(VALUES).map_err(StoreError::database("read the measurements"))
    }

    /// Every row of a statement, as something makes it out.
    pub(in crate::store) fn rows<T>(
        &self,
        sql: &str,
        parameters: &[u64],
        mut read: impl FnMut(&Row<'_>) -> Result<T, RowError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut work = || -> Result<Vec<T>, RowError> {
            let mut statement = self.connection.prepare(sql)?;
            let mut rows = statement.query(params_from_iter(parameters))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(read(row)?);
            }
            Ok(found)
        };
        work().map_err(|error| match error {
            RowError::Database(source) => StoreError::database("read a report's rows")(source),
            RowError::Store(error) => error,
        })
    }
}

/// A run, in the order of columns of [`RUNS`].
pub(in crate::store) fn run_summary(row: &Row<'_>) -> Result<RunSummary, RowError> {
    Ok(RunSummary {
        id: RunId(row.get(0)?),
        key: row.get(1)?,
        attempt: row.get(2)?,
        suite: row.get(3)?,
        commit: row.get(4)?,
        branch: row.get(5)?,
        started_at: time(row, 6)?,
        completed: count(row, 7)?,
        failed: count(row, 8)?,
    })
}

/// What a row was refused for.
pub(in crate::store) enum RowError {
    /// DuckDB.
    Database(duckdb::Error),
    /// What it says.
    Store(StoreError),
}

impl From<duckdb::Error> for RowError {
    fn from(error: duckdb::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for RowError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A count, which is never negative.
pub(super) fn count(row: &Row<'_>, column: usize) -> Result<usize, duckdb::Error> {
    let count: u64 = row.get(column)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// A time in microseconds, where there is one.
pub(in crate::store) fn time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, duckdb::Error> {
    let micros: Option<i64> = row.get(column)?;
    Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
}
