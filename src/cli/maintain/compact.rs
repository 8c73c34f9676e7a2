//! `benchgate maintain compact`: the same history without gaps.
//!
//! For: giving back the space of what was deleted or written in small pieces. Not for: deleting anything.
//! Invariant: the old file stands until the new one is proved to hold the same, and is replaced in one step under the
//! lock of the old one.

use super::command::{bytes, named, size};
use super::replace::{Replacement, resolved};
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
    let path = &resolved(&arguments.store.db);
    let store = waiting::open(path, Mode::Write, surroundings.now, arguments.wait, console)?;
    // A log that another program left is part of the history.
    store.checkpoint()?;
    let before = bytes(path)?;
    writeln!(
        console.err,
        "writing {} ({}) anew; it is replaced when the new file is proved to be the same",
        named(path),
        size(before)
    )?;
    let replacement = Replacement::beside(path, surroundings.now)?;
    store.write_compacted(replacement.path(), surroundings.now)?;
    let after = bytes(replacement.path())?;
    if after >= before {
        store.close()?;
        writeln!(console.out, "{} has no gaps: it stays at {}", named(path), size(before))?;
        return Ok(Exit::Success);
    }
    replacement.put(path, Some(store))?;
    writeln!(console.out, "compacted {}: {} before, {} after", named(path), size(before), size(after))?;
    Ok(Exit::Success)
}
