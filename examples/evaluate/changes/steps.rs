//! Steps injected into real noise.
//!
//! For: how many known steps each method finds in noise as benchmarks have it, and how often it finds one where there
//! is none. Not for: small steps; a step here is at least four times the noise, since what is being compared is the
//! placing of steps and the resistance to wandering noise.
//! Invariant: the noise is made without any of the methods, and every method gets the same series.

use std::collections::BTreeMap;

use benchgate::stats;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::methods::METHODS;
use super::score::{Score, matches};
use crate::series::Series;

/// Fewest runs of a series that is used.
const FEWEST_RUNS: usize = 60;

/// Newest runs that are used, at most: as many as the gate keeps of a history.
const MOST_RUNS: usize = 100;

/// Runs on either side of the running median that is taken off. Its window of 15 runs leaves levels of up to 7 runs in
/// the noise and takes longer ones away, whatever a method would call them.
const HALF_WIDTH: usize = 7;

/// Most steps of a series; their number is drawn between one and this.
const MOST_STEPS: usize = 3;

/// Fewest runs between steps and at the ends.
const GAP: usize = 10;

/// Sizes of steps in units of the noise, drawn evenly on a logarithmic scale.
const SIZES: (f64, f64) = (4.0, 10.0);

/// Smallest step, as a distance of logarithms: about 3 %.
const SMALLEST_STEP: f64 = 0.03;

/// How a method does.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Steps {
    /// Precision, recall and F1 over all steps of all series.
    #[serde(flatten)]
    pub(crate) score: Score,
    /// Share of the series without injected steps in which the method finds any change point.
    pub(crate) quiet_with_false: f64,
    /// Series that were used, each once with steps and once without.
    pub(crate) series: usize,
}

/// The scores of every method, for steps placed with a seed.
pub(crate) fn steps(all: &[Series], seed: u64) -> BTreeMap<&'static str, Steps> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let trials: Vec<Trial> = all.iter().filter_map(|series| Trial::new(series, &mut random)).collect();
    METHODS.iter().map(|(name, method)| (*name, evaluate(&trials, *method))).collect()
}

fn evaluate(trials: &[Trial], method: super::methods::Method) -> Steps {
    let (mut both, mut found, mut known, mut alarms) = (0, 0, 0, 0);
    for trial in trials {
        let places = method(&trial.stepped);
        both += matches(&trial.places, &places);
        found += places.len();
        known += trial.places.len();
        alarms += usize::from(!method(&trial.quiet).is_empty());
    }
    let quiet_with_false = alarms as f64 / trials.len().max(1) as f64;
    Steps { score: Score::of_counts(both, found, known), quiet_with_false, series: trials.len() }
}

/// Noise of a real series, as values around 1, without and with steps.
struct Trial {
    quiet: Vec<f64>,
    stepped: Vec<f64>,
    /// The first runs after each step.
    places: Vec<usize>,
}

impl Trial {
    fn new(series: &Series, random: &mut ChaCha8Rng) -> Option<Self> {
        let positions = series.positions().filter(|positions| positions.len() >= FEWEST_RUNS)?;
        let residuals = residuals(&positions[positions.len().saturating_sub(MOST_RUNS)..]);
        let noise = stats::first_difference_noise(&residuals).max(stats::NO_NOISE);
        let places = places(residuals.len(), random);
        let mut stepped = residuals.clone();
        for place in &places {
            let share: f64 = random.random();
            let size = (noise * SIZES.0 * (SIZES.1 / SIZES.0).powf(share)).max(SMALLEST_STEP);
            let step = if random.random() { size } else { -size };
            stepped[*place..].iter_mut().for_each(|value| *value += step);
        }
        let values = |positions: Vec<f64>| positions.into_iter().map(f64::exp).collect();
        Some(Self { quiet: values(residuals), stepped: values(stepped), places })
    }
}

/// What is left of a series when its running median is taken off.
fn residuals(positions: &[f64]) -> Vec<f64> {
    let residual = |(index, position): (usize, &f64)| {
        let window = &positions[index.saturating_sub(HALF_WIDTH)..positions.len().min(index + HALF_WIDTH + 1)];
        position - stats::median(window).unwrap_or(*position)
    };
    positions.iter().enumerate().map(residual).collect()
}

/// One to three places in a series, apart from each other and from the ends.
fn places(count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let steps = random.random_range(1..=MOST_STEPS);
    let room = count - GAP * (steps + 1);
    let mut offsets: Vec<usize> = (0..steps).map(|_| random.random_range(0..=room)).collect();
    offsets.sort_unstable();
    offsets.iter().enumerate().map(|(index, offset)| offset + GAP * (index + 1)).collect()
}

#[cfg(test)]
mod tests {
    use benchgate::model::Direction;
    use rand_distr::{Distribution as _, StandardNormal};

    use super::*;

    fn series(count: usize) -> Series {
        let noise = StandardNormal.sample_iter(ChaCha8Rng::seed_from_u64(1)).take(count);
        Series {
            dataset: "made".to_owned(),
            group: "one".to_owned(),
            name: format!("{count} runs"),
            better: Direction::LowerIsBetter,
            runs: (0..count).map(|run| run.to_string()).collect(),
            samples: noise.map(|value: f64| vec![100.0 * (value * 0.01).exp()]).collect(),
        }
    }

    #[test]
    fn steps_are_placed_apart_and_the_same_for_a_seed() {
        for seed in 0..50 {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let placed = places(60, &mut random);
            assert!(placed[0] >= GAP && placed[placed.len() - 1] <= 60 - GAP, "{placed:?}");
            assert!(placed.windows(2).all(|pair| pair[1] - pair[0] >= GAP), "{placed:?}");
        }
        let all: Vec<Series> = (0..20).map(|more| series(60 + more)).collect();
        assert_eq!(format!("{:?}", steps(&all, 3)), format!("{:?}", steps(&all, 3)));
        let found = steps(&all, 3)["benchgate"];
        assert!(found.series == 20 && found.score.f1 > 0.9 && found.quiet_with_false <= 0.1, "{found:?}");
    }

    #[test]
    fn a_level_longer_than_half_the_window_is_not_noise() {
        let mut positions = vec![0.0; 60];
        positions[30..38].iter_mut().for_each(|value| *value += 1.0);
        assert!(residuals(&positions).iter().all(|residual| residual.abs() < 1e-12));
        assert!(Trial::new(&series(59), &mut ChaCha8Rng::seed_from_u64(0)).is_none());
    }
}
