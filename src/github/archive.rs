//! A ZIP archive from a job that is not trusted: its files, in memory.
//!
//! For: opening a downloaded artifact. Not for: writing files, and not for what the files say.
//! Invariant: a name in the archive is never a path; bytes are counted as they are unpacked, so an archive that lies about
//! its sizes gains nothing; an archive is read as a whole or refused as a whole.

use std::io::{Cursor, Read as _};

use thiserror::Error;
use zip::{CompressionMethod, ZipArchive};

/// How much an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Entries, folders included.
    pub files: usize,
    /// Unpacked bytes of one file.
    pub file_bytes: u64,
    /// Unpacked bytes of all files.
    pub total_bytes: u64,
}

/// Why an archive is not read.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// Not a ZIP archive, or a damaged one.
    #[error("it is not a ZIP archive, or a damaged one: {message}")]
    NotAnArchive {
        /// What is wrong.
        message: String,
    },
    /// More entries than allowed.
    #[error("it has {found} entries, more than {limit}")]
    TooManyFiles {
        /// Entries of the archive.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A file that unpacks to more than allowed.
    #[error("entry {entry} unpacks to more than {limit} bytes")]
    FileTooLarge {
        /// The entry, from 1.
        entry: usize,
        /// The limit.
        limit: u64,
    },
    /// Files that unpack to more than allowed together.
    #[error("it unpacks to more than {limit} bytes")]
    TotalTooLarge {
        /// The limit.
        limit: u64,
    },
    /// An encrypted entry.
    #[error("entry {entry} is encrypted")]
    Encrypted {
        /// The entry, from 1.
        entry: usize,
    },
    /// A symbolic link.
    #[error("entry {entry} is a symbolic link")]
    Link {
        /// The entry, from 1.
        entry: usize,
    },
    /// An archive in the archive.
    #[error("entry {entry} is an archive itself")]
    Nested {
        /// The entry, from 1.
        entry: usize,
    },
    /// A compression that artifacts do not have.
    #[error("entry {entry} is compressed in a way that artifacts are not")]
    Compression {
        /// The entry, from 1.
        entry: usize,
    },
    /// An entry that cannot be unpacked or fails its checksum.
    #[error("entry {entry} is damaged: {message}")]
    Damaged {
        /// The entry, from 1.
        entry: usize,
        /// What is wrong.
        message: String,
    },
}

/// The files of an archive, in its order; folders are left out.
///
/// # Errors
/// For anything but plain files within the limits.
pub fn read(zip: &[u8], limits: ArchiveLimits) -> Result<Vec<Vec<u8>>, ArchiveError> {
    let mut archive =
        ZipArchive::new(Cursor::new(zip)).map_err(|error| ArchiveError::NotAnArchive { message: error.to_string() })?;
    if archive.len() > limits.files {
        return Err(ArchiveError::TooManyFiles { found: archive.len(), limit: limits.files });
    }
    let mut files = Vec::new();
    let mut left = limits.total_bytes;
    for index in 0..archive.len() {
        if is_file(&mut archive, index)? {
            let file = unpack(&mut archive, index, left, limits)?;
            left -= file.len() as u64;
            files.push(file);
        }
    }
    Ok(files)
}

/// Whether an entry is a file to read; looks at what the directory says of it only.
fn is_file(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> Result<bool, ArchiveError> {
    let entry = index + 1;
    let file = archive.by_index_raw(index).map_err(|error| damaged(entry, &error))?;
    if file.encrypted() {
        Err(ArchiveError::Encrypted { entry })
    } else if file.is_symlink() {
        Err(ArchiveError::Link { entry })
    } else if file.is_dir() {
        Ok(false)
    } else if matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        Ok(true)
    } else {
        Err(ArchiveError::Compression { entry })
    }
}

fn unpack(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: u64,
    limits: ArchiveLimits,
) -> Result<Vec<u8>, ArchiveError> {
    let entry = index + 1;
    let allowed = limits.file_bytes.min(left);
    let mut content = Vec::new();
    let file = archive.by_index(index).map_err(|error| damaged(entry, &error))?;
    file.take(allowed.saturating_add(1)).read_to_end(&mut content).map_err(|error| damaged(entry, &error))?;
    if content.len() as u64 > allowed {
        return Err(if limits.file_bytes <= left {
            ArchiveError::FileTooLarge { entry, limit: limits.file_bytes }
        } else {
            ArchiveError::TotalTooLarge { limit: limits.total_bytes }
        });
    }
    if content.starts_with(b"PK\x03\x04") {
        return Err(ArchiveError::Nested { entry });
    }
    Ok(content)
}

fn damaged(entry: usize, error: &dyn std::error::Error) -> ArchiveError {
    ArchiveError::Damaged { entry, message: error.to_string() }
}
