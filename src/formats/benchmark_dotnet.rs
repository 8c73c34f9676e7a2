//! BenchmarkDotNet, `*-report-full.json` and `*-report-brief.json`.
//!
//! For: the time of each iteration and the memory that an operation allocates. Not for: hardware counters and other
//! diagnosers, and iterations that BenchmarkDotNet itself left out. The shape is that of its
//! `src/BenchmarkDotNet/Exporters/Json/JsonExporterBase.cs`.
//! Invariant: times are nanoseconds an operation; a benchmark without statistics failed.

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Reading, measure_all};
use super::text::to_u64;
use crate::model::{Machine, ResultDraft, RunDraft};

/// Facts about the host and a list of benchmarks.
pub(super) fn matches(json: &Json) -> bool {
    json.get("HostEnvironmentInfo").is_some() && matches!(json.get("Benchmarks"), Some(Json::List(_)))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let host = root.field("HostEnvironmentInfo")?;
    let mut run = RunDraft::default();
    for (name, field) in [
        ("benchmark_dotnet", "BenchmarkDotNetVersion"),
        ("dotnet", "RuntimeVersion"),
        ("os", "OsVersion"),
        ("architecture", "Architecture"),
    ] {
        run.environment.extend(optional_text(&host, field)?.map(|value| (name.to_owned(), value)));
    }
    output.run(run)?;
    let machine = Machine {
        cpu_model: host.maybe("ProcessorName")?.and_then(|name| name.scalar()),
        cpu_cores: optional(&host, "LogicalCoreCount", Node::size)?,
        ..Machine::default()
    };
    for benchmark in root.field("Benchmarks")?.items()? {
        let mut draft = draft(&benchmark)?;
        draft.hardware.machine = machine.clone();
        output.result(draft, |defect| benchmark.place(defect))?;
    }
    Ok(())
}

fn draft(benchmark: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let mut draft = match benchmark.maybe("Statistics")? {
        Some(statistics) => {
            let samples = optional(&statistics, "OriginalValues", Node::numbers)?.unwrap_or_default();
            let iterations = Some(to_u64(samples.len())).filter(|count| *count > 0);
            let mut readings =
                vec![Reading::samples("latency", Some(statistics.field("Mean")?.number()?), samples, "ns")];
            if let Some(memory) = benchmark.maybe("Memory")? {
                let allocated = optional(&memory, "BytesAllocatedPerOperation", Node::number)?;
                readings.extend(allocated.map(|bytes| Reading::value("memory_allocated", bytes, "bytes")));
            }
            ResultDraft { iterations, ..ResultDraft::completed(measure_all(&readings, &statistics)?) }
        }
        None => ResultDraft::failed("BenchmarkDotNet reports no statistics"),
    };
    draft.test_case = Some(benchmark.field("FullName")?.text()?.to_owned());
    let job = optional(benchmark, "DisplayInfo", Node::text)?.and_then(job);
    draft.parameters.extend(job.map(|job| ("job".to_owned(), job.to_owned())));
    Ok(draft)
}

/// What `Type.Method: Job-ABCDEF(Runtime=.NET 8.0) [Size=16]` says of the job, which the full name does not: its
/// settings, or its name where it has none. The letters of a job without a name differ from run to run.
fn job(display: &str) -> Option<&str> {
    let (_, job) = display.split_once(": ")?;
    let job = job.split(" [").next().unwrap_or(job).trim();
    let settings = job.strip_suffix(')').and_then(|job| job.split_once('(')).map(|(_, settings)| settings);
    settings.or(Some(job)).filter(|job| *job != "DefaultJob" && !job.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Status;

    const FULL: &str = include_str!("../../tests/fixtures/formats/benchmark-dotnet/full.json");
    const BRIEF: &str = include_str!("../../tests/fixtures/formats/benchmark-dotnet/brief.json");

    #[test]
    fn iterations_are_samples_and_jobs_tell_results_apart() {
        let Collected { runs, results, .. } = collect(Format::BenchmarkDotNet, FULL);
        assert_eq!(runs[0].environment["dotnet"], ".NET 8.0.11 (8.0.1124.51707)");
        assert_eq!(results.len(), 5);
        assert_eq!(results[0].test_case.as_deref(), Some("Example.Parse.Sum(Size: 16)"));
        assert_eq!(results[0].hardware.machine.cpu_model.as_deref(), Some("AMD EPYC 7763"));
        assert_eq!(results[0].hardware.machine.cpu_cores, Some(4));
        assert_value(&results[0], "latency", 5.125e-6, "ms");
        assert_eq!(measured(&results[0], "latency").samples().len(), 3);
        assert_eq!(measured(&results[0], "memory_allocated").value().to_bits(), 0.0_f64.to_bits());
        assert_value(&results[2], "memory_allocated", 40e-6, "MB");
        assert!(results[0].parameters.is_empty());
        assert_eq!(results[2].parameters["job"], "Runtime=.NET 8.0");
        assert_eq!(results[3].parameters["job"], "Runtime=.NET 9.0");
        assert!(matches!(&results[4].status, Status::Failed(_)));
    }

    #[test]
    fn a_brief_report_has_the_same_times() {
        let result = collect(Format::BenchmarkDotNet, BRIEF).results.pop().expect("result");
        assert_eq!((result.iterations, result.measurements.len()), (Some(3), 1));
        assert_eq!(result.parameters["job"], "IterationCount=3, LaunchCount=1, WarmupCount=3");
    }

    #[test]
    fn defects_are_located() {
        let statistics = Some("Benchmarks[0].Statistics");
        for (from, to, class, pointer) in [
            ("\"Mean\": 5.125", "\"Mean\": \"fast\"", Class::WrongType, Some("Benchmarks[0].Statistics.Mean")),
            ("\"Mean\": 5.125", "\"Mean\": -5.125", Class::Negative, statistics),
            ("\"Mean\": 5.125", "\"Mean\": 0", Class::Zero, statistics),
            ("\"Mean\": 5.125", "\"Mean\": NaN", Class::NotFinite, None),
            ("\"Mean\": 5.125", "\"Average\": 5.125", Class::MissingField, statistics),
            (
                "\"LogicalCoreCount\": 4",
                "\"LogicalCoreCount\": 0",
                Class::Zero,
                Some("HostEnvironmentInfo.LogicalCoreCount"),
            ),
            ("Sum(Size: 16)", "Sum(Size: 1024)", Class::Duplicate, Some("Benchmarks[1]")),
        ] {
            assert!(FULL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&FULL.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
    }
}
