//! Every verdict, each reached by what should reach it.
//!
//! For: the table of verdicts. Not for: rates of error (see `noise`).
//! Invariant: a test names what it shows.

use super::scene::{Line, allocations, judged, judged_by, latency, noisy, only, only_by, scene, with};
use crate::gate::policy::{Correction, DefaultPolicy, Scale};
use crate::gate::{Verdict, judge};
use crate::model::{Direction, Measurement, Unit};

fn score(past: Vec<f64>, now: f64) -> Line {
    Line { case: "score".to_owned(), metric: "score", unit: "points", better: None, past, now: Some(now) }
}

#[test]
fn a_clear_slowdown_is_regressed_and_a_clear_speedup_improved() {
    let slower = only(latency("a", noisy(1, 40, 0.01), 130.0));
    assert_eq!(slower.verdict, Verdict::Regressed, "{}", slower.reason);
    let evidence = slower.evidence.unwrap();
    assert!((evidence.change - 0.3).abs() < 0.02, "{evidence:?}");
    assert!(evidence.interval.0 < evidence.change && evidence.change < evidence.interval.1);
    assert!(evidence.t > evidence.threshold && evidence.p_worse < 0.001);
    let faster = only(latency("a", noisy(1, 40, 0.01), 70.0));
    assert_eq!(faster.verdict, Verdict::Improved, "{}", faster.reason);
}

#[test]
fn a_drop_of_throughput_is_regressed_with_a_negative_change() {
    let line = Line { metric: "throughput", unit: "items/s", ..latency("a", noisy(1, 40, 0.01), 80.0) };
    let judged = only(line);
    assert_eq!(judged.verdict, Verdict::Regressed);
    assert!((judged.evidence.unwrap().change + 0.2).abs() < 0.02);
}

#[test]
fn the_usual_is_unchanged_and_says_what_would_have_been_seen() {
    let judged = only(latency("a", noisy(2, 40, 0.01), 100.3));
    assert_eq!(judged.verdict, Verdict::Unchanged);
    assert!(judged.reason.contains("would have been seen"), "{}", judged.reason);
    assert_eq!(judged.recent.len(), 20);
}

#[test]
fn noise_that_hides_the_target_is_inconclusive_not_unchanged() {
    let judged = only(latency("a", noisy(3, 40, 0.04), 101.0));
    assert_eq!(judged.verdict, Verdict::Inconclusive);
    assert!(judged.reason.starts_with("too noisy: can see only changes above "), "{}", judged.reason);
    assert!(judged.reason.contains("runs of this series would show it"), "{}", judged.reason);
    assert!(judged.evidence.unwrap().runs_needed > Some(1));
}

#[test]
fn a_change_below_the_minimum_effect_is_unchanged_however_significant() {
    let judged = only(latency("a", noisy(4, 60, 0.0015), 101.6));
    let evidence = judged.evidence.unwrap();
    assert!(evidence.t > evidence.threshold, "{evidence:?}");
    assert_eq!(judged.verdict, Verdict::Unchanged);
    assert!(judged.reason.contains("below the minimum effect of 2 %"), "{}", judged.reason);
}

#[test]
fn a_suspect_in_one_run_is_inconclusive_and_asks_for_one_more() {
    let judged = only(latency("a", noisy(5, 60, 0.02), 107.0));
    let evidence = judged.evidence.unwrap();
    assert!((2.5..4.0).contains(&evidence.t), "{evidence:?}");
    assert_eq!(judged.verdict, Verdict::Inconclusive);
    assert!(judged.reason.contains("one more run of this series"), "{}", judged.reason);
}

#[test]
fn a_young_history_is_less_certain_of_the_same_change() {
    let wobble = [100.0, 101.0, 99.0, 100.5, 99.5];
    let t = |runs: usize| only(latency("a", wobble.repeat(runs / 5), 106.0)).evidence.unwrap().t;
    assert!(t(5) < t(10) && t(10) < t(20) && t(20) < t(60), "{} {} {} {}", t(5), t(10), t(20), t(60));
}

