//! Base and candidate, measured alternately in one job.
//!
//! For: a verdict where the history is too short for one. Not for: series with a history; two programs measured side by
//! side on one machine show nothing of how runs on other days differ.
//! Invariant: fewer than six pairs show nothing; a change is significant only where the exact signed-rank test says so,
//! and large only beyond what two builds of the same program usually differ by.

use super::axis::Axis;
use crate::model::Direction;
use crate::stats;

/// Fewest pairs: with six the most extreme arrangement has a probability of 1 in 64.
pub(super) const FEWEST_PAIRS: usize = 6;

/// Level of the one-sided signed-rank test: what six pairs that all agree reach, and five do not.
const LEVEL: f64 = 0.02;

/// How much two builds of the same program differ when they run side by side, as a relative standard deviation: layout
/// of code and memory changes from build to build. The same benchmark in ten JVM forks was measured to vary by 1.7 %
/// where the samples within a fork explain 1.0 %; native code varies less.
const BUILD_SPREAD: f64 = 0.01;

/// The candidate's runs against the base's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pairs {
    /// The base's value: the median of its runs.
    pub(super) base: f64,
    /// Pairs.
    pub(super) count: usize,
    /// Distance of the candidate, positive where worse: the Hodges-Lehmann estimate over the pairs.
    pub(super) distance: f64,
    /// Its standard error, the spread between builds included.
    pub(super) error: f64,
    /// Probability of the ranks where nothing changed, towards worse and towards better.
    pub(super) p_worse: f64,
    pub(super) p_better: f64,
}

impl Pairs {
    /// Compares runs of base and candidate, the first with the first and so on, as ratios. `None` for fewer than six
    /// pairs, or a value that is not above zero.
    pub(super) fn of(base: &[f64], candidate: &[f64], better: Direction) -> Option<Self> {
        let axis = Axis::log(better);
        let all_positive = base.iter().chain(candidate).all(|value| *value > 0.0 && value.is_finite());
        let differences: Vec<f64> =
            base.iter().zip(candidate).map(|(base, candidate)| axis.place(*candidate) - axis.place(*base)).collect();
        if differences.len() < FEWEST_PAIRS || !all_positive {
            return None;
        }
        let distance = stats::hodges_lehmann(&differences)?;
        let turned: Vec<f64> = differences.iter().map(|difference| -difference).collect();
        Some(Self {
            base: stats::median(&base[..differences.len()])?,
            count: differences.len(),
            distance,
            error: standard_error(&differences).hypot(BUILD_SPREAD),
            // All differences zero: nothing changed.
            p_worse: stats::wilcoxon_upper_tail(&differences).unwrap_or(1.0),
            p_better: stats::wilcoxon_upper_tail(&turned).unwrap_or(1.0),
        })
    }

    /// Whether the ranks alone exclude that nothing changed, in the direction of the distance.
    pub(super) fn is_significant(&self) -> bool {
        (if self.distance > 0.0 { self.p_worse } else { self.p_better }) <= LEVEL
    }
}

/// Standard error of a location estimate of differences: their standard deviation over the root of their number.
fn standard_error(differences: &[f64]) -> f64 {
    let count = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let squares: f64 = differences.iter().map(|difference| (difference - mean).powi(2)).sum();
    (squares / (count - 1.0) / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: [f64; 6] = [100.0, 103.0, 98.0, 101.0, 99.0, 102.0];

    fn slower(factor: f64) -> [f64; 6] {
        BASE.map(|value| value * factor)
    }

    #[test]
    fn six_pairs_that_agree_are_significant_and_five_show_nothing() {
        let pairs = Pairs::of(&BASE, &slower(1.1), Direction::LowerIsBetter).unwrap();
        assert!(pairs.is_significant() && (pairs.p_worse - 1.0 / 64.0).abs() < 1e-12);
        assert!((pairs.distance - 1.1_f64.ln()).abs() < 1e-12);
        assert_eq!(Pairs::of(&BASE[..5], &slower(1.1), Direction::LowerIsBetter), None);
    }

    #[test]
    fn a_slow_machine_that_slows_both_shows_nothing() {
        let machine = [1.0, 1.5, 1.2, 2.0, 1.1, 1.4];
        let base: Vec<f64> = BASE.iter().zip(machine).map(|(value, slow)| value * slow).collect();
        let pairs = Pairs::of(&base, &base, Direction::LowerIsBetter).unwrap();
        assert!(pairs.distance.abs() < 1e-12 && !pairs.is_significant());
    }

    #[test]
    fn directions_mirror_and_zeros_are_refused() {
        let lower = Pairs::of(&BASE, &slower(1.1), Direction::LowerIsBetter).unwrap();
        let higher = Pairs::of(&BASE, &slower(1.1), Direction::HigherIsBetter).unwrap();
        assert!((lower.distance + higher.distance).abs() < 1e-12);
        assert!((lower.p_worse - higher.p_better).abs() < 1e-12);
        assert_eq!(Pairs::of(&[0.0; 6], &BASE, Direction::LowerIsBetter), None);
    }
}
