//! The old system's direct benchmarks: one model on one hardware, `batch_results.<batch size>`.
//!
//! For: latency with samples, throughput and memory of each batch size. Not for: a peak of the memory: the file does
//! not say what `memory_mb` is, so the metric is `memory` and not `memory_peak`.
//! Invariant: a batch size completed only if both the file and the batch size say so.

use super::error::{Class, Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::Reading;
use crate::model::hardware::canonical_kind;
use crate::model::{Measurement, ResultDraft, RunDraft, Status};

/// Results by batch size.
pub(super) fn matches(json: &Json) -> bool {
    matches!(json.get("batch_results"), Some(Json::Object(_)))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let started_at = optional(&root, "timestamp", Node::time)?;
    output.run(RunDraft { started_at, is_without_commit: true, ..RunDraft::default() })?;
    let mut common = ResultDraft::completed(Vec::new());
    common.model = Some(root.field("model")?.text()?.to_owned());
    common.hardware.kind = Some(root.field("hardware")?.text()?.to_owned());
    common.measured_at = started_at;
    common.simulation = root.simulation()?;
    common.status = status(&root)?;
    let mut is_empty = true;
    for (batch, node) in root.field("batch_results")?.entries()? {
        is_empty = false;
        output.result(draft(&common, batch, &node)?, |defect| node.place(defect))?;
    }
    if is_empty && common.status != Status::Completed {
        output.result(common, |defect| root.place(defect))?;
    }
    Ok(())
}

/// How the file or a batch size says it ended.
fn status(node: &Node<'_>) -> Result<Status, Malformed> {
    if node.field("success")?.flag()? {
        return Ok(Status::Completed);
    }
    let reason = optional_text(node, "error")?;
    Ok(Status::Failed(reason.unwrap_or_else(|| "the benchmark gives no reason".to_owned())))
}

fn draft(common: &ResultDraft, batch: &str, node: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let mut draft = common.clone();
    draft.batch_size = Some(batch_size(batch, node)?);
    draft.measured_at = optional(node, "timestamp", Node::time)?.or(common.measured_at);
    draft.simulation = node.simulation_within(&common.simulation)?;
    // The device mostly repeats the type of hardware, and a failure has none: kept, it would split the series.
    let kind = common.hardware.kind.as_deref().map(canonical_kind);
    draft.hardware.device = optional_text(node, "device")?.filter(|device| Some(canonical_kind(device)) != kind);
    if let failed @ Status::Failed(_) = status(node)? {
        draft.status = failed;
    }
    if draft.status == Status::Completed {
        draft.measurements = measurements(node)?;
    }
    Ok(draft)
}

/// The batch size, which is the key; completed results repeat it.
fn batch_size(key: &str, node: &Node<'_>) -> Result<u32, Malformed> {
    let is_number = key.bytes().all(|byte| byte.is_ascii_digit());
    let Some(size) = key.parse().ok().filter(|size| is_number && *size > 0) else {
        return Err(node.defect(Class::WrongType, "expected a batch size as the name of the field"));
    };
    match node.maybe("batch_size")? {
        Some(repeated) if repeated.size()? != size => {
            Err(repeated.defect(Class::Contradiction, format!("the name of the field says {size}")))
        }
        _ => Ok(size),
    }
}

fn measurements(node: &Node<'_>) -> Result<Vec<Measurement>, Malformed> {
    let samples = optional(node, "latencies_ms", Node::positives)?.unwrap_or_default();
    let mut readings =
        vec![Reading::samples("latency", Some(node.field("avg_latency_ms")?.positive()?), samples, "ms")];
    for (field, metric, unit) in
        [("throughput_items_per_second", "throughput", "items/s"), ("memory_mb", "memory", "MB")]
    {
        readings.extend(optional(node, field, Node::positive)?.map(|value| Reading::value(metric, value, unit)));
    }
    readings.iter().map(|reading| reading.measure().map_err(|defect| node.place(defect))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured, skipped};
    use super::super::{Class, Format};
    use crate::model::Status;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/suite-direct/normal.json");
    const MANY: &str = include_str!("../../tests/fixtures/formats/suite-direct/many.json");
    const FAILED: &str = include_str!("../../tests/fixtures/formats/suite-direct/failed.json");

    #[test]
    fn batch_sizes_are_results_with_samples() {
        let Collected { runs, results } = collect(Format::SuiteDirect, NORMAL);
        assert!(runs[0].is_without_commit);
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2025-06-01T12:00:00Z"));
        assert_eq!(results.len(), 2);
        let first = &results[0];
        assert_eq!((first.model.as_deref(), first.batch_size), (Some("org/tiny"), Some(1)));
        assert_eq!(first.measured_at.map(|time| time.to_string()).as_deref(), Some("2025-06-01T12:00:01.5Z"));
        assert_value(first, "latency", 3.25, "ms");
        assert_value(first, "throughput", 1000.0 / 3.25, "items/s");
        assert_value(first, "memory", 505.5, "MB");
        assert_eq!(measured(first, "latency").samples().len(), 5);
        assert_eq!(results[1].batch_size, Some(2));
    }

    #[test]
    fn a_device_that_repeats_the_hardware_is_no_device() {
        let results = collect(Format::SuiteDirect, MANY).results;
        assert_eq!(results.len(), 40);
        assert!(results.iter().all(|result| result.hardware.device.is_none()), "`cuda:0` is `cuda`");
        let named = NORMAL.replace("\"device\": \"cpu\"", "\"device\": \"Example CPU 9000\"");
        let results = collect(Format::SuiteDirect, &named).results;
        assert_eq!(results[0].hardware.device.as_deref(), Some("Example CPU 9000"));
    }

    #[test]
    fn a_batch_size_that_failed_in_a_successful_file_is_a_failure_with_its_reason() {
        let results = collect(Format::SuiteDirect, FAILED).results;
        assert_eq!(results.len(), 3);
        assert_eq!(results[0].status, Status::Completed);
        assert_eq!(results[1].status, Status::Failed("forward() got an unexpected argument".to_owned()));
        assert!(results[1].measurements.is_empty());
        assert_eq!(results[1].measured_at, results[2].measured_at, "the time of the file");
        assert_eq!(results[2].status, Status::Failed("the benchmark gives no reason".to_owned()));
    }

    #[test]
    fn a_file_that_failed_has_no_completed_batch_size() {
        let text = FAILED.replacen("\"success\": true", "\"success\": false, \"error\": \"killed\"", 1);
        let results = collect(Format::SuiteDirect, &text).results;
        assert_eq!(results[0].status, Status::Failed("killed".to_owned()));
        assert_eq!(results[1].status, Status::Failed("forward() got an unexpected argument".to_owned()));
        let nothing = "{\"model\": \"m\", \"hardware\": \"cpu\", \"success\": false, \"batch_results\": {}}";
        assert_eq!(collect(Format::SuiteDirect, nothing).results.len(), 1);
        assert_eq!(skipped(&nothing.replace("false", "true")), "a suite-direct file without results");
    }

    #[test]
    fn a_mark_of_simulation_holds_for_the_batch_size_or_the_whole_file() {
        let marked = |from: &str| {
            let text = NORMAL.replacen(from, &format!("\"is_simulation\": true, {from}"), 1);
            let results = collect(Format::SuiteDirect, &text).results;
            results.iter().map(|result| result.simulation.is_simulated()).collect::<Vec<_>>()
        };
        assert_eq!(marked("\"model\""), [true, true]);
        assert_eq!(marked("\"batch_size\": 2"), [false, true]);
    }

    #[test]
    fn defects_are_located() {
        for (from, to, class, pointer) in [
            ("\"avg_latency_ms\": 3.25", "\"avg_latency_ms\": 0", Class::Zero, Some("batch_results.1.avg_latency_ms")),
            ("_latency_ms\": 3.25", "_latency_ms\": -3", Class::Negative, Some("batch_results.1.avg_latency_ms")),
            ("_latency_ms\": 3.25", "_latency_ms\": \"3\"", Class::WrongType, Some("batch_results.1.avg_latency_ms")),
            ("\"avg_latency_ms\": 3.25", "\"avg_latency_ms\": 1e999", Class::NotFinite, None),
            ("\"avg_latency_ms\": 3.25", "\"latency\": 3.25", Class::MissingField, Some("batch_results.1")),
            ("        4.0,", "        0,", Class::Zero, Some("batch_results.1.latencies_ms[0]")),
            ("\"memory_mb\": 505.5", "\"memory_mb\": 0", Class::Zero, Some("batch_results.1.memory_mb")),
            ("\"batch_size\": 2", "\"batch_size\": 3", Class::Contradiction, Some("batch_results.2.batch_size")),
            ("\"success\": true", "\"success\": \"yes\"", Class::WrongType, Some("success")),
            ("\"success\": true", "\"done\": true", Class::MissingField, None),
            ("\"model\"", "\"name\"", Class::MissingField, None),
            ("12:00:01.5", "late", Class::WrongType, Some("batch_results.1.timestamp")),
            ("\"2\": {", "\"1\": {", Class::Duplicate, None),
            ("\"2\": {", "\"0\": {", Class::WrongType, Some("batch_results.0")),
            ("\"2\": {", "\"99999999999\": {", Class::WrongType, Some("batch_results.99999999999")),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
        let same = NORMAL.replacen("\"2\": {", "\"01\": {", 1).replacen("\"batch_size\": 2", "\"batch_size\": 1", 1);
        assert_eq!(defect_place(&same).0, Class::Duplicate);
        let cut = NORMAL.rfind("\": ").expect("a field") + 3;
        let (class, line, _, _) = defect_place(&NORMAL[..cut]);
        assert_eq!((class, line), (Class::Truncated, Some(37)));
    }
}
