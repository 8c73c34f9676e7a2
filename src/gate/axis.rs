//! The axis on which the values of one series are compared.
//!
//! For: turning values into positions where larger is worse and distances mean effects, and distances back into
//! effects. Not for: choosing thresholds, or reading a history.
//! Invariant: a larger position is worse, whatever the metric's direction; for a logarithmic axis the reciprocals of
//! the values with the other direction have the same positions.

use super::policy::Scale;
use crate::model::{Direction, Point, SeriesMeta, metric};
use crate::stats;

/// How positions are made of values.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Natural logarithm of the value.
    Log,
    /// The value in units of this positive number, so that positions are of the same size for every metric.
    Additive(f64),
}

/// An axis on which larger is worse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    kind: Kind,
    /// 1 where lower values are better, -1 where higher are.
    sign: f64,
}

impl Axis {
    pub(super) fn log(better: Direction) -> Self {
        Self { kind: Kind::Log, sign: sign(better) }
    }

    /// An additive axis whose unit is the median of the history, or its mean size where the median is zero: a count
    /// that is mostly zero.
    pub(super) fn additive(better: Direction, values: &[f64]) -> Self {
        let median = stats::median(values).unwrap_or(0.0).abs();
        let mean_size = values.iter().map(|value| value.abs() / values.len() as f64).sum::<f64>();
        let unit = [median, mean_size].into_iter().find(|size| *size >= f64::MIN_POSITIVE).unwrap_or(1.0);
        Self { kind: Kind::Additive(unit), sign: sign(better) }
    }

    /// The position of a value.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.kind {
            Kind::Log => self.sign * value.ln(),
            Kind::Additive(unit) => self.sign * value / unit,
        }
    }

    /// The value at a position.
    pub(super) fn value(&self, position: f64) -> f64 {
        match self.kind {
            Kind::Log => (self.sign * position).exp(),
            Kind::Additive(unit) => self.sign * position * unit,
        }
    }

    /// The relative effect of a distance from a centre, positive where worse: for a logarithmic axis the ratio of the
    /// worse to the better value less one, for an additive one the difference relative to the centre. A distance from
    /// an additive centre of zero has no relative size: its effect is infinite.
    pub(super) fn worsening(&self, distance: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log => distance.exp_m1(),
            Kind::Additive(_) if distance.abs() <= 0.0 => 0.0,
            Kind::Additive(_) => distance / centre.abs(),
        }
    }

    /// The relative change of the value as shown, positive where it rose.
    pub(super) fn change(&self, distance: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log => (self.sign * distance).exp_m1(),
            Kind::Additive(_) => self.sign * self.worsening(distance, centre),
        }
    }

    /// The distance from the centre of a relative effect: the inverse of [`Self::worsening`].
    pub(super) fn distance(&self, effect: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log => effect.ln_1p(),
            Kind::Additive(_) => effect * centre.abs(),
        }
    }

    /// A small distance at the centre as a relative standard deviation.
    pub(super) fn relative(&self, deviation: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log => deviation,
            Kind::Additive(_) => self.worsening(deviation, centre),
        }
    }

    /// The distance of a relative standard deviation: the inverse of [`Self::relative`], and for a centre of zero a
    /// fraction of the axis' unit.
    pub(super) fn deviation(&self, relative: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log => relative,
            Kind::Additive(_) if centre.abs() <= 0.0 => relative,
            Kind::Additive(_) => relative * centre.abs(),
        }
    }
}

/// The rule by which a series is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    /// Against centre and spread of the history, on this axis.
    Spread(Axis),
    /// Against the newest value, with this relative tolerance.
    Exact {
        /// The tolerance, as a fraction.
        tolerance: f64,
    },
}

/// Fewest runs that can show that a metric is deterministic.
const RUNS_TO_SHOW_NO_NOISE: usize = 5;

/// Relative differences at most this large are rounding: a value that went through a unit's factor and a text form
/// keeps at least 12 of the 15 digits of a float.
const ROUNDING: f64 = 1e-12;

