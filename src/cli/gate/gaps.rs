//! What a history lacks of the runs of its branch.
//!
//! For: finding the bundles that runs of the baseline branch left as artifacts, and adding those that are missing. Not
//! for: fetching single bundles (`bundles`), nor for the history itself (`history`).
//! Invariant: bundles of pull requests, of forks and of runs that were judged and not recorded never become history; where
//! not everything was looked through or fetched, a notice says so.

use std::collections::HashSet;
use std::path::Path;

use jiff::{Timestamp, ToSpan as _};

use super::bundles::{self, Offered};
use super::history;
use super::job::Job;
use crate::cli::error::CliError;
use crate::cli::leg::Remark;
use crate::cli::surroundings::Console;
use crate::github::{Artifact, Client, Listing};
use crate::store::Contents;
use crate::text::plural;

/// Pages of artifacts that are looked through for bundles, 100 each.
const PAGES: usize = 20;

/// Bundles that are fetched to fill a gap, at most.
const MOST_MISSED: usize = 50;

/// Bundles that are fetched to make a history anew, at most.
const MOST_ANEW: usize = 100;

/// Bundles older than this before the newest run are no gap: they were left out on purpose or rotated away.
const LOOK_BACK_DAYS: i64 = 14;

/// Fetches the bundles of the baseline branch that the history lacks, and imports them; how many these were.
///
/// # Errors
/// [`CliError::Store`] and [`CliError::File`]; what GitHub refuses is a notice.
pub(super) fn fill(
    job: &Job<'_>,
    path: &Path,
    contents: &Contents,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<usize, CliError> {
    let (Some(client), Some(branch)) = (job.artifacts(), job.subject.base_branch.as_deref()) else { return Ok(0) };
    let since = contents.newest.and_then(|newest| newest.checked_sub((24 * LOOK_BACK_DAYS).hours()).ok());
    let Listing { artifacts, is_complete } = match client.repository_artifacts(since, PAGES) {
        Ok(listing) => listing,
        Err(error) => {
            notices.push(format!("earlier runs were not looked for among the artifacts: {error}"));
            return Ok(0);
        }
    };
    if !is_complete {
        notices.push(format!(
            "only the newest {} of the repository were looked through for bundles of earlier runs",
            plural(artifacts.len(), "artifact", "artifacts")
        ));
    }
    let mut missing = missing(job, artifacts, branch, since, contents);
    let most = if contents.runs == 0 { MOST_ANEW } else { MOST_MISSED };
    if missing.len() > most {
        let left = missing.len() - most;
        notices
            .push(format!("{} were not fetched: the newest {most} are", plural(left, "older bundle", "older bundles")));
        missing.truncate(most);
    }
    add(job, client, &missing, path, console, notices)
}

/// The bundles that the history lacks, newest first, so that what is over a bound is the oldest.
fn missing(
    job: &Job<'_>,
    artifacts: Vec<Artifact>,
    branch: &str,
    since: Option<Timestamp>,
    contents: &Contents,
) -> Vec<Offered> {
    let of_baseline: Vec<Offered> =
        bundles::offered(job, artifacts).filter(|one| is_of_baseline(job, &one.artifact, branch)).collect();
    let attempt = |one: &Offered| (one.artifact.run.as_ref().map(|run| run.id), one.name.attempt);
    let unrecorded: HashSet<_> =
        of_baseline.iter().filter(|one| one.name.remark == Some(Remark::Unrecorded)).map(attempt).collect();
    let mut missing: Vec<Offered> = of_baseline
        .into_iter()
        .filter(|one| one.name.remark.is_none() && !unrecorded.contains(&attempt(one)))
        .filter(|one| since.is_none_or(|since| one.artifact.created_at.is_none_or(|created| created >= since)))
        .filter(|one| !is_known(one, contents))
        .collect();
    missing.sort_by_key(|one| std::cmp::Reverse((one.artifact.created_at, one.artifact.id)));
    missing
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
    let reports = history::import(job, path, &files, console)?;
    Ok(reports.iter().filter(|report| report.results() > 0).count())
}
