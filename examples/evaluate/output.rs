//! What the evaluator prints.
//!
//! For: tables for people, JSON for programs. Not for: measuring.
//! Invariant: every rate of the JSON is a fraction between 0 and 1, and no number is missing from it that the tables
//! show.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::changes::annotated::Annotated;
use super::protocol::{Evaluation, SHIFTS};

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// By file.
    pub(crate) files: BTreeMap<String, Evaluation>,
    /// The mean over files, each weighing the same.
    #[serde(rename = "macro")]
    pub(crate) overall: Evaluation,
    /// Change-point methods on annotated series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) annotated: Option<BTreeMap<&'static str, Annotated>>,
}

/// The report as JSON.
pub(crate) fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).expect("internal error: a report holds only strings and finite numbers")
}

/// The report as tables, in percent.
pub(crate) fn text(report: &Report) -> String {
    let mut text = String::new();
    for (name, evaluation) in &report.files {
        block(&mut text, name, evaluation);
    }
    if report.files.len() > 1 {
        block(&mut text, "mean over files", &report.overall);
    }
    if let Some(annotated) = &report.annotated {
        text.push_str("annotated series              F1  precision  recall  false ones\n");
        for (method, score) in annotated {
            line(
                &mut text,
                format_args!(
                    "  {method:<24} {:6.3}     {:6.3}  {:6.3}  {:>10}",
                    score.score.f1, score.score.precision, score.score.recall, score.false_positives
                ),
            );
        }
    }
    text
}

fn block(text: &mut String, name: &str, evaluation: &Evaluation) {
    line(
        text,
        format_args!(
            "{name}: {} clean measurements of {} runs, {} shifts for the worse, {:.0} us a series and run",
            evaluation.nulls,
            evaluation.runs,
            evaluation.natural_shifts,
            evaluation.seconds_per_series * 1e6
        ),
    );
    if evaluation.nulls > 0 {
        of_rules(text, evaluation);
    }
    if let Some(changes) = &evaluation.changes {
        text.push_str(&changes.text());
    }
    text.push('\n');
}

/// Rates of the rules, and how far benchgate's statements held.
fn of_rules(text: &mut String, evaluation: &Evaluation) {
    let sizes: Vec<String> = SHIFTS.iter().map(|shift| format!("+{:.0} %", shift * 100.0)).collect();
    line(
        text,
        format_args!(
            "  {:<44} {:>7} {:>7} | {} | {:>7}",
            "in percent",
            "FAR",
            "runFAR",
            sizes.iter().map(|size| format!("{size:>6}")).collect::<Vec<_>>().join(" "),
            "natural"
        ),
    );
    for (rule, rates) in &evaluation.rules {
        let power = SHIFTS.iter().map(|shift| {
            let found = rates.power.get(&format!("{:.0}", shift * 100.0)).copied().unwrap_or(0.0);
            format!("{:6.1}", found * 100.0)
        });
        line(
            text,
            format_args!(
                "  {rule:<44} {:7.3} {:7.2} | {} | {:7.1}",
                rates.far * 100.0,
                rates.run_far * 100.0,
                power.collect::<Vec<_>>().join(" "),
                rates.natural * 100.0
            ),
        );
    }
    let promises = &evaluation.promises;
    line(
        text,
        format_args!(
            "  changes of 5, 10 and 20 %: {:.1} % said to be visible, of which {:.1} % were found; {:.1} % of the others",
            promises.visible * 100.0,
            promises.found_where_visible * 100.0,
            promises.found_elsewhere * 100.0
        ),
    );
    if let Some(halves) = &evaluation.halves {
        for (reruns, (predicted, observed)) in halves.predicted.iter().zip(halves.observed).enumerate() {
            line(
                text,
                format_args!(
                    "  second half, {reruns} re-runs: FAR {:.3} % predicted, {:.3} % observed",
                    predicted * 100.0,
                    observed * 100.0
                ),
            );
        }
    }
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    writeln!(text, "{arguments}").expect("internal error: a String takes every text");
}
