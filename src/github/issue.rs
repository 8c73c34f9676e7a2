//! One issue per trend, kept up to date: open while there is something to tell, closed with a last word when there is not.
//!
//! For: the issue as it should be, deciding what to do about the one that is there, and the requests. Not for: what it
//! says, nor for finding it again (`upkeep`).
//! Invariant: an older run never overwrites a newer one; an issue whose visible text would stay the same is not touched; one
//! that somebody closed stays closed until there is something that it did not tell.

use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Account, Client, PAGE, get};
use super::error::GithubError;
use super::files::fit;
use super::marker::Marker;
use super::retry::{Method, Purpose};
use super::sticky::{Desired, NOTE};
use super::upkeep::{self, Entry, KeepReason, Place, Plan, Posted};
use super::wire::Named;

/// Pages of issues of one author that are read: 5000 issues.
const ISSUE_PAGES: usize = 50;

/// Pages of labels that are read.
const LABEL_PAGES: usize = 10;

/// GitHub takes 256 characters; benchgate's own titles are far below it.
const LONGEST_TITLE: usize = 250;

const READ: &str = "issues: read";
const WRITE: &str = "issues: write";

/// An issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its number in the repository.
    pub number: u64,
    /// Its Markdown.
    pub body: String,
    /// Who opened it; `None` for a deleted account.
    pub author: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// Whether it is open.
    pub is_open: bool,
}

/// The issue as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredIssue {
    /// Its title, made of benchgate's own words; one above 250 characters is cut.
    pub title: String,
    /// Its text; [`Desired::create`] says whether there is something to tell, so that it is open.
    pub text: Desired,
    /// What follows the text and does not make it another one, such as the link to the run.
    pub footer: String,
}

impl DesiredIssue {
    /// Bytes of text that fit beside the marker and the footer; a longer one is cut at its end.
    #[must_use]
    pub fn room(&self) -> usize {
        self.text.room().saturating_sub(self.footer.len() + 1)
    }

    fn title(&self) -> String {
        self.title.chars().take(LONGEST_TITLE).collect()
    }

    /// The marker, and the whole text with it.
    fn compose(&self) -> (Marker, String) {
        let body = fit(&self.text.body, self.room(), NOTE).expect("internal error: a marker leaves room");
        let marker = self.text.marker(&format!("{}\n{body}", self.title()));
        let text = format!("{}\n{body}\n{}", marker.render(), self.footer);
        (marker, text)
    }
}

/// Lists the issues, makes the plan, and applies it.
///
/// # Errors
/// As the requests, and [`GithubError::Ambiguous`] where it stays open whether an issue was opened.
pub fn post(client: &Client, author: &str, desired: &DesiredIssue) -> Result<Posted, GithubError> {
    desired.text.check()?;
    let (marker, body) = desired.compose();
    let is_open = desired.text.create;
    let place = Issues { client, author, title: desired.title(), is_open, marker, body };
    upkeep::keep(&place, author, place.list()?)
}

/// The issues of a repository by one author.
struct Issues<'a> {
    client: &'a Client,
    author: &'a str,
    title: String,
    is_open: bool,
    marker: Marker,
    body: String,
}

