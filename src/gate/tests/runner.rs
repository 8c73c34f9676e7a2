//! Slow runners, changes of everything, and drift.
//!
//! For: what is put down to the machine, and that nothing is put down to it for good. Not for: the estimate (see the
//! unit tests of `runner`).
//! Invariant: a change of every series is found somewhere.

use super::scene::{Line, judged, judged_by, latency, noisy, only, scene, with};
use crate::gate::policy::{Action, DefaultPolicy};
use crate::gate::{Judgement, Outcome, Verdict, judge};

/// Twelve series with 1 % of noise of their own on a runner that varies by 3 %; the candidate's runner is slower by
/// `slowdown`.
fn suite(slowdown: f64) -> Vec<Line> {
    let runner = noisy(99, 61, 0.03);
    (0..12)
        .map(|case| {
            let own = noisy(case, 61, 0.01);
            let past = (0..60).map(|run| own[run] * runner[run] / 100.0).collect();
            latency(&format!("case{case}"), past, own[60] * (1.0 + slowdown))
        })
        .collect()
}

fn common(judgement: &Judgement) -> (Verdict, f64) {
    let shift = &judgement.common_shifts[0];
    (shift.verdict, shift.slowdown)
}

#[test]
fn a_slow_runner_regresses_nothing_and_is_reported() {
    let judgement = judged(&suite(0.06));
    assert_eq!((judgement.outcome, judgement.counts.regressed), (Outcome::Passed, 0), "{:?}", judgement.reasons);
    let (verdict, slowdown) = common(&judgement);
    assert_eq!(verdict, Verdict::Unchanged);
    assert!((0.04..0.08).contains(&slowdown), "{slowdown}");
    let shares = judgement.series.iter().filter(|series| series.evidence.as_ref().unwrap().runner.is_some());
    assert_eq!(shares.count(), 12);
}

#[test]
fn a_regression_is_seen_through_a_slow_runner() {
    let mut lines = suite(0.06);
    lines[4].now = lines[4].now.map(|value| value * 1.08);
    let judgement = judged(&lines);
    assert_eq!(judgement.counts.regressed, 1, "{:?}", judgement.reasons);
    let series = &judgement.series[0];
    assert!((0.05..0.12).contains(&series.evidence.as_ref().unwrap().change), "{:?}", series.evidence);
    assert!(series.reason.contains("was put down to the runner"), "{}", series.reason);
}

#[test]
fn a_slowdown_of_everything_beyond_an_ordinary_slow_runner_fails() {
    let judgement = judged(&suite(0.25));
    assert_eq!((judgement.outcome, judgement.failed_by_missing_only), (Outcome::Failed, false));
    assert_eq!(common(&judgement).0, Verdict::Regressed);
    assert!(judgement.reasons[0].contains("more than a slow runner explains"), "{:?}", judgement.reasons);
}

#[test]
fn a_re_run_of_everything_on_an_ordinary_runner_clears_it() {
    let (mut candidate, history) = scene(&suite(0.25));
    candidate.reruns = vec![scene(&suite(0.0)).0.results];
    let judgement = judge(&candidate, &history, &DefaultPolicy::default());
    assert_eq!((judgement.outcome, common(&judgement).0), (Outcome::Passed, Verdict::Unchanged));
}

/// Ten steps of 1.5 %, none of which is seen.
fn creeping() -> Line {
    let past = (0..80).map(|run| noisy(run, 1, 0.004)[0] * 1.015_f64.powf((run / 8) as f64)).collect();
    latency("creeping", past, 114.4)
}

#[test]
fn a_series_that_crept_away_is_named_and_fails_only_where_the_policy_says_so() {
    let judgement = judged(&[creeping()]);
    assert_eq!(judgement.outcome, Outcome::Passed);
    assert!(judgement.reasons[0].contains("1 series has drifted away from the best level"), "{:?}", judgement.reasons);
    let drift = judgement.series[0].evidence.as_ref().unwrap().drift.unwrap();
    assert!((0.10..0.18).contains(&drift.change), "{drift:?}");
    let strict = judged_by(&[creeping()], &with(|policy| policy.drift.value = Action::Fail));
    assert_eq!((strict.outcome, strict.failed_by_missing_only), (Outcome::Failed, false));
    let silent = judged_by(&[creeping()], &with(|policy| policy.drift.value = Action::Ignore));
    assert_eq!(silent.reasons, Vec::<String>::new());
}

#[test]
fn samples_that_disagree_make_a_run_less_certain() {
    let (mut candidate, mut history) = scene(&[latency("a", noisy(2, 40, 0.01), 108.0)]);
    for point in &mut history.series[0].points {
        (point.samples, point.within_sd) = (5, Some(0.01));
    }
    let t = |samples: [f64; 5], candidate: &mut crate::model::CandidateRun| {
        let measurement = crate::model::Measurement::new("latency", None, samples.to_vec(), Some("ms"), None);
        candidate.results[0].measurements = vec![measurement.unwrap()];
        judge(candidate, &history, &DefaultPolicy::default()).series[0].evidence.as_ref().unwrap().t
    };
    let agreeing = t([107.0, 108.0, 108.0, 108.0, 109.0], &mut candidate);
    let disagreeing = t([95.0, 97.0, 108.0, 140.0, 150.0], &mut candidate);
    assert!(agreeing > 5.0 && disagreeing < 1.5, "{agreeing} {disagreeing}");
}

#[test]
fn an_epoch_forgets_the_level_and_keeps_the_spread() {
    let past: Vec<f64> =
        noisy(7, 40, 0.015).into_iter().chain(noisy(8, 2, 0.015).iter().map(|value| value * 1.2)).collect();
    let before = only(latency("a", past.clone(), 121.0)).evidence.unwrap();
    assert!((before.centre - 100.0).abs() < 2.0 && before.t > 2.5, "two runs make no level: {before:?}");
    let (candidate, mut history) = scene(&[latency("a", past, 121.0)]);
    history.series[0].epochs = vec![40];
    let judged = judge(&candidate, &history, &DefaultPolicy::default()).series.remove(0);
    let evidence = judged.evidence.unwrap();
    assert_eq!((judged.verdict, evidence.centre_runs), (Verdict::Unchanged, 2), "{}", judged.reason);
    assert!(evidence.noise > 0.01);
}
