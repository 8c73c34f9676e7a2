//! The custom JSON of `github-action-benchmark`: `[{"name", "unit", "value", "range", "extra"}, ..]`.
//!
//! For: both `customBiggerIsBetter` and `customSmallerIsBetter`. Not for: telling them apart: the direction stands in
//! the workflow and not in the file, so it follows from the unit, or is unknown and must be configured.
//! Invariant: entries of one name are one result; the unit decides which metric a value is.

use super::error::ReadError;
use super::json::Json;
use super::node::Node;
use super::output::Output;
use super::reading::{Pool, Reading, metric_of_unit};
use crate::model::{ResultDraft, RunDraft};

/// A list whose first element has a name, a unit and a value.
pub(super) fn matches(json: &Json) -> bool {
    json.first().is_some_and(|first| ["name", "unit", "value"].iter().all(|field| first.get(field).is_some()))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    output.run(RunDraft::default())?;
    let mut pool = Pool::default();
    for entry in Node::root(json).items()? {
        let name = entry.field("name")?.text()?;
        let unit = entry.field("unit")?.text()?;
        let value = entry.field("value")?;
        let reading = Reading::value(metric_of_unit(unit), value.number()?, unit);
        let mut draft = ResultDraft::completed(Vec::new());
        draft.test_case = Some(name.to_owned());
        pool.add_metrics(name.to_owned(), draft, vec![reading], |defect| value.place(defect))?;
    }
    pool.finish(output)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_value, collect, defect_place};
    use super::super::{Class, Format};
    use crate::model::Direction;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/github-action-benchmark/normal.json");

    #[test]
    fn the_unit_decides_metric_and_direction() {
        let results = collect(Format::GithubActionBenchmark, NORMAL).results;
        assert_eq!(results.len(), 3);
        assert_eq!(results[0].test_case.as_deref(), Some("decode/small"));
        assert_value(&results[0], "latency", 1.25e-3, "ms");
        assert_value(&results[0], "throughput", 800_000.0, "items/s");
        assert_value(&results[1], "memory", 12.5, "MB");
        assert_value(&results[2], "points", 71.5, "Points");
        let directions: Vec<_> = results.iter().map(|result| result.measurements[0].better()).collect();
        assert_eq!(directions, [Some(Direction::LowerIsBetter), Some(Direction::LowerIsBetter), None]);
    }

    #[test]
    fn defects_are_located() {
        let entry = |value: &str| format!("[{{\"name\": \"a\", \"unit\": \"ms\", \"value\": {value}}}]");
        for (value, class) in [
            ("\"1\"", Class::WrongType),
            ("\"NaN\"", Class::NotFinite),
            ("-1", Class::Negative),
            ("0", Class::Zero),
            ("null", Class::MissingField),
        ] {
            let (found, _, _, pointer) = defect_place(&entry(value));
            assert_eq!(found, class, "{value}");
            assert!(pointer.is_some_and(|pointer| pointer.starts_with("[0]")), "{value}");
        }
        let twice =
            "[{\"name\": \"a\", \"unit\": \"ms\", \"value\": 1}, {\"name\": \"a\", \"unit\": \"s\", \"value\": 1}]";
        let expected = (Class::Duplicate, None, None, Some("[1].value".to_owned()));
        assert_eq!(defect_place(twice), expected);
    }
}
