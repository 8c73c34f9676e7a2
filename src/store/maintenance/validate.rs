//! Every check of a history.
//!
//! For: references, duplicates, times, marks of simulation, texts, and the order of all checks. Not for: repairing.
//! Invariant: a check is one statement whose rows are the defects; the checks of rows run only where the tables are
//! those of the schema.

use duckdb::types::Value;
use jiff::{Timestamp, ToSpan as _};

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::merge::TABLES;
use crate::model::finding::{Check, Finding};

/// Examples of a finding.
pub(super) const EXAMPLES: usize = 3;

/// Rows whose keys are held in memory at once.
const ROWS_OF_A_PART: u64 = 1_000_000;

/// The table that [`TABLES`] leaves out, and its key.
const MEASUREMENTS: (&str, &str) = ("measurements", "run_id, configuration_id, metric");

/// Characters of a name that nobody reads any more.
const LONGEST_TEXT: usize = 4096;

/// Columns that name rows of another table: table, columns, the other table.
const REFERENCES: [(&str, &[&str], &str); 19] = [
    ("results", &["run_id"], "imports"),
    ("results", &["source_id"], "imports"),
    ("results", &["configuration_id"], "configurations"),
    ("measurements", &["run_id", "configuration_id"], "results"),
    ("suspicions", &["run_id", "configuration_id"], "results"),
    ("configurations", &["model_id"], "models"),
    ("configurations", &["hardware_id"], "hardware_platforms"),
    ("archived_runs", &["decision_id"], "decisions"),
    ("hardware_compatibility", &["run_id"], "imports"),
    ("hardware_compatibility", &["model_id"], "models"),
    ("hardware_compatibility", &["hardware_id"], "hardware_platforms"),
    ("hardware_compatibility", &["source_id"], "imports"),
    ("hardware_detections", &["run_id"], "imports"),
    ("hardware_detections", &["hardware_id"], "hardware_platforms"),
    ("integration_test_results", &["run_id"], "imports"),
    ("integration_test_results", &["model_id"], "models"),
    ("integration_test_results", &["hardware_id"], "hardware_platforms"),
    ("integration_test_results", &["source_id"], "imports"),
    ("integration_test_assertions", &["test_result_id"], "integration_test_results"),
];

/// Rows that something should use: table, id, and the tables that may.
const USES: [(&str, &str, &[&str]); 3] = [
    ("models", "model_id", &["configurations", "hardware_compatibility", "integration_test_results"]),
    (
        "hardware_platforms",
        "hardware_id",
        &["configurations", "hardware_compatibility", "hardware_detections", "integration_test_results"],
    ),
    ("configurations", "configuration_id", &["results", "decisions"]),
];

/// Times, which are not later than now.
const TIMES: [(&str, &str); 4] =
    [("decisions", "decided_at"), ("imports", "started_at"), ("imports", "imported_at"), ("results", "measured_at")];

/// Names that people read: table and column.
const TEXTS: [(&str, &str); 9] = [
    ("decisions", "actor"),
    ("decisions", "reason"),
    ("imports", "file_name"),
    ("imports", "run_key"),
    ("imports", "test_name"),
    ("imports", "git_branch"),
    ("models", "model_name"),
    ("hardware_platforms", "hardware_type"),
    ("configurations", "test_case"),
];

/// Clocks of other machines may go fast by so much.
const TOLERANCE_HOURS: i64 = 1;

impl Store {
    /// What is wrong, in the order of the checks.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the file cannot be read to its end.
    pub fn validate(&self, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
        // Reads every block, also those that no check looks at.
        self.fingerprint()?;
        let mut found = self.check_shape(now)?;
        if found.iter().any(|finding| finding.check == Check::Schema) {
            return Ok(found);
        }
        for (check, place, defects) in statements(now) {
            found.extend(self.find(check, &place, &defects)?);
        }
        for (table, key) in TABLES.into_iter().chain([MEASUREMENTS]) {
            let parts = self.rows_of(table)? / ROWS_OF_A_PART + 1;
            found.extend(self.find_in_parts(Check::Duplicate, table, duplicates(table, key, parts))?);
        }
        found.extend(self.check_identities()?);
        found.extend(self.check_values()?);
        found.sort_by_key(|finding| (std::cmp::Reverse(finding.check.severity()), finding.check));
        Ok(found)
    }

    /// Runs a check that is several statements.
    pub(super) fn find_in_parts(
        &self,
        check: Check,
        place: &str,
        parts: impl Iterator<Item = String>,
    ) -> Result<Option<Finding>, StoreError> {
        let mut all: Option<Finding> = None;
        for defects in parts {
            let found = self.find(check, place, &defects)?;
            all = match (all, found) {
                (Some(all), Some(found)) => Some(all.with(found, EXAMPLES)),
                (all, found) => all.or(found),
            };
        }
        Ok(all)
    }

