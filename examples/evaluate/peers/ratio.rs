//! Rules that compare a ratio with a fixed number.
//!
//! For: github-action-benchmark, `CodSpeed`'s size of change, Bencher's percentage threshold. Not for: rules that
//! learn a spread.
//! Invariant: only the size of the change counts, never the noise.

use benchgate::model::Direction;

use super::Past;
use super::past::{mean, value};

/// github-action-benchmark at its default `alert-threshold` of 200 %: worse than the previous run by more than a factor
/// of two (`findAlerts` in src/write.ts, v1.22.0).
pub(crate) fn github_action_benchmark_200(past: &Past<'_>, candidate: &[f64]) -> bool {
    is_above_previous(past, candidate, 2.0)
}

/// The same at 150 %, which its users often choose.
pub(crate) fn github_action_benchmark_150(past: &Past<'_>, candidate: &[f64]) -> bool {
    is_above_previous(past, candidate, 1.5)
}

/// More than 10 % worse than the previous run: `CodSpeed`'s default size of a regression (its documentation,
/// "Performance checks"), on wall time.
pub(crate) fn previous_10(past: &Past<'_>, candidate: &[f64]) -> bool {
    is_above_previous(past, candidate, 1.1)
}

/// More than 10 % worse than the mean of the last 64 runs: Bencher's percentage threshold at an upper boundary of 0.1.
pub(crate) fn mean_64_10(past: &Past<'_>, candidate: &[f64]) -> bool {
    let limit = percentage_limit(mean(past.newest(64)), 0.1, past.better);
    past.worsening(limit, value(candidate)) > 0.0
}

/// Worse than the previous value by more than a factor; equality is no alert (`ratio > threshold`).
fn is_above_previous(past: &Past<'_>, candidate: &[f64], factor: f64) -> bool {
    past.values.last().is_some_and(|previous| past.ratio(*previous, value(candidate)) > factor)
}

/// The limit of Bencher's percentage test: the mean and a share of it (`percentage_upper` and `percentage_lower` in
/// `bencher_boundary`).
fn percentage_limit(mean: f64, share: f64, better: Direction) -> f64 {
    match better {
        Direction::LowerIsBetter => mean + mean * share,
        Direction::HigherIsBetter => mean - mean * share,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(values: &[f64], better: Direction) -> Past<'_> {
        Past { values, samples: &[], better }
    }

    #[test]
    fn github_action_benchmark_alerts_as_its_readme_says() {
        // README.md, v1.22.0: an alert is raised where the result is worse than the previous one exceeding 200 %; the
        // comparison in the code is strict, so that at exactly the threshold there is none.
        let smaller = past(&[100.0], Direction::LowerIsBetter);
        assert!(github_action_benchmark_200(&smaller, &[230.0]));
        assert!(!github_action_benchmark_200(&smaller, &[200.0]));
        assert!(github_action_benchmark_150(&smaller, &[151.0]) && !github_action_benchmark_150(&smaller, &[149.0]));
        let bigger = past(&[230.0], Direction::HigherIsBetter);
        assert!(github_action_benchmark_200(&bigger, &[100.0]) && !github_action_benchmark_200(&bigger, &[115.0]));
    }

    #[test]
    fn the_percentage_limits_are_those_of_bencher() {
        // bencher_boundary, limits/mod.rs, its tests: mean 1 and 5.0 give 6 and -4.
        assert!((percentage_limit(1.0, 5.0, Direction::LowerIsBetter) - 6.0).abs() < 1e-15);
        assert!((percentage_limit(1.0, 5.0, Direction::HigherIsBetter) + 4.0).abs() < 1e-15);
        let values: Vec<f64> = std::iter::once(1e9).chain([100.0; 64]).collect();
        let past = past(&values, Direction::LowerIsBetter);
        assert!(mean_64_10(&past, &[110.1]) && !mean_64_10(&past, &[109.9]));
    }

    #[test]
    fn codspeed_reports_more_than_ten_percent() {
        // Its documentation: the status check fails if a benchmark regresses by more than the threshold, 10 %.
        let past = past(&[50.0, 100.0], Direction::LowerIsBetter);
        assert!(previous_10(&past, &[110.1]) && !previous_10(&past, &[109.9]));
    }
}
