//! Old DuckDB files.
//!
//! For: tables of the main schema. Not for: views, macros and whatever else a file may carry, which could do something.
//! Invariant: the connection is that of a history opened for reading: no extension, no other file, its settings locked.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::path::Path;

use duckdb::Connection;

use super::database::{Budget, FormerDatabase, FormerKind};
use crate::model::Table;
use crate::store::StoreError;
use crate::store::connection::{Mode, connect};
use crate::store::query::cell;

pub(super) fn read(path: &Path, wanted: &[&str], budget: &mut Budget<'_>) -> Result<FormerDatabase, StoreError> {
    let connection = connect(path, Mode::Read)?;
    let names = names(&connection).map_err(StoreError::database("list its tables"))?;
    let (found, others): (Vec<String>, Vec<String>) =
        names.into_iter().partition(|name| wanted.contains(&name.as_str()));
    let mut tables = Vec::new();
    for name in found {
        // A name of ours, by the partition; the file's own names never become SQL.
        let table = rows(&connection, &format!("FROM main.{name}"), &[], budget)?;
        tables.push((name, table));
    }
    Ok(FormerDatabase { kind: FormerKind::DuckDb, tables, others })
}

fn names(connection: &Connection) -> Result<Vec<String>, duckdb::Error> {
    connection.execute_batch("SET lock_configuration = true")?;
    let mut statement = connection.prepare(
        "SELECT table_name FROM duckdb_tables()
         WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal ORDER BY table_name",
    )?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The rows of a statement in their order.
pub(super) fn rows(
    connection: &Connection,
    sql: &str,
    parameters: &[&str],
    budget: &mut Budget<'_>,
) -> Result<Table, StoreError> {
    let refused = || StoreError::database("read a table");
    let mut statement = connection.prepare(sql).map_err(refused())?;
    let mut rows = statement.query(duckdb::params_from_iter(parameters)).map_err(refused())?;
    let mut table = Table::default();
    if let Some(statement) = rows.as_ref() {
        table.columns = statement.column_names();
    }
    while let Some(row) = rows.next().map_err(refused())? {
        let cells = (0..table.columns.len()).map(|column| Ok(cell(row.get_ref(column)?)));
        let cells = cells.collect::<Result<Vec<_>, duckdb::Error>>().map_err(refused())?;
        budget.take(&cells)?;
        table.rows.push(cells);
    }
    Ok(table)
}
