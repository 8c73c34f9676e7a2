//! Which models run where, as a document.
//!
//! For: the matrix of models and hardware types, and why some do not run. Not for: how fast they run.
//! Invariant: a pairing that nobody tested is shown as untested, and one without an answer as unknown; both are never a no.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{Column, Document, Plot, Section, Value};
use super::super::svg::HeatMap;
use crate::model::overview::{Compatibility, Incompatibility, Pairing};
use crate::text::{percent, plural};

/// The document.
#[must_use]
pub fn compatibility(found: &Compatibility, notes: Vec<String>) -> Document {
    let sections = vec![
        pairings(&found.pairings),
        matrix(&found.pairings),
        by_hardware(&found.pairings),
        failures(&found.failures),
    ];
    Document { kind: "compatibility", title: "Compatibility".to_owned(), notes, sections }
}

/// What all tests of a pairing say together.
fn answer(one: &Pairing) -> String {
    match (one.compatible, one.incompatible) {
        (0, 0) => "unknown".to_owned(),
        (_, 0) => "yes".to_owned(),
        (0, _) => "no".to_owned(),
        (compatible, incompatible) => format!("{} of {}", compatible, compatible + incompatible),
    }
}

/// Every pairing, for programs; people read the matrix.
fn pairings(pairings: &[Pairing]) -> Section {
    let row = |one: &Pairing| {
        vec![
            Value::text(Some(&one.model)),
            Value::text(Some(&one.kind)),
            Value::count(one.compatible),
            Value::count(one.incompatible),
            Value::count(one.unknown),
            Value::count(one.simulated),
        ]
    };
    let names = ["model", "hardware", "compatible", "incompatible", "unknown", "simulated"];
    Section {
        name: "pairings",
        columns: names.into_iter().map(Column::data).collect(),
        rows: pairings.iter().map(row).collect(),
        ..Section::default()
    }
}

/// The hardware types of the matrix, and a sentence on them. Where some have an answer, those without any are left out.
fn columns(pairings: &[Pairing]) -> (BTreeSet<&str>, String) {
    const DISAGREE: &str = "Where tests disagree, how many of them say yes.";
    let every: BTreeSet<&str> = pairings.iter().map(|one| one.kind.as_str()).collect();
    let has_answer = |one: &&Pairing| one.compatible + one.incompatible > 0;
    let answered: BTreeSet<&str> = pairings.iter().filter(has_answer).map(|one| one.kind.as_str()).collect();
    let silent = every.len() - answered.len();
    if answered.is_empty() || silent == 0 {
        return (every, DISAGREE.to_owned());
    }
    let kinds = plural(silent, "hardware type", "hardware types");
    (answered, format!("{DISAGREE} Left out: {kinds} without any answer, which the next table lists."))
}

fn matrix(pairings: &[Pairing]) -> Section {
    let (kinds, lead) = columns(pairings);
    let mut models: BTreeMap<&str, BTreeMap<&str, &Pairing>> = BTreeMap::new();
    for one in pairings {
        models.entry(&one.model).or_default().insert(&one.kind, one);
    }
    let cell = |of_model: &BTreeMap<&str, &Pairing>, kind: &str| {
        let words = of_model.get(kind).map_or_else(
            || "untested".to_owned(),
            |one| if one.simulated > 0 { format!("{} (simulated)", answer(one)) } else { answer(one) },
        );
        Value::words(words)
    };
    let share = |one: &&Pairing| {
        let answers = one.compatible + one.incompatible;
        (answers > 0).then(|| 100.0 * one.compatible as f64 / answers as f64)
    };
    let shares =
        |of_model: &BTreeMap<&str, &Pairing>| kinds.iter().map(|kind| of_model.get(kind).and_then(share)).collect();
    let is_simulated = pairings.iter().any(|one| one.simulated > 0 && one.compatible + one.incompatible > 0);
    let map = HeatMap {
        title: format!("Share of tests that say yes{}", if is_simulated { ", simulated ones included" } else { "" }),
        unit: "%".to_owned(),
        columns: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        rows: models.iter().map(|(model, of_model)| ((*model).to_owned(), shares(of_model))).collect(),
    };
    let mut columns = vec![Column::shown("Model", false)];
    columns.extend(kinds.iter().map(|kind| Column::shown(kind, false)));
    Section {
        name: "pairings",
        heading: "Which models run where".to_owned(),
        lead: Some(lead),
        plots: if models.is_empty() { Vec::new() } else { vec![Plot::HeatMap(map)] },
        columns,
        rows: models
            .iter()
            .map(|(model, of_model)| {
                let first = Value::words(*model);
                std::iter::once(first).chain(kinds.iter().map(|kind| cell(of_model, kind))).collect()
            })
            .collect(),
        empty: Some("No compatibility was tested.".to_owned()),
    }
}

