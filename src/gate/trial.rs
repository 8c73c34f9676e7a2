//! What a candidate measured, series by series.
//!
//! For: gathering a run's and its re-runs' measurements under the series they belong to. Not for: comparing them.
//! Invariant: the order of results in the input changes nothing; a direction that the history knows is never turned by
//! the candidate.

use std::collections::{BTreeMap, HashMap};

use super::assess::Subject;
use super::policy::{Policy, SeriesPolicy};
use super::reference::{Measured, Past};
use crate::model::{
    CandidateRun, Configuration, ConfigurationId, SeriesHistory, SeriesId, SeriesKey, SeriesMeta, series_id,
};

/// One series of the candidate, with each measurement of it in the first run (more than one is a defect of the results)
/// and in the re-runs.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) meta: SeriesMeta,
    pub(super) policy: SeriesPolicy,
    pub(super) measured: Vec<Measured>,
    pub(super) reruns: Vec<Measured>,
    pub(super) base: Vec<f64>,
}

/// The series that a candidate measured, by id.
#[derive(Clone, Debug)]
pub(super) struct Trials {
    pub(super) all: BTreeMap<SeriesId, Trial>,
}

impl Trials {
    /// Gathers them. Measurements of configurations that failed do not count.
    pub(super) fn of(
        candidate: &CandidateRun,
        known: &HashMap<SeriesId, &SeriesHistory>,
        failures: &HashMap<ConfigurationId, (&Configuration, &str)>,
        policy: &dyn Policy,
    ) -> Self {
        let mut all: BTreeMap<SeriesId, Trial> = BTreeMap::new();
        for result in &candidate.results {
            if failures.contains_key(&result.configuration.id()) {
                continue;
            }
            for measurement in &result.measurements {
                let key =
                    SeriesKey { configuration: result.configuration.clone(), metric: measurement.metric().to_owned() };
                let id = key.id();
                let trial = all.entry(id).or_insert_with(|| {
                    let stated_before = known.get(&id).and_then(|history| history.meta.better);
                    // Results come from the code under review: what the history says of the direction is not theirs to
                    // turn.
                    let better = stated_before.or(measurement.better());
                    let meta = SeriesMeta { key, unit: measurement.unit().clone(), better };
                    let policy = policy.for_series(&meta);
                    Trial { meta, policy, measured: Vec::new(), reruns: Vec::new(), base: Vec::new() }
                });
                trial.measured.push(Measured::of(measurement));
            }
        }
        for result in candidate.reruns.iter().flatten() {
            let configuration = result.configuration.id();
            for measurement in &result.measurements {
                // A re-run in another unit confirms nothing and clears nothing.
                if let Some(trial) = all.get_mut(&series_id(configuration, measurement.metric()))
                    && trial.meta.unit == *measurement.unit()
                {
                    trial.reruns.push(Measured::of(measurement));
                }
            }
        }
        for result in candidate.base.iter().flatten() {
            let configuration = result.configuration.id();
            for measurement in &result.measurements {
                if let Some(trial) = all.get_mut(&series_id(configuration, measurement.metric()))
                    && trial.meta.unit == *measurement.unit()
                {
                    trial.base.push(measurement.centre());
                }
            }
        }
        Self { all }
    }

    /// Those measured once, with what is known of them, in the order of their ids.
    pub(super) fn subjects<'a>(&'a self, known: &HashMap<SeriesId, &'a SeriesHistory>) -> Vec<Subject<'a>> {
        let subject = |(id, trial): (&SeriesId, &'a Trial)| match trial.measured.as_slice() {
            [only] => Some(Subject {
                meta: &trial.meta,
                past: known.get(id).copied().map(Past::of),
                policy: &trial.policy,
                first: *only,
                reruns: trial.reruns.clone(),
                base: trial.base.clone(),
            }),
            _ => None,
        };
        self.all.iter().filter_map(subject).collect()
    }
}
