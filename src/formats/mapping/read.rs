//! Applying a mapping to a document.
//!
//! For: one document of a known shape, and the documents within it. Not for: single rules (see [`super::results`] and
//! [`super::records`]).
//! Invariant: a run without a name is named by what the document holds, wherever it stands: the same document in a file
//! of its own and within another one is the same run.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::path::Scope;
use super::records::{self, reason};
use super::results;
use super::shape::Shape;
use super::source::Source;
use crate::formats::error::{Malformed, ReadError};
use crate::formats::json::Json;
use crate::formats::node::Node;
use crate::formats::output::Output;
use crate::formats::time as times;
use crate::model::RunDraft;
use crate::model::draft::ERROR;

/// Shapes within shapes that are followed; the old files have two levels.
const DEEPEST: usize = 4;

/// The shape that a document is of: the first that fits.
pub(in crate::formats) fn find<'a>(shapes: &'a [Shape], json: &Json) -> Option<&'a Shape> {
    let document = Scope::of(Node::root(json));
    shapes.iter().find(|shape| shape.matches(&document))
}

/// Passes on what a document holds.
pub(in crate::formats) fn read(
    shapes: &[Shape],
    shape: &Shape,
    json: &Json,
    file_name: &str,
    output: &mut Output<'_>,
) -> Result<(), ReadError> {
    output.set_shape(&shape.name);
    read_at(shapes, shape, Node::root(json), file_name, DEEPEST, output)
}

/// Passes on what one row of a table holds, by the rules of the table's shape. Its run is the caller's.
pub(in crate::formats) fn read_row(shape: &Shape, row: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let document = Scope::of(Node::root(row));
    results::read(shape, &document, output)?;
    records::read(shape, &document, output)
}

fn read_at(
    shapes: &[Shape],
    shape: &Shape,
    node: Node<'_>,
    file_name: &str,
    depth: usize,
    output: &mut Output<'_>,
) -> Result<(), ReadError> {
    if let Some(reason) = &shape.skip {
        return Err(ReadError::Skipped(format!("{reason} ({})", shape.name)));
    }
    let mut document = Scope::of(node);
    document.remember("file", stem(file_name));
    if has_rules(shape) {
        let run = run(shape, &document, file_name)?;
        let has_errors = run.environment.keys().any(|name| name.starts_with(ERROR));
        output.run(run)?;
        if has_errors {
            output.found();
        }
        results::read(shape, &document, output)?;
        records::read(shape, &document, output)?;
    }
    for rule in &shape.contains {
        let inner = shapes.iter().find(|one| one.name == rule.shape).filter(|_| depth > 0);
        for scope in rule.records(&document)? {
            if let Some(inner) = inner {
                read_at(shapes, inner, scope.record, file_name, depth - 1, output)?;
            }
        }
    }
    Ok(())
}

fn has_rules(shape: &Shape) -> bool {
    let Shape { results, compatibility, tests, detections, errors, .. } = shape;
    !(results.is_empty() && compatibility.is_empty() && tests.is_empty() && detections.is_empty() && errors.is_empty())
}

fn run(shape: &Shape, document: &Scope<'_>, file_name: &str) -> Result<RunDraft, Malformed> {
    let (key, commit) = (shape.run.text(document)?, shape.commit.text(document)?);
    let key = key.unwrap_or_else(|| format!("content:{}", document.document.json().digest()));
    Ok(RunDraft {
        key: Some(key),
        suite: shape.suite.text(document)?,
        is_without_origin: commit.is_none(),
        commit,
        branch: shape.branch.text(document)?,
        started_at: time(&shape.time, document)?.or_else(|| times::in_file_name(file_name)),
        environment: environment(shape, document)?,
        ..RunDraft::default()
    })
}

/// Facts of the machine and the tools, and what went wrong in the run as a whole.
fn environment(shape: &Shape, document: &Scope<'_>) -> Result<BTreeMap<String, String>, Malformed> {
    let mut environment = BTreeMap::new();
    for (name, source) in &shape.environment {
        environment.extend(source.scalar(document)?.map(|value| (name.clone(), value)));
    }
    for rule in &shape.errors {
        for scope in rule.records(document)? {
            let part = rule.part.scalar(&scope)?.unwrap_or_default();
            let said = reason(&rule.reason, &scope).unwrap_or_else(|| "the file gives no reason".to_owned());
            environment.insert(format!("{ERROR}{part}"), said);
        }
    }
    Ok(environment)
}

/// A point in time.
pub(super) fn time(source: &Source, scope: &Scope<'_>) -> Result<Option<Timestamp>, Malformed> {
    source.value(scope, Node::time_or_epoch, times::parse)
}

/// A file's name without its folder and what follows the first dot.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}
