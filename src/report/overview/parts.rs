//! What several reports show alike: hardware, configurations, runs.
//!
//! For: one wording of each. Not for: what only one report shows.
//! Invariant: two machines never have the same label.

use std::collections::HashMap;

use super::super::document::{Column, Section, Value};
use super::super::view::{benchmark_label, distinguishing_facts, hardware_label};
use crate::model::overview::RunSummary;
use crate::model::{Cell, Configuration, Hardware, HardwareId};
use crate::text::short_commit;

/// Labels of machines: type and device, and what tells those apart that have this in common.
pub(in crate::report) struct Labels(HashMap<HardwareId, String>);

impl Labels {
    /// Labels for all of these.
    pub(in crate::report) fn of<'a>(hardware: impl Iterator<Item = &'a Hardware>) -> Self {
        let by_id: HashMap<HardwareId, &Hardware> = hardware.map(|one| (one.id(), one)).collect();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for hardware in by_id.values() {
            *seen.entry(hardware_label(hardware)).or_default() += 1;
        }
        let label = |hardware: &Hardware| {
            let label = hardware_label(hardware);
            if seen[&label] > 1 { format!("{label}, {}", distinguishing_facts(hardware)) } else { label }
        };
        Self(by_id.iter().map(|(id, hardware)| (*id, label(hardware))).collect())
    }

    /// The label of one of them.
    pub(in crate::report) fn label(&self, hardware: &Hardware) -> String {
        self.0.get(&hardware.id()).cloned().unwrap_or_else(|| hardware_label(hardware))
    }
}

/// What was run, for programs.
pub(super) const CONFIGURATION: [&str; 8] =
    ["hardware", "device", "hardware_id", "test_case", "batch_size", "precision", "parameters", "is_simulated"];

/// Columns of [`CONFIGURATION`].
pub(super) fn configuration_columns() -> impl Iterator<Item = Column> {
    CONFIGURATION.into_iter().map(Column::data)
}

/// Values of [`CONFIGURATION`].
pub(super) fn configuration_values(configuration: &Configuration) -> Vec<Value> {
    let Configuration { model: _, hardware, test_case, batch_size, precision, parameters, is_simulated } =
        configuration;
    let parameters = serde_json::to_string(parameters).expect("internal error: a map of texts");
    vec![
        Value::text(Some(&hardware.kind)),
        Value::text(hardware.device_label()),
        Value::text(Some(&hardware.id().to_string())),
        Value::text(test_case.as_deref()),
        batch_size.map_or_else(Value::missing, |size| Value::exact(Cell::Integer(size.into()))),
        Value::text(precision.as_deref()),
        Value::text(Some(&parameters)),
        Value::answer(*is_simulated),
    ]
}

/// Test case, batch size and so on in words.
pub(in crate::report) fn benchmark(configuration: &Configuration) -> String {
    let label = benchmark_label(configuration);
    let mark = if configuration.is_simulated { "(simulated)" } else { "" };
    let words: Vec<&str> = [label.as_str(), mark].into_iter().filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

/// The newest runs.
pub(super) fn runs(runs: &[RunSummary]) -> Section {
    let row = |run: &RunSummary| {
        let commit = run.commit.as_deref();
        vec![
            Value::moment(run.started_at),
            Value::text(Some(&run.key)),
            Value::text(run.suite.as_deref()),
            Value { words: commit.map_or("-".to_owned(), short_commit), ..Value::text(commit) },
            Value::text(run.branch.as_deref()),
            Value::count(run.completed),
            Value::count(run.failed),
        ]
    };
    Section {
        name: "runs",
        heading: "Newest runs".to_owned(),
        columns: vec![
            Column::words("started_at", "Time"),
            Column::words("run", "Run"),
            Column::words("suite", "Suite"),
            Column::words("commit", "Commit"),
            Column::words("branch", "Branch"),
            Column::numbers("completed", "Results"),
            Column::numbers("failed", "Failed"),
        ],
        rows: runs.iter().map(row).collect(),
        empty: Some("No run is chosen.".to_owned()),
        ..Section::default()
    }
}

/// `6.37 to 6.83 ms`: two values, with the unit once where both have the same.
pub(super) fn span(low: &Value, high: &Value) -> Value {
    if low.raw == Cell::Null || high.raw == Cell::Null {
        return Value::missing();
    }
    let bare = match (low.words.split_once(' '), high.words.split_once(' ')) {
        (Some((number, unit)), Some((_, same))) if unit == same => number,
        _ => &low.words,
    };
    Value::words(format!("{bare} to {}", high.words))
}
