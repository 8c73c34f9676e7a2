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
/// starts that can never be part of a best partition again are dropped (the pruning of Killick et al., section 3), as
/// soon as all before them are, so that what is left is one stretch, which a processor goes through several at a time.
/// Of equally good partitions the one whose last segment is longest is taken. A series shorter than twice the minimum
/// length is one segment; an empty one has none.
#[must_use]
pub fn optimal_partition(values: &[f64], penalty: f64, minimum_length: usize) -> Vec<Range<usize>> {
    let count = values.len();
    let shortest = minimum_length.max(1);
    if count < 2 * shortest {
        return std::iter::once(0..count).filter(|whole| !whole.is_empty()).collect();
    }
    let cost = SquaredDeviation::new(values);
    // Cost of the best partition of values[..end], and where its last segment starts. A prefix too short for a segment of
    // its own is no place to start from, unless it is empty.
    let mut best = vec![f64::INFINITY; count + 1];
    let mut best_start = vec![0; count + 1];
    best[0] = -penalty;
    // Of each start, the first end at which going on from it costs more than starting anew there; and its cost up to the
    // present end, without that one's penalty.
    let mut beaten_at = vec![f64::INFINITY; count + 1];
    let mut costs = vec![0.0; count + 1];
    let mut first = 0;
    for end in shortest..=count {
        // A start that was beaten by a partition ending at `beaten_at` stays beaten once that one has room to go on.
        while beaten_at[first] + shortest as f64 <= end as f64 {
            first += 1;
        }
        let starts = first..end - shortest + 1;
        let costs = &mut costs[..starts.len()];
        cost.add_to(&best, starts.clone(), end, costs);
        let lowest = smallest(costs);
        best[end] = lowest + penalty;
        best_start[end] = first + costs.iter().position(|cost| *cost <= lowest).unwrap_or_default();
        let (limit, place) = (best[end], end as f64);
        for (beaten_at, cost) in beaten_at[starts].iter_mut().zip(&*costs) {
            *beaten_at = if *cost > limit && *beaten_at > place { place } else { *beaten_at };
        }
    }
    let mut segments = Vec::new();
    let mut end = count;
    while end > 0 {
        segments.push(best_start[end]..end);
        end = best_start[end];
    }
    segments.reverse();
    segments
}

/// The smallest of some numbers, infinity for none: in several lanes, since one waits for each comparison.
fn smallest(values: &[f64]) -> f64 {
    let smaller = |first: f64, second: f64| if second < first { second } else { first };
    let mut lanes = [f64::INFINITY; 8];
    let mut chunks = values.chunks_exact(lanes.len());
    for chunk in &mut chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = smaller(*lane, *value);
        }
    }
    lanes.into_iter().chain(chunks.remainder().iter().copied()).fold(f64::INFINITY, smaller)
}

/// Sums of squared deviations from the mean, of any stretch of the series in constant time.
struct SquaredDeviation {
    sums: Vec<f64>,
    squares: Vec<f64>,
    /// One over each length, the longest first: a division takes longer than all the rest.
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
        let reciprocals = (0..sums.len()).rev().map(|length| 1.0 / length.max(1) as f64).collect();
        Self { sums, squares, reciprocals }
    }

    /// The costs of the stretches from each of `starts` to `end`, each with what `best` has at its start.
    fn add_to(&self, best: &[f64], starts: Range<usize>, end: usize, costs: &mut [f64]) {
        let (sum, square) = (self.sums[end], self.squares[end]);
        let lengths = self.sums.len() - 1 - end;
        let reciprocals = &self.reciprocals[lengths + starts.start..lengths + starts.end];
        let before = self.sums[starts.clone()].iter().zip(&self.squares[starts.clone()]);
        for (((cost, best), (sum_before, square_before)), reciprocal) in
            costs.iter_mut().zip(&best[starts]).zip(before).zip(reciprocals)
        {
            let sum = sum - sum_before;
            let deviation = square - square_before - sum * sum * reciprocal;
            *cost = best + if deviation > 0.0 { deviation } else { 0.0 };
        }
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

    /// Cost of one stretch.
    fn cost_of(cost: &SquaredDeviation, start: usize, end: usize) -> f64 {
        let mut costs = [0.0];
        cost.add_to(&vec![0.0; start + 1], start..start + 1, end, &mut costs);
        costs[0]
    }

    /// The dynamic programme without dropping any start.
    fn every_start(values: &[f64], penalty: f64, shortest: usize) -> Vec<Range<usize>> {
        let (count, cost) = (values.len(), SquaredDeviation::new(values));
        let mut best = vec![(f64::INFINITY, 0); count + 1];
        best[0] = (-penalty, 0);
        for end in 1..=count {
            for start in (0..=end.saturating_sub(shortest)).filter(|start| *start == 0 || *start >= shortest) {
                let total = best[start].0 + cost_of(&cost, start, end) + penalty;
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
                segments.iter().map(|segment| cost_of(&cost, segment.start, segment.end) + penalty).sum::<f64>()
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
                segments.iter().map(|segment| cost_of(&cost, segment.start, segment.end) + penalty).sum::<f64>()
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
