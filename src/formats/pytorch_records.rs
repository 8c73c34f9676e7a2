//! PyTorch's benchmark records, schema v3: one metric a record.
//!
//! For: what PyTorch, vLLM, torchao, ExecuTorch and others upload to PyTorch's benchmark database. Not for: targets. The
//! shape is that of `clickhouse_db_schema/oss_ci_benchmark_v3/schema.sql` in pytorch/test-infra.
//! Invariant: the schema has no units: one that stands in the metric's name is used, no other is assumed.

use std::collections::BTreeMap;

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional_text};
use super::output::Output;
use super::reading::{Reading, Runs, slug};
use crate::model::{HardwareDraft, Machine, ResultDraft, RunDraft};

/// Units at the end of a metric's name.
const UNITS: &[(&str, &str)] = &[
    ("_ns", "ns"),
    ("_us", "us"),
    ("_ms", "ms"),
    ("_seconds", "s"),
    ("_mb", "MB"),
    ("_gb", "GB"),
    ("_bytes", "bytes"),
    ("token_per_sec", "tokens/s"),
    ("tokens_per_sec", "tokens/s"),
    ("tokens_per_second", "tokens/s"),
];

/// What tells results apart in the command line that vLLM keeps whole, with its paths and seeds.
const ARGUMENTS: &[&str] = &[
    "input_len",
    "output_len",
    "random_input_len",
    "random_output_len",
    "dataset_name",
    "num_prompts",
    "request_rate",
    "burstiness",
    "max_concurrency",
    "quantization",
    "tensor_parallel_size",
    "pipeline_parallel_size",
];

/// Records in a list or lines; the first has a benchmark and the values of a metric.
pub(super) fn matches(json: &Json) -> bool {
    let record = json.first().unwrap_or(json);
    record.get("benchmark").is_some()
        && record.get("metric").is_some_and(|metric| metric.get("benchmark_values").is_some())
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let records: Vec<_> = if matches!(json, Json::List(_)) { root.items()?.collect() } else { vec![root] };
    let mut runs = Runs::default();
    for record in &records {
        let draft = draft(record)?;
        let ResultDraft { model, hardware, test_case, batch_size, precision, parameters, .. } = &draft;
        let key = format!("{:?}", (model, hardware, test_case, batch_size, precision, parameters));
        match reading(record)? {
            Some(reading) => {
                runs.pool(run(record)?).add_metrics(key, draft, vec![reading], |defect| record.place(defect))?;
            }
            None => output.omit(record.pointer(), "a standard deviation"),
        }
    }
    runs.finish(output)
}

/// A text that is stated: the database fills gaps with empty ones.
fn stated(node: &Node<'_>, name: &str) -> Result<Option<String>, Malformed> {
    Ok(optional_text(node, name)?.filter(|text| !text.is_empty()))
}

/// Whether a count is stated: the database fills gaps with zero.
fn is_stated(count: &Node<'_>) -> bool {
    count.scalar().is_some_and(|count| count != "0")
}

fn run(record: &Node<'_>) -> Result<RunDraft, Malformed> {
    let mut run = RunDraft {
        key: record.maybe("workflow_id")?.filter(is_stated).and_then(|id| id.scalar()),
        attempt: record.maybe("run_attempt")?.filter(is_stated).map(|attempt| attempt.size()).transpose()?,
        commit: stated(record, "head_sha")?,
        branch: stated(record, "head_branch")?,
        started_at: record.maybe("timestamp")?.filter(is_stated).map(|time| time.time_or_epoch()).transpose()?,
        ..RunDraft::default()
    };
    if let Some(dependencies) = record.maybe("dependencies")? {
        for (name, dependency) in dependencies.entries()? {
            let version = stated(&dependency, "version")?.or(stated(&dependency, "sha")?);
            run.environment.extend(version.map(|version| (name.to_owned(), version)));
        }
    }
    Ok(run)
}

