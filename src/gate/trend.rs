//! Every series over time.
//!
//! For: where levels changed and by how much, what drifts, what became noisy, what stopped reporting. Not for: a
//! candidate's verdict (see [`judge`](fn@super::judge)).
//! Invariant: a change names the runs between which it happened and has at least the minimum effect; what cannot be
//! placed on an axis is listed with its reason.

use std::collections::HashMap;

use rayon::prelude::*;

use super::axis::Axis;
use super::change_points::{ChangePoint, change_points};
use super::drift::drift;
use super::judgement::Drift;
use super::level::Level;
use super::noisier::{Noisier, newest_start, noisier};
use super::pinned::{PinDrift, since_pins};
use super::policy::Policy;
use super::rule::{Rule, choose_rule};
use super::stretch::{TrendLevel, levels};
use super::trend_rank::rank;
use crate::model::{Hardware, History, HistoryRun, Pin, Point, SeriesHistory, SeriesMeta, metric};
use crate::stats;

/// Values that a trend carries for a sparkline: one of each few runs.
const SPARK: usize = 20;

/// Runs in which a series of the same hardware was measured and this one was not, before it counts as stopped.
const SILENT_RUNS: usize = 3;

/// The trend of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Its runs, oldest first.
    pub runs: Vec<HistoryRun>,
    /// Every series, the most worth looking at first: what became worse or drifts, by size and recency; then what stopped,
    /// what became noisier, what improved, and the rest by name.
    pub series: Vec<SeriesTrend>,
}

/// One series over time.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesTrend {
    /// What it is.
    pub series: SeriesMeta,
    /// Its measurements, oldest first.
    pub points: Vec<Point>,
    /// Places in `points` at which an epoch begins: a shift that was accepted.
    pub epochs: Vec<usize>,
    /// Its levels, oldest first; none where no changes were looked for.
    pub levels: Vec<TrendLevel>,
    /// Run-to-run noise as a relative standard deviation; `None` where there are too few runs.
    pub noise: Option<f64>,
    /// Its changes of level, oldest first.
    pub changes: Vec<LevelChange>,
    /// How far it has crept away from its best level.
    pub drift: Option<Drift>,
    /// Pinned commits than whose level the present one is worse, oldest first.
    pub since_pins: Vec<PinDrift>,
    /// Whether its newest runs scatter more than those before.
    pub noisier: Option<Noisier>,
    /// Whether its newest runs lack it although they measured other series of its hardware: how many.
    pub silent_runs: usize,
    /// Values over its whole history, oldest first, thinned out; for a sparkline.
    pub values: Vec<f64>,
    /// Why it has no changes to look for.
    pub refusal: Option<String>,
}

/// A change of level.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelChange {
    /// Whether it became worse.
    pub is_worse: bool,
    /// Relative change of the value, as a fraction.
    pub change: f64,
    /// Interval of 95 % of that, low and high.
    pub interval: (f64, f64),
    /// The level before, in the canonical unit.
    pub before: f64,
    /// The level after.
    pub after: f64,
    /// Index in [`Trend::runs`] of the first run at the new level.
    pub start: usize,
    /// The last run that is surely before the change, and the first that is surely after it.
    pub between: (usize, usize),
}

/// Looks at every series of a history, on every core. The trend takes the history's points: there may be many.
#[must_use]
pub fn trend(history: History, policy: &dyn Policy) -> Trend {
    let History { runs, series, pins, .. } = history;
    let measured = measured_runs(&series, runs.len());
    let of_series = |one: SeriesHistory| {
        let hardware = &one.meta.key.configuration.hardware;
        let silent_runs = silent_runs(&one.points, measured.get(hardware).map_or(&[], Vec::as_slice), &runs);
        SeriesTrend { silent_runs, ..of_series(one, &runs, &pins, policy) }
    };
    let mut series: Vec<SeriesTrend> = series.into_par_iter().map(of_series).collect();
    rank(&mut series, &runs);
    Trend { runs, series }
}

