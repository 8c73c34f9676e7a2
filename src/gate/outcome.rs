//! The outcome of the gate from the verdicts of its series.
//!
//! For: counts, order, the outcome and its reasons. Not for: verdicts.
//! Invariant: a regression outranks a missing benchmark, which outranks nothing to judge; `passed` means that a rule
//! that could have told a regression was applied to at least one series.

use std::cmp::Ordering;

use super::judgement::{CommonShift, Counts, Outcome, SeriesJudgement, Verdict};
use super::policy::{Action, Limits, Setting};
use super::words;
use crate::model::Leg;

/// Most series that a reason names.
const NAMES: usize = 3;

/// The outcome with what explains it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Summary {
    pub(super) outcome: Outcome,
    pub(super) failed_by_missing_only: bool,
    pub(super) reasons: Vec<String>,
    pub(super) counts: Counts,
}

/// Puts the series in the order of reports: by verdict, then by size of the change, then by key.
pub(super) fn sort(series: &mut [SeriesJudgement]) {
    series.sort_by_cached_key(|judged| SortKey {
        verdict: Verdict::ALL.iter().position(|verdict| *verdict == judged.verdict).unwrap_or(usize::MAX),
        size: judged.evidence.as_ref().map_or(-1.0, |evidence| evidence.change.abs()),
        name: judged.series.key.to_string(),
        id: judged.series.key.id().0,
    });
}

/// The order of reports. Names may be equal where only the machine differs, ids never are.
#[derive(PartialEq)]
struct SortKey {
    verdict: usize,
    size: f64,
    name: String,
    id: u64,
}

impl Eq for SortKey {}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.verdict
            .cmp(&other.verdict)
            .then_with(|| other.size.total_cmp(&self.size))
            .then_with(|| self.name.cmp(&other.name))
            .then_with(|| self.id.cmp(&other.id))
    }
}

/// What concerns no single series.
pub(super) struct Whole<'a> {
    /// What the series of each hardware have in common.
    pub(super) common_shifts: &'a [CommonShift],
    /// Whether somebody accepted every regression of the run.
    pub(super) is_accepted: bool,
    /// The legs of the run.
    pub(super) legs: &'a [Leg],
}

/// Sums up sorted series and what concerns the run as a whole.
pub(super) fn summarise(series: &[SeriesJudgement], whole: &Whole<'_>, limits: &Limits) -> Summary {
    let Whole { common_shifts, is_accepted, legs } = *whole;
    let counts = Counts::of(series);
    let by_verdict = |verdict: Verdict| -> Vec<&SeriesJudgement> {
        series
            .iter()
            .filter(|judged| judged.policy.is_judged.value && judged.verdict == verdict && judged.waived.is_none())
            .collect()
    };
    let failing = |verdict: Verdict| by_verdict(verdict).iter().any(|judged| action(judged) == Action::Fail);
    let is_unsettled = failing(Verdict::Inconclusive) || failing(Verdict::New);
    let slowed = common_shifts.iter().filter(|shift| shift.verdict == Verdict::Regressed && !is_accepted).count();
    let drifted: Vec<&SeriesJudgement> = series.iter().filter(|judged| has_drifted(judged)).collect();
    let is_drift_failing =
        drifted.iter().any(|judged| judged.policy.drift.value == Action::Fail && judged.waived.is_none());
    let lost: Vec<&Leg> = legs.iter().filter(|leg| leg.is_lost()).collect();
    let is_leg_failing = !lost.is_empty() && limits.missing_leg.value == Action::Fail;
    let has_regressed = counts.regressed > 0 || slowed > 0 || is_drift_failing;
    let outcome = if has_regressed || is_leg_failing || failing(Verdict::Missing) || failing(Verdict::Incomparable) {
        Outcome::Failed
    } else if counts.compared == 0 && (limits.nothing_to_judge.value == Action::Fail || !is_unsettled) {
        Outcome::NothingToJudge
    } else if is_unsettled {
        Outcome::Inconclusive
    } else {
        Outcome::Passed
    };
    let mut reasons: Vec<String> =
        Verdict::ALL.into_iter().filter_map(|verdict| sentence(verdict, &by_verdict(verdict))).collect();
    reasons.splice(0..0, common_shifts.iter().filter_map(shift_sentence));
    if limits.missing_leg.value != Action::Ignore {
        reasons.splice(0..0, lost.iter().map(|leg| format!("the leg {} {}", leg.name, leg.state)));
    }
    if counts.waived > 0 {
        reasons.push(waived_sentence(counts.waived));
    }
    reasons.extend(drift_sentence(&drifted));
    if counts.compared == 0 {
        let at = usize::from(counts.regressed > 0) + usize::from(!by_verdict(Verdict::Missing).is_empty());
        reasons.insert(at.min(reasons.len()), nothing_judged(&counts));
    }
    if counts.unjudged > 0 {
        let listed = words::count(counts.unjudged, "series is", "series are");
        reasons.push(format!("{listed} listed only, since the policy does not judge them"));
    }
    Summary { outcome, failed_by_missing_only: outcome == Outcome::Failed && !has_regressed, reasons, counts }
}

