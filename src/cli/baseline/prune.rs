//! `benchgate baseline prune`: runs that somebody chooses, into an archive.
//!
//! For: a branch that is gone, a machine that was broken, runs of long ago. Not for: what leaves regularly (see `rotate`).
//! Invariant: at least one condition is given, and runs leave that all of them fit; those that a decision rests on stay.

use super::args::PruneArgs;
use super::leave::{self, Departure};
use super::record;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::moment::moment;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::waiting;
use crate::model::ArchivedPart;
use crate::store::{Chosen, Leaving, Mode};
use crate::text::{plural, time};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &PruneArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let (departure, now) = (&arguments.departure, surroundings.now);
    let before = arguments.before.as_deref().map(|text| moment("--before", text, now)).transpose()?;
    let chosen = Chosen {
        before,
        branch: arguments.branch.clone(),
        commit: arguments.commit.clone(),
        is_simulated: arguments.simulated,
    };
    if chosen == Chosen::default() {
        let message = "nothing says which runs leave".to_owned();
        let hint = "give --before, --branch, --commit or --simulated; runs leave that all of them fit".to_owned();
        return Err(CliError::Usage { message, hint });
    }
    let actor = record::actor(departure.actor.as_deref(), surroundings)?;
    let mode = if departure.archive.yes { Mode::Write } else { Mode::Read };
    let store = waiting::open(&departure.history.store.db, mode, now, departure.history.wait, console)?;
    let (runs, anchors) = store.chosen_runs(&chosen)?;
    let made: Vec<_> = runs.iter().filter_map(|run| run.started_at).collect();
    let span = made.first().zip(made.last());
    let span = span.map_or_else(String::new, |(first, last)| {
        format!(", made from {} to {}", time::minute(*first), time::minute(*last))
    });
    writeln!(console.out, "{}{span}", plural(runs.len(), "run leaves", "runs leave"))?;
    if anchors > 0 {
        let stay = plural(anchors, "run stays", "runs stay");
        writeln!(console.out, "{stay}, since a decision rests on it: `benchgate baseline undo` takes that back first")?;
    }
    let leaving = Leaving::Runs(runs.iter().map(|run| run.id).collect());
    let tables = leave::stage(&store, &leaving, console)?;
    if tables.is_empty() || !departure.archive.yes {
        let words = if tables.is_empty() { "there is nothing to do" } else { "nothing was done; --yes does it" };
        writeln!(console.out, "{words}")?;
        return Ok(Exit::Success);
    }
    let told = Departure { part: ArchivedPart::Pruned, actor: &actor, reason: &departure.reason };
    let decisions = leave::apply(&store, told, &tables, &departure.archive, Vec::new(), surroundings, console)?;
    store.close()?;
    record::say_written(&decisions, console)?;
    Ok(Exit::Success)
}
