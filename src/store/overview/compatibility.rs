//! Which models run where, in numbers.
//!
//! For: the answers of compatibility tests. Not for: results of benchmarks, which are no such answer.
//! Invariant: a test without an answer counts as unknown, never as a no.

use super::super::connection::Store;
use super::super::error::StoreError;
use super::performance::{NEWEST, count, time};
use crate::model::overview::{Compatibility, Incompatibility, Pairing, Selection};

const PAIRINGS: &str = "
    SELECT m.model, h.hardware_type, count(*) FILTER (c.is_compatible), count(*) FILTER (NOT c.is_compatible),
        count(*) FILTER (c.is_compatible IS NULL), count(*) FILTER (c.is_simulated)
    FROM hardware_compatibility c
    JOIN chosen_runs t USING (run_id)
    JOIN chosen_models m USING (model_id)
    JOIN chosen_hardware h USING (hardware_id)
    GROUP BY m.model, h.hardware_type
    ORDER BY m.model, h.hardware_type";

const FAILURES: &str = "
    SELECT m.model, h.hardware_type, c.error_type, c.error_message, c.suggested_fix, c.is_simulated,
        epoch_us(coalesce(c.tested_at, t.started_at)) AS moment
    FROM hardware_compatibility c
    JOIN chosen_runs t USING (run_id)
    JOIN chosen_models m USING (model_id)
    JOIN chosen_hardware h USING (hardware_id)
    WHERE NOT c.is_compatible
    ORDER BY moment DESC NULLS LAST, m.model, h.hardware_type, c.compatibility_id
    LIMIT ?";

impl Store {
    /// Which models run where.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn compatibility(&self, selection: &Selection) -> Result<Compatibility, StoreError> {
        self.choose(selection)?;
        let pairings = self.rows(PAIRINGS, &[], |row| {
            Ok(Pairing {
                model: row.get(0)?,
                kind: row.get(1)?,
                compatible: count(row, 2)?,
                incompatible: count(row, 3)?,
                unknown: count(row, 4)?,
                simulated: count(row, 5)?,
            })
        })?;
        let failures = self.rows(FAILURES, &[NEWEST as u64], |row| {
            Ok(Incompatibility {
                model: row.get(0)?,
                kind: row.get(1)?,
                error: row.get(2)?,
                reason: row.get(3)?,
                fix: row.get(4)?,
                is_simulated: row.get(5)?,
                tested_at: time(row, 6)?,
            })
        })?;
        Ok(Compatibility { pairings, failures })
    }
}
