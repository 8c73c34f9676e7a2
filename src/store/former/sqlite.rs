//! Old SQLite files. The only file that names `rusqlite`.
//!
//! For: plain tables. Not for: views, virtual tables and triggers, which could do something.
//! Invariant: the file is opened for reading, and what its schema says is not trusted.
#![expect(clippy::disallowed_types, reason = "the room of SQLite")]

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::database::{Budget, FormerDatabase, FormerKind};
use crate::model::{Cell, Table};
use crate::store::StoreError;

pub(super) fn read(path: &Path, wanted: &[&str], budget: &mut Budget<'_>) -> Result<FormerDatabase, StoreError> {
    let refused = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let (connection, names) = open(path).map_err(refused)?;
    let (found, others): (Vec<String>, Vec<String>) =
        names.into_iter().partition(|name| wanted.contains(&name.as_str()));
    let mut tables = Vec::new();
    for name in found {
        // A name of ours, by the partition; the file's own names never become SQL.
        let mut statement = connection.prepare(&format!("SELECT * FROM main.{name}")).map_err(refused)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut table = Table { columns, ..Table::default() };
        let mut rows = statement.query([]).map_err(refused)?;
        while let Some(row) = rows.next().map_err(refused)? {
            let cells = (0..table.columns.len()).map(|column| Ok(cell(row.get_ref(column)?)));
            let cells = cells.collect::<Result<Vec<_>, rusqlite::Error>>().map_err(refused)?;
            budget.take(&cells)?;
            table.rows.push(cells);
        }
        tables.push((name, table));
    }
    Ok(FormerDatabase { kind: FormerKind::Sqlite, tables, others })
}

fn open(path: &Path) -> Result<(Connection, Vec<String>), rusqlite::Error> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON; PRAGMA mmap_size = 0;",
    )?;
    let names = {
        let mut statement = connection.prepare(
            "SELECT name FROM sqlite_schema
             WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL %'
             ORDER BY name",
        )?;
        statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    Ok((connection, names))
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Integer(value.into()),
        ValueRef::Real(value) => Cell::Float(value),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Cell::Text(String::from_utf8_lossy(bytes).into_owned()),
    }
}
