//! Judgements for the renderers' tests.
//!
//! For: one fixture with every verdict and hostile names, seen by all renderers. Not for: realistic statistics.
//! Invariant: series are worst first and counts match them, as the gate promises.

use jiff::Timestamp;

use super::trend::TrendView;
use super::view::{Provenance, View};
use crate::gate::policy::{DefaultPolicy, Policy as _};
use crate::gate::trend::{LevelChange, SeriesTrend, Trend};
use crate::gate::{
    Baseline, CommonShift, Confirmation, Counts, Evidence, Judgement, Noisier, Outcome, Rerun, SeriesJudgement,
    Setting, TrendLevel, Verdict,
};
use crate::model::{
    Configuration, Direction, Hardware, HistoryRun, Machine, Point, RunId, SeriesKey, SeriesMeta, Unit,
};

/// A name that attacks every medium at once, short enough to be shown whole.
pub(super) const HOSTILE: &str = "=cmd|'A1' `x` <img src=x> @octocat #1 \u{1b}[31m\u{202e}txt\nnext https://e.example";

/// Where the fixtures pretend to come from.
pub(super) fn provenance() -> Provenance {
    Provenance {
        files: vec!["results/bert.json".to_owned(), "results/llama.json".to_owned()],
        commit: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
        run: Some("ci-4711".to_owned()),
        reruns: 0,
        database: "benchgate.duckdb".to_owned(),
        rule: "the newest 100 runs of branch main".to_owned(),
        history: None,
        notices: Vec::new(),
        url: None,
        tool_version: "0.1.0".to_owned(),
    }
}

/// Builds the judgement of one series.
pub(super) struct Series(SeriesJudgement);

impl Series {
    /// A series of `bert-base-uncased` on a named GPU.
    pub(super) fn new(test_case: &str, metric: &str, unit: &str, verdict: Verdict) -> Self {
        let unit = Unit::canonical(unit).0;
        let hardware =
            Hardware { kind: "cuda".to_owned(), device: Some("NVIDIA A100".to_owned()), machine: Machine::default() };
        let configuration = Configuration {
            model: "bert-base-uncased".to_owned(),
            hardware,
            test_case: Some(test_case.to_owned()),
            batch_size: Some(8),
            precision: Some("fp16".to_owned()),
            parameters: [("sequence_length".to_owned(), "128".to_owned())].into(),
            is_simulated: false,
        };
        let key = SeriesKey { configuration, metric: metric.to_owned() };
        let better = crate::model::metric::direction(metric, &unit, None);
        let series = SeriesMeta { key, unit, better };
        let policy = DefaultPolicy::default().for_series(&series);
        let reason = match verdict {
            Verdict::Regressed => "T 7.1 is above 4.0 and the change above 2 %",
            Verdict::Improved => "T -6.3 is below -4.0 and the change above 2 %",
            Verdict::Unchanged => "T 0.4 is within 4.0, and 10 % would have been visible",
            Verdict::Inconclusive => "the noise of 9 % hides changes of the target size of 10 %",
            Verdict::New => "no run of the history measured it",
            Verdict::Missing => "measured in 3 of the 3 newest runs, and not in this one",
            Verdict::Incomparable => "the unit changed from `ms` to `frames`",
        };
        Self(SeriesJudgement {
            series,
            verdict,
            value: None,
            evidence: None,
            reason: reason.to_owned(),
            recent: Vec::new(),
            needs_rerun: verdict == Verdict::Regressed,
            confirmation: None,
            waived: None,
            policy,
        })
    }

    /// On a CPU, another model.
    pub(super) fn on_cpu(mut self, model: &str, cores: u32) -> Self {
        let configuration = &mut self.0.series.key.configuration;
        configuration.model = model.to_owned();
        configuration.hardware = Hardware {
            kind: "cpu".to_owned(),
            device: None,
            machine: Machine {
                cpu_model: Some("AMD EPYC 7763".to_owned()),
                cpu_cores: Some(cores),
                ..Machine::default()
            },
        };
        self
    }

    /// Without batch size, precision and parameters.
    pub(super) fn plain(mut self) -> Self {
        let configuration = &mut self.0.series.key.configuration;
        configuration.batch_size = None;
        configuration.precision = None;
        configuration.parameters.clear();
        self
    }

    /// Without a test case.
    pub(super) fn without_case(mut self) -> Self {
        self.0.series.key.configuration.test_case = None;
        self
    }

    /// Measured, without anything to compare with.
    pub(super) fn value(mut self, value: f64) -> Self {
        self.0.value = Some(value);
        self
    }

