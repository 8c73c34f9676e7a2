//! One comment per pull request, kept up to date.
//!
//! For: finding benchgate's own comment, deciding what to do with it, and doing it. Not for: what the comment says.
//! Invariant: a comment is touched only if it carries the marker *and* was written by the own author; an older run never
//! overwrites a newer one; content that is there already is not written again; nothing is written twice, also when GitHub
//! leaves open whether it was written once.

use std::collections::BTreeSet;

use super::client::{Client, Comment};
use super::error::GithubError;
use super::files::fit;
use super::marker::{MOST_STATES, Marker, is_name, is_state};
use super::repository::is_sha;

/// Times that a plan is made, each for a new list of the comments: GitHub may leave a write open, or lose the comment in between.
const MOST_ROUNDS: usize = 3;

/// GitHub takes 65,536 characters; bytes are counted, and fewer, so that no way of counting them is too many.
const LARGEST_COMMENT: usize = 60_000;

const NOTE: &str = "\n\n_The rest did not fit into a comment; the job summary has it._\n";

/// The comment as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Which of several comments of benchgate it is.
    pub name: String,
    /// The commit that it is about.
    pub head_sha: String,
    /// The own run.
    pub run_id: u64,
    /// Its attempt.
    pub attempt: u32,
    /// The visible text.
    pub body: String,
    /// The ids of the series that regressed; of more than [`MOST_STATES`] the first are kept.
    pub state: Vec<String>,
    /// Whether a first comment may be written.
    pub create: bool,
}

impl Desired {
    /// Bytes of text that fit beside the marker; a longer one is cut at its end.
    #[must_use]
    pub fn room(&self) -> usize {
        LARGEST_COMMENT - 1 - self.marker("").render().len()
    }

    /// The text that fits, and its marker.
    fn compose(&self) -> (Marker, String) {
        let body = fit(&self.body, self.room(), NOTE).expect("internal error: a marker leaves room");
        (self.marker(&body), body)
    }

    /// The marker of a text.
    fn marker(&self, body: &str) -> Marker {
        Marker {
            name: self.name.clone(),
            head_sha: self.head_sha.clone(),
            run_id: self.run_id,
            attempt: self.attempt,
            digest: Marker::digest(body),
            state: self.state.iter().take(MOST_STATES).cloned().collect(),
        }
    }

    fn check(&self) -> Result<(), GithubError> {
        let fail = |value: &str, expected| Err(GithubError::Invalid { value: value.to_owned(), expected });
        if !is_name(&self.name) {
            return fail(&self.name, "a name of letters, digits, `_`, `.` and single `-`");
        }
        if !is_sha(&self.head_sha) {
            return fail(&self.head_sha, "a commit hash");
        }
        match self.state.iter().find(|id| !is_state(id)) {
            Some(id) => fail(id, "the id of a series"),
            None => Ok(()),
        }
    }
}

/// Why a comment is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepReason {
    /// It says the same already.
    Unchanged,
    /// A newer run wrote it.
    NewerRun,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Write the first comment.
    Create,
    /// Replace the text of this one.
    Update {
        /// The comment.
        id: u64,
    },
    /// Leave this one.
    Keep {
        /// The comment.
        id: u64,
        /// Why.
        reason: KeepReason,
    },
    /// There is none, and none is to be written.
    Nothing,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A comment was written.
    Created,
    /// A comment got a new text.
    Updated,
    /// The comment said the same already.
    Unchanged,
    /// The comment is of a newer run.
    NewerRun,
    /// No comment is there, and none was asked for.
    Nothing,
}

/// The comment after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its page.
    pub url: Option<String>,
    /// What was done.
    pub action: Action,
    /// Further comments with the same marker and author, which were left alone.
    pub duplicates: usize,
    /// What the user should know.
    pub warning: Option<String>,
}

/// The own comment and its marker: the oldest, if there are several.
#[must_use]
pub fn previous<'a>(comments: &'a [Comment], name: &str, author: &str) -> Option<(&'a Comment, Marker)> {
    own(comments, name, author).min_by_key(|(comment, _)| comment.id)
}

