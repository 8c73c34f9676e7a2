//! `benchgate report`: what the history holds.
//!
//! For: performance, hardware, compatibility and totals over a selection. Not for: verdicts.
//! Invariant: the history is opened for reading; a selection that fits nothing is an error.

use super::document;
use super::error::CliError;
use super::exit::Exit;
use super::report_args::{ReportArgs, ReportKind};
use super::selection;
use super::surroundings::{Console, Surroundings};
use crate::report::overview;
use crate::store::{Mode, Store};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &ReportArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let database = &arguments.store.db;
    let store = Store::open(database, Mode::Read, surroundings.now)?;
    let chosen = selection::resolve(&arguments.selection, &store, surroundings.now)?;
    let notes = selection::words(&chosen, &arguments.selection, &store, database)?;
    let found = match arguments.report {
        ReportKind::Performance => overview::performance(&store.performance(&chosen)?, notes),
        ReportKind::Hardware => overview::hardware(&store.machines(&chosen)?, notes),
        ReportKind::Compatibility => overview::compatibility(&store.compatibility(&chosen)?, notes),
        ReportKind::Summary => overview::summary(&store.totals(&chosen)?, notes),
    };
    store.close()?;
    document::write(&arguments.document, &found, surroundings, console)?;
    Ok(Exit::Success)
}
