//! `benchgate baseline undo`: taking a decision back.
//!
//! For: decisions that no longer hold. Not for: removing them; they stay on record.
//! Invariant: what is taken back was decided, and still holds.

use super::args::UndoArgs;
use super::record;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::model::{DecisionId, DecisionKind};
use crate::store::Store;
use crate::text::escape;

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &UndoArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, record::mode(&arguments.decision), surroundings.now)?;
    let refused = |message: String| CliError::Usage {
        message,
        hint: "`benchgate baseline list` shows the ids of decisions and which of them hold".to_owned(),
    };
    let wanted = u64::from_str_radix(&arguments.id, 16).ok().map(DecisionId);
    let decisions = store.decisions()?;
    let Some(found) = decisions.iter().find(|one| Some(one.id) == wanted) else {
        return Err(refused(format!("there is no decision `{}`", escape::terminal(&arguments.id))));
    };
    if !found.holds {
        return Err(refused(format!("decision {} was taken back already", found.id)));
    }
    let words = format!("undo {}: {}, by {}", found.id, found.decision.reason, found.decision.actor);
    writeln!(console.out, "{}", escape::terminal(&words))?;
    let kind = DecisionKind::Undo { decision: found.id };
    record::write(vec![kind], &arguments.decision, store, surroundings, console)
}
