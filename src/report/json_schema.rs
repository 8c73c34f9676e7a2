//! The frozen structures of `benchgate/report/v1`.
//!
//! For: programs that read a report; fields are only ever added. Not for: use inside the crate, whose own types may
//! change freely behind the conversions in `json`.
//! Invariant: `docs/report-v1.schema.json` is this file's schema; fractions are fractions (0.05 is 5 %), values are in
//! the series' canonical unit, ids are 16 hexadecimal digits, moments are RFC 3339 in UTC, unknown is null.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

/// The name and version of the schema, in every document.
pub const SCHEMA: &str = "benchgate/report/v1";

/// The JSON schema of a report, as kept in `docs/`.
#[must_use]
pub fn json_schema() -> String {
    schema_of::<ReportV1>()
}

/// The JSON schema of a document that is written.
pub(super) fn schema_of<T: JsonSchema>() -> String {
    // For serialising: a field that may be null is always there.
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    let mut text = serde_json::to_string_pretty(&schema).expect("internal error: a schema is plain JSON");
    text.push('\n');
    text
}

/// The verdict on one run, with the evidence of every series.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "benchgate/report/v1")]
pub struct ReportV1 {
    /// Always `benchgate/report/v1`.
    #[schemars(extend("const" = "benchgate/report/v1"))]
    pub schema: &'static str,
    /// Version of benchgate that judged.
    pub tool_version: String,
    /// `passed`, `failed`, `inconclusive` or `nothing-to-judge`.
    #[schemars(extend("enum" = ["passed", "failed", "inconclusive", "nothing-to-judge"]))]
    pub outcome: &'static str,
    /// Whether a missing or failed benchmark, and no regression, is what failed.
    pub failed_by_missing_only: bool,
    /// The outcome in one line for people; not for parsing.
    pub headline: String,
    /// The outcome's reasons in words, most important first; not for parsing.
    pub reasons: Vec<String>,
    /// Series by verdict.
    pub counts: CountsV1,
    /// The run that was judged.
    pub candidate: CandidateV1,
    /// What it was compared with.
    pub baseline: BaselineV1,
    /// The limits of the run as a whole.
    pub limits: LimitsV1,
    /// What the series of each hardware have in common, where that was put down to the runner.
    pub common_shifts: Vec<CommonShiftV1>,
    /// Every waiver of the policy, and what it did.
    pub waivers: Vec<WaiverV1>,
    /// Who accepted every regression of the run, and how; null where nobody did.
    pub accepted: Option<String>,
    /// The legs of the run, where it has several.
    pub legs: Vec<LegV1>,
    /// What did not work as it should and changed no verdict, in words; not for parsing.
    pub notices: Vec<String>,
    /// The page with the log and the whole report.
    pub url: Option<String>,
    /// Every series, worst first.
    pub series: Vec<SeriesV1>,
}

/// A waiver of the policy.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WaiverV1 {
    /// Where it is written.
    pub origin: String,
    /// The series it names.
    pub series: String,
    /// The largest change it covers, as a fraction.
    pub up_to: f64,
    /// The last day on which it holds.
    #[schemars(extend("format" = "date"))]
    pub expires: String,
    /// Why the regression is accepted.
    pub reason: String,
    /// Where that was discussed.
    pub link: Option<String>,
    /// What it did in this run.
    #[schemars(extend("enum" = ["applied", "exceeded", "expired", "unused"]))]
    pub state: &'static str,
}

/// Why a regression does not decide.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WaivedV1 {
    /// The waiver's place, or who accepted the whole run and how.
    pub origin: String,
    /// Why, where that is written down.
    pub reason: Option<String>,
    /// The last day on which it holds.
    #[schemars(extend("format" = "date"))]
    pub expires: Option<String>,
    /// Where that was discussed.
    pub link: Option<String>,
}

/// A part of the run that a job of its own executed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LegV1 {
    /// Its name.
    pub name: String,
    /// What it brought: results, word that there are none, or nothing.
    #[schemars(extend("enum" = ["reported", "failed", "missing"]))]
    pub state: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
}

/// Series by verdict; those that the policy does not judge are counted in `unjudged` only.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CountsV1 {
    /// Worse than their history, accepted ones excepted.
    pub regressed: usize,
    /// Worse than their history, and accepted.
    pub waived: usize,
    /// Better than their history.
    pub improved: usize,
    /// Compared without a change.
    pub unchanged: usize,
    /// Compared and not settled.
    pub inconclusive: usize,
    /// Without history.
    pub new: usize,
    /// Expected and not measured.
    pub missing: usize,
    /// With a history that cannot be compared with.
    pub incomparable: usize,
    /// Not judged by policy.
    pub unjudged: usize,
    /// Compared with a history: regressed, improved, unchanged and inconclusive together.
    pub compared: usize,
    /// All judged series.
    pub total: usize,
}

