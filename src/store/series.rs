//! Every series of a history.
//!
//! For: commands that look at a history as a whole. Not for: what a candidate is compared with (see [`super::history`]).
//! Invariant: a series is listed once, with the unit and direction of its newest measurement.

use std::collections::HashMap;

use super::connection::Store;
use super::error::StoreError;
use super::history::other_series;
use crate::model::SeriesMeta;

/// In the order of columns that [`other_series`] reads.
const ALL_SERIES: &str = "
    WITH newest AS (
        SELECT f.configuration_id, f.metric, arg_max(f.unit, t.started_at) AS unit,
            arg_max(f.higher_is_better, t.started_at) AS higher_is_better
        FROM measurements f JOIN test_runs t USING (run_id)
        GROUP BY ALL
    )
    SELECT n.metric, n.unit, n.higher_is_better, c.configuration_id, m.model_name, h.hardware_type, h.device_name,
        h.cpu_model, h.compute_units, h.memory_gb, h.gpu, c.test_case, c.batch_size, c.precision,
        CAST(c.parameters AS VARCHAR), c.is_simulated
    FROM newest n
    JOIN configurations c USING (configuration_id)
    JOIN models m USING (model_id)
    JOIN hardware_platforms h USING (hardware_id)
    ORDER BY c.configuration_id, n.metric";

impl Store {
    /// Every series that any run measured, by the name under which it was measured.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::BadRow`] where a row cannot have been written by benchgate.
    pub fn stored_series(&self) -> Result<Vec<SeriesMeta>, StoreError> {
        let refused = || StoreError::database("list the series");
        let mut statement = self.connection.prepare(ALL_SERIES).map_err(refused())?;
        let mut rows = statement.query([]).map_err(refused())?;
        let mut configurations = HashMap::new();
        let mut series = Vec::new();
        while let Some(row) = rows.next().map_err(refused())? {
            series.push(other_series(row, &mut configurations)?);
        }
        Ok(series)
    }
}
