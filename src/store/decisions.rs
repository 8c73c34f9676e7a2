//! What somebody decided about baselines: accepted shifts, pinned commits, and taking either back.
//!
//! For: writing decisions, listing them, and applying those that hold to a history that is read. Not for: waivers.
//! Invariant: a row is never changed or removed; a decision holds unless a later one takes it back.

use std::collections::HashMap;

use duckdb::{Row, params};
use jiff::Timestamp;

use super::connection::Store;
use super::error::StoreError;
use super::overview::{RowError, time};
use crate::model::{
    ConfigurationId, Decision, DecisionId, DecisionKind, HistoryRun, Pin, SeriesHistory, SeriesId, series_id,
};

/// A decision, and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingDecision {
    /// Its id.
    pub id: DecisionId,
    /// The decision.
    pub decision: Decision,
    /// Whether no later one takes it back.
    pub holds: bool,
}

/// What only some kinds of decisions have.
#[derive(Default)]
struct Columns<'a> {
    configuration: Option<u64>,
    metric: Option<&'a str>,
    name: Option<&'a str>,
    effective_at: Option<i64>,
    commit: Option<&'a str>,
    undoes: Option<u64>,
}

const WRITE: &str = "
    INSERT INTO decisions
    SELECT $1, $2, $3, $4, $5, make_timestamp($6::BIGINT), $7, $8, $9, $10, make_timestamp($11::BIGINT)
    WHERE NOT EXISTS (FROM decisions WHERE decision_id = $1)";

const READ: &str = "
    SELECT decision_id, kind, configuration_id, metric, name, epoch_us(effective_at), git_commit, undoes, actor, reason,
        epoch_us(decided_at), NOT EXISTS (FROM decisions u WHERE u.undoes = d.decision_id)
    FROM decisions d
    ORDER BY decided_at, decision_id";

impl Store {
    /// Writes decisions, all or none; one that is there already is not written again.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn decide(&self, decisions: &[Decision]) -> Result<(), StoreError> {
        let write = || -> Result<(), duckdb::Error> {
            self.connection.execute_batch("BEGIN TRANSACTION")?;
            for decision in decisions {
                self.write_decision(decision)?;
            }
            self.connection.execute_batch("COMMIT")
        };
        write().map_err(|error| {
            // Where no transaction is open there is nothing to roll back.
            let _ = self.connection.execute_batch("ROLLBACK");
            StoreError::database("write a decision")(error)
        })
    }

    fn write_decision(&self, decision: &Decision) -> Result<(), duckdb::Error> {
        let Decision { kind, actor, reason, decided_at } = decision;
        let mut columns = Columns::default();
        match kind {
            DecisionKind::Accept { configuration, metric, begins_at, commit } => {
                columns.configuration = Some(configuration.0);
                columns.metric = Some(metric);
                columns.effective_at = Some(begins_at.as_microsecond());
                columns.commit = commit.as_deref();
            }
            DecisionKind::Pin { name, commit, pinned_at } => {
                columns.name = Some(name);
                columns.effective_at = Some(pinned_at.as_microsecond());
                columns.commit = Some(commit);
            }
            DecisionKind::Undo { decision } => columns.undoes = Some(decision.0),
        }
        let Columns { configuration, metric, name, effective_at, commit, undoes } = columns;
        let (id, word, decided_at) = (decision.id().0, kind.word(), decided_at.as_microsecond());
        let values =
            params![id, word, configuration, metric, name, effective_at, commit, undoes, actor, reason, decided_at];
        self.connection.execute(WRITE, values).map(|_rows| ())
    }

    /// Every decision, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::BadRow`] where a row cannot have been written by benchgate.
    pub fn decisions(&self) -> Result<Vec<StandingDecision>, StoreError> {
        self.rows(READ, &[], read)
    }
}

/// Begins the accepted epochs of some series.
pub(super) fn begin_epochs(decisions: &[StandingDecision], series: &mut [SeriesHistory], runs: &[HistoryRun]) {
    let mut begins: HashMap<SeriesId, Vec<Timestamp>> = HashMap::new();
    for one in decisions.iter().filter(|one| one.holds) {
        if let DecisionKind::Accept { configuration, metric, begins_at, commit: _ } = &one.decision.kind {
            begins.entry(series_id(*configuration, metric)).or_default().push(*begins_at);
        }
    }
    for one in series.iter_mut().filter(|_| !begins.is_empty()) {
        let Some(moments) = begins.get(&one.meta.key.id()) else { continue };
        let place = |moment: &Timestamp| one.points.partition_point(|point| runs[point.run].started_at < *moment);
        one.epochs = moments.iter().map(place).collect();
        one.epochs.sort_unstable();
        one.epochs.dedup();
    }
}

/// The pinned commits that hold, oldest first; of two pins of one name, the later.
pub(super) fn pins(decisions: &[StandingDecision]) -> Vec<Pin> {
    let mut pins: Vec<Pin> = Vec::new();
    for one in decisions.iter().filter(|one| one.holds) {
        if let DecisionKind::Pin { name, commit, pinned_at } = &one.decision.kind {
            pins.retain(|pin| pin.name != *name);
            pins.push(Pin { name: name.clone(), commit: commit.clone(), pinned_at: *pinned_at });
        }
    }
    pins.sort_by_key(|pin| pin.pinned_at);
    pins
}

fn read(row: &Row<'_>) -> Result<StandingDecision, RowError> {
    let id = DecisionId(row.get(0)?);
    let bad = || RowError::Store(StoreError::BadRow { message: format!("decision {id} is not whole") });
    let kind: String = row.get(1)?;
    let kind = match kind.as_str() {
        "accept" => DecisionKind::Accept {
            configuration: ConfigurationId(row.get::<_, Option<u64>>(2)?.ok_or_else(bad)?),
            metric: row.get::<_, Option<String>>(3)?.ok_or_else(bad)?,
            begins_at: time(row, 5)?.ok_or_else(bad)?,
            commit: row.get(6)?,
        },
        "pin" => DecisionKind::Pin {
            name: row.get::<_, Option<String>>(4)?.ok_or_else(bad)?,
            commit: row.get::<_, Option<String>>(6)?.ok_or_else(bad)?,
            pinned_at: time(row, 5)?.ok_or_else(bad)?,
        },
        "undo" => DecisionKind::Undo { decision: DecisionId(row.get::<_, Option<u64>>(7)?.ok_or_else(bad)?) },
        _ => return Err(bad()),
    };
    let decision =
        Decision { kind, actor: row.get(8)?, reason: row.get(9)?, decided_at: time(row, 10)?.ok_or_else(bad)? };
    Ok(StandingDecision { id, decision, holds: row.get(11)? })
}
