//! The configuration as a project meets it: files in, policies and errors out.
//!
//! For: the behaviour of the whole module. Not for: single values (see `value`).
//! Invariant: `docs/configuration.md` and `examples/benchgate.toml` are read here as they are published.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::gate::policy::DefaultPolicy;
use crate::gate::{Action, Policy as _, Scale, SeriesPolicy};
use crate::model::{Aliases, Configuration, Direction, Hardware, Machine, SeriesKey, SeriesMeta, Unit};

const EXAMPLE: &str = include_str!("../../examples/benchgate.toml");
const DOCUMENTATION: &str = include_str!("../../docs/configuration.md");

fn series(model: &str, kind: &str, metric: &str, unit: &str) -> SeriesMeta {
    let unit = Unit::canonical(unit).0;
    SeriesMeta {
        key: SeriesKey {
            configuration: Configuration {
                model: model.to_owned(),
                hardware: Hardware {
                    kind: kind.to_owned(),
                    device: Some("NVIDIA A100".to_owned()),
                    machine: Machine::default(),
                },
                test_case: Some("embedding".to_owned()),
                batch_size: None,
                precision: None,
                parameters: BTreeMap::new(),
                is_simulated: false,
            },
            metric: metric.to_owned(),
        },
        better: crate::model::metric::direction(metric, &unit, None),
        unit,
    }
}

fn latency() -> SeriesMeta {
    series("bert-base", "cuda", "latency", "ms")
}

fn resolve(text: &str, series: &SeriesMeta) -> SeriesPolicy {
    parse(text, "benchgate.toml").unwrap().policy(&Overrides::default()).for_series(series)
}

fn refusal(text: &str) -> (String, Option<String>) {
    let error = parse(text, "benchgate.toml").unwrap_err();
    (error.to_string(), error.hint())
}

#[test]
fn an_empty_file_is_the_built_in_policy() {
    for config in [parse("", "benchgate.toml").unwrap(), Config::default()] {
        let policy = config.policy(&Overrides::default());
        assert_eq!(policy.limits(), DefaultPolicy::default().limits());
        assert_eq!(policy.for_series(&latency()), DefaultPolicy::default().for_series(&latency()));
        assert_eq!(config.baseline_branch(), None);
        assert!(*config.aliases() == Aliases::default());
    }
}

#[test]
fn every_value_names_its_line() {
    let text = "[gate]\nalpha = \"1%\"\n\n[defaults]\nwindow = 40\n\n[metrics.latency]\nscale = \"exact\"\n\n\
                [[rules]]\nmodel = \"bert*\"\nmissing = \"warn\"\n";
    let config = parse(text, "benchgate.toml").unwrap();
    let policy = config.policy(&Overrides::default());
    assert_eq!(policy.limits().alpha.origin, "benchgate.toml:2");
    let series = policy.for_series(&latency());
    assert_eq!((series.window.value, series.window.origin.as_str()), (40, "benchgate.toml:5"));
    assert_eq!(series.scale.value, Some(Scale::Exact));
    assert_eq!(series.scale.origin, "benchgate.toml:8 [metrics.latency]");
    assert_eq!(series.missing.value, Action::Warn);
    assert_eq!(series.missing.origin, "benchgate.toml:12 [[rules]] 1");
    assert_eq!(series.new.origin, "default");
}

#[test]
fn the_more_special_source_wins() {
    let defaults = "[defaults]\nwindow = 10\n";
    let metric = "[metrics.latency]\nwindow = 20\n";
    let rules = "[[rules]]\nmetric = \"lat*\"\nwindow = 30\n[[rules]]\nmodel = \"*\"\nwindow = 40\n";
    for (text, window) in [
        (defaults.to_owned(), 10),
        (format!("{defaults}{metric}"), 20),
        (format!("{defaults}{metric}{rules}"), 40),
        (format!("{rules}{metric}{defaults}"), 40),
    ] {
        assert_eq!(resolve(&text, &latency()).window.value, window, "{text}");
    }
}

