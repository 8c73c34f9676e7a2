//! Hardware and models, with how often they were measured.
//!
//! For: what there is to choose from. Not for: what was measured.
//! Invariant: results are counted, not the rows that name something.

use duckdb::params;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::page::{Page, Rows};

/// A hardware type and device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HardwareRow {
    /// The hardware type.
    pub hardware_type: String,
    /// The device.
    pub device_name: Option<String>,
    /// Results on it.
    pub usage_count: u64,
}

/// A model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModelRow {
    /// The model.
    pub model_name: String,
    /// The family that its name belongs to.
    pub model_family: Option<String>,
    /// What it works on, such as text.
    pub modality: Option<String>,
    /// Results of it.
    pub usage_count: u64,
}

const HARDWARE: &str = "
    SELECT h.hardware_type, h.device_name, count(r.run_id)
    FROM hardware_platforms h
    LEFT JOIN configurations c USING (hardware_id)
    LEFT JOIN results r USING (configuration_id)
    GROUP BY h.hardware_type, h.device_name
    ORDER BY h.hardware_type, h.device_name
    LIMIT $1 OFFSET $2";

const MODELS: &str = "
    SELECT m.model_name, any_value(m.model_family), any_value(m.modality), count(r.run_id)
    FROM models m
    LEFT JOIN configurations c USING (model_id)
    LEFT JOIN results r USING (configuration_id)
    GROUP BY m.model_name
    ORDER BY m.model_name
    LIMIT $1 OFFSET $2";

impl Store {
    /// Hardware types and devices, by names.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn hardware_page(&self, page: Page) -> Result<Rows<HardwareRow>, StoreError> {
        Rows::read(&self.connection, page, HARDWARE, params![page.fetched(), page.offset], |row| {
            Ok(HardwareRow { hardware_type: row.get(0)?, device_name: row.get(1)?, usage_count: row.get(2)? })
        })
        .map_err(StoreError::database("list hardware"))
    }

    /// Models, by names.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn models_page(&self, page: Page) -> Result<Rows<ModelRow>, StoreError> {
        Rows::read(&self.connection, page, MODELS, params![page.fetched(), page.offset], |row| {
            Ok(ModelRow {
                model_name: row.get(0)?,
                model_family: row.get(1)?,
                modality: row.get(2)?,
                usage_count: row.get(3)?,
            })
        })
        .map_err(StoreError::database("list models"))
    }
}
