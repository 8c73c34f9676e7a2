//! A series as a thin line, for a cell of a table or a README.
//!
//! For: seeing at a glance whether a value left its history. Not for: reading values off it.
//! Invariant: a missing value interrupts the line; a series whose range is small against its size looks flat.

use super::picture::Picture;
use super::scale::Scale;
use super::writer::Writer;
use crate::text::quantity;

const WIDTH: u32 = 96;
const HEIGHT: u32 = 20;

/// A series to draw small.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparkline {
    /// The series' name.
    pub title: String,
    /// Canonical unit of every value.
    pub unit: String,
    /// Values, oldest first; `None` where one is missing.
    pub values: Vec<Option<f64>>,
}

impl Sparkline {
    /// Draws it.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let finite = || self.values.iter().copied().flatten().filter(|value| value.is_finite());
        let scale = Scale::around(finite());
        let steps = self.values.len().saturating_sub(1).max(1) as f64;
        let place = |index: usize, value: f64| {
            let x = if self.values.len() > 1 { 3.0 + 90.0 * index as f64 / steps } else { f64::from(WIDTH) / 2.0 };
            (x.round(), (17.0 - 14.0 * scale.place(value)).round())
        };
        let (mut d, mut last, mut is_open) = (String::new(), None, false);
        for (index, value) in self.values.iter().enumerate() {
            let Some(value) = value.filter(|value| value.is_finite()) else {
                is_open = false;
                continue;
            };
            let (x, y) = place(index, value);
            d.extend([if is_open { "L" } else { "M" }, &format!("{x} {y}")]);
            (last, is_open) = (Some((x, y)), true);
        }
        let mut writer = Writer::default();
        if let Some((x, y)) = last {
            writer.element("path").set("class", "spark").set("d", d).empty();
            writer.element("circle").set("class", "spark-end").set("cx", x).set("cy", y).set("r", 2).empty();
        }
        let ends = finite().next().zip(finite().next_back());
        let description = ends.map_or("No measurements.".to_owned(), |(first, last)| {
            format!("From {} to {}.", quantity(first, &self.unit), quantity(last, &self.unit))
        });
        Picture {
            title: self.title.clone(),
            description,
            class: "sparkline",
            width: WIDTH,
            height: HEIGHT,
            margin: false,
            stretches: false,
            data: Vec::new(),
            body: writer.finish(),
        }
    }
}
