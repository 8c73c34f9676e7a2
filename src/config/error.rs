//! What can be wrong with a configuration file, and what to do about it.
//!
//! For: errors that name the file, the line and what is allowed there. Not for: deciding what is wrong (see `read`).
//! Invariant: every error names its line where the file has one, and quotes what stands there.

use thiserror::Error;

/// Why a configuration file was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The text is not TOML, or a value has a wrong type or is out of range.
    #[error("{place}: `{line}`: {problem}")]
    Value {
        /// File and line.
        place: String,
        /// The line's text.
        line: String,
        /// What is wrong with it and what is allowed.
        problem: String,
    },
    /// No such key at that place.
    #[error("{place}: unknown key `{key}`, expected {expected}")]
    UnknownKey {
        /// File and line.
        place: String,
        /// The key as written.
        key: String,
        /// The keys that exist there, in words.
        expected: String,
        /// The known key that is spelled most like it.
        nearest: Option<String>,
    },
    /// A table that is well-formed and has no sense: a rule that matches or sets nothing, an alias of itself.
    #[error("{place}: {problem}")]
    Senseless {
        /// File and line.
        place: String,
        /// What is wrong.
        problem: String,
        /// What to do instead.
        hint: String,
    },
}

impl ConfigError {
    /// What to do about it, where that is more than the message says.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Value { .. } => None,
            Self::UnknownKey { nearest, .. } => nearest.as_ref().map(|key| format!("did you mean `{key}`?")),
            Self::Senseless { hint, .. } => Some(hint.clone()),
        }
    }
}
