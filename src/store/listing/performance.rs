//! Results, one row each, as the former system's interface showed them.
//!
//! For: completed results of chosen configurations, newest first. Not for: metrics beyond the former system's columns,
//! which are series (see `series`).
//! Invariant: configurations are chosen before results are looked at, so that a page does not read every measurement.

use duckdb::params;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::overview::time;
use super::page::{Page, Rows};

/// Which results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerformanceFilter {
    /// Of this model.
    pub model_name: Option<String>,
    /// On this hardware type.
    pub hardware_type: Option<String>,
    /// With this batch size.
    pub batch_size: Option<u32>,
    /// In this precision.
    pub precision: Option<String>,
    /// The newest of each configuration only.
    pub is_latest_only: bool,
}

/// A completed result.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PerformanceRow {
    /// The model.
    pub model_name: String,
    /// The family that its name belongs to.
    pub model_family: Option<String>,
    /// The hardware type.
    pub hardware_type: String,
    /// The device.
    pub device_name: Option<String>,
    /// The batch size.
    pub batch_size: Option<u32>,
    /// The precision.
    pub precision: Option<String>,
    /// The test case.
    pub test_case: Option<String>,
    /// Latency in ms.
    pub average_latency_ms: Option<f64>,
    /// The 90th percentile of the latency in ms.
    pub latency_p90: Option<f64>,
    /// The 95th percentile of the latency in ms.
    pub latency_p95: Option<f64>,
    /// The 99th percentile of the latency in ms.
    pub latency_p99: Option<f64>,
    /// Items a second.
    pub throughput_items_per_second: Option<f64>,
    /// Peak memory in MB.
    pub memory_peak_mb: Option<f64>,
    /// Whether it was simulated.
    pub is_simulated: bool,
    /// When it was measured, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub measured_at: Option<Timestamp>,
    /// When it came into the history.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
}

const PERFORMANCE: &str = "
    WITH chosen AS (
        SELECT c.configuration_id, m.model_name, m.model_family, h.hardware_type, h.device_name, c.batch_size, c.precision,
            c.test_case, c.is_simulated
        FROM configurations c
        JOIN models m USING (model_id)
        JOIN hardware_platforms h USING (hardware_id)
        WHERE ($1::VARCHAR IS NULL OR m.model_name = $1 OR m.canonical_name = $1)
            AND ($2::VARCHAR IS NULL OR h.hardware_type = $2)
            AND ($3::UINTEGER IS NULL OR c.batch_size = $3)
            AND ($4::VARCHAR IS NULL OR c.precision = $4)
    ), found AS (
        SELECT r.run_id, r.configuration_id, coalesce(r.measured_at, i.started_at) AS measured_at, i.imported_at
        FROM results r
        JOIN chosen USING (configuration_id)
        JOIN imports i ON i.source_id = r.source_id AND i.run_id = r.run_id
        WHERE r.error_message IS NULL
        QUALIFY NOT $5 OR row_number() OVER (
            PARTITION BY r.configuration_id ORDER BY coalesce(r.measured_at, i.started_at) DESC NULLS LAST, r.run_id) = 1
    ), shown AS (
        FROM found
        ORDER BY measured_at DESC NULLS LAST, run_id, configuration_id
        LIMIT $6 OFFSET $7
    ), wide AS (
        SELECT run_id, configuration_id,
            max(value) FILTER (metric = 'latency' AND unit = 'ms') AS latency,
            max(value) FILTER (metric = 'latency_p90' AND unit = 'ms') AS latency_p90,
            max(value) FILTER (metric = 'latency_p95' AND unit = 'ms') AS latency_p95,
            max(value) FILTER (metric = 'latency_p99' AND unit = 'ms') AS latency_p99,
            max(value) FILTER (metric = 'throughput' AND unit = 'items/s') AS throughput,
            max(value) FILTER (metric = 'memory_peak' AND unit = 'MB') AS memory_peak
        FROM measurements SEMI JOIN shown USING (run_id, configuration_id)
        GROUP BY ALL
    )
    SELECT c.model_name, c.model_family, c.hardware_type, c.device_name, c.batch_size, c.precision, c.test_case, w.latency,
        w.latency_p90, w.latency_p95, w.latency_p99, w.throughput, w.memory_peak, c.is_simulated,
        epoch_us(s.measured_at), epoch_us(s.imported_at)
    FROM shown s
    JOIN chosen c USING (configuration_id)
    LEFT JOIN wide w USING (run_id, configuration_id)
    ORDER BY s.measured_at DESC NULLS LAST, s.run_id, s.configuration_id";

impl Store {
    /// Completed results, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn performance_page(&self, filter: &PerformanceFilter, page: Page) -> Result<Rows<PerformanceRow>, StoreError> {
        let PerformanceFilter { model_name, hardware_type, batch_size, precision, is_latest_only } = filter;
        let parameters =
            params![model_name, hardware_type, batch_size, precision, is_latest_only, page.fetched(), page.offset];
        Rows::read(&self.connection, page, PERFORMANCE, parameters, |row| {
            Ok(PerformanceRow {
                model_name: row.get(0)?,
                model_family: row.get(1)?,
                hardware_type: row.get(2)?,
                device_name: row.get(3)?,
                batch_size: row.get(4)?,
                precision: row.get(5)?,
                test_case: row.get(6)?,
                average_latency_ms: row.get(7)?,
                latency_p90: row.get(8)?,
                latency_p95: row.get(9)?,
                latency_p99: row.get(10)?,
                throughput_items_per_second: row.get(11)?,
                memory_peak_mb: row.get(12)?,
                is_simulated: row.get(13)?,
                measured_at: time(row, 14)?,
                created_at: time(row, 15)?,
            })
        })
        .map_err(StoreError::database("list results"))
    }
}
