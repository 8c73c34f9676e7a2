//! Files that are put away: read ones into an archive, defective ones into quarantine.
//!
//! For: moving or copying without losing anything. Not for: deciding which.
//! Invariant: nothing that is there is overwritten, and a file is gone from its place only when it is in the other one.

use std::io;
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::folder;
use crate::text::escape;

/// Names that are tried beside one that is taken.
const MOST_NAMES: u32 = 10_000;

/// Moves a file or a folder to `name` below `folder`; where it is now.
pub(in crate::cli) fn move_to(path: &Path, folder: &Path, name: &Path) -> Result<PathBuf, CliError> {
    let target = free(folder, name)?;
    let moved = std::fs::rename(path, &target).or_else(|error| match error.kind() {
        io::ErrorKind::CrossesDevices if path.is_file() => {
            std::fs::copy(path, &target).and_then(|_| std::fs::remove_file(path))
        }
        _ => Err(error),
    });
    moved.map_err(|source| CliError::File { action: "move", path: path.to_owned(), source })?;
    Ok(target)
}

/// Copies a file to `name` below `folder`; where the copy is.
pub(super) fn copy_to(path: &Path, folder: &Path, name: &Path) -> Result<PathBuf, CliError> {
    let target = free(folder, name)?;
    std::fs::copy(path, &target).map_err(|source| CliError::File { action: "copy", path: path.to_owned(), source })?;
    Ok(target)
}

/// Writes beside a file why it is there.
pub(super) fn write_reason(file: &Path, reason: &str) -> Result<(), CliError> {
    let mut name = file.as_os_str().to_owned();
    name.push(".reason.txt");
    let path = PathBuf::from(name);
    let text = format!("{}\n", escape::terminal(reason));
    std::fs::write(&path, text).map_err(|source| CliError::File { action: "write", path, source })
}

/// A path below `folder` that is not taken: `name`, else `name.1`, `name.2`, ...
fn free(folder: &Path, name: &Path) -> Result<PathBuf, CliError> {
    let first = folder.join(name);
    folder::make_for(&first).map_err(|source| CliError::File { action: "make", path: folder.to_owned(), source })?;
    let numbered = |number: u32| {
        let mut name = first.clone().into_os_string();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    };
    let mut names = std::iter::once(first.clone()).chain((1..MOST_NAMES).map(numbered));
    names.find(|path| !path.exists()).ok_or_else(|| CliError::Usage {
        message: format!("`{}` holds too many files of one name", folder.display()),
        hint: "empty it".to_owned(),
    })
}
