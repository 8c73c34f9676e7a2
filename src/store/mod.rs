//! The history: one DuckDB file. The only module that names `duckdb`.
//!
//! For: schema and migrations, atomic imports, the history of a candidate's series, read-only SQL. Not for: deciding
//! or showing anything.
//! Invariant: every write is one transaction that leaves the old or the new state; ids come from content, so an
//! import that is repeated changes nothing; a restored file is data, opened without access to anything beside it.
//!
//! Layout (`schema/v1.sql`): dimensions (`models`, `hardware_platforms`, `configurations`), `imports` (one file of one
//! run; `test_runs` and `sources` are views of it), and two narrow fact tables, `results` (one configuration in one run)
//! and `measurements` (one metric of one result). The wide tables of the former system are views over them. A series is
//! (`configuration_id`, `metric`).
//!
//! - [`archive`] - parts of a history that leave it, and come back
//! - [`connection`] - opening and creating a store
//! - [`contents`] - what a history holds, in numbers
//! - `decisions` - what somebody decided
//! - [`former`] - databases of the former system
//! - `dimensions` - writing what results are of
//! - [`error`] - what can go wrong, with the codes DB001 to DB005
//! - [`export`](mod@export) - tables as files
//! - [`pack`] - runs made ready for writing, without the store
//! - [`import`] - writing runs
//! - [`listing`] - pages of what a history holds, for programs
//! - `known` - what need not be written again
//! - `known_run` - results of a run that is in the history
//! - [`maintenance`] - proving that a history is whole, and writing it anew
//! - `merge` - two histories into one
//! - [`history`] - reading what a candidate is compared with
//! - `overview` - what a history holds, counted for reports
//! - [`outcome`] - what an import did, in numbers
//! - [`query`] - the user's SQL
//! - `renames` - series that have other names now
//! - `repetitions` - results that another run holds already
//! - `records` - writing what is no result
//! - `rows` - rows on their way, of every table
//! - [`schema`] - the migrations
//! - `series` - every series of a history
//! - [`shared`] - one history, many connections of one process
//! - [`statement`] - what a statement from elsewhere may do
//! - `stored_run` - the runs of a history, and one with its results

pub mod archive;
mod batch;
pub mod connection;
pub mod contents;
mod decisions;
mod dimensions;
pub mod error;
pub mod export;
pub mod former;
pub mod history;
pub mod import;
mod known;
mod known_run;
pub mod listing;
pub mod maintenance;
mod merge;
pub mod outcome;
mod overview;
pub mod pack;
pub mod query;
mod records;
mod renames;
mod repetitions;
mod rows;
pub mod schema;
mod series;
pub mod shared;
pub mod statement;
mod stored_run;
#[cfg(test)]
mod tests;

pub use archive::{ArchivedTable, Chosen, Leaving};
pub use connection::{Mode, Store};
pub use contents::{Contents, KnownRun};
pub use decisions::StandingDecision;
pub use error::StoreError;
pub use former::{FormerDatabase, FormerKind, read_former};
pub use history::BaselineFilter;
pub use import::{Import, Source};
pub use maintenance::fingerprint::Fingerprint;
pub use outcome::ImportOutcome;
pub use pack::{PackedResults, PackedRun, Packer};
pub use query::QueryLimits;
pub use records::record_id;
pub use shared::Interrupt;
