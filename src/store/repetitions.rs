//! Results that another run holds already.
//!
//! For: an import that is to leave them out: the same measurement exported twice, under other names of the run. Not for:
//! the same run, which is recognised without being asked; nor for anything that is in the history already.
//! Invariant: a repetition has the configuration, the time, the outcome and all values of the other result; nothing
//! without a time is one, and nothing that was stored before is removed.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use duckdb::{Connection, params};
use jiff::Timestamp;

use super::error::StoreError;
use super::outcome::ImportOutcome;
use crate::model::RunId;

/// The repetitions among the results of one run.
const FIND: &str = "
    CREATE OR REPLACE TEMP TABLE repetitions AS
    WITH own AS (
        SELECT configuration_id, coalesce(measured_at, make_timestamp($2::BIGINT)) AS measured_at, error_message
        FROM results WHERE run_id = $1
    ),
    contents AS (
        SELECT run_id, configuration_id, bit_xor(hash(metric, value, unit)) AS content, count(*) AS metrics
        FROM measurements SEMI JOIN own USING (configuration_id)
        GROUP BY run_id, configuration_id
    )
    SELECT DISTINCT own.configuration_id
    FROM own
    JOIN results other ON other.configuration_id = own.configuration_id AND other.run_id <> $1
    JOIN test_runs run ON run.run_id = other.run_id
    LEFT JOIN contents a ON a.run_id = $1 AND a.configuration_id = own.configuration_id
    LEFT JOIN contents b ON b.run_id = other.run_id AND b.configuration_id = own.configuration_id
    WHERE coalesce(other.measured_at, run.started_at) = own.measured_at
        AND other.error_message IS NOT DISTINCT FROM own.error_message
        AND (a.content, a.metrics) IS NOT DISTINCT FROM (b.content, b.metrics)";

/// Removes, of the results that the open transaction has written for a run, those that another run holds; what is left.
pub(super) fn remove(
    connection: &Connection,
    run: RunId,
    started_at: Option<Timestamp>,
    counts: ImportOutcome,
) -> Result<ImportOutcome, StoreError> {
    let remove = || -> Result<ImportOutcome, duckdb::Error> {
        connection.execute(FIND, params![run.0, started_at.map(|time| time.as_microsecond())])?;
        let from = |table: &str, also: &str| {
            let sql = format!("DELETE FROM {table} WHERE run_id = ? AND configuration_id IN (FROM repetitions){also}");
            Ok::<u64, duckdb::Error>(connection.execute(&sql, params![run.0])? as u64)
        };
        let measurements = from("measurements", "")?;
        let suspicious = from("suspicions", "")?;
        let failed = from("results", " AND error_message IS NOT NULL")?;
        let results = failed + from("results", "")?;
        Ok(ImportOutcome {
            results: counts.results - results,
            failed: counts.failed - failed,
            measurements: counts.measurements - measurements,
            suspicious: counts.suspicious - suspicious,
            known: counts.known + results,
            ..counts
        })
    };
    remove().map_err(StoreError::database("leave out repetitions"))
}
