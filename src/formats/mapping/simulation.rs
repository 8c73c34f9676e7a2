//! Marks of simulation.
//!
//! For: what a file itself says of being simulated or mocked. Not for: guessing from values (see `model::suspicion`).
//! Invariant: what belongs to something simulated is simulated; the word REAL is no evidence of a real run.

use super::path::Scope;
use crate::formats::error::Malformed;
use crate::formats::node::Node;
use crate::model::Simulation;
use crate::model::hardware::canonical_kind;

/// Fields that name what ran, and the words in them that say it was no real run.
const IMPLEMENTATIONS: [&str; 3] = ["implementation_type", "implementation", "device"];
const WORDS: [&str; 2] = ["mock", "simul"];

/// Whether a record on a hardware type is simulated.
pub(super) fn of(scope: &Scope<'_>, hardware: Option<&str>) -> Result<Simulation, Malformed> {
    for node in std::iter::once(&scope.record).chain(scope.ancestors()).chain([&scope.document]) {
        if node.entries().is_err() {
            continue;
        }
        if let simulated @ Simulation::Simulated(_) = node.simulation()? {
            return Ok(simulated);
        }
        if let Some((field, value)) = implementation(node) {
            return Ok(Simulation::Simulated(format!("`{field}` is `{value}`")));
        }
    }
    Ok(of_hardware(&scope.document, hardware).unwrap_or(Simulation::Real))
}

fn implementation<'a>(node: &Node<'a>) -> Option<(&'static str, &'a str)> {
    IMPLEMENTATIONS.into_iter().find_map(|field| {
        let text = node.child(field)?.text().ok()?;
        let lower = text.to_lowercase();
        WORDS.iter().any(|word| lower.contains(word)).then_some((field, text))
    })
}

/// The list of hardware types that was added to files whose results on them were made up.
fn of_hardware(document: &Node<'_>, hardware: Option<&str>) -> Option<Simulation> {
    let hardware = hardware?;
    let mut listed = document.child("simulated_hardware")?.children();
    listed
        .any(|(_, node)| node.text().is_ok_and(|text| canonical_kind(text) == hardware))
        .then(|| Simulation::Simulated(format!("`simulated_hardware` lists {hardware}")))
}
