//! What somebody decided about a baseline.
//!
//! For: accepted shifts, pinned releases, new names, what left the history, and taking any of it back, each with who and why.
//! Not for: waivers, which are written in the policy and end.
//! Invariant: a decision is never changed; taking one back is a decision of its own.

use jiff::Timestamp;

use super::id::{ConfigurationId, DecisionId, Digest};
use super::result::SeriesKey;

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
    /// What was measured under one name is the history of another one.
    Rename(Rename),
    /// A part of the history left it into an archive.
    Archive {
        /// Which part.
        part: ArchivedPart,
        /// The archive's name.
        archive: String,
        /// BLAKE3 of its manifest, in hexadecimal.
        manifest: String,
    },
    /// An earlier decision no longer holds.
    Undo {
        /// Which.
        decision: DecisionId,
    },
}

/// Which part of a history left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchivedPart {
    /// Runs beyond what is kept.
    Rotated,
    /// Runs that somebody chose.
    Pruned,
    /// A series.
    Dropped {
        /// Its configuration.
        configuration: ConfigurationId,
        /// Its metric.
        metric: String,
    },
}

/// Another name of a part of what identifies series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// Which part.
    pub what: NamedPart,
    /// Its name so far.
    pub old: String,
    /// Its name from now on.
    pub new: String,
}

/// A part of what identifies series that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedPart {
    /// The model.
    Model,
    /// The test case.
    TestCase,
    /// The device that was measured on.
    Device,
    /// The metric.
    Metric,
}

impl NamedPart {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Model, Self::TestCase, Self::Device, Self::Metric];

    /// Its word, in the history and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::TestCase => "test-case",
            Self::Device => "device",
            Self::Metric => "metric",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }
}

impl Rename {
    /// The series under the new name; whether it had the old one.
    #[must_use]
    pub fn apply(&self, key: &mut SeriesKey) -> bool {
        let configuration = &mut key.configuration;
        let name = match self.what {
            NamedPart::Model => Some(&mut configuration.model),
            NamedPart::TestCase => configuration.test_case.as_mut(),
            NamedPart::Device => configuration.hardware.device.as_mut(),
            NamedPart::Metric => Some(&mut key.metric),
        };
        match name.filter(|name| **name == self.old) {
            Some(name) => {
                name.clone_from(&self.new);
                true
            }
            None => false,
        }
    }
}

impl DecisionKind {
    /// Its word, in the history and in lists.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accept { .. } => "accept",
            Self::Pin { .. } => "pin",
            Self::Rename(_) => "rename",
            Self::Archive { part: ArchivedPart::Rotated, .. } => "rotate",
            Self::Archive { part: ArchivedPart::Pruned, .. } => "prune",
            Self::Archive { part: ArchivedPart::Dropped { .. }, .. } => "drop",
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
            DecisionKind::Rename(Rename { what, old, new }) => {
                digest.text("rename").text(what.word()).text(old).text(new)
            }
            DecisionKind::Archive { part: _, archive: _, manifest } => digest.text(kind.word()).text(manifest),
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
