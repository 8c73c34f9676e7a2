//! Snapshots: what is written is what is read.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::*;
use crate::formats::testing::{collect, defect};
use crate::formats::{Class, Format};
use crate::model::{
    Configuration, Decision, DecisionKind, Hardware, History, HistoryRun, Machine, Point, Run, RunId, SNAPSHOT,
    SeriesHistory, SeriesKey, SeriesMeta, Unit,
};

fn time(day: u32) -> Timestamp {
    format!("2026-03-{day:02}T10:00:00Z").parse().expect("a time")
}

fn series(case: &str, metric: &str, unit: &str, values: &[(usize, f64)]) -> SeriesHistory {
    let configuration = Configuration {
        model: "bert".to_owned(),
        hardware: Hardware { kind: "cpu".to_owned(), device: Some("Test".to_owned()), machine: Machine::default() },
        test_case: Some(case.to_owned()),
        batch_size: Some(8),
        precision: None,
        parameters: BTreeMap::new(),
        is_simulated: false,
    };
    let point = |(run, value): &(usize, f64)| Point { run: *run, value: *value, samples: 0, within_sd: None };
    SeriesHistory {
        meta: SeriesMeta {
            key: SeriesKey { configuration, metric: metric.to_owned() },
            unit: Unit::canonical(unit).0,
            better: None,
        },
        points: values.iter().map(point).collect(),
        epochs: Vec::new(),
    }
}

fn written() -> String {
    let runs: HashMap<RunId, Run> = (1..=3_u32)
        .map(|day| {
            let run = Run {
                key: format!("github-{day}"),
                attempt: 1,
                suite: None,
                commit: Some(format!("{day:040x}")),
                branch: Some("main".to_owned()),
                started_at: Some(time(day)),
                trigger: Some("push".to_owned()),
                environment: BTreeMap::new(),
            };
            (run.id(), run)
        })
        .collect();
    let mut ordered: Vec<&Run> = runs.values().collect();
    ordered.sort_by_key(|run| run.started_at);
    let history = History {
        runs: ordered
            .iter()
            .map(|run| HistoryRun {
                id: run.id(),
                started_at: run.started_at.expect("known"),
                commit: run.commit.clone(),
                branch: run.branch.clone(),
                artifact_hash: None,
            })
            .collect(),
        series: vec![
            series("embed", "latency", "ms", &[(0, 10.123_456_789), (1, 10.2), (2, 0.000_123_456_78)]),
            series("embed", "instructions", "count", &[(0, 123_456_789.0), (2, 123_456_790.0)]),
        ],
        ..History::default()
    };
    let decision = Decision {
        kind: DecisionKind::Pin { name: "v1".to_owned(), commit: format!("{:040x}", 1), pinned_at: time(1) },
        actor: "octo".to_owned(),
        reason: "released".to_owned(),
        decided_at: time(4),
    };
    let id = history.series[0].meta.key.id();
    let summaries = HashMap::from([(id, Summary { level: Some(10.149), noise: Some(0.0123) })]);
    write_snapshot(&history, &runs, &summaries, &[decision])
}

#[test]
fn a_snapshot_is_an_entry_a_line_in_the_order_of_names() {
    assert_eq!(written(), include_str!("../../../tests/fixtures/formats/snapshot/normal.json"));
}

#[test]
fn what_is_read_is_what_was_written_and_marked() {
    let collected = collect(Format::Snapshot, &written());
    assert_eq!(collected.runs.len(), 3);
    let run = &collected.runs[1];
    assert_eq!((run.key.as_deref(), run.attempt, run.started_at), (Some("github-2"), Some(1), Some(time(2))));
    assert!(run.environment.contains_key(SNAPSHOT));
    assert_eq!(collected.results.len(), 3);
    let values: Vec<Vec<(&str, f64)>> = collected
        .results
        .iter()
        .map(|result| result.measurements.iter().map(|one| (one.metric(), one.value())).collect())
        .collect();
    assert_eq!(
        values,
        [
            vec![("instructions", 123_456_789.0), ("latency", 10.1235)],
            vec![("latency", 10.2)],
            vec![("instructions", 123_456_790.0), ("latency", 0.000_123_457)],
        ]
    );
}

#[test]
fn a_snapshot_that_was_edited_by_hand_is_malformed() {
    let text = written();
    let of = |from: &str, to: &str| defect(text.replace(from, to).as_bytes()).class;
    assert_eq!(of("released", "never released"), Class::Contradiction);
    assert_eq!(of("10.2]", "10.2,1]"), Class::Contradiction);
    assert_eq!(of("\"metric\":\"latency\"", "\"metric\":\"latency\",\"extra\":1"), Class::UnknownField);
    assert_eq!(of("snapshot/v1", "snapshot/v2"), Class::UnknownVersion);
}

fn schema() -> String {
    let schema = schemars::schema_for!(Snapshot);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/snapshot-v1.schema.json");

#[test]
fn the_committed_schema_is_current() {
    let kept = std::fs::read_to_string(SCHEMA).unwrap_or_default();
    assert!(kept == schema(), "to write it anew: cargo test --lib write_the_schema -- --ignored");
}

#[test]
#[ignore = "writes docs/snapshot-v1.schema.json"]
fn write_the_schema_to_the_documentation() {
    std::fs::write(SCHEMA, schema()).expect("written");
}
