//! `benchgate explain` as a user meets it: checking a verdict by hand.

use serde_json::Value;

use crate::support::{Place, history, native};

const SLOW: [(&str, f64, f64); 2] = [("embed", 10.24, 799.0), ("classify", 20.02, 399.5)];

/// The number in the line of this name.
fn number(text: &str, name: &str) -> f64 {
    let line = text.lines().find(|line| {
        line.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == ' ').starts_with(&format!("{name}  "))
    });
    let line = line.unwrap_or_else(|| panic!("no {name} in\n{text}"));
    line.split(name).nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn t_can_be_computed_again_from_what_is_printed() {
    let place = Place::new();
    history(&place, 40);
    place.write("first.json", native(100, &SLOW));
    for (series, is_higher_better) in [("embed latency", false), ("classify throughput", true)] {
        let text = place.ok(&["explain", series, "first.json"]);
        let mut newest: Vec<f64> = text
            .lines()
            .filter(|line| line.ends_with("centre"))
            .map(|line| line.split_whitespace().nth(2).unwrap().parse().unwrap())
            .collect();
        newest.sort_by(f64::total_cmp);
        assert_eq!(newest.len(), 10, "{text}");
        let centre = (newest[4] * newest[5]).sqrt();
        assert!((centre / number(&text, "centre") - 1.0).abs() < 1e-5, "{text}");
        let candidate = number(&text, "candidate");
        let distance = if is_higher_better { (centre / candidate).ln() } else { (candidate / centre).ln() };
        let squares: f64 = ["spread", "few samples", "own samples", "centre's error"]
            .iter()
            .map(|name| number(&text, name).powi(2))
            .sum();
        let error = squares.sqrt() * number(&text, "short history");
        assert!((error / number(&text, "standard error") - 1.0).abs() < 1e-4, "{text}");
        let t = number(&text, "T");
        assert!((distance / error - t).abs() < 2e-3 * t.abs().max(1.0), "{} {t}\n{text}", distance / error);
    }
}

#[test]
fn the_verdict_is_that_of_compare() {
    let place = Place::new();
    history(&place, 40);
    place.write("first.json", native(100, &SLOW));
    let again = native(100, &SLOW[..1]).replace("\"run-100\"", "\"again\"").replace("T00:00", "T01:00");
    place.write("again.json", again);
    place.write("benchgate.toml", "[metrics.latency]\nminimum-effect = \"1%\"\n");
    for more in [&[][..], &["--confirm", "again.json"]] {
        let report = place.run(&[&["compare", "first.json", "--format", "json"], more].concat()).out;
        let report: Value = serde_json::from_str(&report).unwrap();
        for series in report["series"].as_array().unwrap() {
            let id = series["id"].as_str().unwrap();
            let document = place.ok(&[&["explain", id, "first.json", "--format", "json"], more].concat());
            let document: Value = serde_json::from_str(&document).unwrap();
            assert_eq!(&document["series"], series);
            let schema = include_str!("../../docs/explain-v1.schema.json");
            let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
            if let Err(error) = validator.validate(&document) {
                panic!("{error} at {}", error.instance_path());
            }
        }
    }
    let text = place.ok(&["explain", "embed latency", "first.json", "--confirm", "again.json"]);
    assert!(text.contains("regressed (confirmed by a re-run)") && text.contains("T of re-run 1"), "{text}");
    assert!(text.contains("minimum effect   1 % (benchgate.toml:2"), "{text}");
}

#[test]
fn without_results_the_newest_run_is_explained() {
    let place = Place::new();
    history(&place, 40);
    place.write("slow.json", native(100, &[("embed", 20.0, 400.0), ("classify", 20.0, 400.0)]));
    place.ok(&["ingest", "slow.json", "--quiet"]);
    let text = place.ok(&["explain", "embed latency"]);
    assert!(text.starts_with("bert cpu embed batch=8 latency: regressed"), "{text}");
    assert!(text.contains("the newest run that measured it, 2026-04-17"), "{text}");
    assert!(text.contains("Baseline: 40 runs"), "{text}");
}

#[test]
fn what_is_meant_must_be_clear() {
    let place = Place::new();
    history(&place, 10);
    let several = place.run(&["explain", "bert latency"]);
    assert_eq!((several.code, several.out.as_str()), (2, ""), "{several:#?}");
    let listed: Vec<&str> = several.err.lines().filter(|line| line.ends_with("latency (Test CPU)")).collect();
    assert_eq!(listed.len(), 2, "{}", several.err);
    let id = listed[0].split_whitespace().next().unwrap();
    assert!(place.ok(&["explain", id]).starts_with("bert cpu classify batch=8 latency"), "sorted by name");
    place.ok(&["explain", "bert cpu embed batch=8 latency"]);
    let none = place.run(&["explain", "embd latency"]);
    assert_eq!(none.code, 2, "{none:#?}");
    assert!(none.err.contains("the nearest of 4 series are `bert cpu embed batch=8 latency`"), "{}", none.err);
    let unknown = place.run(&["explain", "0123456789abcdef"]);
    assert_eq!(unknown.code, 2, "{unknown:#?}");
    let alone = place.run(&["explain", "embed latency", "--confirm", "x.json"]);
    assert_eq!(alone.code, 2, "{alone:#?}");
}

#[test]
fn a_series_that_is_missing_or_new_is_explained_too() {
    let place = Place::new();
    history(&place, 40);
    place.write("first.json", native(100, &[SLOW[0], ("brand-new", 1.0, 1.0)]));
    let missing = place.ok(&["explain", "classify latency", "first.json"]);
    assert!(missing.starts_with("bert cpu classify batch=8 latency: missing"), "{missing}");
    let new = place.ok(&["explain", "brand-new latency", "first.json"]);
    assert!(new.contains(": new") && new.contains("no rule could be applied"), "{new}");
}
