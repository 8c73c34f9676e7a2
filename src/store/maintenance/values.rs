//! Numbers and units.
//!
//! For: applying the rules of the model to what is stored. Not for: other rules than those that an import has.
//! Invariant: a group of measurements is looked at closely only where its smallest or largest number is impossible.

use super::super::connection::{Store, literal};
use super::super::error::StoreError;
use super::validate::EXAMPLES;
use crate::model::finding::{Check, Finding};
use crate::model::metric::{can_be_negative, can_be_zero};
use crate::model::unit::Unit;

/// NaN is the largest number there, so that the extremes show it.
const GROUPS: &str = "
    SELECT metric, unit, count(*), min(least(value, list_min(samples))), max(greatest(value, list_max(samples)))
    FROM measurements GROUP BY metric, unit ORDER BY ALL";

/// A metric in a unit.
struct Group {
    metric: String,
    unit: String,
    count: u64,
    least: f64,
    most: f64,
}

impl Store {
    pub(super) fn check_values(&self) -> Result<Vec<Finding>, StoreError> {
        let read = || -> Result<Vec<Group>, duckdb::Error> {
            let mut statement = self.connection.prepare(GROUPS)?;
            let groups = statement.query_map([], |row| {
                let (metric, unit, count) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Group { metric, unit, count, least: row.get(3)?, most: row.get(4)? })
            })?;
            groups.collect()
        };
        let groups = read().map_err(StoreError::database("check its values"))?;
        let mut found: Vec<Finding> = units(&groups).into_iter().collect();
        let impossible = groups.iter().filter(|group| group.is_impossible()).map(Group::defects);
        found.extend(self.find_in_parts(Check::Value, "measurements.value", impossible)?);
        found.extend(self.find(Check::Value, "times and counts", TIMES)?);
        Ok(found)
    }
}

/// Times that results and records took.
const TIMES: &str = "
    SELECT 'total_time_seconds ' || total_time_seconds || ' of run_id ' || run_id AS example FROM results
    WHERE NOT isfinite(total_time_seconds) OR total_time_seconds < 0
    UNION ALL
    SELECT 'execution_time_seconds ' || execution_time_seconds || ' of run_id ' || run_id
    FROM integration_test_results WHERE NOT isfinite(execution_time_seconds) OR execution_time_seconds < 0";

impl Group {
    /// Numbers below it are impossible.
    fn bound(&self) -> f64 {
        let (unit, _) = Unit::canonical(&self.unit);
        match (can_be_zero(&self.metric, &unit), can_be_negative(&self.metric, &unit)) {
            (_, true) => f64::MIN,
            (true, false) => 0.0,
            (false, false) => f64::MIN_POSITIVE,
        }
    }

    fn is_impossible(&self) -> bool {
        !self.least.is_finite() || !self.most.is_finite() || self.least < self.bound()
    }

    /// The statement that lists them.
    fn defects(&self) -> String {
        format!(
            "SELECT metric || ' ' || CAST(value AS VARCHAR) || ' ' || unit || ' in run_id ' || run_id AS example
             FROM (SELECT *, least(value, list_min(samples)) AS least, greatest(value, list_max(samples)) AS most
                   FROM measurements WHERE metric = {} AND unit = {})
             WHERE NOT isfinite(least) OR NOT isfinite(most) OR least < {:e}",
            literal(&self.metric),
            literal(&self.unit),
            self.bound()
        )
    }
}

fn units(groups: &[Group]) -> Option<Finding> {
    let strange: Vec<&Group> =
        groups.iter().filter(|group| Unit::canonical(&group.unit).0.as_str() != group.unit).collect();
    let example = |group: &&Group| format!("{} in `{}`", group.metric, group.unit);
    (!strange.is_empty()).then(|| Finding {
        check: Check::Unit,
        place: "measurements.unit".to_owned(),
        count: strange.iter().map(|group| group.count).sum(),
        examples: strange.iter().take(EXAMPLES).map(example).collect(),
    })
}
