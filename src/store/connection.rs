//! Opening and creating a store.
//!
//! For: the settings that every connection has, and one clear error for each way in which a file cannot be opened.
//! Not for: locks of our own; DuckDB's file lock is the lock.
//! Invariant: extensions are never loaded or installed on their own; a store opened for reading cannot reach any
//! other file, and its settings are locked.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::cell::RefCell;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use duckdb::{AccessMode, Config, Connection};
use jiff::Timestamp;

use super::error::{StoreError, is_damage};
use super::known::Known;
use super::rows::Rows;
use super::schema;

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Reading: the file must exist and is not changed.
    Read,
    /// Writing: the file must exist; an older schema is migrated.
    Write,
    /// Writing: the file is created where it does not exist.
    Create,
}

/// An open history.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) known: RefCell<Known>,
    /// What imports have left to be written with later ones.
    pub(super) deferred: RefCell<Rows>,
    pub(super) path: PathBuf,
    pub(super) mode: Mode,
    /// Whether other connections of this process use the same file.
    pub(super) is_shared: bool,
}

impl Store {
    /// Opens a history. `now` dates the migrations that it may apply.
    ///
    /// # Errors
    /// One variant of [`StoreError`] for each way in which a file cannot be a history.
    pub fn open(path: &Path, mode: Mode, now: Timestamp) -> Result<Self, StoreError> {
        if !path.exists() && mode != Mode::Create {
            return Err(StoreError::Absent { path: path.to_owned() });
        }
        reject_foreign_file(path)?;
        let file = file_at(path);
        let connection = match connect(path, mode) {
            // Tried first: another process that is just making the file holds its lock.
            Err(error @ (StoreError::Corrupt { .. } | StoreError::NotDuckDb { .. }))
                if mode == Mode::Create && is_unfinished(path) =>
            {
                if std::fs::remove_file(path).is_err() {
                    return Err(error);
                }
                connect(path, mode)?
            }
            other => other?,
        };
        // Between being found and being locked it may have been replaced, and what is written into the old one is lost.
        if mode != Mode::Read && file.is_some() && file != file_at(path) {
            drop(connection);
            return Self::open(path, mode, now);
        }
        let store = Self::over(connection, path, mode);
        store.check_schema(mode, now)?;
        if mode == Mode::Read {
            store
                .connection
                .execute_batch("SET lock_configuration = true")
                .map_err(StoreError::database("lock its settings"))?;
        }
        Ok(store)
    }

    pub(super) fn over(connection: Connection, path: &Path, mode: Mode) -> Self {
        let (known, deferred) = (RefCell::default(), RefCell::default());
        Self { connection, known, deferred, path: path.to_owned(), mode, is_shared: false }
    }

    /// Where the history is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the history holds anything but simulated results.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn has_real_results(&self) -> Result<bool, StoreError> {
        self.connection
            .query_row("SELECT count(*) FROM configurations WHERE NOT is_simulated", [], |row| row.get::<_, i64>(0))
            .map(|count| count > 0)
            .map_err(StoreError::database("count its results"))
    }

    /// Brings everything that was written so far to disk.
    ///
    /// # Errors
    /// When DuckDB cannot write the file.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.write_deferred()?;
        self.connection.execute_batch("CHECKPOINT store").map_err(StoreError::database("checkpoint"))
    }

    /// Closes the history; with it, what was written is on disk.
    ///
    /// # Errors
    /// When DuckDB cannot write the file.
    pub fn close(self) -> Result<(), StoreError> {
        self.write_deferred()?;
        let close = || {
            if self.is_shared {
                self.connection.execute_batch("CHECKPOINT")?;
            } else if self.mode != Mode::Read {
                // Merely closing the connection would swallow an error. Nobody parses any more: all cores are free.
                self.connection.execute_batch("RESET threads; USE memory; DETACH store")?;
            }
            self.connection.close().map_err(|(_, error)| error)
        };
        close().map_err(StoreError::database("close"))
    }

    pub(super) fn check_schema(&self, mode: Mode, now: Timestamp) -> Result<(), StoreError> {
        let refused = |source| classify(&self.path, source);
        let path = self.path.clone();
        match schema::version(&self.connection).map_err(refused)? {
            Some(schema::NEWEST) => Ok(()),
            Some(found) if found > schema::NEWEST => {
                Err(StoreError::NewerSchema { path, found, known: schema::NEWEST })
            }
            Some(found) if mode == Mode::Read => Err(StoreError::OlderSchema { path, found, known: schema::NEWEST }),
            Some(found) => schema::migrate(&self.connection, found, now),
            None if mode == Mode::Create && schema::is_empty(&self.connection).map_err(refused)? => {
                schema::migrate(&self.connection, 0, now)
            }
            None => Err(StoreError::NotAHistory { path }),
        }
    }
}

/// Bytes of the headers that DuckDB writes one after the other when it makes a file, before anything else.
const HEADERS_BYTES: u64 = 3 * 4096;