    fn rows_of(&self, table: &str) -> Result<u64, StoreError> {
        let count = format!("SELECT count(*) FROM {table}");
        self.connection.query_row(&count, [], |row| row.get(0)).map_err(StoreError::database("count its rows"))
    }

    /// Runs a check: its rows are the defects, in a column `example`.
    pub(super) fn find(&self, check: Check, place: &str, defects: &str) -> Result<Option<Finding>, StoreError> {
        let sql = format!("SELECT count(*), min(example, {EXAMPLES}) FROM ({defects})");
        let (count, examples): (u64, Value) = self
            .connection
            .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(StoreError::database("check its rows"))?;
        let examples = match examples {
            Value::List(texts) => texts
                .into_iter()
                .filter_map(|text| if let Value::Text(text) = text { Some(text) } else { None })
                .collect(),
            _none => Vec::new(),
        };
        Ok((count > 0).then(|| Finding { check, place: place.to_owned(), count, examples }))
    }
}

/// The checks that are one statement each.
fn statements(now: Timestamp) -> Vec<(Check, String, String)> {
    let mut all = Vec::new();
    for (table, columns, parent) in REFERENCES {
        all.push((
            Check::Orphan,
            format!("{table}.{} -> {parent}", columns.join("+")),
            orphans(table, columns, parent),
        ));
    }
    for (table, id, users) in USES {
        let unused: String = users.iter().map(|user| format!(" ANTI JOIN {user} USING ({id})")).collect();
        all.push((Check::Unused, table.to_owned(), format!("SELECT {} AS example FROM {table}{unused}", shown(&[id]))));
    }
    let latest = now.saturating_add(TOLERANCE_HOURS.hours()).expect("internal error: hours are time").as_microsecond();
    for (table, column) in TIMES {
        let sql = format!(
            "SELECT CAST({column} AS VARCHAR) || ' of ' || {} AS example FROM {table} WHERE {column} > make_timestamp({latest})",
            shown(&[if table == "decisions" { "decision_id" } else { "run_id" }])
        );
        all.push((Check::Future, format!("{table}.{column}"), sql));
    }
    for (table, column) in TEXTS {
        let sql = format!(
            "SELECT left({column}, 60) AS example FROM {table}
             WHERE {column} = '' OR length({column}) > {LONGEST_TEXT} OR regexp_matches({column}, '[[:cntrl:]]')"
        );
        all.push((Check::Text, format!("{table}.{column}"), sql));
    }
    all.extend(MARKS.map(|(check, place, sql)| (check, place.to_owned(), sql.to_owned())));
    all
}

/// Checks that are like no other.
const MARKS: [(Check, &str, &str); 5] = [
    (
        Check::Orphan,
        "decisions.undoes -> decisions",
        "SELECT 'decision_id ' || decision_id AS example FROM decisions d
         WHERE undoes IS NOT NULL AND NOT EXISTS (FROM decisions o WHERE o.decision_id = d.undoes)",
    ),
    (
        Check::Simulation,
        "results.simulation_reason",
        "SELECT 'run_id ' || run_id || ', configuration_id ' || configuration_id AS example
         FROM results JOIN configurations USING (configuration_id)
         WHERE is_simulated <> (simulation_reason IS NOT NULL)",
    ),
    (
        Check::Simulation,
        "hardware_compatibility.simulation_reason",
        "SELECT 'compatibility_id ' || compatibility_id AS example FROM hardware_compatibility
         WHERE is_simulated <> (simulation_reason IS NOT NULL)",
    ),
    (
        Check::FailedWithValues,
        "measurements",
        "SELECT DISTINCT 'run_id ' || run_id || ', configuration_id ' || configuration_id AS example
         FROM results SEMI JOIN measurements USING (run_id, configuration_id) WHERE error_message IS NOT NULL",
    ),
    (
        Check::Text,
        "imports.content_hash",
        "SELECT left(content_hash, 60) AS example FROM imports WHERE NOT regexp_full_match(content_hash, '[0-9a-f]{64}')",
    ),
];

fn orphans(table: &str, columns: &[&str], parent: &str) -> String {
    let key = columns.join(", ");
    let is_named: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    format!(
        "SELECT {} AS example FROM (FROM {table} WHERE {}) ANTI JOIN {parent} USING ({key})",
        shown(columns),
        is_named.join(" AND ")
    )
}

/// A statement for each part of the table: the keys of all of it at once may need more memory than there is.
pub(super) fn duplicates(table: &str, key: &str, parts: u64) -> impl Iterator<Item = String> {
    let example = shown(&key.split(", ").collect::<Vec<_>>());
    (0..parts).map(move |part| {
        format!(
            "SELECT {example} AS example FROM {table} WHERE hash({key}) % {parts} = {part}
             GROUP BY {key} HAVING count(*) > 1"
        )
    })
}

/// A key as people can paste it into a query.
fn shown(columns: &[&str]) -> String {
    let parts: Vec<String> = columns.iter().map(|column| format!("'{column} ' || {column}")).collect();
    parts.join(" || ', ' || ")
}
