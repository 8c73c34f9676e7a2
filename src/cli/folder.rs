//! The folder that a file is written into.
//!
//! For: commands whose output files may be the first in their folder. Not for: writing them.
//! Invariant: a file without a folder in its path needs none.

use std::io;
use std::path::Path;

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
