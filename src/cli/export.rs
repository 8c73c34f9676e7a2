//! `benchgate export`: tables of the history as files.
//!
//! For: other tools. Not for: questions (see `query`).
//! Invariant: the database is opened for reading; standard output lists what was written.

use super::args::{ExportArgs, ExportFormat};
use super::error::CliError;
use super::exit::Exit;
use super::surroundings::{Console, Surroundings};
use crate::store::export::{self, Exported, FileFormat};
use crate::store::{Mode, Store};
use crate::text::{escape, plural};

/// What is exported unless tables are named: everything that a person counts, with its names.
const DEFAULT: [&str; 5] =
    ["history", "performance_results", "test_runs", "hardware_compatibility", "integration_test_results"];

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &ExportArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    // Says what is wrong with a file that is no history.
    Store::open(&arguments.store.db, Mode::Read, surroundings.now)?.close()?;
    let named: Vec<&str> = arguments.tables.iter().map(String::as_str).collect();
    let tables = if named.is_empty() { DEFAULT.to_vec() } else { named };
    let tables: Vec<(&str, &str)> = tables.into_iter().map(|table| (table, table)).collect();
    let folder = &arguments.to;
    std::fs::create_dir_all(folder).map_err(|source| CliError::File {
        action: "make",
        path: folder.clone(),
        source,
    })?;
    let format = match arguments.format {
        ExportFormat::Parquet => FileFormat::Parquet,
        ExportFormat::Csv => FileFormat::Csv,
        ExportFormat::Jsonl => FileFormat::JsonLines,
    };
    for Exported { path, rows } in export::export(&arguments.store.db, folder, &tables, format)? {
        writeln!(console.out, "{}: {}", escape::terminal(&path.display().to_string()), plural(rows, "row", "rows"))?;
    }
    Ok(Exit::Success)
}
