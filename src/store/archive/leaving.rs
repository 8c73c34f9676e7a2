//! What leaves a history.
//!
//! For: its rows, table by table: written as Parquet, read again, and deleted. Not for: choosing it.
//! Invariant: the rows that are deleted are those that were written; nothing is deleted of what somebody else still uses.

use std::path::Path;

use duckdb::params;

use super::super::connection::{Store, path_literal};
use super::super::error::StoreError;
use super::super::known::Known;
use crate::model::{ConfigurationId, Decision, RunId};

/// What leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Runs, with all that they hold.
    Runs(Vec<RunId>),
    /// A series.
    Series {
        /// Its configuration.
        configuration: ConfigurationId,
        /// Its metric.
        metric: String,
    },
}

/// A table of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedTable {
    /// Its name.
    pub name: &'static str,
    /// Its rows.
    pub rows: u64,
}

/// What is deleted of each table, in an order in which nothing is asked of what is gone already.
const FACTS: [(&str, &str); 8] = [
    ("integration_test_assertions", "test_result_id IN (FROM leaving_tests)"),
    ("integration_test_results", "run_id IN (FROM leaving_runs)"),
    ("hardware_detections", "run_id IN (FROM leaving_runs)"),
    ("hardware_compatibility", "run_id IN (FROM leaving_runs)"),
    ("suspicions", "(run_id, configuration_id) IN (FROM leaving_results)"),
    ("measurements", "run_id IN (FROM leaving_runs) OR (configuration_id, metric) IN (FROM leaving_series)"),
    ("results", "(run_id, configuration_id) IN (FROM leaving_results)"),
    ("imports", "run_id IN (FROM leaving_runs)"),
];

/// What facts name: it is written with them, and deleted where nothing else uses it.
const NAMES: [(&str, &str, &str); 3] = [
    (
        "configurations",
        "configuration_id IN (FROM leaving_configurations)",
        "configuration_id NOT IN (SELECT configuration_id FROM results)
            AND configuration_id NOT IN (SELECT configuration_id FROM decisions WHERE configuration_id IS NOT NULL)",
    ),
    (
        "models",
        "model_id IN (FROM leaving_models)",
        "model_id NOT IN (SELECT model_id FROM configurations UNION ALL SELECT model_id FROM hardware_compatibility
            UNION ALL SELECT model_id FROM integration_test_results WHERE model_id IS NOT NULL)",
    ),
    (
        "hardware_platforms",
        "hardware_id IN (FROM leaving_hardware)",
        "hardware_id NOT IN (SELECT hardware_id FROM configurations UNION ALL SELECT hardware_id FROM hardware_compatibility
            UNION ALL SELECT hardware_id FROM hardware_detections
            UNION ALL SELECT hardware_id FROM integration_test_results WHERE hardware_id IS NOT NULL)",
    ),
];

/// A configuration leaves with its last series, and its failures with it.
const STAGE: &str = "
    CREATE OR REPLACE TEMP TABLE leaving_results AS
        SELECT run_id, configuration_id FROM results
        WHERE run_id IN (FROM leaving_runs) OR configuration_id IN (
            SELECT configuration_id FROM leaving_series s
            WHERE NOT EXISTS (FROM measurements f
                WHERE f.configuration_id = s.configuration_id AND f.metric <> s.metric));
    CREATE OR REPLACE TEMP TABLE leaving_tests AS
        SELECT test_result_id FROM integration_test_results WHERE run_id IN (FROM leaving_runs);
    CREATE OR REPLACE TEMP TABLE leaving_configurations AS
        SELECT configuration_id FROM leaving_results UNION SELECT configuration_id FROM leaving_series;
    CREATE OR REPLACE TEMP TABLE leaving_models AS
        SELECT model_id FROM configurations WHERE configuration_id IN (FROM leaving_configurations)
        UNION SELECT model_id FROM hardware_compatibility WHERE run_id IN (FROM leaving_runs)
        UNION SELECT model_id FROM integration_test_results WHERE run_id IN (FROM leaving_runs) AND model_id IS NOT NULL;
    CREATE OR REPLACE TEMP TABLE leaving_hardware AS
        SELECT hardware_id FROM configurations WHERE configuration_id IN (FROM leaving_configurations)
        UNION SELECT hardware_id FROM hardware_compatibility WHERE run_id IN (FROM leaving_runs)
        UNION SELECT hardware_id FROM hardware_detections WHERE run_id IN (FROM leaving_runs)
        UNION SELECT hardware_id FROM integration_test_results
            WHERE run_id IN (FROM leaving_runs) AND hardware_id IS NOT NULL;";

