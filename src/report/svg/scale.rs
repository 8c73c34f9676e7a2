//! Values to places, with ticks at round numbers.
//!
//! For: the axes of every plot. Not for: time (see `days`), nor for how a number is written.
//! Invariant: the range is finite and never empty, whatever the values; ticks lie in the range and ascend.

/// The least range of an axis, relative to the largest magnitude on it: noise is not drawn like a cliff. Arbitrary: 4 % is
/// about twice the run-to-run noise of a quiet benchmark.
const LEAST_RANGE: f64 = 0.04;

/// Values of one sign that differ by more than this factor are drawn on a logarithmic axis. Arbitrary: below it, the lowest
/// of them is still told from zero.
const LOG_FROM: f64 = 30.0;

/// Fraction of the range that is left free at both ends.
const MARGIN: f64 = 0.06;

/// An axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The value at its beginning.
    pub low: f64,
    /// The value at its end.
    pub high: f64,
    /// Whether equal distances are equal ratios.
    pub is_log: bool,
}

impl Scale {
    /// An axis that holds all values, logarithmic where they differ by orders of magnitude.
    #[must_use]
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = range(values);
        if low >= f64::MIN_POSITIVE && high / low > LOG_FROM { Self::log(low, high) } else { Self::padded(low, high) }
    }

    /// A linear axis that holds zero and all values.
    #[must_use]
    pub fn from_zero(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = range(values.into_iter().chain([0.0]));
        let padded = Self::padded(low, high);
        Self {
            low: if low < 0.0 { padded.low } else { 0.0 },
            high: if high > 0.0 { padded.high } else { 0.0 },
            ..padded
        }
        .not_empty()
    }

    /// A logarithmic axis from a positive number to a larger one.
    #[must_use]
    pub fn log(low: f64, high: f64) -> Self {
        let margin = ((high.ln() - low.ln()) * MARGIN).exp();
        // The smallest and the largest number have no margin.
        let (low, high) = ((low / margin).max(f64::MIN_POSITIVE), (high * margin).min(f64::MAX));
        Self { low, high, is_log: true }.not_empty()
    }

    fn padded(low: f64, high: f64) -> Self {
        // Halves, so that a range across the whole of f64 does not overflow.
        let middle = low / 2.0 + high / 2.0;
        let half = (high / 2.0 - low / 2.0).max(LEAST_RANGE / 2.0 * low.abs().max(high.abs()));
        let half = half * (1.0 + 2.0 * MARGIN);
        Self { low: (middle - half).max(f64::MIN), high: (middle + half).min(f64::MAX), is_log: false }.not_empty()
    }

    fn not_empty(self) -> Self {
        if self.low < self.high { self } else { Self { low: self.low - 1.0, high: self.low + 1.0, is_log: false } }
    }

    /// The place of a value, 0 at the beginning and 1 at the end.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        if self.is_log {
            (value.max(f64::MIN_POSITIVE).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
        }
    }

    /// Round numbers in the range, about as many as asked for.
    #[must_use]
    pub fn ticks(&self, count: u32) -> Vec<f64> {
        let powers = if self.is_log { self.powers(count) } else { Vec::new() };
        // Less than two powers say nothing of a logarithmic axis; steps do.
        if powers.len() >= 2 { powers } else { self.steps(count) }
    }

    fn powers(&self, count: u32) -> Vec<f64> {
        let first = self.low.log10().floor();
        let decades = (self.high.log10() - first).ceil().max(1.0);
        let every = (decades / f64::from(count.max(1))).ceil();
        let factors: &[f64] = if every <= 1.0 && decades <= 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let exponents = std::iter::successors(Some(0.0), |index| Some(index + every))
            .take_while(|index| *index <= decades)
            .take(64);
        let all = exponents.flat_map(|index| factors.iter().map(move |factor| factor * 10_f64.powf(first + index)));
        all.filter(|tick| (self.low..=self.high).contains(tick)).collect()
    }

    fn steps(&self, count: u32) -> Vec<f64> {
        let rough = (self.high / 2.0 - self.low / 2.0) / f64::from(count.max(1)) * 2.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough * 0.75);
        let Some(step) = step.filter(|step| step.is_normal()) else { return vec![self.low, self.high] };
        let first = (self.low / step).ceil();
        // Counted in whole steps, so that errors do not add up; -0 is written 0.
        let all = (0..=2 * count).map(|index| (first + f64::from(index)) * step + 0.0);
        all.take_while(|tick| *tick <= self.high).collect()
    }
}

/// Lowest and highest of the finite values; 0 and 1 where there are none.
fn range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let found = finite.fold(None, |found: Option<(f64, f64)>, value| {
        Some(found.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    });
    found.unwrap_or((0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_are_round_numbers() {
        let cases: [(&[f64], &[f64]); 4] = [
            (&[10.1, 11.9], &[10.0, 10.5, 11.0, 11.5, 12.0]),
            (&[0.0, 100.0], &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
            (&[1.0, 1000.0], &[1.0, 10.0, 100.0, 1000.0]),
            (&[5.0, 5.0], &[4.9, 4.95, 5.0, 5.05, 5.1]),
        ];
        for (values, expected) in cases {
            let ticks = Scale::around(values.iter().copied()).ticks(5);
            let is_same =
                ticks.len() == expected.len() && ticks.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
            assert!(is_same, "{values:?}: {ticks:?}");
        }
    }

    #[test]
    fn bars_begin_at_zero() {
        let scale = Scale::from_zero([3.0, 7.0]);
        assert!(scale.place(0.0).abs() < 1e-12 && scale.place(7.0) < 1.0);
        assert!(Scale::from_zero([-3.0]).place(0.0) >= 0.999);
    }

    proptest! {
        #[test]
        fn any_values_lie_on_their_axis(values in prop::collection::vec(any::<f64>(), 0..20)) {
            for scale in [Scale::around(values.iter().copied()), Scale::from_zero(values.iter().copied())] {
                prop_assert!(scale.low < scale.high);
                for value in values.iter().filter(|value| value.is_finite()) {
                    let place = scale.place(*value);
                    prop_assert!((-1e-9..=1.0 + 1e-9).contains(&place), "{} at {} of {:?}", value, place, scale);
                }
                let ticks = scale.ticks(5);
                prop_assert!(ticks.len() <= 30 && ticks.is_sorted(), "{:?}", ticks);
            }
        }
    }
}
