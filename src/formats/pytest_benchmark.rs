//! `pytest --benchmark-json`.
//!
//! For: the times of each test, the machine and the commit. Not for: `extra_info`, whose meaning only its author knows,
//! and what follows from the times (`ops`, quartiles).
//! Invariant: a failed test is not in the file at all, so it shows as missing and not as failed.

use std::collections::BTreeMap;

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::Reading;
use crate::model::{Machine, ResultDraft, RunDraft};

/// Facts about the machine and a list of benchmarks.
pub(super) fn matches(json: &Json) -> bool {
    json.get("machine_info").is_some() && matches!(json.get("benchmarks"), Some(Json::List(_)))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let info = root.field("machine_info")?;
    output.run(run(&root, &info)?)?;
    let machine = machine(&info)?;
    for benchmark in root.field("benchmarks")?.items()? {
        output.result(draft(&benchmark, &machine)?, |defect| benchmark.place(defect))?;
    }
    Ok(())
}

fn run(root: &Node<'_>, info: &Node<'_>) -> Result<RunDraft, Malformed> {
    let mut run = RunDraft { started_at: optional(root, "datetime", Node::time)?, ..RunDraft::default() };
    if let Some(commit) = root.maybe("commit_info")? {
        // Without version control pytest-benchmark writes an `error` and no `id`.
        run.commit = optional_text(&commit, "id")?;
        run.branch = optional_text(&commit, "branch")?.filter(|branch| !branch.starts_with('('));
        if optional(&commit, "dirty", Node::flag)? == Some(true) {
            run.environment.insert("working_tree".to_owned(), "changed".to_owned());
        }
    }
    for (name, fields) in [("python", ["python_implementation", "python_version"]), ("os", ["system", "release"])] {
        let parts: Vec<_> = fields.iter().filter_map(|field| optional_text(info, field).transpose()).collect();
        let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        if !parts.is_empty() {
            run.environment.insert(name.to_owned(), parts.join(" "));
        }
    }
    Ok(run)
}

fn machine(info: &Node<'_>) -> Result<Machine, Malformed> {
    let Some(cpu) = info.maybe("cpu")? else { return Ok(Machine::default()) };
    let brand = optional_text(&cpu, "brand_raw")?;
    Ok(Machine {
        // Up to version 3.2 the field was called `brand`.
        cpu_model: if brand.is_some() { brand } else { optional_text(&cpu, "brand")? },
        cpu_cores: optional(&cpu, "count", Node::size)?,
        ..Machine::default()
    })
}

fn draft(benchmark: &Node<'_>, machine: &Machine) -> Result<ResultDraft, Malformed> {
    let stats = benchmark.field("stats")?;
    let samples = optional(&stats, "data", Node::numbers)?.unwrap_or_default();
    let reading = Reading::samples("latency", Some(stats.field("mean")?.number()?), samples, "s");
    let measurement = reading.measure().map_err(|defect| stats.place(defect))?;
    let mut draft = ResultDraft::completed(vec![measurement]);
    draft.test_case = Some(benchmark.field("fullname")?.text()?.to_owned());
    draft.hardware.machine = machine.clone();
    draft.parameters = match benchmark.maybe("params")? {
        Some(parameters) => parameters.scalars()?,
        None => BTreeMap::new(),
    };
    let rounds = optional(&stats, "rounds", Node::count)?;
    let iterations = optional(&stats, "iterations", Node::count)?;
    draft.iterations = rounds.and_then(|rounds| rounds.checked_mul(iterations.unwrap_or(1)));
    draft.total_time_seconds = optional(&stats, "total", Node::number)?;
    Ok(draft)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/pytest-benchmark/normal.json");

    #[test]
    fn tests_machine_and_commit_are_read() {
        let Collected { runs, results, .. } = collect(Format::PytestBenchmark, NORMAL);
        assert_eq!(runs[0].commit.as_deref(), Some("89abcdef0123456789abcdef0123456789abcdef"));
        assert_eq!(runs[0].branch.as_deref(), Some("main"));
        assert_eq!(runs[0].environment["working_tree"], "changed");
        assert_eq!(runs[0].environment["python"], "CPython 3.12.3");
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2026-01-31T10:00:00.5Z"));
        assert_eq!(results.len(), 2);
        assert_eq!(results[0].hardware.machine.cpu_cores, Some(4));
        assert_eq!(results[0].hardware.machine.cpu_model.as_deref(), Some("AMD EPYC 7763 64-Core Processor"));
        assert_eq!(results[0].parameters["size"], "1024");
        assert_eq!(results[0].iterations, Some(50));
        assert_value(&results[0], "latency", 2.1, "ms");
        assert_eq!(measured(&results[0], "latency").samples().len(), 5);
        assert_eq!(measured(&results[1], "latency").samples().len(), 0);
    }

    #[test]
    fn defects_are_located() {
        for (from, to, class, pointer) in [
            ("\"mean\": 0.0021", "\"mean\": \"fast\"", Class::WrongType, Some("benchmarks[0].stats.mean")),
            ("\"mean\": 0.0021", "\"mean\": NaN", Class::NotFinite, None),
            ("\"mean\": 0.0021", "\"mean\": -0.0021", Class::Negative, Some("benchmarks[0].stats")),
            ("\"mean\": 0.0021", "\"mean\": 0", Class::Zero, Some("benchmarks[0].stats")),
            ("\"mean\": 0.0021", "\"average\": 1", Class::MissingField, Some("benchmarks[0].stats")),
            ("\"count\": 4", "\"count\": 1e12", Class::TooLarge, Some("machine_info.cpu.count")),
            ("2026-01-31T10:00:00.5", "someday ", Class::WrongType, Some("datetime")),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
        let twice = NORMAL.replace("test_parse.py::test_large", "test_parse.py::test_small[1024]");
        let twice = twice.replace("\"params\": null", "\"params\": {\"size\": 1024}");
        assert_eq!(defect_place(&twice).0, Class::Duplicate);
    }
}
