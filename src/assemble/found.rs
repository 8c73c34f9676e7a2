//! One run in one file, complete.
//!
//! For: what a run states and what it measured. Not for: reading files, nor what runs are to each other.
//! Invariant: a run without a name is named by the content that it comes from.

use jiff::Timestamp;

use super::attempts::Part;
use crate::model::draft::stated;
use crate::model::{BenchmarkResult, Context, RunDraft, RunId};

/// One run in one file: what it states and what it measured.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it measured, complete.
    pub part: Part,
    /// Its commit as the file states it.
    pub stated_commit: Option<String>,
    /// Whether the file states its attempt.
    pub states_attempt: bool,
    /// The id under which it would be recorded.
    pub id: RunId,
    /// Its name and commit.
    pub own_run: (String, Option<String>),
    /// The run as the file states it.
    pub draft: RunDraft,
}

/// Completes a run of a file. The file's content hash is asked for only if the run has no name.
///
/// # Errors
/// What hashing gives.
pub fn complete<E>(
    run: RunDraft,
    results: Vec<BenchmarkResult>,
    file: &str,
    context: &Context,
    content_hash: impl FnOnce() -> Result<String, E>,
) -> Result<Found, E> {
    let key = stated(run.key.clone()).or_else(|| stated(context.run.key.clone()));
    let hash = if key.is_some() { String::new() } else { content_hash()? };
    let started_at = run.started_at.or_else(|| results.iter().filter_map(|result| result.measured_at).min());
    let (stated_commit, states_attempt) = (stated(run.commit.clone()), run.attempt.is_some());
    // Commit and branch decide nothing here: without them the history cannot hold the run.
    let draft = RunDraft { is_without_origin: true, ..run.clone() };
    let stated_run = run;
    let run = context
        .complete_run(draft, &hash, Some(Timestamp::UNIX_EPOCH))
        .expect("internal error: a run with a time that needs no commit is complete");
    let part =
        Part { file: file.to_owned(), key, attempt: run.attempt, commit: run.commit.clone(), started_at, results };
    Ok(Found { part, stated_commit, states_attempt, id: run.id(), own_run: (run.key, run.commit), draft: stated_run })
}
