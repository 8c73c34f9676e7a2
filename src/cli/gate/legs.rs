//! The legs that are expected without being named.
//!
//! For: noticing a leg that vanished where the input `legs` is left out. Not for: what the legs brought (see `results`).
//! Invariant: who names the legs, or says that the run is partial, has the last word.

use super::job::Job;
use crate::cli::leg;
use crate::gate;
use crate::model::{CandidateRun, History};

/// Adds the legs that most of the newest baseline runs had: what vanishes with its hardware leaves nothing that could be
/// compared, and would not be missed.
pub(super) fn expect(job: &Job<'_>, candidate: &mut CandidateRun, history: &History, notices: &mut Vec<String>) {
    let arguments = job.arguments;
    if !arguments.from_artifacts || arguments.partial || !leg::list(&arguments.legs).is_empty() {
        return;
    }
    let vanished = gate::vanished_legs(candidate, history);
    if vanished.is_empty() {
        return;
    }
    let names: Vec<&str> = vanished.iter().map(|leg| leg.name.as_str()).collect();
    let (legs, they_are) = if names.len() == 1 { ("leg", "it is") } else { ("legs", "they are") };
    notices.push(format!(
        "most of the newest runs of the baseline have results of the {legs} {}, so {they_are} expected here too: where \
         that has changed on purpose, name the legs in `legs`",
        names.join(", ")
    ));
    candidate.legs.extend(vanished);
    candidate.legs.sort_by(|one, other| one.name.cmp(&other.name));
}
