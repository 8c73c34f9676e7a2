//! Models and hardware.
//!
//! For: one metric of one benchmark for every model and hardware, and what was found of each pair. Not for: values that are
//! not alike in everything else.
//! Invariant: the cells of a map are the present levels of one benchmark, each leads to its series; real and simulated
//! values never share a map.

use std::collections::{BTreeMap, BTreeSet};

use super::super::html::{Block, Cell, Column, Field, Figure, Form, Page, Section, Table, address};
use super::super::overview::{Labels, benchmark};
use super::super::svg::HeatMap;
use super::super::trend::{TrendFinding, TrendView};
use super::asked::Asked;
use super::frame::{Frame, MATRIX, SERIES, series_address};
use super::series_list::{kind_of_results, other_results};
use crate::gate::trend::SeriesTrend;
use crate::model::HardwareId;
use crate::text::{plural, quantity};

/// The page. `others` says whether there are results of the other kind, simulated or real.
#[must_use]
pub fn matrix(frame: &Frame, asked: &Asked, view: &TrendView, others: bool) -> Page {
    let all = &view.trend.series;
    let sheet = Sheet::of(all);
    let chosen = Chosen::of(all, asked);
    let mut map = Section::new("map", format!("{} of {}", chosen.metric, chosen.benchmark));
    for block in values(&sheet, &chosen) {
        map = map.with(block);
    }
    let mut pairs = Section::new("pairs", "Series of each pair").with(Block::Table(counts(view, &sheet, asked)));
    pairs = other_results(asked, MATRIX, others).into_iter().fold(pairs, Section::with);
    let page = Page::new("Models and hardware", &view.baseline).with(map).with(pairs);
    frame.place(page, MATRIX, Some(chosen.form(asked)))
}

/// Rows and columns: every model and hardware.
struct Sheet<'a> {
    hardware: Vec<(HardwareId, String)>,
    /// Its series, by model and hardware.
    series: BTreeMap<&'a str, BTreeMap<HardwareId, Vec<&'a SeriesTrend>>>,
}

impl<'a> Sheet<'a> {
    fn of(all: &'a [SeriesTrend]) -> Self {
        let machines = || all.iter().map(|one| &one.series.key.configuration.hardware);
        let labels = Labels::of(machines());
        let kinds: BTreeSet<&str> = machines().map(|hardware| hardware.kind.as_str()).collect();
        let ids: BTreeSet<HardwareId> = machines().map(|hardware| hardware.id()).collect();
        // Columns are narrow: the type is enough where it tells all of them apart.
        let is_short = kinds.len() == ids.len();
        let mut hardware: BTreeMap<String, HardwareId> = BTreeMap::new();
        let mut series: BTreeMap<&str, BTreeMap<HardwareId, Vec<&SeriesTrend>>> = BTreeMap::new();
        for one in all {
            let configuration = &one.series.key.configuration;
            let (machine, id) = (&configuration.hardware, configuration.hardware.id());
            let label = if is_short { machine.kind.clone() } else { labels.label(machine) };
            hardware.insert(label, id);
            series.entry(&configuration.model).or_default().entry(id).or_default().push(one);
        }
        Self { hardware: hardware.into_iter().map(|(label, id)| (id, label)).collect(), series }
    }
}

/// What the map is of.
struct Chosen<'a> {
    metric: &'a str,
    benchmark: String,
    /// Its series.
    series: Vec<&'a SeriesTrend>,
    metrics: Vec<&'a str>,
    benchmarks: Vec<String>,
}

impl<'a> Chosen<'a> {
    /// What is asked for, or what most series have.
    fn of(all: &'a [SeriesTrend], asked: &Asked) -> Self {
        let mut metrics: BTreeMap<&str, Vec<&SeriesTrend>> = BTreeMap::new();
        all.iter().for_each(|one| metrics.entry(&one.series.key.metric).or_default().push(one));
        let most = metrics.iter().max_by_key(|(_, series)| series.len()).map(|(metric, _)| *metric);
        let metric = metrics.keys().copied().find(|metric| *metric == asked.metric).or(most).unwrap_or("");
        let mut benchmarks: BTreeMap<String, Vec<&SeriesTrend>> = BTreeMap::new();
        for one in metrics.get(metric).into_iter().flatten() {
            benchmarks.entry(benchmark(&one.series.key.configuration)).or_default().push(one);
        }
        let most = benchmarks.iter().max_by_key(|(_, series)| series.len()).map(|(name, _)| name);
        let name = benchmarks.keys().find(|name| **name == asked.benchmark).or(most).cloned().unwrap_or_default();
        Self {
            metric,
            series: benchmarks.get(&name).cloned().unwrap_or_default(),
            benchmark: name,
            metrics: metrics.keys().copied().collect(),
            benchmarks: benchmarks.into_keys().collect(),
        }
    }

