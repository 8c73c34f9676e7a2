//! A mapping for a document that no format fits.
//!
//! For: a beginning that a person completes. Not for: importing anything by guess: nothing is read by a proposal.
//! Invariant: a proposal is a valid mapping that fits the document it was made for, or there is none.

use std::fmt::Write as _;

use crate::formats::json::Json;
use crate::formats::reading::slug;

/// Names that tools give to a fact, best first.
const FACTS: [(&str, &[&str]); 6] = [
    ("model", &["model_name", "model_id", "model", "network", "benchmark", "name", "test", "case", "id"]),
    ("hardware", &["hardware", "hardware_type", "device_type", "device", "platform", "backend", "target"]),
    ("batch_size", &["batch_size", "batch", "bs"]),
    ("precision", &["precision", "dtype", "quantization"]),
    ("reason", &["error", "error_message", "message", "reason"]),
    ("time", &["timestamp", "date", "datetime", "time", "started_at", "created_at"]),
];

/// Endings of names and the unit that they state.
const UNITS: [(&str, &str); 14] = [
    ("_ns", "ns"),
    ("_us", "us"),
    ("_ms", "ms"),
    ("_msec", "ms"),
    ("_s", "s"),
    ("_sec", "s"),
    ("_seconds", "s"),
    ("_mb", "MB"),
    ("_mib", "MiB"),
    ("_gb", "GB"),
    ("_bytes", "bytes"),
    ("tokens_per_second", "tokens/s"),
    ("_per_second", "items/s"),
    ("_per_sec", "items/s"),
];

/// Where records are: the names to them, `*` for every one of a list or an object.
struct Records<'a> {
    path: Vec<String>,
    first: &'a [(String, Json)],
    numbers: usize,
}

/// The mapping as it would stand in `benchgate.toml`.
pub(in crate::formats) fn propose(json: &Json) -> Option<String> {
    let mut found = Vec::new();
    search(json, &mut Vec::new(), &mut found);
    // The most numbers; of equals the shortest path.
    let best = found.into_iter().max_by_key(|one| (one.numbers, std::cmp::Reverse(one.path.len())))?;
    Some(write(json, &best))
}

fn search<'a>(json: &'a Json, path: &mut Vec<String>, found: &mut Vec<Records<'a>>) {
    if path.len() > 6 {
        return;
    }
    let is_number = |json: &Json| matches!(json, Json::Number(_));
    let children: Vec<(String, &Json)> = match json {
        Json::List(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        Json::Object(fields) => fields.iter().map(|(name, item)| (name.clone(), item)).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => return,
    };
    let objects: Vec<&[(String, Json)]> = children
        .iter()
        .filter_map(|(_, child)| match child {
            Json::Object(fields) => Some(fields.as_slice()),
            _ => None,
        })
        .collect();
    let numbers = objects.iter().map(|fields| fields.iter().filter(|(_, value)| is_number(value)).count()).sum();
    let are_alike = objects.len() == children.len() && (objects.len() > 1 || matches!(json, Json::List(_)));
    if let Some(first) = objects.first().filter(|_| are_alike && numbers > 0) {
        let mut each = path.clone();
        each.push(if matches!(json, Json::List(_)) { "*".to_owned() } else { format!("{{key{}}}", path.len()) });
        found.push(Records { path: each, first, numbers });
    }
    for (name, child) in children.iter().take(4) {
        path.push(name.replace('.', "\\."));
        search(child, path, found);
        path.pop();
    }
}

