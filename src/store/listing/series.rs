//! Series, and the values of one.
//!
//! For: pages of series of chosen configurations, and of one series' measurements. Not for: judging them.
//! Invariant: configurations are chosen before measurements are looked at; the values of a series are newest first.

use std::collections::BTreeMap;

use duckdb::params;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::overview::time;
use super::page::{Page, Rows};
use crate::model::{ConfigurationId, RunId, SeriesId, series_id};

/// Which series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeriesFilter {
    /// Of this model.
    pub model: Option<String>,
    /// On this hardware type.
    pub hardware: Option<String>,
    /// Of this test case.
    pub test_case: Option<String>,
    /// With this batch size.
    pub batch_size: Option<u32>,
    /// In this precision.
    pub precision: Option<String>,
    /// Of this metric.
    pub metric: Option<String>,
    /// Of this configuration.
    pub configuration: Option<ConfigurationId>,
}

/// A series.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SeriesRow {
    /// Its id.
    pub id: String,
    /// The model.
    pub model: String,
    /// The hardware type.
    pub hardware: String,
    /// The device.
    pub device: Option<String>,
    /// The test case.
    pub test_case: Option<String>,
    /// The batch size.
    pub batch_size: Option<u32>,
    /// The precision.
    pub precision: Option<String>,
    /// Other parameters.
    pub parameters: BTreeMap<String, String>,
    /// The metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Whether `higher` or `lower` is better, where that is known.
    pub better: Option<String>,
    /// Whether it was simulated.
    pub is_simulated: bool,
    /// How many measurements it has.
    pub measurements: u64,
    /// The newest value.
    pub newest_value: f64,
    /// When that was measured, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub newest_at: Option<Timestamp>,
}

/// A measurement of a series.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PointRow {
    /// The run's id.
    pub run_id: String,
    /// The run's name.
    pub run: String,
    /// Its attempt.
    pub attempt: u32,
    /// When it was measured, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub measured_at: Option<Timestamp>,
    /// The commit.
    pub commit: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// The samples that it summarises.
    pub samples: u64,
}

const SERIES: &str = "
    WITH chosen AS (
        SELECT c.configuration_id, m.model_name, h.hardware_type, h.device_name, c.test_case, c.batch_size, c.precision,
            CAST(c.parameters AS VARCHAR) AS parameters, c.is_simulated
        FROM configurations c
        JOIN models m USING (model_id)
        JOIN hardware_platforms h USING (hardware_id)
        WHERE ($1::VARCHAR IS NULL OR m.model_name = $1 OR m.canonical_name = $1)
            AND ($2::VARCHAR IS NULL OR h.hardware_type = $2)
            AND ($3::VARCHAR IS NULL OR c.test_case = $3)
            AND ($4::UINTEGER IS NULL OR c.batch_size = $4)
            AND ($5::VARCHAR IS NULL OR c.precision = $5)
            AND ($7::UBIGINT IS NULL OR c.configuration_id = $7)
    ), shown AS (
        SELECT f.configuration_id, f.metric, count(*) AS measurements
        FROM measurements f SEMI JOIN chosen USING (configuration_id)
        WHERE $6::VARCHAR IS NULL OR f.metric = $6
        GROUP BY f.configuration_id, f.metric
        ORDER BY f.configuration_id, f.metric
        LIMIT $8 OFFSET $9
    ), newest AS (
        SELECT f.configuration_id, f.metric,
            arg_max({v: f.value, u: f.unit, b: f.higher_is_better},
                (coalesce(r.measured_at, i.started_at, make_timestamp(0)), f.run_id)) AS n,
            max(coalesce(r.measured_at, i.started_at)) AS measured_at
        FROM measurements f
        SEMI JOIN shown s ON s.configuration_id = f.configuration_id AND s.metric = f.metric
        JOIN (FROM results SEMI JOIN chosen USING (configuration_id)) r
            ON r.run_id = f.run_id AND r.configuration_id = f.configuration_id
        JOIN imports i ON i.source_id = r.source_id AND i.run_id = r.run_id
        GROUP BY f.configuration_id, f.metric
    )
    SELECT s.configuration_id, s.metric, c.model_name, c.hardware_type, c.device_name, c.test_case, c.batch_size,
        c.precision, c.parameters, c.is_simulated, s.measurements, n.n.v, n.n.u, n.n.b, epoch_us(n.measured_at)
    FROM shown s
    JOIN newest n ON n.configuration_id = s.configuration_id AND n.metric = s.metric
    JOIN chosen c ON c.configuration_id = s.configuration_id
    ORDER BY s.configuration_id, s.metric";

