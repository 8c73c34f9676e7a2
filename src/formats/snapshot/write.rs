//! A history as a snapshot.
//!
//! For: the text of the file. Not for: which runs and series are in it.
//! Invariant: an entry a line, in an order that does not depend on the database; numbers that are not whole have six digits.

use std::collections::HashMap;

use super::wire::{DecisionEntry, KindEntry, RunEntry, Schema, SeriesEntry, Snapshot};
use crate::model::{ArchivedPart, Decision, DecisionKind, History, Rename, Run, RunId, SeriesId, SeriesMeta};

/// What is said of a series beside its values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// The present level.
    pub level: Option<f64>,
    /// Noise from run to run, as a fraction.
    pub noise: Option<f64>,
}

/// Digits of values, levels and noise: as many as their noise leaves any meaning.
const VALUE_DIGITS: usize = 6;
const LEVEL_DIGITS: usize = 3;
const NOISE_DIGITS: usize = 2;

/// The greatest number up to which every whole one has a float of its own.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// The snapshot of a history as text. `runs` are its runs as they were recorded; one that is not there is left out.
#[must_use]
pub fn write_snapshot(
    history: &History,
    runs: &HashMap<RunId, Run>,
    summaries: &HashMap<SeriesId, Summary>,
    decisions: &[Decision],
) -> String {
    let mut order: Vec<usize> = (0..history.series.len()).collect();
    order.sort_by_cached_key(|place| {
        let key = &history.series[*place].meta.key;
        (key.to_string(), key.id())
    });
    let of_summary = |meta: &SeriesMeta| summaries.get(&meta.key.id()).copied().unwrap_or_default();
    let series = order.iter().map(|place| &history.series[*place].meta).map(|meta| entry(meta, of_summary(meta)));
    let snapshot = Snapshot {
        schema: Schema::V1,
        series: series.collect(),
        decisions: decisions.iter().map(DecisionEntry::from).collect(),
        runs: run_entries(history, &order, runs),
    };
    let Snapshot { schema, series, decisions, runs } = &snapshot;
    format!(
        "{{\n  \"schema\": {},\n  \"series\": {},\n  \"decisions\": {},\n  \"runs\": {}\n}}\n",
        json(schema),
        list(series),
        list(decisions),
        list(runs)
    )
}

fn run_entries(history: &History, order: &[usize], runs: &HashMap<RunId, Run>) -> Vec<RunEntry> {
    let mut values: Vec<Vec<Option<f64>>> = vec![vec![None; order.len()]; history.runs.len()];
    for (column, place) in order.iter().enumerate() {
        for point in &history.series[*place].points {
            values[point.run][column] = Some(rounded(point.value, VALUE_DIGITS));
        }
    }
    let measured = history.runs.iter().zip(values).filter(|(_, values)| values.iter().any(Option::is_some));
    measured
        .filter_map(|(of_history, values)| {
            let Run { key, attempt, suite, commit, branch, started_at: _, trigger, environment } =
                runs.get(&of_history.id)?.clone();
            let started_at = of_history.started_at;
            Some(RunEntry { id: key, attempt, suite, commit, branch, started_at, trigger, environment, values })
        })
        .collect()
}

fn entry(meta: &SeriesMeta, summary: Summary) -> SeriesEntry {
    let configuration = &meta.key.configuration;
    SeriesEntry {
        model: configuration.model.clone(),
        hardware: (&configuration.hardware).into(),
        test_case: configuration.test_case.clone(),
        batch_size: configuration.batch_size,
        precision: configuration.precision.clone(),
        parameters: configuration.parameters.clone(),
        simulated: configuration.is_simulated,
        metric: meta.key.metric.clone(),
        unit: meta.unit.as_str().to_owned(),
        better: meta.better,
        level: summary.level.map(|level| rounded(level, LEVEL_DIGITS)),
        noise: summary.noise.map(|noise| rounded(noise, NOISE_DIGITS)),
    }
}

impl From<&Decision> for DecisionEntry {
    fn from(decision: &Decision) -> Self {
        let hex = |id: u64| format!("{id:016x}");
        let kind = match decision.kind.clone() {
            DecisionKind::Accept { configuration, metric, begins_at, commit } => {
                KindEntry::Accept { configuration: hex(configuration.0), metric, begins_at, commit }
            }
            DecisionKind::Pin { name, commit, pinned_at } => KindEntry::Pin { name, commit, pinned_at },
            DecisionKind::Rename(Rename { what, old, new }) => {
                KindEntry::Rename { what: what.word().to_owned(), old, new }
            }
            DecisionKind::Archive { part, archive, manifest } => match part {
                ArchivedPart::Rotated => KindEntry::Rotate { archive, manifest },
                ArchivedPart::Pruned => KindEntry::Prune { archive, manifest },
                ArchivedPart::Dropped { configuration, metric } => {
                    KindEntry::Drop { configuration: hex(configuration.0), metric, archive, manifest }
                }
            },
            DecisionKind::Undo { decision } => KindEntry::Undo { decision: hex(decision.0) },
        };
        let Decision { actor, reason, decided_at, .. } = decision.clone();
        Self { id: decision.id().to_string(), kind, actor, reason, decided_at }
    }
}

/// A number with so many digits; whole ones are exact, since counts are compared as they are.
fn rounded(value: f64, digits: usize) -> f64 {
    if value.fract().abs() < f64::MIN_POSITIVE && value.abs() < WHOLE {
        return value;
    }
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

fn list<T: serde::Serialize>(entries: &[T]) -> String {
    let lines: Vec<String> = entries.iter().map(|entry| format!("    {}", json(entry))).collect();
    if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", lines.join(",\n")) }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("internal error: a snapshot is texts and numbers")
}
