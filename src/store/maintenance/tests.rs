//! The checks, each on a history that has its defect, and a migration that is killed.
//!
//! For: what the command line cannot bring about. Not for: what it can (see `tests/it/maintain.rs`).
//! Invariant: every check has a defect here that only it finds.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use super::super::connection::{Mode, Store, connect};
use super::super::error::StoreError;
use super::super::schema::{self, MIGRATIONS, Migration};
use super::super::tests::{create, import, now, result, run};
use super::validate::duplicates;
use crate::model::ResultDraft;
use crate::model::finding::Check;

/// A history of three runs with a failed result.
fn history(folder: &Path) -> Store {
    let store = create(folder);
    for day in 1..=3 {
        let results = vec![result("a", 10.0), result("b", 20.0), ResultDraft::failed("out of memory")];
        import(&store, &format!("{day}.json"), run(day), results).expect("imported");
    }
    store
}

/// A history in a file, to be copied and spoilt.
fn original() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let store = history(folder.path());
    let path = store.path().to_owned();
    store.close().expect("closed");
    (folder, path)
}

/// Check and place of all that is found in a copy after some statements.
fn found_after(original: &Path, sql: &str) -> Vec<(Check, String)> {
    let path = original.with_file_name("copy.duckdb");
    std::fs::copy(original, &path).expect("copied");
    let store = Store::open(&path, Mode::Write, now()).expect("opened");
    store.connection.execute_batch(sql).expect(sql);
    store.close().expect("closed");
    let store = Store::open(&path, Mode::Read, now()).expect("opened");
    let found = store.validate(now()).expect("validated");
    assert!(found.iter().all(|finding| finding.count > 0 && !finding.examples.is_empty()), "{found:?}");
    found.into_iter().map(|finding| (finding.check, finding.place)).collect()
}

#[test]
fn what_an_import_writes_is_valid() {
    let (_folder, original) = original();
    assert_eq!(found_after(&original, "SELECT 1"), []);
}

#[test]
fn every_defect_is_found_by_its_check_and_no_other() {
    let (_folder, original) = original();
    use Check::{
        Duplicate, FailedWithValues, Foreign, Future, Identity, Schema, Simulation, Text, Unit, Unused, Value, View,
    };
    let cases = [
        ("ALTER TABLE suspicions DROP COLUMN reason", Schema, "columns"),
        ("ALTER TABLE results ALTER iterations TYPE DOUBLE", Schema, "columns"),
        ("CREATE OR REPLACE VIEW history AS SELECT 1 AS model", View, "views"),
        ("CREATE TABLE mine (x INTEGER)", Foreign, "columns"),
        ("CREATE VIEW mine AS SELECT 1 AS x", Foreign, "views"),
        ("INSERT INTO measurements FROM measurements LIMIT 1", Duplicate, "measurements"),
        ("INSERT INTO results FROM results LIMIT 1", Duplicate, "results"),
        ("INSERT INTO imports FROM imports LIMIT 1", Duplicate, "imports"),
        ("UPDATE models SET model_name = 'other'", Identity, "models.model_id"),
        (
            "UPDATE configurations SET parameters = '[1]' WHERE test_case = 'a'",
            Identity,
            "configurations.configuration_id",
        ),
        ("UPDATE imports SET content_hash = repeat('a', 64) WHERE run_key = 'run-1'", Identity, "imports.source_id"),
        ("UPDATE imports SET attempt = 2 WHERE run_key = 'run-1'", Identity, "imports.run_id"),
        ("UPDATE measurements SET unit = 's'", Unit, "measurements.unit"),
        ("UPDATE measurements SET value = 'nan'", Value, "measurements.value"),
        ("UPDATE measurements SET value = 0", Value, "measurements.value"),
        ("UPDATE measurements SET samples = [1, -1]", Value, "measurements.value"),
        ("UPDATE measurements SET samples = [1, 'infinity'::DOUBLE]", Value, "measurements.value"),
        ("UPDATE results SET total_time_seconds = -1", Value, "times and counts"),
        ("UPDATE results SET error_message = 'x'", FailedWithValues, "measurements"),
        ("UPDATE results SET simulation_reason = 'mock'", Simulation, "results.simulation_reason"),
        ("UPDATE imports SET started_at = '2200-01-01'", Future, "imports.started_at"),
        ("UPDATE imports SET file_name = repeat('x', 5000)", Text, "imports.file_name"),
        ("UPDATE imports SET file_name = 'a' || chr(27)", Text, "imports.file_name"),
        ("UPDATE imports SET git_branch = ''", Text, "imports.git_branch"),
        ("DELETE FROM measurements; DELETE FROM results WHERE error_message IS NOT NULL", Unused, "configurations"),
    ];
    for (sql, check, place) in cases {
        assert_eq!(found_after(&original, sql), [(check, place.to_owned())], "{sql}");
    }
}

