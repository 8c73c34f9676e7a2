//! The old system's real result files, against a table of what they hold.
//!
//! For: reading what the old system really wrote, file by file and number by number. Not for: defects (the unit tests
//! beside the adapters have them). The files are not part of this repository: `BENCHGATE_SHARED` names the folder with
//! `legacy/data`, `legacy/oracle.tsv` (a line a file) and `legacy/oracle_rows.tsv` (a line a result).
//! Invariant: without that folder the test says aloud that it did not run; with it, every file is looked at.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use benchgate::formats::{Class, Format, Limits, ReadError, Sink, read};
use benchgate::model::hardware::canonical_kind;
use benchgate::model::{Context, Measurement, MissingFact, ResultDraft, RunDraft, Status};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The shapes that are read, by their names in the tables, and their formats.
const SHAPES: [(&str, Format); 3] =
    [("P01", Format::SuiteRaw), ("P04", Format::SuiteDirect), ("P08", Format::SuiteRows)];

/// How many iterations the suite makes unless its time limit ends a configuration.
const SUITE_ITERATIONS: u64 = 20;

type Row = HashMap<String, String>;

#[derive(Default)]
struct Collected {
    runs: Vec<RunDraft>,
    results: Vec<ResultDraft>,
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
}

#[test]
fn every_file_gives_the_results_of_the_table_or_is_skipped() {
    let Some(folder) = folder("every_file_gives_the_results_of_the_table_or_is_skipped") else { return };
    let (mut files, mut completed, mut failed) = (0, 0, 0);
    for file in table(&folder.join("oracle.tsv")) {
        let path = &file["path"];
        let outcome = read_file(&folder, path);
        let Some((_, format)) = SHAPES.iter().find(|(shape, _)| *shape == file["shape"]) else {
            check_is_not_read(path, &file["outcome"], outcome);
            continue;
        };
        let (found, collected) = outcome.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(found, *format, "{path}");
        check_run(path, found, &collected);
        let results = &collected.results;
        let count = |is_counted: &dyn Fn(&ResultDraft) -> bool| {
            results.iter().filter(|result| is_counted(result)).count().to_string()
        };
        let has_samples = |result: &ResultDraft| result.measurements.iter().any(|one| !one.samples().is_empty());
        assert_eq!(count(&|result| result.status == Status::Completed), file["perf"], "{path}");
        assert_eq!(count(&|result| result.status != Status::Completed), file["perf_fail"], "{path}");
        assert_eq!(count(&has_samples), file["perf_samples"], "{path}");
        assert_eq!(count(&|result| result.simulation.is_simulated()), file["perf_sim"], "{path}");
        files += 1;
        completed += file["perf"].parse::<usize>().expect("a count");
        failed += file["perf_fail"].parse::<usize>().expect("a count");
    }
    assert_eq!((files, completed, failed), (22, 289, 29), "the tables are complete");
}

#[test]
fn every_result_has_the_values_of_the_table() {
    let Some(folder) = folder("every_result_has_the_values_of_the_table") else { return };
    let mut rows_by_file: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in table(&folder.join("oracle_rows.tsv")) {
        if SHAPES.iter().any(|(shape, _)| *shape == row["shape"]) {
            rows_by_file.entry(row["path"].clone()).or_default().push(row);
        }
    }
    let mut compared = 0;
    for (path, rows) in rows_by_file {
        let (_, collected) = read_file(&folder, &path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut results: HashMap<String, ResultDraft> = HashMap::new();
        for result in collected.results {
            let before = results.insert(key_of_result(&result), result);
            assert!(before.is_none(), "{path}: {before:?} has the key of another result");
        }
        for row in rows {
            let key = key_of_row(&row);
            let result = results.remove(&key).unwrap_or_else(|| panic!("{path}: no result {key}"));
            check_result(&format!("{path} {}", row["pointer"]), &row, &result);
            compared += 1;
        }
        assert!(results.is_empty(), "{path}: more results than rows: {:?}", results.keys());
    }
    assert_eq!(compared, 318, "the tables are complete");
}

/// The folder with the old files, or a notice that there is none.
fn folder(test: &str) -> Option<PathBuf> {
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

fn read_file(folder: &Path, path: &str) -> Result<(Format, Collected), ReadError> {
    let bytes = std::fs::read(folder.join("data").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut collected = Collected::default();
    let format = read(Cursor::new(bytes), path, None, &Limits::default(), &mut collected)?;
    Ok((format, collected))
}

/// Files of another shape are not taken for something that they are not.
fn check_is_not_read(path: &str, expected: &str, outcome: Result<(Format, Collected), ReadError>) {
    match outcome {
        Err(ReadError::Skipped(_)) if !expected.starts_with("malformed") => {}
        Err(ReadError::Malformed(defect)) if expected == "malformed:truncated" => {
            assert_eq!(defect.class, Class::Truncated, "{path}");
        }
        Err(error) => panic!("{path}: {error}, where the table says {expected}"),
        Ok((format, _)) => panic!("{path} is read as {format}"),
    }
}

/// The run and its results need no flag, except that rows do not state a time.
fn check_run(path: &str, format: Format, collected: &Collected) {
    let [run] = &collected.runs[..] else { panic!("{path}: not one run") };
    let context = Context::default();
    let completed = context.complete_run(run.clone(), "content", None);
    match format {
        Format::SuiteRows => assert_eq!(completed.err(), Some(MissingFact::Time), "{path}"),
        _ => assert!(completed.is_ok(), "{path}: {completed:?}"),
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

fn key_of_result(result: &ResultDraft) -> String {
    let mut config = Vec::new();
    for (name, value) in &result.parameters {
        config.push(match name.as_str() {
            "sequence_length" => format!("seq={value}"),
            "image_size" => format!("img={value}"),
            "audio_seconds" => format!("audio={value}s"),
            _ => panic!("an unexpected parameter `{name}`"),
        });
    }
    // Rows name their test case; the family of the suite, which is its test case, is not in the table.
    if result.measured_at.is_none() {
        config.extend(result.test_case.as_ref().map(|case| format!("case={case}")));
    }
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
    let memory = if row["shape"] == "P08" { "memory_peak" } else { "memory" };
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
    assert_eq!(result.simulation.is_simulated(), row["simulated"] == "yes", "{place}");
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
    let civil: DateTime = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    Some(civil.to_zoned(TimeZone::UTC).expect("a time in UTC").timestamp())
}
