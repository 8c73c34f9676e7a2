//! Rows of a query as a terminal table, CSV, JSON or Markdown.
//!
//! For: answers to SQL, whose text cells are as foreign as any benchmark name. Not for: judgements (see `terminal()`).
//! Invariant: NULL is never mistaken for a text or a zero; no cell changes the structure around it; numbers keep every
//! digit. In CSV and JSON a table that was cut says nothing about it, since there is no place for it: the caller does.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell as Shown, CellAlignment, ContentArrangement, Table as Layout};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::model::{Cell, Table};
use crate::text::{escape, plural};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// For people at a terminal.
    Table,
    /// RFC 4180, lines ended by CR LF. NULL is an empty field, the empty text a quoted one.
    Csv,
    /// An array with one object a row. An integer beyond 2^53, which most readers would round, is a string; a float
    /// that is not finite is the string `NaN`, `inf` or `-inf`; a repeated column name gets `_2`, `_3`, ...
    Json,
    /// As [`Self::Json`], an object a line.
    JsonLines,
    /// A table of GitHub's Markdown.
    Markdown,
}

/// Longest text that a person is shown in a cell; CSV and JSON have no limit.
const CELL_LIMIT: usize = 200;

/// The largest integer up to which every JSON reader that uses doubles is exact: 2^53 - 1.
pub(super) const LARGEST_EXACT: i128 = 9_007_199_254_740_991;

/// Renders a table, with a final newline. `width` is the terminal's, for [`TableFormat::Table`]; `None` does not wrap.
#[must_use]
pub fn render(table: &Table, format: TableFormat, width: Option<u16>) -> String {
    match format {
        TableFormat::Table => terminal_table(table, width),
        TableFormat::Csv => csv(table),
        TableFormat::Json => json(table),
        TableFormat::JsonLines => json_rows(table).map(|row| row + "\n").collect(),
        TableFormat::Markdown => markdown(table),
    }
}

fn terminal_table(table: &Table, width: Option<u16>) -> String {
    let mut layout = Layout::new();
    layout.load_style(UTF8_FULL_CONDENSED).force_no_tty();
    match width {
        Some(width) => layout.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
        None => layout.set_content_arrangement(ContentArrangement::Disabled),
    };
    layout.set_header(table.columns.iter().map(|name| person_text(name)));
    for row in &table.rows {
        layout.add_row(row.iter().map(|cell| {
            let alignment = if is_number(cell) { CellAlignment::Right } else { CellAlignment::Left };
            Shown::new(terminal_cell(cell)).set_alignment(alignment)
        }));
    }
    format!("{layout}\n{}\n", note(table))
}

fn person_text(text: &str) -> String {
    escape::terminal(&escape::shorten(text, CELL_LIMIT))
}

fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Integer(_) | Cell::Float(_))
}

/// A text that reads like NULL, or like nothing, is quoted.
fn terminal_cell(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Text(text) if text.is_empty() || text.eq_ignore_ascii_case("null") => format!("'{text}'"),
        Cell::Text(text) => person_text(text),
        other => plain(other),
    }
}

/// Numbers and booleans as every format writes them.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Bool(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        // The debug form is the shortest that reads back exactly, with an exponent where that is shorter.
        Cell::Float(value) => format!("{value:?}"),
        Cell::Text(text) => text.clone(),
    }
}

fn note(table: &Table) -> String {
    let rows = plural(table.rows.len(), "row", "rows");
    if table.is_truncated { format!("the first {rows}; the limit left out the rest") } else { rows }
}

fn csv(table: &Table) -> String {
    let mut result = String::new();
    let header = table.columns.iter().map(|name| escape::csv(name)).collect();
    push_csv_line(&mut result, header);
    for row in &table.rows {
        push_csv_line(&mut result, row.iter().map(csv_cell).collect());
    }
    result
}

fn push_csv_line(result: &mut String, mut fields: Vec<String>) {
    // A line that would be empty is one that readers skip.
    if fields.len() == 1 && fields[0].is_empty() {
        fields[0] = "\"\"".to_owned();
    }
    result.push_str(&fields.join(","));
    result.push_str("\r\n");
}

fn csv_cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.is_empty() => "\"\"".to_owned(),
        Cell::Text(text) => escape::csv(text),
        other => plain(other),
    }
}

fn json(table: &Table) -> String {
    let rows: Vec<String> = json_rows(table).map(|row| format!("\n  {row}")).collect();
    if rows.is_empty() { "[]\n".to_owned() } else { format!("[{}\n]\n", rows.join(",")) }
}

/// An object for each row.
fn json_rows(table: &Table) -> impl Iterator<Item = String> {
    let names = unique_names(&table.columns);
    table.rows.iter().map(move |row| {
        let object = serde_json::to_string(&RowObject { names: &names, cells: row });
        escape::json(&object.expect("internal error: a row is strings and finite numbers"))
    })
}

fn unique_names(columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut name = column.clone();
        let mut count = 1;
        while names.contains(&name) {
            count += 1;
            name = format!("{column}_{count}");
        }
        names.push(name);
    }
    names
}

/// A row as an object that keeps the order of the columns.
struct RowObject<'a> {
    names: &'a [String],
    cells: &'a [Cell],
}

impl Serialize for RowObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (name, cell) in self.names.iter().zip(self.cells) {
            match cell {
                Cell::Null => map.serialize_entry(name, &())?,
                Cell::Bool(value) => map.serialize_entry(name, value)?,
                Cell::Integer(value) if value.unsigned_abs() <= LARGEST_EXACT.unsigned_abs() => {
                    map.serialize_entry(name, value)?;
                }
                Cell::Float(value) if value.is_finite() => map.serialize_entry(name, value)?,
                Cell::Integer(_) | Cell::Float(_) | Cell::Text(_) => map.serialize_entry(name, &plain(cell))?,
            }
        }
        map.end()
    }
}

fn markdown(table: &Table) -> String {
    let escaped = |text: &str| escape::markdown(&escape::shorten(text, CELL_LIMIT));
    let header: Vec<String> = table.columns.iter().map(|name| escaped(name)).collect();
    // A column is aligned by what it holds; one of NULLs only stays to the left.
    let borders: Vec<&str> = (0..table.columns.len())
        .map(|column| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(column)).filter(|cell| **cell != Cell::Null);
            if cells.clone().next().is_some() && cells.all(is_number) { "---:" } else { "---" }
        })
        .collect();
    let mut lines = vec![format!("| {} |", header.join(" | ")), format!("| {} |", borders.join(" | "))];
    for row in &table.rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match cell {
                Cell::Null => "*NULL*".to_owned(),
                Cell::Text(text) => escaped(text),
                other => plain(other),
            })
            .collect();
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    format!("{}\n\n{}\n", lines.join("\n"), note(table))
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