#[test]
fn a_table_that_is_looked_at_in_parts_shows_all_its_duplicates() {
    let folder = tempfile::tempdir().expect("folder");
    let store = history(folder.path());
    store.connection.execute_batch("INSERT INTO measurements FROM measurements").expect("inserted");
    let parts = duplicates("measurements", "run_id, configuration_id, metric", 3);
    let found = store.find_in_parts(Check::Duplicate, "measurements", parts).expect("looked").expect("found");
    assert_eq!((found.count, found.examples.len()), (6, 3), "{found:?}");
}

#[test]
fn a_row_that_names_what_is_not_there_is_found_where_it_stands() {
    let (_folder, original) = original();
    let cases = [
        ("DELETE FROM results", "measurements.run_id+configuration_id -> results"),
        ("DELETE FROM configurations", "results.configuration_id -> configurations"),
        ("DELETE FROM models", "configurations.model_id -> models"),
        ("DELETE FROM hardware_platforms", "configurations.hardware_id -> hardware_platforms"),
        ("DELETE FROM imports", "results.run_id -> imports"),
        ("INSERT INTO suspicions VALUES (1, 2, 'x')", "suspicions.run_id+configuration_id -> results"),
        (
            "INSERT INTO decisions BY NAME SELECT 1 AS decision_id, 'undo' AS kind, 2 AS undoes, 'a' AS actor, 'b' AS reason,\n             TIMESTAMP '2026-01-01' AS decided_at",
            "decisions.undoes -> decisions",
        ),
        (
            "INSERT INTO integration_test_assertions VALUES (1, 2, 'x', true, NULL, NULL, NULL, '2026-01-01')",
            "integration_test_assertions.test_result_id -> integration_test_results",
        ),
    ];
    for (sql, place) in cases {
        let found = found_after(&original, sql);
        assert!(found.contains(&(Check::Orphan, place.to_owned())), "{sql}: {found:?}");
    }
}

#[test]
fn a_history_that_is_written_anew_is_the_same_and_smaller() {
    let folder = tempfile::tempdir().expect("folder");
    let store = create(folder.path());
    for day in 0..60 {
        let results = (0..40).map(|case| result(&format!("case-{case}"), 10.0 + f64::from(case))).collect();
        import(&store, "a.json", run(day), results).expect("imported");
    }
    let old = "DELETE FROM measurements WHERE run_id IN (SELECT run_id FROM imports WHERE run_key < 'run-5');
        DELETE FROM results WHERE run_id IN (SELECT run_id FROM imports WHERE run_key < 'run-5');
        CREATE TABLE \"a \"\"quoted\"\" name\" AS SELECT 1 AS x";
    store.checkpoint().expect("written");
    store.connection.execute_batch(old).expect("deleted");
    store.checkpoint().expect("written");
    let path = folder.path().join("compacted.duckdb");
    store.write_compacted(&path, now()).expect("compacted");
    let size = |path: &Path| std::fs::metadata(path).expect("there").len();
    assert!(size(&path) < size(store.path()), "{} {}", size(&path), size(store.path()));
    let copy = Store::open(&path, Mode::Read, now()).expect("opened");
    assert_eq!(copy.fingerprint().expect("read"), store.fingerprint().expect("read"));
    let found = copy.validate(now()).expect("validated");
    assert!(found.iter().all(|finding| matches!(finding.check, Check::Foreign | Check::Unused)), "{found:?}");
}

#[test]
fn the_order_in_which_a_runs_files_came_is_part_of_what_a_history_holds() {
    let folder = tempfile::tempdir().expect("folder");
    let store = history(folder.path());
    let before = store.fingerprint().expect("read");
    let file = |suffix: &str| {
        format!(
            "INSERT INTO imports BY NAME SELECT * REPLACE (file_name || '{suffix}' AS file_name) FROM imports WHERE run_key = 'run-1' LIMIT 1;"
        )
    };
    let fingerprint_of = |sql: String| {
        store.connection.execute_batch(&format!("BEGIN TRANSACTION; {sql}")).expect("inserted");
        let fingerprint = store.fingerprint().expect("read");
        store.connection.execute_batch("ROLLBACK").expect("rolled back");
        fingerprint
    };
    let two = fingerprint_of(file("-x") + "DELETE FROM imports WHERE file_name = '1.json';" + &file("y"));
    let same = fingerprint_of(file("-x") + "DELETE FROM imports WHERE file_name = '1.json';" + &file("y"));
    assert_eq!(two, same);
    let turned = "CREATE TEMP TABLE turned AS SELECT * FROM imports ORDER BY rowid DESC; DELETE FROM imports; INSERT INTO imports FROM turned;";
    let other = fingerprint_of(file("-x") + "DELETE FROM imports WHERE file_name = '1.json';" + &file("y") + turned);
    assert_ne!(two, other);
    assert_eq!(store.fingerprint().expect("read"), before);
}

