//! The folder that a file is written into.
//!
//! For: commands whose output files may be the first in their folder. Not for: writing them.
//! Invariant: a file without a folder in its path needs none.

use std::io;
use std::path::Path;

use super::error::CliError;

/// Makes the folder of a file, and those above it, where they are missing.
///
/// # Errors
/// What the system gives.
pub(super) fn make_for(file: &Path) -> io::Result<()> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder),
        None => Ok(()),
    }
}

/// Writes a file, and makes the folder that it stands in.
///
/// # Errors
/// [`CliError::File`].
pub(super) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), CliError> {
    let refused = |source| CliError::File { action: "write", path: path.to_owned(), source };
    make_for(path).map_err(refused)?;
    std::fs::write(path, content).map_err(refused)
}
