//! `benchgate ingest` as a user meets it.

use crate::support::{FACTS, Place, history, native, repository};

#[test]
fn a_line_a_file_and_totals() {
    let place = Place::new();
    place.write("results/a.json", native(1, &[("embed", 10.0, 800.0)]));
    place.write("results/b.json", native(2, &[("embed", 10.0, 800.0), ("classify", 20.0, 400.0)]));
    place.write("results/broken.json", &native(3, &[("embed", 10.0, 800.0)])[..120]);
    place.write("results/notes.txt", "these are not results\n");
    let answer = place.run(&["ingest", "results"]);
    assert_eq!(answer.code, 4, "{answer:#?}");
    let lines: Vec<&str> = answer.out.lines().collect();
    assert_eq!(lines[0], "imported (1) results/a.json");
    assert_eq!(lines[1], "imported (2) results/b.json");
    assert!(lines[2].starts_with("malformed (line ") && lines[2].ends_with("results/broken.json"), "{}", lines[2]);
    assert!(lines[3].starts_with("skipped (") && lines[3].ends_with("results/notes.txt"), "{}", lines[3]);
    assert_eq!(
        lines[4],
        "4 files: 2 imported (3 results, 6 measurements, 0 failed to run), 0 duplicate, 1 skipped, 1 malformed"
    );
}

#[test]
fn json_says_the_same() {
    let place = Place::new();
    place.write("results/a.json", native(1, &[("embed", 10.0, 800.0)]));
    place.write("results/notes.txt", "these are not results\n");
    let report: serde_json::Value =
        serde_json::from_str(&place.ok(&["ingest", "results", "--format", "json"])).unwrap();
    assert_eq!(report["schema"], "benchgate/ingest/v1");
    assert_eq!(report["files"][0]["outcome"], "imported");
    assert_eq!(report["files"][0]["results"], 1);
    assert_eq!(report["files"][1]["outcome"], "skipped");
    assert_eq!(report["totals"]["imported"], 1);
    assert_eq!(report["totals"]["measurements"], 2);
}

#[test]
fn importing_twice_changes_nothing() {
    let place = Place::new();
    history(&place, 5);
    let all = "SELECT md5(string_agg(h::VARCHAR, '|' ORDER BY h::VARCHAR)) FROM history h";
    let before = place.value(all);
    let out = place.ok(&["ingest", "history"]);
    assert_eq!(out.lines().filter(|line| line.starts_with("duplicate ")).count(), 5, "{out}");
    assert_eq!(place.value(all), before);
}

#[test]
fn what_the_file_leaves_open_comes_from_flags_and_a_gap_names_the_flag() {
    let place = Place::new();
    place.write(
        "h.json",
        r#"{"results": [{"command": "sleep 0.1", "mean": 0.1, "times": [0.1, 0.1, 0.11], "user": 0.001,
        "system": 0.001, "median": 0.1, "min": 0.1, "max": 0.11, "stddev": 0.005, "exit_codes": [0, 0, 0]}]}"#,
    );
    let mut given = vec!["ingest", "h.json"];
    for (flag, value) in [
        ("--commit", "abc"),
        ("--branch", "main"),
        ("--model", "sleeper"),
        ("--hardware", "cpu"),
        ("--time", "2026-01-02T03:04:05Z"),
    ] {
        let incomplete = place.run(&given);
        assert_eq!(incomplete.code, 1, "{incomplete:#?}");
        assert!(incomplete.out.contains(&format!("give it with {flag}")), "{flag}: {}", incomplete.out);
        given.extend([flag, value]);
    }
    place.ok(&given);
    assert_eq!(place.value("SELECT measured_at FROM history WHERE metric = 'latency'"), "2026-01-02T03:04:05Z");
    assert!(place.ok(&given).starts_with("duplicate "));
    let other = place.run(&[&given[..], &["--precision", "fp16"]].concat());
    assert!(other.code == 1 && other.out.contains("already"), "other facts are no duplicate: {other:#?}");
    assert_eq!(place.value("SELECT value FROM history WHERE metric = 'latency'"), "100.0");
    let machine = place.value("SELECT cpu_model IS NOT NULL OR compute_units IS NOT NULL FROM hardware_platforms");
    assert_eq!(machine, "true", "this machine is fingerprinted");
}

#[test]
fn github_fills_what_the_file_leaves_open() {
    let place = Place::new();
    let file = native(1, &[("embed", 10.0, 800.0)]).replace(
        r#""run": {"id": "run-1", "commit": "0000000000000000000000000000000000000001", "branch": "main","#,
        r#""run": {"#,
    );
    place.write("a.json", file);
    let mut command = place.command(&["ingest", "a.json"]);
    for (name, value) in [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SHA", "feed"),
        ("GITHUB_REF_NAME", "trunk"),
        ("GITHUB_RUN_ID", "7"),
        ("GITHUB_EVENT_NAME", "push"),
    ] {
        command.env(name, value);
    }
    command.assert().success();
    assert_eq!(place.value("SELECT run_key || git_commit || git_branch FROM test_runs"), "github-7feedtrunk");
}

#[test]
fn a_rerun_with_other_values_needs_an_attempt() {
    let place = Place::new();
    place.write("a.json", native(1, &[("embed", 10.0, 800.0)]));
    place.write("b.json", native(1, &[("embed", 11.0, 700.0)]));
    place.ok(&["ingest", "a.json"]);
    let refused = place.run(&["ingest", "b.json"]);
    assert_eq!(refused.code, 1);
    assert!(refused.out.contains("--attempt"), "{}", refused.out);
    place.ok(&["ingest", "b.json", "--attempt", "2"]);
    assert_eq!(place.value("SELECT count(*) FROM test_runs"), "2");
}

