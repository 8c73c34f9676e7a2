//! How values are spread, one strip a group: past runs beside the one that is judged, for example.
//!
//! For: seeing spread, outliers and several modes. Not for: order in time.
//! Invariant: every value is a dot of its own up to a limit, beyond which the counts of equal steps are drawn.

use super::picture::Picture;
use super::scale::Scale;
use super::series_plot::percentage;
use super::writer::Writer;
use crate::text::escape::shorten;
use crate::text::number::{shown_unit, significant};
use crate::text::{plural, quantity};

/// Pixels of a strip: whole, and of its label.
const ROW: u32 = 58;
const LABEL: u32 = 14;
const DEPTH: u32 = 32;

/// More values than these are drawn as counts, in this many steps.
const DOTS: usize = 300;
const STEPS: usize = 60;

/// A distribution to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// What is shown.
    pub title: String,
    /// Canonical unit of every value.
    pub unit: String,
    /// The groups, top to bottom.
    pub strips: Vec<Strip>,
}

/// One group of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// What they are.
    pub label: String,
    /// The values, in any order.
    pub values: Vec<f64>,
}

impl Distribution {
    /// Draws it.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let scale = Scale::around(self.strips.iter().flat_map(|strip| strip.values.iter().copied()));
        let mut writer = Writer::default();
        let rows = u32::try_from(self.strips.len()).unwrap_or(0).min(1000);
        let bottom = rows * ROW;
        let (size, unit) = shown_unit(scale.low.abs().max(scale.high.abs()), &self.unit);
        let ticks = scale.ticks(5);
        for (index, tick) in ticks.iter().enumerate() {
            let x = percentage(scale.place(*tick));
            let line = writer.element("line").set("class", "grid").set("x1", &x).set("x2", &x);
            line.set("y1", 0).set("y2", bottom).empty();
            let words = significant(tick / size);
            let words = if index + 1 == ticks.len() { format!("{words} {unit}") } else { words };
            let place = scale.place(*tick);
            let class = if place > 0.93 {
                "end soft"
            } else if place < 0.05 {
                "soft"
            } else {
                "middle soft"
            };
            writer.element("text").set("class", class).set("x", x).set("y", bottom + 16).text(words.trim());
        }
        for (row, strip) in (0_u32..).zip(&self.strips) {
            self.strip(strip, row * ROW, &scale, &mut writer);
        }
        let sentences: Vec<String> = self.strips.iter().map(|strip| self.words(strip)).collect();
        Picture {
            title: self.title.clone(),
            description: sentences.join("; "),
            class: "plot distribution",
            width: 640,
            height: bottom + 24,
            margin: false,
            stretches: true,
            data: Vec::new(),
            body: writer.finish(),
        }
    }

    fn words(&self, strip: &Strip) -> String {
        let count = plural(strip.values.len(), "value", "values");
        let median =
            median(&strip.values).map_or(String::new(), |median| format!(", median {}", quantity(median, &self.unit)));
        format!("{}: {count}{median}", shorten(&strip.label, 60))
    }

    fn strip(&self, strip: &Strip, top: u32, scale: &Scale, writer: &mut Writer) {
        writer.element("text").set("x", 0).set("y", top + LABEL - 2).text(&self.words(strip));
        let finite: Vec<f64> = strip.values.iter().copied().filter(|value| value.is_finite()).collect();
        if finite.len() <= DOTS {
            for (value, lane) in finite.iter().zip((0..5_u32).cycle()) {
                // Five lanes by turns, so that equal values do not hide each other.
                let dot = writer.element("circle").set("class", "sample").set("cx", percentage(scale.place(*value)));
                dot.set("cy", top + LABEL + 6 + 5 * lane).set("r", 3).empty();
            }
        } else {
            histogram(&finite, top, scale, writer);
        }
        if let Some(median) = median(&finite) {
            let x = percentage(scale.place(median));
            let line = writer.element("line").set("class", "whisker").set("x1", &x).set("x2", &x);
            line.set("y1", top + LABEL).set("y2", top + LABEL + DEPTH).empty();
        }
    }
}

fn histogram(values: &[f64], top: u32, scale: &Scale, writer: &mut Writer) {
    let width = 1.0 / STEPS as f64;
    let counts: Vec<usize> = (0..STEPS)
        .map(|step| {
            let (from, to) = (step as f64 * width, (step + 1) as f64 * width);
            values.iter().filter(|value| (from..to).contains(&scale.place(**value))).count()
        })
        .collect();
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    for (step, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = f64::from(DEPTH) * *count as f64 / most as f64;
        let rect = writer.element("rect").set("class", "bar").set("x", percentage(step as f64 * width));
        let rect = rect.set("y", format!("{:.1}", f64::from(top + LABEL + DEPTH) - height));
        rect.set("width", percentage(width)).set("height", format!("{height:.1}")).empty();
    }
}

/// The middle of the values; report may not import the statistics, and a picture needs no more than this.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(low / 2.0 + high / 2.0)
}
