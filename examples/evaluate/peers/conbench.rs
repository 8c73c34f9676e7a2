//! The look-back z-score of Conbench.
//!
//! For: what Conbench would report of a commit. Not for: its pairwise comparison, and segments that a person marks.
//! Invariant: past values count around the mean that was expected when each was measured.

use benchgate::stats::quantile;

use super::Past;
use super::past::{mean, sample_deviation, value};

/// Commits of the mean and of the residuals (`DISTRIBUTION_COMMITS`).
const COMMITS: usize = 100;

/// Standard deviations beyond which a result is a regression (`DEFAULT_THRESHOLD_Z`), and a jump is an outlier if the
/// next one is as large.
const THRESHOLD: f64 = 5.0;

/// Conbench at its defaults: the candidate's distance from the rolling mean, in standard deviations of the residuals of
/// past values from the rolling means before them (`_add_rolling_stats_columns_to_df` and `_calculate_z_score` in
/// conbench/entities/history.py), without outliers. Without any spread there is no score.
pub(crate) fn conbench(past: &Past<'_>, candidate: &[f64]) -> bool {
    // No window reaches further back than the mean of the oldest residual.
    let values = without_outliers(past.newest(2 * COMMITS));
    let residuals: Vec<f64> = (values.len().saturating_sub(COMMITS)..values.len())
        .map(|index| if index == 0 { 0.0 } else { values[index] - rolling_mean(&values[..index]) })
        .collect();
    let Some(deviation) = sample_deviation(&residuals).filter(|deviation| *deviation > 0.0) else { return false };
    past.worsening(rolling_mean(&values), value(candidate)) / deviation > THRESHOLD
}

fn rolling_mean(values: &[f64]) -> f64 {
    mean(&values[values.len().saturating_sub(COMMITS)..])
}

/// The values without single ones that jump away and back (`_detect_shifts_with_trimmed_estimators`): differences of
/// more than five standard deviations, of differences between their 5 and 95 % quantiles, followed by another one.
fn without_outliers(values: &[f64]) -> Vec<f64> {
    let differences: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let Some((low, high)) = quantile(&differences, 0.05).zip(quantile(&differences, 0.95)) else {
        return values.to_vec();
    };
    let is_shift: Vec<bool> = (0..differences.len())
        .map(|index| {
            let window = &differences[(index + 1).saturating_sub(COMMITS)..=index];
            let kept: Vec<f64> = window.iter().copied().filter(|one| (low..=high).contains(one)).collect();
            let score = sample_deviation(&kept).map(|deviation| (differences[index] - mean(&kept)) / deviation);
            score.is_some_and(|score| score.abs() > THRESHOLD)
        })
        .collect();
    let is_outlier = |index: usize| index > 0 && is_shift[index - 1] && is_shift.get(index).copied().unwrap_or(false);
    values.iter().enumerate().filter(|(index, _)| !is_outlier(*index)).map(|(_, value)| *value).collect()
}

#[cfg(test)]
mod tests {
    use benchgate::model::Direction;

    use super::*;

    #[test]
    fn the_score_is_that_of_the_rolling_columns() {
        // The columns of `_add_rolling_stats_columns_to_df`, by NumPy 2.4.6: for 10, 12, 11, 13, 12 the rolling means
        // before each are (10), 10, 11, 11, 11.5, the residuals 0, 2, 0, 2, 0.5, their standard deviation 1.0247, and
        // the mean 11.6: five of them above is 16.7237.
        let past = Past { values: &[10.0, 12.0, 11.0, 13.0, 12.0], samples: &[], better: Direction::LowerIsBetter };
        assert!(conbench(&past, &[16.724]) && !conbench(&past, &[16.723]) && !conbench(&past, &[1.0]));
        let turned = Past { better: Direction::HigherIsBetter, ..past };
        assert!(conbench(&turned, &[6.476]) && !conbench(&turned, &[6.477]));
    }

    #[test]
    fn a_spike_is_left_out_and_a_step_is_not() {
        let wobble = [0.0, 1.0, 0.5, -0.5, 0.2, -1.0, 0.7];
        let values: Vec<f64> = (0..40).map(|run| 100.0 + wobble[run % wobble.len()]).collect();
        let mut spiked = values.clone();
        spiked[30] += 50.0;
        assert_eq!(without_outliers(&spiked).len(), 39);
        let mut stepped = values.clone();
        stepped[30..].iter_mut().for_each(|value| *value += 50.0);
        assert_eq!(without_outliers(&stepped), stepped);
        assert_eq!(without_outliers(&[1.0]), [1.0]);
    }
}
