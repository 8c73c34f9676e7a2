//! Why a file is taken for what it is.
//!
//! For: `ingest --explain`. Not for: reading (see [`super::detect`]), from whose table it answers.
//! Invariant: the format that is named is the one that reading would take.

use std::io::{Read, Seek};

use super::detect::{self, DOCUMENTS, ReadOptions};
use super::error::ReadError;
use super::format::{Format, Recognised};
use super::json::Json;
use super::legacy::shapes::shapes;
use super::mapping;
use super::mapping::explain::Field;
use super::mapping::shape::Shape;
use super::output::Sink;
use super::text;

/// Why a file is taken for what it is, or what would make it readable.
#[derive(Clone, Debug)]
pub struct Why {
    /// What it is, if it is anything.
    pub recognised: Result<Recognised, String>,
    /// What was looked for and found.
    pub marks: Option<String>,
    /// Other formats that fit too, and come later.
    pub others: Vec<&'static str>,
    /// Where the facts come from, for a mapping.
    pub fields: Vec<Field>,
    /// A mapping to begin with, for a document that no format fits.
    pub proposal: Option<String>,
}

/// Reads a file as [`detect::read`] does and says why it is what it is.
///
/// # Errors
/// [`ReadError`] where the file is malformed or cannot be read; one that holds nothing is an answer.
pub fn explain<R: Read + Seek>(
    mut input: R,
    file_name: &str,
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<Why, ReadError> {
    let recognised = match detect::read(&mut input, file_name, options, sink) {
        Ok(recognised) => Ok(recognised),
        Err(ReadError::Skipped(reason)) => Err(reason),
        Err(error) => return Err(error),
    };
    let mut why = Why { recognised, marks: None, others: Vec::new(), fields: Vec::new(), proposal: None };
    input.rewind()?;
    let Some(json) = document(input, options)? else { return Ok(why) };
    let format = why.recognised.as_ref().ok().map(|recognised| recognised.format);
    why.marks = DOCUMENTS.iter().find(|one| Some(one.format) == format).map(|one| one.marks.to_owned());
    why.others = DOCUMENTS
        .iter()
        .filter(|one| Some(one.format) != format && (one.matches)(&json))
        .map(|one| one.format.name())
        .collect();
    let shape = match format {
        Some(Format::Mapping) => options.mappings.find(&json),
        Some(Format::Legacy) | None => mapping::read::find(shapes(), &json),
        Some(_) => None,
    };
    if let Some(shape) = shape {
        why.marks = Some(marks(shape));
        why.fields = mapping::explain::fields(shape, &json);
    } else if format.is_none() {
        why.proposal = mapping::propose::propose(&json);
    }
    Ok(why)
}

/// The document, a table as its rows, unless the file is too large to be held or neither.
fn document<R: Read>(input: R, options: &ReadOptions) -> Result<Option<Json>, ReadError> {
    let mut bytes = Vec::new();
    input.take(options.limits.max_bytes).read_to_end(&mut bytes)?;
    let text = text::decode(&bytes)?;
    Ok(detect::parse(text, options.limits.max_depth).ok().or_else(|| mapping::table::rows(text)))
}

fn marks(shape: &Shape) -> String {
    let marks: Vec<String> = shape.when.iter().map(|one| format!("`{}`", one.path())).collect();
    marks.join(", ")
}
