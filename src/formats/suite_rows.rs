//! The old system's flat rows: a list of objects whose fields are the columns of its performance table.
//!
//! For: rows exported or written by hand. Not for: samples and times, which a row does not have (the user states the
//! time), nor `model_family` and `modality`, which only describe the model.
//! Invariant: a column that is absent or null is not measured; latency is as stated, whether for an item or a batch.

use std::collections::HashSet;

use super::error::{Class, Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Reading, slug};
use crate::model::metric::default_unit;
use crate::model::{Measurement, ResultDraft, RunDraft};

/// A list whose first element has a model's name and a hardware type.
pub(super) fn matches(json: &Json) -> bool {
    json.first().is_some_and(|first| first.get("model_name").is_some() && first.get("hardware_type").is_some())
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    output.run(RunDraft { is_without_commit: true, ..RunDraft::default() })?;
    for row in Node::root(json).items()? {
        output.result(draft(&row)?, |defect| row.place(defect))?;
    }
    Ok(())
}

fn draft(row: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let mut draft = ResultDraft::completed(measurements(row)?);
    draft.model = Some(row.field("model_name")?.text()?.to_owned());
    draft.hardware.kind = Some(row.field("hardware_type")?.text()?.to_owned());
    draft.hardware.device = optional_text(row, "device_name")?;
    draft.test_case = optional_text(row, "test_case")?;
    draft.batch_size = optional(row, "batch_size", Node::size)?;
    draft.precision = optional_text(row, "precision")?;
    draft.iterations = optional(row, "iterations", Node::size)?.map(u64::from);
    draft.warmup_iterations = optional(row, "warmup_iterations", Node::count)?;
    draft.total_time_seconds = optional(row, "total_time_seconds", Node::positive)?;
    draft.simulation = row.simulation()?;
    Ok(draft)
}

