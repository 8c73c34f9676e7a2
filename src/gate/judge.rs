//! The decision over a whole run.
//!
//! For: putting the parts together: compare each series, correct for their number, decide, find what is missing, sum
//! up. Not for: the parts themselves.
//! Invariant: every series of the candidate, and every one that the history leads one to expect, gets exactly one
//! verdict; the order of results and series in the input changes nothing.

use std::collections::{HashMap, HashSet};

use super::assess::{Assessment, Subject, assess};
use super::correct::{Survival, survivors};
use super::decide::{Decision, Row, decide};
use super::evidence::evidence;
use super::expected::{absent, failures};
use super::judgement::{Baseline, CommonShift, Judgement, SeriesJudgement, Verdict};
use super::outcome::{Whole, sort, summarise};
use super::policy::{Limits, Policy, SeriesPolicy};
use super::reason::reason;
use super::reference::{Findings, Refusal};
use super::tail::Tail;
use super::trial::{Trial, Trials};
use super::waiver::waive;
use crate::model::{CandidateRun, History, HistoryRun, SeriesHistory, SeriesId, SeriesMeta};
use crate::stats;

/// Values of the newest runs that a judgement carries for sparklines.
const RECENT_VALUES: usize = 20;

/// Judges a candidate against its history.
///
/// The history must be the candidate's: same hardware, the baseline's branch, real or simulated as the candidate is.
#[must_use]
pub fn judge(candidate: &CandidateRun, history: &History, policy: &dyn Policy) -> Judgement {
    let known = history.by_id();
    let failures = failures(candidate);
    let trials = Trials::of(candidate, &known, &failures, policy);
    let measured: HashSet<SeriesId> = trials.all.keys().copied().collect();
    let limits = policy.limits();
    let (mut series, common_shifts) = decide_all(&trials, &known, history, limits);
    for absent in absent(candidate, history, &measured, &failures) {
        let recent = known.get(&absent.series.key.id()).map_or_else(Vec::new, |history| recent_values(history));
        series.push(SeriesJudgement {
            policy: policy.for_series(&absent.series),
            series: absent.series,
            verdict: Verdict::Missing,
            value: None,
            evidence: None,
            reason: absent.reason,
            recent,
            needs_rerun: false,
            confirmation: None,
            waived: None,
        });
    }
    sort(&mut series);
    let waivers = waive(&mut series, policy);
    let accepted = policy.acceptance().map(str::to_owned);
    let whole = Whole { common_shifts: &common_shifts, is_accepted: accepted.is_some(), legs: &candidate.legs };
    let mut summary = summarise(&series, &whole, limits);
    let simulated = candidate.results.iter().filter(|result| result.configuration.is_simulated).count();
    if simulated > 0 && simulated < candidate.results.len() {
        summary.reasons.push(format!(
            "{simulated} of {} results are simulated and were compared with simulated history only",
            candidate.results.len()
        ));
    }
    Judgement {
        outcome: summary.outcome,
        failed_by_missing_only: summary.failed_by_missing_only,
        reasons: summary.reasons,
        counts: summary.counts,
        series,
        baseline: baseline(history),
        limits: limits.clone(),
        is_simulated: simulated > 0 && simulated == candidate.results.len(),
        common_shifts,
        waivers,
        accepted,
        legs: candidate.legs.clone(),
    }
}

/// Every measured series with its verdict, and what they have in common.
fn decide_all(
    trials: &Trials,
    known: &HashMap<SeriesId, &SeriesHistory>,
    history: &History,
    limits: &Limits,
) -> (Vec<SeriesJudgement>, Vec<CommonShift>) {
    let Together { judged, common_shifts, .. } = judge_together(&trials.subjects(known), &history.runs, limits);
    let mut verdicts = judged.into_iter();
    let mut series = Vec::with_capacity(trials.all.len());
    for (id, trial) in &trials.all {
        let mut judged = match trial.measured.as_slice() {
            [_] => verdicts.next().expect("internal error: every series measured once is a subject"),
            several => measured_several_times(trial, several.len()),
        };
        judged.recent = known.get(id).copied().map_or_else(Vec::new, recent_values);
        series.push(judged);
    }
    (series, common_shifts)
}

