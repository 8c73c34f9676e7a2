//! The same judgements through every renderer.
//!
//! For: seeing a report as its reader does, and holding what must be true of any report. Not for: single sentences
//! (see `words`). To accept changed snapshots run the tests with `INSTA_UPDATE=always` and read the difference.
//! Invariant: the fixture holds every verdict and hostile names.

use insta::{assert_snapshot, with_settings};
use proptest::prelude::*;
use serde_json::Value;

use super::fixtures::{HOSTILE, Series, all_green, everything, judgement, many, nothing, provenance};
use super::{
    DEFAULT_BUDGET, TerminalOptions, View, calibration_schema, json, json_schema, markdown, selftest_schema, terminal,
};
use crate::gate::{Action, Outcome, Setting, Verdict};

fn plain(width: Option<u16>) -> TerminalOptions {
    TerminalOptions { width, ..TerminalOptions::default() }
}

#[test]
fn every_verdict_in_every_rendering() {
    with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        let view = everything();
        assert_snapshot!("terminal_unwrapped", terminal(&view, &plain(None)));
        assert_snapshot!("terminal_80", terminal(&view, &plain(Some(80))));
        assert_snapshot!("terminal_140_verbose", terminal(&view, &TerminalOptions { is_verbose: true, ..plain(Some(140)) }));
        assert_snapshot!("markdown", markdown(&view, DEFAULT_BUDGET));
        assert_snapshot!("json", json(&view));
    });
}

