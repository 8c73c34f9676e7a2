//! PELT with squared deviations, as textbooks give it.
//!
//! For: comparing with the most common change-point method at its usual setting. Not for: judging anything in
//! benchgate, whose own segmentation also clips spikes, pays for correlation, and joins what hardly differs.
//! Invariant: the answer is that of ruptures' `Pelt(model="l2", min_size=2, jump=1)`, except where its pruning drops a
//! start too early for that minimum size; there the answer here costs less.

use benchgate::stats::{first_difference_noise, optimal_partition};

/// The penalty for a change point in units of the noise variance, per natural logarithm of the number of values: one
/// for the place, one for each of the levels beside it, as usual for the modified Bayesian criterion of Zhang and
/// Siegmund (2007), the default of the R package `changepoint` ("MBIC").
const PENALTY_PER_LOG_COUNT: f64 = 3.0;

/// The first values after each change: the optimal partition (Killick et al. (2012), "Optimal detection of changepoints
/// with a linear computational cost", JASA 107(500)) of the series divided by its noise.
pub(crate) fn change_points(values: &[f64]) -> Vec<usize> {
    let noise = first_difference_noise(values).max(f64::MIN_POSITIVE);
    let origin = values.first().copied().unwrap_or(0.0);
    let scaled: Vec<f64> = values.iter().map(|value| (value - origin) / noise).collect();
    let penalty = PENALTY_PER_LOG_COUNT * (values.len().max(1) as f64).ln();
    optimal_partition(&scaled, penalty, 2).iter().skip(1).map(|segment| segment.start).collect()
}
