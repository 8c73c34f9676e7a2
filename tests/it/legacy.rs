//! The old system's real result files, against a table of what they hold.
//!
//! For: reading what the old system really wrote, file by file and number by number. Not for: defects (the unit tests
//! beside the adapters have them). The files are not part of this repository: `BENCHGATE_SHARED` names the folder with
//! `legacy/data`, `legacy/oracle.tsv` (a line a file) and `legacy/oracle_rows.tsv` (a line a result).
//! Invariant: without that folder the test says aloud that it did not run; with it, every file is looked at.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use benchgate::formats::{ReadError, ReadOptions, Recognised, Sink, read};
use benchgate::model::draft::ERROR;
use benchgate::model::hardware::canonical_kind;
use benchgate::model::{Context, Measurement, Record, ResultDraft, RunDraft, Status, Subject, TestOutcome};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::support::Place;

/// How many iterations the suite makes unless its time limit ends a configuration.
const SUITE_ITERATIONS: u64 = 20;

type Row = HashMap<String, String>;

#[derive(Default)]
struct Collected {
    runs: Vec<RunDraft>,
    results: Vec<ResultDraft>,
    records: Vec<Record>,
}

impl Sink for Collected {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.runs.push(run);
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        self.results.push(result);
        ControlFlow::Continue(())
    }

    fn record(&mut self, record: Record) -> ControlFlow<()> {
        self.records.push(record);
        ControlFlow::Continue(())
    }
}

/// The counts of the table, by the names of its columns.
const COUNTS: [&str; 9] =
    ["perf", "perf_fail", "perf_samples", "perf_sim", "compat", "tests", "tests_fail", "hw", "run_errors"];

