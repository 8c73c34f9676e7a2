//! `benchgate compare` as a user meets it: verdicts, outcomes and exit codes.

use crate::support::{Answer, Place, history, native};

const SAME: [(&str, f64, f64); 2] = [("embed", 10.01, 799.0), ("classify", 20.02, 399.5)];

fn compare(place: &Place, results: &[(&str, f64, f64)], more: &[&str]) -> Answer {
    place.write("candidate.json", native(100, results));
    place.run(&[&["compare", "candidate.json"], more].concat())
}

#[test]
fn a_slower_run_fails_and_an_unchanged_one_passes() {
    let place = Place::new();
    history(&place, 40);
    assert_eq!(compare(&place, &SAME, &[]).code, 0);
    let slower = compare(&place, &[("embed", 20.0, 400.0), SAME[1]], &[]);
    assert_eq!(slower.code, 10, "{slower:#?}");
    assert!(slower.out.contains("regressed"), "{}", slower.out);
    let faster = compare(&place, &[("embed", 5.0, 1600.0), SAME[1]], &[]);
    assert_eq!(faster.code, 0, "direction counts: {faster:#?}");
}

#[test]
fn new_and_missing_benchmarks_are_named() {
    let place = Place::new();
    history(&place, 40);
    let missing = compare(&place, &SAME[..1], &[]);
    assert_eq!(missing.code, 12, "{missing:#?}");
    assert!(missing.out.contains("classify"), "{}", missing.out);
    assert_eq!(compare(&place, &SAME[..1], &["--partial"]).code, 0);
    assert_eq!(compare(&place, &SAME[..1], &["--missing", "warn"]).code, 0);
    let new = compare(&place, &[SAME[0], SAME[1], ("brand-new", 1.0, 1.0)], &[]);
    assert_eq!(new.code, 0, "{new:#?}");
    assert!(new.out.contains("brand-new"), "{}", new.out);
}

#[test]
fn nothing_compared_is_exit_3() {
    let place = Place::new();
    history(&place, 40);
    let file = native(100, &SAME).replace("Test CPU", "Another CPU");
    place.write("other.json", file);
    let answer = place.run(&["compare", "other.json"]);
    assert_eq!(answer.code, 3, "{answer:#?}");
}

#[test]
fn too_little_history_is_never_a_pass() {
    let place = Place::new();
    history(&place, 3);
    let answer = compare(&place, &SAME, &[]);
    assert_eq!(answer.code, 3, "{answer:#?}");
}

#[test]
fn comparing_never_writes_unless_told_to_record() {
    let place = Place::new();
    history(&place, 40);
    let before = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    assert_eq!(compare(&place, &SAME, &[]).code, 0);
    assert!(std::fs::read(place.path("benchgate.duckdb")).unwrap() == before, "the history was touched");
    assert_eq!(compare(&place, &SAME, &["--record"]).code, 0);
    assert_eq!(place.value("SELECT count(*) FROM test_runs"), "41");
    assert_eq!(compare(&place, &SAME, &[]).code, 0, "a recorded candidate is not its own baseline");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let place = Place::new();
    history(&place, 40);
    for format in ["table", "markdown", "json"] {
        let first = compare(&place, &SAME, &["--format", format]);
        assert_eq!(first.out, compare(&place, &SAME, &["--format", format]).out, "{format}");
    }
    let report = compare(&place, &SAME, &["--format", "json"]).out;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["schema"], "benchgate/report/v1");
    assert_eq!(report["outcome"], "passed");
}

