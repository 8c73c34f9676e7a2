//! Whether two samples differ in level.
//!
//! For: telling neighbouring level segments apart. Not for: judging a candidate; samples of two runs say nothing of the
//! variation between runs.
//! Invariant: a p-value is two-sided, between 0 and 1, and the same when the samples change places.

use super::tail::student_t_upper_tail;

/// Largest size of both samples together for which the exact distribution is counted out.
const LARGEST_EXACT: usize = 60;

/// Two-sided p-value of the exact Mann-Whitney U test (Mann and Whitney (1947), "On a test of whether one of two random
/// variables is stochastically larger than the other", Annals of Mathematical Statistics 18(1)).
///
/// `None` where the exact distribution does not apply or is not counted out: an empty sample, equal values across the
/// samples, or more than 60 values.
#[must_use]
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Option<f64> {
    let (n, m) = (first.len(), second.len());
    if n == 0 || m == 0 || n + m > LARGEST_EXACT {
        return None;
    }
    let mut below = 0;
    for value in first {
        for other in second {
            if (value - other).abs() <= 0.0 {
                return None;
            }
            below += usize::from(other < value);
        }
    }
    let tail: f64 = rank_sum_counts(n, m, below.min(n * m - below)).iter().sum();
    Some((2.0 * tail / binomial(n + m, n)).min(1.0))
}

/// The number of arrangements of n and m values with each U from 0 to the largest that is asked for, by the recurrence
/// of Mann and Whitney. Smaller ones do not depend on larger ones.
fn rank_sum_counts(n: usize, m: usize, largest: usize) -> Vec<f64> {
    // The coefficients of the Gaussian binomial: a product over i of (1 - q^(m+i)) / (1 - q^i), for i from 1 to n.
    let mut counts = vec![0.0; largest + 1];
    counts[0] = 1.0;
    for i in 1..=n {
        for place in (m + i..counts.len()).rev() {
            counts[place] -= counts[place - m - i];
        }
        for place in i..counts.len() {
            counts[place] += counts[place - i];
        }
    }
    counts
}

/// The number of ways to choose `chosen` of `all`.
fn binomial(all: usize, chosen: usize) -> f64 {
    (1..=chosen).fold(1.0, |product, i| product * (all - chosen + i) as f64 / i as f64)
}

/// Two-sided p-value of Welch's t test for unequal variances (Welch (1947), "The generalization of Student's problem
/// when several different population variances are involved", Biometrika 34(1-2)).
///
/// `None` for samples of fewer than two values. Samples without any spread differ with certainty or not at all.
#[must_use]
pub fn welch(first: &[f64], second: &[f64]) -> Option<f64> {
    let ((mean_1, error_1), (mean_2, error_2)) = (mean_and_squared_error(first)?, mean_and_squared_error(second)?);
    let (difference, error) = ((mean_1 - mean_2).abs(), error_1 + error_2);
    if error <= 0.0 {
        return Some(if difference > 0.0 { 0.0 } else { 1.0 });
    }
    let degrees_of_freedom =
        error.powi(2) / (error_1.powi(2) / (first.len() - 1) as f64 + error_2.powi(2) / (second.len() - 1) as f64);
    student_t_upper_tail(difference / error.sqrt(), degrees_of_freedom).map(|tail| 2.0 * tail)
}

fn mean_and_squared_error(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Some((mean, variance / count))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: ([f64; 5], [f64; 6]) = ([1.1, 2.3, 0.7, 3.9, 2.2], [4.1, 5.6, 3.3, 6.8, 2.9, 7.7]);
    const LONG: ([f64; 8], [f64; 8]) =
        ([1.0, 2.0, 3.0, 4.0, 5.5, 6.5, 7.5, 0.5], [8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 7.0, 6.0]);

    #[test]
    fn mann_whitney_agrees_with_scipy() {
        // scipy.stats.mannwhitneyu(a, b, method="exact").pvalue, SciPy 1.17.1.
        let cases: [(&[f64], &[f64], f64); 4] = [
            (&SHORT.0, &SHORT.1, 0.017_316_017_316_017_316),
            (&LONG.0, &LONG.1, 0.001_087_801_087_801_087_8),
            (&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0], 0.028_571_428_571_428_57),
            (&[1.0, 4.0, 5.0], &[2.0, 3.0, 6.0], 1.0),
        ];
        for (first, second, expected) in cases {
            let (one_way, other_way) = (mann_whitney(first, second).unwrap(), mann_whitney(second, first).unwrap());
            assert!((one_way - expected).abs() < 1e-14 && (other_way - expected).abs() < 1e-14, "{one_way}");
        }
    }

    #[test]
    fn mann_whitney_refuses_what_it_cannot_count() {
        assert_eq!(mann_whitney(&[1.0, 2.0], &[2.0, 3.0]), None, "equal values");
        assert_eq!(mann_whitney(&[], &[2.0]), None);
        let many: Vec<f64> = (0..40).map(f64::from).collect();
        let others: Vec<f64> = many.iter().map(|value| value + 0.5).collect();
        assert_eq!(mann_whitney(&many, &others), None, "too many");
    }

    #[test]
    fn welch_agrees_with_scipy() {
        // scipy.stats.ttest_ind(a, b, equal_var=False).pvalue, SciPy 1.17.1.
        assert!((welch(&SHORT.0, &SHORT.1).unwrap() - 0.013_216_117_611_909_23).abs() < 1e-12);
        assert!((welch(&LONG.0, &LONG.1).unwrap() - 0.000_436_248_157_457_594_7).abs() < 1e-12);
    }

    #[test]
    fn welch_without_spread_is_certain() {
        assert_eq!(welch(&[1.0, 1.0], &[1.0, 1.0]), Some(1.0));
        assert_eq!(welch(&[1.0, 1.0], &[2.0, 2.0]), Some(0.0));
        assert_eq!(welch(&[1.0], &[2.0, 2.0]), None);
    }
}
