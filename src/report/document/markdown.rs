//! A report of tables as GitHub Markdown.
//!
//! For: job summaries and pages of a repository. Not for: comments, which have a budget.
//! Invariant: no cell changes the structure around it.

use super::content::{Document, Section};
use crate::text::escape;

/// Longest text of a cell, in characters; a longer one is shortened in the middle.
const CELL: usize = 200;

/// The document with a final newline.
#[must_use]
pub fn document_markdown(document: &Document) -> String {
    let mut blocks = vec![format!("## {}", shown(&document.title))];
    blocks.extend(document.notes.iter().map(|note| shown(note)));
    for section in document.sections.iter().filter(|section| section.is_shown()) {
        blocks.push(format!("### {}", shown(&section.heading)));
        blocks.extend(section.sentence().map(shown));
        blocks.extend((!section.rows.is_empty()).then(|| table(section)));
    }
    format!("{}\n", blocks.join("\n\n"))
}

fn table(section: &Section) -> String {
    let titles: Vec<(usize, &str, bool)> = section.titles().collect();
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let borders = titles.iter().map(|(_, _, is_number)| if *is_number { "--:" } else { ":--" }.to_owned());
    let mut lines = vec![line(titles.iter().map(|(_, title, _)| shown(title)).collect()), line(borders.collect())];
    lines.extend(
        section.rows.iter().map(|row| line(titles.iter().map(|(index, _, _)| shown(&row[*index].words)).collect())),
    );
    lines.join("\n")
}

fn shown(text: &str) -> String {
    escape::markdown(&escape::shorten(text, CELL))
}
