//! The axis on which the values of one series are compared.
//!
//! For: turning values into positions where larger is worse and distances mean effects, and distances back into
//! effects. Not for: choosing the axis (see [`super::rule`]).
//! Invariant: a larger position is worse, whatever the metric's direction; for a logarithmic axis the reciprocals of
//! the values with the other direction have the same positions.

use super::policy::Scale;
use crate::model::Direction;
use crate::stats;

/// How positions are made of values.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Natural logarithm of the value.
    Log,
    /// The value in units of this positive number, so that positions are of the same size for every metric.
    Additive(f64),
    /// Natural logarithm of the odds of a share whose whole is this positive number: 1, or 100 for percentages.
    Logit(f64),
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

    /// An axis for shares of a whole, all of them strictly between 0 and the whole: 1 % of errors against 2 % is as far
    /// as 98 % against 99 %. An effect on it is the ratio of the odds less one.
    pub(super) fn logit(better: Direction, whole: f64) -> Self {
        Self { kind: Kind::Logit(whole), sign: sign(better) }
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
            Kind::Logit(whole) => self.sign * (value / (whole - value)).ln(),
        }
    }

    /// The value at a position.
    pub(super) fn value(&self, position: f64) -> f64 {
        match self.kind {
            Kind::Log => (self.sign * position).exp(),
            Kind::Additive(unit) => self.sign * position * unit,
            Kind::Logit(whole) => whole / (1.0 + (-self.sign * position).exp()),
        }
    }

    /// The relative effect of a distance from a centre, positive where worse: for a logarithmic axis the ratio of the
    /// worse to the better value less one, for an additive one the difference relative to the centre. A distance from
    /// an additive centre of zero has no relative size: its effect is infinite.
    pub(super) fn worsening(&self, distance: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log | Kind::Logit(_) => distance.exp_m1(),
            Kind::Additive(_) if distance.abs() <= 0.0 => 0.0,
            Kind::Additive(_) => distance / centre.abs(),
        }
    }

    /// The relative change of the value as shown, positive where it rose.
    pub(super) fn change(&self, distance: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log => (self.sign * distance).exp_m1(),
            Kind::Additive(_) => self.sign * self.worsening(distance, centre),
            Kind::Logit(_) => self.value(centre + distance) / self.value(centre) - 1.0,
        }
    }

    /// The distance from the centre of a relative effect: the inverse of [`Self::worsening`].
    pub(super) fn distance(&self, effect: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log | Kind::Logit(_) => effect.ln_1p(),
            Kind::Additive(_) => effect * centre.abs(),
        }
    }

    /// A small distance at the centre as a relative standard deviation.
    pub(super) fn relative(&self, deviation: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log | Kind::Logit(_) => deviation,
            Kind::Additive(_) => self.worsening(deviation, centre),
        }
    }

    /// The scale, and what positions are in units of: 1 for logarithms, the whole for odds.
    pub(super) fn scale(&self) -> (Scale, f64) {
        match self.kind {
            Kind::Log => (Scale::Log, 1.0),
            Kind::Additive(unit) => (Scale::Additive, unit),
            Kind::Logit(whole) => (Scale::Logit, whole),
        }
    }

    /// Which values are better.
    pub(super) fn better(&self) -> Direction {
        if self.sign > 0.0 { Direction::LowerIsBetter } else { Direction::HigherIsBetter }
    }

    /// Whether distances are ratios, so that what slows a whole machine down is the same distance for every series.
    pub(super) fn is_log(&self) -> bool {
        self.kind == Kind::Log
    }

    /// The distance of a relative standard deviation: the inverse of [`Self::relative`], and for a centre of zero a
    /// fraction of the axis' unit.
    pub(super) fn deviation(&self, relative: f64, centre: f64) -> f64 {
        match self.kind {
            Kind::Log | Kind::Logit(_) => relative,
            Kind::Additive(_) if centre.abs() <= 0.0 => relative,
            Kind::Additive(_) => relative * centre.abs(),
        }
    }
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
    fn shares_are_compared_by_their_odds() {
        let axis = Axis::logit(Direction::HigherIsBetter, 100.0);
        let centre = axis.place(98.0);
        assert!(axis.place(97.0) > centre, "a lower accuracy is worse");
        assert!((axis.value(centre) - 98.0).abs() < 1e-9);
        // Odds 49 against 99: 1.02 of them are lost.
        let distance = axis.place(98.0) - axis.place(99.0);
        assert!((axis.worsening(distance, axis.place(99.0)) - (99.0 / 49.0 - 1.0)).abs() < 1e-9);
        assert!((axis.change(distance, axis.place(99.0)) - (98.0 / 99.0 - 1.0)).abs() < 1e-9);
    }

    #[test]
    fn any_difference_from_zero_is_infinitely_large() {
        let axis = Axis::additive(Direction::LowerIsBetter, &[0.0, 0.0, 2.0]);
        assert!(axis.worsening(axis.place(1.0), 0.0).is_infinite());
        assert!(axis.change(axis.place(-1.0), 0.0) < f64::MIN);
        assert!(axis.worsening(0.0, 0.0).abs() <= 0.0);
    }
}
