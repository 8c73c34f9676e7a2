//! Which part of a list.
//!
//! For: rows from a place on, and whether more follow. Not for: the order, which each list has.
//! Invariant: a page has at most as many rows as were asked for.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use duckdb::{Connection, Params, Row};

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows at most.
    pub limit: u64,
    /// Rows before them.
    pub offset: u64,
}

impl Page {
    /// One row more than is shown tells whether there are more.
    pub(super) fn fetched(self) -> u64 {
        self.limit.saturating_add(1)
    }
}

/// Some rows of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether more follow.
    pub has_more: bool,
}

impl<T> Rows<T> {
    pub(super) fn read(
        connection: &Connection,
        page: Page,
        sql: &str,
        parameters: impl Params,
        make: impl FnMut(&Row<'_>) -> Result<T, duckdb::Error>,
    ) -> Result<Self, duckdb::Error> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows: Vec<T> = statement.query_map(parameters, make)?.collect::<Result<_, _>>()?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        Ok(Self { rows, has_more })
    }
}
