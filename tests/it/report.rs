//! `benchgate report` and `benchgate rank` as a user meets them.

use serde_json::Value;

use crate::support::{Place, history, native, repository};

/// A history with two models, two machines, a failure, a compatibility test and a search for hardware.
fn varied() -> Place {
    let place = Place::new();
    history(&place, 8);
    for day in 0..8_u32 {
        let on_cuda = native(day, &[("embed", 2.0 + 0.01 * f64::from(day % 3), 4000.0), ("classify", 5.0, 1600.0)])
            .replace("\"run-", "\"cuda-")
            .replace(r#""type": "cpu", "device": "Test CPU""#, r#""type": "cuda", "device": "Test GPU""#);
        place.write(&format!("cuda/run-{day}.json"), on_cuda);
    }
    let failed = r#"{"schema": "benchgate/results/v1",
        "run": {"id": "bad", "commit": "ffff", "branch": "topic", "started_at": "2026-01-20T00:00:00Z"},
        "hardware": {"type": "cpu", "device": "Test CPU"},
        "results": [{"model": "vit", "test_case": "embed", "status": "failed", "error": "out of memory"}]}"#;
    place.write("failed.json", failed);
    place.ok(&["ingest", "cuda", "failed.json", "--quiet"]);
    place
}

fn json(place: &Place, arguments: &[&str]) -> Value {
    serde_json::from_str(&place.ok(&[arguments, &["--format", "json"]].concat())).unwrap()
}

#[test]
fn performance_gives_medians_and_spreads_of_each_series_and_what_failed() {
    let place = varied();
    let report = json(&place, &["report", "performance"]);
    let series = report["tables"]["series"].as_array().unwrap();
    assert_eq!(series.len(), 8, "two test cases, two metrics, two machines");
    let slow = series.iter().find(|row| row["hardware"] == "cuda" && row["metric"] == "latency").unwrap();
    assert_eq!(
        (slow["runs"].as_u64(), slow["unit"].as_str(), slow["better"].as_str()),
        (Some(8), Some("ms"), Some("lower"))
    );
    let [low, middle, high] = ["p25", "median", "p75"].map(|name| slow[name].as_f64().unwrap());
    assert!(low <= middle && middle <= high, "{slow}");
    assert_eq!(report["tables"]["failures"][0]["reason"], "out of memory");
    assert_eq!(report["tables"]["runs"][0]["run"], "bad", "the newest run first");
    let text = place.ok(&["report", "performance"]);
    assert!(text.contains("Lower is better; the best comes first.") && text.contains("out of memory"), "{text}");
}

#[test]
fn a_selection_by_model_hardware_branch_time_and_commits_keeps_what_fits() {
    let place = varied();
    let count = |arguments: &[&str], table: &str| {
        let report = json(&place, &[&["report", "performance"], arguments].concat());
        report["tables"][table].as_array().unwrap().len()
    };
    assert_eq!(count(&["--hardware", "Test G*"], "series"), 4);
    assert_eq!(count(&["--model", "BERT", "--metric", "throughput", "--test-case", "embed"], "series"), 2);
    assert_eq!((count(&["--family", "bert"], "series"), count(&["--family", "vit"], "series")), (8, 0));
    assert_eq!(count(&["--branch", "topic"], "runs"), 1);
    assert_eq!(
        count(&["--since", "2026-01-06", "--until", "2026-01-07T12:00:00Z"], "runs"),
        4,
        "days 5 and 6, two machines"
    );
    let commit = |day: u32| format!("{day:040x}");
    assert_eq!(count(&["--commits", &format!("{}..{}", commit(2), commit(3))], "runs"), 4);
}

#[test]
fn a_pattern_that_fits_nothing_says_what_there_is() {
    let place = varied();
    for (arguments, message, hint) in [
        (["--model", "berd"], "no model fits `berd`", "the history has bert, vit"),
        (["--family", "llama"], "no family fits `llama`", "the history has bert, vit"),
        (["--hardware", "tpu"], "no hardware fits `tpu`", "cuda"),
        (["--commits", "abc..def"], "no run of a known time measured commit `abc`", "report summary"),
        (["--commits", "abc"], "`--commits abc` is no range", "FIRST..LAST"),
        (["--since", "soon"], "`--since soon` is no time", "30d"),
        (["--model", "[a"], "is no pattern for a model", "* and ?"),
        (["--since=2026-02-01", "--until=2026-01-01"], "ends at 2026-01-01 00:00 UTC, before it begins", "--until"),
    ] {
        let answer = place.run(&[&["report", "performance"][..], &arguments].concat());
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(answer.err.contains(message) && answer.err.contains(hint), "{}", answer.err);
    }
}

#[test]
fn names_that_fit_singly_and_not_together_say_what_there_is_without_each() {
    let place = varied();
    let arguments = ["report", "performance", "--model", "bert", "--branch", "topic"];
    let text = place.ok(&arguments);
    let told = "Nothing fits all of this together: there are without the model 1 result, without the branch ";
    assert!(text.contains(told), "{text}");
    assert!(!place.ok(&["report", "performance", "--model", "vit", "--branch", "topic"]).contains("Nothing fits"));
}

#[test]
fn a_time_without_runs_says_when_there_were_some() {
    let place = varied();
    let told = "Nothing was run then: the runs of this history are from 2026-01-01 00:00 UTC to 2026-01-20 00:00 UTC.";
    for arguments in [["report", "summary", "--since", "2027-01-01"], ["rank", "model", "--until", "2025-01-01"]] {
        assert!(place.ok(&arguments).contains(told), "{}", place.ok(&arguments));
    }
    assert!(!place.ok(&["report", "summary", "--since", "2026-01-19"]).contains("Nothing was run then"));
}

