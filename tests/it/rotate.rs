//! What leaves a history and comes back: `baseline rotate`, `prune`, `drop` and `undo`.
//!
//! For: rows that are archived and restored, what is not taken again, and archives that are not what was written. Not for:
//! which runs a policy keeps (unit tests), nor for the snapshot (see `snapshot`).
//! Invariant: results do not depend on today's date: all runs are older than the tiers that look at it.

use serde_json::Value;

use crate::support::{Place, content, history, names, native};

/// Keeps one run a week of what is not among the newest twenty.
const WEEKLY: [&str; 8] = ["--keep-all", "1d", "--daily", "1d", "--window", "20", "--actor", "octo"];

fn rotate(place: &Place, more: &[&str]) -> String {
    place.ok(&[&["baseline", "rotate"], &WEEKLY[..], more].concat())
}

/// Row counts and hashes of every table but the two that say what was decided.
pub(crate) fn hashes(place: &Place) -> Vec<String> {
    let tables = [
        "imports",
        "results",
        "measurements",
        "suspicions",
        "configurations",
        "models",
        "hardware_platforms",
        "hardware_compatibility",
        "hardware_detections",
        "integration_test_results",
        "integration_test_assertions",
        "(SELECT i, row_number() OVER (PARTITION BY run_id ORDER BY created_at) FROM test_runs i)",
    ];
    tables
        .iter()
        .map(|table| place.value(&format!("SELECT count(*) || ' ' || bit_xor(hash(t)) FROM {table} t")))
        .collect()
}

fn decisions(place: &Place) -> Vec<Value> {
    let document: Value = serde_json::from_str(&place.ok(&["baseline", "list", "--format", "json"])).unwrap();
    document["tables"]["decisions"].as_array().unwrap().clone()
}

/// The id of the newest decision.
fn newest(place: &Place) -> String {
    decisions(place)[0]["decision"].as_str().unwrap().to_owned()
}

fn undo(place: &Place, id: &str) -> String {
    place.ok(&["baseline", "undo", id, "--reason", "needed after all", "--actor", "octo"])
}

fn runs(place: &Place) -> String {
    place.value("SELECT count(*) FROM test_runs")
}

#[test]
fn what_a_rotation_archives_comes_back_row_by_row() {
    let place = Place::new();
    history(&place, 60);
    let before = hashes(&place);
    let plan = rotate(&place, &[]);
    assert!(plan.contains("20 among the newest 20 of a series") && plan.contains("nothing was done"), "{plan}");
    assert_eq!(
        (hashes(&place), names(&place.path(""))),
        (before.clone(), vec!["benchgate.duckdb".into(), "history".into()])
    );
    let out = rotate(&place, &["--yes"]);
    assert!(out.contains("read it again, and deleted it here") && out.contains("wrote the snapshot"), "{out}");
    // Twenty that baselines need, and one of each of the six weeks before.
    assert_eq!(runs(&place), "26", "{out}");
    assert!(place.ok(&["maintain", "validate"]).contains("Nothing is wrong"));
    let again = rotate(&place, &["--yes"]);
    assert!(again.contains("nothing leaves") && runs(&place) == "26", "{again}");
    let rotated: Vec<Value> = decisions(&place).into_iter().filter(|one| one["kind"] == "rotate").collect();
    let [decision] = &rotated[..] else { panic!("{rotated:?}") };
    assert_eq!((&decision["actor"], &decision["reason"]), (&"octo".into(), &"beyond what is kept".into()));
    let back = undo(&place, decision["decision"].as_str().unwrap());
    assert!(back.contains("came back; the archive stays"), "{back}");
    assert_eq!(hashes(&place), before);
    assert!(place.ok(&["maintain", "validate"]).contains("Nothing is wrong"));
    // It may leave again, into another archive.
    rotate(&place, &["--yes"]);
    assert_eq!((runs(&place).as_str(), names(&place.path("archive")).len()), ("26", 2));
}

#[test]
fn a_rotated_history_gives_the_same_verdict() {
    let place = Place::new();
    history(&place, 60);
    let candidate = place.write("new.json", native(61, &[("embed", 11.5, 700.0), ("classify", 20.0, 400.0)]));
    let judge = || {
        let answer = place.run(&["compare", &candidate, "--window", "20", "--format", "json"]);
        let report: Value = serde_json::from_str(&answer.out).unwrap();
        ["outcome", "headline", "counts", "series"].map(|part| report[part].to_string())
    };
    let before = judge();
    rotate(&place, &["--yes"]);
    assert!(judge() == before, "{}", before[1]);
    assert_eq!(before[0], "\"failed\"");
}

