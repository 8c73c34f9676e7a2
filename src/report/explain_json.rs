//! The explanation of one verdict as JSON, schema `benchgate/explain/v1`.
//!
//! For: programs that check or plot a verdict; complete, with full precision. Not for: people.
//! Invariant: `docs/explain-v1.schema.json` is this file's schema; a number in the document is finite, what is infinite
//! is null.

use schemars::JsonSchema;
use serde::Serialize;

use super::json::finite;
use super::json_schema::{CommonShiftV1, LimitsV1, SeriesV1, schema_of};
use super::view::Provenance;
use crate::gate::explain::{
    Explanation, PairWorkings, PastLevel, PastRun, RunWorkings, RunnerWorkings, SpreadWorkings, TailFacts, Workings,
};
use crate::text::escape;

/// The name and version of the schema, in every document.
pub const EXPLAIN_SCHEMA: &str = "benchgate/explain/v1";

/// The JSON schema of the document, as kept in `docs/`.
#[must_use]
pub fn explain_json_schema() -> String {
    schema_of::<ExplainV1>()
}

/// Renders an explanation as indented JSON with a final newline.
#[must_use]
pub fn explanation_json(found: &Explanation, provenance: &Provenance) -> String {
    let text = serde_json::to_string_pretty(&ExplainV1::of(found, provenance))
        .expect("internal error: the document holds only strings, finite numbers and maps with string keys");
    format!("{}\n", escape::json(&text))
}

/// Everything behind the verdict of one series. Distances are positive where worse: of a logarithmic scale they are
/// natural logarithms of ratios.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "benchgate/explain/v1")]
pub struct ExplainV1 {
    /// Always `benchgate/explain/v1`.
    #[schemars(extend("const" = "benchgate/explain/v1"))]
    pub schema: &'static str,
    /// Version of benchgate that judged.
    pub tool_version: String,
    /// What was judged.
    pub candidate: ExplainedV1,
    /// The database.
    pub database: String,
    /// The rule that chose the baseline runs, in words.
    pub baseline_rule: String,
    /// The series with its verdict, evidence and policy, as in `benchgate/report/v1`.
    pub series: SeriesV1,
    /// The limits of the run as a whole.
    pub limits: LimitsV1,
    /// The row of the table of verdicts that applied, in words; null where no rule could be applied.
    pub row: Option<&'static str>,
    /// The history, oldest first.
    pub history: Vec<PastRunV1>,
    /// The comparison against centre and spread; null where the series was compared otherwise or not at all.
    pub arithmetic: Option<ArithmeticV1>,
    /// The exact comparison; null where the series was compared otherwise or not at all.
    pub exact: Option<ExactV1>,
    /// The comparison in pairs with the base; null where the series was compared otherwise or not at all.
    pub pairs: Option<PairsV1>,
    /// Where the tail probability was learned; null where there is none.
    pub tail: Option<TailV1>,
    /// What the series of the same hardware have in common, where that was taken out of any of them.
    pub common_shift: Option<CommonShiftV1>,
}

/// What was judged.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainedV1 {
    /// Its result files; empty where it is a run of the history.
    pub files: Vec<String>,
    /// Its commit.
    pub commit: Option<String>,
    /// When it was made, where it is a run of the history.
    #[schemars(extend("format" = "date-time"))]
    pub started_at: Option<String>,
}

/// One run of the history.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PastRunV1 {
    /// Id of the run.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    pub run: String,
    /// When it was made.
    #[schemars(extend("format" = "date-time"))]
    pub started_at: String,
    /// Its commit.
    pub commit: Option<String>,
    /// What it measured, in the series' unit.
    pub value: Option<f64>,
    /// The number of its samples; 0 where the tool reported none.
    pub samples: u32,
    /// Whether an epoch begins with it.
    pub begins_epoch: bool,
    /// Its level segment, from 0; null where the series is not compared by spread, as the fields below.
    pub segment: Option<usize>,
    /// Whether the centre is the median of this run and others.
    pub is_in_centre: Option<bool>,
    /// Distance from the median of its segment, times sqrt(L / (L - 1)) for a segment of L runs.
    pub residual: Option<f64>,
    /// What the residual is divided by, since its own samples disagreed more than is usual.
    pub discount: Option<f64>,
    /// The distance that was put down to the runner and taken out.
    pub runner: Option<f64>,
}

