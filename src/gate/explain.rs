//! Why one series got its verdict, number by number.
//!
//! For: a sceptic who wants to check a verdict by hand. Not for: deciding; the judgement in an explanation is the one
//! that [`super::judge()`] gives.
//! Invariant: every number comes from the functions that judge; the standard error is the root of the sum of squares of
//! its parts times the factor for a short history, T the distance over it.

use super::assess::{Assessment, Subject};
use super::axis::Axis;
use super::decide::{Row, THRESHOLD};
use super::evidence::VISIBLE;
use super::expected::failures;
use super::judge::{Together, judge, judge_together, recent_values};
use super::judgement::{CommonShift, SeriesJudgement};
use super::level::{ErrorParts, Level, Placed, SPREAD_DECAY};
use super::pairs::Pairs;
use super::policy::{Limits, Policy, Scale, SeriesPolicy};
use super::reference::{Finding, Measured, Past, Reference};
use super::tail::{DEGREES_OF_FREEDOM, PRIOR_WEIGHT};
use super::trial::Trials;
use crate::model::{
    BenchmarkResult, CandidateRun, Direction, History, HistoryRun, Point, SeriesHistory, SeriesId, SeriesKey,
};

/// Everything behind the verdict of one series.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The verdict, its evidence and its policy.
    pub judged: SeriesJudgement,
    /// The limits of the run.
    pub limits: Limits,
    /// The run of the history that was judged; `None` where results were.
    pub run: Option<HistoryRun>,
    /// The history in the policy's window, oldest first.
    pub past: Vec<PastRun>,
    /// The row of the table of verdicts, in words; `None` where no rule could be applied.
    pub row: Option<&'static str>,
    /// The arithmetic.
    pub workings: Workings,
    /// Where the tail probability was learned; `None` where there is none.
    pub tail: Option<TailFacts>,
    /// What the series of the same hardware had in common, where that was taken out of any of them.
    pub common_shift: Option<CommonShift>,
    /// The samples of the candidate and of each re-run in the canonical unit; empty where none were reported, or where a run
    /// of the history is judged, of which only the median is known.
    pub samples: Vec<Vec<f64>>,
}

/// One run of the history, as far as it enters the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRun {
    /// When it was made, its commit and branch.
    pub run: HistoryRun,
    /// What it measured, in the canonical unit.
    pub value: f64,
    /// The number of its samples; 0 where the tool reported none.
    pub samples: u32,
    /// Whether an epoch begins with it.
    pub begins_epoch: bool,
    /// Its place among levels; `None` where the series is not compared by spread.
    pub level: Option<PastLevel>,
}

/// What a past run says of level and spread. Distances are positive where worse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastLevel {
    /// The level segment that it belongs to, from 0.
    pub segment: usize,
    /// Whether the centre is the median of this run and others.
    pub is_in_centre: bool,
    /// Distance from the median of its segment, enlarged by what a median of few runs hides.
    pub residual: f64,
    /// What the residual is divided by since its own samples disagreed more than is usual; 1 for most runs.
    pub discount: f64,
    /// The distance that was put down to the runner and taken out; 0 where nothing was.
    pub runner: f64,
}

/// How the candidate was compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Workings {
    /// Against centre and spread.
    Spread(Box<SpreadWorkings>),
    /// Exactly, against the newest value.
    Exact {
        /// The newest value.
        newest: f64,
        /// Relative difference that counts as none.
        tolerance: f64,
    },
    /// In pairs with its base.
    Pairs(PairWorkings),
    /// Not at all; the judgement's reason says why.
    None,
}

/// The comparison in pairs with the base, on a logarithmic scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairWorkings {
    /// The base's value: the median of its runs.
    pub base: f64,
    /// Pairs.
    pub pairs: usize,
    /// The Hodges-Lehmann estimate of the distance over the pairs, positive where worse.
    pub distance: f64,
    /// Its standard error, what two builds of a program usually differ by included.
    pub error: f64,
    /// The distance in standard errors; no more than a suspect's where the ranks are not significant.
    pub t: f64,
    /// Probability of the ranks where nothing changed, towards the change.
    pub probability: f64,
}

