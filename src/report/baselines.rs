//! What the baseline of each series is, as a document.
//!
//! For: epoch, level, noise, pins and decisions. Not for: how a series got there (see `trend`).
//! Invariant: every series is listed, also one whose level cannot be told.

use std::collections::HashMap;

use super::document::{Column, Document, Section, Value};
use crate::gate::trend::{SeriesTrend, Trend};
use crate::model::{Cell, Decision, DecisionKind, HistoryRun, Pin, SeriesId};
use crate::text::{percent, short_commit, signed_percent, time};

/// An accepted shift of a series, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The decision's id.
    pub id: String,
    /// The decision.
    pub decision: Decision,
}

/// The document; `rule` says which runs were looked at, and `accepted` what holds of each series.
#[must_use]
pub fn baselines(trend: &Trend, pins: &[Pin], accepted: &HashMap<SeriesId, Vec<Acceptance>>, rule: &str) -> Document {
    let mut series: Vec<&SeriesTrend> = trend.series.iter().collect();
    series.sort_by_cached_key(|one| (one.series.key.to_string(), one.series.key.id()));
    let section = Section {
        name: "series",
        heading: "Series".to_owned(),
        columns: vec![
            Column::words("series", "Id"),
            Column::words("name", "Series"),
            Column::words("device", "Device"),
            Column::data("unit"),
            Column::numbers("level", "Level"),
            Column::numbers("noise", "Noise"),
            Column::numbers("runs", "Runs"),
            Column::words("since", "Since"),
            Column::words("origin", "Begins with"),
            Column::words("newest", "Newest run"),
            Column::words("since_pins", "Since pins"),
        ],
        rows: series.into_iter().map(|one| row(one, trend, accepted)).collect(),
        empty: Some("There is no baseline: no run of it is in the history.".to_owned()),
        ..Section::default()
    };
    let pinned = Section {
        name: "pins",
        heading: "Pins".to_owned(),
        columns: vec![
            Column::words("pin", "Pin"),
            Column::words("commit", "Commit"),
            Column::words("pinned_at", "Measured until"),
        ],
        rows: pins.iter().map(pin).collect(),
        ..Section::default()
    };
    let notes = vec![format!("Runs that a candidate would be compared with: {rule}.")];
    Document { kind: "baseline", title: "Baselines".to_owned(), notes, sections: vec![section, pinned] }
}

fn row(one: &SeriesTrend, trend: &Trend, accepted: &HashMap<SeriesId, Vec<Acceptance>>) -> Vec<Value> {
    let (key, unit) = (&one.series.key, one.series.unit.as_str());
    let start = one.epochs.iter().copied().max().unwrap_or(0);
    let run = |place: usize| one.points.get(place).map(|point| &trend.runs[point.run]);
    let level = one.levels.last().filter(|level| level.points.start >= start).map(|level| level.value);
    let since = run(start).map(|run| run.started_at);
    let newest = one.points.last().map(|point| &trend.runs[point.run]);
    let device = key.configuration.hardware.device_label();
    vec![
        Value::text(Some(&key.id().to_string())),
        Value::text(Some(&key.to_string())),
        Value::text(device),
        Value::text(Some(unit)),
        Value::quantity(level, unit),
        one.noise.map_or_else(Value::missing, |noise| Value { raw: Cell::Float(noise), words: percent(noise) }),
        Value::count(one.points.len().saturating_sub(start)),
        Value::moment(since),
        Value::text(Some(&origin(one, accepted.get(&key.id()).map(Vec::as_slice).unwrap_or_default(), start))),
        Value::text(newest.map(newest_words).as_deref()),
        pins_words(one),
    ]
}

/// What begins the present epoch.
fn origin(one: &SeriesTrend, accepted: &[Acceptance], start: usize) -> String {
    if one.epochs.is_empty() {
        return "the oldest of these runs".to_owned();
    }
    let begins = |acceptance: &&Acceptance| match &acceptance.decision.kind {
        DecisionKind::Accept { begins_at, .. } => Some(*begins_at),
        _other => None,
    };
    match accepted.iter().max_by_key(begins) {
        Some(Acceptance { id, decision }) => {
            let next = if start == one.points.len() { ", the next run" } else { "" };
            format!("{id}{next}: {}, by {}", decision.reason, decision.actor)
        }
        None => "an accepted shift".to_owned(),
    }
}

fn newest_words(run: &HistoryRun) -> String {
    let commit = run.commit.as_deref().map(|commit| format!(" {}", short_commit(commit)));
    format!("{}{}", time::minute(run.started_at), commit.unwrap_or_default())
}

/// Without any the column is not shown.
fn pins_words(one: &SeriesTrend) -> Value {
    let words: Vec<String> =
        one.since_pins.iter().map(|drift| format!("{} {}", drift.name, signed_percent(drift.change))).collect();
    let words = words.join(", ");
    if words.is_empty() { Value { words, ..Value::missing() } } else { Value::text(Some(&words)) }
}

fn pin(pin: &Pin) -> Vec<Value> {
    vec![
        Value::text(Some(&pin.name)),
        Value { words: short_commit(&pin.commit), ..Value::text(Some(&pin.commit)) },
        Value::moment(Some(pin.pinned_at)),
    ]
}
