//! `benchgate query`: read-only SQL on the history.
//!
//! For: questions that no command answers. Not for: changing the history.
//! Invariant: the database is opened for reading, and the query cannot reach anything else.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use super::args::{QueryArgs, QueryFormat};
use super::error::CliError;
use super::exit::Exit;
use super::folder;
use super::surroundings::{Console, Surroundings};
use crate::model::Table;
use crate::report;
use crate::report::document::{Document, document_html};
use crate::report::table::{self, TableFormat};
use crate::store::export::export_query;
use crate::store::{Mode, QueryLimits, Store};
use crate::text;

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub fn run(arguments: &QueryArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let sql = statement(arguments)?;
    let of_name = arguments.output.as_deref().and_then(by_ending);
    let format = match arguments.format.or(of_name).unwrap_or(QueryFormat::Table) {
        QueryFormat::Parquet => return parquet(arguments, &sql, surroundings, console),
        format => format,
    };
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let answer = store.query(&sql, &parameters(arguments), limits(arguments))?;
    write(arguments, format, &answer, surroundings, console)?;
    if answer.is_truncated {
        let rows = text::plural(arguments.limit, "row is", "rows are");
        writeln!(console.err, "only the first {rows} shown; --limit shows more")?;
    }
    Ok(Exit::Success)
}

fn write(
    arguments: &QueryArgs,
    format: QueryFormat,
    answer: &Table,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let text = |format| table::render(answer, format, surroundings.width.filter(|_| arguments.output.is_none()));
    let written = match format {
        QueryFormat::Table => text(TableFormat::Table),
        QueryFormat::Csv => text(TableFormat::Csv),
        QueryFormat::Json => text(TableFormat::Json),
        QueryFormat::Jsonl => text(TableFormat::JsonLines),
        QueryFormat::Markdown => text(TableFormat::Markdown),
        QueryFormat::Html => document_html(&Document::of_query(answer)),
        QueryFormat::Xlsx | QueryFormat::Parquet => {
            let workbook = report::workbook(answer)
                .map_err(|message| CliError::Usage { message, hint: "no file was written".to_owned() })?;
            return folder::write(file(arguments)?, &workbook);
        }
    };
    match &arguments.output {
        Some(path) => folder::write(path, written),
        None => Ok(console.out.write_all(written.as_bytes())?),
    }
}

/// The store writes this form itself, since it knows the types.
fn parquet(
    arguments: &QueryArgs,
    sql: &str,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let path = file(arguments)?;
    // Says what is wrong with a file that is no history.
    Store::open(&arguments.store.db, Mode::Read, surroundings.now)?.close()?;
    folder::make_for(path).map_err(|source| CliError::File { action: "write", path: path.to_owned(), source })?;
    let rows = export_query(&arguments.store.db, path, sql, &parameters(arguments), limits(arguments))?;
    if rows == arguments.limit as u64 {
        let rows = text::plural(rows, "row is", "rows are");
        writeln!(console.err, "at most {rows} written; --limit allows more")?;
    }
    Ok(Exit::Success)
}

fn parameters(arguments: &QueryArgs) -> BTreeMap<String, String> {
    arguments.parameters.iter().cloned().collect()
}

fn limits(arguments: &QueryArgs) -> QueryLimits {
    QueryLimits { rows: arguments.limit, time: Duration::from_secs(arguments.timeout) }
}

/// The file of a form that is no text.
fn file(arguments: &QueryArgs) -> Result<&Path, CliError> {
    arguments.output.as_deref().ok_or_else(|| CliError::Usage {
        message: "Parquet and xlsx are no text for standard output".to_owned(),
        hint: "give a file with --output".to_owned(),
    })
}

fn by_ending(path: &Path) -> Option<QueryFormat> {
    match path.extension()?.to_str()? {
        "csv" => Some(QueryFormat::Csv),
        "json" => Some(QueryFormat::Json),
        "jsonl" => Some(QueryFormat::Jsonl),
        "html" => Some(QueryFormat::Html),
        "md" => Some(QueryFormat::Markdown),
        "parquet" => Some(QueryFormat::Parquet),
        "xlsx" => Some(QueryFormat::Xlsx),
        _ => None,
    }
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