/// The comparison against centre and spread.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArithmeticV1 {
    /// `log`, `additive` or `logit`.
    pub scale: String,
    /// What distances of an additive scale are in units of; the whole of a logit one.
    pub unit: Option<f64>,
    /// `lower` or `higher`.
    pub better: &'static str,
    /// The centre, in the series' unit.
    pub centre: Option<f64>,
    /// The runs that it is the median of: K.
    pub centre_runs: usize,
    /// The runs of the history: n.
    pub history_runs: usize,
    /// Weighted root mean square of the residuals.
    pub root_mean_square: Option<f64>,
    /// Weight of a run's squared residual relative to the next run's.
    pub decay: Option<f64>,
    /// The least spread of any history, added in squares.
    pub floor: Option<f64>,
    /// Usual number of samples of a run; 0 where unknown.
    pub usual_samples: Option<f64>,
    /// Usual standard deviation of the samples within a run, as a distance; 0 where unknown.
    pub usual_within: Option<f64>,
    /// The value from which a run like the first one is beyond the threshold and the minimum effect, for the worse.
    pub worse_from: Option<f64>,
    /// The same for the better.
    pub better_from: Option<f64>,
    /// How many standard errors the smallest visible change is.
    pub visible: Option<f64>,
    /// The runner's share of the first run; null where nothing was taken out.
    pub runner: Option<RunnerV1>,
    /// The first run, then its re-runs.
    pub runs: Vec<RunArithmeticV1>,
}

/// How the runner's share came about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunnerV1 {
    /// How much of what the other series show this one takes.
    pub loading: Option<f64>,
    /// What they show: their median distance.
    pub others: Option<f64>,
}

/// One run of the candidate: `error` is the root of the sum of squares of `spread`, `fewer_samples`, `own_samples` and
/// `centre_error`, times `short_history`; `t` is `distance` over `error`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunArithmeticV1 {
    /// What it measured, in the series' unit.
    pub value: Option<f64>,
    /// The number of its samples; 0 where the tool reported none.
    pub samples: usize,
    /// Standard deviation of its samples, as a distance; null where unknown.
    pub within: Option<f64>,
    /// Distance from the centre as measured.
    pub measured: Option<f64>,
    /// The runner's share in it.
    pub runner: Option<f64>,
    /// What is left.
    pub distance: Option<f64>,
    /// The spread of the history.
    pub spread: Option<f64>,
    /// What fewer samples than usual add.
    pub fewer_samples: Option<f64>,
    /// What samples that disagree more than usual add.
    pub own_samples: Option<f64>,
    /// The error of the centre.
    pub centre_error: Option<f64>,
    /// The factor for a short history.
    pub short_history: Option<f64>,
    /// The standard error of the distance.
    pub error: Option<f64>,
    /// The distance in standard errors; null where infinite.
    pub t: Option<f64>,
    /// The relative effect in the direction of the first run, as a fraction; null where infinite.
    pub effect: Option<f64>,
}

/// An exact comparison.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExactV1 {
    /// The newest value.
    pub newest: Option<f64>,
    /// Relative difference that counts as none.
    pub tolerance: Option<f64>,
}

/// A comparison in pairs with the base, on a logarithmic scale.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PairsV1 {
    /// The base's value: the median of its runs.
    pub base: Option<f64>,
    /// Pairs.
    pub pairs: usize,
    /// The Hodges-Lehmann estimate of the distance over the pairs, positive where worse.
    pub distance: Option<f64>,
    /// Its standard error, what two builds of a program usually differ by included.
    pub error: Option<f64>,
    /// The distance in standard errors; no more than a suspect's where the ranks are not significant.
    pub t: Option<f64>,
    /// Probability of the ranks where nothing changed, towards the change.
    pub probability: Option<f64>,
}

/// Where a tail probability was learned.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TailV1 {
    /// Past deviations of all series of the run.
    pub past_deviations: usize,
    /// Of them, as large or larger.
    pub as_large: usize,
    /// The series that they are from.
    pub series: usize,
    /// How many past deviations Student's distribution stands for.
    pub prior_weight: Option<f64>,
    /// Its degrees of freedom.
    pub degrees_of_freedom: Option<f64>,
}

impl ExplainV1 {
    fn of(found: &Explanation, provenance: &Provenance) -> Self {
        let Explanation { judged, limits, run, past, row, workings, tail, common_shift, samples: _ } = found;
        let commit = match run {
            Some(run) => run.commit.clone(),
            None => provenance.commit.clone(),
        };
        Self {
            schema: EXPLAIN_SCHEMA,
            tool_version: provenance.tool_version.clone(),
            candidate: ExplainedV1 {
                files: provenance.files.clone(),
                commit,
                started_at: run.as_ref().map(|run| run.started_at.to_string()),
            },
            database: provenance.database.clone(),
            baseline_rule: provenance.rule.clone(),
            series: judged.into(),
            limits: limits.into(),
            row: *row,
            history: past.iter().map(PastRunV1::from).collect(),
            arithmetic: match workings {
                Workings::Spread(of) => Some(of.as_ref().into()),
                Workings::Exact { .. } | Workings::Pairs(_) | Workings::None => None,
            },
            exact: match workings {
                Workings::Exact { newest, tolerance } => {
                    Some(ExactV1 { newest: finite(*newest), tolerance: finite(*tolerance) })
                }
                Workings::Spread(_) | Workings::Pairs(_) | Workings::None => None,
            },
            pairs: match workings {
                Workings::Pairs(of) => Some(of.into()),
                Workings::Spread(_) | Workings::Exact { .. } | Workings::None => None,
            },
            tail: tail.as_ref().map(TailV1::from),
            common_shift: common_shift.as_ref().map(CommonShiftV1::from),
        }
    }
}

