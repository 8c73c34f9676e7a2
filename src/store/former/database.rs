//! What was read of an old database, and how much at most.
//!
//! For: telling the kinds apart and bounding what is held. Not for: reading one (see the modules beside this one).
//! Invariant: memory is bounded, whatever the file says of its size.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{duck, exports, sqlite};
use crate::model::{Cell, Table};
use crate::store::StoreError;

/// An old database.
#[derive(Clone, Debug)]
pub struct FormerDatabase {
    /// What it is.
    pub kind: FormerKind,
    /// Those of the wanted tables that it has.
    pub tables: Vec<(String, Table)>,
    /// Its other tables; views are not among them.
    pub others: Vec<String>,
}

/// What an old database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormerKind {
    /// A DuckDB file.
    DuckDb,
    /// A SQLite file.
    Sqlite,
    /// Parquet or CSV files, each named like its table.
    Exports,
}

impl fmt::Display for FormerKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::DuckDb => "former-duckdb",
            Self::Sqlite => "former-sqlite",
            Self::Exports => "former-exports",
        })
    }
}

/// Reads the wanted tables of an old database: a DuckDB or SQLite file, a Parquet or CSV file named like its table, or
/// a folder of such files.
///
/// # Errors
/// One variant of [`StoreError`] for each way in which it cannot be read.
pub fn read_former(path: &Path, wanted: &[&str]) -> Result<FormerDatabase, StoreError> {
    let mut budget = Budget { path, cells: MOST_CELLS, bytes: MOST_BYTES };
    if path.is_dir() {
        return exports::read(path, wanted, &mut budget);
    }
    match head(path)? {
        head if head.get(8..12) == Some(b"DUCK") => duck::read(path, wanted, &mut budget),
        head if head.starts_with(b"SQLite format 3\0") => sqlite::read(path, wanted, &mut budget),
        _ => exports::read(path, wanted, &mut budget),
    }
}

/// The first bytes of a file, which tell DuckDB and SQLite from each other and from anything else.
fn head(path: &Path) -> Result<Vec<u8>, StoreError> {
    if !path.exists() {
        return Err(StoreError::Absent { path: path.to_owned() });
    }
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(16).read_to_end(&mut head))
        .map_err(|source| StoreError::Unreadable { path: path.to_owned(), source })?;
    Ok(head)
}

/// Cells of all tables together; the largest old database known has 1515.
const MOST_CELLS: usize = 20_000_000;

/// Bytes of their texts, and of each export.
pub(super) const MOST_BYTES: usize = 256 << 20;

/// What may still be read.
pub(super) struct Budget<'a> {
    path: &'a Path,
    cells: usize,
    bytes: usize,
}

impl Budget<'_> {
    /// Takes a row from what may still be read.
    pub(super) fn take(&mut self, row: &[Cell]) -> Result<(), StoreError> {
        let texts = row.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 0 });
        let left = self.cells.checked_sub(row.len()).zip(self.bytes.checked_sub(texts.sum()));
        let too_large = || StoreError::FormerTooLarge { path: self.path.to_owned() };
        (self.cells, self.bytes) = left.ok_or_else(too_large)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_is_allowed_is_an_error_and_not_a_part() {
        let mut budget = Budget { path: Path::new("old.duckdb"), cells: 3, bytes: 5 };
        let row = [Cell::Text("abcd".to_owned()), Cell::Null];
        assert!(budget.take(&row).is_ok());
        assert!(matches!(budget.take(&row), Err(StoreError::FormerTooLarge { .. })));
        let mut budget = Budget { path: Path::new("old.duckdb"), cells: 30, bytes: 5 };
        assert!(budget.take(&row).is_ok());
        assert!(matches!(budget.take(&row), Err(StoreError::FormerTooLarge { .. })));
    }
}
