//! Rows of old tables as documents.
//!
//! For: a row together with the rows that its ids lead to and those that lead to it. Not for: what it means.
//! Invariant: a value has the type that its column means, whatever the kind of database could store; what has not, such
//! as a NaN of an export or a zero where only "unknown" can be meant, is absent.

use std::collections::HashMap;

use serde_json::Number;

use crate::formats::json::{Json, parse};
use crate::model::{Cell, Table};

/// A table that rows of others lead to by its id.
struct LeadTo {
    table: &'static str,
    id: &'static str,
    /// The column that leads there.
    column: &'static str,
    /// What is found is called so.
    name: &'static str,
}

const LEAD_TO: [LeadTo; 4] = [
    LeadTo { table: "models", id: "model_id", column: "model_id", name: "of_model" },
    LeadTo { table: "hardware_platforms", id: "hardware_id", column: "hardware_id", name: "of_hardware" },
    LeadTo { table: "test_runs", id: "run_id", column: "run_id", name: "of_run" },
    LeadTo { table: "version_history", id: "id", column: "version_id", name: "of_version" },
];

/// A table whose rows belong to those of another, the owner.
struct BelongTo {
    owner: &'static str,
    id: &'static str,
    table: &'static str,
    /// The column that leads to the owner.
    column: &'static str,
    /// What belongs to a row is called so.
    name: &'static str,
}

const BELONG_TO: [BelongTo; 4] = [
    BelongTo {
        owner: "performance_results",
        id: "result_id",
        table: "performance_batch_results",
        column: "result_id",
        name: "batches",
    },
    BelongTo {
        owner: "performance_results",
        id: "result_id",
        table: "performance_extended_metrics",
        column: "performance_id",
        name: "extended",
    },
    BelongTo {
        owner: "web_platform_results",
        id: "result_id",
        table: "webgpu_advanced_features",
        column: "result_id",
        name: "features",
    },
    BelongTo {
        owner: "integration_test_results",
        id: "test_result_id",
        table: "integration_test_assertions",
        column: "test_result_id",
        name: "assertions",
    },
];

/// Columns of texts, which an export may show as numbers.
const TEXTS: [&str; 10] = [
    "model",
    "model_name",
    "hardware",
    "hardware_type",
    "device",
    "device_name",
    "precision",
    "test_case",
    "platform",
    "browser",
];

/// Columns of booleans, which SQLite and exports may show as 0 and 1, or as texts.
const FLAGS: [&str; 13] = [
    "success",
    "passed",
    "is_available",
    "is_compatible",
    "is_simulated",
    "is_simulation",
    "simulated",
    "detection_success",
    "initialization_success",
    "workaround_available",
    "compute_shader_support",
    "parallel_loading",
    "pre_compiled_pipeline",
];

/// Columns in which zero is no number of anything.
const NEVER_ZERO: [&str; 4] = ["batch_size", "iterations", "total_time_seconds", "execution_time_seconds"];

/// Columns of numbers that are kept as details, where a text would break the views over them.
const NUMBERS: [&str; 3] = ["memory_required", "memory_available", "compatibility_score"];

/// Columns of JSON, kept as a text by databases without the type.
const DOCUMENTS: [&str; 2] = ["metrics", "metadata"];

/// Marks of simulation that may stand in such a column instead of one of their own.
const MARKS: [&str; 3] = ["is_simulated", "is_simulation", "simulated"];

/// Levels of JSON in a column that are followed.
const MOST_DEPTH: usize = 64;

