//! The command.
//!
//! For: the flags of `benchgate import`, and one database into the history. Not for: what its tables mean.
//! Invariant: one database is one transaction; one that cannot be imported never stops the others.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use jiff::Timestamp;

use super::report::{DatabaseReport, ImportReport};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::import_args::ImportArgs;
use crate::cli::ingest::import::refused;
use crate::cli::ingest::report::{FileReport, Word};
use crate::cli::ingest_args::IngestFormat;
use crate::cli::inputs::{self, Content};
use crate::cli::read_ahead::Omissions;
use crate::cli::rehearsal::{self, Rehearsal};
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{policy, waiting};
use crate::formats::{Sink, TableCount, read_database, tables_of_interest};
use crate::model::{Context, Record, ResultDraft, RunDraft};
use crate::store::import::ImportError;
use crate::store::{FormerDatabase, Import, Mode, Packer, Source, Store, StoreError, read_former};

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; a database that cannot be imported is no error but a line of the report.
pub(in crate::cli) fn run(
    arguments: &ImportArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let config = policy::load(arguments.config.as_deref())?;
    // What CI says of its own run is not true of old ones.
    let context = Context { aliases: config.aliases().clone(), ..Context::default() };
    let now = surroundings.now;
    let rehearsal = rehearsal::copy(arguments.dry_run, &arguments.store.db)?;
    let path = rehearsal.as_ref().map_or_else(|| arguments.store.db.clone(), Rehearsal::path);
    let store = waiting::open(&path, Mode::Create, now, arguments.wait, console)?;
    let mut report = ImportReport::default();
    for database in &arguments.databases {
        // Both cannot be open at once, and there would be nothing to add.
        if is_same(database, &arguments.store.db) {
            let reason = "it is the history itself".to_owned();
            report.add(FileReport::failed(&database.display().to_string(), Word::Skipped, reason).into());
            continue;
        }
        report.add(import(&store, database, &context, now)?);
    }
    store.close()?;
    let rehearsed = if arguments.dry_run { "nothing was written: " } else { "" };
    match arguments.format {
        IngestFormat::Text if arguments.quiet => writeln!(console.out, "{rehearsed}{}", report.totals())?,
        IngestFormat::Text => writeln!(console.out, "{}{rehearsed}{}", report.text(), report.totals())?,
        IngestFormat::Json => writeln!(console.out, "{}", report.json())?,
        IngestFormat::Markdown => write!(console.out, "{}", report.markdown(rehearsed))?,
    }
    Ok(report.exit())
}

fn is_same(left: &Path, right: &Path) -> bool {
    matches!((left.canonicalize(), right.canonicalize()), (Ok(left), Ok(right)) if left == right)
}

fn import(store: &Store, path: &Path, context: &Context, now: Timestamp) -> Result<DatabaseReport, CliError> {
    let name = path.display().to_string();
    match Store::open(path, Mode::Read, now) {
        Ok(history) => {
            history.close()?;
            return merge(store, path, &name, now).map(DatabaseReport::from);
        }
        Err(error @ (StoreError::NewerSchema { .. } | StoreError::OlderSchema { .. })) => {
            return Ok(malformed(&name, error).into());
        }
        Err(_) => {}
    }
    let content = match content(path) {
        Ok(content) => content,
        Err(error) => {
            return Ok(FileReport::failed(&name, Word::Malformed, format!("unreadable: {error}")).into());
        }
    };
    let former = match read_former(path, &tables_of_interest()) {
        Ok(former) => former,
        Err(error) => return Ok(malformed(&name, error).into()),
    };
    let FormerDatabase { kind, tables, others } = former;
    if tables.is_empty() {
        let reason = "it has none of the old system's tables".to_owned();
        let file = FileReport::failed(&name, Word::Skipped, reason);
        return Ok(DatabaseReport { tables_not_read: others, ..file.into() });
    }
    let source = Source { file_name: &name, content_hash: &content.hash, bytes: content.bytes };
    let import = store.begin_import(source, context, now)?;
    let mut writing = Writing { packer: Packer::new(context, &content.hash), import, error: None };
    let counts = read_database(&tables, context, &mut writing);
    let counts = match (writing.error.take(), counts) {
        (Some(error), _) => return Ok(not_taken(error, &name)?.into()),
        (None, Ok(counts)) => counts,
        (None, Err(error)) => return Ok(FileReport::failed(&name, Word::Malformed, error.to_string()).into()),
    };
    let file = match writing.finish(&kind.to_string()) {
        Err(error) => not_taken(error, &name)?,
        Ok(_) if counts.iter().all(|table| table.taken == 0) => {
            FileReport::failed(&name, Word::Skipped, "no row holds anything to import".to_owned())
        }
        Ok(outcome) => FileReport::imported(&name, &kind, outcome, Omissions::default()),
    };
    let left_out = counts.iter().map(|table: &TableCount| table.rows_left_out() + table.values_left_out).sum();
    Ok(DatabaseReport { file: file.with_left_out(left_out), tables: counts, tables_not_read: others })
}

/// A history of our own: the union of both.
fn merge(store: &Store, path: &Path, name: &str, now: Timestamp) -> Result<FileReport, CliError> {
    match store.merge(path, now) {
        Ok(outcome) => Ok(FileReport::imported(name, &"history", outcome, Omissions::default())),
        Err(error @ StoreError::Strange { .. }) => Ok(malformed(name, error)),
        Err(error) => not_taken(error.into(), name),
    }
}

/// A contradiction has no flag that would settle it here; the rest is as for files.
fn not_taken(error: ImportError, name: &str) -> Result<FileReport, CliError> {
    match error {
        ImportError::Store(error @ StoreError::Conflict { .. }) => {
            let reason = format!("{error}; what is stored is never replaced, so nothing of it was taken");
            Ok(FileReport::failed(name, Word::Skipped, reason))
        }
        error => refused(error, name),
    }
}

fn malformed(name: &str, error: StoreError) -> FileReport {
    FileReport::failed(name, Word::Malformed, CliError::Store(error).in_one_line())
}

/// The hash of a file, or of the files of a folder with their names.
fn content(path: &Path) -> io::Result<Content> {
    if !path.is_dir() {
        return inputs::content_of(&[path.to_owned()]);
    }
    let mut files = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    inputs::content_of(&files)
}

/// Packs what is read, and writes it.
struct Writing<'a> {
    packer: Packer<'a>,
    import: Import<'a>,
    error: Option<ImportError>,
}

impl Writing<'_> {
    fn go_on(&mut self, step: impl FnOnce(&mut Self) -> Result<(), ImportError>) -> ControlFlow<()> {
        match step(self) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    fn write_full(&mut self) -> Result<(), ImportError> {
        if self.packer.is_full() { self.import.results(self.packer.take()) } else { Ok(()) }
    }

    fn finish(mut self, format: &str) -> Result<crate::store::ImportOutcome, ImportError> {
        self.import.results(self.packer.take())?;
        self.import.finish(format)
    }
}

impl Sink for Writing<'_> {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.go_on(|writing| {
            writing.import.results(writing.packer.take())?;
            writing.import.run(writing.packer.run(run)?)
        })
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        self.go_on(|writing| {
            writing.packer.result(result)?;
            writing.write_full()
        })
    }

    fn record(&mut self, record: Record) -> ControlFlow<()> {
        self.go_on(|writing| {
            writing.packer.record(record);
            writing.write_full()
        })
    }
}