fn of_series(one: SeriesHistory, runs: &[HistoryRun], pins: &[Pin], policy: &dyn Policy) -> SeriesTrend {
    let thresholds = policy.for_series(&one.meta);
    let SeriesHistory { meta, points, epochs } = one;
    let mut found = SeriesTrend {
        series: meta,
        values: thinned(&points),
        points,
        epochs,
        levels: Vec::new(),
        noise: None,
        changes: Vec::new(),
        drift: None,
        since_pins: Vec::new(),
        noisier: None,
        silent_runs: 0,
        refusal: None,
    };
    let SeriesMeta { key, unit, better } = &found.series;
    let stated = thresholds.better.value.or_else(|| metric::direction(&key.metric, unit, *better));
    let Some(better) = stated else {
        found.refusal = Some("nobody says which direction is better".to_owned());
        return found;
    };
    let minimum = thresholds.minimum_effect.value;
    let axis = match choose_rule(thresholds.scale.value, minimum, &found.series, better, &found.points, &[]) {
        Ok(Rule::Spread(axis)) => axis,
        // Without noise every step is a change, and differences are what it is measured by.
        Ok(Rule::Exact { .. }) => Axis::additive(better, &values(&found.points)),
        Err(reason) => {
            found.refusal = Some(reason);
            return found;
        }
    };
    let positions: Vec<f64> = found.points.iter().map(|point| axis.place(point.value)).collect();
    let smallest = axis.distance(minimum, stats::median(&positions).unwrap_or(0.0));
    let changes = change_points(&positions, smallest);
    let starts = changes.iter().map(|change| change.start).chain(found.epochs.iter().copied());
    let (levels, residuals) = levels(&axis, &positions, starts);
    found.levels = levels;
    let centre = stats::median(&positions).unwrap_or(0.0);
    found.noisier = noisier(&residuals, smallest / 2.0).map(|(before, after, probability)| Noisier {
        before: axis.relative(before, centre),
        after: axis.relative(after, centre),
        start: found.points[newest_start(found.points.len())].run,
        probability,
    });
    found.changes = changes.iter().map(|change| level_change(change, &axis, &found.points)).collect();
    if let Some(level) = Level::of(&found.points, &found.epochs, &axis) {
        found.since_pins = since_pins(&found, runs, pins, &axis, &level, minimum);
        found.noise = Some(axis.relative(level.spread, level.centre));
        let started = |index: usize| runs[found.points[index].run].started_at;
        let crept = drift(&axis, &level, &found.epochs, thresholds.target_effect.value, started);
        // A step that is told as a change did not creep.
        let is_told = |since| found.changes.iter().any(|one| one.is_worse && runs[one.start].started_at > since);
        found.drift = crept.filter(|drift| !is_told(drift.since));
    }
    found
}

fn level_change(change: &ChangePoint, axis: &Axis, points: &[Point]) -> LevelChange {
    let of = |distance: f64| axis.change(distance, change.before);
    let ends = (of(change.shift.low), of(change.shift.high));
    LevelChange {
        is_worse: change.after > change.before,
        change: of(change.shift.estimate),
        interval: (ends.0.min(ends.1), ends.0.max(ends.1)),
        before: axis.value(change.before),
        after: axis.value(change.after),
        start: points[change.start].run,
        between: (points[change.range.start().saturating_sub(1)].run, points[*change.range.end()].run),
    }
}

/// The runs that measured anything on each hardware, newest first.
fn measured_runs(series: &[SeriesHistory], runs: usize) -> HashMap<Hardware, Vec<usize>> {
    let mut measured: HashMap<&Hardware, Vec<bool>> = HashMap::new();
    for one in series {
        let is_measured = measured.entry(&one.meta.key.configuration.hardware).or_insert_with(|| vec![false; runs]);
        one.points.iter().for_each(|point| is_measured[point.run] = true);
    }
    let newest_first = |is_measured: Vec<bool>| (0..runs).rev().filter(|run| is_measured[*run]).collect();
    measured.into_iter().map(|(hardware, is_measured)| (hardware.clone(), newest_first(is_measured))).collect()
}

/// Commits of the newest runs that measured other series of the same hardware and not this one, in a row; 0 below the
/// number that counts.
fn silent_runs(points: &[Point], measured: &[usize], runs: &[HistoryRun]) -> usize {
    let Some(last) = points.last().map(|point| point.run) else { return 0 };
    let mut since: Vec<usize> = measured.iter().copied().take_while(|run| *run > last).collect();
    since.dedup_by_key(|run| runs[*run].commit.clone().unwrap_or_else(|| run.to_string()));
    if since.len() >= SILENT_RUNS { since.len() } else { 0 }
}

fn values(points: &[Point]) -> Vec<f64> {
    points.iter().map(|point| point.value).collect()
}

