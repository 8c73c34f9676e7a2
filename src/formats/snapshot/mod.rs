//! A baseline that is committed, schema `benchgate/snapshot/v1`.
//!
//! For: a file that people review and that stands in where no history is at hand. Not for: moving a history (its file does
//! that); samples, failures and records are left out.
//! Invariant: equal baselines give equal files, an entry a line; what is read is what was measured, rounded to six digits,
//! and is marked as told by a snapshot.
//!
//! - [`wire`]: the structs of the format; the JSON Schema is generated from them
//! - [`write`](mod@write): a history as a snapshot
//! - `read`: a snapshot as runs and decisions

pub(super) mod read;
#[cfg(test)]
mod tests;
pub mod wire;
pub mod write;

pub use wire::Snapshot;
pub use write::{Summary, write_snapshot};
