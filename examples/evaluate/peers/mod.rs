//! The rules of other tools: would they report a regression?
//!
//! For: what a user of another tool would have been told at the same point. Not for: deciding anything in benchgate.
//! Invariant: a rule sees the runs before the candidate and the candidate, and nothing else; each has its tool's own
//! defaults, and a test against what its tool publishes of itself.
//!
//! - [`past`]: what a rule sees
//! - [`rules`]: the rules by name
//! - [`ratio`]: github-action-benchmark, and a fixed percentage against the previous run or a mean
//! - [`spread`]: Bencher and git-perf
//! - [`conbench`], [`rustc_perf`], [`lnt`]: one tool each

pub(crate) mod conbench;
pub(crate) mod lnt;
pub(crate) mod past;
pub(crate) mod ratio;
pub(crate) mod rules;
pub(crate) mod rustc_perf;
pub(crate) mod spread;

pub(crate) use past::Past;
pub(crate) use rules::RULES;
