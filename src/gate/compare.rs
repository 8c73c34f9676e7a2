//! One measurement against the history of its series.
//!
//! For: the evidence of a comparison, or why there is none. Not for: the verdict (see [`super::decide`]), which may
//! depend on all other series of the run.
//! Invariant: evidence exists only where a rule could have told a regression; every refusal says why in words.

use super::axis::{Axis, Rule, choose_rule};
use super::judgement::{Evidence, Verdict};
use super::level::{Level, MEDIAN_VARIANCE};
use super::policy::{SeriesPolicy, Setting};
use super::words;
use crate::model::{Direction, HistoryRun, Point, SeriesHistory, SeriesMeta};
use crate::stats;

/// T above which one run alone is a regression, with a history of 20 runs or more: 0.5 % of clean comparisons lie
/// above it (measured, and by Student's t with 5 degrees of freedom).
const THRESHOLD: f64 = 4.0;

/// T above which a run is suspect and worth another run: 2.7 % of clean comparisons lie above it by
/// Student's t with 5 degrees of freedom.
const SUSPECT: f64 = 2.5;

/// Fewest runs of history for a statistical verdict.
pub(super) const FEWEST_RUNS: usize = 5;

/// Degrees of freedom of the tail: heavy enough for real histories up to T = 4.5, in seven sources (measured when the
/// procedure was designed).
const DEGREES_OF_FREEDOM: f64 = 5.0;

/// Half-width of the interval of the change, in standard errors: 97 % by Student's t with 5 degrees of freedom.
const INTERVAL: f64 = 3.0;

/// Standard errors of the smallest change that is seen in 80 % of cases: the interval's 3, and 0.84 is Phi^-1(0.8).
const VISIBLE: f64 = 3.0 + 0.84;

/// Most runs of a candidate that are worth recommending.
const MOST_RUNS: usize = 100;

/// A candidate's measurement of one series.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// The value that is judged.
    pub(super) value: f64,
    /// The number of its samples; zero where the tool reported none.
    pub(super) samples: usize,
}

/// What comparing one series gave.
#[derive(Clone, Debug)]
pub(super) enum Comparison {
    /// Nothing to decide by: the verdict and its reason.
    Refused(Verdict, String),
    /// The evidence.
    Compared(Finding),
}

/// Evidence, and what the decision needs of it beyond what is reported.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// What is reported.
    pub(super) evidence: Evidence,
    /// Relative effect, positive where worse.
    pub(super) worsening: f64,
    /// The effect of the same distance in the other direction, positive where better.
    pub(super) betterment: f64,
    /// T above which the series is suspect.
    pub(super) suspect: f64,
    /// One-sided tail probability in the direction "better".
    pub(super) p_better: f64,
    /// Whether the exact rule was applied.
    pub(super) is_exact: bool,
    /// Relative effect below which a change does not count.
    pub(super) tolerance: f64,
}

/// Compares a measurement with the history of its series, restricted to the policy's window.
pub(super) fn compare(
    meta: &SeriesMeta,
    measured: Measured,
    history: Option<&SeriesHistory>,
    runs: &[HistoryRun],
    policy: &SeriesPolicy,
) -> Comparison {
    let points = history.map_or(&[][..], |history| newest(&history.points, policy.window.value));
    let Some(history) = history.filter(|_| !points.is_empty()) else {
        return Comparison::Refused(Verdict::New, new_reason(meta, policy));
    };
    if history.meta.unit != meta.unit {
        let reason = format!("measured in {}, its history in {}", unit_name(meta), unit_name(&history.meta));
        return Comparison::Refused(Verdict::Incomparable, reason);
    }
    let Some(better) = policy.better.value else {
        return Comparison::Refused(Verdict::Incomparable, no_direction(meta, policy));
    };
    let minimum_effect = policy.minimum_effect.value;
    match choose_rule(policy.scale.value, minimum_effect, meta, better, points, measured.value) {
        Err(reason) => Comparison::Refused(Verdict::Incomparable, reason),
        Ok(Rule::Exact { tolerance }) => {
            Comparison::Compared(compare_exactly(measured.value, points, runs, better, tolerance))
        }
        Ok(Rule::Spread(axis)) if points.len() < FEWEST_RUNS => {
            Comparison::Refused(Verdict::Inconclusive, too_young(&axis, measured.value, points, meta))
        }
        Ok(Rule::Spread(axis)) => match Level::of(points, &axis) {
            Some(level) => Comparison::Compared(compare_with_level(&axis, &level, measured, points, runs, policy)),
            None => Comparison::Refused(Verdict::New, new_reason(meta, policy)),
        },
    }
}

/// The factor by which thresholds are raised for a history of few runs, in the proportion in which its false alarms
/// demand it: the level of T > 3 with a long history needs 3.5 at 10 to 19 runs and 4 at 5 to 9 (measured when the
/// procedure was designed).
///
/// What counts is the whole history, which the spread rests on, and not the runs since the last shift of level: how
/// few runs the centre rests on is part of the standard error already.
pub(super) fn young_factor(history_runs: usize) -> f64 {
    match history_runs {
        0..10 => 4.0 / 3.0,
        10..20 => 3.5 / 3.0,
        _ => 1.0,
    }
}

