//! Artifacts and the runs they come from.
//!
//! For: finding and downloading what other jobs uploaded, and the facts about a run. Not for: opening an archive
//! (`archive`) or trusting its content.
//! Invariant: nothing is downloaded beyond the caller's limit, whatever the announced size.

use jiff::Timestamp;
use serde::Deserialize;

use super::client::{Client, get};
use super::error::GithubError;
use super::repository::{is_sha, one_line};
use super::retry::Purpose;
use super::wire::RunWire;

/// Pages of artifacts of one run that are read; a job has at most 500, a matrix at most 256 jobs.
const RUN_PAGES: usize = 50;

const PERMISSION: &str = "actions: read";

/// An artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its number.
    pub id: u64,
    /// Its name, foreign text.
    pub name: String,
    /// The size of its archive.
    pub size_in_bytes: u64,
    /// Whether GitHub has deleted it.
    pub is_expired: bool,
    /// When it was uploaded.
    pub created_at: Option<Timestamp>,
    /// The run that uploaded it.
    pub run: Option<ArtifactRun>,
}

/// The newest artifacts of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The artifacts, newest first.
    pub artifacts: Vec<Artifact>,
    /// Whether all that were asked for are there.
    pub is_complete: bool,
}

/// The run that uploaded an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactRun {
    /// The run.
    pub id: u64,
    /// Its branch.
    pub head_branch: Option<String>,
    /// Its commit.
    pub head_sha: Option<String>,
    /// The repository that the commit comes from.
    pub head_repository_id: Option<u64>,
    /// The repository that the run is in.
    pub repository_id: Option<u64>,
}

/// A workflow run, as GitHub tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFacts {
    /// The run.
    pub id: u64,
    /// Its latest attempt.
    pub attempt: u32,
    /// The event that started it.
    pub event: String,
    /// How it ended; `None` while it runs.
    pub conclusion: Option<String>,
    /// Its commit.
    pub head_sha: String,
    /// Its branch.
    pub head_branch: Option<String>,
    /// The repository that the commit comes from.
    pub head_repository_id: Option<u64>,
    /// The repository that the run is in.
    pub repository_id: Option<u64>,
    /// When its latest attempt began.
    pub started_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// The workflow's file, such as `.github/workflows/bench.yml`.
    pub path: Option<String>,
    /// The workflow's name.
    pub name: Option<String>,
}

#[derive(Deserialize)]
struct ArtifactRunWire {
    id: Option<u64>,
    head_branch: Option<String>,
    head_sha: Option<String>,
    head_repository_id: Option<u64>,
    repository_id: Option<u64>,
}

#[derive(Deserialize)]
struct ArtifactWire {
    id: u64,
    name: String,
    size_in_bytes: u64,
    expired: bool,
    created_at: Option<Timestamp>,
    workflow_run: Option<ArtifactRunWire>,
}

#[derive(Deserialize)]
struct ArtifactPage {
    artifacts: Vec<ArtifactWire>,
}

fn list() -> Purpose {
    get("list the artifacts", PERMISSION)
}

impl From<ArtifactWire> for Artifact {
    fn from(wire: ArtifactWire) -> Self {
        let ArtifactWire { id, name, size_in_bytes, expired, created_at, workflow_run } = wire;
        let run = workflow_run.and_then(|run| {
            let ArtifactRunWire { id, head_branch, head_sha, head_repository_id, repository_id } = run;
            Some(ArtifactRun { id: id?, head_branch, head_sha, head_repository_id, repository_id })
        });
        Self { id, name, size_in_bytes, is_expired: expired, created_at, run }
    }
}

impl Client {
    /// The artifacts of one run.
    ///
    /// # Errors
    /// [`GithubError::NotFound`] where there is no such run.
    pub fn run_artifacts(&self, run_id: u64) -> Result<Vec<Artifact>, GithubError> {
        let path = format!("actions/runs/{run_id}/artifacts");
        let found = self.pages(list(), &path, RUN_PAGES, |page: ArtifactPage| page.artifacts)?;
        Ok(found.items.into_iter().map(Artifact::from).collect())
    }

    /// The artifacts of the repository back to a time, the newest `pages` times 100 of them at most.
    ///
    /// # Errors
    /// As every request.
    pub fn repository_artifacts(&self, since: Option<Timestamp>, pages: usize) -> Result<Listing, GithubError> {
        // GitHub lists the newest first.
        let is_enough = |found: &[ArtifactWire]| {
            since.zip(found.last().and_then(|last| last.created_at)).is_some_and(|(since, last)| last < since)
        };
        let found =
            self.pages_until(list(), "actions/artifacts", pages, |page: ArtifactPage| page.artifacts, is_enough)?;
        Ok(Listing { artifacts: found.items.into_iter().map(Artifact::from).collect(), is_complete: found.is_complete })
    }

    /// The archive of an artifact: a ZIP file, at most `limit` bytes of it.
    ///
    /// # Errors
    /// [`GithubError::TooLarge`] or [`GithubError::Expired`].
    pub fn download(&self, artifact: &Artifact, limit: u64) -> Result<Vec<u8>, GithubError> {
        let name = || one_line(&artifact.name, 100);
        if artifact.is_expired {
            return Err(GithubError::Expired { name: name() });
        }
        let too_large =
            || GithubError::TooLarge { what: format!("the artifact `{}`", name()), limit: format!("{limit} bytes") };
        if artifact.size_in_bytes > limit {
            return Err(too_large());
        }
        let purpose = get("download the artifact", PERMISSION);
        match self.bytes(purpose, &format!("actions/artifacts/{}/zip", artifact.id), limit) {
            Err(GithubError::TooLarge { .. }) => Err(too_large()),
            Err(GithubError::Unexpected { status: 410, .. }) => Err(GithubError::Expired { name: name() }),
            other => other,
        }
    }

    /// The facts about a workflow run.
    ///
    /// # Errors
    /// [`GithubError::NotFound`] where there is no such run.
    pub fn workflow_run(&self, id: u64) -> Result<RunFacts, GithubError> {
        let action = "read the workflow run";
        let run: RunWire = self.one(get(action, PERMISSION), &format!("actions/runs/{id}"))?;
        if !is_sha(&run.head_sha) {
            return Err(GithubError::Payload { action, message: "`head_sha` is not a commit hash".to_owned() });
        }
        Ok(RunFacts {
            id: run.id,
            attempt: run.attempt(),
            event: run.event,
            conclusion: run.conclusion,
            head_sha: run.head_sha,
            head_branch: run.head_branch,
            head_repository_id: run.head_repository.map(|repository| repository.id),
            repository_id: run.repository.map(|repository| repository.id),
            started_at: run.run_started_at,
            created_at: run.created_at,
            path: run.path,
            name: run.name,
        })
    }
}
