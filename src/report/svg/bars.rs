//! Values compared, as horizontal bars with intervals.
//!
//! For: one model over hardware, models on one hardware. Not for: values over time.
//! Invariant: bars begin at zero, so that lengths compare as values do; what was not measured has words instead of a bar.

use super::picture::Picture;
use super::scale::Scale;
use super::series_plot::percentage;
use super::writer::Writer;
use crate::text::escape::shorten;
use crate::text::{plural, quantity};

/// Pixels of one bar with its label, and of the bar alone.
const ROW: u32 = 38;
const THICKNESS: u32 = 14;

/// Bars to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// What is compared.
    pub title: String,
    /// Canonical unit of every value.
    pub unit: String,
    /// The bars, top to bottom.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// Its value; `None` where there is none.
    pub value: Option<f64>,
    /// Low and high end of its interval.
    pub interval: Option<(f64, f64)>,
    /// What is added to the value in words, such as `12 runs`; what is said where there is none.
    pub note: String,
}

impl Bars {
    /// Draws them.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let ends = self.bars.iter().flat_map(|bar| {
            let (low, high) = bar.interval.unzip();
            [bar.value, low, high].into_iter().flatten()
        });
        let scale = Scale::from_zero(ends);
        let mut writer = Writer::default();
        for (row, bar) in (0_u32..).zip(&self.bars) {
            self.bar(bar, row * ROW, &scale, &mut writer);
        }
        let measured = self.bars.iter().filter(|bar| bar.value.is_some()).count();
        Picture {
            title: self.title.clone(),
            description: format!("{} of {} measured.", measured, plural(self.bars.len(), "bar", "bars")),
            class: "plot bars",
            width: 640,
            height: (u32::try_from(self.bars.len()).unwrap_or(u32::MAX / ROW).max(1) * ROW).min(200_000),
            margin: false,
            stretches: true,
            data: Vec::new(),
            body: writer.finish(),
        }
    }

    fn bar(&self, bar: &Bar, top: u32, scale: &Scale, writer: &mut Writer) {
        let value = bar.value.filter(|value| value.is_finite());
        writer.element("text").set("x", 0).set("y", top + 13).text(&shorten(&bar.label, 60));
        let words = value.map_or_else(|| "not measured".to_owned(), |value| quantity(value, &self.unit));
        let words = if bar.note.is_empty() { words } else { format!("{words} ({})", bar.note) };
        writer.element("text").set("class", "end soft").set("x", "100%").set("y", top + 13).text(&words);
        let Some(value) = value else { return };
        let (zero, end) = (scale.place(0.0), scale.place(value));
        let rect = writer.element("rect").set("class", "bar").set("x", percentage(zero.min(end))).set("y", top + 18);
        rect.set("width", percentage((end - zero).abs())).set("height", THICKNESS).empty();
        let Some((low, high)) = bar.interval else { return };
        let (low, high, middle) =
            (percentage(scale.place(low)), percentage(scale.place(high)), top + 18 + THICKNESS / 2);
        for (from, to, above, below) in [
            (&low, &high, middle, middle),
            (&low, &low, middle - 4, middle + 4),
            (&high, &high, middle - 4, middle + 4),
        ] {
            let line = writer.element("line").set("class", "whisker").set("x1", from).set("x2", to);
            line.set("y1", above).set("y2", below).empty();
        }
    }
}
