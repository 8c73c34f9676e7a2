//! Explanations against the judgements that they explain.
//!
//! For: the same verdict, and numbers that give it again. Not for: layout.
//! Invariant: what an explanation says is what was decided.

use super::scene::{Line, allocations, latency, meta, noisy, scene};
use crate::gate::explain::{Explanation, SpreadWorkings, Workings, explain, explain_newest};
use crate::gate::policy::DefaultPolicy;
use crate::gate::{Verdict, judge};
use crate::model::Direction;

fn explained(lines: &[Line], index: usize) -> Explanation {
    let (candidate, history) = scene(lines);
    explain(&candidate, &history, &DefaultPolicy::default(), meta(&lines[index]).key.id()).unwrap()
}

fn workings(found: &Explanation) -> &SpreadWorkings {
    match &found.workings {
        Workings::Spread(of) => of,
        other => panic!("{other:?}"),
    }
}

/// Series that all follow one runner.
fn suite() -> Vec<Line> {
    let shared = noisy(99, 60, 0.03);
    let line = |seed: u64| {
        let own = noisy(seed, 60, 0.01);
        let past = own.iter().zip(&shared).map(|(own, shared)| own * shared / 100.0).collect();
        latency(&format!("case {seed}"), past, if seed == 3 { 125.0 } else { 108.0 })
    };
    (0..12).map(line).collect()
}

#[test]
fn the_parts_give_t_again() {
    let lines = suite();
    for index in 0..lines.len() {
        let found = explained(&lines, index);
        let of = workings(&found);
        let run = of.runs[0];
        let squares = [run.spread, run.fewer_samples, run.own_samples, run.centre_error].map(|part| part * part);
        let error = squares.iter().sum::<f64>().sqrt() * run.short_history;
        assert!((error - run.error).abs() < 1e-12, "{index}");
        assert!((of.root_mean_square.hypot(of.floor) - run.spread).abs() < 1e-12);
        assert!(((run.value / of.centre).ln() - run.measured).abs() < 1e-12);
        let runner = of.runner.expect("the suite follows its runner");
        assert!((runner.loading * runner.others - run.runner).abs() < 1e-12);
        assert!((run.distance / run.error - run.t).abs() < 1e-9);
        let evidence = found.judged.evidence.as_ref().unwrap();
        assert!((run.t - evidence.t).abs() < 1e-12);
        assert!(((of.visible * run.error).exp_m1() - evidence.smallest_visible).abs() < 1e-12);
    }
}

#[test]
fn the_history_gives_the_centre_and_the_spread_again() {
    let past: Vec<f64> =
        noisy(7, 60, 0.01).iter().enumerate().map(|(run, value)| if run < 30 { 2.0 * value } else { *value }).collect();
    let found = explained(&[latency("a", past, 101.0)], 0);
    let of = workings(&found);
    let levels: Vec<_> = found.past.iter().map(|run| run.level.unwrap()).collect();
    assert_eq!((levels[29].segment, levels[30].segment), (0, 1));
    let mut centre: Vec<f64> =
        found.past.iter().zip(&levels).filter(|(_, level)| level.is_in_centre).map(|(run, _)| run.value.ln()).collect();
    centre.sort_by(f64::total_cmp);
    assert_eq!(centre.len(), 10);
    assert!((f64::midpoint(centre[4], centre[5]).exp() - of.centre).abs() < 1e-9);
    let (mut sum, mut weights) = (0.0, 0.0);
    for level in levels {
        sum = sum * of.decay + (level.residual / level.discount).powi(2);
        weights = weights * of.decay + 1.0;
    }
    assert!(((sum / weights).sqrt() - of.root_mean_square).abs() < 1e-9);
}

#[test]
fn an_explanation_is_of_the_verdict_that_the_gate_gives() {
    let mut lines = suite();
    lines.push(allocations(vec![12.0; 20], 14.0));
    lines.push(latency("new", Vec::new(), 1.0));
    lines.push(latency("young", vec![1.0, 1.1, 1.0], 1.0));
    let (candidate, history) = scene(&lines);
    let judgement = judge(&candidate, &history, &DefaultPolicy::default());
    for (index, line) in lines.iter().enumerate() {
        let found = explained(&lines, index);
        let id = meta(line).key.id();
        let judged = judgement.series.iter().find(|judged| judged.series.key.id() == id).unwrap();
        assert_eq!(&found.judged, judged, "{}", line.case);
        assert_eq!(found.row.is_some(), judged.evidence.is_some());
    }
    assert!(matches!(explained(&lines, 12).workings, Workings::Exact { .. }));
    assert_eq!(explained(&lines, 13).workings, Workings::None);
}

#[test]
fn the_newest_run_is_judged_from_the_runs_before_it() {
    let better = Some(Direction::LowerIsBetter);
    let mut lines: Vec<Line> = suite().into_iter().map(|line| Line { better, ..line }).collect();
    let (_, history) = scene(&lines);
    let id = meta(&lines[3]).key.id();
    let found = explain_newest(&history, &DefaultPolicy::default(), id).unwrap();
    assert_eq!(found.run.as_ref(), history.runs.last());
    for line in &mut lines {
        line.now = line.past.pop();
    }
    let expected = explained(&lines, 3);
    assert_eq!(workings(&found), workings(&expected));
    assert_eq!((found.judged.verdict, found.past.len()), (expected.judged.verdict, 59));
}

#[test]
fn a_missing_series_is_explained_and_an_unknown_one_is_not() {
    let lines = [latency("a", noisy(1, 20, 0.01), 100.0), latency("b", noisy(2, 20, 0.01), 100.0)];
    let (mut candidate, history) = scene(&lines);
    candidate.results.pop();
    let found = explain(&candidate, &history, &DefaultPolicy::default(), meta(&lines[1]).key.id()).unwrap();
    assert_eq!((found.judged.verdict, found.past.len()), (Verdict::Missing, 20));
    let unknown = meta(&latency("c", Vec::new(), 1.0)).key.id();
    assert!(explain(&candidate, &history, &DefaultPolicy::default(), unknown).is_none());
    assert!(explain_newest(&history, &DefaultPolicy::default(), unknown).is_none());
}
