//! What vanished or failed.
//!
//! For: that nothing disappears unseen. Not for: what a missing series does to the outcome (see `outcomes`).
//! Invariant: a failed configuration is in every judgement.

use super::scene::{Line, configuration, latency, meta, noisy, result, scene};
use crate::gate::policy::DefaultPolicy;
use crate::gate::{ALL_METRICS, Judgement, Verdict, judge, vanished_legs};
use crate::model::{CandidateRun, History, Leg, LegState, Status};

fn by_default(candidate: &CandidateRun, history: &History) -> Judgement {
    judge(candidate, history, &DefaultPolicy::default())
}

fn missing(judgement: &Judgement) -> Vec<(String, String)> {
    let missing = judgement.series.iter().filter(|series| series.verdict == Verdict::Missing);
    missing.map(|series| (series.series.key.to_string(), series.reason.clone())).collect()
}

fn two_series() -> (CandidateRun, History) {
    let gone = Line { now: None, ..latency("b", noisy(2, 40, 0.01), 0.0) };
    scene(&[latency("a", noisy(1, 40, 0.01), 100.0), gone])
}

#[test]
fn a_series_of_the_newest_runs_that_was_not_measured_is_missing() {
    let (candidate, history) = two_series();
    let expected = ("bert cpu b latency".to_owned(), "5 of the newest 5 runs measured it, this one did not".to_owned());
    assert_eq!(missing(&by_default(&candidate, &history)), [expected]);
}

#[test]
fn a_series_is_expected_by_a_majority_of_the_newest_five_runs() {
    for (absent_from, is_expected) in [(0, true), (2, true), (3, false), (5, false)] {
        let (candidate, mut history) = two_series();
        for run in history.recent.iter_mut().take(absent_from) {
            run.series.retain(|series| series.key.configuration.test_case.as_deref() != Some("b"));
        }
        assert_eq!(missing(&by_default(&candidate, &history)).len(), usize::from(is_expected), "{absent_from}");
    }
}

#[test]
fn fewer_recent_runs_decide_by_their_own_majority() {
    let (candidate, mut history) = two_series();
    history.recent.truncate(1);
    let reason = missing(&by_default(&candidate, &history)).remove(0).1;
    assert_eq!(reason, "the newest run measured it, this one did not");
    history.recent.clear();
    assert_eq!(missing(&by_default(&candidate, &history)), []);
}

#[test]
fn a_partial_candidate_misses_nothing_but_its_failures() {
    let (mut candidate, history) = two_series();
    candidate.is_partial = true;
    assert_eq!(missing(&by_default(&candidate, &history)), []);
    candidate.results[1].status = Status::Failed("out of memory".to_owned());
    let expected = ("bert cpu b latency".to_owned(), "failed to run: out of memory".to_owned());
    assert_eq!(missing(&by_default(&candidate, &history)), [expected]);
}

#[test]
fn a_failure_makes_every_expected_series_of_its_configuration_missing() {
    let (mut candidate, mut history) = two_series();
    let memory = Line { metric: "memory_peak", unit: "MB", ..latency("b", vec![], 0.0) };
    for run in &mut history.recent {
        run.series.push(meta(&memory));
    }
    candidate.results[1].status = Status::Failed(String::new());
    let missing = missing(&by_default(&candidate, &history));
    assert_eq!(missing.len(), 2);
    assert!(missing.iter().all(|(_, reason)| reason == "failed to run"), "{missing:?}");
}

#[test]
fn a_failure_of_which_nothing_is_known_is_one_missing_entry() {
    let (mut candidate, history) = two_series();
    candidate.results.push(result("unheard-of", Status::Failed("exit code 1".to_owned()), vec![]));
    let judgement = by_default(&candidate, &history);
    let entry = judgement.series.iter().find(|series| series.series.key.metric == ALL_METRICS).unwrap();
    assert_eq!((entry.verdict, entry.reason.as_str()), (Verdict::Missing, "failed to run: exit code 1"));
    assert_eq!(entry.series.key.configuration, configuration("unheard-of"));
}

#[test]
fn a_failure_that_is_no_longer_expected_is_reported_by_the_series_it_had() {
    let (mut candidate, mut history) = two_series();
    history.recent.clear();
    candidate.results[1].status = Status::Failed("exit code 1".to_owned());
    let expected = ("bert cpu b latency".to_owned(), "failed to run: exit code 1".to_owned());
    assert_eq!(missing(&by_default(&candidate, &history)), [expected]);
}

#[test]
fn a_failure_outranks_a_measurement_of_the_same_configuration() {
    let (mut candidate, history) = two_series();
    candidate.results.push(result("a", Status::Failed("crashed".to_owned()), vec![]));
    let judgement = by_default(&candidate, &history);
    let of_a: Vec<Verdict> = judgement
        .series
        .iter()
        .filter(|series| series.series.key.configuration == configuration("a"))
        .map(|series| series.verdict)
        .collect();
    assert_eq!(of_a, [Verdict::Missing]);
}

#[test]
fn a_leg_is_expected_by_a_majority_of_the_newest_five_runs() {
    let (mut candidate, mut history) = two_series();
    candidate.legs.push(Leg { name: "cpu".to_owned(), state: LegState::Reported });
    for (number, run) in history.recent.iter_mut().enumerate() {
        run.legs.insert("cpu".to_owned());
        let others = [("cuda", 2..5), ("mps", 3..8)].into_iter().filter(|(_, runs)| runs.contains(&number));
        run.legs.extend(others.map(|(leg, _)| leg.to_owned()));
    }
    let missing = Leg { name: "cuda".to_owned(), state: LegState::Missing };
    assert_eq!(vanished_legs(&candidate, &history), std::slice::from_ref(&missing));
    candidate.legs.push(missing);
    assert_eq!(vanished_legs(&candidate, &history), []);
}

#[test]
fn a_missing_series_keeps_its_recent_values() {
    let (candidate, history) = two_series();
    let judgement = by_default(&candidate, &history);
    let gone = judgement.series.iter().find(|series| series.verdict == Verdict::Missing).unwrap();
    assert_eq!((gone.value, gone.recent.len()), (None, 20));
}
