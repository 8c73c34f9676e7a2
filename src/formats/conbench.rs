//! Results in the shape in which they are posted to Conbench.
//!
//! For: what `benchadapt` and its adapters make of a benchmark. Not for: telemetry and validation. The shape is
//! `BenchmarkResult` of Conbench's `benchadapt/python/benchadapt/result.py`.
//! Invariant: tags and context tell results apart, as they do in Conbench; an iteration without a number fails the result.

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Reading, Runs, metric_of_unit};
use super::text::to_u64;
use crate::model::{Machine, ResultDraft, RunDraft};

/// A result, or several in a list or lines.
pub(super) fn matches(json: &Json) -> bool {
    let result = json.first().unwrap_or(json);
    ["batch_id", "tags", "context"].iter().all(|mark| result.get(mark).is_some())
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let results: Vec<_> = if matches!(json, Json::List(_)) { root.items()?.collect() } else { vec![root] };
    let mut runs = Runs::default();
    for result in &results {
        let (draft, readings) = draft(result)?;
        // A benchmark that measures two things is two results in Conbench, and one here.
        let key = format!("{:?} {:?} {:?}", draft.test_case, draft.hardware.machine, draft.parameters);
        runs.pool(run(result)?).add(key, draft, readings, |defect| result.place(defect))?;
    }
    runs.finish(output)
}

fn run(result: &Node<'_>) -> Result<RunDraft, Malformed> {
    let mut run = RunDraft {
        key: optional_text(result, "run_id")?,
        started_at: optional(result, "timestamp", Node::time)?,
        trigger: optional_text(result, "run_reason")?,
        ..RunDraft::default()
    };
    if let Some(github) = result.maybe("github")? {
        run.commit = optional_text(&github, "commit")?;
        // `organisation:branch`, kept whole: the `main` of a fork is another branch.
        run.branch = optional_text(&github, "branch")?;
    }
    if let Some(info) = result.maybe("info")? {
        run.environment = info.scalars()?;
    }
    Ok(run)
}

fn draft(result: &Node<'_>) -> Result<(ResultDraft, Vec<Reading>), Malformed> {
    let mut readings = Vec::new();
    let mut draft = match failure(result)? {
        Some(reason) => ResultDraft::failed(&reason),
        None => {
            let stats = result.field("stats")?;
            let unit = stats.field("unit")?.text()?;
            let data = stats.field("data")?;
            let samples = data.numbers()?;
            let iterations = Some(to_u64(samples.len()));
            let reading = match samples[..] {
                [value] => Reading::value(metric_of_unit(unit), value, unit),
                _ => Reading::samples(metric_of_unit(unit), None, samples, unit),
            };
            reading.measure().map_err(|defect| data.place(defect))?;
            readings.push(reading);
            ResultDraft { iterations, ..ResultDraft::completed(Vec::new()) }
        }
    };
    let tags = result.field("tags")?;
    draft.test_case = Some(tags.field("name")?.text()?.to_owned());
    draft.parameters = result.field("context")?.scalars()?;
    draft.parameters.extend(tags.scalars()?);
    draft.parameters.remove("name");
    draft.measured_at = optional(result, "timestamp", Node::time)?;
    if let Some(info) = result.maybe("machine_info")? {
        draft.hardware.machine = machine(&info)?;
    }
    Ok((draft, readings))
}

/// Why there is no measurement: an error, or an iteration without a number.
fn failure(result: &Node<'_>) -> Result<Option<String>, Malformed> {
    if let Some(error) = result.maybe("error")? {
        let message = error.scalar().or_else(|| error.scalars().ok()?.into_values().next());
        return Ok(Some(message.unwrap_or_else(|| "an error without a message".to_owned())));
    }
    let data = result.field("stats")?.field("data")?;
    let is_incomplete = data.items()?.any(|value| value.is_null());
    Ok(is_incomplete.then(|| "an iteration has no number".to_owned()))
}

/// The machine, whose numbers are texts here; what is not known is "0" or empty.
fn machine(info: &Node<'_>) -> Result<Machine, Malformed> {
    let number = |name| {
        Ok::<_, Malformed>(
            optional_text(info, name)?.and_then(|text| text.parse::<f64>().ok()).filter(|number| *number > 0.0),
        )
    };
    // A whole number prints without a fraction, which avoids a cast that could truncate.
    let whole = |number: f64| format!("{number:.0}").parse().ok();
    let gpus =
        info.maybe("gpu_product_names")?.map(|gpus| gpus.items()?.map(|gpu| gpu.text()).collect::<Result<Vec<_>, _>>());
    Ok(Machine {
        cpu_model: optional_text(info, "cpu_model_name")?.filter(|model| !model.is_empty()),
        cpu_cores: number("cpu_thread_count")?.and_then(whole),
        memory_gb: number("memory_bytes")?.and_then(|bytes| whole(bytes / 1e9)),
        gpu: gpus.transpose()?.filter(|gpus| !gpus.is_empty()).map(|gpus| gpus.join(",")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Status;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/conbench/normal.json");
    const ONE: &str = include_str!("../../tests/fixtures/formats/conbench/one.json");

    #[test]
    fn tags_and_context_are_parameters_and_data_samples() {
        let Collected { runs, results, .. } = collect(Format::Conbench, NORMAL);
        assert_eq!(
            (runs.len(), runs[0].key.as_deref(), runs[0].branch.as_deref()),
            (1, Some("run-1"), Some("org:main"))
        );
        assert_eq!(
            (runs[0].commit.as_deref().map(str::len), runs[0].environment["compiler_version"].as_str()),
            (Some(40), "13.2")
        );
        assert_eq!(results.len(), 4);
        assert_eq!(results[0].test_case.as_deref(), Some("decode"));
        let parameters: Vec<_> =
            results[0].parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(parameters, [("benchmark_language", "C++"), ("size", "1024"), ("suite", "codec")]);
        assert_eq!(measured(&results[0], "latency").samples().len(), 3);
        assert_value(&results[0], "latency", 12.8, "ms");
        assert_value(&results[1], "bandwidth", 1550.0, "MB/s");
        assert_value(&results[2], "throughput", 2.5e6, "items/s");
        let machine = &results[0].hardware.machine;
        assert_eq!(
            (machine.cpu_model.as_deref(), machine.cpu_cores, machine.memory_gb),
            (Some("AMD EPYC"), Some(2), Some(25))
        );
        assert_eq!(collect(Format::Conbench, ONE).results[0].measurements, results[0].measurements);
    }

    #[test]
    fn errors_and_iterations_without_a_number_are_failures() {
        let results = collect(Format::Conbench, NORMAL).results;
        assert_eq!(results[3].status, Status::Failed("ValueError: broken on purpose".to_owned()));
        let result = collect(Format::Conbench, &ONE.replace("0.013,", "null,")).results.pop().expect("result");
        assert_eq!(result.status, Status::Failed("an iteration has no number".to_owned()));
    }

    #[test]
    fn defects_are_located() {
        for (from, to, class, pointer) in [
            ("0.0125", "\"fast\"", Class::WrongType, "stats.data[0]"),
            ("0.0125", "-1", Class::Negative, "stats.data"),
            ("0.0125", "0", Class::Zero, "stats.data"),
            ("\"unit\": \"s\",", "", Class::MissingField, "stats"),
            ("\"name\": \"decode\",", "", Class::MissingField, "tags"),
            ("2026-11-24T", "some day ", Class::WrongType, "timestamp"),
        ] {
            assert!(ONE.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&ONE.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, Some(pointer)), "{to}");
        }
    }
}
