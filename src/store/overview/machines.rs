//! The machines of a history, in numbers.
//!
//! For: which hardware there is, how it was used, and how often it was found where someone looked for it. Not for: what
//! was measured on it.
//! Invariant: a machine on which nothing was measured and nothing was looked for is in no report.

use super::super::connection::Store;
use super::super::error::StoreError;
use super::super::history::read_hardware;
use super::performance::{NEWEST, count, time};
use crate::model::overview::{Availability, Detection, Machines, Platform, Selection};

/// The columns that [`read_hardware`] reads come first.
const PLATFORMS: &str = "
    SELECT h.hardware_type, h.device_name, h.cpu_model, h.compute_units, h.memory_gb, h.gpu, h.driver_version,
        count(DISTINCT t.run_id) AS runs, count(*) AS results, count(DISTINCT m.model) AS models,
        epoch_us(min(coalesce(r.measured_at, t.started_at))), epoch_us(max(coalesce(r.measured_at, t.started_at)))
    FROM results r
    JOIN chosen_runs t USING (run_id)
    JOIN chosen_configurations c USING (configuration_id)
    JOIN chosen_models m USING (model_id)
    JOIN chosen_hardware h USING (hardware_id)
    GROUP BY h.hardware_id, h.hardware_type, h.device_name, h.cpu_model, h.compute_units, h.memory_gb, h.gpu,
        h.driver_version
    ORDER BY runs DESC, results DESC, h.hardware_type, h.device_name, h.hardware_id";

const AVAILABILITY: &str = "
    SELECT h.hardware_type, count(*), count(*) FILTER (d.is_available)
    FROM hardware_detections d
    JOIN chosen_runs t USING (run_id)
    JOIN chosen_hardware h USING (hardware_id)
    GROUP BY h.hardware_type
    ORDER BY h.hardware_type";

const DETECTIONS: &str = "
    SELECT h.hardware_type, h.device_name, d.is_available, d.error_message,
        epoch_us(coalesce(d.detected_at, t.started_at)) AS moment
    FROM hardware_detections d
    JOIN chosen_runs t USING (run_id)
    JOIN chosen_hardware h USING (hardware_id)
    ORDER BY moment DESC NULLS LAST, h.hardware_type, d.detection_id
    LIMIT ?";

impl Store {
    /// The machines.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn machines(&self, selection: &Selection) -> Result<Machines, StoreError> {
        self.choose(selection)?;
        let platforms = self.rows(PLATFORMS, &[], |row| {
            let first = time(row, 10)?;
            Ok(Platform {
                hardware: read_hardware(row, 0)?,
                driver: row.get(6)?,
                runs: count(row, 7)?,
                results: count(row, 8)?,
                models: count(row, 9)?,
                used: first.zip(time(row, 11)?),
            })
        })?;
        let availability = self.rows(AVAILABILITY, &[], |row| {
            Ok(Availability { kind: row.get(0)?, looked: count(row, 1)?, found: count(row, 2)? })
        })?;
        let detections = self.rows(DETECTIONS, &[NEWEST as u64], |row| {
            Ok(Detection {
                kind: row.get(0)?,
                device: row.get(1)?,
                is_available: row.get(2)?,
                reason: row.get(3)?,
                detected_at: time(row, 4)?,
            })
        })?;
        Ok(Machines { platforms, availability, detections })
    }
}
