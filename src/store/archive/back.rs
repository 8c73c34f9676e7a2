//! What comes back into a history.
//!
//! For: rows of an archive, where the history lacks them. Not for: whether the archive is what was written (the command line
//! compares its hashes).
//! Invariant: one transaction with the decision that takes the other one back; a stored value is never replaced; the files
//! are data: their columns are those of the tables, and their names are made here.

use std::path::Path;

use super::super::connection::{Store, path_literal};
use super::super::error::StoreError;
use super::super::known::Known;
use super::super::merge::TABLES;
use super::leaving::file_name;
use crate::model::Decision;

/// The names of the tables that an archive may hold, each with what tells its rows apart. What others name comes first.
const ORDER: [&str; 11] = [
    "models",
    "hardware_platforms",
    "imports",
    "configurations",
    "results",
    "measurements",
    "suspicions",
    "hardware_compatibility",
    "hardware_detections",
    "integration_test_results",
    "integration_test_assertions",
];

/// Measurements of a series that was dropped whose results are elsewhere: their runs left later.
const HOMELESS: &str = "
    SELECT (SELECT count(*) FROM results ANTI JOIN imports USING (run_id))
        + (SELECT count(*) FROM measurements ANTI JOIN results USING (run_id, configuration_id))";

impl Store {
    /// The table of that name, where an archive may hold one.
    #[must_use]
    pub fn archived_table(name: &str) -> Option<&'static str> {
        ORDER.into_iter().find(|table| *table == name)
    }

    /// Puts the rows of an archive back that the history lacks, and writes the decision that says so; how many.
    ///
    /// # Errors
    /// [`StoreError::Strange`] where a file is no such table, [`StoreError::LeftLater`], and what DuckDB refuses; then
    /// everything is as before.
    pub fn bring_back(&self, folder: &Path, tables: &[&'static str], undo: &Decision) -> Result<u64, StoreError> {
        for table in tables {
            self.check_columns(&folder.join(file_name(table)), table)?;
        }
        *self.known.borrow_mut() = Known::default();
        let refused = || StoreError::database("bring an archive back");
        let bring = || -> Result<u64, StoreError> {
            self.connection.execute_batch("BEGIN TRANSACTION").map_err(refused())?;
            let mut rows = 0;
            for table in ORDER.into_iter().filter(|table| tables.contains(table)) {
                rows += self.insert(&folder.join(file_name(table)), table).map_err(refused())?;
            }
            let is_series = !tables.contains(&"imports");
            let homeless: u64 = if is_series {
                self.connection.query_row(HOMELESS, [], |row| row.get(0)).map_err(refused())?
            } else {
                0
            };
            if homeless > 0 {
                return Err(StoreError::LeftLater { rows: homeless });
            }
            self.write_decision(undo).map_err(refused())?;
            self.connection.execute_batch("COMMIT").map_err(refused())?;
            Ok(rows)
        };
        bring().inspect_err(|_| {
            // Where no transaction is open there is nothing to roll back.
            let _ = self.connection.execute_batch("ROLLBACK");
        })
    }

    fn insert(&self, path: &Path, table: &str) -> Result<u64, duckdb::Error> {
        let key =
            TABLES.into_iter().find(|(name, _)| *name == table).map_or("run_id, configuration_id, metric", |of| of.1);
        let file = path_literal(path)?;
        let sql = format!(
            "INSERT INTO {table} BY NAME
             SELECT DISTINCT ON ({key}) p.* FROM read_parquet({file}, file_row_number = false) p ANTI JOIN {table} USING ({key})"
        );
        self.connection.execute(&sql, []).map(|rows| rows as u64)
    }

    /// A file of an archive has the columns of its table.
    fn check_columns(&self, path: &Path, table: &str) -> Result<(), StoreError> {
        let columns = |from: &str| -> Result<Vec<(String, String)>, duckdb::Error> {
            let sql = format!("SELECT column_name, column_type FROM (DESCRIBE FROM {from}) ORDER BY ALL");
            self.connection.prepare(&sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let strange = || StoreError::Strange { path: path.to_owned() };
        let file = path_literal(path).map_err(StoreError::database("read an archive"))?;
        let found = columns(&format!("read_parquet({file})")).map_err(|_not_parquet| strange())?;
        let expected = columns(table).map_err(StoreError::database("read an archive"))?;
        if found == expected { Ok(()) } else { Err(strange()) }
    }
}
