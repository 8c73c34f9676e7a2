//! What a history holds, as documents.
//!
//! For: the reports of `report` and `rank`. Not for: verdicts.
//! Invariant: what is simulated, failed or looks made up says so in its row.
//!
//! - `performance` - what was measured
//!   (`performance_plots` - its maps and curves)
//! - `hardware` - on what
//! - `compatibility` - which models run where
//! - `summary` - all of it, counted
//! - `rank` - configurations that differ in one thing, ordered
//! - `parts` - what these have in common

mod compatibility;
mod hardware;
mod parts;
mod performance;
mod performance_plots;
mod rank;
mod summary;

pub use compatibility::compatibility;
pub use hardware::hardware;
pub(super) use parts::{Labels, benchmark};
pub use performance::performance;
pub use rank::ranking;
pub use summary::summary;
