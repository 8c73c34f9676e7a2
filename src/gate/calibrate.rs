//! What a policy does on a project's own history.
//!
//! For: how many false alarms to expect, what changes each series can show, and what would help the noisy ones. Not for:
//! judging a candidate.
//! Invariant: rates are counted by replaying the history with the functions that judge candidates; a history too short
//! to count in says so and promises nothing of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{runs_needed, smallest_visible_in_usual_run};
use super::judgement::Verdict;
use super::level::Level;
use super::policy::{Policy, SeriesPolicy};
use super::reference::{Past, Reference};
use super::replay::{Hindsight, ReplayedRun, Selection, replay};
use crate::model::{History, HistoryRun, SeriesHistory, SeriesMeta};

/// Fewest runs of a series before one that is replayed.
const LEAST_PAST: usize = 10;

/// False alarms per series and run that public histories show, for no, one and two re-runs (docs/statistics.md).
const USUAL_RATES: [f64; 3] = [0.004, 0.002, 0.0006];

/// Replayed points that weigh as much as the usual rates: a few hundred points hold one false alarm or none.
const USUAL_WEIGHT: f64 = 500.0;

/// Part of the variance between runs that comes from too few samples, above which more samples are the best help.
const SAMPLING_PART: f64 = 0.5;

/// What calibration found.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Series and runs that were replayed and in which, as hindsight shows, nothing changed.
    pub clean_points: usize,
    /// Runs with such a point.
    pub clean_runs: usize,
    /// False alarms without a re-run, with one, and with two.
    pub alarms: [Alarms; 3],
    /// The check against runs of the same code.
    pub same_code: SameCode,
    /// Every series, the noisiest first.
    pub series: Vec<SeriesCalibration>,
}

/// False alarms at a number of re-runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Alarms {
    /// Re-runs of a suspect.
    pub reruns: usize,
    /// False alarms among the clean points.
    pub counted: usize,
    /// Clean runs with at least one.
    pub runs: usize,
    /// Expected false alarms per series and run: the count, and public histories where it is small.
    pub rate: f64,
    /// Expected false alarms in 100 runs of the whole suite.
    pub per_hundred_runs: f64,
}

/// Runs of the same code, by commit or artifact hash: whatever is reported between them is false.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SameCode {
    /// Series and runs whose code is that of the run before.
    pub points: usize,
    /// Those of them that would have been reported without a re-run.
    pub alarms: usize,
}

/// One series.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesCalibration {
    /// What it is.
    pub series: SeriesMeta,
    /// Runs of its history in the policy's window.
    pub runs: usize,
    /// Noise between runs as a relative standard deviation; `None` where there is too little history.
    pub noise: Option<f64>,
    /// The smallest worsening that its next run would show in 80 % of cases; `None` where there is too little history.
    pub smallest_visible: Option<f64>,
    /// The change that the policy wants to see.
    pub target: f64,
    /// What it is good for.
    pub fitness: Fitness,
}

/// Whether a series can be gated.
#[derive(Clone, Debug, PartialEq)]
pub enum Fitness {
    /// Its next run would show a change of the target size.
    Gateable,
    /// It would not.
    TooNoisy(Remedy),
    /// It has no verdict yet, or cannot have one: the reason.
    NotComparable(String),
    /// The policy does not judge it.
    NotJudged,
}

/// What would help a noisy series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Most of the variation is sampling error within a run.
    MoreSamples,
    /// The spread itself is small enough, once more runs of it are known.
    MoreHistory,
    /// The median of this many runs would show the target.
    MoreRuns(usize),
    /// Nothing of these: the machine or the benchmark itself is too unsteady.
    QuieterMachine,
}

/// Replays a history under a policy and looks at each series.
#[must_use]
pub fn calibrate(history: &History, policy: &dyn Policy) -> Calibration {
    let selection = Selection {
        runs: (0..history.runs.len()).collect::<BTreeSet<usize>>(),
        least_past: LEAST_PAST,
        most_past: None,
    };
    let mut counts = Counts::default();
    for run in replay(history, policy, &selection) {
        counts.add(history, &run);
    }
    let mut series: Vec<SeriesCalibration> =
        history.series.iter().map(|series| of_series(series, &policy.for_series(&series.meta))).collect();
    let size = |one: &SeriesCalibration| one.smallest_visible.unwrap_or(-1.0);
    series.sort_by(|first, second| {
        size(second)
            .total_cmp(&size(first))
            .then_with(|| first.series.key.to_string().cmp(&second.series.key.to_string()))
    });
    let judged = series.iter().filter(|one| matches!(one.fitness, Fitness::Gateable | Fitness::TooNoisy(_))).count();
    Calibration {
        clean_points: counts.points,
        clean_runs: counts.runs,
        alarms: std::array::from_fn(|reruns| counts.alarms(reruns, judged)),
        same_code: counts.same_code,
        series,
    }
}

