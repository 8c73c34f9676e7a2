//! Where the history comes from, and what it lacks.
//!
//! For: the restored file, or a history made of artifacts or snapshots; adding what other runs measured meanwhile. Not
//! for: the cache itself, which steps of the action restore and save.
//! Invariant: only a run of the baseline branch writes; a restored file that cannot be read is kept beside and replaced,
//! never written to; bundles of pull requests and of forks never become history.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::ToSpan as _;

use super::bundles::{self, Offered};
use super::job::Job;
use crate::cli::args::FactArgs;
use crate::cli::error::CliError;
use crate::cli::folder;
use crate::cli::ingest;
use crate::cli::ingest_report::FileReport;
use crate::cli::inputs;
use crate::cli::surroundings::Console;
use crate::github::{Artifact, Client};
use crate::model::Context;
use crate::store::{Contents, Mode, Store, StoreError};
use crate::text::time::age;
use crate::text::{escape, plural};

/// The file in the output folder that a reader makes where nothing was restored.
pub(super) const MADE: &str = "history.duckdb";

/// Pages of artifacts that are looked through for bundles, 100 each.
const PAGES: usize = 3;

/// Bundles that are fetched to fill a gap, at most.
const MOST_MISSED: usize = 50;

/// Bundles that are fetched to make a history anew, at most.
const MOST_ANEW: usize = 100;

/// Bundles older than this before the newest run are no gap: they were left out on purpose or rotated away.
const LOOK_BACK_DAYS: i64 = 14;

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

