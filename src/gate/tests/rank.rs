//! What is compared with what, and how.
//!
//! For: ranking. Not for: verdicts.
//! Invariant: the same seed gives the same values everywhere.

use super::scene::{configuration, noisy};
use crate::gate::policy::DefaultPolicy;
use crate::gate::rank::{Dimension, Group, Label, Ranking, rank};
use crate::model::overview::SeriesValues;
use crate::model::{SeriesKey, SeriesMeta, Unit};

/// A latency of `model` on `kind` of hardware.
fn latency(model: &str, kind: &str, values: Vec<f64>) -> SeriesValues {
    let mut configuration = configuration("embed");
    (configuration.model, configuration.hardware.kind) = (model.to_owned(), kind.to_owned());
    let key = SeriesKey { configuration, metric: "latency".to_owned() };
    let meta = SeriesMeta { key, unit: Unit::canonical("ms").0, better: None };
    SeriesValues { meta, model: model.to_owned(), family: None, values }
}

fn of(series: &[SeriesValues], dimension: Dimension) -> Ranking {
    rank(series, dimension, &DefaultPolicy::default())
}

fn names(group: &Group) -> Vec<String> {
    let name = |label: &Label| match label {
        Label::Name(name) => name.clone(),
        Label::Size(size) => size.to_string(),
        Label::Hardware(hardware) => hardware.kind.clone(),
    };
    group.members.iter().map(|member| name(&member.label)).collect()
}

fn times(values: Vec<f64>, factor: f64) -> Vec<f64> {
    values.into_iter().map(|value| value * factor).collect()
}

#[test]
fn the_faster_hardware_comes_first_with_the_ratio_and_its_interval() {
    let series = [
        latency("bert", "cpu", times(noisy(1, 30, 0.02), 3.0)),
        latency("bert", "cuda", noisy(2, 30, 0.02)),
        latency("vit", "cpu", noisy(3, 30, 0.02)),
    ];
    let ranking = of(&series, Dimension::Hardware);
    let [group] = &ranking.groups[..] else { panic!("{ranking:?}") };
    assert_eq!(names(group), ["cuda", "cpu"]);
    let ratio = group.members[1].ratio;
    let (low, high) = ratio.interval.unwrap();
    assert!(low < 3.0 && 3.0 < high && high - low < 0.2 && !ratio.may_be_one(), "{ratio:?}");
    assert_eq!(ranking.alone.len(), 1, "what runs on one hardware only is listed");
    assert_eq!((ranking.standings[0].best, ranking.standings[0].groups), (1, 1));
}

#[test]
fn higher_is_better_turns_the_order_around() {
    let throughput = |model: &str, values| {
        let mut one = latency(model, "cpu", values);
        one.meta.key.metric = "throughput".to_owned();
        one.meta.unit = Unit::canonical("items/s").0;
        one
    };
    let ranking = of(&[throughput("a", vec![100.0; 8]), throughput("b", vec![400.0; 8])], Dimension::Model);
    assert_eq!(names(&ranking.groups[0]), ["b", "a"]);
    assert!((ranking.groups[0].members[1].ratio.estimate - 0.25).abs() < 1e-9);
}

#[test]
fn unlike_configurations_are_never_compared() {
    let mut other = latency("b", "cpu", vec![10.0; 8]);
    other.meta.key.configuration.batch_size = Some(8);
    let mut simulated = latency("c", "cpu", vec![10.0; 8]);
    simulated.meta.key.configuration.is_simulated = true;
    let ranking = of(&[latency("a", "cpu", vec![10.0; 8]), other, simulated], Dimension::Model);
    assert_eq!((ranking.groups.len(), ranking.alone.len()), (0, 3));
}

#[test]
fn only_the_present_level_counts() {
    let improved = [noisy(1, 40, 0.01), times(noisy(2, 40, 0.01), 0.5)].concat();
    let ranking = of(&[latency("a", "cpu", improved), latency("b", "cpu", noisy(3, 40, 0.01))], Dimension::Model);
    assert_eq!(names(&ranking.groups[0]), ["a", "b"]);
    assert!((ranking.groups[0].members[0].median - 50.0).abs() < 1.0);
}

#[test]
fn few_runs_have_a_ratio_without_an_interval() {
    let ranking = of(&[latency("a", "cpu", vec![10.0]), latency("b", "cpu", vec![20.0, 21.0])], Dimension::Model);
    let slow = &ranking.groups[0].members[1];
    assert_eq!((slow.ratio.interval, slow.interval, slow.runs), (None, None, 2));
    assert!((slow.ratio.estimate - 2.05).abs() < 0.01);
}

#[test]
fn what_has_no_ratio_or_no_direction_is_refused_with_a_reason() {
    let mut score = latency("b", "cpu", vec![1.0; 8]);
    (score.meta.key.metric, score.meta.unit) = ("score".to_owned(), Unit::canonical("points").0);
    let ranking = of(&[latency("a", "cpu", vec![0.0, 1.0]), score], Dimension::Model);
    let reasons: Vec<&str> = ranking.refused.iter().map(|(_, reason)| reason.as_str()).collect();
    assert_eq!(reasons, ["a value of zero or less has no ratio to another", "nobody says which direction is better"]);
}

#[test]
fn a_batch_size_that_nobody_states_is_no_batch_size() {
    let sized = |size, values| {
        let mut one = latency("a", "cpu", values);
        one.meta.key.configuration.batch_size = size;
        one
    };
    let series = [sized(None, vec![1.0; 8]), sized(Some(1), vec![5.0; 8]), sized(Some(8), vec![9.0; 8])];
    let ranking = of(&series, Dimension::BatchSize);
    assert_eq!((names(&ranking.groups[0]), ranking.alone.len()), (vec!["1".to_owned(), "8".to_owned()], 1));
}

#[test]
fn names_that_the_table_of_aliases_calls_one_model_are_one_member() {
    let mut alias = latency("bert-base", "cpu", vec![10.0; 4]);
    alias.model = "bert".to_owned();
    let ranking =
        of(&[alias, latency("bert", "cpu", vec![10.0; 4]), latency("a", "cpu", vec![20.0; 8])], Dimension::Model);
    assert_eq!(ranking.groups[0].members[0].runs, 8);
}
