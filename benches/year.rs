//! A year of a large project with a rotation every week: bytes on disk, and how long `compare` takes then.
//!
//!     scripts/with-duckdb cargo bench --no-default-features --bench year
//!
//! 300 runs a month of 500 series, three samples of each second one; the alternative is the same year without rotation.
//! `benches/README.md` holds figures.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails by panicking and reports by printing")]
#![expect(clippy::disallowed_methods, reason = "a bench times")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use benchgate::cli::args::Cli;
use benchgate::cli::entry;
use benchgate::cli::surroundings::{Console, Surroundings};
use clap::Parser as _;
use jiff::{Timestamp, ToSpan as _};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

const WEEKS: i64 = 52;
/// 300 a month are 69 a week.
const RUNS_A_WEEK: i64 = 69;
/// With two metrics each: 500 series.
const RESULTS: usize = 250;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let start: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
    let rotated = folder.path().join("rotated.duckdb");
    let (mut slowest, mut largest) = (0.0_f64, 0);
    for week in 0..WEEKS {
        let runs = folder.path().join(format!("runs/{week}"));
        std::fs::create_dir_all(&runs).unwrap();
        for number in 0..RUNS_A_WEEK {
            let made = start + (week * 7 * 24 * 60 + number * 7 * 24 * 60 / RUNS_A_WEEK).minutes();
            let run = week * RUNS_A_WEEK + number;
            std::fs::write(runs.join(format!("{number:02}.json")), native(run, made)).unwrap();
        }
        let now = start + (168 * (week + 1)).hours();
        at(now, &["ingest", text(&runs), "--quiet", "--db", text(&rotated)]);
        let begin = Instant::now();
        rotate(now, &rotated, folder.path());
        slowest = slowest.max(begin.elapsed().as_secs_f64());
        largest = largest.max(size(&rotated));
    }
    let end = start + (168 * WEEKS).hours();
    let whole = folder.path().join("whole.duckdb");
    let runs = folder.path().join("runs");
    at(end, &["ingest", text(&runs), "--quiet", "--db", text(&whole)]);
    let candidate = folder.path().join("candidate.json");
    std::fs::write(&candidate, native(WEEKS * RUNS_A_WEEK, end)).unwrap();
    println!("a year of {} runs of {} series, rotated every week", WEEKS * RUNS_A_WEEK, RESULTS * 2);
    for (name, database) in [("rotated", &rotated), ("whole", &whole)] {
        let mut times: Vec<f64> = (0..5)
            .map(|_| {
                let begin = Instant::now();
                at(end, &["compare", text(&candidate), "--db", text(database)]);
                begin.elapsed().as_secs_f64()
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("  {name:<8} {:>8.1} MB, compare {:.2} s", size(database) as f64 / 1e6, times[2]);
    }
    println!("  largest during the year {:>8.1} MB (under 100 is wanted)", largest as f64 / 1e6);
    println!("  slowest rotation        {slowest:>8.2} s");
    at(end, &["maintain", "compact", "--db", text(&rotated)]);
    println!("  compacted               {:>8.1} MB", size(&rotated) as f64 / 1e6);
    println!("  archives                {:>8.1} MB", folder_size(&folder.path().join("archive")) as f64 / 1e6);
    println!("  snapshot                {:>8.1} kB", size(&folder.path().join("baselines/snapshot.json")) as f64 / 1e3);
    let begin = Instant::now();
    rotate(end, &whole, &folder.path().join("at-once"));
    println!("  the whole year at once  {:>8.2} s", begin.elapsed().as_secs_f64());
}

fn rotate(now: Timestamp, database: &Path, folder: &Path) {
    let (archive, snapshots) = (folder.join("archive"), folder.join("baselines"));
    let folders = ["--archive", text(&archive), "--snapshots", text(&snapshots)];
    at(now, &[&["baseline", "rotate", "--yes", "--actor", "bench", "--db", text(database)][..], &folders].concat());
}

/// Runs a command at a time, in this process.
fn at(now: Timestamp, arguments: &[&str]) {
    let cli = Cli::try_parse_from([&["benchgate"], arguments].concat()).unwrap();
    let (width, has_colour, has_progress) = (None, false, false);
    let surroundings = Surroundings { now, environment: BTreeMap::new(), width, has_colour, has_progress };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    entry::run(&cli, &surroundings, &mut Console { out: &mut out, err: &mut err }).unwrap();
}

/// A run in the native schema.
fn native(run: i64, made: Timestamp) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(run.unsigned_abs());
    let mut noisy = |centre: f64| {
        let normal: f64 = StandardNormal.sample(&mut random);
        centre * (0.01 * normal).exp()
    };
    let mut list = String::new();
    for result in 0..RESULTS {
        let base = 5.0 + (result % 97) as f64;
        let samples = [noisy(base), noisy(base), noisy(base)].map(|sample| format!("{sample:.4}")).join(", ");
        write!(
            list,
            "{}{{\"model\": \"organisation/model-{}\", \"test_case\": \"case-{result}\", \"batch_size\": 8, \"metrics\": {{
               \"latency\": {{\"unit\": \"ms\", \"samples\": [{samples}]}},
               \"throughput\": {{\"value\": {:.3}, \"unit\": \"items/s\"}}}}}}",
            if result == 0 { "" } else { ",\n" },
            result % 20,
            noisy(8000.0 / base)
        )
        .unwrap();
    }
    format!(
        "{{\"schema\": \"benchgate/results/v1\",
          \"run\": {{\"id\": \"nightly-{run}\", \"commit\": \"{run:040x}\", \"branch\": \"main\", \"started_at\": \"{made}\"}},
          \"hardware\": {{\"type\": \"cuda\", \"device\": \"NVIDIA A10G\"}},
          \"results\": [{list}]}}"
    )
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

fn folder_size(path: &Path) -> u64 {
    let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|entry| if entry.is_dir() { folder_size(&entry) } else { size(&entry) }).sum()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
