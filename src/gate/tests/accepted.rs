//! What is accepted and what is lost: waivers, acceptance of a whole run, and legs.
//!
//! For: which regressions stop failing the check, and that nothing else does. Not for: reading waivers (see `config`).
//! Invariant: an accepted regression keeps its verdict; a waiver beyond its ceiling or its day covers nothing.

use jiff::civil::date;

use super::scene::{Changed, Line, judged_by, latency, noisy, scene, with};
use crate::gate::policy::{Action, DefaultPolicy};
use crate::gate::{Outcome, Verdict, Waiver, WaiverState, judge};
use crate::model::{Leg, LegState};

fn slower(case: &str) -> Line {
    latency(case, noisy(1, 40, 0.01), 112.0)
}

fn clean(case: &str) -> Line {
    latency(case, noisy(1, 40, 0.01), 100.0)
}

fn waiver(series: &str, ceiling: f64) -> Waiver {
    Waiver {
        origin: "benchgate.toml:3 [[waivers]] 1".to_owned(),
        series: series.to_owned(),
        ceiling,
        expires: date(2027, 1, 31),
        reason: "a safer default".to_owned(),
        link: None,
        is_expired: false,
    }
}

fn unchanged() -> Changed {
    with(|_| ())
}

#[test]
fn a_waived_regression_keeps_its_verdict_and_does_not_fail() {
    let policy = unchanged().waiver(waiver("bert cpu a latency", 0.20));
    let judgement = judged_by(&[slower("a"), clean("b")], &policy);
    assert_eq!((judgement.outcome, judgement.counts.regressed, judgement.counts.waived), (Outcome::Passed, 0, 1));
    assert_eq!(judgement.series[0].verdict, Verdict::Regressed);
    let waived = judgement.series[0].waived.as_ref().expect("waived");
    assert_eq!(waived.reason.as_deref(), Some("a safer default"));
    assert_eq!(judgement.waivers[0].state, WaiverState::Applied);
    assert_eq!(judgement.reasons, ["1 regression was accepted, and does not decide"]);
}

#[test]
fn a_waiver_covers_its_own_series_only_also_by_id() {
    let lines = [slower("a"), slower("b")];
    let id = judged_by(&lines, &DefaultPolicy::default()).series[0].series.key.id().to_string();
    let judgement = judged_by(&lines, &unchanged().waiver(waiver(&id, 0.20)));
    assert_eq!((judgement.outcome, judgement.counts.regressed, judgement.counts.waived), (Outcome::Failed, 1, 1));
    let other = judged_by(&lines, &unchanged().waiver(waiver("bert cpu", 0.20)));
    assert_eq!((other.counts.waived, other.waivers[0].state), (0, WaiverState::Unused));
}

#[test]
fn beyond_its_ceiling_or_its_day_a_waiver_covers_nothing_and_says_so() {
    let exceeded = judged_by(&[slower("a")], &unchanged().waiver(waiver("bert cpu a latency", 0.05)));
    assert_eq!((exceeded.outcome, exceeded.waivers[0].state), (Outcome::Failed, WaiverState::Exceeded));
    let old = Waiver { is_expired: true, ..waiver("bert cpu a latency", 0.20) };
    let expired = judged_by(&[slower("a")], &unchanged().waiver(old));
    assert_eq!((expired.outcome, expired.waivers[0].state), (Outcome::Failed, WaiverState::Expired));
    let unused = judged_by(&[clean("a")], &unchanged().waiver(waiver("bert cpu a latency", 0.20)));
    assert_eq!((unused.outcome, unused.waivers[0].state), (Outcome::Passed, WaiverState::Unused));
}

#[test]
fn accepting_a_whole_run_covers_its_regressions_and_not_its_missing_benchmarks() {
    let by = "label `benchgate: accept`, set by octocat";
    let judgement = judged_by(&[slower("a"), slower("b")], &unchanged().accepted_by(by));
    assert_eq!((judgement.outcome, judgement.counts.waived), (Outcome::Passed, 2));
    assert_eq!(judgement.series[0].waived.as_ref().expect("accepted").origin, by);
    let vanished = Line { now: None, ..clean("c") };
    let judgement = judged_by(&[slower("a"), vanished], &unchanged().accepted_by(by));
    assert_eq!((judgement.outcome, judgement.failed_by_missing_only), (Outcome::Failed, true));
}

#[test]
fn a_leg_that_failed_or_is_missing_fails_the_run_by_default() {
    let leg = |name: &str, state| Leg { name: name.to_owned(), state };
    let (mut candidate, history) = scene(&[clean("a")]);
    candidate.legs = vec![leg("cpu", LegState::Reported)];
    assert_eq!(judge(&candidate, &history, &DefaultPolicy::default()).outcome, Outcome::Passed);
    candidate.legs.push(leg("cuda", LegState::Missing));
    candidate.legs.push(leg("rocm", LegState::Failed("out of memory".to_owned())));
    let judgement = judge(&candidate, &history, &DefaultPolicy::default());
    assert_eq!((judgement.outcome, judgement.failed_by_missing_only), (Outcome::Failed, true));
    assert_eq!(judgement.reasons, ["the leg cuda left no results", "the leg rocm failed: out of memory"]);
    let warned = judge(&candidate, &history, &unchanged().missing_leg(Action::Warn));
    assert_eq!((warned.outcome, warned.reasons.len()), (Outcome::Passed, 2));
    let ignored = judge(&candidate, &history, &unchanged().missing_leg(Action::Ignore));
    assert_eq!((ignored.outcome, ignored.reasons.len()), (Outcome::Passed, 0));
}