fn draft(record: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let mut draft = ResultDraft::completed(Vec::new());
    let benchmark = record.field("benchmark")?;
    draft.test_case = Some(benchmark.field("name")?.text()?.to_owned());
    draft.precision = stated(&benchmark, "dtype")?;
    if let Some(extra) = benchmark.maybe("extra_info")? {
        draft.parameters = extra.scalars()?;
        draft.parameters.retain(|_, value| !value.is_empty());
        if let Some(arguments) = extra.maybe("args")? {
            let mut arguments = arguments.scalars()?;
            draft.batch_size =
                arguments.remove("batch_size").and_then(|size| size.parse().ok()).filter(|size| *size > 0);
            draft.precision = draft.precision.or_else(|| arguments.remove("dtype"));
            arguments.retain(|name, _| ARGUMENTS.contains(&name.as_str()));
            draft.parameters.extend(arguments);
        }
    }
    draft.hardware = hardware(record, &mut draft.parameters)?;
    draft.parameters.extend(stated(&benchmark, "mode")?.map(|mode| ("mode".to_owned(), mode)));
    if let Some(model) = record.maybe("model")? {
        draft.model = stated(&model, "name")?;
        for (name, field) in [("backend", "backend"), ("model_type", "type")] {
            draft.parameters.extend(stated(&model, field)?.map(|value| (name.to_owned(), value)));
        }
    }
    Ok(draft)
}

/// `device` and `arch` of the benchmark, and the first runner; a distributed benchmark has several alike.
fn hardware(record: &Node<'_>, parameters: &mut BTreeMap<String, String>) -> Result<HardwareDraft, Malformed> {
    let mut machine = Machine::default();
    let runner =
        record.maybe("runners")?.map(|runners| Ok::<_, Malformed>(runners.items()?.next())).transpose()?.flatten();
    if let Some(runner) = runner {
        machine.cpu_model = stated(&runner, "cpu_info")?;
        machine.gpu = stated(&runner, "gpu_info")?;
        machine.cpu_cores = runner.maybe("cpu_count")?.filter(is_stated).map(|cores| cores.size()).transpose()?;
    }
    Ok(HardwareDraft { kind: parameters.remove("device"), device: parameters.remove("arch"), machine })
}