/// The tables of a database, and where their rows lead.
pub(super) struct Rows<'a> {
    tables: &'a [(String, Table)],
    lead_to: Vec<(LeadTo, HashMap<String, Json>)>,
    belong_to: Vec<(BelongTo, HashMap<String, Vec<Json>>)>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(tables: &'a [(String, Table)]) -> Self {
        let find = |name: &str| tables.iter().find(|(other, _)| other == name).map(|(_, table)| table);
        let documents = |name: &str| {
            find(name).into_iter().flat_map(|table| table.rows.iter().map(|row| document(&table.columns, row)))
        };
        let lead_to = LEAD_TO.map(|way| {
            let rows = documents(way.table).filter_map(|row| Some((key(row.get(way.id)?)?, row)));
            let rows = rows.collect();
            (way, rows)
        });
        let belong_to = BELONG_TO.map(|way| {
            let mut rows: HashMap<String, Vec<Json>> = HashMap::new();
            for row in documents(way.table) {
                if let Some(key) = row.get(way.column).and_then(key) {
                    rows.entry(key).or_default().push(row);
                }
            }
            (way, rows)
        });
        Self { tables, lead_to: lead_to.into(), belong_to: belong_to.into() }
    }

    /// Every row of a table, with what it leads to and what belongs to it; `None` where there is no such table.
    pub(super) fn of(&self, table: &str) -> Option<impl Iterator<Item = Json> + use<'_, 'a>> {
        let (name, table) = self.tables.iter().find(|(name, _)| name == table)?;
        Some(table.rows.iter().map(move |row| self.joined(name, document(&table.columns, row))))
    }

    fn joined(&self, table: &str, row: Json) -> Json {
        let mut found = Vec::new();
        for (LeadTo { column, name, .. }, rows) in &self.lead_to {
            if let Some(other) = row.get(column).and_then(key).and_then(|key| rows.get(&key)) {
                found.push(((*name).to_owned(), other.clone()));
            }
        }
        for (BelongTo { owner, id, name, .. }, rows) in &self.belong_to {
            if *owner == table
                && let Some(others) = row.get(id).and_then(key).and_then(|key| rows.get(&key))
            {
                found.push(((*name).to_owned(), belonging(name, others)));
            }
        }
        // Before the row's own columns, since the first of a name counts.
        if let Json::Object(columns) = row {
            found.extend(columns);
        }
        Json::Object(found)
    }
}

/// Samples as a list of numbers, checks as a list of rows; anything else is one row.
fn belonging(name: &str, rows: &[Json]) -> Json {
    match name {
        "batches" => {
            let is_measured = |json: &&Json| matches!(json, Json::Number(number) if number.as_f64() > Some(0.0));
            Json::List(rows.iter().filter_map(|row| row.get("latency_ms")).filter(is_measured).cloned().collect())
        }
        "assertions" => Json::List(rows.to_vec()),
        _ => rows.first().cloned().unwrap_or(Json::Null),
    }
}

/// An id, as text: an export with missing ids shows the others with a fraction.
fn key(id: &Json) -> Option<String> {
    match id {
        Json::Number(number) => number.as_f64().map(|number| number.to_string()),
        Json::Text(text) => Some(text.clone()),
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => None,
    }
}

fn document(columns: &[String], row: &[Cell]) -> Json {
    let mut fields: Vec<(String, Json)> =
        columns.iter().zip(row).map(|(column, cell)| (column.clone(), value(column, cell))).collect();
    for mark in MARKS {
        let is_marked = |column: &str| {
            fields.iter().any(|(name, json)| name == column && json.get(mark) == Some(&Json::Bool(true)))
        };
        if DOCUMENTS.into_iter().any(is_marked) {
            fields.retain(|(name, _)| name != mark);
            fields.push((mark.to_owned(), Json::Bool(true)));
        }
    }
    Json::Object(fields)
}

fn value(column: &str, cell: &Cell) -> Json {
    let json = match cell {
        Cell::Null => Json::Null,
        Cell::Bool(flag) => Json::Bool(*flag),
        Cell::Integer(number) => match i64::try_from(*number) {
            Ok(number) => Json::Number(number.into()),
            Err(_) => Json::Text(number.to_string()),
        },
        Cell::Float(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Cell::Text(text) if DOCUMENTS.contains(&column) => {
            parse(text, MOST_DEPTH).unwrap_or_else(|_| Json::Text(text.clone()))
        }
        Cell::Text(text) => Json::Text(text.clone()),
    };
    match &json {
        Json::Number(number) if TEXTS.contains(&column) => Json::Text(number.to_string()),
        Json::Number(number) if FLAGS.contains(&column) => Json::Bool(number.as_f64() != Some(0.0)),
        Json::Number(number) if NEVER_ZERO.contains(&column) && number.as_f64() == Some(0.0) => Json::Null,
        Json::Text(text) if FLAGS.contains(&column) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" => Json::Bool(true),
            "false" | "f" | "0" => Json::Bool(false),
            _ => Json::Null,
        },
        Json::Text(_) | Json::Bool(_) if NUMBERS.contains(&column) => Json::Null,
        _ => json,
    }
}
