//! The snapshot that is committed.
//!
//! For: making it from a history, and writing its file. Not for: its form (see `formats`), nor reading it (see `ingest`).
//! Invariant: at every moment the old file or the new one stands at its place; a snapshot in which nothing changed is not
//! touched.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;

use crate::cli::error::CliError;
use crate::cli::folder;
use crate::cli::maintain::command;
use crate::cli::maintain::replace::Replacement;
use crate::cli::surroundings::Console;
use crate::config::{ConfiguredPolicy, Window};
use crate::formats::{Summary, write_snapshot};
use crate::gate::trend::{SeriesTrend, trend};
use crate::model::Decision;
use crate::store::{BaselineFilter, Store};

/// The file in the folder of snapshots.
const FILE: &str = "snapshot.json";

/// Where the snapshot is, in a sentence.
pub(super) fn named(folder: &Path) -> String {
    command::named(&folder.join(FILE))
}

/// The snapshot of a history, of so many of the newest runs of each series on a branch.
///
/// # Errors
/// Those of the store.
pub(super) fn of(
    store: &Store,
    branch: Option<String>,
    runs: Window,
    policy: &ConfiguredPolicy,
) -> Result<String, CliError> {
    let filter = BaselineFilter { branch, window: runs.runs(), ..BaselineFilter::default() };
    let history = store.history(&store.all_series()?, &filter)?;
    let summary = |one: SeriesTrend| {
        (one.series.key.id(), Summary { level: one.levels.last().map(|level| level.value), noise: one.noise })
    };
    let summaries: HashMap<_, _> = trend(history.clone(), policy).series.into_iter().map(summary).collect();
    let decisions: Vec<Decision> = store.decisions()?.into_iter().map(|one| one.decision).collect();
    Ok(write_snapshot(&history, &store.recorded_runs()?, &summaries, &decisions))
}

/// Writes the snapshot, and says so.
///
/// # Errors
/// [`CliError::File`].
pub(super) fn write(folder: &Path, text: &str, now: Timestamp, console: &mut Console<'_>) -> Result<(), CliError> {
    let path = folder.join(FILE);
    if std::fs::read(&path).is_ok_and(|found| found == text.as_bytes()) {
        writeln!(console.out, "the snapshot {} is up to date", named(folder))?;
        return Ok(());
    }
    let refused = |source| CliError::File { action: "write", path: path.clone(), source };
    folder::make_for(&path).map_err(refused)?;
    let replacement = Replacement::beside(&path, now)?;
    std::fs::write(replacement.path(), text).map_err(refused)?;
    replacement.put(&path, None)?;
    writeln!(console.out, "wrote the snapshot {}: commit it", named(folder))?;
    Ok(())
}
