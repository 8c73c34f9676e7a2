//! GitHub: the workflow run that benchgate is part of, and the API. The only module that names `octocrab`.
//!
//! For: facts from GitHub Actions and from the API, and posting finished text. Not for: deciding or rendering anything;
//! a failure here never changes a verdict.
//! Invariant: the token goes to the configured API only and is never shown; whatever comes from a pull request is foreign
//! data of limited size; a request ends in bounded time, and a write is never repeated blindly.
//!
//! - [`archive`]: a hostile ZIP archive, read in memory
//! - [`artifacts`]: artifacts and the runs they come from
//! - [`caches`]: the entries of the Actions cache
//! - [`client`]: the client, and the comments of a pull request
//! - [`commits`]: how commits relate
//! - [`contents`]: files of a branch
//! - [`error`]: what can go wrong
//! - [`event`]: what started a workflow run
//! - [`files`]: the texts of step outputs and step summary
//! - [`issue`]: one issue per trend
//! - [`marker`]: the first line of benchgate's own comment or issue
//! - [`pulls`]: pull requests and labels
//! - [`repository`]: names that go into an address
//! - [`retry`]: when to ask again
//! - [`run`]: the workflow run
//! - [`runs`]: the commits that a branch was at, by the runs on it
//! - [`sticky`]: one comment per pull request
//! - [`token`]: the token
//! - `answer`: what an HTTP answer means
//! - [`upkeep`]: a text that is found again and kept up to date
//! - `transport`: octocrab, its runtime and the token
//! - `wire`: parts that answers and events have in common

mod answer;
pub mod archive;
pub mod artifacts;
pub mod caches;
pub mod client;
pub mod commits;
pub mod contents;
pub mod error;
pub mod event;
pub mod files;
pub mod issue;
pub mod marker;
pub mod pulls;
pub mod repository;
pub mod retry;
pub mod run;
pub mod runs;
pub mod sticky;
pub mod token;
mod transport;
pub mod upkeep;
mod wire;

pub use archive::{ArchiveError, ArchiveLimits};
pub use artifacts::{Artifact, ArtifactRun, Listing, RunFacts};
pub use client::{Client, Comment};
pub use commits::{Commit, Comparison};
pub use contents::CommittedFile;
pub use error::GithubError;
pub use event::Event;
pub use issue::{DesiredIssue, Issue};
pub use marker::Marker;
pub use pulls::{ForcePush, LabelSet, PullRequest};
pub use repository::{Repository, is_sha};
pub use retry::Timing;
pub use run::{Environment, WorkflowRun};
pub use runs::Head;
pub use sticky::Desired;
pub use token::Token;
pub use upkeep::{Action, KeepReason, Plan, Posted};
