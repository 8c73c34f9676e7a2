//! The structs of a snapshot.
//!
//! For: what a snapshot says, field by field; the JSON Schema in `docs/` is generated from here. Not for: rules between
//! fields (see `read`).
//! Invariant: every object refuses unknown fields.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::formats::native::HardwareEntry;
use crate::model::Direction;

/// The version of the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Schema {
    /// Version 1.
    #[default]
    #[serde(rename = "benchgate/snapshot/v1")]
    V1,
}

/// The baseline of every series, and what was decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "benchgate/snapshot/v1")]
pub struct Snapshot {
    /// The version of the format.
    pub schema: Schema,
    /// The series, by name.
    pub series: Vec<SeriesEntry>,
    /// What was decided, oldest first.
    pub decisions: Vec<DecisionEntry>,
    /// The runs, oldest first.
    pub runs: Vec<RunEntry>,
}

/// A series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesEntry {
    /// The model's name.
    pub model: String,
    /// What was measured on.
    pub hardware: HardwareEntry,
    /// The benchmark's name within the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_case: Option<String>,
    /// Items in a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<u32>,
    /// Precision, such as `fp16`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<String>,
    /// Other parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// Whether it is simulated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
    /// The metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Which direction is better, where the results say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Direction>,
    /// The present level, to three digits; for reading, not for judging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<f64>,
    /// Noise from run to run as a fraction, to two digits; for reading, not for judging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<f64>,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunEntry {
    /// Its name.
    pub id: String,
    /// Its attempt.
    pub attempt: u32,
    /// The suite that was run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// The commit that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The branch that the commit was on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// When it was made.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub started_at: Timestamp,
    /// What started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// Facts of its environment that baselines depend on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// What it measured of each series, in their order; null where it did not.
    pub values: Vec<Option<f64>>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionEntry {
    /// Its id, in hexadecimal: the hash of what it says.
    pub id: String,
    /// What was decided.
    #[serde(flatten)]
    pub kind: KindEntry,
    /// Who decided.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub decided_at: Timestamp,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum KindEntry {
    /// An epoch of a series begins.
    Accept {
        /// The series' configuration, in hexadecimal.
        configuration: String,
        /// Its metric.
        metric: String,
        /// When it begins.
        #[schemars(with = "String", extend("format" = "date-time"))]
        begins_at: Timestamp,
        /// With which commit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<String>,
    },
    /// A commit is pinned.
    Pin {
        /// What it is called.
        name: String,
        /// The commit.
        commit: String,
        /// When it was last measured.
        #[schemars(with = "String", extend("format" = "date-time"))]
        pinned_at: Timestamp,
    },
    /// Something has a new name.
    Rename {
        /// What: `model`, `test-case`, `device` or `metric`.
        what: String,
        /// The name so far.
        old: String,
        /// The name from then on.
        new: String,
    },
    /// Runs left the history by its retention.
    Rotate {
        /// The archive's name.
        archive: String,
        /// BLAKE3 of its manifest.
        manifest: String,
    },
    /// Runs that somebody chose left.
    Prune {
        /// The archive's name.
        archive: String,
        /// BLAKE3 of its manifest.
        manifest: String,
    },
    /// A series left.
    Drop {
        /// The series' configuration, in hexadecimal.
        configuration: String,
        /// Its metric.
        metric: String,
        /// The archive's name.
        archive: String,
        /// BLAKE3 of its manifest.
        manifest: String,
    },
    /// An earlier decision was taken back.
    Undo {
        /// Which, in hexadecimal.
        decision: String,
    },
}
