//! Protocol A: replay real histories, count false alarms where nothing happened, inject shifts and count what is found.
//!
//! For: the rates by which rules are compared; docs/statistics.md describes the protocol. Not for: the rules.
//! Invariant: every rule sees the same runs, and only what was known before each of them; hindsight decides only which
//! runs are clean.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use benchgate::gate::policy::DefaultPolicy;
use benchgate::gate::replay::{Hindsight, Replayed, ReplayedRun, Selection, replay};
use benchgate::gate::{Correction, Limits, Policy as _, Setting, Verdict};
use benchgate::model::{Direction, Point};
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::changes::summary::Changes;
use super::halves::Halves;
use super::peers::Past;
use super::peers::rules::Rule;
use super::promises::{PromiseCounts, Promises};
use super::suite::Suite;

/// benchgate's rules: their names and how many re-runs they know of.
const OWN_RULES: [(&str, usize); 3] = [("benchgate:1-run", 0), ("benchgate:1-rerun", 1), ("benchgate:2-reruns", 2)];

/// Injected shifts, as relative effects.
pub(crate) const SHIFTS: [f64; 4] = [0.02, 0.05, 0.10, 0.20];

/// Fewest runs of a series before one that is judged.
const LEAST_PAST: usize = 20;

/// Runs of a history that the peers' rules see at most; more than any of them uses.
const PEERS_PAST: usize = 200;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// About how many points to judge, in whole runs; `None` for all.
    pub(crate) sample: Option<usize>,
    /// Seed of the choice of runs.
    pub(crate) seed: u64,
    /// Fewest runs of a series before one that is judged; `None` chooses by the length of the series.
    pub(crate) least_past: Option<usize>,
    /// Runs before a judged one that are used, at most; `None` for as many as the policy's window.
    pub(crate) most_past: Option<usize>,
    /// Whether benchgate's rules are measured under correction for the number of series too, which takes long.
    pub(crate) is_corrected: bool,
}

/// The rates of one rule.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Rates {
    /// False alarms per clean point.
    pub(crate) far: f64,
    /// Runs with at least one false alarm, per run with a clean point.
    pub(crate) run_far: f64,
    /// Share of injected shifts that is found, by their size in percent.
    pub(crate) power: BTreeMap<String, f64>,
    /// Share of natural shifts for the worse that is found where they begin.
    pub(crate) natural: f64,
}

/// What one file, or the mean over files, gave.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Evaluation {
    /// Clean points judged.
    pub(crate) nulls: usize,
    /// Runs that hold them.
    pub(crate) runs: usize,
    /// Natural shifts for the worse.
    pub(crate) natural_shifts: usize,
    /// Time to judge one series of a run.
    pub(crate) seconds_per_series: f64,
    /// Rates by rule.
    pub(crate) rules: BTreeMap<String, Rates>,
    /// How far benchgate's own statements held.
    pub(crate) promises: Promises,
    /// False alarms predicted from the first half of each history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) halves: Option<Halves>,
    /// Change points in series with injected steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<Changes>,
}

/// Counts of one rule.
#[derive(Clone, Debug, Default)]
struct Tally {
    false_alarms: usize,
    alarmed_runs: usize,
    found: [usize; SHIFTS.len()],
    natural: usize,
}

/// What all rules are counted over.
#[derive(Clone, Debug, Default)]
struct Totals {
    clean: usize,
    runs: usize,
    natural: usize,
    judged: usize,
    seconds: f64,
    tallies: BTreeMap<String, Tally>,
    promises: PromiseCounts,
}

