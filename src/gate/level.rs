//! Centre and spread of one series' history.
//!
//! For: what the next run of an unchanged program is expected to measure, and how far off it usually is. Not for: the
//! candidate.
//! Invariant: the centre comes from the current level of the current epoch only, the spread from all levels; a single
//! spike moves neither to where the next spike would look normal.

use std::ops::Range;

use super::axis::Axis;
use crate::model::Point;
use crate::stats;

/// Newest runs of the current level that the centre is the median of, at most: more runs made the centre no better
/// where levels drift (measured when the procedure was designed).
pub(super) const CENTRE_RUNS: usize = 10;

/// Weight of a run's residual relative to the next run's: half after 11 runs. Chosen on half of the public histories,
/// confirmed on the other half (docs/statistics.md, "How the constants were chosen").
pub(super) const SPREAD_DECAY: f64 = 0.94;

/// Spread added to every history, as a relative standard deviation: 0.2 %. No history of time measurements is long
/// enough to promise less.
pub(super) const SPREAD_FLOOR: f64 = 0.002;

/// Variance of a median against that of a mean of as many normal values: pi / 2 (asymptotic relative efficiency).
pub(super) const MEDIAN_VARIANCE: f64 = std::f64::consts::FRAC_PI_2;

/// How far a past run is discounted whose samples disagreed more than is usual, per excess variance in units of the
/// spread. Less than 1, since the excess itself is an estimate from a few samples. Chosen and confirmed as
/// [`SPREAD_DECAY`].
const DISCOUNT: f64 = 0.5;

/// The standard error of one run's distance from the centre, as the parts that it is the root of the sum of squares of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ErrorParts {
    /// The spread of the history.
    pub(super) spread: f64,
    /// What fewer samples than usual add.
    pub(super) fewer: f64,
    /// What samples that disagree more than usual add.
    pub(super) own: f64,
    /// The error of the centre.
    pub(super) centre: f64,
    /// The factor for a short history.
    pub(super) young: f64,
}

impl ErrorParts {
    /// Of the median of as many runs like this one: their own errors shrink with their number, the centre's does not.
    pub(super) fn total(&self, runs: usize) -> f64 {
        let of_candidate = (self.spread.powi(2) + self.fewer.powi(2) + self.own.powi(2)) / runs.max(1) as f64;
        (of_candidate + self.centre.powi(2)).sqrt() * self.young
    }
}

/// Runs of a history that is as long as the default window.
const LONG_HISTORY: usize = 100;

/// Fewest runs before a past run for its standardised deviation, and of its own segment among them: as many as
/// segments have at least.
const RUNS_BEFORE_DEVIATION: usize = 10;

/// A run's position on an axis, and what its samples say of its own uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Placed {
    /// The position of its value.
    pub(super) position: f64,
    /// The number of samples; zero where the tool reported none.
    pub(super) samples: f64,
    /// Standard deviation of the samples, as a distance; `None` where unknown.
    pub(super) within: Option<f64>,
}

impl Placed {
    pub(super) fn of(axis: &Axis, value: f64, samples: f64, within_sd: Option<f64>) -> Self {
        let position = axis.place(value);
        Self { position, samples, within: within_sd.map(|relative| axis.deviation(relative, position)) }
    }

    /// The variance of the run's median beyond what is usual for the series: samples that disagree more than `typical`
    /// make a value that deserves less trust, whether it is good or bad.
    pub(super) fn excess(&self, typical: f64) -> f64 {
        let Some(within) = self.within.filter(|_| self.samples >= 1.0) else { return 0.0 };
        MEDIAN_VARIANCE * (within.powi(2) - typical.powi(2)).max(0.0) / self.samples
    }
}

/// The current level of a series and the spread around its levels, as positions on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Level {
    /// Median of the newest runs of the current segment.
    pub(super) centre: f64,
    /// Spread of a single run.
    pub(super) spread: f64,
    /// Runs that the centre rests on: K.
    pub(super) centre_runs: usize,
    /// Runs of all segments together.
    pub(super) history_runs: usize,
    /// Level segments, as ranges of points; the last one is the current one.
    pub(super) segments: Vec<Range<usize>>,
    /// Distance of each run from its segment's median, enlarged by what a median of few runs hides of the spread.
    pub(super) residuals: Vec<f64>,
    /// The runs.
    pub(super) placed: Vec<Placed>,
    /// Median number of samples of a run of the current segment; zero where the tool reports none.
    pub(super) samples: f64,
    /// Median standard deviation of the samples within a run, as a distance; zero where unknown.
    pub(super) within: f64,
    /// What is added to the spread of any history.
    pub(super) floor: f64,
}

