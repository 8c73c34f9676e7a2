//! Proof that a gate can fail.
//!
//! For: injecting a regression into given results and seeing whether this configuration, this history and this policy go
//! red. Not for: judging the results themselves.
//! Invariant: the injected results take the same way through the gate as any other.

use super::assess::assess;
use super::correct::Survival;
use super::decide::decide;
use super::expected::failures;
use super::judge::judge;
use super::judgement::{Judgement, Verdict};
use super::policy::Policy;
use super::trial::Trials;
use crate::model::{BenchmarkResult, CandidateRun, Direction, History, Measurement, SeriesKey, SeriesMeta};

/// Sizes at which each series is tried, as relative effects.
const LADDER: [f64; 9] = [0.01, 0.02, 0.05, 0.10, 0.20, 0.50, 1.0, 3.0, 9.0];

/// What a self-test found.
#[derive(Clone, Debug)]
pub struct SelfTest {
    /// The relative effect that was injected: 1 is twice as slow.
    pub effect: f64,
    /// The judgement of the results with every series worse by it.
    pub judgement: Judgement,
    /// Every series that is judged and could be compared: blind ones first.
    pub series: Vec<SeriesTest>,
}

/// One series, worsened alone.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesTest {
    /// What it is.
    pub series: SeriesMeta,
    /// Whether it goes red at the effect that was asked for.
    pub is_red: bool,
    /// The smallest size tried at which a single run goes red; `None` where none does.
    pub red_from: Option<f64>,
}

impl SelfTest {
    /// The series that stay green.
    pub fn blind(&self) -> impl Iterator<Item = &SeriesTest> {
        self.series.iter().filter(|series| !series.is_red)
    }

    /// Whether the gate went red as a whole.
    #[must_use]
    pub fn is_red(&self) -> bool {
        let has_slowed = self.judgement.common_shifts.iter().any(|shift| shift.verdict == Verdict::Regressed);
        self.judgement.counts.regressed > 0 || has_slowed
    }
}

/// Injects a regression of a relative effect into every series of a candidate together, and into each alone.
#[must_use]
pub fn selftest(candidate: &CandidateRun, history: &History, policy: &dyn Policy, effect: f64) -> SelfTest {
    let known = history.by_id();
    // Re-runs measured the code as it is; they would clear what is injected.
    let single = CandidateRun { reruns: Vec::new(), base: Vec::new(), ..candidate.clone() };
    let trials = Trials::of(&single, &known, &failures(&single), policy);
    let subjects = trials.subjects(&known);
    let (assessments, _) = assess(&subjects);
    let mut series = Vec::new();
    for (subject, assessment) in subjects.iter().zip(&assessments) {
        if let Ok(assessment) = assessment
            && subject.policy.is_judged.value
        {
            let goes_red = |effect: f64| {
                let findings = assessment.worsened(effect, 0);
                let decision = decide(&assessment.reference, &findings, Survival::UNCORRECTED, subject.policy);
                decision.verdict == Verdict::Regressed
            };
            let red_from = LADDER.into_iter().find(|effect| goes_red(*effect));
            series.push(SeriesTest { series: subject.meta.clone(), is_red: goes_red(effect), red_from });
        }
    }
    series.sort_by(|first, second| {
        let size = |one: &SeriesTest| one.red_from.unwrap_or(f64::INFINITY);
        (first.is_red.cmp(&second.is_red))
            .then_with(|| size(second).total_cmp(&size(first)))
            .then_with(|| first.series.key.to_string().cmp(&second.series.key.to_string()))
    });
    let judgement = judge(&inject(&single, &trials, effect), history, policy);
    SelfTest { effect, judgement, series }
}

/// The candidate with every measurement worse.
fn inject(candidate: &CandidateRun, trials: &Trials, effect: f64) -> CandidateRun {
    let worse = |result: &BenchmarkResult, measurement: &Measurement| {
        let key = SeriesKey { configuration: result.configuration.clone(), metric: measurement.metric().to_owned() };
        let better = trials.all.get(&key.id()).and_then(|trial| trial.policy.better.value);
        let factor = match better {
            Some(Direction::LowerIsBetter) => 1.0 + effect,
            Some(Direction::HigherIsBetter) => 1.0 / (1.0 + effect),
            None => 1.0,
        };
        measurement.scaled(factor)
    };
    let results = candidate.results.iter().map(|result| BenchmarkResult {
        measurements: result.measurements.iter().map(|measurement| worse(result, measurement)).collect(),
        ..result.clone()
    });
    CandidateRun { results: results.collect(), ..candidate.clone() }
}
