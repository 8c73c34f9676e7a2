//! Recorded series as histories that the gate can replay.
//!
//! For: putting the series of a group under common runs, in order. Not for: reading files (see [`super::series`]).
//! Invariant: runs that the metric forbids (zero, negative, without samples) are left out and never become numbers.

use std::collections::{BTreeMap, HashMap};

use benchgate::model::{
    Configuration, Hardware, History, HistoryRun, Machine, Point, RunId, SeriesHistory, SeriesKey, SeriesMeta, Unit,
};
use benchgate::stats;
use jiff::Timestamp;

use super::series::Series;

/// The series that run together, as a history that the gate can replay, and the samples behind its points.
pub(crate) struct Suite {
    /// The history; its series are in the order of the file.
    pub(crate) history: History,
    /// The samples of each point of each series of the history.
    pub(crate) samples: Vec<Vec<Vec<f64>>>,
}

/// Makes a history of each group, in the order of their first series.
pub(crate) fn suites(series: &[Series]) -> Vec<Suite> {
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut groups: BTreeMap<(&str, &str), Vec<&Series>> = BTreeMap::new();
    for one in series {
        let key = (one.dataset.as_str(), one.group.as_str());
        groups.entry(key).or_insert_with(|| {
            names.push(key);
            Vec::new()
        });
        groups.get_mut(&key).expect("internal error: the group was just made").push(one);
    }
    names.iter().map(|name| suite(&groups[name])).collect()
}

fn suite(series: &[&Series]) -> Suite {
    let order = order(series);
    let place: HashMap<&str, usize> = order.iter().enumerate().map(|(index, run)| (*run, index)).collect();
    let mut histories = Vec::new();
    let mut samples = Vec::new();
    for (number, one) in series.iter().enumerate() {
        let mut points: Vec<(Point, Vec<f64>)> = one
            .runs
            .iter()
            .zip(&one.samples)
            .filter(|(_, values)| !values.is_empty() && values.iter().all(|value| *value > 0.0 && value.is_finite()))
            .map(|(run, values)| (point(place[run.as_str()], values), values.clone()))
            .collect();
        points.sort_by_key(|(point, _)| point.run);
        points.dedup_by_key(|(point, _)| point.run);
        let (points, of_points) = points.into_iter().unzip();
        histories.push(SeriesHistory { meta: meta(number, one), points, epochs: Vec::new() });
        samples.push(of_points);
    }
    let runs = (1_i64..).take(order.len()).map(run).collect();
    Suite { history: History { runs, series: histories, ..History::default() }, samples }
}

/// The runs of a group in order. Each series lists its own runs in order; a run that a longer series does not have goes
/// right after the run before it.
fn order<'a>(series: &[&'a Series]) -> Vec<&'a str> {
    let mut longest_first = series.to_vec();
    longest_first.sort_by_key(|one| std::cmp::Reverse(one.runs.len()));
    let mut order: Vec<&str> = Vec::new();
    for one in longest_first {
        let known: HashMap<&str, usize> = order.iter().enumerate().map(|(index, run)| (*run, index)).collect();
        let mut added: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        let mut after = 0;
        for run in &one.runs {
            match known.get(run.as_str()) {
                Some(index) => after = index + 1,
                None => added.entry(after).or_default().push(run),
            }
        }
        if added.is_empty() {
            continue;
        }
        let mut merged = Vec::with_capacity(order.len() + one.runs.len());
        for index in 0..=order.len() {
            merged.extend(added.remove(&index).unwrap_or_default());
            merged.extend(order.get(index));
        }
        order = merged;
    }
    order
}

fn point(run: usize, values: &[f64]) -> Point {
    Point {
        run,
        value: stats::median(values).unwrap_or(0.0),
        samples: u32::try_from(values.len()).unwrap_or(u32::MAX),
        within_sd: stats::log_standard_deviation(values),
    }
}

/// Units do not matter to the gate beyond zero being impossible, as it is for durations.
fn meta(number: usize, one: &Series) -> SeriesMeta {
    let hardware = Hardware { kind: one.group.clone(), device: None, machine: Machine::default() };
    let configuration = Configuration {
        model: one.dataset.clone(),
        hardware,
        // Two series of a group may have one name; they are two all the same.
        test_case: Some(format!("{number} {}", one.name)),
        batch_size: None,
        precision: None,
        parameters: BTreeMap::new(),
        is_simulated: false,
    };
    let key = SeriesKey { configuration, metric: "time".to_owned() };
    SeriesMeta { key, unit: Unit::canonical("ms").0, better: Some(one.better) }
}

/// Runs a day apart: the files order runs, they do not date them.
fn run(day: i64) -> HistoryRun {
    HistoryRun {
        id: RunId(day.unsigned_abs()),
        started_at: Timestamp::from_second(day * 86_400).unwrap_or(Timestamp::MAX),
        commit: None,
        branch: None,
        artifact_hash: None,
    }
}