/// Medians of as many equal stretches as a sparkline has room for.
fn thinned(points: &[Point]) -> Vec<f64> {
    let stretch = points.len().div_ceil(SPARK).max(1);
    points.chunks(stretch).filter_map(|chunk| stats::median(&values(chunk))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::policy::DefaultPolicy;
    use super::super::tests::scene::{latency, noisy, scene};
    use super::*;

    fn of(past: Vec<f64>) -> SeriesTrend {
        let (_, history) = scene(&[latency("a", past, 100.0)]);
        trend(history, &DefaultPolicy::default()).series.remove(0)
    }

    #[test]
    fn a_step_is_a_change_with_its_size_and_the_runs_around_it() {
        let mut past = noisy(1, 60, 0.01);
        past[40..].iter_mut().for_each(|value| *value *= 1.12);
        let found = of(past);
        let [change] = &found.changes[..] else { panic!("{found:?}") };
        assert!(change.is_worse && change.between.0 < 40 && change.between.1 >= 40, "{change:?}");
        assert!((0.10..0.14).contains(&change.change), "{change:?}");
        assert!(change.interval.0 < change.change && change.change < change.interval.1, "{change:?}");
        assert!(found.noise.is_some_and(|noise| (0.005..0.02).contains(&noise)));
    }

    #[test]
    fn a_faster_level_is_no_worsening_and_a_quiet_history_has_no_change() {
        let mut past = noisy(2, 60, 0.01);
        past[30..].iter_mut().for_each(|value| *value *= 0.8);
        assert!(!of(past).changes[0].is_worse);
        assert_eq!(of(noisy(3, 60, 0.01)).changes, []);
        assert_eq!(of(vec![100.0]).changes, []);
    }

    #[test]
    fn exact_metrics_change_where_they_step() {
        let found = of([[1000.0; 20], [1100.0; 20]].concat());
        assert_eq!(found.changes.len(), 1);
        assert!((found.changes[0].change - 0.1).abs() < 1e-9);
    }

    #[test]
    fn a_series_that_stopped_is_told_and_stands_before_quiet_ones() {
        let (_, mut history) = scene(&[latency("a", noisy(1, 40, 0.01), 1.0), latency("b", noisy(2, 40, 0.01), 1.0)]);
        history.series[1].points.truncate(33);
        let found = trend(history, &DefaultPolicy::default());
        assert_eq!(found.series.iter().map(|one| one.silent_runs).collect::<Vec<_>>(), [7, 0]);
        assert_eq!(found.series[0].series.key.configuration.test_case.as_deref(), Some("b"));
    }

    #[test]
    fn newer_runs_that_scatter_more_are_told_with_both_noises_and_a_step_is_not_noise() {
        let mut past = noisy(4, 120, 0.01);
        past[60..].iter_mut().for_each(|value| *value *= 1.5);
        assert_eq!(of(past.clone()).noisier, None);
        past[90..].iter_mut().for_each(|value| *value = 150.0 + (*value - 150.0) * 5.0);
        let found = of(past);
        let noisier = found.noisier.expect("noisier");
        assert!(noisier.start == 90 && noisier.after > 3.0 * noisier.before, "{noisier:?}");
        assert_eq!(found.levels.iter().map(|level| level.points.len()).sum::<usize>(), 120);
    }

    #[test]
    fn an_accepted_shift_begins_a_level_and_no_series_is_empty_of_points() {
        let (_, mut history) = scene(&[latency("a", noisy(1, 40, 0.01), 1.0)]);
        history.series[0].epochs = vec![25];
        let found = trend(history, &DefaultPolicy::default()).series.remove(0);
        let ranges: Vec<_> = found.levels.iter().map(|level| level.points.clone()).collect();
        assert_eq!(ranges, [0..25, 25..40]);
        let level = &found.levels[0];
        assert!(level.band.0 < level.value && level.value < level.band.1, "{level:?}");
    }

    #[test]
    fn the_newest_worsening_comes_first() {
        let step = |at: usize| {
            let mut past = noisy(5, 60, 0.01);
            past[at..].iter_mut().for_each(|value| *value *= 1.2);
            past
        };
        let (_, history) =
            scene(&[latency("a", step(20), 1.0), latency("b", noisy(6, 60, 0.01), 1.0), latency("c", step(50), 1.0)]);
        let found = trend(history, &DefaultPolicy::default());
        let cases: Vec<&str> =
            found.series.iter().filter_map(|one| one.series.key.configuration.test_case.as_deref()).collect();
        assert_eq!(cases, ["c", "a", "b"]);
    }
}
