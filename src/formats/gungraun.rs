//! Gungraun (formerly iai-callgrind), `--output-format=json` and `summary.json`, versions 6 and 7.
//!
//! For: what Valgrind's tools count. Not for: rates that follow from the counts, and the comparison with the run before.
//! The shape is that of Gungraun's `gungraun-summary/schemas/summary.v6.schema.json` and `summary.v7.schema.json`.
//! Invariant: only what this run counted is read, never what it was compared with; each tool is a result of its own.

use super::error::{Class, Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Reading, measure_all};
use crate::model::{ResultDraft, RunDraft};

/// What the tools count: name, metric, unit.
const METRICS: &[(&str, &str, &str)] = &[
    ("Ir", "instructions", "count"),
    ("EstimatedCycles", "estimated_cycles", "count"),
    ("Dr", "data_reads", "count"),
    ("Dw", "data_writes", "count"),
    ("L1hits", "l1_hits", "count"),
    ("LLhits", "ll_hits", "count"),
    ("RamHits", "ram_hits", "count"),
    ("I1mr", "l1_instruction_misses", "count"),
    ("D1mr", "l1_data_read_misses", "count"),
    ("D1mw", "l1_data_write_misses", "count"),
    ("ILmr", "ll_instruction_misses", "count"),
    ("DLmr", "ll_data_read_misses", "count"),
    ("DLmw", "ll_data_write_misses", "count"),
    ("Bc", "branches", "count"),
    ("Bcm", "branch_misses", "count"),
    ("Bi", "indirect_branches", "count"),
    ("Bim", "indirect_branch_misses", "count"),
    ("TotalBytes", "memory_allocated", "bytes"),
    ("TotalBlocks", "allocations", "allocs"),
    ("AtTGmaxBytes", "memory_peak", "bytes"),
    ("Errors", "errors", "count"),
];

/// Tools that write files for people to look at, and count nothing.
const UNCOUNTED: [&str; 2] = ["Massif", "BBV"];

/// A summary, or lines of them.
pub(super) fn matches(json: &Json) -> bool {
    let summary = json.first().unwrap_or(json);
    summary.get("module_path").is_some() && summary.get("profiles").is_some()
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let summaries: Vec<_> = if matches!(json, Json::List(_)) { root.items()?.collect() } else { vec![root] };
    let mut run = RunDraft::default();
    for summary in &summaries {
        run.started_at = run.started_at.or(optional(summary, "started_at", Node::time)?);
    }
    output.run(run)?;
    for summary in &summaries {
        check_version(summary)?;
        let path = summary.field("module_path")?.text()?;
        let name = match optional_text(summary, "id")? {
            Some(id) => format!("{path} {id}"),
            None => path.to_owned(),
        };
        let profiles: Vec<_> = summary.field("profiles")?.items()?.collect();
        if profiles.is_empty() {
            // Gungraun: without an error there is at least one.
            let draft = ResultDraft::failed("no tool reports anything");
            output.result(ResultDraft { test_case: Some(name.clone()), ..draft }, |defect| summary.place(defect))?;
        }
        for profile in profiles {
            match draft(&profile)? {
                Some(draft) => {
                    let draft = ResultDraft { test_case: Some(name.clone()), ..draft };
                    output.result(draft, |defect| profile.place(defect))?;
                }
                None => output.omit(profile.pointer(), "a tool that counts nothing"),
            }
        }
    }
    Ok(())
}

fn check_version(summary: &Node<'_>) -> Result<(), Malformed> {
    let version = summary.field("version")?;
    match version.text()? {
        "6" | "7" => Ok(()),
        other => {
            let message =
                format!("version `{}` of the summary is not known", other.chars().take(20).collect::<String>());
            Err(version.defect(Class::UnknownVersion, message).hint("versions 6 and 7 are read"))
        }
    }
}

/// What a tool counted; nothing for one that does not count.
fn draft(profile: &Node<'_>) -> Result<Option<ResultDraft>, Malformed> {
    let tool = profile.field("tool")?.text()?;
    let counts = match profile.maybe("data")? {
        Some(data) => data.field("total")?.maybe("metrics")?,
        // Version 6 names the tool once more, or says "None" for one that counts nothing.
        None => match profile.field("summaries")?.field("total")?.field("summary")? {
            summary if summary.text().is_ok() => None,
            summary => summary.entries()?.next().map(|(_, counts)| counts),
        },
    };
    let mut readings = Vec::new();
    for (name, metric, unit) in METRICS {
        let count = counts.as_ref().map(|counts| counts.maybe(name)).transpose()?.flatten();
        if let Some(value) = count.map(|count| new_value(&count)).transpose()?.flatten() {
            readings.push(Reading::value(*metric, value, *unit));
        }
    }
    let mut draft = if readings.is_empty() {
        if UNCOUNTED.contains(&tool) {
            return Ok(None);
        }
        ResultDraft::failed(&format!("{tool} reports none of the counts that are read"))
    } else {
        ResultDraft::completed(measure_all(&readings, profile)?)
    };
    draft.parameters.insert("tool".to_owned(), tool.to_owned());
    Ok(Some(draft))
}

