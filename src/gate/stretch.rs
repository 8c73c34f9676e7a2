//! The levels of a series with their noise, as a trend shows them.
//!
//! For: what is drawn behind the dots of a history. Not for: deciding; the spread of a verdict is in `level`.
//! Invariant: the levels cover every point once, in order, and none reaches across a change or an epoch.

use std::ops::Range;

use super::axis::Axis;
use crate::stats;

/// Standard deviations to either side that a band shows: 95 % of normal noise.
const BAND: f64 = 2.0;

/// A time in which the level stayed.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendLevel {
    /// Its points, indices into [`SeriesTrend::points`](super::trend::SeriesTrend::points).
    pub points: Range<usize>,
    /// Its level, the median, in the canonical unit.
    pub value: f64,
    /// Lowest and highest value within two robust standard deviations.
    pub band: (f64, f64),
}

/// The levels between the given starts; with each point's distance from its level.
pub(super) fn levels(
    axis: &Axis,
    positions: &[f64],
    starts: impl Iterator<Item = usize>,
) -> (Vec<TrendLevel>, Vec<f64>) {
    let mut borders: Vec<usize> =
        starts.chain([0, positions.len()]).filter(|start| *start <= positions.len()).collect();
    borders.sort_unstable();
    borders.dedup();
    let mut residuals = Vec::with_capacity(positions.len());
    let mut level = |pair: &[usize]| {
        let points = pair[0]..pair[1];
        let centre = stats::median(&positions[points.clone()])?;
        let distances: Vec<f64> = positions[points.clone()].iter().map(|position| position - centre).collect();
        let absolute: Vec<f64> = distances.iter().map(|distance| distance.abs()).collect();
        let half = BAND * stats::MEDIAN_TO_SD * stats::median(&absolute)?;
        residuals.extend(distances);
        let ends = [centre - half, centre + half].map(|end| axis.value(end));
        Some(TrendLevel { points, value: axis.value(centre), band: (ends[0].min(ends[1]), ends[0].max(ends[1])) })
    };
    let levels = borders.windows(2).filter_map(&mut level).collect();
    (levels, residuals)
}
