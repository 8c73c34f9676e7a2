//! Optimal partitioning into segments of constant mean.
//!
//! For: finding where the level of a series shifted. Not for: choosing the penalty (see [`super::levels`]).
//! Invariant: segments are in order, cover the series without gaps, and have the minimum length unless the series
//! itself is shorter.

use std::ops::Range;

/// The partition with the smallest sum of squared deviations from the segment means plus `penalty` for each segment
/// after the first: the dynamic programme of Jackson et al. (2005), "An algorithm for optimal partitioning of data on
/// an interval", IEEE Signal Processing Letters 12(2), in the notation of Killick et al. (2012), JASA 107(500).
///
/// Exact, in time quadratic in the number of values where the level never shifts, and close to linear where it does:
/// starts that can never be part of a best partition again are dropped (the pruning of Killick et al., section 3).
/// Of equally good partitions the one whose last segment is longest is taken. A series shorter than twice the minimum
/// length is one segment; an empty one has none.
#[must_use]
pub fn optimal_partition(values: &[f64], penalty: f64, minimum_length: usize) -> Vec<Range<usize>> {
    let count = values.len();
    if count == 0 {
        return Vec::new();
    }
    let shortest = minimum_length.max(1);
    let cost = SquaredDeviation::new(values);
    // best[end]: cost of the best partition of values[..end], and where its last segment starts.
    let mut best = vec![(f64::INFINITY, 0); count + 1];
    best[0] = (-penalty, 0);
    let mut starts: Vec<Start> = Vec::new();
    for end in 1..=count {
        // A prefix too short for a segment of its own is no place to start from, unless it is empty.
        if let Some(index) = end.checked_sub(shortest).filter(|index| *index == 0 || *index >= shortest) {
            starts.push(Start::at(index));
        } else if end == count && starts.is_empty() {
            starts.push(Start::at(0));
        }
        // A start that was beaten by a partition ending at `beaten_at` stays beaten once that one has room to go on.
        starts.retain(|start| end < start.beaten_at.saturating_add(shortest));
        for start in &mut starts {
            start.cost = best[start.index].0 + cost.of(start.index, end);
            if start.cost + penalty < best[end].0 {
                best[end] = (start.cost + penalty, start.index);
            }
        }
        for start in &mut starts {
            if start.cost > best[end].0 && start.beaten_at == usize::MAX {
                start.beaten_at = end;
            }
        }
    }
    let mut segments = Vec::new();
    let mut end = count;
    while end > 0 {
        let start = best[end].1;
        segments.push(start..end);
        end = start;
    }
    segments.reverse();
    segments
}

/// A place where the last segment may start.
struct Start {
    index: usize,
    /// The first end at which going on from this start costs more than starting anew there.
    beaten_at: usize,
    /// Cost of the best partition up to the current end whose last segment starts here, without that one's penalty.
    cost: f64,
}

impl Start {
    fn at(index: usize) -> Self {
        Self { index, beaten_at: usize::MAX, cost: f64::INFINITY }
    }
}

/// Sums of squared deviations from the mean, of any stretch of the series in constant time.
struct SquaredDeviation {
    sums: Vec<f64>,
    squares: Vec<f64>,
    /// One over each length: a division takes longer than all the rest.
    reciprocals: Vec<f64>,
}

impl SquaredDeviation {
    fn new(values: &[f64]) -> Self {
        // Taken from the first value, so that a large common level does not cost the digits of small differences.
        let origin = values.first().copied().unwrap_or(0.0);
        let (mut sums, mut squares) = (vec![0.0], vec![0.0]);
        let (mut sum, mut square) = (0.0, 0.0);
        for value in values {
            let centred = value - origin;
            sum += centred;
            square += centred * centred;
            sums.push(sum);
            squares.push(square);
        }
        let reciprocals = (0..sums.len()).map(|length| 1.0 / length.max(1) as f64).collect();
        Self { sums, squares, reciprocals }
    }

