//! Level segments that matter.
//!
//! For: the change points that people are told of. Not for: centre and spread of a history, which rest on every segment
//! (see [`super::levels`]).
//! Invariant: segments are in order and cover the series; neighbours differ by at least the smallest shift, and
//! significantly.

use std::ops::Range;

use super::levels::level_segments;
use super::quantile::median;
use super::two_samples::{mann_whitney, welch};

/// Level of significance at which neighbours differ. On the newest 100 runs of public histories, their running median
/// taken off, 1.2 % of series keep a false change point at it, and twice as many at 1e-3; as many injected steps are
/// found. Chosen on `github-action-benchmark` histories and SAP HANA, confirmed on numpy.
const LEVEL: f64 = 3e-4;

/// Level of significance at which two samples of a series differ that were not found by a search for differences.
const LEVEL_OF_SAMPLES: f64 = 1e-3;

/// Runs on either side of a change that are compared, at most. Together they are as many as the exact test counts
/// out: with longer segments it would give way to Welch's test, which four new runs hardly ever pass, and what lies
/// further back says less of the level at the change.
const NEAREST: usize = 30;

/// The segments of [`level_segments`], with neighbours joined whose medians differ by less than `smallest_shift` or
/// whose difference is not significant at 3e-4: the least different first, until none is left.
#[must_use]
pub fn distinct_segments(values: &[f64], noise_floor: f64, smallest_shift: f64) -> Vec<Range<usize>> {
    distinct_segments_at(LEVEL, values, noise_floor, smallest_shift)
}

/// [`distinct_segments`] at another level of significance.
#[must_use]
pub fn distinct_segments_at(level: f64, values: &[f64], noise_floor: f64, smallest_shift: f64) -> Vec<Range<usize>> {
    let mut segments = level_segments(values, noise_floor);
    let compare = |segments: &[Range<usize>], index: usize| {
        difference(&values[segments[index].clone()], &values[segments[index + 1].clone()], level)
    };
    let mut differences: Vec<Difference> = (1..segments.len()).map(|index| compare(&segments, index - 1)).collect();
    loop {
        let weakest = differences
            .iter()
            .enumerate()
            .filter(|(_, difference)| difference.size < smallest_shift || difference.probability > level)
            .min_by(|(_, first), (_, second)| first.compare(second, smallest_shift));
        let Some((index, _)) = weakest else { return segments };
        segments[index].end = segments[index + 1].end;
        segments.remove(index + 1);
        differences.remove(index);
        // Only the neighbours of the joined segment have changed.
        for changed in index.saturating_sub(1)..(index + 1).min(differences.len()) {
            differences[changed] = compare(&segments, changed);
        }
    }
}

/// Whether two samples differ in level by at least a size and significantly, at 1e-3: all of their values, since samples
/// that are not neighbours have no change to be near to.
#[must_use]
pub fn is_distinct(first: &[f64], second: &[f64], smallest_shift: f64) -> bool {
    size(first, second) >= smallest_shift && probability(first, second, LEVEL_OF_SAMPLES) <= LEVEL_OF_SAMPLES
}

/// Two-sided p-value of the difference in level between two neighbouring stretches, in order of time: an exact
/// Mann-Whitney test of the runs nearest to the change where their number can reach 3e-4 and no values are equal, else
/// Welch's test.
#[must_use]
pub fn difference_probability(first: &[f64], second: &[f64]) -> f64 {
    difference(first, second, LEVEL).probability
}

/// How two samples differ.
struct Difference {
    /// Distance of the medians.
    size: f64,
    /// See [`difference_probability`].
    probability: f64,
}

impl Difference {
    /// Weaker first: too small before not significant, smaller before larger, less significant before more.
    fn compare(&self, other: &Self, smallest_shift: f64) -> std::cmp::Ordering {
        let is_small = |difference: &Self| difference.size < smallest_shift;
        match (is_small(self), is_small(other)) {
            (true, true) => self.size.total_cmp(&other.size),
            (true, false) => std::cmp::Ordering::Less,
            (false, true) => std::cmp::Ordering::Greater,
            (false, false) => other.probability.total_cmp(&self.probability),
        }
    }
}

