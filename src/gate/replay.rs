//! A history, judged again run by run.
//!
//! For: how often the policy would have raised a false alarm, and what it would have seen, measured on the project's own
//! past by the functions that judge candidates. Not for: judging a candidate.
//! Invariant: a replayed run is judged from the runs before it only; what came after decides nothing but whether the
//! level moved there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::assess::{Assessment, Subject, assess};
use super::correct::{Survival, survivors};
use super::decide::decide;
use super::judgement::Verdict;
use super::policy::{Limits, Policy, SeriesPolicy};
use super::reference::{Findings, Measured, Past};
use super::tail::Tail;
use crate::model::{Direction, History, SeriesHistory};
use crate::stats;

/// Runs on either side of a run that show its level, at most.
const NEIGHBOURS: usize = 10;

/// Fewest runs of the same level before a run that counts as clean, since a level is known only after a few runs.
const RUNS_BEFORE: usize = 4;

/// Re-runs: the runs that follow.
const RERUNS: usize = 2;

/// Smallest shift of a level that counts as one, as a relative effect.
const SMALLEST_SHIFT: f64 = 0.02;

/// What happened to a series' level at a run, known in hindsight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindsight {
    /// It did not move: whatever is reported there is a false alarm.
    Clean,
    /// It became worse there.
    Worse,
    /// Neither is certain.
    Unclear,
}

/// Which runs to replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Runs of the history, as indices.
    pub runs: BTreeSet<usize>,
    /// Fewest runs of a series before one that is replayed.
    pub least_past: usize,
    /// The newest runs before it that are used, at most; `None` for as many as the policy's window.
    pub most_past: Option<usize>,
}

/// One series in one replayed run.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Index into [`History::series`].
    pub series: usize,
    /// Index into [`History::runs`].
    pub run: usize,
    /// What is known of it in hindsight.
    pub hindsight: Hindsight,
    /// The smallest worsening that would have been seen in 80 % of cases, as a fraction.
    pub smallest_visible: f64,
    assessment: Assessment,
    policy: Rc<SeriesPolicy>,
}

impl Replayed {
    /// The verdict, had the program been worse by a relative effect in this run and in its re-runs, of which the first
    /// `reruns` are known; no correction for the number of series.
    #[must_use]
    pub fn verdict(&self, effect: f64, reruns: usize) -> Verdict {
        self.decide(&self.assessment.worsened(effect, reruns), Survival::UNCORRECTED)
    }

    /// Whether the policy judges the series.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.policy.is_judged.value
    }

    fn decide(&self, findings: &Findings, survival: Survival) -> Verdict {
        decide(&self.assessment.reference, findings, survival, &self.policy).verdict
    }
}

/// All series of one replayed run.
#[derive(Clone, Debug)]
pub struct ReplayedRun {
    /// The series that can be judged there, clean or not.
    pub series: Vec<Replayed>,
    tail: Tail,
}

impl ReplayedRun {
    /// The verdict of one of its series, had that one been worse by a relative effect, under the policy's correction for
    /// the number of series of the run.
    #[must_use]
    pub fn corrected_verdict(&self, index: usize, effect: f64, reruns: usize, limits: &Limits) -> Verdict {
        let worsen = |(other, replayed): (usize, &Replayed)| {
            replayed.assessment.worsened(if other == index { effect } else { 0.0 }, reruns)
        };
        let family: Vec<Findings> = self.series.iter().enumerate().map(worsen).collect();
        let survival = survivors(&family, &self.tail, limits)[index];
        self.series[index].decide(&family[index], survival)
    }
}

/// Judges the selected runs of a history again, one after the other, each from the runs before it, with the two
/// following runs of a series as its re-runs.
pub fn replay<'a>(
    history: &'a History,
    policy: &dyn Policy,
    selection: &'a Selection,
) -> impl Iterator<Item = ReplayedRun> + 'a {
    let policies: Vec<Rc<SeriesPolicy>> =
        history.series.iter().map(|series| Rc::new(policy.for_series(&series.meta))).collect();
    let hindsight: Vec<Vec<Hindsight>> =
        history.series.iter().zip(&policies).map(|(series, policy)| hindsight(series, policy)).collect();
    let mut by_run: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (series, of_series) in history.series.iter().enumerate() {
        for (index, point) in of_series.points.iter().enumerate().skip(selection.least_past) {
            if selection.runs.contains(&point.run) && index + RERUNS < of_series.points.len() {
                by_run.entry(point.run).or_default().push((series, index));
            }
        }
    }
    by_run.into_iter().map(move |(run, places)| replay_run(history, &policies, &hindsight, selection, run, &places))
}

