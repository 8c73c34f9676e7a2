//! `optimum-benchmark`: `benchmark.json`, which holds configuration and report, and `benchmark_report.json`.
//!
//! For: latency, throughput, memory and energy of each target (`prefill`, `decode`, `forward`, ...). Not for: efficiency and
//! percentiles, which follow from them. The shape is that of `BenchmarkReport` in its `benchmark/report.py` and of the
//! trackers in `trackers/`.
//! Invariant: a target is a test case; what no tracker measured is absent.

use std::collections::BTreeMap;

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Reading, measure_all};
use super::text::to_u64;
use crate::model::{HardwareDraft, Machine, Measurement, ResultDraft, RunDraft};

/// The trackers of a target, which its report names even where they are off.
const TRACKERS: [&str; 4] = ["latency", "memory", "throughput", "energy"];

/// Memory: field, metric. What the process holds is the peak; what the device holds has names of its own.
const MEMORY: &[(&str, &str)] = &[
    ("max_ram", "memory_peak"),
    ("max_global_vram", "vram_global_peak"),
    ("max_process_vram", "vram_process_peak"),
    ("max_reserved", "vram_reserved_peak"),
    ("max_allocated", "vram_allocated_peak"),
];

/// Settings of the backend that are parameters; the backend's name is, too.
const SETTINGS: &[&str] = &[
    "task",
    "library",
    "attn_implementation",
    "cache_implementation",
    "quantization_scheme",
    "autocast_enabled",
    "autocast_dtype",
    "torch_compile",
    "device_map",
    "tp_plan",
    "no_weights",
];

/// Targets, at the top or in `report`.
pub(super) fn matches(json: &Json) -> bool {
    let Json::Object(targets) = json.get("report").unwrap_or(json) else { return false };
    let is_target = |target: &Json| TRACKERS.iter().all(|tracker| target.get(tracker).is_some());
    targets.first().is_some_and(|(_, target)| is_target(target))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let mut run = RunDraft::default();
    let mut common = ResultDraft::completed(Vec::new());
    let report = match root.maybe("report")? {
        Some(report) => {
            configure(&root.field("config")?, &mut run, &mut common)?;
            report
        }
        None => root,
    };
    output.run(run)?;
    for (name, target) in report.entries()? {
        let (measurements, iterations) = measurements(&target)?;
        // A target that no tracker followed: the first one is often there for the memory alone.
        if !measurements.is_empty() {
            let test_case = Some(name.to_owned());
            let draft = ResultDraft { test_case, measurements, iterations, ..common.clone() };
            output.result(draft, |defect| target.place(defect))?;
        }
    }
    Ok(())
}

/// What the configuration says of every target.
fn configure(config: &Node<'_>, run: &mut RunDraft, common: &mut ResultDraft) -> Result<(), Malformed> {
    let backend = config.field("backend")?;
    common.model = optional_text(&backend, "model")?;
    common.precision = optional_text(&backend, "torch_dtype")?;
    common.parameters = backend.scalars()?;
    common.parameters.retain(|name, _| SETTINGS.contains(&name.as_str()));
    common.parameters.extend(optional_text(&backend, "name")?.map(|name| ("backend".to_owned(), name)));
    let scenario = config.field("scenario")?;
    for field in ["generate_kwargs", "call_kwargs", "input_shapes"] {
        common.parameters.extend(scenario.maybe(field)?.map_or(Ok(BTreeMap::new()), |inputs| inputs.scalars())?);
    }
    if let Some(shapes) = scenario.maybe("input_shapes")? {
        common.batch_size = optional(&shapes, "batch_size", Node::size)?;
        common.parameters.remove("batch_size");
    }
    common.hardware = HardwareDraft { kind: optional_text(&backend, "device")?, ..HardwareDraft::default() };
    if let Some(environment) = config.maybe("environment")? {
        let versions = environment.scalars()?.into_iter().filter(|(name, _)| name.ends_with("_version"));
        run.environment.extend(versions);
        common.hardware.machine = machine(&environment)?;
    }
    Ok(())
}

fn machine(environment: &Node<'_>) -> Result<Machine, Malformed> {
    let gpus = environment.maybe("gpu")?.map(|gpus| gpus.items()?.map(|gpu| gpu.text()).collect::<Result<Vec<_>, _>>());
    // A whole number prints without a fraction, which avoids a cast that could truncate.
    let gigabytes = |megabytes: f64| format!("{:.0}", megabytes / 1e3).parse().ok();
    Ok(Machine {
        cpu_model: optional_text(environment, "cpu")?.map(|cpu| cpu.trim().to_owned()).filter(|cpu| !cpu.is_empty()),
        cpu_cores: optional(environment, "cpu_count", Node::size)?,
        memory_gb: optional(environment, "cpu_ram_mb", Node::number)?.and_then(gigabytes),
        gpu: gpus.transpose()?.filter(|gpus| !gpus.is_empty()).map(|gpus| gpus.join(",")),
    })
}

