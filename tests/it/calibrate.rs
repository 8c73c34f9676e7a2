//! `calibrate` as a user meets it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, history};

/// Runs of one quiet, one noisy and one hopeless test case, whose names are hostile to globs and TOML.
fn noisy_history(place: &Place, days: u32) {
    let wobbles = [0.3, -1.0, 0.6, 1.1, -0.4, 0.0, -0.8, 0.9, 0.2, -0.7, 0.5];
    for day in 0..days {
        let wobble = |step: u32| wobbles[((day * step) % 11) as usize];
        let mut results = String::new();
        for (case, noise, step) in [("quiet", 0.005, 3), ("no[isy]*\\\"x", 0.06, 5), ("hopeless", 0.5, 7)] {
            let comma = if results.is_empty() { "" } else { "," };
            let latency = 10.0 * f64::exp(noise * wobble(step));
            write!(
                results,
                r#"{comma}{{"model": "bert", "test_case": "{case}",
                    "metrics": {{"latency": {{"value": {latency}, "unit": "ms"}}}}}}"#
            )
            .unwrap();
        }
        let (month, date) = (1 + day / 28, 1 + day % 28);
        let run = format!(
            r#"{{"schema": "benchgate/results/v1",
                "run": {{"id": "run-{day}", "commit": "{:040x}", "branch": "main",
                    "started_at": "2026-{month:02}-{date:02}T00:00:00Z"}},
                "hardware": {{"type": "cpu", "device": "Test CPU"}}, "results": [{results}]}}"#,
            day / 2
        );
        place.write(&format!("history/run-{day:03}.json"), run);
    }
    place.ok(&["ingest", "history", "--quiet"]);
}

#[test]
fn noisy_series_are_named_with_what_would_help_and_the_proposed_policy_is_one() {
    let place = Place::new();
    noisy_history(&place, 60);
    let text = place.ok(&["calibrate"]);
    assert!(text.starts_with("1 of 3 series can be gated, 2 too noisy"), "{text}");
    assert!(text.contains("judged = false") && text.contains("target-effect = "), "{text}");
    let policy = &text[text.find("[[rules]]").unwrap()..];
    place.write("benchgate.toml", policy);
    let again = place.ok(&["calibrate"]);
    assert!(again.starts_with("2 of 3 series can be gated, 1 not judged by policy"), "{policy}\n{again}");
    assert!(again.contains("Proposed policy: as it is."), "{again}");
}

#[test]
fn false_alarms_are_counted_and_runs_of_the_same_commit_check_them() {
    let place = Place::new();
    noisy_history(&place, 60);
    let document: Value = serde_json::from_str(&place.ok(&["calibrate", "--format", "json"])).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../docs/calibration-v1.schema.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &document));
    // Runs 10 to 57 are replayed, of three series; some lie where the wobble looks like a shift.
    let points = document["clean_points"].as_u64().unwrap();
    assert!((100..=144).contains(&points), "{points}");
    assert_eq!(document["same_code_points"], 72, "every second run measured the commit of the run before");
    let alarms = document["alarms"].as_array().unwrap();
    assert_eq!(alarms.len(), 3);
    assert!(alarms.iter().all(|one| one["rate"].as_f64().unwrap() > 0.0 && one["rate"].as_f64().unwrap() < 0.02));
}

#[test]
fn a_short_history_promises_nothing_of_its_own() {
    let place = Place::new();
    history(&place, 8);
    let text = place.ok(&["calibrate"]);
    assert!(text.contains("too short to count any"), "{text}");
    history(&place, 3);
    let place = Place::new();
    history(&place, 3);
    let text = place.ok(&["calibrate"]);
    assert!(text.starts_with("0 of 4 series can be gated, 4 without a verdict"), "{text}");
    assert!(text.contains("5 are needed for a verdict"), "{text}");
}

#[test]
fn a_history_without_results_is_an_error_with_a_remedy() {
    let place = Place::new();
    place.ok(&["init"]);
    let answer = place.run(&["calibrate"]);
    assert_eq!(answer.code, 2, "{answer:#?}");
    assert!(answer.err.contains("hint: import earlier runs with `benchgate ingest`"), "{}", answer.err);
}