#[test]
fn every_file_gives_what_the_table_says_or_is_skipped_for_its_reason() {
    let Some(folder) = folder("every_file_gives_what_the_table_says_or_is_skipped_for_its_reason") else { return };
    let mut totals = [0; COUNTS.len()];
    let (mut files, mut wrong) = (0, Vec::new());
    for file in table(&folder.join("oracle.tsv")) {
        files += 1;
        let path = &file["path"];
        let found = match read_file(&folder, path) {
            Ok((_, collected)) => {
                check_runs(path, &collected);
                counts(&collected)
            }
            Err(error) => {
                let said = match &error {
                    ReadError::Skipped(reason) => format!("skipped:{reason}"),
                    ReadError::Malformed(defect) => format!("malformed:{}", defect.class.name()),
                    ReadError::Io(_) | ReadError::Stopped => panic!("{path}: {error}"),
                };
                if !said.starts_with(&file["outcome"]) {
                    wrong.push(format!("{path}: {said}, where the table says {}", file["outcome"]));
                }
                continue;
            }
        };
        for ((name, found), total) in COUNTS.iter().zip(found).zip(&mut totals) {
            let expected: usize = file[*name].parse().expect("a count");
            if found != expected {
                wrong.push(format!("{path}: {name} is {found}, where the table says {expected}"));
            }
            *total += found;
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((files, totals), (616, [625, 79, 427, 104, 909, 490, 135, 102, 49]), "the tables are complete");
}

/// In the order of [`COUNTS`]. A run within a file may repeat another one's compatibility.
fn counts(collected: &Collected) -> [usize; COUNTS.len()] {
    let Collected { runs, results, records } = collected;
    let completed: Vec<_> = results.iter().filter(|result| result.status == Status::Completed).collect();
    let has_samples = |result: &&&ResultDraft| result.measurements.iter().any(|one| !one.samples().is_empty());
    let is_simulated = |result: &&&ResultDraft| result.simulation.is_simulated();
    let cells: HashSet<String> = records
        .iter()
        .filter(|record| matches!(record.subject, Subject::Compatibility { .. }))
        .map(|record| format!("{:?} {:?} {:?}", record.measured_at, record.subject, record.details))
        .collect();
    let tests = || {
        records.iter().filter_map(|record| match record.subject {
            Subject::Test { outcome, .. } => Some(outcome),
            Subject::Compatibility { .. } | Subject::Detection { .. } => None,
        })
    };
    let detections = records.iter().filter(|record| matches!(record.subject, Subject::Detection { .. })).count();
    let errors = runs.iter().flat_map(|run| run.environment.keys()).filter(|name| name.starts_with(ERROR)).count();
    [
        completed.len(),
        results.len() - completed.len(),
        completed.iter().filter(has_samples).count(),
        completed.iter().filter(is_simulated).count(),
        cells.len(),
        tests().count(),
        tests().filter(|outcome| *outcome == TestOutcome::Fail).count(),
        detections,
        errors,
    ]
}

#[test]
fn every_result_has_the_values_of_the_table() {
    let Some(folder) = folder("every_result_has_the_values_of_the_table") else { return };
    let mut rows_by_file: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in table(&folder.join("oracle_rows.tsv")) {
        rows_by_file.entry(row["path"].clone()).or_default().push(row);
    }
    let mut compared = 0;
    for (path, rows) in rows_by_file {
        let (_, collected) = read_file(&folder, &path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let shape = rows[0]["shape"].clone();
        let mut results: HashMap<String, ResultDraft> = HashMap::new();
        for result in collected.results {
            let before = results.insert(key_of_result(&shape, &result), result);
            assert!(before.is_none(), "{path}: {before:?} has the key of another result");
        }
        for row in rows {
            let key = key_of_row(&row);
            let result =
                results.remove(&key).unwrap_or_else(|| panic!("{path}: no result {key} among {:?}", results.keys()));
            check_result(&format!("{path} {}", row["pointer"]), &row, &result);
            compared += 1;
        }
        // What another file holds too is in the table once, at the file of its own.
        assert!(results.is_empty() || shape == "P06", "{path}: more results than rows: {:?}", results.keys());
    }
    assert_eq!(compared, 516, "the tables are complete");
}

#[test]
fn a_history_holds_every_result_once_and_a_second_import_changes_nothing() {
    let Some(folder) = folder("a_history_holds_every_result_once_and_a_second_import_changes_nothing") else { return };
    let place = Place::new();
    let data = folder.join("data").display().to_string();
    let totals = || -> serde_json::Value {
        let answer = place.run(&["ingest", "--format", "json", &data]);
        assert_eq!(answer.code, 4, "one file is malformed");
        let report: serde_json::Value = serde_json::from_str(&answer.out).expect("a report");
        report["totals"].clone()
    };
    let first = totals();
    for (name, expected) in [
        ("results", 516),
        ("failed", 69),
        ("compatibility", 536),
        ("tests_failed", 124),
        ("detections", 30),
        ("errors", 49),
        ("malformed", 1),
    ] {
        assert_eq!(first[name], expected, "{name} of {first}");
    }
    let everything = || {
        let tables = ["results", "measurements", "hardware_compatibility", "integration_test_results", "imports"];
        tables.map(|table| place.ok(&["query", &format!("SELECT count(*), bit_xor(hash(t)) FROM {table} t")]))
    };
    let before = everything();
    let second = totals();
    for name in ["results", "measurements", "compatibility", "tests", "detections", "errors", "imported"] {
        assert_eq!(second[name], 0, "{name} of {second}");
    }
    assert_eq!(everything(), before);
}

/// The folder with the old files, or a notice that there is none.
pub(crate) fn folder(test: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "only the environment can say where files outside the repository are"
    )]
    let shared = std::env::var_os("BENCHGATE_SHARED");
    if shared.is_none() {
        // Written past the test harness, which swallows what a passing test prints.
        let notice =
            format!("NOT RUN: {test}: BENCHGATE_SHARED does not name the folder with the old system's files\n");
        std::io::stderr().write_all(notice.as_bytes()).expect("standard error");
    }
    shared.map(|shared| Path::new(&shared).join("legacy"))
}

fn table(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().expect("a header");
    lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}

fn read_file(folder: &Path, path: &str) -> Result<(Recognised, Collected), ReadError> {
    let bytes = std::fs::read(folder.join("data").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut collected = Collected::default();
    let format = read(Cursor::new(bytes), path, &ReadOptions::default(), &mut collected)?;
    Ok((format, collected))
}

/// Runs and results need no flag.
fn check_runs(path: &str, collected: &Collected) {
    let context = Context::default();
    for run in &collected.runs {
        let completed = context.complete_run(run.clone(), "content", None);
        assert!(completed.is_ok(), "{path}: {completed:?}");
    }
    for result in &collected.results {
        let completed = context.complete_result(result.clone());
        assert!(completed.is_ok(), "{path}: {completed:?}");
    }
}

/// What tells the results of a file apart, in the words of the table.
fn key_of_row(row: &Row) -> String {
    let config: Vec<_> = row["config"].split(';').filter(|part| !part.is_empty() && *part != "timeout").collect();
    [&row["model"], &row["hardware"], &row["batch"], &row["precision"], &config.join(";")].map(String::as_str).join("|")
}

fn key_of_result(shape: &str, result: &ResultDraft) -> String {
    let mut config = Vec::new();
    for (name, value) in &result.parameters {
        config.push(match name.as_str() {
            "sequence_length" => format!("seq={value}"),
            "image_size" => format!("img={value}"),
            "audio_seconds" => format!("audio={value}s"),
            "mode" => format!("mode={value}"),
            _ => panic!("an unexpected parameter `{name}`"),
        });
    }
    // The family of the suite, which is its test case, is not in the table.
    config.extend(match shape {
        "P08" => result.test_case.as_ref().map(|case| format!("case={case}")),
        "P13" => result.test_case.as_ref().map(|case| format!("method={case}")),
        _ => None,
    });
    let kind = result.hardware.kind.as_deref().map(canonical_kind).unwrap_or_default();
    let batch = result.batch_size.map(|size| size.to_string()).unwrap_or_default();
    let model = result.model.clone().unwrap_or_default();
    [model, kind, batch, result.precision.clone().unwrap_or_default(), config.join(";")].join("|")
}

fn check_result(place: &str, row: &Row, result: &ResultDraft) {
    match &result.status {
        Status::Completed => assert_eq!(row["status"], "ok", "{place}"),
        Status::Failed(reason) => {
            assert_eq!(row["status"], "failed", "{place}");
            assert!(!reason.is_empty() && result.measurements.is_empty(), "{place}");
        }
    }
    let find = |metric: &str| result.measurements.iter().find(|one| one.metric() == metric);
    check_value(place, &row["latency_ms"], "ms", find("latency"));
    check_value(place, &row["throughput"], &row["throughput_unit"], find("throughput"));
    let memory = if ["P08", "P18"].contains(&row["shape"].as_str()) { "memory_peak" } else { "memory" };
    check_value(place, &row["memory_mb"], "MB", find(memory));
    let samples = find("latency").map_or(0, |latency| latency.samples().len());
    let expected = if row["samples"].is_empty() { 0 } else { row["samples"].parse().expect("a count") };
    assert_eq!(samples, expected, "{place}");
    if row["shape"] == "P01" && result.status == Status::Completed {
        let is_timeout = row["config"].ends_with("timeout");
        assert_eq!(result.iterations.map(|count| count < SUITE_ITERATIONS), Some(is_timeout), "{place}");
        assert_eq!(result.iterations, u64::try_from(samples).ok(), "{place}");
    }
    assert_eq!(result.measured_at, time(&row["measured_at"]), "{place}");
    // A device that only repeats the hardware's type is no device.
    if !row["device"].is_empty() && row["device"] != row["hardware"] {
        assert_eq!(result.hardware.device.as_ref(), Some(&row["device"]), "{place}");
    }
    // Of what failed the table does not say it.
    if result.status == Status::Completed {
        assert_eq!(result.simulation.is_simulated(), row["simulated"] == "yes", "{place}");
    }
}

fn check_value(place: &str, expected: &str, unit: &str, found: Option<&Measurement>) {
    let Some(measurement) = found else {
        assert_eq!(expected, "", "{place}");
        return;
    };
    let expected: f64 = expected.parse().unwrap_or_else(|_| panic!("{place}: {measurement:?} is not in the table"));
    let difference = (measurement.value() / expected - 1.0).abs();
    assert!(difference < 1e-9, "{place}: {} {unit} is not {expected}", measurement.value());
    assert_eq!(measurement.unit().as_str(), unit, "{place}");
    assert!(measurement.samples().iter().all(|sample| *sample > 0.0), "{place}: a sample is not positive");
}

/// A time of the table, which is in UTC where it states no zone.
fn time(text: &str) -> Option<Timestamp> {
    if text.is_empty() {
        return None;
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil: DateTime = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    Some(civil.to_zoned(TimeZone::UTC).expect("a time in UTC").timestamp())
}
