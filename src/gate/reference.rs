//! What the history of one series says, ready to judge measurements of it.
//!
//! For: distances, standard errors and effects of measurements. Not for: the verdict (see [`super::decide`]), which may
//! depend on all other series of the run.
//! Invariant: a reference exists only where a rule could tell a regression; every refusal says why in words.

use super::axis::Axis;
use super::decide::SUSPECT;
use super::evidence::VISIBLE;
use super::judgement::Verdict;
use super::level::{Level, Placed};
use super::pairs::Pairs;
use super::policy::{SeriesPolicy, Setting};
use super::rule::{Rule, choose_rule};
use super::words;
use crate::model::{Direction, Measurement, Point, SeriesHistory, SeriesMeta};
use crate::stats;

/// Fewest runs of history for a statistical verdict.
pub const FEWEST_RUNS: usize = 5;

/// A run's measurement of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    /// The value that is judged.
    pub(super) value: f64,
    /// The number of its samples; zero where the tool reported none.
    pub(super) samples: usize,
    /// Standard deviation of the samples' natural logarithms, as in [`Point::within_sd`].
    pub(super) within_sd: Option<f64>,
}

impl Measured {
    pub(super) fn of(measurement: &Measurement) -> Self {
        let samples = measurement.samples();
        Self { value: measurement.centre(), samples: samples.len(), within_sd: stats::log_standard_deviation(samples) }
    }

    /// What a run of the history measured.
    pub(super) fn of_point(point: &Point) -> Self {
        let samples = usize::try_from(point.samples).unwrap_or(usize::MAX);
        Self { value: point.value, samples, within_sd: point.within_sd }
    }
}

/// What is known of a series before the candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Past<'a> {
    pub(super) meta: &'a SeriesMeta,
    /// Measurements in order.
    pub(super) points: &'a [Point],
    /// Places in `points` at which an epoch begins.
    pub(super) epochs: &'a [usize],
}

impl<'a> Past<'a> {
    /// All of a series' history.
    pub(super) fn of(history: &'a SeriesHistory) -> Self {
        Self { meta: &history.meta, points: &history.points, epochs: &history.epochs }
    }

    /// The first of its points that is in a window of the newest ones.
    pub(super) fn first_of(&self, window: usize) -> usize {
        self.points.len().saturating_sub(window)
    }

    /// The newest points of a window, and the places among them at which an epoch begins.
    pub(super) fn newest(&self, window: usize) -> (&'a [Point], Vec<usize>) {
        let first = self.first_of(window);
        (&self.points[first..], self.epochs.iter().map(|start| start.saturating_sub(first)).collect())
    }
}

/// Why there is nothing to decide by: the verdict and its reason.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) verdict: Verdict,
    pub(super) reason: String,
}

/// What the history says of the next run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reference {
    /// A noisy metric: centre and spread on an axis.
    Spread(Axis, Level),
    /// A deterministic metric: the newest value is what the program did last.
    Exact(Newest),
    /// A series without enough history, measured alternately with its base.
    Pairs(Axis, Pairs),
}

/// The newest value of a deterministic metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Newest {
    pub(super) value: f64,
    /// Newest runs in a row that measured the same.
    pub(super) same_runs: usize,
    pub(super) history_runs: usize,
    /// Relative difference that counts as none.
    pub(super) tolerance: f64,
    better: Direction,
}

/// How one measurement lies to the reference. Worse is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Finding {
    /// Distance from the centre; for a deterministic metric the relative change.
    pub(super) distance: f64,
    /// Standard error of the distance.
    pub(super) error: f64,
    /// Distance in standard errors; infinite where a deterministic metric differs.
    pub(super) t: f64,
    /// Relative effect, positive where worse.
    pub(super) worsening: f64,
    /// The effect of the same distance in the other direction, positive where better.
    pub(super) betterment: f64,
}

/// What a candidate's runs gave.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Findings {
    /// The first run.
    pub(super) first: Finding,
    /// Its re-runs, compared without regard to the runner: a re-run of suspects alone shows nothing of it.
    pub(super) reruns: Vec<Finding>,
}

impl Findings {
    /// All of them, the first run first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Finding> {
        [&self.first].into_iter().chain(&self.reruns)
    }
}

impl Reference {
    /// The reference of a series for a candidate that measured these values, from what is known of the series in the
    /// policy's window.
    pub(super) fn of(
        meta: &SeriesMeta,
        candidate: &[f64],
        past: Option<Past<'_>>,
        policy: &SeriesPolicy,
    ) -> Result<Self, Refusal> {
        let refuse = |verdict, reason| Err(Refusal { verdict, reason });
        let Some(past) = past.filter(|past| !past.points.is_empty() && policy.window.value > 0) else {
            return refuse(Verdict::New, new_reason(meta, policy));
        };
        if past.meta.unit != meta.unit {
            let reason = format!("measured in {}, its history in {}", unit_name(meta), unit_name(past.meta));
            return refuse(Verdict::Incomparable, reason);
        }
        let Some(better) = policy.better.value else {
            return refuse(Verdict::Incomparable, no_direction(meta, policy));
        };
        let minimum_effect = policy.minimum_effect.value;
        let (points, epochs) = past.newest(policy.window.value);
        match choose_rule(policy.scale.value, minimum_effect, meta, better, points, candidate) {
            Err(reason) => refuse(Verdict::Incomparable, reason),
            Ok(Rule::Exact { tolerance }) => Ok(Self::Exact(Newest::of(points, better, tolerance))),
            Ok(Rule::Spread(axis)) if points.len() < FEWEST_RUNS => {
                refuse(Verdict::Inconclusive, too_young(&axis, candidate, points, meta))
            }
            Ok(Rule::Spread(axis)) => match Level::of(points, &epochs, &axis) {
                Some(level) => Ok(Self::Spread(axis, level)),
                None => refuse(Verdict::Inconclusive, "no run has measured it since its epoch began".to_owned()),
            },
        }
    }