/// The comparison against centre and spread. Distances are positive where worse.
#[derive(Clone, Debug, PartialEq)]
pub struct SpreadWorkings {
    /// The scale of distances: [`Scale::Log`], [`Scale::Additive`] or [`Scale::Logit`].
    pub scale: Scale,
    /// What distances of an additive scale are in units of, and the whole of a logit one.
    pub unit: f64,
    /// Which values are better.
    pub better: Direction,
    /// The centre, in the canonical unit.
    pub centre: f64,
    /// The runs that it is the median of: K.
    pub centre_runs: usize,
    /// The runs of the history: n.
    pub history_runs: usize,
    /// Weighted root mean square of the residuals.
    pub root_mean_square: f64,
    /// Weight of a run's squared residual relative to the next run's.
    pub decay: f64,
    /// What is added to it in squares.
    pub floor: f64,
    /// Usual number of samples of a run; 0 where unknown.
    pub usual_samples: f64,
    /// Usual standard deviation of the samples within a run, as a distance; 0 where unknown.
    pub usual_within: f64,
    /// How many standard errors the smallest change is that is seen in 80 % of cases.
    pub visible: f64,
    /// The value from which a run like the first one is beyond the threshold and the minimum effect, for the worse.
    pub worse_from: f64,
    /// The same for the better.
    pub better_from: f64,
    /// The runner's share of the first run.
    pub runner: Option<RunnerWorkings>,
    /// The first run, then its re-runs.
    pub runs: Vec<RunWorkings>,
}

/// How the runner's share came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunnerWorkings {
    /// How much of what the other series show this one takes.
    pub loading: f64,
    /// What they show: their median distance.
    pub others: f64,
}

/// One run of the candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunWorkings {
    /// What it measured, in the canonical unit.
    pub value: f64,
    /// The number of its samples; 0 where the tool reported none.
    pub samples: usize,
    /// Standard deviation of its samples, as a distance; `None` where unknown.
    pub within: Option<f64>,
    /// Distance from the centre as measured.
    pub measured: f64,
    /// The runner's share in it.
    pub runner: f64,
    /// What is left.
    pub distance: f64,
    /// The spread of the history.
    pub spread: f64,
    /// What fewer samples than usual add.
    pub fewer_samples: f64,
    /// What samples that disagree more than usual add.
    pub own_samples: f64,
    /// The error of the centre.
    pub centre_error: f64,
    /// The factor for a short history.
    pub short_history: f64,
    /// The standard error of the distance.
    pub error: f64,
    /// The distance in standard errors.
    pub t: f64,
    /// The relative effect in the direction of the first run, as a fraction.
    pub effect: f64,
}

/// Where a tail probability was learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailFacts {
    /// Past deviations of all series of the run.
    pub past_deviations: usize,
    /// Of them, as large or larger.
    pub as_large: usize,
    /// The series that they are from.
    pub series: usize,
    /// How many past deviations Student's distribution stands for.
    pub prior_weight: f64,
    /// Its degrees of freedom.
    pub degrees_of_freedom: f64,
}

/// Explains one series of a candidate; `None` where the candidate neither measured nor misses it.
#[must_use]
pub fn explain(
    candidate: &CandidateRun,
    history: &History,
    policy: &dyn Policy,
    series: SeriesId,
) -> Option<Explanation> {
    let known = history.by_id();
    let trials = Trials::of(candidate, &known, &failures(candidate), policy);
    let subjects = trials.subjects(&known);
    if let Some(index) = subjects.iter().position(|subject| subject.meta.key.id() == series) {
        let samples = samples(candidate, &subjects[index].meta.key);
        return Some(Explanation { samples, ..of_subject(&subjects, index, history, policy.limits(), None) });
    }
    let judged = judge(candidate, history, policy).series.into_iter().find(|one| one.series.key.id() == series)?;
    let past = known
        .get(&series)
        .map_or_else(Vec::new, |history_of| past_runs(&Past::of(history_of), &judged.policy, &history.runs, None));
    Some(Explanation {
        judged,
        limits: policy.limits().clone(),
        run: None,
        past,
        row: None,
        workings: Workings::None,
        tail: None,
        common_shift: None,
        samples: Vec::new(),
    })
}