    fn of(&self, start: usize, end: usize) -> f64 {
        let sum = self.sums[end] - self.sums[start];
        (self.squares[end] - self.squares[start] - sum * sum * self.reciprocals[end - start]).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SERIES: [f64; 44] = [
        1.69, -0.47, 0.03, 0.41, -0.79, 0.0, -0.0, -1.75, 1.02, 0.6, -0.63, -0.17, 0.51, -0.26, -0.24, 2.55, 4.55,
        4.12, 4.27, 2.47, 5.65, 4.15, 3.61, 6.03, 3.95, 2.55, 3.59, -0.29, 3.05, 1.58, 1.26, 3.07, 0.35, 2.54, -0.06,
        1.34, 0.8, 3.46, 3.77, 1.67, 7.84, 6.82, 7.57, 6.25,
    ];

    #[test]
    fn segments_agree_with_ruptures() {
        // ruptures 1.1.10: Pelt(model="l2", min_size=.., jump=1).fit_predict(series, penalty); KernelCPD agrees.
        let cases: [(f64, usize, &[usize]); 8] = [
            (15.136_758_535_673_044, 1, &[15, 27, 40, 44]),
            (2.0, 1, &[1, 15, 16, 23, 24, 27, 28, 32, 37, 39, 40, 44]),
            (2.0, 2, &[15, 20, 24, 27, 37, 40, 44]),
            (2.0, 4, &[15, 27, 36, 40, 44]),
            (5.0, 1, &[15, 27, 37, 40, 44]),
            (5.0, 4, &[15, 27, 40, 44]),
            (40.0, 4, &[15, 40, 44]),
            (200.0, 4, &[44]),
        ];
        for (penalty, minimum_length, expected) in cases {
            let segments = optimal_partition(&SERIES, penalty, minimum_length);
            let ends: Vec<usize> = segments.iter().map(|segment| segment.end).collect();
            assert_eq!(ends, expected, "penalty {penalty}, minimum length {minimum_length}");
        }
    }

    /// The dynamic programme without dropping any start.
    fn every_start(values: &[f64], penalty: f64, shortest: usize) -> Vec<Range<usize>> {
        let (count, cost) = (values.len(), SquaredDeviation::new(values));
        let mut best = vec![(f64::INFINITY, 0); count + 1];
        best[0] = (-penalty, 0);
        for end in 1..=count {
            for start in (0..=end.saturating_sub(shortest)).filter(|start| *start == 0 || *start >= shortest) {
                let total = best[start].0 + cost.of(start, end) + penalty;
                if total < best[end].0 && (end >= shortest || end == count) {
                    best[end] = (total, start);
                }
            }
        }
        let (mut segments, mut end) = (Vec::new(), count);
        while end > 0 {
            segments.push(best[end].1..end);
            end = best[end].1;
        }
        segments
    }

    #[test]
    fn short_series_are_one_segment() {
        assert!(optimal_partition(&[], 1.0, 4).is_empty());
        for count in 1..8 {
            let steps: Vec<f64> = (0..count).map(|run| if run < count / 2 { 0.0 } else { 100.0 }).collect();
            assert_eq!(optimal_partition(&steps, 1.0, 4).len(), 1, "{count} values");
        }
    }

    proptest! {
        #[test]
        fn segments_cover_the_series_and_are_long_enough(
            values in prop::collection::vec(-10.0..10.0_f64, 1..60), penalty in 0.1..50.0_f64, shortest in 1..6_usize,
        ) {
            let segments = optimal_partition(&values, penalty, shortest);
            prop_assert_eq!(segments[0].start, 0);
            prop_assert_eq!(segments[segments.len() - 1].end, values.len());
            prop_assert!(segments.windows(2).all(|pair| pair[0].end == pair[1].start));
            prop_assert!(segments.len() == 1 || segments.iter().all(|segment| segment.len() >= shortest));
        }

        #[test]
        fn dropping_starts_changes_nothing(
            values in prop::collection::vec(-10.0..10.0_f64, 1..80), penalty in 0.1..50.0_f64, shortest in 1..6_usize,
        ) {
            let total = |segments: &[Range<usize>]| {
                let cost = SquaredDeviation::new(&values);
                segments.iter().map(|segment| cost.of(segment.start, segment.end) + penalty).sum::<f64>()
            };
            let found = total(&optimal_partition(&values, penalty, shortest));
            let full = total(&every_start(&values, penalty, shortest));
            prop_assert!((found - full).abs() < 1e-9, "{found} {full}");
        }

        #[test]
        fn no_split_of_the_whole_costs_less(
            values in prop::collection::vec(-10.0..10.0_f64, 8..40), penalty in 0.1..50.0_f64,
        ) {
            let total = |segments: &[Range<usize>]| {
                let cost = SquaredDeviation::new(&values);
                segments.iter().map(|segment| cost.of(segment.start, segment.end) + penalty).sum::<f64>()
            };
            let best = total(&optimal_partition(&values, penalty, 4));
            for split in 4..=values.len() - 4 {
                prop_assert!(best <= total(&[0..split, split..values.len()]) + 1e-9);
            }
            let unsplit = 0..values.len();
            prop_assert!(best <= total(std::slice::from_ref(&unsplit)) + 1e-9);
        }
    }
}