    /// The reference of a series that has too little history, where the base was measured alternately with the
    /// candidate's runs.
    pub(super) fn of_pairs(base: &[f64], candidate: &[f64], policy: &SeriesPolicy) -> Option<Self> {
        let better = policy.better.value?;
        Pairs::of(base, candidate, better).map(|pairs| Self::Pairs(Axis::log(better), pairs))
    }

    /// How a measurement lies to it. `removed` is the part of the distance that is not the series' own: the runner's
    /// share.
    pub(super) fn measure(&self, measured: &Measured, removed: f64) -> Finding {
        match self {
            Self::Spread(axis, level) => {
                let run = Placed::of(axis, measured.value, measured.samples as f64, measured.within_sd);
                let distance = run.position - removed - level.centre;
                finding(axis, level.centre, distance, level.standard_error(&run, 1))
            }
            Self::Exact(newest) => newest.finding(relative_change(measured.value, newest.value)),
            Self::Pairs(axis, pairs) => {
                let found = finding(axis, axis.place(pairs.base), pairs.distance, pairs.error);
                // Without significance no distance is more than suspect's edge.
                let t = if pairs.is_significant() { found.t } else { found.t.clamp(-SUSPECT, SUSPECT) };
                Finding { t, ..found }
            }
        }
    }

    /// The finding of the same run of a program made worse by a relative effect.
    pub(super) fn worsened(&self, finding: &Finding, effect: f64) -> Finding {
        match self {
            Self::Spread(axis, level) => {
                let distance = finding.distance + axis.distance(effect, level.centre);
                self::finding(axis, level.centre, distance, finding.error)
            }
            Self::Exact(newest) => {
                let factor = match newest.better {
                    Direction::LowerIsBetter => 1.0 + effect,
                    Direction::HigherIsBetter => 1.0 / (1.0 + effect),
                };
                newest.finding((1.0 + finding.distance) * factor - 1.0)
            }
            Self::Pairs(axis, pairs) => {
                let centre = axis.place(pairs.base);
                self::finding(axis, centre, finding.distance + axis.distance(effect, centre), finding.error)
            }
        }
    }

    /// The level of a noisy metric.
    pub(super) fn level(&self) -> Option<&Level> {
        match self {
            Self::Spread(_, level) => Some(level),
            Self::Exact(_) | Self::Pairs(..) => None,
        }
    }

    /// The smallest worsening that a run with this finding could have shown in 80 % of cases, as a fraction.
    pub(super) fn smallest_visible(&self, finding: &Finding) -> f64 {
        match self {
            Self::Spread(axis, level) => axis.worsening(VISIBLE * finding.error, level.centre),
            Self::Exact(newest) => newest.tolerance,
            Self::Pairs(axis, pairs) => axis.worsening(VISIBLE * finding.error, axis.place(pairs.base)),
        }
    }

    /// The relative change of the value as shown at a distance from the centre, positive where it rose.
    pub(super) fn change(&self, distance: f64) -> f64 {
        match self {
            Self::Spread(axis, level) => axis.change(distance, level.centre),
            Self::Exact(_) => distance,
            Self::Pairs(axis, pairs) => axis.change(distance, axis.place(pairs.base)),
        }
    }

    /// Relative effect below which a change does not count.
    pub(super) fn least_effect(&self, policy: &SeriesPolicy) -> f64 {
        match self {
            Self::Spread(..) | Self::Pairs(..) => policy.minimum_effect.value,
            Self::Exact(newest) => newest.tolerance,
        }
    }
}

fn finding(axis: &Axis, centre: f64, distance: f64, error: f64) -> Finding {
    // Without any spread, as around a centre of zero, a difference is infinitely significant and equality not at all.
    let t = if distance.abs() > 0.0 { distance / error } else { 0.0 };
    Finding {
        distance,
        error,
        t,
        worsening: axis.worsening(distance, centre),
        betterment: axis.worsening(-distance, centre),
    }
}

impl Newest {
    fn of(points: &[Point], better: Direction, tolerance: f64) -> Self {
        let value = points[points.len() - 1].value;
        let is_same = |point: &&Point| relative_change(point.value, value).abs() <= tolerance;
        let same_runs = points.iter().rev().take_while(is_same).count();
        Self { value, same_runs, history_runs: points.len(), tolerance, better }
    }

    fn finding(&self, change: f64) -> Finding {
        let worsening = if self.better == Direction::LowerIsBetter { change } else { -change };
        let t = if change.abs() > self.tolerance { f64::INFINITY.copysign(worsening) } else { 0.0 };
        Finding { distance: change, error: 0.0, t, worsening, betterment: -worsening }
    }
}

/// The change relative to a reference; infinite from zero.
fn relative_change(value: f64, reference: f64) -> f64 {
    let difference = value - reference;
    if difference.abs() <= 0.0 { 0.0 } else { difference / reference.abs() }
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

fn too_young(axis: &Axis, candidate: &[f64], points: &[Point], meta: &SeriesMeta) -> String {
    let place = |values: &mut dyn Iterator<Item = f64>| -> f64 {
        stats::median(&values.map(|value| axis.place(value)).collect::<Vec<_>>()).unwrap_or(0.0)
    };
    let centre = place(&mut points.iter().map(|point| point.value));
    let change = axis.change(place(&mut candidate.iter().copied()) - centre, centre);
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
