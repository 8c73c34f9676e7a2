//! One comment per pull request, kept up to date.
//!
//! For: the comment as it should be, and deciding what to do about the one that is there. Not for: what the comment says,
//! nor for finding it again (`upkeep`).
//! Invariant: an older run never overwrites a newer one; content that is there already is not written again.

use super::client::{Client, Comment};
use super::error::GithubError;
use super::files::fit;
use super::marker::{MOST_STATES, Marker, is_name, is_state};
use super::repository::is_sha;
use super::upkeep::{self, Entry, KeepReason, Place, Plan, Posted};

/// GitHub takes 65,536 characters; bytes are counted, and fewer, so that no way of counting them is too many.
const LARGEST_COMMENT: usize = 60_000;

pub(super) const NOTE: &str = "\n\n_The rest did not fit in here; the job summary has it._\n";

/// The comment, or another text that is kept up to date, as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Which of several texts of benchgate it is.
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
    /// Whether a first one may be written.
    pub create: bool,
}

impl Desired {
    /// Bytes of text that fit beside the marker; a longer one is cut at its end.
    #[must_use]
    pub fn room(&self) -> usize {
        LARGEST_COMMENT - 1 - self.marker("").render().len()
    }

    /// The text that fits, and its marker.
    pub(super) fn compose(&self) -> (Marker, String) {
        let body = fit(&self.body, self.room(), NOTE).expect("internal error: a marker leaves room");
        (self.marker(&body), body)
    }

    /// The marker of a text.
    pub(super) fn marker(&self, body: &str) -> Marker {
        Marker {
            name: self.name.clone(),
            head_sha: self.head_sha.clone(),
            run_id: self.run_id,
            attempt: self.attempt,
            digest: Marker::digest(body),
            state: self.state.iter().take(MOST_STATES).cloned().collect(),
        }
    }

    pub(super) fn check(&self) -> Result<(), GithubError> {
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

/// The own comment and its marker: the oldest, if there are several.
#[must_use]
pub fn previous<'a>(comments: &'a [Comment], name: &str, author: &str) -> Option<(&'a Comment, Marker)> {
    upkeep::previous(comments, name, author)
}

/// What to do about these comments.
#[must_use]
pub fn plan(comments: &[Comment], author: &str, desired: &Desired) -> Plan {
    plan_for(previous(comments, &desired.name, author), desired, &desired.compose().0)
}

fn plan_for(found: Option<(&Comment, Marker)>, desired: &Desired, marker: &Marker) -> Plan {
    match found {
        None if desired.create => Plan::Create,
        None => Plan::Nothing,
        Some((comment, found)) if found.is_newer_than(marker) => {
            Plan::Keep { id: comment.id, reason: KeepReason::NewerRun }
        }
        Some((comment, found)) if found.says_the_same_as(marker) => {
            Plan::Keep { id: comment.id, reason: KeepReason::Unchanged }
        }
        Some((comment, _)) => Plan::Update { id: comment.id },
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
    comments: Vec<Comment>,
) -> Result<Posted, GithubError> {
    desired.check()?;
    let (marker, body) = desired.compose();
    let text = format!("{}\n{body}", marker.render());
    upkeep::keep(&Comments { client, number, desired, marker, text }, author, comments)
}

/// The comments of a pull request.
struct Comments<'a> {
    client: &'a Client,
    number: u64,
    desired: &'a Desired,
    marker: Marker,
    text: String,
}

impl Place for Comments<'_> {
    type Entry = Comment;

    const WHAT: &'static str = "comment";

    fn marker(&self) -> &Marker {
        &self.marker
    }

    fn list(&self) -> Result<Vec<Comment>, GithubError> {
        self.client.comments(self.number)
    }

    fn plan(&self, found: Option<(&Comment, Marker)>) -> Plan {
        plan_for(found, self.desired, &self.marker)
    }

    fn create(&self) -> Result<Comment, GithubError> {
        self.client.create_comment(self.number, &self.text)
    }

    fn update(&self, id: u64) -> Result<Comment, GithubError> {
        self.client.update_comment(id, &self.text)
    }
}

impl Entry for Comment {
    fn id(&self) -> u64 {
        self.id
    }

    fn body(&self) -> &str {
        &self.body
    }

    fn author(&self) -> Option<&str> {
        self.author.as_deref()
    }

    fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}
