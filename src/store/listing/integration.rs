//! Functional tests, counted by module.
//!
//! For: rows of the view `integration_test_status`. Not for: single tests, which SQL shows.
//! Invariant: a module is one row.

use duckdb::params;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::overview::time;
use super::page::{Page, Rows};

/// How the tests of a module ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntegrationRow {
    /// The module.
    pub test_module: String,
    /// Tests in it.
    pub total_tests: u64,
    /// Of them, those that passed.
    pub passed: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that broke before they could pass or fail.
    pub errors: u64,
    /// Those that did not run.
    pub skipped: u64,
    /// When the last of them ran.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_run: Option<Timestamp>,
}

const INTEGRATION: &str = "
    SELECT test_module, total_tests, passed, failed, errors, skipped, epoch_us(last_run)
    FROM integration_test_status
    WHERE $1::VARCHAR IS NULL OR test_module = $1
    ORDER BY test_module
    LIMIT $2 OFFSET $3";

impl Store {
    /// Modules of functional tests, by names.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn integration_page(&self, test_module: Option<&str>, page: Page) -> Result<Rows<IntegrationRow>, StoreError> {
        let parameters = params![test_module, page.fetched(), page.offset];
        Rows::read(&self.connection, page, INTEGRATION, parameters, |row| {
            Ok(IntegrationRow {
                test_module: row.get(0)?,
                total_tests: row.get(1)?,
                passed: row.get(2)?,
                failed: row.get(3)?,
                errors: row.get(4)?,
                skipped: row.get(5)?,
                last_run: time(row, 6)?,
            })
        })
        .map_err(StoreError::database("list functional tests"))
    }
}