#[test]
fn flags_win_over_the_file() {
    let overrides = Overrides {
        alpha: Some("1%".parse().unwrap()),
        window: Some("7".parse().unwrap()),
        minimum_effect: Some("3%".parse().unwrap()),
        missing: Some(ActionWord::Ignore),
        new: Some(ActionWord::Fail),
        inconclusive: Some(ActionWord::Fail),
        today: None,
    };
    let policy = parse(EXAMPLE, "benchgate.toml").unwrap().policy(&overrides);
    assert_eq!(policy.limits().alpha.origin, "--alpha");
    let series = policy.for_series(&latency());
    assert_eq!((series.window.value, series.window.origin.as_str()), (7, "--window"));
    assert_eq!((series.minimum_effect.value.to_bits(), series.missing.value), (0.03_f64.to_bits(), Action::Ignore));
    assert_eq!((series.new.value, series.inconclusive.value), (Action::Fail, Action::Fail));
    assert_eq!(series.inconclusive.origin, "--inconclusive");
}

#[test]
fn all_patterns_of_a_rule_must_match() {
    for (patterns, is_matched) in [
        ("model = \"bert-*\"", true),
        ("model = \"Bert-*\"", false),
        ("model = \"bert\"", false),
        ("hardware = \"CUDA\"", true),
        ("hardware = \"*a100*\"", true),
        ("hardware = \"{cpu,rocm}\"", false),
        ("test-case = \"embed*\"", true),
        ("metric = \"latency\"\nmodel = \"gpt*\"", false),
        ("metric = \"latency\"\nmodel = \"bert*\"\nhardware = \"cuda\"\ntest-case = \"embedding\"", true),
    ] {
        let policy = resolve(&format!("[[rules]]\n{patterns}\njudged = false\n"), &latency());
        assert_eq!(!policy.is_judged.value, is_matched, "{patterns}");
    }
}

#[test]
fn a_star_crosses_the_slash_of_a_model_name() {
    let text = "[[rules]]\nmodel = \"meta*8B\"\njudged = false\n";
    assert!(!resolve(text, &series("meta-llama/Llama-3-8B", "cpu", "latency", "ms")).is_judged.value);
}

#[test]
fn a_series_without_test_case_matches_no_test_case_pattern() {
    let mut without = latency();
    without.key.configuration.test_case = None;
    assert!(resolve("[[rules]]\ntest-case = \"*\"\njudged = false\n", &without).is_judged.value);
}

#[test]
fn a_stated_direction_wins_over_the_results() {
    let text = "[metrics.latency]\nbetter = \"higher\"\n";
    assert_eq!(resolve(text, &latency()).better.value, Some(Direction::HigherIsBetter));
}

#[test]
fn a_series_in_another_unit_has_no_direction_and_says_why() {
    let text = "[metrics.latency]\nunit = \"seconds\"\n";
    assert_eq!(resolve(text, &latency()).better.value, Some(Direction::LowerIsBetter), "ms is what seconds become");
    let better = resolve(text, &series("bert", "cpu", "latency", "frames")).better;
    assert_eq!(better.value, None);
    assert_eq!(better.origin, "benchgate.toml:2 [metrics.latency] says the unit is `ms`, not `frames`");
}

#[test]
fn the_target_is_never_below_the_minimum() {
    let policy = resolve("[defaults]\nminimum-effect = \"15%\"\n", &latency());
    assert_eq!(policy.target_effect, policy.minimum_effect);
}

#[test]
fn patterns_that_match_nothing_are_listed() {
    let text = "[metrics.latncy]\nscale = \"log\"\n[[rules]]\nmodel = \"bert*\"\nwindow = 3\n[[rules]]\nmodel = \"brt*\"\nwindow = 3\n";
    let config = parse(text, "benchgate.toml").unwrap();
    assert_eq!(config.unmatched(&[latency()]), ["benchgate.toml:1 [metrics.latncy]", "benchgate.toml:6 [[rules]] 2"]);
}

#[test]
fn an_unknown_key_names_its_line_and_the_key_that_was_meant() {
    for (text, line, hint) in [
        ("[gate]\nalhpa = \"5%\"\n", 2, "did you mean `alpha`?"),
        ("[defaults]\nminimum_effect = \"5%\"\n", 2, "did you mean `minimum-effect`?"),
        ("[default]\n", 1, "did you mean `defaults`?"),
        ("\n[metrics.latency]\nscal = \"log\"\n", 3, "did you mean `scale`?"),
        ("[[rules]]\nmodel = \"a\"\njudge = false\n", 3, "did you mean `judged`?"),
        ("[[rules]]\nmodel = \"a\"\ninconclusve = \"fail\"\n", 3, "did you mean `inconclusive`?"),
        ("[hardware]\nalias = {}\n", 2, "did you mean `aliases`?"),
    ] {
        let (message, actual) = refusal(text);
        assert!(message.starts_with(&format!("benchgate.toml:{line}: unknown key `")), "{message}");
        assert_eq!(actual.as_deref(), Some(hint), "{message}");
    }
    assert_eq!(
        refusal("[baseline]\nzzz = 1\n"),
        ("benchgate.toml:2: unknown key `zzz`, expected `branch`".to_owned(), None)
    );
}

