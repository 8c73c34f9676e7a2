//! Where a document goes.
//!
//! For: the formats and places that `report` and `rank` have in common. Not for: their content.
//! Invariant: nothing beside the document is printed to standard output.

use std::path::Path;

use super::error::CliError;
use super::folder;
use super::outputs::Outputs;
use super::report_args::{DocumentArgs, PageFormat};
use super::surroundings::{Console, Surroundings};
use crate::report::document::{Document, document_csv, document_html, document_json, document_markdown, document_text};

/// Writes a document where the flags say.
///
/// # Errors
/// [`CliError::File`] or [`CliError::Output`].
pub(super) fn write(
    arguments: &DocumentArgs,
    document: &Document,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let of_name = arguments.output.as_deref().and_then(by_ending);
    let written = match arguments.format.or(of_name).unwrap_or(PageFormat::Text) {
        PageFormat::Text => document_text(document, surroundings.width.filter(|_| arguments.output.is_none())),
        PageFormat::Markdown => document_markdown(document),
        PageFormat::Html => document_html(document),
        PageFormat::Csv => document_csv(document),
        PageFormat::Json => document_json(document),
    };
    match &arguments.output {
        Some(path) => folder::write(path, &written)?,
        None => console.out.write_all(written.as_bytes())?,
    }
    if arguments.summary {
        Outputs::of(surroundings).summarise(&document_markdown(document))?;
    }
    Ok(())
}

fn by_ending(path: &Path) -> Option<PageFormat> {
    match path.extension()?.to_str()? {
        "md" => Some(PageFormat::Markdown),
        "html" => Some(PageFormat::Html),
        "csv" => Some(PageFormat::Csv),
        "json" => Some(PageFormat::Json),
        _ => None,
    }
}
