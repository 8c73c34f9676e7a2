//! The snapshot that is committed: what it holds, and what is made of it.

use serde_json::Value;

use crate::support::{Place, content, history, native};

fn rotate(place: &Place, more: &[&str]) {
    place.ok(&[&["baseline", "rotate", "--yes", "--actor", "octo"], more].concat());
}

fn snapshot(place: &Place) -> String {
    std::fs::read_to_string(place.path("baselines/snapshot.json")).unwrap()
}

fn pin(place: &Place) {
    let commit = format!("{:040x}", 7);
    place.ok(&["baseline", "pin", "v1", "--commit", &commit, "--reason", "released", "--actor", "octo"]);
}

#[test]
fn a_snapshot_follows_its_schema_and_changes_by_lines() {
    let place = Place::new();
    history(&place, 20);
    pin(&place);
    rotate(&place, &["--snapshot-runs", "5"]);
    let first = snapshot(&place);
    let schema = include_str!("../../docs/snapshot-v1.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let document: Value = serde_json::from_str(&first).unwrap();
    assert!(validator.is_valid(&document), "{:?}", validator.iter_errors(&document).next());
    assert_eq!(document["runs"].as_array().map(Vec::len), Some(5));
    assert_eq!(document["decisions"][0]["kind"], "pin");
    // Nothing new: the same file. A run more: a line goes, one comes, and with it a comma and levels that moved.
    assert!(
        place.ok(&["baseline", "rotate", "--yes", "--actor", "o", "--snapshot-runs", "5"]).contains("is up to date")
    );
    let run = place.write("more.json", native(20, &[("embed", 10.0, 800.0), ("classify", 20.0, 400.0)]));
    place.ok(&["ingest", &run]);
    rotate(&place, &["--snapshot-runs", "5"]);
    let second = snapshot(&place);
    let changed = first.lines().filter(|line| !second.lines().any(|other| other == *line)).count();
    assert!((1..=6).contains(&changed), "{changed} of {}", first.lines().count());
}

#[test]
fn a_history_made_of_a_snapshot_judges_and_remembers_decisions() {
    let place = Place::new();
    history(&place, 20);
    pin(&place);
    rotate(&place, &[]);
    let out = place.ok(&["ingest", "baselines", "--db", "made.duckdb"]);
    assert!(out.contains("1 decision"), "{out}");
    assert!(place.ok(&["baseline", "list", "--db", "made.duckdb"]).contains("released"));
    assert!(place.ok(&["maintain", "validate", "--db", "made.duckdb"]).contains("Nothing is wrong"));
    let candidate = place.write("new.json", native(21, &[("embed", 12.0, 800.0), ("classify", 20.0, 400.0)]));
    let judge = |db: &str| {
        let answer = place.run(&["compare", &candidate, "--format", "json", "--db", db]);
        let report: Value = serde_json::from_str(&answer.out).unwrap();
        let verdicts = report["series"].as_array().unwrap().iter().map(|one| one["verdict"].to_string());
        (answer.code, verdicts.collect::<Vec<_>>())
    };
    assert_eq!(judge("made.duckdb"), judge("benchgate.duckdb"));
    assert_eq!(judge("made.duckdb").0, 10);
    let again = place.ok(&["ingest", "baselines", "--db", "made.duckdb"]);
    assert!(again.contains("duplicate") && !again.contains("1 imported"), "{again}");
}

#[test]
fn what_was_measured_takes_the_place_of_what_a_snapshot_told() {
    let place = Place::new();
    history(&place, 20);
    rotate(&place, &[]);
    let real = content(&place, "benchgate.duckdb");
    // From files, in both orders, and from another history.
    for order in [["baselines", "history"], ["history", "baselines"]] {
        for source in order {
            place.ok(&["ingest", source, "--db", "files.duckdb", "--quiet"]);
        }
        assert_eq!(content(&place, "files.duckdb"), real);
        assert!(place.ok(&["maintain", "validate", "--db", "files.duckdb"]).contains("Nothing is wrong"));
        std::fs::remove_file(place.path("files.duckdb")).unwrap();
    }
    place.ok(&["ingest", "baselines", "--db", "made.duckdb", "--quiet"]);
    place.ok(&["import", "made.duckdb", "--quiet"]);
    assert_eq!(content(&place, "benchgate.duckdb"), real, "a snapshot's runs are known");
    let out = place.ok(&["import", "benchgate.duckdb", "--db", "made.duckdb"]);
    assert!(out.contains("1 imported"), "{out}");
    assert_eq!(content(&place, "made.duckdb"), real);
    assert!(place.ok(&["maintain", "validate", "--db", "made.duckdb"]).contains("Nothing is wrong"));
}

#[test]
fn a_series_keeps_its_history_under_a_new_name() {
    let place = Place::new();
    history(&place, 20);
    let rename = |more: &[&str]| {
        place.run(&[&["baseline", "rename"], more, &["--reason", "a better name", "--actor", "octo"]].concat())
    };
    assert!(rename(&["test-case", "nothing", "x"]).err.contains("no series has the test-case `nothing`"));
    assert!(rename(&["test-case", "embed", "classify"]).err.contains("20 runs measured `embed` and `classify` both"));
    let out = rename(&["test-case", "embed", "embedding"]).out;
    assert!(out.contains("bert cpu embed batch=8 latency -> bert cpu embedding batch=8 latency"), "{out}");
    let candidate = place.write("new.json", native(21, &[("embedding", 12.0, 800.0), ("classify", 20.0, 400.0)]));
    let compare = || {
        let answer = place.run(&["compare", &candidate, "--format", "json"]);
        serde_json::from_str::<Value>(&answer.out).unwrap()
    };
    let report = compare();
    assert_eq!(
        (&report["counts"]["regressed"], &report["counts"]["missing"], &report["counts"]["new"]),
        (&1.into(), &0.into(), &0.into()),
        "{}",
        report["headline"]
    );
    // What is measured from then on continues it, and old files still fit.
    place.ok(&["ingest", &candidate]);
    place.ok(&["ingest", "history", "--quiet"]);
    let shown: Value = serde_json::from_str(&place.ok(&["baseline", "show", "embedding", "--format", "json"])).unwrap();
    let series = shown["tables"]["series"].as_array().unwrap();
    assert!(series.len() == 2 && series.iter().all(|one| one["runs"] == 21), "{series:?}");
    assert!(place.ok(&["maintain", "validate"]).contains("Nothing is wrong"));
    let decisions: Value = serde_json::from_str(&place.ok(&["baseline", "list", "--format", "json"])).unwrap();
    let decision = &decisions["tables"]["decisions"][0];
    assert_eq!(decision["of"], "test-case embed -> embedding");
    let id = decision["decision"].as_str().unwrap();
    place.ok(&["baseline", "undo", id, "--reason", "it was not", "--actor", "octo"]);
    assert!(place.ok(&["baseline", "show", "embed latency"]).contains("bert cpu embed batch=8 latency"));
}
