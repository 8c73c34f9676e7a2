//! `benchgate maintain migrate`: the schema of this version.
//!
//! For: saying what would be done before it is. Not for: the steps (see the store's schema).
//! Invariant: a file is of the old version or of the new one; a newer one is refused.

use super::command::named;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::maintain_args::MigrateArgs;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::waiting;
use crate::store::{Mode, Store, StoreError, schema};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &MigrateArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let (path, wait, now) = (&arguments.history.store.db, arguments.history.wait, surroundings.now);
    let newest = schema::NEWEST;
    let found = match waiting::open(path, Mode::Read, now, wait, console).map(Store::close) {
        Ok(closed) => {
            closed?;
            writeln!(console.out, "{} has schema version {newest}, the newest: nothing is to be done", named(path))?;
            return Ok(Exit::Success);
        }
        Err(CliError::Store(StoreError::OlderSchema { found, .. })) => found,
        Err(error) => return Err(error),
    };
    for (version, description) in schema::steps_after(found) {
        writeln!(console.out, "{}: version {version}: {description}", named(path))?;
    }
    if arguments.dry_run {
        writeln!(console.out, "nothing was written")?;
        return Ok(Exit::Success);
    }
    waiting::open(path, Mode::Write, now, wait, console)?.close()?;
    writeln!(console.out, "migrated {} from schema version {found} to {newest}", named(path))?;
    Ok(Exit::Success)
}
