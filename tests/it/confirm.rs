//! Re-runs of a candidate as a user meets them: what confirms a suspect, what clears it, and which ones are left.

use serde_json::Value;

use crate::support::{Answer, Place, history, native};

const SAME: [(&str, f64, f64); 2] = [("embed", 10.01, 799.0), ("classify", 20.02, 399.5)];
/// Embedding is 3 % slower: suspect, and not settled by one run.
const SUSPECT: [(&str, f64, f64); 2] = [("embed", 10.24, 799.0), ("classify", 20.02, 399.5)];

/// A run of day 100 under another name, some hours later.
fn again(hour: u32, results: &[(&str, f64, f64)]) -> String {
    native(100, results)
        .replace("\"run-100\"", &format!("\"again-{hour}\""))
        .replace("T00:00", &format!("T{hour:02}:00"))
}

fn place() -> Place {
    let place = Place::new();
    history(&place, 40);
    place.write("first.json", native(100, &SUSPECT));
    place.write("slow.json", again(1, &[SUSPECT[0]]));
    place.write("slower.json", again(2, &[SUSPECT[0]]));
    place.write("fine.json", again(3, &[SAME[0]]));
    place
}

fn compare(place: &Place, more: &[&str]) -> Answer {
    place.run(&[&["compare", "first.json"], more].concat())
}

fn suspects(place: &Place, more: &[&str]) -> Value {
    place.run(&[&["compare", "--suspects-out", "suspects.json"], more].concat());
    let document = serde_json::from_slice(&std::fs::read(place.path("suspects.json")).unwrap()).unwrap();
    let schema = include_str!("../../docs/suspects-v1.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    if let Err(error) = validator.validate(&document) {
        panic!("{error} at {}", error.instance_path());
    }
    document
}

#[test]
fn a_suspect_is_open_until_re_runs_confirm_or_clear_it() {
    let place = place();
    let open = compare(&place, &[]);
    assert_eq!(open.code, 0, "{open:#?}");
    assert!(open.out.contains("(suspect)") && open.out.contains("--confirm"), "{}", open.out);
    assert!(open.out.contains("Worth a re-run:\n  - bert cpu embed batch=8: latency (T "), "{}", open.out);
    let confirmed = compare(&place, &["--confirm", "slow.json"]);
    assert_eq!(confirmed.code, 10, "{confirmed:#?}");
    assert!(confirmed.out.contains("(confirmed by a re-run)"), "{}", confirmed.out);
    let twice = compare(&place, &["--confirm", "slow.json", "--confirm", "slower.json", "--verbose"]);
    assert_eq!(twice.code, 10, "{twice:#?}");
    assert!(twice.out.contains("(confirmed by 2 re-runs)") && !twice.out.contains("Worth a re-run"), "{}", twice.out);
    assert!(twice.out.contains("re-runs 10.2 ms (+"), "{}", twice.out);
    for order in [["slow.json", "fine.json"], ["fine.json", "slow.json"]] {
        let cleared = compare(&place, &["--confirm", order[0], "--confirm", order[1]]);
        assert_eq!(cleared.code, 0, "{cleared:#?}");
        assert!(cleared.out.contains("(cleared by a re-run)"), "{}", cleared.out);
    }
}

#[test]
fn a_clear_regression_is_cleared_by_a_re_run_too() {
    let place = place();
    place.write("first.json", native(100, &[("embed", 20.0, 400.0), SAME[1]]));
    assert_eq!(compare(&place, &[]).code, 10);
    assert_eq!(compare(&place, &["--confirm", "fine.json"]).code, 0);
    let report = compare(&place, &["--confirm", "fine.json", "--format", "json"]).out;
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["candidate"]["reruns"], 1);
    let cleared = |series: &&Value| series["confirmation"] == "cleared";
    assert_eq!(report["series"].as_array().unwrap().iter().filter(cleared).count(), 2);
}

