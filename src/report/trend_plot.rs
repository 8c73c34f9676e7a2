//! One series of a trend as a picture.
//!
//! For: pages and files that show a history. Not for: words about it.
//! Invariant: all measurements are in the picture, whatever time the trend was asked for; marks are the listed findings.

use super::svg::{Mark, PlotPoint, SeriesPlot, Sign, Sparkline, Stretch};
use super::trend::TrendView;
use crate::gate::trend::{LevelChange, SeriesTrend};
use crate::text::signed_percent;

/// The series over time.
pub(super) fn series_plot(view: &TrendView, one: &SeriesTrend) -> SeriesPlot {
    let at = |point: usize| view.run(one.points[point].run).started_at;
    let stretch = |level: &crate::gate::TrendLevel| Stretch {
        from: at(level.points.start),
        // A level lasts until the next one begins, so that bands touch.
        to: at(level.points.end.min(one.points.len() - 1)),
        level: level.value,
        band: Some(level.band),
    };
    let change = |change: &LevelChange| Mark {
        at: view.run(change.start).started_at,
        sign: sign(change),
        words: change_words(change),
    };
    let accepted =
        one.epochs.iter().map(|start| Mark { at: at(*start), sign: Sign::Neither, words: "accepted".to_owned() });
    let mut marks: Vec<Mark> = view.changes_of(one).map(change).chain(accepted).collect();
    marks.sort_by_key(|mark| mark.at);
    let points = one.points.iter().map(|point| PlotPoint { at: view.run(point.run).started_at, value: point.value });
    SeriesPlot {
        title: one.series.key.to_string(),
        unit: one.series.unit.as_str().to_owned(),
        points: points.collect(),
        stretches: one.levels.iter().map(stretch).collect(),
        marks,
        lines: Vec::new(),
        judged: None,
        runs: one.points.iter().map(|point| point.run).collect(),
    }
}

/// The series as a small line.
#[must_use]
pub fn trend_sparkline(one: &SeriesTrend) -> Sparkline {
    Sparkline {
        title: one.series.key.to_string(),
        unit: one.series.unit.as_str().to_owned(),
        values: one.values.iter().copied().map(Some).collect(),
    }
}

/// `▲ +12.0 % worse`.
pub(super) fn change_words(change: &LevelChange) -> String {
    let arrow = if change.change < 0.0 { "▼" } else { "▲" };
    format!("{arrow} {} {}", signed_percent(change.change), if change.is_worse { "worse" } else { "better" })
}

pub(super) fn sign(change: &LevelChange) -> Sign {
    if change.is_worse { Sign::Worse } else { Sign::Better }
}
