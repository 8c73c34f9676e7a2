//! Rules that compare a change with the spread of past values around their mean.
//!
//! For: Bencher's t test and git-perf's z score. Not for: rules that know of level shifts.
//! Invariant: all past values within the window count alike.

use benchgate::stats::student_t_upper_tail;

use super::Past;
use super::past::{mean, sample_deviation, value};

/// Runs that Bencher looks at in its documented recipe (`--threshold-max-sample-size 64`).
const BENCHER_RUNS: usize = 64;

/// Upper boundary of that recipe (`--threshold-upper-boundary 0.99`).
const BENCHER_BOUNDARY: f64 = 0.99;

/// Runs that git-perf looks at (`git perf audit`, default of `--max-count`).
const GIT_PERF_RUNS: usize = 40;

/// Standard deviations beyond which git-perf fails (`git perf audit`, default of `--sigma`).
const GIT_PERF_SIGMA: f64 = 4.0;

/// Bencher's t test as its documentation sets it up: beyond the 99 % quantile of Student's t distribution with n - 1
/// degrees of freedom around the mean, scaled by the standard deviation times sqrt(1 + 1/n): a prediction interval, as
/// since v0.6.3. Without any spread there is no limit (`std_deviation` in `bencher_boundary`).
pub(crate) fn bencher(past: &Past<'_>, candidate: &[f64]) -> bool {
    let values = past.newest(BENCHER_RUNS);
    let Some(deviation) = sample_deviation(values).filter(|deviation| *deviation > 0.0) else { return false };
    let count = values.len() as f64;
    let scale = deviation * (1.0 + 1.0 / count).sqrt();
    is_beyond(past.worsening(mean(values), value(candidate)) / scale, BENCHER_BOUNDARY, count - 1.0)
}

/// Whether t is above the quantile of Student's t distribution.
fn is_beyond(t: f64, boundary: f64, degrees_of_freedom: f64) -> bool {
    student_t_upper_tail(t, degrees_of_freedom).is_some_and(|tail| tail < 1.0 - boundary)
}

/// git-perf's audit: more than four sample standard deviations from the mean of up to 40 runs (`Stats::is_significant`
/// with the default dispersion), for the worse. Without any spread every change counts.
pub(crate) fn git_perf(past: &Past<'_>, candidate: &[f64]) -> bool {
    let values = past.newest(GIT_PERF_RUNS);
    let Some(deviation) = sample_deviation(values) else { return false };
    z_score(past.worsening(mean(values), value(candidate)), deviation) > GIT_PERF_SIGMA
}

/// Not a number for no change and no spread, and infinite for a change without spread, as in git-perf.
fn z_score(change: f64, deviation: f64) -> f64 {
    change / deviation
}

#[cfg(test)]
mod tests {
    use benchgate::model::Direction;

    use super::*;

    #[test]
    fn the_quantile_is_that_of_bencher() {
        // bencher_boundary, limits/mod.rs: the 85 % quantile for 5 degrees of freedom is T_LIMIT, 1.1557673428942912.
        assert!(is_beyond(1.155_767_342_9, 0.85, 5.0) && !is_beyond(1.155_767_342_8, 0.85, 5.0));
    }

    #[test]
    fn the_prediction_interval_is_that_of_scipy() {
        // For 1, 2, 3, 4, 5: 3 + scipy.stats.t.ppf(0.99, 4) * std(ddof=1) * sqrt(1 + 1/5) = 9.489903, SciPy 1.17.1.
        let past = Past { values: &[1.0, 2.0, 3.0, 4.0, 5.0], samples: &[], better: Direction::LowerIsBetter };
        assert!(bencher(&past, &[9.49000]) && !bencher(&past, &[9.48980]));
        let still = Past { values: &[1.0; 9], ..past };
        assert!(!bencher(&still, &[2.0]), "no spread, no limit");
    }

    #[test]
    fn the_z_score_is_that_of_git_perf() {
        // git-perf, stats.rs: mean 30 and deviation 5 give 35 a score of 1 (`test_z_score_with_mad`); without spread an
        // equal value has none and another one an infinite one (`z_score_with_zero_stddev`).
        assert!((z_score(35.0 - 30.0, 5.0) - 1.0).abs() < 1e-15);
        assert!(z_score(0.0, 0.0).is_nan() && z_score(10.0, 0.0).is_infinite());
        let still = Past { values: &[30.0; 40], samples: &[], better: Direction::LowerIsBetter };
        assert!(git_perf(&still, &[30.1]) && !git_perf(&still, &[30.0]) && !git_perf(&still, &[20.0]));
        // Mean 3 and deviation 1.5811: the limit is 9.3246.
        let past = Past { values: &[1.0, 2.0, 3.0, 4.0, 5.0], ..still };
        assert!(git_perf(&past, &[9.33]) && !git_perf(&past, &[9.32]));
    }
}
