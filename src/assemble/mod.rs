//! From results and a history to what the gate is asked.
//!
//! For: what the command line and the server have in common, so that both give the same verdict. Not for: files, flags
//! and requests, which each of them reads in its own way; nor for the decision (see `gate`).
//! Invariant: the same results and the same history give the same candidate, baseline and trend, whoever asks.
//!
//! - [`attempts`] - first run and re-runs among results
//! - [`found`] - one run in one file, complete
//! - [`candidate`] - the run being judged
//! - [`baseline`] - what it is compared with
//! - [`trend`] - the look at a whole history

pub mod attempts;
pub mod baseline;
pub mod candidate;
pub mod found;
pub mod trend;

pub use candidate::{CandidateError, FirstRun};
pub use found::Found;