fn difference(first: &[f64], second: &[f64], level: f64) -> Difference {
    let before = &first[first.len().saturating_sub(NEAREST)..];
    let after = &second[..second.len().min(NEAREST)];
    Difference { size: size(first, second), probability: probability(before, after, level) }
}

/// Distance of the medians.
fn size(first: &[f64], second: &[f64]) -> f64 {
    median(first).zip(median(second)).map_or(0.0, |(first, second)| (first - second).abs())
}

/// Two-sided p-value: an exact Mann-Whitney test where the sample sizes can reach the level, else Welch's.
fn probability(first: &[f64], second: &[f64], level: f64) -> f64 {
    let exact = if can_reach(level, first.len(), second.len()) { mann_whitney(first, second) } else { None };
    exact.or_else(|| welch(first, second)).unwrap_or(1.0)
}

/// Whether the most extreme arrangement of two samples is rarer than the level: 2 of (n + m choose n).
fn can_reach(level: f64, n: usize, m: usize) -> bool {
    let mut arrangements = 1.0;
    for index in 1..=n.min(m) {
        arrangements *= (n.max(m) + index) as f64 / index as f64;
    }
    2.0 / arrangements <= level
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution as _, Normal};

    use super::*;

    fn noise(seed: u64, count: usize) -> Vec<f64> {
        Normal::new(0.0, 0.01).unwrap().sample_iter(ChaCha8Rng::seed_from_u64(seed)).take(count).collect()
    }

    fn starts(values: &[f64], smallest_shift: f64) -> Vec<usize> {
        distinct_segments(values, 2e-4, smallest_shift).iter().map(|segment| segment.start).collect()
    }

    #[test]
    fn a_shift_below_the_smallest_is_joined_and_a_larger_one_is_kept() {
        let mut series = noise(1, 80);
        series[40..].iter_mut().for_each(|value| *value += 0.05);
        assert_eq!(starts(&series, 0.02).len(), 2);
        assert!(starts(&series, 0.02)[1].abs_diff(40) <= 1);
        assert_eq!(starts(&series, 0.08), [0]);
    }

    #[test]
    fn of_three_levels_the_middle_one_joins_its_nearer_neighbour() {
        let series: Vec<f64> = (0..60)
            .map(|run| [0.0, 0.012, 0.1][run / 20])
            .zip(noise(2, 60))
            .map(|(level, noise)| level + noise / 5.0)
            .collect();
        assert_eq!(starts(&series, 0.02), [0, 40]);
    }

    #[test]
    fn quiet_series_hardly_ever_show_a_change_point() {
        // 1.2 % of quiet windows were measured to have one; of 400 that is 5, with a standard deviation of 2.2.
        let false_ones = (0..400).filter(|seed| starts(&noise(*seed, 60), 0.02).len() > 1).count();
        assert!(false_ones <= 10, "{false_ones} of 400");
    }

    #[test]
    fn four_new_runs_are_told_from_a_long_history() {
        // 2 / C(34, 4) = 4.3e-5: exact where Welch's test on three degrees of freedom seldom falls below the level.
        let mut series = noise(4, 104);
        series[100..].iter_mut().for_each(|value| *value += 0.05);
        assert_eq!(starts(&series, 0.02), [0, 100]);
        assert_eq!(starts(&series, 0.08), [0]);
        assert!(difference_probability(&series[..100], &series[100..]) < 5e-5);
    }

    #[test]
    fn sizes_that_cannot_reach_the_level_are_known() {
        // 2 / C(8, 4) = 0.029, 2 / C(12, 6) = 0.0022, 2 / C(14, 7) = 0.00058.
        assert!(!can_reach(1e-3, 4, 4) && !can_reach(1e-3, 6, 6) && can_reach(1e-3, 7, 7));
        assert!(can_reach(1e-3, 4, 20) && !can_reach(1e-3, 4, 8) && !can_reach(3e-4, 7, 7));
    }
}
