//! The client: one repository of one GitHub, asked with one token.
//!
//! For: the comments of a pull request, and what the other endpoints share: paths, pages, permissions. Not for: deciding
//! what to post (`sticky`).
//! Invariant: every method blocks, ends in bounded time, and reads a bounded number of pages; pages are counted here, so
//! no address that a server hands out is asked with the token.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::Answer;
use super::error::GithubError;
use super::repository::Repository;
use super::retry::{Method, Purpose, Timing, Trouble};
use super::token::Token;
use super::transport::{Call, Transport};

/// Items of a page, GitHub's maximum.
pub(super) const PAGE: usize = 100;

/// Pages of comments that are read: 5000 comments.
const COMMENT_PAGES: usize = 50;

/// A comment of an issue or a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its number, which grows with time.
    pub id: u64,
    /// Its Markdown.
    pub body: String,
    /// Who wrote it; `None` for a deleted account.
    pub author: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
}

#[derive(Deserialize)]
struct CommentWire {
    id: u64,
    body: Option<String>,
    user: Option<Account>,
    html_url: Option<String>,
    created_at: Option<Timestamp>,
}

impl From<CommentWire> for Comment {
    fn from(wire: CommentWire) -> Self {
        let CommentWire { id, body, user, html_url, created_at } = wire;
        let author = user.map(|user| user.login);
        Self { id, body: body.unwrap_or_default(), author, url: html_url, created_at }
    }
}

/// A client of the GitHub API for one repository.
pub struct Client {
    transport: Transport,
    repository: Repository,
}

impl Client {
    /// A client that sends the token to `api_url` only.
    ///
    /// # Errors
    /// [`GithubError::BadUrl`] for an address that is neither `https://` nor on this machine, [`GithubError::BadToken`],
    /// or [`GithubError::Setup`].
    pub fn new(api_url: &str, repository: &Repository, token: Token) -> Result<Self, GithubError> {
        Self::with_timing(api_url, repository, token, Timing::default())
    }

    /// The same with other times to wait.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_timing(
        api_url: &str,
        repository: &Repository,
        token: Token,
        timing: Timing,
    ) -> Result<Self, GithubError> {
        Ok(Self { transport: Transport::new(api_url, token, timing)?, repository: repository.clone() })
    }

    /// All comments of an issue or a pull request, oldest first.
    ///
    /// # Errors
    /// [`GithubError::TooLarge`] for more than 5000 of them, since one that is not seen would be written twice.
    pub fn comments(&self, number: u64) -> Result<Vec<Comment>, GithubError> {
        let purpose = get("list the comments of the pull request", "pull-requests: read");
        let path = format!("issues/{number}/comments");
        let found = self.pages(purpose, &path, COMMENT_PAGES, |page: Vec<CommentWire>| page)?;
        if !found.is_complete {
            let what = format!("the list of comments of #{number}");
            return Err(GithubError::TooLarge { what, limit: format!("{} comments", COMMENT_PAGES * PAGE) });
        }
        Ok(found.items.into_iter().map(Comment::from).collect())
    }

    /// Writes a comment.
    ///
    /// # Errors
    /// [`GithubError::Ambiguous`] where the comment may have been written all the same.
    pub fn create_comment(&self, number: u64, body: &str) -> Result<Comment, GithubError> {
        let purpose = Purpose { method: Method::Post, action: "write a comment", permission: "pull-requests: write" };
        self.write_comment(purpose, &format!("issues/{number}/comments"), body)
    }

    /// Replaces the text of a comment.
    ///
    /// # Errors
    /// [`GithubError::NotFound`] where it was deleted.
    pub fn update_comment(&self, id: u64, body: &str) -> Result<Comment, GithubError> {
        let purpose =
            Purpose { method: Method::Patch, action: "update the comment", permission: "pull-requests: write" };
        self.write_comment(purpose, &format!("issues/comments/{id}"), body)
    }

    fn write_comment(&self, purpose: Purpose, path: &str, body: &str) -> Result<Comment, GithubError> {
        self.write::<CommentWire>(purpose, path, json!({ "body": body })).map(Comment::from)
    }

    /// What becomes of something that is written.
    pub(super) fn write<T: DeserializeOwned>(
        &self,
        purpose: Purpose,
        path: &str,
        content: Value,
    ) -> Result<T, GithubError> {
        let call = Call { content: Some(content), ..self.request(purpose, path) };
        self.transport.call(&call, Answer::read)
    }

    /// Removes something; what is gone already was removed.
    pub(super) fn remove(&self, purpose: Purpose, path: &str) -> Result<(), GithubError> {
        match self.transport.call(&self.request(purpose, path), |_| Ok(())) {
            Err(GithubError::NotFound { .. }) => Ok(()),
            other => other,
        }
    }

    /// A call below the repository.
    fn request(&self, purpose: Purpose, path: &str) -> Call {
        Call { purpose, path: format!("/repos/{}/{path}", self.repository), content: None }
    }

    /// One object.
    pub(super) fn one<T: DeserializeOwned>(&self, purpose: Purpose, path: &str) -> Result<T, GithubError> {
        self.transport.call(&self.request(purpose, path), Answer::read)
    }

    /// The content that a call redirects to.
    pub(super) fn bytes(&self, purpose: Purpose, path: &str, limit: u64) -> Result<Vec<u8>, GithubError> {
        self.transport.download(&self.request(purpose, path), limit)
    }

    /// The items of at most `most` pages.
    pub(super) fn pages<P: DeserializeOwned, T>(
        &self,
        purpose: Purpose,
        path: &str,
        most: usize,
        items: impl Fn(P) -> Vec<T>,
    ) -> Result<Pages<T>, GithubError> {
        self.pages_until(purpose, path, most, items, |_found| false)
    }

    /// The same, up to the page with which enough is found.
    pub(super) fn pages_until<P: DeserializeOwned, T>(
        &self,
        purpose: Purpose,
        path: &str,
        most: usize,
        items: impl Fn(P) -> Vec<T>,
        is_enough: impl Fn(&[T]) -> bool,
    ) -> Result<Pages<T>, GithubError> {
        let mut found = Vec::new();
        let mark = if path.contains('?') { '&' } else { '?' };
        for page in 1..=most {
            let call = self.request(purpose, &format!("{path}{mark}per_page={PAGE}&page={page}"));
            let read = |answer: &Answer| Ok::<_, Trouble>((answer.read::<P>()?, answer.has_next()));
            let (content, has_next) = self.transport.call(&call, read)?;
            let content = items(content);
            // A server that does not speak of pages may have another one behind a full page.
            let has_next = has_next.unwrap_or(content.len() >= PAGE);
            found.extend(content);
            if !has_next || is_enough(&found) {
                return Ok(Pages { items: found, is_complete: true });
            }
        }
        Ok(Pages { items: found, is_complete: false })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("repository", &self.repository).finish_non_exhaustive()
    }
}

/// The items of several pages, and whether these were all that were wanted.
#[derive(Debug)]
pub(super) struct Pages<T> {
    pub(super) items: Vec<T>,
    pub(super) is_complete: bool,
}

/// What reading takes.
pub(super) fn get(action: &'static str, permission: &'static str) -> Purpose {
    Purpose { method: Method::Get, action, permission }
}
