//! Results by a mapping.
//!
//! For: one rule and its records. Not for: other tables (see [`super::records`]).
//! Invariant: a number is passed on as it stands, or named as left out; a failed result has no measurements.

use std::collections::HashSet;

use super::condition::any_holds;
use super::path::Scope;
use super::shape::{MetricRule, ResultRule, Shape};
use super::simulation;
use super::source::{Found, Source};
use crate::formats::error::{Class, Malformed, ReadError};
use crate::formats::node::Node;
use crate::formats::output::Output;
use crate::formats::reading::{Reading, slug};
use crate::model::hardware::canonical_kind;
use crate::model::metric::default_unit;
use crate::model::suspicion::suspicion;
use crate::model::{HardwareDraft, Measurement, ResultDraft, Status};

/// 1 GiB in GB.
const GB_PER_GIB: f64 = 1.073_741_824;

/// Passes on the results of a document.
pub(super) fn read(shape: &Shape, document: &Scope<'_>, output: &mut Output<'_>) -> Result<(), ReadError> {
    for rule in &shape.results {
        for scope in rule.records(document)? {
            if let Some(draft) = draft(shape, rule, &scope, output)? {
                output.result(draft, |defect| scope.record.place(defect))?;
            }
        }
    }
    Ok(())
}

fn draft(
    shape: &Shape,
    rule: &ResultRule,
    scope: &Scope<'_>,
    output: &mut Output<'_>,
) -> Result<Option<ResultDraft>, Malformed> {
    require(rule, scope)?;
    let mut draft = ResultDraft::completed(Vec::new());
    draft.model = required(&rule.model, scope, "model")?;
    draft.hardware = hardware(shape, rule, scope)?;
    draft.test_case = rule.test_case.text(scope)?;
    draft.batch_size = rule.batch_size.value(scope, size, |text| text.parse().ok().filter(|size| *size > 0))?;
    draft.precision = rule.precision.text(scope)?;
    for (name, source) in &rule.parameters {
        draft.parameters.extend(source.scalar(scope)?.map(|value| (name.clone(), value)));
    }
    draft.measured_at = super::read::time(&rule.time, scope)?;
    draft.iterations = rule.iterations.value(scope, Node::count, |text| text.parse().ok())?;
    draft.warmup_iterations = rule.warmup_iterations.value(scope, Node::count, |text| text.parse().ok())?;
    draft.total_time_seconds = rule.total_time_seconds.value(scope, Node::positive, |text| text.parse().ok())?;
    let kind = draft.hardware.kind.as_deref().map(canonical_kind);
    draft.simulation = simulation::of(scope, kind.as_deref())?;
    if any_holds(&rule.failed, scope) {
        draft.status =
            Status::Failed(rule.reason.words(scope).unwrap_or_else(|| "the file gives no reason".to_owned()));
        return Ok(Some(draft));
    }
    draft.measurements = measurements(rule, scope, output)?;
    if draft.measurements.is_empty() {
        output.omit(scope.record.pointer(), "no measurement: no metric has a value");
        return Ok(None);
    }
    draft.suspicion = shape.suspect.clone().or_else(|| suspicion(draft.batch_size, &draft.measurements));
    Ok(Some(draft))
}

/// What a record must say, or nothing can be said of it.
fn require(rule: &ResultRule, scope: &Scope<'_>) -> Result<(), Malformed> {
    let Some(missing) = rule.requires.iter().find(|one| !one.holds(scope)) else { return Ok(()) };
    Err(match missing.path().values(scope).first() {
        Some(node) => node.defect(Class::WrongType, "the value is none of those that are known here"),
        None => scope.record.defect(Class::MissingField, format!("missing field `{}`", missing.path())),
    })
}

/// A text that the mapping promises.
fn required(source: &Source, scope: &Scope<'_>, what: &str) -> Result<Option<String>, Malformed> {
    let text = source.text(scope)?;
    if text.is_none() && !source.is_empty() {
        return Err(scope.missing(what));
    }
    Ok(text)
}

/// A batch size as a number or, as old tools wrote it, as a text.
fn size(node: &Node<'_>) -> Result<u32, Malformed> {
    match node.text().ok().and_then(|text| text.parse().ok()) {
        Some(size) if size > 0 => Ok(size),
        _ => node.size(),
    }
}

