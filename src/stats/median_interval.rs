//! How well the median of a sample is known.
//!
//! For: intervals beside medians in reports. Not for: the difference of two samples (see [`super::shift`]).
//! Invariant: the ends are values of the sample, and cover the median with at least 95 % where there are any.

use statrs::distribution::{Binomial, DiscreteCDF as _};

/// Half of what an interval of 95 % leaves out.
const TAIL: f64 = 0.025;

/// The interval of 95 % of the median from order statistics: the k-th smallest and the k-th largest value for the largest
/// k with P(B < k) <= 2.5 %, B being binomial with probability 1/2 (David and Nagaraja (2003), "Order Statistics",
/// section 7.1). It assumes nothing of the distribution but that values are independent.
///
/// `None` for fewer than six values, none of whose intervals is that sure.
#[must_use]
pub fn median_interval(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let below = Binomial::new(0.5, sorted.len() as u64).ok()?;
    let rank = (0..sorted.len()).take_while(|rank| below.cdf(*rank as u64) <= TAIL).count();
    (rank > 0).then(|| (sorted[rank - 1], sorted[sorted.len() - rank]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_agree_with_scipy() {
        // scipy.stats.quantile_test(x, q=0, p=0.5).confidence_interval(0.95), SciPy 1.17.1.
        let placenta = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        assert_eq!(median_interval(&placenta), Some((0.80, 1.89)));
        let six = [3.0, 1.0, 2.0, 6.0, 5.0, 4.0];
        assert_eq!(median_interval(&six), Some((1.0, 6.0)));
        let many: Vec<f64> = (1..=25).map(f64::from).collect();
        assert_eq!(median_interval(&many), Some((8.0, 18.0)));
    }

    #[test]
    fn few_values_have_no_interval_and_many_have_one() {
        assert_eq!(median_interval(&[1.0, 2.0, 3.0, 4.0, 5.0]), None);
        assert_eq!(median_interval(&[]), None);
        let of = |count: i32| median_interval(&(1..=count).map(f64::from).collect::<Vec<_>>());
        // The largest k with scipy.stats.binom.cdf(k - 1, n, 0.5) <= 0.025, and n + 1 - k.
        assert_eq!(of(1001), Some((470.0, 532.0)));
        assert_eq!(of(5000), Some((2431.0, 2570.0)));
    }
}
