//! `llama-bench -o json` and `-o jsonl`.
//!
//! For: tokens a second of prompt processing and text generation. Not for: the commit under test: `build_commit` is
//! that of llama.cpp, and is kept as a fact of the environment.
//! Invariant: results that differ in any setting are never pooled as repetitions of each other.

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Pool, Reading};
use super::text::to_u64;
use crate::model::{HardwareDraft, Machine, ResultDraft, RunDraft};

/// The settings that are parameters of a configuration.
const SETTINGS: &[&str] = &[
    "n_batch",
    "n_ubatch",
    "n_threads",
    "cpu_mask",
    "cpu_strict",
    "poll",
    "type_k",
    "type_v",
    "n_gpu_layers",
    "n_cpu_moe",
    "split_mode",
    "main_gpu",
    "no_kv_offload",
    "flash_attn",
    "devices",
    "tensor_split",
    "tensor_buft_overrides",
    "use_mmap",
    "use_direct_io",
    "embeddings",
    "no_op_offload",
    "no_host",
];

/// What differs between repetitions of the same test.
const MEASURED: &[&str] = &["test_time", "avg_ns", "stddev_ns", "avg_ts", "stddev_ts"];

/// A list whose first element has the build of llama.cpp and the length of the prompt.
pub(super) fn matches(json: &Json) -> bool {
    json.first().is_some_and(|first| first.get("build_commit").is_some() && first.get("n_prompt").is_some())
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let tests: Vec<_> = Node::root(json).items()?.collect();
    let mut run = RunDraft::default();
    let mut pool = Pool::default();
    for test in &tests {
        let time = optional(test, "test_time", Node::time)?;
        run.started_at = run.started_at.or(time);
        let build = (test.field("build_commit")?.text()?, test.maybe("build_number")?.and_then(|node| node.scalar()));
        let build = format!("{} {}", build.0, build.1.unwrap_or_default());
        run.environment.insert("llama_cpp".to_owned(), build.trim_end().to_owned());
        let mut settings = test.scalars()?;
        settings.retain(|name, _| !MEASURED.contains(&name.as_str()));
        pool.add(format!("{settings:?}"), draft(test)?, readings(test)?, |defect| test.place(defect))?;
    }
    output.run(run)?;
    pool.finish(output)
}

fn draft(test: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let mut draft = ResultDraft::completed(Vec::new());
    draft.model = Some(model(test)?);
    draft.hardware = hardware(test)?;
    draft.test_case = Some(test_case(test)?);
    draft.parameters = test.scalars()?;
    draft.parameters.retain(|name, _| SETTINGS.contains(&name.as_str()));
    draft.measured_at = optional(test, "test_time", Node::time)?;
    let samples = optional(test, "samples_ns", Node::numbers)?.unwrap_or_default();
    draft.iterations = Some(to_u64(samples.len())).filter(|count| *count > 0);
    Ok(draft)
}

/// The file's name without folder and ending: the type (`llama 7B Q4_0`) is shared by different models.
fn model(test: &Node<'_>) -> Result<String, Malformed> {
    let path = optional_text(test, "model_filename")?.unwrap_or_default();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    match name.strip_suffix(".gguf").unwrap_or(name) {
        "" => Ok(test.field("model_type")?.text()?.to_owned()),
        name => Ok(name.to_owned()),
    }
}

/// The first backend that computes on a device of its own, else the CPU.
fn hardware(test: &Node<'_>) -> Result<HardwareDraft, Malformed> {
    let cpu_model = optional_text(test, "cpu_info")?.filter(|name| !name.is_empty());
    let gpu = optional_text(test, "gpu_info")?.filter(|name| !name.is_empty());
    let backends = optional_text(test, "backends")?;
    let kind = backends.map(|backends| {
        let is_device = |name: &&str| !["cpu", "blas", "rpc", ""].contains(&name.to_lowercase().as_str());
        backends.split(',').map(str::trim).find(is_device).unwrap_or("cpu").to_lowercase()
    });
    let device = if kind.as_deref() == Some("cpu") { None } else { gpu.clone() };
    Ok(HardwareDraft { kind, device, machine: Machine { cpu_model, gpu, ..Machine::default() } })
}

