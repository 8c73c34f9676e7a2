//! One series over time: what was measured, its levels and their noise, what changed, and the point that was judged.
//!
//! For: the trend of a series and the story of a verdict. Not for: finding levels or changes.
//! Invariant: every measurement is one dot at its own time, so that a gap is a gap; dots are integers of a fine grid,
//! 8 bytes each, and the picture carries the ranges of both axes, from which values can be computed again.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::days;
use super::picture::Picture;
use super::scale::Scale;
use super::series_marks::labels;
use super::writer::Writer;
use crate::text::escape::shorten;
use crate::text::number::{shown_unit, significant};
use crate::text::time::date;
use crate::text::{plural, quantity};

/// Steps of the grid on either axis: finer than any screen, coarse enough for three digits a step.
pub(super) const GRID: f64 = 4000.0;

/// Pixels: of the whole height, of the plotted area's top and height, and of the margin that holds the values' axis.
const HEIGHT: u32 = 208;
pub(super) const TOP: f64 = 24.0;
pub(super) const AREA: f64 = 160.0;
const WIDTH: u32 = 760;

/// Half of the time shown around a single point, in seconds.
const HALF_A_DAY: i64 = 43_200;

/// A series to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesPlot {
    /// The series' name.
    pub title: String,
    /// Canonical unit of every value.
    pub unit: String,
    /// What was measured, oldest first.
    pub points: Vec<PlotPoint>,
    /// Its levels.
    pub stretches: Vec<Stretch>,
    /// What happened at some time.
    pub marks: Vec<Mark>,
    /// Values that mean something at all times, such as thresholds.
    pub lines: Vec<Line>,
    /// The point that was judged.
    pub judged: Option<(PlotPoint, Sign)>,
    /// For each point the row of the page's table of runs, from which its script takes time and commit; empty elsewhere.
    pub runs: Vec<usize>,
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlotPoint {
    /// When.
    pub at: Timestamp,
    /// The value in the canonical unit.
    pub value: f64,
}

/// A time in which the level stayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Its first run.
    pub from: Timestamp,
    /// Its last.
    pub to: Timestamp,
    /// Its level.
    pub level: f64,
    /// Lowest and highest value that its noise explains, where that is known.
    pub band: Option<(f64, f64)>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// Whether it was for the worse.
    pub sign: Sign,
    /// What, in a word or two.
    pub words: String,
}

/// Worse, better, or neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// It became worse.
    Worse,
    /// It became better.
    Better,
    /// Neither.
    #[default]
    Neither,
}

/// A value that means something.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The value in the canonical unit.
    pub value: f64,
    /// What it means, in a word or two.
    pub words: String,
}

/// The axes of one plot.
pub(super) struct Axes {
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) values: Scale,
}

impl Axes {
    fn of(plot: &SeriesPlot) -> Option<Self> {
        let times = || plot.all_points().map(|point| point.at);
        let (first, last) = (times().min()?, times().max()?);
        // The first and the last dot are drawn whole: an eightieth of the time is free at either end.
        let half = ((last.as_second() - first.as_second()) / 80).max(if first == last { HALF_A_DAY } else { 1 });
        let wider = |moment: Timestamp, by: i64| {
            Timestamp::from_second(moment.as_second().saturating_add(by)).unwrap_or(moment)
        };
        let bands = plot.stretches.iter().flat_map(|stretch| stretch.band).flat_map(|(low, high)| [low, high]);
        let levels = plot.stretches.iter().map(|stretch| stretch.level);
        let lines = plot.lines.iter().map(|line| line.value);
        let all = plot.all_points().map(|point| point.value).chain(levels).chain(bands).chain(lines);
        Some(Self { first: wider(first, -half), last: wider(last, half), values: Scale::around(all) })
    }

    /// Part of the way from the first time to the last.
    pub(super) fn across(&self, at: Timestamp) -> f64 {
        let seconds = |moment: Timestamp| moment.as_second() as f64;
        ((seconds(at) - seconds(self.first)) / (seconds(self.last) - seconds(self.first)).max(1.0)).clamp(0.0, 1.0)
    }

