//! `benchgate gate`: the whole flow of a CI job.
//!
//! For: finding the history and the right baseline, judging, reporting everywhere, and keeping the results, in the order
//! ingest, compare, summary, annotations, comment, outputs. Not for: the decision itself (`gate`), nor for the cache
//! and the artifacts' upload, which are steps of the action.
//! Invariant: what GitHub refuses never changes the verdict, and is said in the report; a run of a pull request or of a
//! merge queue never becomes history.
//!
//! - `flow` - the command
//! - `job` - what all parts need to know
//! - `subject` - what is judged, and against which branch
//! - `accept` - whether somebody accepted its regressions
//! - `bundles` - what other jobs left as artifacts
//! - `earlier` - what this run has left before as the leg of this job
//! - `results` - the results to be judged, as bundles of one trusted identity
//! - `identity` - what GitHub says of the run that measured
//! - `legs` - which legs are expected without being named
//! - `history` - where the history comes from
//! - `gaps` - what a history lacks
//! - `saving` - whether a history may replace the one in the cache
//! - `snapshots` - the committed baselines that stand in for a history
//! - `stand_in` - the default branch in place of a base branch without runs
//! - `anchor` - which commits the candidate builds on
//! - `post` - reports, annotations, comment and outputs

mod accept;
mod anchor;
mod bundles;
mod earlier;
mod flow;
mod gaps;
mod history;
mod identity;
mod job;
mod legs;
mod post;
mod results;
mod saving;
mod snapshots;
mod stand_in;
mod subject;

pub(super) use flow::run;
