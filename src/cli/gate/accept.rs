//! Whether somebody accepted the regressions of what is judged.
//!
//! For: the label on a pull request, and for which of its commits it was set. Not for: waivers, which are configuration.
//! Invariant: the label accepts the commit that it was set for and no later one; where GitHub does not say which one that
//! was, it accepts nothing, and the report says so.

use crate::github::{Client, Event, ForcePush, GithubError, Head, LabelSet, PullRequest, WorkflowRun};
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
    let set_by =
        |set: &LabelSet| format!("the label `{LABEL}` was set by {} on {}", set.by, set.at.strftime("%Y-%m-%d"));
    let set = client.label_set(request.number, LABEL);
    if is_set_for_it {
        let unnamed = || format!("the label `{LABEL}` was set for {short}");
        return Acceptance::By(set.ok().flatten().as_ref().map_or_else(unnamed, set_by));
    }
    let set = match set {
        Ok(Some(set)) => set,
        Ok(None) => return unknown(None),
        Err(error) => return unknown(Some(error)),
    };
    match client.heads(&request.head_ref, request.head_repository_id) {
        Ok(heads) => match doubt(&request.head_sha, &set, &heads) {
            None => Acceptance::By(set_by(&set)),
            Some(doubt) => Acceptance::Void(format!("{} {}", set_by(&set), doubt.words(&short))),
        },
        Err(error) => unknown(Some(error)),
    }
}

/// Why a commit may not be the one that a label was set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// No run tells when it became the head.
    Unseen,
    /// Another one was the head.
    Other,
    /// The head was moved back and forth.
    Moved,
}

impl Doubt {
    fn words(self, commit: &str) -> String {
        match self {
            Self::Unseen => format!(
                "and accepts nothing, since no workflow run tells when {commit} was pushed (a commit with `[skip ci]` has \
                 none): push another commit, and set it again"
            ),
            Self::Other => {
                format!("for an earlier commit and accepts nothing: remove it and set it again to accept {commit}")
            }
            Self::Moved => format!(
                "and accepts nothing, since the branch was force-pushed and it may have been set for another commit: \
                 remove it and set it again to accept {commit}"
            ),
        }
    }
}

/// Whether a commit that is the head now may not have been it when the label was set. Commits without a run are not among
/// the heads; but a head that is left and comes back is force-pushed, unless it was the same all the time.
fn doubt(head_sha: &str, set: &LabelSet, heads: &[Head]) -> Option<Doubt> {
    let is_head = |sha: &str| sha.eq_ignore_ascii_case(head_sha);
    if !heads.iter().any(|head| is_head(&head.sha)) {
        return Some(Doubt::Unseen);
    }
    let Some(head) = heads.iter().find(|head| head.seen_at <= set.at).filter(|head| is_head(&head.sha)) else {
        return Some(Doubt::Other);
    };
    // The push that made it the head may be told of after its run was created.
    let is_own = |push: &ForcePush| push.at <= set.at && push.commit.as_deref().is_some_and(is_head);
    let is_moved = set.force_pushes.iter().any(|push| push.at > head.seen_at && !is_own(push));
    is_moved.then_some(Doubt::Moved)
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_label_is_for_the_commit_that_was_certainly_the_head_when_it_was_set() {
        let time = |minute| Timestamp::from_second(60 * minute).expect("valid");
        let heads = |runs: &[(&str, i64)]| -> Vec<Head> {
            runs.iter().map(|(sha, minute)| Head { sha: (*sha).to_owned(), seen_at: time(*minute) }).collect()
        };
        // Set in minute 5, and `b` is the head now.
        for (runs, pushes, expected) in [
            (vec![("b", 3), ("a", 1)], vec![], None),
            (vec![("b", 3)], vec![(2, Some("b"))], None),
            (vec![("b", 3)], vec![(4, Some("B"))], None),
            (vec![("b", 7), ("b", 3)], vec![], None),
            (vec![], vec![], Some(Doubt::Unseen)),
            (vec![("a", 3)], vec![], Some(Doubt::Unseen)),
            (vec![("b", 6), ("a", 3)], vec![], Some(Doubt::Other)),
            (vec![("b", 6)], vec![], Some(Doubt::Other)),
            (vec![("a", 4), ("b", 3)], vec![], Some(Doubt::Other)),
            (vec![("b", 3)], vec![(4, Some("c"))], Some(Doubt::Moved)),
            (vec![("b", 3)], vec![(4, None)], Some(Doubt::Moved)),
            (vec![("b", 3)], vec![(6, Some("b"))], Some(Doubt::Moved)),
        ] {
            let force_pushes: Vec<ForcePush> = pushes
                .iter()
                .map(|(minute, commit)| ForcePush { at: time(*minute), commit: commit.map(str::to_owned) })
                .collect();
            let set = LabelSet { by: "ann".to_owned(), at: time(5), force_pushes };
            assert_eq!(doubt("b", &set, &heads(&runs)), expected, "{runs:?} {pushes:?}");
        }
    }
}