    pub(super) fn x(&self, at: Timestamp) -> f64 {
        (self.across(at) * GRID).round()
    }

    /// Downwards, as screens count.
    pub(super) fn y(&self, value: f64) -> f64 {
        ((1.0 - self.values.place(value)).clamp(0.0, 1.0) * GRID).round()
    }

    /// The height of a value in pixels of the whole picture.
    pub(super) fn pixel(&self, value: f64) -> f64 {
        TOP + AREA * (1.0 - self.values.place(value))
    }
}

impl SeriesPlot {
    /// Draws it.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let axes = Axes::of(self);
        let mut writer = Writer::default();
        let mut data = Vec::new();
        match &axes {
            Some(axes) => {
                self.frame(axes, &mut writer);
                self.area(axes, &mut writer);
                labels(self, axes, &mut writer);
                let (size, unit) = self.shown(axes);
                data = vec![
                    ("data-time", format!("{} {}", axes.first.as_second(), axes.last.as_second())),
                    ("data-values", format!("{} {}", axes.values.low / size, axes.values.high / size)),
                    ("data-unit", unit.to_owned()),
                ];
                if !self.runs.is_empty() {
                    data.push(("data-runs", ranges(&self.runs)));
                }
                if axes.values.is_log {
                    data.push(("data-log", "1".to_owned()));
                }
            }
            None => {
                writer
                    .element("text")
                    .set("class", "soft")
                    .set("x", 4)
                    .set("y", TOP + AREA / 2.0)
                    .text("no measurements");
            }
        }
        Picture {
            title: self.title.clone(),
            description: self.description(),
            class: "plot series",
            width: WIDTH,
            height: HEIGHT,
            margin: true,
            stretches: true,
            data,
            body: writer.finish(),
        }
    }

    fn all_points(&self) -> impl Iterator<Item = PlotPoint> {
        self.points.iter().copied().chain(self.judged.map(|(point, _)| point)).filter(|point| point.value.is_finite())
    }

    fn shown(&self, axes: &Axes) -> (f64, &str) {
        shown_unit(axes.values.low.abs().max(axes.values.high.abs()), &self.unit)
    }

    /// The ticks of both axes.
    fn frame(&self, axes: &Axes, writer: &mut Writer) {
        let (size, unit) = self.shown(axes);
        unit_label(unit, 12.0, writer);
        // One path for all lines: a page of thousands of plots has fewer elements to read.
        let ticks: Vec<(f64, f64)> = axes.values.ticks(4).into_iter().map(|tick| (tick, axes.pixel(tick))).collect();
        let lines: String = ticks.iter().map(|(_, y)| format!("M0 {y:.1}h9999")).collect();
        writer.element("path").set("class", "grid").set("d", lines).empty();
        for (tick, y) in ticks {
            let text = writer.element("text").set("class", "end soft").set("x", -6).set("y", format!("{:.1}", y + 4.0));
            text.text(&significant(tick / size));
        }
        for (at, words) in days::ticks(axes.first, axes.last, 4) {
            let across = axes.across(at);
            let class = if across < 0.1 {
                "tick soft"
            } else if across > 0.9 {
                "tick soft end"
            } else {
                "tick soft middle"
            };
            let text = writer.element("text").set("class", class).set("x", percentage(across));
            text.set("y", HEIGHT - 6).text(&words);
        }
    }

    /// What is stretched and zoomed: everything that has a time.
    fn area(&self, axes: &Axes, writer: &mut Writer) {
        let area = writer.element("svg").set("class", "area").set("y", TOP).set("width", "100%").set("height", AREA);
        let area = area.set("viewBox", format!("0 0 {GRID} {GRID}")).set("preserveAspectRatio", "none");
        area.with(|writer| {
            for stretch in &self.stretches {
                let Some((low, high)) = stretch.band else { continue };
                let (left, top) = (axes.x(stretch.from), axes.y(high));
                let band = writer.element("rect").set("class", "band").set("x", left).set("y", top);
                band.set("width", (axes.x(stretch.to) - left).max(1.0))
                    .set("height", (axes.y(low) - top).max(1.0))
                    .empty();
            }
            let path = |writer: &mut Writer, class: &str, d: String| {
                if !d.is_empty() {
                    writer.element("path").set("class", class).set("d", d).empty();
                }
            };
            for line in self.lines.iter().filter(|line| line.value.is_finite()) {
                path(writer, "threshold", format!("M0 {}h{GRID}", axes.y(line.value)));
            }
            for mark in &self.marks {
                path(writer, mark.sign.class("mark"), format!("M{} 0v{GRID}", axes.x(mark.at)));
            }
            path(writer, "dots", self.dots(axes));
            let level = |stretch: &Stretch| {
                format!("M{} {}H{}", axes.x(stretch.from), axes.y(stretch.level), axes.x(stretch.to))
            };
            path(writer, "level", self.stretches.iter().map(level).collect());
            if let Some((point, sign)) = self.judged {
                path(writer, sign.class("judged"), format!("M{} {}z", axes.x(point.at), axes.y(point.value)));
            }
        });
    }

    /// One dot a measurement: a point that is closed at once, which round caps make a dot. Relative places are short.
    fn dots(&self, axes: &Axes) -> String {
        let (mut d, mut x, mut y) = (String::with_capacity(self.points.len() * 9), 0.0, 0.0);
        for point in self.points.iter().filter(|point| point.value.is_finite()) {
            let (right, down) = (axes.x(point.at), axes.y(point.value));
            let gap = if down < y { "" } else { " " };
            write!(d, "m{}{gap}{}z", right - x, down - y).expect("internal error: a string accepts every text");
            (x, y) = (right, down);
        }
        d
    }

    fn description(&self) -> String {
        let finite = || self.points.iter().map(|point| point.value).filter(|value| value.is_finite());
        let count = finite().count();
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return "No measurements.".to_owned();
        };
        let low = quantity(finite().fold(f64::INFINITY, f64::min), &self.unit);
        let high = quantity(finite().fold(f64::NEG_INFINITY, f64::max), &self.unit);
        let from =
            format!("{} from {} to {}", plural(count, "measurement", "measurements"), date(first.at), date(last.at));
        let mut sentences = vec![format!("{from}, between {low} and {high}.")];
        sentences.extend(self.marks.iter().map(|mark| format!("{}: {}.", date(mark.at), mark.words)));
        sentences
            .extend(self.lines.iter().map(|line| format!("{}: {}.", line.words, quantity(line.value, &self.unit))));
        if let Some((point, _)) = self.judged {
            sentences.push(format!("Judged: {}.", quantity(point.value, &self.unit)));
        }
        sentences.join(" ")
    }
}