fn write(json: &Json, records: &Records<'_>) -> String {
    let when: Vec<String> = match json {
        Json::Object(fields) => fields.iter().take(3).map(|(name, _)| name.replace('.', "\\.")).collect(),
        _ => records.first.iter().take(3).map(|(name, _)| format!("0.{}", name.replace('.', "\\."))).collect(),
    };
    let mut text = String::from("[[mapping]]\nname = \"my-format\"\n");
    line(&mut text, "when", &list(&when));
    let of_document = |names: &[&'static str]| names.iter().copied().find(|name| json.get(name).is_some());
    if let Some(time) = of_document(FACTS[5].1) {
        line(&mut text, "time", &quoted(time));
    }
    text.push_str("\n[[mapping.results]]\n");
    line(&mut text, "each", &list(&[records.path.join(".")]));
    let has = |name: &str| records.first.iter().any(|(known, value)| known == name && *value != Json::Null);
    for (fact, names) in FACTS {
        if let Some(name) = names.iter().find(|name| has(name)) {
            line(&mut text, fact, &quoted(name));
        } else if let Some(name) = of_document(names).filter(|_| fact != "time") {
            line(&mut text, fact, &quoted(&format!("/{name}")));
        } else if fact == "model" && records.path.last().is_some_and(|last| last.starts_with('{')) {
            line(&mut text, fact, &quoted(&records.path[records.path.len() - 1]));
        } else if matches!(fact, "model" | "hardware") {
            writeln!(text, "# {fact} = \"...\"    # or give it with --{fact}")
                .expect("internal error: a text takes all");
        }
    }
    for (name, value) in records.first {
        let is_fact = FACTS.iter().any(|(_, names)| names.contains(&name.as_str()));
        if matches!(value, Json::Number(_)) && !is_fact {
            let lower = name.to_lowercase();
            let unit = UNITS.iter().find(|(ending, _)| lower.ends_with(ending));
            let metric = unit.map_or(lower.as_str(), |(ending, _)| lower.strip_suffix(ending).unwrap_or(&lower));
            let metric = slug(if metric.is_empty() { &lower } else { metric });
            let unit = unit.map_or("count", |(_, unit)| unit);
            let at = quoted(&name.replace('.', "\\."));
            let note = if unit == "count" { "    # the unit is a guess" } else { "" };
            writeln!(text, "metrics.{} = {{ at = {at}, unit = \"{unit}\" }}{note}", quoted(&metric))
                .expect("internal error: a text takes all");
        }
    }
    text
}

fn line(text: &mut String, key: &str, value: &str) {
    writeln!(text, "{key} = {value}").expect("internal error: a text takes all");
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// A TOML text, whatever is in it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::json::parse;
    use crate::formats::mapping::mappings::Mappings;

    fn proposal(text: &str) -> Option<String> {
        let json = parse(text, 64).expect("JSON");
        let proposal = propose(&json)?;
        let mappings = Mappings::parse(&proposal, "proposal").unwrap_or_else(|error| panic!("{error}\n{proposal}"));
        assert!(mappings.find(&json).is_some(), "it fits: {proposal}");
        Some(proposal)
    }

    #[test]
    fn a_list_of_rows_is_proposed_as_results() {
        let text = "{\"date\": \"2026-01-01\", \"rows\": [{\"network\": \"enc\", \"device\": \"cpu\", \"mean_ms\": 1.5, \"rss_mb\": 3}]}";
        let proposal = proposal(text).expect("a proposal");
        for line in [
            "when = [\"date\", \"rows\"]",
            "time = \"date\"",
            "each = [\"rows.*\"]",
            "model = \"network\"",
            "hardware = \"device\"",
            "metrics.\"mean\" = { at = \"mean_ms\", unit = \"ms\" }",
            "metrics.\"rss\" = { at = \"rss_mb\", unit = \"MB\" }",
        ] {
            assert!(proposal.contains(line), "{line} in\n{proposal}");
        }
    }

    #[test]
    fn an_object_by_name_gives_the_names() {
        let proposal = proposal("{\"cases\": {\"a\": {\"t_us\": 1}, \"b.c\": {\"t_us\": 2}}}").expect("a proposal");
        assert!(
            proposal.contains("each = [\"cases.{key1}\"]") && proposal.contains("model = \"{key1}\""),
            "{proposal}"
        );
        assert!(proposal.contains("# hardware = \"...\""), "{proposal}");
    }

    #[test]
    fn hostile_names_stay_texts_and_what_has_no_numbers_has_no_proposal() {
        let text = "[{\"a\\\"]\\n[gate]\\nx=1#.b\": 1, \"c\": 2}]";
        assert!(proposal(text).is_some());
        for nothing in ["{\"a\": {\"b\": \"c\"}}", "[1, 2]", "{}", "3"] {
            assert_eq!(proposal(nothing), None, "{nothing}");
        }
    }
}
