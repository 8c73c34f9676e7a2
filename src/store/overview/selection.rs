//! What of a history is looked at.
//!
//! For: temporary tables of the chosen runs, models and hardware, which every report joins; and the names that there are
//! to choose from. Not for: patterns, which whoever reads the flags turns into names.
//! Invariant: a name is compared as a whole and travels as a value, never as SQL text.

use duckdb::params;
use jiff::Timestamp;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::performance::time;
use crate::model::overview::{Facet, Selection};

/// A run of an unknown time is in no range of times.
const RUNS: &str = "
    CREATE OR REPLACE TEMP TABLE chosen_runs AS
    SELECT run_id, run_key, attempt, test_name, started_at, git_commit, git_branch
    FROM test_runs
    WHERE (NOT EXISTS (FROM chosen_names WHERE facet = 'branch')
            OR git_branch IN (SELECT name FROM chosen_names WHERE facet = 'branch'))
        AND ($1::BIGINT IS NULL OR started_at >= make_timestamp($1::BIGINT))
        AND ($2::BIGINT IS NULL OR started_at <= make_timestamp($2::BIGINT))";

const MODELS: &str = "
    CREATE OR REPLACE TEMP TABLE chosen_models AS
    SELECT model_id, coalesce(canonical_name, model_name) AS model, model_name, model_family
    FROM models
    WHERE (NOT EXISTS (FROM chosen_names WHERE facet = 'model')
            OR EXISTS (FROM chosen_names WHERE facet = 'model' AND name IN (model_name, canonical_name)))
        AND (NOT EXISTS (FROM chosen_names WHERE facet = 'family')
            OR model_family IN (SELECT name FROM chosen_names WHERE facet = 'family'))";

const HARDWARE: &str = "
    CREATE OR REPLACE TEMP TABLE chosen_hardware AS
    FROM hardware_platforms
    WHERE NOT EXISTS (FROM chosen_names WHERE facet = 'hardware')
        OR EXISTS (FROM chosen_names WHERE facet = 'hardware' AND name IN (hardware_type, device_name))";

const CONFIGURATIONS: &str = "
    CREATE OR REPLACE TEMP TABLE chosen_configurations AS
    FROM configurations
    WHERE model_id IN (SELECT model_id FROM chosen_models)
        AND hardware_id IN (SELECT hardware_id FROM chosen_hardware)
        AND (NOT EXISTS (FROM chosen_names WHERE facet = 'test case')
            OR test_case IN (SELECT name FROM chosen_names WHERE facet = 'test case'))";

impl Store {
    /// Makes the temporary tables that the reports join. They live in memory, so this works on a history that is open
    /// for reading.
    pub(super) fn choose(&self, selection: &Selection) -> Result<(), StoreError> {
        let stage = || -> Result<(), duckdb::Error> {
            self.connection.execute_batch("CREATE OR REPLACE TEMP TABLE chosen_names (facet VARCHAR, name VARCHAR)")?;
            for (facet, names) in &selection.names {
                for name in names {
                    self.connection.execute("INSERT INTO chosen_names VALUES (?, ?)", params![facet.word(), name])?;
                }
            }
            let [since, until] = [selection.since, selection.until].map(|time| time.map(|time| time.as_microsecond()));
            self.connection.execute(RUNS, params![since, until])?;
            for statement in [MODELS, HARDWARE, CONFIGURATIONS] {
                self.connection.execute_batch(statement)?;
            }
            Ok(())
        };
        stage().map_err(StoreError::database("choose what to look at"))
    }

    /// The names of a facet that the history holds, in order.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn names(&self, facet: Facet) -> Result<Vec<String>, StoreError> {
        let sql = match facet {
            Facet::Model => "SELECT model_name AS name FROM models UNION SELECT canonical_name FROM models",
            Facet::Family => "SELECT DISTINCT model_family AS name FROM models",
            Facet::Hardware => {
                "SELECT hardware_type AS name FROM hardware_platforms UNION SELECT device_name FROM hardware_platforms"
            }
            Facet::Branch => "SELECT DISTINCT git_branch AS name FROM imports",
            Facet::TestCase => "SELECT DISTINCT test_case AS name FROM configurations",
            Facet::Metric => "SELECT DISTINCT metric AS name FROM measurements",
        };
        let sql = format!("SELECT name FROM ({sql}) WHERE name IS NOT NULL ORDER BY name");
        let read = || -> Result<Vec<String>, duckdb::Error> {
            self.connection.prepare(&sql)?.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(StoreError::database("list the names"))
    }

    /// The commits whose id begins so, in order.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn commits(&self, beginning: &str) -> Result<Vec<String>, StoreError> {
        let read = || -> Result<Vec<String>, duckdb::Error> {
            let mut statement = self.connection.prepare(
                "SELECT DISTINCT git_commit FROM imports WHERE starts_with(git_commit, ?) ORDER BY git_commit",
            )?;
            statement.query_map(params![beginning], |row| row.get(0))?.collect()
        };
        read().map_err(StoreError::database("look for a commit"))
    }

    /// When the first and the last run of a commit were made, which is named by any beginning of its id; `None` where no run
    /// of a known time measured it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn commit_times(&self, beginning: &str) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        const TIMES: &str = "
            SELECT epoch_us(min(started_at)), epoch_us(max(started_at)) FROM imports WHERE starts_with(git_commit, ?)";
        let read = self.connection.query_row(TIMES, params![beginning], |row| Ok(time(row, 0)?.zip(time(row, 1)?)));
        read.map_err(StoreError::database("look for a commit"))
    }

    /// When the first and the last run were made; `None` where no run has a known time.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn run_times(&self) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        const TIMES: &str = "SELECT epoch_us(min(started_at)), epoch_us(max(started_at)) FROM imports";
        let read = self.connection.query_row(TIMES, [], |row| Ok(time(row, 0)?.zip(time(row, 1)?)));
        read.map_err(StoreError::database("look for the first and the last run"))
    }
}
