//! What rows of old tables become.
//!
//! For: the meaning of columns and what is left out. Not for: files (see `tests/it/import.rs`).
//! Invariant: rows taken and rows left out add up.

use std::collections::BTreeMap;

use super::{TableCount, read_database, tables_of_interest};
use crate::formats::testing::{Collected, assert_value, measured};
use crate::model::{Cell, Context, Simulation, Status, Subject, Table, TestOutcome};

/// A table as CSV would show it: a name, columns, and rows of numbers, texts and NULLs.
fn table(name: &str, columns: &str, rows: &[&str]) -> (String, Table) {
    let cell = |text: &str| match (text, text.parse::<i64>(), text.parse::<f64>()) {
        ("", ..) => Cell::Null,
        (_, Ok(number), _) => Cell::Integer(number.into()),
        (_, _, Ok(number)) => Cell::Float(number),
        _ => Cell::Text(text.to_owned()),
    };
    let columns: Vec<String> = columns.split('|').map(str::to_owned).collect();
    let rows: Vec<Vec<Cell>> = rows.iter().map(|row| row.split('|').map(cell).collect()).collect();
    assert!(rows.iter().all(|row| row.len() == columns.len()), "{name}");
    (name.to_owned(), Table { columns, rows, is_truncated: false })
}

fn star(columns: &str, rows: &[&str]) -> Vec<(String, Table)> {
    vec![
        table("models", "model_id|model_name|created_at", &["1|bert|2025-03-09 10:00:00", "2|unknown|"]),
        table(
            "hardware_platforms",
            "hardware_id|hardware_type|device_name",
            &["1|cuda|Example GPU 100", "2|cpu|CPU 9"],
        ),
        table(
            "test_runs",
            "run_id|test_name|started_at|git_commit|git_branch|success",
            &["7|nightly|2025-03-01 02:00:00|abc|main|1", "8|nightly|2025-03-02 02:00:00|||0"],
        ),
        table("performance_results", columns, rows),
    ]
}

fn read(tables: &[(String, Table)]) -> (Collected, Vec<TableCount>) {
    let mut collected = Collected::default();
    let counts = read_database(tables, &Context::default(), &mut collected).expect("read");
    for count in &counts {
        assert_eq!(count.taken + count.rows_left_out(), count.rows, "{count:?}");
    }
    (collected, counts)
}

fn reasons(count: &TableCount) -> BTreeMap<&str, u64> {
    count.left_out.iter().map(|one| (one.reason.as_str(), one.rows)).collect()
}

#[test]
fn a_row_of_the_star_schema_is_a_result_of_its_run() {
    let columns = "result_id|run_id|model_id|hardware_id|test_case|batch_size|precision|average_latency_ms|\
                   throughput_items_per_second|memory_peak_mb|iterations|total_time_seconds|metrics|created_at";
    let row = "1|7|1|1|embedding|8|fp16|25.31|316.1|512|20|0|{\"latency_p95\": 31.5}|2025-03-09 10:00:00";
    let (Collected { runs, results, .. }, counts) = read(&star(columns, &[row]));
    let [run] = &runs[..] else { panic!("one run: {runs:?}") };
    assert_eq!(run.key.as_deref(), Some("former: run 7 nightly 2025-03-01T02:00:00Z"));
    assert_eq!((run.suite.as_deref(), run.commit.as_deref()), (Some("nightly"), Some("abc")));
    assert_eq!(run.started_at.map(|time| time.to_string()).as_deref(), Some("2025-03-01T02:00:00Z"));
    let result = &results[0];
    assert_eq!((result.model.as_deref(), result.hardware.kind.as_deref()), (Some("bert"), Some("cuda")));
    assert_eq!(result.hardware.device.as_deref(), Some("Example GPU 100"));
    assert_eq!((result.batch_size, result.precision.as_deref(), result.iterations), (Some(8), Some("fp16"), Some(20)));
    assert_eq!((result.total_time_seconds, result.measured_at), (None, None), "zero seconds, and no measuring time");
    assert_value(result, "latency", 25.31, "ms");
    assert_value(result, "latency_p95", 31.5, "ms");
    assert_value(result, "throughput", 316.1, "items/s");
    assert_value(result, "memory_peak", 512.0, "MB");
    assert_eq!(counts.len(), 1, "tables that are only led to are not counted");
}

