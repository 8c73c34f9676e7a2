//! What the trend's page costs: its size and the time to make it.
//!
//!     scripts/with-duckdb cargo bench --no-default-features --bench pages [-- DIR]
//!
//! 2,000 series of 400 runs each, in memory and on one core; with DIR the page is left there, for
//! `node benches/page-timing.mjs DIR/trend.html` (Node 22), which asks Chromium how long it takes. `benches/README.md` holds figures.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails by panicking and reports by printing")]
#![expect(clippy::disallowed_methods, reason = "a bench times")]

use std::collections::BTreeMap;
use std::time::Instant;

use benchgate::gate::policy::DefaultPolicy;
use benchgate::gate::trend::trend;
use benchgate::model::{
    Configuration, Hardware, History, HistoryRun, Machine, Point, RunId, SeriesHistory, SeriesKey, SeriesMeta, Unit,
};
use benchgate::report::{TrendView, trend_html};
use jiff::Timestamp;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

const SERIES: u32 = 2000;
const RUNS: u32 = 400;

fn main() {
    let history = history();
    let start = Instant::now();
    let found = trend(history, &DefaultPolicy::default());
    let looked = start.elapsed().as_secs_f64();
    let view = TrendView { trend: found, since: None, baseline: "a bench".to_owned() };
    let start = Instant::now();
    let page = trend_html(&view);
    let written = start.elapsed().as_secs_f64();
    println!("{SERIES} series of {RUNS} runs");
    println!("  looking at every series   {looked:>8.2} s");
    println!("  writing the page          {written:>8.2} s (under 5 is wanted)");
    println!("  size of the page          {:>8.2} MB (under 15 is wanted)", page.len() as f64 / 1e6);
    println!(
        "  with a finding            {:>8}",
        view.trend.series.iter().filter(|one| !one.changes.is_empty()).count()
    );
    // Cargo passes flags of its own.
    if let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("trend.html"), page).unwrap();
    }
}

/// Noise of 1 %; each third series has a step somewhere.
fn history() -> History {
    let run = |index: u32| HistoryRun {
        id: RunId(u64::from(index)),
        started_at: Timestamp::from_second(1_735_689_600 + 71_234 * i64::from(index)).unwrap(),
        commit: Some(format!("{:040x}", u128::from(index) << 100)),
        branch: Some("main".to_owned()),
        artifact_hash: None,
    };
    History { runs: (0..RUNS).map(run).collect(), series: (0..SERIES).map(series).collect(), ..History::default() }
}

fn series(index: u32) -> SeriesHistory {
    let hardware =
        Hardware { kind: "cuda".to_owned(), device: Some("NVIDIA A100".to_owned()), machine: Machine::default() };
    let configuration = Configuration {
        model: format!("model-{}", index % 40),
        hardware,
        test_case: Some(format!("case-{}", index / 40)),
        batch_size: Some(8),
        precision: Some("fp16".to_owned()),
        parameters: BTreeMap::new(),
        is_simulated: false,
    };
    let key = SeriesKey { configuration, metric: "latency".to_owned() };
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(index));
    let centre = f64::from(3 + index % 97);
    let step = if index.is_multiple_of(3) { (index * 7919) % RUNS } else { RUNS };
    let point = |run: u32| {
        let noise: f64 = StandardNormal.sample(&mut random);
        let level = if run < step { centre } else { 1.08 * centre };
        Point { run: run as usize, value: level * (0.01 * noise).exp(), samples: 5, within_sd: Some(0.01) }
    };
    SeriesHistory {
        meta: SeriesMeta { key, unit: Unit::canonical("ms").0, better: None },
        points: (0..RUNS).map(point).collect(),
        epochs: Vec::new(),
    }
}
