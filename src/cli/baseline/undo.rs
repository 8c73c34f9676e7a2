//! `benchgate baseline undo`: taking a decision back.
//!
//! For: decisions that no longer hold, and bringing back what they archived. Not for: removing them; they stay on record.
//! Invariant: what is taken back was decided, and still holds; rows come back from an archive whose hashes are right, or
//! nothing does.

use super::args::UndoArgs;
use super::{archive, record};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::maintain::command::named;
use crate::cli::surroundings::{Console, Surroundings};
use crate::model::{DecisionId, DecisionKind};
use crate::store::Store;
use crate::text::{escape, plural};

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
    let DecisionKind::Archive { archive, manifest, .. } = &found.decision.kind else {
        return record::write(vec![kind], &arguments.decision, store, surroundings, console);
    };
    let actor = record::actor(arguments.decision.actor.as_deref(), surroundings)?;
    let folder = archive::folder(arguments.archive.as_deref(), &arguments.store.db);
    let (path, tables) = archive::check(&folder, archive, manifest)?;
    writeln!(console.out, "{} is what was written", named(&path))?;
    if arguments.decision.dry_run {
        writeln!(console.err, "nothing was written: this is a dry run")?;
        return Ok(Exit::Success);
    }
    let undo = record::decision(kind, &actor, &arguments.decision.reason, surroundings.now);
    let rows = store.bring_back(&path, &tables, &undo)?;
    store.close()?;
    writeln!(console.out, "{} came back; the archive stays", plural(rows, "row", "rows"))?;
    record::say_written(&[undo], console)?;
    Ok(Exit::Success)
}
