//! Why a series got its verdict, in words.
//!
//! For: the sentence fragment that names the row of the table with its numbers. Not for: the evidence in full.
//! Invariant: a reason says what to do next where something can be done.

use super::decide::{Decision, Row};
use super::judgement::{Evidence, Verdict};
use super::policy::SeriesPolicy;
use super::words::{count, deviation, percent, signed_percent};

/// The reason of a decision. `least` is the relative effect below which a change does not count.
pub(super) fn reason(decision: &Decision, evidence: &Evidence, least: f64, policy: &SeriesPolicy) -> String {
    let (t, change) = (deviation(evidence.t), signed_percent(evidence.change));
    let [suspect, threshold] = [evidence.suspect, evidence.threshold].map(deviation);
    let because = match decision.row {
        Row::Within => format!("T {t} is within {suspect} of the usual{}", visible(evidence)),
        Row::TooNoisy => too_noisy(evidence, policy.target_effect.value),
        Row::BelowMinimum => format!("the change of {change} is below the minimum effect of {}", percent(least)),
        Row::Suspect => format!(
            "T {t} is suspect (beyond {suspect}) but not beyond {threshold}, the change is {change}: one more run of \
             this series would settle it"
        ),
        Row::ByChance => format!(
            "T {t} is beyond {threshold} and the change is {change}, but among all series of this run such a value \
             turns up by chance: one more run of this series would settle it"
        ),
        Row::Beyond => format!(
            "T {t} is beyond {threshold} and the change of {change} beyond the minimum effect of {}",
            percent(least)
        ),
        Row::Confirmed => format!(
            "T {t} is beyond {suspect}, {} beyond {} ({}), and the change of {change} beyond the minimum effect of {}",
            if evidence.reruns.len() == 1 { "its re-run" } else { "every re-run" },
            deviation(evidence.confirm),
            rerun_deviations(evidence),
            percent(least)
        ),
        Row::Cleared => cleared(decision, evidence, policy),
        Row::Same => format!("compared exactly: the change of {change} is within {}", percent(least)),
        Row::Differs => format!("compared exactly: the change of {change} is above {}", percent(least)),
    };
    format!("{because}{}{}", runner(evidence), paired(evidence))
}

fn visible(evidence: &Evidence) -> String {
    if evidence.smallest_visible.is_finite() {
        format!(", and a change of {} would have been seen", percent(evidence.smallest_visible))
    } else {
        "; around zero no change has a size in percent".to_owned()
    }
}

fn too_noisy(evidence: &Evidence, target: f64) -> String {
    let remedy = match evidence.runs_needed {
        // The history promises better than this run's own samples do.
        Some(1) => "the samples of this run disagree more than usual: another run would show it".to_owned(),
        Some(runs) => format!("{} of this series would show it", count(runs, "run", "runs")),
        None => "no number of runs would show it before its history is longer or calmer".to_owned(),
    };
    format!(
        "too noisy: can see only changes above {}, the target is {}; {remedy}",
        percent(evidence.smallest_visible),
        percent(target),
    )
}

fn cleared(decision: &Decision, evidence: &Evidence, policy: &SeriesPolicy) -> String {
    let suspicion = format!("suspect at first (T {}), cleared by a re-run", deviation(evidence.t));
    let suspicion = format!("{suspicion} (T {})", rerun_deviations(evidence));
    if decision.verdict == Verdict::Inconclusive {
        format!("{suspicion}; {}", too_noisy(evidence, policy.target_effect.value))
    } else {
        suspicion
    }
}

fn rerun_deviations(evidence: &Evidence) -> String {
    let deviations: Vec<String> = evidence.reruns.iter().map(|rerun| deviation(rerun.t)).collect();
    deviations.join(", ")
}

/// Where the verdict comes from, if not from a history.
fn paired(evidence: &Evidence) -> String {
    evidence.pairs.map_or_else(String::new, |pairs| {
        format!("; judged by {} of base and candidate, for want of history", count(pairs, "pair", "pairs"))
    })
}

/// What was put down to the machine, where that is worth a word.
fn runner(evidence: &Evidence) -> String {
    match evidence.runner {
        Some(share) if share.change.abs() >= 0.005 => {
            format!("; {} was put down to the runner", signed_percent(share.change))
        }
        _ => String::new(),
    }
}