fn replay_run(
    history: &History,
    policies: &[Rc<SeriesPolicy>],
    hindsight: &[Vec<Hindsight>],
    selection: &Selection,
    run: usize,
    places: &[(usize, usize)],
) -> ReplayedRun {
    let subject = |(series, index): &(usize, usize)| {
        let SeriesHistory { meta, points, epochs } = &history.series[*series];
        let first = index.saturating_sub(selection.most_past.unwrap_or(usize::MAX));
        // Epochs are accepted after the fact; before it nobody knew of them.
        let known = epochs.partition_point(|start| start < index);
        let epochs = if first == 0 { &epochs[..known] } else { &[][..] };
        let past = Past { meta, points: &points[first..*index], epochs };
        let reruns = points[index + 1..=index + RERUNS].iter().map(Measured::of_point).collect();
        Subject {
            meta,
            past: Some(past),
            policy: &policies[*series],
            first: Measured::of_point(&points[*index]),
            reruns,
            base: Vec::new(),
        }
    };
    let subjects: Vec<Subject<'_>> = places.iter().map(subject).collect();
    let (assessments, _) = assess(&subjects);
    let tail = Tail::learned(assessments.iter().filter_map(|assessment| assessment.as_ref().ok()?.reference.level()));
    let replayed = |((series, index), assessment): (&(usize, usize), Result<Assessment, _>)| {
        let assessment: Assessment = assessment.ok()?;
        let smallest_visible = assessment.reference.smallest_visible(&assessment.findings.first);
        let (hindsight, policy) = (hindsight[*series][*index], Rc::clone(&policies[*series]));
        Some(Replayed { series: *series, run, hindsight, smallest_visible, assessment, policy })
    };
    let series = places
        .iter()
        .zip(assessments)
        .filter_map(|(place, assessment)| replayed((place, assessment.map_err(drop))))
        .collect();
    ReplayedRun { series, tail }
}

/// What the whole history, past and future, says of each of its runs.
///
/// The history is split into distinct level segments ([`stats::distinct_segments`], smallest shift 2 %). A run is clean
/// where its segment began at least four runs before and lasts for its re-runs, and where the medians of up to ten runs
/// of the segment before and after it differ by less than 2 % or not significantly. It is worse where a segment begins
/// whose level is worse than the last one's by 2 % or more.
fn hindsight(series: &SeriesHistory, policy: &SeriesPolicy) -> Vec<Hindsight> {
    let mut hindsight = vec![Hindsight::Unclear; series.points.len()];
    let Some(positions) = positions(series, policy) else { return hindsight };
    let smallest = SMALLEST_SHIFT.ln_1p();
    let segments = stats::distinct_segments(&positions, stats::NO_NOISE, smallest);
    for (number, segment) in segments.iter().enumerate() {
        for index in segment.start + RUNS_BEFORE..segment.end.saturating_sub(RERUNS + 1) {
            let before = &positions[index.saturating_sub(NEIGHBOURS).max(segment.start)..index];
            let after = &positions[index + 1..segment.end.min(index + 1 + NEIGHBOURS)];
            if !stats::is_distinct(before, after, smallest) {
                hindsight[index] = Hindsight::Clean;
            }
        }
        let level = |segment: &Range<usize>| stats::median(&positions[segment.clone()]).unwrap_or(0.0);
        if number > 0 && level(segment) - level(&segments[number - 1]) >= smallest {
            hindsight[segment.start] = Hindsight::Worse;
        }
    }
    hindsight
}

/// The whole history on a logarithmic axis, or on an additive one in units of its median; worse is larger.
fn positions(series: &SeriesHistory, policy: &SeriesPolicy) -> Option<Vec<f64>> {
    let sign = match policy.better.value? {
        Direction::LowerIsBetter => 1.0,
        Direction::HigherIsBetter => -1.0,
    };
    let values: Vec<f64> = series.points.iter().map(|point| point.value).collect();
    if values.iter().all(|value| *value > 0.0) {
        return Some(values.iter().map(|value| sign * value.ln()).collect());
    }
    let unit = stats::median(&values).filter(|median| median.abs() > 0.0)?.abs();
    Some(values.iter().map(|value| sign * value / unit).collect())
}
