//! Series that should have been measured and were not, and legs that should have reported.
//!
//! For: noticing what vanished. Not for: what a missing series does to the outcome (see [`super::outcome`]).
//! Invariant: a result that failed to run is never silently dropped, whether or not anything is known of its
//! configuration; a series is missing at most once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::words;
use crate::model::{
    CandidateRun, Configuration, ConfigurationId, History, Leg, LegState, RecentRun, SeriesId, SeriesKey, SeriesMeta,
    Status, Unit,
};

/// Newest runs that decide what is expected, at most: enough that one broken run does not retire a benchmark, and few
/// enough that a benchmark removed on purpose is forgotten after three runs.
const RUNS_THAT_DECIDE: usize = 5;

/// The metric's name of the one missing series that stands for a failed configuration of which no series is known.
pub const ALL_METRICS: &str = "all metrics";

/// A series that is missing, and why.
#[derive(Clone, Debug)]
pub(super) struct Absent {
    pub(super) series: SeriesMeta,
    pub(super) reason: String,
}

/// The configurations of the candidate that failed to run, with the tools' reasons. A configuration that is there
/// twice, once failed and once not, has failed.
pub(super) fn failures(candidate: &CandidateRun) -> HashMap<ConfigurationId, (&Configuration, &str)> {
    let mut failures = HashMap::new();
    for result in &candidate.results {
        match &result.status {
            Status::Failed(reason) => {
                failures.entry(result.configuration.id()).or_insert((&result.configuration, reason.as_str()));
            }
            Status::Completed => {}
        }
    }
    failures
}

/// The missing series: those expected and neither measured nor failed, unless the candidate is declared partial; and
/// those of failed configurations. `measured` are the series that the candidate's completed results measured.
pub(super) fn absent(
    candidate: &CandidateRun,
    history: &History,
    measured: &HashSet<SeriesId>,
    failures: &HashMap<ConfigurationId, (&Configuration, &str)>,
) -> Vec<Absent> {
    let deciding = deciding(history);
    let mut absent = Vec::new();
    let mut explained = HashSet::new();
    for (id, (series, times)) in seen_in(deciding) {
        let configuration = series.key.configuration.id();
        let is_expected = 2 * times > deciding.len();
        if let Some((_, reason)) = failures.get(&configuration) {
            if is_expected {
                explained.insert(configuration);
                absent.push(Absent { series: series.clone(), reason: failed_reason(reason) });
            }
        } else if is_expected && !candidate.is_partial && !measured.contains(&id) {
            absent.push(Absent { series: series.clone(), reason: vanished_reason(times, deciding.len()) });
        }
    }
    for (id, (configuration, reason)) in failures {
        if !explained.contains(id) {
            let known = known_series(history, *id);
            let series = if known.is_empty() { vec![placeholder(configuration)] } else { known };
            absent.extend(series.into_iter().map(|series| Absent { series, reason: failed_reason(reason) }));
        }
    }
    absent
}

/// The legs that most of the newest runs had and that the candidate lacks.
#[must_use]
pub fn vanished_legs(candidate: &CandidateRun, history: &History) -> Vec<Leg> {
    let deciding = deciding(history);
    let mut times: BTreeMap<&String, usize> = BTreeMap::new();
    deciding.iter().flat_map(|run| &run.legs).for_each(|leg| *times.entry(leg).or_default() += 1);
    let is_known = |name: &str| candidate.legs.iter().any(|leg| leg.name == name);
    let vanished = times.into_iter().filter(|(name, times)| 2 * times > deciding.len() && !is_known(name));
    vanished.map(|(name, _)| Leg { name: name.clone(), state: LegState::Missing }).collect()
}

/// The runs that decide what is expected.
fn deciding(history: &History) -> &[RecentRun] {
    &history.recent[..history.recent.len().min(RUNS_THAT_DECIDE)]
}

/// How many of the runs measured each series; its facts are those of the newest.
fn seen_in(runs: &[RecentRun]) -> BTreeMap<SeriesId, (&SeriesMeta, usize)> {
    let mut seen: BTreeMap<SeriesId, (&SeriesMeta, usize)> = BTreeMap::new();
    for run in runs {
        let once: BTreeMap<SeriesId, &SeriesMeta> = run.series.iter().map(|series| (series.key.id(), series)).collect();
        for (id, series) in once {
            seen.entry(id).or_insert((series, 0)).1 += 1;
        }
    }
    seen
}

/// Every series that the history knows of a configuration, expected or not.
fn known_series(history: &History, configuration: ConfigurationId) -> Vec<SeriesMeta> {
    let recent = history.recent.iter().flat_map(|run| &run.series);
    let all = history.series.iter().map(|series| &series.meta).chain(recent);
    let known: BTreeMap<SeriesId, &SeriesMeta> = all
        .filter(|series| series.key.configuration.id() == configuration)
        .map(|series| (series.key.id(), series))
        .collect();
    known.into_values().cloned().collect()
}

fn placeholder(configuration: &Configuration) -> SeriesMeta {
    SeriesMeta {
        key: SeriesKey { configuration: configuration.clone(), metric: ALL_METRICS.to_owned() },
        unit: Unit::canonical("").0,
        better: None,
    }
}

fn failed_reason(reason: &str) -> String {
    if reason.trim().is_empty() { "failed to run".to_owned() } else { format!("failed to run: {}", reason.trim()) }
}

fn vanished_reason(times: usize, runs: usize) -> String {
    if runs == 1 {
        return "the newest run measured it, this one did not".to_owned();
    }
    format!("{times} of the newest {} measured it, this one did not", words::count(runs, "run", "runs"))
}