fn own<'a>(comments: &'a [Comment], name: &str, author: &str) -> impl Iterator<Item = (&'a Comment, Marker)> {
    comments
        .iter()
        .filter(move |comment| comment.author.as_deref().is_some_and(|login| login.eq_ignore_ascii_case(author)))
        .filter_map(move |comment| {
            Marker::parse(&comment.body).filter(|marker| marker.name == name).map(|marker| (comment, marker))
        })
}

/// What to do about these comments.
#[must_use]
pub fn plan(comments: &[Comment], author: &str, desired: &Desired) -> Plan {
    plan_for(comments, author, desired, &desired.compose().0)
}

fn plan_for(comments: &[Comment], author: &str, desired: &Desired, marker: &Marker) -> Plan {
    match previous(comments, &desired.name, author) {
        None if desired.create => Plan::Create,
        None => Plan::Nothing,
        Some((comment, found)) => {
            let id = comment.id;
            if (found.run_id, found.attempt) > (marker.run_id, marker.attempt) {
                Plan::Keep { id, reason: KeepReason::NewerRun }
            } else if found.digest == marker.digest && found.state == marker.state {
                Plan::Keep { id, reason: KeepReason::Unchanged }
            } else {
                Plan::Update { id }
            }
        }
    }
}

/// Makes the plan for the comments that were just listed, and applies it.
///
/// # Errors
/// As the requests, and [`GithubError::Ambiguous`] where it stays open whether a comment was written.
pub fn post(
    client: &Client,
    number: u64,
    author: &str,
    desired: &Desired,
    mut comments: Vec<Comment>,
) -> Result<Posted, GithubError> {
    desired.check()?;
    let (marker, body) = desired.compose();
    let text = format!("{}\n{body}", marker.render());
    let mut seen: Option<BTreeSet<u64>> = None;
    let mut round = 1;
    loop {
        let duplicates = own(&comments, &desired.name, author).count().saturating_sub(1);
        let posted = |comment: Option<&Comment>, action, warning| Posted {
            url: comment.and_then(|comment| comment.url.clone()),
            action,
            duplicates,
            warning,
        };
        // The comment that an open write may have left, whoever it is by: it was not there before it.
        if let Some(seen) = &seen {
            let is_ours = |comment: &&Comment| {
                !seen.contains(&comment.id) && Marker::parse(&comment.body).as_ref() == Some(&marker)
            };
            if let Some(comment) = comments.iter().find(is_ours) {
                return Ok(posted(Some(comment), Action::Created, other_author(comment, author)));
            }
        }
        let by_id = |id| comments.iter().find(|comment| comment.id == id);
        let outcome = match plan_for(&comments, author, desired, &marker) {
            Plan::Nothing => return Ok(posted(None, Action::Nothing, None)),
            Plan::Keep { id, reason: KeepReason::Unchanged } => {
                return Ok(posted(by_id(id), Action::Unchanged, None));
            }
            Plan::Keep { id, reason: KeepReason::NewerRun } => return Ok(posted(by_id(id), Action::NewerRun, None)),
            Plan::Update { id } => {
                client.update_comment(id, &text).map(|comment| posted(Some(&comment), Action::Updated, None))
            }
            Plan::Create => client
                .create_comment(number, &text)
                .map(|comment| posted(Some(&comment), Action::Created, other_author(&comment, author))),
        };
        match outcome {
            Err(GithubError::NotFound { .. } | GithubError::Ambiguous { .. }) if round < MOST_ROUNDS => {
                seen.get_or_insert_with(|| comments.iter().map(|comment| comment.id).collect());
            }
            other => return other,
        }
        comments = client.comments(number)?;
        round += 1;
    }
}

/// A comment under another name would not be found by the next run.
fn other_author(comment: &Comment, author: &str) -> Option<String> {
    let login = comment.author.as_deref()?;
    (!login.eq_ignore_ascii_case(author)).then(|| {
        format!(
            "the comment is by `{login}`, not by `{author}`, so the next run would not find it: set comment-author to \
             `{login}`"
        )
    })
}