/// The samples of one series in the candidate's runs, where any of them has more than one.
fn samples(candidate: &CandidateRun, key: &SeriesKey) -> Vec<Vec<f64>> {
    let id = key.configuration.id();
    let of_run = |results: &Vec<BenchmarkResult>| -> Vec<f64> {
        let same = results.iter().filter(|result| result.configuration.id() == id);
        let measurements = same.flat_map(|result| &result.measurements).filter(|one| one.metric() == key.metric);
        measurements.flat_map(|one| one.samples().iter().copied()).collect()
    };
    let all: Vec<Vec<f64>> = [&candidate.results].into_iter().chain(&candidate.reruns).map(of_run).collect();
    if all.iter().any(|samples| samples.len() > 1) { all } else { Vec::new() }
}

/// Explains one series in the newest run of the history that measured it, judged together with all other series of that run
/// from the runs before it.
#[must_use]
pub fn explain_newest(history: &History, policy: &dyn Policy, series: SeriesId) -> Option<Explanation> {
    let run = history.series.iter().find(|one| one.meta.key.id() == series)?.points.last()?.run;
    let policies: Vec<SeriesPolicy> = history.series.iter().map(|series| policy.for_series(&series.meta)).collect();
    let mut subjects = Vec::new();
    for (series, policy) in history.series.iter().zip(&policies) {
        let Some(index) = series.points.iter().position(|point| point.run == run) else { continue };
        let SeriesHistory { meta, points, epochs } = series;
        // An epoch that begins with the run that is judged was accepted after it.
        let known = epochs.partition_point(|start| *start < index);
        let past = Some(Past { meta, points: &points[..index], epochs: &epochs[..known] });
        let first = Measured::of_point(&points[index]);
        subjects.push(Subject { meta, past, policy, first, reruns: Vec::new(), base: Vec::new() });
    }
    let index = subjects.iter().position(|subject| subject.meta.key.id() == series)?;
    Some(of_subject(&subjects, index, history, policy.limits(), Some(history.runs[run].clone())))
}

