//! What a history holds, in numbers and names.
//!
//! For: saying how much and how old a history is, and which runs it lacks. Not for: its measurements.
//! Invariant: runs of pull requests and merge queues do not count as history; they are never a baseline.

use std::collections::{BTreeMap, HashMap, HashSet};

use duckdb::params;
use jiff::Timestamp;

use super::connection::Store;
use super::error::StoreError;
use super::overview::time;
use crate::model::{ATTEMPTS, Run, RunId};

/// What tells a run of CI from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRun {
    /// Its name.
    pub key: String,
    /// Its attempt.
    pub attempt: u32,
    /// The leg that made it, where its environment says.
    pub leg: Option<String>,
    /// The bundle that it came from, where its environment says.
    pub bundle: Option<String>,
}

/// A history in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Runs that can be a baseline.
    pub runs: usize,
    /// Their commits, each once.
    pub commits: usize,
    /// When the newest of them was made, of those that say that they were made before now.
    pub newest: Option<Timestamp>,
    /// How many of them say that they were made after now.
    pub future: usize,
    /// Every run and leg, also those that are no baseline and those in an archive, but not what only a snapshot tells of.
    pub known: Vec<KnownRun>,
}

impl Store {
    /// The hashes of all contents that the history holds.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn content_hashes(&self) -> Result<HashSet<String>, StoreError> {
        self.hashes("SELECT DISTINCT content_hash FROM imports")
    }

    /// The hashes of all contents that need not be imported: those that the history holds, and those that are in an archive.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn seen_contents(&self) -> Result<HashSet<String>, StoreError> {
        self.hashes(
            "SELECT content_hash FROM imports UNION SELECT content_hash FROM archived_runs a
             WHERE NOT EXISTS (FROM decisions u WHERE u.undoes = a.decision_id)",
        )
    }

    fn hashes(&self, sql: &str) -> Result<HashSet<String>, StoreError> {
        let read = || -> Result<HashSet<String>, duckdb::Error> {
            let mut statement = self.connection.prepare(sql)?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(StoreError::database("list what was imported"))
    }

    /// Every run as it was recorded, by its id, with what of its environment a baseline depends on.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn recorded_runs(&self) -> Result<HashMap<RunId, Run>, StoreError> {
        const RUNS: &str = "
            SELECT run_id, run_key, attempt, test_name, git_commit, git_branch, epoch_us(started_at), ci_trigger,
                metadata ->> '$.leg', metadata ->> '$.artifact_hash', metadata ->> $1
            FROM test_runs";
        let read = || -> Result<HashMap<RunId, Run>, duckdb::Error> {
            let mut statement = self.connection.prepare(RUNS)?;
            let rows = statement.query_map(params![format!("$.{ATTEMPTS}")], |row| {
                let mut environment = BTreeMap::new();
                for (column, name) in [(8, "leg"), (9, "artifact_hash"), (10, ATTEMPTS)] {
                    if let Some(text) = row.get::<_, Option<String>>(column)? {
                        environment.insert(name.to_owned(), text);
                    }
                }
                let run = Run {
                    key: row.get(1)?,
                    attempt: row.get(2)?,
                    suite: row.get(3)?,
                    commit: row.get(4)?,
                    branch: row.get(5)?,
                    started_at: time(row, 6)?,
                    trigger: row.get(7)?,
                    environment,
                };
                Ok((RunId(row.get(0)?), run))
            })?;
            rows.collect()
        };
        read().map_err(StoreError::database("read its runs"))
    }

    /// Counts what the history holds at this time; `branch` restricts all but the list of runs to one branch.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn contents(&self, branch: Option<&str>, now: Timestamp) -> Result<Contents, StoreError> {
        let read = || -> Result<Contents, duckdb::Error> {
            const COUNT: &str = "
                SELECT count(*), count(DISTINCT git_commit),
                    epoch_us(max(started_at) FILTER (started_at <= make_timestamp($2::BIGINT))),
                    count(*) FILTER (started_at > make_timestamp($2::BIGINT))
                FROM test_runs
                WHERE coalesce(ci_trigger NOT IN ('pull_request', 'pull_request_target', 'merge_group', 'issue_comment',
            'issues', 'pull_request_review', 'pull_request_review_comment', 'workflow_run'), TRUE)
                    AND ($1 IS NULL OR git_branch = $1)";
            let counted = self.connection.query_row(COUNT, params![branch, now.as_microsecond()], |row| {
                let count = |column| row.get::<_, u64>(column).map(|count| count.try_into().unwrap_or(usize::MAX));
                let newest: Option<i64> = row.get(2)?;
                Ok(Contents {
                    runs: count(0)?,
                    commits: count(1)?,
                    newest: newest.and_then(|micros| Timestamp::from_microsecond(micros).ok()),
                    future: count(3)?,
                    known: Vec::new(),
                })
            })?;
            // By the files: the legs of a matrix may be one run, whose first file names one of them only.
            const KNOWN: &str = "SELECT run_key, attempt, metadata ->> '$.leg', metadata ->> '$.benchgate_bundle'
                FROM imports WHERE metadata ->> '$.benchgate_snapshot' IS NULL
                UNION SELECT run_key, attempt, leg, bundle FROM archived_runs a
                WHERE NOT EXISTS (FROM decisions u WHERE u.undoes = a.decision_id)
                ORDER BY ALL";
            let mut statement = self.connection.prepare(KNOWN)?;
            let known = statement.query_map([], |row| {
                Ok(KnownRun { key: row.get(0)?, attempt: row.get(1)?, leg: row.get(2)?, bundle: row.get(3)? })
            })?;
            Ok(Contents { known: known.collect::<Result<_, _>>()?, ..counted })
        };
        read().map_err(StoreError::database("count the history's runs"))
    }
}
