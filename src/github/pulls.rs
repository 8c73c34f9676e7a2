//! Pull requests and the labels on them.
//!
//! For: finding the pull request that a commit belongs to, who put a label on it, and how its head moved. Not for: its comments.
//! Invariant: a pull request counts for a commit only if it is open and the commit is its head now; where several do,
//! none is chosen.

use jiff::Timestamp;
use serde::Deserialize;

use super::client::{Account, Client, get};
use super::error::GithubError;
use super::repository::sha;
use super::wire::{Named, Side};

/// Pages of open pull requests that are searched.
const PULL_REQUEST_PAGES: usize = 10;

/// Pages of events of one pull request that are read.
const EVENT_PAGES: usize = 50;

const PERMISSION: &str = "pull-requests: read";

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Whether it is open.
    pub is_open: bool,
    /// Whether it was merged.
    pub is_merged: bool,
    /// The commit that it proposes.
    pub head_sha: String,
    /// The branch it comes from.
    pub head_ref: String,
    /// The repository it comes from; `None` where that is deleted.
    pub head_repository_id: Option<u64>,
    /// The branch it goes to.
    pub base_ref: String,
    /// Its labels.
    pub labels: Vec<String>,
}

#[derive(Deserialize)]
struct PullRequestWire {
    number: u64,
    state: String,
    merged_at: Option<Timestamp>,
    head: Side,
    base: Side,
    #[serde(default)]
    labels: Vec<Named>,
}

impl From<PullRequestWire> for PullRequest {
    fn from(wire: PullRequestWire) -> Self {
        let PullRequestWire { number, state, merged_at, head, base, labels } = wire;
        Self {
            number,
            is_open: state == "open",
            is_merged: merged_at.is_some(),
            head_sha: head.sha,
            head_ref: head.reference,
            head_repository_id: head.repo.map(|repository| repository.id),
            base_ref: base.reference,
            labels: labels.into_iter().map(|label| label.name).collect(),
        }
    }
}

/// A label on a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSet {
    /// Who set it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The pushes, before and after, that did not merely add commits.
    pub force_pushes: Vec<ForcePush>,
}

/// A push to the branch of a pull request by which its head did not merely move on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForcePush {
    /// When.
    pub at: Timestamp,
    /// The commit that GitHub names with it.
    pub commit: Option<String>,
}

#[derive(Deserialize)]
struct IssueEventWire {
    event: Option<String>,
    commit_id: Option<String>,
    label: Option<Named>,
    actor: Option<Account>,
    created_at: Option<Timestamp>,
}

impl Client {
    /// One pull request.
    ///
    /// # Errors
    /// [`GithubError::NotFound`] where it does not exist.
    pub fn pull_request(&self, number: u64) -> Result<PullRequest, GithubError> {
        let purpose = get("read the pull request", PERMISSION);
        self.one::<PullRequestWire>(purpose, &format!("pulls/{number}")).map(PullRequest::from)
    }

    /// The pull requests that contain a commit, open or not. GitHub leaves out those of forks at times.
    ///
    /// # Errors
    /// [`GithubError::Invalid`] for anything but a commit hash.
    pub fn pull_requests_of(&self, commit: &str) -> Result<Vec<PullRequest>, GithubError> {
        let purpose = get("list the pull requests of the commit", PERMISSION);
        let path = format!("commits/{}/pulls", sha(commit)?);
        let found = self.pages(purpose, &path, PULL_REQUEST_PAGES, |page: Vec<PullRequestWire>| page)?;
        Ok(found.items.into_iter().map(PullRequest::from).collect())
    }

    /// The one open pull request whose head is this commit now, and, where it is given, comes from this repository.
    ///
    /// # Errors
    /// [`GithubError::SeveralPullRequests`] where there is more than one.
    pub fn open_pull_request_of(
        &self,
        head_sha: &str,
        head_repository_id: Option<u64>,
    ) -> Result<Option<PullRequest>, GithubError> {
        let found = match self.pull_requests_of(head_sha) {
            // GitHub does not know a commit of a fork under this repository in every case.
            Err(GithubError::NotFound { .. } | GithubError::Unprocessable { .. }) => Vec::new(),
            other => other?,
        };
        if let Some(one) = single(found, head_sha, head_repository_id)? {
            return Ok(Some(one));
        }
        let purpose = get("list the open pull requests", PERMISSION);
        let path = "pulls?state=open&sort=updated&direction=desc";
        let found = self.pages(purpose, path, PULL_REQUEST_PAGES, |page: Vec<PullRequestWire>| page)?;
        single(found.items.into_iter().map(PullRequest::from).collect(), head_sha, head_repository_id)
    }

    /// Who put a label on, and when: the last time, unless it was taken off again.
    ///
    /// # Errors
    /// [`GithubError::TooLarge`] for more events than are read, since the last one decides.
    pub fn label_set(&self, number: u64, label: &str) -> Result<Option<LabelSet>, GithubError> {
        let purpose = get("read the events of the pull request", PERMISSION);
        let path = format!("issues/{number}/events");
        let found = self.pages(purpose, &path, EVENT_PAGES, |page: Vec<IssueEventWire>| page)?;
        if !found.is_complete {
            let what = format!("the list of events of #{number}");
            return Err(GithubError::TooLarge { what, limit: format!("{EVENT_PAGES} pages") });
        }
        let force_pushes = force_pushes(&found.items);
        Ok(last_labeled(found.items, label).map(|(by, at)| LabelSet { by, at, force_pushes }))
    }
}

fn single(
    found: Vec<PullRequest>,
    head_sha: &str,
    head_repository_id: Option<u64>,
) -> Result<Option<PullRequest>, GithubError> {
    let is_it = |pull_request: &PullRequest| {
        pull_request.is_open
            && pull_request.head_sha.eq_ignore_ascii_case(head_sha)
            && head_repository_id.is_none_or(|id| pull_request.head_repository_id == Some(id))
    };
    let mut matching: Vec<PullRequest> = found.into_iter().filter(is_it).collect();
    matching.sort_by_key(|pull_request| pull_request.number);
    // A list that changes while its pages are read may name one twice.
    matching.dedup_by_key(|pull_request| pull_request.number);
    if matching.len() > 1 {
        let numbers = matching.iter().map(|pull_request| pull_request.number).collect();
        return Err(GithubError::SeveralPullRequests { head_sha: head_sha.to_owned(), numbers });
    }
    Ok(matching.pop())
}

fn force_pushes(events: &[IssueEventWire]) -> Vec<ForcePush> {
    let forced = events.iter().filter(|event| event.event.as_deref() == Some("head_ref_force_pushed"));
    forced.filter_map(|event| Some(ForcePush { at: event.created_at?, commit: event.commit_id.clone() })).collect()
}

/// GitHub compares the names of labels without case.
fn last_labeled(events: Vec<IssueEventWire>, label: &str) -> Option<(String, Timestamp)> {
    let is_of_label =
        |event: &IssueEventWire| event.label.as_ref().is_some_and(|named| named.name.eq_ignore_ascii_case(label));
    let mut events: Vec<IssueEventWire> = events.into_iter().filter(is_of_label).collect();
    events.sort_by_key(|event| event.created_at);
    let last = events.into_iter().rfind(|event| matches!(event.event.as_deref(), Some("labeled" | "unlabeled")))?;
    if last.event.as_deref() == Some("labeled") { Some((last.actor?.login, last.created_at?)) } else { None }
}