    /// Measured before: a recent history around the centre.
    pub(super) fn history(mut self, centre: f64, noise: f64) -> Self {
        let wave = [0.3, -1.0, 0.6, 1.1, -0.4, 0.0, -0.8, 0.9, 0.2, -0.3, 0.5, -0.6];
        self.0.recent = wave.iter().map(|step| centre * (1.0 + noise * step)).collect();
        self
    }

    /// Compared.
    pub(super) fn compared(self, centre: f64, noise: f64, change: f64) -> Self {
        let mut series = self.value(centre * (1.0 + change)).history(centre, noise);
        let worse = if series.0.series.better == Some(Direction::HigherIsBetter) { -change } else { change };
        let t = if noise > 0.0 { worse / noise } else { f64::INFINITY };
        series.0.evidence = Some(Evidence {
            centre,
            change,
            interval: (change - 2.0 * noise, change + 2.0 * noise),
            noise,
            t,
            threshold: 4.0,
            suspect: 2.5,
            confirm: 2.0,
            p_worse: if worse > 0.0 { 2.5e-6 } else { 0.75 },
            centre_runs: 12,
            history_runs: 40,
            epoch_start: Some(time("2026-02-01T08:00:00Z")),
            pairs: None,
            smallest_visible: 4.8 * noise,
            runs_needed: (noise < 0.1).then_some(3),
            reruns: Vec::new(),
            runner: None,
            drift: None,
        });
        series
    }

    /// Run again, with these changes.
    pub(super) fn run_again(mut self, confirmation: Confirmation, changes: &[f64]) -> Self {
        self.0.confirmation = Some(confirmation);
        self.0.needs_rerun = false;
        self.0.reason = match confirmation {
            Confirmation::Confirmed => "T 6.0 is beyond 2.5, every re-run beyond 2.0 (5.8, 6.3)",
            Confirmation::Cleared => "suspect at first (T 3.5), cleared by a re-run (T 0.2)",
        }
        .to_owned();
        let evidence = self.0.evidence.as_mut().expect("compared");
        let (centre, noise) = (evidence.centre, evidence.noise);
        let rerun = |change: &f64| Rerun { value: centre * (1.0 + change), change: *change, t: change / noise };
        evidence.reruns = changes.iter().map(rerun).collect();
        self
    }

