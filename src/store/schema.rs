//! Migrations: an append-only list, one transaction each.
//!
//! For: bringing a file to the newest schema. Not for: data; a migration moves what is stored, it invents nothing.
//! Invariant: a released migration is never edited; a file that is newer than the list is refused.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use duckdb::{Connection, params};
use jiff::Timestamp;

use super::error::StoreError;

/// One step of the schema: its description and its statements. The version is the position in the list, from 1.
const MIGRATIONS: &[(&str, &str)] = &[("tables, facts and the former system's views", include_str!("schema/v1.sql"))];

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

/// Whether a file holds anything at all.
pub(super) fn is_empty(connection: &Connection) -> Result<bool, duckdb::Error> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM information_schema.tables", [], |row| row.get(0))?;
    Ok(tables == 0)
}

/// Applies what is missing after version `from`; 0 for an empty file.
pub(super) fn migrate(connection: &Connection, from: i32, now: Timestamp) -> Result<(), StoreError> {
    for (version, (description, statements)) in (1..).zip(MIGRATIONS) {
        if version <= from {
            continue;
        }
        let apply = || {
            connection.execute_batch("BEGIN TRANSACTION")?;
            if version == 1 {
                connection.execute_batch(
                    "CREATE TABLE schema_migrations (
                        version INTEGER NOT NULL, description VARCHAR NOT NULL,
                        applied_at TIMESTAMP NOT NULL, tool_version VARCHAR NOT NULL)",
                )?;
            }
            connection.execute_batch(statements)?;
            connection.execute(
                "INSERT INTO schema_migrations VALUES (?, ?, make_timestamp(?::BIGINT), ?)",
                params![version, description, now.as_microsecond(), env!("CARGO_PKG_VERSION")],
            )?;
            connection.execute_batch("COMMIT")
        };
        apply().map_err(StoreError::database("apply a schema migration"))?;
    }
    Ok(())
}
