//! Databases of the former system into the history, as a user brings them.
//!
//! For: every kind of database, made here, hostile ones, and the real ones. Not for: the meaning of columns (see the unit
//! tests beside `formats::legacy::database`).
//! Invariant: an old database is read and never changed, and importing it again changes nothing.
#![expect(clippy::disallowed_types, reason = "to make the databases that are imported")]

use std::path::Path;

use serde_json::Value;

use crate::legacy::folder;
use crate::support::{Place, change, native};

const STAR: &str = "
    CREATE TABLE models (model_id INTEGER PRIMARY KEY, model_name VARCHAR);
    CREATE TABLE hardware_platforms (hardware_id INTEGER PRIMARY KEY, hardware_type VARCHAR, device_name VARCHAR);
    CREATE TABLE test_runs (run_id INTEGER PRIMARY KEY, test_name VARCHAR, started_at TIMESTAMP, success BOOLEAN);
    CREATE TABLE performance_results (result_id INTEGER PRIMARY KEY, run_id INTEGER, model_id INTEGER, hardware_id INTEGER,
        test_case VARCHAR, batch_size INTEGER, average_latency_ms FLOAT, throughput_items_per_second FLOAT,
        memory_peak_mb FLOAT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE hardware_compatibility (compatibility_id INTEGER, run_id INTEGER, model_id INTEGER, hardware_id INTEGER,
        is_compatible BOOLEAN, error_message VARCHAR, error_type VARCHAR, compatibility_score FLOAT);
    CREATE TABLE integration_test_results (test_result_id INTEGER, run_id INTEGER, test_module VARCHAR, test_name VARCHAR,
        status VARCHAR);
    CREATE TABLE integration_test_assertions (assertion_id INTEGER, test_result_id INTEGER, assertion_name VARCHAR,
        passed BOOLEAN, expected_value VARCHAR, actual_value VARCHAR, message VARCHAR);
    INSERT INTO models VALUES (1, 'bert'), (2, 'unknown');
    INSERT INTO hardware_platforms VALUES (1, 'cpu', 'CPU 9'), (2, 'cuda', NULL);
    INSERT INTO test_runs VALUES (1, 'nightly', '2025-03-01 02:00:00', TRUE), (2, 'nightly', '2025-03-02 02:00:00', TRUE);
    INSERT INTO performance_results VALUES
        (1, 1, 1, 1, 'embed', 8, 25.25, 316.75, 512, '2025-03-09 10:00:00'),
        (2, 2, 1, 1, 'embed', 8, 25.75, 310.5, 0, '2025-03-09 10:00:00'),
        (3, 1, 1, 2, 'embed', 8, 0, 0, 0, '2025-03-09 10:00:00'),
        (4, 1, 2, 2, 'embed', 8, 3.25, NULL, NULL, '2025-03-09 10:00:00'),
        (5, 1, 1, 2, 'embed', 8, NULL, NULL, NULL, '2025-03-09 10:00:00');
    INSERT INTO hardware_compatibility VALUES (1, 1, 1, 2, FALSE, 'no kernel', 'missing', 0.25);
    INSERT INTO integration_test_results VALUES (1, 1, 'api', 'starts', 'pass'), (2, 1, 'api', 'stops', 'error');
    INSERT INTO integration_test_assertions VALUES (1, 2, 'code', FALSE, '0', '1', 'it crashed');";

const FLAT: &str = "
    CREATE TABLE benchmark_performance (id INTEGER PRIMARY KEY, model VARCHAR, hardware VARCHAR, device VARCHAR,
        batch_size INTEGER, precision VARCHAR, throughput FLOAT, latency_avg FLOAT, memory_peak FLOAT,
        timestamp TIMESTAMP, source_file VARCHAR);
    INSERT INTO benchmark_performance VALUES
        (1, 'bert', 'cpu', NULL, 1, 'fp32', 40.5, 24.75, 0, '2025-03-01 02:00:00', 'a.json'),
        (2, 'bert', 'cpu', NULL, 1, 'fp32', 0, 0, 0, '2025-03-01 02:00:00', 'b.json'),
        (3, 'unknown', 'unknown', NULL, 1, 'fp32', 0, 0, 0, '2025-03-01 02:00:00', 'c.json');";

fn sqlite(path: &Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

fn import(place: &Place, code: i32, databases: &[&str]) -> Value {
    let answer = place.run(&[&["import", "--format", "json"], databases].concat());
    assert_eq!(answer.code, code, "{answer:#?}");
    serde_json::from_str(&answer.out).unwrap()
}

/// Everything that the history holds, without when it came in.
fn everything(place: &Place) -> Vec<String> {
    let tables = ["results", "measurements", "hardware_compatibility", "integration_test_results", "imports"];
    tables.map(|table| place.ok(&["query", &format!("SELECT count(*), bit_xor(hash(t)) FROM {table} t")])).into()
}

const PERFORMANCE: &str = "SELECT model_name, hardware_type, device_name, batch_size, average_latency_ms,
    throughput_items_per_second, memory_peak_mb, measured_at FROM performance_results ORDER BY ALL";

/// What `STAR` holds, whatever kind of database it is in.
const STAR_ROWS: [&str; 2] =
    ["bert,cpu,CPU 9,8,25.25,316.75,512.0,2025-03-01T02:00:00Z", "bert,cpu,CPU 9,8,25.75,310.5,,2025-03-02T02:00:00Z"];

fn performance(place: &Place) -> Vec<String> {
    place.ok(&["query", PERFORMANCE, "--format", "csv"]).lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_star_database_gives_its_measurements_and_counts_the_rest() {
    let place = Place::new();
    change(&place.path("old.duckdb"), STAR);
    let before = std::fs::read(place.path("old.duckdb")).unwrap();
    let report = import(&place, 0, &["old.duckdb"]);
    assert_eq!(performance(&place), STAR_ROWS);
    let database = &report["databases"][0];
    assert_eq!((&report["schema"], &database["format"]), (&"benchgate/import/v1".into(), &"former-duckdb".into()));
    for (name, expected) in [("results", 2), ("compatibility", 1), ("tests", 2), ("tests_failed", 1), ("runs", 2)] {
        assert_eq!(database[name], expected, "{name}: {database}");
    }
    let table = &database["tables"][0];
    assert_eq!(
        (&table["name"], &table["rows"], &table["taken"]),
        (&"performance_results".into(), &5.into(), &2.into())
    );
    let reasons: Vec<_> = table["left_out"].as_array().unwrap().iter().map(|one| one["reason"].clone()).collect();
    let expected = ["no measurement (all metrics zero)", "unknown model", "no measurement (no metric has a value)"];
    assert_eq!(reasons, expected.map(Value::from));
    let assertion = "SELECT assertion_name || passed || expected_value || actual_value || message || status
                     FROM integration_test_assertions JOIN integration_test_results USING (test_result_id)";
    assert_eq!(place.value(assertion), "codefalse01it crashederror");
    assert_eq!(place.value("SELECT error_type || compatibility_score FROM hardware_compatibility"), "missing0.25");
    assert_eq!(place.value("SELECT count(*) FROM test_runs WHERE started_at >= '2025-03-03'"), "0");

    let first = everything(&place);
    let report = import(&place, 0, &["old.duckdb"]);
    assert_eq!(report["databases"][0]["outcome"], "duplicate");
    assert_eq!(everything(&place), first, "a second import changes nothing");
    assert_eq!(std::fs::read(place.path("old.duckdb")).unwrap(), before, "the old database is only read");
}

#[test]
fn the_same_rows_in_another_kind_of_database_are_the_same_results() {
    let place = Place::new();
    sqlite(&place.path("old.sqlite"), STAR);
    let report = import(&place, 0, &["old.sqlite"]);
    assert_eq!(report["databases"][0]["format"], "former-sqlite");
    assert_eq!(performance(&place), STAR_ROWS);

    change(&place.path("old.duckdb"), STAR);
    for ending in ["parquet", "csv"] {
        // A pattern for DuckDB, and a quote.
        let folder = place.path(&format!("ex*'port-{ending}"));
        std::fs::create_dir(&folder).unwrap();
        let connection = duckdb::Connection::open(place.path("old.duckdb")).unwrap();
        for table in ["models", "hardware_platforms", "test_runs", "performance_results", "hardware_compatibility"] {
            let file = folder.join(format!("{table}.{ending}")).display().to_string().replace('\'', "''");
            connection.execute_batch(&format!("COPY {table} TO '{file}'")).unwrap();
        }
    }
    place.write("ex*'port-csv/notes.txt", "no table");
    let report = import(&place, 0, &["old.duckdb", "ex*'port-parquet", "ex*'port-csv"]);
    assert_eq!(performance(&place), STAR_ROWS);
    assert_eq!(place.value("SELECT count(*) FROM results"), "2");
    assert_eq!((&report["totals"]["results"], &report["totals"]["known"]), (&0.into(), &6.into()), "{report}");
    assert_eq!(report["databases"][2]["tables_not_read"][0], "notes.txt");
}

#[test]
fn flat_tables_alone_and_beside_the_others_are_read() {
    for sql in [FLAT.to_owned(), format!("{STAR}{FLAT}")] {
        let place = Place::new();
        change(&place.path("old.duckdb"), &sql);
        let answer = place.run(&["import", "old.duckdb"]);
        assert_eq!(answer.code, 0, "{answer:#?}");
        assert!(
            answer
                .out
                .contains("benchmark_performance: 2 rows left out: no measurement (all metrics zero) (first: row 2)"),
            "{}",
            answer.out
        );
        assert!(answer.out.contains("benchmark_performance: 3 rows, 1 taken without 1 zero"), "{}", answer.out);
        let latency = "SELECT value FROM history WHERE metric = 'latency' AND batch_size = 1";
        assert_eq!(place.value(latency), "24.75");
        assert_eq!(place.value("SELECT count(*) FROM measurements WHERE value = 0"), "0");
    }
}

#[test]
fn a_single_exported_table_is_read_by_its_name() {
    let place = Place::new();
    place.write(
        "benchmark_performance.csv",
        "model,hardware,latency_avg,timestamp\nbert,cpu,24.75,2025-03-01 02:00:00\n",
    );
    let report = import(&place, 0, &["benchmark_performance.csv"]);
    assert_eq!(report["totals"]["results"], 1);
    place.write("other.csv", "model,hardware\nbert,cpu\n");
    let report = import(&place, 1, &["other.csv"]);
    let reason = report["databases"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("nor an export of an old table") && reason.contains("benchgate ingest"), "{reason}");
}

#[test]
fn a_database_that_grew_brings_what_is_new() {
    let place = Place::new();
    change(&place.path("old.duckdb"), STAR);
    import(&place, 0, &["old.duckdb"]);
    change(
        &place.path("old.duckdb"),
        "INSERT INTO performance_results VALUES
            (6, 1, 1, 1, 'classify', 8, 9.25, NULL, NULL, NULL), (7, 1, 1, 1, 'embed', 8, 26.25, NULL, NULL, NULL)",
    );
    let report = import(&place, 0, &["old.duckdb"]);
    assert_eq!((&report["totals"]["results"], &report["totals"]["known"]), (&2.into(), &2.into()));
    let attempts = "SELECT attempt FROM history WHERE metric = 'latency' AND value = 26.25";
    assert_eq!(place.value(attempts), "2", "the same configuration once more is another attempt");
}

#[test]
fn what_ci_says_of_its_own_run_is_not_said_of_old_ones() {
    let place = Place::new();
    change(&place.path("old.duckdb"), FLAT);
    let mut command = place.command(&["import", "old.duckdb"]);
    command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_SHA", "f00")
        .env("GITHUB_REF_NAME", "main")
        .env("GITHUB_RUN_ID", "9");
    assert!(command.output().unwrap().status.success());
    assert_eq!(place.value("SELECT count(*) FROM imports WHERE git_commit IS NULL AND git_branch IS NULL"), "1");
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let place = Place::new();
    change(&place.path("old.duckdb"), STAR);
    let rehearsed = place.ok(&["import", "old.duckdb", "--dry-run"]);
    assert!(!place.path("benchgate.duckdb").exists());
    let imported = place.ok(&["import", "old.duckdb"]);
    assert_eq!(rehearsed.replace("nothing was written: ", ""), imported);
}

#[test]
fn what_is_no_old_database_is_refused_and_does_not_stop_the_others() {
    let place = Place::new();
    place.write("text.duckdb", "not a database");
    place.write("cut.duckdb", [&[0; 8], b"DUCK".as_slice(), &[0; 100]].concat());
    place.write("cut.sqlite", [b"SQLite format 3\0".as_slice(), &[1; 300]].concat());
    place.write("models.parquet", "PAR1 and no more");
    change(&place.path("empty.duckdb"), "");
    change(&place.path("foreign.duckdb"), "CREATE TABLE orders (id INTEGER)");
    change(&place.path("old.duckdb"), FLAT);
    let bad = [
        "absent.duckdb",
        "text.duckdb",
        "cut.duckdb",
        "cut.sqlite",
        "models.parquet",
        "empty.duckdb",
        "foreign.duckdb",
    ];
    let report = import(&place, 4, &[&bad[..], &["old.duckdb"]].concat());
    let databases = report["databases"].as_array().unwrap();
    let outcomes: Vec<_> = databases.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    let (malformed, skipped) = (["malformed"; 5], ["skipped"; 2]);
    assert_eq!(outcomes, [&malformed[..], &skipped[..], &["imported"]].concat());
    for database in &databases[..bad.len()] {
        assert!(database["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{database}");
    }
    import(&place, 1, &["text.duckdb"]);
}

/// What a history holds, without when and from which file it came.
fn contents(place: &Place, db: &str) -> Vec<String> {
    let queries = [
        "SELECT count(*), bit_xor(hash(run_id, configuration_id, error_message, measured_at)) FROM results",
        "SELECT count(*), bit_xor(hash(m)) FROM measurements m",
        "SELECT count(*), bit_xor(hash(run_id, source_id, run_key)) FROM imports",
        "SELECT count(*), bit_xor(hash(c)) FROM configurations c",
        "SELECT count(*), bit_xor(hash(model_id, model_name)) FROM models",
        "SELECT count(*), bit_xor(hash(hardware_id, device_name)) FROM hardware_platforms",
        "SELECT count(*), bit_xor(hash(test_result_id, status)) FROM integration_test_results",
        "SELECT count(*), bit_xor(hash(assertion_id, passed)) FROM integration_test_assertions",
        "SELECT count(*), bit_xor(hash(compatibility_id, error_message)) FROM hardware_compatibility",
    ];
    queries.map(|query| place.ok(&["query", query, "--db", db])).into()
}

#[test]
fn two_histories_merge_by_union() {
    let place = Place::new();
    change(&place.path("old.duckdb"), STAR);
    for day in 1..=4 {
        place.write(&format!("{day}.json"), native(day, &[("embed", 10.5, 80.5), ("classify", 20.5, 40.5)]));
    }
    let fill = |db: &str, files: &[&str], old: &[&str]| {
        place.ok(&[&["ingest", "--db", db], files].concat());
        if !old.is_empty() {
            place.ok(&[&["import", "--db", db], old].concat());
        }
    };
    fill("left.duckdb", &["1.json", "2.json", "3.json"], &[]);
    fill("right.duckdb", &["3.json", "4.json"], &["old.duckdb"]);
    fill("whole.duckdb", &["1.json", "2.json", "3.json", "4.json"], &["old.duckdb"]);
    let merge = |into: &str, from: &str| -> Value {
        serde_json::from_str(&place.ok(&["import", from, "--db", into, "--format", "json"])).unwrap()
    };
    let report = merge("left.duckdb", "right.duckdb");
    for (name, expected) in
        [("results", 4), ("measurements", 9), ("known", 2), ("tests", 2), ("tests_failed", 1), ("compatibility", 1)]
    {
        assert_eq!(report["databases"][0][name], expected, "{name}: {report}");
    }
    assert_eq!(contents(&place, "left.duckdb"), contents(&place, "whole.duckdb"));
    assert_eq!(merge("left.duckdb", "right.duckdb")["databases"][0]["outcome"], "duplicate");
    assert_eq!(contents(&place, "left.duckdb"), contents(&place, "whole.duckdb"), "a second time changes nothing");
    assert_eq!(merge("right.duckdb", "whole.duckdb")["databases"][0]["results"], 4);
    assert_eq!(contents(&place, "right.duckdb"), contents(&place, "whole.duckdb"), "nor does the order matter");
    // What follows in the same command sees what was merged.
    place.ok(&["import", "whole.duckdb", "old.duckdb", "--db", "fresh.duckdb"]);
    assert_eq!(contents(&place, "fresh.duckdb"), contents(&place, "whole.duckdb"));
    let answer = place.run(&["import", "left.duckdb", "--db", "left.duckdb"]);
    assert!(answer.code == 1 && answer.out.contains("it is the history itself"), "{answer:#?}");
}

#[test]
fn histories_that_contradict_each_other_are_not_merged() {
    let place = Place::new();
    place.write("a.json", native(1, &[("embed", 10.5, 80.5)]));
    place.write("b.json", native(1, &[("embed", 11.5, 80.5), ("classify", 20.5, 40.5)]));
    place.ok(&["ingest", "a.json", "--db", "left.duckdb"]);
    place.ok(&["ingest", "b.json", "--db", "right.duckdb"]);
    let before = contents(&place, "left.duckdb");
    let answer = place.run(&["import", "right.duckdb", "--db", "left.duckdb"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(answer.out.contains("run `run-1` (attempt 1) already holds other values for 1"), "{}", answer.out);
    assert_eq!(contents(&place, "left.duckdb"), before);
    let only = native(1, &[("classify", 20.5, 40.5)]);
    place.write("c.json", only);
    place.ok(&["ingest", "c.json", "--db", "third.duckdb"]);
    place.ok(&["import", "third.duckdb", "--db", "left.duckdb"]);
    let counted = place.ok(&["query", "SELECT count(*) FROM results", "--db", "left.duckdb", "--format", "csv"]);
    assert_eq!(counted.lines().nth(1), Some("2"));
}

#[test]
fn what_only_says_that_it_is_a_history_is_not_looked_at() {
    let place = Place::new();
    place.write("a.json", native(1, &[("embed", 10.5, 80.5)]));
    place.ok(&["ingest", "a.json"]);
    let before = contents(&place, "benchgate.duckdb");
    let secret = place.path("a.json").display().to_string();
    for (name, sql) in [
        (
            "view",
            format!(
                "DROP TABLE models; CREATE VIEW models AS SELECT 1::UBIGINT AS model_id, content AS model_name,
            NULL AS model_family, NULL AS modality, NULL AS source, NULL AS version, NULL::DOUBLE AS parameters_million,
            NULL::JSON AS metadata, now()::TIMESTAMP AS created_at FROM read_text('{secret}')"
            ),
        ),
        ("type", "ALTER TABLE results ALTER iterations TYPE VARCHAR".to_owned()),
        ("column", "ALTER TABLE measurements DROP samples".to_owned()),
        ("table", "DROP TABLE suspicions".to_owned()),
    ] {
        let file = format!("{name}.duckdb");
        std::fs::copy(place.path("benchgate.duckdb"), place.path(&file)).unwrap();
        change(&place.path(&file), &sql);
        let report = import(&place, 1, &[&file]);
        let database = &report["databases"][0];
        assert!(
            database["outcome"] == "malformed" && database["reason"].as_str().unwrap().contains("tables are not"),
            "{name}: {database}"
        );
        assert_eq!(contents(&place, "benchgate.duckdb"), before, "{name}");
    }
}

#[test]
fn nothing_that_a_database_carries_is_run() {
    let place = Place::new();
    place.write("secret.csv", "model,hardware,latency_avg\nstolen,cpu,1.25\n");
    let secret = place.path("secret.csv").display().to_string();
    change(
        &place.path("view.duckdb"),
        &format!(
            "{FLAT} CREATE VIEW performance_history AS FROM read_csv('{secret}');
             CREATE MACRO main.count_star() AS 1; CREATE TABLE \"x'; DROP TABLE models; --\" (a INTEGER);"
        ),
    );
    sqlite(
        &place.path("view.sqlite"),
        "CREATE TABLE models (model_id INTEGER, model_name TEXT);
         CREATE VIEW benchmark_performance AS SELECT 'stolen' AS model, 'cpu' AS hardware, 1.25 AS latency_avg;",
    );
    let report = import(&place, 4, &["view.duckdb", "view.sqlite"]);
    assert_eq!(report["totals"]["results"], 1);
    assert_eq!(place.value("SELECT string_agg(model_name) FROM models"), "bert");
    assert_eq!(report["databases"][0]["tables_not_read"][0], "x'; DROP TABLE models; --");
    change(&place.path("view.duckdb"), "CREATE TABLE \"<b>@all\" (a INTEGER)");
    let page = place.ok(&["import", "view.duckdb", "--format", "markdown"]);
    assert!(page.contains("\nview.duckdb:\n\n- ") && page.contains("3 rows, 1 taken"), "{page}");
    assert!(!page.contains("<b>") && !page.contains("@all"), "{page}");
}

#[test]
fn the_real_databases_give_what_they_are_known_to_hold() {
    let Some(folder) = folder("the_real_databases_give_what_they_are_known_to_hold") else { return };
    let place = Place::new();
    let path = |name: &str| folder.join("legacy-db").join(name).display().to_string();
    let report = import(
        &place,
        4,
        &[&path("star.duckdb"), &path("star_and_flat.duckdb"), &path("no_tables.duckdb"), &path("star_variant.sqlite")],
    );
    let databases = report["databases"].as_array().unwrap();
    let outcomes: Vec<_> = databases.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["skipped", "skipped", "skipped", "imported"]);
    let table = |database: usize, name: &str| {
        let tables = databases[database]["tables"].as_array().unwrap();
        let table = tables.iter().find(|table| table["name"] == name).unwrap();
        let left_out =
            table["left_out"].as_array().unwrap().iter().map(|one| (one["reason"].clone(), one["rows"].clone()));
        (table["rows"].clone(), table["taken"].clone(), left_out.collect::<Vec<_>>())
    };
    let zero = vec![("no measurement (all metrics zero)".into(), 101.into())];
    assert_eq!(table(1, "benchmark_performance"), (101.into(), 0.into(), zero));
    let null = vec![("no measurement (no metric has a value)".into(), 3.into())];
    assert_eq!(table(3, "performance_results"), (3.into(), 0.into(), null));
    assert_eq!(table(3, "performance_history"), (2.into(), 2.into(), vec![]));
    assert_eq!(
        performance(&place),
        [
            "bert-base-uncased,cpu,Intel Core i9-12900K,1,25.3,39.5,,2025-03-06T21:41:54Z",
            "bert-base-uncased,cuda,NVIDIA RTX 4090,1,6.1,163.9,,2025-03-06T21:41:54Z",
        ]
    );
}
