//! A copy of the history for a dry run.
//!
//! For: saying what an import would do by doing it elsewhere. Not for: backups.
//! Invariant: the history itself is only read; the copy vanishes with its value.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::error::CliError;

/// A folder with the copy.
pub(super) struct Rehearsal(TempDir);

impl Rehearsal {
    /// Where the copy is.
    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("rehearsal")
    }
}

/// Copies the history for a dry run, where it is one.
///
/// # Errors
/// [`CliError::File`].
pub(super) fn copy(is_dry_run: bool, database: &Path) -> Result<Option<Rehearsal>, CliError> {
    if !is_dry_run {
        return Ok(None);
    }
    let copy = || {
        let rehearsal = Rehearsal(tempfile::tempdir()?);
        if database.exists() {
            std::fs::copy(database, rehearsal.path())?;
        }
        Ok(rehearsal)
    };
    copy().map(Some).map_err(|source| CliError::File { action: "copy", path: database.to_owned(), source })
}