impl Level {
    /// The positions of the runs of a segment.
    pub(super) fn positions(&self, segment: &Range<usize>) -> Vec<f64> {
        self.placed[segment.clone()].iter().map(|run| run.position).collect()
    }

    /// The level of a history. `epochs` are the indices of points at which an epoch was opened. `None` for a history
    /// without a point in the current epoch.
    pub(super) fn of(points: &[Point], epochs: &[usize], axis: &Axis) -> Option<Self> {
        let place = |point: &Point| Placed::of(axis, point.value, f64::from(point.samples), point.within_sd);
        Self::of_placed(points.iter().map(place).collect(), epochs, axis)
    }

    /// The level of runs on an axis.
    pub(super) fn of_placed(placed: Vec<Placed>, epochs: &[usize], axis: &Axis) -> Option<Self> {
        let positions: Vec<f64> = placed.iter().map(|run| run.position).collect();
        let segments = segments(&positions, epochs)?;
        let current = segments.last()?.clone();
        let newest = &positions[current.end.saturating_sub(CENTRE_RUNS).max(current.start)..current.end];
        let centre = stats::median(newest)?;
        let residuals: Vec<f64> = segments.iter().flat_map(|segment| residuals(&positions[segment.clone()])).collect();
        let of_samples: Vec<f64> = placed.iter().filter_map(|run| run.within).collect();
        let samples: Vec<f64> = placed[current].iter().map(|run| run.samples).collect();
        let mut level = Self {
            centre,
            spread: 0.0,
            centre_runs: newest.len(),
            history_runs: placed.len(),
            segments,
            residuals,
            placed,
            samples: stats::median(&samples).unwrap_or(0.0),
            within: stats::median(&of_samples).unwrap_or(0.0),
            floor: axis.deviation(SPREAD_FLOOR, centre),
        };
        let spread = stats::weighted_root_mean_square(&level.discounted(), SPREAD_DECAY)?;
        level.spread = spread.hypot(level.floor);
        Some(level)
    }

    /// Index of the first point of the current segment.
    pub(super) fn start(&self) -> usize {
        self.segments.last().map_or(0, |segment| segment.start)
    }

    /// Standard error of the difference between the centre and the median of `runs` runs like this one.
    ///
    /// The history's spread already holds the sampling error that is usual. A run with fewer samples than usual has
    /// more of it, and so has one whose samples disagree more than is usual. The spread of a short history is uncertain
    /// itself and is taken larger.
    pub(super) fn standard_error(&self, run: &Placed, runs: usize) -> f64 {
        self.error_parts(run).total(runs)
    }

    /// The parts of the standard error of a run.
    pub(super) fn error_parts(&self, run: &Placed) -> ErrorParts {
        let fewer = if run.samples >= 1.0 && self.samples >= 1.0 {
            self.within.powi(2) * (1.0 / run.samples - 1.0 / self.samples).max(0.0)
        } else {
            0.0
        };
        let of_one = self.spread.powi(2) + fewer;
        ErrorParts {
            spread: self.spread,
            fewer: fewer.sqrt(),
            own: run.excess(self.within).sqrt(),
            centre: (of_one * MEDIAN_VARIANCE / self.centre_runs.max(1) as f64).sqrt(),
            young: young_factor(self.history_runs),
        }
    }

    /// A run as the series usually is: its samples agree as much as ever.
    pub(super) fn usual_run(&self) -> Placed {
        Placed { position: self.centre, samples: self.samples, within: None }
    }

    /// The part of the variance between runs that the samples within a run explain, between 0 and 1.
    pub(super) fn sampling_part(&self) -> f64 {
        if self.samples < 1.0 || self.spread <= 0.0 {
            return 0.0;
        }
        (MEDIAN_VARIANCE * self.within.powi(2) / self.samples / self.spread.powi(2)).min(1.0)
    }

    /// The same level and spread, had they been known for as long as histories are kept.
    pub(super) fn with_long_history(&self) -> Self {
        Self { centre_runs: CENTRE_RUNS, history_runs: self.history_runs.max(LONG_HISTORY), ..self.clone() }
    }

    /// Spread of a single usual run, enlarged for a short history.
    pub(super) fn noise(&self) -> f64 {
        self.spread * young_factor(self.history_runs)
    }

