//! What a judgement costs, as a ratio against reading the same numbers once.
//!
//!     scripts/with-duckdb cargo bench --no-default-features --bench judgement
//!
//! The alternative is the cheapest rule there is: mean and standard deviation of each series' logarithms. Everything is
//! in memory and on one core. `benches/README.md` holds figures.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails by panicking and reports by printing")]
#![expect(clippy::disallowed_methods, reason = "a bench times")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use benchgate::gate::judge;
use benchgate::gate::policy::DefaultPolicy;
use benchgate::model::{
    BenchmarkResult, CandidateRun, Configuration, Hardware, History, HistoryRun, Machine, Measurement, Point, RunId,
    SeriesHistory, SeriesKey, SeriesMeta, Simulation, Status, Unit,
};
use jiff::Timestamp;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

const SERIES: usize = 1000;
const RUNS: usize = 100;
const REPEATS: usize = 9;

fn main() {
    let (candidate, history) = suite();
    let ours = median((0..REPEATS).map(|_| {
        let start = Instant::now();
        let judgement = judge(black_box(&candidate), black_box(&history), &DefaultPolicy::default());
        assert_eq!(judgement.counts.compared, SERIES);
        start.elapsed().as_secs_f64()
    }));
    let theirs = median((0..REPEATS).map(|_| {
        let start = Instant::now();
        black_box(black_box(&history).series.iter().map(z_score).sum::<f64>());
        start.elapsed().as_secs_f64()
    }));
    println!("judgement of {SERIES} series against {RUNS} runs each, one core");
    println!("  benchgate                         {:>8.1} ms   (under 100 is wanted)", ours * 1e3);
    println!("  mean and standard deviation       {:>8.1} ms", theirs * 1e3);
    println!("  time against that                 {:>8.1}", ours / theirs);
}

fn z_score(series: &SeriesHistory) -> f64 {
    let logs: Vec<f64> = series.points.iter().map(|point| point.value.ln()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (logs.len() - 1) as f64;
    mean / variance.sqrt()
}

/// A suite on one machine that is slow now and then, with a shift of level in every tenth series.
fn suite() -> (CandidateRun, History) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let runner: Vec<f64> = (0..=RUNS).map(|_| 0.01 * normal()).collect();
    let mut candidate = CandidateRun::default();
    let runs = (1_i64..).take(RUNS).map(run).collect();
    let mut history = History { runs, ..History::default() };
    for number in 0..SERIES {
        let configuration = configuration(number);
        let mut value = |run: usize| {
            let shift = if number % 10 == 0 && run > 60 { 0.1 } else { 0.0 };
            (3.0 + shift + runner[run] + 0.01 * normal()).exp()
        };
        let points = (0..RUNS).map(|run| Point { run, value: value(run), samples: 5, within_sd: Some(0.01) }).collect();
        let key = SeriesKey { configuration: configuration.clone(), metric: "latency".to_owned() };
        let meta = SeriesMeta { key, unit: Unit::canonical("ms").0, better: None };
        let measurement = Measurement::new("latency", None, vec![value(RUNS); 5], Some("ms"), None).unwrap();
        let meta = SeriesMeta { better: measurement.better(), ..meta };
        history.series.push(SeriesHistory { meta, points, epochs: Vec::new() });
        candidate.results.push(BenchmarkResult {
            configuration,
            status: Status::Completed,
            simulation: Simulation::Real,
            measured_at: None,
            iterations: None,
            warmup_iterations: None,
            total_time_seconds: None,
            suspicion: None,
            measurements: vec![measurement],
        });
    }
    (candidate, history)
}

fn configuration(number: usize) -> Configuration {
    Configuration {
        model: format!("organisation/model-{}", number % 20),
        hardware: Hardware {
            kind: "cuda".to_owned(),
            device: Some("NVIDIA A10G".to_owned()),
            machine: Machine::default(),
        },
        test_case: Some(format!("case-{number}")),
        batch_size: Some(8),
        precision: Some("fp16".to_owned()),
        parameters: BTreeMap::new(),
        is_simulated: false,
    }
}

fn run(day: i64) -> HistoryRun {
    HistoryRun {
        id: RunId(day.unsigned_abs()),
        started_at: Timestamp::from_second(day * 86_400).unwrap(),
        commit: Some(format!("{day:040x}")),
        branch: Some("main".to_owned()),
        artifact_hash: None,
    }
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
