//! The subcommands.
//!
//! For: dispatch. Not for: any one's work.
//! Invariant: every action has a file of its own.

use super::args::BaselineAction;
use super::{accept, drop, list, pin, prune, rename, rotate, show, undo};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};

/// Runs a subcommand.
///
/// # Errors
/// See [`CliError`].
pub(in crate::cli) fn run(
    action: &BaselineAction,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    match action {
        BaselineAction::List(arguments) => list::run(arguments, surroundings, console),
        BaselineAction::Show(arguments) => show::run(arguments, surroundings, console),
        BaselineAction::Accept(arguments) => accept::run(arguments, surroundings, console),
        BaselineAction::Pin(arguments) => pin::run(arguments, surroundings, console),
        BaselineAction::Rotate(arguments) => rotate::run(arguments, surroundings, console),
        BaselineAction::Prune(arguments) => prune::run(arguments, surroundings, console),
        BaselineAction::Drop(arguments) => drop::run(arguments, surroundings, console),
        BaselineAction::Rename(arguments) => rename::run(arguments, surroundings, console),
        BaselineAction::Undo(arguments) => undo::run(arguments, surroundings, console),
    }
}
