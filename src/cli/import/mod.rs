//! `benchgate import`: databases of the former system, and other histories, into the history.
//!
//! For: everything about bringing databases in. Not for: results files (see `ingest`).
//! Invariant: a database is imported whole or not at all, and every row of the tables that are read is accounted for.
//!
//! - [`command`]: the flags, and what each sets off
//! - [`report`]: what became of each database

pub(in crate::cli) mod command;
mod report;
