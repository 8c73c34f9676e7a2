//! `benchgate maintain backup`: a copy that is proved to be the same.
//!
//! For: copying while others read, with checksum and retention. Not for: bringing it back (see `restore`).
//! Invariant: no file is overwritten; a backup has its name only when it was read again and holds what the history
//! holds; what is deleted was made here and is older than what stays.

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::command::{bytes, named, size};
use super::replace::{LOGS, Replacement, folder_of, sync_folder, with_suffix};
use super::{checksum, packed, retention};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::folder;
use crate::cli::maintain_args::BackupArgs;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::waiting;
use crate::store::{Mode, Store, StoreError};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &BackupArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let (database, now) = (&arguments.history.store.db, surroundings.now);
    let (target, is_folder) = target(arguments, now)?;
    let store = waiting::open(database, Mode::Read, now, arguments.history.wait, console)?;
    refuse_log(database)?;
    copy(store, &target, now)?;
    writeln!(
        console.out,
        "backed up {} ({}) to {} ({}), and read it again",
        named(database),
        size(bytes(database)?),
        named(&target),
        size(bytes(&target)?)
    )?;
    let Some(keep) = arguments.keep.filter(|_| is_folder) else { return Ok(Exit::Success) };
    let folder = folder_of(&target);
    let backups = retention::backups(&folder).map_err(|source| CliError::File {
        action: "list",
        path: folder.clone(),
        source,
    })?;
    let plan = retention::plan_retention(database, backups, keep);
    apply(&folder, &plan, arguments.yes, console)?;
    Ok(Exit::Success)
}

/// The file to make, and whether its name is made up here.
fn target(arguments: &BackupArgs, now: Timestamp) -> Result<(PathBuf, bool), CliError> {
    let (to, database) = (&arguments.to, &arguments.history.store.db);
    let is_folder = to.is_dir() || !retention::is_backup(to);
    if !is_folder && arguments.keep.is_some() {
        let message = "`--keep` is for a folder of backups".to_owned();
        return Err(CliError::Usage { message, hint: "name a folder with --to".to_owned() });
    }
    let target = if is_folder { to.join(retention::name(database, now, arguments.compress)) } else { to.clone() };
    if !is_folder && arguments.compress && !packed::is_packed(&target) {
        let message = format!("a compressed backup ends in `.gz`, and {} does not", named(&target));
        return Err(CliError::Usage { message, hint: "name it so, or leave out --compress".to_owned() });
    }
    if target.exists() {
        let message = format!("{} exists already", named(&target));
        return Err(CliError::Maintenance { message, hint: "give another name, or a folder".to_owned() });
    }
    folder::make_for(&target).map_err(|source| CliError::File {
        action: "make the folder of",
        path: target.clone(),
        source,
    })?;
    Ok((target, is_folder))
}

/// What another program has not written into the file yet would be missing in a copy of it.
fn refuse_log(database: &Path) -> Result<(), CliError> {
    if !LOGS.iter().any(|log| with_suffix(database, log).exists()) {
        return Ok(());
    }
    let message = format!(
        "{} has changes in a log beside it, which a server that was killed, or another program, left",
        named(database)
    );
    let hint = "`benchgate maintain optimize` writes them into the file".to_owned();
    Err(CliError::Maintenance { message, hint })
}

/// Copies while `store` keeps writers out. Its lock ends with the first file that is closed here, as the system has it:
/// that is when the copy is complete.
fn copy(store: Store, target: &Path, now: Timestamp) -> Result<(), CliError> {
    let refused = |source| CliError::File { action: "write", path: target.to_owned(), source };
    let before = store.fingerprint()?;
    let is_packed = packed::is_packed(target);
    let copy = Replacement::beside(target, now)?;
    packed::pack(store.path(), copy.path(), is_packed).map_err(refused)?;
    store.close()?;
    let hash = checksum::of(copy.path())?;
    let after = if is_packed {
        let unpacked = Replacement::beside(target, now)?;
        packed::unpack(copy.path(), unpacked.path(), true).map_err(refused)?;
        Store::open(unpacked.path(), Mode::Read, now)?.fingerprint()?
    } else {
        Store::open(copy.path(), Mode::Read, now)?.fingerprint()?
    };
    if before != after {
        return Err(StoreError::Differs { path: target.to_owned() }.into());
    }
    copy.put_new(target)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = checksum::beside(target);
    folder::write(&beside, checksum::line(&hash, &name))?;
    File::open(&beside).and_then(|file| file.sync_all()).map_err(refused)?;
    sync_folder(target);
    Ok(())
}

/// Deletes backups with their checksums, or says that it would.
fn apply(folder: &Path, plan: &[String], is_wanted: bool, console: &mut Console<'_>) -> Result<(), CliError> {
    let word = if is_wanted { "deleting" } else { "would delete" };
    for name in plan {
        let path = folder.join(name);
        writeln!(console.out, "{word} {}", named(&path))?;
        if is_wanted {
            for file in [path.clone(), checksum::beside(&path)] {
                std::fs::remove_file(&file).map_err(|source| CliError::File {
                    action: "delete",
                    path: file,
                    source,
                })?;
            }
        }
    }
    if !is_wanted && !plan.is_empty() {
        writeln!(console.out, "nothing was deleted; --yes does it")?;
    }
    Ok(())
}
