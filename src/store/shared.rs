//! One history, many connections of one process.
//!
//! For: a server that reads on many threads while one of them writes. Not for: commands, which open a history for
//! themselves.
//! Invariant: what is committed is on disk, in the write-ahead log or in the file; no connection reaches any other file,
//! loads an extension or changes a setting.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use duckdb::{AccessMode, Config, Connection};
use jiff::Timestamp;

use super::connection::{Mode, Store, classify, reject_foreign_file};
use super::error::StoreError;
use super::known::Known;

/// Memory that all connections may take together.
const MEMORY: &str = "96MB";

/// Memory that DuckDB's allocator may keep after a statement that took as much, instead of giving it back.
const RETAINED: &str = "8MB";

/// Disk that sorting and joining may take where the memory is too small.
const SPILLED: &str = "512MB";

/// Stops what a connection is doing.
#[derive(Clone)]
pub struct Interrupt(Arc<duckdb::InterruptHandle>);

impl Interrupt {
    /// Ends the statement that runs, if one does, with an error.
    pub fn stop(&self) {
        self.0.interrupt();
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Interrupt")
    }
}

impl Store {
    /// Opens a history for many connections; this one is the only one that writes, if [`Mode::Write`] lets it.
    ///
    /// Other than [`Store::open`], it keeps DuckDB's log: a commit is on disk when it is over.
    ///
    /// # Errors
    /// One variant of [`StoreError`] for each way in which a file cannot be a history.
    pub fn open_shared(path: &Path, mode: Mode, now: Timestamp) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Absent { path: path.to_owned() });
        }
        reject_foreign_file(path)?;
        let open = || {
            let access = if mode == Mode::Read { AccessMode::ReadOnly } else { AccessMode::ReadWrite };
            let config = Config::default()
                .access_mode(access)?
                .enable_autoload_extension(false)?
                .with("autoinstall_known_extensions", "false")?
                .enable_external_access(false)?
                .max_memory(MEMORY)?
                .with("max_temp_directory_size", SPILLED)?
                .with("allocator_flush_threshold", RETAINED)?
                .with("allocator_bulk_deallocation_flush_threshold", RETAINED)?;
            Connection::open_with_flags(path, config)
        };
        let mut store = Self::over(open().map_err(|source| classify(path, source))?, path, mode);
        store.is_shared = true;
        store.check_schema(mode, now)?;
        store
            .connection
            .execute_batch("SET lock_configuration = true")
            .map_err(StoreError::database("lock its settings"))?;
        Ok(store)
    }

    /// Another connection to the same file, for reading.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn reader(&self) -> Result<Self, StoreError> {
        let connection = self.connection.try_clone().map_err(StoreError::database("open another connection"))?;
        Ok(Self::over(connection, &self.path, Mode::Read))
    }

    /// What stops this connection from another thread.
    #[must_use]
    pub fn interrupt(&self) -> Interrupt {
        Interrupt(self.connection.interrupt_handle())
    }

    /// Whether the file can be read at all.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn ping(&self) -> Result<(), StoreError> {
        self.connection
            .query_row("SELECT count(*) FROM (FROM imports LIMIT 1)", [], |row| row.get::<_, i64>(0))
            .map(drop)
            .map_err(StoreError::database("answer"))
    }

    /// Commits what imports have deferred; it is on disk then.
    ///
    /// # Errors
    /// What DuckDB refuses; then nothing of it is written.
    pub fn commit(&self) -> Result<(), StoreError> {
        self.write_deferred()
    }

    /// Forgets what imports have deferred.
    pub fn abandon(&self) {
        drop(self.deferred.take());
        *self.known.borrow_mut() = Known::default();
    }
}
