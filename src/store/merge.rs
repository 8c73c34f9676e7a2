//! Two histories into one.
//!
//! For: the union of what two histories hold, by their ids. Not for: databases of the former system (see
//! [`super::former`]).
//! Invariant: one transaction; a stored value is never replaced, and where the two contradict each other nothing is
//! taken. The other history is data: nothing but tables of our own names, columns and types is looked at.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::path::Path;

use duckdb::Connection;
use jiff::Timestamp;

use super::archive::dropped;
use super::connection::{Mode, Store, path_literal};
use super::error::StoreError;
use super::known::Known;
use super::outcome::ImportOutcome;

/// Every table but `measurements` with what tells its rows apart. `results` is the last: what it lacks decides which
/// measurements are taken.
pub(super) const TABLES: [(&str, &str); 12] = [
    ("decisions", "decision_id"),
    ("archived_runs", "decision_id, source_id, run_id"),
    ("models", "model_id"),
    ("hardware_platforms", "hardware_id"),
    ("imports", "source_id, run_id"),
    ("configurations", "configuration_id"),
    ("suspicions", "run_id, configuration_id"),
    ("hardware_compatibility", "compatibility_id"),
    ("hardware_detections", "detection_id"),
    ("integration_test_results", "test_result_id"),
    ("integration_test_assertions", "assertion_id"),
    ("results", "run_id, configuration_id"),
];

/// Tables of ours that the other file lacks, or has with other columns; views are no tables.
const STRANGE: &str = "
    SELECT count(*) FROM (
        SELECT c.table_name, column_name, data_type FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_oid)
        WHERE t.database_name = 'store' AND c.database_name = 'store'
        EXCEPT
        SELECT c.table_name, column_name, data_type FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_oid)
        WHERE t.database_name = 'other' AND c.database_name = 'other' AND c.schema_name = 'main')";

/// Results that both have, with other values.
const CONTRADICTING: &str = "
    SELECT run_key, attempt, count(DISTINCT configuration_id) FROM (
        SELECT run_id, configuration_id FROM other.results o JOIN store.results s USING (run_id, configuration_id)
        ANTI JOIN left_out USING (run_id)
        WHERE (o.error_message IS NULL) <> (s.error_message IS NULL)
        UNION ALL
        SELECT run_id, configuration_id FROM (
            SELECT run_id, configuration_id, metric, value, unit FROM other.measurements
            EXCEPT SELECT run_id, configuration_id, metric, value, unit FROM store.measurements
        ) JOIN store.results USING (run_id, configuration_id) ANTI JOIN left_out USING (run_id)
    ) JOIN (FROM store.imports SELECT DISTINCT run_id, run_key, attempt) USING (run_id)
    GROUP BY run_key, attempt ORDER BY ALL LIMIT 1";

/// What is new, in numbers.
const NEW: &str = "
    SELECT count(*), count(o.error_message), count(*) FILTER (c.is_simulated), count(u.reason),
        (SELECT count(*) FROM other.results), (SELECT count(DISTINCT run_id) FROM other.imports),
        (SELECT count(*) FROM other.results SEMI JOIN left_out USING (run_id)
            ANTI JOIN store.results USING (run_id, configuration_id))
    FROM other.results o ANTI JOIN store.results USING (run_id, configuration_id) ANTI JOIN left_out USING (run_id)
    JOIN other.configurations c USING (configuration_id) LEFT JOIN other.suspicions u USING (run_id, configuration_id)";

