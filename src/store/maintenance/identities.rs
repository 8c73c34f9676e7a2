//! Ids that are not the hash of what they name.
//!
//! For: computing again what an import computed. Not for: tests, detections, compatibility and decisions, whose ids
//! hold what is not kept: a place in a file, or a time to the nanosecond.
//! Invariant: the ids are made by the model's own functions.

use std::collections::{BTreeMap, HashMap};

use duckdb::Row;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::validate::EXAMPLES;
use crate::model::finding::{Check, Finding};
use crate::model::hardware::Machine;
use crate::model::id::Digest;
use crate::model::{Configuration, Hardware, ModelId, Run};

const MODELS: &str = "SELECT model_id, model_name FROM models";

const HARDWARE: &str = "
    SELECT hardware_id, hardware_type, device_name, cpu_model, compute_units,
        CASE WHEN memory_gb BETWEEN 0 AND 4294967295 THEN CAST(memory_gb AS UINTEGER) END, gpu
    FROM hardware_platforms";

const IMPORTS: &str = "SELECT source_id, run_id, content_hash, run_key, attempt, test_name, git_commit FROM imports";

const CONFIGURATIONS: &str = "
    SELECT configuration_id, model_id, hardware_id, test_case, batch_size, precision, CAST(parameters AS VARCHAR),
        is_simulated
    FROM configurations";

impl Store {
    pub(super) fn check_identities(&self) -> Result<Vec<Finding>, StoreError> {
        let mut models = HashMap::new();
        let mut hardware = HashMap::new();
        let mut read = || -> Result<[Finding; 5], duckdb::Error> {
            let model_ids = self.identify("models.model_id", MODELS, |row, id| {
                let name: String = row.get(1)?;
                let is_right = ModelId::of(&name).0 == id;
                if is_right {
                    models.insert(id, name);
                }
                Ok(is_right)
            })?;
            let hardware_ids = self.identify("hardware_platforms.hardware_id", HARDWARE, |row, id| {
                let one = stored_hardware(row)?;
                let is_right = one.id().0 == id;
                if is_right {
                    hardware.insert(id, one);
                }
                Ok(is_right)
            })?;
            let configuration_ids = self.identify("configurations.configuration_id", CONFIGURATIONS, |row, id| {
                // What is not there is an orphan, and what is wrong itself is said once.
                let (model, machine): (u64, u64) = (row.get(1)?, row.get(2)?);
                let (Some(model), Some(machine)) = (models.get(&model), hardware.get(&machine)) else {
                    return Ok(true);
                };
                Ok(stored_configuration(row, model, machine)?.is_some_and(|one| one.id().0 == id))
            })?;
            let source_ids = self.identify("imports.source_id", IMPORTS, |row, id| {
                let (run, content): (u64, String) = (row.get(1)?, row.get(2)?);
                Ok(Digest::new("source").text(&content).number(run).finish() == id)
            })?;
            let run_ids = self.identify("imports.run_id", IMPORTS, |row, _| {
                let id: u64 = row.get(1)?;
                Ok(stored_run(row)?.id().0 == id)
            })?;
            Ok([model_ids, hardware_ids, configuration_ids, source_ids, run_ids])
        };
        let found = read().map_err(StoreError::database("compute its ids again"))?;
        Ok(found.into_iter().filter(|finding| finding.count > 0).collect())
    }

    /// Counts the rows, whose first column is an id, that `is_right` denies.
    fn identify(
        &self,
        place: &str,
        sql: &str,
        mut is_right: impl FnMut(&Row<'_>, u64) -> Result<bool, duckdb::Error>,
    ) -> Result<Finding, duckdb::Error> {
        let mut finding = Finding { check: Check::Identity, place: place.to_owned(), count: 0, examples: Vec::new() };
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            if !is_right(row, id)? {
                finding.count += 1;
                if finding.examples.len() < EXAMPLES {
                    finding.examples.push(id.to_string());
                }
            }
        }
        Ok(finding)
    }
}

fn stored_hardware(row: &Row<'_>) -> Result<Hardware, duckdb::Error> {
    let cores: Option<i32> = row.get(4)?;
    let machine = Machine {
        cpu_model: row.get(3)?,
        cpu_cores: cores.and_then(|cores| u32::try_from(cores).ok()),
        memory_gb: row.get(5)?,
        gpu: row.get(6)?,
    };
    Ok(Hardware { kind: row.get(1)?, device: row.get(2)?, machine })
}

/// `None` where its parameters are not a map of texts.
fn stored_configuration(
    row: &Row<'_>,
    model: &str,
    hardware: &Hardware,
) -> Result<Option<Configuration>, duckdb::Error> {
    let parameters: String = row.get(6)?;
    let Ok(parameters) = serde_json::from_str::<BTreeMap<String, String>>(&parameters) else { return Ok(None) };
    Ok(Some(Configuration {
        model: model.to_owned(),
        hardware: hardware.clone(),
        test_case: row.get(3)?,
        batch_size: row.get(4)?,
        precision: row.get(5)?,
        parameters,
        is_simulated: row.get(7)?,
    }))
}

fn stored_run(row: &Row<'_>) -> Result<Run, duckdb::Error> {
    Ok(Run {
        key: row.get(3)?,
        attempt: row.get(4)?,
        suite: row.get(5)?,
        commit: row.get(6)?,
        branch: None,
        started_at: None,
        trigger: None,
        environment: BTreeMap::new(),
    })
}