/// The metrics that have a column, then those in `metrics`, under their own names.
fn measurements(row: &Node<'_>) -> Result<Vec<Measurement>, Malformed> {
    let mut measurements: Vec<Measurement> = Vec::new();
    for (field, metric, unit) in [
        ("average_latency_ms", "latency", "ms"),
        ("throughput_items_per_second", "throughput", "items/s"),
        ("memory_peak_mb", "memory_peak", "MB"),
    ] {
        if let Some(node) = row.maybe(field)? {
            let reading = Reading::value(metric, node.positive()?, unit);
            measurements.push(reading.measure().map_err(|defect| row.place(defect))?);
        }
    }
    if measurements.is_empty() {
        return Err(row.defect(Class::Empty, "the row has neither latency, nor throughput, nor memory"));
    }
    let Some(metrics) = row.maybe("metrics")? else { return Ok(measurements) };
    let mut names: HashSet<String> = measurements.iter().map(|one| one.metric().to_owned()).collect();
    for (name, node) in metrics.entries()?.filter(|(_, node)| !node.is_null()) {
        let reading = Reading::value(slug(name), node.number()?, unit_in_name(name));
        let measurement = reading.measure().map_err(|defect| node.defect(defect.class, defect.message))?;
        if !names.insert(reading.metric) {
            let message = format!("`{}` is stated twice in this row", measurement.metric());
            return Err(node.defect(Class::Duplicate, message));
        }
        measurements.push(measurement);
    }
    Ok(measurements)
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

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/suite-rows/normal.json");
    const MANY: &str = include_str!("../../tests/fixtures/formats/suite-rows/many.json");

    #[test]
    fn rows_are_results_without_a_time() {
        let Collected { runs, results } = collect(Format::SuiteRows, NORMAL);
        assert!(runs[0].is_without_commit);
        assert_eq!(runs[0].started_at, None);
        let [first, second] = &results[..] else { panic!("two rows") };
        assert_eq!((first.model.as_deref(), first.hardware.kind.as_deref()), (Some("org/encoder-small"), Some("cpu")));
        assert_eq!(first.hardware.device.as_deref(), Some("Example CPU 9000"));
        assert_eq!((first.batch_size, first.precision.as_deref()), (Some(8), Some("fp32")));
        assert_eq!((first.test_case.as_deref(), first.measured_at), (Some("embedding"), None));
        assert_eq!((first.iterations, first.warmup_iterations), (Some(100), Some(10)));
        assert_value(first, "latency", 19.25, "ms");
        assert_value(first, "throughput", 51.9, "items/s");
        assert_value(first, "memory_peak", 1536.5, "MB");
        assert_eq!((&second.hardware.device, second.warmup_iterations), (&None, Some(0)));
    }

    #[test]
    fn further_metrics_keep_their_names_and_have_the_unit_at_their_end() {
        let results = collect(Format::SuiteRows, NORMAL).results;
        assert_value(&results[0], "cpu_util_percent", 78.5, "%");
        assert_eq!(measured(&results[0], "cpu_util_percent").better(), None, "no direction is invented");
        let metrics: Vec<_> = results[1].measurements.iter().map(|one| (one.metric(), one.unit().as_str())).collect();
        let expected = [
            ("throughput", "items/s"),
            ("first_item_ms", "ms"),
            ("cache_misses", "cache_misses"),
            ("idle_percent", "%"),
        ];
        assert_eq!(super::unit_in_name("decoded_tokens_per_second"), "tokens/s", "tokens are not items");
        assert_eq!(metrics, expected, "what is null is not measured; a percentage can be zero");
    }

    #[test]
    fn many_rows_are_all_read() {
        assert_eq!(collect(Format::SuiteRows, MANY).results.len(), 24);
    }

    #[test]
    fn defects_are_located() {
        for (from, to, class, pointer) in [
            ("_latency_ms\": 19.25", "_latency_ms\": 0", Class::Zero, Some("[0].average_latency_ms")),
            ("_latency_ms\": 19.25", "_latency_ms\": -1", Class::Negative, Some("[0].average_latency_ms")),
            ("_latency_ms\": 19.25", "_latency_ms\": [1]", Class::WrongType, Some("[0].average_latency_ms")),
            ("_latency_ms\": 19.25", "_latency_ms\": \"NaN\"", Class::NotFinite, Some("[0].average_latency_ms")),
            ("_latency_ms\": 19.25", "_latency_ms\": -Infinity", Class::NotFinite, None),
            ("\"memory_peak_mb\": 1536.5", "\"memory_peak_mb\": 0.0", Class::Zero, Some("[0].memory_peak_mb")),
            ("\"batch_size\": 16", "\"batch_size\": 1e12", Class::TooLarge, Some("[1].batch_size")),
            ("\"batch_size\": 16", "\"batch_size\": 1.5", Class::WrongType, Some("[1].batch_size")),
            ("\"batch_size\": 16", "\"batch_size\": 0", Class::Zero, Some("[1].batch_size")),
            ("\"iterations\": 100", "\"iterations\": 0", Class::Zero, Some("[0].iterations")),
            ("_time_seconds\": 12.5", "_time_seconds\": 0", Class::Zero, Some("[0].total_time_seconds")),
            ("\"metrics\": {", "\"metrics\": 5, \"m\": {", Class::WrongType, Some("[0].metrics")),
            (
                "_util_percent\": 78.5",
                "_util_percent\": \"78%\"",
                Class::WrongType,
                Some("[0].metrics.cpu_util_percent"),
            ),
            ("_util_percent\": 78.5", "_util_percent\": -1", Class::Negative, Some("[0].metrics.cpu_util_percent")),
            ("first_item_ms\": 3.5", "first_item_ms\": 0", Class::Zero, Some("[1].metrics.first_item_ms")),
            ("first_item_ms", "Throughput", Class::Duplicate, Some("[1].metrics.Throughput")),
            (
                "\"throughput_items_per_second\": 51.9,\n    \"memory_peak_mb\": null",
                "\"n\": 1",
                Class::Empty,
                Some("[1]"),
            ),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
        let row = "{\"model_name\": \"m\", \"hardware_type\": \"cpu\", \"average_latency_ms\": 1}";
        assert_eq!(defect_place(&format!("[{row}, {row}]")).0, Class::Duplicate);
        let nameless = row.replacen("model_name", "model", 1);
        let (class, _, _, place) = defect_place(&format!("[{row}, {nameless}]"));
        assert_eq!((class, place.as_deref()), (Class::MissingField, Some("[1]")));
        let cut = NORMAL.rfind("\": ").expect("a field") + 3;
        let (class, line, _, _) = defect_place(&NORMAL[..cut]);
        assert_eq!((class, line), (Class::Truncated, Some(41)));
    }
}