impl Place for Issues<'_> {
    type Entry = Issue;

    const WHAT: &'static str = "issue";

    fn marker(&self) -> &Marker {
        &self.marker
    }

    fn list(&self) -> Result<Vec<Issue>, GithubError> {
        self.client.issues_by(self.author)
    }

    fn plan(&self, found: Option<(&Issue, Marker)>) -> Plan {
        let Some((issue, found)) = found else {
            return if self.is_open { Plan::Create } else { Plan::Nothing };
        };
        let id = issue.number;
        let keep = |reason| Plan::Keep { id, reason };
        if found.is_newer_than(&self.marker) {
            return keep(KeepReason::NewerRun);
        }
        match (issue.is_open, self.is_open) {
            (true, true) if found.says_the_same_as(&self.marker) => keep(KeepReason::Unchanged),
            // The last word was said. Its numbers may be others by now, which nobody waits for.
            (false, false) if found.state.is_empty() => keep(KeepReason::Unchanged),
            // benchgate closes none that names a series: somebody did, who has seen these.
            (false, true) if !found.state.is_empty() && self.marker.state.iter().all(|id| found.state.contains(id)) => {
                keep(KeepReason::Closed)
            }
            _ => Plan::Update { id },
        }
    }

    fn create(&self) -> Result<Issue, GithubError> {
        let purpose = Purpose { method: Method::Post, action: "open an issue", permission: WRITE };
        self.client.write_issue(purpose, "issues", json!({ "title": self.title, "body": self.body }))
    }

    fn update(&self, id: u64) -> Result<Issue, GithubError> {
        let state = if self.is_open { "open" } else { "closed" };
        let content = json!({ "title": self.title, "body": self.body, "state": state });
        self.client.change_issue("update the issue", id, content)
    }
}

impl Entry for Issue {
    fn id(&self) -> u64 {
        self.number
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

impl Client {
    /// The issues that an account opened, open or not, without pull requests.
    ///
    /// # Errors
    /// [`GithubError::TooLarge`] for more than 5000 of them, since one that is not seen would be opened twice.
    pub fn issues_by(&self, author: &str) -> Result<Vec<Issue>, GithubError> {
        let author: String = url::form_urlencoded::byte_serialize(author.as_bytes()).collect();
        let path = format!("issues?state=all&sort=created&direction=asc&creator={author}");
        let found = self.pages(get("list the issues", READ), &path, ISSUE_PAGES, |page: Vec<IssueWire>| page)?;
        if !found.is_complete {
            let limit = format!("{} issues", ISSUE_PAGES * PAGE);
            return Err(GithubError::TooLarge { what: "the list of issues".to_owned(), limit });
        }
        Ok(found.items.into_iter().filter(|issue| issue.pull_request.is_none()).map(Issue::from).collect())
    }

    /// Puts those of these labels on an issue that the repository has, and returns the others. Labels that it has are replaced.
    ///
    /// # Errors
    /// As the requests.
    pub fn label_issue(&self, number: u64, labels: &[String]) -> Result<Vec<String>, GithubError> {
        let found = self.pages(get("list the labels", READ), "labels", LABEL_PAGES, |page: Vec<Named>| page)?;
        let known: Vec<String> = found.items.into_iter().map(|label| label.name).collect();
        // GitHub compares the names of labels without case, and makes those that it does not know.
        let is_known = |label: &&String| known.iter().any(|name| name.eq_ignore_ascii_case(label));
        let (known, unknown): (Vec<&String>, Vec<&String>) = labels.iter().partition(is_known);
        if !known.is_empty() {
            self.change_issue("label the issue", number, json!({ "labels": known }))?;
        }
        Ok(unknown.into_iter().cloned().collect())
    }

    fn change_issue(&self, action: &'static str, number: u64, content: Value) -> Result<Issue, GithubError> {
        let purpose = Purpose { method: Method::Patch, action, permission: WRITE };
        self.write_issue(purpose, &format!("issues/{number}"), content)
    }

    fn write_issue(&self, purpose: Purpose, path: &str, content: Value) -> Result<Issue, GithubError> {
        self.write::<IssueWire>(purpose, path, content).map(Issue::from)
    }
}

#[derive(Deserialize)]
struct IssueWire {
    number: u64,
    body: Option<String>,
    user: Option<Account>,
    html_url: Option<String>,
    state: String,
    pull_request: Option<Value>,
}

impl From<IssueWire> for Issue {
    fn from(wire: IssueWire) -> Self {
        let IssueWire { number, body, user, html_url, state, pull_request: _ } = wire;
        let author = user.map(|user| user.login);
        Self { number, body: body.unwrap_or_default(), author, url: html_url, is_open: state == "open" }
    }
}