#[test]
fn what_has_left_is_not_taken_again_until_it_is_brought_back() {
    let place = Place::new();
    history(&place, 60);
    std::fs::copy(place.path("benchgate.duckdb"), place.path("other.duckdb")).unwrap();
    rotate(&place, &["--yes"]);
    let rotated = hashes(&place);
    let out = place.ok(&["ingest", "history", "--quiet"]);
    assert!(out.contains("0 imported"), "{out}");
    place.ok(&["ingest", "history", "--quiet", "--incremental"]);
    // The same run in a file of another content, such as a bundle.
    let other = native(5, &[("embed", 10.0, 800.0), ("classify", 20.0, 400.0)]) + "\n";
    let file = place.write("other.json", other);
    let out = place.ok(&["ingest", &file]);
    assert!(out.contains("duplicate other.json: 2 in an archive"), "{out}");
    let out = place.ok(&["import", "other.duckdb"]);
    assert!(out.contains("34 in an archive") || out.contains("68 in an archive"), "{out}");
    assert_eq!(hashes(&place), rotated);
    // The other one learns of the decision, and loses nothing by that.
    place.ok(&["import", "benchgate.duckdb", "--db", "other.duckdb", "--quiet"]);
    assert!(content(&place, "other.duckdb").contains("run-5,"));
    assert!(place.ok(&["maintain", "validate", "--db", "other.duckdb"]).contains("Nothing is wrong"));
    let id =
        decisions(&place).iter().find(|one| one["kind"] == "rotate").unwrap()["decision"].as_str().unwrap().to_owned();
    undo(&place, &id);
    assert_eq!(runs(&place), "60");
    let out = place.ok(&["ingest", "history", "--quiet"]);
    assert!(out.contains("0 imported") && runs(&place) == "60", "{out}");
}

#[test]
fn runs_that_decisions_rest_on_stay() {
    let place = Place::new();
    history(&place, 60);
    let commit = |day: u32| format!("{day:040x}");
    let decide = |arguments: &[&str]| place.ok(&[arguments, &["--reason", "released", "--actor", "octo"]].concat());
    decide(&["baseline", "pin", "v1", "--commit", &commit(3)]);
    decide(&["baseline", "accept", "embed latency", "--commit", &commit(11)]);
    let out = rotate(&place, &["--yes"]);
    assert!(out.contains("2 that a decision rests on"), "{out}");
    for day in [3, 11] {
        assert_eq!(place.value(&format!("SELECT count(*) FROM test_runs WHERE git_commit = '{}'", commit(day))), "1");
    }
    let prune =
        ["baseline", "prune", "--commit", &commit(3), "--reason", "a broken machine", "--actor", "octo", "--yes"];
    let out = place.ok(&prune);
    assert!(out.contains("1 run stays, since a decision rests on it") && out.contains("nothing to do"), "{out}");
}

#[test]
fn a_new_epoch_begins_with_the_next_run() {
    let place = Place::new();
    history(&place, 30);
    let out = rotate(&place, &["--yes", "--new-epoch", "--reason", "other machines", "--series", "embed latency"]);
    assert!(out.contains("a new epoch of 1 series begins with the next run"), "{out}");
    let shown: Value = serde_json::from_str(&place.ok(&["baseline", "show", "--format", "json"])).unwrap();
    let series = shown["tables"]["series"].as_array().unwrap();
    let embed = series.iter().find(|one| one["name"].as_str().unwrap().contains("embed batch=8 latency")).unwrap();
    assert_eq!((&embed["runs"], &embed["level"]), (&0.into(), &Value::Null), "{embed}");
    assert!(embed["origin"].as_str().unwrap().contains("the next run: other machines, by octo"), "{embed}");
    assert_eq!(series.iter().filter(|one| one["level"].is_number()).count(), 3);
    let candidate = place.write("new.json", native(200, &[("embed", 30.0, 800.0), ("classify", 20.0, 400.0)]));
    let answer = place.run(&["compare", &candidate, "--verbose"]);
    assert_ne!(answer.code, 10, "{answer:?}");
}

#[test]
fn chosen_runs_leave_and_come_back() {
    let place = Place::new();
    history(&place, 20);
    place.write("branch.json", native(30, &[("embed", 10.0, 800.0)]).replace("\"main\"", "\"topic\""));
    place.ok(&["ingest", "branch.json"]);
    let before = hashes(&place);
    let prune = |more: &[&str]| {
        place.run(&[&["baseline", "prune", "--reason", "the branch is gone", "--actor", "octo"], more].concat())
    };
    assert!(prune(&["--yes"]).err.contains("nothing says which runs leave"));
    let plan = prune(&["--branch", "topic"]);
    assert!(plan.out.contains("1 run leaves, made from") && plan.out.contains("nothing was done"), "{plan:?}");
    assert_eq!(hashes(&place), before);
    assert_eq!(prune(&["--branch", "topic", "--yes"]).code, 0);
    assert_eq!(runs(&place), "20");
    assert_eq!(prune(&["--before", "2026-01-11", "--yes"]).code, 0);
    assert_eq!(runs(&place), "10");
    assert!(prune(&["--simulated", "--yes"]).out.contains("there is nothing to do"));
    for one in decisions(&place) {
        undo(&place, one["decision"].as_str().unwrap());
    }
    assert_eq!(hashes(&place), before);
}

