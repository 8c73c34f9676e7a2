//! Which commits a branch was at, as the workflow runs on it tell.
//!
//! For: which commit somebody looked at. Commits carry dates of their author's choice; a run's time is GitHub's. Not for:
//! the run that benchgate is part of (see [`super::run`]).
//! Invariant: a branch of another repository is another branch, whatever its name; a run tells only where its event makes
//! the commit that it names the head of the branch.

use jiff::Timestamp;
use serde::Deserialize;

use super::client::{Client, get};
use super::error::GithubError;
use super::repository::escape;
use super::wire::RunWire;

/// Pages of runs that are looked through, 100 each: those of forks' branches of the same name are among them.
const RUN_PAGES: usize = 5;

/// Events whose runs name the commit that the branch was at. Those of `pull_request_target` belong to the base branch,
/// and one that was started by hand or on a schedule says nothing about a push.
const TELLING: [&str; 2] = ["push", "pull_request"];

/// A commit that a branch was at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The commit.
    pub sha: String,
    /// When the run was created that tells.
    pub seen_at: Timestamp,
}

#[derive(Deserialize)]
struct RunsWire {
    workflow_runs: Vec<RunWire>,
}

impl Client {
    /// The commits that a branch of a repository was at, newest first. Those without a run are not among them (a commit
    /// with `[skip ci]` has none), nor those whose runs are older than what is looked through.
    ///
    /// # Errors
    /// [`GithubError::Forbidden`] without the permission `actions: read`.
    pub fn heads(&self, branch: &str, repository_id: Option<u64>) -> Result<Vec<Head>, GithubError> {
        let purpose = get("list the workflow runs of the branch", "actions: read");
        let path = format!("actions/runs?branch={}", escape(branch));
        let found = self.pages(purpose, &path, RUN_PAGES, |page: RunsWire| page.workflow_runs)?;
        let is_telling = |run: &RunWire| {
            TELLING.contains(&run.event.as_str())
                && run.head_branch.as_deref() == Some(branch)
                && run.head_repository.as_ref().map(|repository| repository.id) == repository_id
        };
        let mut runs: Vec<RunWire> = found.items.into_iter().filter(is_telling).collect();
        runs.sort_by_key(|run| std::cmp::Reverse((run.created_at, run.id)));
        Ok(runs.into_iter().filter_map(|run| Some(Head { sha: run.head_sha, seen_at: run.created_at? })).collect())
    }
}