/// Finds the history; for a run that is recorded, also brings in what it lacks.
///
/// # Errors
/// [`CliError::Store`] where a history can neither be read nor replaced.
pub(super) fn prepare(
    job: &Job<'_>,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Prepared, CliError> {
    let given = &job.arguments.store.db;
    let mut source = restored(job, notices)?;
    // A reader makes its own file: what stands at the given path may be saved by a later step.
    let path = match source {
        Source::Nowhere if !job.is_recorded() => job.output(MADE),
        _ => given.clone(),
    };
    let before = if source == Source::Nowhere { Contents::default() } else { contents(job, &path)? };
    if source == Source::Nowhere || job.is_recorded() {
        let added = fetch_missing(job, &path, &before, console, notices)?;
        if source == Source::Nowhere && added > 0 {
            source = Source::Artifacts;
        }
    }
    if source == Source::Nowhere && import_snapshots(job, &path, console)? {
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

/// Brings a bundle into the history.
///
/// # Errors
/// [`CliError::Store`].
pub(super) fn record(job: &Job<'_>, path: &Path, files: &[PathBuf], console: &mut Console<'_>) -> Result<(), CliError> {
    import(job, path, files, console)?;
    Ok(())
}

/// What stands at the given path, moved aside where it is no history.
fn restored(job: &Job<'_>, notices: &mut Vec<String>) -> Result<Source, CliError> {
    let given = &job.arguments.store.db;
    match Store::open(given, Mode::Read, job.now).and_then(Store::close) {
        Ok(()) if job.arguments.cache_key.as_ref().is_some_and(|key| !key.is_empty()) => Ok(Source::Cache),
        Ok(()) => Ok(Source::File),
        Err(StoreError::Absent { .. }) => Ok(Source::Nowhere),
        // Written by an older version: whoever records brings it up to date.
        Err(StoreError::OlderSchema { .. }) if job.is_recorded() => {
            Store::open(given, Mode::Write, job.now)?.close()?;
            Ok(Source::Cache)
        }
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
            Ok(Source::Nowhere)
        }
        Err(error) => Err(error.into()),
    }
}

fn contents(job: &Job<'_>, path: &Path) -> Result<Contents, CliError> {
    let store = Store::open(path, Mode::Read, job.now)?;
    let contents = store.contents(job.subject.base_branch.as_deref())?;
    store.close()?;
    Ok(contents)
}

/// Fetches the bundles of the baseline branch that the history lacks, and imports them; how many these were.
fn fetch_missing(
    job: &Job<'_>,
    path: &Path,
    contents: &Contents,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<usize, CliError> {
    let (Some(client), Some(branch)) = (job.artifacts(), job.subject.base_branch.as_deref()) else { return Ok(0) };
    let artifacts = match client.repository_artifacts(PAGES) {
        Ok(artifacts) => artifacts,
        Err(error) => {
            notices.push(format!("earlier runs were not looked for among the artifacts: {error}"));
            return Ok(0);
        }
    };
    let since = contents.newest.and_then(|newest| newest.checked_sub((24 * LOOK_BACK_DAYS).hours()).ok());
    let mut missing: Vec<Offered> = bundles::offered(job, artifacts)
        .filter(|one| is_of_baseline(job, &one.artifact, branch))
        .filter(|one| since.is_none_or(|since| one.artifact.created_at.is_none_or(|created| created >= since)))
        .filter(|one| !is_known(one, contents))
        .collect();
    // Newest first, so that what is over the bound is the oldest.
    missing.sort_by_key(|one| std::cmp::Reverse((one.artifact.created_at, one.artifact.id)));
    let most = if contents.runs == 0 { MOST_ANEW } else { MOST_MISSED };
    if missing.len() > most {
        let left = missing.len() - most;
        notices
            .push(format!("{} were not fetched: the newest {most} are", plural(left, "older bundle", "older bundles")));
        missing.truncate(most);
    }
    add(job, client, &missing, path, console, notices)
}

fn add(
    job: &Job<'_>,
    client: &Client,
    missing: &[Offered],
    path: &Path,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<usize, CliError> {
    let mut files = Vec::new();
    for fetched in bundles::fetch(client, missing, &job.output("earlier"))? {
        match fetched.file {
            Ok(file) => files.push(file),
            Err(reason) => {
                notices.push(format!("the bundle {} was left out: {reason}", fetched.name.artifact()));
            }
        }
    }
    if files.is_empty() {
        return Ok(0);
    }
    let reports = import(job, path, &files, console)?;
    Ok(reports.iter().filter(|report| report.results() > 0).count())
}

/// Whether an artifact was made by a run of the baseline branch of this very repository.
fn is_of_baseline(job: &Job<'_>, artifact: &Artifact, branch: &str) -> bool {
    let Some(run) = &artifact.run else { return false };
    let is_own = run.head_repository_id.is_some() && run.head_repository_id == run.repository_id;
    let is_other_run = job.ci.is_none_or(|ci| ci.run_id != run.id);
    is_own && is_other_run && run.head_branch.as_deref() == Some(branch)
}

/// Whether the history holds the run that left a bundle.
fn is_known(one: &Offered, contents: &Contents) -> bool {
    let Some(run) = &one.artifact.run else { return false };
    let (id, prefix) = (format!("github-{}", run.id), format!("github-{}-", run.id));
    contents.known.iter().any(|known| {
        (known.key == id || known.key.starts_with(&prefix))
            && known.attempt == one.name.attempt
            && known.leg.as_ref().is_none_or(|leg| *leg == one.name.leg)
    })
}

fn import_snapshots(job: &Job<'_>, path: &Path, console: &mut Console<'_>) -> Result<bool, CliError> {
    let folder = &job.arguments.snapshots;
    if !folder.is_dir() {
        return Ok(false);
    }
    let reports = import(job, path, std::slice::from_ref(folder), console)?;
    Ok(reports.iter().any(|report| report.results() > 0))
}

/// Imports files; each defective one is named and left out.
fn import(
    job: &Job<'_>,
    path: &Path,
    files: &[PathBuf],
    console: &mut Console<'_>,
) -> Result<Vec<FileReport>, CliError> {
    let inputs = inputs::find(files)?;
    make_folder(path)?;
    let context = Context { hardware_aliases: job.aliases.clone(), ..Context::default() };
    let open = || Store::open(path, Mode::Create, job.now);
    let mut reports = Vec::new();
    ingest::import_all(open, &inputs, &FactArgs::default(), &context, job.now, |file| {
        writeln!(console.err, "{file}")?;
        reports.push(file);
        Ok(())
    })?;
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
    if job.arguments.cache_restore.as_deref().is_some_and(|outcome| outcome == "failure") {
        notices.push("the step that restores the cache failed".to_owned());
    }
    match source {
        Source::Artifacts if is_in_ci => notices.push(
            "the cache holds no history any more (GitHub removes what nobody reads for 7 days, and the oldest entries \
             above 10 GB): it was made anew from artifacts"
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
        Source::Cache => format!("cache entry {}", job.arguments.cache_key.as_deref().unwrap_or_default()),
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
