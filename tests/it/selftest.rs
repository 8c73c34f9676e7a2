//! `selftest` and pairs with the base, as a user meets them.

use serde_json::Value;

use crate::support::{Place, history, native};

#[test]
fn a_gate_that_can_fail_is_proved_to() {
    let place = Place::new();
    history(&place, 30);
    let candidate = place.write("new.json", native(40, &[("embed", 10.0, 800.0), ("classify", 20.0, 400.0)]));
    let answer = place.run(&["selftest", &candidate]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.out.starts_with("PROVED: each of 4 series goes red when twice as bad"), "{}", answer.out);
    let small = place.run(&["selftest", &candidate, "--effect", "1%"]);
    assert_eq!(small.code, 11, "1 % is below the minimum effect: {small:#?}");
    assert!(small.out.starts_with("BLIND"), "{}", small.out);
}

#[test]
fn a_policy_that_judges_nothing_that_could_fail_is_found_out() {
    let place = Place::new();
    history(&place, 30);
    let candidate = place.write("new.json", native(40, &[("embed", 10.0, 800.0)]));
    place.write("benchgate.toml", "[defaults]\njudged = false\n");
    let answer = place.run(&["selftest", &candidate]);
    assert_eq!(answer.code, 3, "{answer:#?}");
    place.write("benchgate.toml", "[defaults]\nminimum-effect = \"500%\"\n");
    let answer = place.run(&["selftest", &candidate]);
    assert_eq!(answer.code, 11, "{answer:#?}");
    assert!(answer.out.contains("BLIND: with everything twice as bad the gate stays green"), "{}", answer.out);
}

#[test]
fn the_document_follows_its_schema() {
    let place = Place::new();
    history(&place, 30);
    let candidate = place.write("new.json", native(40, &[("embed", 10.0, 800.0)]));
    let document: Value = serde_json::from_str(&place.ok(&["selftest", &candidate, "--format", "json"])).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../docs/selftest-v1.schema.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &document));
    assert_eq!(document["is_red"], true);
}

#[test]
fn nothing_to_compare_with_proves_nothing() {
    let place = Place::new();
    place.ok(&["init"]);
    let candidate = place.write("new.json", native(40, &[("embed", 10.0, 800.0)]));
    let answer = place.run(&["selftest", &candidate]);
    assert_eq!(answer.code, 3, "{answer:#?}");
    assert!(answer.out.starts_with("NOT PROVED"), "{}", answer.out);
}

#[test]
fn six_pairs_with_the_base_judge_what_has_no_history() {
    let place = Place::new();
    place.ok(&["init"]);
    let machine = [1.0, 1.3, 0.9, 1.1, 1.6, 1.2];
    let mut arguments = vec!["compare".to_owned()];
    for (number, slow) in machine.iter().enumerate() {
        let run = |latency: f64| {
            native(40, &[("embed", latency * slow, 800.0 / slow)]).replace("run-40", &format!("run-{number}"))
        };
        let head = place.write(&format!("head-{number}.json"), run(11.0));
        let base = place.write(&format!("base-{number}.json"), run(10.0));
        arguments.extend(if number == 0 { vec![head] } else { vec!["--confirm".to_owned(), head] });
        arguments.extend(["--base".to_owned(), base]);
    }
    let all: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = place.run(&all);
    assert_eq!(answer.code, 10, "{answer:#?}");
    assert!(answer.out.contains("1 regression in 2 series"), "{}", answer.out);
    let explained = place.ok(&[&["explain", "embed latency"], &all[1..]].concat());
    assert!(explained.contains("Hodges-Lehmann estimate of ln(candidate / base) over 6 pairs"), "{explained}");
    assert!(explained.contains("+0.0953102"), "ln(11 / 10): {explained}");
    let five: Vec<&str> = all[..all.len() - 4].to_vec();
    assert_eq!(place.run(&five).code, 3, "five pairs show nothing");
}
