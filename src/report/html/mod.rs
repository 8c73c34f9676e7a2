//! Pages: one HTML file each, which opens from an artifact with no network.
//!
//! For: putting sections, tables and plots together into a page that reads well on a phone, on paper, in the dark, by
//! keyboard and aloud. Not for: what is worth showing. Invariant: a template escapes every text by
//! [`escape::markup`](crate::text::escape::markup); `|safe` is written for the output of another template, for a
//! [`Picture`](super::svg::Picture) and for the page's own style and script, and for nothing else. The page's
//! content-security-policy allows that style and that script by their hashes, and no other. Without the script everything
//! can be read; it adds sorting, a filter, values under the pointer and zoom. A page with a [`Site`] is answered by a server:
//! it may ask that server, and nobody else, for its forms and for what is new.
//!
//! A new page is put together from values, without any markup of its own:
//!
//! ```
//! use benchgate::report::html::{Block, Cell, Column, Page, Section, Table};
//!
//! let mut table = Table::new("results", "Results of run 17", vec![Column::text("Model"), Column::number("Latency")]);
//! table.filter_as("results");
//! table.push(vec![Cell::text("bert"), Cell::number("12.3 ms", 12.3)]);
//! table.push(vec![Cell::text("llama <b>"), Cell::missing("not measured")]);
//! let section = Section::new("results-section", "Results").lead("Medians of all samples.").with(Block::Table(table));
//! let page = Page::new("Performance", "2 results of branch main.").with(section).html();
//! assert!(page.contains("llama &lt;b&gt;") && page.starts_with("<!doctype html>"));
//! ```
//!
//! Ids are the program's own words or ids of series; names never become ids. A picture is shown by [`Figure`], with its values
//! as a table; many things of one kind that are looked at one by one are [`Fold`]s.
//!
//! - [`Page`], [`Section`]: the frame
//! - [`Block`], [`Figure`], [`Fold`]: what stands in a section
//! - [`Site`], [`Link`], [`Form`], [`Field`], [`address()`]: what a server's pages have beside that
//! - [`Table`], [`Column`], [`Cell`]: tables that can be sorted

mod block;
mod escaper;
mod page;
mod site;
mod table;

#[cfg(test)]
mod tests;

pub use block::{Block, Figure, Fold};
pub use escaper::Markup;
pub use page::{LIVE_POLICY, Page, Section};
pub use site::{Field, Form, Link, Site, address};
pub use table::{Cell, Column, Table};
