//! `benchgate baseline drop`: series into archives.
//!
//! For: what is no longer measured, or was never worth it. Not for: runs (see `prune`).
//! Invariant: each series has an archive and a decision of its own, so that it comes back by itself.

use super::args::DropArgs;
use super::leave::{self, Departure};
use super::record;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{meant, waiting};
use crate::model::{ArchivedPart, SeriesMeta};
use crate::store::{Leaving, Mode};
use crate::text::escape;

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &DropArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let (departure, now) = (&arguments.departure, surroundings.now);
    let actor = record::actor(departure.actor.as_deref(), surroundings)?;
    let mode = if departure.archive.yes { Mode::Write } else { Mode::Read };
    let store = waiting::open(&departure.history.store.db, mode, now, departure.history.wait, console)?;
    let all = store.stored_series()?;
    let series: Vec<&SeriesMeta> =
        arguments.series.iter().map(|text| meant::series(text, &all, console)).collect::<Result<_, _>>()?;
    let mut decisions = Vec::new();
    for one in series {
        let (configuration, metric) = (one.key.configuration.id(), one.key.metric.clone());
        writeln!(console.out, "{}", escape::terminal(&format!("drop {}", one.key)))?;
        let tables = leave::stage(&store, &Leaving::Series { configuration, metric: metric.clone() }, console)?;
        if departure.archive.yes && !tables.is_empty() {
            let part = ArchivedPart::Dropped { configuration, metric };
            let leaving = Departure { part, actor: &actor, reason: &departure.reason };
            let archive = &departure.archive;
            decisions.extend(leave::apply(&store, leaving, &tables, archive, Vec::new(), surroundings, console)?);
        }
    }
    store.close()?;
    if !departure.archive.yes {
        writeln!(console.out, "nothing was done; --yes does it")?;
    }
    record::say_written(&decisions, console)?;
    Ok(Exit::Success)
}
