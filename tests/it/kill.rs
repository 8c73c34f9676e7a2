//! An import that is killed: the history is as before or holds whole files, and the next import completes it.
//!
//! For: SIGKILL at random points of `ingest`, over results and the old system's records. Not for: what DuckDB promises of a
//! file whose disk lies.
//! Invariant: the points are spread over the time that the import takes here, half of them over its end, when the
//! history is written, and some lie in checkpoints that are made in between; which state a point hits is not the test's
//! business, that it is a whole one is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use benchgate::store::{Mode, QueryLimits, Store, StoreError};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::support::{FACTS, Place, native, repository};

const KILLS: usize = 50;

/// Kills in checkpoints, beside them.
const CHECKPOINT_KILLS: usize = 12;

/// Files of which so many are imported between two checkpoints, and some more.
const MANY: u32 = 1100;

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

/// What an import of a folder makes, when nobody kills it.
struct Whole {
    folder: &'static str,
    files: Files,
    views: Vec<Vec<String>>,
}

fn whole(place: &Place, folder: &'static str) -> Whole {
    place.ok(&[&["ingest", "--quiet", "--db", "whole.duckdb"][..], &FACTS, &[folder]].concat());
    let store = open(&place.path("whole.duckdb")).unwrap();
    let (files, views) = (files(&store), views(&store));
    assert!(!files.contains_key("Null"), "every row belongs to a file");
    Whole { folder, files, views }
}

/// A history that was begun with some of the files, and how much it holds.
struct Begun {
    path: std::path::PathBuf,
    files: usize,
}

fn begin(place: &Place, name: &str, with: &[&str]) -> Begun {
    let path = place.path(name);
    if !with.is_empty() {
        place.ok(&[&["ingest", "--quiet", "--db", name][..], &FACTS, with].concat());
    }
    let files = open(&path).map(|store| files(&store).len()).unwrap_or_default();
    assert!(with.is_empty() || files > 5, "{name}: {files}");
    Begun { path, files }
}

/// How long completing a history takes.
#[expect(clippy::disallowed_methods, reason = "kills are spread over the time that an import takes here")]
fn time(place: &Place, begun: &Begun) -> Duration {
    if begun.files > 0 {
        std::fs::copy(&begun.path, place.path("timed.duckdb")).unwrap();
    }
    let start = Instant::now();
    place.ok(&[&["ingest", "--quiet", "--db", "timed.duckdb"][..], &FACTS, &["results"]].concat());
    let time = start.elapsed();
    std::fs::remove_file(place.path("timed.duckdb")).unwrap();
    time
}

#[test]
fn an_import_that_is_killed_at_any_moment_leaves_whole_files_and_is_completed_by_the_next() {
    let place = Place::new();
    write_results(&place);
    let whole = whole(&place, "results");
    assert!(whole.files.len() == 46 && whole.views.iter().all(|rows| rows.len() > 1));
    let legacy = "results/legacy";
    let begun = [
        begin(&place, "none.duckdb", &[]),
        begin(&place, "legacy.duckdb", &[legacy]),
        begin(&place, "more.duckdb", &[legacy, "results/runs/00*.json"]),
    ];
    // The faster counts: where others had the processors meanwhile, kills would come when all is over.
    let times = begun.each_ref().map(|begun| time(&place, begun).min(time(&place, begun)));
    let (next, killed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < KILLS) {
                    let mut random = ChaCha8Rng::seed_from_u64(number as u64);
                    // Each second one late, when the history is written.
                    let (from, to) = if number.is_multiple_of(2) { (0.0, 1.0) } else { (0.6, 1.1) };
                    let moment = times[number % times.len()].mul_f64(random.random_range(from..to));
                    let begun = &begun[number % begun.len()];
                    let (is_killed, _) = kill(&place, &whole, begun, number, |_| std::thread::sleep(moment));
                    killed.fetch_add(usize::from(is_killed), Ordering::Relaxed);
                }
            });
        }
    });
    assert!(killed.into_inner() >= KILLS / 4, "most are killed before they end");
}

