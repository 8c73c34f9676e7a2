//! A report of tables as a page.
//!
//! For: people with a browser. Not for: the frame (see [`html`](crate::report::html)).
//! Invariant: every row that the other forms have is on the page; ids are counted, never names.

use super::content::{Document, Section, Value};
use crate::model::Cell as Raw;
use crate::report::html::{Block, Cell, Column, Page, Section as Part, Table};
use crate::text::plural;

/// Rows from which on a table can be filtered.
const FILTERED: usize = 8;

/// The document as one HTML file.
#[must_use]
pub fn document_html(document: &Document) -> String {
    let page = Page::new(&document.title, document.notes.join(" "));
    let sections = document.sections.iter().enumerate().filter(|(_, section)| section.is_shown());
    sections.fold(page, |page, (index, section)| page.with(part(index, section))).html()
}

fn part(index: usize, section: &Section) -> Part {
    let id = format!("section-{index}");
    let mut part = Part::new(&id, &section.heading);
    if let Some(sentence) = section.sentence() {
        part = part.lead(sentence);
    }
    for (number, plot) in section.plots.iter().enumerate() {
        part = part.with(plot.figure(&format!("{id}-plot-{number}")));
    }
    if section.rows.is_empty() { part } else { part.with(Block::Table(table(&format!("{id}-table"), section))) }
}

fn table(id: &str, section: &Section) -> Table {
    let titles: Vec<(usize, &str, bool)> = section.titles().collect();
    let column = |(_, title, is_number): &(usize, &str, bool)| {
        if *is_number { Column::number(*title) } else { Column::text(*title) }
    };
    let mut table = Table::new(id, plural(section.rows.len(), "row", "rows"), titles.iter().map(column).collect());
    if section.rows.len() >= FILTERED {
        table.filter_as("rows");
    }
    for row in &section.rows {
        table.push(titles.iter().map(|(index, _, is_number)| cell(&row[*index], *is_number)).collect());
    }
    table
}

fn cell(value: &Value, is_number: bool) -> Cell {
    match &value.raw {
        Raw::Null if value == &Value::missing() => Cell::missing("-"),
        #[expect(clippy::cast_precision_loss, reason = "a key to sort by")]
        Raw::Integer(number) if is_number => Cell::number(&value.words, *number as f64),
        Raw::Float(number) if is_number => Cell::number(&value.words, *number),
        // Stands where numbers stand, and has no place among them.
        _ if is_number => Cell::number(&value.words, f64::NAN),
        _ => Cell::text(&value.words),
    }
}