/// The run that was judged.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CandidateV1 {
    /// Its result files.
    pub files: Vec<String>,
    /// Its commit.
    pub commit: Option<String>,
    /// Its run key.
    pub run: Option<String>,
    /// How many re-runs of it were given.
    pub reruns: usize,
    /// Whether it is simulated, and therefore judged against simulated history only.
    pub is_simulated: bool,
}

/// What the candidate was compared with.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BaselineV1 {
    /// The database.
    pub database: String,
    /// The rule that chose the runs, in words.
    pub rule: String,
    /// The number of runs in the history.
    pub runs: usize,
    /// Time of the oldest run.
    #[schemars(extend("format" = "date-time"))]
    pub oldest: Option<String>,
    /// Time of the newest run.
    #[schemars(extend("format" = "date-time"))]
    pub newest: Option<String>,
    /// Commit of the newest run.
    pub newest_commit: Option<String>,
    /// Where the history came from and how old it is, in words; null where nobody says.
    pub history: Option<String>,
}

/// A policy value and where it came from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettingV1<T> {
    /// The value.
    pub value: T,
    /// Its origin in words: `default`, a flag, or a place in a file.
    pub origin: String,
}

/// The limits of the run as a whole.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LimitsV1 {
    /// False-discovery level, as a fraction.
    pub alpha: SettingV1<Option<f64>>,
    /// `none` or `benjamini-hochberg`.
    pub correction: SettingV1<String>,
    /// How many re-runs a suspect series wants.
    pub reruns: SettingV1<usize>,
    /// `fail`, `warn` or `ignore`.
    pub nothing_to_judge: SettingV1<String>,
    /// `fail`, `warn` or `ignore`.
    pub missing_leg: SettingV1<String>,
}

/// What the series of one hardware have in common: a slow runner, or a change of everything.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CommonShiftV1 {
    /// The hardware.
    pub hardware: HardwareV1,
    /// The median slowdown of its series, as a fraction; negative where they became faster.
    pub slowdown: Option<f64>,
    /// Its usual spread from run to run, as a fraction.
    pub usual: Option<f64>,
    /// Standardised deviation, positive where worse.
    pub t: Option<f64>,
    /// The series that it rests on.
    pub series: usize,
    /// `regressed` where it is more than a slow runner explains, `inconclusive` where another run would tell.
    #[schemars(extend("enum" = ["regressed", "inconclusive", "unchanged"]))]
    pub verdict: &'static str,
}

/// One series, judged.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SeriesV1 {
    /// Id of the series.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    pub id: String,
    /// Id of the configuration.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    pub configuration_id: String,
    /// Model name, verbatim.
    pub model: String,
    /// Hardware.
    pub hardware: HardwareV1,
    /// Test case.
    pub test_case: Option<String>,
    /// Batch size.
    pub batch_size: Option<u32>,
    /// Precision.
    pub precision: Option<String>,
    /// Other parameters.
    pub parameters: BTreeMap<String, String>,
    /// Metric.
    pub metric: String,
    /// Canonical unit of every value of the series.
    pub unit: String,
    /// The verdict.
    #[schemars(extend("enum" = ["regressed", "missing", "incomparable", "inconclusive", "new", "improved", "unchanged"]))]
    pub verdict: &'static str,
    /// Whether the policy judges the series; an unjudged one never decides.
    pub is_judged: bool,
    /// The rule that applied, in words; not for parsing.
    pub reason: String,
    /// The candidate's value.
    pub value: Option<f64>,
    /// The numbers behind the verdict; null where nothing was compared.
    pub evidence: Option<EvidenceV1>,
    /// Whether a re-run of this series is wanted before it counts as settled.
    pub needs_rerun: bool,
    /// `confirmed` or `cleared` by re-runs; null where it was no suspect, or nothing was run again.
    #[schemars(extend("enum" = ["confirmed", "cleared", null]))]
    pub confirmation: Option<&'static str>,
    /// Why its regression does not decide; null where it does, or there is none.
    pub waived: Option<WaivedV1>,
    /// Values of the newest history runs, oldest first, at most 20.
    pub recent: Vec<f64>,
    /// The thresholds that applied.
    pub policy: SeriesPolicyV1,
}

