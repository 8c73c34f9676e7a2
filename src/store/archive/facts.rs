//! What a plan is made from.
//!
//! For: the runs of a history with the series that they measured, and the runs that somebody chose. Not for: deciding which
//! of them leave.
//! Invariant: nothing is changed; whatever a run holds makes it wanted, its records and failures too.

use std::collections::{HashMap, HashSet};

use duckdb::arrow::array::AsArray as _;
use duckdb::arrow::datatypes::UInt64Type;
use duckdb::params;
use jiff::Timestamp;

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::overview::time;
use super::plan::{Facts, RunFact};
use crate::model::{DecisionKind, RunId};

/// Runs that somebody chose: those that all given conditions fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Made before.
    pub before: Option<Timestamp>,
    /// Of this branch.
    pub branch: Option<String>,
    /// Of this commit, by any beginning of its id.
    pub commit: Option<String>,
    /// Holding nothing but simulated results.
    pub is_simulated: bool,
}

/// Runs in their order, numbered; runs of one time in the order in which they were imported.
const RUNS: &str = "
    CREATE OR REPLACE TEMP TABLE ordered_runs AS
    SELECT run_id, started_at, git_commit, hash(git_branch, coalesce(ci_trigger, '')) AS place,
        row_number() OVER (ORDER BY started_at NULLS FIRST, imported) - 1 AS ordinal
    FROM test_runs JOIN (SELECT run_id, min(rowid) AS imported FROM imports GROUP BY run_id) USING (run_id)";

/// Every run, and how many results it holds.
const FACTS: &str = "
    SELECT run_id, epoch_us(started_at), git_commit, coalesce(results, 0)
    FROM ordered_runs LEFT JOIN (SELECT run_id, count(*) AS results FROM results GROUP BY run_id) USING (run_id)
    ORDER BY ordinal";

/// What each run holds, by what it is of: branch and series, failed configuration, or record.
const MEMBERS: &str = "
    WITH members AS (
        SELECT run_id, hash(configuration_id, metric) AS of FROM measurements
        UNION ALL SELECT run_id, hash('failed', configuration_id) FROM results WHERE error_message IS NOT NULL
        UNION ALL SELECT run_id, hash('compatibility', model_id, hardware_id) FROM hardware_compatibility
        UNION ALL SELECT run_id, hash('detection', hardware_id) FROM hardware_detections
        UNION ALL SELECT run_id, hash('test', test_module, test_class, test_name, hardware_id, model_id)
            FROM integration_test_results)
    SELECT hash(place, of), CAST(ordinal AS UBIGINT) FROM members JOIN ordered_runs USING (run_id)";

const CHOSEN: &str = "
    SELECT run_id FROM ordered_runs r JOIN test_runs t USING (run_id)
    WHERE ($1::BIGINT IS NULL OR t.started_at < make_timestamp($1::BIGINT))
        AND ($2 IS NULL OR t.git_branch = $2)
        AND ($3 IS NULL OR starts_with(t.git_commit, $3))
        AND (NOT $4 OR (
            EXISTS (FROM results s WHERE s.run_id = r.run_id)
            AND NOT EXISTS (FROM results s JOIN configurations c USING (configuration_id)
                WHERE s.run_id = r.run_id AND NOT c.is_simulated)))
    ORDER BY ordinal";

impl Store {
    /// The runs of the history, and which of them measured each series on each branch.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn rotation_facts(&self) -> Result<Facts, StoreError> {
        let runs = self.run_facts()?;
        let read = || -> Result<Vec<Vec<u32>>, duckdb::Error> {
            let mut series: HashMap<u64, Vec<u32>> = HashMap::new();
            let mut statement = self.connection.prepare(MEMBERS)?;
            for batch in statement.query_arrow([])? {
                let [of, run] = [0, 1].map(|column| batch.column(column).as_primitive::<UInt64Type>().clone());
                for row in 0..of.len() {
                    series.entry(of.value(row)).or_default().push(run.value(row).try_into().unwrap_or(u32::MAX));
                }
            }
            let mut series: Vec<Vec<u32>> = series.into_values().collect();
            for runs in &mut series {
                runs.sort_unstable();
                runs.dedup();
            }
            Ok(series)
        };
        let series = read().map_err(StoreError::database("read what its runs measured"))?;
        Ok(Facts { runs, series })
    }

    /// The runs that somebody chose, and of how many of them a decision keeps hold.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn chosen_runs(&self, chosen: &Chosen) -> Result<(Vec<RunFact>, usize), StoreError> {
        let facts = self.run_facts()?;
        let Chosen { before, branch, commit, is_simulated } = chosen;
        let read = || -> Result<HashSet<RunId>, duckdb::Error> {
            let mut statement = self.connection.prepare(CHOSEN)?;
            let values = params![before.map(|time| time.as_microsecond()), branch, commit, is_simulated];
            statement.query_map(values, |row| Ok(RunId(row.get(0)?)))?.collect()
        };
        let ids = read().map_err(StoreError::database("choose runs"))?;
        let (anchors, leaving): (Vec<_>, Vec<_>) =
            facts.into_iter().filter(|run| ids.contains(&run.id)).partition(|run| run.is_anchor);
        Ok((leaving, anchors.len()))
    }

    /// Runs in their order, with whether a decision rests on them.
    fn run_facts(&self) -> Result<Vec<RunFact>, StoreError> {
        let (mut commits, mut moments) = (HashSet::new(), HashSet::new());
        for decision in self.decisions()?.into_iter().filter(|one| one.holds) {
            match decision.decision.kind {
                DecisionKind::Pin { commit, .. } => {
                    commits.insert(commit);
                }
                DecisionKind::Accept { begins_at, .. } => {
                    moments.insert(begins_at);
                }
                DecisionKind::Rename(_) | DecisionKind::Archive { .. } | DecisionKind::Undo { .. } => {}
            }
        }
        let refused = || StoreError::database("read its runs");
        self.connection.execute_batch(RUNS).map_err(refused())?;
        self.rows(FACTS, &[], |row| {
            let (started_at, commit) = (time(row, 1)?, row.get::<_, Option<String>>(2)?);
            let is_anchor = commit.is_some_and(|commit| commits.contains(&commit))
                || started_at.is_some_and(|time| moments.contains(&time));
            Ok(RunFact { id: RunId(row.get(0)?), started_at, results: row.get(3)?, is_anchor })
        })
    }
}
