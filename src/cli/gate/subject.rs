//! What is judged, and against which branch.
//!
//! For: commit, branch, pull request and trust of the run whose results are judged. Not for: reading results.
//! Invariant: what a bundle of another workflow run says of itself is never asked here; its identity comes from the event
//! and the API, by the commit that GitHub names.

use jiff::Timestamp;

use super::accept::{self, Acceptance};
use crate::cli::error::CliError;
use crate::github::{Client, Event, WorkflowRun};
use crate::text::short_commit;

/// Events whose runs measure the branch that they name.
const RECORDED: [&str; 4] = ["push", "schedule", "workflow_dispatch", "repository_dispatch"];

/// Whether runs of an event measure the branch that they name. A comment on an issue, say, runs for the default branch by
/// name, and may have checked out anything.
pub(super) fn is_recorded_event(event: &str) -> bool {
    RECORDED.contains(&event)
}

/// What kind of run is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A pull request.
    PullRequest,
    /// An entry of a merge queue.
    MergeGroup,
    /// A commit of a branch: push, schedule, by hand, or not in CI at all.
    Branch,
}

/// What is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    /// What kind of run it is.
    pub(super) kind: Kind,
    /// The commit that was measured.
    pub(super) commit: Option<String>,
    /// Its branch.
    pub(super) branch: Option<String>,
    /// The branch whose runs are its baseline.
    pub(super) base_branch: Option<String>,
    /// Whether the user named that branch.
    pub(super) is_base_named: bool,
    /// The branch that it stands in for, which has no runs.
    pub(super) stands_in_for: Option<String>,
    /// The commit whose ancestors are the baseline: the one that was measured, or a merge queue's base.
    pub(super) anchor: Option<String>,
    /// The pull request to comment on.
    pub(super) pull_request: Option<u64>,
    /// The event that started the measuring run.
    pub(super) trigger: Option<String>,
    /// The measuring run's id and attempt.
    pub(super) run: Option<(u64, u32)>,
    /// Where the results come from a run that must not be trusted: the earliest time at which they can have been made.
    pub(super) untrusted_since: Option<Timestamp>,
    /// Who accepted every regression of it, and how.
    pub(super) accepted: Option<String>,
    /// Why it has no pull request although it should, and other things to be said.
    pub(super) notices: Vec<String>,
}

impl Subject {
    /// What the event says, completed by the API. `stated` is the baseline branch that the user named.
    ///
    /// # Errors
    /// [`CliError::GitHub`] where the identity of another run's results cannot be found out.
    pub(super) fn of(
        ci: Option<&WorkflowRun>,
        client: Option<&Client>,
        stated: Option<String>,
    ) -> Result<Self, CliError> {
        let mut subject = Self {
            kind: Kind::Branch,
            commit: None,
            branch: None,
            base_branch: stated.clone(),
            is_base_named: stated.is_some(),
            stands_in_for: None,
            anchor: None,
            pull_request: None,
            trigger: None,
            run: ci.map(|ci| (ci.run_id, ci.attempt)),
            untrusted_since: None,
            accepted: None,
            notices: Vec::new(),
        };
        let Some(ci) = ci else { return Ok(subject) };
        let default_branch = ci.default_branch.clone();
        match &ci.event {
            Event::PullRequest { number, head_sha, head_ref, base_ref, .. } => {
                subject.judge_pull_request(head_sha, head_ref, base_ref, stated);
                subject.pull_request = Some(*number);
                subject.trigger = Some("pull_request".to_owned());
                subject.accept(accept::of_event(ci, client));
            }
            Event::Push { branch, sha, .. } => {
                subject.judge_branch(branch, sha, stated.or(default_branch));
                subject.trigger = Some("push".to_owned());
                subject.accept(accept::of_merged(client, branch, sha));
            }
            Event::MergeGroup { base_sha, base_ref, head_sha, pull_request } => {
                subject.kind = Kind::MergeGroup;
                subject.commit = Some(head_sha.clone());
                subject.base_branch = stated.or_else(|| Some(base_ref.clone()));
                subject.anchor = Some(base_sha.clone());
                subject.trigger = Some("merge_group".to_owned());
                if let Some(number) = pull_request {
                    subject.accept(accept::of_queued(client, *number));
                }
            }
            Event::WorkflowRun { .. } => subject.judge_other_run(ci, client, stated)?,
            Event::Other { name, branch, sha } => {
                subject.commit.clone_from(sha);
                subject.anchor.clone_from(sha);
                subject.branch.clone_from(branch);
                // Not every scheduled event names the default branch, and a schedule runs on no other.
                subject.base_branch = stated.or(default_branch).or_else(|| branch.clone());
                subject.trigger = Some(name.clone());
            }
        }
        Ok(subject)
    }