/// A second version, which moves a table and changes many rows.
const SECOND: Migration = (
    "an artificial second version",
    "ALTER TABLE results ADD COLUMN note VARCHAR;
     UPDATE results SET note = 'run ' || run_id;
     CREATE TABLE notes AS SELECT range AS number, hash(range)::VARCHAR AS text FROM range(10000);
     ALTER TABLE suspicions RENAME TO doubts",
);

/// Where the process that is killed finds its file.
const FILE: &str = "BENCHGATE_TEST_MIGRATION";

/// What that process does; it is no test of its own.
#[test]
#[ignore = "started and killed by another test"]
fn migrate_to_an_artificial_version() {
    #[expect(clippy::disallowed_methods, reason = "how a test tells the process that it starts what to do")]
    let path = PathBuf::from(std::env::var_os(FILE).expect("started by the other test"));
    migrate(&path);
}

fn migrate(path: &Path) {
    let connection = connect(path, Mode::Write).expect("opened");
    let migrations = [MIGRATIONS, &[SECOND]].concat();
    let version = schema::version(&connection).expect("read").expect("a history");
    schema::apply(&connection, &migrations, version, now()).expect("migrated");
    connection.execute_batch("USE memory; DETACH store").expect("closed");
}

/// Whether a file is of the second version; it is wholly of one.
fn is_migrated(path: &Path) -> bool {
    let connection = connect(path, Mode::Read).expect("opened");
    let version = schema::version(&connection).expect("read").expect("a history");
    let parts: (i64, i64, i64) = connection
        .query_row(
            "SELECT (SELECT count(*) FROM duckdb_columns() WHERE column_name = 'note'),
                (SELECT count(*) FROM duckdb_tables() WHERE table_name = 'doubts'),
                (SELECT coalesce(sum(estimated_size), 0)::BIGINT FROM duckdb_tables() WHERE table_name = 'notes')",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .expect("counted");
    assert_eq!(parts, if version == 2 { (1, 1, 10_000) } else { (0, 0, 0) }, "version {version}");
    version == 2
}

#[test]
fn a_migration_that_is_killed_leaves_the_old_version_or_the_new_one() {
    const KILLS: u64 = 50;
    let (folder, original) = original();
    let read = |path: &Path| Store::open(path, Mode::Read, now()).and_then(|store| store.fingerprint()).expect("read");
    let before = read(&original);
    let mut counts = [0; 2];
    for number in 0..KILLS {
        let path = folder.path().join(format!("{number}.duckdb"));
        std::fs::copy(&original, &path).expect("copied");
        let child = "store::maintenance::tests::migrate_to_an_artificial_version";
        let mut child = Command::new(std::env::current_exe().expect("known"))
            .args(["--exact", child, "--ignored"])
            .env(FILE, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let moment = ChaCha8Rng::seed_from_u64(number).random_range(5_000..90_000);
        std::thread::sleep(Duration::from_micros(moment));
        child.kill().expect("killed");
        child.wait().expect("ended");
        let is_new = is_migrated(&path);
        counts[usize::from(is_new)] += 1;
        if !is_new {
            assert_eq!(read(&path), before, "kill {number}");
        }
        if !is_new && number % 10 == 0 {
            migrate(&path);
            assert!(is_migrated(&path), "kill {number}");
        }
        std::fs::remove_file(&path).expect("removed");
    }
    let newer = folder.path().join("newer.duckdb");
    std::fs::copy(&original, &newer).expect("copied");
    migrate(&newer);
    for mode in [Mode::Read, Mode::Write] {
        let refused = Store::open(&newer, mode, now()).expect_err("newer");
        assert!(matches!(refused, StoreError::NewerSchema { found: 2, known: 1, .. }), "{refused}");
    }
    assert!(counts[0] > 5, "most are killed before they end: {counts:?}");
}
