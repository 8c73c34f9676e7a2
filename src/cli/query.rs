//! `benchgate query`: read-only SQL on the history.
//!
//! For: questions that no command answers. Not for: changing the history.
//! Invariant: the database is opened for reading, and the query cannot reach anything else.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use super::args::{QueryArgs, QueryFormat};
use super::error::CliError;
use super::exit::Exit;
use super::surroundings::{Console, Surroundings};
use crate::report::table::{self, TableFormat};
use crate::store::{Mode, QueryLimits, Store};
use crate::text;

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub fn run(arguments: &QueryArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let limits = QueryLimits { rows: arguments.limit, time: Duration::from_secs(arguments.timeout) };
    let parameters = arguments.parameters.iter().cloned().collect();
    let answer = store.query(&statement(arguments)?, &parameters, limits)?;
    let format = match arguments.format {
        QueryFormat::Table => TableFormat::Table,
        QueryFormat::Csv => TableFormat::Csv,
        QueryFormat::Json => TableFormat::Json,
        QueryFormat::Jsonl => TableFormat::JsonLines,
        QueryFormat::Markdown => TableFormat::Markdown,
    };
    let rendered = table::render(&answer, format, surroundings.width);
    console.out.write_all(rendered.as_bytes())?;
    if answer.is_truncated {
        let rows = text::plural(arguments.limit, "row is", "rows are");
        writeln!(console.err, "only the first {rows} shown; --limit shows more")?;
    }
    Ok(Exit::Success)
}

/// The statement, from the command line or from a file.
fn statement(arguments: &QueryArgs) -> Result<String, CliError> {
    let Some(path) = &arguments.file else { return Ok(arguments.sql.clone().unwrap_or_default()) };
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().lock().read_to_string(&mut text),
        false => std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)),
    };
    read.map_err(|source| CliError::File { action: "read", path: path.clone(), source })?;
    Ok(text)
}