#[test]
fn a_dropped_series_leaves_with_its_results_and_is_not_taken_again() {
    let place = Place::new();
    history(&place, 10);
    std::fs::copy(place.path("benchgate.duckdb"), place.path("other.duckdb")).unwrap();
    let before = hashes(&place);
    let drop = |series: &str| {
        place.ok(&["baseline", "drop", series, "--reason", "nobody looks at it", "--actor", "octo", "--yes"])
    };
    let out = drop("embed latency");
    assert!(out.contains("drop bert cpu embed batch=8 latency"), "{out}");
    let first = newest(&place);
    assert_eq!(place.value("SELECT count(*) FROM results"), "20", "the other metric holds them");
    drop("embed throughput");
    let second = newest(&place);
    assert_eq!(place.value("SELECT count(*) FROM results"), "10");
    assert!(place.ok(&["maintain", "validate"]).contains("Nothing is wrong"));
    let dropped = hashes(&place);
    let out = place.ok(&["import", "other.duckdb"]);
    assert!(out.contains("10 in an archive"), "{out}");
    let (more, day) = (native(3, &[("embed", 10.0, 800.0)]) + "\n", 3);
    place.write("more.json", more.replace(&format!("run-{day}"), "run-again"));
    place.ok(&["ingest", "more.json"]);
    assert_eq!(place.value("SELECT count(*) FROM history WHERE test_case = 'embed'"), "0");
    assert_eq!(place.value("SELECT count(*) FROM results"), "10");
    place.ok(&[
        "baseline",
        "prune",
        "--commit",
        &format!("{:040x}", 3),
        "--reason",
        "a test",
        "--actor",
        "octo",
        "--yes",
    ]);
    let pruned = newest(&place);
    let refused = place.run(&["baseline", "undo", &second, "--reason", "r", "--actor", "octo"]);
    assert!(refused.code == 1 && refused.err.contains("belong to runs that left the history later"), "{refused:?}");
    undo(&place, &pruned);
    place.ok(&["baseline", "undo", &second, "--reason", "r", "--actor", "octo"]);
    place.ok(&["baseline", "undo", &first, "--reason", "r", "--actor", "octo"]);
    assert_ne!(hashes(&place), dropped);
    place.ok(&[
        "baseline",
        "prune",
        "--commit",
        &format!("{:040x}", 3),
        "--before",
        "2020-01-01",
        "--reason",
        "a",
        "--actor",
        "o",
    ]);
    assert_eq!(hashes(&place)[2], before[2], "every measurement is back");
}

#[test]
fn an_archive_that_is_not_what_was_written_brings_nothing_back() {
    let place = Place::new();
    history(&place, 40);
    rotate(&place, &["--yes"]);
    let (id, rotated) = (newest(&place), hashes(&place));
    let archive = place.path("archive").join(&names(&place.path("archive"))[0]);
    let attempt = |more: &[&str]| {
        let answer = place.run(&[&["baseline", "undo", &id, "--reason", "r", "--actor", "o"], more].concat());
        assert_eq!((answer.code, hashes(&place) == rotated), (1, true), "{answer:?}");
        assert!(answer.err.contains("[DB005]"), "{}", answer.err);
        answer.err
    };
    assert!(attempt(&["--archive", "elsewhere"]).contains("there is no archive"));
    let damage = |name: &str, change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let path = archive.join(name);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, change(whole.clone())).unwrap();
        (path, whole)
    };
    for (name, change) in [
        ("measurements.parquet", &(|bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec()) as &dyn Fn(Vec<u8>) -> Vec<u8>),
        ("results.parquet", &|mut bytes: Vec<u8>| {
            bytes[20] ^= 1;
            bytes
        }),
    ] {
        let (path, whole) = damage(name, change);
        assert!(attempt(&[]).contains("is not what the manifest says"), "{name}");
        std::fs::write(path, whole).unwrap();
    }
    // A manifest is trusted by the hash that the history holds, and names tables, never paths.
    let (path, whole) = damage("manifest.json", &|bytes| {
        String::from_utf8(bytes).unwrap().replace("\"results\"", "\"../results\"").into_bytes()
    });
    assert!(attempt(&[]).contains("is not the one that was written"));
    let forged = std::fs::read(&path).unwrap();
    let hash = blake3::hash(&forged).to_hex().to_string();
    crate::support::change(&place.path("benchgate.duckdb"), &format!("UPDATE decisions SET manifest_hash = '{hash}'"));
    assert!(attempt(&[]).contains("names no table of a history"));
    let hash = blake3::hash(&whole).to_hex().to_string();
    std::fs::write(path, whole).unwrap();
    let change = |sql: String| crate::support::change(&place.path("benchgate.duckdb"), &sql);
    change(format!("UPDATE decisions SET manifest_hash = '{hash}', archive = '../archive'"));
    assert!(attempt(&[]).contains("names an archive that cannot be"));
    // A file with right hashes that is no such table.
    change(format!("UPDATE decisions SET archive = '{}'", archive.file_name().unwrap().to_str().unwrap()));
    assert!(undo(&place, &id).contains("came back"));
}
