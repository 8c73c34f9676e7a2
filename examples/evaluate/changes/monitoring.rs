//! What is told of a main branch, run by run.
//!
//! For: how soon a lasting shift is told after it arrived, and how often something is told while nothing happened.
//! Not for: judging pull requests.
//! Invariant: at each run a method sees the runs up to it, and no others; only the choice of clean stretches looks
//! ahead.

use std::collections::BTreeMap;

use benchgate::gate;
use benchgate::stats;
use serde::Serialize;

use super::otava;
use crate::series::Series;

/// Fewest runs before a stretch.
const HISTORY: usize = 40;

/// Runs of a stretch.
const STRETCH: usize = 20;

/// Most stretches of a series: the first, the middle and the last of those that do not overlap.
const MOST_STRETCHES: usize = 3;

/// Runs on either side of a place whose medians are compared to see whether the level moved there.
const BESIDE: usize = 10;

/// Largest difference of those medians in a clean stretch, in standard errors of it...
const CLEAN_ERRORS: f64 = 2.0;

/// ...or as a distance of logarithms: 1 %, below which nothing is to be told.
const CLEAN_DISTANCE: f64 = 0.01;

/// The shift that is injected: +10 %.
const SHIFT: f64 = 1.1;

/// Numbers of runs after which it is looked whether the shift was told; the first run with the shift is number 1.
const AFTER_RUNS: [usize; 4] = [1, 3, 6, 12];

/// How far from the shift a change may be told, in runs.
const PLACE: usize = 3;

/// Changes told no further apart than this are the same one: each may be off by [`PLACE`].
const SAME: usize = 2 * PLACE;

/// How a method does.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Monitoring {
    /// Stretches of series that were replayed.
    pub(crate) stretches: usize,
    /// Share of the clean stretches in which anything new was told, better or worse.
    pub(crate) any_alarm: f64,
    /// Share of the clean stretches in which a change for the worse was told.
    pub(crate) any_worse: f64,
    /// Share of the shifts of +10 % that were told within 1, 3, 6 and 12 runs.
    pub(crate) found_within: BTreeMap<usize, f64>,
}

/// What a method tells after a run: first run and size of each change, larger being worse.
type Monitor = fn(&[f64]) -> Vec<(usize, f64)>;

const MONITORS: [(&str, Monitor); 2] = [("benchgate", benchgate), ("peer:otava", otava)];

/// What each monitor tells of the series.
pub(crate) fn monitor(all: &[Series]) -> BTreeMap<&'static str, Monitoring> {
    let stretches: Vec<(Vec<f64>, usize)> = all
        .iter()
        .filter_map(Series::positions)
        .flat_map(|positions| clean_stretches(&positions).into_iter().map(move |start| (positions.clone(), start)))
        .collect();
    MONITORS.iter().map(|(name, monitor)| (*name, replay(&stretches, *monitor))).collect()
}

fn replay(stretches: &[(Vec<f64>, usize)], monitor: Monitor) -> Monitoring {
    let (mut any_alarm, mut any_worse) = (0, 0);
    let mut found: BTreeMap<usize, usize> = AFTER_RUNS.into_iter().map(|runs| (runs, 0)).collect();
    for (positions, start) in stretches {
        let sizes = told(&positions[..start + STRETCH], *start, monitor);
        any_alarm += usize::from(!sizes.is_empty());
        any_worse += usize::from(sizes.iter().any(|size| *size > 0.0));
        let first = runs_until_told(positions, *start, monitor);
        for (runs, count) in &mut found {
            *count += usize::from(first.is_some_and(|first| first <= *runs));
        }
    }
    let share = |count: usize| count as f64 / stretches.len().max(1) as f64;
    Monitoring {
        stretches: stretches.len(),
        any_alarm: share(any_alarm),
        any_worse: share(any_worse),
        found_within: found.into_iter().map(|(runs, count)| (runs, share(count))).collect(),
    }
}

/// The sizes of the changes that are told during a stretch, each once, and were not known before it. Changes of long
/// before the stretch do not count: that they are told late is no false alarm.
fn told(positions: &[f64], start: usize, monitor: Monitor) -> Vec<f64> {
    let mut known: Vec<usize> = monitor(&positions[..start]).iter().map(|(place, _)| *place).collect();
    let mut sizes = Vec::new();
    for end in start + 1..=positions.len() {
        for (place, size) in monitor(&positions[..end]) {
            if place + BESIDE >= start && !known.iter().any(|other| other.abs_diff(place) <= SAME) {
                known.push(place);
                sizes.push(size);
            }
        }
    }
    sizes
}

