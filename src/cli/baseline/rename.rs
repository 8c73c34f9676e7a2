//! `benchgate baseline rename`: the history of series under a new name.
//!
//! For: a model, test case, device or metric that is called otherwise from now on. Not for: rows, which keep the name under
//! which they were measured, so that old files and other histories still agree with them.
//! Invariant: something has the old name, and no run measured a series under both.

use super::args::RenameArgs;
use super::record;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::model::{DecisionKind, Rename, SeriesMeta};
use crate::store::Store;
use crate::text::{escape, plural};

/// Series that are named one by one.
const LISTED: usize = 10;

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &RenameArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let rename = Rename { what: arguments.what.into(), old: arguments.old.clone(), new: arguments.new.clone() };
    let (what, old, new) = (rename.what.word(), escape::terminal(&rename.old), escape::terminal(&rename.new));
    let refused = |message: String, hint: &str| CliError::Usage { message, hint: hint.to_owned() };
    if rename.old == rename.new {
        return Err(refused(format!("`{new}` is the name already"), "give another name"));
    }
    let store = Store::open(&arguments.store.db, record::mode(&arguments.decision), surroundings.now)?;
    let all = store.all_series()?;
    let renamed: Vec<(&SeriesMeta, SeriesMeta)> = all
        .iter()
        .filter_map(|one| {
            let mut other = one.clone();
            rename.apply(&mut other.key).then_some((one, other))
        })
        .collect();
    if renamed.is_empty() {
        let hint = "`benchgate baseline show` lists the series; names are compared as a whole";
        return Err(refused(format!("no series has the {what} `{old}`"), hint));
    }
    for (one, other) in renamed.iter().take(LISTED) {
        writeln!(console.out, "{}", escape::terminal(&format!("{} -> {}", one.key, other.key)))?;
    }
    if renamed.len() > LISTED {
        writeln!(console.out, "and {} more", renamed.len() - LISTED)?;
    }
    let pairs: Vec<_> = renamed.iter().map(|(one, other)| (&one.key, &other.key)).collect();
    let both = store.runs_with_both(&pairs)?;
    if both > 0 {
        let message =
            format!("{} measured `{old}` and `{new}` both, so they are not the same", plural(both, "run", "runs"));
        return Err(refused(message, "give a name that these runs do not have"));
    }
    writeln!(console.out, "{} under the new name", plural(renamed.len(), "series", "series"))?;
    record::write(vec![DecisionKind::Rename(rename)], &arguments.decision, store, surroundings, console)
}
