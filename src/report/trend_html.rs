//! The trend of a history as a page.
//!
//! For: who looks once a week, and wants to see what the findings look like. Not for: programs, which read JSON.
//! Invariant: every series is in the table and has a plot; the runs are listed once, and plots refer to them by row.

use super::html::{Block, Cell, Column, Figure, Fold, Page, Section, Table};
use super::trend::{TrendFinding, TrendView};
use super::trend_plot::series_plot;
use super::trend_rows::{columns, findings, levels, row};
use super::view::hardware_label;
use crate::gate::trend::SeriesTrend;
use crate::text::time::minute;
use crate::text::{plural, short_commit};

/// Plots that are open at first, at most.
const OPEN: usize = 5;

/// How to read a plot.
pub(super) const CAPTION: &str = "A dot is a run, the line its level, the band two standard deviations of noise; a vertical line is a \
    change of level, a dotted one an accepted shift.";

/// Renders a trend as one HTML file.
#[must_use]
pub fn trend_html(view: &TrendView) -> String {
    Page::new(view.headline(), &view.baseline).with(ranked(view)).with(plots(view)).with(runs(view)).html()
}

fn anchor(one: &SeriesTrend) -> String {
    format!("series-{}", one.series.key.id())
}

fn ranked(view: &TrendView) -> Section {
    let mut table = Table::new("ranked", "Every series, worst first by size and recency", columns());
    table.filter_as("series");
    view.trend.series.iter().for_each(|one| table.push(row(view, one, format!("#{}", anchor(one)))));
    let lead = if view.count(TrendFinding::Worse) == 0 {
        "No level became worse by more than its noise and the minimum effect."
    } else {
        "A level became worse where it moved by more than its noise and the minimum effect; the interval of its size is of 95\u{a0}%."
    };
    Section::new("series", "Series").lead(lead).with(Block::Table(table))
}

fn plots(view: &TrendView) -> Section {
    let is_finding = |one: &&SeriesTrend| !findings(view, one).is_empty() && one.refusal.is_none();
    let open = view.trend.series.iter().take(OPEN).take_while(is_finding).count();
    let folds = view.trend.series.iter().enumerate().map(|(index, one)| Block::Fold(fold(view, one, index < open)));
    folds.fold(Section::new("plots", "Plots").lead(CAPTION), Section::with)
}

fn fold(view: &TrendView, one: &SeriesTrend, is_open: bool) -> Fold {
    let found = findings(view, one);
    let note = found.first().cloned().unwrap_or_else(|| "no finding".to_owned());
    let picture = series_plot(view, one).draw();
    let caption = format!(
        "{}, {}",
        plural(one.points.len(), "run", "runs"),
        hardware_label(&one.series.key.configuration.hardware)
    );
    let mut blocks = vec![Block::Figure(Figure { picture, caption, values: None })];
    if found.len() > 1 {
        blocks.push(Block::List(found));
    }
    if one.levels.len() > 1 {
        blocks.push(Block::Table(levels(view, one)));
    }
    let heading = one.series.key.to_string();
    Fold { id: anchor(one), heading, note, filter: Some("plots"), is_open, blocks }
}

/// The runs, oldest first: the page's script takes times and commits from here.
fn runs(view: &TrendView) -> Section {
    let columns = vec![Column::number("Started"), Column::text("Commit"), Column::text("Branch")];
    let mut table = Table::new("runs-table", "Runs, oldest first", columns);
    for run in &view.trend.runs {
        let commit =
            run.commit.as_ref().map_or_else(|| Cell::missing("unknown"), |commit| Cell::text(short_commit(commit)));
        let branch = run.branch.as_ref().map_or_else(|| Cell::missing("unknown"), Cell::text);
        let seconds = run.started_at.as_second() as f64;
        table.push(vec![Cell::number(minute(run.started_at), seconds), commit, branch]);
    }
    let fold = Fold {
        id: "all-runs".to_owned(),
        heading: plural(view.trend.runs.len(), "run", "runs"),
        note: String::new(),
        filter: None,
        is_open: false,
        blocks: vec![Block::Table(table)],
    };
    Section::new("runs", "Runs").with(Block::Fold(fold))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{HOSTILE, trend as view};
    use super::*;

    #[test]
    fn a_page_has_each_series_with_its_findings_and_its_plot() {
        let page = trend_html(&view("embedding"));
        for part in [
            "<h1>TREND: 1 worsening in 1 series, 1 became noisier, 1 stopped reporting</h1>",
            "▲ +12.0 % worse</",
            "<small>+10.0 to +14.0 %</small>",
            "noise rose from 1 % to 3 %; not in the last 4 commits of its hardware",
            "10 measurements from 1970-01-01 to 1970-01-10",
            "data-runs=\"0-9\"",
            "<small>was 10 ms</small>",
        ] {
            assert!(page.contains(part), "no {part}");
        }
    }

    #[test]
    fn a_series_that_is_not_looked_at_or_has_nothing_to_tell_is_there_too() {
        let mut view = view("embedding");
        let one = &mut view.trend.series[0];
        (one.changes, one.levels, one.noisier, one.silent_runs) = (Vec::new(), Vec::new(), None, 0);
        assert!(trend_html(&view).contains("no finding"));
        view.trend.series[0].refusal = Some("nobody says which direction is better".to_owned());
        let page = trend_html(&view);
        assert!(page.contains("not looked at: nobody says which direction is better"), "{page}");
        (view.trend.series[0].points, view.trend.series[0].values) = (Vec::new(), Vec::new());
        assert!(trend_html(&view).contains("no measurements"));
    }

    #[test]
    fn hostile_names_stay_text() {
        let page = trend_html(&view(HOSTILE));
        assert!(!page.contains("<img") && page.contains("&lt;img src=x&gt;"));
        assert!(page.chars().all(|one| one == '\n' || !crate::text::escape::is_unsafe(one)));
    }
}
