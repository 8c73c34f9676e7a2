//! The store's promises: atomic, idempotent, read-only where it says so.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::model::{Cell, Context, Measurement, ResultDraft, RunDraft, SeriesHistory, SeriesKey, SeriesMeta, Unit};

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("valid")
}

fn context() -> Context {
    let mut context = Context { model: Some("bert".to_owned()), ..Context::default() };
    context.hardware.kind = Some("cpu".to_owned());
    context.run.branch = Some("main".to_owned());
    context
}

pub(super) fn run(day: i64) -> RunDraft {
    RunDraft {
        key: Some(format!("run-{day}")),
        commit: Some(format!("{day:040x}")),
        started_at: Some(Timestamp::from_second(1_700_000_000 + day * 86_400).expect("valid")),
        ..RunDraft::default()
    }
}

pub(super) fn result(case: &str, latency: f64) -> ResultDraft {
    let latency = Measurement::new("latency", None, vec![latency, latency * 1.01, latency * 0.99], None, None);
    ResultDraft {
        test_case: Some(case.to_owned()),
        parameters: [("sequence_length".to_owned(), "128".to_owned())].into(),
        ..ResultDraft::completed(vec![latency.expect("valid")])
    }
}

pub(super) fn import(
    store: &Store,
    file_name: &str,
    run: RunDraft,
    results: Vec<ResultDraft>,
) -> Result<ImportOutcome, import::ImportError> {
    let context = context();
    let hash = blake3::hash(format!("{run:?}{results:?}").as_bytes()).to_hex();
    let source = Source { file_name, content_hash: hash.as_str(), bytes: 1 };
    store.import(source, "native", &context, now(), (run, results))
}

pub(super) fn create(folder: &Path) -> Store {
    Store::open(&folder.join("history.duckdb"), Mode::Create, now()).expect("created")
}

fn rows(store: &Store, sql: &str) -> Vec<Vec<Cell>> {
    store.query(sql, &BTreeMap::new(), QueryLimits { rows: 1000, time: Duration::from_secs(60) }).expect(sql).rows
}

#[test]
fn importing_twice_changes_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let results = || vec![result("a", 10.0), result("b", 20.0), ResultDraft::failed("out of memory")];
    let first = import(&store, "a.json", run(1), results()).expect("imported");
    assert_eq!(first, ImportOutcome { results: 3, failed: 1, measurements: 2, runs: 1, ..ImportOutcome::default() });
    let all = "SELECT (SELECT count(*) FROM results), (SELECT count(*) FROM measurements), (SELECT count(*) FROM
        sources), (SELECT count(*) FROM test_runs), (SELECT count(*) FROM configurations)";
    let before = rows(&store, all);
    let second = import(&store, "a.json", run(1), results()).expect("imported");
    assert_eq!(second, ImportOutcome { known: 3, runs: 1, ..ImportOutcome::default() });
    assert_eq!(rows(&store, all), before);
}

#[test]
fn a_second_file_of_a_run_adds_what_the_run_lacks() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    import(&store, "a.json", run(1), vec![result("a", 10.0)]).expect("imported");
    let outcome = import(&store, "b.json", run(1), vec![result("a", 10.0), result("b", 20.0)]).expect("imported");
    assert_eq!((outcome.results, outcome.known, outcome.measurements), (1, 1, 1));
    assert_eq!(rows(&store, "SELECT count(*) FROM results"), [[Cell::Integer(2)]]);
}

#[test]
fn other_values_for_a_stored_run_are_refused_and_change_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    import(&store, "a.json", run(1), vec![result("a", 10.0)]).expect("imported");
    let conflict = import(&store, "b.json", run(1), vec![result("a", 11.0), result("b", 1.0)]);
    assert!(matches!(conflict, Err(import::ImportError::Store(StoreError::Conflict { count: 1, .. }))), "{conflict:?}");
    assert_eq!(rows(&store, "SELECT count(*) FROM results"), [[Cell::Integer(1)]]);
    assert_eq!(rows(&store, "SELECT count(*) FROM sources"), [[Cell::Integer(1)]]);
}

