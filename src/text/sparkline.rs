//! A series as a row of Unicode blocks.
//!
//! For: seeing at a glance whether a value left its history. Not for: reading values off it.
//! Invariant: one character a value; a missing value is a dot, never a low block; a series whose range is small
//! against its size looks flat, so that noise is not drawn like a cliff.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What stands for a value that is not there.
const GAP: char = '·';

/// The least range that fills the full height, relative to the largest magnitude. Arbitrary: 4 % is about twice the
/// run-to-run noise of a quiet benchmark.
const LEAST_RANGE: f64 = 0.04;

/// Draws the values, oldest first. What is absent or not finite is drawn as a gap.
#[must_use]
pub fn sparkline(values: &[Option<f64>]) -> String {
    let finite = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    // Halves are subtracted so that a range across the whole of f64 does not overflow.
    let half_range = (high / 2.0 - low / 2.0).max(LEAST_RANGE / 2.0 * low.abs().max(high.abs()));
    let middle = high / 2.0 + low / 2.0;
    values
        .iter()
        .map(|value| match value {
            Some(value) if value.is_finite() => block((value / 2.0 - middle / 2.0) / half_range + 0.5),
            _ => GAP,
        })
        .collect()
}

/// The block for a height from 0 to 1; the middle where the height is undefined (all values zero).
fn block(height: f64) -> char {
    if height.is_nan() {
        return BLOCKS[3];
    }
    // Seven borders, the highest one at or below the height wins: no cast needed.
    let borders = [0.125, 0.25, 0.375, 0.5 + 1e-9, 0.625, 0.75, 0.875];
    BLOCKS[borders.iter().filter(|border| height >= **border).count()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shapes_are_recognisable() {
        let cases: [(&[f64], &str); 8] = [
            (&[], ""),
            (&[5.0], "▄"),
            (&[0.0, 0.0], "▄▄"),
            (&[5.0, 5.0, 5.0], "▄▄▄"),
            (&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], "▁▂▃▄▅▆▇█"),
            (&[10.0, 10.0, 10.0, 20.0], "▁▁▁█"),
            (&[100.0, 100.2, 99.9, 100.1], "▄▅▄▅"),
            (&[f64::MAX, f64::MIN], "█▁"),
        ];
        for (values, expected) in cases {
            let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
            assert_eq!(sparkline(&values), expected, "{values:?}");
        }
    }

    #[test]
    fn what_is_missing_is_a_dot() {
        assert_eq!(sparkline(&[Some(1.0), Some(2.0), None]), "▁█·");
        assert_eq!(sparkline(&[Some(f64::NAN), None]), "··");
    }

    proptest! {
        #[test]
        fn any_series_has_one_character_a_value(values in prop::collection::vec(prop::option::of(any::<f64>()), 0..40)) {
            prop_assert_eq!(sparkline(&values).chars().count(), values.len());
        }
    }
}
