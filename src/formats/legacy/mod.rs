//! The old system's result files: a table of shapes.
//!
//! For: everything that the former benchmark system wrote. Not for: reading it (see [`super::mapping`]).
//! Invariant: a kind of file is a shape in one of the four tables beside this file; there is no code for any of them.
//!
//! - `performance.toml`, `hardware.toml`, `compatibility.toml`, `integration.toml`: one for each table of the store
//! - `other.toml`: what lies beside results and is none
//! - [`shapes`]: the tables as read
//! - [`database`]: its databases

pub(super) mod database;
pub(super) mod shapes;
#[cfg(test)]
mod tests;
