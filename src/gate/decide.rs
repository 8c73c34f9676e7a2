//! The verdict of one series from its findings.
//!
//! For: the table of verdicts and the row that applied. Not for: computing findings, other series, or sentences (see
//! [`super::reason`]).
//! Invariant: mirrored findings get the mirrored verdict; a series is `unchanged` only where a change of the target
//! size would have been seen; every re-run of a suspect must pass on its own.

use super::correct::Survival;
use super::judgement::{Confirmation, Verdict};
use super::policy::SeriesPolicy;
use super::reference::{Finding, Findings, Reference};

/// T above which one run alone is a regression: 0.4 % of clean comparisons lie above it (docs/statistics.md).
pub(super) const THRESHOLD: f64 = 4.0;

/// T above which a run is suspect and worth a re-run: about 2 % of clean comparisons lie above it.
pub(super) const SUSPECT: f64 = 2.5;

/// T that every re-run of a suspect must exceed: noise in CI is one-sided spikes, which do not come back, so the
/// weakest run decides and not the mean (measured when the procedure was designed).
pub(super) const CONFIRM: f64 = 2.0;

/// The row of the table that gave the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// No deviation, and the target would have been seen.
    Within,
    /// No deviation, but the target would not have been seen.
    TooNoisy,
    /// A deviation without a relevant effect.
    BelowMinimum,
    /// Suspect, not beyond the threshold of a single run.
    Suspect,
    /// Beyond the threshold, but not among so many series.
    ByChance,
    /// Beyond the threshold in a single run.
    Beyond,
    /// Suspect, and every re-run agreed.
    Confirmed,
    /// Suspect, and a re-run did not agree.
    Cleared,
    /// A deterministic metric that is the same.
    Same,
    /// A deterministic metric that differs.
    Differs,
}

impl Row {
    /// The row in the words of the table (docs/statistics.md, "What a verdict means").
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Within => {
                "T is within the threshold of a suspect, and a change of the target size would have been seen"
            }
            Self::TooNoisy => {
                "T is within the threshold of a suspect, but a change of the target size could have hidden in the noise"
            }
            Self::BelowMinimum => "T is beyond the threshold of a suspect, but the change is below the minimum effect",
            Self::Suspect => "suspect, not run again, and T is not beyond the threshold of a single run",
            Self::ByChance => "suspect, but among so many series such a T turns up by chance",
            Self::Beyond => "suspect, not run again, and T is beyond the threshold of a single run",
            Self::Confirmed => "suspect, and every re-run shows the change too",
            Self::Cleared => "suspect, and a re-run does not show the change",
            Self::Same => "compared exactly, and not more different than the tolerance",
            Self::Differs => "compared exactly, and different",
        }
    }
}

/// A verdict and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) verdict: Verdict,
    pub(super) row: Row,
    /// Whether another run could still turn the verdict: the series is suspect, and no re-run contradicted it.
    pub(super) is_open: bool,
}

impl Decision {
    /// What re-runs said, where there were any.
    pub(super) fn confirmation(&self, has_reruns: bool) -> Option<Confirmation> {
        match self.row {
            Row::Cleared => Some(Confirmation::Cleared),
            Row::Confirmed => Some(Confirmation::Confirmed),
            Row::Differs if has_reruns => Some(Confirmation::Confirmed),
            _ => None,
        }
    }
}

/// A direction in which findings may lie.
#[derive(Clone, Copy)]
struct Side {
    verdict: Verdict,
    sign: f64,
}

impl Side {
    const WORSE: Self = Self { verdict: Verdict::Regressed, sign: 1.0 };
    const BETTER: Self = Self { verdict: Verdict::Improved, sign: -1.0 };

    fn of(finding: &Finding) -> Self {
        if finding.t >= 0.0 { Self::WORSE } else { Self::BETTER }
    }

    fn t(self, finding: &Finding) -> f64 {
        self.sign * finding.t
    }

    fn effect(self, finding: &Finding) -> f64 {
        if self.sign > 0.0 { finding.worsening } else { finding.betterment }
    }
}

/// Decides one compared series.
pub(super) fn decide(
    reference: &Reference,
    findings: &Findings,
    survival: Survival,
    policy: &SeriesPolicy,
) -> Decision {
    let Findings { first, reruns } = findings;
    let side = Side::of(first);
    let least = reference.least_effect(policy);
    let survives = if side.verdict == Verdict::Regressed { survival.worse } else { survival.better };
    let is_exact = matches!(reference, Reference::Exact(_));
    let settled = |verdict, row| Decision { verdict, row, is_open: false };
    let open = |verdict, row| Decision { verdict, row, is_open: true };
    if side.t(first) > SUSPECT && side.effect(first) > least {
        let agrees = |rerun: &Finding| side.t(rerun) > CONFIRM && side.effect(rerun) > least;
        return if !reruns.iter().all(agrees) {
            settled(without_change(reference, first, policy), Row::Cleared)
        } else if is_exact {
            settled(side.verdict, Row::Differs)
        } else if reruns.is_empty() && side.t(first) <= THRESHOLD {
            open(Verdict::Inconclusive, Row::Suspect)
        } else if !survives {
            open(Verdict::Inconclusive, Row::ByChance)
        } else {
            open(side.verdict, if reruns.is_empty() { Row::Beyond } else { Row::Confirmed })
        };
    }
    let verdict = without_change(reference, first, policy);
    let row = if is_exact {
        Row::Same
    } else if verdict == Verdict::Inconclusive {
        Row::TooNoisy
    } else if side.t(first) > SUSPECT {
        Row::BelowMinimum
    } else {
        Row::Within
    };
    settled(verdict, row)
}

/// The verdict of what all series have in common, by the same thresholds: only a slowdown is one.
pub(super) fn verdict_of_shift(t: f64, reruns: &[f64], is_relevant: bool) -> Verdict {
    if t <= SUSPECT || !is_relevant || reruns.iter().any(|rerun| *rerun <= CONFIRM) {
        Verdict::Unchanged
    } else if reruns.is_empty() && t <= THRESHOLD {
        Verdict::Inconclusive
    } else {
        Verdict::Regressed
    }
}

/// The verdict where no change was found: one of the target size would have been, or not.
fn without_change(reference: &Reference, first: &Finding, policy: &SeriesPolicy) -> Verdict {
    let is_visible = match reference {
        Reference::Exact(_) => true,
        // Around a centre of zero no change has a relative size, so the target cannot be missed either.
        Reference::Spread(axis, level) if axis.value(level.centre).abs() <= 0.0 => true,
        Reference::Spread(..) | Reference::Pairs(..) => reference.smallest_visible(first) <= policy.target_effect.value,
    };
    if is_visible { Verdict::Unchanged } else { Verdict::Inconclusive }
}
