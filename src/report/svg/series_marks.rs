//! The words beside the marks, the lines and the judged point of a series.
//!
//! For: saying what a vertical or horizontal line means, where there is room. Not for: the lines themselves.
//! Invariant: no two labels of one row cover each other; what found no room is in the picture's description.

use super::series_plot::{AREA, Axes, SeriesPlot, TOP, percentage};
use super::writer::Writer;

/// Width that a label takes, as a share of the plot: 10 characters of 11 pixels on the narrowest phone take a quarter.
const ROOM: f64 = 0.16;

/// Writes the labels; each carries its time, so that a script which zooms can move it along.
pub(super) fn labels(plot: &SeriesPlot, axes: &Axes, writer: &mut Writer) {
    let mut free_from = f64::NEG_INFINITY;
    for mark in &plot.marks {
        let across = axes.across(mark.at);
        if across < free_from {
            continue;
        }
        free_from = across + ROOM;
        let anchor = if across < ROOM / 2.0 {
            ""
        } else if across > 1.0 - ROOM / 2.0 {
            "end"
        } else {
            "middle"
        };
        let class = format!("label {anchor} {}", mark.sign.class("soft"));
        let text = writer.element("text").set("class", class).set("x", percentage(across)).set("y", TOP - 9.0);
        text.set("data-at", mark.at.as_second()).text(&mark.words);
    }
    let mut taken: Vec<f64> = Vec::new();
    for line in plot.lines.iter().filter(|line| line.value.is_finite()) {
        let y = axes.pixel(line.value).clamp(TOP, TOP + AREA) - 3.0;
        if taken.iter().any(|other| (other - y).abs() < 11.0) {
            continue;
        }
        taken.push(y);
        writer.element("text").set("class", "soft halo").set("x", 4).set("y", format!("{y:.1}")).text(&line.words);
    }
}
