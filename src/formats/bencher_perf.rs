//! The answer of `bencher perf`: the history of a project at Bencher.
//!
//! For: arriving with the past: every report is a run. Not for: bounds, thresholds and alerts. The shape is `JsonPerf` of
//! Bencher's `lib/bencher_json/src/project/perf.rs`.
//! Invariant: a run's key is the report's id, so that a larger answer is read again without doubling what was there.

use super::error::{Class, Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Reading, Runs, own_unit, past, slug};
use super::text::to_u64;
use crate::model::{ResultDraft, RunDraft};

/// Lines of a branch, a testbed and a benchmark.
pub(super) fn matches(json: &Json) -> bool {
    let line = json.get("results").and_then(Json::first);
    line.is_some_and(|line| ["branch", "testbed", "benchmark", "metrics"].iter().all(|mark| line.get(mark).is_some()))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let limit = output.limits().max_bytes;
    let (mut runs, mut held) = (Runs::default(), 0_u64);
    for line in Node::root(json).field("results")?.items()? {
        let common = common(&line)?;
        let key = format!("{:?} {:?} {:?}", common.test_case, common.hardware.device, common.parameters);
        let (metric, unit) = measure(&line)?;
        for point in line.field("metrics")?.items()? {
            // A line names once what every one of its points is held with.
            held = held.saturating_add(to_u64(key.len()));
            if held > limit {
                let message = format!("the names of all points have more than {limit} bytes");
                return Err(line.defect(Class::TooLarge, message).into());
            }
            let value = value(&point)?;
            let reading = Reading::value(metric.clone(), value.number()?, unit.clone());
            let (draft, readings) = past(reading).map_err(|defect| value.place(defect))?;
            let draft = ResultDraft { status: draft.status, ..common.clone() };
            runs.pool(run(&line, &point)?).add(key.clone(), draft, readings, |defect| point.place(defect))?;
        }
    }
    runs.finish(output)
}

fn run(line: &Node<'_>, point: &Node<'_>) -> Result<RunDraft, Malformed> {
    let version = point.maybe("version")?;
    Ok(RunDraft {
        key: Some(format!("bencher:{}", point.field("report")?.text()?)),
        commit: version.map(|version| optional_text(&version, "hash")).transpose()?.flatten(),
        branch: Some(line.field("branch")?.field("name")?.text()?.to_owned()),
        started_at: optional(point, "start_time", Node::time)?,
        ..RunDraft::default()
    })
}

/// What all points of a line have in common. The testbed is a name for a machine, so it is the device.
fn common(line: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let mut draft = ResultDraft::completed(Vec::new());
    draft.test_case = Some(line.field("benchmark")?.field("name")?.text()?.to_owned());
    draft.hardware.device = Some(line.field("testbed")?.field("name")?.text()?.to_owned());
    if let Some(parameter) = line.maybe("parameter")? {
        draft.parameters = parameter.field("set")?.scalars()?;
    }
    Ok(draft)
}

/// Metric and unit of `Latency` in `nanoseconds (ns)`. A measure in itself, such as `instructions`, is in its own unit.
fn measure(line: &Node<'_>) -> Result<(String, String), Malformed> {
    let measure = line.field("measure")?;
    let metric = slug(measure.field("slug")?.text()?);
    let units = measure.field("units")?.text()?;
    let short = units.strip_suffix(')').and_then(|units| units.rsplit_once('(')).map(|(_, short)| short);
    let unit = short.unwrap_or(units);
    let unit = if slug(unit) == metric { own_unit(&metric) } else { unit.to_owned() };
    Ok((metric, unit))
}

/// The value of a point; since Bencher keeps several numbers of a measure, the one that is called `value`.
fn value<'a>(point: &Node<'a>) -> Result<Node<'a>, Malformed> {
    match point.maybe("metrics")? {
        Some(metrics) => metrics.field("value")?.field("value"),
        None => point.field("metric")?.field("value"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Status;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/bencher-perf/normal.json");

    #[test]
    fn every_report_is_a_run() {
        let Collected { runs, results, .. } = collect(Format::BencherPerf, NORMAL);
        assert_eq!((runs.len(), results.len()), (4, 5));
        assert_eq!(runs[0].commit.as_deref().map(|commit| &commit[..3]), Some("aaa"));
        assert_eq!((runs[0].branch.as_deref(), runs[1].commit.as_deref().map(str::len)), (Some("main"), Some(40)));
        assert_eq!(runs[0].key.as_deref(), Some("bencher:00000000-0000-4000-8000-000000000001"));
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2026-01-30T10:00:00Z"));
    }

    #[test]
    fn iterations_are_samples_and_measures_of_a_benchmark_one_result() {
        let results = collect(Format::BencherPerf, NORMAL).results;
        assert_eq!(results[0].hardware.device.as_deref(), Some("ubuntu-latest"));
        assert_eq!(measured(&results[0], "latency").samples(), [0.037_174, 0.0371]);
        assert_value(&results[0], "instructions", 1695.0, "count");
        assert_value(&results[1], "latency", 0.0365, "ms");
        assert!(matches!(&results[2].status, Status::Failed(reason) if reason.contains("zero")));
        assert_eq!(results[3].hardware.device.as_deref(), Some("macos-latest"));
        assert_value(&results[4], "score", 71.5, "points");
        assert_eq!(results[4].parameters["size"], "1024");
    }

    #[test]
    fn a_long_name_with_many_points_is_not_multiplied() {
        let point = r#"{"report": "1", "metric": {"value": 1}}"#;
        let name = format!("\"{}\"", "x".repeat(1 << 20));
        let text = NORMAL.replacen("\"decode\"", &name, 1);
        let (start, rest) = text.split_once("\"metrics\": [").expect("points");
        let many = format!("{start}\"metrics\": [{}{rest}", format!("{point},").repeat(300));
        assert_eq!(defect_place(&many).0, Class::TooLarge);
    }

    #[test]
    fn defects_are_located() {
        let first = "results[0].metrics[0]";
        for (from, to, class, pointer) in [
            ("\"value\": 37174.0", "\"value\": \"x\"", Class::WrongType, format!("{first}.metric.value")),
            ("\"value\": 37174.0", "\"value\": -1", Class::Negative, format!("{first}.metric.value")),
            ("\"value\": 37174.0", "\"other\": 1", Class::MissingField, format!("{first}.metric")),
            ("2026-01-30T10:00:00Z", "yesterday", Class::WrongType, format!("{first}.start_time")),
            (
                "\"units\": \"nanoseconds",
                "\"unit\": \"nanoseconds",
                Class::MissingField,
                "results[0].measure".to_owned(),
            ),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place), (class, Some(pointer)), "{to}");
        }
    }
}
