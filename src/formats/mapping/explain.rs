//! What a mapping makes of a document, field by field.
//!
//! For: `ingest --explain`. Not for: reading; nothing here decides what is imported.
//! Invariant: what is shown is found by the same sources that reading uses.

use super::path::Scope;
use super::shape::{ResultRule, Shape};
use super::source::{Found, Source};
use crate::formats::json::Json;
use crate::formats::node::Node;

/// Where one fact of a record comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it became.
    pub name: String,
    /// Where it is; the remembered name or the constant where it has no place.
    pub place: String,
    /// What stands there, cut.
    pub value: String,
}

/// Values are shown up to here.
const MAX_VALUE: usize = 60;

/// The fields of the run, then those of the first record of each rule for results.
pub(in crate::formats) fn fields(shape: &Shape, json: &Json) -> Vec<Field> {
    let document = Scope::of(Node::root(json));
    let run = [("time", &shape.time), ("commit", &shape.commit), ("branch", &shape.branch), ("run", &shape.run)];
    let mut fields: Vec<Field> = run.iter().filter_map(|(name, source)| field(name, source, &document)).collect();
    for rule in &shape.results {
        if let Some(scope) = rule.records(&document).ok().and_then(|records| records.into_iter().next()) {
            fields.extend(of_rule(rule, &scope));
        }
    }
    fields
}

fn of_rule(rule: &ResultRule, scope: &Scope<'_>) -> Vec<Field> {
    let facts = [
        ("model", &rule.model),
        ("hardware", &rule.hardware),
        ("device", &rule.device),
        ("test case", &rule.test_case),
        ("batch size", &rule.batch_size),
        ("precision", &rule.precision),
        ("measured at", &rule.time),
        ("iterations", &rule.iterations),
        ("reason of a failure", &rule.reason),
    ];
    let mut fields: Vec<Field> = facts.iter().filter_map(|(name, source)| field(name, source, scope)).collect();
    for (name, source) in &rule.parameters {
        fields.extend(field(&format!("parameter {name}"), source, scope));
    }
    for (name, metric) in &rule.metrics {
        let unit = metric.unit.as_deref().unwrap_or("unit of the metric");
        fields.extend(field(&format!("{name} ({unit})"), &metric.at, scope));
        fields.extend(field(&format!("{name}, samples"), &metric.samples, scope));
    }
    fields
}

fn field(name: &str, source: &Source, scope: &Scope<'_>) -> Option<Field> {
    let (place, value) = match source.find(scope)? {
        Found::Text(text) => ("a name or a constant".to_owned(), text),
        Found::Node(node) => {
            let value = node.scalar().unwrap_or_else(|| node.json().kind().to_owned());
            (node.pointer().to_owned(), value)
        }
    };
    let value = value[..value.floor_char_boundary(MAX_VALUE)].to_owned();
    Some(Field { name: name.to_owned(), place, value })
}
