//! The old system's suite results: `benchmarks.<family>.<model>.<hardware>.benchmark_results.<configuration>`.
//!
//! For: every configuration, with its samples, and the machine. Not for: what the suite derives from them:
//! `performance_summary` averages over different configurations, `real_time_factor` is the throughput times the
//! seconds of audio, so that larger is better in spite of its name; nor `model_load_time`, stated once for all.
//! Invariant: times are in seconds. A configuration that ran into the suite's time limit is a completed one with fewer
//! iterations: `timeout` says how the measuring ended and is kept nowhere, since it would split the series.

use super::error::{Class, Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::Reading;
use crate::model::hardware::canonical_kind;
use crate::model::{HardwareDraft, Machine, Measurement, ResultDraft, RunDraft, Simulation, Status};

/// The suite's gigabytes are 2^30 bytes; those of a machine's description are 10^9.
const GB_PER_GIB: f64 = 1.073_741_824;

/// Benchmarks by family, and a description of the system.
pub(super) fn matches(json: &Json) -> bool {
    matches!(json.get("benchmarks"), Some(Json::Object(_))) && json.get("system_info").is_some()
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let system = System::read(&root)?;
    output.run(run(&root)?)?;
    for (family, models) in root.field("benchmarks")?.entries()? {
        for (model, platforms) in models.entries()? {
            for (hardware, entry) in platforms.entries()? {
                let common = common(&entry, [family, model, hardware], &system)?;
                read_entry(&entry, &common, output)?;
            }
        }
    }
    Ok(())
}

/// Passes on a model's configurations on a hardware, or the one failure that kept all of them from running.
fn read_entry(entry: &Node<'_>, common: &ResultDraft, output: &mut Output<'_>) -> Result<(), ReadError> {
    let failure = failure(entry)?;
    let mut is_empty = true;
    if let Some(configurations) = entry.maybe("benchmark_results")? {
        for (name, node) in configurations.entries()? {
            is_empty = false;
            output.result(draft(common, failure.as_deref(), name, &node)?, |defect| node.place(defect))?;
        }
    } else if failure.is_none() {
        return Err(entry.defect(Class::MissingField, "missing field `benchmark_results`").into());
    }
    if let Some(reason) = failure.filter(|_| is_empty) {
        output
            .result(ResultDraft { status: Status::Failed(reason), ..common.clone() }, |defect| entry.place(defect))?;
    }
    Ok(())
}

fn run(root: &Node<'_>) -> Result<RunDraft, Malformed> {
    let started_at = optional(root, "timestamp", Node::time)?;
    let mut run = RunDraft { started_at, is_without_commit: true, ..RunDraft::default() };
    let system = root.field("system_info")?;
    // The host's name is left out: it names somebody's machine and says nothing about its speed.
    for (name, field) in
        [("os", "platform"), ("python", "python_version"), ("cuda", "cuda_version"), ("openvino", "openvino_version")]
    {
        run.environment.extend(optional_text(&system, field)?.map(|value| (name.to_owned(), value)));
    }
    Ok(run)
}

/// What the file says of the machine and of itself; each type of hardware takes from it what concerns it.
struct System {
    machine: Machine,
    gpus: Vec<String>,
    openvino_devices: Vec<String>,
    simulation: Simulation,
}

impl System {
    fn read(root: &Node<'_>) -> Result<Self, Malformed> {
        let system = root.field("system_info")?;
        let mut gpus = Vec::new();
        if let Some(devices) = system.maybe("cuda_devices")? {
            for device in devices.items()? {
                gpus.extend(optional_text(&device, "name")?);
            }
        }
        let mut openvino_devices = Vec::new();
        if let Some(details) = root.maybe("hardware_details")?
            && let Some(devices) = details.maybe("openvino_device_info")?
        {
            for (_, name) in devices.entries()? {
                openvino_devices.push(name.text()?.to_owned());
            }
        }
        let memory = optional(&system, "total_memory_gb", Node::positive)?;
        let machine = Machine {
            cpu_model: None,
            cpu_cores: optional(&system, "cpu_count_logical", Node::size)?,
            // Printing rounds without a cast that could truncate.
            memory_gb: memory.and_then(|memory| format!("{:.0}", memory * GB_PER_GIB).parse().ok()),
            gpu: None,
        };
        Ok(Self { machine, gpus, openvino_devices, simulation: root.simulation()? })
    }

    /// A GPU belongs to the results that ran on it only: on the CPU it makes no difference.
    fn hardware(&self, kind: &str) -> HardwareDraft {
        let mut hardware = HardwareDraft { kind: Some(kind.to_owned()), device: None, machine: self.machine.clone() };
        match canonical_kind(kind).as_str() {
            "cuda" => {
                hardware.device = only(&self.gpus);
                hardware.machine.gpu = Some(self.gpus.join(", ")).filter(|gpu| !gpu.is_empty());
            }
            "openvino" => hardware.device = only(&self.openvino_devices),
            _ => {}
        }
        hardware
    }
}

/// The device, if there is just one; which of several was used the suite does not say.
fn only(devices: &[String]) -> Option<String> {
    match devices {
        [device] => Some(device.clone()),
        _ => None,
    }
}

/// What all configurations of a model on a hardware share; the entry's own words count before its keys.
fn common(entry: &Node<'_>, keys: [&str; 3], system: &System) -> Result<ResultDraft, Malformed> {
    let [family, model, hardware] = keys;
    let mut draft = ResultDraft::completed(Vec::new());
    draft.model = Some(optional_text(entry, "model_name")?.unwrap_or_else(|| model.to_owned()));
    draft.hardware = system.hardware(&optional_text(entry, "hardware")?.unwrap_or_else(|| hardware.to_owned()));
    draft.test_case = Some(family.to_owned());
    draft.measured_at = optional(entry, "timestamp", Node::time)?;
    draft.simulation = entry.simulation_within(&system.simulation)?;
    Ok(draft)
}

/// One configuration; what failed as a whole has no completed part.
fn draft(common: &ResultDraft, failed: Option<&str>, name: &str, node: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let mut draft = common.clone();
    configuration(&mut draft, name).ok_or_else(|| {
        let message = "expected a configuration such as `batch_8_seq_128`, `batch_1_img_224x224` or `batch_1_audio_5s`";
        node.defect(Class::WrongType, message)
    })?;
    draft.simulation = node.simulation_within(&common.simulation)?;
    if let Some(reason) = failure(node)?.or_else(|| failed.map(str::to_owned)) {
        draft.status = Status::Failed(reason);
        return Ok(draft);
    }
    draft.measurements = measurements(node)?;
    draft.iterations = optional(node, "iterations", Node::size)?.map(u64::from);
    draft.total_time_seconds = optional(node, "total_time", Node::positive)?;
    Ok(draft)
}

/// Why an entry or a configuration failed, if it did.
fn failure(node: &Node<'_>) -> Result<Option<String>, Malformed> {
    let status = node.field("status")?;
    match status.text()? {
        "completed" => Ok(None),
        "failed" | "error" => {
            Ok(Some(optional_text(node, "error")?.unwrap_or_else(|| "the suite gives no reason".to_owned())))
        }
        _ => Err(status.defect(Class::WrongType, "expected `completed`, `failed` or `error`")),
    }
}

fn measurements(node: &Node<'_>) -> Result<Vec<Measurement>, Malformed> {
    let samples = optional(node, "latencies", Node::positives)?.unwrap_or_default();
    let readings = [
        Reading::samples("latency", Some(node.field("avg_latency")?.positive()?), samples, "s"),
        Reading::value("throughput", node.field("throughput")?.positive()?, "items/s"),
    ];
    readings.iter().map(|reading| reading.measure().map_err(|defect| node.place(defect))).collect()
}

/// Reads `batch_<items>`, alone or with `_seq_<tokens>`, `_img_<width>x<height>` or `_audio_<seconds>s`.
fn configuration(draft: &mut ResultDraft, name: &str) -> Option<()> {
    let rest = name.strip_prefix("batch_")?;
    let (batch, input) = rest.split_once('_').map_or((rest, None), |(batch, input)| (batch, Some(input)));
    draft.batch_size = Some(size(batch)?);
    let Some((kind, value)) = input.map(|input| input.split_once('_').unwrap_or((input, ""))) else {
        return Some(());
    };
    let (parameter, value) = match kind {
        "seq" => ("sequence_length", size(value)?.to_string()),
        "img" => {
            let (width, height) = value.split_once('x')?;
            ("image_size", format!("{}x{}", size(width)?, size(height)?))
        }
        "audio" => ("audio_seconds", size(value.strip_suffix('s')?)?.to_string()),
        _ => return None,
    };
    draft.parameters.insert(parameter.to_owned(), value);
    Some(())
}

/// A size in a configuration's name: digits that are not zero.
fn size(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|size| is_number && *size > 0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured, skipped};
    use super::super::{Class, Format};
    use crate::model::{ResultDraft, Status};

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/suite-raw/normal.json");
    const MANY: &str = include_str!("../../tests/fixtures/formats/suite-raw/many.json");
    const FAILED: &str = include_str!("../../tests/fixtures/formats/suite-raw/failed.json");

    #[test]
    fn configurations_are_results_with_samples_in_milliseconds() {
        let Collected { runs, results } = collect(Format::SuiteRaw, NORMAL);
        assert!(runs[0].is_without_commit);
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2025-06-01T10:20:30Z"));
        assert_eq!(results.len(), 6);
        let first = &results[0];
        assert_eq!(first.model.as_deref(), Some("org/encoder-small"));
        assert_eq!(first.test_case.as_deref(), Some("embedding"));
        assert_eq!(first.measured_at.map(|time| time.to_string()).as_deref(), Some("2025-06-01T10:20:31.25Z"));
        assert_value(first, "latency", 55.0, "ms");
        assert_value(first, "throughput", 145.0, "items/s");
        assert_eq!(measured(first, "latency").samples().len(), 4);
        assert_eq!((first.iterations, first.total_time_seconds), (Some(4), Some(0.22)));
    }

    #[test]
    fn a_configurations_name_gives_batch_size_and_parameter() {
        let results = collect(Format::SuiteRaw, NORMAL).results;
        let named = |result: &ResultDraft| {
            let parameter = result.parameters.iter().next().map(|(name, value)| format!("{name}={value}"));
            (result.batch_size, parameter)
        };
        let expected = [
            (8, Some("sequence_length=128")),
            (8, Some("sequence_length=128")),
            (1, Some("sequence_length=32")),
            (2, Some("image_size=224x160")),
            (1, Some("audio_seconds=5")),
            (4, None),
        ];
        let expected = expected.map(|(batch, parameter)| (Some(batch), parameter.map(str::to_owned)));
        assert_eq!(results.iter().map(named).collect::<Vec<_>>(), expected);
        let pointer = "benchmarks.multimodal.pairs.cpu.benchmark_results";
        for name in ["batch_0", "batch_99999999999", "batch_+4", "batch_4_seq", "batch_4_seq_0", "batch_4_img_8", "4"] {
            let (class, _, _, place) = defect_place(&NORMAL.replacen("batch_4", name, 1));
            assert_eq!((class, place), (Class::WrongType, Some(format!("{pointer}.{name}"))));
        }
    }

    #[test]
    fn machine_and_environment_are_taken_without_the_hosts_name() {
        let Collected { runs, results } = collect(Format::SuiteRaw, NORMAL);
        let names: Vec<_> = runs[0].environment.keys().map(String::as_str).collect();
        assert_eq!(names, ["cuda", "openvino", "os", "python"]);
        let [cpu, cuda, openvino, ..] = &results[..] else { panic!("three results") };
        let machine = &cpu.hardware.machine;
        assert_eq!((machine.cpu_cores, machine.memory_gb, machine.gpu.as_deref()), (Some(8), Some(34), None));
        assert_eq!(cpu.hardware.device, None);
        assert_eq!(cuda.hardware.device.as_deref(), Some("Example GPU 100"));
        assert_eq!(cuda.hardware.machine.gpu.as_deref(), Some("Example GPU 100"));
        assert_eq!(openvino.hardware.device.as_deref(), Some("Example CPU 9000"));
    }

    #[test]
    fn a_timeout_keeps_its_iterations_and_is_no_part_of_the_identity() {
        let results = collect(Format::SuiteRaw, NORMAL).results;
        let audio = &results[4];
        assert_eq!((audio.iterations, audio.parameters.len(), audio.measurements.len()), (Some(2), 1, 2));
        assert_eq!(audio.status, Status::Completed);
    }

    #[test]
    fn a_mark_of_simulation_holds_for_all_that_lies_within() {
        let marked = |from: &str| {
            assert!(NORMAL.contains(from), "{from}");
            let text = NORMAL.replacen(from, &format!("\"simulated\": true, {from}"), 1);
            let results = collect(Format::SuiteRaw, &text).results;
            results.iter().filter(|result| result.simulation.is_simulated()).count()
        };
        assert_eq!(marked("\"system_info\""), 6, "the file");
        assert_eq!(marked("\"model_name\""), 1, "an entry");
        assert_eq!(marked("\"latencies\""), 1, "a configuration");
        assert_eq!(marked("\"platform\""), 0, "nothing that is a result");
    }

    #[test]
    fn many_results_are_all_read() {
        let results = collect(Format::SuiteRaw, MANY).results;
        assert_eq!(results.len(), 36);
        assert!(results.iter().all(|result| measured(result, "latency").samples().len() == 3));
    }

    #[test]
    fn failures_of_a_configuration_and_of_a_whole_entry_are_kept_with_their_reason() {
        let results = collect(Format::SuiteRaw, FAILED).results;
        let failed = |reason: &str| Status::Failed(reason.to_owned());
        let expected = [
            ("part", Some(1), Status::Completed),
            ("part", Some(1), failed("Input creation failed: the tokenizer has no padding token")),
            ("part", Some(8), failed("the suite gives no reason")),
            ("whole", None, failed("out of memory while loading")),
            ("whole", None, failed("no such device")),
        ];
        let found: Vec<_> = results
            .iter()
            .map(|result| (result.model.as_deref().unwrap_or_default(), result.batch_size, result.status.clone()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn defects_are_located() {
        let pointer = "benchmarks.embedding.org/encoder-small.cpu";
        let configuration = format!("{pointer}.benchmark_results.batch_8_seq_128");
        let all = |field: &str| Some(format!("{configuration}{field}"));
        let entry = |field: &str| Some(format!("{pointer}{field}"));
        for (from, to, class, place) in [
            ("\"throughput\": 145.0", "\"throughput\": 0", Class::Zero, all(".throughput")),
            ("\"throughput\": 145.0", "\"throughput\": -1", Class::Negative, all(".throughput")),
            ("\"throughput\": 145.0", "\"throughput\": NaN", Class::NotFinite, None),
            ("\"throughput\": 145.0", "\"throughput\": true", Class::WrongType, all(".throughput")),
            ("\"throughput\": 145.0", "\"speed\": 145.0", Class::MissingField, all("")),
            ("\"avg_latency\": 0.055", "\"avg_latency\": null", Class::MissingField, all("")),
            ("\"avg_latency\": 0.055", "\"avg_latency\": 0.0", Class::Zero, all(".avg_latency")),
            ("0.05,", "\"fast\",", Class::WrongType, all(".latencies[0]")),
            ("0.05,", "0,", Class::Zero, all(".latencies[0]")),
            ("\"iterations\": 4", "\"iterations\": 0", Class::Zero, all(".iterations")),
            ("\"total_time\": 0.22", "\"total_time\": -0.22", Class::Negative, all(".total_time")),
            ("\"model_name\": \"org/encoder-small\"", "\"model_name\": 5", Class::WrongType, entry(".model_name")),
            ("\"status\": \"completed\"", "\"status\": \"started\"", Class::WrongType, entry(".status")),
            ("\"status\": \"completed\"", "\"state\": \"completed\"", Class::MissingField, entry("")),
            ("\"benchmark_results\"", "\"benchmarks\"", Class::MissingField, entry("")),
            ("T10:20:31", "T99:20:31", Class::WrongType, entry(".timestamp")),
            ("20250601_102030", "noon", Class::WrongType, Some("timestamp".to_owned())),
            ("31.25", "0", Class::Zero, Some("system_info.total_memory_gb".to_owned())),
            ("\"cpu_count_logical\": 8", "\"cpu_count_logical\": -8", Class::Negative, {
                Some("system_info.cpu_count_logical".to_owned())
            }),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, found_place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, found_place), (class, place), "{to}");
        }
        let cut = NORMAL.rfind("\": ").expect("a field") + 3;
        let (class, line, _, _) = defect_place(&NORMAL[..cut]);
        assert_eq!((class, line), (Class::Truncated, Some(263)));
    }

    #[test]
    fn a_suite_without_benchmarks_is_skipped() {
        assert_eq!(skipped("{\"benchmarks\": {}, \"system_info\": {}}"), "a suite-raw file without results");
    }
}
