//! Models on hardware types: what works.
//!
//! For: rows of the view `model_hardware_compatibility`. Not for: single tests of it, which SQL shows.
//! Invariant: a pair of model and hardware is one row.

use duckdb::params;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::overview::time;
use super::page::{Page, Rows};

/// How a model works on a hardware.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CompatibilityRow {
    /// The model.
    pub model_name: String,
    /// The family that its name belongs to.
    pub model_family: Option<String>,
    /// The hardware type.
    pub hardware_type: String,
    /// The device.
    pub device_name: Option<String>,
    /// How often it worked.
    pub compatible_count: u64,
    /// How often it did not.
    pub incompatible_count: u64,
    /// The mean of the scores, from 0 to 1, where any was given.
    pub avg_compatibility_score: Option<f64>,
    /// When it was tested last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_tested: Option<Timestamp>,
}

const COMPATIBILITY: &str = "
    SELECT model_name, model_family, hardware_type, device_name, compatible_count, incompatible_count,
        avg_compatibility_score, epoch_us(last_tested)
    FROM model_hardware_compatibility
    WHERE ($1::VARCHAR IS NULL OR model_name = $1) AND ($2::VARCHAR IS NULL OR hardware_type = $2)
    ORDER BY model_name, hardware_type, device_name
    LIMIT $3 OFFSET $4";

impl Store {
    /// What works on what, by names.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn compatibility_page(
        &self,
        model_name: Option<&str>,
        hardware_type: Option<&str>,
        page: Page,
    ) -> Result<Rows<CompatibilityRow>, StoreError> {
        let parameters = params![model_name, hardware_type, page.fetched(), page.offset];
        Rows::read(&self.connection, page, COMPATIBILITY, parameters, |row| {
            Ok(CompatibilityRow {
                model_name: row.get(0)?,
                model_family: row.get(1)?,
                hardware_type: row.get(2)?,
                device_name: row.get(3)?,
                compatible_count: row.get(4)?,
                incompatible_count: row.get(5)?,
                avg_compatibility_score: row.get(6)?,
                last_tested: time(row, 7)?,
            })
        })
        .map_err(StoreError::database("list what works"))
    }
}
