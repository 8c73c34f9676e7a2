//! Parts that GitHub's answers and events have in common.
//!
//! For: one shape for what stands in both, such as the side of a pull request. Not for: whole answers.
//! Invariant: a field that GitHub may leave out, such as the repository of a deleted fork, is optional.

use jiff::Timestamp;
use serde::Deserialize;

/// Something with a number.
#[derive(Deserialize)]
pub(super) struct Numbered {
    pub(super) id: u64,
}

/// Something with a name.
#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
}

/// Where a pull request comes from or goes to.
#[derive(Deserialize)]
pub(super) struct Side {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    pub(super) sha: String,
    pub(super) repo: Option<Numbered>,
}

/// A workflow run.
#[derive(Deserialize)]
pub(super) struct RunWire {
    pub(super) id: u64,
    pub(super) run_attempt: Option<u32>,
    pub(super) event: String,
    pub(super) conclusion: Option<String>,
    pub(super) head_sha: String,
    pub(super) head_branch: Option<String>,
    pub(super) head_repository: Option<Numbered>,
    pub(super) repository: Option<Numbered>,
    pub(super) run_started_at: Option<Timestamp>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) path: Option<String>,
    pub(super) name: Option<String>,
}

impl RunWire {
    /// The attempt; a run that names none is in its first.
    pub(super) fn attempt(&self) -> u32 {
        self.run_attempt.unwrap_or(1)
    }
}
