//! The trend of a history as JSON, schema `benchgate/trend/v1`.
//!
//! For: programs that follow a history. Not for: people, who read Markdown or text.
//! Invariant: every series is in the document with all its changes; `docs/trend-v1.schema.json` is this file's schema.

use schemars::JsonSchema;
use serde::Serialize;

use super::json::finite;
use super::json_schema::{DriftV1, HardwareV1, schema_of};
use super::trend::TrendView;
use crate::gate::trend::{LevelChange, SeriesTrend};
use crate::text::escape;

/// The name and version of the schema, in every document.
const TREND_SCHEMA: &str = "benchgate/trend/v1";

/// The JSON schema of the document, as kept in `docs/`.
#[must_use]
pub fn trend_schema() -> String {
    schema_of::<TrendV1>()
}

/// The trend as indented JSON with a final newline.
#[must_use]
pub fn trend_json(view: &TrendView) -> String {
    let text = serde_json::to_string_pretty(&TrendV1::from(view))
        .expect("internal error: a trend holds only strings, finite numbers and maps with string keys");
    format!("{}\n", escape::json(&text))
}

/// Every series over time.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "benchgate/trend/v1")]
struct TrendV1 {
    /// Always `benchgate/trend/v1`.
    #[schemars(extend("const" = "benchgate/trend/v1"))]
    schema: &'static str,
    /// The outcome in one line for people; not for parsing.
    headline: String,
    /// Runs of the history.
    runs: usize,
    /// Every series, the most worth looking at first; all its changes, whatever the time asked for.
    series: Vec<SeriesTrendV1>,
}

/// One series over time.
#[derive(Debug, Serialize, JsonSchema)]
struct SeriesTrendV1 {
    /// Id of the series.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    id: String,
    /// Its name.
    name: String,
    /// Model name, verbatim.
    model: String,
    /// Hardware.
    hardware: HardwareV1,
    /// Metric.
    metric: String,
    /// Canonical unit of every value.
    unit: String,
    /// Runs that measured it.
    runs: usize,
    /// Run-to-run noise, as a fraction.
    noise: Option<f64>,
    /// Changes of its level, oldest first.
    changes: Vec<LevelChangeV1>,
    /// How far it has crept away from its best level.
    drift: Option<DriftV1>,
    /// Pinned commits than whose level the present one is worse, oldest first.
    since_pins: Vec<PinDriftV1>,
    /// How the noise of its newest runs grew.
    noisier: Option<NoisierV1>,
    /// Newest commits of its hardware that lack it, where these are three or more; else 0.
    silent_runs: usize,
    /// Why no changes were looked for.
    refusal: Option<String>,
}

/// Noise that became worse.
#[derive(Debug, Serialize, JsonSchema)]
struct NoisierV1 {
    /// Noise of the earlier runs, as a fraction.
    before: Option<f64>,
    /// Noise of the newest runs.
    after: Option<f64>,
    /// Time of the first of the newest runs.
    #[schemars(extend("format" = "date-time"))]
    since: String,
    /// One-sided p-value of the difference.
    probability: Option<f64>,
}

/// A level that is worse than that of a pinned commit.
#[derive(Debug, Serialize, JsonSchema)]
struct PinDriftV1 {
    /// The pin's name.
    pin: String,
    /// Relative change of the value since then, as a fraction.
    change: Option<f64>,
}

/// A change of level.
#[derive(Debug, Serialize, JsonSchema)]
struct LevelChangeV1 {
    /// Whether it became worse.
    is_worse: bool,
    /// Relative change of the value, as a fraction.
    change: Option<f64>,
    /// Low end of the interval of 95 %.
    interval_low: Option<f64>,
    /// High end.
    interval_high: Option<f64>,
    /// Level before.
    before: Option<f64>,
    /// Level after.
    after: Option<f64>,
    /// Time of the first run at the new level.
    #[schemars(extend("format" = "date-time"))]
    since: String,
    /// Commit of the last run that is surely before the change.
    last_before: Option<String>,
    /// Commit of the first run that is surely after it.
    first_after: Option<String>,
}

impl From<&TrendView> for TrendV1 {
    fn from(view: &TrendView) -> Self {
        Self {
            schema: TREND_SCHEMA,
            headline: view.headline(),
            runs: view.trend.runs.len(),
            series: view.trend.series.iter().map(|one| series_v1(view, one)).collect(),
        }
    }
}

fn series_v1(view: &TrendView, one: &SeriesTrend) -> SeriesTrendV1 {
    let SeriesTrend {
        series,
        points,
        epochs: _,
        levels: _,
        noise,
        changes,
        drift,
        since_pins,
        noisier,
        silent_runs,
        values: _,
        refusal,
    } = one;
    let change = |change: &LevelChange| LevelChangeV1 {
        is_worse: change.is_worse,
        change: finite(change.change),
        interval_low: finite(change.interval.0),
        interval_high: finite(change.interval.1),
        before: finite(change.before),
        after: finite(change.after),
        since: view.run(change.start).started_at.to_string(),
        last_before: view.run(change.between.0).commit.clone(),
        first_after: view.run(change.between.1).commit.clone(),
    };
    SeriesTrendV1 {
        id: series.key.id().to_string(),
        name: series.key.to_string(),
        model: series.key.configuration.model.clone(),
        hardware: (&series.key.configuration.hardware).into(),
        metric: series.key.metric.clone(),
        unit: series.unit.as_str().to_owned(),
        runs: points.len(),
        noise: noise.and_then(finite),
        changes: changes.iter().map(change).collect(),
        since_pins: since_pins
            .iter()
            .map(|pin| PinDriftV1 { pin: pin.name.clone(), change: finite(pin.change) })
            .collect(),
        drift: drift.map(|drift| DriftV1 { change: finite(drift.change), since: drift.since.to_string() }),
        noisier: noisier.map(|noisier| NoisierV1 {
            before: finite(noisier.before),
            after: finite(noisier.after),
            since: view.run(noisier.start).started_at.to_string(),
            probability: finite(noisier.probability),
        }),
        silent_runs: *silent_runs,
        refusal: refusal.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::fixtures::trend as view;
    use super::*;

    fn kept() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/trend-v1.schema.json")
    }

    #[test]
    fn the_document_fits_its_schema_which_is_the_documented_one() {
        let schema = serde_json::from_str(&trend_schema()).expect("JSON");
        let document = serde_json::from_str(&trend_json(&view("embedding"))).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("schema");
        assert!(validator.is_valid(&document), "{:?}", validator.iter_errors(&document).next());
        let kept = std::fs::read_to_string(kept()).unwrap_or_default();
        assert!(kept == trend_schema(), "to write it anew: cargo test --lib write_the_schema -- --ignored");
    }

    #[test]
    #[ignore = "writes docs/trend-v1.schema.json"]
    fn write_the_schema_to_the_documentation() {
        std::fs::write(kept(), trend_schema()).expect("written");
    }
}
