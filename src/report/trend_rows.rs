//! Series of a trend as rows and lists.
//!
//! For: pages that show what a trend found. Not for: which series they show.
//! Invariant: a row tells the change that a series is known by, and counts or names whatever else was found of it.

use super::html::{Cell, Column, Table};
use super::trend::{TrendView, drift_words, noisier_words, pin_words, silent};
use super::trend_plot::{change_words, sign, trend_sparkline};
use super::view::{benchmark_label, hardware_label};
use crate::gate::TrendLevel;
use crate::gate::trend::{LevelChange, SeriesTrend};
use crate::text::number::percent_interval;
use crate::text::time::{date, minute};
use crate::text::{percent, plural, quantity};

/// The change that a series is known by: the weightiest that is listed, worsenings before improvements.
fn main_change<'a>(view: &'a TrendView, one: &'a SeriesTrend) -> Option<&'a LevelChange> {
    let weight = |change: &LevelChange| view.trend.weight(change);
    view.changes_of(one)
        .max_by(|first, second| first.is_worse.cmp(&second.is_worse).then(weight(first).total_cmp(&weight(second))))
}

/// What is to be said of a series, a finding each.
pub(super) fn findings(view: &TrendView, one: &SeriesTrend) -> Vec<String> {
    let changes = view.changes_of(one).rev().map(|change| {
        format!("{} on {} ({})", change_words(change), date(view.run(change.start).started_at), view.place(change))
    });
    let drift = view.drift_of(one).map(|drift| format!("drifted {}", drift_words(drift)));
    let pinned = pin_words(one).map(|words| format!("worse than pinned: {words}"));
    let rest = [drift, pinned, view.noisier_of(one).map(noisier_words), silent(view, one)];
    let refusal = one.refusal.iter().map(|reason| format!("not looked at: {reason}"));
    changes.chain(rest.into_iter().flatten()).chain(refusal).collect()
}

/// The columns of [`row`].
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::text("Series"),
        Column::number("Change"),
        Column::unsorted("History"),
        Column::number("Level"),
        Column::number("Since"),
        Column::number("Noise"),
        Column::text("Also"),
    ]
}

/// A series, whose name leads to `target`.
pub(super) fn row(view: &TrendView, one: &SeriesTrend, target: String) -> Vec<Cell> {
    let change = main_change(view, one);
    let none = if one.refusal.is_some() { "not looked at" } else { "none" };
    let noise = one.noise.map_or_else(|| Cell::missing("unknown"), |noise| Cell::number(percent(noise), noise));
    let shown = usize::from(change.is_some());
    let others: Vec<String> =
        findings(view, one).into_iter().filter(|words| !words.contains("not looked at")).collect();
    let also = if others.len() > shown { also(view, one, &others) } else { String::new() };
    vec![
        name(one).link(target),
        change.map_or_else(|| Cell::missing(none), size),
        Cell::picture(trend_sparkline(one).draw()),
        level(one, change),
        change.map_or_else(|| Cell::missing(""), |change| since(view, change)),
        noise,
        Cell::text(also),
    ]
}

/// What a series is, with its hardware below.
pub(super) fn name(one: &SeriesTrend) -> Cell {
    let configuration = &one.series.key.configuration;
    let benchmark = benchmark_label(configuration);
    let gap = if benchmark.is_empty() { "" } else { " " };
    let name = Cell::text(format!("{} {benchmark}{gap}{}", configuration.model, one.series.key.metric));
    name.note(hardware_label(&configuration.hardware))
}

/// By how much a level changed.
pub(super) fn size(change: &LevelChange) -> Cell {
    let interval = percent_interval(change.interval.0, change.interval.1);
    Cell::number(change_words(change), change.change).note(interval).sign(sign(change))
}

/// The present level, and what it was before a change.
pub(super) fn level(one: &SeriesTrend, change: Option<&LevelChange>) -> Cell {
    let unit = one.series.unit.as_str();
    let Some(level) = one.levels.last() else { return Cell::missing("unknown") };
    let cell = Cell::number(quantity(level.value, unit), level.value);
    match change {
        Some(change) => cell.note(format!("was {}", quantity(change.before, unit))),
        None => cell,
    }
}

/// When a level changed, and between which commits.
pub(super) fn since(view: &TrendView, change: &LevelChange) -> Cell {
    let at = view.run(change.start).started_at;
    Cell::number(date(at), at.as_second() as f64).note(view.place(change))
}

/// Findings beside the change of the row.
fn also(view: &TrendView, one: &SeriesTrend, all: &[String]) -> String {
    let changes = view.changes_of(one).count();
    let more = (changes > 1).then(|| plural(changes - 1, "more change", "more changes"));
    more.into_iter().chain(all.iter().skip(changes).cloned()).collect::<Vec<_>>().join("; ")
}

/// The levels of a series, oldest first.
pub(super) fn levels(view: &TrendView, one: &SeriesTrend) -> Table {
    let columns = vec![
        Column::text("From"),
        Column::text("To"),
        Column::number("Runs"),
        Column::number("Level"),
        Column::number("Noise band"),
    ];
    let mut table = Table::new(format!("levels-{}", one.series.key.id()), "Levels", columns);
    let unit = one.series.unit.as_str();
    for TrendLevel { points, value, band } in &one.levels {
        let at = |point: usize| minute(view.run(one.points[point].run).started_at);
        table.push(vec![
            Cell::text(at(points.start)),
            Cell::text(at(points.end - 1)),
            Cell::number(points.len().to_string(), points.len() as f64),
            Cell::number(quantity(*value, unit), *value),
            Cell::number(format!("{} to {}", quantity(band.0, unit), quantity(band.1, unit)), band.1 - band.0),
        ]);
    }
    table
}