#[test]
fn an_import_that_is_killed_in_a_checkpoint_leaves_what_the_last_one_wrote() {
    let place = Place::new();
    for day in 0..MANY {
        place.write(&format!("many/{day:04}.json"), native(day, &[("case", 10.0 + f64::from(day), 800.0)]));
    }
    let whole = whole(&place, "many");
    let begun = [begin(&place, "none.duckdb", &[]), begin(&place, "some.duckdb", &["many/000*.json"])];
    let (mut inside, mut after) = (0, 0);
    for number in 0..CHECKPOINT_KILLS {
        let begun = &begun[number % begun.len()];
        let mut random = ChaCha8Rng::seed_from_u64(number as u64);
        // Each third one as soon as something is written.
        let delay = Duration::from_micros(if number.is_multiple_of(3) { 0 } else { random.random_range(0..20_000) });
        let (is_killed, left) = kill(&place, &whole, begun, number, |child| {
            while size(&begun.db(&place, number)) <= size(&begun.path).max(HEADERS)
                && child.try_wait().unwrap().is_none()
            {}
            std::thread::sleep(delay);
        });
        inside += usize::from(is_killed && left == begun.files);
        after += usize::from(is_killed && left > begun.files && left < whole.files.len());
    }
    assert!(inside > 0 && inside + after >= CHECKPOINT_KILLS / 2, "{inside} in a checkpoint, {after} after it");
}

/// Bytes of a history that nothing was written to.
const HEADERS: u64 = 3 * 4096;

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

impl Begun {
    /// The copy that is killed.
    fn db(&self, place: &Place, number: usize) -> std::path::PathBuf {
        place.path(&format!("kill-{number}.duckdb"))
    }
}

/// Starts an import, kills it at `moment`, looks at what it left and completes it; whether it was still running, and how
/// many files it left.
fn kill(place: &Place, whole: &Whole, begun: &Begun, number: usize, moment: impl FnOnce(&mut Child)) -> (bool, usize) {
    let path = begun.db(place, number);
    if begun.files > 0 {
        std::fs::copy(&begun.path, &path).unwrap();
    }
    let db = path.to_str().unwrap();
    let log = place.path(&format!("kill-{number}.out"));
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("benchgate"));
    command.current_dir(place.path("")).args(["ingest", "--db", db]).args(FACTS).arg(whole.folder);
    let mut child = command.stdout(std::fs::File::create(&log).unwrap()).stderr(Stdio::null()).spawn().unwrap();
    moment(&mut child);
    child.kill().unwrap();
    let is_killed = child.wait().unwrap().code().is_none();
    let said = std::fs::read_to_string(log).unwrap();
    // A last line that was cut names no file.
    let lines = said.split_inclusive('\n').filter(|line| line.starts_with("imported (") && line.ends_with('\n'));
    let names = lines.filter_map(|line| line.split(") ").last()?.split(':').next());
    let reported = names.map(|name| format!("Text({:?})", name.trim_end())).collect();
    let left = check_left(&path, begun, &reported, &whole.files, number);
    place.ok(&[&["ingest", "--quiet", "--db", db][..], &FACTS, &[whole.folder]].concat());
    let store = open(&path).unwrap();
    assert_eq!(views(&store), whole.views, "kill {number}");
    if begun.files == 0 {
        assert_eq!(files(&store), whole.files, "kill {number}");
    }
    (is_killed, left)
}

/// What a killed import left: nothing but whole files, all that it had before, and all that it reported;
/// how many files.
fn check_left(path: &Path, begun: &Begun, reported: &BTreeSet<String>, whole: &Files, number: usize) -> usize {
    let left = match open(path) {
        Ok(store) => files(&store),
        // It was making the file: there is none, or one without a schema.
        Err(error) if begun.files == 0 => {
            assert!(reported.is_empty(), "kill {number}: {error}");
            return 0;
        }
        Err(error) => panic!("kill {number}: {error}"),
    };
    assert!(left.len() >= begun.files, "kill {number}: {} of {} files", left.len(), begun.files);
    for (name, rows) in &left {
        assert_eq!(Some(rows), whole.get(name), "kill {number}: {name} is not whole");
    }
    let lost: Vec<_> = reported.iter().filter(|name| !left.contains_key(*name)).collect();
    assert!(lost.is_empty(), "kill {number}: reported and not there: {lost:?}");
    left.len()
}