#[test]
fn what_was_not_measured_is_counted_and_not_taken() {
    let columns =
        "run_id|model_id|hardware_id|batch_size|average_latency_ms|throughput_items_per_second|memory_peak_mb";
    let rows = [
        "7|1|1|1|0|0|0",
        "7|1|1|1|||",
        "7|1|1|1|0||0.0",
        "7|2|1|1|5.5||",
        "7|9|1|1|5.5||",
        "7|1|9|1|5.5||",
        "7|2|9|1|5.5||",
        "7|1|1|1|-3||",
        "7|1|1|many|5.5||",
        "7|1|1|1|NaN||",
        "7|1|1|1|5.5|0|0",
    ];
    let (Collected { results, runs, .. }, counts) = read(&star(columns, &rows));
    assert_eq!((results.len(), runs.len(), counts[0].values_left_out), (1, 1, 2));
    let expected = [
        ("it does not say what a row of this table must say", 0),
        ("no measurement (all metrics zero)", 2),
        ("no measurement (no metric has a value)", 2),
        ("unknown model", 2),
        ("unknown hardware", 1),
        ("unknown model and hardware", 1),
        ("malformed (negative)", 1),
        ("malformed (wrong-type)", 1),
    ];
    assert_eq!(reasons(&counts[0]), expected.into_iter().filter(|(_, rows)| *rows > 0).collect());
    let negative = counts[0].left_out.iter().find(|one| one.reason.contains("negative")).expect("counted");
    assert!(negative.first.starts_with("row 8: average_latency_ms: "), "{}", negative.first);
    assert!(read(&star(columns, &rows[..3])).0.runs.is_empty(), "a run without anything is no run");
}

#[test]
fn the_same_again_is_left_out_and_another_value_is_another_attempt() {
    let columns = "run_id|model_id|hardware_id|batch_size|average_latency_ms";
    let (Collected { runs, results, .. }, counts) =
        read(&star(columns, &["7|1|1|1|5.5", "7|1|1|1|5.5", "7|1|1|1|6.5", "7|1|2|1|9.5", "8|1|1|1|5.5"]));
    assert_eq!(reasons(&counts[0]), BTreeMap::from([("it repeats another row", 1)]));
    let runs: Vec<_> = runs.iter().map(|run| (run.key.as_deref().unwrap_or_default(), run.attempt)).collect();
    let (first, second) = ("former: run 7 nightly 2025-03-01T02:00:00Z", "former: run 8 nightly 2025-03-02T02:00:00Z");
    assert_eq!(runs, [(first, Some(1)), (first, Some(2)), (second, Some(1))]);
    assert_eq!(results.len(), 4);
}

