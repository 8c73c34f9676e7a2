//! What is wrong with a history, as a document.
//!
//! For: a sentence for each kind of finding, and what mends it. Not for: looking.
//! Invariant: every check has both; what was found worst comes first.

use super::document::{Column, Document, Section, Value};
use crate::model::finding::{Check, Finding, Severity};
use crate::text::plural;

/// The document of `maintain validate`; `database` is the history as the user named it.
#[must_use]
pub fn validation(database: &str, found: &[Finding]) -> Document {
    let row = |finding: &Finding| {
        vec![
            Value::text(Some(finding.check.severity().as_str())),
            Value::text(Some(finding.check.name())),
            Value::text(Some(&finding.place)),
            Value::count(usize::try_from(finding.count).unwrap_or(usize::MAX)),
            Value::text(Some(meaning(finding.check))),
            Value::text(Some(&finding.examples.join("; "))),
            Value::text(Some(fix(finding.check))),
        ]
    };
    let section = Section {
        name: "findings",
        heading: validation_headline(found),
        columns: vec![
            Column::words("severity", "Severity"),
            Column::words("check", "Check"),
            Column::words("place", "Where"),
            Column::numbers("count", "Count"),
            Column::words("meaning", "What it is"),
            Column::words("examples", "For example"),
            Column::words("fix", "What to do"),
        ],
        rows: found.iter().map(row).collect(),
        empty: Some("Tables, ids, references, units and values are what benchgate writes.".to_owned()),
        ..Section::default()
    };
    Document {
        kind: "validate",
        title: "Validation".to_owned(),
        notes: vec![format!("Looked at every row of {database}.")],
        sections: vec![section],
    }
}

/// How much was found: `2 errors, 1 note`.
#[must_use]
pub fn validation_headline(found: &[Finding]) -> String {
    let words = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ];
    let counted = words.into_iter().filter_map(|(severity, one, many)| {
        let count = found.iter().filter(|finding| finding.check.severity() == severity).count();
        (count > 0).then(|| plural(count, one, many))
    });
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() { "Nothing is wrong".to_owned() } else { counted.join(", ") }
}

fn meaning(check: Check) -> &'static str {
    match check {
        Check::Schema => "missing, or of another type than the schema's version makes",
        Check::View => "missing, or asks for something else than the schema's version does",
        Check::Foreign => "not benchgate's",
        Check::Orphan => "names a row that is not there",
        Check::Duplicate => "there more than once",
        Check::Identity => "an id that is not the hash of what it names",
        Check::Unit => "not the canonical unit",
        Check::Value => "a number that cannot be",
        Check::FailedWithValues => "failed to run and has values all the same",
        Check::Simulation => "marked real with a reason for being simulated, or simulated without one",
        Check::Future => "later than now",
        Check::Text => "empty, overlong, or with control characters",
        Check::Unused => "nothing refers to it",
    }
}

fn fix(check: Check) -> &'static str {
    match check {
        Check::Schema => "restore a backup, or import the results files into a new database",
        Check::View => "do not trust queries on it; restore a backup, or import this file into a new database",
        Check::Foreign => "nothing; it is kept, and benchgate does not look at it",
        Check::Orphan | Check::Duplicate | Check::Identity | Check::FailedWithValues => {
            "restore a backup; what wrote it was not benchgate, or a defect that should be reported"
        }
        Check::Unit => "import the results again into a new database, where units are converted",
        Check::Value => "find the source in `sources` by the run_id, mend the file, and import it into a new database",
        Check::Simulation => "find out what was measured; real and simulated results must not be compared",
        Check::Future => "check the clock of the machine; such runs are no baseline until then",
        Check::Text => "check the source; it may come from code that is not trusted",
        Check::Unused => "nothing; it takes little space, and results that come back use it again",
    }
}