const KEYS: &str = "SELECT DISTINCT configuration_id, metric FROM measurements";

const POINTS: &str = "
    SELECT f.run_id, i.run_key, i.attempt, epoch_us(coalesce(r.measured_at, i.started_at)), i.git_commit, i.git_branch,
        f.value, f.unit, coalesce(len(f.samples), 0)::UBIGINT
    FROM measurements f
    JOIN results r ON r.run_id = f.run_id AND r.configuration_id = f.configuration_id
    JOIN imports i ON i.source_id = r.source_id AND i.run_id = r.run_id
    WHERE f.configuration_id = $1 AND f.metric = $2
    ORDER BY coalesce(r.measured_at, i.started_at) DESC NULLS LAST, f.run_id
    LIMIT $3 OFFSET $4";

impl Store {
    /// Series, by their configurations.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn series_page(&self, filter: &SeriesFilter, page: Page) -> Result<Rows<SeriesRow>, StoreError> {
        let SeriesFilter { model, hardware, test_case, batch_size, precision, metric, configuration } = filter;
        let configuration = configuration.map(|id| id.0);
        let parameters = params![
            model,
            hardware,
            test_case,
            batch_size,
            precision,
            metric,
            configuration,
            page.fetched(),
            page.offset
        ];
        Rows::read(&self.connection, page, SERIES, parameters, |row| {
            let (configuration, metric) = (ConfigurationId(row.get(0)?), row.get::<_, String>(1)?);
            let higher_is_better: Option<bool> = row.get(13)?;
            Ok(SeriesRow {
                id: series_id(configuration, &metric).to_string(),
                model: row.get(2)?,
                hardware: row.get(3)?,
                device: row.get(4)?,
                test_case: row.get(5)?,
                batch_size: row.get(6)?,
                precision: row.get(7)?,
                // The importer writes nothing but an object of texts.
                parameters: serde_json::from_str(&row.get::<_, String>(8)?).unwrap_or_default(),
                metric,
                unit: row.get(12)?,
                better: higher_is_better.map(|higher| if higher { "higher" } else { "lower" }.to_owned()),
                is_simulated: row.get(9)?,
                measurements: row.get(10)?,
                newest_value: row.get(11)?,
                newest_at: time(row, 14)?,
            })
        })
        .map_err(StoreError::database("list series"))
    }

    /// The ids of all series, with what each is.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn series_ids(&self) -> Result<BTreeMap<SeriesId, (ConfigurationId, String)>, StoreError> {
        let read = || -> Result<BTreeMap<SeriesId, (ConfigurationId, String)>, duckdb::Error> {
            let mut statement = self.connection.prepare_cached(KEYS)?;
            let keys = statement.query_map([], |row| Ok((ConfigurationId(row.get(0)?), row.get::<_, String>(1)?)))?;
            keys.map(|key| key.map(|(id, metric)| (series_id(id, &metric), (id, metric)))).collect()
        };
        read().map_err(StoreError::database("list the series"))
    }

    /// Measurements of a series, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn points_page(
        &self,
        configuration: ConfigurationId,
        metric: &str,
        page: Page,
    ) -> Result<Rows<PointRow>, StoreError> {
        let parameters = params![configuration.0, metric, page.fetched(), page.offset];
        Rows::read(&self.connection, page, POINTS, parameters, |row| {
            Ok(PointRow {
                run_id: RunId(row.get(0)?).to_string(),
                run: row.get(1)?,
                attempt: row.get(2)?,
                measured_at: time(row, 3)?,
                commit: row.get(4)?,
                branch: row.get(5)?,
                value: row.get(6)?,
                unit: row.get(7)?,
                samples: row.get(8)?,
            })
        })
        .map_err(StoreError::database("list the values of a series"))
    }
}
