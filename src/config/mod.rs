//! `benchgate.toml`: from text to a validated policy, every value with its origin.
//!
//! For: reading, checking and resolving what a project asks of the gate. Not for: finding or opening the file, and not
//! for what the values do to a verdict (see `gate`).
//! Invariant: a key that is accepted has an effect; a value that is used names the line or flag that it came from;
//! with an empty file every value equals the built-in policy's.
//!
//! - [`error`]: what can be wrong with a file, and what to do about it
//! - [`policy`]: the configuration resolved per series
//! - [`read`]: text -> [`Config`]
//! - [`retention`]: what a rotation keeps
//! - [`rule`]: which series a rule speaks of
//! - [`schema`]: the JSON Schema of the file
//! - [`settings`]: what one table or the command line sets for a series
//! - `span`: how long something is kept
//! - [`tables`]: the tables of the file as they are written
//! - [`value`]: percentages, windows and words, shared by the file and the command line

pub mod error;
pub mod policy;
pub mod read;
pub mod retention;
mod rule;
pub mod schema;
mod settings;
mod span;
mod tables;
pub mod value;

pub use error::ConfigError;
pub use policy::{Config, ConfiguredPolicy, Overrides};
pub use read::parse;
pub use value::{ActionWord, Effect, Level, Window};

#[cfg(test)]
mod tests;
