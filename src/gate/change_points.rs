//! Where the level of a series changed.
//!
//! For: the change points of a trend, and what is told of a main branch after each run on it. Not for: judging a
//! candidate, which has no runs after it to tell a shift from a spike.
//! Invariant: change points are in order; the medians of the levels beside each differ by at least what was asked for,
//! and significantly.

use std::ops::{Range, RangeInclusive};

use crate::stats::{self, Shift};

/// How many runs a change may have happened before or after where it is found.
const PLACE: usize = 3;

/// Newest runs that are searched, at most. The search may take time quadratic in their number.
const LONGEST_HISTORY: usize = 2000;

/// Runs on either side of a change that its size is taken from, at most: those nearest to it.
const SIZE_RUNS: usize = 60;

/// Newest runs that the monitor looks at. A short window knows the present noise, and has fewer places to pay for.
/// Among 30, 40, 50 and 60, on public histories, this found most shifts at 2 % of stretches with an alarm.
const MONITOR_RUNS: usize = 40;

/// Smallest change that the monitor tells of, as a distance on a logarithmic axis: 1 %.
const MONITOR_SMALLEST: f64 = 0.009_950_330_853_168_083;

/// Level of significance of the monitor. It is larger than that of a trend, since a window of 40 runs holds few
/// changes, and only new ones are told.
const MONITOR_LEVEL: f64 = 2e-3;

/// Runs since a change, itself included, for which the monitor tells of it. What is not seen by then is mostly a
/// wandering level: a third to a half of the false alarms in public histories came later.
const MONITOR_FRESH: usize = 10;

/// A change in the level of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangePoint {
    /// Index of the first run at the new level.
    pub start: usize,
    /// Indices of the runs that may have been the first: three to either side, within the series.
    pub range: RangeInclusive<usize>,
    /// Median of the level before, as a position.
    pub before: f64,
    /// Median of the level after, as a position.
    pub after: f64,
    /// How far the level moved, by up to 60 runs on either side, with an interval of 95 %; positive where worse, on an
    /// axis where larger is worse. Where a level wandered it differs from the difference of the medians.
    pub shift: Shift,
    /// Two-sided p-value of the difference between the levels.
    pub probability: f64,
}

impl ChangePoint {
    /// Whether two findings, in the same or in a longer history of the series, may be the same change.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.range.start() <= other.range.end() && other.range.start() <= self.range.end()
    }
}

/// The changes of level in a series of positions, oldest run first, by at least `smallest_shift`: boundaries of
/// [`stats::distinct_segments`]. Of more than 2,000 runs only the newest 2,000 are searched.
#[must_use]
pub fn change_points(positions: &[f64], smallest_shift: f64) -> Vec<ChangePoint> {
    let first = positions.len().saturating_sub(LONGEST_HISTORY);
    let segments = stats::distinct_segments(&positions[first..], stats::NO_NOISE, smallest_shift);
    describe(positions, first, &segments)
}

/// The changes that are to be told after the newest run of a main branch: by at least 1 %, at least 3 runs old, and
/// not older than 10, so that each is told while it is new. The same change is found again after the next run; see
/// [`ChangePoint::is_same`].
///
/// The time does not depend on the length of the history: the newest 40 runs are looked at.
#[must_use]
pub fn monitor(positions: &[f64]) -> Vec<ChangePoint> {
    let first = positions.len().saturating_sub(MONITOR_RUNS);
    let window = &positions[first..];
    let segments = stats::distinct_segments_at(MONITOR_LEVEL, window, stats::NO_NOISE, MONITOR_SMALLEST);
    let mut found = describe(positions, first, &segments);
    // That a segment has at least four runs makes each change three runs old.
    found.retain(|change| positions.len() - change.start <= MONITOR_FRESH);
    found
}

