//! From a tool's output to results.
//!
//! For: reading what benchmark tools write, as data from code under review. Not for: finding files, filling gaps from
//! flags, storing. Pure: no file system, clock or environment.
//! Invariant: a number is passed on as the tool stated it or the file is malformed; nothing is guessed, dropped or zero.
//!
//! - [`detect`]: recognising a format, the entry point [`read`]
//! - [`explain`](mod@explain): why a file is taken for what it is
//! - [`native`]: benchgate's own format, streamed
//! - [`mapping`]: documents read by what a table says of them; [`legacy`]: the old system's tables
//! - [`snapshot`]: a baseline that is committed
//! - one file an adapter; shared: `json` (tree and defects), `node` (fields with pointers), `reading` (metrics
//!   and repetitions), `text`, `time`, `scan`, [`output`]
//!
//! # Adding a format
//!
//! 1. A variant in [`Format`] with its name.
//! 2. A file with `matches(&Json) -> bool` (the fields that the tool always writes) and `read(&Json, &mut Output)`,
//!    which calls `output.run` once and `output.result` for each result; `hyperfine.rs` is a short one to start from.
//!    `node::Node` gives fields with located defects, `reading::Pool` turns repetitions into samples.
//! 3. A line in the table of [`detect`].
//! 4. Fixtures under `tests/fixtures/formats/<name>/`, a line in the tests, a section in `docs/formats.md`.

mod asv;
mod bencher_metric_format;
mod bencher_perf;
mod benchmark_dotnet;
mod conbench;
pub mod criterion;
mod csv_table;
pub mod detect;
pub mod error;
pub mod explain;
pub mod format;
mod github_action_benchmark;
mod github_action_benchmark_history;
mod go_bench;
mod google_benchmark;
mod gungraun;
mod hyperfine;
mod jmh;
mod json;
mod legacy;
mod llama_bench;
mod mapping;
pub mod native;
mod node;
mod optimum_benchmark;
pub mod output;
mod pytest_benchmark;
mod pytorch_records;
mod reading;
mod scan;
pub mod snapshot;
#[cfg(test)]
mod testing;
mod text;
mod time;
mod vllm_bench;

pub use criterion::{TreeFile, is_criterion_tree_file, read_criterion_tree};
pub use detect::{ReadOptions, read};
pub use error::{Class, Malformed, ReadError};
pub use explain::{Why, explain};
pub use format::{Format, Recognised};
pub use legacy::database::{LeftOut, TableCount, read_database, tables_of_interest};
pub use mapping::explain::Field;
pub use mapping::mappings::{MappingError, Mappings};
pub use output::{Limits, Omission, Sink};
pub use snapshot::{Summary, write_snapshot};