fn compare_with_level(
    axis: &Axis,
    level: &Level,
    measured: Measured,
    points: &[Point],
    runs: &[HistoryRun],
    policy: &SeriesPolicy,
) -> Finding {
    let error = level.standard_error(axis, measured.samples, 1);
    let distance = axis.place(measured.value) - level.centre;
    // Without any spread, as around a centre of zero, a difference is infinitely significant and equality not at all.
    let t = if distance.abs() > 0.0 { distance / error } else { 0.0 };
    let factor = young_factor(level.history_runs);
    // The tail is calibrated for long histories; a young one reaches the same tail probability later.
    let tail = |t: f64| stats::student_t_upper_tail(t / factor, DEGREES_OF_FREEDOM).unwrap_or(1.0);
    let ends = [distance - INTERVAL * error, distance + INTERVAL * error].map(|end| axis.change(end, level.centre));
    let single_run = error / (1.0 + MEDIAN_VARIANCE / level.centre_runs as f64).sqrt();
    let evidence = Evidence {
        centre: axis.value(level.centre),
        change: axis.change(distance, level.centre),
        interval: (ends[0].min(ends[1]), ends[0].max(ends[1])),
        noise: axis.relative(single_run, level.centre),
        t,
        threshold: THRESHOLD * factor,
        p_worse: tail(t),
        centre_runs: level.centre_runs,
        history_runs: level.history_runs,
        epoch_start: runs[points[level.start].run].started_at,
        smallest_visible: axis.worsening(VISIBLE * error, level.centre),
        runs_needed: runs_needed(axis, level, measured.samples, policy.target_effect.value),
    };
    Finding {
        evidence,
        worsening: axis.worsening(distance, level.centre),
        betterment: axis.worsening(-distance, level.centre),
        suspect: SUSPECT * factor,
        p_better: tail(-t),
        is_exact: false,
        tolerance: policy.minimum_effect.value,
    }
}

/// The fewest runs of the candidate whose median would show the target effect in 80 % of cases.
fn runs_needed(axis: &Axis, level: &Level, samples: usize, target: f64) -> Option<usize> {
    let target = axis.distance(target, level.centre);
    (1..=MOST_RUNS).find(|runs| VISIBLE * level.standard_error(axis, samples, *runs) <= target)
}

/// A deterministic metric has no noise to average away: the newest value is what the program did last.
fn compare_exactly(value: f64, points: &[Point], runs: &[HistoryRun], better: Direction, tolerance: f64) -> Finding {
    let newest = points[points.len() - 1].value;
    let same = points.iter().rev().take_while(|point| relative_change(point.value, newest).abs() <= tolerance).count();
    let change = relative_change(value, newest);
    let worsening = if better == Direction::LowerIsBetter { change } else { -change };
    let t = if change.abs() > tolerance { f64::INFINITY.copysign(worsening) } else { 0.0 };
    let p_worse = if t > 0.0 {
        0.0
    } else if t < 0.0 {
        1.0
    } else {
        0.5
    };
    let evidence = Evidence {
        centre: newest,
        change,
        interval: (change, change),
        noise: 0.0,
        t,
        threshold: THRESHOLD,
        p_worse,
        centre_runs: same,
        history_runs: points.len(),
        epoch_start: runs[points[points.len() - same].run].started_at,
        smallest_visible: tolerance,
        runs_needed: Some(1),
    };
    Finding {
        evidence,
        worsening,
        betterment: -worsening,
        suspect: SUSPECT,
        p_better: 1.0 - p_worse,
        is_exact: true,
        tolerance,
    }
}

/// The change relative to a reference; infinite from zero.
fn relative_change(value: f64, reference: f64) -> f64 {
    let difference = value - reference;
    if difference.abs() <= 0.0 { 0.0 } else { difference / reference.abs() }
}

fn newest(points: &[Point], window: usize) -> &[Point] {
    &points[points.len().saturating_sub(window)..]
}

fn new_reason(meta: &SeriesMeta, policy: &SeriesPolicy) -> String {
    let hint = if policy.better.value.is_none() { format!("; {}", no_direction(meta, policy)) } else { String::new() };
    format!("no run of the history measured it{hint}")
}

/// Why no direction is known: the policy's reason where it has one, else the key that would name it.
fn no_direction(meta: &SeriesMeta, policy: &SeriesPolicy) -> String {
    let origin = &policy.better.origin;
    if origin != Setting::<()>::BUILT_IN {
        return origin.clone();
    }
    let metric = &meta.key.metric;
    let is_bare = metric.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    let table = if is_bare { metric.clone() } else { format!("{metric:?}") };
    format!(
        "nobody says whether lower or higher is better: set `better = \"lower\"` or `better = \"higher\"` under \
         `[metrics.{table}]` in benchgate.toml"
    )
}

fn too_young(axis: &Axis, value: f64, points: &[Point], meta: &SeriesMeta) -> String {
    let positions: Vec<f64> = points.iter().map(|point| axis.place(point.value)).collect();
    let centre = stats::median(&positions).unwrap_or(0.0);
    let change = axis.change(axis.place(value) - centre, centre);
    format!(
        "only {} of history, {FEWEST_RUNS} are needed for a verdict; the change is {} from their median of {} {}",
        words::count(points.len(), "run", "runs"),
        words::signed_percent(change),
        words::number(axis.value(centre)),
        meta.unit,
    )
}

fn unit_name(meta: &SeriesMeta) -> String {
    if meta.unit.as_str().is_empty() { "no unit".to_owned() } else { format!("`{}`", meta.unit) }
}
