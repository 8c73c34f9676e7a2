//! All series of a run against their histories.
//!
//! For: the findings of a run and its re-runs, the runner's share taken out. Not for: verdicts (see [`super::decide`]).
//! Invariant: an assessment depends on the runs before the candidate and on the candidate only; the order of series
//! changes nothing.

use std::collections::BTreeMap;

use super::decide::verdict_of_shift;
use super::judgement::{CommonShift, Verdict};
use super::policy::SeriesPolicy;
use super::reference::{Findings, Measured, Past, Reference, Refusal};
use super::runner::{self, Member};
use crate::model::{HardwareId, SeriesMeta};

/// One series of a candidate.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub(super) meta: &'a SeriesMeta,
    pub(super) past: Option<Past<'a>>,
    pub(super) policy: &'a SeriesPolicy,
    /// What the candidate measured.
    pub(super) first: Measured,
    /// What re-runs of it measured, in their order.
    pub(super) reruns: Vec<Measured>,
    /// What the base measured, alternately with the candidate's runs.
    pub(super) base: Vec<f64>,
}

/// What comparing one series gave.
#[derive(Clone, Debug)]
pub(super) struct Assessment {
    /// What the first run was compared with: the history, the runner's share taken out where there is one.
    pub(super) reference: Reference,
    /// How the candidate's runs lie to it.
    pub(super) findings: Findings,
    /// The runner's share of the first run.
    pub(super) removed: Option<Removed>,
}

impl Assessment {
    /// The findings, had the program been worse by a relative effect in the run and its re-runs, of which the first
    /// `reruns` count.
    pub(super) fn worsened(&self, effect: f64, reruns: usize) -> Findings {
        let worse = |finding| if effect > 0.0 { self.reference.worsened(finding, effect) } else { *finding };
        let Findings { first, reruns: all } = &self.findings;
        Findings { first: worse(first), reruns: all.iter().take(reruns).map(worse).collect() }
    }
}

/// The runner's share that was taken out of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Removed {
    /// How much of what the others show the series takes.
    pub(super) loading: f64,
    /// The distance that was taken out.
    pub(super) distance: f64,
}

/// Compares every subject, in their order, and says what the subjects of each hardware have in common.
pub(super) fn assess(subjects: &[Subject<'_>]) -> (Vec<Result<Assessment, Refusal>>, Vec<CommonShift>) {
    let mut assessments: Vec<Result<Assessment, Refusal>> = subjects.iter().map(assess_alone).collect();
    let mut by_hardware: BTreeMap<HardwareId, Vec<usize>> = BTreeMap::new();
    for (index, subject) in subjects.iter().enumerate() {
        by_hardware.entry(subject.meta.key.configuration.hardware.id()).or_default().push(index);
    }
    let of_hardware = |members: Vec<usize>| take_out_shares(subjects, &members, &mut assessments);
    let common_shifts = by_hardware.into_values().filter_map(of_hardware).collect();
    (assessments, common_shifts)
}

fn assess_alone(subject: &Subject<'_>) -> Result<Assessment, Refusal> {
    let values: Vec<f64> = [&subject.first].into_iter().chain(&subject.reruns).map(|measured| measured.value).collect();
    let reference = match Reference::of(subject.meta, &values, subject.past, subject.policy) {
        Err(refusal) if matches!(refusal.verdict, Verdict::New | Verdict::Inconclusive) => {
            Reference::of_pairs(&subject.base, &values, subject.policy).ok_or(refusal)?
        }
        other => other?,
    };
    let first = reference.measure(&subject.first, 0.0);
    // Pairs take all runs together.
    let is_paired = matches!(reference, Reference::Pairs(..));
    let alone = subject.reruns.iter().filter(|_| !is_paired);
    let reruns = alone.map(|rerun| reference.measure(rerun, 0.0)).collect();
    Ok(Assessment { reference, findings: Findings { first, reruns }, removed: None })
}

/// Takes the runner's share out of the assessments of one hardware.
fn take_out_shares(
    subjects: &[Subject<'_>],
    members: &[usize],
    assessments: &mut [Result<Assessment, Refusal>],
) -> Option<CommonShift> {
    let mut windows = Vec::new();
    for index in members {
        let (Some(past), Ok(_)) = (subjects[*index].past, &assessments[*index]) else { continue };
        let (points, epochs) = past.newest(subjects[*index].policy.window.value);
        let runs: Vec<usize> = points.iter().map(|point| point.run).collect();
        windows.push((*index, runs, epochs));
    }
    let mut measured = Vec::new();
    for (index, runs, epochs) in &windows {
        if let Ok(Assessment { reference: Reference::Spread(axis, level), findings, .. }) = &assessments[*index]
            && axis.is_log()
        {
            measured.push((*index, Member { runs, axis, level, epochs, distance: findings.first.distance }));
        }
    }
    let of_members: Vec<Member<'_>> = measured.iter().map(|(_, member)| *member).collect();
    let (shares, common) = runner::shares(&of_members);
    let indices: Vec<usize> = measured.iter().map(|(index, _)| *index).collect();
    for (index, share) in indices.iter().zip(shares) {
        let (Ok(assessment), Some(share)) = (&mut assessments[*index], share) else { continue };
        if let Reference::Spread(axis, _) = assessment.reference {
            assessment.reference = Reference::Spread(axis, share.level);
            assessment.findings.first = assessment.reference.measure(&subjects[*index].first, share.removed);
            assessment.removed = Some(Removed { loading: share.loading, distance: share.removed });
        }
    }
    let common = common?;
    let reruns = (0..).map_while(|number| {
        let of_rerun =
            |index: &usize| assessments[*index].as_ref().ok()?.findings.reruns.get(number).map(|one| one.distance);
        common.deviation(&indices.iter().filter_map(of_rerun).collect::<Vec<f64>>())
    });
    let reruns: Vec<f64> = reruns.collect();
    let smallest =
        members.iter().map(|index| subjects[*index].policy.minimum_effect.value).fold(f64::INFINITY, f64::min);
    let slowdown = common.distance.exp_m1();
    Some(CommonShift {
        hardware: subjects[*members.first()?].meta.key.configuration.hardware.clone(),
        slowdown,
        usual: common.spread,
        t: common.t,
        series: common.series,
        verdict: verdict_of_shift(common.t, &reruns, slowdown > smallest),
    })
}
