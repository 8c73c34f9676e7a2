//! benchgate: a regression gate for benchmark results, per model and hardware.
//!
//! Data flows one way: results files ([`formats`]) become results ([`model`]), which are kept in a DuckDB history
//! ([`store`]), judged against it ([`gate`], with the arithmetic of [`stats`] and the policy of [`config`]), shown
//! ([`report`]), posted ([`github`]) and served ([`serve`]). [`cli`] is the one doorway to the clock, the environment and the terminal.
//!
//! The library exists for benches and in-process tests; its interface is not a stability promise. Which module may
//! import which is a table in `docs/architecture.md`, held by `tests/architecture.rs`.

pub mod assemble;
pub mod cli;
pub mod config;
pub mod formats;
pub mod gate;
pub mod github;
pub mod model;
pub mod report;
pub mod serve;
pub mod stats;
pub mod store;
pub mod text;
