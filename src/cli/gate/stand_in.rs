//! The default branch in place of a base branch that nobody measured.
//!
//! For: pull requests into a release branch or onto another pull request, which would have nothing to be judged by. Not
//! for: a baseline branch that the user named, which is taken at its word.
//! Invariant: the rule that chose the baseline names the branch that has no runs.

use super::history::{self, Prepared};
use super::job::Job;
use super::subject::{Kind, Subject};
use crate::cli::error::CliError;
use crate::cli::surroundings::Console;

/// The job against its default branch and the history for that; `None` where its own base branch has runs, or there is
/// no other branch to turn to.
///
/// # Errors
/// As [`history::prepare`].
pub(super) fn default_branch<'a>(
    job: &Job<'a>,
    prepared: &Prepared,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Option<(Job<'a>, Prepared)>, CliError> {
    let is_named = job.subject.is_base_named;
    let other = job.ci.and_then(|ci| ci.default_branch.clone()).filter(|_| !is_named && prepared.contents.runs == 0);
    let (Some(other), Some(base)) = (other, job.subject.base_branch.clone()) else { return Ok(None) };
    if job.subject.kind == Kind::Branch || base == other {
        return Ok(None);
    }
    let subject = Subject { base_branch: Some(other), stands_in_for: Some(base), ..job.subject.clone() };
    let job = Job { subject, ..job.clone() };
    // What was made for the base branch holds nothing of it, and would be taken for a history that was there.
    let made = job.output(history::MADE);
    if prepared.path == made && made.exists() {
        std::fs::remove_file(&made).map_err(|source| CliError::File { action: "remove", path: made, source })?;
    }
    let mut more = Vec::new();
    let prepared = history::prepare(&job, console, &mut more)?;
    more.retain(|notice| !notices.contains(notice));
    notices.append(&mut more);
    Ok(Some((job, prepared)))
}
