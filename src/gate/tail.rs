//! How often T is as large as it is although nothing changed.
//!
//! For: tail probabilities learned from the project's own history. Not for: thresholds of single series.
//! Invariant: a probability is above zero and falls as T grows; with little history it is Student's.

use super::level::Level;
use crate::stats;

/// Degrees of freedom of the tail that stands in for a history: heavy enough for real histories up to T = 4.5, in seven
/// sources (measured when the procedure was designed).
pub(super) const DEGREES_OF_FREEDOM: f64 = 5.0;

/// Past deviations that weigh as much as Student's tail: with fewer than a thousand of them nothing is known of what
/// happens once in a thousand runs.
pub(super) const PRIOR_WEIGHT: f64 = 200.0;

/// The distribution of T in runs where nothing changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail {
    /// Past deviations of all series, ascending.
    deviations: Vec<f64>,
}

impl Tail {
    /// Learns from the histories of all series of a run.
    pub(super) fn learned<'a>(levels: impl Iterator<Item = &'a Level>) -> Self {
        let mut deviations: Vec<f64> = levels.flat_map(Level::past_deviations).collect();
        deviations.sort_by(f64::total_cmp);
        Self { deviations }
    }

    /// The probability of a T as large or larger, towards worse.
    pub(super) fn worse(&self, t: f64) -> f64 {
        self.mixed(self.counts(t).1, t)
    }

    /// The probability of a T as small or smaller, towards better.
    pub(super) fn better(&self, t: f64) -> f64 {
        self.mixed(self.deviations.partition_point(|deviation| *deviation <= t), -t)
    }

    /// How many past deviations there are, and how many of them are as large or larger, towards worse.
    pub(super) fn counts(&self, t: f64) -> (usize, usize) {
        let below = self.deviations.partition_point(|deviation| *deviation < t);
        (self.deviations.len(), self.deviations.len() - below)
    }

    /// The share of past deviations as far out, mixed with Student's tail in proportion to their numbers.
    fn mixed(&self, as_far: usize, t: f64) -> f64 {
        let student = stats::student_t_upper_tail(t, DEGREES_OF_FREEDOM).unwrap_or(1.0);
        (as_far as f64 + PRIOR_WEIGHT * student) / (self.deviations.len() as f64 + PRIOR_WEIGHT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_history_it_is_students() {
        let tail = Tail::default();
        for t in [-3.0, 0.0, 2.5, 4.0, 12.0] {
            assert!((tail.worse(t) - stats::student_t_upper_tail(t, 5.0).unwrap()).abs() < 1e-15);
            assert!((tail.better(t) - tail.worse(-t)).abs() < 1e-15);
        }
    }

    #[test]
    fn with_history_it_is_the_historys() {
        // 20,000 deviations of which 1 % lie beyond 3, all on the worse side.
        let deviations = (0..20_000).map(|index| if index < 19_800 { 0.0 } else { 3.5 }).collect();
        let tail = Tail { deviations };
        assert!((tail.worse(3.0) - 0.01).abs() < 2e-4, "{}", tail.worse(3.0));
        assert!(tail.better(-3.0) < 2e-4 && tail.better(-3.0) > 0.0);
    }
}
