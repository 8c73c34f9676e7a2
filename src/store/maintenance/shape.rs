//! Tables, columns and views.
//!
//! For: comparing a file with what its schema version makes. Not for: rows.
//! Invariant: what it is compared with is made by the migrations themselves, in memory.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::collections::BTreeMap;

use duckdb::Connection;
use jiff::Timestamp;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::schema;
use super::validate::EXAMPLES;
use crate::model::finding::{Check, Finding};

/// Name and content: of a column its type, of a view its query.
type Parts = BTreeMap<String, String>;

const COLUMNS: &str = "
    SELECT t.table_name || '.' || c.column_name, c.data_type || if(c.is_nullable, '', ' NOT NULL')
    FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
    WHERE database_name = current_database() AND schema_name = 'main'";

/// What was migrated when is for each file to say.
const VIEWS: &str = "
    SELECT view_name, sql FROM duckdb_views()
    WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
        AND view_name <> 'schema_migrations'";

impl Store {
    /// What is missing, changed or added. With an error among it, rows cannot be looked at.
    pub(super) fn check_shape(&self, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
        let reference = Connection::open_in_memory().map_err(StoreError::database("make a schema to compare with"))?;
        schema::migrate(&reference, 0, now)?;
        let compare = || -> Result<Vec<Finding>, duckdb::Error> {
            let (columns, views) = (parts(&self.connection, COLUMNS)?, parts(&self.connection, VIEWS)?);
            let (expected_columns, expected_views) = (parts(&reference, COLUMNS)?, parts(&reference, VIEWS)?);
            Ok(vec![
                finding(Check::Schema, "columns", changed(&expected_columns, &columns)),
                finding(Check::View, "views", changed(&expected_views, &views)),
                finding(Check::Foreign, "columns", added(&expected_columns, &columns)),
                finding(Check::Foreign, "views", added(&expected_views, &views)),
            ])
        };
        let found = compare().map_err(StoreError::database("compare its tables"))?;
        Ok(found.into_iter().filter(|finding| finding.count > 0).collect())
    }
}

fn parts(connection: &Connection, sql: &str) -> Result<Parts, duckdb::Error> {
    connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Names whose content is another one here, or that are missing.
fn changed(expected: &Parts, actual: &Parts) -> Vec<String> {
    expected.iter().filter(|(name, content)| actual.get(*name) != Some(content)).map(|(name, _)| name.clone()).collect()
}

fn added(expected: &Parts, actual: &Parts) -> Vec<String> {
    actual.keys().filter(|name| !expected.contains_key(*name)).cloned().collect()
}

fn finding(check: Check, place: &str, mut names: Vec<String>) -> Finding {
    let count = names.len() as u64;
    names.truncate(EXAMPLES);
    Finding { check, place: place.to_owned(), count, examples: names }
}
