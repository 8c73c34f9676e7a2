//! `benchgate baseline` as a user meets it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, native};

/// Forty runs of a test case whose latency is what `level` says of each day, with a little noise.
fn history(level: impl Fn(u32) -> f64) -> Place {
    let place = Place::new();
    for day in 0..40 {
        let wobble = 1.0 + 0.004 * f64::from((day * 7) % 5) - 0.008;
        place.write(&format!("history/{day:02}.json"), native(day, &[("embed", level(day) * wobble, 800.0 / wobble)]));
    }
    place.ok(&["ingest", "history", "--quiet"]);
    place
}

/// A level that steps up by a fifth on day 30.
fn stepped() -> Place {
    history(|day| if day < 30 { 10.0 } else { 12.0 })
}

const WHO: [&str; 4] = ["--actor", "octo", "--reason", "the new tokenizer is worth it"];

fn decide(arguments: &[&str]) -> Vec<String> {
    arguments.iter().chain(&WHO).map(|argument| (*argument).to_owned()).collect()
}

fn accept(place: &Place) -> String {
    let arguments = decide(&["baseline", "accept", "embed latency"]);
    place.ok(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn list(place: &Place) -> Vec<Value> {
    let text = place.ok(&["baseline", "list", "--format", "json"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    document["tables"]["decisions"].as_array().unwrap().clone()
}

#[test]
fn an_accepted_shift_begins_an_epoch_where_the_level_changed() {
    let place = stepped();
    let out = accept(&place);
    assert!(
        out.contains(
            "accept bert cpu embed batch=8 latency: an epoch begins with the run of commit 000000000000 of 2026-02-03"
        ),
        "{out}"
    );
    let [decision] = &list(&place)[..] else { panic!("{out}") };
    assert_eq!(
        (&decision["kind"], &decision["actor"], &decision["holds"]),
        (&"accept".into(), &"octo".into(), &true.into())
    );
    // After it, the old level is no baseline: what it calls an improvement stays one, and nothing regresses at the new one.
    let candidate = place.write("new.json", native(45, &[("embed", 12.02, 800.0)]));
    let explained = place.ok(&["explain", "embed latency", &candidate, "--format", "json"]);
    let explained: Value = serde_json::from_str(&explained).unwrap();
    assert!(explained.to_string().contains("\"begins_epoch\":true"), "{explained}");
    assert_eq!(place.run(&["compare", &candidate]).code, 0);
}

#[test]
fn a_decision_that_is_taken_back_no_longer_holds_and_stays_on_record() {
    let place = stepped();
    accept(&place);
    let id = list(&place)[0]["decision"].as_str().unwrap().to_owned();
    let undo = decide(&["baseline", "undo", &id]);
    let undo: Vec<&str> = undo.iter().map(String::as_str).collect();
    place.ok(&undo);
    let decisions = list(&place);
    let holds: Vec<(&Value, &Value)> = decisions.iter().map(|one| (&one["kind"], &one["holds"])).collect();
    assert_eq!(holds, [(&"undo".into(), &true.into()), (&"accept".into(), &false.into())]);
    let again = place.run(&undo);
    assert!(again.code == 2 && again.err.contains("was taken back already"), "{}", again.err);
    let explained = place.ok(&["explain", "embed latency", "--format", "json"]);
    assert!(!explained.contains("\"begins_epoch\": true"), "the epoch is gone");
}

#[test]
fn a_pinned_release_shows_what_crept_away_in_small_steps() {
    let place = history(|day| 10.0 * 1.012_f64.powf(f64::from(day / 6)));
    let pin = decide(&["baseline", "pin", "v1.0", "--commit", &format!("{:040x}", 3)]);
    let out = place.ok(&pin.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(out.contains("pin v1.0: commit 000000000000"), "{out}");
    let trend = place.ok(&["trend"]);
    assert!(trend.contains("since v1.0: bert cpu embed batch=8 latency"), "{trend}");
    let trend: Value = serde_json::from_str(&place.ok(&["trend", "--format", "json"])).unwrap();
    let drift = trend["series"].as_array().unwrap().iter().find(|one| one["metric"] == "latency").unwrap();
    assert!(drift["since_pins"][0]["change"].as_f64().unwrap() > 0.04, "{drift}");
    assert_eq!(place.run(&["trend", "--fail-on", "drift"]).code, 10);
    // The same name again moves the pin.
    let moved = decide(&["baseline", "pin", "v1.0", "--commit", &format!("{:040x}", 39)]);
    place.ok(&moved.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!place.ok(&["trend"]).contains("since v1.0"));
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let place = stepped();
    let mut arguments = decide(&["baseline", "accept", "embed latency"]);
    arguments.push("--dry-run".to_owned());
    let answer = place.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        answer.code == 0 && answer.out.contains("an epoch begins with") && answer.err.contains("dry run"),
        "{answer:?}"
    );
    assert!(place.ok(&["baseline", "list"]).contains("Nothing was decided."));
}

#[test]
fn what_cannot_be_decided_says_why() {
    let place = stepped();
    let mut errors = String::new();
    for arguments in [
        vec!["baseline", "accept", "embed throughput"],
        vec!["baseline", "accept", "embed latency", "--commit", "abc"],
        vec!["baseline", "accept", "nothing like it"],
        vec!["baseline", "pin", "v1", "--commit", "abc"],
        vec!["baseline", "pin", "v1", "--commit", "0"],
        vec!["baseline", "undo", "123"],
    ] {
        let all = decide(&arguments);
        let answer = place.run(&all.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(answer.code, 2, "{arguments:?}");
        writeln!(errors, "{}", answer.err).unwrap();
    }
    for words in [
        "no change of level is found",
        "no baseline run of commit `abc` measured",
        "nothing like it",
        "no run of the history measured commit `abc`",
        "`0` begins the ids of 40 commits",
        "there is no decision `123`",
    ] {
        assert!(errors.contains(words), "{words} in {errors}");
    }
    assert_eq!(list(&place), [Value::Null; 0]);
}

#[test]
fn decisions_travel_with_a_history_that_is_merged() {
    let place = stepped();
    accept(&place);
    place.ok(&["import", "benchgate.duckdb", "--db", "other.duckdb", "--quiet"]);
    let listed = place.ok(&["baseline", "list", "--db", "other.duckdb"]);
    assert!(listed.contains("the new tokenizer is worth it"), "{listed}");
}