/// Hardware.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HardwareV1 {
    /// Id of the hardware.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    pub id: String,
    /// Type: `cpu`, `cuda`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// Device name.
    pub device: Option<String>,
    /// CPU model.
    pub cpu_model: Option<String>,
    /// Logical processors.
    pub cpu_cores: Option<u32>,
    /// Memory in GB.
    pub memory_gb: Option<u32>,
    /// GPU models.
    pub gpu: Option<String>,
}

/// The numbers behind a compared series' verdict. A number that is infinite is null here and named in `infinite`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceV1 {
    /// Centre of the current level of the history.
    pub centre: Option<f64>,
    /// Relative change against the centre, as a fraction, positive where the value rose.
    pub change: Option<f64>,
    /// Lower end of the interval of the change, as a fraction.
    pub interval_low: Option<f64>,
    /// Upper end of the interval of the change, as a fraction.
    pub interval_high: Option<f64>,
    /// Run-to-run noise as a relative standard deviation, as a fraction.
    pub noise: Option<f64>,
    /// Standardised deviation, positive where worse; infinite for an exact metric that differs.
    pub t: Option<f64>,
    /// `t` above which the series is a regression in one run.
    pub threshold: Option<f64>,
    /// `t` above which a run is suspect.
    pub suspect: Option<f64>,
    /// `t` that every re-run of a suspect must exceed.
    pub confirm: Option<f64>,
    /// One-sided tail probability of `t` in the direction "worse".
    pub p_worse: Option<f64>,
    /// History points that the centre rests on.
    pub centre_runs: usize,
    /// History points used, all levels together.
    pub history_runs: usize,
    /// When the current level (epoch) begins; null where pairs were judged.
    #[schemars(extend("format" = "date-time"))]
    pub epoch_start: Option<String>,
    /// Pairs of base and candidate that were judged for want of history; null where a history was.
    pub pairs: Option<usize>,
    /// Smallest worsening that would be seen in 80 % of cases, as a fraction.
    pub smallest_visible: Option<f64>,
    /// Runs of the candidate that would make the target effect visible; null where no number of them would.
    pub runs_needed: Option<usize>,
    /// What re-runs of the candidate measured, in their order.
    pub reruns: Vec<RerunV1>,
    /// The part that was put down to the runner before `t` was formed; null where nothing was.
    pub runner: Option<RunnerShareV1>,
    /// How far the level has crept away from its best; null where that is not more than the target effect.
    pub drift: Option<DriftV1>,
    /// The fields above that are infinite, with their sign.
    pub infinite: BTreeMap<String, Sign>,
}

/// A re-run of a series.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RerunV1 {
    /// The value.
    pub value: Option<f64>,
    /// Relative change against the centre, as a fraction; null where infinite.
    pub change: Option<f64>,
    /// Standardised deviation, positive where worse; null where infinite.
    pub t: Option<f64>,
}

/// What a slow or fast machine contributed to a series.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunnerShareV1 {
    /// How much the series follows the others: 1 is fully.
    pub loading: Option<f64>,
    /// Relative change of the value that was put down to the machine, as a fraction.
    pub change: Option<f64>,
}

/// A level that crept away from its best.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DriftV1 {
    /// Relative change of the centre against the best level, as a fraction.
    pub change: Option<f64>,
    /// When that level ended.
    #[schemars(extend("format" = "date-time"))]
    pub since: String,
}

/// The sign of an infinite number.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// Plus infinity.
    Positive,
    /// Minus infinity.
    Negative,
}

/// The thresholds that one series was judged by.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SeriesPolicyV1 {
    /// Whether the series is judged at all.
    pub is_judged: SettingV1<bool>,
    /// `lower`, `higher`, or null where nobody says.
    pub better: SettingV1<Option<String>>,
    /// Smallest relative change worth reporting, as a fraction.
    pub minimum_effect: SettingV1<Option<f64>>,
    /// Relative change that the project wants to see, as a fraction.
    pub target_effect: SettingV1<Option<f64>>,
    /// `log`, `logit`, `additive`, `exact`, or null where the gate chose by unit.
    pub scale: SettingV1<Option<String>>,
    /// How many of the newest baseline runs count, at most.
    pub window: SettingV1<usize>,
    /// What a missing series does: `fail`, `warn` or `ignore`.
    pub missing: SettingV1<String>,
    /// What a series without history does: `fail`, `warn` or `ignore`.
    pub new: SettingV1<String>,
    /// What an inconclusive series does: `fail`, `warn` or `ignore`.
    pub inconclusive: SettingV1<String>,
    /// What a series that drifted does: `fail`, `warn` or `ignore`.
    pub drift: SettingV1<String>,
}
