//! `benchgate maintain clean-cache`: entries of the Actions cache that newer ones have replaced.
//!
//! For: a cache that gets a new entry with every push, of which only the newest is ever restored. Not for: entries of other
//! branches, gates or actions.
//! Invariant: the newest entries stay; a refusal of GitHub is told with its reason.

use super::command::size;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::maintain_args::CleanCacheArgs;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{ci, leg};
use crate::github::caches::plan_superseded;
use crate::github::{Event, WorkflowRun};
use crate::text::{escape, plural};

/// Runs the command.
///
/// # Errors
/// [`CliError::Usage`] outside of GitHub Actions, without a token, and in a run of no branch; what GitHub refuses.
pub(super) fn run(
    arguments: &CleanCacheArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let (run, client) = ci::needed("clean-cache", "deletes cache entries of", "actions: write", surroundings)?;
    let branch = branch(&run).ok_or_else(|| CliError::Usage {
        message: "this workflow run is none of a branch, so no cache entries are its own".to_owned(),
        hint: "run it on a schedule, after a push, or by hand".to_owned(),
    })?;
    let entries = client.cache_entries(&leg::cache_prefix(&arguments.name), branch)?;
    let kept = entries.len().min(usize::from(arguments.keep));
    let superseded = plan_superseded(entries, arguments.keep);
    for entry in &superseded {
        let (key, saved) = (escape::terminal(&entry.key), entry.created_at);
        writeln!(console.out, "delete `{key}`, saved {saved} ({})", size(entry.bytes))?;
    }
    writeln!(
        console.out,
        "{} replaced by newer ones, {}; {kept} stay",
        plural(superseded.len(), "entry", "entries"),
        size(superseded.iter().map(|entry| entry.bytes).sum()),
    )?;
    if !arguments.yes {
        writeln!(console.out, "nothing was done; --yes does it")?;
        return Ok(Exit::Success);
    }
    for entry in &superseded {
        client.delete_cache_entry(entry.id)?;
    }
    Ok(Exit::Success)
}

/// The branch whose entries the run saves.
fn branch(run: &WorkflowRun) -> Option<&str> {
    match &run.event {
        Event::Push { branch, .. } => Some(branch),
        Event::Other { branch, .. } => branch.as_deref(),
        Event::WorkflowRun { .. } | Event::PullRequest { .. } | Event::MergeGroup { .. } => None,
    }
}
