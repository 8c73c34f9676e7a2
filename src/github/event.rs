//! What started a workflow run: the event and its payload.
//!
//! For: the commits, branches and pull requests that an event names. Not for: deciding what to do about it.
//! Invariant: a payload is foreign data of limited size; a field that is needed and absent is an error with its path,
//! never a guess.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::GithubError;
use super::repository::{is_sha, one_line};
use super::run::Environment;
use super::wire::{Named, RunWire, Side};

/// Payloads are at most 25 MB by GitHub's own limit.
const LARGEST_PAYLOAD: usize = 26_214_400;

/// The account whose pull requests run with a read-only token.
const DEPENDABOT: &str = "dependabot[bot]";

/// What started a workflow run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `pull_request` or `pull_request_target`.
    PullRequest {
        /// The number of the pull request.
        number: u64,
        /// The commit it proposes; `GITHUB_SHA` is a merge commit.
        head_sha: String,
        /// The branch it comes from.
        head_ref: String,
        /// The branch it goes to.
        base_ref: String,
        /// Whether it comes from another repository, or from one that is deleted.
        is_fork: bool,
        /// Whether the event was `pull_request_target`.
        is_target: bool,
        /// Whether GitHub gives this run a read-only token whatever the workflow says.
        is_read_only_expected: bool,
        /// Its labels.
        labels: Vec<String>,
        /// The label whose addition is the event, and who added it.
        labeled_by: Option<(String, String)>,
    },
    /// `push` to a branch.
    Push {
        /// The branch.
        branch: String,
        /// Its new head.
        sha: String,
        /// Its head before; `None` for a new branch.
        before: Option<String>,
    },
    /// `merge_group`: a candidate of the merge queue.
    MergeGroup {
        /// The commit that it is based on.
        base_sha: String,
        /// The branch that it goes to.
        base_ref: String,
        /// The candidate.
        head_sha: String,
        /// The pull request that the entry adds, by the name of the queue's branch.
        pull_request: Option<u64>,
    },
    /// `workflow_run`: another workflow's run, which started this one.
    WorkflowRun {
        /// That run.
        run_id: u64,
        /// Its attempt.
        attempt: u32,
        /// The event that started that run.
        event: String,
        /// How that run ended.
        conclusion: Option<String>,
        /// The commit of that run.
        head_sha: String,
        /// The branch of that run.
        head_branch: Option<String>,
        /// The repository that the commit comes from.
        head_repository_id: Option<u64>,
        /// The repository that the run is in.
        repository_id: Option<u64>,
        /// When that attempt began.
        started_at: Option<Timestamp>,
        /// When the run was created.
        created_at: Option<Timestamp>,
    },
    /// Anything else: `schedule`, `workflow_dispatch`, a tag, a deleted branch.
    Other {
        /// The event's name.
        name: String,
        /// The branch, where the run has one.
        branch: Option<String>,
        /// The commit.
        sha: Option<String>,
    },
}

impl Event {
    pub(super) fn read(name: &str, payload: &Value, environment: Environment<'_>) -> Result<Self, GithubError> {
        match name {
            "pull_request" | "pull_request_target" => pull_request(name, typed(name, payload)?, environment),
            "merge_group" => merge_group(name, typed(name, payload)?),
            "workflow_run" => workflow_run(name, typed(name, payload)?),
            "push" => push(payload, environment),
            _ => other(name, environment),
        }
    }
}

/// The payload as JSON; without a file it is empty.
pub(super) fn payload(name: &str, bytes: Option<&[u8]>) -> Result<Value, GithubError> {
    let fail = |message: String| GithubError::Event { event: one_line(name, 100), message };
    match bytes {
        None => Ok(Value::Null),
        Some(bytes) if bytes.len() > LARGEST_PAYLOAD => Err(fail(format!("it is larger than {LARGEST_PAYLOAD} bytes"))),
        Some(bytes) => serde_json::from_slice(bytes).map_err(|error| fail(error.to_string())),
    }
}

fn typed<T: DeserializeOwned>(name: &str, payload: &Value) -> Result<T, GithubError> {
    serde_path_to_error::deserialize(payload)
        .map_err(|error| GithubError::Event { event: name.to_owned(), message: one_line(&error.to_string(), 300) })
}

fn checked_sha(event: &str, field: &str, sha: String) -> Result<String, GithubError> {
    if is_sha(&sha) {
        return Ok(sha);
    }
    let message = format!("{field}: `{}` is not a commit hash", one_line(&sha, 100));
    Err(GithubError::Event { event: event.to_owned(), message })
}

fn branch(reference: &str) -> Option<&str> {
    reference.strip_prefix("refs/heads/").filter(|branch| !branch.is_empty())
}

#[derive(Deserialize)]
struct Account {
    login: String,
}

#[derive(Deserialize)]
struct PullRequestFields {
    number: u64,
    head: Side,
    base: Side,
    #[serde(default)]
    labels: Vec<Named>,
}

