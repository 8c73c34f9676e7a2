//! A new file in the place of another.
//!
//! For: histories that are written beside the old one and take its place in one step. Not for: what is in them.
//! Invariant: at every moment a whole file stands at the path; what is not put there vanishes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempPath;

use crate::cli::error::CliError;
use crate::store::Store;

/// What the names of files have that are not finished.
const UNFINISHED: &str = ".unfinished";

/// Files that nobody is writing any more: their process was killed.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A file that is being made beside the one that it replaces: a rename does not cross file systems.
pub(in crate::cli) struct Replacement {
    file: TempPath,
    /// Vanish with it.
    _logs: Logs,
}

/// What the database leaves beside a file that it could not finish.
struct Logs(PathBuf);

impl Drop for Logs {
    fn drop(&mut self) {
        for log in LOGS {
            // Nearly always there is none.
            let _ = std::fs::remove_file(with_suffix(&self.0, log));
        }
    }
}

impl Replacement {
    /// An empty file.
    ///
    /// # Errors
    /// [`CliError::File`].
    pub(in crate::cli) fn beside(path: &Path, now: Timestamp) -> Result<Self, CliError> {
        let (folder, prefix) = (folder_of(path), prefix_of(path));
        remove_abandoned(&folder, &prefix, now);
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(UNFINISHED);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any other new file, and not for its owner only.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(&folder);
        let file = file.map_err(|source| CliError::File { action: "make a file in", path: folder, source })?;
        let logs = Logs(file.path().to_owned());
        Ok(Self { file: file.into_temp_path(), _logs: logs })
    }

    /// Where it is.
    pub(in crate::cli) fn path(&self) -> &Path {
        &self.file
    }

    /// Gives it a name that nothing has yet.
    ///
    /// # Errors
    /// [`CliError::File`], also where something has that name.
    pub(super) fn put_new(self, path: &Path) -> Result<(), CliError> {
        let refused = |source| CliError::File { action: "write", path: path.to_owned(), source };
        self.file.persist_noclobber(path).map_err(|error| refused(error.error))?;
        sync_folder(path);
        Ok(())
    }

    /// Puts it at a path, on which `store` still holds the lock where a history stands there: nobody who waits for it
    /// writes into a file that is no longer there.
    ///
    /// # Errors
    /// [`CliError::File`]; then what stood there still does.
    pub(in crate::cli) fn put(self, path: &Path, store: Option<Store>) -> Result<(), CliError> {
        let refused = |source| CliError::File { action: "replace", path: path.to_owned(), source };
        // Who may read and write the history still may.
        if let Ok(metadata) = std::fs::metadata(path) {
            std::fs::set_permissions(&self.file, metadata.permissions()).map_err(refused)?;
        }
        File::open(&self.file).and_then(|file| file.sync_all()).map_err(refused)?;
        // An open file cannot be replaced on Windows.
        let store = if cfg!(windows) { store.map(Store::close).transpose()?.and(None) } else { store };
        self.file.persist(path).map_err(|error| refused(error.error))?;
        sync_folder(path);
        store.map(Store::close).transpose()?;
        Ok(())
    }
}

/// A path whose name goes on: `history.duckdb` and `.wal`.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Endings of the files beside a history that hold what the database has not written into it yet.
pub(super) const LOGS: [&str; 3] = [".wal", ".wal.checkpoint", ".wal.recovery"];

/// Where a path leads: a link to the history stays one, and what it leads to is replaced.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
    if is_link { path.canonicalize().unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() }
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes a rename last. Where folders cannot be opened there is nothing to be done.
pub(in crate::cli) fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

fn prefix_of(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

/// Removes what killed processes left. What cannot be removed does not matter here.
fn remove_abandoned(folder: &Path, prefix: &str, now: Timestamp) {
    let is_abandoned = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let age = entry.metadata().ok().filter(std::fs::Metadata::is_file).and_then(|file| file.modified().ok());
        let age = age.and_then(|changed| std::time::SystemTime::from(now).duration_since(changed).ok());
        name.starts_with(prefix) && name.contains(UNFINISHED) && age.is_some_and(|age| age > ABANDONED)
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten().filter(is_abandoned) {
        let _ = std::fs::remove_file(entry.path());
    }
}
