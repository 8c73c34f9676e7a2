//! A realistic demo history, made by a seeded generator and marked simulated.
//!
//! For: trying benchgate before having results, and for tests. Not for: production; every result says that it is
//! simulated, and sample data never enters a history that holds anything else.
//! Invariant: the same generator gives the same numbers on every machine; the committed candidates under
//! `examples/sample/` are what it makes for the day after the history ends.

use std::collections::BTreeMap;

use jiff::{Span, Timestamp};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

use crate::model::{HardwareDraft, Machine, Measurement, ResultDraft, RunDraft, Simulation};

/// Days of history, one run a day.
pub const RUNS: u32 = 60;

/// The mark of every sample result.
pub const REASON: &str = "sample data made by `benchgate init --sample-data`";

/// Model, batch size, precision, milliseconds a batch on the CPU, peak memory in MB.
const MODELS: [(&str, &str, u32, &str, f64, f64); 6] = [
    ("bert-base-uncased", "embedding", 8, "fp32", 96.0, 1412.0),
    ("distilbert-base-uncased", "embedding", 8, "fp32", 51.0, 903.0),
    ("t5-small", "text_generation", 4, "fp32", 188.0, 1105.0),
    ("google/vit-base-patch16-224", "image_classification", 8, "fp16", 142.0, 1568.0),
    ("openai/whisper-tiny", "audio_transcription", 1, "fp16", 236.0, 742.0),
    ("openai/clip-vit-base-patch32", "image_text_matching", 4, "fp16", 83.0, 1290.0),
];

/// Type, device, speed relative to the CPU, run-to-run noise of latency as a relative standard deviation.
const HARDWARE: [(&str, &str, f64, f64); 4] = [
    ("cpu", "AMD EPYC 7763", 1.0, 0.016),
    ("cuda", "NVIDIA A10G", 14.0, 0.008),
    ("rocm", "AMD Instinct MI210", 11.0, 0.010),
    ("openvino", "Intel Xeon 8375C", 2.6, 0.013),
];

/// Samples of latency a result, and their relative standard deviation within a run.
const SAMPLES: u32 = 5;
const WITHIN: f64 = 0.01;

/// The share of a run's noise that all its series have in common.
const COMMON: f64 = 0.003;

/// Something that happened to the sample project: from this run on, latency of these series is multiplied.
struct Event {
    from: u32,
    model: Option<&'static str>,
    hardware: &'static str,
    factor: f64,
}

/// The history's events: a driver update that made everything on CUDA faster at once, an optimisation, and a
/// regression that nobody stopped.
const EVENTS: [Event; 3] = [
    Event { from: 24, model: None, hardware: "cuda", factor: 0.93 },
    Event { from: 33, model: Some("google/vit-base-patch16-224"), hardware: "rocm", factor: 0.88 },
    Event { from: 38, model: Some("t5-small"), hardware: "openvino", factor: 1.15 },
];

/// The regression of the sample candidate `regressed.json`.
const INJECTED: Event = Event { from: RUNS, model: Some("openai/whisper-tiny"), hardware: "cuda", factor: 1.18 };

/// The run of one day, from 0; days from [`RUNS`] on are candidates.
#[must_use]
pub fn run(day: u32, is_regressed: bool) -> (RunDraft, Vec<ResultDraft>) {
    // NOTE: the seed is arbitrary; it is the day, so that a run does not depend on the runs before it.
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(day) + 1000);
    let mut normal = move || -> f64 { StandardNormal.sample(&mut random) };
    let common = COMMON * normal();
    let mut results = Vec::new();
    for (kind, device, speed, noise) in HARDWARE {
        for (model, case, batch, precision, base, memory) in MODELS {
            let injected = is_regressed.then_some(&INJECTED);
            let factor: f64 = EVENTS
                .iter()
                .chain(injected)
                .filter(|event| event.hardware == kind && event.model.is_none_or(|name| name == model))
                .filter(|event| day >= event.from)
                .map(|event| event.factor)
                .product();
            let latency = base / speed * factor * (common + noise * normal()).exp();
            let samples: Vec<f64> = (0..SAMPLES).map(|_| rounded(latency * (WITHIN * normal()).exp())).collect();
            let mean = samples.iter().sum::<f64>() / f64::from(SAMPLES);
            let throughput = rounded(f64::from(batch) * 1000.0 / mean * (0.002 * normal()).exp());
            let memory = rounded(memory * (0.001 * normal()).exp());
            let measurements = vec![
                measurement("latency", None, samples, "ms"),
                measurement("throughput", Some(throughput), Vec::new(), "items/s"),
                measurement("memory_peak", Some(memory), Vec::new(), "MB"),
            ];
            results.push(ResultDraft {
                model: Some(model.to_owned()),
                hardware: HardwareDraft {
                    kind: Some(kind.to_owned()),
                    device: Some(device.to_owned()),
                    machine: Machine::default(),
                },
                test_case: Some(case.to_owned()),
                batch_size: Some(batch),
                precision: Some(precision.to_owned()),
                simulation: Simulation::Simulated(REASON.to_owned()),
                iterations: Some(u64::from(SAMPLES)),
                ..ResultDraft::completed(measurements)
            });
        }
    }
    (run_draft(day, is_regressed), results)
}

fn run_draft(day: u32, is_regressed: bool) -> RunDraft {
    let first: Timestamp = "2026-01-05T03:00:00Z".parse().expect("internal error: a constant time");
    let started_at = first.checked_add(Span::new().hours(24 * i64::from(day))).expect("internal error: days are few");
    let key = if day < RUNS { format!("nightly-{day}") } else { "candidate".to_owned() };
    let commit = blake3::hash(format!("sample {day} {is_regressed}").as_bytes()).to_hex()[..40].to_owned();
    let driver = if day < EVENTS[0].from { "550.54.15" } else { "560.35.03" };
    RunDraft {
        key: Some(key),
        attempt: Some(1),
        suite: Some("sample".to_owned()),
        commit: Some(commit),
        branch: Some(if day < RUNS { "main" } else { "candidate" }.to_owned()),
        started_at: Some(started_at),
        trigger: (day < RUNS).then(|| "schedule".to_owned()),
        environment: BTreeMap::from([("cuda_driver".to_owned(), driver.to_owned())]),
        is_without_origin: false,
    }
}

/// Four significant decimals, as a tool prints them.
fn rounded(value: f64) -> f64 {
    let scale = 10_f64.powf((3.0 - value.abs().log10()).ceil());
    (value * scale).round() / scale
}

fn measurement(metric: &str, value: Option<f64>, samples: Vec<f64>, unit: &str) -> Measurement {
    Measurement::new(metric, value, samples, Some(unit), None).expect("internal error: sample numbers are positive")
}