#[test]
fn attempts_are_bounded() {
    let rows: Vec<String> = (0..1010).map(|number| format!("bert|cpu|5.{number}1")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (Collected { runs, .. }, counts) = read(&[table("benchmark_performance", "model|hardware|latency_avg", &rows)]);
    assert_eq!((runs.len(), counts[0].taken, counts[0].rows_left_out()), (1000, 1000, 10));
}

#[test]
fn aliases_decide_what_is_the_same() {
    let tables = star("run_id|model_id|hardware_id|average_latency_ms", &["7|1|1|5.5", "7|1|2|6.5"]);
    let mut context = Context::default();
    context
        .aliases
        .hardware
        .extend([("cpu", "cuda"), ("CPU 9", "Example GPU 100")].map(|(from, to)| (from.into(), to.into())));
    let mut collected = Collected::default();
    read_database(&tables, &context, &mut collected).expect("read");
    assert_eq!(collected.runs.iter().map(|run| run.attempt).collect::<Vec<_>>(), [Some(1), Some(2)]);
}

#[test]
fn when_a_row_was_stored_is_no_measuring_time() {
    let columns = "run_id|model_id|hardware_id|average_latency_ms|created_at";
    let rows = ["|1|1|5.5|2025-03-09 10:00:00", "|1|2|6.5|2025-03-09 10:00:00", "|1|1|7.5|2025-03-09 11:00:00"];
    let (Collected { runs, results, .. }, _) = read(&star(columns, &rows));
    assert_eq!(runs.len(), 2, "rows that were stored together are a run");
    assert!(runs.iter().all(|run| run.started_at.is_none()) && results.iter().all(|one| one.measured_at.is_none()));
    let (Collected { runs, .. }, _) = read(&star("model_id|hardware_id|average_latency_ms", &["1|1|5.5"]));
    assert_eq!(runs[0].key, None, "named by the database");
}

#[test]
fn a_row_of_the_flat_schema_belongs_to_its_file_and_time() {
    let columns = "id|model|hardware|device|batch_size|precision|throughput|latency_avg|latency_p90|memory_peak|timestamp|source_file";
    let tables = [table(
        "benchmark_performance",
        columns,
        &[
            "1|bert|cuda|GPU|8|fp32|316.1|25.31|30.5|0|2025-03-01 02:00:00|a.json",
            "2|bert|cuda|GPU|8|fp32|316.1|25.31|30.5|0|2025-03-01T02:00:00Z|a.json",
            "3|bert|cuda|GPU|8|fp32|316.1|25.31|30.5|0|2025-03-02 02:00:00|a.json",
        ],
    )];
    let (Collected { runs, results, .. }, counts) = read(&tables);
    assert_eq!(runs[0].key.as_deref(), Some("former: source_file a.json, timestamp 2025-03-01T02:00:00Z"));
    assert_eq!((runs.len(), results.len(), counts[0].values_left_out), (2, 2, 2));
    assert_eq!(reasons(&counts[0]), BTreeMap::from([("it repeats another row", 1)]), "in another spelling");
    assert_eq!(results[0].measured_at.map(|time| time.to_string()).as_deref(), Some("2025-03-01T02:00:00Z"));
    assert_value(&results[0], "latency_p90", 30.5, "ms");
}

#[test]
fn marks_of_simulation_are_kept_wherever_they_stand() {
    let columns = "run_id|model_id|hardware_id|batch_size|average_latency_ms|is_simulated|simulation_reason|metrics";
    let rows = [
        "7|1|1|1|5.5|1|no device|",
        "7|1|1|2|5.5|false|no device|",
        "7|1|1|3|5.5|||{\"is_simulation\": true}",
        "7|1|1|4|5.5|||{\"broken",
    ];
    let (Collected { results, .. }, _) = read(&star(columns, &rows));
    let marks: Vec<_> = results.into_iter().map(|result| result.simulation).collect();
    let simulated = |reason: &str| Simulation::Simulated(reason.to_owned());
    assert_eq!(
        marks,
        [simulated("no device"), Simulation::Real, simulated("marked `is_simulation`"), Simulation::Real]
    );
}

#[test]
fn samples_and_further_metrics_come_from_the_rows_that_belong_to_a_result() {
    let mut tables = star("result_id|run_id|model_id|hardware_id|average_latency_ms", &["3|7|1|1|", "4|7|1|2|9.5"]);
    tables.push(table(
        "performance_batch_results",
        "batch_id|result_id|latency_ms",
        &["1|3.0|5", "2|3|0", "3|3|7", "4|3|6"],
    ));
    tables.push(table("performance_extended_metrics", "id|performance_id|power_consumption_watts", &["1|4|250.5"]));
    let (Collected { results, .. }, _) = read(&tables);
    assert_eq!(measured(&results[0], "latency").samples(), [5.0, 7.0, 6.0]);
    assert_value(&results[0], "latency", 6.0, "ms");
    assert_value(&results[1], "power", 250.5, "W");
}

#[test]
fn pages_in_a_browser_keep_their_failures() {
    let mut tables = star("run_id", &[]);
    let columns = "result_id|run_id|model_id|hardware_id|platform|browser|success|inference_time_ms|error_message";
    tables.push(table(
        "web_platform_results",
        columns,
        &["1|7|1|1|webgpu|chrome|1|12.25|", "2|7|1|1|webnn|edge|0|0|no adapter"],
    ));
    tables.push(table(
        "webgpu_advanced_features",
        "result_id|compute_shader_support|compute_pipeline_time_ms",
        &["1|true|3.5"],
    ));
    let (Collected { results, .. }, _) = read(&tables);
    assert_eq!(results[0].hardware.kind.as_deref(), Some("webgpu"));
    assert_eq!(results[0].parameters.get("compute_shaders").map(String::as_str), Some("true"));
    assert_value(&results[0], "compute_pipeline_time", 3.5, "ms");
    assert_eq!(results[1].status, Status::Failed("no adapter".to_owned()));
}

#[test]
fn compatibility_detections_and_tests_are_records() {
    let mut tables = star("run_id", &[]);
    tables.push(table(
        "hardware_compatibility",
        "run_id|model_id|hardware_id|is_compatible|error_message|error_type",
        &["7|1|1|true||", "7|1|2|0|out of memory|oom", "7|1|2|||", "7|2|2|1||"],
    ));
    tables.push(table(
        "benchmark_hardware",
        "hardware_type|device_name|is_available|error|timestamp",
        &["cuda|GPU|1||2025-03-01 02:00:00", "rocm||0|not found|2025-03-01 02:00:00", "mps||||2025-03-01 02:00:00"],
    ));
    let columns = "test_result_id|run_id|test_module|test_class|test_name|status|execution_time_seconds|error_message";
    tables.push(table(
        "integration_test_results",
        columns,
        &[
            "1|7|m|C|t1|pass|1.5|",
            "2|7|m||t2|error|0|boom",
            "3|7|m||t3|fail||wrong",
            "4|7|m||t4|skipped||",
            "5|7|m||t5|||",
        ],
    ));
    tables.push(table(
        "integration_test_assertions",
        "test_result_id|assertion_name|passed|expected_value|actual_value",
        &["3|shape|1||", "3|value|0|1|2"],
    ));
    let (Collected { runs, records, .. }, counts) = read(&tables);
    assert_eq!(runs.len(), 2, "a run of the table, and what was looked for at that time");
    let counted: Vec<_> = counts.iter().map(|count| (count.name.as_str(), count.rows, count.taken)).collect();
    let expected = [
        ("performance_results", 0, 0),
        ("hardware_compatibility", 4, 3),
        ("benchmark_hardware", 3, 2),
        ("integration_test_results", 5, 4),
    ];
    assert_eq!(counted, expected);
    let answers: Vec<_> = records
        .iter()
        .filter_map(|record| match record.subject {
            Subject::Compatibility { is_compatible, .. } => Some((is_compatible, record.error.as_deref())),
            Subject::Test { .. } | Subject::Detection { .. } => None,
        })
        .collect();
    assert_eq!(answers, [(Some(true), None), (Some(false), Some("out of memory")), (None, None)]);
    let tests: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.subject {
            Subject::Test { class, outcome, microseconds, assertions, .. } => {
                Some((*outcome, class.as_deref(), *microseconds, assertions.iter().map(|one| one.passed).collect()))
            }
            Subject::Compatibility { .. } | Subject::Detection { .. } => None,
        })
        .collect();
    let expected = [
        (TestOutcome::Pass, Some("C"), Some(1_500_000), vec![]),
        (TestOutcome::Error, None, None, vec![]),
        (TestOutcome::Fail, None, None, vec![true, false]),
        (TestOutcome::Skip, None, None, vec![]),
    ];
    assert_eq!(tests, expected);
}

