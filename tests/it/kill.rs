//! An import that is killed: the history is as before or holds whole files, and the next import completes it.
//!
//! For: SIGKILL at random points of `ingest`, over results and the old system's records. Not for: what DuckDB promises of a
//! file whose disk lies.
//! Invariant: the points are spread over the time that the import takes here, half of them over its end, when the
//! history is written; which state a point hits is not the test's business, that it is a whole one is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use benchgate::store::{Mode, QueryLimits, Store, StoreError};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::support::{FACTS, Place, native, repository};

const KILLS: usize = 50;

/// Kills that go on at the same time.
const AT_ONCE: usize = 2;

/// What is in a history, file by file: the rows of each kind, their number and a hash of them. Rows that belong to no
/// file stand under NULL.
const FILES: &str = "
    WITH named AS (SELECT * EXCLUDE (created_at) FROM models),
         machines AS (SELECT * EXCLUDE (created_at) FROM hardware_platforms),
         facts AS (
        SELECT source_id, 'import' AS kind, hash(i) AS of_row FROM (SELECT * EXCLUDE (imported_at) FROM imports) i
        UNION ALL SELECT source_id, 'result', hash(r) FROM results r
        UNION ALL SELECT source_id, 'measurement', hash(m) FROM measurements m
            LEFT JOIN results USING (run_id, configuration_id)
        UNION ALL SELECT source_id, 'suspicion', hash(s) FROM suspicions s
            LEFT JOIN results USING (run_id, configuration_id)
        UNION ALL SELECT source_id, 'compatibility', hash(c)
            FROM (SELECT * EXCLUDE (created_at) FROM hardware_compatibility) c
        UNION ALL SELECT source_id, 'test', hash(t) FROM (SELECT * EXCLUDE (created_at) FROM integration_test_results) t
        UNION ALL SELECT source_id, 'detection', hash(d) FROM (SELECT * EXCLUDE (created_at) FROM hardware_detections) d
        UNION ALL SELECT source_id, 'configuration', hash(c) FROM configurations c
            LEFT JOIN results USING (configuration_id)
        UNION ALL SELECT source_id, 'model', hash(m) FROM results
            JOIN configurations USING (configuration_id) LEFT JOIN named m USING (model_id)
        UNION ALL SELECT source_id, 'hardware', hash(h) FROM results
            JOIN configurations USING (configuration_id) LEFT JOIN machines h USING (hardware_id))
    SELECT file_name, kind, count(*), bit_xor(of_row)
    FROM facts LEFT JOIN (SELECT DISTINCT source_id, file_name FROM imports) USING (source_id)
    GROUP BY ALL ORDER BY ALL";

/// What people query, without the times of the import.
const VIEWS: [&str; 7] = [
    "FROM history",
    "SELECT * EXCLUDE (created_at) FROM performance_results",
    "FROM benchmark_compatibility",
    "SELECT * EXCLUDE (created_at) FROM integration_test_results",
    "SELECT * EXCLUDE (created_at) FROM hardware_detections",
    "SELECT * EXCLUDE (created_at) FROM hardware_compatibility",
    "SELECT * EXCLUDE (created_at) FROM test_runs",
];

type Files = BTreeMap<String, Vec<String>>;

fn query(store: &Store, sql: &str) -> Vec<String> {
    let limits = QueryLimits { rows: 1_000_000, time: Duration::from_secs(60) };
    store.query(sql, &BTreeMap::new(), limits).unwrap().rows.iter().map(|row| format!("{row:?}")).collect()
}

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, Mode::Read, "2026-01-01T00:00:00Z".parse().unwrap())
}

fn files(store: &Store) -> Files {
    let limits = QueryLimits { rows: 1_000_000, time: Duration::from_secs(60) };
    let mut files = Files::new();
    for row in store.query(FILES, &BTreeMap::new(), limits).unwrap().rows {
        files.entry(format!("{:?}", row[0])).or_default().push(format!("{row:?}"));
    }
    files
}

fn views(store: &Store) -> Vec<Vec<String>> {
    VIEWS.iter().map(|view| query(store, &format!("{view} ORDER BY ALL"))).collect()
}

/// Shapes of the old system that hold every kind of row, and forty runs of a suite.
fn write_results(place: &Place) {
    for shape in ["batch-run", "compatibility-matrix", "functionality", "hardware-flat", "skill-run", "suite-rows"] {
        let file = repository().join(format!("tests/fixtures/formats/legacy/{shape}/normal.json"));
        place.write(&format!("results/legacy/{shape}.json"), std::fs::read(file).unwrap());
    }
    let cases: Vec<String> = (0..10).map(|case| format!("case-{case}")).collect();
    for day in 0..40 {
        let results: Vec<_> = cases.iter().map(|case| (case.as_str(), 10.0 + f64::from(day), 800.0)).collect();
        place.write(&format!("results/runs/{day:03}.json"), native(day, &results));
    }
}

