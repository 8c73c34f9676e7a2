//! Which run a name means.
//!
//! For: adding to a run that the history holds. Not for: making runs.
//! Invariant: a name that means several runs means none.

use duckdb::params;

use super::super::connection::Store;
use super::super::error::StoreError;
use crate::model::RunDraft;

/// What a name means.
#[derive(Clone, Debug, PartialEq)]
pub enum KnownName {
    /// This run, with what makes its identity.
    Run(Box<RunDraft>),
    /// No run.
    Unknown,
    /// Several runs.
    Several,
}

const NAMED: &str = "
    SELECT run_key, attempt, test_name, git_commit, git_branch FROM test_runs
    WHERE run_key = $1 OR run_id::VARCHAR = $1
    LIMIT 2";

impl Store {
    /// The run of a name: its key, or its id as SQL shows it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn run_named(&self, name: &str) -> Result<KnownName, StoreError> {
        let read = || -> Result<Vec<RunDraft>, duckdb::Error> {
            let mut statement = self.connection.prepare_cached(NAMED)?;
            let runs = statement.query_map(params![name], |row| {
                Ok(RunDraft {
                    key: row.get(0)?,
                    attempt: row.get(1)?,
                    suite: row.get(2)?,
                    commit: row.get(3)?,
                    branch: row.get(4)?,
                    is_without_origin: true,
                    ..RunDraft::default()
                })
            })?;
            runs.collect()
        };
        let mut runs = read().map_err(StoreError::database("look for a run"))?;
        Ok(match runs.len() {
            0 => KnownName::Unknown,
            1 => KnownName::Run(Box::new(runs.remove(0))),
            _ => KnownName::Several,
        })
    }
}
