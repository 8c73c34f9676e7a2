//! Tables that can be read aloud and sorted.
//!
//! For: rows of cells under named columns. Not for: choosing rows.
//! Invariant: the first cell of a row is its heading; a cell without a value says so in words and is sorted last.

use askama::Template;

use super::page::rendered;
use super::site::local;
use crate::report::svg::{Picture, Sign};

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    id: String,
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    filter: Option<&'static str>,
    is_narrow: bool,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    name: String,
    /// How it is sorted; empty where it is not.
    sort: &'static str,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    /// A second, quieter line.
    note: String,
    /// Where it leads: `#` and an id, a page of the same server, or an `https` address.
    target: String,
    picture: Option<Picture>,
    /// By what it is sorted in a column of numbers.
    key: Option<f64>,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "table.html")]
struct Markup<'a> {
    table: &'a Table,
}

impl Table {
    /// A table without rows; `id` is of the program's own making.
    #[must_use]
    pub fn new(id: impl Into<String>, caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { id: id.into(), caption: caption.into(), columns, rows: Vec::new(), filter: None, is_narrow: false }
    }

    /// As wide as its content: for tables of few short columns.
    #[must_use]
    pub fn narrow(mut self) -> Self {
        self.is_narrow = true;
        self
    }

    /// Adds a row; its first cell is its heading.
    pub fn push(&mut self, mut row: Vec<Cell>) {
        for (cell, _) in row.iter_mut().zip(&self.columns).filter(|(_, column)| column.sort == "number") {
            // What is missing among numbers stands where they stand.
            cell.class = if cell.class == "missing" { "number missing" } else { cell.class };
        }
        self.rows.push(row);
    }

    /// Lets the page's filter hide rows, and count them by this noun, in the plural.
    pub fn filter_as(&mut self, noun: &'static str) {
        self.filter = Some(noun);
    }

    pub(super) fn html(&self) -> String {
        rendered(&Markup { table: self })
    }
}

impl Column {
    /// Texts, sorted by the alphabet.
    #[must_use]
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), sort: "text" }
    }

    /// Numbers, to the right, sorted by their keys.
    #[must_use]
    pub fn number(name: impl Into<String>) -> Self {
        Self { name: name.into(), sort: "number" }
    }

    /// What has no order, such as pictures.
    #[must_use]
    pub fn unsorted(name: impl Into<String>) -> Self {
        Self { name: name.into(), sort: "" }
    }

    fn class(&self) -> &'static str {
        if self.sort == "number" { "number" } else { "" }
    }
}

impl Cell {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let (note, target) = (String::new(), String::new());
        Self { text: text.into(), note, target, picture: None, key: None, class: "" }
    }

    /// A number with its unit, as people read it, and the number that it is sorted by.
    #[must_use]
    pub fn number(text: impl Into<String>, key: f64) -> Self {
        Self { key: Some(key).filter(|key| key.is_finite()), class: "number", ..Self::text(text) }
    }

    /// No value: why, in a word or two.
    #[must_use]
    pub fn missing(why: impl Into<String>) -> Self {
        Self { class: "missing", ..Self::text(why) }
    }

    /// A picture, such as a sparkline; its title says what it shows.
    #[must_use]
    pub fn picture(picture: Picture) -> Self {
        Self { picture: Some(picture), ..Self::text("") }
    }

    /// With a second, quieter line.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Leading to an id of the page, written `#id`, to a page of the same server, or to an `https` address; any other
    /// address is not linked.
    #[must_use]
    pub fn link(mut self, target: impl Into<String>) -> Self {
        let target = target.into();
        let is_fit = target.starts_with('#') || target.starts_with("https://");
        self.target = if is_fit { target } else { local(target) };
        self
    }

    /// Coloured as worse or better; the text must say it too.
    #[must_use]
    pub fn sign(mut self, sign: Sign) -> Self {
        self.class = match sign {
            Sign::Worse => "number worse",
            Sign::Better => "number better",
            Sign::Neither => self.class,
        };
        self
    }
}
