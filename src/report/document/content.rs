//! The content of a report that is made of tables.
//!
//! For: saying once what a table holds, for people and for programs. Not for: any layout.
//! Invariant: a row has one value a column; a value that programs read is as exact as it was stored, and missing is
//! null, never zero.

use jiff::Timestamp;

use super::plot::Plot;
use crate::model::{Cell, Table};
use crate::text::{grouped, number, percent, plural, quantity, time};

/// A report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// One word for programs: `performance`, `hardware`, ...
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// What was looked at, and what is to be known of it: a sentence each.
    pub notes: Vec<String>,
    /// Its tables.
    pub sections: Vec<Section>,
}

/// A table with its heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// The table's name for programs; sections of one name are one table.
    pub name: &'static str,
    /// The heading.
    pub heading: String,
    /// What to know before reading it.
    pub lead: Option<String>,
    /// What a page shows beside it.
    pub plots: Vec<Plot>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
    /// What is said where there are no rows; a section without rows and words is left out.
    pub empty: Option<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name for programs; `None` where it only repeats others in words.
    pub name: Option<&'static str>,
    /// Its title for people; `None` where another column shows the same.
    pub title: Option<String>,
    /// Whether it holds numbers, which stand to the right.
    pub is_number: bool,
}

impl Column {
    /// Words, for people and programs.
    #[must_use]
    pub fn words(name: &'static str, title: &str) -> Self {
        Self { name: Some(name), title: Some(title.to_owned()), is_number: false }
    }

    /// Numbers, for people and programs.
    #[must_use]
    pub fn numbers(name: &'static str, title: &str) -> Self {
        Self { is_number: true, ..Self::words(name, title) }
    }

    /// For programs only.
    #[must_use]
    pub fn data(name: &'static str) -> Self {
        Self { name: Some(name), title: None, is_number: false }
    }

    /// For people only.
    #[must_use]
    pub fn shown(title: &str, is_number: bool) -> Self {
        Self { name: None, title: Some(title.to_owned()), is_number }
    }
}

/// A value: exact for programs, in words for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// For programs, and to sort by.
    pub raw: Cell,
    /// For people; not escaped.
    pub words: String,
}

impl Value {
    /// Nothing is known.
    #[must_use]
    pub fn missing() -> Self {
        Self { raw: Cell::Null, words: "-".to_owned() }
    }

    /// A text, or nothing.
    #[must_use]
    pub fn text(text: Option<&str>) -> Self {
        text.map_or_else(Self::missing, |text| Self { raw: Cell::Text(text.to_owned()), words: text.to_owned() })
    }

    /// A count.
    #[must_use]
    pub fn count(count: usize) -> Self {
        let count = i128::try_from(count).unwrap_or(i128::MAX);
        Self { raw: Cell::Integer(count), words: grouped(count) }
    }

    /// A value in a canonical unit, or nothing.
    #[must_use]
    pub fn quantity(value: Option<f64>, unit: &str) -> Self {
        value.map_or_else(Self::missing, |value| Self { raw: Cell::Float(value), words: quantity(value, unit) })
    }

    /// A share, which programs get as a fraction.
    #[must_use]
    pub fn share(part: usize, whole: usize) -> Self {
        if whole == 0 {
            return Self::missing();
        }
        let fraction = part as f64 / whole as f64;
        Self { raw: Cell::Float(fraction), words: percent(fraction) }
    }

    /// A ratio: `2.03x`.
    #[must_use]
    pub fn ratio(ratio: Option<f64>) -> Self {
        ratio.map_or_else(Self::missing, |ratio| Self {
            raw: Cell::Float(ratio),
            words: format!("{}x", number::significant(ratio)),
        })
    }

    /// A day and time in UTC, or nothing.
    #[must_use]
    pub fn moment(moment: Option<Timestamp>) -> Self {
        moment.map_or_else(Self::missing, |moment| Self {
            raw: Cell::Text(moment.to_string()),
            words: time::minute(moment),
        })
    }

