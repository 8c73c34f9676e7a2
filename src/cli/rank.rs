//! `benchgate rank`: hardware, models, batch sizes or precisions compared, like with like.
//!
//! For: choosing one of several. Not for: regressions.
//! Invariant: the history is opened for reading.

use super::error::CliError;
use super::exit::Exit;
use super::report_args::{RankArgs, RankBy};
use super::surroundings::{Console, Surroundings};
use super::{document, policy, selection};
use crate::gate::rank::{Dimension, rank};
use crate::report::overview;
use crate::store::{Mode, Store};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &RankArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let database = &arguments.store.db;
    let store = Store::open(database, Mode::Read, surroundings.now)?;
    let chosen = selection::resolve(&arguments.selection, &store, surroundings.now)?;
    let notes = selection::words(&chosen, &arguments.selection, &store, database)?;
    let series = store.series_values(&chosen)?;
    store.close()?;
    let dimension = match arguments.by {
        RankBy::Hardware => Dimension::Hardware,
        RankBy::Model => Dimension::Model,
        RankBy::BatchSize => Dimension::BatchSize,
        RankBy::Precision => Dimension::Precision,
    };
    let found = overview::ranking(&rank(&series, dimension, &policy), dimension, notes);
    document::write(&arguments.document, &found, surroundings, console)?;
    Ok(Exit::Success)
}
