//! Databases of the former system: their tables as they are.
//!
//! For: DuckDB and SQLite files, and exports of their tables as Parquet and CSV. Not for: what the tables mean (see
//! `formats::legacy`).
//! Invariant: an old database is data: it is opened for reading, nothing in it is run, and it reaches no other file.
//!
//! - [`database`]: what was read, and how much at most
//! - `duck`, `sqlite`, `exports`: one file a kind

pub mod database;
mod duck;
mod exports;
mod sqlite;

pub use database::{FormerDatabase, FormerKind, read_former};