    /// Not judged by policy.
    pub(super) fn unjudged(mut self) -> Self {
        self.0.policy.is_judged = Setting::from_place(false, "benchgate.toml:12 [[rules]] 2");
        self
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a valid time")
}

/// Collects series into a judgement: ordered and counted as the gate does.
pub(super) fn judgement(outcome: Outcome, series: Vec<Series>) -> Judgement {
    let mut series: Vec<SeriesJudgement> = series.into_iter().map(|series| series.0).collect();
    series.sort_by_key(|judged| Verdict::ALL.iter().position(|verdict| *verdict == judged.verdict));
    let counts = Counts::of(&series);
    Judgement {
        outcome,
        failed_by_missing_only: false,
        reasons: Vec::new(),
        counts,
        series,
        baseline: Baseline {
            runs: 42,
            span: Some((time("2026-01-05T10:00:00Z"), time("2026-03-01T09:30:00Z"))),
            newest_commit: Some("fedcba9876543210fedcba9876543210fedcba98".to_owned()),
        },
        limits: DefaultPolicy::default().limits().clone(),
        is_simulated: false,
        common_shifts: Vec::new(),
        waivers: Vec::new(),
        accepted: None,
        legs: Vec::new(),
    }
}

/// Every verdict, two models, a hostile name, an exact metric that differs.
pub(super) fn everything() -> View {
    let mut judgement = judgement(
        Outcome::Failed,
        vec![
            Series::new("embedding", "latency", "ms", Verdict::Regressed).compared(11.0, 0.012, 0.123),
            Series::new("embedding", "instructions", "count", Verdict::Regressed).compared(1_250_000.0, 0.0, 0.031),
            Series::new("pooling", "latency", "ms", Verdict::Regressed)
                .compared(4.0, 0.015, 0.09)
                .run_again(Confirmation::Confirmed, &[0.087, 0.095]),
            Series::new("classification", "memory_peak", "MB", Verdict::Missing).history(1_204.0, 0.003),
            Series::new("embedding", "frame_time", "frames", Verdict::Incomparable).value(17.0),
            Series::new("classification", "throughput", "items/s", Verdict::Inconclusive).compared(1234.0, 0.09, -0.05),
            Series::new(HOSTILE, "latency", "ms", Verdict::New).on_cpu("llama-3-8b", 64).plain().value(0.000_512),
            Series::new("generate", "throughput", "tokens/s", Verdict::Improved)
                .on_cpu("llama-3-8b", 64)
                .plain()
                .compared(31.5, 0.01, 0.25),
            Series::new("generate", "latency", "ms", Verdict::Unchanged)
                .on_cpu("llama-3-8b", 64)
                .plain()
                .compared(1_800.0, 0.008, 0.004),
            Series::new("embedding", "throughput", "items/s", Verdict::Unchanged).compared(720.0, 0.01, -0.002),
            Series::new("tokenize", "latency", "ms", Verdict::Unchanged)
                .compared(0.31, 0.02, 0.07)
                .run_again(Confirmation::Cleared, &[0.004]),
            Series::new("embedding", "power", "W", Verdict::Unchanged).compared(250.0, 0.02, 0.01).unjudged(),
        ],
    );
    judgement.reasons = vec![
        "3 series regressed, and the policy fails on any regression".to_owned(),
        "1 series is missing, and the policy fails on it".to_owned(),
    ];
    judgement.common_shifts = vec![CommonShift {
        hardware: judgement.series[0].series.key.configuration.hardware.clone(),
        slowdown: 0.011,
        usual: 0.008,
        t: 1.3,
        series: 9,
        verdict: Verdict::Unchanged,
    }];
    View::new(&judgement, &provenance())
}

/// Nothing but unchanged series.
pub(super) fn all_green() -> View {
    let cases = ["embedding", "classification", "generation"];
    let series = cases
        .iter()
        .map(|case| Series::new(case, "latency", "ms", Verdict::Unchanged).compared(11.0, 0.012, 0.003))
        .collect();
    View::new(&judgement(Outcome::Passed, series), &provenance())
}

/// A candidate without series against an empty history.
pub(super) fn nothing() -> View {
    let mut judgement = judgement(Outcome::NothingToJudge, Vec::new());
    judgement.baseline = Baseline { runs: 0, span: None, newest_commit: None };
    judgement.reasons = vec!["no series could be compared, and the policy fails on that".to_owned()];
    View::new(&judgement, &provenance())
}

/// Many series in need of attention and more that are not, for budgets.
pub(super) fn many(count: u32) -> View {
    let series = (0..count)
        .flat_map(|index| {
            let case = format!("case {index}");
            [
                Series::new(&case, "latency", "ms", Verdict::Regressed).compared(11.0, 0.012, 0.2),
                Series::new(&case, "throughput", "items/s", Verdict::Unchanged).compared(11.0, 0.012, 0.002),
            ]
        })
        .collect();
    View::new(&judgement(Outcome::Failed, series), &provenance())
}

/// A series of ten runs that became worse and noisier, and stopped reporting.
pub(super) fn trend(case: &str) -> TrendView {
    let series = Series::new(case, "latency", "ms", Verdict::Unchanged).compared(10.0, 0.01, 0.0);
    let series = judgement(Outcome::Passed, vec![series]).series.remove(0).series;
    let run = |second: i64| HistoryRun {
        id: RunId(second.unsigned_abs()),
        started_at: Timestamp::from_second(second * 86_400).expect("valid"),
        commit: Some(format!("{second:040x}")),
        branch: None,
        artifact_hash: None,
    };
    let point = |run: usize, value: f64| Point { run, value, samples: 0, within_sd: None };
    let level = |points, value: f64| TrendLevel { points, value, band: (0.98 * value, 1.02 * value) };
    let change = LevelChange {
        is_worse: true,
        change: 0.12,
        interval: (0.10, 0.14),
        before: 10.0,
        after: 11.2,
        start: 5,
        between: (2, 8),
    };
    let one = SeriesTrend {
        series,
        points: (0..10).map(|run| point(run, if run < 5 { 10.0 } else { 11.2 })).collect(),
        epochs: Vec::new(),
        levels: vec![level(0..5, 10.0), level(5..10, 11.2)],
        noise: Some(0.01),
        changes: vec![change],
        drift: None,
        since_pins: Vec::new(),
        noisier: Some(Noisier { before: 0.01, after: 0.03, start: 7, probability: 1e-4 }),
        silent_runs: 4,
        values: vec![10.0, 10.0, 11.2, 11.2],
        refusal: None,
    };
    TrendView {
        trend: Trend { runs: (0..10).map(run).collect(), series: vec![one] },
        since: None,
        baseline: "10 runs of branch main".to_owned(),
    }
}
