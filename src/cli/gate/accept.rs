//! Whether somebody accepted the regressions of what is judged.
//!
//! For: the label on a pull request, and for which of its commits it was set. Not for: waivers, which are configuration.
//! Invariant: the label accepts the commit that it was set for and no later one; where GitHub does not say which one that
//! was, it accepts nothing, and the report says so.

use jiff::Timestamp;

use crate::github::{Client, Event, GithubError, PullRequest, WorkflowRun};
use crate::text::short_commit;

/// The label by which a person accepts the regressions of a pull request.
const LABEL: &str = "benchgate: accept";

/// What the label says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Acceptance {
    /// It is not set.
    None,
    /// It accepts every regression; who set it.
    By(String),
    /// It is set and accepts nothing; why.
    Void(String),
}

/// What it says for the pull request whose event this run is.
pub(super) fn of_event(ci: &WorkflowRun, client: Option<&Client>) -> Acceptance {
    let Event::PullRequest { number, head_sha, labels, labeled_by, .. } = &ci.event else { return Acceptance::None };
    // The event of setting it names the commit, which needs no further proof.
    let setter = labeled_by.as_ref().filter(|(label, _)| is_label(label)).map(|(_, login)| login);
    match client.map(|client| (client, client.pull_request(*number))) {
        Some((_, Ok(request))) if !is_labelled(&request.labels) => Acceptance::None,
        Some((client, Ok(request))) => {
            of_commit(client, &PullRequest { head_sha: head_sha.clone(), ..request }, setter.is_some())
        }
        // Of a later attempt the event is as old as the first one, and the label may be gone.
        asked => match setter {
            Some(login) if ci.attempt == 1 => Acceptance::By(format!("the label `{LABEL}` was set by {login}")),
            _ if is_labelled(labels) => unknown(asked.and_then(|(_, answer)| answer.err())),
            _ => Acceptance::None,
        },
    }
}

/// What it says for a pull request as it is now.
pub(super) fn of_pull_request(client: &Client, request: &PullRequest) -> Acceptance {
    if is_labelled(&request.labels) { of_commit(client, request, false) } else { Acceptance::None }
}

/// What it says for the pull request that an entry of a merge queue adds.
pub(super) fn of_queued(client: Option<&Client>, number: u64) -> Acceptance {
    let Some(client) = client else { return Acceptance::None };
    client.pull_request(number).map_or_else(|error| unknown(Some(error)), |request| of_pull_request(client, &request))
}

/// What it says for a push: that of a pull request that was accepted is accepted too, or the regression would fail once
/// more.
pub(super) fn of_merged(client: Option<&Client>, branch: &str, sha: &str) -> Acceptance {
    let Some(client) = client else { return Acceptance::None };
    let requests = client.pull_requests_of(sha).unwrap_or_default();
    let merged = requests.iter().filter(|request| request.is_merged && request.base_ref == branch);
    let said = |request: &PullRequest| match of_pull_request(client, request) {
        Acceptance::By(who) => Acceptance::By(format!("pull request {}: {who}", request.number)),
        Acceptance::Void(why) => Acceptance::Void(format!("pull request {}: {why}", request.number)),
        Acceptance::None => Acceptance::None,
    };
    merged.map(said).find(|said| *said != Acceptance::None).unwrap_or(Acceptance::None)
}

/// What the label of a pull request says for its head, where it is set.
fn of_commit(client: &Client, request: &PullRequest, is_set_for_it: bool) -> Acceptance {
    let short = short_commit(&request.head_sha);
    let set_by = |(login, time): &(String, Timestamp)| {
        format!("the label `{LABEL}` was set by {login} on {}", time.strftime("%Y-%m-%d"))
    };
    let set = client.label_actor(request.number, LABEL);
    if is_set_for_it {
        let unnamed = || format!("the label `{LABEL}` was set for {short}");
        return Acceptance::By(set.ok().flatten().as_ref().map_or_else(unnamed, set_by));
    }
    let set = match set {
        Ok(Some(set)) => set,
        Ok(None) => return unknown(None),
        Err(error) => return unknown(Some(error)),
    };
    match client.head_at(&request.head_ref, request.head_repository_id, set.1) {
        Ok(Some(head)) if head.eq_ignore_ascii_case(&request.head_sha) => Acceptance::By(set_by(&set)),
        Ok(_) => Acceptance::Void(format!(
            "{} for an earlier commit and accepts nothing: remove it and set it again to accept {short}",
            set_by(&set)
        )),
        Err(error) => unknown(Some(error)),
    }
}

fn unknown(error: Option<GithubError>) -> Acceptance {
    let why = error.map_or_else(String::new, |error| format!(": {error}"));
    Acceptance::Void(format!("for which commit the label `{LABEL}` was set is not known, so it accepts nothing{why}"))
}

fn is_labelled(labels: &[String]) -> bool {
    labels.iter().any(|label| is_label(label))
}

/// GitHub compares the names of labels without case.
fn is_label(label: &str) -> bool {
    label.eq_ignore_ascii_case(LABEL)
}
