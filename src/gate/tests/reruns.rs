//! Re-runs: what confirms a suspect and what clears it.
//!
//! For: the sequential rule. Not for: single runs (see `verdicts`).
//! Invariant: every re-run must pass on its own.

use super::scene::{Line, allocations, latency, noisy, scene};
use crate::gate::policy::DefaultPolicy;
use crate::gate::{SeriesJudgement, Verdict, judge};
use crate::model::BenchmarkResult;

/// Judges a line whose re-runs measured these values.
fn rerun(line: Line, values: &[f64]) -> SeriesJudgement {
    let (mut candidate, history) = scene(std::slice::from_ref(&line));
    candidate.reruns = values
        .iter()
        .map(|value| scene(&[Line { now: Some(*value), ..line.clone() }]).0.results)
        .collect::<Vec<Vec<BenchmarkResult>>>();
    judge(&candidate, &history, &DefaultPolicy::default()).series.remove(0)
}

/// A suspect: about three standard errors slow.
fn suspect() -> Line {
    latency("a", noisy(5, 60, 0.015), 105.5)
}

#[test]
fn a_suspect_wants_re_runs_and_is_inconclusive_without() {
    let judged = rerun(suspect(), &[]);
    assert_eq!((judged.verdict, judged.needs_rerun), (Verdict::Inconclusive, true), "{}", judged.reason);
}

#[test]
fn one_re_run_that_agrees_confirms_and_a_second_is_still_wanted() {
    let judged = rerun(suspect(), &[105.0]);
    assert_eq!((judged.verdict, judged.needs_rerun), (Verdict::Regressed, true), "{}", judged.reason);
    assert!(judged.reason.contains("its re-run beyond 2.0"), "{}", judged.reason);
    let judged = rerun(suspect(), &[105.0, 107.0]);
    assert_eq!((judged.verdict, judged.needs_rerun), (Verdict::Regressed, false));
    assert!(judged.reason.contains("every re-run beyond 2.0"), "{}", judged.reason);
    assert_eq!(judged.value, Some(105.5), "the median of all runs");
    assert_eq!(judged.evidence.unwrap().reruns.len(), 2);
}

#[test]
fn one_re_run_that_disagrees_clears_however_wild_the_others() {
    for values in [&[100.5][..], &[130.0, 100.5], &[100.5, 130.0]] {
        let judged = rerun(suspect(), values);
        assert_eq!((judged.verdict, judged.needs_rerun), (Verdict::Unchanged, false), "{}", judged.reason);
        assert!(judged.reason.contains("cleared by a re-run"), "{}", judged.reason);
    }
}

#[test]
fn a_clear_regression_in_one_run_is_cleared_by_a_re_run_too() {
    let judged = rerun(latency("a", noisy(5, 60, 0.015), 150.0), &[100.0]);
    assert_eq!(judged.verdict, Verdict::Unchanged, "{}", judged.reason);
}

#[test]
fn a_cleared_series_that_is_too_noisy_is_inconclusive_and_listed_as_cleared() {
    let judged = rerun(latency("a", noisy(3, 40, 0.05), 125.0), &[100.0]);
    assert_eq!(judged.verdict, Verdict::Inconclusive);
    assert!(judged.reason.contains("cleared by a re-run") && judged.reason.contains("too noisy"), "{}", judged.reason);
}

#[test]
fn re_runs_of_a_series_that_is_no_suspect_change_nothing() {
    let judged = rerun(latency("a", noisy(5, 60, 0.015), 101.0), &[150.0, 150.0]);
    assert_eq!(judged.verdict, Verdict::Unchanged, "{}", judged.reason);
}

#[test]
fn improvements_are_confirmed_and_cleared_alike_and_want_no_re_runs() {
    let faster = latency("a", noisy(5, 60, 0.015), 90.0);
    assert_eq!(rerun(faster.clone(), &[89.0]).verdict, Verdict::Improved);
    assert_eq!(rerun(faster.clone(), &[100.0]).verdict, Verdict::Unchanged);
    assert!(!rerun(faster, &[]).needs_rerun);
}

#[test]
fn a_deterministic_metric_needs_no_re_run_and_is_cleared_by_one_that_is_the_same() {
    let more = || allocations(vec![12.0; 20], 14.0);
    let judged = rerun(more(), &[]);
    assert_eq!((judged.verdict, judged.needs_rerun), (Verdict::Regressed, false), "{}", judged.reason);
    assert_eq!(rerun(more(), &[14.0]).verdict, Verdict::Regressed);
    assert_eq!(rerun(more(), &[12.0]).verdict, Verdict::Unchanged);
}

#[test]
fn a_re_run_in_another_unit_says_nothing() {
    let (mut candidate, history) = scene(&[suspect()]);
    let other = Line { unit: "MB", ..suspect() };
    candidate.reruns = vec![scene(&[Line { now: Some(100.0), ..other }]).0.results];
    let judged = judge(&candidate, &history, &DefaultPolicy::default()).series.remove(0);
    assert_eq!((judged.verdict, judged.evidence.unwrap().reruns.len()), (Verdict::Inconclusive, 0));
}