/// What judging the series of a run together gave: an entry for each of them, in their order.
pub(super) struct Together {
    pub(super) judged: Vec<SeriesJudgement>,
    pub(super) assessments: Vec<Result<Assessment, Refusal>>,
    /// The rows of the table of verdicts that applied.
    pub(super) rows: Vec<Option<Row>>,
    pub(super) common_shifts: Vec<CommonShift>,
    pub(super) tail: Tail,
}

/// Judges the series of a run together.
pub(super) fn judge_together(subjects: &[Subject<'_>], runs: &[HistoryRun], limits: &Limits) -> Together {
    let (assessments, common_shifts) = assess(subjects);
    let tail = Tail::learned(assessments.iter().filter_map(|assessment| assessment.as_ref().ok()?.reference.level()));
    // Only what can fail the run shares the risk of false alarms.
    let is_judged = |subject: &Subject<'_>| subject.policy.is_judged.value;
    let of_family = subjects.iter().zip(&assessments).filter(|(subject, _)| is_judged(subject));
    let family: Vec<Findings> =
        of_family.filter_map(|(_, assessment)| Some(assessment.as_ref().ok()?.findings.clone())).collect();
    let mut survival = survivors(&family, &tail, limits).into_iter();
    let (mut judged, mut rows) = (Vec::with_capacity(subjects.len()), Vec::with_capacity(subjects.len()));
    for (subject, assessment) in subjects.iter().zip(&assessments) {
        let (verdict, row) = match assessment {
            Err(refusal) => (refused(refusal, subject.meta, subject.policy, Some(subject.first.value)), None),
            Ok(assessment) => {
                let survives = if is_judged(subject) { survival.next() } else { None };
                let survives = survives.unwrap_or(Survival::UNCORRECTED);
                let decision = decide(&assessment.reference, &assessment.findings, survives, subject.policy);
                let verdict = judged_series(subject, assessment, &decision, runs, &tail, limits.reruns.value);
                (verdict, Some(decision.row))
            }
        };
        judged.push(verdict);
        rows.push(row);
    }
    Together { judged, assessments, rows, common_shifts, tail }
}

fn judged_series(
    subject: &Subject<'_>,
    assessment: &Assessment,
    decision: &Decision,
    runs: &[HistoryRun],
    tail: &Tail,
    wanted_reruns: usize,
) -> SeriesJudgement {
    let Subject { meta, past, policy, first, reruns, base: _ } = subject;
    let evidence = evidence(assessment, reruns, past.as_ref(), runs, policy, tail);
    let values: Vec<f64> = [first].into_iter().chain(reruns).map(|measured| measured.value).collect();
    SeriesJudgement {
        reason: reason(decision, &evidence, assessment.reference.least_effect(policy), policy),
        series: (*meta).clone(),
        verdict: decision.verdict,
        value: stats::median(&values),
        needs_rerun: policy.is_judged.value && decision.is_open && evidence.t > 0.0 && reruns.len() < wanted_reruns,
        confirmation: decision.confirmation(!reruns.is_empty()),
        evidence: Some(evidence),
        waived: None,
        recent: Vec::new(),
        policy: (*policy).clone(),
    }
}

fn measured_several_times(trial: &Trial, times: usize) -> SeriesJudgement {
    let reason = format!("measured {times} times in one run, and nothing says which one counts");
    let value = trial.measured.first().map(|measured| measured.value);
    refused(&Refusal { verdict: Verdict::Incomparable, reason }, &trial.meta, &trial.policy, value)
}

fn refused(refusal: &Refusal, meta: &SeriesMeta, policy: &SeriesPolicy, value: Option<f64>) -> SeriesJudgement {
    SeriesJudgement {
        series: meta.clone(),
        verdict: refusal.verdict,
        value,
        evidence: None,
        reason: refusal.reason.clone(),
        recent: Vec::new(),
        needs_rerun: false,
        confirmation: None,
        waived: None,
        policy: policy.clone(),
    }
}

pub(super) fn recent_values(history: &SeriesHistory) -> Vec<f64> {
    let first = history.points.len().saturating_sub(RECENT_VALUES);
    history.points[first..].iter().map(|point| point.value).collect()
}

fn baseline(history: &History) -> Baseline {
    let (oldest, newest) = (history.runs.first(), history.runs.last());
    Baseline {
        runs: history.runs.len(),
        span: oldest.zip(newest).map(|(oldest, newest)| (oldest.started_at, newest.started_at)),
        newest_commit: newest.and_then(|run| run.commit.clone()),
    }
}