/// A history that was begun with some of the files, how long completing it takes, and what it then holds.
struct Begun {
    path: std::path::PathBuf,
    files: usize,
    time: Duration,
}

#[expect(clippy::disallowed_methods, reason = "kills are spread over the time that an import takes here")]
fn begin(place: &Place, name: &str, with: &[&str]) -> Begun {
    let path = place.path(name);
    if !with.is_empty() {
        place.ok(&[&["ingest", "--quiet", "--db", name][..], &FACTS, with].concat());
    }
    let files = open(&path).map(|store| files(&store).len()).unwrap_or_default();
    if !with.is_empty() {
        assert!(files > 5, "{name}: {files}");
        std::fs::copy(&path, place.path("timed.duckdb")).unwrap();
    }
    let start = Instant::now();
    place.ok(&[&["ingest", "--quiet", "--db", "timed.duckdb"][..], &FACTS, &["results"]].concat());
    let time = start.elapsed();
    std::fs::remove_file(place.path("timed.duckdb")).unwrap();
    Begun { path, files, time }
}

#[test]
fn an_import_that_is_killed_at_any_moment_leaves_whole_files_and_is_completed_by_the_next() {
    let place = Place::new();
    write_results(&place);
    place.ok(&[&["ingest", "--quiet", "--db", "whole.duckdb"][..], &FACTS, &["results"]].concat());
    let whole = open(&place.path("whole.duckdb")).unwrap();
    let (whole_files, whole_views) = (files(&whole), views(&whole));
    assert!(!whole_files.contains_key("Null"), "every row belongs to a file");
    assert!(whole_files.len() == 46 && whole_views.iter().all(|rows| rows.len() > 1));
    let legacy = "results/legacy";
    let begun = [
        begin(&place, "none.duckdb", &[]),
        begin(&place, "legacy.duckdb", &[legacy]),
        begin(&place, "more.duckdb", &[legacy, "results/runs/00*.json"]),
    ];
    let (next, killed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < KILLS) {
                    let begun = &begun[number % begun.len()];
                    let db = format!("kill-{number}.duckdb");
                    if begun.files > 0 {
                        std::fs::copy(&begun.path, place.path(&db)).unwrap();
                    }
                    let (is_killed, reported) = kill(&place, &db, begun.time, number);
                    killed.fetch_add(usize::from(is_killed), Ordering::Relaxed);
                    check_left(&place.path(&db), begun, &reported, &whole_files, number);
                    place.ok(&[&["ingest", "--quiet", "--db", &db][..], &FACTS, &["results"]].concat());
                    let store = open(&place.path(&db)).unwrap();
                    assert_eq!(views(&store), whole_views, "kill {number}");
                    if begun.files == 0 {
                        assert_eq!(files(&store), whole_files, "kill {number}");
                    }
                }
            });
        }
    });
    assert!(killed.into_inner() >= KILLS / 4, "most are killed before they end");
}

/// Starts an import and kills it; whether it was still running, and the files that it said it had imported.
fn kill(place: &Place, db: &str, time: Duration, number: usize) -> (bool, BTreeSet<String>) {
    let mut random = ChaCha8Rng::seed_from_u64(number as u64);
    // Each second one late, when the history is written.
    let part = if number.is_multiple_of(2) { random.random_range(0.0..1.0) } else { random.random_range(0.6..1.1) };
    let log = place.path(&format!("{db}.out"));
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("benchgate"));
    command.current_dir(place.path("")).args(["ingest", "--db", db]).args(FACTS).arg("results");
    let mut child = command.stdout(std::fs::File::create(&log).unwrap()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(time.mul_f64(part));
    child.kill().unwrap();
    let is_killed = child.wait().unwrap().code().is_none();
    let said = std::fs::read_to_string(log).unwrap();
    // A last line that was cut names no file.
    let lines = said.split_inclusive('\n').filter(|line| line.starts_with("imported (") && line.ends_with('\n'));
    let names = lines.filter_map(|line| line.split(") ").last()?.split(':').next());
    (is_killed, names.map(|name| format!("Text({:?})", name.trim_end())).collect())
}

/// What a killed import left: nothing but whole files, all that it had before, and all that it reported.
fn check_left(path: &Path, begun: &Begun, reported: &BTreeSet<String>, whole: &Files, number: usize) {
    let left = match open(path) {
        Ok(store) => files(&store),
        // It was making the file: there is none, or one without a schema.
        Err(error) if begun.files == 0 => {
            assert!(reported.is_empty(), "kill {number}: {error}");
            return;
        }
        Err(error) => panic!("kill {number}: {error}"),
    };
    assert!(left.len() >= begun.files, "kill {number}: {} of {} files", left.len(), begun.files);
    for (name, rows) in &left {
        assert_eq!(Some(rows), whole.get(name), "kill {number}: {name} is not whole");
    }
    let lost: Vec<_> = reported.iter().filter(|name| !left.contains_key(*name)).collect();
    assert!(lost.is_empty(), "kill {number}: reported and not there: {lost:?}");
}