fn measurements(target: &Node<'_>) -> Result<(Vec<Measurement>, Option<u64>), Malformed> {
    let mut measurements = Vec::new();
    let mut iterations = None;
    if let Some(latency) = target.maybe("latency")? {
        let values = latency.field("values")?.numbers()?;
        iterations = Some(to_u64(values.len())).filter(|count| *count > 0);
        let unit = latency.field("unit")?.text()?;
        let mean = optional(&latency, "mean", Node::number)?;
        measurements.extend(measure_all(&[Reading::samples("latency", mean, values, unit)], &latency)?);
    }
    for (tracker, field, metric) in [("throughput", "value", "throughput"), ("energy", "total", "energy")]
        .into_iter()
        .chain(MEMORY.iter().map(|(field, metric)| ("memory", *field, *metric)))
    {
        let Some(tracker) = target.maybe(tracker)? else { continue };
        if let Some(value) = optional(&tracker, field, Node::number)? {
            let unit = tracker.field("unit")?.text()?;
            measurements.extend(measure_all(&[Reading::value(metric, value, unit)], &tracker)?);
        }
    }
    Ok((measurements, iterations))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Direction;

    const BENCHMARK: &str = include_str!("../../tests/fixtures/formats/optimum-benchmark/benchmark.json");
    const REPORT: &str = include_str!("../../tests/fixtures/formats/optimum-benchmark/benchmark_report.json");

    #[test]
    fn targets_are_test_cases_of_the_configuration() {
        let Collected { runs, results, .. } = collect(Format::OptimumBenchmark, BENCHMARK);
        assert_eq!(runs[0].environment["transformers_version"], "4.41.2");
        let cases: Vec<_> = results.iter().filter_map(|result| result.test_case.as_deref()).collect();
        assert_eq!(cases, ["load_model", "first_generate", "generate", "prefill", "decode", "per_token"]);
        let decode = &results[4];
        assert_eq!((decode.model.as_deref(), decode.batch_size), (Some("example/tiny-gpt2"), Some(2)));
        assert_eq!((decode.hardware.kind.as_deref(), decode.precision.as_deref()), (Some("cpu"), Some("float32")));
        assert_eq!(decode.hardware.machine.cpu_model.as_deref(), Some("AMD EPYC"));
        assert_eq!((decode.hardware.machine.cpu_cores, decode.hardware.machine.memory_gb), (Some(2), Some(25)));
        let parameters = ["backend", "max_new_tokens", "sequence_length"].map(|name| decode.parameters[name].as_str());
        assert_eq!(parameters, ["pytorch", "8", "16"]);
        assert_eq!(measured(decode, "latency").samples().len(), 3);
        assert_eq!(measured(decode, "throughput").unit().as_str(), "tokens/s");
        assert_eq!(measured(decode, "memory_peak").unit().as_str(), "MB");
        assert!(!decode.measurements.iter().any(|measurement| measurement.metric().starts_with("vram")));
    }

    #[test]
    fn a_report_alone_names_no_model() {
        let results = collect(Format::OptimumBenchmark, REPORT).results;
        assert_eq!((results.len(), results[0].model.as_deref()), (6, None));
        let energy = REPORT.replacen("\"energy\": null", "\"energy\": {\"unit\": \"kWh\", \"total\": 0.001}", 1);
        let result = &collect(Format::OptimumBenchmark, &energy).results[0];
        assert_value(result, "energy", 3600.0, "J");
        assert_eq!(measured(result, "energy").better(), Some(Direction::LowerIsBetter));
    }

    #[test]
    fn defects_are_located() {
        let mean = "\"mean\": 0.0051348389994624695";
        for (from, to, class, pointer) in [
            (mean, "\"mean\": \"fast\"", Class::WrongType, Some("generate.latency.mean")),
            (mean, "\"mean\": -1", Class::Negative, Some("generate.latency")),
            (mean, "\"mean\": 0", Class::Zero, Some("generate.latency")),
            (mean, "\"mean\": NaN", Class::NotFinite, None),
            ("\"max_ram\": 326", "\"max_ram\": -326", Class::Negative, Some("load_model.memory")),
            ("\"unit\": \"samples/s\",", "", Class::MissingField, Some("generate.throughput")),
            ("\"values\": [", "\"value\": [", Class::MissingField, Some("load_model.latency")),
        ] {
            assert!(REPORT.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&REPORT.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
    }
}