    /// Whether its results become history: a run of the baseline branch itself, made by this very workflow run.
    pub(super) fn is_recorded(&self) -> bool {
        let is_of_branch = self.trigger.as_deref().is_some_and(is_recorded_event);
        let is_trusted = self.kind == Kind::Branch && self.untrusted_since.is_none() && is_of_branch;
        is_trusted && self.run.is_some() && self.branch.is_some() && self.branch == self.base_branch
    }

    fn judge_pull_request(&mut self, head_sha: &str, head_ref: &str, base_ref: &str, stated: Option<String>) {
        self.kind = Kind::PullRequest;
        self.commit = Some(head_sha.to_owned());
        self.anchor = Some(head_sha.to_owned());
        self.branch = Some(head_ref.to_owned());
        self.base_branch = stated.or_else(|| Some(base_ref.to_owned()));
    }

    fn judge_branch(&mut self, branch: &str, sha: &str, base: Option<String>) {
        self.commit = Some(sha.to_owned());
        self.anchor = Some(sha.to_owned());
        self.branch = Some(branch.to_owned());
        self.base_branch = base.or_else(|| Some(branch.to_owned()));
    }

    /// The run that triggered this workflow.
    fn judge_other_run(
        &mut self,
        ci: &WorkflowRun,
        client: Option<&Client>,
        stated: Option<String>,
    ) -> Result<(), CliError> {
        let Event::WorkflowRun {
            run_id,
            attempt,
            event,
            head_sha,
            head_branch,
            head_repository_id,
            repository_id,
            started_at,
            created_at,
            ..
        } = &ci.event
        else {
            return Ok(());
        };
        if repository_id.zip(ci.repository_id).is_some_and(|(run, own)| run != own) {
            return Err(CliError::Usage {
                message: "the run that triggered this workflow belongs to another repository".to_owned(),
                hint: "a reporter judges runs of its own repository, those of forks' pull requests included".to_owned(),
            });
        }
        self.run = Some((*run_id, *attempt));
        self.trigger = Some(event.clone());
        self.untrusted_since = Some(created_at.or(*started_at).unwrap_or(Timestamp::UNIX_EPOCH));
        self.commit = Some(head_sha.clone());
        self.anchor = Some(head_sha.clone());
        self.branch.clone_from(head_branch);
        self.base_branch = stated.clone().or_else(|| ci.default_branch.clone());
        match event.as_str() {
            "pull_request" | "pull_request_target" => {
                let client = client.ok_or_else(no_token)?;
                self.kind = Kind::PullRequest;
                match client.open_pull_request_of(head_sha, *head_repository_id)? {
                    Some(request) => {
                        self.judge_pull_request(head_sha, &request.head_ref, &request.base_ref, stated);
                        self.pull_request = Some(request.number);
                        self.accept(accept::of_pull_request(client, &request));
                    }
                    None => self.notices.push(format!(
                        "no open pull request has the commit {} as its head any more, so there is no comment",
                        short_commit(head_sha)
                    )),
                }
            }
            "merge_group" => self.kind = Kind::MergeGroup,
            _ => {}
        }
        Ok(())
    }

    /// Takes over what the label on a pull request says.
    fn accept(&mut self, acceptance: Acceptance) {
        match acceptance {
            Acceptance::By(who) => self.accepted = Some(who),
            Acceptance::Void(why) => self.notices.push(why),
            Acceptance::None => {}
        }
    }
}

fn no_token() -> CliError {
    CliError::Usage {
        message: "there is no token, and whose results these are cannot be found out without one".to_owned(),
        hint: "set GITHUB_TOKEN in the step's environment; the action's input `token` does".to_owned(),
    }
}