#[test]
fn a_file_that_is_refused_takes_none_with_it_that_is_still_to_be_written() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let context = context();
    let defer = |file_name: &str, run: RunDraft, latency: f64| {
        let source = Source { file_name, content_hash: file_name, bytes: 1 };
        let mut packer = Packer::new(&context, source.content_hash);
        let mut import = store.begin_import(source, &context, now()).expect("begun");
        import.run(packer.run(run).expect("packed"))?;
        packer.result(result("a", latency)).expect("packed");
        import.results(packer.take())?;
        import.defer("native")
    };
    let results = || rows(&store, "SELECT count(*) FROM results");
    defer("a.json", run(1), 10.0).expect("deferred");
    assert_eq!(results(), [[Cell::Integer(0)]], "it waits for others");
    let refused = defer("b.json", run(1), 11.0).expect_err("another value of a run that is still to be written");
    assert!(matches!(refused, import::ImportError::Store(StoreError::Conflict { count: 1, .. })), "{refused:?}");
    let without_time = RunDraft { started_at: None, ..run(2) };
    defer("c.json", without_time, 10.0).expect_err("its time is known from nowhere");
    defer("d.json", run(2), 10.0).expect("deferred");
    store.checkpoint().expect("written");
    assert_eq!(results(), [[Cell::Integer(2)]]);
    let files = "SELECT string_agg(file_name, ' ' ORDER BY file_name) FROM sources";
    assert_eq!(rows(&store, files), [[Cell::Text("a.json d.json".to_owned())]]);
}

#[test]
fn a_configuration_twice_in_a_run_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let repeated = import(&store, "a.json", run(1), vec![result("a", 10.0), result("a", 10.0)]);
    assert!(matches!(repeated, Err(import::ImportError::Store(StoreError::Repeated { .. }))), "{repeated:?}");
    assert_eq!(rows(&store, "SELECT count(*) FROM models"), [[Cell::Integer(0)]]);
}

#[test]
fn an_import_that_is_dropped_leaves_the_history_as_it_was() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let context = context();
    let source = Source { file_name: "a.json", content_hash: "00", bytes: 1 };
    let mut packer = Packer::new(&context, source.content_hash);
    let mut open = store.begin_import(source, &context, now()).expect("begun");
    open.run(packer.run(run(1)).expect("packed")).expect("run");
    for case in 0..40_000 {
        packer.result(result(&case.to_string(), 10.0)).expect("packed");
        if packer.is_full() {
            open.results(packer.take()).expect("results");
        }
    }
    drop(open);
    for table in ["results", "measurements", "configurations", "models", "sources", "test_runs"] {
        assert_eq!(rows(&store, &format!("SELECT count(*) FROM {table}")), [[Cell::Integer(0)]], "{table}");
    }
    import(&store, "a.json", run(1), vec![result("a", 10.0)]).expect("the store still works");
}

#[test]
fn a_file_whose_making_was_cut_short_is_made_again() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let path = store.path().to_owned();
    store.close().expect("closed");
    let whole = std::fs::read(&path).expect("read");
    for bytes in [4096, 8192] {
        std::fs::write(&path, &whole[..bytes]).expect("written");
        let read = Store::open(&path, Mode::Read, now()).expect_err("unfinished");
        assert!(matches!(read, StoreError::Corrupt { .. }), "{read:?}");
        Store::open(&path, Mode::Create, now()).expect("made again").close().expect("closed");
        Store::open(&path, Mode::Read, now()).expect("whole");
    }
    // One that held something is never replaced.
    std::fs::write(&path, &whole[..3 * 4096]).expect("written");
    assert!(Store::open(&path, Mode::Create, now()).is_err());
    assert_eq!(std::fs::read(&path).expect("read").len(), 3 * 4096);
}

#[test]
fn both_sql_examples_of_the_old_guide_run_as_written() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let throughput = Measurement::new("throughput", Some(100.0), Vec::new(), Some("items/s"), None).expect("valid");
    import(&store, "a.json", run(1), vec![ResultDraft::completed(vec![throughput])]).expect("imported");
    let expected = vec![vec![Cell::Text("bert".to_owned()), Cell::Text("cpu".to_owned()), Cell::Float(100.0)]];
    for sql in [
        "SELECT model, hardware, AVG(throughput) FROM benchmark_performance GROUP BY model, hardware",
        "SELECT model_name, hardware_type, AVG(throughput_items_per_second) FROM performance_results GROUP BY model_name, hardware_type",
    ] {
        assert_eq!(rows(&store, sql), expected, "{sql}");
    }
    for view in [
        "history",
        "benchmark_hardware",
        "benchmark_compatibility",
        "latest_performance_metrics",
        "model_hardware_compatibility",
        "integration_test_status",
    ] {
        rows(&store, &format!("SELECT * FROM {view}"));
    }
    assert_eq!(rows(&store, "SELECT average_latency_ms FROM performance_results"), [[Cell::Null]]);
}

