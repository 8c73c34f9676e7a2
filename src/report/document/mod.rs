//! Reports made of tables: one content, laid out for people and written for programs.
//!
//! For: everything that is a heading, some sentences and tables. Not for: judgements, which have a view of their own.
//! Invariant: all forms of a document come from one content, so they cannot disagree; every foreign text is escaped by
//! the form that knows the medium.
//!
//! - [`content`] - the content
//! - `terminal`, `markdown`, `html` - for people; [`plot`] - what pages show beside a table
//! - `data` - CSV and JSON, for programs

pub mod content;
mod data;
mod html;
mod markdown;
pub mod plot;
mod terminal;
#[cfg(test)]
mod tests;

pub use content::{Column, Document, Section, Value};
pub use data::{DOCUMENT_SCHEMA, document_csv, document_json, document_schema};
pub use html::document_html;
pub use markdown::document_markdown;
pub use plot::Plot;
pub use terminal::document_text;
