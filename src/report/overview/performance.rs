//! What was measured, as a document.
//!
//! For: medians and spreads of every series, by metric; what failed; the newest runs. Not for: comparing series with each
//! other (see [`super::rank`]).
//! Invariant: a row is one series; nothing is averaged over several.

use std::collections::BTreeMap;

use super::super::document::{Column, Document, Section, Value};
use super::parts::{Labels, benchmark, configuration_columns, configuration_values, runs, span};
use super::performance_plots::plots;
use crate::model::Direction;
use crate::model::overview::{FailureSummary, Performance, SeriesSummary};

/// The document.
#[must_use]
pub fn performance(found: &Performance, notes: Vec<String>) -> Document {
    let hardware = found.series.iter().map(|one| &one.configuration().hardware);
    let labels = Labels::of(hardware.chain(found.failures.iter().map(|one| &one.configuration.hardware)));
    let mut by_metric: BTreeMap<(&str, &str), Vec<&SeriesSummary>> = BTreeMap::new();
    for one in &found.series {
        by_metric.entry((&one.meta.key.metric, one.meta.unit.as_str())).or_default().push(one);
    }
    let mut sections: Vec<Section> = by_metric.into_values().map(|series| of_metric(series, &labels)).collect();
    if sections.is_empty() {
        sections.push(Section { empty: Some("Nothing was measured.".to_owned()), ..of_metric(Vec::new(), &labels) });
    }
    sections.push(failures(&found.failures, &labels));
    sections.push(runs(&found.runs));
    Document { kind: "performance", title: "Performance".to_owned(), notes, sections }
}

fn of_metric(mut series: Vec<&SeriesSummary>, labels: &Labels) -> Section {
    let better = series.first().and_then(|one| one.better());
    series.sort_by(|first, second| {
        let ascending = first.median.total_cmp(&second.median);
        if better == Some(Direction::HigherIsBetter) { ascending.reverse() } else { ascending }
    });
    let order = match better {
        Some(Direction::HigherIsBetter) => "Higher is better; the best comes first.",
        Some(Direction::LowerIsBetter) => "Lower is better; the best comes first.",
        None => "Nobody says which direction is better; the smallest comes first.",
    };
    let mut columns = vec![
        Column::data("series"),
        Column::words("model", "Model"),
        Column::data("family"),
        Column::shown("Hardware", false),
        Column::shown("Benchmark", false),
    ];
    columns.extend(configuration_columns());
    columns.extend([
        Column::data("metric"),
        Column::data("unit"),
        Column::data("better"),
        Column::numbers("median", "Median"),
        Column::data("p25"),
        Column::data("p75"),
        Column::shown("Middle half", true),
        Column::data("minimum"),
        Column::data("maximum"),
        Column::shown("Range", true),
        Column::numbers("newest", "Newest"),
        Column::numbers("runs", "Runs"),
        Column::words("measured_at", "Measured"),
        Column::data("suspicious"),
        Column::shown("Remarks", false),
    ]);
    Section {
        name: "series",
        heading: series.first().map_or_else(|| "Series".to_owned(), |one| metric_heading(one)),
        lead: (!series.is_empty()).then(|| order.to_owned()),
        plots: plots(&series),
        columns,
        rows: series.into_iter().map(|one| row(one, labels)).collect(),
        empty: None,
    }
}

fn metric_heading(one: &SeriesSummary) -> String {
    format!("{} ({})", one.meta.key.metric, one.meta.unit.as_str())
}

fn row(one: &SeriesSummary, labels: &Labels) -> Vec<Value> {
    let configuration = one.configuration();
    let unit = one.meta.unit.as_str();
    let value = |value: f64| Value::quantity(Some(value), unit);
    let spread = |(low, high): (f64, f64)| match one.runs {
        0 | 1 => Value::missing(),
        _ => span(&value(low), &value(high)),
    };
    let mut cells = vec![
        Value::text(Some(&one.meta.key.id().to_string())),
        Value::text(Some(&one.model)),
        Value::text(one.family.as_deref()),
        Value::words(labels.label(&configuration.hardware)),
        Value::words(benchmark(configuration)),
    ];
    cells.extend(configuration_values(configuration));
    let remark =
        if one.suspicious > 0 { format!("{} of its values look made up", one.suspicious) } else { String::new() };
    cells.extend([
        Value::text(Some(&one.meta.key.metric)),
        Value::text(Some(unit)),
        Value::text(one.better().map(Direction::as_str)),
        value(one.median),
        value(one.middle_half.0),
        value(one.middle_half.1),
        spread(one.middle_half),
        value(one.range.0),
        value(one.range.1),
        spread(one.range),
        value(one.newest),
        Value::count(one.runs),
        Value::moment(one.measured_at),
        Value::count(one.suspicious),
        Value::words(remark),
    ]);
    cells
}

fn failures(failures: &[FailureSummary], labels: &Labels) -> Section {
    let row = |one: &FailureSummary| {
        let mut cells = vec![
            Value::text(Some(&one.model)),
            Value::words(labels.label(&one.configuration.hardware)),
            Value::words(benchmark(&one.configuration)),
        ];
        cells.extend(configuration_values(&one.configuration));
        cells.extend([Value::count(one.runs), Value::moment(one.newest), Value::text(Some(&one.reason))]);
        cells
    };
    let mut columns =
        vec![Column::words("model", "Model"), Column::shown("Hardware", false), Column::shown("Benchmark", false)];
    columns.extend(configuration_columns());
    columns.extend([
        Column::numbers("runs", "Runs"),
        Column::words("failed_at", "Last"),
        Column::words("reason", "Reason of the last"),
    ]);
    Section {
        name: "failures",
        heading: "Failed".to_owned(),
        columns,
        rows: failures.iter().map(row).collect(),
        ..Section::default()
    }
}
