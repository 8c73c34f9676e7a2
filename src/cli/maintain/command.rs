//! The subcommands.
//!
//! For: dispatch, and what they all say alike. Not for: any one's work.
//! Invariant: every path is escaped before it is printed.

use std::path::Path;

use super::{backup, clean_cache, clean_json, compact, migrate, optimize, restore, validate};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::maintain_args::MaintainCommand;
use crate::cli::surroundings::{Console, Surroundings};
use crate::text::{escape, quantity};

/// Runs a subcommand.
///
/// # Errors
/// See [`CliError`].
pub(in crate::cli) fn run(
    command: &MaintainCommand,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    match command {
        MaintainCommand::Validate(arguments) => validate::run(arguments, surroundings, console),
        MaintainCommand::Optimize(arguments) => optimize::run(arguments, surroundings, console),
        MaintainCommand::Compact(arguments) => compact::run(arguments, surroundings, console),
        MaintainCommand::Backup(arguments) => backup::run(arguments, surroundings, console),
        MaintainCommand::Restore(arguments) => restore::run(arguments, surroundings, console),
        MaintainCommand::CleanJson(arguments) => clean_json::run(arguments, surroundings, console),
        MaintainCommand::CleanCache(arguments) => clean_cache::run(arguments, surroundings, console),
        MaintainCommand::Migrate(arguments) => migrate::run(arguments, surroundings, console),
    }
}

/// A path in a sentence.
pub(in crate::cli) fn named(path: &Path) -> String {
    format!("`{}`", escape::terminal(&path.display().to_string()))
}

/// A size in a sentence.
pub(in crate::cli) fn size(bytes: u64) -> String {
    quantity(bytes as f64 / 1e6, "MB")
}

/// The bytes of a file.
pub(in crate::cli) fn bytes(path: &Path) -> Result<u64, CliError> {
    let metadata = std::fs::metadata(path);
    metadata.map(|file| file.len()).map_err(|source| CliError::File {
        action: "look at",
        path: path.to_owned(),
        source,
    })
}