fn by_hardware(pairings: &[Pairing]) -> Section {
    let mut kinds: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for one in pairings {
        let of_kind = kinds.entry(&one.kind).or_default();
        of_kind.0 += one.compatible;
        of_kind.1 += one.incompatible;
        of_kind.2 += one.unknown;
    }
    let row = |(kind, (compatible, incompatible, unknown)): (&&str, &(usize, usize, usize))| {
        vec![
            Value::text(Some(kind)),
            Value::count(compatible + incompatible + unknown),
            Value::count(*compatible),
            Value::count(*incompatible),
            Value::count(*unknown),
            Value::share(*compatible, compatible + incompatible),
        ]
    };
    let (yes, no) = kinds.values().fold((0, 0), |(yes, no), one| (yes + one.0, no + one.1));
    Section {
        name: "by_hardware",
        heading: "By hardware type".to_owned(),
        lead: (yes + no > 0)
            .then(|| format!("{} of all tests with an answer say yes.", percent(yes as f64 / (yes + no) as f64))),
        columns: vec![
            Column::words("hardware", "Type"),
            Column::numbers("tests", "Tests"),
            Column::numbers("compatible", "Compatible"),
            Column::numbers("incompatible", "Incompatible"),
            Column::numbers("unknown", "Unknown"),
            Column::numbers("share", "Compatible share"),
        ],
        rows: kinds.iter().map(row).collect(),
        empty: None,
        ..Section::default()
    }
}

fn failures(failures: &[Incompatibility]) -> Section {
    let row = |one: &Incompatibility| {
        vec![
            Value::moment(one.tested_at),
            Value::text(Some(&one.model)),
            Value::text(Some(&one.kind)),
            Value::text(one.error.as_deref()),
            Value::text(one.reason.as_deref()),
            Value::text(one.fix.as_deref()),
            Value::answer(one.is_simulated),
        ]
    };
    Section {
        name: "failures",
        heading: "Newest failures".to_owned(),
        columns: vec![
            Column::words("tested_at", "Time"),
            Column::words("model", "Model"),
            Column::words("hardware", "Type"),
            Column::words("error", "Error"),
            Column::words("reason", "Reason"),
            Column::words("fix", "Suggested fix"),
            Column::words("is_simulated", "Simulated"),
        ],
        rows: failures.iter().map(row).collect(),
        ..Section::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairing(kind: &str, compatible: usize, simulated: usize) -> Pairing {
        let (model, kind) = ("bert".to_owned(), kind.to_owned());
        Pairing { model, kind, compatible, incompatible: 0, unknown: 1, simulated }
    }

    #[test]
    fn a_picture_says_that_simulated_tests_count() {
        let title = |simulated| match &matrix(&[pairing("cpu", 1, simulated)]).plots[..] {
            [Plot::HeatMap(map)] => map.title.clone(),
            plots => panic!("{} plots", plots.len()),
        };
        assert_eq!(title(1), "Share of tests that say yes, simulated ones included");
        assert_eq!(title(0), "Share of tests that say yes");
    }

    #[test]
    fn hardware_without_any_answer_is_no_column_unless_there_is_no_answer_at_all() {
        let told = |pairings: &[Pairing]| {
            let (kinds, lead) = columns(pairings);
            (kinds.into_iter().collect::<Vec<_>>().join(" "), lead.contains("1 hardware type without any answer"))
        };
        assert_eq!(told(&[pairing("cpu", 1, 0), pairing("rocm", 0, 0)]), ("cpu".to_owned(), true));
        assert_eq!(told(&[pairing("cpu", 0, 0), pairing("rocm", 0, 0)]), ("cpu rocm".to_owned(), false));
    }
}