#[test]
fn a_re_run_of_another_commit_is_an_error_that_names_both() {
    let place = place();
    place.write("other.json", native(101, &SUSPECT));
    let answer = compare(&place, &["--confirm", "other.json"]);
    assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{answer:#?}");
    for commit in [100, 101] {
        assert!(answer.err.contains(&format!("{commit:040x}")), "{}", answer.err);
    }
    place.write("both/a.json", native(100, &SUSPECT));
    place.write("both/b.json", native(101, &SUSPECT));
    let answer = place.run(&["compare", "both"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(answer.err.contains("both/a.json") && answer.err.contains("both/b.json"), "{}", answer.err);
}

#[test]
fn a_re_run_that_says_nothing_is_an_error() {
    let place = place();
    let twice = compare(&place, &["--confirm", "first.json"]);
    assert!(twice.code == 1 && twice.err.contains("given already"), "{twice:#?}");
    place.write("elsewhere.json", again(1, &SUSPECT).replace("Test CPU", "Another CPU"));
    let unrelated = compare(&place, &["--confirm", "elsewhere.json"]);
    assert!(unrelated.code == 1 && unrelated.err.contains("none of its configurations"), "{unrelated:#?}");
    place.write("more.json", again(1, &[SUSPECT[0], ("extra", 1.0, 1.0)]));
    let more = compare(&place, &["--confirm", "more.json"]);
    assert!(more.code == 10 && more.err.contains("notice: more.json measured 1 configuration"), "{more:#?}");
    // As in `target/criterion`, where what was not run again is still there.
    let sampled = |hour, classify: &str| {
        again(hour, &SUSPECT)
            .replace("\"value\": 10.24", "\"samples\": [10.24, 10.25, 10.23]")
            .replace("\"value\": 20.02", classify)
    };
    place.write("first.json", sampled(1, "\"samples\": [20.01, 20.02, 20.03]"));
    place.write("stale.json", sampled(2, "\"samples\": [20.01, 20.02, 20.04]"));
    let stale = compare(&place, &["--confirm", "stale.json"]);
    assert!(stale.code == 0 && stale.err.contains("notice: 1 result is in stale.json"), "{stale:#?}");
    place.write("stale.json", sampled(2, "\"samples\": [20.01, 20.02, 20.03]"));
    assert!(compare(&place, &["--confirm", "stale.json"]).err.contains("given already"));
    let absent = compare(&place, &["--confirm", "absent.json"]);
    assert!(absent.code == 1 && absent.err.contains("absent.json"), "{absent:#?}");
}

#[test]
fn attempts_in_one_folder_are_the_run_and_its_re_runs() {
    let place = place();
    let attempt = |number: u32, results: &[(&str, f64, f64)]| {
        native(100, results).replace("\"id\": \"run-100\"", &format!("\"id\": \"run-100\", \"attempt\": {number}"))
    };
    place.write("run/z.json", attempt(1, &SUSPECT));
    place.write("run/y.json", attempt(2, &[SUSPECT[0]]));
    place.write("run/x.json", attempt(3, &[SUSPECT[0]]));
    let answer = place.run(&["compare", "run"]);
    assert_eq!(answer.code, 10, "{answer:#?}");
    assert!(answer.out.contains("(confirmed by 2 re-runs)"), "{}", answer.out);
    place.write("run/x.json", attempt(3, &[SAME[0]]));
    assert_eq!(place.run(&["compare", "run"]).code, 0);
    place.write("run/x.json", attempt(2, &[SAME[0]]));
    let repeated = place.run(&["compare", "run"]);
    assert_eq!(repeated.code, 1, "{repeated:#?}");
    assert!(repeated.err.contains("x.json and") && repeated.err.contains("--confirm"), "{}", repeated.err);
}

#[test]
fn runs_of_one_commit_in_one_file_are_a_run_and_its_re_run() {
    let place = place();
    let line = |day: u32, hour: u32, latency: f64| {
        format!(
            r#"{{"schema": "benchgate/results/v1", "run": {{"id": "run-{day}-{hour}", "commit": "{day:040x}", "branch": "main",
                "started_at": "2026-04-17T{hour:02}:00:00Z"}}, "hardware": {{"type": "cpu", "device": "Test CPU"}}}}
            {{"model": "bert", "test_case": "embed", "batch_size": 8, "metrics": {{"latency": {{"value": {latency}, "unit": "ms"}}}}}}"#
        )
        .replace("\n                ", " ")
    };
    place.write("runs.jsonl", format!("{}\n{}\n", line(100, 0, 10.24), line(100, 1, 10.24)));
    let answer = place.run(&["compare", "--partial", "runs.jsonl"]);
    assert_eq!(answer.code, 10, "{answer:#?}");
    place.write("runs.jsonl", format!("{}\n{}\n", line(100, 0, 10.24), line(101, 1, 10.24)));
    let answer = place.run(&["compare", "--partial", "runs.jsonl"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(answer.err.contains("2 runs of different commits"), "{}", answer.err);
}

#[test]
fn re_runs_are_recorded_and_are_no_baseline_of_their_own_candidate() {
    let place = place();
    // Neither names a run of its own nor an attempt: it is another attempt of the run that it repeats.
    let nameless = again(1, &[SUSPECT[0]]).replace("\"id\": \"again-1\",", "");
    place.write("nameless.json", nameless);
    let arguments = ["--confirm", "nameless.json", "--confirm", "slower.json", "--record"];
    let first = compare(&place, &arguments);
    assert_eq!(first.code, 10, "{first:#?}");
    let runs = "SELECT string_agg(run_key || ' ' || attempt, ', ' ORDER BY started_at) FROM test_runs
        WHERE started_at >= '2026-04-01'";
    assert_eq!(place.value(runs).trim_matches('"'), "run-100 1, run-100 1001, again-2 1");
    let second = compare(&place, &arguments);
    assert_eq!((second.code, second.out), (first.code, first.out), "what it recorded is not its baseline");
    assert_eq!(place.value("SELECT count(*) FROM test_runs"), "43", "recording twice changes nothing");
}

#[test]
fn the_environment_can_name_a_re_run() {
    let place = place();
    let mut command = place.command(&["compare", "first.json"]);
    assert_eq!(command.env("BENCHGATE_CONFIRM", "slow.json").output().unwrap().status.code(), Some(10));
}

#[test]
fn suspects_are_written_with_filters_until_they_are_settled() {
    let place = place();
    let document = suspects(&place, &["first.json"]);
    assert_eq!(document["commit"], format!("{:040x}", 100));
    assert_eq!(document["benchmarks"], serde_json::json!(["embed"]));
    assert_eq!(document["suspects"][0]["metric"], "latency");
    assert_eq!(document["suspects"][0]["reruns"], 0);
    assert_eq!(document["filters"]["criterion"]["filter"], "^(embed)$");
    assert_eq!(document["filters"]["pytest"]["filter"], "embed");
    let once = suspects(&place, &["first.json", "--confirm", "slow.json"]);
    assert_eq!(once["suspects"][0]["reruns"], 1, "the policy wants two");
    let twice = suspects(&place, &["first.json", "--confirm", "slow.json", "--confirm", "slower.json"]);
    assert_eq!(twice["suspects"], serde_json::json!([]));
    let cleared = suspects(&place, &["first.json", "--confirm", "fine.json"]);
    assert_eq!(cleared["suspects"], serde_json::json!([]));
    assert_eq!(cleared["filters"]["criterion"]["filter"], Value::Null);
    let refused = compare(&place, &["--suspects-out", "-"]);
    assert!(refused.code == 2 && refused.err.contains("standard output is for the report"), "{refused:#?}");
}

#[test]
fn hostile_names_stay_literal_in_filters() {
    let place = Place::new();
    let name = r"a'; touch pwned; ' (x|y)[1] $HOME";
    for day in 0..40 {
        let wobble = 1.0 + 0.004 * f64::from((day * 7) % 5) - 0.008;
        place.write(&format!("history/{day}.json"), native(day, &[(name, 10.0 * wobble, 800.0)]));
    }
    place.ok(&["ingest", "history", "--quiet"]);
    place.write("first.json", native(100, &[(name, 20.0, 800.0)]));
    let document = suspects(&place, &["first.json"]);
    let criterion = document["filters"]["criterion"]["filter"].as_str().unwrap();
    assert_eq!(criterion, r"^(a\x27; touch pwned; \x27 \(x\|y\)\[1\] \$HOME)$");
    assert_eq!(document["filters"]["pytest"], serde_json::json!({ "filter": null, "not_expressible": [name] }));
}
