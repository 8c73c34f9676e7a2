//! Input at the edge of what is possible.
//!
//! For: that nothing panics and nothing absurd is said. Not for: ordinary histories.
//! Invariant: every series has a verdict, and no number of the evidence is NaN.

use super::scene::{Line, allocations, latency, noisy, only, only_by, scene, with};
use crate::gate::policy::{DefaultPolicy, Scale};
use crate::gate::{SeriesJudgement, Verdict, judge};
use crate::model::{Direction, Measurement};

fn assert_sound(judged: &SeriesJudgement) {
    if let Some(evidence) = &judged.evidence {
        let numbers = [
            evidence.centre,
            evidence.change,
            evidence.interval.0,
            evidence.interval.1,
            evidence.noise,
            evidence.t,
            evidence.threshold,
            evidence.p_worse,
            evidence.smallest_visible,
        ];
        assert!(numbers.iter().all(|number| !number.is_nan()), "{evidence:?}");
        assert!((0.0..=1.0).contains(&evidence.p_worse));
    }
    assert!(!judged.reason.contains("NaN") && !judged.reason.contains("inf "), "{}", judged.reason);
}

#[test]
fn histories_of_any_length_and_size_are_judged() {
    for runs in 0..12 {
        for value in [f64::MIN_POSITIVE, 1e-300, 1.0, 1e300] {
            for factor in [1.0, 1.5, 0.5] {
                assert_sound(&only(latency("a", vec![value; runs], value.max(1e-307) * factor)));
                let half: Vec<f64> = (0..runs).map(|run| if run % 2 == 0 { value } else { value * 0.75 }).collect();
                assert_sound(&only(latency("a", half, value.max(1e-307) * factor)));
            }
        }
    }
}

#[test]
fn zeros_are_numbers_where_they_are_possible() {
    let additive = with(|policy| policy.scale.value = Some(Scale::Additive));
    let log = with(|policy| policy.scale.value = Some(Scale::Log));
    for past in [vec![0.0; 12], vec![0.0, 5.0, 0.0, 7.0, 0.0, 0.0, 1.0, 9.0], vec![4.0, 5.0, 6.0, 0.0, 5.0, 5.0, 6.0]] {
        for now in [0.0, 1.0, 1e9] {
            assert_sound(&only(allocations(past.clone(), now)));
            assert_sound(&only_by(allocations(past.clone(), now), &additive));
            assert_sound(&only_by(allocations(past.clone(), now), &log));
        }
    }
    let equal = only_by(allocations(vec![0.0; 12], 0.0), &additive);
    assert_eq!(equal.verdict, Verdict::Unchanged, "{}", equal.reason);
    let more = only_by(allocations(vec![0.0; 12], 3.0), &additive);
    assert_eq!(more.verdict, Verdict::Regressed, "{}", more.reason);
}

#[test]
fn gaps_between_the_runs_of_a_series_are_allowed() {
    let (candidate, mut history) = scene(&[latency("a", noisy(1, 80, 0.01), 130.0)]);
    history.series[0].points.retain(|point| point.run % 3 == 1);
    let judged = judge(&candidate, &history, &DefaultPolicy::default()).series.remove(0);
    assert_eq!(judged.verdict, Verdict::Regressed);
    assert_eq!(judged.evidence.unwrap().history_runs, 27);
}

#[test]
fn the_window_restricts_the_history_and_a_window_of_zero_is_no_history() {
    let past: Vec<f64> = noisy(1, 60, 0.01).into_iter().chain(noisy(2, 12, 0.01)).collect();
    let few = only_by(latency("a", past.clone(), 100.0), &with(|policy| policy.window.value = 12));
    assert_eq!(few.evidence.unwrap().history_runs, 12);
    let none = only_by(latency("a", past, 100.0), &with(|policy| policy.window.value = 0));
    assert_eq!(none.verdict, Verdict::New);
}

#[test]
fn a_million_samples_are_one_value() {
    let (mut candidate, history) = scene(&[latency("a", noisy(1, 40, 0.01), 100.0)]);
    let samples: Vec<f64> = (0..1_000_000).map(|number| 130.0 + f64::from(number % 7)).collect();
    candidate.results[0].measurements = vec![Measurement::new("latency", None, samples, Some("ms"), None).unwrap()];
    let judged = judge(&candidate, &history, &DefaultPolicy::default()).series.remove(0);
    assert_eq!((judged.verdict, judged.value), (Verdict::Regressed, Some(133.0)));
}

#[test]
fn thresholds_of_zero_and_beyond_all_reason_do_not_break_anything() {
    let zero = with(|policy| (policy.minimum_effect.value, policy.target_effect.value) = (0.0, 0.0));
    assert_sound(&only_by(latency("a", noisy(1, 40, 0.01), 100.0), &zero));
    assert_sound(&only_by(latency("a", vec![100.0; 40], 100.0), &zero));
    let huge = with(|policy| (policy.minimum_effect.value, policy.target_effect.value) = (1e300, 1e300));
    assert_sound(&only_by(latency("a", noisy(1, 40, 0.01), 1e6), &huge));
}

#[test]
fn a_hundred_thousand_points_are_judged_by_the_newest_hundred() {
    let past: Vec<f64> = (0..100_000).map(|run| 100.0 + f64::from(run % 7)).collect();
    let judged = only(latency("a", past, 103.0));
    assert_sound(&judged);
    assert_eq!((judged.verdict, judged.evidence.unwrap().history_runs), (Verdict::Unchanged, 100));
}

#[test]
fn a_history_of_one_point_or_of_two_is_not_enough_for_a_verdict() {
    for past in [vec![100.0], vec![100.0, 101.0]] {
        let judged = only(latency("a", past, 250.0));
        assert_eq!(judged.verdict, Verdict::Inconclusive);
        assert!(judged.reason.contains("5 are needed for a verdict"), "{}", judged.reason);
    }
}

#[test]
fn a_direction_that_the_candidate_turns_is_the_historys() {
    let slow = || Line { better: Some(Direction::HigherIsBetter), ..latency("a", noisy(1, 40, 0.01), 130.0) };
    let (candidate, mut history) = scene(&[slow()]);
    history.series[0].meta.better = Some(Direction::LowerIsBetter);
    let judged = judge(&candidate, &history, &DefaultPolicy::default()).series.remove(0);
    assert_eq!(judged.verdict, Verdict::Regressed, "what is slower cannot call itself better: {}", judged.reason);
}

#[test]
fn a_candidate_without_samples_or_with_one_is_judged_against_a_history_with_many() {
    let (mut candidate, mut history) = scene(&[latency("a", noisy(1, 40, 0.01), 101.0)]);
    for point in &mut history.series[0].points {
        (point.samples, point.within_sd) = (30, Some(0.02));
    }
    let mut visible = Vec::new();
    for samples in [vec![], vec![101.0], vec![101.0; 30]] {
        let measurement = Measurement::new("latency", Some(101.0), samples, Some("ms"), None).unwrap();
        candidate.results[0].measurements = vec![measurement];
        let judged = judge(&candidate, &history, &DefaultPolicy::default()).series.remove(0);
        assert_sound(&judged);
        assert_ne!(judged.verdict, Verdict::Regressed);
        visible.push(judged.evidence.unwrap().smallest_visible);
    }
    assert!(visible[1] > 1.5 * visible[2], "one sample sees less than thirty: {visible:?}");
    assert!((visible[0] - visible[2]).abs() < 1e-12, "an unknown number is taken to be the usual one");
}