const REMEMBER: &str = "
    INSERT INTO archived_runs
    SELECT $1, source_id, run_id, content_hash, run_key, attempt, metadata ->> '$.leg', metadata ->> '$.benchgate_bundle'
    FROM imports WHERE run_id IN (FROM leaving_runs)";

impl Store {
    /// Notes what leaves, in temporary tables, and counts its rows by table. Nothing else may be staged until it has left.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn stage_leaving(&self, leaving: &Leaving) -> Result<Vec<ArchivedTable>, StoreError> {
        let stage = || -> Result<Vec<ArchivedTable>, duckdb::Error> {
            self.connection.execute_batch(
                "CREATE OR REPLACE TEMP TABLE leaving_runs (run_id UBIGINT);
                 CREATE OR REPLACE TEMP TABLE leaving_series (configuration_id UBIGINT, metric VARCHAR)",
            )?;
            match leaving {
                Leaving::Runs(runs) => {
                    let mut appender = self.connection.appender_to_catalog_and_db("leaving_runs", "temp", "main")?;
                    runs.iter().try_for_each(|run| appender.append_row([run.0]))?;
                    appender.flush()?;
                }
                Leaving::Series { configuration, metric } => {
                    let sql = "INSERT INTO leaving_series VALUES (?, ?)";
                    self.connection.execute(sql, params![configuration.0, metric])?;
                }
            }
            self.connection.execute_batch(STAGE)?;
            let mut tables = Vec::new();
            for (name, condition) in chosen_rows() {
                let sql = format!("SELECT count(*) FROM {name} WHERE {condition}");
                let rows = self.connection.query_row(&sql, [], |row| row.get(0))?;
                if rows > 0 {
                    tables.push(ArchivedTable { name, rows });
                }
            }
            Ok(tables)
        };
        stage().map_err(StoreError::database("look for what leaves"))
    }

    /// How many measurements the history holds.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn measurements(&self) -> Result<u64, StoreError> {
        self.connection
            .query_row("SELECT count(*) FROM measurements", [], |row| row.get(0))
            .map_err(StoreError::database("count its measurements"))
    }

    /// Writes what is staged into a folder, a file a table, and reads it again.
    ///
    /// # Errors
    /// [`StoreError::Differs`] where a file does not hold what the table holds.
    pub fn write_leaving(&self, folder: &Path, tables: &[ArchivedTable]) -> Result<(), StoreError> {
        for (name, condition) in chosen_rows().filter(|(name, _)| tables.iter().any(|table| table.name == *name)) {
            let path = folder.join(file_name(name));
            let write = || -> Result<bool, duckdb::Error> {
                let file = path_literal(&path)?;
                let rows = format!("(SELECT * FROM {name} WHERE {condition})");
                // The order of imports counts: a run is as the first of its files says.
                let ordered = format!("SELECT * FROM {name} WHERE {condition} ORDER BY rowid");
                self.connection
                    .execute_batch(&format!("COPY ({ordered}) TO {file} (FORMAT parquet, COMPRESSION zstd)"))?;
                let sum = |from: &str| -> Result<(u64, i128), duckdb::Error> {
                    let sql = format!("SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM {from} t");
                    self.connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
                };
                Ok(sum(&rows)? == sum(&format!("read_parquet({file})"))?)
            };
            if !write().map_err(StoreError::database("write an archive"))? {
                return Err(StoreError::Differs { path });
            }
        }
        Ok(())
    }

    /// Deletes what is staged, and writes the decisions that say so, of which the first is about the archive; all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then everything is as before.
    pub fn let_leave(&self, decisions: &[Decision]) -> Result<(), StoreError> {
        let leave = || -> Result<(), duckdb::Error> {
            self.connection.execute_batch("BEGIN TRANSACTION")?;
            for decision in decisions {
                self.write_decision(decision)?;
            }
            if let Some(decision) = decisions.first() {
                self.connection.execute(REMEMBER, params![decision.id().0])?;
            }
            for (name, condition) in FACTS {
                self.connection.execute(&format!("DELETE FROM {name} WHERE {condition}"), [])?;
            }
            for (name, condition, is_unused) in NAMES {
                self.connection.execute(&format!("DELETE FROM {name} WHERE {condition} AND {is_unused}"), [])?;
            }
            self.connection.execute_batch("COMMIT")
        };
        *self.known.borrow_mut() = Known::default();
        leave().map_err(|error| {
            // Where no transaction is open there is nothing to roll back.
            let _ = self.connection.execute_batch("ROLLBACK");
            StoreError::database("delete what leaves")(error)
        })
    }
}

/// The tables of an archive, and which of their rows leave.
fn chosen_rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.into_iter().map(|(name, condition, _)| (name, condition)).chain(FACTS)
}

/// The file of a table.
pub(super) fn file_name(table: &str) -> String {
    format!("{table}.parquet")
}
