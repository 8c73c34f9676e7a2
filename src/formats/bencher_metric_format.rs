//! Bencher Metric Format: `{"benchmark": {"measure": {"value", "lower_value", "upper_value"}}}`.
//!
//! For: what Bencher's adapters write. Not for: the bounds, which no measurement here has a place for.
//! Invariant: the file states no units; those of Bencher's built-in measures are known, another measure is its own unit
//! and has no direction until it is configured.

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::Node;
use super::output::Output;
use super::reading::{Reading, own_unit, slug};
use crate::model::{ResultDraft, RunDraft};

/// Bencher's built-in measures: name, metric, unit.
const BUILT_IN: &[(&str, &str, &str)] = &[
    ("latency", "latency", "ns"),
    ("throughput", "throughput", "ops/s"),
    ("build-time", "build_time", "s"),
    ("file-size", "file_size", "bytes"),
    ("instructions", "instructions", "count"),
];

/// Objects of objects of objects that have a numeric `value` and nothing beside its bounds.
pub(super) fn matches(json: &Json) -> bool {
    let Json::Object(benchmarks) = json else { return false };
    let is_measure = |json: &Json| match json {
        Json::Object(fields) => {
            let names = ["value", "lower_value", "upper_value"];
            json.get("value").is_some() && fields.iter().all(|(name, _)| names.contains(&name.as_str()))
        }
        _ => false,
    };
    let is_benchmark = |json: &Json| match json {
        Json::Object(measures) => !measures.is_empty() && measures.iter().all(|(_, measure)| is_measure(measure)),
        _ => false,
    };
    benchmarks.iter().all(|(_, benchmark)| is_benchmark(benchmark))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    output.run(RunDraft::default())?;
    for (name, benchmark) in Node::root(json).entries()? {
        let mut draft = ResultDraft::completed(Vec::new());
        draft.test_case = Some(name.to_owned());
        for (measure, node) in benchmark.entries()? {
            let value = node.field("value")?;
            let reading = reading(measure, value.number()?);
            draft.measurements.push(reading.measure().map_err(|defect: Malformed| value.place(defect))?);
        }
        output.result(draft, |defect| benchmark.place(defect))?;
    }
    Ok(())
}

fn reading(measure: &str, value: f64) -> Reading {
    let name = slug(measure);
    match BUILT_IN.iter().find(|(built_in, _, _)| slug(built_in) == name) {
        Some((_, metric, unit)) => Reading::value(*metric, value, *unit),
        None => {
            let unit = own_unit(&name);
            Reading::value(name, value, unit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/bencher-metric-format/normal.json");

    #[test]
    fn built_in_measures_have_their_units_and_others_are_their_own() {
        let results = collect(Format::BencherMetricFormat, NORMAL).results;
        assert_eq!(results.len(), 3);
        assert_value(&results[0], "latency", 64e-6, "ms");
        assert_value(&results[0], "throughput", 7.5, "items/s");
        assert_value(&results[1], "build_time", 95_500.0, "ms");
        assert_value(&results[2], "file_size", 1024e-6, "MB");
        assert_value(&results[2], "frame_score", 12.0, "frame_score");
        assert_eq!(measured(&results[2], "frame_score").better(), None);
    }

    #[test]
    fn defects_are_located() {
        for (value, class) in
            [("\"1\"", Class::WrongType), ("-1", Class::Negative), ("0", Class::Zero), ("[]", Class::WrongType)]
        {
            let text = format!("{{\"a\": {{\"latency\": {{\"value\": {value}}}}}}}");
            let expected = (class, None, None, Some("a.latency.value".to_owned()));
            assert_eq!(defect_place(&text), expected, "{value}");
        }
        let twice = "{\"a\": {\"latency\": {\"value\": 1}},\n \"a\": {\"latency\": {\"value\": 2}}}";
        assert_eq!(defect_place(twice), (Class::Duplicate, Some(2), Some(4), None));
        let alike = "{\"a\": {\"Frame Score\": {\"value\": 1}, \"frame-score\": {\"value\": 2}}}";
        assert_eq!(defect_place(alike), (Class::Duplicate, None, None, Some("a".to_owned())));
    }
}
