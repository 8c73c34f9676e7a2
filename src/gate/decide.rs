//! The verdict of one series from its evidence.
//!
//! For: the table of verdicts and the sentence that says which row applied. Not for: computing evidence, or other
//! series.
//! Invariant: mirrored evidence gets the mirrored verdict; a series is `unchanged` only where a change of the target
//! size would have been seen.

use super::compare::Finding;
use super::correct::Survival;
use super::judgement::{Evidence, Verdict};
use super::policy::SeriesPolicy;
use super::words::{count, deviation, percent, signed_percent};

/// The side on which a finding may lie.
struct Side {
    verdict: Verdict,
    /// T in this direction.
    t: f64,
    /// Relative effect in this direction.
    effect: f64,
    /// Whether it survives the correction for the number of series.
    survives: bool,
}

/// Decides one compared series.
pub(super) fn decide(finding: &Finding, survival: Survival, policy: &SeriesPolicy) -> (Verdict, String) {
    let evidence = &finding.evidence;
    let worse =
        Side { verdict: Verdict::Regressed, t: evidence.t, effect: finding.worsening, survives: survival.worse };
    let better =
        Side { verdict: Verdict::Improved, t: -evidence.t, effect: finding.betterment, survives: survival.better };
    let side = if worse.t >= better.t { worse } else { better };
    if finding.is_exact {
        return decide_exactly(finding, &side);
    }
    let is_relevant = side.effect > policy.minimum_effect.value;
    if side.t > finding.suspect && is_relevant {
        return decide_suspect(finding, &side, policy.minimum_effect.value);
    }
    // Around a centre of zero no change has a relative size, so the target cannot be missed either.
    if evidence.smallest_visible <= policy.target_effect.value || evidence.centre.abs() <= 0.0 {
        (Verdict::Unchanged, unchanged_reason(finding, &side))
    } else {
        (Verdict::Inconclusive, too_noisy(evidence, policy.target_effect.value))
    }
}

fn decide_exactly(finding: &Finding, side: &Side) -> (Verdict, String) {
    let (change, tolerance) = (finding.evidence.change, finding.tolerance);
    if side.t > 0.0 {
        let reason =
            format!("compared exactly: the change of {} is above {}", signed_percent(change), percent(tolerance));
        (side.verdict, reason)
    } else {
        let reason =
            format!("compared exactly: the change of {} is within {}", signed_percent(change), percent(tolerance));
        (Verdict::Unchanged, reason)
    }
}

fn decide_suspect(finding: &Finding, side: &Side, minimum_effect: f64) -> (Verdict, String) {
    let evidence = &finding.evidence;
    let (t, threshold) = (deviation(evidence.t), deviation(evidence.threshold));
    let change = signed_percent(evidence.change);
    if side.t <= evidence.threshold {
        let reason = format!(
            "T {t} is suspect (beyond {}) but not beyond {threshold}, the change is {change}: one more run of this \
             series would settle it",
            deviation(finding.suspect),
        );
        (Verdict::Inconclusive, reason)
    } else if !side.survives {
        let reason = format!(
            "T {t} is beyond {threshold} and the change is {change}, but among all series of this run such a value \
             turns up by chance: one more run of this series would settle it",
        );
        (Verdict::Inconclusive, reason)
    } else {
        let reason = format!(
            "T {t} is beyond {threshold} and the change of {change} beyond the minimum effect of {}",
            percent(minimum_effect),
        );
        (side.verdict, reason)
    }
}

fn unchanged_reason(finding: &Finding, side: &Side) -> String {
    let evidence = &finding.evidence;
    let t = deviation(evidence.t);
    if side.t > finding.suspect {
        return format!(
            "the change of {} is below the minimum effect of {}",
            signed_percent(evidence.change),
            percent(finding.tolerance)
        );
    }
    let within = format!("T {t} is within {} of the usual", deviation(finding.suspect));
    if evidence.smallest_visible.is_finite() {
        format!("{within}, and a change of {} would have been seen", percent(evidence.smallest_visible))
    } else {
        format!("{within}; around zero no change has a size in percent")
    }
}

fn too_noisy(evidence: &Evidence, target: f64) -> String {
    let remedy = match evidence.runs_needed {
        Some(runs) => format!("{} of this series would show it", count(runs, "run", "runs")),
        None => "no number of runs would show it before its history is longer or calmer".to_owned(),
    };
    format!(
        "too noisy: can see only changes above {}, the target is {}; {remedy}",
        percent(evidence.smallest_visible),
        percent(target),
    )
}
