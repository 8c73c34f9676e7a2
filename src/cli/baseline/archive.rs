//! An archive: a folder with what left a history, and a manifest.
//!
//! For: making one before anything is deleted, and checking one before anything comes back. Not for: its rows (see `store`).
//! Invariant: an archive has its name only when it was read again and is on disk; the names of its files are made here and
//! never taken from it; what does not have the hashes that the history and the manifest state is not read.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cli::error::CliError;
use crate::cli::maintain::checksum;
use crate::cli::maintain::command::{bytes, named};
use crate::cli::maintain::replace::sync_folder;
use crate::store::{ArchivedTable, Store};

/// The folder beside a history that archives are in.
const FOLDER: &str = "archive";

/// The file that says what an archive holds.
const MANIFEST: &str = "manifest.json";

/// Bytes of the largest manifest that is read.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// Folders that nobody is writing any more: their process was killed.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// The ending of folders that are not finished.
const UNFINISHED: &str = ".unfinished";

/// What an archive holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    schema: Schema,
    made_at: Timestamp,
    tool_version: String,
    tables: Vec<ManifestTable>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Schema {
    #[serde(rename = "benchgate/archive/v1")]
    V1,
}

/// A table, in a file of its name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestTable {
    table: String,
    rows: u64,
    bytes: u64,
    blake3: String,
}

/// An archive that was made.
pub(super) struct Archive {
    /// The name of its folder.
    pub(super) name: String,
    /// BLAKE3 of its manifest.
    pub(super) manifest: String,
    /// Its size.
    pub(super) bytes: u64,
}

/// The folder of archives: the named one, or the one beside the history.
pub(super) fn folder(named: Option<&Path>, database: &Path) -> PathBuf {
    named.map_or_else(|| database.with_file_name(FOLDER), Path::to_owned)
}

/// Writes what a store has staged into a new archive below `folder`, whose name begins with `word`.
///
/// # Errors
/// [`CliError::File`] and what the store refuses; then no archive is left.
pub(super) fn make(
    store: &Store,
    tables: &[ArchivedTable],
    folder: &Path,
    word: &str,
    now: Timestamp,
) -> Result<Archive, CliError> {
    std::fs::create_dir_all(folder).map_err(|source| refused("make", folder, source))?;
    remove_abandoned(folder, now);
    let stamp = now.strftime("%Y%m%dT%H%M%S%6fZ").to_string();
    let unfinished = Unfinished::make(folder.join(format!(".{word}-{stamp}{UNFINISHED}")))?;
    store.write_leaving(&unfinished.0, tables)?;
    let mut manifest = Manifest {
        schema: Schema::V1,
        made_at: now,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        tables: Vec::new(),
    };
    for ArchivedTable { name, rows } in tables {
        let path = file_of(&unfinished.0, name);
        sync(&path)?;
        let (blake3, bytes) = (checksum::of(&path)?, bytes(&path)?);
        manifest.tables.push(ManifestTable { table: (*name).to_owned(), rows: *rows, bytes, blake3 });
    }
    let mut text = serde_json::to_string_pretty(&manifest).expect("internal error: a manifest is texts and numbers");
    text.push('\n');
    let path = unfinished.0.join(MANIFEST);
    std::fs::write(&path, &text).map_err(|source| refused("write", &path, source))?;
    sync(&path)?;
    sync_folder(&path);
    let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
    let name = format!("{word}-{stamp}-{}", &hash[..8]);
    let path = folder.join(&name);
    std::fs::rename(&unfinished.0, &path).map_err(|source| refused("make", &path, source))?;
    sync_folder(&path);
    Ok(Archive { name, manifest: hash, bytes: manifest.tables.iter().map(|table| table.bytes).sum() })
}

/// The folder of an archive that a decision names, and its tables, when all of it is what was written.
///
/// # Errors
/// [`CliError::Maintenance`] where it is absent or something else.
pub(super) fn check(folder: &Path, name: &str, manifest: &str) -> Result<(PathBuf, Vec<&'static str>), CliError> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(unusable(format!("the decision names an archive that cannot be: {}", named(Path::new(name)))));
    }
    let path = folder.join(name);
    let file = path.join(MANIFEST);
    let Ok(opened) = File::open(&file) else {
        let message = format!("there is no archive {}", named(&path));
        let hint = "name the folder that holds it with --archive".to_owned();
        return Err(CliError::Maintenance { message, hint });
    };
    let mut text = String::new();
    opened.take(LARGEST_MANIFEST).read_to_string(&mut text).map_err(|source| refused("read", &file, source))?;
    if blake3::hash(text.as_bytes()).to_hex().as_str() != manifest {
        return Err(unusable(format!("{} is not the one that was written", named(&file))));
    }
    let parsed: Manifest =
        serde_json::from_str(&text).map_err(|error| unusable(format!("{} cannot be read: {error}", named(&file))))?;
    let mut tables = Vec::new();
    for ManifestTable { table, blake3, .. } in parsed.tables {
        let known = Store::archived_table(&table)
            .ok_or_else(|| unusable(format!("{} names no table of a history", named(&file))))?;
        let part = file_of(&path, known);
        if !part.is_file() || checksum::of(&part)? != blake3 {
            return Err(unusable(format!("{} is not what the manifest says", named(&part))));
        }
        tables.push(known);
    }
    Ok((path, tables))
}

fn unusable(message: String) -> CliError {
    let hint = "nothing was written; bring the archive back as it was, from a backup or an artifact".to_owned();
    CliError::Maintenance { message, hint }
}

fn refused(action: &'static str, path: &Path, source: std::io::Error) -> CliError {
    CliError::File { action, path: path.to_owned(), source }
}

fn file_of(archive: &Path, table: &str) -> PathBuf {
    archive.join(format!("{table}.parquet"))
}

fn sync(path: &Path) -> Result<(), CliError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|source| refused("write", path, source))
}

/// A folder that vanishes unless it is renamed.
struct Unfinished(PathBuf);

impl Unfinished {
    fn make(path: PathBuf) -> Result<Self, CliError> {
        std::fs::create_dir(&path).map_err(|source| refused("make", &path, source))?;
        Ok(Self(path))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Mostly it is not there any more.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Removes what killed processes left. What cannot be removed does not matter here.
fn remove_abandoned(folder: &Path, now: Timestamp) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let changed = entry.metadata().ok().filter(std::fs::Metadata::is_dir).and_then(|found| found.modified().ok());
        let age = changed.and_then(|changed| SystemTime::from(now).duration_since(changed).ok());
        if name.starts_with('.') && name.ends_with(UNFINISHED) && age.is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
