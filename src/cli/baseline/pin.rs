//! `benchgate baseline pin`: a commit as a second anchor.
//!
//! For: naming a commit, such as a release, whose levels later ones are compared with. Not for: comparing them (see `trend`).
//! Invariant: the commit was measured, and is the only one that begins so.

use super::args::PinArgs;
use super::record;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::model::DecisionKind;
use crate::store::Store;
use crate::text::{escape, short_commit, time};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &PinArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, record::mode(&arguments.decision), surroundings.now)?;
    let refused = |message: String| CliError::Usage {
        message,
        hint: "`benchgate report summary` lists the newest runs with their commits".to_owned(),
    };
    let wanted = escape::terminal(&arguments.commit);
    let commit = match &store.commits(&arguments.commit)?[..] {
        [commit] => commit.clone(),
        [] => return Err(refused(format!("no run of the history measured commit `{wanted}`"))),
        several => return Err(refused(format!("`{wanted}` begins the ids of {} commits", several.len()))),
    };
    let Some((_, pinned_at)) = store.commit_times(&commit)? else {
        return Err(refused(format!("the runs of commit `{wanted}` have no known time")));
    };
    let words =
        format!("pin {}: commit {}, measured until {}", arguments.name, short_commit(&commit), time::minute(pinned_at));
    writeln!(console.out, "{}", escape::terminal(&words))?;
    let kind = DecisionKind::Pin { name: arguments.name.clone(), commit, pinned_at };
    record::write(vec![kind], &arguments.decision, store, surroundings, console)
}
