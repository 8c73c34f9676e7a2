//! Decisions into the history.
//!
//! For: who decides, and writing it down. Not for: what is decided.
//! Invariant: a decision names who made it and why.

use super::args::DecisionArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::model::{Decision, DecisionKind};
use crate::store::{Mode, Store};

/// A dry run needs no more than to read.
pub(super) fn mode(decision: &DecisionArgs) -> Mode {
    if decision.dry_run { Mode::Read } else { Mode::Write }
}

/// Writes decisions, unless it is a dry run, and says how to take them back.
///
/// # Errors
/// [`CliError::Usage`] where nobody is named, and those of the store.
pub(super) fn write(
    kinds: Vec<DecisionKind>,
    arguments: &DecisionArgs,
    store: Store,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let named = ["GITHUB_ACTOR", "USER", "USERNAME"].into_iter().find_map(|name| surroundings.variable(name));
    let actor =
        arguments.actor.as_deref().or(named).filter(|name| !name.is_empty()).ok_or_else(|| CliError::Usage {
            message: "nobody is named as the one who decides".to_owned(),
            hint: "name yourself with --actor".to_owned(),
        })?;
    if arguments.dry_run {
        writeln!(console.err, "nothing was written: this is a dry run")?;
        return Ok(Exit::Success);
    }
    let decided = |kind| Decision {
        kind,
        actor: actor.to_owned(),
        reason: arguments.reason.clone(),
        decided_at: surroundings.now,
    };
    let decisions: Vec<Decision> = kinds.into_iter().map(decided).collect();
    store.decide(&decisions)?;
    store.close()?;
    for decision in &decisions {
        writeln!(console.out, "written as {}; `benchgate baseline undo {0}` takes it back", decision.id())?;
    }
    Ok(Exit::Success)
}
