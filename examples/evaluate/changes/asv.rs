//! The step detection of airspeed velocity (asv).
//!
//! For: comparing with a peer, at its defaults. Not for: judging anything in benchgate.
//! Invariant: the answer is that of `asv.step_detect.detect_steps` for values without weights, which the tests hold.

use std::collections::HashMap;

use benchgate::stats::median;

/// Longest interval of the exact solution; longer ones come from joining (`solve_potts_approx`).
const LONGEST_EXACT: usize = 20;

/// The first values after each step: the piecewise constant function of least absolute deviation with a penalty for
/// each jump (Potts; Friedrich et al. (2008), "Complexity penalized M-estimation", Journal of Computational and
/// Graphical Statistics 17(1)), the penalty chosen by an information criterion that allows for correlated noise.
pub(crate) fn change_points(values: &[f64]) -> Vec<usize> {
    let mut ends = Potts::new(values).solve();
    ends.pop();
    ends
}

struct Potts<'a> {
    values: &'a [f64],
    /// Median and sum of absolute deviations of the intervals asked for so far.
    known: HashMap<(usize, usize), (f64, f64)>,
}

impl<'a> Potts<'a> {
    fn new(values: &'a [f64]) -> Self {
        Self { values, known: HashMap::new() }
    }

    fn median_and_cost(&mut self, start: usize, end: usize) -> (f64, f64) {
        let members = &self.values[start..end];
        *self.known.entry((start, end)).or_insert_with(|| {
            let middle = median(members).unwrap_or(0.0);
            (middle, members.iter().map(|value| (value - middle).abs()).sum())
        })
    }

    fn cost(&mut self, start: usize, end: usize) -> f64 {
        self.median_and_cost(start, end).1
    }

    /// Ends of the intervals at the best penalty (`solve_potts_autogamma`).
    fn solve(&mut self) -> Vec<usize> {
        let count = self.values.len();
        if count == 0 {
            return Vec::new();
        }
        let per_interval = 4.0 * (count as f64).ln() / count as f64;
        let whole = self.cost(0, count);
        let scale = if whole > 0.0 { whole } else { 1.0 };
        let (mut best, mut least) = (Vec::new(), f64::INFINITY);
        let low = (0.1 / count as f64).ln();
        let objective = |exponent: f64| {
            let ends = self.solve_with(scale * exponent.exp());
            let value = per_interval * ends.len() as f64 + self.log_misfit(&ends);
            if value < least {
                (best, least) = (ends, value);
            }
            value
        };
        golden_search(objective, low, 0.0, low.abs() * 0.1, 0.0);
        best
    }

    /// Logarithm of the sum of absolute residuals, with their correlation removed, above a floor of measurement noise.
    fn log_misfit(&mut self, ends: &[usize]) -> f64 {
        let mut levels = Vec::new();
        let mut residuals = Vec::with_capacity(self.values.len());
        let mut start = 0;
        for end in ends {
            let level = self.median_and_cost(start, *end).0;
            residuals.extend(self.values[start..*end].iter().map(|value| value - level));
            levels.push(level);
            start = *end;
        }
        let misfit = |correlation: f64| {
            let rest: f64 = residuals.windows(2).map(|pair| (pair[1] - correlation * pair[0]).abs()).sum();
            residuals[0].abs() + rest
        };
        let correlation = golden_search(misfit, -1.0, 1.0, 0.05, 1e-8);
        let smallest = |sizes: &mut dyn Iterator<Item = f64>| sizes.fold(f64::INFINITY, f64::min);
        let floor = if levels.len() > 2 {
            0.1 * smallest(&mut levels.windows(2).map(|pair| (pair[1] - pair[0]).abs()))
        } else {
            0.001 * smallest(&mut levels.iter().map(|level| level.abs()))
        };
        (floor.max(1e-300) + misfit(correlation)).ln()
    }

    /// Ends of the intervals at one penalty (`solve_potts_approx`).
    fn solve_with(&mut self, penalty: f64) -> Vec<usize> {
        let count = self.values.len();
        let (mut best, mut starts) = (vec![-penalty], Vec::with_capacity(count));
        for end in 1..=count {
            let (mut least, mut chosen) = (f64::INFINITY, 0);
            for (start, best) in best.iter().enumerate().skip(end.saturating_sub(LONGEST_EXACT)) {
                let total = best + penalty + self.cost(start, end);
                if total <= least {
                    (least, chosen) = (total, start);
                }
            }
            best.push(least);
            starts.push(chosen);
        }
        let mut ends = Vec::new();
        let mut end = count;
        while end > 0 {
            ends.push(end);
            end = starts[end - 1];
        }
        ends.reverse();
        self.join(penalty, &mut ends);
        self.shift(&mut ends);
        ends
    }

    /// Joins neighbours as long as that costs less (first half of `merge_pieces`).
    fn join(&mut self, penalty: f64, ends: &mut Vec<usize>) {
        loop {
            let mut best: Option<(usize, f64)> = None;
            let mut start = 0;
            for index in 1..ends.len() {
                // The search stops two places after the first gain, as the original does.
                if best.is_some_and(|(found, _)| found + 2 < index) {
                    break;
                }
                let (middle, end) = (ends[index - 1], ends[index]);
                let change = self.cost(start, end) - (self.cost(start, middle) + self.cost(middle, end) + penalty);
                if change <= best.map_or(0.0, |(_, change)| change) {
                    best = Some((index - 1, change));
                }
                start = middle;
            }
            let Some((index, _)) = best else { return };
            ends.remove(index);
        }
    }

    /// Moves each bound to where the two intervals beside it cost least (second half of `merge_pieces`).
    fn shift(&mut self, ends: &mut [usize]) {
        let mut start = 0;
        for index in 1..ends.len() {
            let (bound, end) = (ends[index - 1], ends[index]);
            let mut least = self.cost(start, bound) + self.cost(bound, end);
            let lowest = bound.saturating_sub(LONGEST_EXACT).max(start + 1);
            for place in lowest..=(bound + LONGEST_EXACT).min(end - 1) {
                let cost = self.cost(start, place) + self.cost(place, end);
                if cost < least {
                    (least, ends[index - 1]) = (cost, place);
                }
            }
            start = ends[index - 1];
        }
    }
}

/// The place of the minimum between two bounds, which are themselves looked at (`golden_search` with expanded bounds).
fn golden_search(mut function: impl FnMut(f64) -> f64, low: f64, high: f64, width: f64, tolerance: f64) -> f64 {
    let ratio = 2.0 / (1.0 + 5.0_f64.sqrt());
    let mut left = (ratio * low - (1.0 - ratio) * high) / (2.0 * ratio - 1.0);
    let mut right = (ratio * high - (1.0 - ratio) * low) / (2.0 * ratio - 1.0);
    let mut inner_left = ratio * left + (1.0 - ratio) * right;
    let mut inner_right = (1.0 - ratio) * left + ratio * right;
    let (mut at_left, mut at_right) = (function(inner_left), function(inner_right));
    let scale = at_left.abs().max(at_right.abs());
    while (left - right).abs() >= width && (at_left - at_right).abs() >= tolerance * scale {
        if at_right < at_left {
            left = inner_left;
            inner_left = inner_right;
            inner_right = ratio * inner_left + (1.0 - ratio) * right;
            at_left = at_right;
            at_right = function(inner_right);
        } else {
            right = inner_right;
            inner_right = inner_left;
            inner_left = ratio * inner_right + (1.0 - ratio) * left;
            at_right = at_left;
            at_left = function(inner_left);
        }
    }
    if at_right < at_left { inner_right } else { inner_left }
}
