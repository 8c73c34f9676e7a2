//! Correction for many tests at once.
//!
//! For: holding the share of false discoveries over all series of a run. Not for: deciding what a discovery is.
//! Invariant: a corrected probability is never below the uncorrected one, and their order is the same.

/// Benjamini-Hochberg adjusted p-values, in the order given: rejecting those at or below q keeps the expected share of
/// false ones among the rejected at or below q (Benjamini and Hochberg (1995), "Controlling the false discovery rate",
/// Journal of the Royal Statistical Society B 57(1)); under positive dependence too (Benjamini and Yekutieli (2001)).
#[must_use]
pub fn benjamini_hochberg(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|first, second| probabilities[*first].total_cmp(&probabilities[*second]));
    let mut adjusted = vec![1.0; probabilities.len()];
    let mut smallest = 1.0_f64;
    // From the largest down: a value is never adjusted above a larger one.
    for (rank, index) in order.into_iter().enumerate().rev() {
        let scaled = probabilities[index] * probabilities.len() as f64 / (rank + 1) as f64;
        smallest = smallest.min(scaled);
        adjusted[index] = smallest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn adjusted_values_agree_with_statsmodels() {
        // statsmodels 0.15.0: stats.multitest.multipletests(p, method="fdr_bh")[1].
        let adjusted = benjamini_hochberg(&[0.01, 0.02, 0.03, 0.04, 0.5, 0.0001, 0.04, 0.9]);
        let third = 0.053_333_333_333_333_33;
        let expected = [0.04, third, third, third, 0.571_428_571_428_571_4, 0.0008, third, 0.9];
        for (actual, expected) in adjusted.iter().zip(expected) {
            assert!((actual - expected).abs() < 1e-15, "{actual} {expected}");
        }
    }

    #[test]
    fn one_test_needs_no_correction_and_none_gives_none() {
        assert_eq!(benjamini_hochberg(&[0.03]), [0.03]);
        assert_eq!(benjamini_hochberg(&[]), Vec::<f64>::new());
    }

    proptest! {
        #[test]
        fn correction_only_raises_and_keeps_the_order(values in prop::collection::vec(0.0..1.0_f64, 1..60)) {
            let adjusted = benjamini_hochberg(&values);
            for (value, corrected) in values.iter().zip(&adjusted) {
                prop_assert!(*corrected >= value - 1e-15 && *corrected <= 1.0);
            }
            for (first, second) in (0..values.len()).zip(1..values.len()) {
                if values[first] <= values[second] {
                    prop_assert!(adjusted[first] <= adjusted[second]);
                }
            }
        }
    }
}
