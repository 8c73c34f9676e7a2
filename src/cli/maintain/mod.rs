//! `benchgate maintain`: keeping a history for years.
//!
//! For: checking, backing up, restoring, making small and tidying. Not for: which runs are a baseline.
//! Invariant: what replaces or deletes prints its plan first; a process killed at any moment leaves the old file or
//! the new one at the history's path.
//!
//! - [`command`]: the subcommands
//! - [`validate`], [`optimize`], [`compact`], [`backup`], [`restore`], [`clean_json`], [`clean_cache`], [`migrate`]: one
//!   each
//! - [`checksum`]: a backup's file with its hash
//! - [`packed`]: backups that are compressed
//! - [`replace`]: a new file in the place of another
//! - [`retention`]: which backups are left over

mod backup;
pub(in crate::cli) mod checksum;
mod clean_cache;
mod clean_json;
pub(in crate::cli) mod command;
mod compact;
mod migrate;
mod optimize;
mod packed;
pub(in crate::cli) mod replace;
mod restore;
mod retention;
mod validate;
