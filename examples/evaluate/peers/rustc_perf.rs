//! The relevance rule of rustc-perf.
//!
//! For: what rustc-perf would call a relevant regression of one benchmark. Not for: its labels over a whole comparison.
//! Invariant: the candidate is compared with the previous run, by a threshold from the changes between adjacent runs.

use super::Past;
use super::past::value;

/// Runs that the threshold comes from; fewer are not enough (`NUM_PREVIOUS_COMMITS` in site/src/comparison.rs).
const RUNS: usize = 30;

/// Interquartile ranges above the third quartile (`IQR_MULTIPLIER`).
const RANGES: f64 = 3.0;

/// The threshold without enough runs (`DEFAULT_SIGNIFICANCE_THRESHOLD`).
const FALLBACK: f64 = 0.002;

/// Below it a change is very small, whatever the threshold (`magnitude`).
const NEGLIGIBLE: f64 = 0.0001;

/// Bounds between very small, small, medium, large and very large, in thresholds.
const OVER_THRESHOLD: [f64; 4] = [1.5, 3.0, 6.0, 12.0];

/// The same bounds as relative changes: 0.2, 1, 2 and 5 %, doubled for all metrics but instructions.
const ABSOLUTE: [f64; 4] = [0.004, 0.02, 0.04, 0.10];

/// rustc-perf at its defaults: significant (a relative change against the previous run of at least Q3 + 3 IQR of the
/// adjacent relative changes) and at least small (the mean of how far it is above the threshold and how large it is).
pub(crate) fn rustc_perf(past: &Past<'_>, candidate: &[f64]) -> bool {
    let Some(previous) = past.values.last() else { return false };
    let change = past.ratio(*previous, value(candidate)) - 1.0;
    let threshold = if past.values.len() < RUNS { FALLBACK } else { threshold(&changes(past)) };
    change > 0.0 && change >= threshold && magnitude(change, threshold) >= 2
}

/// Relative changes between adjacent runs of the newest 30, in ascending order. For a metric where higher is better,
/// of which rustc-perf has none, of the reciprocals.
fn changes(past: &Past<'_>) -> Vec<f64> {
    let mut changes: Vec<f64> =
        past.newest(RUNS).windows(2).map(|pair| (past.ratio(pair[0], pair[1]) - 1.0).abs()).collect();
    changes.sort_by(f64::total_cmp);
    changes
}

/// Q3 + 3 IQR of sorted changes (`significance_threshold`), with the quartiles of `quartiles`: medians of the halves,
/// of an even number of changes without the two in the middle.
fn threshold(sorted: &[f64]) -> f64 {
    let count = sorted.len();
    let (first_end, second_begin) = match count {
        0 => return FALLBACK,
        1 | 2 => (0, (count - 1).min(1)),
        _ if count.is_multiple_of(2) => (count / 2 - 2, count / 2 + 1),
        _ => (count / 2 - 1, count / 2 + 1),
    };
    let middle = |values: &[f64]| f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
    let (first, third) = (middle(&sorted[..=first_end]), middle(&sorted[second_begin..]));
    third + (third - first) * RANGES
}

/// 1 (very small) to 5 (very large), rounded down (`magnitude`).
fn magnitude(change: f64, threshold: f64) -> usize {
    if change < NEGLIGIBLE {
        return 1;
    }
    let grade = |bounds: [f64; 4], unit: f64| 1 + bounds.iter().filter(|bound| change >= *bound * unit).count();
    usize::midpoint(grade(OVER_THRESHOLD, threshold), grade(ABSOLUTE, 1.0))
}

#[cfg(test)]
mod tests {
    use benchgate::model::Direction;

    use super::*;

    #[test]
    fn the_threshold_is_that_of_the_glossary() {
        // docs/glossary.md of rustc-perf, "significance threshold": Q3 + (IQR * 3). By hand, with its quartiles: of 1
        // to 7 the halves are 1 to 3 and 5 to 7, so Q1 = 2, Q3 = 6; of 1 to 8 they are 1 to 3 and 6 to 8, Q1 = 2,
        // Q3 = 7.
        let numbers: Vec<f64> = (1..=8).map(f64::from).collect();
        assert!((threshold(&numbers[..7]) - 18.0).abs() < 1e-12);
        assert!((threshold(&numbers) - 22.0).abs() < 1e-12);
    }

    #[test]
    fn magnitudes_are_the_means_of_two_grades() {
        // comparison.rs, `magnitude`: over the threshold by 1.5, 3, 6, 12; absolute by twice 0.2, 1, 2, 5 %.
        assert_eq!(magnitude(0.000_05, 1e-9), 1, "below 0.01 % it is always very small");
        assert_eq!(magnitude(0.002, 0.002), 1, "very small and very small");
        assert_eq!(magnitude(0.005, 0.004), 1, "very small and small, rounded down");
        assert_eq!(magnitude(0.03, 0.025), 2, "very small and medium");
        assert_eq!(magnitude(0.12, 0.01), 5, "very large and very large");
    }

    #[test]
    fn young_series_use_the_fallback() {
        let past = Past { values: &[100.0, 101.0], samples: &[], better: Direction::LowerIsBetter };
        // 0.8 % of 101, four thresholds of 0.2 %: medium and small.
        assert!(rustc_perf(&past, &[101.81]) && !rustc_perf(&past, &[101.1]) && !rustc_perf(&past, &[90.0]));
        let still = [100.0; 30];
        assert!(rustc_perf(&Past { values: &still, ..past }, &[100.5]));
    }
}
