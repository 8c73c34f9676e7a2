//! The old system's databases: rows of its tables as results and records.
//!
//! For: what the tables of both old schemas and their variants mean. Not for: opening a database (see `store::former`).
//! Invariant: every row of a table that is read is taken or left out with its reason, and both are counted.
//!
//! - `tables.toml`: what a row of each table becomes
//! - [`rows`]: a row with the rows that it leads to
//! - [`runs`]: the run that a row belongs to
//! - [`read`](mod@read): a whole database
//! - [`count`]: what became of the rows

mod count;
mod read;
mod rows;
mod runs;
#[cfg(test)]
mod tests;

pub use count::{LeftOut, TableCount};
pub use read::{read_database, tables_of_interest};