#[test]
fn hardware_says_what_there_is_and_how_it_was_used() {
    let report = json(&varied(), &["report", "hardware"]);
    let platforms = report["tables"]["platforms"].as_array().unwrap();
    let devices: Vec<&str> = platforms.iter().filter_map(|row| row["device"].as_str()).collect();
    assert_eq!(devices, ["Test CPU", "Test GPU"], "the most used first");
    assert_eq!((platforms[0]["runs"].as_u64(), platforms[0]["models"].as_u64()), (Some(9), Some(2)));
}

#[test]
fn the_summary_counts_everything() {
    let report = json(&varied(), &["report", "summary"]);
    let counts = report["tables"]["counts"].as_array().unwrap();
    let count = |what: &str| counts.iter().find(|row| row["what"] == what).unwrap()["count"].as_u64().unwrap();
    assert_eq!(["runs", "results", "measurements", "series"].map(count), [17, 33, 64, 8]);
    assert_eq!(["models", "hardware types", "failed results", "simulated results"].map(count), [2, 2, 1, 0]);
}

#[test]
fn pages_hold_tables_plots_and_nothing_that_runs() {
    let place = varied();
    place.ok(&[
        "ingest",
        "--quiet",
        &place.write("hostile.json", native(30, &[("<script>alert(1)</script>", 1.0, 2.0)])),
    ]);
    for (arguments, file) in [
        (vec!["report", "performance"], "p.html"),
        (vec!["report", "hardware"], "h.html"),
        (vec!["report", "compatibility"], "c.html"),
        (vec!["report", "summary"], "s.html"),
        (vec!["rank", "hardware"], "r.html"),
        (vec!["query", "SELECT * FROM history"], "q.html"),
    ] {
        place.ok(&[&arguments[..], &["--output", file]].concat());
        let page = std::fs::read_to_string(place.path(file)).unwrap();
        assert!(page.starts_with("<!doctype html>") && page.contains("Content-Security-Policy"), "{file}");
        assert!(!page.contains("<script>alert"), "{file}");
    }
    let page = std::fs::read_to_string(place.path("r.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("cuda (Test GPU)"));
}

#[test]
fn an_empty_history_is_reported_as_empty() {
    let place = Place::new();
    place.ok(&["init", "--quiet"]);
    for (report, words) in [
        ("performance", "Nothing was measured."),
        ("hardware", "No machine was searched for hardware."),
        ("compatibility", "No compatibility was tested."),
        ("summary", "No run is chosen."),
    ] {
        let text = place.ok(&["report", report]);
        assert!(text.contains(words), "{text}");
    }
    assert!(place.ok(&["rank", "model"]).contains("No two series differ in their model only."));
}

#[test]
fn ranking_orders_hardware_with_ratios_and_lists_what_has_no_counterpart() {
    let report = json(&varied(), &["rank", "hardware", "--metric", "latency"]);
    let members = report["tables"]["members"].as_array().unwrap();
    let order: Vec<&str> = members.iter().filter_map(|row| row["hardware"].as_str()).collect();
    assert_eq!(order, ["cuda", "cpu", "cuda", "cpu"]);
    let ratio = |row: &Value, name: &str| row[name].as_f64().unwrap();
    let embed = members.iter().find(|row| row["test_case"] == "embed" && row["hardware"] == "cpu").unwrap();
    assert!(ratio(embed, "ratio_low") < 5.0 && 5.0 < ratio(embed, "ratio_high") + 0.1, "{embed}");
    assert_eq!(report["tables"]["standings"][0]["best"], 2);
    let alone = json(&varied(), &["rank", "batch-size", "--metric", "latency"]);
    assert_eq!(alone["tables"]["left_out"].as_array().unwrap().len(), 4);
}

#[test]
fn a_document_goes_to_a_file_by_its_ending_and_to_the_summary() {
    let place = varied();
    let out = place
        .command(&["report", "summary", "--output", "out/summary.md", "--summary"])
        .env("GITHUB_STEP_SUMMARY", place.path("step.md"))
        .assert()
        .success();
    assert!(out.get_output().stdout.is_empty());
    for file in ["out/summary.md", "step.md"] {
        let text = std::fs::read_to_string(place.path(file)).unwrap();
        assert!(text.starts_with("## Summary\n"), "{text}");
    }
    place.ok(&["report", "performance", "--output", "series.csv"]);
    let csv = std::fs::read_to_string(place.path("series.csv")).unwrap();
    assert!(csv.starts_with("series,model,family,hardware,device,"), "{csv}");
}

#[test]
fn the_page_about_reports_lists_every_table_and_column() {
    let place = varied();
    let page = std::fs::read_to_string(repository().join("docs/reports.md")).unwrap();
    let reports = [["report", "performance"], ["report", "hardware"], ["report", "summary"], ["rank", "hardware"]];
    for arguments in reports {
        let report = json(&place, &arguments);
        for (table, rows) in report["tables"].as_object().unwrap() {
            assert!(page.contains(&format!("`{table}`")), "docs/reports.md does not name the table {table}");
            for column in rows.as_array().unwrap().first().and_then(Value::as_object).into_iter().flatten() {
                assert!(
                    page.contains(&format!("`{}`", column.0)),
                    "docs/reports.md does not name {table}.{}",
                    column.0
                );
            }
        }
    }
}
