//! Quantiles and medians.
//!
//! For: order statistics of a sample. Not for: quantiles of distributions (see [`super::tail`]).
//! Invariant: the answer lies between the smallest and the largest value.

/// The quantile of a sample by linear interpolation between the order statistics: definition 7 of Hyndman and Fan
/// (1996), "Sample quantiles in statistical packages", The American Statistician 50(4); the default of `numpy` and R.
///
/// `None` for an empty sample; a probability outside 0 to 1 is taken as the nearer end.
#[must_use]
pub fn quantile(values: &[f64], probability: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    let last = sorted.len().checked_sub(1)?;
    let position = last as f64 * probability.clamp(0.0, 1.0);
    let below = floor(position, last);
    let (_, lower, above) = sorted.select_nth_unstable_by(below, f64::total_cmp);
    let lower = *lower;
    let Some(upper) = above.iter().copied().min_by(f64::total_cmp) else { return Some(lower) };
    Some(interpolate(lower, upper, position - below as f64))
}

/// The largest index not above a position between 0 and `last`, by bisection: a float is never turned into an index.
fn floor(position: f64, last: usize) -> usize {
    let (mut low, mut high) = (0, last + 1);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if middle as f64 <= position {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The median: the middle value, or the mean of the two middle values ([`quantile`] at one half).
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The median of a few values, which it puts in order: for those who need many of them.
#[must_use]
pub(super) fn median_of_few(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let is_odd = values.len() % 2 == 1;
    Some(if is_odd { upper } else { interpolate(values[values.len() / 2 - 1], upper, 0.5) })
}

/// A point between two ordered values; halves are taken apart so that values near the largest float do not overflow.
fn interpolate(lower: f64, upper: f64, fraction: f64) -> f64 {
    let span = upper - lower;
    if span.is_finite() { lower + span * fraction } else { lower * (1.0 - fraction) + upper * fraction }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_agree_with_numpy() {
        // numpy.quantile (default method "linear"), NumPy 2.4.6.
        let sample = [3.1, 2.7, 9.4, 2.9, 3.3, 3.0, 7.5];
        for (probability, expected) in [
            (0.0, 2.7),
            (0.1, 2.82),
            (0.25, 2.95),
            (0.5, 3.1),
            (0.8, 6.660_000_000_000_003),
            (0.95, 8.829_999_999_999_998),
            (1.0, 9.4),
        ] {
            let actual = quantile(&sample, probability).unwrap();
            assert!((actual - expected).abs() < 1e-12, "{probability}: {actual}");
        }
        assert_eq!(median(&[4.0, 1.0, 3.0, 10.0]), Some(3.5));
    }

    #[test]
    fn an_empty_sample_has_no_median_and_one_value_is_its_own() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7.0]), Some(7.0));
        assert_eq!(median(&[-f64::MAX, f64::MAX]), Some(0.0));
    }

    proptest! {
        #[test]
        fn a_quantile_lies_within_the_sample_and_grows_with_its_probability(
            sample in prop::collection::vec(-1e6..1e6_f64, 1..40), low in 0.0..1.0_f64, high in 0.0..1.0_f64,
        ) {
            let (low, high) = (low.min(high), low.max(high));
            let (first, second) = (quantile(&sample, low).unwrap(), quantile(&sample, high).unwrap());
            prop_assert!(first <= second + 1e-9);
            let smallest = sample.iter().copied().fold(f64::INFINITY, f64::min);
            let largest = sample.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(smallest - 1e-9 <= first && second <= largest + 1e-9);
        }

        #[test]
        fn half_of_the_sample_is_on_either_side_of_the_median(sample in prop::collection::vec(-1e6..1e6_f64, 1..40)) {
            let middle = median(&sample).unwrap();
            prop_assert!(2 * sample.iter().filter(|value| **value < middle).count() <= sample.len());
            prop_assert!(2 * sample.iter().filter(|value| **value > middle).count() <= sample.len());
        }
    }
}
