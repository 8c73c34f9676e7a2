//! Parts of a history that leave it, and come back.
//!
//! For: which runs are beyond what is kept, writing what leaves as Parquet, and taking it back. Not for: folders, manifests
//! and their hashes (the command line), nor for what somebody decides.
//! Invariant: what leaves was written and read again before; its rows are deleted together with the decision that says so,
//! in one transaction; what has left is not taken again while that decision holds.
//!
//! - [`plan`] - which runs are beyond what is kept, pure
//! - `facts` - what a plan is made from
//! - [`leaving`] - what leaves: its rows, its files, its deletion
//! - `back` - what comes back
//! - `dropped` - measurements of series that were dropped

mod back;
pub(super) mod dropped;
mod facts;
pub mod leaving;
pub mod plan;
#[cfg(test)]
mod tests;

pub use facts::Chosen;
pub use leaving::{ArchivedTable, Leaving};
pub use plan::{Facts, Keeping, RotationPlan, RunFact, TierCount, plan_rotation};