impl From<&PastRun> for PastRunV1 {
    fn from(past: &PastRun) -> Self {
        let PastRun { run, value, samples, begins_epoch, level } = past;
        Self {
            run: run.id.to_string(),
            started_at: run.started_at.to_string(),
            commit: run.commit.clone(),
            value: finite(*value),
            samples: *samples,
            begins_epoch: *begins_epoch,
            segment: level.map(|PastLevel { segment, .. }| segment),
            is_in_centre: level.map(|PastLevel { is_in_centre, .. }| is_in_centre),
            residual: level.and_then(|PastLevel { residual, .. }| finite(residual)),
            discount: level.and_then(|PastLevel { discount, .. }| finite(discount)),
            runner: level.and_then(|PastLevel { runner, .. }| finite(runner)),
        }
    }
}

impl From<&SpreadWorkings> for ArithmeticV1 {
    fn from(of: &SpreadWorkings) -> Self {
        let SpreadWorkings {
            scale,
            unit,
            better,
            centre,
            centre_runs,
            history_runs,
            root_mean_square,
            decay,
            floor,
            usual_samples,
            usual_within,
            visible,
            worse_from,
            better_from,
            runner,
            runs,
        } = of;
        Self {
            scale: scale.to_string(),
            unit: finite(*unit),
            better: better.as_str(),
            centre: finite(*centre),
            centre_runs: *centre_runs,
            history_runs: *history_runs,
            root_mean_square: finite(*root_mean_square),
            decay: finite(*decay),
            floor: finite(*floor),
            usual_samples: finite(*usual_samples),
            usual_within: finite(*usual_within),
            worse_from: finite(*worse_from),
            better_from: finite(*better_from),
            visible: finite(*visible),
            runner: runner.map(|RunnerWorkings { loading, others }| RunnerV1 {
                loading: finite(loading),
                others: finite(others),
            }),
            runs: runs.iter().map(RunArithmeticV1::from).collect(),
        }
    }
}

impl From<&RunWorkings> for RunArithmeticV1 {
    fn from(run: &RunWorkings) -> Self {
        let RunWorkings {
            value,
            samples,
            within,
            measured,
            runner,
            distance,
            spread,
            fewer_samples,
            own_samples,
            centre_error,
            short_history,
            error,
            t,
            effect,
        } = *run;
        Self {
            value: finite(value),
            samples,
            within: within.and_then(finite),
            measured: finite(measured),
            runner: finite(runner),
            distance: finite(distance),
            spread: finite(spread),
            fewer_samples: finite(fewer_samples),
            own_samples: finite(own_samples),
            centre_error: finite(centre_error),
            short_history: finite(short_history),
            error: finite(error),
            t: finite(t),
            effect: finite(effect),
        }
    }
}

impl From<&PairWorkings> for PairsV1 {
    fn from(of: &PairWorkings) -> Self {
        let PairWorkings { base, pairs, distance, error, t, probability } = *of;
        Self {
            base: finite(base),
            pairs,
            distance: finite(distance),
            error: finite(error),
            t: finite(t),
            probability: finite(probability),
        }
    }
}

impl From<&TailFacts> for TailV1 {
    fn from(tail: &TailFacts) -> Self {
        let TailFacts { past_deviations, as_large, series, prior_weight, degrees_of_freedom } = *tail;
        Self {
            past_deviations,
            as_large,
            series,
            prior_weight: finite(prior_weight),
            degrees_of_freedom: finite(degrees_of_freedom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_in_the_documentation_is_current() {
        let kept = include_str!("../../docs/explain-v1.schema.json");
        assert!(kept == explain_json_schema(), "to write it anew: cargo test --lib write_the_schema -- --ignored");
    }

    #[test]
    #[ignore = "writes docs/explain-v1.schema.json"]
    fn write_the_schema_to_the_documentation() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/explain-v1.schema.json");
        std::fs::write(path, explain_json_schema()).unwrap();
    }
}
