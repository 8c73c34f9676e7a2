//! Tables of the history as files: Parquet, CSV, JSON Lines.
//!
//! For: other tools: tables, and the answer to a statement. Not for: moving a history (its file does that), nor answers to
//! show (see [`super::query`]).
//! Invariant: the connection reaches the history and the one folder, nothing else: a restored file is data, and its views
//! are the words of whoever wrote it.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use duckdb::{AccessMode, Config, Connection, params_from_iter};

use super::connection::path_literal;
use super::error::StoreError;
use super::query::{self, QueryLimits};

/// What a file is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Parquet, with types.
    Parquet,
    /// CSV with a header; NULL is an empty field.
    Csv,
    /// JSON Lines, an object a row.
    JsonLines,
}

impl FileFormat {
    fn ending(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// In DuckDB's words.
    fn options(self) -> &'static str {
        match self {
            Self::Parquet => "FORMAT parquet",
            Self::Csv => "FORMAT csv, HEADER",
            Self::JsonLines => "FORMAT json",
        }
    }
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// Its rows.
    pub rows: u64,
}

/// The former converter's categories and the tables that hold them.
pub const CATEGORIES: [(&str, &str); 4] = [
    ("performance", "performance_results"),
    ("hardware", "benchmark_hardware"),
    ("compatibility", "benchmark_compatibility"),
    ("integration", "integration_test_results"),
];

/// Writes tables or views of a history to a folder, which must exist: each as a file of the given name. Equal histories
/// give equal rows in equal order.
///
/// # Errors
/// [`StoreError::UnknownTable`], and [`StoreError::Database`] where the history cannot be read or a file not written.
pub fn export(
    history: &Path,
    folder: &Path,
    tables: &[(&str, &str)],
    format: FileFormat,
) -> Result<Vec<Exported>, StoreError> {
    let refused = || StoreError::database("export");
    let allowed = path_literal(folder).map(|folder| format!("SET allowed_directories = [{folder}]"));
    let connection = allowed.and_then(|allowed| connect(history, &allowed)).map_err(refused())?;
    let known = known_tables(&connection).map_err(refused())?;
    if let Some((_, table)) = tables.iter().find(|(_, table)| !known.iter().any(|known| known == table)) {
        return Err(StoreError::UnknownTable { table: (*table).to_owned(), known: known.join(", ") });
    }
    let write = |(name, table): &(&str, &str)| -> Result<Exported, duckdb::Error> {
        let path = folder.join(format!("{name}.{}", format.ending()));
        let (file, options) = (path_literal(&path)?, format.options());
        let rows = connection.execute(&format!("COPY (FROM \"{table}\" ORDER BY ALL) TO {file} ({options})"), [])?;
        Ok(Exported { path, rows: rows as u64 })
    };
    tables.iter().map(write).collect::<Result<_, _>>().map_err(refused())
}

/// Writes the answer to a read-only statement to a Parquet file, with its types, and returns its rows.
///
/// # Errors
/// As [`Store::query`](super::Store::query).
pub fn export_query(
    history: &Path,
    file: &Path,
    sql: &str,
    parameters: &BTreeMap<String, String>,
    limits: QueryLimits,
) -> Result<u64, StoreError> {
    let allowed = path_literal(file).map(|file| format!("SET allowed_paths = [{file}]"));
    let refused = || StoreError::database("export");
    let connection = allowed.and_then(|allowed| connect(history, &allowed)).map_err(refused())?;
    // A comment at its end must not reach what follows; another file than the one is refused by the connection.
    let statement = sql.trim().trim_end_matches(';');
    let copied = format!(
        "COPY (FROM ({statement}\n) LIMIT {}) TO {} (FORMAT parquet, USE_TMP_FILE false)",
        limits.rows,
        path_literal(file).map_err(refused())?
    );
    query::within(&connection, limits.time, || {
        let mut statement = connection.prepare(&copied)?;
        match query::values(&statement, parameters)? {
            Ok(values) => Ok(Ok(statement.execute(params_from_iter(values))? as u64)),
            Err(message) => Ok(Err(message)),
        }
    })
}

/// Opens a history that can be reached with nothing beside what one setting allows.
fn connect(history: &Path, allowed: &str) -> Result<Connection, duckdb::Error> {
    let config = Config::default()
        .enable_autoload_extension(false)?
        .with("autoinstall_known_extensions", "false")?
        .access_mode(AccessMode::ReadOnly)?;
    let connection = Connection::open_with_flags(history, config)?;
    // Before anything of the history is looked at.
    connection
        .execute_batch(&format!("{allowed}; SET enable_external_access = false; SET lock_configuration = true"))?;
    Ok(connection)
}

/// The tables and views of the history; a name that is none of these never gets into a statement.
fn known_tables(connection: &Connection) -> Result<Vec<String>, duckdb::Error> {
    let mut statement = connection.prepare(
        "SELECT table_name FROM information_schema.tables
         WHERE table_schema = 'main' AND NOT contains(table_name, '\"') ORDER BY table_name",
    )?;
    statement.query_map([], |row| row.get(0))?.collect()
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
        let error = export(&history, &folder, &CATEGORIES[..1], FileFormat::Parquet).expect_err("refused");
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(cause.contains("disabled"), "{cause}");
        let error = export(&history, &folder, &[("x", "performance_results\"; DROP")], FileFormat::Csv);
        assert!(matches!(error, Err(StoreError::UnknownTable { .. })));
    }
}