impl Sign {
    /// Classes of an element: its own, and which way it went.
    pub(super) fn class(self, own: &'static str) -> &'static str {
        match (own, self) {
            ("mark", Self::Worse) => "mark worse",
            ("mark", Self::Better) => "mark better",
            ("judged", Self::Worse) => "judged worse",
            ("judged", Self::Better) => "judged better",
            (_, Self::Worse) => "worse-text",
            (_, Self::Better) => "better-text",
            (_, Self::Neither) => own,
        }
    }
}

/// The unit of an axis in the margin, above its ticks: once, and where it has room.
pub(super) fn unit_label(unit: &str, y: f64, writer: &mut Writer) {
    writer.element("text").set("class", "soft").set("x", -58).set("y", y).text(&shorten(unit, 10));
}

/// Ascending numbers as ranges: `0-120 122-399`.
fn ranges(numbers: &[usize]) -> String {
    let follows = |first: &usize, second: &usize| *second == first + 1;
    let range = |chunk: &[usize]| match chunk {
        [first, .., last] => format!("{first}-{last}"),
        _ => chunk.iter().map(ToString::to_string).collect(),
    };
    numbers.chunk_by(follows).map(range).collect::<Vec<_>>().join(" ")
}

/// A place as a share of the width: plots stretch.
pub(super) fn percentage(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}