#[test]
fn among_many_series_a_lone_weak_suspect_does_not_survive_the_correction() {
    // Every series of this project spikes now and then, so that one more spike is no news.
    let spiking = |case| {
        let mut past = noisy(case, 40, 0.01);
        past[20] *= 1.08;
        past
    };
    let mut lines: Vec<Line> = (0..200).map(|case| latency(&format!("c{case}"), spiking(case), 100.0)).collect();
    lines[7] = latency("weak", noisy(7, 60, 0.01), 105.5);
    lines[8] = latency("strong", noisy(8, 60, 0.01), 160.0);
    let verdict_of = |judgement: &crate::gate::Judgement, case: &str| {
        let of_case = |series: &&crate::gate::SeriesJudgement| series.series.key.to_string().contains(case);
        judgement.series.iter().find(of_case).map(|series| (series.verdict, series.reason.clone())).unwrap()
    };
    let corrected = judged_by(&lines, &with(|_| ()).correction(Correction::BenjaminiHochberg));
    assert_eq!(verdict_of(&corrected, "strong").0, Verdict::Regressed);
    let (verdict, reason) = verdict_of(&corrected, "weak");
    assert_eq!(verdict, Verdict::Inconclusive, "{reason}");
    assert!(reason.contains("by chance"), "{reason}");
    let uncorrected = judged(&lines);
    assert_eq!(verdict_of(&uncorrected, "weak").0, Verdict::Regressed);
}

#[test]
fn fewer_than_five_runs_are_inconclusive_and_named() {
    let judged = only(latency("a", vec![100.0, 101.0, 99.0], 200.0));
    assert_eq!((judged.verdict, judged.evidence), (Verdict::Inconclusive, None));
    assert_eq!(
        judged.reason,
        "only 3 runs of history, 5 are needed for a verdict; the change is +100 % from their median of 100 ms"
    );
}

#[test]
fn a_series_without_history_is_new() {
    assert_eq!(only(latency("a", vec![], 100.0)).verdict, Verdict::New);
}

#[test]
fn another_unit_or_no_direction_is_incomparable_and_names_the_remedy() {
    let (candidate, mut history) = scene(&[latency("a", noisy(1, 40, 0.01), 100.0)]);
    history.series[0].meta.unit = Unit::canonical("MB").0;
    let judgement = judge(&candidate, &history, &DefaultPolicy::default());
    assert_eq!(judgement.series[0].verdict, Verdict::Incomparable);
    assert_eq!(judgement.series[0].reason, "measured in `ms`, its history in `MB`");
    let judged = only(score(noisy(1, 40, 0.01), 100.0));
    assert_eq!(judged.verdict, Verdict::Incomparable);
    assert!(judged.reason.contains("under `[metrics.score]` in benchgate.toml"), "{}", judged.reason);
}

#[test]
fn a_history_with_an_impossible_value_is_incomparable() {
    let mut past = noisy(1, 40, 0.01);
    past[20] = 0.0;
    let judged = only(latency("a", past, 100.0));
    assert_eq!(judged.verdict, Verdict::Incomparable);
    assert!(judged.reason.contains("not above zero"), "{}", judged.reason);
}

#[test]
fn a_series_measured_twice_in_one_run_is_incomparable() {
    let (mut candidate, history) = scene(&[latency("a", noisy(1, 40, 0.01), 100.0)]);
    let again = candidate.results[0].clone();
    candidate.results.push(again);
    let judgement = judge(&candidate, &history, &DefaultPolicy::default());
    assert_eq!(judgement.series.len(), 1);
    assert_eq!(judgement.series[0].verdict, Verdict::Incomparable);
}

#[test]
fn deterministic_metrics_are_compared_exactly() {
    for (now, verdict) in [
        (120.0, Verdict::Unchanged),
        (121.0, Verdict::Unchanged),
        (123.0, Verdict::Regressed),
        (117.0, Verdict::Improved),
    ] {
        let judged = only(allocations(vec![100.0, 100.0, 100.0, 100.0, 120.0, 120.0, 120.0], now));
        assert_eq!(judged.verdict, verdict, "{now}: {}", judged.reason);
        let evidence = judged.evidence.unwrap();
        assert_eq!((evidence.centre_runs, evidence.history_runs), (3, 7));
        assert_eq!(evidence.t.is_infinite(), verdict != Verdict::Unchanged);
    }
}

#[test]
fn the_first_allocation_where_there_was_none_is_a_regression() {
    let judged = only(allocations(vec![0.0; 10], 1.0));
    assert_eq!(judged.verdict, Verdict::Regressed);
    assert!(judged.evidence.unwrap().change.is_infinite());
    assert!(judged.reason.contains("infinitely"), "{}", judged.reason);
    assert_eq!(only(allocations(vec![0.0; 10], 0.0)).verdict, Verdict::Unchanged);
}

