//! Results of a run that the history knows.
//!
//! For: a file that adds to a run, or repeats it under another content. Not for: runs that are new, whose rows are
//! written as they come.
//! Invariant: rows are staged until they are known to be absent; a stored value is never replaced, and where a file
//! contradicts what is stored nothing of it is taken.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use duckdb::{Connection, params};

use super::error::StoreError;
use super::outcome::ImportOutcome;
use crate::model::{Run, RunId};

/// The tables that hold the facts of a known run.
const STAGE: &str = "
    CREATE OR REPLACE TEMP TABLE staged_results AS FROM results LIMIT 0;
    CREATE OR REPLACE TEMP TABLE staged_measurements AS FROM measurements LIMIT 0;
    CREATE OR REPLACE TEMP TABLE staged_suspicions AS FROM suspicions LIMIT 0;";

/// What the staged results are: how many differ from what is stored, how many are stored, and how many that are not
/// failed to run.
const COMPARE: &str = "
    SELECT
        (SELECT count(DISTINCT configuration_id) FROM (
            SELECT r.configuration_id FROM staged_results s JOIN results r USING (run_id, configuration_id)
            WHERE (r.error_message IS NULL) <> (s.error_message IS NULL)
            UNION ALL
            SELECT configuration_id FROM (
                SELECT run_id, configuration_id, metric, value, unit FROM staged_measurements
                EXCEPT SELECT run_id, configuration_id, metric, value, unit FROM measurements
            ) JOIN results USING (run_id, configuration_id))),
        (SELECT count(*) FROM staged_results JOIN results USING (run_id, configuration_id)),
        (SELECT count(*) FROM staged_results s ANTI JOIN results r USING (run_id, configuration_id)
            WHERE s.error_message IS NOT NULL)";

/// Makes room for the facts of a known run.
pub(super) fn stage(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(STAGE).map_err(StoreError::database("stage a known run"))
}

/// Deletes what a snapshot told of a run, in an open transaction: what was measured takes its place.
pub(super) fn remove_stand_in(connection: &Connection, run: RunId) -> Result<(), StoreError> {
    let remove = |table| connection.execute(&format!("DELETE FROM {table} WHERE run_id = ?"), params![run.0]);
    ["measurements", "results", "imports"]
        .into_iter()
        .try_for_each(|table| remove(table).map(|_rows| ()))
        .map_err(StoreError::database("replace what a snapshot told"))
}

/// Where rows of a table are staged; those of other tables are written as they come.
pub(super) fn staged(table: &'static str) -> &'static str {
    match table {
        "results" => "staged_results",
        "measurements" => "staged_measurements",
        "suspicions" => "staged_suspicions",
        other => other,
    }
}

/// Writes the staged results that a known run lacks; the others must agree with what is stored.
pub(super) fn merge(connection: &Connection, run: &Run, counts: ImportOutcome) -> Result<ImportOutcome, StoreError> {
    let merge = || -> Result<(u64, ImportOutcome), duckdb::Error> {
        let (differing, known, failed) =
            connection.query_row(COMPARE, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let absent = |table: &str, of: &str| {
            let sql =
                format!("INSERT INTO {table} FROM staged_{table} ANTI JOIN {of} USING (run_id, configuration_id)");
            Ok::<u64, duckdb::Error>(connection.execute(&sql, [])? as u64)
        };
        absent("suspicions", "suspicions")?;
        let measurements = absent("measurements", "results")?;
        let results = absent("results", "results")?;
        Ok((differing, ImportOutcome { results, failed, measurements, known, ..counts }))
    };
    let (differing, outcome) = merge().map_err(StoreError::database("merge a known run"))?;
    debug_assert_eq!(outcome.results + outcome.known, counts.results, "every staged result is new or known");
    if differing > 0 {
        return Err(StoreError::Conflict { run: run.key.clone(), attempt: run.attempt, count: differing });
    }
    Ok(outcome)
}
