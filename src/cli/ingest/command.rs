//! The command.
//!
//! For: the flags of `benchgate ingest`, and what each sets off. Not for: the import itself (see [`super::import`]).
//! Invariant: a file that cannot be imported never stops the others, and the exit code says that there was one; what is
//! said to be imported is on disk.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::aside;
use super::drop_folder::{self, DropFolder};
use super::explain;
use super::import::{Job, import_all};
use super::report::{FileReport, IngestReport, Word};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::ingest_args::{IngestArgs, IngestFormat};
use crate::cli::inputs::{self, Input};
use crate::cli::progress::Progress;
use crate::cli::read_ahead::Ahead;
use crate::cli::rehearsal::{self, Rehearsal};
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{context, policy, waiting};
use crate::store::export::{CATEGORIES, Exported, FileFormat, export};
use crate::store::{Mode, Store, StoreError};
use crate::text::{escape, plural};

/// The folders of the former converter's `--consolidate`.
const FORMER_FOLDERS: [&str; 3] = ["archived_test_results", "performance_results", "hardware_compatibility_reports"];

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; a file that cannot be imported is no error but a line of the report.
pub(in crate::cli) fn run(
    arguments: &IngestArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    if let Some(folder) = &arguments.auto_store {
        let folder = DropFolder::new(folder, arguments.archive.as_deref(), arguments.quarantine.as_deref())?;
        return auto_store(arguments, &folder, surroundings, console);
    }
    let piped = piped(arguments)?;
    let piped = piped.as_ref().map(tempfile::NamedTempFile::path);
    let mut inputs = inputs::find(&paths(arguments, piped))?;
    if let Some(input) = inputs.iter_mut().find(|input| Some(input.path()) == piped) {
        input.rename("standard input");
    }
    if arguments.explain {
        let reading = policy::reading(&arguments.facts, arguments.config.as_deref())?;
        return explain::run(&inputs, &reading, console);
    }
    let quarantine = |input: &Input, report: &FileReport| match &arguments.quarantine {
        Some(folder) if report.outcome() == Word::Malformed && input.path().is_file() => {
            let name = input.path().file_name().map(Path::new).unwrap_or(input.path());
            let copy = aside::copy_to(input.path(), folder, name)?;
            aside::write_reason(&copy, report.reason().unwrap_or_default())
        }
        _ => Ok(()),
    };
    let report = ingest(arguments, &inputs, surroundings, console, quarantine)?;
    print(&report, arguments, console)?;
    Ok(report.exit())
}

/// Empties a drop folder, once or for ever.
fn auto_store(
    arguments: &IngestArgs,
    folder: &DropFolder,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let put_away = |input: &Input, report: &FileReport| folder.put_away(input, report);
    if !arguments.watch {
        let inputs = folder.inputs()?;
        let report = ingest(arguments, &inputs, surroundings, console, put_away)?;
        print(&report, arguments, console)?;
        return Ok(if inputs.is_empty() { Exit::Success } else { report.exit() });
    }
    let mut known = HashMap::new();
    loop {
        let inputs = folder.settled(&mut known)?;
        if !inputs.is_empty() {
            let report = ingest(arguments, &inputs, &Surroundings::read(), console, put_away)?;
            print(&report, arguments, console)?;
            console.out.flush()?;
        }
        drop_folder::pause(arguments.interval);
    }
}

