//! False alarms, power, shifts and spikes, with fixed seeds.
//!
//! For: that the error rates are those the procedure promises. Not for: single verdicts.
//! Invariant: every bound says where it comes from.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StudentT};

use super::scene::{Line, judged, judged_by, latency, noisy, only, with};
use crate::gate::Verdict;
use crate::gate::policy::Correction;

/// Runs with heavy tails: Student's t with 4 degrees of freedom, scaled to a relative standard deviation.
fn heavy(seed: u64, runs: usize, relative_sd: f64) -> Vec<f64> {
    let student = StudentT::new(4.0).unwrap();
    let scale = relative_sd / 2.0_f64.sqrt();
    let draws = student.sample_iter(ChaCha8Rng::seed_from_u64(seed));
    draws.take(runs).map(|draw| 100.0 * (scale * draw).exp()).collect()
}

/// A suite of series with noise from 0.5 to 5 %, whose newest run is the candidate, multiplied by `factor`.
fn suite(seed: u64, series: u64, draw: fn(u64, usize, f64) -> Vec<f64>, factor: f64) -> Vec<Line> {
    let line = |number: u64| {
        let relative_sd = 0.005 * 10.0_f64.powf(number as f64 / series as f64);
        let mut past = draw(seed * 1000 + number, 41, relative_sd);
        let now = past.pop().unwrap() * factor;
        latency(&format!("case{number}"), past, now)
    };
    (0..series).map(line).collect()
}

#[test]
fn clean_runs_seldom_raise_an_alarm_at_the_default_policy() {
    // Benjamini-Hochberg at 5 % bounds the share of clean runs with any alarm at 5 % if the tails are right. 200 runs
    // give a binomial standard error of 1.5 points, so 5 % and two of those is the bound.
    for draw in [noisy, heavy] {
        let alarmed = (0..200).filter(|run| judged(&suite(*run, 20, draw, 1.0)).counts.regressed > 0).count();
        assert!(alarmed <= 16, "{alarmed} of 200 clean runs");
    }
}

#[test]
fn single_series_alarm_as_seldom_as_the_threshold_promises() {
    // T > 4 has a tail probability of 0.52 % by Student's t with 5 degrees of freedom, measured 0.47 %: of 4000 clean
    // series 21 would alarm, with a standard deviation of 4.6; the bound is 21 and three of those.
    let policy = with(|_| ()).correction(Correction::None);
    let alarms: usize = (0..200).map(|run| judged_by(&suite(run, 20, heavy, 1.0), &policy).counts.regressed).sum();
    assert!(alarms <= 35, "{alarms} of 4000 clean series");
}

#[test]
fn real_slowdowns_are_found() {
    // Noise of 1.5 % and 40 runs: the standard error is 1.6 %, so +10 % lies 5.9 of them out and T > 4 finds it in
    // 95 % of cases or more even with the noise of the spread's estimate; +20 % is always found.
    for (factor, least) in [(1.10, 90), (1.20, 100)] {
        let found = (0..100)
            .filter(|seed| {
                let mut past = noisy(5000 + seed, 41, 0.015);
                let now = past.pop().unwrap() * factor;
                only(latency("a", past, now)).verdict == Verdict::Regressed
            })
            .count();
        assert!(found >= least, "{found} of 100 at {factor}");
    }
}

#[test]
fn what_is_said_to_be_visible_is_found_or_asks_for_another_run() {
    // "Seen" counts as regressed or suspect: the promise of 80 % is for T > 3 with another run to confirm.
    let (mut promised, mut seen) = (0, 0);
    for seed in 0..200 {
        let mut past = noisy(9000 + seed, 41, 0.03);
        let now = past.pop().unwrap();
        let Some(evidence) = only(latency("a", past.clone(), now)).evidence else { continue };
        let slower = only(latency("a", past, now * (1.0 + evidence.smallest_visible)));
        promised += 1;
        seen += usize::from(matches!(slower.verdict, Verdict::Regressed) || slower.reason.contains("one more run"));
    }
    assert!(promised == 200 && seen >= 160, "{seen} of {promised}");
}

#[test]
fn a_level_shift_that_was_merged_stops_alarming() {
    // Four runs make a level; until then a run of the new level is still off the old one.
    for seed in 0..30 {
        let mut past = noisy(seed, 60, 0.01);
        past[54..].iter_mut().for_each(|value| *value *= 1.3);
        let now = noisy(seed + 100, 1, 0.01)[0] * 1.3;
        let judged = only(latency("a", past, now));
        assert!(!matches!(judged.verdict, Verdict::Regressed | Verdict::Improved), "seed {seed}: {}", judged.reason);
        assert!((judged.evidence.unwrap().centre - 130.0).abs() < 2.0);
    }
}

#[test]
fn one_old_spike_does_not_hide_a_slowdown() {
    let mut past = noisy(3, 60, 0.01);
    past[20] *= 1.5;
    let judged = only(latency("a", past, 130.0));
    assert_eq!(judged.verdict, Verdict::Regressed, "{}", judged.reason);
    let evidence = judged.evidence.unwrap();
    assert!((evidence.centre - 100.0).abs() < 1.0 && evidence.history_runs == 60, "{evidence:?}");
}

#[test]
fn a_series_that_spikes_is_not_alarmed_by_the_next_spike() {
    let mut past = noisy(3, 60, 0.01);
    (7..60).step_by(12).for_each(|run| past[run] *= 1.3);
    let judged = only(latency("a", past, 130.0));
    assert_eq!(judged.verdict, Verdict::Inconclusive, "{}", judged.reason);
}
