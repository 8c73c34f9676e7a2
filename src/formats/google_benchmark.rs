//! Google Benchmark, `--benchmark_format=json`.
//!
//! For: times, rates and counters of each repetition. Not for: complexity fits (`BigO`, `RMS`) and spread (`stddev`,
//! `cv`), which follow from the repetitions.
//! Invariant: repetitions win over aggregates; of a file with aggregates only, the median counts, or else the mean.

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Pool, Reading, own_unit, slug};
use crate::model::{Machine, ResultDraft, RunDraft};

/// Fields of an entry that are not counters.
const FIELDS: &[&str] = &[
    "family_index",
    "per_family_instance_index",
    "repetitions",
    "repetition_index",
    "threads",
    "iterations",
    "real_time",
    "cpu_time",
    "cpu_coefficient",
    "real_coefficient",
    "rms",
];

/// Fields of an entry whose metric and unit are known: name, metric, unit.
const KNOWN: &[(&str, &str, &str)] = &[
    ("items_per_second", "throughput", "items/s"),
    ("bytes_per_second", "bandwidth", "bytes/s"),
    ("allocs_per_iter", "allocations", "allocs"),
    ("max_bytes_used", "memory_peak", "bytes"),
];

/// A context and a list of benchmarks.
pub(super) fn matches(json: &Json) -> bool {
    json.get("context").is_some() && matches!(json.get("benchmarks"), Some(Json::List(_)))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let context = root.field("context")?;
    let mut run = RunDraft { started_at: optional(&context, "date", Node::time)?, ..RunDraft::default() };
    for (name, field) in [("google_benchmark", "library_version"), ("build_type", "library_build_type")] {
        run.environment.extend(optional_text(&context, field)?.map(|value| (name.to_owned(), value)));
    }
    output.run(run)?;
    let machine = Machine { cpu_cores: optional(&context, "num_cpus", Node::size)?, ..Machine::default() };
    let entries: Vec<_> = root.field("benchmarks")?.items()?.collect();
    let mut pool = Pool::default();
    for (rank, aggregate) in [None, Some("median"), Some("mean")].into_iter().enumerate() {
        let known = pool.keys();
        for entry in &entries {
            let name = name(entry)?;
            let is_new = rank == 0 || !known.contains(&name);
            if is_new && aggregate_name(entry)? == aggregate {
                add(&mut pool, entry, name, &machine)?;
            }
        }
    }
    pool.finish(output)
}

/// The name without what Google Benchmark appends for aggregates; old versions have `name` only.
fn name(entry: &Node<'_>) -> Result<String, Malformed> {
    match optional_text(entry, "run_name")? {
        Some(name) => Ok(name),
        None => Ok(entry.field("name")?.text()?.to_owned()),
    }
}

fn aggregate_name<'a>(entry: &Node<'a>) -> Result<Option<&'a str>, Malformed> {
    match optional(entry, "run_type", Node::text)? {
        Some("aggregate") => Ok(Some(entry.field("aggregate_name")?.text()?)),
        _ => Ok(None),
    }
}

fn add(pool: &mut Pool, entry: &Node<'_>, name: String, machine: &Machine) -> Result<(), Malformed> {
    let mut readings = Vec::new();
    let mut draft = match failure(entry)? {
        Some(reason) => ResultDraft::failed(&reason),
        None => {
            readings = self::readings(entry)?;
            ResultDraft::completed(Vec::new())
        }
    };
    draft.test_case = Some(name.clone());
    draft.hardware.machine = machine.clone();
    draft.iterations = optional(entry, "iterations", Node::count)?.filter(|count| *count > 0);
    pool.add(name, draft, readings, |defect| entry.place(defect))
}

/// Why there is no measurement, if there is none.
fn failure(entry: &Node<'_>) -> Result<Option<String>, Malformed> {
    let is_failed = optional(entry, "error_occurred", Node::flag)? == Some(true);
    let is_skipped = optional(entry, "skipped", Node::flag)? == Some(true);
    if !is_failed && !is_skipped {
        return Ok(None);
    }
    let message = match optional_text(entry, "error_message")? {
        Some(message) => Some(message),
        None => optional_text(entry, "skip_message")?,
    };
    let word = if is_failed { "failed" } else { "skipped by the benchmark" };
    Ok(Some(message.map_or_else(|| word.to_owned(), |message| format!("{word}: {message}"))))
}

fn readings(entry: &Node<'_>) -> Result<Vec<Reading>, Malformed> {
    let unit = optional(entry, "time_unit", Node::text)?.unwrap_or("ns");
    let mut readings = vec![Reading::value("latency", entry.field("real_time")?.number()?, unit)];
    readings.extend(optional(entry, "cpu_time", Node::number)?.map(|time| Reading::value("cpu_time", time, unit)));
    for (name, field) in entry.entries()? {
        if !field.is_number() || FIELDS.contains(&name) {
            continue;
        }
        let value = field.number()?;
        readings.push(match KNOWN.iter().find(|(known, _, _)| *known == name) {
            Some((_, metric, unit)) => Reading::value(*metric, value, *unit),
            None => Reading::value(slug(name), value, own_unit(&slug(name))),
        });
    }
    Ok(readings)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Status;

    const REPETITIONS: &str = include_str!("../../tests/fixtures/formats/google-benchmark/repetitions.json");
    const AGGREGATES: &str = include_str!("../../tests/fixtures/formats/google-benchmark/aggregates.json");

    #[test]
    fn repetitions_are_samples_and_aggregates_are_left_out() {
        let Collected { runs, results, .. } = collect(Format::GoogleBenchmark, REPETITIONS);
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2026-01-31T09:00:00Z"));
        assert_eq!(results.len(), 3);
        assert_eq!(results[0].test_case.as_deref(), Some("BM_Copy/1024"));
        assert_eq!(measured(&results[0], "latency").samples().len(), 3);
        assert_value(&results[0], "latency", 31.5e-6, "ms");
        assert_value(&results[0], "bandwidth", 32_500.0, "MB/s");
        assert_value(&results[1], "latency", 4.5e-3, "ms");
        assert_value(&results[1], "cache_misses", 12.5, "cache_misses");
        assert_eq!(results[1].hardware.machine.cpu_cores, Some(8));
        assert_eq!(results[2].status, Status::Failed("failed: no such device".to_owned()));
    }

    #[test]
    fn of_aggregates_the_median_counts() {
        let results = collect(Format::GoogleBenchmark, AGGREGATES).results;
        assert_eq!(results.len(), 1);
        assert_value(&results[0], "latency", 31.5e-6, "ms");
        assert_eq!(measured(&results[0], "latency").samples().len(), 0);
    }

    #[test]
    fn defects_are_located() {
        let entry = Some("benchmarks[0]");
        for (to, class, pointer) in [
            ("\"slow\"", Class::WrongType, Some("benchmarks[0].real_time")),
            ("Infinity", Class::NotFinite, None),
            ("-31.5", Class::Negative, entry),
            ("0.0", Class::Zero, entry),
            ("31.5, \"real_time\": 1", Class::Duplicate, None),
        ] {
            let text = REPETITIONS.replacen("31.5", to, 1);
            let (found, _, _, place) = defect_place(&text);
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
    }
}
