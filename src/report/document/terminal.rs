//! A report of tables for a terminal or a text file.
//!
//! For: people at a terminal. Not for: programs.
//! Invariant: no text can move the cursor or begin a line of its own.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

use super::content::{Document, Section};
use crate::text::{escape, wrap};

/// Longest text of a cell, in characters; a longer one is shortened in the middle.
const CELL: usize = 200;

/// The document with a final newline, wrapped to a width where there is one.
#[must_use]
pub fn document_text(document: &Document, width: Option<u16>) -> String {
    let mut blocks = vec![shown(&document.title).to_uppercase()];
    let notes: Vec<String> = document.notes.iter().map(|note| wrap(&shown(note), width, 0)).collect();
    if !notes.is_empty() {
        blocks.push(notes.join("\n"));
    }
    for section in document.sections.iter().filter(|section| section.is_shown()) {
        let mut lines = vec![shown(&section.heading)];
        lines.extend(section.sentence().map(|sentence| wrap(&format!("  {}", shown(sentence)), width, 2)));
        lines.extend((!section.rows.is_empty()).then(|| table(section, width)));
        blocks.push(lines.join("\n"));
    }
    format!("{}\n", blocks.join("\n\n"))
}

fn table(section: &Section, width: Option<u16>) -> String {
    let mut layout = Table::new();
    layout.load_style(NOTHING).force_no_tty();
    match width {
        Some(width) => layout.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
        None => layout.set_content_arrangement(ContentArrangement::Disabled),
    };
    let titles: Vec<(usize, &str, bool)> = section.titles().collect();
    let cell = |text: &str, is_number: bool| {
        let alignment = if is_number { CellAlignment::Right } else { CellAlignment::Left };
        Cell::new(shown(text)).set_alignment(alignment)
    };
    layout.set_header(titles.iter().map(|(_, title, is_number)| cell(title, *is_number)));
    for row in &section.rows {
        layout.add_row(titles.iter().map(|(index, _, is_number)| cell(&row[*index].words, *is_number)));
    }
    layout.lines().map(|line| format!(" {}", line.trim_end())).collect::<Vec<_>>().join("\n")
}

fn shown(text: &str) -> String {
    escape::terminal(&escape::shorten(text, CELL))
}
