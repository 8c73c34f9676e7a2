//! A snapshot as runs and decisions.
//!
//! For: importing one where no history is at hand. Not for: recognising it.
//! Invariant: a decision has the id that its content gives, or the file is malformed.

use std::collections::BTreeMap;

use super::wire::{DecisionEntry, KindEntry, RunEntry, SeriesEntry, Snapshot};
use crate::formats::error::{Class, Malformed, ReadError};
use crate::formats::json::{Json, classify};
use crate::formats::output::Output;
use crate::model::{
    ArchivedPart, ConfigurationId, Decision, DecisionId, DecisionKind, HardwareDraft, Measurement, NamedPart, Rename,
    ResultDraft, RunDraft, SNAPSHOT, Simulation,
};

/// Why a result of a simulated series is simulated: a snapshot does not hold the reason.
const SIMULATED: &str = "simulated, says the snapshot";

/// Whether a document is a snapshot, of whatever version.
pub(in crate::formats) fn matches(json: &Json) -> bool {
    matches!(json.get("schema"), Some(Json::Text(schema)) if schema.starts_with("benchgate/snapshot/"))
}

/// Reads a snapshot.
pub(in crate::formats) fn read(text: &str, output: &mut Output<'_>) -> Result<(), ReadError> {
    let snapshot: Snapshot = serde_json::from_str(text).map_err(|error| classify(&error, text))?;
    let Snapshot { schema: _, series, decisions, runs } = snapshot;
    for (number, run) in runs.into_iter().enumerate() {
        read_run(run, &series, number, output)?;
    }
    for (number, entry) in decisions.into_iter().enumerate() {
        let decision = decision(entry).map_err(|malformed| malformed.in_field(format!("decisions[{number}]")))?;
        output.decision(decision)?;
    }
    Ok(())
}

fn read_run(run: RunEntry, series: &[SeriesEntry], number: usize, output: &mut Output<'_>) -> Result<(), ReadError> {
    let RunEntry { id, attempt, suite, commit, branch, started_at, trigger, mut environment, values } = run;
    let place = |malformed: Malformed| malformed.in_field(format!("runs[{number}]"));
    if values.len() != series.len() {
        let message = format!("{} values, and there are {} series", values.len(), series.len());
        return Err(place(Malformed::new(Class::Contradiction, message)).into());
    }
    environment.insert(SNAPSHOT.to_owned(), "1".to_owned());
    output.run(RunDraft {
        key: Some(id),
        attempt: Some(attempt),
        suite,
        // What the history did not know is not to be filled in by whoever reads the snapshot.
        is_without_origin: commit.is_none() || branch.is_none(),
        commit,
        branch,
        started_at: Some(started_at),
        trigger,
        environment,
    })?;
    let mut results: BTreeMap<String, ResultDraft> = BTreeMap::new();
    for (entry, value) in series.iter().zip(values) {
        let Some(value) = value else { continue };
        let measurement = Measurement::new(&entry.metric, Some(value), Vec::new(), Some(&entry.unit), entry.better)
            .map_err(|error| place(Malformed::from(error)))?;
        let draft = draft(entry);
        let key = format!(
            "{:?}",
            (
                &draft.model,
                &draft.hardware,
                &draft.test_case,
                draft.batch_size,
                &draft.precision,
                &draft.parameters,
                entry.simulated
            )
        );
        results.entry(key).or_insert(draft).measurements.push(measurement);
    }
    results.into_values().try_for_each(|draft| output.result(draft, place))
}

/// A result of a series, without its measurements.
fn draft(entry: &SeriesEntry) -> ResultDraft {
    let SeriesEntry { model, hardware, test_case, batch_size, precision, parameters, simulated, .. } = entry.clone();
    ResultDraft {
        model: Some(model),
        hardware: HardwareDraft::from(hardware),
        test_case,
        batch_size,
        precision,
        parameters,
        simulation: if simulated { Simulation::Simulated(SIMULATED.to_owned()) } else { Simulation::Real },
        ..ResultDraft::completed(Vec::new())
    }
}

fn decision(entry: DecisionEntry) -> Result<Decision, Malformed> {
    let DecisionEntry { id, kind, actor, reason, decided_at } = entry;
    let part = |configuration: &str, metric| {
        Ok::<_, Malformed>(ArchivedPart::Dropped { configuration: ConfigurationId(hex(configuration)?), metric })
    };
    let kind = match kind {
        KindEntry::Accept { configuration, metric, begins_at, commit } => {
            DecisionKind::Accept { configuration: ConfigurationId(hex(&configuration)?), metric, begins_at, commit }
        }
        KindEntry::Pin { name, commit, pinned_at } => DecisionKind::Pin { name, commit, pinned_at },
        KindEntry::Rename { what, old, new } => {
            let message = "`what` is none of model, test-case, device and metric";
            let what = NamedPart::parse(&what).ok_or_else(|| Malformed::new(Class::WrongType, message))?;
            DecisionKind::Rename(Rename { what, old, new })
        }
        KindEntry::Rotate { archive, manifest } => {
            DecisionKind::Archive { part: ArchivedPart::Rotated, archive, manifest }
        }
        KindEntry::Prune { archive, manifest } => {
            DecisionKind::Archive { part: ArchivedPart::Pruned, archive, manifest }
        }
        KindEntry::Drop { configuration, metric, archive, manifest } => {
            DecisionKind::Archive { part: part(&configuration, metric)?, archive, manifest }
        }
        KindEntry::Undo { decision } => DecisionKind::Undo { decision: DecisionId(hex(&decision)?) },
    };
    let decision = Decision { kind, actor, reason, decided_at };
    if decision.id().to_string() != id {
        let hint = "a decision is never changed: take it back with `benchgate baseline undo`, and decide anew";
        return Err(Malformed::new(Class::Contradiction, "its id is not that of what it says").hint(hint));
    }
    Ok(decision)
}

fn hex(text: &str) -> Result<u64, Malformed> {
    u64::from_str_radix(text, 16).map_err(|_none| Malformed::new(Class::WrongType, "an id is 16 hexadecimal digits"))
}