/// What the policy does with a series' verdict.
fn action(judged: &SeriesJudgement) -> Action {
    match judged.verdict {
        Verdict::Regressed => Action::Fail,
        Verdict::Missing => judged.policy.missing.value,
        Verdict::New => judged.policy.new.value,
        Verdict::Inconclusive => judged.policy.inconclusive.value,
        // Nobody has said yet what is better: worth a look, and nothing that was judged before is lost.
        Verdict::Incomparable if is_without_direction(judged) => Action::Warn,
        // A series that had a history and cannot be compared with it any more has vanished as much as a missing one.
        Verdict::Incomparable => judged.policy.missing.value,
        Verdict::Improved | Verdict::Unchanged => Action::Ignore,
    }
}

/// Whether no direction is known, for no reason that the policy gives.
fn is_without_direction(judged: &SeriesJudgement) -> bool {
    judged.policy.better.value.is_none() && judged.policy.better.origin == Setting::<()>::BUILT_IN
}

/// One reason for all series of a verdict, naming the first few; none where the policy ignores them all.
fn sentence(verdict: Verdict, members: &[&SeriesJudgement]) -> Option<String> {
    let what = match verdict {
        Verdict::Regressed => "regressed",
        Verdict::Missing => "missing",
        Verdict::Incomparable => "not comparable with the history",
        Verdict::Inconclusive => "inconclusive",
        Verdict::New => "new",
        Verdict::Improved | Verdict::Unchanged => return None,
    };
    let noted: Vec<&&SeriesJudgement> = members.iter().filter(|judged| action(judged) != Action::Ignore).collect();
    let first = noted.first()?;
    let subject = match verdict {
        Verdict::Regressed => words::count(noted.len(), "series", "series"),
        _ => words::count(noted.len(), "series is", "series are"),
    };
    let named: Vec<String> = noted.iter().take(NAMES).map(|judged| name(judged)).collect();
    let more = if noted.len() > NAMES { format!(" and {} more", noted.len() - NAMES) } else { String::new() };
    let why =
        if noted.len() == 1 && verdict != Verdict::Regressed { format!(" ({})", first.reason) } else { String::new() };
    Some(format!("{subject} {what}: {}{more}{why}", named.join(", ")))
}

/// What all series of one hardware have in common, where that is no ordinary slow run.
fn shift_sentence(shift: &CommonShift) -> Option<String> {
    let what = match shift.verdict {
        Verdict::Regressed => "which is more than a slow runner explains",
        Verdict::Inconclusive => "which a slow runner may explain: another run would settle it",
        _ => return None,
    };
    Some(format!(
        "all {} of {} together became {} slower (usual variation {}), {what}",
        words::count(shift.series, "series", "series"),
        shift.hardware.kind,
        words::percent(shift.slowdown),
        words::percent(shift.usual),
    ))
}

fn waived_sentence(count: usize) -> String {
    let (subject, verb) = if count == 1 { ("regression was", "does") } else { ("regressions were", "do") };
    format!("{count} {subject} accepted, and {verb} not decide")
}

fn has_drifted(judged: &SeriesJudgement) -> bool {
    let drift = judged.evidence.as_ref().and_then(|evidence| evidence.drift);
    judged.policy.is_judged.value && judged.policy.drift.value != Action::Ignore && drift.is_some()
}

/// One reason for all series that crept away from their best level.
fn drift_sentence(drifted: &[&SeriesJudgement]) -> Option<String> {
    if drifted.is_empty() {
        return None;
    }
    let crept = |judged: &&&SeriesJudgement| {
        let drift = judged.evidence.as_ref().and_then(|evidence| evidence.drift);
        let change = drift.map_or(0.0, |drift| drift.change);
        let since = drift.map_or_else(String::new, |drift| format!(" since {}", drift.since.strftime("%Y-%m-%d")));
        format!("{} {}{since}", judged.series.key, words::signed_percent(change))
    };
    let named: Vec<String> = drifted.iter().take(NAMES).map(|judged| crept(&judged)).collect();
    let more = if drifted.len() > NAMES { format!(" and {} more", drifted.len() - NAMES) } else { String::new() };
    let subject = words::count(drifted.len(), "series has", "series have");
    Some(format!("{subject} drifted away from the best level: {}{more}", named.join(", ")))
}

fn name(judged: &SeriesJudgement) -> String {
    match (&judged.evidence, judged.verdict) {
        (Some(evidence), Verdict::Regressed) => {
            format!("{} {}", judged.series.key, words::signed_percent(evidence.change))
        }
        _ => judged.series.key.to_string(),
    }
}

fn nothing_judged(counts: &Counts) -> String {
    if counts.inconclusive > 0 {
        return "nothing could be judged: no series has a history long enough for a verdict".to_owned();
    }
    if counts.new > 0 {
        return "nothing could be judged: no series has a history on this hardware".to_owned();
    }
    if counts.total() + counts.unjudged == 0 {
        return "nothing could be judged: the run has no results".to_owned();
    }
    "nothing could be judged".to_owned()
}
