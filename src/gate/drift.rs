//! Levels that creep away in steps too small to be seen.
//!
//! For: comparing the current level with the best one that lasted. Not for: the candidate; one run shows no drift.
//! Invariant: an anchor lies in the current epoch: what was accepted is not held against a series.

use std::ops::Range;

use jiff::Timestamp;

use super::axis::Axis;
use super::judgement::Drift;
use super::level::Level;
use crate::stats;

/// Fewest runs of a level that the project has sustained.
const FEWEST_RUNS: usize = 5;

/// The drift of the current level against its anchor, the best sustained level of the epoch, where it exceeds the
/// target effect and is significant. `started` gives the time of a point.
pub(super) fn drift(
    axis: &Axis,
    level: &Level,
    epochs: &[usize],
    target: f64,
    started: impl Fn(usize) -> Timestamp,
) -> Option<Drift> {
    let epoch = epochs.iter().copied().max().unwrap_or(0);
    let current = level.segments.last()?;
    let centre = |segment: &Range<usize>| median(&level.positions(segment));
    let anchor = level
        .segments
        .iter()
        .filter(|segment| segment.start >= epoch && segment.len() >= FEWEST_RUNS && *segment != current)
        .min_by(|first, second| centre(first).total_cmp(&centre(second)))?;
    let change = worsening(axis, level, anchor, target)?;
    Some(Drift { change, since: started(anchor.end.saturating_sub(1)) })
}

/// By how much the current level is worse than that of another segment, as a relative change of the value, where that is
/// more than an effect and significant.
pub(super) fn worsening(axis: &Axis, level: &Level, anchor: &Range<usize>, effect: f64) -> Option<f64> {
    let (before, now) = (level.positions(anchor), level.positions(level.segments.last()?));
    let centre = median(&before);
    let (smallest, distance) = (axis.distance(effect, centre), level.centre - centre);
    let is_worse = distance > smallest && stats::is_distinct(&before, &now, smallest);
    is_worse.then(|| axis.change(distance, centre))
}

fn median(values: &[f64]) -> f64 {
    stats::median(values).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Point};

    fn drift_of(values: &[f64], epochs: &[usize]) -> Option<Drift> {
        let point = |(run, value): (usize, &f64)| Point { run, value: *value, samples: 0, within_sd: None };
        let points: Vec<Point> = values.iter().enumerate().map(point).collect();
        let axis = Axis::log(Direction::LowerIsBetter);
        let level = Level::of(&points, epochs, &axis).unwrap();
        drift(&axis, &level, epochs, 0.10, |run| Timestamp::from_second(i64::try_from(run).unwrap()).unwrap())
    }

    /// Ten steps of 1.5 %, eight runs each.
    fn creeping() -> Vec<f64> {
        (0..80_usize)
            .map(|run| 100.0 * 1.015_f64.powf((run / 8) as f64) * [1.0, 1.002, 0.998, 1.001][run % 4])
            .collect()
    }

    #[test]
    fn ten_small_steps_are_seen() {
        let drift = drift_of(&creeping(), &[]).unwrap();
        assert!((0.10..0.16).contains(&drift.change), "{drift:?}");
    }

    #[test]
    fn an_accepted_shift_is_no_drift() {
        assert_eq!(drift_of(&creeping(), &[72]), None);
    }

    #[test]
    fn a_level_that_stays_or_improves_does_not_drift() {
        let steady: Vec<f64> = (0..60).map(|run| 100.0 + f64::from(run % 5)).collect();
        assert_eq!(drift_of(&steady, &[]), None);
        let faster: Vec<f64> = creeping().into_iter().rev().collect();
        assert_eq!(drift_of(&faster, &[]), None);
    }
}
