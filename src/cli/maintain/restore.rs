//! `benchgate maintain restore`: a backup in the place of the history.
//!
//! For: checking a backup before it is trusted, and replacing in one step. Not for: merging (see `import`).
//! Invariant: what stood at the history's path is kept beside it under another name, whatever it is.

use std::error::Error as _;
use std::path::{Path, PathBuf};

use super::command::{bytes, named, size};
use super::replace::{LOGS, Replacement, resolved, with_suffix};
use super::validate::refuse_errors;
use super::{checksum, packed, retention};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::maintain_args::RestoreArgs;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{folder, waiting};
use crate::report::validation_headline;
use crate::store::{Mode, Store, StoreError};
use crate::text::plural;

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &RestoreArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let (file, now) = (&arguments.file, surroundings.now);
    let database = &resolved(&arguments.history.store.db);
    folder::make_for(database).map_err(|source| CliError::File {
        action: "make the folder of",
        path: database.clone(),
        source,
    })?;
    let proof = verify(file)?;
    let replacement = Replacement::beside(database, now)?;
    let found = unpack(file, &replacement, now)?;
    writeln!(console.out, "{} ({}): {proof}; {found}", named(file), size(bytes(file)?))?;
    let kept = kept_name(database, now);
    let is_there = database.symlink_metadata().is_ok();
    writeln!(console.out, "it takes the place of {}", named(database))?;
    if is_there {
        writeln!(console.out, "what is there now ({}) is kept as {}", size(bytes(database)?), named(&kept))?;
    }
    if !arguments.yes {
        writeln!(console.out, "nothing was written; --yes does it")?;
        return Ok(Exit::Success);
    }
    console.out.flush()?;
    let current = lock(database, arguments, surroundings, console)?;
    if is_there {
        keep(database, &kept)?;
    }
    replacement.put(database, current)?;
    writeln!(console.out, "restored {}", named(database))?;
    Ok(Exit::Success)
}

/// Compares a backup with its checksum; what that says.
fn verify(file: &Path) -> Result<&'static str, CliError> {
    let stated = checksum::stated(file).map_err(|source| CliError::File {
        action: "read the checksum in",
        path: checksum::beside(file),
        source,
    })?;
    match stated {
        None => Ok("there is no checksum beside it"),
        Some(stated) if stated == checksum::of(file)? => Ok("its checksum is right"),
        Some(_) => Err(CliError::Maintenance {
            message: format!("{} is not what was backed up: its checksum is another one", named(file)),
            hint: "take an older backup; benchgate restores nothing of this one".to_owned(),
        }),
    }
}

/// Copies the backup beside the history, brings its schema up to date, and looks at every row; what it holds.
fn unpack(file: &Path, replacement: &Replacement, now: jiff::Timestamp) -> Result<String, CliError> {
    let path = replacement.path();
    packed::unpack(file, path, packed::is_packed(file)).map_err(|source| CliError::File {
        action: "read",
        path: file.to_owned(),
        source,
    })?;
    let of_backup = |error: StoreError| refused(file, path, &error);
    if bytes(path)? == 0 {
        return Err(of_backup(StoreError::NotDuckDb { path: file.to_owned() }));
    }
    Store::open(path, Mode::Write, now).and_then(Store::close).map_err(of_backup)?;
    let store = Store::open(path, Mode::Read, now).map_err(of_backup)?;
    let found = store.validate(now).map_err(of_backup)?;
    refuse_errors(file, &found).map_err(of_backup)?;
    let rows = store.fingerprint().map_err(of_backup)?.rows();
    store.close().map_err(of_backup)?;
    Ok(format!("{}, {}", plural(rows, "row", "rows"), validation_headline(&found).to_lowercase()))
}

/// Why a backup is not restored. The message names the backup, which the user knows, and not its copy.
fn refused(file: &Path, copy: &Path, error: &StoreError) -> CliError {
    let cause = error.source().map_or_else(String::new, |cause| format!(" ({cause})"));
    // The database writes a path as the system does, without `.` in it.
    let copies = [Some(copy.to_owned()), copy.canonicalize().ok()];
    let reason = copies.iter().flatten().fold(format!("{error}{cause}"), |reason, copy| {
        reason.replace(&copy.display().to_string(), &file.display().to_string())
    });
    CliError::Maintenance {
        message: format!("{} cannot be restored: {reason}", named(file)),
        hint: "take an older backup; the history is as it was".to_owned(),
    }
}

/// Keeps every other process out of the current history. What cannot be opened has nobody in it.
fn lock(
    database: &Path,
    arguments: &RestoreArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Option<Store>, CliError> {
    match waiting::open(database, Mode::Write, surroundings.now, arguments.history.wait, console) {
        Ok(store) => {
            // A log beside it would be taken for one of the backup's.
            store.checkpoint()?;
            Ok(Some(store))
        }
        Err(error @ CliError::Store(StoreError::Locked { .. })) => Err(error),
        Err(_) => Ok(None),
    }
}

fn kept_name(database: &Path, now: jiff::Timestamp) -> PathBuf {
    with_suffix(database, &format!(".before-restore-{}", retention::stamp(now)))
}

/// Gives the current file, and a log beside it, a second name: at no moment is there no file at the first one.
/// A copy would not do: closing what was copied ends the lock.
fn keep(database: &Path, kept: &Path) -> Result<(), CliError> {
    let refused = |source| CliError::File { action: "keep", path: database.to_owned(), source };
    std::fs::hard_link(database, kept).map_err(refused)?;
    for log in LOGS {
        let path = with_suffix(database, log);
        if path.exists() {
            std::fs::rename(path, with_suffix(kept, log)).map_err(refused)?;
        }
    }
    Ok(())
}
