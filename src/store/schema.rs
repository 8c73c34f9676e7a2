//! Migrations: an append-only list, one transaction each.
//!
//! For: bringing a file to the newest schema. Not for: data; a migration moves what is stored, it invents nothing.
//! Invariant: a released migration is never edited; a file that is newer than the list is refused.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use duckdb::Connection;
use jiff::Timestamp;

use super::error::StoreError;

/// One step of the schema: its description and its statements.
pub(super) type Migration = (&'static str, &'static str);

/// Every step; a step's version is its position, from 1.
pub(super) const MIGRATIONS: &[Migration] =
    &[("tables, facts and the views of the former system", include_str!("schema/v1.sql"))];

/// The newest version that this binary knows.
pub const NEWEST: i32 = {
    assert!(MIGRATIONS.len() < 1000);
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "asserted above")]
    let newest = MIGRATIONS.len() as i32;
    newest
};

/// The version of a file: `None` where it holds no history.
pub(super) fn version(connection: &Connection) -> Result<Option<i32>, duckdb::Error> {
    let tables: i64 = connection.query_row(
        "SELECT count(*) FROM information_schema.tables WHERE table_name = 'schema_migrations'",
        [],
        |row| row.get(0),
    )?;
    if tables == 0 {
        return Ok(None);
    }
    connection.query_row("SELECT max(version) FROM schema_migrations", [], |row| row.get(0))
}

/// The steps after a version, in words.
#[must_use]
pub fn steps_after(version: i32) -> Vec<(i32, &'static str)> {
    (1..)
        .zip(MIGRATIONS)
        .filter(|(step, _)| *step > version)
        .map(|(step, (description, _))| (step, *description))
        .collect()
}

/// Whether a file holds anything at all.
pub(super) fn is_empty(connection: &Connection) -> Result<bool, duckdb::Error> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM information_schema.tables", [], |row| row.get(0))?;
    Ok(tables == 0)
}

/// Applies what is missing after version `from`; 0 for an empty file.
pub(super) fn migrate(connection: &Connection, from: i32, now: Timestamp) -> Result<(), StoreError> {
    apply(connection, MIGRATIONS, from, now)
}

/// Applies the steps of a list that come after version `from`.
pub(super) fn apply(
    connection: &Connection,
    migrations: &[Migration],
    from: i32,
    now: Timestamp,
) -> Result<(), StoreError> {
    for (version, (description, statements)) in (1..).zip(migrations) {
        if version <= from {
            continue;
        }
        let apply = || {
            connection.execute_batch("BEGIN TRANSACTION")?;
            connection.execute_batch(statements)?;
            connection.execute_batch(&record(connection, version, description, now)?)?;
            connection.execute_batch("COMMIT")
        };
        apply().map_err(StoreError::database("apply a schema migration"))?;
    }
    Ok(())
}

/// The statement that records a migration. The record is a view of constants: a table of a few rows would take a block.
fn record(connection: &Connection, version: i32, description: &str, now: Timestamp) -> Result<String, duckdb::Error> {
    let mut rows = Vec::new();
    if version > 1 {
        let mut statement = connection.prepare(
            "SELECT printf('(%d, ''%s'', TIMESTAMP ''%s'', ''%s'')', version, description, applied_at, tool_version)
             FROM schema_migrations ORDER BY version",
        )?;
        rows = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<_, _>>()?;
    }
    let (now, tool) = (now.as_microsecond(), env!("CARGO_PKG_VERSION"));
    rows.push(format!("({version}, '{description}', make_timestamp({now}), '{tool}')"));
    Ok(format!(
        "CREATE OR REPLACE VIEW schema_migrations AS
         FROM (VALUES {}) AS migration(version, description, applied_at, tool_version)",
        rows.join(", ")
    ))
}