    /// The residuals, those of runs whose samples disagreed more than is usual made smaller: such a run says less of how
    /// far off an ordinary run is.
    fn discounted(&self) -> Vec<f64> {
        self.residuals.iter().zip(self.discounts()).map(|(residual, discount)| residual / discount).collect()
    }

    /// By how much the residual of each run is made smaller; 1 for a run that counts in full.
    pub(super) fn discounts(&self) -> Vec<f64> {
        if self.within <= 0.0 {
            return vec![1.0; self.placed.len()];
        }
        let sizes: Vec<f64> = self.residuals.iter().map(|residual| residual.abs()).collect();
        let robust =
            (stats::MEDIAN_TO_SD * stats::median(&sizes).unwrap_or(0.0)).hypot(self.floor).max(f64::MIN_POSITIVE);
        let discount = |run: &Placed| (1.0 + DISCOUNT * run.excess(self.within) / robust.powi(2)).sqrt();
        self.placed.iter().map(discount).collect()
    }

    /// How far off, in standard errors, each past run was of what the runs before it in its segment led one to expect:
    /// what T would have been, apart from segments being known in hindsight. Positive where worse.
    pub(super) fn past_deviations(&self) -> Vec<f64> {
        let discounted = self.discounted();
        let (mut weighted, mut weights) = (0.0, 0.0);
        let mut deviations = Vec::new();
        for segment in &self.segments {
            for index in segment.clone() {
                let before = &self.placed[index.saturating_sub(CENTRE_RUNS).max(segment.start)..index];
                if index >= RUNS_BEFORE_DEVIATION && before.len() >= stats::MINIMUM_SEGMENT && weights > 0.0 {
                    let positions: Vec<f64> = before.iter().map(|run| run.position).collect();
                    let centre = stats::median(&positions).unwrap_or(0.0);
                    let variance: f64 = weighted / weights + self.floor.powi(2);
                    let run = &self.placed[index];
                    let error = (variance * (1.0 + MEDIAN_VARIANCE / before.len() as f64) + run.excess(self.within))
                        .sqrt()
                        * young_factor(index);
                    if error > 0.0 {
                        deviations.push((run.position - centre) / error);
                    }
                }
                weighted = weighted * SPREAD_DECAY + discounted[index].powi(2);
                weights = weights * SPREAD_DECAY + 1.0;
            }
        }
        deviations
    }
}

/// The factor by which the standard error of a history of few runs is enlarged: with it, histories cut to 5 to 20 runs
/// raise as many false alarms as those of 100 (docs/statistics.md, "Young series"). The exponent is that of a fit to
/// the enlargement measured at 5, 6, 8, 10, 15, 20, 30 and 50 runs.
///
/// What counts is the whole history, which the spread rests on, and not the runs since the last shift of level: how
/// few runs the centre rests on is part of the standard error already.
fn young_factor(history_runs: usize) -> f64 {
    1.0 + 8.0 / (history_runs.max(1) as f64).powf(1.5)
}

/// Level segments of each epoch; no segment reaches across the beginning of one.
fn segments(positions: &[f64], epochs: &[usize]) -> Option<Vec<Range<usize>>> {
    let mut bounds: Vec<usize> = epochs.iter().copied().filter(|start| *start > 0).collect();
    bounds.sort_unstable();
    bounds.dedup();
    if bounds.last().is_some_and(|start| *start >= positions.len()) || positions.is_empty() {
        return None;
    }
    bounds.push(positions.len());
    let mut start = 0;
    let mut segments = Vec::new();
    for end in bounds {
        let of_epoch = stats::level_segments(&positions[start..end], stats::NO_NOISE);
        segments.extend(of_epoch.into_iter().map(|segment| segment.start + start..segment.end + start));
        start = end;
    }
    Some(segments)
}

