//! Properties that hold for any input.
//!
//! For: symmetries and orders that the procedure must have. Not for: rates of error.
//! Invariant: a law is stated by its test's name.

use proptest::prelude::*;

use super::scene::{Line, judged, latency, only};
use crate::gate::{SeriesJudgement, Verdict};

/// A history of positive values with steps and noise, and a candidate near it.
fn past_and_now() -> impl Strategy<Value = (Vec<f64>, f64)> {
    let run =
        (0.9..1.1_f64, prop::bool::weighted(0.05)).prop_map(|(noise, spikes)| noise * if spikes { 1.7 } else { 1.0 });
    let level = prop::sample::select(vec![0.003, 1.0, 250.0, 1e6]);
    (level, prop::collection::vec(run, 5..50), 0.5..2.0_f64).prop_map(|(level, noise, now)| {
        let past = noise.iter().map(|factor| factor * level).collect();
        (past, now * level)
    })
}

fn throughput(past: Vec<f64>, now: f64) -> Line {
    Line { metric: "throughput", unit: "items/s", ..latency("a", past, now) }
}

fn t(judged: &SeriesJudgement) -> f64 {
    judged.evidence.as_ref().map_or(f64::NAN, |evidence| evidence.t)
}

/// Severity of a verdict of a compared series.
fn badness(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Regressed => 1,
        Verdict::Improved => -1,
        Verdict::Unchanged | Verdict::Inconclusive | Verdict::New | Verdict::Missing | Verdict::Incomparable => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn reciprocals_with_the_other_direction_get_the_same_verdict((past, now) in past_and_now()) {
        let reciprocal = throughput(past.iter().map(|value| 1.0 / value).collect(), 1.0 / now);
        let (first, second) = (only(latency("a", past, now)), only(reciprocal));
        prop_assert_eq!(first.verdict, second.verdict);
        prop_assert!((t(&first) - t(&second)).abs() < 1e-6 * t(&first).abs().max(1.0));
    }

    #[test]
    fn another_unit_of_measurement_changes_no_verdict((past, now) in past_and_now(), factor in 0.001..1000.0_f64) {
        let scaled = latency("a", past.iter().map(|value| value * factor).collect(), now * factor);
        let (first, second) = (only(latency("a", past, now)), only(scaled));
        prop_assert_eq!(first.verdict, second.verdict);
        prop_assert!((t(&first) - t(&second)).abs() < 1e-6 * t(&first).abs().max(1.0));
    }

    #[test]
    fn a_slower_candidate_is_never_judged_better((past, now) in past_and_now(), slowdown in 1.0..3.0_f64) {
        let (first, second) = (only(latency("a", past.clone(), now)), only(latency("a", past, now * slowdown)));
        prop_assert!(badness(second.verdict) >= badness(first.verdict));
        prop_assert!(t(&second) >= t(&first));
    }

    #[test]
    fn the_order_of_series_changes_nothing(
        scenes in prop::collection::vec(past_and_now(), 1..6), rotation in 0..6_usize,
    ) {
        let mut lines: Vec<Line> = scenes
            .into_iter()
            .enumerate()
            .map(|(case, (past, now))| latency(&format!("case{case}"), past, now))
            .collect();
        let first = judged(&lines);
        let by = rotation % lines.len();
        lines.rotate_left(by);
        prop_assert_eq!(first, judged(&lines));
    }
}
