//! The run that a row of an old database belongs to.
//!
//! For: a name that is the same whenever and from whatever export the row is imported. Not for: the run's results.
//! Invariant: when a row was stored tells which rows belong together, and never when something was measured.

use std::collections::BTreeMap;

use crate::formats::json::Json;
use crate::formats::time;
use crate::model::RunDraft;
use crate::model::draft::ERROR;

/// Columns that tell where a row came from and when it was measured.
const ORIGIN: [&str; 4] = ["source_file", "timestamp", "detection_timestamp", "git_commit_hash"];

/// The run of a row. Without a name it is named by the content of the whole database.
pub(super) fn run_of(row: &Json) -> RunDraft {
    let draft = RunDraft { is_without_origin: true, ..RunDraft::default() };
    if let Some(run) = row.get("of_run") {
        return of_test_run(run, draft);
    }
    let version = row.get("of_version");
    let said = |name: &str| Some(format!("{name} {}", same_time(text(row, name)?)));
    let mut parts: Vec<String> = ORIGIN.into_iter().filter_map(said).collect();
    if parts.is_empty() {
        parts.extend(["run_id", "created_at"].into_iter().filter_map(said));
    }
    RunDraft {
        key: (!parts.is_empty()).then(|| name(&parts.join(", "))),
        commit: text(row, "git_commit_hash").or_else(|| text(version?, "commit_hash")),
        branch: version.and_then(|version| text(version, "git_branch")),
        ..draft
    }
}

fn of_test_run(run: &Json, draft: RunDraft) -> RunDraft {
    let started_at = text(run, "started_at").map(same_time);
    let id = text(run, "run_id").unwrap_or_default();
    let suite = text(run, "test_name");
    let key = match &started_at {
        Some(started_at) => format!("run {id} {} {started_at}", suite.as_deref().unwrap_or_default()),
        // Ids are counted from 1 in every database: one alone names no run.
        None => format!("run {id} {}", run.digest()),
    };
    let mut environment = BTreeMap::new();
    if run.get("success") == Some(&Json::Bool(false)) {
        environment.insert(format!("{ERROR}run"), "the old database says that the run did not succeed".to_owned());
    }
    RunDraft {
        key: Some(name(&key)),
        suite,
        commit: text(run, "git_commit"),
        branch: text(run, "git_branch"),
        started_at: started_at.and_then(|text| time::parse(&text)),
        environment,
        ..draft
    }
}

/// A time in one spelling, since every kind of database has its own; another text as it is.
fn same_time(text: String) -> String {
    time::parse(&text).map_or(text, |time| time.to_string())
}

/// The longest name that is kept as it is.
const MOST_BYTES: usize = 500;

fn name(text: &str) -> String {
    match text.len() {
        0..=MOST_BYTES => format!("former: {text}"),
        _ => format!("former: {}", blake3::hash(text.as_bytes()).to_hex()),
    }
}

fn text(row: &Json, column: &str) -> Option<String> {
    let text = match row.get(column)? {
        Json::Text(text) => text.clone(),
        // An export with missing ids shows the others with a fraction.
        Json::Number(number) => number.as_f64()?.to_string(),
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => return None,
    };
    Some(text).filter(|text| !text.trim().is_empty())
}
