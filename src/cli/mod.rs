//! The command line: arguments to settings, one function a command, and the one doorway to the clock, the
//! environment, other processes and the terminal.
//!
//! For: what a user types and reads. Not for: decisions, storage or layout, which live in their own modules.
//! Invariant: stdout is data and stderr is talk; the exit code is one of [`exit`]; nothing below this layer reads the
//! clock or the environment.
//!
//! - [`args`], [`gate_args`], [`import_args`], [`ingest_args`], [`maintain_args`],
//!   [`report_args`], [`serve_args`], [`trend_args`] - the flags
//! - `moment`, `selection`, `meant` - times, patterns and series as people write them
//! - [`surroundings`] - clock, environment, terminal
//! - [`context`] - what flags, CI and this machine say about results
//! - [`fingerprint`] - this machine
//! - `folder` - where files are written
//! - [`inputs`] - results files and folders
//! - `which_runs` - what results are compared with
//! - `bundle`, `leg` - what jobs hand to each other
//! - `candidate`, `read_results` - the run being judged and its re-runs
//! - [`read_ahead`] - parsing beside writing
//! - [`init`], `ingest`, `import`, [`compare`], `explain`, `calibrate`, `selftest`, `trend`,
//!   `report`, `rank`, [`query`], `export` - the commands
//! - [`baseline`] - what somebody decides about baselines
//! - `maintain` - checking, backing up, replacing and tidying
//! - [`serve`] - the history over HTTP
//! - [`collect`] - results to a bundle, in a job that need not be trusted
//! - `gate` - the flow of a CI job
//! - `ci` - the workflow run that the command is part of
//! - `trend_issue` - the issue that tells of a trend
//! - `outputs` - what a step of GitHub Actions leaves for the next ones
//! - `waiting` - for a history that another process has open; `progress` - how far an import is;
//!   `rehearsal` - a copy of it for a dry run
//! - [`sample`] - the demo history

pub mod args;
pub mod baseline;
mod bundle;
mod calibrate;
mod candidate;
mod ci;
pub mod collect;
pub mod compare;
pub mod context;
mod document;
pub mod entry;
pub mod error;
pub mod exit;
mod explain;
mod export;
pub mod fingerprint;
mod folder;
mod gate;
pub mod gate_args;
mod import;
pub mod import_args;
mod ingest;
pub mod ingest_args;
pub mod init;
pub mod inputs;
mod leg;
mod maintain;
pub mod maintain_args;
mod meant;
mod moment;
mod outputs;
mod policy;
mod progress;
pub mod query;
mod rank;
pub mod read_ahead;
mod read_results;
mod rehearsal;
mod report;
pub mod report_args;
pub mod sample;
mod selection;
mod selftest;
pub mod serve;
pub mod serve_args;
pub mod surroundings;
mod trend;
pub mod trend_args;
mod trend_issue;
mod waiting;
mod which_runs;

pub use entry::main;
