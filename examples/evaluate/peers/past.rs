//! What the rule of another tool sees.
//!
//! For: the runs before a candidate, and sums that several rules share. Not for: the rules.
//! Invariant: nothing here knows of the candidate's future.

use benchgate::model::Direction;
use benchgate::stats;

/// The runs of a series before the candidate, oldest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Past<'a> {
    /// A value for each run: the median of its samples.
    pub(crate) values: &'a [f64],
    /// The samples of each run.
    pub(crate) samples: &'a [Vec<f64>],
    /// What is better.
    pub(crate) better: Direction,
}

impl Past<'_> {
    /// The newest values, at most so many.
    pub(crate) fn newest(&self, count: usize) -> &[f64] {
        &self.values[self.values.len().saturating_sub(count)..]
    }

    /// How far a value is from another one, positive where worse.
    pub(crate) fn worsening(&self, from: f64, to: f64) -> f64 {
        match self.better {
            Direction::LowerIsBetter => to - from,
            Direction::HigherIsBetter => from - to,
        }
    }

    /// The worse of two values in units of the better one, if `to` is the worse one; its inverse otherwise.
    pub(crate) fn ratio(&self, from: f64, to: f64) -> f64 {
        match self.better {
            Direction::LowerIsBetter => to / from,
            Direction::HigherIsBetter => from / to,
        }
    }
}

/// The value that a tool stores of the candidate.
pub(crate) fn value(candidate: &[f64]) -> f64 {
    stats::median(candidate).unwrap_or(f64::NAN)
}

/// Mean of the values; not a number for none.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard deviation with divisor n - 1. `None` for fewer than two values.
pub(crate) fn sample_deviation(values: &[f64]) -> Option<f64> {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}