/// Whether a file is what a process left that was killed while it made the file: it has never held anything.
fn is_unfinished(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() < HEADERS_BYTES)
}

/// A file that is plainly something else gets its own message, before DuckDB words it.
pub(super) fn reject_foreign_file(path: &Path) -> Result<(), StoreError> {
    // DuckDB's header: an 8-byte checksum, then these four bytes.
    const MAGIC: &[u8] = b"DUCK";
    let Ok(mut file) = File::open(path) else { return Ok(()) };
    let mut head = [0; 12];
    match file.read(&mut head) {
        // An empty file is what `mktemp` leaves, or a process that was killed while it made a database: it is made anew.
        Ok(0) => Ok(()),
        Ok(12) if &head[8..] == MAGIC => Ok(()),
        Ok(_) => Err(StoreError::NotDuckDb { path: path.to_owned() }),
        // A folder, or a file that may not be read: DuckDB's own error says which.
        Err(_) => Ok(()),
    }
}

pub(super) fn connect(path: &Path, mode: Mode) -> Result<Connection, StoreError> {
    let config = || Config::default().enable_autoload_extension(false)?.with("autoinstall_known_extensions", "false");
    let open = || match mode {
        Mode::Read => {
            let config = config()?.max_memory(READ_MEMORY)?;
            Connection::open_with_flags(path, config.access_mode(AccessMode::ReadOnly)?.enable_external_access(false)?)
        }
        Mode::Write | Mode::Create => open_for_writing(path, config()?.max_memory(WRITE_MEMORY)?),
    };
    open().map_err(|source| classify(path, source))
}

/// The history is attached, since only then it can do without a write-ahead log: what an import commits is in the file
/// from the next checkpoint on, at the latest when the store is closed. A process that is killed leaves the state of
/// the last checkpoint, which holds whole imports only.
fn open_for_writing(path: &Path, config: Config) -> Result<Connection, duckdb::Error> {
    // One thread writes; the other cores are for parsing.
    let config = config.threads(1)?.with("checkpoint_threshold", CHECKPOINT_BYTES)?;
    let connection = Connection::open_in_memory_with_flags(config)?;
    let mut spilled = path.as_os_str().to_owned();
    spilled.push(".tmp");
    let (spilled, attach) = (path_literal(Path::new(&spilled))?, attach(path, "store")?);
    connection.execute_batch(&format!("SET temp_directory = {spilled}; {attach}; USE store"))?;
    Ok(connection)
}

/// The statement that attaches a file for writing, and makes it where there is none.
pub(super) fn attach(path: &Path, name: &str) -> Result<String, duckdb::Error> {
    let file = path_literal(path)?;
    Ok(format!(
        "ATTACH {file} AS {name} (TYPE duckdb, BLOCK_SIZE {BLOCK_SIZE}, STORAGE_VERSION '{STORAGE_VERSION}',
            RECOVERY_MODE no_wal_writes)"
    ))
}

/// A path as a text of a statement. One that is none must not become another path.
pub(super) fn path_literal(path: &Path) -> Result<String, duckdb::Error> {
    path.to_str().map(literal).ok_or_else(|| duckdb::Error::InvalidPath(path.to_owned()))
}

/// A text as a statement holds it.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Which file stands at a path, where the system tells: `maintain` puts another one there.
fn file_at(path: &Path) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
    }
    #[cfg(not(unix))]
    {
        // An open file cannot be replaced there.
        let _ = path;
        None
    }
}

/// Bytes a block of a new file has: DuckDB's smallest, since a history is small and DuckDB's default of 256 KiB would
/// make most of it empty space.
const BLOCK_SIZE: &str = "16384";

/// Memory that DuckDB may take before it writes to a temporary folder beside the file: a gate runs on small machines,
/// next to what it gates. Less makes writing no slower.
const READ_MEMORY: &str = "256MB";
const WRITE_MEMORY: &str = "96MB";

/// Changes that are held until they are written into the file. Writing them more often takes longer and leaves gaps.
const CHECKPOINT_BYTES: &str = "64MB";

/// The file format of new files. DuckDB's default is that of 1.0, which stores numbers uncompressed in blocks as small
/// as these: 60 runs of 72 series take 668 kB there and 291 kB here. Every DuckDB from 1.5 on reads it.
const STORAGE_VERSION: &str = "v1.5.0";

/// DuckDB tells its reasons in words only; these are the words of 1.5.
pub(super) fn classify(path: &Path, source: duckdb::Error) -> StoreError {
    let path = path.to_owned();
    let words = source.to_string().to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if says(&["could not set lock", "being used by another process"]) {
        StoreError::Locked { path, source }
    } else if says(&["newer version", "database version", "version number"]) {
        StoreError::NewerDuckDb { path, source }
    } else if says(&["not a valid duckdb database file"]) {
        StoreError::NotDuckDb { path }
    } else if is_damage(&words) {
        StoreError::Corrupt { path, source }
    } else {
        StoreError::Open { path, source }
    }
}
