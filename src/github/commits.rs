//! Commits: how two of them relate, and what comes before one.
//!
//! For: finding the commit to compare with where no deep checkout is at hand. Not for: choosing it.
//! Invariant: refs are foreign text and escaped; a list that is not whole says so.

use jiff::Timestamp;
use serde::Deserialize;

use super::client::{Client, PAGE, get};
use super::error::GithubError;
use super::repository::{escape, is_sha};

/// Pages of a comparison that are read.
const COMPARISON_PAGES: usize = 3;

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its hash.
    pub sha: String,
    /// When it was committed.
    pub date: Option<Timestamp>,
}

/// How a head relates to a base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The newest commit that both have.
    pub merge_base: Commit,
    /// Commits of the head that the base lacks.
    pub ahead_by: u64,
    /// Commits of the base that the head lacks.
    pub behind_by: u64,
    /// The commits of the head that the base lacks, oldest first, at most 300.
    pub commits: Vec<Commit>,
    /// Whether these are all of them.
    pub is_complete: bool,
}

#[derive(Deserialize)]
struct Committer {
    date: Option<Timestamp>,
}

#[derive(Deserialize)]
struct CommitFields {
    committer: Option<Committer>,
}

#[derive(Deserialize)]
struct CommitWire {
    sha: String,
    commit: Option<CommitFields>,
}

impl From<CommitWire> for Commit {
    fn from(wire: CommitWire) -> Self {
        let date = wire.commit.and_then(|commit| commit.committer).and_then(|committer| committer.date);
        Self { sha: wire.sha, date }
    }
}

#[derive(Deserialize)]
struct ComparisonWire {
    merge_base_commit: CommitWire,
    ahead_by: u64,
    behind_by: u64,
    total_commits: u64,
    commits: Vec<CommitWire>,
}

impl Client {
    /// Compares two commits or branches.
    ///
    /// # Errors
    /// [`GithubError::NotFound`] where one of them does not exist, or both have no commit in common.
    pub fn comparison(&self, base: &str, head: &str) -> Result<Comparison, GithubError> {
        let purpose = get("compare the commits", "contents: read");
        let path = format!("compare/{}...{}", escape(base), escape(head));
        let mut relation = None;
        let mut commits = Vec::new();
        for page in 1..=COMPARISON_PAGES {
            let wire: ComparisonWire = self.one(purpose, &format!("{path}?per_page={PAGE}&page={page}"))?;
            let ComparisonWire { merge_base_commit, ahead_by, behind_by, total_commits, commits: some } = wire;
            let is_last = some.is_empty();
            commits.extend(some.into_iter().map(Commit::from));
            let (.., total) =
                relation.get_or_insert((Commit::from(merge_base_commit), ahead_by, behind_by, total_commits));
            if is_last || commits.len() as u64 >= *total {
                break;
            }
        }
        let (merge_base, ahead_by, behind_by, total) = relation.expect("internal error: the first page is read");
        checked(&merge_base)?;
        commits.iter().try_for_each(checked)?;
        let is_complete = commits.len() as u64 >= total;
        Ok(Comparison { merge_base, ahead_by, behind_by, commits, is_complete })
    }

    /// The hashes of a commit or branch and of what came before it, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`GithubError::NotFound`] where it does not exist.
    pub fn ancestors(&self, sha: &str, limit: usize) -> Result<Vec<String>, GithubError> {
        let purpose = get("list the commits", "contents: read");
        let path = format!("commits?sha={}", escape(sha));
        let items = |page: Vec<CommitWire>| page;
        let found = self.pages(purpose, &path, limit.div_ceil(PAGE).max(1), items)?;
        let commits: Vec<Commit> = found.items.into_iter().map(Commit::from).take(limit).collect();
        commits.iter().try_for_each(checked)?;
        Ok(commits.into_iter().map(|commit| commit.sha).collect())
    }
}

fn checked(commit: &Commit) -> Result<(), GithubError> {
    if is_sha(&commit.sha) {
        return Ok(());
    }
    let message = "a commit's `sha` is not a commit hash".to_owned();
    Err(GithubError::Payload { action: "list the commits", message })
}