#[test]
fn the_history_beside_the_results_is_not_taken_for_results() {
    let place = Place::new();
    place.write("a.json", native(1, &[("embed", 10.0, 800.0)]));
    place.ok(&["ingest", "."]);
    let again = place.ok(&["ingest", "."]);
    assert!(again.contains("skipped (a DuckDB database, not results) ./benchgate.duckdb"), "{again}");
}

#[test]
fn a_path_that_does_not_exist_never_stops_the_others() {
    let place = Place::new();
    place.write("a.json", native(1, &[("embed", 10.0, 800.0)]));
    let answer = place.run(&["ingest", "absent.json", "a.json"]);
    assert_eq!(answer.code, 4, "{answer:#?}");
    assert!(answer.out.starts_with("malformed (unreadable: "), "{}", answer.out);
    assert!(answer.out.contains("imported (1) a.json"), "{}", answer.out);
}

#[test]
fn the_history_of_another_action_arrives_as_runs_and_grows_without_doubling() {
    let place = Place::new();
    let fixture = include_str!("../fixtures/formats/github-action-benchmark-history/normal.js");
    let arrive = |name: &str| {
        place.ok(&["ingest", name, "--branch", "main", "--model", "parser", "--hardware", "cpu"]);
        place.value("SELECT count(DISTINCT run_id) || ' ' || count(*) FROM history")
    };
    place.write("data.js", fixture);
    let before = arrive("data.js");
    assert_eq!(before, "4 4", "four runs; the zero of one is no measurement");
    let (start, last) = fixture.rsplit_once("      {\n        \"commit\"").expect("the last entry");
    let entry = last.split_once("\n      }").expect("its end").0;
    let next = entry.replace(&"b".repeat(40), &"d".repeat(40)).replace("1769853550000", "1769940000000");
    let grown = format!("{start}      {{\n        \"commit\"{next}\n      }},\n      {{\n        \"commit\"{last}");
    place.write("grown.js", grown);
    assert_eq!(arrive("grown.js"), "5 5", "one entry more");
}

#[test]
fn explain_says_what_a_file_is_taken_for_and_touches_no_history() {
    let place = Place::new();
    let fixture = repository().join("tests/fixtures/formats/legacy/suite-direct/normal.json");
    let out = place.ok(&["ingest", "--explain", &fixture.display().to_string()]);
    for line in [
        "  format         legacy/suite-direct",
        "  because of     `batch_results`",
        "    latency (ms)           3.25  <-  batch_results.1.avg_latency_ms",
        "      memory = 505.5 MB",
    ] {
        assert!(out.contains(line), "{line} in\n{out}");
    }
    let broken = place.write("broken.json", "{\"batch_results\": {\"1\": ");
    let answer = place.run(&["ingest", "--explain", &broken]);
    assert_eq!(answer.code, 4, "{answer:#?}");
    assert!(answer.out.contains("malformed") && answer.out.contains("line 1"), "{answer:#?}");
    assert!(!place.path("benchgate.duckdb").exists());
}

#[test]
fn a_proposed_mapping_reads_the_file_it_was_proposed_for() {
    let place = Place::new();
    let own =
        place.write("own.json", r#"{"cases": {"a": {"t_us": 1500, "batch": 4}, "b.c": {"t_us": 2000, "batch": 8}}}"#);
    let answer = place.run(&["ingest", "--explain", &own]);
    assert_eq!(answer.code, 4, "it is not imported as it is: {answer:#?}");
    let (_, mapping) = answer.out.split_once("[[mapping]]").expect("a proposal");
    place.write("benchgate.toml", format!("[[mapping]]{mapping}").replace("metrics.\"t\"", "metrics.latency"));
    let facts = FACTS;
    let out = place.ok(&[&["ingest", own.as_str()], &facts[..]].concat());
    assert!(out.contains("imported (2) own.json"), "{out}");
    let value =
        place.value("SELECT string_agg(model || ' ' || value || ' ' || batch_size, ', ' ORDER BY model) FROM history");
    assert_eq!(value, "\"a 1.5 4, b.c 2.0 8\"");
    assert_eq!(place.value("SELECT format FROM sources"), "mapping/my-format");
    let answer = place.run(&[&["compare", own.as_str()], &facts[..]].concat());
    assert!(answer.code == 3 && answer.out.contains("a on cpu"), "compare reads it too: {answer:#?}");
}

#[test]
fn a_bundle_of_files_that_cannot_tell_belongs_to_the_run_of_its_job() {
    let place = Place::new();
    let fixture = repository().join("tests/fixtures/formats/legacy/suite-rows/normal.json");
    let facts = ["--run-id", "job-7", "--commit", "abc", "--branch", "main", "--time", "2026-01-01T00:00:00Z"];
    place.ok(&[&["collect", &fixture.display().to_string(), "--output", "b.jsonl"], &facts[..]].concat());
    let bundle = std::fs::read_to_string(place.path("b.jsonl")).expect("a bundle");
    let header = bundle.lines().next().expect("a header");
    for fact in ["\"id\":\"job-7\"", "\"commit\":\"abc\"", "\"started_at\":\"2026-01-01T00:00:00Z\""] {
        assert!(header.contains(fact), "{fact} in {header}");
    }
}

#[test]
fn a_model_keeps_its_name_and_gets_a_canonical_one_beside_it() {
    let place = Place::new();
    place.write("benchgate.toml", "[models.aliases]\nbert = \"bert-base-uncased\"\n");
    let own = place.write("own.json", native(0, &[("embed", 10.0, 800.0)]));
    place.ok(&["ingest", &own]);
    let row = place.value("SELECT DISTINCT model || ' ' || canonical_model FROM history");
    assert_eq!(row, "bert bert-base-uncased");
}