#[test]
fn a_count_that_is_sometimes_not_zero_is_judged_by_its_spread() {
    let mut past = vec![0.0; 30];
    (past[5], past[12], past[21]) = (1.0, 2.0, 1.0);
    assert_eq!(only(allocations(past.clone(), 0.0)).verdict, Verdict::Unchanged);
    assert_eq!(only(allocations(past.clone(), 1.0)).verdict, Verdict::Unchanged);
    let many = only(allocations(past, 40.0));
    assert_eq!(many.verdict, Verdict::Regressed, "{}", many.reason);
}

#[test]
fn the_policy_can_choose_the_scale() {
    let past = vec![100.0, 100.0];
    let exact = only_by(latency("a", past, 103.0), &with(|policy| policy.scale.value = Some(Scale::Exact)));
    assert_eq!(exact.verdict, Verdict::Regressed, "declared exact, two runs are enough");
    let percent = Line { metric: "score", unit: "%", better: Some(Direction::HigherIsBetter), ..score(vec![], 80.0) };
    let past: Vec<f64> = noisy(9, 40, 0.005).iter().map(|value| value * 0.9).collect();
    for scale in [Scale::Additive, Scale::Log, Scale::Logit] {
        let line = Line { past: past.clone(), ..percent.clone() };
        let judged = match scale {
            Scale::Additive => only_by(line, &with(|policy| policy.scale.value = Some(Scale::Additive))),
            Scale::Logit => only_by(line, &with(|policy| policy.scale.value = Some(Scale::Logit))),
            Scale::Log | Scale::Exact => only_by(line, &with(|policy| policy.scale.value = Some(Scale::Log))),
        };
        assert_eq!(judged.verdict, Verdict::Regressed, "{scale}: {}", judged.reason);
        assert!((judged.evidence.unwrap().change + 0.11).abs() < 0.01);
    }
}

#[test]
fn a_candidate_of_one_sample_is_less_certain_than_a_history_of_many() {
    let (mut candidate, mut history) = scene(&[latency("a", noisy(2, 40, 0.005), 100.0)]);
    for point in &mut history.series[0].points {
        (point.samples, point.within_sd) = (50, Some(0.05));
    }
    let t_of = |candidate: &crate::model::CandidateRun| {
        judge(candidate, &history, &DefaultPolicy::default()).series[0].evidence.clone().unwrap().t
    };
    let measure = |count| Measurement::new("latency", None, vec![106.0; count], Some("ms"), None).unwrap();
    candidate.results[0].measurements = vec![measure(50)];
    let of_many = t_of(&candidate);
    candidate.results[0].measurements = vec![measure(1)];
    let of_one = t_of(&candidate);
    assert!(of_many > 4.0 && of_one < 2.0, "{of_many} {of_one}");
}

#[test]
fn a_series_without_history_is_judged_by_six_pairs_with_its_base() {
    let run = |value: f64| scene(&[latency("a", vec![], value)]).0.results;
    let judged_by_pairs = |factor: f64, pairs: usize| {
        let (mut candidate, history) = scene(&[latency("a", vec![], 100.0 * factor)]);
        let machine = [1.0, 1.3, 0.9, 1.1, 1.6, 1.2];
        candidate.results = run(100.0 * machine[0] * factor);
        candidate.reruns = machine[1..pairs].iter().map(|slow| run(100.0 * slow * factor)).collect();
        candidate.base = machine[..pairs].iter().map(|slow| run(100.0 * slow)).collect();
        judge(&candidate, &history, &DefaultPolicy::default()).series.remove(0)
    };
    let slower = judged_by_pairs(1.08, 6);
    assert_eq!(slower.verdict, Verdict::Regressed, "{}", slower.reason);
    assert!(slower.reason.contains("judged by 6 pairs of base and candidate"), "{}", slower.reason);
    let evidence = slower.evidence.unwrap();
    assert!((evidence.change - 0.08).abs() < 1e-9 && evidence.pairs == Some(6));
    assert_eq!(judged_by_pairs(1.0, 6).verdict, Verdict::Unchanged);
    assert_eq!(judged_by_pairs(0.9, 6).verdict, Verdict::Improved);
    assert_eq!(judged_by_pairs(1.08, 5).verdict, Verdict::New, "five pairs show nothing");
}
