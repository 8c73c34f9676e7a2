//! A history in numbers.
//!
//! For: one page that says how much of what there is. Not for: details, which the other reports have.
//! Invariant: every count is of the same selection; what was simulated, failed or looks made up is counted as such.

use super::super::connection::Store;
use super::super::error::StoreError;
use super::performance::{count, time};
use crate::model::overview::{ModuleTests, Selection, Totals};

/// One row; its columns are named as [`COUNTS`] says.
const COUNTED: &str = "
    WITH chosen AS (
        SELECT r.run_id, r.configuration_id, r.error_message, c.is_simulated, m.model, h.hardware_id, h.hardware_type,
            EXISTS (FROM suspicions s WHERE s.run_id = r.run_id AND s.configuration_id = r.configuration_id) AS is_suspicious
        FROM results r
        JOIN chosen_runs t USING (run_id)
        JOIN chosen_configurations c USING (configuration_id)
        JOIN chosen_models m USING (model_id)
        JOIN chosen_hardware h USING (hardware_id)
    ),
    measured AS (
        SELECT configuration_id, metric FROM measurements JOIN chosen USING (run_id, configuration_id)
        WHERE NOT EXISTS (FROM chosen_names WHERE facet = 'metric')
            OR metric IN (SELECT name FROM chosen_names WHERE facet = 'metric')
    )
    SELECT (SELECT count(*) FROM chosen_runs), count(*), (SELECT count(*) FROM measured),
        (SELECT count(*) FROM (SELECT DISTINCT configuration_id, metric FROM measured)), count(DISTINCT model),
        count(DISTINCT hardware_type), count(DISTINCT hardware_id), count(*) FILTER (error_message IS NOT NULL),
        count(*) FILTER (is_simulated), count(*) FILTER (is_suspicious),
        (SELECT count(*) FROM hardware_compatibility JOIN chosen_runs USING (run_id)
            JOIN chosen_models USING (model_id) JOIN chosen_hardware USING (hardware_id)),
        (SELECT count(*) FROM hardware_detections JOIN chosen_runs USING (run_id)
            JOIN chosen_hardware USING (hardware_id)),
        (SELECT count(*) FROM integration_test_results JOIN chosen_runs USING (run_id))
    FROM chosen";

/// What the columns of [`COUNTED`] are.
const COUNTS: [&str; 13] = [
    "runs",
    "results",
    "measurements",
    "series",
    "models",
    "hardware types",
    "machines",
    "failed results",
    "simulated results",
    "results that look made up",
    "compatibility tests",
    "hardware detections",
    "integration tests",
];

const PERIOD: &str = "SELECT epoch_us(min(started_at)), epoch_us(max(started_at)) FROM chosen_runs";

const BY_HARDWARE: &str = "
    SELECT h.hardware_type, count(*) FILTER (r.error_message IS NULL), count(*) FILTER (r.error_message IS NOT NULL)
    FROM results r
    JOIN chosen_runs t USING (run_id)
    JOIN chosen_configurations c USING (configuration_id)
    JOIN chosen_hardware h USING (hardware_id)
    GROUP BY h.hardware_type
    ORDER BY h.hardware_type";

const MODULES: &str = "
    SELECT test_module, count(*) FILTER (status = 'pass'), count(*) FILTER (status = 'fail'),
        count(*) FILTER (status = 'error'), count(*) FILTER (status = 'skip'),
        epoch_us(max(coalesce(i.tested_at, t.started_at)))
    FROM integration_test_results i
    JOIN chosen_runs t USING (run_id)
    GROUP BY test_module
    ORDER BY test_module";

impl Store {
    /// A history in numbers.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn totals(&self, selection: &Selection) -> Result<Totals, StoreError> {
        self.choose(selection)?;
        let counts = self.rows(COUNTED, &[], |row| {
            COUNTS.iter().enumerate().map(|(column, name)| Ok((*name, count(row, column)?))).collect()
        })?;
        let period = self.rows(PERIOD, &[], |row| Ok(time(row, 0)?.zip(time(row, 1)?)))?;
        let by_hardware = self.rows(BY_HARDWARE, &[], |row| Ok((row.get(0)?, count(row, 1)?, count(row, 2)?)))?;
        let modules = self.rows(MODULES, &[], |row| {
            Ok(ModuleTests {
                module: row.get(0)?,
                counts: [count(row, 1)?, count(row, 2)?, count(row, 3)?, count(row, 4)?],
                newest: time(row, 5)?,
            })
        })?;
        Ok(Totals {
            counts: counts.into_iter().next().unwrap_or_default(),
            period: period.into_iter().next().flatten(),
            by_hardware,
            modules,
            runs: self.newest_runs()?,
        })
    }
}
