//! Correction for the number of series of a run.
//!
//! For: which findings are too many to be believed one by one. Not for: thresholds of single series.
//! Invariant: without a correction everything survives; with one, fewer series never make a finding less credible.

use super::policy::{Correction, Limits};
use super::reference::Findings;
use super::tail::Tail;
use crate::stats;

/// Power of the largest tail probability of a run and its re-runs that stands for all of them. Two independent runs
/// would have 2; runs of one machine within days are not independent (measured when the procedure was designed).
const CONFIRMED_POWER: f64 = 1.8;

/// Whether a finding survives, in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Survival {
    /// As a regression.
    pub(super) worse: bool,
    /// As an improvement.
    pub(super) better: bool,
}

impl Survival {
    /// What is not corrected.
    pub(super) const UNCORRECTED: Self = Self { worse: true, better: true };
}

/// The survival of each series' findings among all of them, in their order. Regressions and improvements are two families: a
/// run in which many series improved must not make regressions look more credible.
pub(super) fn survivors(family: &[Findings], tail: &Tail, limits: &Limits) -> Vec<Survival> {
    match limits.correction.value {
        Correction::None => vec![Survival::UNCORRECTED; family.len()],
        Correction::BenjaminiHochberg => {
            let alpha = limits.alpha.value;
            let adjusted = |probability: &dyn Fn(f64) -> f64| {
                let of_family: Vec<f64> = family.iter().map(|one| joint(one, probability)).collect();
                stats::benjamini_hochberg(&of_family)
            };
            let worse = adjusted(&|t| tail.worse(t));
            let better = adjusted(&|t| tail.better(t));
            worse
                .into_iter()
                .zip(better)
                .map(|(worse, better)| Survival { worse: worse <= alpha, better: better <= alpha })
                .collect()
        }
    }
}

/// The probability of a run and its re-runs together, from that of each T.
fn joint(findings: &Findings, probability: &dyn Fn(f64) -> f64) -> f64 {
    let largest = findings.all().map(|finding| probability(finding.t)).fold(0.0, f64::max);
    if findings.reruns.is_empty() { largest } else { largest.powf(CONFIRMED_POWER) }
}
