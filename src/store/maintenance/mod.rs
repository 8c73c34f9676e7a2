//! Keeping a history for years: proving that it is whole, and writing it anew.
//!
//! For: what `maintain` asks of the database. Not for: files, which the command line copies, replaces and deletes.
//! Invariant: looking changes nothing; no check trusts a view of the file, since a restored file is data.
//!
//! - [`fingerprint`](mod@fingerprint) - what a history holds, table by table, as numbers to compare
//! - `identities` - ids that are not the hash of what they name
//! - [`rewrite`] - the same history in a new file
//! - `shape` - tables, columns and views
//! - [`validate`] - every check
//! - `values` - numbers and units

pub mod fingerprint;
mod identities;
pub mod rewrite;
mod shape;
#[cfg(test)]
mod tests;
pub mod validate;
mod values;