    /// Yes or no.
    #[must_use]
    pub fn answer(is_so: bool) -> Self {
        Self { raw: Cell::Bool(is_so), words: if is_so { "yes" } else { "no" }.to_owned() }
    }

    /// A value that is the same for people and programs.
    #[must_use]
    pub fn exact(raw: Cell) -> Self {
        let words = match &raw {
            Cell::Null => return Self::missing(),
            Cell::Bool(is_so) => return Self::answer(*is_so),
            Cell::Integer(number) => number.to_string(),
            // The shortest form that reads back exactly.
            Cell::Float(number) => format!("{number:?}"),
            Cell::Text(text) => text.clone(),
        };
        Self { raw, words }
    }

    /// Words for people only.
    #[must_use]
    pub fn words(words: impl Into<String>) -> Self {
        Self { raw: Cell::Null, words: words.into() }
    }
}

impl Section {
    /// Places and titles of the columns that people see, and whether they hold numbers. A column without a word in any row
    /// is not shown.
    pub(super) fn titles(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        let has_words = |index: usize| self.rows.iter().any(|row| !row[index].words.is_empty());
        let shown = self.columns.iter().enumerate().filter(move |(index, _)| has_words(*index));
        shown.filter_map(|(index, column)| Some((index, column.title.as_deref()?, column.is_number)))
    }

    /// What programs read.
    pub(super) fn table(&self) -> Table {
        let named: Vec<(usize, &str)> =
            self.columns.iter().enumerate().filter_map(|(index, column)| Some((index, column.name?))).collect();
        Table {
            columns: named.iter().map(|(_, name)| (*name).to_owned()).collect(),
            rows: self
                .rows
                .iter()
                .map(|row| named.iter().map(|(index, _)| row[*index].raw.clone()).collect())
                .collect(),
            is_truncated: false,
        }
    }

    /// The sentence above its rows, or the one in their place.
    pub(super) fn sentence(&self) -> Option<&str> {
        if self.rows.is_empty() { self.empty.as_deref() } else { self.lead.as_deref() }
    }

    /// Whether it has anything to say to people.
    pub(super) fn is_shown(&self) -> bool {
        (!self.rows.is_empty() || self.empty.is_some()) && self.columns.iter().any(|column| column.title.is_some())
    }
}

impl Document {
    /// The answer to a query, as a document; its columns are called as the query calls them.
    #[must_use]
    pub fn of_query(answer: &Table) -> Self {
        let is_number = |column: usize| {
            let mut cells = answer.rows.iter().map(|row| &row[column]).filter(|cell| **cell != Cell::Null).peekable();
            cells.peek().is_some() && cells.all(|cell| matches!(cell, Cell::Integer(_) | Cell::Float(_)))
        };
        let columns = answer.columns.iter().enumerate().map(|(index, name)| Column::shown(name, is_number(index)));
        let section = Section {
            name: "rows",
            heading: plural(answer.rows.len(), "row", "rows"),
            lead: answer.is_truncated.then(|| "The limit left out the rest.".to_owned()),
            columns: columns.collect(),
            rows: answer.rows.iter().map(|row| row.iter().cloned().map(Value::exact).collect()).collect(),
            empty: Some("The query has no rows.".to_owned()),
            plots: Vec::new(),
        };
        Self { kind: "query", title: "Query".to_owned(), notes: Vec::new(), sections: vec![section] }
    }

    /// The tables for programs, those of one name as one, in the order of their first section.
    pub(super) fn tables(&self) -> Vec<(&'static str, Table)> {
        let mut tables: Vec<(&'static str, Table)> = Vec::new();
        for section in &self.sections {
            let table = section.table();
            match tables.iter_mut().find(|(name, _)| *name == section.name) {
                Some((_, known)) => known.rows.extend(table.rows),
                None => tables.push((section.name, table)),
            }
        }
        tables
    }
}
