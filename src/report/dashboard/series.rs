//! One series over time.
//!
//! For: history, levels, findings, the newest verdict with its arithmetic, and every value with its run. Not for: several
//! series beside each other.
//! Invariant: every measurement of the baseline is in the plot and in the table, and leads to its run.

use super::super::explain_html::sections;
use super::super::html::{Block, Cell, Column, Figure, Link, Page, Section, Table, address};
use super::super::trend::TrendView;
use super::super::trend_html::CAPTION;
use super::super::trend_plot::series_plot;
use super::super::trend_rows::{findings, levels};
use super::super::view::{Provenance, hardware_label};
use super::frame::{Frame, MATRIX, SERIES, run_address};
use crate::gate::explain::Explanation;
use crate::gate::trend::SeriesTrend;
use crate::model::SeriesMeta;
use crate::text::time::minute;
use crate::text::{percent, plural, quantity, short_commit};

/// The page: the series over time, and the verdict of the newest run that measured it, where one was.
#[must_use]
pub fn series(
    frame: &Frame,
    meta: &SeriesMeta,
    view: &TrendView,
    explained: Option<(&Explanation, &Provenance)>,
) -> Page {
    let configuration = &meta.key.configuration;
    let simulated = if configuration.is_simulated { " The results are simulated." } else { "" };
    let hardware = hardware_label(&configuration.hardware);
    let subtitle = format!("Series {} on {hardware}.{simulated}", meta.key.id());
    let page = Page::new(meta.key.to_string(), subtitle);
    let id = meta.key.id();
    let known = view.trend.series.iter().find(|one| one.series.key.id() == id && !one.points.is_empty());
    let Some(one) = known else {
        let section = Section::new("over-time", "Over time")
            .lead("No run of the baseline measured it: runs of pull requests are no baseline.")
            .with(Block::Links(ways(meta)));
        return frame.below(page.with(section), SERIES, None);
    };
    let page = page.with(over_time(view, one));
    let page = match explained {
        Some((explanation, provenance)) => sections(explanation, provenance).into_iter().fold(page, Page::with),
        None => page,
    };
    frame.below(page.with(values(view, one)), SERIES, None)
}

fn over_time(view: &TrendView, one: &SeriesTrend) -> Section {
    let mut plot = series_plot(view, one);
    // The table of this page holds the runs of this series only.
    plot.runs = (0..one.points.len()).collect();
    let figure = Figure { picture: plot.draw(), caption: CAPTION.to_owned(), values: None };
    let found = findings(view, one);
    let mut section = Section::new("over-time", "Over time").lead(lead(one)).with(Block::Figure(figure));
    if !found.is_empty() {
        section = section.with(Block::List(found));
    }
    if one.levels.len() > 1 {
        section = section.with(Block::Table(levels(view, one)));
    }
    section.with(Block::Links(ways(&one.series)))
}

fn lead(one: &SeriesTrend) -> String {
    let unit = one.series.unit.as_str();
    let runs = plural(one.points.len(), "run", "runs");
    match (one.levels.last(), one.noise) {
        (Some(level), Some(noise)) => format!(
            "{runs}; the present level is {}, and runs scatter around it by {}.",
            quantity(level.value, unit),
            percent(noise)
        ),
        (Some(level), None) => format!("{runs}; the present level is {}.", quantity(level.value, unit)),
        (None, _) => format!("{runs}."),
    }
}

/// Ways to series that are like this one.
fn ways(meta: &SeriesMeta) -> Vec<Link> {
    let configuration = &meta.key.configuration;
    let results = if configuration.is_simulated { "simulated" } else { "" };
    let hardware = configuration.hardware.id().to_string();
    let to = |path, parameters: &[(&str, &str)]| address(path, &[parameters, &[("results", results)]].concat());
    vec![
        Link::new("Series of this model", to(SERIES, &[("model", &configuration.model)])),
        Link::new("Series of this hardware", to(SERIES, &[("hardware", &hardware)])),
        Link::new("This metric by model and hardware", to(MATRIX, &[("metric", &meta.key.metric)])),
    ]
}

/// Every value; the page's script takes times and commits of the plot from here.
fn values(view: &TrendView, one: &SeriesTrend) -> Section {
    let columns = vec![
        Column::number("Run"),
        Column::text("Commit"),
        Column::text("Branch"),
        Column::number("Value"),
        Column::number("Samples"),
    ];
    let mut table = Table::new("runs-table", "Every measurement, oldest first, each with its run", columns);
    let unit = one.series.unit.as_str();
    for point in &one.points {
        let run = view.run(point.run);
        let known = |text: &Option<String>| {
            text.as_deref().map_or_else(|| Cell::missing("unknown"), |text| Cell::text(short_commit(text)))
        };
        let samples = match point.samples {
            0 => Cell::missing("none"),
            samples => Cell::number(samples.to_string(), samples.into()),
        };
        table.push(vec![
            Cell::number(minute(run.started_at), run.started_at.as_second() as f64).link(run_address(run.id)),
            known(&run.commit),
            known(&run.branch),
            Cell::number(quantity(point.value, unit), point.value),
            samples,
        ]);
    }
    Section::new("values", "Values").with(Block::Table(table))
}
