//! The decision: (candidate, history, policy) -> judgement. Pure.
//!
//! For: which series regressed, improved, vanished or cannot be judged, and what that means for the check. Not for:
//! reading, storing or showing anything.
//! Invariant: what could not be compared is never a pass; the same input gives the same judgement on every machine.
//!
//! - [`policy`]: what a project asks of the gate, resolved per series
//! - [`judgement`]: what the gate answers
//! - [`judge()`]: the decision over a whole run, of these parts:
//!   - `trial`: what a candidate measured, series by series
//!   - `rule`: by spread or exactly, and on which axis
//!   - `axis`: the scale on which values are compared, larger being worse
//!   - `level`: centre and spread of one series' history
//!   - `reference`: what that says of the next run, and how measurements lie to it
//!   - `runner`: what all series of a run have in common
//!   - `assess`: all series of a run against their histories, with those two
//!   - `pairs`: base and candidate, measured alternately, for want of history
//!   - `tail`: how often T is as large although nothing changed
//!   - `correct`: correction for the number of series
//!   - `decide`: the verdict of one series
//!   - `evidence`, `reason`: the numbers and the words behind it
//!   - `drift`: levels that crept away in small steps
//!   - `pinned`: levels that are worse than those of pinned commits
//!   - `expected`: series that should have been measured, legs that should have reported
//!   - `waiver`: regressions that somebody has accepted
//!   - `outcome`: counts, order, outcome and reasons
//!   - `words`: numbers in sentences
//! - [`replay`]: a history, judged again run by run
//! - [`calibrate`](mod@calibrate): what a policy does on a project's own history, by replaying it
//! - [`explain`](mod@explain): every number behind the verdict of one series
//! - [`selftest`](mod@selftest): proof that a gate can fail
//! - [`rank`](mod@rank): configurations that differ in one thing only, ordered
//! - [`trend`](mod@trend): every series over time
//! - [`change_points()`] and [`monitor`]: where the level of a series changed

mod assess;
mod axis;
pub mod calibrate;
mod change_points;
mod correct;
mod decide;
mod drift;
mod evidence;
mod expected;
pub mod explain;
mod judge;
pub mod judgement;
mod level;
mod noisier;
mod outcome;
mod pairs;
mod pinned;
pub mod policy;
pub mod rank;
mod reason;
mod reference;
pub mod replay;
mod rule;
mod runner;
pub mod selftest;
mod stretch;
mod tail;
#[cfg(test)]
mod tests;
pub mod trend;
mod trend_rank;
mod trial;
pub mod waiver;
mod words;

pub use change_points::{ChangePoint, change_points, monitor};
pub use expected::{ALL_METRICS, vanished_legs};
pub use judge::judge;
pub use judgement::{
    Baseline, CommonShift, Confirmation, Counts, Drift, Evidence, Judgement, Outcome, Rerun, RunnerShare,
    SeriesJudgement, Verdict,
};
pub use noisier::Noisier;
pub use pinned::PinDrift;
pub use policy::{Action, Correction, Limits, Policy, Scale, SeriesPolicy, Setting};
pub use reference::FEWEST_RUNS;
pub use stretch::TrendLevel;
pub use waiver::{Waived, Waiver, WaiverState, WaiverUse};