/// After how many runs a shift of +10 % from `start` on is told.
fn runs_until_told(positions: &[f64], start: usize, monitor: Monitor) -> Option<usize> {
    let most = AFTER_RUNS.into_iter().max().unwrap_or(0).min(positions.len() - start);
    let mut shifted = positions[..start + most].to_vec();
    shifted[start..].iter_mut().for_each(|position| *position += SHIFT.ln());
    (1..=most).find(|runs| {
        monitor(&shifted[..start + runs]).iter().any(|(place, size)| place.abs_diff(start) <= PLACE && *size > 0.0)
    })
}

/// Where stretches start over which the level does not move.
fn clean_stretches(positions: &[f64]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut start = HISTORY;
    while start + STRETCH <= positions.len() {
        if is_clean(positions, start) {
            starts.push(start);
            start += STRETCH;
        } else {
            start += 1;
        }
    }
    if starts.len() > MOST_STRETCHES {
        starts = vec![starts[0], starts[starts.len() / 2], starts[starts.len() - 1]];
    }
    starts
}

/// Whether, at every place from ten runs before a stretch to its end, the median of the ten runs after differs from
/// that of the ten before by less than 1 % or than two standard errors: the variance of a median is pi/2 that of a
/// mean.
fn is_clean(positions: &[f64], start: usize) -> bool {
    let around = &positions[start.saturating_sub(100)..(start + STRETCH + BESIDE).min(positions.len())];
    let error = stats::first_difference_noise(around) * (std::f64::consts::FRAC_PI_2 * 2.0 / BESIDE as f64).sqrt();
    let limit = (CLEAN_ERRORS * error).max(CLEAN_DISTANCE);
    (start - BESIDE..=(start + STRETCH).min(positions.len() - BESIDE)).all(|place| {
        let before = stats::median(&positions[place - BESIDE..place]);
        let after = stats::median(&positions[place..place + BESIDE]);
        before.zip(after).is_some_and(|(before, after)| (after - before).abs() <= limit)
    })
}

fn benchgate(positions: &[f64]) -> Vec<(usize, f64)> {
    gate::monitor(positions).iter().map(|change| (change.start, change.shift.estimate)).collect()
}

/// All of Otava's change points, with the sizes of Otava's means turned into those of medians.
fn otava(positions: &[f64]) -> Vec<(usize, f64)> {
    let values: Vec<f64> = positions.iter().map(|position| position.exp()).collect();
    let starts = otava::change_points(&values);
    let bounds: Vec<usize> = std::iter::once(0).chain(starts).chain([positions.len()]).collect();
    let size = |three: &[usize]| {
        let before = stats::median(&positions[three[0]..three[1]])?;
        Some((three[1], stats::median(&positions[three[1]..three[2]])? - before))
    };
    bounds.windows(3).filter_map(size).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution as _, StandardNormal};

    use super::*;

    fn noise(count: usize, deviation: f64) -> Vec<f64> {
        let random = ChaCha8Rng::seed_from_u64(2);
        StandardNormal.sample_iter(random).take(count).map(|value: f64| value * deviation).collect()
    }

    #[test]
    fn a_moving_level_is_not_clean() {
        let still = noise(70, 0.01);
        let mut moving = still.clone();
        moving[50..].iter_mut().for_each(|position| *position += 0.05);
        assert!(is_clean(&still, 45) && !is_clean(&moving, 45));
        assert_eq!(clean_stretches(&still).len(), 1);
        assert!(clean_stretches(&moving[..59]).is_empty());
    }

    #[test]
    fn a_shift_is_told_by_both_and_each_change_once() {
        let still = noise(100, 0.005);
        assert_eq!(runs_until_told(&still, 60, benchgate), Some(4));
        assert!(runs_until_told(&still, 60, otava).is_some_and(|runs| runs <= 4));
        let mut shifted = still.clone();
        shifted[70..].iter_mut().for_each(|position| *position -= 0.1);
        for monitor in [benchgate, otava] {
            let sizes = told(&shifted[..80], 60, monitor);
            assert!(sizes.len() == 1 && sizes[0] < -0.08, "{sizes:?}");
        }
    }
}
