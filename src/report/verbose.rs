//! The verbose part of the terminal report: numbers and thresholds.
//!
//! For: the sceptic who checks a verdict by hand. Not for: programs, which get the same with full precision as JSON.
//! Invariant: every series appears with its id, and every policy value with its origin.

use std::collections::BTreeSet;

use super::policy_words::{self, Named};
use super::terminal::name;
use super::view::View;
use crate::gate::{Evidence, Rerun, SeriesJudgement};
use crate::text::number::significant;
use crate::text::time::date;
use crate::text::{escape, percent, plural, quantity, signed_percent, wrap};

/// The numbers behind every compared series.
pub(super) fn numbers(view: &View, width: Option<u16>) -> String {
    let mut lines = vec!["Numbers:".to_owned()];
    for series in &view.judgement.series {
        let title = name(&series.series.key.to_string());
        let title = format!("  {title} [series {}]: {}", series.series.key.id(), series.verdict);
        lines.push(wrap(&title, width, 4));
        let words = match &series.evidence {
            Some(evidence) => format!("    {}", evidence_words(series, evidence)),
            None => format!("    not compared: {}", escape::terminal(&series.reason)),
        };
        lines.push(wrap(&words, width, 4));
    }
    if lines.len() > 1 { lines.join("\n") } else { String::new() }
}

fn evidence_words(series: &SeriesJudgement, evidence: &Evidence) -> String {
    let runs_needed = match evidence.runs_needed {
        Some(count) => format!("{} would show the target size", plural(count, "run", "runs")),
        None => "no number of runs would show the target size".to_owned(),
    };
    let rests_on = match (evidence.pairs, evidence.epoch_start) {
        (Some(pairs), _) => format!("{} with the base", plural(pairs, "pair", "pairs")),
        (None, Some(start)) => {
            let runs = plural(evidence.centre_runs, "run", "runs");
            format!("{runs} since {} ({} in all)", date(start), evidence.history_runs)
        }
        (None, None) => plural(evidence.centre_runs, "run", "runs"),
    };
    let unit = series.series.unit.as_str();
    let rerun = |rerun: &Rerun| {
        let value = escape::terminal(&quantity(rerun.value, unit));
        format!("{value} ({}, T {})", signed_percent(rerun.change), deviation(rerun.t))
    };
    let reruns: Vec<String> = evidence.reruns.iter().map(rerun).collect();
    let reruns = if reruns.is_empty() { String::new() } else { format!("; re-runs {}", reruns.join(", ")) };
    format!(
        "T {} against a threshold of {}, tail probability {}{reruns}; centre {} of {rests_on}; smallest visible \
         worsening {}; {runs_needed}",
        deviation(evidence.t),
        deviation(evidence.threshold),
        probability(evidence.p_worse),
        escape::terminal(&quantity(evidence.centre, unit)),
        percent(evidence.smallest_visible),
    )
}

/// A deviation in units of the noise: one decimal is all that matters.
pub(super) fn deviation(value: f64) -> String {
    if value.is_finite() { format!("{value:.1}") } else { significant(value) }
}

pub(super) fn probability(value: f64) -> String {
    if value >= 0.001 { format!("{value:.3}") } else { format!("{value:.1e}") }
}

/// Every policy value with its origin; series with the same policy are told together.
pub(super) fn policies(view: &View, width: Option<u16>) -> String {
    let mut lines = vec!["Limits of the run:".to_owned(), named_line(&policy_words::limits(&view.judgement.limits))];
    let mut seen: Vec<(Vec<Named>, Vec<&SeriesJudgement>)> = Vec::new();
    for series in &view.judgement.series {
        let words = policy_words::series(&series.policy);
        match seen.iter_mut().find(|(known, _)| *known == words) {
            Some((_, members)) => members.push(series),
            None => seen.push((words, vec![series])),
        }
    }
    for (words, members) in seen {
        let metrics: BTreeSet<String> = members.iter().map(|series| name(&series.series.key.metric)).collect();
        let metrics: Vec<String> = metrics.into_iter().collect();
        let title = format!("Policy of {} ({}):", plural(members.len(), "series", "series"), metrics.join(", "));
        lines.push(wrap(&title, width, 2));
        lines.push(named_line(&words));
    }
    lines.join("\n")
}

pub(super) fn named_line(values: &[Named]) -> String {
    let values: Vec<String> = values
        .iter()
        .map(|Named { name, value, origin }| format!("  {name:<16} {value} ({})", escape::terminal(origin)))
        .collect();
    values.join("\n")
}
