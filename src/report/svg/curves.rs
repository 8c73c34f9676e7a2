//! A value over a parameter, one curve a thing: how throughput scales with the batch size, for example.
//!
//! For: few curves of few points. Not for: time (see [`SeriesPlot`](super::SeriesPlot)).
//! Invariant: curves differ by their dashes as well as by colour, and each is named; points are drawn, lines only join.

use super::picture::Picture;
use super::scale::Scale;
use super::series_plot::{percentage, unit_label};
use super::writer::Writer;
use crate::text::escape::shorten;
use crate::text::number::{shown_unit, significant};
use crate::text::plural;

const TOP: f64 = 20.0;
const AREA: f64 = 200.0;
const GRID: f64 = 4000.0;

/// Looks of a curve in the style sheet; further ones begin again.
const LOOKS: [&str; 6] = ["c0", "c1", "c2", "c3", "c4", "c5"];

/// Curves to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// What is shown.
    pub title: String,
    /// What the horizontal axis is.
    pub parameter: String,
    /// Canonical unit of every value.
    pub unit: String,
    /// The curves.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Parameter and value of each point, in ascending order of the parameter.
    pub points: Vec<(f64, f64)>,
}

impl Curves {
    /// Draws them.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let points = || self.curves.iter().flat_map(|curve| curve.points.iter().copied());
        let (xs, ys) = (Scale::around(points().map(|(x, _)| x)), Scale::around(points().map(|(_, y)| y)));
        let mut writer = Writer::default();
        let (size, unit) = shown_unit(ys.low.abs().max(ys.high.abs()), &self.unit);
        unit_label(unit, 10.0, &mut writer);
        for tick in ys.ticks(5) {
            let y = TOP + AREA * (1.0 - ys.place(tick));
            writer.element("path").set("class", "grid").set("d", format!("M0 {y:.1}h9999")).empty();
            let text = writer.element("text").set("class", "end soft").set("x", -6).set("y", format!("{:.1}", y + 4.0));
            text.text(&significant(tick / size));
        }
        for tick in xs.ticks(6) {
            let text = writer.element("text").set("class", "middle soft").set("x", percentage(xs.place(tick)));
            text.set("y", TOP + AREA + 16.0).text(&significant(tick));
        }
        let text = writer.element("text").set("class", "end soft").set("x", "100%").set("y", TOP + AREA + 32.0);
        text.text(&self.parameter);
        let area =
            writer.element("svg").set("y", TOP).set("width", "100%").set("height", AREA).set("overflow", "visible");
        let area = area.set("viewBox", format!("0 0 {GRID} {GRID}")).set("preserveAspectRatio", "none");
        area.with(|writer| {
            for (curve, look) in self.curves.iter().zip(LOOKS.iter().cycle()) {
                let finite = || curve.points.iter().filter(|(x, y)| x.is_finite() && y.is_finite());
                let places = || finite().map(|(x, y)| (GRID * xs.place(*x), GRID * (1.0 - ys.place(*y))));
                let line: String = places().map(|(x, y)| format!("{x:.0} {y:.0} ")).collect();
                let dots: String = places().map(|(x, y)| format!("M{x:.0} {y:.0}z")).collect();
                writer.element("polyline").set("class", format!("curve {look}")).set("points", line.trim()).empty();
                writer.element("path").set("class", "dots").set("d", dots).empty();
            }
        });
        let below = TOP + AREA + 44.0;
        let rows = self.legend(below, &mut writer);
        Picture {
            title: self.title.clone(),
            description: format!("{} over {}.", plural(self.curves.len(), "curve", "curves"), self.parameter),
            class: "plot curves",
            width: 640,
            height: 268 + 18 * rows,
            margin: true,
            stretches: true,
            data: Vec::new(),
            body: writer.finish(),
        }
    }

    /// A row for each curve: a piece of its line, and its name. Answers with the number of rows.
    fn legend(&self, top: f64, writer: &mut Writer) -> u32 {
        let mut rows = 0;
        for (curve, look) in self.curves.iter().zip(LOOKS.iter().cycle()) {
            let y = top + 18.0 * f64::from(rows);
            writer.element("path").set("class", format!("curve {look}")).set("d", format!("M0 {y}h36")).empty();
            writer.element("text").set("x", 44).set("y", y + 4.0).text(&shorten(&curve.name, 80));
            rows += 1;
        }
        rows
    }
}
