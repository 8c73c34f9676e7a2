//! What the gate answers.
//!
//! For: verdicts with the evidence that a sceptic needs to check them. Not for: wording and layout (see `report`).
//! Invariant: every series of the candidate, and every series that the history leads one to expect, has exactly one
//! verdict; an outcome of `passed` means that at least one series was compared.

use std::fmt;

use jiff::Timestamp;

use super::policy::{Limits, SeriesPolicy};
use crate::model::SeriesMeta;

/// The verdict of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Worse than its history, beyond noise and beyond the minimum effect.
    Regressed,
    /// Better than its history, by the mirrored rule.
    Improved,
    /// Compared, and no change seen where one of the target size would have been.
    Unchanged,
    /// Compared, but the noise hides changes of the target size, or one more run is needed to tell.
    Inconclusive,
    /// Measured now, without history.
    New,
    /// Expected from the history, and not measured now or failed to run.
    Missing,
    /// Has a history that cannot be compared with: another unit, no direction, values its scale forbids.
    Incomparable,
}

impl Verdict {
    /// All verdicts, worst first: the order of reports.
    pub const ALL: [Self; 7] = [
        Self::Regressed,
        Self::Missing,
        Self::Incomparable,
        Self::Inconclusive,
        Self::New,
        Self::Improved,
        Self::Unchanged,
    ];

    /// The word of reports and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Improved => "improved",
            Self::Unchanged => "unchanged",
            Self::Inconclusive => "inconclusive",
            Self::New => "new",
            Self::Missing => "missing",
            Self::Incomparable => "incomparable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The outcome of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// At least one series was compared, and nothing that the policy forbids was found.
    Passed,
    /// A regression, or a missing benchmark where the policy fails on it.
    Failed,
    /// No regression, but inconclusive or new series, and the policy fails on them.
    Inconclusive,
    /// Nothing was compared, or nothing with a history long enough for any verdict: no regression could have been told.
    NothingToJudge,
}

impl Outcome {
    /// The word of reports, JSON and action outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
            Self::NothingToJudge => "nothing-to-judge",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The numbers behind a compared series' verdict. Effects are relative changes of the value as shown (0.05 is 5 %
/// more), positive where the value rose, whatever is better. No number is NaN; effects of an additive comparison are
/// infinite where the centre is zero, since no change from zero has a relative size.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Centre of the current level segment of the history, canonical unit; the newest value of an exact metric.
    pub centre: f64,
    /// Relative change of the candidate against the centre, as a fraction.
    pub change: f64,
    /// Interval of the change, as fractions, low and high: three standard errors to either side, about 97 %.
    pub interval: (f64, f64),
    /// Between-run noise as a relative standard deviation, as a fraction.
    pub noise: f64,
    /// Standardised deviation, positive where worse. Infinite for an exact metric that differs.
    pub t: f64,
    /// T above which the series is a regression in one run.
    pub threshold: f64,
    /// One-sided tail probability of T in the direction "worse", before any correction for the number of series; 0.5
    /// for an exact metric that is the same.
    pub p_worse: f64,
    /// Points of the current segment that the centre rests on (K).
    pub centre_runs: usize,
    /// Points of the history used, all segments together.
    pub history_runs: usize,
    /// When the current segment (epoch) begins.
    pub epoch_start: Timestamp,
    /// Smallest worsening that would be seen in 80 % of cases, as a fraction: of a logarithmic comparison the ratio of
    /// the worse to the better value less one, so that 0.25 is a latency up 25 % and a throughput down 20 %.
    pub smallest_visible: f64,
    /// Runs of the candidate that would make the target effect visible; `None` where no number of them would.
    pub runs_needed: Option<usize>,
}

/// One series, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesJudgement {
    /// What it is.
    pub series: SeriesMeta,
    /// Its verdict.
    pub verdict: Verdict,
    /// The candidate's value in the canonical unit; `None` where it is missing.
    pub value: Option<f64>,
    /// The numbers; `None` where no rule could have told a regression: nothing compared, or too short a history.
    pub evidence: Option<Evidence>,
    /// The rule that applied, as a sentence fragment: "T 7.1 is above 4.0 and the change above 2 %".
    pub reason: String,
    /// The values of the newest history runs, oldest first, at most 20; for sparklines.
    pub recent: Vec<f64>,
    /// The thresholds and actions that applied, with their origins.
    pub policy: SeriesPolicy,
}

/// How many series got each verdict. Unjudged series are counted apart and nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Verdict `regressed`.
    pub regressed: usize,
    /// Verdict `improved`.
    pub improved: usize,
    /// Verdict `unchanged`.
    pub unchanged: usize,
    /// Verdict `inconclusive`.
    pub inconclusive: usize,
    /// Verdict `new`.
    pub new: usize,
    /// Verdict `missing`.
    pub missing: usize,
    /// Verdict `incomparable`.
    pub incomparable: usize,
    /// Series that the policy does not judge.
    pub unjudged: usize,
    /// Judged series to which a rule was applied that could have told a regression: those with evidence.
    pub compared: usize,
}

impl Counts {
    /// Counts series.
    #[must_use]
    pub fn of(series: &[SeriesJudgement]) -> Self {
        let mut counts = Self::default();
        for judged in series {
            let slot = match judged.verdict {
                _ if !judged.policy.is_judged.value => &mut counts.unjudged,
                Verdict::Regressed => &mut counts.regressed,
                Verdict::Improved => &mut counts.improved,
                Verdict::Unchanged => &mut counts.unchanged,
                Verdict::Inconclusive => &mut counts.inconclusive,
                Verdict::New => &mut counts.new,
                Verdict::Missing => &mut counts.missing,
                Verdict::Incomparable => &mut counts.incomparable,
            };
            *slot += 1;
            counts.compared += usize::from(judged.policy.is_judged.value && judged.evidence.is_some());
        }
        counts
    }

    /// All judged series.
    #[must_use]
    pub fn total(&self) -> usize {
        self.regressed
            + self.improved
            + self.unchanged
            + self.inconclusive
            + self.new
            + self.missing
            + self.incomparable
    }
}

/// What the candidate was compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// The number of runs in the history.
    pub runs: usize,
    /// The oldest and the newest run's time.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The newest run's commit, where known.
    pub newest_commit: Option<String>,
}

/// What the gate answers for a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The outcome.
    pub outcome: Outcome,
    /// Whether a missing or failed benchmark, and no regression, is what failed.
    pub failed_by_missing_only: bool,
    /// The outcome's reasons in words, most important first.
    pub reasons: Vec<String>,
    /// Counts by verdict.
    pub counts: Counts,
    /// Every series, worst first: by verdict in the order of [`Verdict::ALL`], then by size of the change, then by key.
    pub series: Vec<SeriesJudgement>,
    /// What it was compared with.
    pub baseline: Baseline,
    /// The limits that applied.
    pub limits: Limits,
    /// Whether the candidate is simulated, and therefore judged against simulated history only.
    pub is_simulated: bool,
    /// The common shift of all series, where it could be estimated: relative change and its usual spread.
    pub common_shift: Option<(f64, f64)>,
}