/// What this run counted: `values.new`, or in version 6 `metrics.Left`, or the first of `metrics.Both`.
fn new_value(count: &Node<'_>) -> Result<Option<f64>, Malformed> {
    if let Some(values) = count.maybe("values")? {
        return optional(&values, "new", Node::number);
    }
    let metrics = count.field("metrics")?;
    let new = match metrics.maybe("Both")? {
        Some(both) => both.items()?.next(),
        None => metrics.maybe("Left")?,
    };
    let Some(new) = new else { return Ok(None) };
    Ok(optional(&new, "Int", Node::number)?.or(optional(&new, "Float", Node::number)?))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::{Direction, Status};

    const LINES: &str = include_str!("../../tests/fixtures/formats/gungraun/lines.jsonl");
    const SUMMARY: &str = include_str!("../../tests/fixtures/formats/gungraun/summary.json");
    const IAI_CALLGRIND: &str = include_str!("../../tests/fixtures/formats/gungraun/iai-callgrind.jsonl");
    const VERSION_6: &str = include_str!("../../tests/fixtures/formats/gungraun/version-6.json");

    #[test]
    fn lines_are_benchmarks_with_the_counts_of_this_run() {
        let Collected { runs, results, .. } = collect(Format::Gungraun, LINES);
        assert_eq!(runs[0].started_at.map(|time| time.to_string()[..10].to_owned()).as_deref(), Some("2026-11-24"));
        let names: Vec<_> = results.iter().filter_map(|result| result.test_case.as_deref()).collect();
        assert_eq!(names, ["demo::group::bench_fib short", "demo::group::bench_fib long", "demo::group::bench_sort"]);
        assert_value(&results[0], "instructions", 1695.0, "count");
        assert_value(&results[0], "estimated_cycles", 2393.0, "count");
        assert_eq!(measured(&results[0], "estimated_cycles").better(), Some(Direction::LowerIsBetter));
        assert_eq!(measured(&results[0], "l1_hits").better(), None);
        assert_eq!(results[0].parameters["tool"], "Callgrind");
        assert_eq!(collect(Format::Gungraun, SUMMARY).results[0].measurements, results[2].measurements);
    }

    #[test]
    fn iai_callgrind_counts_the_same() {
        let (older, newer) =
            (collect(Format::Gungraun, IAI_CALLGRIND).results, collect(Format::Gungraun, LINES).results);
        assert_eq!(older.len(), newer.len());
        assert_eq!((&older[0].test_case, &older[0].measurements), (&newer[0].test_case, &newer[0].measurements));
    }

    #[test]
    fn version_6_is_read_and_what_was_before_is_not() {
        let Collected { results, omissions, .. } = collect(Format::Gungraun, VERSION_6);
        assert_eq!((results.len(), omissions[0].place.as_str()), (2, "profiles[2]"));
        assert_value(&results[0], "instructions", 1695.0, "count");
        assert_eq!(measured(&results[0], "ram_hits").value().to_bits(), 2.0_f64.to_bits());
        // Counted before and not now.
        assert!(!results[0].measurements.iter().any(|measurement| measurement.metric() == "ll_hits"));
        assert_value(&results[1], "memory_peak", 0.002, "MB");
        assert_value(&results[1], "allocations", 3.0, "allocs");
        let silent = VERSION_6.replace("\"Massif\"", "\"Memcheck\"");
        let result = collect(Format::Gungraun, &silent).results.pop().expect("result");
        assert!(matches!(&result.status, Status::Failed(reason) if reason.starts_with("Memcheck")));
        let without = VERSION_6.split_once("\"profiles\": [").map(|(start, _)| format!("{start}\"profiles\": []}}"));
        let results = collect(Format::Gungraun, &without.expect("profiles")).results;
        assert!(matches!(&results[0].status, Status::Failed(_)));
    }

    #[test]
    fn defects_are_located() {
        let ir = "profiles[0].data.total.metrics.Ir.values.new";
        let at = SUMMARY.rfind("\"Ir\": {").expect("the total");
        for (from, to, class, pointer) in [
            ("\"new\": ", "\"new\": -", Class::Negative, "profiles[0]"),
            ("\"new\": ", "\"new\": \"many\", \"x\": ", Class::WrongType, ir),
        ] {
            let text = format!("{}{}", &SUMMARY[..at], SUMMARY[at..].replacen(from, to, 1));
            let (found, _, _, place) = defect_place(&text);
            assert_eq!((found, place.as_deref()), (class, Some(pointer)), "{to}");
        }
        let newer = SUMMARY.replace("\"version\": \"7\"", "\"version\": \"8\"");
        assert_eq!(defect_place(&newer), (Class::UnknownVersion, None, None, Some("version".to_owned())));
        let twice = LINES.replace("\"id\":\"short\"", "\"id\":\"long\"");
        assert_eq!(defect_place(&twice).0, Class::Duplicate);
    }
}