#[test]
fn a_green_report_is_short() {
    assert_snapshot!(terminal(&all_green(), &plain(Some(100))), @r#"
    PASSED: no regression in 3 series compared

    bert-base-uncased on cuda (NVIDIA A100): 3 unchanged

    Smallest visible worsening: 5.8 % in every series compared.
    A worsening of the target size (10 %) would have been visible in 3 of 3 series compared.

    Candidate: commit 0123456789ab, run ci-4711, files results/bert.json, results/llama.json.
    Baseline: 42 runs from 2026-01-05 to 2026-03-01 (1 month), newest commit fedcba987654, from
      benchgate.duckdb; the newest 100 runs of branch main.
    Judged by benchgate 0.1.0.

    hint: `--verbose` shows all series, and the numbers and thresholds behind each verdict
    "#);
}

#[test]
fn an_empty_report_says_that_nothing_was_judged() {
    assert_snapshot!(terminal(&nothing(), &plain(Some(100))), @r#"
    NOTHING TO JUDGE: the run holds no series to judge

    Why:
      - no series could be compared, and the policy fails on that

    Candidate: commit 0123456789ab, run ci-4711, files results/bert.json, results/llama.json.
    Baseline: 0 runs, from benchgate.duckdb; the newest 100 runs of branch main.
    Judged by benchgate 0.1.0.

    hint: check that the benchmark wrote its results and that the policy judges any of them
    "#);
}

#[test]
fn an_empty_markdown_report_says_that_nothing_was_judged() {
    assert_snapshot!(markdown(&nothing(), DEFAULT_BUDGET), @r#"
    ### ⚠️ NOTHING TO JUDGE: the run holds no series to judge

    - no series could be compared, and the policy fails on that

    > **Next:** check that the benchmark wrote its results and that the policy judges any of them

    <sub>Candidate: commit 0123456789ab, run ci-4711, files results/bert.json, results/llama.json.<br>Baseline: 0 runs, from benchgate.duckdb; the newest 100 runs of branch main.<br>Judged by benchgate 0.1.0.</sub>
    "#);
}

#[test]
fn colour_only_repeats_what_words_say() {
    let coloured = terminal(&everything(), &TerminalOptions { is_coloured: true, ..plain(None) });
    let (headline, _) = coloured.split_once("\n\n").unwrap();
    assert!(headline.starts_with("\u{1b}[1;31mFAILED: 3 regressions"), "{headline:?}");
    assert!(!terminal(&everything(), &plain(None)).contains('\u{1b}'));
}

#[test]
fn lines_fit_the_terminal() {
    for width in [80_u16, 100, 120, 140] {
        for is_verbose in [false, true] {
            let options = TerminalOptions { is_verbose, ..plain(Some(width)) };
            for line in terminal(&everything(), &options).lines() {
                assert!(line.chars().count() <= usize::from(width), "{width}: {line}");
            }
        }
    }
}

#[test]
fn hostile_names_change_nothing_around_them() {
    let view = everything();
    let text = markdown(&view, DEFAULT_BUDGET);
    assert!(!text.contains("<img") && !text.contains("@octocat") && !text.contains("https://"));
    let is_table = |line: &&str| line.starts_with("| ");
    assert!(text.lines().filter(is_table).all(|line| line.matches('|').count() == 7), "{text}");
    for rendered in [text, terminal(&view, &plain(None)), json(&view)] {
        assert!(!rendered.chars().any(|character| character.is_control() && character != '\n'));
        assert!(!rendered.contains('\u{202e}'));
    }
}

#[test]
fn json_keeps_hostile_names_verbatim_and_is_valid() {
    let document: Value = serde_json::from_str(&json(&everything())).unwrap();
    let cases: Vec<&str> =
        document["series"].as_array().unwrap().iter().filter_map(|series| series["test_case"].as_str()).collect();
    assert!(cases.contains(&HOSTILE));
    for view in [everything(), all_green(), nothing(), many(3)] {
        let document: Value = serde_json::from_str(&json(&view)).unwrap();
        if let Err(error) = validator().validate(&document) {
            panic!("{error} at {}", error.instance_path());
        }
    }
}

#[test]
fn the_schema_refuses_what_is_not_a_report() {
    let sound: Value = serde_json::from_str(&json(&everything())).unwrap();
    let breakages: [(&str, Value); 4] = [
        ("/schema", "benchgate/report/v2".into()),
        ("/outcome", "fine".into()),
        ("/series/0/id", "xyz".into()),
        ("/series/0/evidence/noise", "1.2 %".into()),
    ];
    for (place, value) in breakages {
        let mut broken = sound.clone();
        *broken.pointer_mut(place).unwrap() = value;
        assert!(!validator().is_valid(&broken), "{place}");
    }
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(&json_schema()).unwrap()).unwrap()
}

#[test]
fn an_infinite_number_is_null_and_named() {
    let document: Value = serde_json::from_str(&json(&everything())).unwrap();
    let evidence = document["series"]
        .as_array()
        .unwrap()
        .iter()
        .find(|series| series["metric"] == "instructions")
        .map(|series| &series["evidence"])
        .unwrap();
    assert_eq!((&evidence["t"], &evidence["infinite"]), (&Value::Null, &serde_json::json!({ "t": "positive" })));
}

#[test]
fn the_schema_in_the_documentation_is_current() {
    let kept = include_str!("../../docs/report-v1.schema.json");
    assert!(
        kept == json_schema(),
        "docs/report-v1.schema.json differs from the code; a released schema only ever gains optional fields. \
         To write it anew: cargo test --lib write_the_schema -- --ignored"
    );
}

#[test]
#[ignore = "writes docs/*.schema.json"]
fn write_the_schema_to_the_documentation() {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");
    std::fs::write(format!("{docs}/report-v1.schema.json"), json_schema()).unwrap();
    std::fs::write(format!("{docs}/calibration-v1.schema.json"), calibration_schema()).unwrap();
    std::fs::write(format!("{docs}/selftest-v1.schema.json"), selftest_schema()).unwrap();
}

#[test]
fn the_schemas_of_calibration_and_selftest_are_current() {
    assert_eq!(include_str!("../../docs/calibration-v1.schema.json"), calibration_schema());
    assert_eq!(include_str!("../../docs/selftest-v1.schema.json"), selftest_schema());
}

#[test]
fn what_the_policy_ignores_is_counted_and_not_listed() {
    let mut judgement = judgement(
        Outcome::Passed,
        vec![
            Series::new("a", "latency", "ms", Verdict::New).value(1.0),
            Series::new("b", "latency", "ms", Verdict::Unchanged).compared(11.0, 0.01, 0.0),
        ],
    );
    judgement.series[0].policy.new = Setting::default_value(Action::Ignore);
    let text = terminal(&View::new(&judgement, &provenance()), &plain(None));
    assert!(text.starts_with("PASSED: no regression in 1 series compared, 1 new\n"), "{text}");
    assert!(text.contains(": 1 new, 1 unchanged\n"), "{text}");
}

#[test]
fn machines_with_one_name_are_told_apart() {
    let on = |cores| Series::new("a", "latency", "ms", Verdict::Unchanged).on_cpu("m", cores).compared(1.0, 0.01, 0.0);
    let view = View::new(&judgement(Outcome::Passed, vec![on(8), on(64)]), &provenance());
    let headings: Vec<String> = view.groups.iter().map(super::Group::heading).collect();
    assert!(headings[0].starts_with("m on cpu (AMD EPYC 7763), 8 cores, hardware "), "{headings:?}");
    assert_ne!(headings[0], headings[1]);
}

#[test]
fn a_trimmed_comment_keeps_the_worst_and_counts_the_rest() {
    let view = many(400);
    let text = markdown(&view, 20_000);
    assert!(text.len() <= 20_000 && text.len() > 18_000, "{}", text.len());
    assert!(text.starts_with("### ❌ FAILED: 400 regressions in 800 series\n"));
    assert!(text.contains("case 0 ") && !text.contains("case 399 "));
    let shown = text.matches("**regressed** |").count();
    assert!(text.contains(&format!("Left out for length: {} series", 800 - shown)), "{text}");
    assert!(text.contains("Not listed: 400 unchanged."), "{text}");
}

#[test]
fn unchanged_series_go_before_any_other_is_left_out() {
    let view = many(60);
    let full = markdown(&view, usize::MAX).len();
    let text = markdown(&view, full - 1_000);
    assert_eq!(text.matches("**regressed** |").count(), 60);
    assert!(text.contains("<details>") && text.contains("Left out for length"));
}

#[test]
fn a_hostile_name_or_reason_does_not_push_the_verdicts_out() {
    let hostile = "\u{e0041}|".repeat(5_000);
    let mut judgement = judgement(
        Outcome::Failed,
        vec![
            Series::new(&hostile, &hostile, &hostile, Verdict::Missing).history(1.0, 0.1),
            Series::new("embedding", "latency", "ms", Verdict::Regressed).compared(11.0, 0.012, 0.123),
        ],
    );
    judgement.reasons = vec![hostile.clone(); 50];
    for series in &mut judgement.series {
        series.reason = hostile.clone();
    }
    let provenance = super::Provenance { database: hostile.clone(), rule: hostile, ..provenance() };
    let text = markdown(&View::new(&judgement, &provenance), DEFAULT_BUDGET);
    assert!(text.len() < DEFAULT_BUDGET / 2, "{}", text.len());
    assert!(text.contains("| **regressed** |") && text.contains("| **missing** |"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn markdown_never_exceeds_its_budget(count in 0_u32..30, budget in 0_usize..20_000) {
        prop_assert!(markdown(&many(count), budget).len() <= budget);
    }
}
