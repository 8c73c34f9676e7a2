//! `benchgate ingest`: results files and folders into the history.
//!
//! For: importing each file whole or not at all, and saying what became of it. Not for: judging.
//! Invariant: one file is one transaction; a file that cannot be imported never stops the others, and the exit code
//! says that there was one; what is said to be imported is on disk.

use std::sync::mpsc::Receiver;

use jiff::Timestamp;

use super::args::{IngestArgs, IngestFormat};
use super::context;
use super::error::CliError;
use super::exit::Exit;
use super::explain_file;
use super::ingest_report::{FileReport, IngestReport, Word};
use super::inputs::{self, Input};
use super::policy;
use super::read_ahead::{Defect, Event, read_ahead};
use super::surroundings::{Console, Surroundings};
use crate::formats::{ReadError, ReadOptions};
use crate::model::Context;
use crate::store::import::ImportError;
use crate::store::{Mode, Source, Store, StoreError};

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; a file that cannot be imported is no error but a line of the report.
pub fn run(arguments: &IngestArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let config = policy::load(arguments.config.as_deref())?;
    let context = context::resolve(&arguments.facts, config.hardware_aliases().clone(), surroundings)?;
    let reading = policy::reading(&arguments.facts, arguments.config.as_deref())?;
    let inputs = inputs::find(&arguments.results)?;
    if arguments.explain {
        return explain_file::run(&inputs, &reading, console);
    }
    let mut report = IngestReport::default();
    let open = || Store::open(&arguments.store.db, Mode::Create, surroundings.now);
    import_all(open, &inputs, &reading, &context, surroundings.now, |file| {
        if arguments.format == IngestFormat::Text && !arguments.quiet {
            writeln!(console.out, "{file}")?;
        }
        report.add(file);
        Ok(())
    })?;
    match arguments.format {
        IngestFormat::Text => writeln!(console.out, "{}", report.totals())?,
        IngestFormat::Json => writeln!(console.out, "{}", report.json())?,
    }
    Ok(report.exit())
}

/// Results whose files are held back, at most, until a checkpoint has brought them to disk.
const HELD_RESULTS: u64 = 200_000;

/// Imports the inputs, each in one transaction, hands over what became of each once it is on disk, and closes the store.
///
/// # Errors
/// Only what stops the whole command: a store that fails, or what `done` gives.
pub(super) fn import_all(
    open: impl FnOnce() -> Result<Store, StoreError>,
    inputs: &[Input],
    reading: &ReadOptions,
    context: &Context,
    now: Timestamp,
    mut done: impl FnMut(FileReport) -> Result<(), CliError>,
) -> Result<(), CliError> {
    read_ahead(inputs, reading, context, |events| {
        // Opened here, when reading has begun.
        let store = open()?;
        let (mut held, mut results) = (Vec::new(), 0);
        for input in inputs {
            let file = import(&store, input, events, context, now)?;
            results += file.results();
            held.push(file);
            if results >= HELD_RESULTS {
                store.checkpoint()?;
                held.drain(..).try_for_each(&mut done)?;
                results = 0;
            }
        }
        store.close()?;
        held.into_iter().try_for_each(done)
    })
}

fn import(
    store: &Store,
    input: &Input,
    events: &Receiver<Event>,
    context: &Context,
    now: Timestamp,
) -> Result<FileReport, CliError> {
    let content = match events.recv() {
        Ok(Event::Start(Ok(content))) => content,
        Ok(Event::Start(Err(error))) => {
            return Ok(FileReport::failed(&input.name, Word::Malformed, format!("unreadable: {error}")));
        }
        _ => unreachable!("internal error: an input begins with its content"),
    };
    let source = Source { file_name: &input.name, content_hash: &content.hash, bytes: content.bytes };
    let mut import = store.begin_import(source, context, now)?;
    let (mut error, mut omitted) = (None, Vec::new());
    let end = loop {
        // After the first error the rest of the input is read past.
        match events.recv() {
            Ok(Event::Run(run)) if error.is_none() => error = import.run(run).err(),
            Ok(Event::Results(results)) if error.is_none() => {
                error = import.results([results]).err();
            }
            Ok(Event::Run(_) | Event::Results(_)) => {}
            Ok(Event::Omitted(omission)) => omitted.push(omission),
            Ok(Event::End(end)) => break end,
            Ok(Event::Start(_)) | Err(_) => unreachable!("internal error: an input ends before the next begins"),
        }
    };
    match (error, end) {
        (Some(error), _) | (None, Err(Defect::Pack(error))) => refused(error, &input.name),
        (None, Err(Defect::Read(error))) => Ok(unread(error, input)),
        (None, Ok(format)) => match import.finish(&format.to_string()) {
            Ok(outcome) => Ok(FileReport::imported(&input.name, &format, outcome, &omitted)),
            Err(error) => refused(error, &input.name),
        },
    }
}

/// What the store or the context refused: the file's fault becomes its line, the store's fault ends the command.
fn refused(error: ImportError, name: &str) -> Result<FileReport, CliError> {
    match error {
        ImportError::Missing(fact) => {
            Ok(FileReport::failed(name, Word::Skipped, format!("{fact}; give it with {}", fact.flag())))
        }
        ImportError::Store(error @ (StoreError::Conflict { .. } | StoreError::OtherFacts { .. })) => {
            Ok(FileReport::failed(name, Word::Skipped, format!("{error}; {}", error.hint())))
        }
        ImportError::Store(error @ StoreError::Repeated { .. }) => {
            Ok(FileReport::failed(name, Word::Malformed, format!("duplicate: {error}; {}", error.hint())))
        }
        ImportError::Store(error) => Err(error.into()),
    }
}

fn unread(error: ReadError, input: &Input) -> FileReport {
    match error {
        // In a folder, other files are expected; one that the user named was meant to be imported.
        ReadError::Skipped(reason) if !input.is_named => FileReport::skipped(&input.name, reason),
        ReadError::Skipped(reason) => FileReport::failed(&input.name, Word::Skipped, reason),
        ReadError::Malformed(malformed) => {
            let hint = malformed.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
            FileReport::failed(&input.name, Word::Malformed, format!("{malformed}{hint}"))
        }
        ReadError::Io(error) => FileReport::failed(&input.name, Word::Malformed, format!("unreadable: {error}")),
        ReadError::Stopped => unreachable!("internal error: a sink that stops keeps its error"),
    }
}
