//! `benchgate maintain optimize`: statistics for queries, and a file without a log beside it.
//!
//! For: what makes queries faster without rewriting anything. Not for: space (see `compact`).
//! Invariant: what the history holds stays the same.

use super::command::{bytes, named, size};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::maintain_args::LockedArgs;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::waiting;
use crate::store::Mode;

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &LockedArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let path = &arguments.store.db;
    let store = waiting::open(path, Mode::Write, surroundings.now, arguments.wait, console)?;
    let before = bytes(path)?;
    store.optimize()?;
    store.close()?;
    writeln!(console.out, "optimized {}: {} before, {} after", named(path), size(before), size(bytes(path)?))?;
    Ok(Exit::Success)
}