    fn form(&self, asked: &Asked) -> Form {
        let same = |name: &str| (name.to_owned(), name.to_owned());
        let of = |name, label, options: Vec<(String, String)>, chosen: &str| Field::Choice {
            name,
            label,
            options,
            chosen: chosen.to_owned(),
        };
        let metrics = self.metrics.iter().map(|name| same(name)).collect();
        let benchmarks = self.benchmarks.iter().map(|name| same(name)).collect();
        let fields = [
            Some(of("metric", "Metric", metrics, self.metric)),
            Some(of("benchmark", "Benchmark", benchmarks, &self.benchmark)),
            kind_of_results(asked),
        ];
        Form { action: MATRIX.to_owned(), fields: fields.into_iter().flatten().collect(), button: "Show" }
    }
}

/// The present level of a series, or its newest value where no levels were looked for.
fn present(one: &SeriesTrend) -> Option<f64> {
    one.levels.last().map(|level| level.value).or_else(|| one.points.last().map(|point| point.value))
}

/// The map, with a table of the same cells that lead to their series.
fn values(sheet: &Sheet<'_>, chosen: &Chosen<'_>) -> Vec<Block> {
    let mut cells: BTreeMap<(&str, HardwareId), &SeriesTrend> = BTreeMap::new();
    for one in &chosen.series {
        let configuration = &one.series.key.configuration;
        cells.insert((&configuration.model, configuration.hardware.id()), one);
    }
    let Some(unit) = chosen.series.first().map(|one| one.series.unit.as_str()) else { return Vec::new() };
    let columns: Vec<&(HardwareId, String)> = sheet
        .hardware
        .iter()
        .filter(|(hardware, _)| chosen.series.iter().any(|one| one.series.key.configuration.hardware.id() == *hardware))
        .collect();
    let models: BTreeSet<&str> = cells.keys().map(|(model, _)| *model).collect();
    // Values of two units cannot share a scale; each cell of the table has its own.
    let level = |one: &SeriesTrend| present(one).filter(|_| one.series.unit.as_str() == unit);
    let title = format!("Present level of {} of {}", chosen.metric, chosen.benchmark);
    let heads = columns.iter().map(|(_, label)| Column::number(label));
    let heads = std::iter::once(Column::text("Model")).chain(heads).collect();
    let mut table = Table::new("values-table", "The same cells; each leads to its series", heads).narrow();
    let mut rows = Vec::new();
    for model in models {
        let of_model: Vec<Option<&&SeriesTrend>> =
            columns.iter().map(|(hardware, _)| cells.get(&(model, *hardware))).collect();
        rows.push((model.to_owned(), of_model.iter().map(|one| one.and_then(|one| level(one))).collect()));
        let cell = |one: &Option<&&SeriesTrend>| match one.and_then(|one| Some((one, present(one)?))) {
            Some((one, value)) => {
                Cell::number(quantity(value, one.series.unit.as_str()), value).link(series_address(one.series.key.id()))
            }
            None => Cell::missing("none"),
        };
        table.push(std::iter::once(Cell::text(model)).chain(of_model.iter().map(cell)).collect());
    }
    let map = HeatMap {
        title: title.clone(),
        unit: unit.to_owned(),
        columns: columns.iter().map(|(_, label)| label.clone()).collect(),
        rows,
    };
    let figure = Figure { picture: map.draw(), caption: format!("{title}."), values: None };
    vec![Block::Figure(figure), Block::Table(table)]
}

/// How many series each model has on each hardware, and how many became worse.
fn counts(view: &TrendView, sheet: &Sheet<'_>, asked: &Asked) -> Table {
    let heads = sheet.hardware.iter().map(|(_, label)| Column::number(label));
    let heads = std::iter::once(Column::text("Model")).chain(heads).collect();
    let mut table =
        Table::new("pairs-table", "Series, and how many of them became worse or stopped reporting", heads).narrow();
    for (model, of_model) in &sheet.series {
        let link =
            |hardware: &str| address(SERIES, &[("model", model), ("hardware", hardware), ("results", &asked.results)]);
        let cell = |(hardware, _): &(HardwareId, String)| match of_model.get(hardware) {
            Some(series) => pair(view, series).link(link(&hardware.to_string())),
            None => Cell::missing("none"),
        };
        let cells = sheet.hardware.iter().map(cell);
        table.push(std::iter::once(Cell::text(*model).link(link(""))).chain(cells).collect());
    }
    table
}

fn pair(view: &TrendView, series: &[&SeriesTrend]) -> Cell {
    let having = |finding| series.iter().filter(|one| view.count_of(one, finding) > 0).count();
    let (worse, silent) = (having(TrendFinding::Worse), having(TrendFinding::Silent));
    let notes: Vec<String> = [(worse, "worse"), (silent, "stopped")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    Cell::number(plural(series.len(), "series", "series"), series.len() as f64).note(notes.join(", "))
}
