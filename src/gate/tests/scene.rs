//! Histories, candidates and policies for tests.
//!
//! For: saying in one line what a series measured before and now. Not for: anything that is compiled outside tests.
//! Invariant: the newest point of every series lies in the newest run; the same line gives the same series everywhere.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

use crate::gate::policy::{Action, Correction, DefaultPolicy, Limits, Policy, SeriesPolicy};
use crate::gate::{Judgement, SeriesJudgement, Waiver, judge};
use crate::model::{
    BenchmarkResult, CandidateRun, Configuration, Direction, Hardware, History, HistoryRun, Machine, Measurement,
    Point, RecentRun, RunId, SeriesHistory, SeriesKey, SeriesMeta, Simulation, Status, Unit,
};

/// One series: what it is, what it measured and what it measures now.
#[derive(Clone, Debug)]
pub(in crate::gate) struct Line {
    pub(in crate::gate) case: String,
    pub(in crate::gate) metric: &'static str,
    pub(in crate::gate) unit: &'static str,
    pub(in crate::gate) better: Option<Direction>,
    pub(in crate::gate) past: Vec<f64>,
    pub(in crate::gate) now: Option<f64>,
}

/// A latency in milliseconds.
pub(in crate::gate) fn latency(case: &str, past: Vec<f64>, now: f64) -> Line {
    Line { case: case.to_owned(), metric: "latency", unit: "ms", better: None, past, now: Some(now) }
}

/// A number of allocations.
pub(in crate::gate) fn allocations(past: Vec<f64>, now: f64) -> Line {
    Line { case: "alloc".to_owned(), metric: "allocations", unit: "allocs", better: None, past, now: Some(now) }
}

/// Runs around 100 with normal relative noise.
pub(in crate::gate) fn noisy(seed: u64, runs: usize, relative_sd: f64) -> Vec<f64> {
    let normal = StandardNormal.sample_iter(ChaCha8Rng::seed_from_u64(seed));
    normal.take(runs).map(|deviation: f64| 100.0 * (relative_sd * deviation).exp()).collect()
}

/// What is run for a case.
pub(in crate::gate) fn configuration(case: &str) -> Configuration {
    Configuration {
        model: "bert".to_owned(),
        hardware: Hardware { kind: "cpu".to_owned(), device: None, machine: Machine::default() },
        test_case: Some(case.to_owned()),
        batch_size: None,
        precision: None,
        parameters: BTreeMap::new(),
        is_simulated: false,
    }
}

/// A result of a case.
pub(in crate::gate) fn result(case: &str, status: Status, measurements: Vec<Measurement>) -> BenchmarkResult {
    BenchmarkResult {
        configuration: configuration(case),
        status,
        simulation: Simulation::Real,
        measured_at: None,
        iterations: None,
        warmup_iterations: None,
        total_time_seconds: None,
        suspicion: None,
        measurements,
    }
}

pub(in crate::gate) fn meta(line: &Line) -> SeriesMeta {
    SeriesMeta {
        key: SeriesKey { configuration: configuration(&line.case), metric: line.metric.to_owned() },
        unit: Unit::canonical(line.unit).0,
        better: line.better,
    }
}

/// The candidate and the history that the lines describe.
pub(in crate::gate) fn scene(lines: &[Line]) -> (CandidateRun, History) {
    let count = lines.iter().map(|line| line.past.len()).max().unwrap_or(0);
    let mut candidate = CandidateRun::default();
    let mut history = History::default();
    let mut second = 0_i64;
    history.runs.resize_with(count, || {
        second += 86_400;
        HistoryRun {
            id: RunId(second.unsigned_abs()),
            started_at: Timestamp::from_second(second).unwrap(),
            commit: Some(format!("c{second}")),
            branch: Some("main".to_owned()),
            artifact_hash: None,
        }
    });
    for line in lines {
        let (meta, first) = (meta(line), count - line.past.len());
        let point =
            |(index, value): (usize, &f64)| Point { run: first + index, value: *value, samples: 0, within_sd: None };
        let points: Vec<Point> = line.past.iter().enumerate().map(point).collect();
        if !points.is_empty() {
            history.series.push(SeriesHistory { meta, points, epochs: Vec::new() });
        }
        let measurement = |now| Measurement::new(line.metric, Some(now), Vec::new(), Some(line.unit), line.better);
        let measurements = line.now.map(|now| measurement(now).unwrap()).into_iter().collect();
        candidate.results.push(result(&line.case, Status::Completed, measurements));
    }
    for run in (0..count).rev().take(8) {
        let measured = |series: &&SeriesHistory| series.points.iter().any(|point| point.run == run);
        let series = history.series.iter().filter(measured).map(|series| series.meta.clone()).collect();
        history.recent.push(RecentRun { run, series });
    }
    (candidate, history)
}

/// The built-in policy with some of it changed.
pub(in crate::gate) struct Changed {
    limits: Limits,
    change: fn(&mut SeriesPolicy),
    waivers: Vec<Waiver>,
    accepted: Option<String>,
}

/// The built-in policy with the thresholds of every series changed.
pub(in crate::gate) fn with(change: fn(&mut SeriesPolicy)) -> Changed {
    Changed { limits: DefaultPolicy::default().limits().clone(), change, waivers: Vec::new(), accepted: None }
}

impl Changed {
    pub(in crate::gate) fn correction(mut self, correction: Correction) -> Self {
        self.limits.correction.value = correction;
        self
    }

    pub(in crate::gate) fn missing_leg(mut self, action: Action) -> Self {
        self.limits.missing_leg.value = action;
        self
    }

    pub(in crate::gate) fn waiver(mut self, waiver: Waiver) -> Self {
        self.waivers.push(waiver);
        self
    }

    pub(in crate::gate) fn accepted_by(mut self, by: &str) -> Self {
        self.accepted = Some(by.to_owned());
        self
    }

    pub(in crate::gate) fn nothing_to_judge(mut self, action: Action) -> Self {
        self.limits.nothing_to_judge.value = action;
        self
    }
}

impl Policy for Changed {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn for_series(&self, series: &SeriesMeta) -> SeriesPolicy {
        let mut policy = DefaultPolicy::default().for_series(series);
        (self.change)(&mut policy);
        policy
    }

    fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }

    fn acceptance(&self) -> Option<&str> {
        self.accepted.as_deref()
    }
}

/// Judges the lines by the built-in policy.
pub(in crate::gate) fn judged(lines: &[Line]) -> Judgement {
    judged_by(lines, &DefaultPolicy::default())
}

/// Judges the lines by a policy.
pub(in crate::gate) fn judged_by(lines: &[Line], policy: &dyn Policy) -> Judgement {
    let (candidate, history) = scene(lines);
    judge(&candidate, &history, policy)
}

/// Judges one line by the built-in policy, without regard to the outcome.
pub(in crate::gate) fn only(line: Line) -> SeriesJudgement {
    only_by(line, &DefaultPolicy::default())
}

/// Judges one line by a policy, without regard to the outcome.
pub(in crate::gate) fn only_by(line: Line, policy: &dyn Policy) -> SeriesJudgement {
    let mut judgement = judged_by(&[line], policy);
    assert_eq!(judgement.series.len(), 1);
    judgement.series.remove(0)
}
