//! What somebody decided about a baseline.
//!
//! For: accepted shifts, pinned releases, and taking either back, each with who and why. Not for: waivers, which are written in
//! the policy and end.
//! Invariant: a decision is never changed; taking one back is a decision of its own.

use jiff::Timestamp;

use super::id::{ConfigurationId, DecisionId, Digest};

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub kind: DecisionKind,
    /// Who decided.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub decided_at: Timestamp,
}

/// What can be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionKind {
    /// A shift of a series is meant to stay: an epoch begins with the runs from then on.
    Accept {
        /// Configuration of the series.
        configuration: ConfigurationId,
        /// Metric of the series.
        metric: String,
        /// When the first run of the epoch was made.
        begins_at: Timestamp,
        /// Its commit, where known.
        commit: Option<String>,
    },
    /// What was measured at a commit is a level to compare later ones with.
    Pin {
        /// The pin's name, such as a release.
        name: String,
        /// The commit.
        commit: String,
        /// When the last run of that commit was made.
        pinned_at: Timestamp,
    },
    /// An earlier decision no longer holds.
    Undo {
        /// Which.
        decision: DecisionId,
    },
}

impl DecisionKind {
    /// Its word, in the history and in lists.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accept { .. } => "accept",
            Self::Pin { .. } => "pin",
            Self::Undo { .. } => "undo",
        }
    }
}

impl Decision {
    /// The id of this decision.
    #[must_use]
    pub fn id(&self) -> DecisionId {
        let Self { kind, actor, reason, decided_at } = self;
        let digest = Digest::new("decision").text(actor).text(reason).text(&decided_at.to_string());
        let digest = match kind {
            DecisionKind::Accept { configuration, metric, begins_at, commit: _ } => {
                digest.text("accept").number(configuration.0).text(metric).text(&begins_at.to_string())
            }
            DecisionKind::Pin { name, commit, pinned_at: _ } => digest.text("pin").text(name).text(commit),
            DecisionKind::Undo { decision } => digest.text("undo").number(decision.0),
        };
        DecisionId(digest.finish())
    }
}

/// A pinned commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its name.
    pub name: String,
    /// The commit.
    pub commit: String,
    /// When the last run of that commit was made.
    pub pinned_at: Timestamp,
}
