//! What the gate answers.
//!
//! For: verdicts with the evidence that a sceptic needs to check them. Not for: wording and layout (see `report`).
//! Invariant: every series of the candidate, and every series that the history leads one to expect, has exactly one
//! verdict; an outcome of `passed` means that at least one series was compared.

use std::fmt;

use jiff::Timestamp;

use super::policy::{Limits, SeriesPolicy};
use super::waiver::{Waived, WaiverUse};
use crate::model::{Hardware, Leg, SeriesMeta};

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
    /// Relative change of the candidate against the centre, the runner's share taken out, as a fraction; with re-runs,
    /// the median of all runs.
    pub change: f64,
    /// Interval of the change, as fractions, low and high: three standard errors to either side, about 97 %.
    pub interval: (f64, f64),
    /// Between-run noise as a relative standard deviation, as a fraction; enlarged where the history is short.
    pub noise: f64,
    /// Standardised deviation, positive where worse. Infinite for an exact metric that differs.
    pub t: f64,
    /// T above which the series is a regression in one run.
    pub threshold: f64,
    /// T above which a run is suspect, and worth a re-run.
    pub suspect: f64,
    /// T that every re-run of a suspect must exceed for it to be confirmed.
    pub confirm: f64,
    /// One-sided tail probability of T in the direction "worse", learned from the histories of all series of the run,
    /// before any correction for their number.
    pub p_worse: f64,
    /// Points of the current segment that the centre rests on (K), or pairs.
    pub centre_runs: usize,
    /// Points of the history used, all segments together.
    pub history_runs: usize,
    /// When the current segment (epoch) begins; `None` where pairs were judged instead of a history.
    pub epoch_start: Option<Timestamp>,
    /// Pairs of base and candidate that were judged, for want of history.
    pub pairs: Option<usize>,
    /// Smallest worsening that would be seen in 80 % of cases, as a fraction: of a logarithmic comparison the ratio of
    /// the worse to the better value less one, so that 0.25 is a latency up 25 % and a throughput down 20 %.
    pub smallest_visible: f64,
    /// Runs of the candidate that would make the target effect visible; `None` where no number of them would.
    pub runs_needed: Option<usize>,
    /// What re-runs of the candidate measured, in their order.
    pub reruns: Vec<Rerun>,
    /// The runner's share that was taken out before T was formed; `None` where nothing was.
    pub runner: Option<RunnerShare>,
    /// How far the level has crept away from its best, where that is more than the target effect.
    pub drift: Option<Drift>,
}

/// What re-runs said of a suspect series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Every re-run shows the change too.
    Confirmed,
    /// A re-run does not show it.
    Cleared,
}

impl Confirmation {
    /// The word of reports and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cleared => "cleared",
        }
    }
}

/// A re-run of a candidate's series, compared without regard to the runner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rerun {
    /// The value, in the canonical unit.
    pub value: f64,
    /// Relative change against the centre, as a fraction.
    pub change: f64,
    /// Standardised deviation, positive where worse.
    pub t: f64,
}

/// What a slow or fast machine contributed to one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunnerShare {
    /// How much the series follows the other series of its hardware: 1 is fully.
    pub loading: f64,
    /// The relative change of the value that was put down to the machine and taken out, as a fraction.
    pub change: f64,
}

/// A level that has crept away from its best in steps too small to be seen one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// Relative change of the centre against the best level that lasted at least five runs, as a fraction.
    pub change: f64,
    /// When that best level ended.
    pub since: Timestamp,
}

/// What all series of one hardware have in common in this run: how slow the machine was, or a change of everything.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonShift {
    /// The hardware.
    pub hardware: Hardware,
    /// The median change of its series as a slowdown, as a fraction: 0.07 is 7 % slower.
    pub slowdown: f64,
    /// How much that usually varies between runs, as a relative standard deviation.
    pub usual: f64,
    /// Standardised deviation, positive where worse.
    pub t: f64,
    /// How many series it rests on.
    pub series: usize,
    /// `regressed` where the shift cannot be explained by an ordinary slow run, `inconclusive` where another run would
    /// settle it, else `unchanged`.
    pub verdict: Verdict,
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
    /// Whether a re-run of this series is wanted before it counts as settled.
    pub needs_rerun: bool,
    /// What re-runs said of it; `None` where it was no suspect, or nothing was run again.
    pub confirmation: Option<Confirmation>,
    /// Who accepted its regression; `None` where nobody did, or there is none.
    pub waived: Option<Waived>,
    /// The thresholds and actions that applied, with their origins.
    pub policy: SeriesPolicy,
}

/// How many series got each verdict. Unjudged series are counted apart and nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Verdict `regressed`, waived ones excepted.
    pub regressed: usize,
    /// Verdict `regressed`, and accepted by a waiver.
    pub waived: usize,
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
                Verdict::Regressed if judged.waived.is_some() => &mut counts.waived,
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
            + self.waived
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
    /// What the series of each hardware have in common, where that was taken out of any of them.
    pub common_shifts: Vec<CommonShift>,
    /// What became of each waiver.
    pub waivers: Vec<WaiverUse>,
    /// Who accepted every regression of the run, and how.
    pub accepted: Option<String>,
    /// The legs of the run, where it has several.
    pub legs: Vec<Leg>,
}

impl Judgement {
    /// The series that another run could still turn: the suspects; and, where a hardware slowed down as a whole beyond
    /// an ordinary slow run, everything that was compared on it, until it was run again as often as the policy wants.
    pub fn suspects(&self) -> impl Iterator<Item = &SeriesJudgement> {
        self.series.iter().filter(|judged| judged.needs_rerun || self.is_slowed_down(judged))
    }

    /// Whether a series belongs to a hardware that slowed down as a whole and is worth another run of everything.
    fn is_slowed_down(&self, judged: &SeriesJudgement) -> bool {
        let hardware = &judged.series.key.configuration.hardware;
        let is_of = |shift: &CommonShift| shift.verdict != Verdict::Unchanged && shift.hardware == *hardware;
        let is_run_enough = |evidence: &Evidence| evidence.reruns.len() >= self.limits.reruns.value;
        self.common_shifts.iter().any(is_of) && judged.evidence.as_ref().is_some_and(|one| !is_run_enough(one))
    }

    /// The hardware that slowed down as a whole and of which the whole suite is worth another run.
    pub fn slowed_down(&self) -> impl Iterator<Item = &Hardware> {
        let is_open = |shift: &&CommonShift| {
            self.series
                .iter()
                .any(|judged| judged.series.key.configuration.hardware == shift.hardware && self.is_slowed_down(judged))
        };
        self.common_shifts.iter().filter(is_open).map(|shift| &shift.hardware)
    }
}
