//! The numbers behind a verdict.
//!
//! For: what a sceptic needs to check an assessment by hand. Not for: deciding.
//! Invariant: no number is NaN; effects are relative changes of the value as shown.

use jiff::Timestamp;

use super::assess::Assessment;
use super::axis::Axis;
use super::decide::{CONFIRM, SUSPECT, THRESHOLD};
use super::drift::drift;
use super::judgement::{Evidence, Rerun, RunnerShare};
use super::level::Level;
use super::pairs::Pairs;
use super::policy::SeriesPolicy;
use super::reference::{Finding, Measured, Newest, Past, Reference};
use super::tail::Tail;
use crate::model::HistoryRun;
use crate::stats;

/// Half-width of the interval of the change, in standard errors: 97 % by Student's t with 5 degrees of freedom.
const INTERVAL: f64 = 3.0;

/// Standard errors of the smallest change that is seen in 80 % of cases: the interval's 3, and 0.84 is Phi^-1(0.8).
pub(super) const VISIBLE: f64 = 3.0 + 0.84;

/// Most runs of a candidate that are worth recommending.
const MOST_RUNS: usize = 100;

/// The smallest worsening that an ordinary next run would show in 80 % of cases, as a fraction.
pub(super) fn smallest_visible_in_usual_run(axis: &Axis, level: &Level) -> f64 {
    axis.worsening(VISIBLE * level.standard_error(&level.usual_run(), 1), level.centre)
}

/// The evidence of an assessment; `reruns` are what the re-runs measured.
pub(super) fn evidence(
    assessment: &Assessment,
    reruns: &[Measured],
    past: Option<&Past<'_>>,
    runs: &[HistoryRun],
    policy: &SeriesPolicy,
    tail: &Tail,
) -> Evidence {
    let (points, epochs) = past.map_or((&[][..], Vec::new()), |past| past.newest(policy.window.value));
    let started = |index: usize| points.get(index).map_or(Timestamp::MIN, |point| runs[point.run].started_at);
    let (reference, p_worse) = (&assessment.reference, tail.worse(assessment.findings.first.t));
    let rerun = |(measured, finding): (&Measured, &Finding)| Rerun {
        value: measured.value,
        change: reference.change(finding.distance),
        t: finding.t,
    };
    let reruns = reruns.iter().zip(&assessment.findings.reruns).map(rerun).collect();
    match reference {
        Reference::Spread(axis, level) => {
            let distances: Vec<f64> = assessment.findings.all().map(|finding| finding.distance).collect();
            let distance = stats::median(&distances).unwrap_or(assessment.findings.first.distance);
            let half = INTERVAL * error_of_all(level, assessment);
            let ends = [distance - half, distance + half].map(|end| reference.change(end));
            Evidence {
                centre: axis.value(level.centre),
                change: reference.change(distance),
                interval: (ends[0].min(ends[1]), ends[0].max(ends[1])),
                noise: axis.relative(level.noise(), level.centre),
                t: assessment.findings.first.t,
                threshold: THRESHOLD,
                suspect: SUSPECT,
                confirm: CONFIRM,
                p_worse,
                centre_runs: level.centre_runs,
                history_runs: level.history_runs,
                epoch_start: Some(started(level.start())),
                pairs: None,
                smallest_visible: reference.smallest_visible(&assessment.findings.first),
                runs_needed: runs_needed(axis, level, policy.target_effect.value),
                reruns,
                runner: assessment.removed.map(|removed| RunnerShare {
                    loading: removed.loading,
                    change: reference.change(removed.distance),
                }),
                drift: drift(axis, level, &epochs, policy.target_effect.value, started),
            }
        }
        Reference::Exact(newest) => exact(newest, assessment, reruns, p_worse, started),
        Reference::Pairs(axis, pairs) => of_pairs(axis, pairs, assessment),
    }
}

fn exact(
    newest: &Newest,
    assessment: &Assessment,
    reruns: Vec<Rerun>,
    p_worse: f64,
    started: impl Fn(usize) -> Timestamp,
) -> Evidence {
    let change = assessment.findings.first.distance;
    Evidence {
        centre: newest.value,
        change,
        interval: (change, change),
        noise: 0.0,
        t: assessment.findings.first.t,
        threshold: THRESHOLD,
        suspect: SUSPECT,
        confirm: CONFIRM,
        p_worse,
        centre_runs: newest.same_runs,
        history_runs: newest.history_runs,
        epoch_start: Some(started(newest.history_runs - newest.same_runs)),
        pairs: None,
        smallest_visible: newest.tolerance,
        runs_needed: Some(1),
        reruns,
        runner: None,
        drift: None,
    }
}

/// The evidence of pairs; there is no history behind it.
fn of_pairs(axis: &Axis, pairs: &Pairs, assessment: &Assessment) -> Evidence {
    let (centre, half) = (axis.place(pairs.base), INTERVAL * pairs.error);
    let ends = [pairs.distance - half, pairs.distance + half].map(|end| assessment.reference.change(end));
    Evidence {
        centre: pairs.base,
        change: assessment.reference.change(pairs.distance),
        interval: (ends[0].min(ends[1]), ends[0].max(ends[1])),
        noise: axis.relative(pairs.error, centre),
        t: assessment.findings.first.t,
        threshold: THRESHOLD,
        suspect: SUSPECT,
        confirm: CONFIRM,
        p_worse: pairs.p_worse,
        centre_runs: pairs.count,
        history_runs: 0,
        epoch_start: None,
        pairs: Some(pairs.count),
        smallest_visible: assessment.reference.smallest_visible(&assessment.findings.first),
        runs_needed: None,
        reruns: Vec::new(),
        runner: None,
        drift: None,
    }
}

/// Standard error of the median of all runs of the candidate: their own errors shrink with their number, that of the
/// centre does not.
fn error_of_all(level: &Level, assessment: &Assessment) -> f64 {
    let runs = 1 + assessment.findings.reruns.len();
    if runs == 1 {
        return assessment.findings.first.error;
    }
    let (one, all) = (level.standard_error(&level.usual_run(), 1), level.standard_error(&level.usual_run(), runs));
    let errors: Vec<f64> = assessment.findings.all().map(|finding| finding.error).collect();
    stats::median(&errors).unwrap_or(one) * if one > 0.0 { all / one } else { 1.0 }
}

/// The fewest runs of the candidate whose median would show the target effect in 80 % of cases.
pub(super) fn runs_needed(axis: &Axis, level: &Level, target: f64) -> Option<usize> {
    let target = axis.distance(target, level.centre);
    let parts = level.error_parts(&level.usual_run());
    let error = |runs: usize| VISIBLE * parts.total(runs);
    if error(MOST_RUNS) > target {
        return None;
    }
    (1..=MOST_RUNS).find(|runs| error(*runs) <= target)
}