#[test]
fn a_run_that_did_not_succeed_says_so() {
    let (Collected { runs, .. }, _) = read(&star("run_id|model_id|hardware_id|average_latency_ms", &["8|1|1|5.5"]));
    assert!(runs[0].environment.contains_key("error: run"), "{runs:?}");
    assert!(runs[0].is_without_origin && runs[0].commit.is_none());
}

#[test]
fn histories_over_time_are_read_with_their_commits() {
    let mut tables = star("run_id", &[]);
    let columns = "id|model_id|hardware_id|batch_size|timestamp|git_commit_hash|throughput_items_per_second|latency_ms";
    tables.push(table("performance_history", columns, &["1|1|1|1|2025-03-06 21:41:54|abc|39.5|25.3"]));
    tables.push(table("version_history", "id|commit_hash|git_branch", &["4|def|main"]));
    tables.push(table(
        "performance_time_series",
        "id|version_id|model_id|hardware_id|latency|timestamp",
        &["1|4|1|1|9.75|2025-03-07 21:41:54"],
    ));
    let (Collected { runs, results, .. }, _) = read(&tables);
    let commits: Vec<_> = runs.iter().map(|run| (run.commit.as_deref(), run.branch.as_deref())).collect();
    assert_eq!(commits, [(Some("abc"), None), (Some("def"), Some("main"))]);
    assert_value(&results[1], "latency", 9.75, "ms");
}

#[test]
fn hostile_texts_cost_their_row_only() {
    let long = "x".repeat(20_000);
    let columns = "run_id|model|hardware|latency_avg|source_file";
    let rows = [format!("|{long}|cpu|5.5|a"), format!("|bert|cpu|5.5|{long}"), "|bert|cpu|5.5|b".to_owned()];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (Collected { runs, .. }, counts) = read(&[table("benchmark_performance", columns, &rows)]);
    assert_eq!(reasons(&counts[0]), BTreeMap::from([("malformed (too-large)", 1)]));
    assert!(runs.iter().all(|run| run.key.as_ref().is_some_and(|key| key.len() < 600)));
}

#[test]
fn every_table_is_named_once_and_like_a_word_of_sql() {
    let mut names = tables_of_interest();
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')), "{names:?}");
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