#[test]
fn the_policy_file_decides_and_says_so() {
    let place = Place::new();
    history(&place, 40);
    let slower = [("embed", 20.0, 400.0), SAME[1]];
    place.write("benchgate.toml", "[[rules]]\ntest-case = \"embed\"\njudged = false\n");
    let answer = compare(&place, &slower, &["--verbose"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.out.contains("benchgate.toml:"), "{}", answer.out);
    place.write("benchgate.toml", "[gate]\nalhpa = \"5%\"\n");
    let wrong = compare(&place, &slower, &[]);
    assert_eq!(wrong.code, 2, "{wrong:#?}");
    assert!(wrong.err.contains("benchgate.toml:2") && wrong.err.contains("alpha"), "{}", wrong.err);
}

#[test]
fn a_file_that_cannot_be_read_gives_no_verdict() {
    let place = Place::new();
    history(&place, 40);
    place.write("broken.json", &native(100, &SAME)[..200]);
    let answer = place.run(&["compare", "broken.json"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(answer.err.contains("broken.json") && answer.err.contains("truncated"), "{}", answer.err);
    assert_eq!(answer.out, "");
}

#[test]
fn simulated_results_are_judged_against_simulated_history_only() {
    let place = Place::new();
    history(&place, 40);
    let simulated = native(100, &SAME).replace("\"results\":", "\"simulated\": \"a mock\", \"results\":");
    place.write("candidate.json", simulated);
    let answer = place.run(&["compare", "candidate.json"]);
    assert_eq!(answer.code, 3, "{answer:#?}");
}

#[test]
fn runs_of_pull_requests_are_no_baseline() {
    let place = Place::new();
    for day in 0..40 {
        place.write(&format!("history/{day}.json"), native(day, &SAME));
    }
    place.ok(&["ingest", "history", "--trigger", "pull_request", "--quiet"]);
    assert_eq!(compare(&place, &SAME, &[]).code, 3);
}

#[test]
fn a_benchmark_that_vanished_is_missing_also_where_a_commit_has_several_runs() {
    let place = Place::new();
    let part = |day: u32, name: &str, results: &[(&str, f64, f64)]| {
        native(day, results).replace(&format!("run-{day}"), &format!("run-{day}-{name}"))
    };
    for day in 0..20 {
        place.write(&format!("history/{day}-a.json"), part(day, "a", &[("one", 10.0, 800.0), ("two", 20.0, 400.0)]));
        place.write(&format!("history/{day}-b.json"), part(day, "b", &[("three", 10.0, 800.0)]));
        place.write(&format!("history/{day}-c.json"), part(day, "c", &[("four", 10.0, 800.0)]));
    }
    place.ok(&["ingest", "history", "--quiet"]);
    place.write("candidate/a.json", part(100, "a", &[("one", 10.0, 800.0)]));
    place.write("candidate/b.json", part(100, "b", &[("three", 10.0, 800.0)]));
    let answer = place.run(&["compare", "candidate"]);
    assert_eq!(answer.code, 12, "{answer:#?}");
    for gone in ["two", "four"] {
        assert!(answer.out.contains(gone), "{gone}: {}", answer.out);
    }
}

#[test]
fn a_rerun_is_not_judged_against_the_attempt_that_failed() {
    let place = Place::new();
    history(&place, 40);
    let slower = [("embed", 20.0, 400.0), SAME[1]];
    assert_eq!(compare(&place, &slower, &["--record"]).code, 10);
    for attempt in ["2", "3", "4", "5", "6"] {
        let again = native(100, &slower)
            .replace("\"id\": \"run-100\"", &format!("\"id\": \"run-100\", \"attempt\": {attempt}"));
        place.write("again.json", again.replace("2026-04-17T00", &format!("2026-04-17T0{attempt}")));
        assert_eq!(place.run(&["compare", "--record", "again.json"]).code, 10, "attempt {attempt}");
    }
}

#[test]
fn results_cannot_turn_the_direction_that_the_history_knows() {
    let place = Place::new();
    history(&place, 40);
    let slower = native(100, &[("embed", 20.0, 800.0), SAME[1]]);
    place.write("flipped.json", slower.replace("\"unit\": \"ms\"", "\"unit\": \"ms\", \"better\": \"higher\""));
    let answer = place.run(&["compare", "flipped.json"]);
    assert_eq!(answer.code, 10, "{answer:#?}");
}

#[test]
fn a_unit_that_changed_is_never_a_pass() {
    let place = Place::new();
    history(&place, 40);
    place.write("unit.json", native(100, &SAME).replace("\"unit\": \"ms\"", "\"unit\": \"MB\""));
    let answer = place.run(&["compare", "unit.json"]);
    assert_eq!(answer.code, 12, "{answer:#?}");
    assert!(answer.out.contains("incomparable"), "{}", answer.out);
}

#[test]
fn a_reader_that_leaves_changes_neither_verdict_nor_record() {
    let place = Place::new();
    history(&place, 40);
    place.write("candidate.json", native(100, &[("embed", 20.0, 400.0), SAME[1]]));
    let program = assert_cmd::cargo::cargo_bin("benchgate");
    let mut child = std::process::Command::new(program)
        .args(["compare", "--record", "candidate.json"])
        .current_dir(place.path("."))
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(10));
    assert_eq!(place.value("SELECT count(*) FROM test_runs"), "41");
}

#[test]
fn a_pass_does_not_hide_that_nothing_was_recorded() {
    let place = Place::new();
    history(&place, 40);
    let nameless = native(100, &SAME).replace("\"branch\": \"main\",", "");
    place.write("nameless.json", nameless);
    let answer = place.run(&["compare", "--record", "nameless.json"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(answer.err.contains("--branch"), "{}", answer.err);
}
