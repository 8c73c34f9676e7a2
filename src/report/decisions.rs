//! What somebody decided about baselines, as a document.
//!
//! For: who decided what, when and why, and what was taken back. Not for: waivers.
//! Invariant: every decision is listed, also one that no longer holds.

use super::document::{Column, Document, Section, Value};
use crate::model::{ArchivedPart, Decision, DecisionId, DecisionKind, Rename};
use crate::text::{plural, short_commit};

/// A decision as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDecision {
    /// Its id.
    pub id: DecisionId,
    /// The decision.
    pub decision: Decision,
    /// Whether no later one takes it back.
    pub holds: bool,
    /// The name of its series, where the history still has it.
    pub series: Option<String>,
}

/// The document, newest decision first.
#[must_use]
pub fn decisions(listed: &[ListedDecision]) -> Document {
    let holding =
        listed.iter().filter(|one| one.holds && !matches!(one.decision.kind, DecisionKind::Undo { .. })).count();
    let section = Section {
        name: "decisions",
        heading: "Decisions".to_owned(),
        lead: Some(format!("{} of {} hold.", holding, plural(listed.len(), "decision", "decisions"))),
        columns: vec![
            Column::words("decision", "Id"),
            Column::words("decided_at", "Time"),
            Column::words("kind", "Kind"),
            Column::words("of", "Of"),
            Column::words("commit", "Commit"),
            Column::words("effective_at", "From"),
            Column::words("actor", "Who"),
            Column::words("reason", "Why"),
            Column::words("holds", "Holds"),
        ],
        rows: listed.iter().rev().map(row).collect(),
        empty: Some("Nothing was decided.".to_owned()),
        ..Section::default()
    };
    Document { kind: "baseline", title: "Baselines".to_owned(), notes: Vec::new(), sections: vec![section] }
}

fn row(one: &ListedDecision) -> Vec<Value> {
    let Decision { kind, actor, reason, decided_at } = &one.decision;
    let (of, commit, at) = match kind {
        DecisionKind::Accept { begins_at, commit, .. } => {
            let name = one.series.clone().unwrap_or_else(|| "a series that is no longer measured".to_owned());
            (name, commit.as_deref(), Some(*begins_at))
        }
        DecisionKind::Pin { name, commit, pinned_at } => (name.clone(), Some(commit.as_str()), Some(*pinned_at)),
        DecisionKind::Rename(Rename { what, old, new }) => (format!("{} {old} -> {new}", what.word()), None, None),
        DecisionKind::Archive { part: ArchivedPart::Dropped { .. }, archive, .. } => {
            let name = one.series.clone().unwrap_or_else(|| "a series that is no longer there".to_owned());
            (format!("{name}, into {archive}"), None, None)
        }
        DecisionKind::Archive { archive, .. } => (format!("runs, into {archive}"), None, None),
        DecisionKind::Undo { decision } => (decision.to_string(), None, None),
    };
    vec![
        Value::text(Some(&one.id.to_string())),
        Value::moment(Some(*decided_at)),
        Value::text(Some(kind.word())),
        Value::text(Some(&of)),
        Value { words: commit.map_or("-".to_owned(), short_commit), ..Value::text(commit) },
        Value::moment(at),
        Value::text(Some(actor)),
        Value::text(Some(reason)),
        Value::answer(one.holds),
    ]
}
