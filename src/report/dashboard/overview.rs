//! The first page: what needs somebody.
//!
//! For: seeing within a minute what became worse, what is noisy, what stopped and what came last. Not for: every series (see
//! `series_list`).
//! Invariant: each part shows the newest or largest, says how many there are, and leads to all of them.

use super::super::html::{Block, Cell, Column, Link, Page, Section, Table, address};
use super::super::trend::{TrendFinding, TrendView, drift_words, noisier_words, pin_words, silent};
use super::super::trend_plot::trend_sparkline;
use super::super::trend_rows::{level, name, since, size};
use super::asked::Asked;
use super::frame::{Frame, HOME, RUNS, SERIES, series_address};
use super::runs::table as runs_table;
use super::series_list::other_results;
use crate::gate::trend::{LevelChange, SeriesTrend};
use crate::model::overview::{RunSummary, Totals};
use crate::text::time::minute;
use crate::text::{grouped, percent, plural};

/// Rows of each part, at most.
const ROWS: usize = 10;

/// Series of the widest spread that are shown.
const NOISIEST: usize = 5;

/// The page. `others` says whether there are results of the other kind, simulated or real.
#[must_use]
pub fn overview(
    frame: &Frame,
    asked: &Asked,
    view: &TrendView,
    totals: &Totals,
    runs: &[RunSummary],
    others: bool,
) -> Page {
    let headline = view.headline();
    let title = headline.strip_prefix("TREND: ").unwrap_or(&headline);
    let mut page = Page::new(title, &view.baseline).with(worse(view, asked));
    page = [drifting(view, asked), stopped(view, asked)].into_iter().flatten().fold(page, Page::with);
    page = page.with(noise(view, asked)).with(newest(runs)).with(numbers(totals));
    if let Some(link) = other_results(asked, HOME, others) {
        page = page.with(Section::new("others", "Other results").with(link));
    }
    frame.place(page, HOME, None)
}

/// The way to all series with a kind of finding, where not all are shown.
fn all(shown: usize, count: usize, found: &str, words: &str, asked: &Asked) -> Option<Block> {
    let target = address(SERIES, &[("found", found), ("results", &asked.results)]);
    (count > shown).then(|| Block::Links(vec![Link::new(format!("All {words}"), target)]))
}

fn with(section: Section, blocks: impl IntoIterator<Item = Block>) -> Section {
    blocks.into_iter().fold(section, Section::with)
}

fn worse(view: &TrendView, asked: &Asked) -> Section {
    let mut changes: Vec<(&SeriesTrend, &LevelChange)> =
        view.changes().into_iter().filter(|(_, change)| change.is_worse).collect();
    // Among the changes of one run, the largest stay first.
    changes.sort_by_key(|(_, change)| std::cmp::Reverse(change.start));
    let section = Section::new("worse", "Became worse");
    if changes.is_empty() {
        let looked = plural(view.looked_at(), "series", "series");
        return section.lead(format!("No level became worse, in {looked} with enough runs to tell."));
    }
    let columns = vec![
        Column::text("Series"),
        Column::number("Change"),
        Column::unsorted("History"),
        Column::number("Level"),
        Column::number("Since"),
    ];
    let mut table = Table::new("worse-table", "The newest changes for the worse", columns);
    for (one, change) in changes.iter().take(ROWS) {
        table.push(vec![
            name(one).link(series_address(one.series.key.id())),
            size(change),
            Cell::picture(trend_sparkline(one).draw()),
            level(one, Some(change)),
            since(view, change),
        ]);
    }
    let words = plural(changes.len(), "worsening", "worsenings");
    let section = section.lead(
        "A level became worse where it moved by more than its noise and the minimum effect; the interval of its size is of 95\u{a0}%.",
    );
    with(section.with(Block::Table(table)), all(ROWS, changes.len(), "worse", &words, asked))
}

