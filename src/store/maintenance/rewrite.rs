//! The same history in a new file.
//!
//! For: giving back the space of what is no longer there, and what DuckDB knows about its tables. Not for: putting the
//! new file in the place of the old one (the command line does).
//! Invariant: the new file holds what the old one holds, which is proved before it is said; the old one stays locked
//! until the store is closed.

use std::path::Path;

use super::super::connection::{Mode, Store, attach};
use super::super::error::StoreError;

impl Store {
    /// Writes everything into a file, which is empty or not there, and proves that it is the same; `now` is for opening it.
    ///
    /// # Errors
    /// [`StoreError::Differs`], and what DuckDB refuses.
    pub fn write_compacted(&self, path: &Path, now: jiff::Timestamp) -> Result<(), StoreError> {
        let before = self.fingerprint()?;
        // DuckDB makes a database where there is no file, and none of an empty one.
        if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            let refused = |source| StoreError::Unreadable { path: path.to_owned(), source };
            std::fs::remove_file(path).map_err(refused)?;
        }
        let write = || {
            self.connection.execute_batch(&attach(path, "compacted")?)?;
            self.connection.execute_batch("COPY FROM DATABASE store TO compacted")?;
            self.connection.execute_batch("DETACH compacted")
        };
        write().map_err(StoreError::database("write the history anew"))?;
        let copy = Self::open(path, Mode::Read, now)?;
        let after = copy.fingerprint()?;
        copy.close()?;
        if before == after { Ok(()) } else { Err(StoreError::Differs { path: path.to_owned() }) }
    }

    /// Lets DuckDB count what its tables hold, for better plans, and writes everything into the file.
    ///
    /// # Errors
    /// What DuckDB refuses.
    pub fn optimize(&self) -> Result<(), StoreError> {
        self.connection.execute_batch("ANALYZE").map_err(StoreError::database("count its values"))?;
        self.checkpoint()
    }
}
