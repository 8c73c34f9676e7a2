//! Decisions into the history.
//!
//! For: who decides, and writing it down. Not for: what is decided.
//! Invariant: a decision names who made it and why; its time is as exact as the history keeps it, so that its id can be
//! computed again.

use jiff::Timestamp;

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

/// Who decides: the named one, the actor of a GitHub Actions job, or the user of this machine.
///
/// # Errors
/// [`CliError::Usage`] where nobody is known.
pub(super) fn actor(named: Option<&str>, surroundings: &Surroundings) -> Result<String, CliError> {
    let known = ["GITHUB_ACTOR", "USER", "USERNAME"].into_iter().find_map(|name| surroundings.variable(name));
    named.or(known).filter(|name| !name.is_empty()).map(str::to_owned).ok_or_else(|| CliError::Usage {
        message: "nobody is named as the one who decides".to_owned(),
        hint: "name yourself with --actor".to_owned(),
    })
}

/// A time as exact as the history keeps it.
pub(super) fn moment(now: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// A decision of now.
pub(super) fn decision(kind: DecisionKind, actor: &str, reason: &str, now: Timestamp) -> Decision {
    let decided_at = moment(now);
    Decision { kind, actor: actor.to_owned(), reason: reason.to_owned(), decided_at }
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
    let actor = actor(arguments.actor.as_deref(), surroundings)?;
    if arguments.dry_run {
        writeln!(console.err, "nothing was written: this is a dry run")?;
        return Ok(Exit::Success);
    }
    let decided = |kind| decision(kind, &actor, &arguments.reason, surroundings.now);
    let decisions: Vec<Decision> = kinds.into_iter().map(decided).collect();
    store.decide(&decisions)?;
    store.close()?;
    say_written(&decisions, console)?;
    Ok(Exit::Success)
}

/// Says how to take decisions back.
///
/// # Errors
/// [`CliError::Output`].
pub(super) fn say_written(decisions: &[Decision], console: &mut Console<'_>) -> Result<(), CliError> {
    for decision in decisions {
        writeln!(console.out, "written as {}; `benchgate baseline undo {0}` takes it back", decision.id())?;
    }
    Ok(())
}