#[test]
fn a_history_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    for day in [3, 1, 2] {
        let results = vec![result("a", 10.0 + f64::from(u32::try_from(day).expect("small"))), result("b", 5.0)];
        import(&store, "a.json", run(day), results).expect("imported");
    }
    let foreign = RunDraft { trigger: Some("pull_request".to_owned()), ..run(9) };
    import(&store, "p.json", foreign, vec![result("a", 99.0)]).expect("imported");
    let wanted = latency_of("a");
    let filter = BaselineFilter { window: 2, ..BaselineFilter::default() };
    let history = store.history(std::slice::from_ref(&wanted), &filter).expect("read");
    assert_eq!(history.runs.len(), 3, "a pull request's run is no baseline");
    let values: Vec<f64> = history.series[0].points.iter().map(|point| point.value).collect();
    assert_eq!(values, [12.0, 13.0], "the newest two, oldest first");
    assert_eq!(history.series[0].points[0].samples, 3);
    let within = history.series[0].points[0].within_sd.expect("three samples");
    assert!((within - 0.01).abs() < 1e-3, "{within}");
    assert_eq!(history.recent.len(), 2, "as many as the window holds");
    assert_eq!(history.recent[0].run, 2, "newest first");
    let names: Vec<&SeriesKey> = history.recent[0].series.iter().map(|series| &series.key).collect();
    assert_eq!(names, [&latency_of("b").key], "whole, and only the others");

    let before = run(3).started_at;
    let own_runs = vec![("run-1".to_owned(), history.runs[0].commit.clone())];
    let filter =
        BaselineFilter { before, own_runs, branch: Some("main".to_owned()), window: 100, ..BaselineFilter::default() };
    assert_eq!(store.history(std::slice::from_ref(&wanted), &filter).expect("read").runs.len(), 1);
    let filter = BaselineFilter { branch: Some("other".to_owned()), window: 100, ..BaselineFilter::default() };
    assert!(store.history(&[wanted], &filter).expect("read").series.is_empty());
}

#[test]
fn a_long_history_is_read_in_parts_that_leave_out_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    for day in 1..=3 {
        import(&store, "a.json", run(day), ["a", "b", "c"].map(|case| result(case, 10.0)).to_vec()).expect("imported");
    }
    let wanted = ["a", "none", "b", "c"].map(latency_of);
    store.history(&wanted, &BaselineFilter { window: 100, ..BaselineFilter::default() }).expect("read");
    let parts = |at_once| store.parts(wanted.len(), 100, at_once).expect("counted");
    assert!(parts(400).into_iter().eq(std::iter::once(0..4)), "all of them may be read at once");
    assert_eq!(parts(6), [0..3, 3..4]);
    assert_eq!(parts(1), [0..2, 2..3, 3..4], "one is read however long it is");
}

fn latency_of(case: &str) -> SeriesMeta {
    let configuration = context().complete_result(result(case, 1.0)).expect("complete").configuration;
    let key = SeriesKey { configuration, metric: "latency".to_owned() };
    SeriesMeta { key, unit: Unit::canonical("ms").0, better: None }
}

/// The latencies of two series' baselines after attempts 1, 1001 (a re-run within it) and 2 of one run.
fn latencies_after_attempts(second: &[&str], replaces: bool) -> Vec<(String, Vec<f64>)> {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let attempt = |number: u32, cases: &[&str]| {
        let mut draft = RunDraft { attempt: Some(number), ..run(1) };
        if number == 2 && replaces {
            draft.environment.insert("attempts".to_owned(), "replace".to_owned());
        }
        let results = cases.iter().map(|case| result(case, f64::from(number))).collect();
        import(&store, &format!("{number}.json"), draft, results).expect("imported");
    };
    attempt(1, &["a", "b"]);
    attempt(1001, &["a"]);
    attempt(2, second);
    import(&store, "next.json", run(2), vec![result("a", 7.0)]).expect("imported");
    let wanted: Vec<SeriesMeta> = ["a", "b"].into_iter().map(latency_of).collect();
    let history = store.history(&wanted, &BaselineFilter { window: 10, ..BaselineFilter::default() }).expect("read");
    let of = |series: &SeriesHistory| {
        let values = series.points.iter().map(|point| point.value).collect();
        (series.meta.key.configuration.test_case.clone().unwrap_or_default(), values)
    };
    history.series.iter().map(of).collect()
}

#[test]
fn an_attempt_that_replaces_the_earlier_ones_is_the_only_one_in_a_baseline_for_what_it_measured() {
    let series = |a: &[f64], b: &[f64]| vec![("a".to_owned(), a.to_vec()), ("b".to_owned(), b.to_vec())];
    assert_eq!(latencies_after_attempts(&["a", "b"], false), series(&[1.0, 1001.0, 2.0, 7.0], &[1.0, 2.0]));
    assert_eq!(latencies_after_attempts(&["a", "b"], true), series(&[2.0, 7.0], &[2.0]));
    assert_eq!(latencies_after_attempts(&["a"], true), series(&[2.0, 7.0], &[1.0]), "another leg's job ran once");
}