#[test]
fn a_wrong_value_is_answered_with_what_is_allowed() {
    for (text, message) in [
        (
            "[gate]\nalpha = \"100%\"",
            "benchgate.toml:2: `alpha = \"100%\"`: `100%` is out of range: allowed is more than `0%` and less than `100%`",
        ),
        (
            "[gate]\nalpha = 0.05",
            "benchgate.toml:2: `alpha = 0.05`: invalid type: floating point `0.05`, expected a percentage in quotes, like \"5%\"",
        ),
        (
            "[defaults]\nwindow = 0",
            "benchgate.toml:2: `window = 0`: `0` is out of range: allowed is a whole number of runs from 1 to 10000",
        ),
        (
            "[defaults]\nnew = \"stop\"",
            "benchgate.toml:2: `new = \"stop\"`: `stop` is unknown: allowed is `fail`, `warn` or `ignore`",
        ),
        (
            "[metrics.m]\nscale = 3",
            "benchgate.toml:2: `scale = 3`: invalid type: integer `3`, expected `automatic`, `log`, `logit`, `additive` or `exact`",
        ),
        (
            "[[rules]]\nmodel = \"[\"\njudged = false",
            "benchgate.toml:2: `model = \"[\"`: `[` is not a pattern: unclosed character class; missing ']'",
        ),
    ] {
        assert_eq!(refusal(text).0, message);
    }
    assert!(refusal("[gate\n").0.starts_with("benchgate.toml:1: `[gate`: "), "{}", refusal("[gate\n").0);
}

#[test]
fn what_would_do_nothing_is_refused() {
    for (text, message) in [
        ("[[rules]]\nmodel = \"*\"\n", "benchgate.toml:1: rule 1 sets nothing"),
        ("\n[[rules]]\njudged = false\n", "benchgate.toml:2: rule 1 has no pattern"),
        ("[metrics.latency]\n", "benchgate.toml:1: `[metrics.latency]` sets nothing"),
        ("[hardware.aliases]\ncuda = \"cuda\"\n", "benchgate.toml:2: `cuda` is an alias of itself"),
        ("[hardware.aliases]\na = \"b\"\nb = \"c\"\n", "benchgate.toml:2: `a` leads to `b`, which is an alias too"),
    ] {
        let (actual, hint) = refusal(text);
        assert_eq!(actual, message);
        assert!(hint.is_some(), "{message}");
    }
}

#[test]
fn a_message_is_one_line_whatever_the_file_says() {
    for text in [
        "[defaults]\nnew = \"x\\n::error::forged\"\n",
        "\"x\\n::error::forged\" = 1\n",
        "[metrics.\"x\\n::error::forged\"]\n",
        "[hardware.aliases]\n\"x\\n::error::forged\" = \"\"\n",
        "[[rules]]\nmodel = \"[\\n::error::forged\"\njudged = false\n",
    ] {
        let (message, _) = refusal(text);
        assert!(message.starts_with("benchgate.toml:") && !message.contains('\n'), "{message}");
    }
    let (message, _) = refusal(&format!("[defaults]\nnew = \"{}\"\n", "x".repeat(10_000)));
    assert!(message.len() < 1_000, "{message}");
}

#[test]
fn the_example_file_is_read() {
    let config = parse(EXAMPLE, "benchgate.toml").unwrap();
    assert_eq!(config.baseline_branch().unwrap().value, "main");
    assert_eq!(config.aliases().hardware("gpu"), "cuda");
    let policy = config.policy(&Overrides::default());
    assert_eq!(policy.for_series(&latency()).inconclusive.value, Action::Fail);
    let accuracy = policy.for_series(&series("bert-base", "cpu", "accuracy", "points"));
    assert_eq!(accuracy.better.value, Some(Direction::HigherIsBetter));
    assert!(!policy.for_series(&series("experimental/x", "cpu", "latency", "ms")).is_judged.value);
}

