//! What of a trend is looked at first.
//!
//! For: the order of series and of findings: worst first, by size and recency. Not for: what counts as a finding.
//! Invariant: the order depends on the history alone, not on the clock: ages are counted from its newest run.

use std::cmp::{Ordering, Reverse};

use jiff::Timestamp;

use super::trend::{LevelChange, SeriesTrend, Trend};
use crate::model::HistoryRun;

/// Days after which a finding weighs half. Arbitrary: a release cycle or two.
const HALF_LIFE: f64 = 30.0;

/// A change that has no relative size, or a larger one, counts as tenfold.
const LARGEST: f64 = 10.0;

/// Sorts series, the most worth looking at first: what became worse or drifts, what stopped reporting, what became noisier, what
/// improved, and the rest by name; within each, by size and recency.
pub(super) fn rank(series: &mut [SeriesTrend], runs: &[HistoryRun]) {
    series.sort_by_cached_key(|one| {
        let (class, score) = standing(one, runs);
        (class, Reverse(Score(score)), one.series.key.to_string())
    });
}

impl Trend {
    /// How much a change of level weighs among the others: its size, halved for each 30 days before the newest run.
    #[must_use]
    pub fn weight(&self, change: &LevelChange) -> f64 {
        weight(change.change, self.runs[change.start].started_at, &self.runs)
    }
}

fn weight(size: f64, at: Timestamp, runs: &[HistoryRun]) -> f64 {
    let newest = runs.last().map_or(at, |run| run.started_at);
    let days = newest.as_second().saturating_sub(at.as_second()).max(0) as f64 / 86_400.0;
    size.abs().min(LARGEST) * 0.5_f64.powf(days / HALF_LIFE)
}

fn standing(one: &SeriesTrend, runs: &[HistoryRun]) -> (u8, f64) {
    let of_changes = |is_worse: bool| {
        let changes = one.changes.iter().filter(|change| change.is_worse == is_worse);
        changes.map(|change| weight(change.change, runs[change.start].started_at, runs)).reduce(f64::max)
    };
    let drift = one.drift.map(|drift| weight(drift.change, drift.since, runs));
    let pinned = one.since_pins.iter().map(|pin| pin.change.abs());
    if let Some(score) = of_changes(true).into_iter().chain(drift).chain(pinned).reduce(f64::max) {
        (0, score)
    } else if one.silent_runs > 0 {
        (1, one.silent_runs as f64)
    } else if let Some(noisier) = one.noisier {
        (2, noisier.after - noisier.before)
    } else if let Some(score) = of_changes(false) {
        (3, score)
    } else {
        (4, 0.0)
    }
}

#[derive(PartialEq)]
struct Score(f64);

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}
