//! Isolated spikes clipped to a rolling median.
//!
//! For: keeping single wild runs from looking like level shifts. Not for: judging; a clipped series finds levels, the
//! spread is always taken from the series as measured.
//! Invariant: a value within the limit of its rolling median is untouched, and order and number of values are kept.

use super::quantile::median_of_few;

/// The series with every value moved to within `limit` of the median of its neighbourhood: itself and up to
/// `half_width` values on either side (fewer at the ends). The Hampel filter with clipping instead of replacement;
/// see Pearson (2002), "Outliers in process modeling and identification", IEEE Transactions on Control Systems
/// Technology 10(1).
#[must_use]
pub fn clip_spikes(values: &[f64], half_width: usize, limit: f64) -> Vec<f64> {
    let limit = limit.max(0.0);
    let mut neighbourhood = Vec::new();
    let clip = |(index, value): (usize, &f64)| {
        let end = values.len().min(index + half_width + 1);
        neighbourhood.clear();
        neighbourhood.extend_from_slice(&values[index.saturating_sub(half_width)..end]);
        let middle = median_of_few(&mut neighbourhood).unwrap_or(*value);
        value.clamp(middle - limit, middle + limit)
    };
    values.iter().enumerate().map(clip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_is_clipped_and_a_step_is_kept() {
        let spiked = [1.0, 1.1, 0.9, 9.0, 1.0, 1.1, 1.0, 4.0, 4.1, 3.9, 4.0];
        let clipped = clip_spikes(&spiked, 3, 0.5);
        assert!((clipped[3] - 1.5).abs() < 1e-12, "{clipped:?}");
        assert_eq!(clipped[7..], spiked[7..]);
    }

    #[test]
    fn the_neighbourhood_is_shorter_at_the_ends() {
        // The last value's neighbourhood is 1, 1, 1, 5.
        assert_eq!(clip_spikes(&[1.0, 1.0, 1.0, 1.0, 5.0], 3, 1.0), [1.0, 1.0, 1.0, 1.0, 2.0]);
        assert_eq!(clip_spikes(&[], 3, 1.0), Vec::<f64>::new());
    }
}
