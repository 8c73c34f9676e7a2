//! A part of the history into an archive.
//!
//! For: what `rotate`, `prune` and `drop` have in common once it is known what leaves. Not for: choosing it.
//! Invariant: the archive is on disk before a row is deleted; the rows and the decision that tells of them change together.

use super::args::ArchiveArgs;
use super::{archive, record};
use crate::cli::error::CliError;
use crate::cli::maintain::command::{bytes, named, size};
use crate::cli::surroundings::{Console, Surroundings};
use crate::model::{ArchivedPart, Decision, DecisionKind};
use crate::store::{ArchivedTable, Leaving, Store};
use crate::text::{grouped, plural};

/// What is written of what leaves.
pub(super) struct Departure<'a> {
    /// Which part of the history that is.
    pub(super) part: ArchivedPart,
    /// Who decides.
    pub(super) actor: &'a str,
    /// Why.
    pub(super) reason: &'a str,
}

/// Stages what leaves, and says how much of the history that is.
///
/// # Errors
/// Those of the store.
pub(super) fn stage(
    store: &Store,
    leaving: &Leaving,
    console: &mut Console<'_>,
) -> Result<Vec<ArchivedTable>, CliError> {
    let tables = store.stage_leaving(leaving)?;
    if tables.is_empty() {
        return Ok(tables);
    }
    let counted: Vec<String> = ["imports", "results", "measurements"]
        .into_iter()
        .filter_map(|name| tables.iter().find(|table| table.name == name))
        .map(|table| format!("{} of {}", grouped(i128::from(table.rows)), table.name))
        .collect();
    let part = tables.iter().find(|table| table.name == "measurements").map_or(0, |table| table.rows);
    // Measurements are nearly all of a file.
    let about = size(bytes(store.path())?.saturating_mul(part) / store.measurements()?.max(1));
    writeln!(console.out, "rows: {}; about {about} of the file", counted.join(", "))?;
    Ok(tables)
}

/// Archives what is staged and deletes it, together with the decisions that are written then.
///
/// # Errors
/// See [`CliError`]; then the history is as before.
pub(super) fn apply(
    store: &Store,
    departure: Departure<'_>,
    tables: &[ArchivedTable],
    arguments: &ArchiveArgs,
    more: Vec<Decision>,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Vec<Decision>, CliError> {
    let Departure { part, actor, reason } = departure;
    let folder = archive::folder(arguments.archive.as_deref(), store.path());
    let kind = DecisionKind::Archive { part: part.clone(), archive: String::new(), manifest: String::new() };
    let made = archive::make(store, tables, &folder, kind.word(), surroundings.now)?;
    let kind = DecisionKind::Archive { part, archive: made.name.clone(), manifest: made.manifest };
    let mut decisions = vec![record::decision(kind, actor, reason, surroundings.now)];
    decisions.extend(more);
    store.let_leave(&decisions)?;
    writeln!(
        console.out,
        "archived {} in {} ({}), read it again, and deleted it here",
        plural(tables.iter().map(|table| table.rows).sum::<u64>(), "row", "rows"),
        named(&folder.join(&made.name)),
        size(made.bytes)
    )?;
    Ok(decisions)
}
