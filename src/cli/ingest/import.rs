//! Inputs into a history.
//!
//! For: importing each input whole or not at all, and handing over what became of it. Not for: what is said of it.
//! Invariant: an input is imported wholly or not at all; one that cannot be imported never stops the others; what is
//! handed over is on disk.

use std::sync::mpsc::Receiver;

use jiff::Timestamp;

use super::report::{FileReport, Word};
use crate::cli::error::CliError;
use crate::cli::inputs::Input;
use crate::cli::read_ahead::{Ahead, Defect, Event, read_ahead};
use crate::cli::surroundings::Console;
use crate::formats::ReadError;
use crate::store::import::ImportError;
use crate::store::{Source, Store, StoreError};

/// What is imported, and how.
pub(in crate::cli) struct Job<'a> {
    /// How inputs are read.
    pub(in crate::cli) ahead: Ahead<'a>,
    /// Whether results that another run holds are left out.
    pub(in crate::cli) is_deduplicated: bool,
    /// The date of the import.
    pub(in crate::cli) now: Timestamp,
}

/// Results, and files, that are held back at most until a checkpoint has brought them to disk.
const HELD_RESULTS: u64 = 200_000;
const HELD_FILES: usize = 1000;

/// Imports the inputs, hands over what became of each once it is on disk, and closes the store.
///
/// # Errors
/// Only what stops the whole command: a store that fails, or what `done` gives.
pub(in crate::cli) fn import_all(
    open: impl FnOnce(&mut Console<'_>) -> Result<Store, CliError>,
    inputs: &[Input],
    job: &Job<'_>,
    console: &mut Console<'_>,
    mut done: impl FnMut(&mut Console<'_>, &Input, FileReport) -> Result<(), CliError>,
) -> Result<(), CliError> {
    read_ahead(inputs, &job.ahead, |announced| {
        // Opened here, when reading has begun.
        let store = open(console)?;
        let (mut held, mut results) = (Vec::new(), 0);
        for input in inputs {
            let events = announced.recv().expect("internal error: every input is announced");
            let file = import(&store, input, &events, job)?;
            // What wrote nothing need not wait.
            if held.is_empty() && matches!(file.outcome(), Word::Skipped | Word::Malformed) {
                done(console, input, file)?;
                continue;
            }
            results += file.results();
            held.push((input, file));
            if results >= HELD_RESULTS || held.len() >= HELD_FILES {
                store.checkpoint()?;
                held.drain(..).try_for_each(|(input, file)| done(console, input, file))?;
                results = 0;
            }
        }
        store.close()?;
        held.into_iter().try_for_each(|(input, file)| done(console, input, file))
    })
}

fn import(store: &Store, input: &Input, events: &Receiver<Event>, job: &Job<'_>) -> Result<FileReport, CliError> {
    let content = match events.recv() {
        Ok(Event::Start(Ok(content))) => content,
        Ok(Event::Seen) => return Ok(FileReport::duplicate(&input.name)),
        Ok(Event::Start(Err(error))) => {
            return Ok(FileReport::failed(&input.name, Word::Malformed, format!("unreadable: {error}")));
        }
        _ => unreachable!("internal error: an input begins with its content"),
    };
    let source = Source { file_name: &input.name, content_hash: &content.hash, bytes: content.bytes };
    let mut import = store.begin_import(source, job.ahead.context, job.now)?.without_repetitions(job.is_deduplicated);
    let mut error = None;
    let (end, omissions) = loop {
        // After the first error the rest of the input is read past.
        match events.recv() {
            Ok(Event::Run(run)) if error.is_none() => error = import.run(run).err(),
            Ok(Event::Results(results)) if error.is_none() => {
                error = import.results([results]).err();
            }
            Ok(Event::Decision(decision)) => import.decide(decision),
            Ok(Event::Run(_) | Event::Results(_)) => {}
            Ok(Event::End(end, omissions)) => break (end, omissions),
            Ok(Event::Start(_) | Event::Seen) | Err(_) => {
                unreachable!("internal error: an input begins once, and ends")
            }
        }
    };
    match (error, end) {
        (Some(error), _) | (None, Err(Defect::Pack(error))) => refused(error, &input.name),
        (None, Err(Defect::Read(error))) => Ok(unread(error, input)),
        (None, Ok(format)) => match import.defer(&format.to_string()) {
            Ok(outcome) => Ok(FileReport::imported(&input.name, &format, outcome, omissions)),
            Err(error) => refused(error, &input.name),
        },
    }
}

/// What the store or the context refused: the file's fault becomes its line, the store's fault ends the command.
pub(in crate::cli) fn refused(error: ImportError, name: &str) -> Result<FileReport, CliError> {
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
