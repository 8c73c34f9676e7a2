//! What every part of the flow needs to know.
//!
//! For: handing one value around instead of eight. Not for: any part's own findings.
//! Invariant: nothing in here changes while the flow runs.

use std::path::PathBuf;

use jiff::Timestamp;

use super::subject::{Subject, is_recorded_event};
use crate::cli::gate_args::{GateArgs, Save};
use crate::cli::leg::{BundleName, Remark};
use crate::github::{Client, Event, WorkflowRun};
use crate::model::Aliases;

/// One job of CI that judges.
#[derive(Clone)]
pub(super) struct Job<'a> {
    /// What the user asked for.
    pub(super) arguments: &'a GateArgs,
    /// Now.
    pub(super) now: Timestamp,
    /// The workflow's run; `None` outside of GitHub Actions.
    pub(super) ci: Option<&'a WorkflowRun>,
    /// GitHub's API; `None` without a token, or outside of GitHub Actions.
    pub(super) client: Option<&'a Client>,
    /// What is judged.
    pub(super) subject: Subject,
    /// Names of hardware that the configuration replaces.
    pub(super) aliases: &'a Aliases,
    /// The gate's name.
    pub(super) name: String,
    /// This job's leg.
    pub(super) leg: String,
    /// What tells its artifacts from those of other jobs.
    pub(super) tag: String,
}

impl Job<'_> {
    /// A file of the output folder.
    pub(super) fn output(&self, file: &str) -> PathBuf {
        self.arguments.output_folder.join(file)
    }

    /// The name of a bundle that it leaves behind.
    pub(super) fn bundle(&self, remark: Option<Remark>) -> BundleName {
        let attempt = self.ci.map_or(1, |ci| ci.attempt);
        BundleName { gate: self.name.clone(), leg: self.leg.clone(), attempt, tag: self.tag.clone(), remark }
    }

    /// Whether its results become history.
    pub(super) fn is_recorded(&self) -> bool {
        self.arguments.save == Save::Auto && self.subject.is_recorded()
    }

    /// Whether its results would become history, and the user said that they shall not.
    pub(super) fn is_never_saved(&self) -> bool {
        self.arguments.save == Save::Never && self.subject.is_recorded()
    }

    /// Whether GitHub names the baseline branch as that of the workflow run, although it measured something else.
    pub(super) fn is_never_history(&self) -> bool {
        self.ci.is_some_and(|ci| match &ci.event {
            Event::Other { name, .. } => !is_recorded_event(name),
            // A reporter measured nothing, and leaves nothing behind.
            Event::WorkflowRun { .. } => !self.arguments.from_artifacts,
            Event::Push { .. } | Event::PullRequest { .. } | Event::MergeGroup { .. } => false,
        })
    }

    /// Whether the history was looked for in the cache, and nothing was found there.
    pub(super) fn is_cache_missed(&self) -> bool {
        let was_asked = self.arguments.cache_restore.as_deref().is_some_and(|outcome| outcome != "skipped");
        was_asked && self.cache_key().is_none()
    }

    /// The key of the cache entry that was restored.
    pub(super) fn cache_key(&self) -> Option<&str> {
        self.arguments.cache_key.as_deref().filter(|key| !key.is_empty())
    }

    /// The client, where artifacts may be read.
    pub(super) fn artifacts(&self) -> Option<&Client> {
        self.client.filter(|_| self.arguments.use_artifacts)
    }
}
