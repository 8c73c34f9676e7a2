//! Calibration and self-test as JSON, schemas `benchgate/calibration/v1` and `benchgate/selftest/v1`.
//!
//! For: programs. Not for: people.
//! Invariant: every number is finite; what is unknown is null.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::gate::calibrate::{Alarms, Calibration, Fitness, Remedy, SeriesCalibration};
use crate::gate::selftest::{SelfTest, SeriesTest};
use crate::text::escape;

/// What calibration found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "benchgate/calibration/v1")]
pub struct CalibrationV1 {
    /// Always `benchgate/calibration/v1`.
    #[schemars(extend("const" = "benchgate/calibration/v1"))]
    schema: &'static str,
    /// Measurements that were replayed and in which nothing changed.
    clean_points: usize,
    /// Runs that hold them.
    clean_runs: usize,
    /// False alarms without a re-run, with one, and with two.
    alarms: Vec<AlarmsV1>,
    /// Measurements of the code of the run before.
    same_code_points: usize,
    /// Those of them that would have been reported without a re-run.
    same_code_alarms: usize,
    /// Every series, the noisiest first.
    series: Vec<SeriesCalibrationV1>,
}

/// False alarms at a number of re-runs.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AlarmsV1 {
    /// Re-runs of a suspect.
    reruns: usize,
    /// False alarms counted.
    counted: usize,
    /// Runs with at least one.
    runs: usize,
    /// Expected false alarms per series and run.
    rate: f64,
    /// Expected false alarms in 100 runs of the suite.
    per_hundred_runs: f64,
}

/// One series.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SeriesCalibrationV1 {
    /// Id of the series.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    id: String,
    /// Its name.
    name: String,
    /// Runs of its history.
    runs: usize,
    /// Noise between runs, as a fraction.
    noise: Option<f64>,
    /// Smallest worsening that its next run would show in 80 % of cases, as a fraction.
    smallest_visible: Option<f64>,
    /// The change that the policy wants to see, as a fraction.
    target: f64,
    /// What it is good for.
    #[schemars(extend("enum" = ["gateable", "too-noisy", "not-comparable", "not-judged"]))]
    fitness: &'static str,
    /// What would help one that is too noisy.
    #[schemars(extend("enum" = ["more-samples", "more-history", "more-runs", "quieter-machine", null]))]
    remedy: Option<&'static str>,
    /// Runs of a candidate that together would show the target, where that would help.
    runs_needed: Option<usize>,
    /// Why it has no verdict, in words.
    reason: Option<String>,
}

/// What a self-test found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "benchgate/selftest/v1")]
pub struct SelfTestV1 {
    /// Always `benchgate/selftest/v1`.
    #[schemars(extend("const" = "benchgate/selftest/v1"))]
    schema: &'static str,
    /// The effect that was injected, as a fraction: 1 is twice as bad.
    effect: f64,
    /// Whether the gate went red with everything worse by it.
    is_red: bool,
    /// The series that were tried: those judged that could be compared; blind ones first.
    series: Vec<SeriesTestV1>,
}

/// One series, worsened alone.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SeriesTestV1 {
    /// Id of the series.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    id: String,
    /// Its name.
    name: String,
    /// Whether it goes red at the effect.
    is_red: bool,
    /// The smallest size tried at which a single run goes red, as a fraction.
    red_from: Option<f64>,
}

/// A calibration as indented JSON with a final newline.
#[must_use]
pub fn calibration_json(found: &Calibration) -> String {
    let alarms = |alarms: &Alarms| {
        let Alarms { reruns, counted, runs, rate, per_hundred_runs } = *alarms;
        AlarmsV1 { reruns, counted, runs, rate, per_hundred_runs }
    };
    written(&CalibrationV1 {
        schema: "benchgate/calibration/v1",
        clean_points: found.clean_points,
        clean_runs: found.clean_runs,
        alarms: found.alarms.iter().map(alarms).collect(),
        same_code_points: found.same_code.points,
        same_code_alarms: found.same_code.alarms,
        series: found.series.iter().map(SeriesCalibrationV1::from).collect(),
    })
}

/// A self-test as indented JSON with a final newline.
#[must_use]
pub fn selftest_json(found: &SelfTest) -> String {
    let series = |series: &SeriesTest| SeriesTestV1 {
        id: series.series.key.id().to_string(),
        name: series.series.key.to_string(),
        is_red: series.is_red,
        red_from: series.red_from,
    };
    written(&SelfTestV1 {
        schema: "benchgate/selftest/v1",
        effect: found.effect,
        is_red: found.is_red(),
        series: found.series.iter().map(series).collect(),
    })
}

/// The JSON Schema of calibrations.
#[must_use]
pub fn calibration_schema() -> String {
    schema::<CalibrationV1>()
}

/// The JSON Schema of self-tests.
#[must_use]
pub fn selftest_schema() -> String {
    schema::<SelfTestV1>()
}

impl From<&SeriesCalibration> for SeriesCalibrationV1 {
    fn from(found: &SeriesCalibration) -> Self {
        let SeriesCalibration { series, runs, noise, smallest_visible, target, fitness } = found;
        let (word, remedy, runs_needed, reason) = match fitness {
            Fitness::Gateable => ("gateable", None, None, None),
            Fitness::TooNoisy(Remedy::MoreSamples) => ("too-noisy", Some("more-samples"), None, None),
            Fitness::TooNoisy(Remedy::MoreHistory) => ("too-noisy", Some("more-history"), None, None),
            Fitness::TooNoisy(Remedy::MoreRuns(runs)) => ("too-noisy", Some("more-runs"), Some(*runs), None),
            Fitness::TooNoisy(Remedy::QuieterMachine) => ("too-noisy", Some("quieter-machine"), None, None),
            Fitness::NotComparable(reason) => ("not-comparable", None, None, Some(reason.clone())),
            Fitness::NotJudged => ("not-judged", None, None, None),
        };
        Self {
            id: series.key.id().to_string(),
            name: series.key.to_string(),
            runs: *runs,
            noise: noise.filter(|noise| noise.is_finite()),
            smallest_visible: smallest_visible.filter(|visible| visible.is_finite()),
            target: *target,
            fitness: word,
            remedy,
            runs_needed,
            reason,
        }
    }
}

fn written<T: Serialize>(document: &T) -> String {
    let text = serde_json::to_string_pretty(document)
        .expect("internal error: the document holds only strings, finite numbers and lists");
    format!("{}\n", escape::json(&text))
}

fn schema<T: JsonSchema>() -> String {
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    let text = serde_json::to_string_pretty(&schema).expect("internal error: a schema is plain JSON");
    format!("{text}\n")
}
