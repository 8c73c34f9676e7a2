//! Where the history comes from.
//!
//! For: the restored file, or a history made of artifacts or snapshots; bringing files into it. Not for: the cache itself,
//! which steps of the action restore and save, nor for what a history lacks (`gaps`).
//! Invariant: only a run of the baseline branch writes to the file that is saved, others make a file of their own; a
//! restored file that cannot be read is kept beside and replaced, never written to.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::gaps;
use super::job::Job;
use super::snapshots;
use crate::cli::error::CliError;
use crate::cli::folder;
use crate::cli::gate_args::Attempts;
use crate::cli::ingest::import::{self, import_all};
use crate::cli::ingest::report::FileReport;
use crate::cli::inputs;
use crate::cli::read_ahead::Ahead;
use crate::cli::surroundings::Console;
use crate::formats::ReadOptions;
use crate::model::{ATTEMPTS, Context, REPLACE};
use crate::store::{Contents, Mode, Store, StoreError};
use crate::text::time::age;
use crate::text::{escape, plural};

/// The file in the output folder that a reader makes where nothing was restored.
pub(super) const MADE: &str = "history.duckdb";

/// A history whose newest run is older than this is worth a warning.
const STALE_DAYS: i64 = 14;

/// Where a history came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The Actions cache.
    Cache,
    /// Bundles that earlier runs uploaded.
    Artifacts,
    /// Results that are committed.
    Snapshot,
    /// A file that was there.
    File,
    /// Nowhere: it begins here.
    Nowhere,
}

impl Source {
    /// The word of outputs.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Artifacts => "artifacts",
            Self::Snapshot => "snapshot",
            Self::File => "file",
            Self::Nowhere => "none",
        }
    }
}

/// A history to compare with.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// The file.
    pub(super) path: PathBuf,
    /// Where it came from.
    pub(super) source: Source,
    /// What it holds of the baseline branch.
    pub(super) contents: Contents,
    /// All of that in a sentence.
    pub(super) sentence: String,
}

/// Finds the history; where it has nothing of the baseline branch, or for a run that is recorded, also brings in what it
/// lacks.
///
/// # Errors
/// [`CliError::Store`] where a history can neither be read nor replaced.
pub(super) fn prepare(
    job: &Job<'_>,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Prepared, CliError> {
    let (mut source, mut path) = restored(job, notices)?;
    let before = if source == Source::Nowhere { Contents::default() } else { contents(job, &path)? };
    if before.runs == 0 || job.is_recorded() {
        let missing = gaps::fetch(job, &before, console, notices)?;
        if !missing.is_empty() {
            path = own(job, path)?;
            let reports = import(job, &path, &missing, console)?;
            if source == Source::Nowhere && reports.iter().any(|report| report.results() > 0) {
                source = Source::Artifacts;
            }
        }
    }
    if source == Source::Nowhere && import_snapshots(job, &path, console, notices)? {
        source = Source::Snapshot;
    }
    if source == Source::Nowhere && !path.exists() {
        make_folder(&path)?;
        Store::open(&path, Mode::Create, job.now)?.close()?;
    }
    let contents = contents(job, &path)?;
    warn(job, source, &contents, notices);
    let sentence = sentence(job, source, &contents);
    Ok(Prepared { path, source, contents, sentence })
}

