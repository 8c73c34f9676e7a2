//! Backups that are compressed.
//!
//! For: copying a history into a backup and back. Not for: names and checksums.
//! Invariant: a name that ends in `.gz` is compressed and no other is; what is unpacked has a limit.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// The ending of a compressed backup.
pub(super) const ENDING: &str = ".gz";

/// Bytes that a backup may have when it is unpacked: 64 GB, far more than any history.
const MOST: u64 = 64_000_000_000;

/// Whether a file is compressed, by its name.
pub(super) fn is_packed(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ENDING))
}

/// Copies a history into a file, and brings it to disk.
pub(super) fn pack(from: &Path, to: &Path, is_packed: bool) -> io::Result<()> {
    let (mut source, target) = (File::open(from)?, File::create(to)?);
    let target = if is_packed {
        let mut encoder = GzEncoder::new(io::BufWriter::new(target), Compression::default());
        io::copy(&mut source, &mut encoder)?;
        let mut buffer = encoder.finish()?;
        buffer.flush()?;
        buffer.into_inner()?
    } else {
        let mut target = target;
        io::copy(&mut source, &mut target)?;
        target
    };
    target.sync_all()
}

/// Copies a backup into a file.
pub(super) fn unpack(from: &Path, to: &Path, is_packed: bool) -> io::Result<()> {
    let (source, mut target) = (File::open(from)?, File::create(to)?);
    let copied = if is_packed {
        io::copy(&mut MultiGzDecoder::new(io::BufReader::new(source)).take(MOST), &mut target)?
    } else {
        io::copy(&mut source.take(MOST), &mut target)?
    };
    if copied == MOST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    target.sync_all()
}
