//! The history's tables as Parquet files, one a category.
//!
//! For: tools that read Parquet. Not for: moving a history (a file of its own does that).
//! Invariant: the connection reaches the history and the one folder, nothing else: a restored file is data, and its views
//! are the words of whoever wrote it.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::path::{Path, PathBuf};

use duckdb::{AccessMode, Config, Connection};

use super::error::StoreError;

/// What is written, by the names of the former converter's categories.
const CATEGORIES: [(&str, &str); 4] = [
    ("performance", "SELECT * FROM performance_results ORDER BY measured_at, result_id"),
    ("hardware", "SELECT * FROM benchmark_hardware ORDER BY ALL"),
    ("compatibility", "SELECT * FROM benchmark_compatibility ORDER BY ALL"),
    ("integration", "SELECT * FROM integration_test_results ORDER BY tested_at, test_result_id"),
];

/// Writes the categories of a history to a folder, which must exist; the files and their rows.
///
/// # Errors
/// [`StoreError::Database`] where the history cannot be read or a file cannot be written.
pub fn write_parquet(history: &Path, folder: &Path) -> Result<Vec<(PathBuf, u64)>, StoreError> {
    let write = || -> Result<Vec<(PathBuf, u64)>, duckdb::Error> {
        let text = |path: &Path| {
            let text = path.to_str().ok_or_else(|| duckdb::Error::InvalidPath(path.to_owned()))?;
            Ok::<String, duckdb::Error>(text.replace('\'', "''"))
        };
        let config = Config::default()
            .enable_autoload_extension(false)?
            .with("autoinstall_known_extensions", "false")?
            .access_mode(AccessMode::ReadOnly)?;
        let connection = Connection::open_with_flags(history, config)?;
        // Before anything of the history is looked at.
        connection.execute_batch(&format!(
            "SET allowed_directories = ['{}']; SET enable_external_access = false; SET lock_configuration = true",
            text(folder)?
        ))?;
        let mut written = Vec::new();
        for (category, sql) in CATEGORIES {
            let path = folder.join(format!("{category}.parquet"));
            let rows = connection.execute(&format!("COPY ({sql}) TO '{}' (FORMAT parquet)", text(&path)?), [])?;
            written.push((path, rows as u64));
        }
        Ok(written)
    };
    write().map_err(StoreError::database("write Parquet"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_of_a_hostile_history_reaches_no_file() {
        let place = tempfile::tempdir().expect("a folder");
        let (history, secret) = (place.path().join("h.duckdb"), place.path().join("secret.csv"));
        std::fs::write(&secret, "a\n1\n").expect("written");
        let connection = Connection::open(&history).expect("a database");
        connection
            .execute_batch(&format!("CREATE VIEW performance_results AS FROM read_csv('{}')", secret.display()))
            .expect("a view");
        connection.close().expect("closed");
        let folder = place.path().join("out");
        std::fs::create_dir(&folder).expect("a folder");
        let error = write_parquet(&history, &folder).expect_err("refused");
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(cause.contains("disabled"), "{cause}");
    }
}
