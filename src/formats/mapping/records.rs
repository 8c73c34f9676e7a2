//! Tests, compatibility and detected hardware by a mapping.
//!
//! For: the records beside results. Not for: results (see [`super::results`]).
//! Invariant: each record keeps its place in the file; a reason is one line, since logs hold what is private.

use std::collections::BTreeMap;

use super::condition::any_holds;
use super::path::Scope;
use super::read::time;
use super::shape::{AssertionRule, CompatibilityRule, DetectionRule, Shape, TestRule};
use super::simulation;
use super::source::Source;
use crate::formats::error::{Malformed, ReadError};
use crate::formats::node::Node;
use crate::formats::output::Output;
use crate::model::hardware::canonical_kind;
use crate::model::{Assertion, Record, Simulation, Subject, TestOutcome};

/// The longest reason that is kept.
const MAX_REASON: usize = 300;

/// Passes on what a document holds beside results.
pub(super) fn read(shape: &Shape, document: &Scope<'_>, output: &mut Output<'_>) -> Result<(), ReadError> {
    for rule in &shape.compatibility {
        for scope in rule.records(document)? {
            output.record(compatibility(rule, &scope)?)?;
        }
    }
    for rule in &shape.tests {
        for scope in rule.records(document)? {
            output.record(test(rule, &scope)?)?;
        }
    }
    for rule in &shape.detections {
        for scope in rule.records(document)? {
            output.record(detection(rule, &scope)?)?;
        }
    }
    Ok(())
}

fn compatibility(rule: &CompatibilityRule, scope: &Scope<'_>) -> Result<Record, Malformed> {
    let hardware = needed(&rule.hardware, scope, "hardware")?;
    let is_compatible = match (any_holds(&rule.works, scope), any_holds(&rule.works_not, scope)) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    let model = needed(&rule.model, scope, "model")?;
    let simulation = simulation::of(scope, Some(&canonical_kind(&hardware)))?;
    let subject = Subject::Compatibility { model, hardware, device: None, is_compatible };
    let error = if is_compatible == Some(true) { None } else { reason(&rule.reason, scope) };
    record(scope, (&rule.time, &rule.details), simulation, error, subject)
}

fn test(rule: &TestRule, scope: &Scope<'_>) -> Result<Record, Malformed> {
    let outcome = if any_holds(&rule.skipped, scope) {
        TestOutcome::Skip
    } else if any_holds(&rule.broke, scope) {
        TestOutcome::Error
    } else if any_holds(&rule.failed, scope) {
        TestOutcome::Fail
    } else {
        TestOutcome::Pass
    };
    let seconds = rule.seconds.value(scope, Node::number, |text| text.parse().ok())?;
    let hardware = rule.hardware.text(scope)?;
    let simulation = simulation::of(scope, hardware.as_deref().map(canonical_kind).as_deref())?;
    let subject = Subject::Test {
        module: needed(&rule.module, scope, "module")?,
        class: rule.class.text(scope)?,
        name: needed(&rule.test, scope, "test's name")?,
        outcome,
        // Printing rounds without a cast that could truncate; a duration of zero is none.
        microseconds: seconds
            .filter(|seconds| *seconds > 0.0)
            .and_then(|seconds| format!("{:.0}", seconds * 1e6).parse().ok()),
        model: rule.model.text(scope)?,
        hardware,
        device: None,
        assertions: rule.assertions.as_ref().map_or(Ok(Vec::new()), |rule| assertions(rule, scope))?,
    };
    let error = if outcome == TestOutcome::Pass { None } else { reason(&rule.reason, scope) };
    record(scope, (&rule.time, &BTreeMap::new()), simulation, error, subject)
}

fn assertions(rule: &AssertionRule, scope: &Scope<'_>) -> Result<Vec<Assertion>, Malformed> {
    let one = |scope: &Scope<'_>| {
        Ok(Assertion {
            name: needed(&rule.name, scope, "assertion's name")?,
            passed: any_holds(&rule.passed, scope),
            expected: rule.expected.words(scope),
            actual: rule.actual.words(scope),
            message: rule.message.words(scope),
        })
    };
    rule.each.records(scope).iter().map(one).collect()
}

fn detection(rule: &DetectionRule, scope: &Scope<'_>) -> Result<Record, Malformed> {
    let is_available = any_holds(&rule.found, scope);
    let hardware = needed(&rule.hardware, scope, "hardware")?;
    let subject = Subject::Detection { hardware, device: rule.device.text(scope)?, is_available };
    let error = if is_available { None } else { reason(&rule.reason, scope) };
    record(scope, (&rule.time, &rule.details), Simulation::Real, error, subject)
}

fn record(
    scope: &Scope<'_>,
    (at, details): (&Source, &BTreeMap<String, Source>),
    simulation: Simulation,
    error: Option<String>,
    subject: Subject,
) -> Result<Record, Malformed> {
    let details = details.iter().filter_map(|(name, source)| match source.scalar(scope) {
        Ok(value) => value.map(|value| Ok((name.clone(), value))),
        Err(defect) => Some(Err(defect)),
    });
    Ok(Record {
        place: scope.record.pointer().to_owned(),
        measured_at: time(at, scope)?,
        simulation,
        error,
        details: details.collect::<Result<_, _>>()?,
        subject,
    })
}

fn needed(source: &Source, scope: &Scope<'_>, what: &str) -> Result<String, Malformed> {
    source.scalar(scope)?.ok_or_else(|| scope.missing(what))
}

/// The last line that says something: where a log gives its error.
pub(super) fn reason(source: &Source, scope: &Scope<'_>) -> Option<String> {
    let text = source.words(scope)?;
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    Some(line[..line.floor_char_boundary(MAX_REASON)].to_owned())
}
