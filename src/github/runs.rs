//! Where a branch was at some time, as the workflow runs on it tell.
//!
//! For: which commit somebody looked at. Commits carry dates of their author's choice; a run's time is GitHub's. Not for:
//! the run that benchgate is part of (see [`super::run`]).
//! Invariant: a branch of another repository is another branch, whatever its name.

use jiff::Timestamp;
use serde::Deserialize;

use super::client::{Client, get};
use super::error::GithubError;
use super::repository::escape;
use super::wire::Numbered;

/// Pages of runs that are looked through, 100 each: those of forks' branches of the same name are among them.
const RUN_PAGES: usize = 5;

#[derive(Deserialize)]
struct RunWire {
    id: u64,
    head_sha: String,
    head_branch: Option<String>,
    head_repository: Option<Numbered>,
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct RunsWire {
    workflow_runs: Vec<RunWire>,
}

impl Client {
    /// The commit that a branch of a repository was at: that of the newest run on it that was created by then. `None`
    /// where no run tells, or only one that is older than those that are looked through.
    ///
    /// # Errors
    /// [`GithubError::Forbidden`] without the permission `actions: read`.
    pub fn head_at(
        &self,
        branch: &str,
        repository_id: Option<u64>,
        time: Timestamp,
    ) -> Result<Option<String>, GithubError> {
        let purpose = get("list the workflow runs of the branch", "actions: read");
        let path = format!("actions/runs?branch={}", escape(branch));
        let found = self.pages(purpose, &path, RUN_PAGES, |page: RunsWire| page.workflow_runs)?;
        let is_of_branch = |run: &RunWire| {
            run.head_branch.as_deref() == Some(branch)
                && run.head_repository.as_ref().map(|repository| repository.id) == repository_id
        };
        let before = found.items.into_iter().filter(|run| is_of_branch(run) && run.created_at <= time);
        Ok(before.max_by_key(|run| (run.created_at, run.id)).map(|run| run.head_sha))
    }
}