/// Imports, and hands each file and what became of it to `after` once it is on disk.
fn ingest(
    arguments: &IngestArgs,
    inputs: &[Input],
    surroundings: &Surroundings,
    console: &mut Console<'_>,
    after: impl Fn(&Input, &FileReport) -> Result<(), CliError>,
) -> Result<IngestReport, CliError> {
    let config = policy::load(arguments.config.as_deref())?;
    let context = context::resolve(&arguments.facts, config.aliases().clone(), surroundings)?;
    let options = policy::reading(&arguments.facts, arguments.config.as_deref())?;
    let now = surroundings.now;
    let rehearsal = rehearsal::copy(arguments.dry_run, &arguments.store.db)?;
    let path = rehearsal.as_ref().map_or_else(|| arguments.store.db.clone(), Rehearsal::path);
    let seen = if arguments.incremental { seen(&path, now)? } else { HashSet::new() };
    let job = Job {
        ahead: Ahead { options: &options, context: &context, seen: &seen },
        is_deduplicated: arguments.dedupe,
        now,
    };
    let progress = Progress::new(inputs.len(), surroundings.has_progress && !arguments.quiet);
    let mut report = IngestReport::default();
    let open = |console: &mut Console<'_>| waiting::open(&path, Mode::Create, now, arguments.wait, console);
    import_all(open, inputs, &job, console, |console, input, file| {
        progress.step();
        match arguments.format {
            IngestFormat::Text if !arguments.quiet => progress.beside(|| writeln!(console.out, "{file}"))?,
            IngestFormat::Json => progress.beside(|| write!(console.out, "{}", report.json_file(&file)))?,
            IngestFormat::Text | IngestFormat::Markdown => {}
        }
        if rehearsal.is_none() {
            after(input, &file)?;
        }
        report.add(&file);
        Ok(())
    })?;
    if let Some(folder) = &arguments.parquet {
        std::fs::create_dir_all(folder).map_err(|source| CliError::File {
            action: "make",
            path: folder.clone(),
            source,
        })?;
        for Exported { path, rows } in export(&path, folder, &CATEGORIES, FileFormat::Parquet)? {
            writeln!(
                console.err,
                "{} in {}",
                plural(rows, "row", "rows"),
                escape::terminal(&path.display().to_string())
            )?;
        }
    }
    Ok(report)
}

fn print(report: &IngestReport, arguments: &IngestArgs, console: &mut Console<'_>) -> Result<(), CliError> {
    let rehearsed = if arguments.dry_run { "nothing was written: " } else { "" };
    match arguments.format {
        IngestFormat::Text => writeln!(console.out, "{rehearsed}{}", report.totals())?,
        IngestFormat::Json => writeln!(console.out, "{}", report.json_totals())?,
        IngestFormat::Markdown => write!(console.out, "{}", report.markdown(rehearsed))?,
    }
    Ok(())
}

/// What the user named, `-` being what came through the pipe.
fn paths(arguments: &IngestArgs, piped: Option<&Path>) -> Vec<PathBuf> {
    let named = arguments.results.iter().chain(&arguments.directories);
    let named = named.map(|path| match piped {
        Some(piped) if path.as_os_str() == "-" => piped.to_owned(),
        _ => path.clone(),
    });
    let former = FORMER_FOLDERS.iter().map(PathBuf::from).filter(|folder| arguments.consolidate && folder.is_dir());
    named.chain(former).collect()
}

/// Keeps what comes through the pipe in a file, since formats are recognised before they are read.
fn piped(arguments: &IngestArgs) -> Result<Option<tempfile::NamedTempFile>, CliError> {
    if !arguments.results.iter().any(|path| path.as_os_str() == "-") {
        return Ok(None);
    }
    let keep = || {
        let mut file = tempfile::Builder::new().prefix("standard-input-").tempfile()?;
        std::io::copy(&mut std::io::stdin().lock(), &mut file)?;
        Ok(file)
    };
    keep().map(Some).map_err(|source| CliError::File { action: "keep", path: "standard input".into(), source })
}

/// The contents that the history was made of.
fn seen(path: &Path, now: jiff::Timestamp) -> Result<HashSet<String>, CliError> {
    match Store::open(path, Mode::Read, now) {
        Ok(store) => {
            let seen = store.seen_contents()?;
            store.close()?;
            Ok(seen)
        }
        Err(StoreError::Absent { .. }) => Ok(HashSet::new()),
        // An import brings it up to date first, and recognises what it holds all the same.
        Err(StoreError::OlderSchema { .. } | StoreError::Locked { .. }) => Ok(HashSet::new()),
        Err(error) => Err(error.into()),
    }
}
