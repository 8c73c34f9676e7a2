//! Centre and spread of one series' history.
//!
//! For: what the next run of an unchanged program is expected to measure, and how far off it usually is. Not for: the
//! candidate.
//! Invariant: the centre comes from the current level only, the spread from all levels; a single spike moves neither to
//! where the next spike would look normal.

use super::axis::Axis;
use crate::model::Point;
use crate::stats;

/// Newest runs of the current level that the centre is the median of, at most: more runs made the centre no better
/// where levels drift (measured when the procedure was designed).
const CENTRE_RUNS: usize = 10;

/// Weight of a run's residual relative to the next run's: half after 17 runs. Measured when the procedure was designed.
const SPREAD_DECAY: f64 = 0.96;

/// Spread added to every history, as a relative standard deviation: 0.2 %. No history of time measurements is long
/// enough to promise less.
const SPREAD_FLOOR: f64 = 0.002;

/// Variance of a median against that of a mean of as many normal values: pi / 2 (asymptotic relative efficiency).
pub(super) const MEDIAN_VARIANCE: f64 = std::f64::consts::FRAC_PI_2;

/// The current level of a series and the spread around its levels, as positions on an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Level {
    /// Median of the newest runs of the current segment.
    pub(super) centre: f64,
    /// Spread of a single run.
    pub(super) spread: f64,
    /// Runs that the centre rests on: K.
    pub(super) centre_runs: usize,
    /// Runs of all segments together.
    pub(super) history_runs: usize,
    /// Index of the first point of the current segment.
    pub(super) start: usize,
    /// Median number of samples of a run of the current segment; zero where the tool reports none.
    pub(super) samples: f64,
    /// Median standard deviation of the samples within a run, relative; zero where unknown.
    pub(super) within_sd: f64,
}

impl Level {
    /// The level of a history of at least one point.
    pub(super) fn of(points: &[Point], axis: &Axis) -> Option<Self> {
        let positions: Vec<f64> = points.iter().map(|point| axis.place(point.value)).collect();
        let segments = stats::level_segments(&positions, stats::NO_NOISE);
        let current = segments.last()?.clone();
        let newest = &positions[current.end.saturating_sub(CENTRE_RUNS).max(current.start)..current.end];
        let centre = stats::median(newest)?;
        let residuals: Vec<f64> = segments.iter().flat_map(|segment| residuals(&positions[segment.clone()])).collect();
        let spread = stats::weighted_root_mean_square(&residuals, SPREAD_DECAY)?;
        let floor = axis.deviation(SPREAD_FLOOR, centre);
        let members = &points[current.clone()];
        let samples: Vec<f64> = members.iter().map(|point| f64::from(point.samples)).collect();
        let within: Vec<f64> = members.iter().filter_map(|point| point.within_sd).collect();
        Some(Self {
            centre,
            spread: spread.hypot(floor),
            centre_runs: newest.len(),
            history_runs: points.len(),
            start: current.start,
            samples: stats::median(&samples).unwrap_or(0.0),
            within_sd: stats::median(&within).unwrap_or(0.0),
        })
    }

    /// Standard error of the difference between `runs` runs of a candidate and the centre, for runs of `samples`
    /// samples.
    ///
    /// The history's spread already holds the sampling error of its own number of samples; a candidate with fewer has
    /// more of it. Where either number is unknown the two are taken to be equal.
    pub(super) fn standard_error(&self, axis: &Axis, samples: usize, runs: usize) -> f64 {
        let within = axis.deviation(self.within_sd, self.centre);
        let extra = if samples > 0 && self.samples >= 1.0 {
            within.powi(2) * (1.0 / samples as f64 - 1.0 / self.samples).max(0.0)
        } else {
            0.0
        };
        let of_candidate = (self.spread.powi(2) + extra) / runs.max(1) as f64;
        let of_centre = (self.spread.powi(2) + extra) * MEDIAN_VARIANCE / self.centre_runs.max(1) as f64;
        (of_candidate + of_centre).sqrt()
    }
}

/// Distances of a segment's runs from its median, enlarged by what a median of few runs hides of the spread.
fn residuals(segment: &[f64]) -> Vec<f64> {
    let count = segment.len() as f64;
    let enlarged = if segment.len() > 1 { (count / (count - 1.0)).sqrt() } else { 1.0 };
    let median = stats::median(segment).unwrap_or(0.0);
    segment.iter().map(|position| (position - median) * enlarged).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Direction;

    fn points(values: &[f64]) -> Vec<Point> {
        let point = |(run, value): (usize, &f64)| Point { run, value: *value, samples: 25, within_sd: Some(0.05) };
        values.iter().enumerate().map(point).collect()
    }

    fn level(values: &[f64]) -> Level {
        Level::of(&points(values), &Axis::log(Direction::LowerIsBetter)).unwrap()
    }

    #[test]
    fn the_centre_follows_the_level_and_the_spread_remembers() {
        let wobble = [0.98, 1.02, 1.0, 0.99, 1.03, 0.97, 1.01, 1.0];
        let values: Vec<f64> = (0..40).map(|run| wobble[run % 8] * if run < 32 { 100.0 } else { 150.0 }).collect();
        let level = level(&values);
        assert_eq!((level.start, level.centre_runs, level.history_runs), (32, 8, 40));
        assert!((level.centre.exp() - 150.0).abs() < 1.0, "{}", level.centre.exp());
        assert!((0.015..0.03).contains(&level.spread), "{}", level.spread);
    }

    #[test]
    fn equal_values_keep_the_floor() {
        let level = level(&[5.0; 30]);
        assert!((level.spread - SPREAD_FLOOR).abs() < 1e-12);
    }

    #[test]
    fn a_candidate_with_fewer_samples_is_less_certain() {
        let level = level(&[5.0; 30]);
        let axis = Axis::log(Direction::LowerIsBetter);
        let same = level.standard_error(&axis, 25, 1);
        assert!(level.standard_error(&axis, 1, 1) > 5.0 * same);
        assert!((level.standard_error(&axis, 100, 1) - same).abs() < 1e-15, "more samples earn nothing");
        assert!((level.standard_error(&axis, 0, 1) - same).abs() < 1e-15, "unknown is taken to be equal");
    }
}