/// Chooses the rule, or says why the values cannot be compared. `asked` is the policy's scale.
pub(super) fn choose_rule(
    asked: Option<Scale>,
    minimum_effect: f64,
    meta: &SeriesMeta,
    better: Direction,
    points: &[Point],
    candidate: f64,
) -> Result<Rule, String> {
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let must_be_positive = !metric::can_be_zero(&meta.key.metric, &meta.unit);
    let every = || values.iter().chain([&candidate]);
    if every().any(|value| !value.is_finite()) {
        return Err("a value is not a finite number, which no benchmark measures".to_owned());
    }
    if must_be_positive && every().any(|value| *value <= 0.0) {
        let place = if candidate <= 0.0 { "the candidate" } else { "the history" };
        return Err(format!("{place} has a value that is not above zero, which {} cannot be", meta.unit));
    }
    match asked {
        Some(Scale::Exact) => Ok(Rule::Exact { tolerance: minimum_effect.max(ROUNDING) }),
        None if is_deterministic(&values) => Ok(Rule::Exact { tolerance: minimum_effect.max(stats::NO_NOISE) }),
        Some(Scale::Log) if every().all(|value| *value > 0.0) => Ok(Rule::Spread(Axis::log(better))),
        None if must_be_positive => Ok(Rule::Spread(Axis::log(better))),
        // A logarithm was asked for, and a count that can be zero is: differences still mean something.
        Some(Scale::Log | Scale::Additive) | None => Ok(Rule::Spread(Axis::additive(better, &values))),
    }
}

/// Whether a history shows no noise: steps are allowed, since code changes make them, but hardly any step, and no value
/// that is left again in the next run for the one before it. A count that is 3 in most runs and 4 in some is noisy,
/// however rare the fours are.
fn is_deterministic(values: &[f64]) -> bool {
    let Some(centre) = stats::median(values) else { return false };
    let scale = centre.abs().max(f64::MIN_POSITIVE);
    let relative: Vec<f64> = values.iter().map(|value| value / scale).collect();
    let is_same = |first: f64, second: f64| (first - second).abs() <= stats::NO_NOISE;
    let has_blip = relative.windows(3).any(|three| is_same(three[0], three[2]) && !is_same(three[0], three[1]));
    values.len() >= RUNS_TO_SHOW_NO_NOISE && !has_blip && stats::first_difference_noise(&relative) < stats::NO_NOISE
}

fn sign(better: Direction) -> f64 {
    match better {
        Direction::LowerIsBetter => 1.0,
        Direction::HigherIsBetter => -1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_deterministic_and_blips_are_not() {
        assert!(is_deterministic(&[3.0, 3.0, 3.0, 4.0, 4.0, 4.0, 4.0]));
        assert!(is_deterministic(&[0.0; 5]));
        assert!(is_deterministic(&[1e6, 1e6 + 1.0, 1e6, 1e6 + 2.0, 1e6]), "below 2e-4 is no noise");
        assert!(!is_deterministic(&[3.0; 4]), "too few to tell");
        assert!(!is_deterministic(&[3.0, 3.0, 3.0, 3.0, 4.0, 3.0, 3.0, 3.0, 3.0, 3.0]), "a blip");
        assert!(!is_deterministic(&[100.0, 101.0, 99.0, 100.5, 98.0, 100.2]), "noise");
    }

    #[test]
    fn larger_positions_are_worse_in_both_directions_and_effects_invert() {
        for better in [Direction::LowerIsBetter, Direction::HigherIsBetter] {
            for axis in [Axis::log(better), Axis::additive(better, &[20.0, 25.0, 30.0])] {
                let worse = if better == Direction::LowerIsBetter { 30.0 } else { 20.0 };
                let centre = axis.place(25.0);
                assert!(axis.place(worse) > centre);
                assert!((axis.value(axis.place(worse)) - worse).abs() < 1e-9);
                let distance = axis.place(worse) - centre;
                assert!((axis.distance(axis.worsening(distance, centre), centre) - distance).abs() < 1e-12);
                assert!((axis.change(distance, centre) - (worse / 25.0 - 1.0)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn any_difference_from_zero_is_infinitely_large() {
        let axis = Axis::additive(Direction::LowerIsBetter, &[0.0, 0.0, 2.0]);
        assert!(axis.worsening(axis.place(1.0), 0.0).is_infinite());
        assert!(axis.change(axis.place(-1.0), 0.0) < f64::MIN);
        assert!(axis.worsening(0.0, 0.0).abs() <= 0.0);
    }
}
