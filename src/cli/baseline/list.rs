//! `benchgate baseline list`: what was decided.
//!
//! For: every decision with who, why and when. Not for: what follows from them (see `show`).
//! Invariant: also what no longer holds is listed.

use super::args::ListArgs;
use crate::cli::document;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::model::{ArchivedPart, Decision, DecisionKind, SeriesMeta};
use crate::report;
use crate::store::{Mode, StandingDecision, Store};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &ListArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let (decisions, series) = (store.decisions()?, store.all_series()?);
    store.close()?;
    document::write(
        &arguments.document,
        &report::decisions(&decisions_with_names(decisions, &series)),
        surroundings,
        console,
    )?;
    Ok(Exit::Success)
}

/// Each decision with the name of its series, where it has one.
fn decisions_with_names(decisions: Vec<StandingDecision>, series: &[SeriesMeta]) -> Vec<report::ListedDecision> {
    let name = |decision: &Decision| match &decision.kind {
        DecisionKind::Accept { configuration, metric, .. }
        | DecisionKind::Archive { part: ArchivedPart::Dropped { configuration, metric }, .. } => {
            let of = |meta: &&SeriesMeta| meta.key.configuration.id() == *configuration && meta.key.metric == *metric;
            series.iter().find(of).map(|meta| meta.key.to_string())
        }
        DecisionKind::Pin { .. }
        | DecisionKind::Rename(_)
        | DecisionKind::Archive { .. }
        | DecisionKind::Undo { .. } => None,
    };
    let listed = |StandingDecision { id, decision, holds }| {
        let series = name(&decision);
        report::ListedDecision { id, decision, holds, series }
    };
    decisions.into_iter().map(listed).collect()
}
