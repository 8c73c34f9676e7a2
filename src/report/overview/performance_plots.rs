//! Maps and curves of what was measured.
//!
//! For: model x hardware at a glance, and what a larger batch brings. Not for: tables, which have every series.
//! Invariant: the cells of a map are alike in everything but model and hardware, and the points of a curve in everything
//! but the batch size; real and simulated values never share a plot.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::Plot;
use super::super::svg::{Curve, Curves, HeatMap};
use super::super::view::hardware_label;
use super::parts::benchmark;
use crate::model::Configuration;
use crate::model::overview::SeriesSummary;

/// Maps of a metric, and curves of one, at most: the fullest.
const MOST: usize = 6;

/// Fewest values that a map is worth.
const MAP_VALUES: usize = 4;

/// Fewest batch sizes that make a curve.
const CURVE_POINTS: usize = 3;

/// The plots of one metric.
pub(super) fn plots(series: &[&SeriesSummary]) -> Vec<Plot> {
    maps(series).into_iter().map(Plot::HeatMap).chain(curves(series).into_iter().map(Plot::Curves)).collect()
}

fn maps(series: &[&SeriesSummary]) -> Vec<HeatMap> {
    let mut alike: BTreeMap<String, Vec<&SeriesSummary>> = BTreeMap::new();
    for one in series {
        alike.entry(benchmark(one.configuration())).or_default().push(one);
    }
    let mut maps: Vec<(String, Vec<&SeriesSummary>)> =
        alike.into_iter().filter(|(_, of_benchmark)| of_benchmark.len() >= MAP_VALUES).collect();
    maps.sort_by_key(|(_, of_benchmark)| std::cmp::Reverse(of_benchmark.len()));
    maps.into_iter().take(MOST).filter_map(|(name, of_benchmark)| map(&name, &of_benchmark)).collect()
}

fn map(benchmark: &str, series: &[&SeriesSummary]) -> Option<HeatMap> {
    let devices: BTreeSet<_> = series.iter().map(|one| one.configuration().hardware.id().0).collect();
    let kinds: BTreeSet<&str> = series.iter().map(|one| one.configuration().hardware.kind.as_str()).collect();
    // Columns are narrow: the type is enough where it tells all of them apart.
    let label = |one: &SeriesSummary| match &one.configuration().hardware {
        hardware if kinds.len() == devices.len() => hardware.kind.clone(),
        hardware => hardware_label(hardware),
    };
    let hardware: BTreeSet<String> = series.iter().map(|one| label(one)).collect();
    let mut rows: BTreeMap<&str, BTreeMap<String, f64>> = BTreeMap::new();
    for one in series {
        // Two machines of one label cannot share a cell; the table has both.
        if rows.entry(&one.model).or_default().insert(label(one), one.median).is_some() {
            return None;
        }
    }
    let values = |of_model: &BTreeMap<String, f64>| hardware.iter().map(|kind| of_model.get(kind).copied()).collect();
    let meta = &series.first()?.meta;
    Some(HeatMap {
        title: format!("Median {} of {benchmark}", meta.key.metric),
        unit: meta.unit.as_str().to_owned(),
        rows: rows.iter().map(|(model, of_model)| ((*model).to_owned(), values(of_model))).collect(),
        columns: hardware.into_iter().collect(),
    })
}

fn curves(series: &[&SeriesSummary]) -> Vec<Curves> {
    let mut by_model: BTreeMap<&str, BTreeMap<String, BTreeMap<u32, f64>>> = BTreeMap::new();
    for one in series {
        let Some(size) = one.configuration().batch_size else { continue };
        let rest = Configuration { batch_size: None, ..one.configuration().clone() };
        let name = format!("{} {}", hardware_label(&rest.hardware), benchmark(&rest));
        by_model.entry(&one.model).or_default().entry(name).or_default().insert(size, one.median);
    }
    let Some(meta) = series.first().map(|one| &one.meta) else { return Vec::new() };
    let mut found: Vec<Curves> = Vec::new();
    for (model, of_model) in by_model {
        let long = of_model.into_iter().filter(|(_, points)| points.len() >= CURVE_POINTS);
        let curve = |(name, points): (String, BTreeMap<u32, f64>)| Curve {
            name,
            points: points.into_iter().map(|(size, value)| (f64::from(size), value)).collect(),
        };
        let curves: Vec<Curve> = long.map(curve).collect();
        if !curves.is_empty() {
            found.push(Curves {
                title: format!("Median {} of {model} by batch size", meta.key.metric),
                parameter: "Batch size".to_owned(),
                unit: meta.unit.as_str().to_owned(),
                curves,
            });
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.curves.len()));
    found.truncate(MOST);
    found
}
