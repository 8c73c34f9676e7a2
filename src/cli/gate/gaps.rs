//! What a history lacks of the runs of its branch.
//!
//! For: finding the bundles that runs of the baseline branch left as artifacts, and fetching those that are missing. Not
//! for: fetching single bundles (`bundles`), nor for the history itself (`history`).
//! Invariant: what GitHub does not call a run of the branch itself never becomes history, whatever its bundle says:
//! neither pull requests, forks and comments on issues, nor what was judged and not recorded; where not everything was
//! looked through or fetched, a notice says so.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use jiff::{Timestamp, ToSpan as _};

use super::bundles::{self, Fetched, Offered, SHARED};
use super::identity::Identity;
use super::job::Job;
use super::results;
use crate::cli::bundle;
use crate::cli::error::CliError;
use crate::cli::leg::Remark;
use crate::cli::surroundings::Console;
use crate::github::{Artifact, Client, Listing};
use crate::store::Contents;
use crate::text::plural;

/// Pages of artifacts that are looked through for bundles, 100 each.
const PAGES: usize = 20;

/// Runs whose bundles are fetched to fill a gap, at most.
const MOST_MISSED: usize = 50;

/// Runs whose bundles are fetched to make a history anew, at most: as many as a baseline looks at.
const MOST_ANEW: usize = 100;

/// Bundles that are fetched at most, whole runs of them: GitHub answers 1,000 requests of a repository an hour.
const MOST_BUNDLES: usize = 600;

/// Runs that GitHub is asked about at most.
const MOST_ASKED: usize = 200;

/// Bundles older than this before the newest run are no gap: they were left out on purpose.
const LOOK_BACK_DAYS: i64 = 14;

/// Reasons for leaving out bundles that are named one by one.
const MOST_NAMED: usize = 5;

/// Fetches the bundles of the baseline branch that the history lacks, each as its run on GitHub has it.
///
/// # Errors
/// [`CliError::File`]; what GitHub refuses is a notice.
pub(super) fn fetch(
    job: &Job<'_>,
    contents: &Contents,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Vec<PathBuf>, CliError> {
    let (Some(client), Some(branch)) = (job.artifacts(), job.subject.base_branch.as_deref()) else {
        return Ok(Vec::new());
    };
    let recent = contents.newest.and_then(|newest| newest.checked_sub((24 * LOOK_BACK_DAYS).hours()).ok());
    // Until it has what a baseline looks at, a history may be one whose making was cut short.
    let since = recent.filter(|_| contents.commits >= MOST_ANEW);
    let Listing { artifacts, is_complete } = match client.repository_artifacts(since, PAGES) {
        Ok(listing) => listing,
        Err(error) => {
            notices.push(format!("earlier runs were not looked for among the artifacts: {error}"));
            return Ok(Vec::new());
        }
    };
    let oldest = artifacts.last().and_then(|last| last.created_at);
    if !is_complete && recent.zip(oldest).is_none_or(|(recent, oldest)| oldest >= recent) {
        notices.push(format!(
            "only the newest {} of the repository were looked through for bundles of earlier runs",
            plural(artifacts.len(), "artifact", "artifacts")
        ));
    }
    let missing = missing(job, artifacts, branch, since, contents);
    let most = if contents.commits < MOST_ANEW { MOST_ANEW } else { MOST_MISSED };
    let chosen = choose(client, missing, branch, most, notices);
    take(job, client, &chosen, console, notices)
}

/// Of the bundles those of the newest runs that GitHub calls runs of the branch, whole runs within all bounds.
fn choose(
    client: &Client,
    missing: Vec<Offered>,
    branch: &str,
    most: usize,
    notices: &mut Vec<String>,
) -> Vec<(Identity, Vec<Offered>)> {
    let mut chosen: Vec<(Identity, Vec<Offered>)> = Vec::new();
    let (mut asked, mut bundles, mut left, mut refused) = (0, 0, 0, Vec::new());
    for (id, mut run) in by_run(missing) {
        let is_over = chosen.len() == most || asked == MOST_ASKED || bundles + run.len() > MOST_BUNDLES;
        if left > 0 || (is_over && asked > 0) {
            left += 1;
            continue;
        }
        asked += 1;
        match client.workflow_run(id) {
            Ok(facts) => {
                if let Some(identity) = Identity::of_recorded(&facts, branch) {
                    let shared = bundles::shared(&run);
                    run.retain(|one| !shared.contains(&one.name.leg));
                    refused
                        .extend(shared.iter().map(|leg| format!("what run {id} left as {leg} was left out: {SHARED}")));
                    bundles += run.len();
                    chosen.push((identity, run));
                }
            }
            Err(error) => refused.push(format!("what run {id} left was not fetched: {error}")),
        }
    }
    name_some(refused, "runs", notices);
    if left > 0 {
        let left = plural(left, "older run was", "older runs were");
        notices.push(format!("the bundles of {left} not fetched: those of the newest {} are", chosen.len()));
    }
    chosen
}

/// The bundles of each run, the newest run first.
fn by_run(bundles: Vec<Offered>) -> Vec<(u64, Vec<Offered>)> {
    let mut runs: Vec<(u64, Vec<Offered>)> = Vec::new();
    let mut places: HashMap<u64, usize> = HashMap::new();
    for one in bundles {
        let Some(id) = one.artifact.run.as_ref().map(|run| run.id) else { continue };
        let place = *places.entry(id).or_insert(runs.len());
        if place == runs.len() {
            runs.push((id, Vec::new()));
        }
        runs[place].1.push(one);
    }
    runs
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
    let (id, prefix, source) = (format!("github-{}", run.id), format!("github-{}-", run.id), one.name.source(run.id));
    contents.known.iter().any(|known| match &known.bundle {
        Some(bundle) => *bundle == source,
        // Imported by other means, which do not say from which bundle.
        None => {
            (known.key == id || known.key.starts_with(&prefix))
                && known.attempt == one.name.attempt
                && known.leg.as_ref().is_none_or(|leg| *leg == one.name.leg)
        }
    })
}

/// Downloads bundles and writes them anew, as runs that GitHub vouches for.
fn take(
    job: &Job<'_>,
    client: &Client,
    chosen: &[(Identity, Vec<Offered>)],
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Vec<PathBuf>, CliError> {
    let bundles: Vec<Offered> = chosen.iter().flat_map(|(_, run)| run).cloned().collect();
    let identities = chosen.iter().flat_map(|(identity, run)| run.iter().map(move |_| identity));
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    let fetched = bundles::fetch(client, &bundles, &job.output("earlier"))?;
    for (number, (Fetched { name, file }, identity)) in fetched.into_iter().zip(identities).enumerate() {
        match file.and_then(|path| results::read(job, identity, &path, &name, console, notices)) {
            Ok(runs) => {
                let path = job.output("earlier").join(format!("run-{number}.jsonl"));
                bundle::write(&path, &runs)?;
                files.push(path);
            }
            Err(reason) => refused.push(format!("the bundle {} was left out: {reason}", name.artifact())),
        }
    }
    name_some(refused, "bundles", notices);
    Ok(files)
}

/// Tells of what was left out; of much of it by its number.
fn name_some(refused: Vec<String>, what: &str, notices: &mut Vec<String>) {
    let more = refused.len().saturating_sub(MOST_NAMED);
    notices.extend(refused.into_iter().take(MOST_NAMED));
    if more > 0 {
        notices.push(format!("{more} more {what} were left out"));
    }
}