/// As llama-bench prints it: `pp512`, `tg128`, `pp512+tg128`, `tg128 @ d4096`.
fn test_case(test: &Node<'_>) -> Result<String, Malformed> {
    let prompt = test.field("n_prompt")?.count()?;
    let generated = test.field("n_gen")?.count()?;
    let depth = optional(test, "n_depth", Node::count)?.unwrap_or(0);
    let name = match (prompt, generated) {
        (prompt, 0) => format!("pp{prompt}"),
        (0, generated) => format!("tg{generated}"),
        (prompt, generated) => format!("pp{prompt}+tg{generated}"),
    };
    Ok(if depth == 0 { name } else { format!("{name} @ d{depth}") })
}

fn readings(test: &Node<'_>) -> Result<Vec<Reading>, Malformed> {
    let mut readings = Vec::new();
    for (metric, value, samples, unit) in
        [("throughput", "avg_ts", "samples_ts", "tokens/s"), ("latency", "avg_ns", "samples_ns", "ns")]
    {
        let value = test.field(value)?.number()?;
        let samples = optional(test, samples, Node::numbers)?.unwrap_or_default();
        readings.push(Reading::samples(metric, Some(value), samples, unit));
    }
    Ok(readings)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/llama-bench/normal.json");
    const LINES: &str = include_str!("../../tests/fixtures/formats/llama-bench/lines.jsonl");

    #[test]
    fn tests_become_cases_and_settings_parameters() {
        let Collected { runs, results, .. } = collect(Format::LlamaBench, NORMAL);
        assert_eq!(runs[0].commit, None);
        assert_eq!(runs[0].environment["llama_cpp"], "0a1b2c3d 6001");
        assert_eq!(results.len(), 2);
        assert_eq!(results[0].model.as_deref(), Some("example-7b-Q4_K_M"));
        assert_eq!(results[0].hardware.kind.as_deref(), Some("cuda"));
        assert_eq!(results[0].hardware.device.as_deref(), Some("NVIDIA L4"));
        assert_eq!(results[0].test_case.as_deref(), Some("pp512"));
        assert_eq!(results[1].test_case.as_deref(), Some("tg128 @ d4096"));
        assert_eq!(results[0].parameters["n_gpu_layers"], "99");
        assert_value(&results[0], "throughput", 7100.5, "tokens/s");
        assert_value(&results[0], "latency", 72.1, "ms");
        assert_eq!(measured(&results[0], "throughput").samples().len(), 3);
    }

    #[test]
    fn repeated_lines_are_pooled() {
        let results = collect(Format::LlamaBench, LINES).results;
        assert_eq!(results.len(), 1);
        assert_eq!(results[0].hardware.kind.as_deref(), Some("cpu"));
        assert_eq!(measured(&results[0], "throughput").samples(), [30.0, 31.0, 29.0, 30.5]);
        assert_eq!(results[0].iterations, Some(4));
    }

    #[test]
    fn defects_are_located() {
        for (to, class, pointer) in [
            ("\"fast\"", Class::WrongType, Some("[0].avg_ts")),
            ("NaN", Class::NotFinite, None),
            ("-7100.5", Class::Negative, Some("[0]")),
            ("0", Class::Zero, Some("[0]")),
        ] {
            let (found, _, _, place) = defect_place(&NORMAL.replacen("7100.5", to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
        // A setting that is no parameter here must not make two configurations look like repetitions.
        let other = NORMAL.replace("\"n_prompt\": 0", "\"n_prompt\": 512").replace("\"n_gen\": 128", "\"n_gen\": 0");
        let other = other.replace("\"n_depth\": 4096", "\"n_depth\": 0, \"new_setting\": 1");
        assert_eq!(defect_place(&other).0, Class::Duplicate);
        let cut = &LINES[..LINES.trim_end().len() - 10];
        let (class, line, _, _) = defect_place(cut);
        assert_eq!((class, line), (Class::Truncated, Some(2)));
    }
}
