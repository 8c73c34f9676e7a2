//! Apache Otava's change points.
//!
//! For: comparing with a peer, at its defaults. Not for: judging anything in benchgate.
//! Invariant: the answer is that of `otava.analysis.compute_change_points`, which the tests hold.

use benchgate::stats::student_t_upper_tail;

/// Runs in a window (`AnalysisOptions.window_len`).
const WINDOW: usize = 50;

/// Largest p-value of a change point (`AnalysisOptions.max_pvalue`).
const LARGEST_P: f64 = 0.001;

/// Largest p-value while splitting: ten times the final one (`compute_change_points`).
const LARGEST_P_OF_SPLITS: f64 = 10.0 * LARGEST_P;

/// The first runs after each change: E-divisive (Matteson and James (2014), "A nonparametric approach for multiple
/// change point analysis of multivariate data", JASA 109(505)) in half-overlapping windows, with Student's t test for
/// significance, and the weakest joined again (Fleming et al. (2023), "Hunter: using change point detection to hunt for
/// performance regressions", ICPE), as in Apache Otava 0.8 with its defaults: window 50, p 0.001, magnitude 0.
pub(crate) fn change_points(values: &[f64]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut window_start = 0;
    while window_start < values.len() {
        let window_end = values.len().min(window_start + WINDOW);
        let found: Vec<usize> =
            divide(&values[window_start..window_end]).into_iter().map(|start| start + window_start).collect();
        window_start = (window_start + WINDOW / 2).max(found.last().copied().unwrap_or(0));
        starts.extend(found);
    }
    starts.sort_unstable();
    starts.dedup();
    join_weakest(values, starts)
}

/// E-divisive with a t test: the best split of any piece, as long as it is significant.
fn divide(values: &[f64]) -> Vec<usize> {
    let distances = Distances::new(values);
    let mut starts: Vec<usize> = Vec::new();
    loop {
        let mut best: Option<(usize, f64, usize, usize)> = None;
        for piece in pieces(values.len(), &starts) {
            let Some((split, divergence)) = distances.best_split(piece.0, piece.1) else { continue };
            if best.is_none_or(|(_, largest, _, _)| divergence > largest) {
                best = Some((split, divergence, piece.0, piece.1));
            }
        }
        let Some((split, _, start, end)) = best else { return starts };
        if t_test(&values[start..split], &values[split..end]) > LARGEST_P_OF_SPLITS {
            return starts;
        }
        starts.push(split);
        starts.sort_unstable();
    }
}

/// Joins the neighbours that differ least until all differ significantly (the merge step of Fleming et al.). As in
/// Otava 0.8, the two change points after a removed one are tested anew, and the one before it keeps its old p-value.
fn join_weakest(values: &[f64], mut starts: Vec<usize>) -> Vec<usize> {
    let test = |starts: &[usize], index: usize| {
        let bounds = pieces(values.len(), starts);
        let ((start, split), (_, end)) = (bounds[index], bounds[index + 1]);
        t_test(&values[start..split], &values[split..end])
    };
    let mut tests: Vec<f64> = (0..starts.len()).map(|index| test(&starts, index)).collect();
    loop {
        // Of equal ones the first, as Python's `max` does.
        let weakest = (0..tests.len()).rev().max_by(|first, second| tests[*first].total_cmp(&tests[*second]));
        let Some(index) = weakest.filter(|index| tests[*index] >= LARGEST_P) else { return starts };
        starts.remove(index);
        tests.remove(index);
        for (next, old) in tests.iter_mut().enumerate().skip(index).take(2) {
            *old = test(&starts, next);
        }
    }
}

/// Start and end of the pieces between change points.
fn pieces(count: usize, starts: &[usize]) -> Vec<(usize, usize)> {
    let begins = std::iter::once(0).chain(starts.iter().copied());
    let ends = starts.iter().copied().chain(std::iter::once(count));
    begins.zip(ends).collect()
}

/// Sums of absolute differences over any block of pairs in constant time.
struct Distances {
    /// `sums[i][j]`: over all pairs of the first i and the first j values.
    sums: Vec<Vec<f64>>,
}

impl Distances {
    fn new(values: &[f64]) -> Self {
        let mut sums = vec![vec![0.0; values.len() + 1]; values.len() + 1];
        for (i, first) in values.iter().enumerate() {
            for (j, second) in values.iter().enumerate() {
                sums[i + 1][j + 1] = sums[i][j + 1] + sums[i + 1][j] - sums[i][j] + (first - second).abs();
            }
        }
        Self { sums }
    }

    fn block(&self, rows: (usize, usize), columns: (usize, usize)) -> f64 {
        self.sums[rows.1][columns.1] - self.sums[rows.0][columns.1] - self.sums[rows.1][columns.0]
            + self.sums[rows.0][columns.0]
    }

    /// The split with the largest energy divergence between what is before it and any stretch that starts at it, and
    /// that divergence (equations 5 to 7 of Matteson and James, exponent 1).
    fn best_split(&self, start: usize, end: usize) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for split in start + 1..end {
            let n = (split - start) as f64;
            let within_first = self.block((start, split), (start, split)) / 2.0;
            for stop in split + 1..=end {
                let m = (stop - split) as f64;
                let between = self.block((start, split), (split, stop));
                let within_second = self.block((split, stop), (split, stop)) / 2.0;
                let mut divergence = 2.0 * between;
                if split - start > 1 {
                    divergence -= 2.0 * m / (n - 1.0) * within_first;
                }
                if stop - split > 1 {
                    divergence -= 2.0 * n / (m - 1.0) * within_second;
                }
                divergence /= n + m;
                if best.is_none_or(|(_, largest)| divergence > largest) {
                    best = Some((split, divergence));
                }
            }
        }
        best
    }
}

/// Two-sided p-value of Student's t test with pooled variance, of standard deviations with divisor n as Otava takes
/// them (`TTestSignificanceTester.compare`).
fn t_test(first: &[f64], second: &[f64]) -> f64 {
    let (n, m) = (first.len() as f64, second.len() as f64);
    if n + m <= 2.0 {
        return 1.0;
    }
    let mean_and_variance = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64)
    };
    let ((mean_1, variance_1), (mean_2, variance_2)) = (mean_and_variance(first), mean_and_variance(second));
    let pooled = ((n - 1.0) * variance_1 + (m - 1.0) * variance_2) / (n + m - 2.0);
    let error = (pooled * (1.0 / n + 1.0 / m)).sqrt();
    let difference = (mean_1 - mean_2).abs();
    if error <= 0.0 {
        return if difference > 0.0 { 0.0 } else { 1.0 };
    }
    student_t_upper_tail(difference / error, n + m - 2.0).map_or(1.0, |tail| 2.0 * tail)
}