/// Brings the results of this run into the history.
///
/// # Errors
/// [`CliError::Store`].
pub(super) fn record(
    job: &Job<'_>,
    path: &Path,
    files: &[PathBuf],
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<(), CliError> {
    for report in import(job, path, files, console)? {
        let refused =
            report.reason().map(|reason| format!("results of this run were not added to the history: {reason}"));
        notices.extend(refused);
    }
    Ok(())
}

/// Where the history came from that stands at the given path, and the file to go on with. What is no history is moved
/// aside.
fn restored(job: &Job<'_>, notices: &mut Vec<String>) -> Result<(Source, PathBuf), CliError> {
    let given = &job.arguments.store.db;
    let found = if job.cache_key().is_some() { Source::Cache } else { Source::File };
    match Store::open(given, Mode::Read, job.now).and_then(Store::close) {
        Ok(()) => Ok((found, given.clone())),
        Err(StoreError::Absent { .. }) => Ok((Source::Nowhere, writable(job))),
        Err(StoreError::OlderSchema { .. }) => Ok((found, migrated(job)?)),
        Err(
            error @ (StoreError::NotDuckDb { .. }
            | StoreError::Corrupt { .. }
            | StoreError::NotAHistory { .. }
            | StoreError::Open { .. }),
        ) => {
            let aside = given.with_extension("unreadable");
            std::fs::rename(given, &aside).map_err(|source| CliError::File {
                action: "move aside",
                path: given.clone(),
                source,
            })?;
            notices.push(format!("the restored history is left out: {error}; it was moved to {}", aside.display()));
            Ok((Source::Nowhere, writable(job)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The file that this run may write to: what stands at the given path may be saved by a later step.
fn writable(job: &Job<'_>) -> PathBuf {
    if job.is_recorded() { job.arguments.store.db.clone() } else { job.output(MADE) }
}

/// The file itself for the run that records, for others a copy.
fn own(job: &Job<'_>, path: PathBuf) -> Result<PathBuf, CliError> {
    let own = writable(job);
    if path != own {
        make_folder(&own)?;
        std::fs::copy(&path, &own).map_err(|source| CliError::File { action: "copy", path, source })?;
    }
    Ok(own)
}

/// A history that an older version wrote, brought up to date.
fn migrated(job: &Job<'_>) -> Result<PathBuf, CliError> {
    let path = own(job, job.arguments.store.db.clone())?;
    Store::open(&path, Mode::Write, job.now)?.close()?;
    Ok(path)
}

fn contents(job: &Job<'_>, path: &Path) -> Result<Contents, CliError> {
    let store = Store::open(path, Mode::Read, job.now)?;
    let contents = store.contents(job.subject.base_branch.as_deref(), job.now)?;
    store.close()?;
    Ok(contents)
}

fn import_snapshots(
    job: &Job<'_>,
    path: &Path,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<bool, CliError> {
    let files = snapshots::find(job, notices)?;
    if files.is_empty() {
        return Ok(false);
    }
    let reports = import(job, path, &files, console)?;
    Ok(reports.iter().any(|report| report.results() > 0))
}

/// Imports files; each defective one is named and left out.
///
/// # Errors
/// [`CliError::Store`].
pub(super) fn import(
    job: &Job<'_>,
    path: &Path,
    files: &[PathBuf],
    console: &mut Console<'_>,
) -> Result<Vec<FileReport>, CliError> {
    let inputs = inputs::find(files)?;
    make_folder(path)?;
    let mut context = Context { aliases: job.aliases.clone(), ..Context::default() };
    if job.arguments.attempts == Attempts::Replace {
        // Kept with the run, so that whoever reads the history finds the same baseline.
        context.run.environment.insert(ATTEMPTS.to_owned(), REPLACE.to_owned());
    }
    let open = |_: &mut Console<'_>| Ok(Store::open(path, Mode::Create, job.now)?);
    let ahead = Ahead { options: &ReadOptions::default(), context: &context, seen: &HashSet::new() };
    let mut reports = Vec::new();
    import_all(
        open,
        &inputs,
        &import::Job { ahead, is_deduplicated: false, now: job.now },
        console,
        |console, _, file| {
            writeln!(console.err, "{file}")?;
            reports.push(file);
            Ok(())
        },
    )?;
    Ok(reports)
}

fn make_folder(path: &Path) -> Result<(), CliError> {
    folder::make_for(path).map_err(|source| {
        let folder = path.parent().unwrap_or(path);
        CliError::File { action: "make", path: folder.to_owned(), source }
    })
}

/// Warns of a history that is older than it should be.
fn warn(job: &Job<'_>, source: Source, contents: &Contents, notices: &mut Vec<String>) {
    let is_in_ci = job.ci.is_some();
    if job.arguments.cache_restore.as_deref() == Some("failure") {
        notices.push("the step that restores the history from the cache failed; its log says why".to_owned());
    }
    if contents.future > 0 {
        notices.push(format!(
            "{} of the history {} to have started after now, and {} no baseline before that time: was the clock of a \
             machine wrong?",
            plural(contents.future, "run", "runs"),
            if contents.future == 1 { "claims" } else { "claim" },
            if contents.future == 1 { "is" } else { "are" },
        ));
    }
    match source {
        Source::Artifacts if is_in_ci => notices.push(
            "no history was restored from the cache (GitHub removes what nobody reads for 7 days, and the oldest \
             entries above 10 GB): it was made anew from artifacts"
                .to_owned(),
        ),
        Source::Snapshot if is_in_ci => {
            notices.push("neither cache nor artifacts hold a history: the committed results stand in".to_owned());
        }
        _ => {}
    }
    if let Some(newest) = contents.newest.filter(|newest| is_in_ci && days(*newest, job.now) > STALE_DAYS) {
        notices.push(format!(
            "the newest run of the history is {} old: does every push to {} still save it?",
            age(newest, job.now),
            escape::shorten(job.subject.base_branch.as_deref().unwrap_or("the baseline branch"), 80)
        ));
    }
}

fn days(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// `History: cache entry benchgate-v1-...; 42 runs of 40 commits, the newest of 2026-03-01 12:00 UTC.` No age: a comment in
/// which nothing else changed is left as it is.
fn sentence(job: &Job<'_>, source: Source, contents: &Contents) -> String {
    let from = match source {
        Source::Cache => format!("cache entry {}", job.cache_key().unwrap_or_default()),
        Source::Artifacts => "made of artifacts of earlier runs".to_owned(),
        Source::Snapshot => format!("made of the results in {}", job.arguments.snapshots.display()),
        Source::File => "a file that was there".to_owned(),
        Source::Nowhere => "none yet".to_owned(),
    };
    let holds = match contents.newest {
        None => "no run of the baseline branch".to_owned(),
        Some(newest) => format!(
            "{} of {}, the newest of {}",
            plural(contents.runs, "run", "runs"),
            plural(contents.commits, "commit", "commits"),
            newest.strftime("%Y-%m-%d %H:%M UTC")
        ),
    };
    format!("History: {from}; {holds}.")
}
