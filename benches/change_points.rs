//! What the search for change points costs, as a ratio against Apache Otava on the same series.
//!
//!     scripts/with-duckdb cargo bench --no-default-features --bench change_points -- FILE...
//!
//! The files are those of `examples/evaluate`: one series a line. The newest 2,000 values of each are searched, in memory.
//! Otava runs in a process of its own, on the same numbers, by the Python that `OTAVA_PYTHON` names (`pip install
//! apache-otava`); both are timed around their computation only, the best of three. `benches/README.md` holds figures.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails by panicking and reports by printing")]
#![expect(clippy::disallowed_methods, reason = "a bench times, and is told where Otava is")]

#[path = "../examples/evaluate/series.rs"]
#[expect(dead_code, unused_imports, reason = "the evaluator needs more of it, and its tests run there")]
mod series;

use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use benchgate::gate::change_points;

/// Newest values that are searched, as [`change_points`] has it.
const NEWEST: usize = 2000;

/// Smallest change, as a difference of logarithms: 2 %.
const SMALLEST: f64 = 0.0198;

const REPEATS: usize = 3;

fn main() {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).filter(|file| file != "--bench").map(PathBuf::from).collect();
    assert!(!files.is_empty(), "name files of series: `-- FILE...`");
    let otava = std::env::var_os("OTAVA_PYTHON");
    if otava.is_none() {
        println!("OTAVA_PYTHON is not set: nothing to compare with");
    }
    let cores = thread::available_parallelism().unwrap().get();
    println!("{:24} {:>8} {:>10} {:>12} {:>12} {:>12}", "", "series", "values", "one core", "all cores", "Otava");
    for file in files {
        let series = positions(&file);
        let values: usize = series.iter().map(Vec::len).sum();
        let (one, found) = best(|| search(&series));
        let (all, found_by_all) = best(|| {
            let parts = series.chunks(series.len().div_ceil(cores));
            thread::scope(|scope| {
                let threads: Vec<_> = parts.map(|part| scope.spawn(move || search(part))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).sum()
            })
        });
        assert_eq!(found, found_by_all);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        print!("{name:24} {:>8} {values:>10} {:>9.1} ms {:>9.1} ms ", series.len(), one * 1e3, all * 1e3);
        match &otava {
            Some(python) => {
                let (theirs, their_found) = otava_times(Path::new(python), &series);
                println!("{:>9.1} ms  {:.1} and {:.1} times as long", theirs * 1e3, theirs / one, theirs / all);
                println!("{:24} {found} changes, {their_found} of Otava", "");
            }
            None => println!("{:>12}  {found} changes", "-"),
        }
    }
}

/// Logarithms of the series of a file that have any.
fn positions(file: &Path) -> Vec<Vec<f64>> {
    let newest = |values: Vec<f64>| values[values.len().saturating_sub(NEWEST)..].to_vec();
    series::read(file).unwrap().iter().filter_map(|one| one.positions().map(newest)).collect()
}

fn search(series: &[Vec<f64>]) -> usize {
    series.iter().map(|values| change_points(black_box(values), SMALLEST).len()).sum()
}

/// Seconds of the fastest of a few calls, and what it answers.
fn best(work: impl Fn() -> usize) -> (f64, usize) {
    let timed = || {
        let start = Instant::now();
        let found = work();
        (start.elapsed().as_secs_f64(), found)
    };
    (0..REPEATS).map(|_| timed()).min_by(|first, second| first.0.total_cmp(&second.0)).unwrap()
}

/// The same of Otava, over the values themselves, or their reciprocals where higher is better.
fn otava_times(python: &Path, series: &[Vec<f64>]) -> (f64, usize) {
    let mut process = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/otava-times.py"))
        .arg(REPEATS.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    for values in series {
        let values: Vec<f64> = values.iter().map(|position| position.exp()).collect();
        serde_json::to_writer(&input, &values).unwrap();
        input.write_all(b"\n").unwrap();
    }
    drop(input);
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "Otava failed");
    serde_json::from_slice(&output.stdout).unwrap()
}
