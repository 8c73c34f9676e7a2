//! Robust noise of a series from its first differences.
//!
//! For: the size of run-to-run noise where the level of the series may shift. Not for: the spread that decides (rare
//! spikes do not count here, and they must count there; see [`super::spread`]).
//! Invariant: a few level shifts or spikes hardly move the answer; adding a constant does not move it at all.

use super::quantile::{median, quantile};

/// Noise that counts as none, as a relative standard deviation: 0.02 %. Benchmarks of time do not repeat that well;
/// instructions, bytes and allocations do. Measured when the procedure was designed, on public benchmark histories.
pub const NO_NOISE: f64 = 2e-4;

/// Turns a median absolute deviation into a standard deviation of the normal distribution: 1 / Phi^-1(3/4); see
/// Rousseeuw and Croux (1993), "Alternatives to the median absolute deviation", JASA 88(424).
pub const MEDIAN_TO_SD: f64 = 1.4826;

/// The 80 % quantile of the absolute value of a standard normal variable: Phi^-1(0.9).
const EIGHTY_PERCENT_OF_ABSOLUTE_NORMAL: f64 = 1.2816;

/// Standard deviation of the noise around a level that may shift: the median absolute first difference, scaled for the
/// normal distribution and for a difference having twice the variance of a value (after von Neumann et al. (1941),
/// "The mean square successive difference", Annals of Mathematical Statistics 12(2), with a median for the mean).
///
/// Where more than half the differences are zero, as with coarse clocks and counts, the 80 % quantile takes the
/// median's place. Zero for fewer than two values.
#[must_use]
pub fn first_difference_noise(values: &[f64]) -> f64 {
    let differences: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let zeros = differences.iter().filter(|difference| **difference <= 0.0).count();
    let of_differences = if 2 * zeros > differences.len() {
        quantile(&differences, 0.8).map(|quantile| quantile / EIGHTY_PERCENT_OF_ABSOLUTE_NORMAL)
    } else {
        median(&differences).map(|median| median * MEDIAN_TO_SD)
    };
    of_differences.unwrap_or(0.0) / std::f64::consts::SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_agrees_with_numpy() {
        // 1.4826 * numpy.median(|numpy.diff(y)|) / sqrt(2), and numpy.quantile(.., 0.8) / 1.2816 / sqrt(2); NumPy
        // 2.4.6.
        let moving = [0.00, 0.02, -0.01, 0.03, 0.01, 0.00, 0.05, -0.02];
        assert!((first_difference_noise(&moving) - 0.031_450_695_413_615_254).abs() < 1e-15);
        let mostly_still = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.5, 1.0, 1.0, 1.3, 1.2];
        assert!((first_difference_noise(&mostly_still) - 0.187_590_750_314_783_23).abs() < 1e-15);
    }

    #[test]
    fn a_level_shift_is_not_noise() {
        let shifted: Vec<f64> = (0..40).map(|run| if run < 20 { 0.0 } else { 5.0 }).collect();
        assert!(first_difference_noise(&shifted) <= 0.0);
    }

    #[test]
    fn one_value_shows_no_noise() {
        assert!(first_difference_noise(&[1.0]) <= 0.0);
        assert!(first_difference_noise(&[]) <= 0.0);
    }
}
