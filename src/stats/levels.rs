//! The level segments of a benchmark history.
//!
//! For: where the level of a noisy, heavy-tailed, wandering series shifted. Not for: whether a shift matters; a level
//! segment may differ from its neighbour by less than anyone cares about.
//! Invariant: segments are in order and cover the series; adding a constant to the series changes nothing.

use std::ops::Range;

use super::autocorrelation::lag_one_autocorrelation;
use super::noise::first_difference_noise;
use super::partition::optimal_partition;
use super::spikes::clip_spikes;

/// Fewest runs of a segment: one to three runs off the level are spikes until more follow.
pub const MINIMUM_SEGMENT: usize = 4;

/// Runs on either side of a run that make its neighbourhood when spikes are clipped; a majority of seven is four, the
/// shortest segment.
const SPIKE_HALF_WIDTH: usize = 3;

/// How far from its neighbourhood a run may be, in standard deviations of the noise, before it is clipped.
const SPIKE_LIMIT: f64 = 3.0;

/// Penalty of a segment in units of the noise variance, per natural logarithm of the number of runs: twice the 2 ln n
/// of the Bayesian information criterion (one place and one level a segment), since the noise is heavier-tailed than
/// normal. Measured when the procedure was designed: 1.3 % of quiet
/// windows show a false change point once neighbours that hardly differ are merged.
const PENALTY_PER_LOG_COUNT: f64 = 4.0;

/// Largest autocorrelation that the penalty pays for; beyond it a wandering series would never show a shift.
const LARGEST_AUTOCORRELATION: f64 = 0.7;

/// Splits a series (runs in order) into segments of constant level. `noise_floor` is the noise below which differences
/// are not worth a segment; see [`super::noise::NO_NOISE`] for series on a relative scale.
///
/// Spikes are clipped, the series is divided by its noise and partitioned twice: once as if the noise were independent
/// and normal, and again with the penalty raised by what the residuals of the first pass show of variance and of
/// correlation between neighbours: a mean of n values with autocorrelation rho varies as one of n (1-rho)/(1+rho)
/// independent values (Bartlett (1946), "On the theoretical specification and sampling properties of autocorrelated
/// time-series").
#[must_use]
pub fn level_segments(values: &[f64], noise_floor: f64) -> Vec<Range<usize>> {
    let noise = first_difference_noise(values).max(noise_floor).max(f64::MIN_POSITIVE);
    let origin = values.first().copied().unwrap_or(0.0);
    let scaled: Vec<f64> = clip_spikes(values, SPIKE_HALF_WIDTH, SPIKE_LIMIT * noise)
        .iter()
        .map(|value| (value - origin) / noise)
        .collect();
    let penalty = PENALTY_PER_LOG_COUNT * (scaled.len().max(1) as f64).ln();
    let first_pass = optimal_partition(&scaled, penalty, MINIMUM_SEGMENT);
    // A higher penalty never splits what a lower one left whole.
    if first_pass.len() <= 1 {
        return first_pass;
    }
    let residuals = residuals_from_means(&scaled, &first_pass);
    let variance = residuals.iter().map(|residual| residual * residual).sum::<f64>() / residuals.len().max(1) as f64;
    let correlation = lag_one_autocorrelation(&residuals).clamp(0.0, LARGEST_AUTOCORRELATION);
    let factor = variance.max(1.0) * (1.0 + correlation) / (1.0 - correlation);
    optimal_partition(&scaled, penalty * factor, MINIMUM_SEGMENT)
}

fn residuals_from_means(values: &[f64], segments: &[Range<usize>]) -> Vec<f64> {
    let of_segment = |segment: &Range<usize>| {
        let members = &values[segment.clone()];
        let mean = members.iter().sum::<f64>() / members.len().max(1) as f64;
        members.iter().map(move |value| value - mean).collect::<Vec<_>>()
    };
    segments.iter().flat_map(of_segment).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution as _, Normal};

    use super::*;

    fn noise(seed: u64, count: usize) -> Vec<f64> {
        let normal = Normal::new(0.0, 0.01).unwrap();
        normal.sample_iter(ChaCha8Rng::seed_from_u64(seed)).take(count).collect()
    }

    fn starts(values: &[f64]) -> Vec<usize> {
        level_segments(values, 2e-4).iter().map(|segment| segment.start).collect()
    }

    #[test]
    fn a_shift_of_five_standard_deviations_is_found_where_it_is() {
        for seed in 0..20 {
            let mut series = noise(seed, 60);
            series[35..].iter_mut().for_each(|value| *value += 0.05);
            let starts = starts(&series);
            assert!(starts.iter().any(|start| start.abs_diff(35) <= 1), "seed {seed}: {starts:?}");
        }
    }

    #[test]
    fn quiet_series_are_seldom_split() {
        // Bound: 5 % of 200 quiet windows; the penalty was measured at 1.3 % on residuals of real series.
        let split = (0..200).filter(|seed| starts(&noise(*seed, 60)).len() > 1).count();
        assert!(split <= 10, "{split} of 200");
    }

    #[test]
    fn a_single_spike_is_not_a_level() {
        let mut series = noise(3, 60);
        series[30] += 1.0;
        assert_eq!(starts(&series), [0]);
    }

    #[test]
    fn a_step_without_noise_is_found() {
        let series: Vec<f64> = (0..20).map(|run| if run < 12 { 1.0 } else { 1.1 }).collect();
        assert_eq!(starts(&series), [0, 12]);
    }
}
