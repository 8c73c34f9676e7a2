//! A run as the history holds it.
//!
//! For: showing one run, and judging it again. Not for: runs on their way into a history (see [`super::draft`]).
//! Invariant: its results are those of all its files, each configuration once.

use super::history::SeriesMeta;
use super::id::RunId;
use super::result::{BenchmarkResult, Run};

/// A run with everything that was measured in it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRun {
    /// Its id.
    pub id: RunId,
    /// What its first file says of it.
    pub run: Run,
    /// The names of the files that it came from, in the order in which they were imported.
    pub files: Vec<String>,
    /// Its results.
    pub results: Vec<BenchmarkResult>,
}

impl StoredRun {
    /// The series that it measured.
    #[must_use]
    pub fn series(&self) -> Vec<SeriesMeta> {
        self.results.iter().flat_map(BenchmarkResult::series).collect()
    }
}