fn of_subject(
    subjects: &[Subject<'_>],
    index: usize,
    history: &History,
    limits: &Limits,
    run: Option<HistoryRun>,
) -> Explanation {
    let Together { mut judged, assessments, rows, common_shifts, tail } =
        judge_together(subjects, &history.runs, limits);
    let (subject, assessment) = (&subjects[index], assessments[index].as_ref().ok());
    let mut judged = judged.swap_remove(index);
    let hardware = &judged.series.key.configuration.hardware;
    let common_shift = common_shifts.into_iter().find(|shift| shift.hardware == *hardware);
    let known = history.series.iter().find(|one| one.meta.key.id() == subject.meta.key.id());
    judged.recent = known.map_or_else(Vec::new, recent_values);
    let series = assessments.iter().filter(|one| one.as_ref().is_ok_and(|one| one.reference.level().is_some())).count();
    let level = assessment.and_then(|assessment| match &assessment.reference {
        Reference::Spread(axis, level) => Some((axis, level)),
        Reference::Exact(_) | Reference::Pairs(..) => None,
    });
    let facts = |t: f64| {
        let (past_deviations, as_large) = tail.counts(t);
        TailFacts {
            past_deviations,
            as_large,
            series,
            prior_weight: PRIOR_WEIGHT,
            degrees_of_freedom: DEGREES_OF_FREEDOM,
        }
    };
    Explanation {
        past: subject.past.map_or_else(Vec::new, |past| past_runs(&past, subject.policy, &history.runs, level)),
        row: rows[index].map(Row::words),
        workings: assessment.map_or(Workings::None, |assessment| workings(assessment, subject)),
        tail: level.and(judged.evidence.as_ref()).map(|evidence| facts(evidence.t)),
        limits: limits.clone(),
        run,
        common_shift,
        samples: Vec::new(),
        judged,
    }
}

fn past_runs(
    past: &Past<'_>,
    policy: &SeriesPolicy,
    runs: &[HistoryRun],
    level: Option<(&Axis, &Level)>,
) -> Vec<PastRun> {
    let (points, epochs) = past.newest(policy.window.value);
    let discounts = level.map_or_else(Vec::new, |(_, level)| level.discounts());
    let of_level = |index: usize, value: f64| {
        let (axis, level) = level?;
        Some(PastLevel {
            segment: level.segments.iter().position(|segment| segment.contains(&index))?,
            is_in_centre: index + level.centre_runs >= points.len(),
            residual: level.residuals[index],
            discount: discounts[index],
            runner: axis.place(value) - level.placed[index].position,
        })
    };
    let past_run = |(index, point): (usize, &Point)| PastRun {
        run: runs[point.run].clone(),
        value: point.value,
        samples: point.samples,
        begins_epoch: epochs.contains(&index) && index > 0,
        level: of_level(index, point.value),
    };
    points.iter().enumerate().map(past_run).collect()
}

fn workings(assessment: &Assessment, subject: &Subject<'_>) -> Workings {
    let (axis, level) = match &assessment.reference {
        Reference::Spread(axis, level) => (axis, level),
        Reference::Exact(newest) => return Workings::Exact { newest: newest.value, tolerance: newest.tolerance },
        Reference::Pairs(_, pairs) => {
            let Pairs { base, count, distance, error, p_worse, p_better } = *pairs;
            let t = assessment.findings.first.t;
            let probability = if distance >= 0.0 { p_worse } else { p_better };
            return Workings::Pairs(PairWorkings { base, pairs: count, distance, error, t, probability });
        }
    };
    let (scale, unit) = axis.scale();
    let removed = assessment.removed.map_or(0.0, |removed| removed.distance);
    let is_worse = assessment.findings.first.t >= 0.0;
    let effect = |finding: &Finding| if is_worse { finding.worsening } else { finding.betterment };
    let run = |measured: &Measured, finding: &Finding, runner: f64| RunWorkings {
        effect: effect(finding),
        ..run_workings(axis, level, measured, finding, runner)
    };
    let first = run(&subject.first, &assessment.findings.first, removed);
    let reruns = subject.reruns.iter().zip(&assessment.findings.reruns);
    let reruns = reruns.map(|(measured, finding)| run(measured, finding, 0.0));
    // A run is judged by what is left of its distance without the runner's share.
    let (centre, least) = (level.centre + removed, axis.distance(subject.policy.minimum_effect.value, level.centre));
    let limit = (THRESHOLD * assessment.findings.first.error).max(least);
    Workings::Spread(Box::new(SpreadWorkings {
        worse_from: axis.value(centre + limit),
        better_from: axis.value(centre - limit),
        scale,
        unit,
        better: axis.better(),
        centre: axis.value(level.centre),
        centre_runs: level.centre_runs,
        history_runs: level.history_runs,
        root_mean_square: (level.spread.powi(2) - level.floor.powi(2)).max(0.0).sqrt(),
        decay: SPREAD_DECAY,
        floor: level.floor,
        usual_samples: level.samples,
        usual_within: level.within,
        visible: VISIBLE,
        runner: assessment.removed.map(|removed| RunnerWorkings {
            loading: removed.loading,
            others: if removed.loading > 0.0 { removed.distance / removed.loading } else { 0.0 },
        }),
        runs: [first].into_iter().chain(reruns).collect(),
    }))
}

fn run_workings(axis: &Axis, level: &Level, measured: &Measured, finding: &Finding, runner: f64) -> RunWorkings {
    let placed = Placed::of(axis, measured.value, measured.samples as f64, measured.within_sd);
    let ErrorParts { spread, fewer, own, centre, young } = level.error_parts(&placed);
    RunWorkings {
        value: measured.value,
        samples: measured.samples,
        within: placed.within,
        measured: finding.distance + runner,
        runner,
        distance: finding.distance,
        spread,
        fewer_samples: fewer,
        own_samples: own,
        centre_error: centre,
        short_history: young,
        error: finding.error,
        t: finding.t,
        effect: finding.worsening,
    }
}
