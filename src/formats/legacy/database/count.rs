//! What became of the rows of an old table.
//!
//! For: numbers for a report. Not for: deciding.
//! Invariant: rows taken and rows left out add up to the rows of the table.

use serde::Serialize;

/// One table of an old database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableCount {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Rows that became a result or a record.
    pub taken: u64,
    /// Single values of rows that were taken: zeros that cannot have been measured.
    pub values_left_out: u64,
    /// Rows that did not, by the reason.
    pub left_out: Vec<LeftOut>,
}

/// Rows that were left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The reason.
    pub reason: String,
    /// How many.
    pub rows: u64,
    /// The first of them, and what is wrong with it where the reason does not say all.
    pub first: String,
}

impl TableCount {
    /// A table of which no row was looked at yet.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Counts a row that is left out.
    pub(super) fn leave_out(&mut self, reason: &str, first: impl FnOnce() -> String) {
        match self.left_out.iter_mut().find(|one| one.reason == reason) {
            Some(one) => one.rows += 1,
            None => self.left_out.push(LeftOut { reason: reason.to_owned(), rows: 1, first: first() }),
        }
    }

    /// All rows that were left out.
    #[must_use]
    pub fn rows_left_out(&self) -> u64 {
        self.left_out.iter().map(|one| one.rows).sum()
    }
}