/// The boundaries between segments of `positions[first..]`.
fn describe(positions: &[f64], first: usize, segments: &[Range<usize>]) -> Vec<ChangePoint> {
    let last = positions.len().saturating_sub(1);
    let change = |pair: &[Range<usize>]| {
        let start = first + pair[1].start;
        let before = &positions[first + pair[0].start..start];
        let after = &positions[start..first + pair[1].end];
        let nearest_before = &before[before.len().saturating_sub(SIZE_RUNS)..];
        let nearest_after = &after[..after.len().min(SIZE_RUNS)];
        Some(ChangePoint {
            start,
            range: start.saturating_sub(PLACE)..=(start + PLACE).min(last),
            before: stats::median(before)?,
            after: stats::median(after)?,
            shift: stats::hodges_lehmann_shift(nearest_before, nearest_after)?,
            probability: stats::difference_probability(before, after),
        })
    };
    segments.windows(2).filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution as _, StandardNormal, StudentT};

    use super::*;

    fn noise(seed: u64, count: usize, deviation: f64) -> Vec<f64> {
        let random = ChaCha8Rng::seed_from_u64(seed);
        StandardNormal.sample_iter(random).take(count).map(|value: f64| value * deviation).collect()
    }

    fn shifted(mut series: Vec<f64>, start: usize, shift: f64) -> Vec<f64> {
        series[start..].iter_mut().for_each(|value| *value += shift);
        series
    }

    fn starts(found: &[ChangePoint]) -> Vec<usize> {
        found.iter().map(|change| change.start).collect()
    }

    #[test]
    fn a_change_is_described_by_what_can_be_computed_by_hand() {
        let mut series: Vec<f64> = (0..20).map(|run| f64::from(run % 4) / 100.0).collect();
        series = shifted(series, 12, 1.0);
        let found = change_points(&series, 0.02);
        let [change] = &found[..] else { panic!("{found:?}") };
        assert_eq!((change.start, &change.range), (12, &(9..=15)));
        assert!((change.before - 0.015).abs() < 1e-12 && (change.after - 1.015).abs() < 1e-12);
        assert!((change.shift.estimate - 1.0).abs() < 1e-12, "{change:?}");
        assert!(change.shift.low >= 0.97 && change.shift.high <= 1.03);
        // 2 / C(20, 8), since all 8 are above all 12.
        assert!((change.probability - 2.0 / 125_970.0).abs() < 1e-15, "{change:?}");
    }

    #[test]
    fn the_interval_holds_the_shift_and_the_range_its_place() {
        let (mut found, mut held) = (0, 0);
        for seed in 0..100 {
            let series = shifted(noise(seed, 80, 0.01), 50, 0.04);
            for change in change_points(&series, 0.02).iter().filter(|change| change.range.contains(&50)) {
                found += 1;
                held += usize::from((change.shift.low..=change.shift.high).contains(&0.04));
            }
        }
        assert!(found >= 98, "{found} of 100 found");
        // 95 % of 100, less three standard deviations of the count.
        assert!(held >= 88, "{held} of {found}");
    }

    #[test]
    fn the_range_ends_with_the_series() {
        let series = shifted(noise(5, 60, 0.001), 56, 0.5);
        let found = change_points(&series, 0.02);
        assert_eq!(found.last().map(|change| change.range.clone()), Some(53..=59));
    }

    #[test]
    fn direction_only_turns_the_sign() {
        let series = shifted(noise(6, 80, 0.01), 40, 0.06);
        let turned: Vec<f64> = series.iter().map(|value| -value).collect();
        let (there, back) = (change_points(&series, 0.02), change_points(&turned, 0.02));
        assert_eq!(starts(&there), starts(&back));
        assert!((there[0].shift.estimate + back[0].shift.estimate).abs() < 1e-12);
    }

    #[test]
    fn the_monitor_tells_of_a_shift_after_its_fourth_run_and_stops_telling() {
        let series = shifted(noise(7, 90, 0.01), 60, 0.1);
        let told: Vec<usize> = (50..=90).filter(|runs| !monitor(&series[..*runs]).is_empty()).collect();
        assert_eq!(told, (64..=70).collect::<Vec<_>>());
        let (first, second) = (monitor(&series[..64]), monitor(&series[..66]));
        assert!(first[0].is_same(&second[0]) && first[0].shift.estimate > 0.08);
    }

    #[test]
    fn the_monitor_seldom_speaks_over_twenty_clean_runs() {
        // Heavy-tailed noise; 2 % of series are aimed at, of 300 that is 6 with a standard deviation of 2.4.
        let alarms = (0..300)
            .filter(|seed| {
                let random = ChaCha8Rng::seed_from_u64(*seed);
                let series: Vec<f64> =
                    StudentT::new(4.0).unwrap().sample_iter(random).take(80).map(|value: f64| value * 0.02).collect();
                (60..80).any(|runs| !monitor(&series[..=runs]).is_empty())
            })
            .count();
        assert!(alarms <= 13, "{alarms} of 300");
    }

    #[test]
    fn short_equal_and_very_long_histories_are_searched() {
        assert!(change_points(&[], 0.02).is_empty() && monitor(&[]).is_empty());
        assert!(change_points(&[1.0], 0.02).is_empty() && monitor(&[1.0, 2.0]).is_empty());
        assert!(change_points(&[1.0; 50], 0.02).is_empty() && monitor(&[1.0; 50]).is_empty());
        let long = shifted(noise(8, 100_000, 0.01), 99_900, 0.2);
        assert_eq!(starts(&change_points(&long, 0.02)), [99_900]);
        assert!(monitor(&long).is_empty() && !monitor(&long[..99_906]).is_empty());
    }
}