/// Replays the suites of a file and counts.
pub(crate) fn evaluate(suites: &[Suite], plan: &Plan, peers: &[(&'static str, Rule)]) -> Evaluation {
    let least_past = plan.least_past.unwrap_or_else(|| default_least_past(suites));
    let corrected = plan.is_corrected.then(|| Limits {
        correction: Setting::from_place(Correction::BenjaminiHochberg, "--corrected"),
        ..DefaultPolicy::default().limits().clone()
    });
    let mut totals = Totals::default();
    for (suite, runs) in suites.iter().zip(choose_runs(suites, plan, least_past)) {
        let selection = Selection { runs, least_past, most_past: plan.most_past };
        let policy = DefaultPolicy::default();
        let start = Instant::now();
        let mut replayed = replay(&suite.history, &policy, &selection);
        totals.seconds += start.elapsed().as_secs_f64();
        loop {
            let start = Instant::now();
            let Some(run) = replayed.next() else { break };
            totals.seconds += start.elapsed().as_secs_f64();
            totals.judged += run.series.len();
            totals.count(suite, &run, corrected.as_ref(), peers);
        }
    }
    totals.evaluation()
}

/// Twenty runs, or five where no series of the file is long enough for that to leave much.
fn default_least_past(suites: &[Suite]) -> usize {
    let longest = suites.iter().flat_map(|suite| &suite.history.series).map(|series| series.points.len()).max();
    if longest.unwrap_or(0) < 2 * LEAST_PAST { 5 } else { LEAST_PAST }
}

/// The runs of each suite that are judged: all, or whole runs in random order until they hold about as many points as
/// asked for.
fn choose_runs(suites: &[Suite], plan: &Plan, least_past: usize) -> Vec<BTreeSet<usize>> {
    let Some(wanted) = plan.sample else {
        return suites.iter().map(|suite| (0..suite.history.runs.len()).collect()).collect();
    };
    let mut random = ChaCha8Rng::seed_from_u64(plan.seed);
    let mut waiting: Vec<(usize, usize, usize)> = Vec::new();
    for (number, suite) in suites.iter().enumerate() {
        let mut eligible: BTreeMap<usize, usize> = BTreeMap::new();
        for series in &suite.history.series {
            for point in series.points.iter().skip(least_past).rev().skip(2) {
                *eligible.entry(point.run).or_default() += 1;
            }
        }
        waiting.extend(eligible.into_iter().map(|(run, count)| (number, run, count)));
    }
    waiting.shuffle(&mut random);
    let mut chosen = vec![BTreeSet::new(); suites.len()];
    let mut points = 0;
    for (suite, run, count) in waiting {
        if points >= wanted {
            break;
        }
        chosen[suite].insert(run);
        points += count;
    }
    chosen
}

impl Totals {
    fn count(&mut self, suite: &Suite, run: &ReplayedRun, corrected: Option<&Limits>, peers: &[(&'static str, Rule)]) {
        let mut alarmed: BTreeSet<String> = BTreeSet::new();
        let mut has_clean = false;
        for (index, replayed) in run.series.iter().enumerate() {
            if replayed.hindsight == Hindsight::Unclear {
                continue;
            }
            let is_clean = replayed.hindsight == Hindsight::Clean;
            has_clean |= is_clean;
            self.clean += usize::from(is_clean);
            self.natural += usize::from(!is_clean);
            if is_clean {
                self.promises.add(replayed);
            }
            let is_regressed = |verdict| verdict == Verdict::Regressed;
            for (name, reruns) in OWN_RULES {
                let fires = |shift| is_regressed(replayed.verdict(shift, reruns));
                self.tally(name, is_clean, &fires, &mut alarmed);
                if let Some(limits) = corrected {
                    let fires = |shift| is_regressed(run.corrected_verdict(index, shift, reruns, limits));
                    self.tally(&format!("{name}-corrected"), is_clean, &fires, &mut alarmed);
                }
            }
            let seen = Seen::of(suite, replayed);
            for (name, rule) in peers {
                self.tally(name, is_clean, &|shift| seen.fires(*rule, shift, 0), &mut alarmed);
                let fires = |shift| seen.fires(*rule, shift, 0) && seen.fires(*rule, shift, 1);
                self.tally(&format!("{name}:1-rerun"), is_clean, &fires, &mut alarmed);
            }
        }
        self.runs += usize::from(has_clean);
        for name in alarmed {
            self.tallies.entry(name).or_default().alarmed_runs += 1;
        }
    }

    fn tally(&mut self, name: &str, is_clean: bool, fires: &dyn Fn(f64) -> bool, alarmed: &mut BTreeSet<String>) {
        if !self.tallies.contains_key(name) {
            self.tallies.insert(name.to_owned(), Tally::default());
        }
        let tally = self.tallies.get_mut(name).expect("internal error: it was just made");
        if !is_clean {
            tally.natural += usize::from(fires(0.0));
            return;
        }
        if fires(0.0) {
            tally.false_alarms += 1;
            alarmed.insert(name.to_owned());
        }
        for (found, shift) in tally.found.iter_mut().zip(SHIFTS) {
            *found += usize::from(fires(shift));
        }
    }

    fn evaluation(self) -> Evaluation {
        let rates = |tally: &Tally| Rates {
            far: share(tally.false_alarms, self.clean),
            run_far: share(tally.alarmed_runs, self.runs),
            power: SHIFTS
                .iter()
                .zip(tally.found)
                .map(|(shift, found)| (format!("{:.0}", shift * 100.0), share(found, self.clean)))
                .collect(),
            natural: share(tally.natural, self.natural),
        };
        Evaluation {
            nulls: self.clean,
            runs: self.runs,
            natural_shifts: self.natural,
            seconds_per_series: if self.judged == 0 { 0.0 } else { self.seconds / self.judged as f64 },
            rules: self.tallies.iter().map(|(name, tally)| (name.clone(), rates(tally))).collect(),
            promises: self.promises.shares(),
            halves: None,
            changes: None,
        }
    }
}

/// The mean over files, each weighing the same; counts are sums.
pub(crate) fn mean(files: &BTreeMap<String, Evaluation>) -> Evaluation {
    let mut mean = Evaluation::default();
    let filled: Vec<&Evaluation> = files.values().filter(|file| file.nulls > 0).collect();
    let weight = 1.0 / filled.len().max(1) as f64;
    for file in filled {
        mean.nulls += file.nulls;
        mean.runs += file.runs;
        mean.natural_shifts += file.natural_shifts;
        mean.seconds_per_series += weight * file.seconds_per_series;
        mean.promises.add(&file.promises, weight);
        for (rule, rates) in &file.rules {
            let of_rule = mean.rules.entry(rule.clone()).or_default();
            of_rule.far += weight * rates.far;
            of_rule.run_far += weight * rates.run_far;
            of_rule.natural += weight * rates.natural;
            for (size, found) in &rates.power {
                *of_rule.power.entry(size.clone()).or_default() += weight * found;
            }
        }
    }
    mean
}

/// A part of a whole; nothing of nothing is 0.
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What a peer's rule sees of a replayed series.
struct Seen<'a> {
    points: &'a [Point],
    samples: &'a [Vec<f64>],
    values: Vec<f64>,
    better: Direction,
    index: usize,
    first: usize,
}

impl<'a> Seen<'a> {
    fn of(suite: &'a Suite, replayed: &Replayed) -> Self {
        let series = &suite.history.series[replayed.series];
        let index = series.points.partition_point(|point| point.run < replayed.run);
        let first = index.saturating_sub(PEERS_PAST);
        Self {
            points: &series.points,
            samples: &suite.samples[replayed.series],
            values: series.points[first..=index].iter().map(|point| point.value).collect(),
            better: series.meta.better.unwrap_or(Direction::LowerIsBetter),
            index,
            first,
        }
    }

    /// Whether a rule fires on the run that follows by `rerun`, made worse by a relative effect.
    fn fires(&self, rule: Rule, shift: f64, rerun: usize) -> bool {
        let Self { points, samples, values, better, index, first } = self;
        let factor = match better {
            Direction::LowerIsBetter => 1.0 + shift,
            Direction::HigherIsBetter => 1.0 / (1.0 + shift),
        };
        let Some(candidate) = samples.get(index + rerun).filter(|_| index + rerun < points.len()) else { return false };
        let candidate: Vec<f64> = candidate.iter().map(|sample| sample * factor).collect();
        let past = Past { values: &values[..index - first], samples: &samples[*first..*index], better: *better };
        rule(&past, &candidate)
    }
}