#[test]
fn every_file_in_the_documentation_is_read() {
    let examples: Vec<&str> =
        DOCUMENTATION.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    assert!(examples.len() >= 3, "the documentation shows examples");
    for example in examples {
        if let Err(error) = parse(example, "benchgate.toml") {
            panic!("{error}\n{example}");
        }
    }
}

#[test]
fn every_key_is_documented() {
    let schema: serde_json::Value = serde_json::from_str(&schema::json_schema()).unwrap();
    let mut keys = Vec::new();
    collect_keys(&schema, &mut keys);
    assert!(keys.len() > 20, "{keys:?}");
    for key in keys {
        assert!(
            DOCUMENTATION.contains(&format!("`{key}`")) || DOCUMENTATION.contains(&format!("[{key}")),
            "docs/configuration.md does not mention `{key}`"
        );
    }
}

#[test]
fn the_documented_defaults_are_the_real_ones() {
    let policy = Config::default().policy(&Overrides::default());
    let series = policy.for_series(&latency());
    let limits = policy.limits();
    let percent = |fraction: f64| format!("\"{}%\"", (fraction * 1e6).round() / 1e4);
    for (key, value) in [
        ("alpha", percent(limits.alpha.value)),
        ("correction", format!("\"{}\"", limits.correction.value)),
        ("nothing-to-judge", format!("\"{}\"", limits.nothing_to_judge.value)),
        ("missing-leg", format!("\"{}\"", limits.missing_leg.value)),
        ("judged", series.is_judged.value.to_string()),
        ("minimum-effect", percent(series.minimum_effect.value)),
        ("target-effect", percent(series.target_effect.value)),
        ("window", series.window.value.to_string()),
        ("missing", format!("\"{}\"", series.missing.value)),
        ("new", format!("\"{}\"", series.new.value)),
        ("inconclusive", format!("\"{}\"", series.inconclusive.value)),
    ] {
        let row = format!("| `{key}` | `{value}` |");
        assert!(DOCUMENTATION.contains(&row), "docs/configuration.md lacks: {row}");
    }
}

fn collect_keys(schema: &serde_json::Value, keys: &mut Vec<String>) {
    if let Some(properties) = schema.get("properties").and_then(serde_json::Value::as_object) {
        keys.extend(properties.keys().cloned());
    }
    match schema {
        serde_json::Value::Object(members) => members.values().for_each(|member| collect_keys(member, keys)),
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

#[test]
fn a_waiver_names_a_series_a_ceiling_a_day_and_a_reason() {
    const WAIVER: &str = r#"
[[waivers]]
series = "bert cpu embedding latency"
up-to = "15%"
expires = 2027-01-31
reason = "a safer default"
link = "https://example.org/1"
"#;
    let config = parse(WAIVER, "benchgate.toml").unwrap();
    let on = |year, month, day| Overrides { today: Some(date(year, month, day)), ..Overrides::default() };
    let policy = config.policy(&on(2027, 1, 31));
    let [waiver] = policy.waivers() else { panic!("one waiver") };
    assert_eq!((waiver.series.as_str(), waiver.is_expired), ("bert cpu embedding latency", false));
    assert!((waiver.ceiling - 0.15).abs() < 1e-12);
    assert_eq!(waiver.origin, "benchgate.toml:2 [[waivers]] 1");
    assert!(config.policy(&on(2027, 2, 1)).waivers()[0].is_expired);
    for (from, to, problem) in [
        ("expires = 2027-01-31\n", "", "missing field `expires`"),
        ("2027-01-31", "\"2027-01-31\"", "expires"),
        ("2027-01-31", "2027-01-31T10:00:00Z", "is not a day: write it like 2027-01-31"),
        ("\"a safer default\"", "\" \"", "a waiver says why"),
        ("series = \"bert cpu embedding latency\"", "series = \"\"", "a waiver names a series"),
        ("reason", "because", "unknown key `because`"),
    ] {
        let error = parse(&WAIVER.replace(from, to), "benchgate.toml").unwrap_err().to_string();
        assert!(error.contains(problem), "{to}: {error}");
    }
}
