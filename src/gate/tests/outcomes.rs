//! Every outcome and the order of precedence.
//!
//! For: what verdicts do to the check. Not for: how verdicts come about.
//! Invariant: nothing compared is never `passed`.

use super::scene::{Line, judged, judged_by, latency, noisy, scene, with};
use crate::gate::policy::{Action, DefaultPolicy};
use crate::gate::{Outcome, Verdict, judge};
use crate::model::{CandidateRun, History};

fn clean(case: &str) -> Line {
    latency(case, noisy(1, 40, 0.01), 100.0)
}

fn slower(case: &str) -> Line {
    latency(case, noisy(1, 40, 0.01), 150.0)
}

fn vanished(case: &str) -> Line {
    Line { now: None, ..clean(case) }
}

fn too_noisy(case: &str) -> Line {
    latency(case, noisy(3, 40, 0.08), 100.0)
}

#[test]
fn a_clean_run_passes() {
    let judgement = judged(&[clean("a"), clean("b")]);
    assert_eq!((judgement.outcome, judgement.counts.unchanged), (Outcome::Passed, 2));
    assert_eq!(judgement.reasons, Vec::<String>::new());
    assert_eq!(judgement.baseline.runs, 40);
    assert_eq!(judgement.baseline.newest_commit.as_deref(), Some("c3456000"));
}

#[test]
fn a_regression_fails_and_outranks_a_missing_benchmark() {
    let judgement = judged(&[clean("a"), slower("b"), vanished("c")]);
    assert_eq!((judgement.outcome, judgement.failed_by_missing_only), (Outcome::Failed, false));
    assert!(judgement.reasons[0].starts_with("1 series regressed: bert cpu b latency +5"), "{:?}", judgement.reasons);
    assert!(judgement.reasons[1].starts_with("1 series is missing: bert cpu c latency"), "{:?}", judgement.reasons);
}

#[test]
fn a_missing_benchmark_alone_fails_and_says_so() {
    let judgement = judged(&[clean("a"), vanished("b")]);
    assert_eq!((judgement.outcome, judgement.failed_by_missing_only), (Outcome::Failed, true));
    let warned = judged_by(&[clean("a"), vanished("b")], &with(|policy| policy.missing.value = Action::Warn));
    assert_eq!((warned.outcome, warned.failed_by_missing_only), (Outcome::Passed, false));
    assert_eq!(warned.reasons.len(), 1);
    let ignored = judged_by(&[clean("a"), vanished("b")], &with(|policy| policy.missing.value = Action::Ignore));
    assert_eq!((ignored.outcome, ignored.reasons.len(), ignored.counts.missing), (Outcome::Passed, 0, 1));
}

#[test]
fn missing_benchmarks_fail_even_where_nothing_was_compared() {
    let judgement = judged(&[vanished("a")]);
    assert_eq!((judgement.outcome, judgement.failed_by_missing_only), (Outcome::Failed, true));
}

#[test]
fn no_history_is_nothing_to_judge_not_a_pass() {
    let lenient = with(|_| ()).nothing_to_judge(Action::Ignore);
    for policy in [&DefaultPolicy::default() as &dyn crate::gate::Policy, &lenient] {
        let judgement = judged_by(&[latency("a", vec![], 1.0)], policy);
        assert_eq!(judgement.outcome, Outcome::NothingToJudge);
        assert!(judgement.reasons[0].contains("no series has a history"), "{:?}", judgement.reasons);
    }
    let empty = judge(&CandidateRun::default(), &History::default(), &DefaultPolicy::default());
    assert_eq!(empty.outcome, Outcome::NothingToJudge);
    assert_eq!(empty.reasons, ["nothing could be judged: the run has no results"]);
}

#[test]
fn a_history_too_short_for_any_verdict_is_nothing_to_judge_even_on_a_tenfold_slowdown() {
    let judgement = judged(&[latency("a", vec![100.0, 101.0, 99.0, 100.0], 1000.0)]);
    assert_eq!((judgement.outcome, judgement.counts.inconclusive), (Outcome::NothingToJudge, 1));
}

#[test]
fn inconclusive_series_decide_only_where_the_policy_fails_on_them() {
    let lines = [clean("a"), too_noisy("b")];
    assert_eq!(judged(&lines).outcome, Outcome::Passed);
    assert_eq!(judged(&lines).reasons.len(), 1);
    let strict = with(|policy| policy.inconclusive.value = Action::Fail);
    assert_eq!(judged_by(&lines, &strict).outcome, Outcome::Inconclusive);
    assert_eq!(judged_by(&[slower("c"), too_noisy("b")], &strict).outcome, Outcome::Failed);
}

#[test]
fn a_new_series_is_inconclusive_where_the_policy_fails_on_it() {
    let lines = [clean("a"), latency("b", vec![], 1.0)];
    assert_eq!(judged(&lines).outcome, Outcome::Passed);
    let strict = with(|policy| policy.new.value = Action::Fail);
    assert_eq!(judged_by(&lines, &strict).outcome, Outcome::Inconclusive);
    assert_eq!(judged_by(&lines[1..], &strict).outcome, Outcome::NothingToJudge);
    let lenient = with(|policy| policy.new.value = Action::Fail).nothing_to_judge(Action::Warn);
    assert_eq!(judged_by(&lines[1..], &lenient).outcome, Outcome::Inconclusive, "a failure must not slip through");
}

#[test]
fn an_unjudged_series_is_listed_with_its_numbers_and_decides_nothing() {
    let policy = with(|policy| policy.is_judged.value = false);
    let judgement = judged_by(&[slower("a"), vanished("b")], &policy);
    assert_eq!(judgement.outcome, Outcome::NothingToJudge);
    assert_eq!((judgement.counts.unjudged, judgement.counts.total()), (2, 0));
    assert_eq!(judgement.series[0].verdict, Verdict::Regressed);
    assert!(judgement.series[0].evidence.is_some());
}

#[test]
fn series_are_ordered_by_verdict_then_size_then_name() {
    let lines = [
        clean("z"),
        latency("small", noisy(1, 40, 0.01), 120.0),
        vanished("gone"),
        latency("large", noisy(1, 40, 0.01), 180.0),
        latency("fresh", vec![], 1.0),
        latency("faster", noisy(1, 40, 0.01), 50.0),
        too_noisy("wild"),
        clean("y"),
    ];
    let judgement = judged(&lines);
    let order: Vec<_> =
        judgement.series.iter().filter_map(|one| one.series.key.configuration.test_case.clone()).collect();
    assert_eq!(order, ["large", "small", "gone", "wild", "fresh", "faster", "y", "z"]);
    assert_eq!(judgement.counts.compared, 6);
}

#[test]
fn a_simulated_candidate_says_so() {
    let (mut candidate, history) = scene(&[clean("a"), clean("b")]);
    candidate.results[0].configuration.is_simulated = true;
    let mixed = judge(&candidate, &history, &DefaultPolicy::default());
    assert!(!mixed.is_simulated);
    assert!(mixed.reasons.iter().any(|reason| reason.contains("1 of 2 results are simulated")), "{:?}", mixed.reasons);
    candidate.results[1].configuration.is_simulated = true;
    assert!(judge(&candidate, &history, &DefaultPolicy::default()).is_simulated);
}
