//! `benchgate baseline`: what somebody decides about baselines.
//!
//! For: accepting a shift, pinning a commit, taking either back, listing all of it. Not for: which runs a candidate is
//! compared with (see `which_runs`), nor waivers, which are written in `benchgate.toml` and end.
//! Invariant: what will be written is said first; a decision is never changed, and names who made it and why.
//!
//! - [`args`]: the flags
//! - [`command`]: the subcommands
//! - [`list`], [`accept`], [`pin`], [`undo`]: one each
//! - [`record`]: decisions into the history

mod accept;
pub mod args;
pub(in crate::cli) mod command;
mod list;
mod pin;
mod record;
mod undo;