fn residuals(segment: &[f64]) -> Vec<f64> {
    let count = segment.len() as f64;
    let enlarged = if segment.len() > 1 { (count / (count - 1.0)).sqrt() } else { 1.0 };
    let median = stats::median(segment).unwrap_or(0.0);
    segment.iter().map(|position| (position - median) * enlarged).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution as _, StandardNormal};

    use super::*;
    use crate::model::Direction;

    fn points(values: &[f64]) -> Vec<Point> {
        let point = |(run, value): (usize, &f64)| Point { run, value: *value, samples: 25, within_sd: Some(0.05) };
        values.iter().enumerate().map(point).collect()
    }

    fn axis() -> Axis {
        Axis::log(Direction::LowerIsBetter)
    }

    fn level(values: &[f64]) -> Level {
        Level::of(&points(values), &[], &axis()).unwrap()
    }

    fn run(samples: f64, within: f64) -> Placed {
        Placed { position: 0.0, samples, within: Some(within) }
    }

    #[test]
    fn the_centre_follows_the_level_and_the_spread_remembers() {
        let wobble = [0.98, 1.02, 1.0, 0.99, 1.03, 0.97, 1.01, 1.0];
        let values: Vec<f64> = (0..40).map(|run| wobble[run % 8] * if run < 32 { 100.0 } else { 150.0 }).collect();
        let level = level(&values);
        assert_eq!((level.start(), level.centre_runs, level.history_runs), (32, 8, 40));
        assert!((level.centre.exp() - 150.0).abs() < 1.0, "{}", level.centre.exp());
        assert!((0.015..0.03).contains(&level.spread), "{}", level.spread);
    }

    #[test]
    fn the_centre_never_reaches_across_an_epoch_and_the_spread_does() {
        let values: Vec<f64> = (0..40).map(|run| [100.0, 103.0, 97.0, 101.0][run % 4]).chain([110.0, 111.0]).collect();
        let level = Level::of(&points(&values), &[40], &axis()).unwrap();
        assert_eq!((level.start(), level.centre_runs), (40, 2));
        assert!((level.centre.exp() - 110.5).abs() < 0.1, "{}", level.centre.exp());
        assert!(level.spread > 0.01, "{}", level.spread);
        assert_eq!(Level::of(&points(&values), &[42], &axis()), None, "an epoch without a run has no centre");
    }

    #[test]
    fn equal_values_keep_the_floor() {
        let level = level(&[5.0; 30]);
        assert!((level.spread - SPREAD_FLOOR).abs() < 1e-12);
    }

    #[test]
    fn a_candidate_with_fewer_samples_is_less_certain() {
        let level = level(&[5.0; 30]);
        let same = level.standard_error(&run(25.0, 0.05), 1);
        assert!(level.standard_error(&run(1.0, 0.05), 1) > 5.0 * same);
        assert!((level.standard_error(&run(100.0, 0.05), 1) - same).abs() < 1e-15, "more samples earn nothing");
        assert!((level.standard_error(&run(0.0, 0.05), 1) - same).abs() < 1e-15, "unknown is taken to be equal");
    }

    #[test]
    fn a_candidate_whose_samples_disagree_is_less_certain() {
        let level = level(&[5.0; 30]);
        let usual = level.standard_error(&run(25.0, 0.05), 1);
        assert!((level.standard_error(&run(25.0, 0.01), 1) - usual).abs() < 1e-15, "agreement earns nothing");
        // Excess variance pi/2 (0.5^2 - 0.05^2) / 25 = 0.0155.
        let error = level.standard_error(&run(25.0, 0.5), 1) / young_factor(30);
        assert!((error.powi(2) - 0.015_55).abs() < 2e-4, "{error}");
    }

    #[test]
    fn a_past_run_whose_samples_disagreed_hardly_counts() {
        let mut steady = points(&[100.0, 101.0, 99.0, 100.5, 99.5].repeat(8));
        steady[36] = Point { value: 160.0, ..steady[36] };
        let trusted = Level::of(&steady, &[], &axis()).unwrap();
        steady[36].within_sd = Some(0.9);
        let doubted = Level::of(&steady, &[], &axis()).unwrap();
        assert!(doubted.spread < 0.5 * trusted.spread, "{} {}", doubted.spread, trusted.spread);
    }

    #[test]
    fn short_histories_are_less_certain_by_the_fitted_factor() {
        for (runs, factor) in [(5, 1.716), (10, 1.253), (20, 1.089), (100, 1.008)] {
            assert!((young_factor(runs) - factor).abs() < 1e-3, "{runs}");
        }
    }

    #[test]
    fn past_deviations_are_about_standard() {
        let noise: Vec<f64> = StandardNormal.sample_iter(ChaCha8Rng::seed_from_u64(4)).take(100).collect();
        let values: Vec<f64> = noise.iter().map(|noise| 100.0 * (0.01 * noise).exp()).collect();
        let deviations = level(&values).past_deviations();
        assert_eq!(deviations.len(), 90);
        let mean_square = deviations.iter().map(|deviation| deviation.powi(2)).sum::<f64>() / 90.0;
        assert!((0.7..1.4).contains(&mean_square), "{mean_square}");
    }
}
