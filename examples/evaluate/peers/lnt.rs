//! The regression rule of LLVM's LNT.
//!
//! For: what LNT's reports would show as a regression. Not for: its states of regressions, and its rule that equal
//! binaries are unchanged; the recorded series have no hashes.
//! Invariant: the answer is that of `ComparisonResult.get_value_status` in lnt/server/reporting/analysis.py.

use benchgate::model::Direction;
use benchgate::stats::{mann_whitney, student_t_upper_tail};

use super::Past;
use super::past::mean;

/// Runs on the same machine before the candidate whose samples are compared with: its look-back.
const RUNS: usize = 10;

/// Changes below it are ignored: 1 % (`ignore_small`).
const SMALLEST_SHARE: f64 = 0.01;

/// Differences below it are ignored, in the unit of the metric, which LNT takes to be seconds.
const SMALLEST_DIFFERENCE: f64 = 0.01;

/// The smallest measurable change, in seconds (`MIN_VALUE_PRECISION`).
const PRECISION: f64 = 0.0001;

/// Standard deviations of the candidate's samples (`confidence_interval`): 99 % of a normal distribution.
const DEVIATIONS: f64 = 2.576;

/// Level of the Mann-Whitney test (`confidence_lv`).
const LEVEL: f64 = 0.05;

/// Fewest samples on either side for that test.
const FEWEST_SAMPLES: usize = 4;

/// LNT at its defaults, with the samples of the runs.
pub(crate) fn lnt(past: &Past<'_>, candidate: &[f64]) -> bool {
    let first = past.samples.len().saturating_sub(RUNS);
    is_regression(candidate, &past.samples[first..].concat(), past.better)
}

/// LNT where each run submits one value, as most do, and the report of a run compares it with the previous one
/// (`get_run_comparison_result`).
pub(crate) fn lnt_single_values(past: &Past<'_>, candidate: &[f64]) -> bool {
    is_regression(&[super::past::value(candidate)], past.newest(1), past.better)
}

/// The steps of `get_value_status`, in its order.
fn is_regression(samples: &[f64], previous: &[f64], better: Direction) -> bool {
    let best = match better {
        Direction::LowerIsBetter => samples.iter().copied().reduce(f64::min),
        Direction::HigherIsBetter => samples.iter().copied().reduce(f64::max),
    };
    // The last of the closest previous samples is compared with (`absmin_diff`).
    let closest =
        best.and_then(|best| previous.iter().rev().min_by(|a, b| (best - *a).abs().total_cmp(&(best - *b).abs())));
    let Some((best, closest)) = best.zip(closest) else { return false };
    let difference = best - closest;
    let share = if closest.abs() > 0.0 { difference / closest } else { 0.0 };
    let is_small = share.abs() < SMALLEST_SHARE
        || difference.abs() < SMALLEST_DIFFERENCE
        || difference.abs() <= 2.0 * PRECISION * DEVIATIONS;
    if is_small || best.abs() <= 0.0 {
        return false;
    }
    let can_test = samples.len() >= FEWEST_SAMPLES && previous.len() >= FEWEST_SAMPLES;
    if can_test && rank_test(samples, previous) > LEVEL {
        return false;
    }
    if samples.len() > 1 && difference.abs() <= DEVIATIONS * deviation(samples) {
        return false;
    }
    match better {
        Direction::LowerIsBetter => difference > 0.0,
        Direction::HigherIsBetter => difference < 0.0,
    }
}

/// Standard deviation with divisor n (`stats.standard_deviation`).
fn deviation(samples: &[f64]) -> f64 {
    let centre = mean(samples);
    mean(&samples.iter().map(|sample| (sample - centre).powi(2)).collect::<Vec<_>>()).sqrt()
}

/// Two-sided p-value of the Mann-Whitney test, by the normal approximation with equal ranks allowed for where the exact
/// distribution does not apply.
fn rank_test(first: &[f64], second: &[f64]) -> f64 {
    if let Some(exact) = mann_whitney(first, second) {
        return exact;
    }
    let (n, m) = (first.len() as f64, second.len() as f64);
    let mut wins = 0.0;
    for value in first {
        for other in second {
            wins += if value > other {
                1.0
            } else if value < other {
                0.0
            } else {
                0.5
            };
        }
    }
    let mut all = [first, second].concat();
    all.sort_by(f64::total_cmp);
    let groups = all.chunk_by(|one, other| one >= other).map(|equal| equal.len() as f64);
    let ties: f64 = groups.map(|count| count.powi(3) - count).sum();
    let total = n + m;
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    // Student's distribution with so many degrees of freedom is the normal one.
    student_t_upper_tail((wins - n * m / 2.0).abs() / variance.sqrt(), 1e9).map_or(1.0, |tail| 2.0 * tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOWER: Direction = Direction::LowerIsBetter;

    #[test]
    fn answers_are_those_of_the_tests_of_lnt() {
        // tests/server/reporting/analysis.py of llvm-lnt, by the names of its cases.
        let noise = [11.3978, 11.2272, 11.3756, 11.0, 11.1964, 11.0341, 11.1875, 11.2624, 11.3429];
        let spike = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        assert!(!is_regression(&[0.0887, 0.0919, 0.0903], &[0.0858], LOWER), "test_comp");
        assert!(is_regression(&[10.0], &[5.0], LOWER), "test_slower");
        assert!(!is_regression(&[5.0], &[10.0], LOWER), "test_faster");
        assert!(!is_regression(&[5.0, 6.0], &[10.0, 10.0, 10.0], LOWER), "test_really_faster");
        assert!(is_regression(&[10.0, 10.1], &[5.0, 5.1, 4.9, 5.0], LOWER), "test_noticeable_regression");
        assert!(!is_regression(&[1.0], &[1.0; 10], LOWER), "test_no_regression_flat_line");
        assert!(is_regression(&[2.0], &[1.0; 9], LOWER), "test_simple_regression");
        assert!(is_regression(&[12.2821], &noise, LOWER), "test_noisy_regression_5");
        assert!(is_regression(&[12.2821, 12.2141, 12.3077], &noise, LOWER), "test_noisy_regression_5_multi");
        assert!(!is_regression(&[1.0], &spike, LOWER), "test_single_spike");
    }

    #[test]
    fn the_rank_test_agrees_with_scipy() {
        // scipy.stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False).pvalue, SciPy 1.17.1.
        let (first, second) = ([1.0, 2.0, 2.0, 3.0], [2.0, 3.0, 4.0, 5.0, 5.0]);
        assert!((rank_test(&first, &second) - 0.059451093).abs() < 1e-6);
    }

    #[test]
    fn samples_that_mix_are_unchanged() {
        let previous: Vec<f64> = (0..20).map(|index| 10.0 + f64::from(index % 5)).collect();
        assert!(!is_regression(&[14.5, 10.2, 11.3, 12.1], &previous, LOWER));
        assert!(is_regression(&[24.5, 24.2, 24.3, 24.1], &previous, LOWER));
    }
}