#[test]
fn a_store_open_for_reading_can_neither_write_nor_reach_other_files() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    import(&store, "a.json", run(1), vec![result("a", 10.0)]).expect("imported");
    let path = store.path().to_owned();
    store.close().expect("closed");
    let secret = folder.path().join("secret.csv");
    std::fs::write(&secret, "a\n1\n").expect("written");
    let store = Store::open(&path, Mode::Read, now()).expect("opened");
    let limits = QueryLimits { rows: 10, time: Duration::from_secs(10) };
    for sql in [
        "DROP TABLE results".to_owned(),
        "INSERT INTO models (model_id, model_name, created_at) VALUES (1, 'x', now()::TIMESTAMP)".to_owned(),
        format!("SELECT * FROM read_csv('{}')", secret.display()),
        format!("COPY results TO '{}'", folder.path().join("out.csv").display()),
        format!("ATTACH '{}'", folder.path().join("other.duckdb").display()),
        "INSTALL httpfs".to_owned(),
        "SET enable_external_access = true".to_owned(),
    ] {
        let refused = store.query(&sql, &BTreeMap::new(), limits);
        assert!(matches!(refused, Err(StoreError::Query { .. })), "{sql}: {refused:?}");
    }
    let truncated = store.query("SELECT * FROM range(100)", &BTreeMap::new(), limits).expect("rows");
    assert!(truncated.is_truncated && truncated.rows.len() == 10);
}

#[test]
fn a_query_that_does_not_end_is_stopped() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let limits = QueryLimits { rows: 10, time: Duration::from_millis(200) };
    let endless = "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range + b.range = 1";
    assert!(matches!(store.query(endless, &BTreeMap::new(), limits), Err(StoreError::QueryTimeout { .. })));
}

#[test]
fn each_file_that_is_no_history_gets_its_own_message() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("x.duckdb");
    let open = |mode| Store::open(&path, mode, now()).map(|_| ()).expect_err("refused");
    assert_eq!(open(Mode::Read).to_string(), format!("there is no database at `{}`", path.display()));
    std::fs::write(&path, "{\"results\": []}").expect("written");
    assert!(matches!(open(Mode::Create), StoreError::NotDuckDb { .. }));
    std::fs::remove_file(&path).expect("removed");

    create(folder.path()).close().expect("closed");
    let good = std::fs::read(folder.path().join("history.duckdb")).expect("read");
    std::fs::write(&path, &good[..good.len() / 2]).expect("written");
    assert!(matches!(open(Mode::Read), StoreError::Corrupt { .. }), "{:?}", open(Mode::Read));
    let mut newer = good.clone();
    newer[12] = 250;
    std::fs::write(&path, &newer).expect("written");
    let error = open(Mode::Read);
    assert!(matches!(error, StoreError::Corrupt { .. } | StoreError::NewerDuckDb { .. }), "{error:?}");
}

#[test]
fn a_newer_schema_is_refused_and_a_foreign_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    let path = store.path().to_owned();
    let newer = "CREATE OR REPLACE VIEW schema_migrations AS SELECT 99 AS version";
    store.connection.execute_batch(newer).expect("written");
    store.close().expect("closed");
    let error = Store::open(&path, Mode::Write, now()).map(|_| ()).expect_err("refused");
    assert!(matches!(error, StoreError::NewerSchema { found: 99, .. }), "{error:?}");

    let store = create(&{
        let other = folder.path().join("other");
        std::fs::create_dir(&other).expect("folder");
        other
    });
    let path = store.path().to_owned();
    store.connection.execute_batch("DROP VIEW schema_migrations").expect("dropped");
    store.close().expect("closed");
    let error = Store::open(&path, Mode::Create, now()).map(|_| ()).expect_err("refused");
    assert!(matches!(error, StoreError::NotAHistory { .. }), "{error:?}");
}

#[test]
fn the_legs_of_a_commit_are_known_whatever_they_measured() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    for (day, leg) in [(1, "cpu"), (2, "cpu"), (2, "cuda")] {
        let environment = BTreeMap::from([("leg".to_owned(), leg.to_owned())]);
        let draft = RunDraft { key: Some(format!("run-{day}-{leg}")), environment, ..run(day) };
        let mut one = result("a", 10.0);
        one.hardware.kind = Some(leg.to_owned());
        import(&store, &format!("{leg}.json"), draft, vec![one]).expect("imported");
    }
    let configuration = context().complete_result(result("a", 1.0)).expect("complete").configuration;
    let key = SeriesKey { configuration, metric: "latency".to_owned() };
    let wanted = SeriesMeta { key, unit: Unit::canonical("ms").0, better: None };
    let filter = BaselineFilter { window: 100, ..BaselineFilter::default() };
    let history = store.history(&[wanted], &filter).expect("read");
    let legs: Vec<Vec<&String>> = history.recent.iter().map(|run| run.legs.iter().collect()).collect();
    assert_eq!(legs, [vec!["cpu", "cuda"], vec!["cpu"]]);
}
