//! The ids that the history holds.
//!
//! For: inserting where absent without a look-up for each row. Not for: facts, which are too many.
//! Invariant: between two imports it says what is committed; what an open import adds is taken back when it fails.
//!
//! DuckDB's file lock makes this process the only writer, so the ids are read once: a thousand small files are imported
//! in the time that a thousand look-ups would take alone.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::collections::HashSet;
use std::hash::Hash;

use duckdb::{Connection, Row};

use super::archive::dropped;
use crate::model::{ConfigurationId, HardwareId, ModelId, RunId, SourceId};

#[derive(Debug, Default)]
pub(super) struct Known {
    is_read: bool,
    pub(super) models: Ids<ModelId>,
    pub(super) hardware: Ids<HardwareId>,
    pub(super) configurations: Ids<ConfigurationId>,
    pub(super) runs: Ids<RunId>,
    pub(super) sources: Ids<(SourceId, RunId)>,
    /// Runs that left into an archive and are not taken again.
    pub(super) archived: HashSet<RunId>,
    /// Runs of which a snapshot is all there is.
    pub(super) stand_ins: HashSet<RunId>,
    /// Whether any series was dropped, so that measurements of it may have to be left out.
    pub(super) has_dropped: bool,
    /// Tests, compatibility and detections: their ids differ by kind.
    pub(super) records: Ids<u64>,
}

/// Ids of one kind.
#[derive(Debug)]
pub(super) struct Ids<T> {
    all: HashSet<T>,
    /// Of them, those that the open import has added.
    added: Vec<T>,
}

/// Runs that left into an archive, by decisions that hold.
pub(super) const ARCHIVED: &str = "
    SELECT DISTINCT run_id FROM archived_runs a
    WHERE NOT EXISTS (FROM decisions u WHERE u.undoes = a.decision_id)";

/// Runs whose only source is a snapshot.
const STAND_INS: &str = "
    SELECT run_id FROM imports GROUP BY run_id HAVING bool_and(metadata ->> '$.benchgate_snapshot' IS NOT NULL)";

impl Known {
    /// Reads the ids, the first time.
    pub(super) fn read(&mut self, connection: &Connection) -> Result<(), duckdb::Error> {
        if !self.is_read {
            *self = Self {
                is_read: true,
                models: Ids::read(connection, "SELECT model_id FROM models", |row| Ok(ModelId(row.get(0)?)))?,
                hardware: Ids::read(connection, "SELECT hardware_id FROM hardware_platforms", |row| {
                    Ok(HardwareId(row.get(0)?))
                })?,
                configurations: Ids::read(connection, "SELECT configuration_id FROM configurations", |row| {
                    Ok(ConfigurationId(row.get(0)?))
                })?,
                runs: Ids::read(connection, "SELECT DISTINCT run_id FROM imports", |row| Ok(RunId(row.get(0)?)))?,
                sources: Ids::read(connection, "SELECT source_id, run_id FROM imports", |row| {
                    Ok((SourceId(row.get(0)?), RunId(row.get(1)?)))
                })?,
                archived: Ids::read(connection, ARCHIVED, |row| Ok(RunId(row.get(0)?)))?.all,
                stand_ins: Ids::read(connection, STAND_INS, |row| Ok(RunId(row.get(0)?)))?.all,
                has_dropped: dropped::exist(connection)?,
                records: Ids::read(
                    connection,
                    "SELECT test_result_id FROM integration_test_results
                     UNION ALL SELECT compatibility_id FROM hardware_compatibility
                     UNION ALL SELECT detection_id FROM hardware_detections",
                    |row| row.get(0),
                )?,
            };
        }
        Ok(())
    }

    /// Ends an import: what it added stays, or is taken back.
    pub(super) fn end_import(&mut self, is_committed: bool) {
        let Self {
            is_read: _,
            archived: _,
            stand_ins: _,
            has_dropped: _,
            models,
            hardware,
            configurations,
            runs,
            sources,
            records,
        } = self;
        models.end_import(is_committed);
        hardware.end_import(is_committed);
        configurations.end_import(is_committed);
        runs.end_import(is_committed);
        sources.end_import(is_committed);
        records.end_import(is_committed);
    }
}

impl<T: Copy + Eq + Hash> Ids<T> {
    fn read(
        connection: &Connection,
        sql: &str,
        make: fn(&Row<'_>) -> Result<T, duckdb::Error>,
    ) -> Result<Self, duckdb::Error> {
        let all = connection.prepare(sql)?.query_map([], make)?.collect::<Result<_, _>>()?;
        Ok(Self { all, added: Vec::new() })
    }

    pub(super) fn contains(&self, id: T) -> bool {
        self.all.contains(&id)
    }

    /// Whether it was committed before the open import.
    pub(super) fn contains_committed(&self, id: T) -> bool {
        self.all.contains(&id) && !self.added.contains(&id)
    }

    /// Adds an id; whether it was absent.
    pub(super) fn insert(&mut self, id: T) -> bool {
        let is_new = self.all.insert(id);
        if is_new {
            self.added.push(id);
        }
        is_new
    }

    fn end_import(&mut self, is_committed: bool) {
        for id in self.added.drain(..) {
            if !is_committed {
                self.all.remove(&id);
            }
        }
    }
}

impl<T> Default for Ids<T> {
    fn default() -> Self {
        Self { all: HashSet::new(), added: Vec::new() }
    }
}
