//! `benchgate ingest`: results files and folders into the history.
//!
//! For: everything about bringing results in. Not for: judging them.
//! Invariant: a file is imported whole or not at all, and every file is accounted for.
//!
//! - [`command`]: the flags, and what each sets off
//! - [`import`]: inputs into a history
//! - [`report`]: what became of each file
//! - [`explain`]: what a file is taken for
//! - [`drop_folder`]: a folder that is emptied as results arrive
//! - [`aside`]: files that are moved or copied away

pub(in crate::cli) mod aside;
pub(in crate::cli) mod command;
mod drop_folder;
mod explain;
pub(in crate::cli) mod import;
pub(in crate::cli) mod report;
