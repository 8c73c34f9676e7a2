//! The decision over a whole run.
//!
//! For: putting the parts together: compare each series, correct for their number, decide, find what is missing, sum
//! up. Not for: the parts themselves.
//! Invariant: every series of the candidate, and every one that the history leads one to expect, gets exactly one
//! verdict; the order of results and series in the input changes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::compare::{Comparison, Finding, Measured, compare};
use super::correct::{Survival, survivors};
use super::decide::decide;
use super::expected::{absent, failures};
use super::judgement::{Baseline, Judgement, SeriesJudgement, Verdict};
use super::outcome::{sort, summarise};
use super::policy::{Policy, SeriesPolicy};
use crate::model::{CandidateRun, ConfigurationId, History, SeriesHistory, SeriesId, SeriesKey, SeriesMeta};

/// Values of the newest runs that a judgement carries for sparklines.
const RECENT_VALUES: usize = 20;

/// Judges a candidate against its history.
///
/// The history must be the candidate's: same hardware, the baseline's branch, real or simulated as the candidate is.
#[must_use]
pub fn judge(candidate: &CandidateRun, history: &History, policy: &dyn Policy) -> Judgement {
    let known: HashMap<SeriesId, &SeriesHistory> =
        history.series.iter().map(|series| (series.meta.key.id(), series)).collect();
    let failures = failures(candidate);
    let trials = trials(candidate, &known, |result| failures.contains_key(&result));
    let measured: HashSet<SeriesId> = trials.keys().copied().collect();
    let mut series = decide_all(trials, &known, history, policy);
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
        });
    }
    sort(&mut series);
    let limits = policy.limits();
    let mut summary = summarise(&series, limits);
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
        common_shift: None,
    }
}

/// One series of the candidate, with each measurement of it: more than one is a defect of the results.
struct Trial {
    meta: SeriesMeta,
    measured: Vec<Measured>,
}

/// The series that the candidate measured, in the order of their ids. Measurements of a failed configuration do not
/// count.
fn trials(
    candidate: &CandidateRun,
    known: &HashMap<SeriesId, &SeriesHistory>,
    has_failed: impl Fn(ConfigurationId) -> bool,
) -> BTreeMap<SeriesId, Trial> {
    let mut trials: BTreeMap<SeriesId, Trial> = BTreeMap::new();
    for result in candidate.results.iter().filter(|result| !has_failed(result.configuration.id())) {
        for measurement in &result.measurements {
            let key =
                SeriesKey { configuration: result.configuration.clone(), metric: measurement.metric().to_owned() };
            let id = key.id();
            let trial = trials.entry(id).or_insert_with(|| {
                let stated_before = known.get(&id).and_then(|history| history.meta.better);
                // Results come from the code under review: what the history says of the direction is not theirs to turn.
                let better = stated_before.or(measurement.better());
                Trial { meta: SeriesMeta { key, unit: measurement.unit().clone(), better }, measured: Vec::new() }
            });
            trial.measured.push(Measured { value: measurement.centre(), samples: measurement.samples().len() });
        }
    }
    trials
}

fn decide_all(
    trials: BTreeMap<SeriesId, Trial>,
    known: &HashMap<SeriesId, &SeriesHistory>,
    history: &History,
    policy: &dyn Policy,
) -> Vec<SeriesJudgement> {
    let compared: Vec<(Trial, SeriesPolicy, Comparison, Vec<f64>)> = trials
        .into_iter()
        .map(|(id, trial)| {
            let (of_series, past) = (policy.for_series(&trial.meta), known.get(&id).copied());
            let comparison = compare_trial(&trial, past, history, &of_series);
            (trial, of_series, comparison, past.map_or_else(Vec::new, recent_values))
        })
        .collect();
    // Only what can fail the run shares the risk of false alarms.
    let family: Vec<&Finding> = compared
        .iter()
        .filter(|(_, of_series, _, _)| of_series.is_judged.value)
        .filter_map(|(_, _, comparison, _)| finding(comparison))
        .collect();
    let mut survival = survivors(&family, policy.limits()).into_iter();
    let mut judged = Vec::with_capacity(compared.len());
    for (trial, of_series, comparison, recent) in compared {
        let value = trial.measured.first().map(|measured| measured.value);
        let (verdict, reason, evidence) = match comparison {
            Comparison::Refused(verdict, reason) => (verdict, reason, None),
            Comparison::Compared(finding) => {
                let survives = if of_series.is_judged.value { survival.next() } else { None };
                let (verdict, reason) = decide(&finding, survives.unwrap_or(Survival::UNCORRECTED), &of_series);
                (verdict, reason, Some(finding.evidence))
            }
        };
        judged.push(SeriesJudgement {
            series: trial.meta,
            verdict,
            value,
            evidence,
            reason,
            recent,
            policy: of_series,
        });
    }
    judged
}

fn compare_trial(trial: &Trial, past: Option<&SeriesHistory>, history: &History, policy: &SeriesPolicy) -> Comparison {
    match trial.measured.as_slice() {
        [only] => compare(&trial.meta, *only, past, &history.runs, policy),
        several => {
            let reason = format!("measured {} times in one run, and nothing says which one counts", several.len());
            Comparison::Refused(Verdict::Incomparable, reason)
        }
    }
}

fn finding(comparison: &Comparison) -> Option<&Finding> {
    match comparison {
        Comparison::Compared(finding) => Some(finding),
        Comparison::Refused(..) => None,
    }
}

fn recent_values(history: &SeriesHistory) -> Vec<f64> {
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
