//! What somebody decided about baselines.
//!
//! For: writing decisions, listing them, and applying those that hold to a history that is read. Not for: waivers.
//! Invariant: a row is never changed or removed; a decision holds unless a later one takes it back.

use std::collections::HashMap;

use duckdb::{Row, params};
use jiff::Timestamp;

use super::connection::Store;
use super::error::StoreError;
use super::overview::{RowError, time};
use super::renames::FormerNames;
use crate::model::{
    ArchivedPart, ConfigurationId, Decision, DecisionId, DecisionKind, HistoryRun, NamedPart, Pin, Rename,
    SeriesHistory, SeriesId,
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
    new_name: Option<&'a str>,
    part: Option<&'a str>,
    effective_at: Option<i64>,
    commit: Option<&'a str>,
    archive: Option<&'a str>,
    manifest: Option<&'a str>,
    undoes: Option<u64>,
}

const WRITE: &str = "
    INSERT INTO decisions
    SELECT $1, $2, $3, $4, $5, $6, $7, make_timestamp($8::BIGINT), $9, $10, $11, $12, $13, $14, make_timestamp($15::BIGINT)
    WHERE NOT EXISTS (FROM decisions WHERE decision_id = $1)";

const READ: &str = "
    SELECT decision_id, kind, configuration_id, metric, name, epoch_us(effective_at), git_commit, undoes, actor, reason,
        epoch_us(decided_at), NOT EXISTS (FROM decisions u WHERE u.undoes = d.decision_id), new_name, named_part, archive,
        manifest_hash
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

    /// Writes a decision unless it is there already; how many rows.
    pub(super) fn write_decision(&self, decision: &Decision) -> Result<usize, duckdb::Error> {
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
            DecisionKind::Rename(Rename { what, old, new }) => {
                columns.part = Some(what.word());
                (columns.name, columns.new_name) = (Some(old.as_str()), Some(new.as_str()));
            }
            DecisionKind::Archive { part, archive, manifest } => {
                if let ArchivedPart::Dropped { configuration, metric } = part {
                    (columns.configuration, columns.metric) = (Some(configuration.0), Some(metric.as_str()));
                }
                (columns.archive, columns.manifest) = (Some(archive.as_str()), Some(manifest.as_str()));
            }
            DecisionKind::Undo { decision } => columns.undoes = Some(decision.0),
        }
        let Columns { configuration, metric, name, new_name, part, effective_at, commit, archive, manifest, undoes } =
            columns;
        let (id, word, decided_at) = (decision.id().0, kind.word(), decided_at.as_microsecond());
        let values = params![
            id,
            word,
            configuration,
            metric,
            name,
            new_name,
            part,
            effective_at,
            commit,
            archive,
            manifest,
            undoes,
            actor,
            reason,
            decided_at
        ];
        self.connection.execute(WRITE, values)
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
pub(super) fn begin_epochs(
    decisions: &[StandingDecision],
    names: &FormerNames,
    series: &mut [SeriesHistory],
    runs: &[HistoryRun],
) {
    let mut begins: HashMap<SeriesId, Vec<Timestamp>> = HashMap::new();
    for one in decisions.iter().filter(|one| one.holds) {
        if let DecisionKind::Accept { configuration, metric, begins_at, commit: _ } = &one.decision.kind {
            begins.entry(names.present(*configuration, metric)).or_default().push(*begins_at);
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
    let text = |column: usize| row.get::<_, Option<String>>(column)?.ok_or_else(bad);
    let configuration = || Ok::<_, RowError>(ConfigurationId(row.get::<_, Option<u64>>(2)?.ok_or_else(bad)?));
    let archive = |part| Ok::<_, RowError>(DecisionKind::Archive { part, archive: text(14)?, manifest: text(15)? });
    let kind = match text(1)?.as_str() {
        "accept" => DecisionKind::Accept {
            configuration: configuration()?,
            metric: text(3)?,
            begins_at: time(row, 5)?.ok_or_else(bad)?,
            commit: row.get(6)?,
        },
        "pin" => DecisionKind::Pin { name: text(4)?, commit: text(6)?, pinned_at: time(row, 5)?.ok_or_else(bad)? },
        "rename" => DecisionKind::Rename(Rename {
            what: NamedPart::parse(&text(13)?).ok_or_else(bad)?,
            old: text(4)?,
            new: text(12)?,
        }),
        "rotate" => archive(ArchivedPart::Rotated)?,
        "prune" => archive(ArchivedPart::Pruned)?,
        "drop" => archive(ArchivedPart::Dropped { configuration: configuration()?, metric: text(3)? })?,
        "undo" => DecisionKind::Undo { decision: DecisionId(row.get::<_, Option<u64>>(7)?.ok_or_else(bad)?) },
        _ => return Err(bad()),
    };
    let decision =
        Decision { kind, actor: row.get(8)?, reason: row.get(9)?, decided_at: time(row, 10)?.ok_or_else(bad)? };
    Ok(StandingDecision { id, decision, holds: row.get(11)? })
}