impl Store {
    /// Adds what another history holds and this one lacks.
    ///
    /// # Errors
    /// Those of opening the other one for reading, [`StoreError::Strange`], and [`StoreError::Conflict`] where the two hold
    /// different values for the same run.
    pub fn merge(&self, path: &Path, now: Timestamp) -> Result<ImportOutcome, StoreError> {
        Self::open(path, Mode::Read, now)?.close()?;
        let merging = || StoreError::database("merge a history");
        let file = path_literal(path).map_err(merging())?;
        self.write_deferred()?;
        self.connection.execute_batch(&format!("ATTACH {file} AS other (TYPE duckdb, READ_ONLY)")).map_err(merging())?;
        let merged = self.merge_attached(path);
        if merged.is_err() {
            // Where no transaction is open there is nothing to roll back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        *self.known.borrow_mut() = Known::default();
        self.connection.execute_batch("DETACH other").map_err(merging())?;
        merged
    }

    fn merge_attached(&self, path: &Path) -> Result<ImportOutcome, StoreError> {
        let merging = || StoreError::database("merge a history");
        let strange: u64 = self.connection.query_row(STRANGE, [], |row| row.get(0)).map_err(merging())?;
        if strange > 0 {
            return Err(StoreError::Strange { path: path.to_owned() });
        }
        self.connection.execute_batch("BEGIN TRANSACTION").map_err(merging())?;
        self.connection.execute_batch(SETTLE).map_err(merging())?;
        if let Some((run, attempt, count)) = contradiction(&self.connection).map_err(merging())? {
            return Err(StoreError::Conflict { run, attempt, count });
        }
        let outcome = union(&self.connection).map_err(merging())?;
        self.connection.execute_batch("COMMIT").map_err(merging())?;
        Ok(outcome)
    }
}

fn contradiction(connection: &Connection) -> Result<Option<(String, u32, u64)>, duckdb::Error> {
    let mut statement = connection.prepare(CONTRADICTING)?;
    let mut rows = statement.query([])?;
    rows.next()?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// Runs of the other history that are not taken: those that are in an archive of either, and those of which it has a snapshot
/// only and this one anything. What this one has by a snapshot only gives way to what was measured.
const SETTLE: &str = "
    CREATE OR REPLACE TEMP TABLE left_out AS
    WITH decided AS (FROM store.decisions UNION ALL FROM other.decisions),
        archived AS (FROM store.archived_runs UNION ALL FROM other.archived_runs)
    SELECT run_id FROM archived a WHERE NOT EXISTS (FROM decided u WHERE u.undoes = a.decision_id)
    UNION
    SELECT run_id FROM (SELECT run_id FROM other.imports GROUP BY run_id
            HAVING bool_and(metadata ->> '$.benchgate_snapshot' IS NOT NULL))
        SEMI JOIN store.imports USING (run_id);
    CREATE OR REPLACE TEMP TABLE stand_ins AS
    SELECT run_id FROM (SELECT run_id FROM store.imports GROUP BY run_id
            HAVING bool_and(metadata ->> '$.benchgate_snapshot' IS NOT NULL))
        SEMI JOIN (SELECT run_id FROM other.imports WHERE metadata ->> '$.benchgate_snapshot' IS NULL) USING (run_id);
    DELETE FROM store.measurements WHERE run_id IN (FROM stand_ins);
    DELETE FROM store.results WHERE run_id IN (FROM stand_ins);
    DELETE FROM store.imports WHERE run_id IN (FROM stand_ins)";

/// What leaves out the rows of runs that are not taken.
fn without_left_out(table: &str) -> &'static str {
    match table {
        "imports"
        | "results"
        | "suspicions"
        | "hardware_compatibility"
        | "hardware_detections"
        | "integration_test_results" => "ANTI JOIN left_out USING (run_id)",
        "integration_test_assertions" => {
            "ANTI JOIN (FROM other.integration_test_results SEMI JOIN left_out USING (run_id)) USING (test_result_id)"
        }
        _names_and_decisions => "",
    }
}

fn union(connection: &Connection) -> Result<ImportOutcome, duckdb::Error> {
    let mut outcome = connection.query_row(NEW, [], |row| {
        let (results, all): (u64, u64) = (row.get(0)?, row.get(4)?);
        let archived: u64 = row.get(6)?;
        Ok(ImportOutcome {
            archived,
            results,
            failed: row.get(1)?,
            simulated: row.get(2)?,
            suspicious: row.get(3)?,
            known: all.saturating_sub(results + archived),
            runs: row.get(5)?,
            ..ImportOutcome::default()
        })
    })?;
    outcome.tests_failed = connection.query_row(
        "SELECT count(*) FROM other.integration_test_results o ANTI JOIN store.integration_test_results
            USING (test_result_id) ANTI JOIN left_out USING (run_id) WHERE o.status IN ('fail', 'error')",
        [],
        |row| row.get(0),
    )?;
    outcome.measurements = connection.execute(
        "INSERT INTO store.measurements BY NAME
         SELECT DISTINCT ON (run_id, configuration_id, metric) o.* FROM other.measurements o
         ANTI JOIN store.results USING (run_id, configuration_id) ANTI JOIN left_out USING (run_id)
         SEMI JOIN other.results r ON r.run_id = o.run_id AND r.configuration_id = o.configuration_id",
        [],
    )? as u64;
    for (table, key) in TABLES {
        let inserted = connection.execute(
            &format!(
                "INSERT INTO store.{table} BY NAME
                 SELECT DISTINCT ON ({key}) o.* FROM other.{table} o ANTI JOIN store.{table} USING ({key}) {}",
                without_left_out(table)
            ),
            [],
        )? as u64;
        match table {
            "decisions" => outcome.decisions = inserted,
            "hardware_compatibility" => outcome.compatibility = inserted,
            "hardware_detections" => outcome.detections = inserted,
            "integration_test_results" => outcome.tests = inserted,
            _ => {}
        }
    }
    if dropped::exist(connection)? {
        let (measurements, results) = dropped::remove(connection)?;
        outcome.measurements = outcome.measurements.saturating_sub(measurements);
        outcome.results = outcome.results.saturating_sub(results);
        outcome.archived += results;
    }
    Ok(outcome)
}
