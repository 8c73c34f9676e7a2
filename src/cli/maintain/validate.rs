//! `benchgate maintain validate`: is the history what benchgate writes?
//!
//! For: the findings as a document, and the exit code. Not for: repairing.
//! Invariant: the history is opened for reading; the exit code is 0 only where no error was found.

use super::command::named;
use crate::cli::document;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::maintain_args::ValidateArgs;
use crate::cli::surroundings::{Console, Surroundings};
use crate::model::finding::{Check, Finding, Severity};
use crate::report::validation;
use crate::store::{Mode, Store, StoreError};
use crate::text::plural;

/// Runs the command.
///
/// # Errors
/// [`StoreError::Defective`] where an error was found, after it was printed; see [`CliError`].
pub(super) fn run(
    arguments: &ValidateArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let found = store.validate(surroundings.now)?;
    store.close()?;
    let document = validation(&named(&arguments.store.db), &found);
    document::write(&arguments.document, &document, surroundings, console)?;
    refuse_errors(&arguments.store.db, &found)?;
    Ok(Exit::Success)
}

/// # Errors
/// [`StoreError::Defective`], with the places of all errors.
pub(super) fn refuse_errors(path: &std::path::Path, found: &[Finding]) -> Result<(), StoreError> {
    let errors: Vec<&Finding> = found.iter().filter(|finding| finding.check.severity() == Severity::Error).collect();
    if errors.is_empty() {
        return Ok(());
    }
    let first: Vec<&str> = errors.iter().map(|finding| finding.place.as_str()).take(3).collect();
    let more = errors.len() - first.len();
    let more = if more > 0 { format!(" and {}", plural(more, "other place", "other places")) } else { String::new() };
    let is_schema = errors.iter().any(|finding| matches!(finding.check, Check::Schema | Check::View));
    Err(StoreError::Defective { path: path.to_owned(), places: format!("{}{more}", first.join(", ")), is_schema })
}