/// Counts over replayed runs.
#[derive(Default)]
struct Counts {
    points: usize,
    runs: usize,
    alarms: [usize; 3],
    alarmed_runs: [usize; 3],
    same_code: SameCode,
}

impl Counts {
    fn add(&mut self, history: &History, run: &ReplayedRun) {
        let mut alarmed = [false; 3];
        let mut has_clean = false;
        for replayed in run.series.iter().filter(|replayed| replayed.is_judged()) {
            if is_same_code(history, &history.series[replayed.series], replayed.run) {
                self.same_code.points += 1;
                self.same_code.alarms += usize::from(replayed.verdict(0.0, 0) == Verdict::Regressed);
            }
            if replayed.hindsight != Hindsight::Clean {
                continue;
            }
            has_clean = true;
            self.points += 1;
            for (reruns, alarmed) in alarmed.iter_mut().enumerate() {
                let is_alarm = replayed.verdict(0.0, reruns) == Verdict::Regressed;
                self.alarms[reruns] += usize::from(is_alarm);
                *alarmed |= is_alarm;
            }
        }
        self.runs += usize::from(has_clean);
        for (count, alarmed) in self.alarmed_runs.iter_mut().zip(alarmed) {
            *count += usize::from(alarmed);
        }
    }

    fn alarms(&self, reruns: usize, series: usize) -> Alarms {
        let counted = self.alarms[reruns];
        let rate = (counted as f64 + USUAL_WEIGHT * USUAL_RATES[reruns]) / (self.points as f64 + USUAL_WEIGHT);
        let per_hundred_runs = 100.0 * rate * series as f64;
        Alarms { reruns, counted, runs: self.alarmed_runs[reruns], rate, per_hundred_runs }
    }
}

/// Whether a series' run measured the code of its run before.
fn is_same_code(history: &History, series: &SeriesHistory, run: usize) -> bool {
    let index = series.points.partition_point(|point| point.run < run);
    let Some(before) = index.checked_sub(1).map(|before| &history.runs[series.points[before].run]) else {
        return false;
    };
    let now = &history.runs[run];
    let same = |fact: fn(&HistoryRun) -> Option<&String>| fact(now).is_some() && fact(now) == fact(before);
    same(|run| run.artifact_hash.as_ref()) || same(|run| run.commit.as_ref())
}

fn of_series(history: &SeriesHistory, policy: &SeriesPolicy) -> SeriesCalibration {
    let past = Past::of(history);
    let runs = past.newest(policy.window.value).0.len();
    let target = policy.target_effect.value;
    let series = history.meta.clone();
    let found = |noise, smallest_visible, fitness| {
        let fitness = if policy.is_judged.value { fitness } else { Fitness::NotJudged };
        SeriesCalibration { series: series.clone(), runs, noise, smallest_visible, target, fitness }
    };
    match Reference::of(&history.meta, &[], Some(past), policy) {
        Err(refusal) => found(None, None, Fitness::NotComparable(refusal.reason)),
        Ok(Reference::Exact(newest)) => found(Some(0.0), Some(newest.tolerance), Fitness::Gateable),
        Ok(Reference::Pairs(..)) => unreachable!("internal error: a history alone has no pairs"),
        Ok(Reference::Spread(axis, level)) => {
            let visible = smallest_visible_in_usual_run(&axis, &level);
            let noise = axis.relative(level.noise(), level.centre);
            let fitness = if visible <= target || axis.value(level.centre).abs() <= 0.0 {
                Fitness::Gateable
            } else {
                let would_do = |level: &Level| smallest_visible_in_usual_run(&axis, level) <= target;
                Fitness::TooNoisy(if level.sampling_part() > SAMPLING_PART {
                    Remedy::MoreSamples
                } else if would_do(&level.with_long_history()) {
                    Remedy::MoreHistory
                } else {
                    runs_needed(&axis, &level, target).map_or(Remedy::QuieterMachine, Remedy::MoreRuns)
                })
            };
            found(Some(noise), Some(visible), fitness)
        }
    }
}

impl Calibration {
    /// Series by what they are good for: gateable, too noisy, not comparable, not judged.
    #[must_use]
    pub fn fitness_counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for series in &self.series {
            counts[match series.fitness {
                Fitness::Gateable => 0,
                Fitness::TooNoisy(_) => 1,
                Fitness::NotComparable(_) => 2,
                Fitness::NotJudged => 3,
            }] += 1;
        }
        counts
    }

    /// How many series would show a change of each size.
    #[must_use]
    pub fn visible_by_size(&self, sizes: &[f64]) -> BTreeMap<String, usize> {
        let visible = |size: f64| {
            let shows = |series: &&SeriesCalibration| series.smallest_visible.is_some_and(|visible| visible <= size);
            self.series.iter().filter(shows).count()
        };
        sizes.iter().map(|size| (format!("{:.0}", size * 100.0), visible(*size))).collect()
    }
}
