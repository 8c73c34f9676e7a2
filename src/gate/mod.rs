//! The decision: (candidate, history, policy) -> judgement. Pure.
//!
//! For: which series regressed, improved, vanished or cannot be judged, and what that means for the check. Not for:
//! reading, storing or showing anything.
//! Invariant: what could not be compared is never a pass; the same input gives the same judgement on every machine.
//!
//! - [`policy`]: what a project asks of the gate, resolved per series
//! - [`judgement`]: what the gate answers
//! - [`judge()`]: the decision over a whole run, of these parts:
//!   - `axis`: the scale on which values are compared, larger being worse
//!   - `level`: centre and spread of one series' history
//!   - `compare`: one measurement against its history: the evidence
//!   - `correct`: correction for the number of series
//!   - `decide`: the verdict of one series from its evidence
//!   - `expected`: series that should have been measured
//!   - `outcome`: counts, order, outcome and reasons
//!   - `words`: numbers in sentences

mod axis;
mod compare;
mod correct;
mod decide;
mod expected;
mod judge;
pub mod judgement;
mod level;
mod outcome;
pub mod policy;
#[cfg(test)]
mod tests;
mod words;

pub use expected::ALL_METRICS;
pub use judge::judge;
pub use judgement::{Baseline, Counts, Evidence, Judgement, Outcome, SeriesJudgement, Verdict};
pub use policy::{Action, Correction, Limits, Policy, Scale, SeriesPolicy, Setting};
