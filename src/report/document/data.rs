//! A report of tables for programs: CSV, and JSON of the schema `benchgate/tables/v1`.
//!
//! For: spreadsheets and scripts. Not for: people.
//! Invariant: every table is in the JSON; the CSV holds the first one, since a file of CSV has one header; tables and
//! columns are those of `docs/reports.md`, and are only ever added to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::super::json_schema::schema_of;
use super::super::table::{TableFormat, render};
use super::content::Document;
use crate::text::escape;

/// The name and version of the schema, in every document.
pub const DOCUMENT_SCHEMA: &str = "benchgate/tables/v1";

/// The JSON schema of a document, as kept in `docs/`.
#[must_use]
pub fn document_schema() -> String {
    schema_of::<TablesV1>()
}

/// The first table as CSV.
#[must_use]
pub fn document_csv(document: &Document) -> String {
    let first = document.tables().into_iter().next();
    first.map_or_else(String::new, |(_, table)| render(&table, TableFormat::Csv, None))
}

/// The document as JSON with a final newline.
#[must_use]
pub fn document_json(document: &Document) -> String {
    let table = |table: &_| {
        let rows = render(table, TableFormat::Json, None);
        RawValue::from_string(rows).expect("internal error: a table is written as JSON")
    };
    let tables = TablesV1 {
        schema: DOCUMENT_SCHEMA,
        report: document.kind,
        title: &document.title,
        notes: &document.notes,
        tables: document.tables().iter().map(|(name, rows)| (*name, table(rows))).collect(),
    };
    let text = serde_json::to_string(&tables).expect("internal error: a document is strings and tables");
    format!("{}\n", escape::json(&text))
}

/// A report made of tables.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "benchgate/tables/v1")]
struct TablesV1<'a> {
    /// Always `benchgate/tables/v1`.
    #[schemars(extend("const" = "benchgate/tables/v1"))]
    schema: &'static str,
    /// What it reports: `performance`, `hardware`, `compatibility`, `summary`, `rank` or `validate`.
    report: &'static str,
    /// Its title for people; not for parsing.
    title: &'a str,
    /// What was looked at, in sentences; not for parsing.
    notes: &'a [String],
    /// Tables by name: an array of objects each, whose fields are the columns that docs/reports.md lists. Fractions are
    /// fractions, values are in the unit that their row names, moments are RFC 3339 in UTC, unknown is null.
    #[schemars(with = "BTreeMap<String, Vec<BTreeMap<String, serde_json::Value>>>")]
    tables: BTreeMap<&'static str, Box<RawValue>>,
}
