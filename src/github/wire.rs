//! Parts that GitHub's answers and events have in common.
//!
//! For: one shape for what stands in both, such as the side of a pull request. Not for: whole answers.
//! Invariant: a field that GitHub may leave out, such as the repository of a deleted fork, is optional.

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