/// A table of series with what was found of each.
fn found(id: &'static str, caption: &str, rows: &[(&SeriesTrend, String)]) -> Block {
    let columns = vec![Column::text("Series"), Column::text("What"), Column::unsorted("History")];
    let mut table = Table::new(id, caption, columns);
    for (one, words) in rows.iter().take(ROWS) {
        let name = name(one).link(series_address(one.series.key.id()));
        table.push(vec![name, Cell::text(words), Cell::picture(trend_sparkline(one).draw())]);
    }
    Block::Table(table)
}

fn rows<'a>(view: &'a TrendView, words: impl Fn(&'a SeriesTrend) -> Option<String>) -> Vec<(&'a SeriesTrend, String)> {
    view.trend.series.iter().filter_map(|one| Some((one, words(one)?))).collect()
}

fn drifting(view: &TrendView, asked: &Asked) -> Option<Section> {
    let words = |one: &SeriesTrend| {
        let parts = [view.drift_of(one).map(drift_words), pin_words(one)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    };
    let rows = rows(view, words);
    let table = (!rows.is_empty()).then(|| found("drift-table", "Levels that crept away", &rows))?;
    let section = Section::new("drift", "Crept away in small steps").with(table);
    Some(with(section, all(ROWS, rows.len(), "drift", &format!("{} that drifted", rows.len()), asked)))
}

fn stopped(view: &TrendView, asked: &Asked) -> Option<Section> {
    let rows = rows(view, |one| silent(view, one));
    let table = (!rows.is_empty())
        .then(|| found("silent-table", "Series that the newest runs of their hardware lack", &rows))?;
    let section = Section::new("silent", "Stopped reporting").with(table);
    Some(with(section, all(ROWS, rows.len(), "silent", &format!("{} that stopped", rows.len()), asked)))
}

fn noise(view: &TrendView, asked: &Asked) -> Section {
    let rows = rows(view, |one| view.noisier_of(one).map(noisier_words));
    let mut section = Section::new("noise", "Noise");
    if rows.is_empty() {
        section = section.lead("No series became noisier.");
    } else {
        section = section.with(found("noisier-table", "Series whose newest runs scatter more", &rows));
        let count = view.count(TrendFinding::Noise);
        section = with(section, all(ROWS, count, "noise", &format!("{count} that became noisier"), asked));
    }
    let mut widest: Vec<(&SeriesTrend, f64)> =
        view.trend.series.iter().filter_map(|one| Some((one, one.noise?))).collect();
    widest.sort_by(|(_, first), (_, second)| second.total_cmp(first));
    if widest.is_empty() {
        return section;
    }
    let columns = vec![Column::text("Series"), Column::number("Noise"), Column::unsorted("History")];
    let caption = "The widest spreads from run to run, as relative standard deviations";
    let mut table = Table::new("widest-table", caption, columns);
    for (one, noise) in widest.into_iter().take(NOISIEST) {
        table.push(vec![
            name(one).link(series_address(one.series.key.id())),
            Cell::number(percent(noise), noise),
            Cell::picture(trend_sparkline(one).draw()),
        ]);
    }
    section.with(Block::Table(table))
}

fn newest(runs: &[RunSummary]) -> Section {
    let shown: Vec<&RunSummary> = runs.iter().take(ROWS).collect();
    let table = Block::Table(runs_table(&shown, "The newest runs"));
    let rest = (runs.len() > ROWS)
        .then(|| Block::Links(vec![Link::new(format!("All {}", plural(runs.len(), "run", "runs")), RUNS)]));
    with(Section::new("newest", "Newest runs").with(table), rest)
}

fn numbers(totals: &Totals) -> Section {
    let mut table = Table::new(
        "numbers-table",
        "What the history holds, simulated results included",
        vec![Column::text("What"), Column::number("Count")],
    )
    .narrow();
    for (what, count) in totals.counts.iter().filter(|(_, count)| *count > 0) {
        let words = grouped(i128::try_from(*count).unwrap_or(i128::MAX));
        table.push(vec![Cell::text(*what), Cell::number(words, *count as f64)]);
    }
    let section = Section::new("numbers", "In numbers");
    let section = match totals.period {
        Some((first, last)) => section.lead(format!("Runs from {} to {}.", minute(first), minute(last))),
        None => section,
    };
    section.with(Block::Table(table))
}
