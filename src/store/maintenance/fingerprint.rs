//! What a history holds, as numbers to compare.
//!
//! For: proving that a copy is the same history. Not for: identifying one in public; the hash is DuckDB's and may
//! change with its version.
//! Invariant: every value of every table is read, so that a damaged block is noticed; the order of rows counts only
//! where a view depends on it.

use std::collections::BTreeMap;

use super::super::connection::Store;
use super::super::error::StoreError;

/// Rows and their hash, by table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<String, (u64, i128)>);

impl Fingerprint {
    /// The rows of all tables together.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.values().map(|(rows, _)| rows).sum()
    }
}

/// What is hashed beside the tables: a run is as the first of its files says, so that their order counts.
const IN_ORDER: &str = "(SELECT i, row_number() OVER (PARTITION BY run_id ORDER BY rowid) FROM imports i)";

impl Store {
    /// Reads everything.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a block does not have the content that its checksum says.
    pub fn fingerprint(&self) -> Result<Fingerprint, StoreError> {
        let read = || -> Result<Fingerprint, duckdb::Error> {
            let mut tables =
                self.table_names()?.into_iter().map(|name| (format!("\"{name}\""), name)).collect::<Vec<_>>();
            tables.push((IN_ORDER.to_owned(), "imports in their order".to_owned()));
            let hash = |(from, name): (String, String)| {
                let sql = format!("SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM {from} t");
                let found = self.connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
                Ok((name, found))
            };
            Ok(Fingerprint(tables.into_iter().map(hash).collect::<Result<_, duckdb::Error>>()?))
        };
        read().map_err(StoreError::database("read the whole history"))
    }

    /// The tables of the file, quoted as SQL wants it.
    fn table_names(&self) -> Result<Vec<String>, duckdb::Error> {
        let sql = "SELECT replace(table_name, '\"', '\"\"') FROM duckdb_tables()
            WHERE database_name = current_database() AND schema_name = 'main' ORDER BY ALL";
        self.connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
    }
}
