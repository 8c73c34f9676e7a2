//! What stands in a section: sentences, lists, tables, figures, and things that are folded.
//!
//! For: composing a page. Not for: the frame around it.
//! Invariant: a figure has a caption, and its values stand below it as a table, or the page's script writes that table from
//! the picture's own dots.

use askama::Template;

use super::page::rendered;
use super::site::Link;
use super::table::Table;
use crate::report::svg::Picture;

/// A part of a section.
#[derive(Clone, Debug)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A list.
    List(Vec<String>),
    /// Ways to other pages, in a row.
    Links(Vec<Link>),
    /// Lines of text that keep their blanks, such as arithmetic.
    Lines(String),
    /// A table.
    Table(Table),
    /// A picture.
    Figure(Figure),
    /// Something folded.
    Fold(Fold),
}

/// A picture with what belongs to it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The picture.
    pub picture: Picture,
    /// What it shows and how to read it.
    pub caption: String,
    /// Its values; `None` for a [`SeriesPlot`](crate::report::svg::SeriesPlot) on a page of very many, whose values the
    /// script writes when asked to.
    pub values: Option<Table>,
}

/// Something of which only the heading is shown until it is opened.
#[derive(Clone, Debug)]
pub struct Fold {
    /// Its id, to link to: of the program's own making.
    pub id: String,
    /// What it is.
    pub heading: String,
    /// What is to be said of it in a few words, beside the heading.
    pub note: String,
    /// The noun, in the plural, by which the page's filter counts it; `None` where it is not filtered.
    pub filter: Option<&'static str>,
    /// Whether it is open at first.
    pub is_open: bool,
    /// Its content.
    pub blocks: Vec<Block>,
}

#[derive(Template)]
#[template(path = "blocks.html")]
pub(super) struct Blocks<'a> {
    pub(super) blocks: &'a [Block],
}

impl Fold {
    fn body(&self) -> String {
        rendered(&Blocks { blocks: &self.blocks })
    }
}