fn hardware(shape: &Shape, rule: &ResultRule, scope: &Scope<'_>) -> Result<HardwareDraft, Malformed> {
    let mut hardware = HardwareDraft { kind: required(&rule.hardware, scope, "hardware")?, ..HardwareDraft::default() };
    let Some(kind) = hardware.kind.as_deref().map(canonical_kind) else { return Ok(hardware) };
    // A device that repeats the type of hardware says nothing, and a failure has none: kept, it would split the series.
    hardware.device = rule.device.text(scope)?.filter(|device| canonical_kind(device) != kind);
    let machine = &shape.machine;
    let texts = |source: &Source| -> Result<Vec<String>, Malformed> {
        source.nodes(scope).iter().map(|node| Ok(node.text()?.to_owned())).collect()
    };
    if let (None, Some(source)) = (&hardware.device, machine.devices.get(&kind)) {
        let devices = texts(source)?;
        if let [device] = &devices[..] {
            hardware.device = Some(device.clone());
        }
    }
    hardware.machine.cpu_cores = machine.cpu_cores.value(scope, Node::size, |text| text.parse().ok())?;
    let memory = machine.memory_gib.value(scope, Node::positive, |text| text.parse().ok())?;
    // Printing rounds without a cast that could truncate.
    hardware.machine.memory_gb = memory.and_then(|memory| format!("{:.0}", memory * GB_PER_GIB).parse().ok());
    if kind == "cuda" {
        let gpus = texts(&machine.gpus)?;
        hardware.machine.gpu = Some(gpus.join(", ")).filter(|gpu| !gpu.is_empty());
    }
    Ok(hardware)
}

fn measurements(rule: &ResultRule, scope: &Scope<'_>, output: &mut Output<'_>) -> Result<Vec<Measurement>, Malformed> {
    let mut measurements = Vec::new();
    for (metric, rule) in &rule.metrics {
        measurements.extend(measurement(metric, rule, scope, output)?);
    }
    let mut names: HashSet<String> = measurements.iter().map(|one: &Measurement| one.metric().to_owned()).collect();
    let objects = rule.further_metrics.iter().flat_map(|path| path.values(scope));
    for (name, node) in objects.flat_map(|node| node.children()) {
        let reading = Reading::value(slug(&name), node.number()?, unit_in_name(&name));
        let measurement = reading.measure().map_err(|defect| node.defect(defect.class, defect.message))?;
        if !names.insert(reading.metric) {
            let message = format!("`{}` is stated twice in this record", measurement.metric());
            return Err(node.defect(Class::Duplicate, message));
        }
        measurements.push(measurement);
    }
    Ok(measurements)
}

/// One metric. A zero that cannot have been measured is how the old tools wrote that they had not measured it.
fn measurement(
    metric: &str,
    rule: &MetricRule,
    scope: &Scope<'_>,
    output: &mut Output<'_>,
) -> Result<Option<Measurement>, Malformed> {
    let value = rule.at.value(scope, Node::number, |text| text.parse().ok())?;
    let samples = match rule.samples.find(scope) {
        Some(Found::Node(node)) => node.numbers()?,
        _ => Vec::new(),
    };
    if value.is_none() && rule.is_expected {
        output.omit(scope.record.pointer(), &format!("the {metric} is not where this format has it"));
        return Ok(None);
    }
    if value.is_none() && samples.is_empty() {
        return Ok(None);
    }
    let unit = rule.unit.as_deref().unwrap_or_default();
    match Measurement::new(metric, value, samples, Some(unit), None).map_err(Malformed::from) {
        Ok(measurement) => Ok(Some(measurement)),
        Err(defect) => {
            let node = rule.at.nodes(scope).into_iter().next();
            let pointer = node.as_ref().map_or(scope.record.pointer(), |node| node.pointer());
            if defect.class == Class::Zero {
                output.omit(pointer, "zero, which is not measured here");
                return Ok(None);
            }
            Err(defect.in_field(pointer))
        }
    }
}

/// The unit that the old system puts at the end of a metric's name; where there is none, the metric counts itself.
fn unit_in_name(name: &str) -> String {
    let endings = [
        ("_percent", "%"),
        ("_ms", "ms"),
        ("_mb", "MB"),
        ("_watts", "W"),
        ("items_per_second", "items/s"),
        ("tokens_per_second", "tokens/s"),
    ];
    if let Some((_, unit)) = endings.iter().find(|(ending, _)| name.ends_with(ending)) {
        return (*unit).to_owned();
    }
    let metric = slug(name);
    default_unit(&metric).map_or(metric, str::to_owned)
}
