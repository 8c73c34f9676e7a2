//! Noise that became worse.
//!
//! For: telling in a trend that the newest runs of a series scatter more than those before. Not for: a candidate; one run
//! shows no noise.
//! Invariant: a change of level is no noise: every run is measured from the level that it belongs to, and a few spikes
//! among quiet runs do not count.

use std::ops::Range;

use crate::stats;

/// The newest runs, which are compared with those before. With 30, twice the noise is found in two of five
/// heavy-tailed series, and three times the noise in four of five.
const NEWEST: usize = 30;

/// Runs before them: fewest and most.
const EARLIER: Range<usize> = 30..120;

/// The least factor between the spreads. Arbitrary: below it, a benchmark needs at most twice the runs for the same answer.
const LEAST_RATIO: f64 = 1.5;

/// Level of significance, one-sided, over the several looks that a weekly trend takes at the same runs.
const LEVEL: f64 = 2e-3;

/// The noise of the newest runs against that of earlier ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noisier {
    /// Relative standard deviation of the earlier runs, robust.
    pub before: f64,
    /// That of the newest runs.
    pub after: f64,
    /// Index in [`Trend::runs`](super::trend::Trend::runs) of the first of the newest runs.
    pub start: usize,
    /// One-sided p-value of the difference.
    pub probability: f64,
}

/// Compares the newest residuals with earlier ones, oldest first: their absolute values, by the test of Brown and Forsythe
/// (1974), "Robust tests for the equality of variances", JASA 69(346), with Welch's t for its F. Answers with the two
/// spreads, as distances, and the p-value; `None` where the newest are not noisier.
pub(super) fn noisier(residuals: &[f64], least: f64) -> Option<(f64, f64, f64)> {
    let (older, newest) = residuals.split_at(residuals.len().checked_sub(NEWEST)?);
    let older = &older[older.len().saturating_sub(EARLIER.end)..];
    if older.len() < EARLIER.start {
        return None;
    }
    let absolute = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value.abs()).collect() };
    let (older, newest) = (absolute(older), absolute(newest));
    // Medians beside the means of the test: spikes alone raise a mean.
    let spread = |values: &[f64]| stats::median(values).map(|median| median * stats::MEDIAN_TO_SD);
    let (before, after) = (spread(&older)?, spread(&newest)?);
    let probability = stats::welch(&older, &newest)? / 2.0;
    let is_more = after >= least && after > LEAST_RATIO * before && probability < LEVEL;
    (is_more && mean(&newest) > mean(&older)).then_some((before, after, probability))
}

/// Index of the first of the newest values.
pub(super) fn newest_start(count: usize) -> usize {
    count.saturating_sub(NEWEST)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution as _, StudentT};

    use super::*;

    /// Heavy-tailed residuals, the newest 30 of them larger by a factor.
    fn found(seeds: u64, factor: f64) -> usize {
        let residuals = |seed| -> Vec<f64> {
            let random = ChaCha8Rng::seed_from_u64(seed);
            let noise = StudentT::new(4.0).unwrap().sample_iter(random);
            noise
                .take(120)
                .map(|value: f64| value * 0.01)
                .enumerate()
                .map(|(run, value)| if run < 90 { value } else { value * factor })
                .collect()
        };
        (0..seeds).filter(|seed| noisier(&residuals(*seed), 0.001).is_some()).count()
    }

    #[test]
    fn equal_noise_is_seldom_told_and_more_noise_is_found() {
        let (equal, double, triple) = (found(2000, 1.0), found(300, 2.0), found(300, 3.0));
        assert!(equal <= 4, "{equal} of 2,000");
        assert!(double >= 120, "{double} of 300");
        assert!(triple >= 240, "{triple} of 300");
    }

    #[test]
    fn spikes_among_quiet_runs_and_short_histories_are_not_told() {
        let mut residuals = [0.01, -0.01, 0.005, -0.006].repeat(30);
        residuals[100] = 5.0;
        residuals[110] = 4.0;
        assert_eq!(noisier(&residuals, 0.001), None);
        assert_eq!(noisier(&residuals[..50], 0.001), None);
        assert_eq!(noisier(&[0.0; 120], 0.001), None);
    }
}
