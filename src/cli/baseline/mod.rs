//! `benchgate baseline`: what somebody decides about baselines.
//!
//! For: accepting, pinning, naming anew, archiving, taking any of it back, and showing all of it. Not for: which runs a
//! candidate is compared with (see `which_runs`), nor waivers, which are written in `benchgate.toml` and end.
//! Invariant: what will be written is said first; what leaves the history does so with `--yes` only, and comes back; a
//! decision is never changed, and names who made it and why.
//!
//! - [`args`]: the flags
//! - [`command`]: the subcommands
//! - [`list`], [`show`], [`accept`], [`pin`], [`rotate`], [`prune`], [`drop`](mod@drop), [`rename`], [`undo`]: one each
//! - [`archive`]: folders of what left; [`leave`]: putting it there
//! - [`record`]: decisions into the history
//! - [`snapshot`]: the file that is committed

mod accept;
mod archive;
pub mod args;
pub(in crate::cli) mod command;
mod drop;
mod leave;
mod list;
mod pin;
mod prune;
mod record;
mod rename;
mod rotate;
mod show;
mod snapshot;
mod undo;