/// The metric of a record; a standard deviation is none, and follows from the values.
fn reading(record: &Node<'_>) -> Result<Option<Reading>, Malformed> {
    let metric = record.field("metric")?;
    let name = metric.field("name")?.text()?;
    if name.starts_with("std_") || name.ends_with("_std") {
        return Ok(None);
    }
    let values = metric.field("benchmark_values")?;
    let (name, stated) = match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        Some((name, unit)) => (slug(name), Some(unit)),
        None => (slug(name), None),
    };
    let known = UNITS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, unit)| *unit);
    // A metric that is known by name elsewhere need not be in that unit here: vLLM writes `latency` in seconds.
    let unit = stated.or(known).unwrap_or(&name).to_owned();
    let reading = match values.numbers()?[..] {
        [value] => Reading::value(name, value, unit),
        ref samples => Reading::samples(name, None, samples.to_vec(), unit),
    };
    reading.measure().map_err(|defect| values.place(defect))?;
    Ok(Some(reading))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Direction;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/pytorch-records/normal.json");
    const VLLM: &str = include_str!("../../tests/fixtures/formats/pytorch-records/vllm.json");
    const MANY: &str = include_str!("../../tests/fixtures/formats/pytorch-records/many.jsonl");

    #[test]
    fn records_of_one_configuration_are_one_result() {
        let Collected { runs, results, .. } = collect(Format::PytorchRecords, NORMAL);
        assert_eq!((runs.len(), runs[0].environment["transformers"].as_str()), (1, "4.57.1"));
        assert_eq!(runs[0].environment["triton"], "0123abc");
        assert_eq!(results.len(), 3);
        assert_eq!(
            (results[0].model.as_deref(), results[0].test_case.as_deref()),
            (Some("example-7b"), Some("gpt_fast"))
        );
        assert_eq!(results[0].hardware.kind.as_deref(), Some("cuda"));
        assert_eq!(results[0].hardware.device.as_deref(), Some("NVIDIA A100-SXM4-40GB"));
        assert_eq!(results[0].precision.as_deref(), Some("bfloat16"));
        let parameters: Vec<_> = results[0].parameters.keys().map(String::as_str).collect();
        assert_eq!(parameters, ["backend", "compile", "mode", "model_type"]);
        assert_value(&results[0], "tokens_per_second", 95.0, "tokens/s");
        assert_eq!(measured(&results[0], "tokens_per_second").samples().len(), 3);
        assert_value(&results[0], "memory_bandwidth", 1_350_500.0, "MB/s");
        assert_eq!(measured(&results[1], "compile_time_instruction_count").better(), None);
    }

    #[test]
    fn a_unit_that_is_not_stated_is_not_assumed() {
        let result = collect(Format::PytorchRecords, NORMAL).results.pop().expect("result");
        assert_value(&result, "latency", 0.41, "latency");
        assert_eq!(measured(&result, "latency").better(), Some(Direction::LowerIsBetter));
        assert_eq!((result.batch_size, result.precision.as_deref()), (Some(8), Some("auto")));
        assert_eq!(result.parameters.keys().collect::<Vec<_>>(), ["input_len"]);
    }

    #[test]
    fn records_of_several_workflows_are_several_runs() {
        let Collected { runs, results, .. } = collect(Format::PytorchRecords, MANY);
        assert_eq!((runs.len(), results.len()), (2, 3));
        assert_eq!((runs[1].key.as_deref(), runs[1].attempt), (Some("102"), Some(2)));
        assert_eq!((runs[0].commit.as_deref().map(str::len), runs[0].branch.as_deref()), (Some(40), Some("main")));
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2026-01-30T10:00:00Z"));
        assert_eq!(results[0].hardware.machine.gpu.as_deref(), Some("NVIDIA L4"));
        assert_eq!(results[0].hardware.machine.cpu_cores, Some(8));
        assert_value(&results[1], "mean_ttft_ms", 28.5, "ms");
    }

    #[test]
    fn what_vllm_writes_is_one_result_without_its_paths_and_seeds() {
        let results = collect(Format::PytorchRecords, VLLM).results;
        assert_eq!((results.len(), results[0].model.as_deref()), (1, Some("example/tiny-llm")));
        let metrics: Vec<_> = results[0].measurements.iter().map(|measurement| measurement.metric()).collect();
        assert_eq!(metrics, ["mean_ttft_ms", "median_ttft_ms", "p99_ttft_ms"]);
        let parameters: Vec<_> = results[0].parameters.keys().map(String::as_str).collect();
        let expected = [
            "burstiness",
            "dataset_name",
            "num_prompts",
            "random_input_len",
            "random_output_len",
            "request_rate",
            "use_compile",
        ];
        assert_eq!(parameters, expected);
    }

    #[test]
    fn defects_are_located() {
        let values = Some("[0].metric.benchmark_values");
        for (from, to, class, pointer) in [
            ("[94.5, 95.5, 95.0]", "[94.5, \"fast\"]", Class::WrongType, Some("[0].metric.benchmark_values[1]")),
            ("[94.5, 95.5, 95.0]", "[94.5, -1]", Class::Negative, values),
            ("[94.5, 95.5, 95.0]", "[0, 95.5]", Class::Zero, values),
            ("[94.5, 95.5, 95.0]", "[]", Class::Empty, values),
            ("[94.5, 95.5, 95.0]", "[NaN]", Class::NotFinite, None),
            ("memory_bandwidth(GB/s)", "tokens_per_second", Class::Duplicate, Some("[1]")),
            ("\"name\": \"gpt_fast\", ", "", Class::MissingField, Some("[0].benchmark")),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
        let late = MANY.replace("1769767200", "9999999999999999");
        let expected = (Class::WrongType, None, None, Some("[0].timestamp".to_owned()));
        assert_eq!(defect_place(&late), expected);
    }
}
