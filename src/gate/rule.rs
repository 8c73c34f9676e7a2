//! The rule by which a series is compared.
//!
//! For: choosing between spread and exact comparison, and the axis, from policy, unit and values. Not for: applying the
//! rule (see [`super::reference`]).
//! Invariant: a rule that is chosen can place every value of the history and the candidate.

use super::axis::Axis;
use super::policy::Scale;
use crate::model::{Direction, Point, SeriesMeta, metric};
use crate::stats;

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
    candidate: &[f64],
) -> Result<Rule, String> {
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let must_be_positive = !metric::can_be_zero(&meta.key.metric, &meta.unit);
    let every = || values.iter().chain(candidate);
    if every().any(|value| !value.is_finite()) {
        return Err("a value is not a finite number, which no benchmark measures".to_owned());
    }
    if must_be_positive && every().any(|value| *value <= 0.0) {
        let place = if candidate.iter().any(|value| *value <= 0.0) { "the candidate" } else { "the history" };
        return Err(format!("{place} has a value that is not above zero, which {} cannot be", meta.unit));
    }
    let whole = if meta.unit.as_str() == "%" { 100.0 } else { 1.0 };
    match asked {
        Some(Scale::Exact) => Ok(Rule::Exact { tolerance: minimum_effect.max(ROUNDING) }),
        None if is_deterministic(&values) => Ok(Rule::Exact { tolerance: minimum_effect.max(stats::NO_NOISE) }),
        Some(Scale::Log) if every().all(|value| *value > 0.0) => Ok(Rule::Spread(Axis::log(better))),
        None if must_be_positive => Ok(Rule::Spread(Axis::log(better))),
        Some(Scale::Logit) if every().all(|value| *value > 0.0 && *value < whole) => {
            Ok(Rule::Spread(Axis::logit(better, whole)))
        }
        Some(Scale::Logit) => {
            Err(format!("a value is not strictly between 0 and {whole}, as scale \"logit\" needs; use \"additive\""))
        }
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
}
