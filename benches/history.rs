//! What the history costs, as ratios against a stated alternative: importing, comparing, and bytes on disk.
//!
//!     scripts/with-duckdb cargo bench --no-default-features
//!
//! The alternatives are DuckDB's own load of the same rows from Parquet into the same tables and of the same files as
//! JSON, the bare SQL that fetches the rows a comparison needs, and the JSON that the results came from.
//! `benches/README.md` holds figures.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails by panicking and reports by printing")]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a bench times, and asks DuckDB directly")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use duckdb::Connection;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

/// Repetitions of each timed pair; the median ratio is reported.
const REPEATS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    import_small_files(folder.path());
    bytes_on_disk(folder.path());
    import(folder.path());
    compare(folder.path());
}

/// Import of 100,000 native results, against DuckDB loading the same rows from Parquet.
fn import(folder: &Path) {
    let results = write_runs(&folder.join("import"), 60, 1667, 3);
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    let parquet = folder.join("parquet");
    for repeat in 0..REPEATS {
        let path = folder.join(format!("import-{repeat}.duckdb"));
        ours.push(time(|| run(&["ingest", "--quiet", "--db", text(&path), text(&folder.join("import"))])));
        if repeat == 0 {
            let connection = Connection::open(&path).unwrap();
            connection.execute_batch(&format!("EXPORT DATABASE '{}' (FORMAT parquet)", parquet.display())).unwrap();
        }
        let target = folder.join(format!("parquet-{repeat}.duckdb"));
        run(&["init", "--quiet", "--db", text(&target)]);
        theirs.push(time(|| load_parquet(&target, &parquet)));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("import of {results} results ({} measurements)", results * 3);
    println!("  benchgate ingest, 60 JSON files   {:>8.0} ms", ours * 1e3);
    println!("  DuckDB, the same rows as Parquet  {:>8.0} ms", theirs * 1e3);
    println!("  rate against DuckDB               {:>8.2}   (at least 0.33 is wanted)", theirs / ours);

    // One file ten times as large must not take more memory.
    for (name, count) in [("100k", 100_000), ("1M", 1_000_000)] {
        let path = folder.join(format!("{name}.jsonl"));
        write_lines(&path, count);
        let peak =
            peak_memory(&["ingest", "--quiet", "--db", text(&folder.join(format!("{name}.duckdb"))), text(&path)]);
        let size = std::fs::metadata(&path).unwrap().len() / 1_000_000;
        println!("  one file of {name} results ({size} MB)    {peak:>8} MB peak memory");
        std::fs::remove_file(path).unwrap();
    }
}

/// Import of many small files, each a transaction of its own, against DuckDB reading all of them at once as JSON.
fn import_small_files(folder: &Path) {
    let runs = folder.join("small");
    let files = 2000;
    let results = write_runs(&runs, files, 5, 3);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for repeat in 0..REPEATS {
        let path = folder.join(format!("small-{repeat}.duckdb"));
        ours.push(time(|| run(&["ingest", "--quiet", "--db", text(&path), text(&runs)])));
        let target = folder.join(format!("small-json-{repeat}.duckdb"));
        theirs.push(time(|| load_json(&target, &runs)));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("import of {files} files of 5 results");
    println!("  benchgate ingest                  {:>8.0} ms ({:.0} files/s)", ours * 1e3, files as f64 / ours);
    println!("  DuckDB, read_json and one insert  {:>8.0} ms", theirs * 1e3);
    println!("  rate against DuckDB               {:>8.2}", theirs / ours);
    println!("  {:.0} results/s", results as f64 / ours);
}

fn load_json(database: &Path, folder: &Path) {
    let connection = Connection::open(database).unwrap();
    let statement = format!(
        "CREATE TABLE loaded AS
         SELECT run.id AS run, hardware, unnest(results) AS result FROM read_json('{}/*.json')",
        folder.display()
    );
    connection.execute_batch(&statement).unwrap();
    connection.close().unwrap();
}

fn load_parquet(database: &Path, parquet: &Path) {
    let connection = Connection::open(database).unwrap();
    let mut statements = "BEGIN TRANSACTION;".to_owned();
    for table in ["models", "hardware_platforms", "imports", "configurations", "results", "measurements"] {
        let file = parquet.join(format!("{table}.parquet"));
        write!(statements, "INSERT INTO {table} SELECT * FROM read_parquet('{}');", file.display()).unwrap();
    }
    connection.execute_batch(&format!("{statements} COMMIT;")).unwrap();
    connection.close().unwrap();
}

/// `compare` of 500 series against 1,000,000 measurements, against the SQL that fetches the rows it needs.
fn compare(folder: &Path) {
    let runs = folder.join("compare");
    write_runs(&runs, 200, 1667, 3);
    let database = folder.join("compare.duckdb");
    run(&["ingest", "--quiet", "--db", text(&database), text(&runs)]);
    let candidate = folder.join("candidate.json");
    std::fs::write(&candidate, native_run(200, 167, 3)).unwrap();
    let output = folder.join("report.txt");
    let arguments = ["compare", "--partial", "--db", text(&database), "--output", text(&output), text(&candidate)];
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..REPEATS {
        ours.push(time(|| run_any(&arguments)));
        theirs.push(time(|| fetch_needed_rows(&database)));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("compare of 501 series against 1,000,200 measurements");
    println!("  benchgate compare, whole process  {:>8.0} ms", ours * 1e3);
    println!("  bare SQL for the needed rows      {:>8.0} ms", theirs * 1e3);
    println!("  time against the bare SQL         {:>8.2}   (under 3 is wanted)", ours / theirs);
    println!("  peak memory                       {:>8} MB (under 300 is wanted)", peak_memory(&arguments));
}

/// The newest 100 values of 501 series with their samples' medians and spreads, as a user would write it.
fn fetch_needed_rows(database: &Path) {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT f.configuration_id, f.metric, t.started_at, f.value, f.unit, f.samples
             FROM measurements f JOIN test_runs t USING (run_id) JOIN configurations c USING (configuration_id)
             JOIN models m USING (model_id)
             WHERE c.test_case IN (SELECT 'case-' || range FROM range(167))
             QUALIFY row_number() OVER (PARTITION BY f.configuration_id, f.metric ORDER BY t.started_at DESC) <= 100
             ORDER BY 1, 2, 3",
        )
        .unwrap();
    let rows: usize = statement.query_arrow([]).unwrap().map(|batch| batch.num_rows()).sum();
    assert_eq!(rows, 501 * 100);
}

/// Bytes of the database against bytes of the JSON, 60 runs in the native schema.
fn bytes_on_disk(folder: &Path) {
    println!("bytes of the database against bytes of the JSON it came from (at most 0.20 is wanted)");
    for results in [24, 167, 1667] {
        let runs = folder.join(format!("size-{results}"));
        write_runs(&runs, 60, results, 3);
        let database = folder.join(format!("size-{results}.duckdb"));
        run(&["ingest", "--quiet", "--db", text(&database), text(&runs)]);
        let json: u64 = std::fs::read_dir(&runs).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
        let stored = std::fs::metadata(&database).unwrap().len();
        println!(
            "  60 runs x {results:>4} results             {:>8.3}   ({} kB of {} kB)",
            stored as f64 / json as f64,
            stored / 1000,
            json / 1000
        );
    }
}

fn write_runs(folder: &Path, runs: usize, results: usize, samples: usize) -> usize {
    std::fs::create_dir_all(folder).unwrap();
    for run in 0..runs {
        std::fs::write(folder.join(format!("run-{run:03}.json")), native_run(run, results, samples)).unwrap();
    }
    runs * results
}

/// One run in the native schema, printed as tools print it: indented, four significant decimals.
fn native_run(run: usize, results: usize, samples: usize) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(run as u64);
    let mut list = String::new();
    for result in 0..results {
        if result > 0 {
            list.push_str(",\n");
        }
        write_result(&mut list, result, samples, &mut random, "\n      ");
    }
    format!("{},\n  \"results\": [\n{list}\n  ]\n}}\n", header(run))
}

fn header(run: usize) -> String {
    let (year, month, day) = (2026 + run / 336, 1 + run / 28 % 12, 1 + run % 28);
    format!(
        "{{\n  \"schema\": \"benchgate/results/v1\",\n  \"run\": {{\n    \"id\": \"nightly-{run}\",\n    \
         \"commit\": \"{run:040x}\",\n    \"branch\": \"main\",\n    \
         \"started_at\": \"{year}-{month:02}-{day:02}T03:00:00Z\"\n  }},\n  \
         \"hardware\": {{ \"type\": \"cuda\", \"device\": \"NVIDIA A10G\" }}"
    )
}

fn write_result(list: &mut String, result: usize, samples: usize, random: &mut ChaCha8Rng, line: &str) {
    let base = 5.0 + (result % 97) as f64;
    let mut noisy = |centre: f64| {
        let normal: f64 = StandardNormal.sample(random);
        format!("{:.4}", centre * (0.01 * normal).exp())
    };
    let latencies: Vec<String> = (0..samples).map(|_| noisy(base)).collect();
    let (latency, throughput, memory) = (noisy(base), noisy(8000.0 / base), noisy(900.0));
    write!(
        list,
        "    {{{line}\"model\": \"organisation/model-{}\",{line}\"test_case\": \"case-{result}\",{line}\"batch_size\": 8,\
         {line}\"precision\": \"fp16\",{line}\"metrics\": {{{line}  \"latency\": {{ \"value\": {latency}, \"unit\": \
         \"ms\", \"samples\": [{}] }},{line}  \"throughput\": {{ \"value\": {throughput}, \"unit\": \"items/s\" }},\
         {line}  \"memory_peak\": {{ \"value\": {memory}, \"unit\": \"MB\" }}{line}}}\n    }}",
        result % 20,
        latencies.join(", ")
    )
    .unwrap();
}

/// One run of many results as JSON Lines.
fn write_lines(path: &Path, results: usize) {
    use std::io::Write as _;
    let mut random = ChaCha8Rng::seed_from_u64(random_seed(results));
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(file, "{}}}", header(0).replace('\n', "")).unwrap();
    let mut line = String::new();
    for result in 0..results {
        line.clear();
        write_result(&mut line, result, 3, &mut random, "");
        writeln!(file, "{}", line.replace('\n', "")).unwrap();
    }
    file.flush().unwrap();
}

fn random_seed(results: usize) -> u64 {
    ChaCha8Rng::seed_from_u64(results as u64).random()
}

fn benchgate() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_benchgate"))
}

fn run(arguments: &[&str]) {
    let status = Command::new(benchgate()).args(arguments).stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{arguments:?}: {status}");
}

/// A comparison's exit code is its verdict, which is not what is measured.
fn run_any(arguments: &[&str]) {
    let status =
        Command::new(benchgate()).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(matches!(status.code(), Some(0 | 3 | 10 | 11 | 12)), "{arguments:?}: {status}");
}

/// Peak resident memory of a command in MB, from the kernel's high-water mark; 0 where there is no /proc.
fn peak_memory(arguments: &[&str]) -> u64 {
    let mut child = Command::new(benchgate()).args(arguments).stdout(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
        let kilobytes: u64 = mark.trim().trim_end_matches(" kB").parse().unwrap_or(0);
        peak = peak.max(kilobytes / 1000);
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

fn time(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
