//! By how much two samples differ in level.
//!
//! For: the size of a change point, with an interval. Not for: whether there is one (see [`super::two_samples`]).
//! Invariant: low end <= estimate <= high end; turning the samples around turns signs and ends around.

use super::quantile::median;

/// The 97.5 % quantile of the standard normal distribution: an interval of 95 %.
const TWO_SIDED_95_PERCENT: f64 = 1.959_963_984_540_054;

/// A shift in level with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The estimate, positive where the second sample is larger.
    pub estimate: f64,
    /// Low end of the interval of 95 %.
    pub low: f64,
    /// High end of it.
    pub high: f64,
}

/// The Hodges-Lehmann estimate of the shift from the first sample to the second: the median of all differences between
/// a value of each (Hodges and Lehmann (1963), "Estimates of location based on rank tests", Annals of Mathematical
/// Statistics 34(2)), with the interval of Moses in its large-sample form: the differences of rank C and nm + 1 - C
/// for C = nm/2 - z sqrt(nm(n+m+1)/12), rounded down and at least 1 (Hollander and Wolfe, "Nonparametric Statistical
/// Methods", section 4.3).
///
/// With so few values that C would be less than 1, the interval is all differences and covers less than 95 %. It
/// takes values as independent: where neighbours are correlated it is too narrow. `None` for an empty sample.
#[must_use]
pub fn hodges_lehmann_shift(first: &[f64], second: &[f64]) -> Option<Shift> {
    let mut differences: Vec<f64> =
        first.iter().flat_map(|before| second.iter().map(move |after| after - before)).collect();
    let estimate = median(&differences)?;
    let (n, m) = (first.len() as f64, second.len() as f64);
    let rank = n * m / 2.0 - TWO_SIDED_95_PERCENT * (n * m * (n + m + 1.0) / 12.0).sqrt();
    // Counting the ranks below keeps a float from becoming an index.
    let below = (1..differences.len()).take_while(|index| *index as f64 + 1.0 <= rank).count();
    // Two places of the order are needed, not the order.
    let last = differences.len() - 1;
    let mut place = |rank| *differences.select_nth_unstable_by(rank, f64::total_cmp).1;
    let (low, high) = (place(below), place(last - below));
    Some(Shift { estimate, low: low.min(estimate), high: high.max(estimate) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BEFORE: [f64; 10] = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const AFTER: [f64; 5] = [1.15, 0.88, 0.90, 0.74, 1.21];

    #[test]
    fn the_shift_of_the_example_of_hollander_and_wolfe_agrees_with_numpy() {
        // Permeability of placental membrane, the example of section 4.1: the median of the 50 differences and those of
        // rank 8 and 43, by NumPy 2.4.6; C is 8.997.
        let shift = hodges_lehmann_shift(&AFTER, &BEFORE).unwrap();
        assert!((shift.estimate - 0.305).abs() < 1e-12, "{shift:?}");
        assert!((shift.low + 0.17).abs() < 1e-12 && (shift.high - 0.76).abs() < 1e-12, "{shift:?}");
    }

    #[test]
    fn few_values_give_all_differences_and_none_give_none() {
        let shift = hodges_lehmann_shift(&[1.0, 2.0], &[11.0, 13.0]).unwrap();
        assert_eq!((shift.low, shift.high), (9.0, 12.0));
        assert!((shift.estimate - 10.5).abs() < 1e-12);
        assert_eq!(hodges_lehmann_shift(&[], &[1.0]), None);
    }

    proptest! {
        #[test]
        fn turning_the_samples_around_turns_the_shift_around(
            first in prop::collection::vec(-5.0..5.0_f64, 1..20), second in prop::collection::vec(-5.0..5.0_f64, 1..20),
        ) {
            let there = hodges_lehmann_shift(&first, &second).unwrap();
            let back = hodges_lehmann_shift(&second, &first).unwrap();
            prop_assert!((there.estimate + back.estimate).abs() < 1e-9);
            prop_assert!((there.low + back.high).abs() < 1e-9 && (there.high + back.low).abs() < 1e-9);
            prop_assert!(there.low <= there.estimate && there.estimate <= there.high);
        }
    }
}