#[derive(Deserialize)]
struct PullRequestPayload {
    action: Option<String>,
    pull_request: PullRequestFields,
    label: Option<Named>,
    sender: Option<Account>,
}

fn pull_request(name: &str, payload: PullRequestPayload, environment: Environment<'_>) -> Result<Event, GithubError> {
    let PullRequestPayload { action, pull_request: fields, label, sender } = payload;
    let sender = sender.map(|account| account.login);
    let is_fork = match (&fields.head.repo, &fields.base.repo) {
        (Some(head), Some(base)) => head.id != base.id,
        _ => true,
    };
    let is_target = name == "pull_request_target";
    let is_dependabot = [environment.optional("GITHUB_ACTOR"), sender.as_deref()].contains(&Some(DEPENDABOT));
    let labeled = (action.as_deref() == Some("labeled")).then_some(label).flatten();
    Ok(Event::PullRequest {
        number: fields.number,
        head_sha: checked_sha(name, "pull_request.head.sha", fields.head.sha)?,
        head_ref: fields.head.reference,
        base_ref: fields.base.reference,
        is_fork,
        is_target,
        is_read_only_expected: !is_target && (is_fork || is_dependabot),
        labels: fields.labels.into_iter().map(|label| label.name).collect(),
        labeled_by: labeled.zip(sender).map(|(label, login)| (label.name, login)),
    })
}

#[derive(Deserialize)]
struct MergeGroupFields {
    base_sha: String,
    base_ref: String,
    head_sha: String,
    head_ref: Option<String>,
}

#[derive(Deserialize)]
struct MergeGroupPayload {
    merge_group: MergeGroupFields,
}

fn merge_group(name: &str, payload: MergeGroupPayload) -> Result<Event, GithubError> {
    let MergeGroupFields { base_sha, base_ref, head_sha, head_ref } = payload.merge_group;
    Ok(Event::MergeGroup {
        pull_request: head_ref.as_deref().and_then(queued),
        base_sha: checked_sha(name, "merge_group.base_sha", base_sha)?,
        base_ref: branch(&base_ref).unwrap_or(&base_ref).to_owned(),
        head_sha: checked_sha(name, "merge_group.head_sha", head_sha)?,
    })
}

/// The pull request of a queue's branch, `refs/heads/gh-readonly-queue/main/pr-7-0123abcd`.
fn queued(head_ref: &str) -> Option<u64> {
    let (_, entry) = head_ref
        .strip_prefix("refs/heads/")
        .unwrap_or(head_ref)
        .strip_prefix("gh-readonly-queue/")?
        .rsplit_once('/')?;
    entry.strip_prefix("pr-")?.split('-').next()?.parse().ok()
}

#[derive(Deserialize)]
struct WorkflowRunPayload {
    workflow_run: RunWire,
}

fn workflow_run(name: &str, payload: WorkflowRunPayload) -> Result<Event, GithubError> {
    let run = payload.workflow_run;
    Ok(Event::WorkflowRun {
        run_id: run.id,
        attempt: run.attempt(),
        event: run.event,
        conclusion: run.conclusion,
        head_sha: checked_sha(name, "workflow_run.head_sha", run.head_sha)?,
        head_branch: run.head_branch,
        head_repository_id: run.head_repository.map(|repository| repository.id),
        repository_id: run.repository.map(|repository| repository.id),
        started_at: run.run_started_at,
        created_at: run.created_at,
    })
}

fn push(payload: &Value, environment: Environment<'_>) -> Result<Event, GithubError> {
    let is_deleted = payload.get("deleted").and_then(Value::as_bool) == Some(true);
    match branch(environment.required("GITHUB_REF")?) {
        Some(branch) if !is_deleted => {
            let before = payload.get("before").and_then(Value::as_str);
            // A new branch was at no commit before: GitHub writes zeros.
            let before = before.filter(|sha| is_sha(sha) && sha.bytes().any(|byte| byte != b'0'));
            Ok(Event::Push { branch: branch.to_owned(), sha: own_sha(environment)?, before: before.map(str::to_owned) })
        }
        _ => other("push", environment),
    }
}

fn other(name: &str, environment: Environment<'_>) -> Result<Event, GithubError> {
    let branch = environment.optional("GITHUB_REF").and_then(branch).map(str::to_owned);
    let sha = environment.optional("GITHUB_SHA").map(|_present| own_sha(environment)).transpose()?;
    Ok(Event::Other { name: one_line(name, 100), branch, sha })
}

fn own_sha(environment: Environment<'_>) -> Result<String, GithubError> {
    let sha = environment.required("GITHUB_SHA")?;
    if is_sha(sha) {
        return Ok(sha.to_owned());
    }
    let message = format!("is not a commit hash: `{}`", one_line(sha, 100));
    Err(GithubError::Environment { variable: "GITHUB_SHA", message })
}
