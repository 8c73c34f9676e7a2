//! What this run has left before as the leg of this job.
//!
//! For: the results of earlier attempts, which are evidence too, and noticing that another job is the same leg. Not for:
//! the legs of a matrix, which another job judges (`results`).
//! Invariant: what another job measured is never taken for an earlier attempt of this one.

use std::path::PathBuf;

use super::bundles::{self, Fetched, Offered, SHARED};
use super::job::Job;
use crate::cli::error::CliError;
use crate::cli::gate_args::Attempts;

/// What this run has left as this leg before.
///
/// # Errors
/// [`CliError::Usage`] where another job or step of this attempt is the same leg: their results could not be told apart.
pub(super) fn left(job: &Job<'_>, notices: &mut Vec<String>) -> Result<Vec<Offered>, CliError> {
    let Some((ci, client)) = job.ci.zip(job.artifacts()) else { return Ok(Vec::new()) };
    let mut offered = match bundles::of_run(job, client, ci.run_id) {
        Ok(offered) => offered,
        Err(error) => {
            if ci.attempt > 1 {
                notices.push(format!("the results of earlier attempts are not known: {error}"));
            }
            return Ok(Vec::new());
        }
    };
    offered.retain(|one| one.name.leg == job.leg);
    if offered.iter().any(|one| one.name.attempt == ci.attempt) {
        return Err(CliError::Usage {
            message: format!(
                "another job or step of this run has left results as the leg `{}` of `{}`",
                job.leg, job.name
            ),
            hint: "give each a `leg` of its own, or, where they are judged apart, a `name`".to_owned(),
        });
    }
    Ok(offered)
}

/// The bundles of earlier attempts of this very job, where they count.
///
/// # Errors
/// [`CliError::File`].
pub(super) fn fetch(job: &Job<'_>, earlier: &[Offered], notices: &mut Vec<String>) -> Result<Vec<PathBuf>, CliError> {
    let is_counted = job.arguments.attempts == Attempts::Pool && !earlier.is_empty();
    let Some(client) = job.artifacts().filter(|_| is_counted) else { return Ok(Vec::new()) };
    if !bundles::shared(earlier).is_empty() {
        notices.push(format!("the results of earlier attempts are left out: {}: {SHARED}", job.leg));
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for Fetched { name, file } in bundles::fetch(client, earlier, &job.output("attempts"))? {
        match file {
            Ok(path) => files.push(path),
            Err(reason) => notices.push(format!("the results of attempt {} are left out: {reason}", name.attempt)),
        }
    }
    Ok(files)
}
