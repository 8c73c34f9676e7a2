//! Marks of simulation.
//!
//! For: what a file itself says of being simulated or mocked. Not for: guessing from values (see `model::suspicion`).
//! Invariant: what belongs to something simulated is simulated; the word REAL is no evidence of a real run.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use super::path::Scope;
use crate::formats::error::Malformed;
use crate::formats::node::Node;
use crate::model::Simulation;
use crate::model::hardware::canonical_kind;

/// Fields that name what ran, and the words in them that say it was no real run.
const IMPLEMENTATIONS: [&str; 3] = ["implementation_type", "implementation", "device"];
const WORDS: [&str; 2] = ["mock", "simul"];

/// What the objects of a document say of themselves, each looked at once: a file may have as many records as fields.
#[derive(Debug, Default)]
pub(in crate::formats) struct Marks {
    /// By the address of the object, which stays where it is as long as the document is read.
    of_objects: RefCell<HashMap<usize, Simulation>>,
    /// The hardware types that the document lists as simulated.
    hardware: OnceCell<HashSet<String>>,
}

/// Whether a record on a hardware type is simulated.
pub(in crate::formats) fn of(scope: &Scope<'_>, hardware: Option<&str>) -> Result<Simulation, Malformed> {
    for node in std::iter::once(&scope.record).chain(scope.ancestors()).chain([&scope.document]) {
        if let simulated @ Simulation::Simulated(_) = scope.marks.of_object(node)? {
            return Ok(simulated);
        }
    }
    let listed = scope.marks.hardware.get_or_init(|| listed(&scope.document));
    Ok(match hardware.filter(|hardware| listed.contains(*hardware)) {
        Some(hardware) => Simulation::Simulated(format!("`simulated_hardware` lists {hardware}")),
        None => Simulation::Real,
    })
}

impl Marks {
    /// How many objects were looked at.
    #[cfg(test)]
    pub(in crate::formats) fn looked_at(&self) -> usize {
        self.of_objects.borrow().len()
    }

    fn of_object(&self, node: &Node<'_>) -> Result<Simulation, Malformed> {
        if node.entries().is_err() {
            return Ok(Simulation::Real);
        }
        let address = std::ptr::from_ref(node.json()).addr();
        if let Some(known) = self.of_objects.borrow().get(&address) {
            return Ok(known.clone());
        }
        let said = match (node.simulation()?, implementation(node)) {
            (Simulation::Real, Some((field, value))) => Simulation::Simulated(format!("`{field}` is `{value}`")),
            (said, _) => said,
        };
        self.of_objects.borrow_mut().insert(address, said.clone());
        Ok(said)
    }
}

fn implementation<'a>(node: &Node<'a>) -> Option<(&'static str, &'a str)> {
    IMPLEMENTATIONS.into_iter().find_map(|field| {
        let text = node.child(field)?.text().ok()?;
        let lower = text.to_lowercase();
        WORDS.iter().any(|word| lower.contains(word)).then_some((field, text))
    })
}

/// The list of hardware types that was added to files whose results on them were made up.
fn listed(document: &Node<'_>) -> HashSet<String> {
    let listed = document.child("simulated_hardware");
    let names = listed.iter().flat_map(Node::children).filter_map(|(_, node)| Some(canonical_kind(node.text().ok()?)));
    names.collect()
}
