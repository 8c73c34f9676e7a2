//! A value for each row and column, such as model and hardware, as a map of cells.
//!
//! For: seeing where a metric is high or low. Not for: comparing close values; their text does that.
//! Invariant: each cell holds its value as text, the shade only supports it; a cell without a value is drawn empty.

use super::picture::Picture;
use super::scale::Scale;
use super::writer::Writer;
use crate::text::escape::shorten;
use crate::text::{plural, quantity};

/// Pixels: of the row labels, of one cell, and of the column labels.
const LABELS: u32 = 190;
const CELL: (u32, u32) = (104, 28);
const HEAD: u32 = 24;

/// Shades, lowest first; the style sheet has as many.
const SHADES: [&str; 5] = ["h0", "h1", "h2", "h3", "h4"];

/// A map to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatMap {
    /// What is shown.
    pub title: String,
    /// Canonical unit of every value.
    pub unit: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows: a name and a value for each column; `None` where there is none.
    pub rows: Vec<(String, Vec<Option<f64>>)>,
}

impl HeatMap {
    /// Draws it.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let values = || self.rows.iter().flat_map(|(_, values)| values.iter().copied().flatten());
        let scale = Scale::around(values());
        let mut writer = Writer::default();
        let left = |column: u32| LABELS + column * CELL.0;
        for (column, name) in (0_u32..).zip(&self.columns) {
            let text = writer.element("text").set("class", "middle soft").set("x", left(column) + CELL.0 / 2);
            text.set("y", HEAD - 8).text(&shorten(name, 14));
        }
        for (row, (name, values)) in (0_u32..).zip(&self.rows) {
            let top = HEAD + row * CELL.1;
            let text = writer.element("text").set("class", "end").set("x", LABELS - 8).set("y", top + 18);
            text.text(&shorten(name, 30));
            for (column, value) in (0_u32..).zip(values) {
                let value = value.filter(|value| value.is_finite());
                let shade = value.map_or("absent", |value| shade(scale.place(value)));
                let rect = writer.element("rect").set("class", shade).set("x", left(column) + 1).set("y", top + 1);
                rect.set("width", CELL.0 - 2).set("height", CELL.1 - 2).set("rx", 2).empty();
                let text = writer.element("text").set("class", "middle").set("x", left(column) + CELL.0 / 2);
                let words = value.map_or_else(|| "–".to_owned(), |value| quantity(value, &self.unit));
                text.set("y", top + 18).text(&words);
            }
        }
        let size = |length: usize, each: u32| u32::try_from(length).unwrap_or(u32::MAX).min(5000) * each;
        let (rows, columns) = (plural(self.rows.len(), "row", "rows"), plural(self.columns.len(), "column", "columns"));
        Picture {
            title: self.title.clone(),
            description: format!("{rows}, {columns}; {}.", plural(values().count(), "value", "values")),
            class: "plot heat-map",
            width: LABELS + size(self.columns.len(), CELL.0),
            height: HEAD + size(self.rows.len(), CELL.1),
            margin: false,
            stretches: false,
            data: Vec::new(),
            body: writer.finish(),
        }
    }
}

/// The shade at a place from 0 to 1.
fn shade(place: f64) -> &'static str {
    let borders = [0.2, 0.4, 0.6, 0.8];
    SHADES[borders.iter().filter(|border| place >= **border).count()]
}
