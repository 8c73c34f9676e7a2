//! Correction for the number of series of a run.
//!
//! For: which findings are too many to be believed one by one. Not for: thresholds of single series.
//! Invariant: without a correction everything survives; with one, fewer series never make a finding less credible.

use super::compare::Finding;
use super::policy::{Correction, Limits};
use crate::stats;

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

/// The survival of each finding among all of them, in their order. Regressions and improvements are two families: a run
/// in which many series improved must not make regressions look more credible.
pub(super) fn survivors(findings: &[&Finding], limits: &Limits) -> Vec<Survival> {
    match limits.correction.value {
        Correction::None => vec![Survival::UNCORRECTED; findings.len()],
        Correction::BenjaminiHochberg => {
            let alpha = limits.alpha.value;
            let adjusted = |probability: fn(&Finding) -> f64| {
                let family: Vec<f64> = findings.iter().map(|finding| probability(finding)).collect();
                stats::benjamini_hochberg(&family)
            };
            let worse = adjusted(|finding| finding.evidence.p_worse);
            let better = adjusted(|finding| finding.p_better);
            worse
                .into_iter()
                .zip(better)
                .map(|(worse, better)| Survival { worse: worse <= alpha, better: better <= alpha })
                .collect()
        }
    }
}
