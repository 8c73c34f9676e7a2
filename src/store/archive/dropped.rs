//! Measurements of series that were dropped.
//!
//! For: leaving them out of what is imported later. Not for: dropping (see [`super::leaving`]).
//! Invariant: only runs from before the decision are concerned: what is measured afterwards is a series of its own.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use duckdb::Connection;

/// Series that were dropped, and when.
const DROPPED: &str = "
    SELECT configuration_id, metric, decided_at FROM decisions d
    WHERE kind = 'drop' AND NOT EXISTS (FROM decisions u WHERE u.undoes = d.decision_id)";

/// Whether any series was dropped.
pub(in crate::store) fn exist(connection: &Connection) -> Result<bool, duckdb::Error> {
    connection.query_row(&format!("SELECT count(*) > 0 FROM ({DROPPED})"), [], |row| row.get(0))
}

/// Deletes what an open transaction has brought of them, with the results that hold nothing any more; how many measurements
/// and results.
pub(in crate::store) fn remove(connection: &Connection) -> Result<(u64, u64), duckdb::Error> {
    let measurements = connection.execute(
        &format!(
            "DELETE FROM measurements f WHERE EXISTS (
                FROM ({DROPPED}) d JOIN imports i ON i.run_id = f.run_id
                WHERE d.configuration_id = f.configuration_id AND d.metric = f.metric AND i.started_at < d.decided_at)"
        ),
        [],
    )?;
    let results = connection.execute(
        &format!(
            "DELETE FROM results r WHERE error_message IS NULL
                AND configuration_id IN (SELECT configuration_id FROM ({DROPPED}))
                AND NOT EXISTS (FROM measurements f
                    WHERE f.run_id = r.run_id AND f.configuration_id = r.configuration_id)"
        ),
        [],
    )?;
    connection.execute_batch(
        "DELETE FROM suspicions s WHERE NOT EXISTS (FROM results r
            WHERE r.run_id = s.run_id AND r.configuration_id = s.configuration_id)",
    )?;
    Ok((measurements as u64, results as u64))
}
