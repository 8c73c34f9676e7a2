//! A backup's file with its hash.
//!
//! For: telling whether a file is still what was written. Not for: what is in it.
//! Invariant: the file beside a backup is as `b3sum` writes it: BLAKE3 in hexadecimal, two spaces, the name.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::replace::with_suffix;
use crate::cli::error::CliError;
use crate::cli::inputs;

/// The ending of the file beside a backup.
const ENDING: &str = ".blake3";

/// Longest file that is looked at.
const LONGEST: u64 = 4096;

/// The file beside a backup.
pub(super) fn beside(backup: &Path) -> PathBuf {
    with_suffix(backup, ENDING)
}

/// The hash of a file.
///
/// # Errors
/// [`CliError::File`].
pub(in crate::cli) fn of(path: &Path) -> Result<String, CliError> {
    let content = inputs::content_of(&[path.to_owned()]);
    content.map(|content| content.hash).map_err(|source| CliError::File {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

/// What the file beside a backup holds.
pub(super) fn line(hash: &str, name: &str) -> String {
    format!("{hash}  {name}\n")
}

/// The hash that the file beside a backup states for it; `None` where there is no such file.
///
/// # Errors
/// What reading gives, and [`io::ErrorKind::InvalidData`] where it is no such file.
pub(super) fn stated(backup: &Path) -> io::Result<Option<String>> {
    let mut text = String::new();
    match File::open(beside(backup)) {
        Ok(file) => file.take(LONGEST).read_to_string(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let name = backup.file_name().unwrap_or_default().to_string_lossy();
    let hash = text.split_once("  ").filter(|(hash, rest)| {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash && rest.trim_end() == name
    });
    hash.map(|(hash, _)| Some(hash.to_owned())).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
