//! JMH, `-rf json`.
//!
//! For: the scores of each benchmark in each mode, and what profilers add. Not for: errors and confidence intervals,
//! which follow from the iterations. The shape is that of `org.openjdk.jmh.results.format.JSONResultFormat`.
//! Invariant: the mode names the metric and the score's unit its unit; a benchmark in two modes is two results.

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Reading, measure_all, slug};
use super::text::to_u64;
use crate::model::{ResultDraft, RunDraft};

/// Metrics of JMH's own profilers whose meaning is known: name, metric.
const KNOWN: &[(&str, &str)] = &[("gc_alloc_rate_norm", "memory_allocated")];

/// A list whose first element has a benchmark and its primary metric.
pub(super) fn matches(json: &Json) -> bool {
    json.first().is_some_and(|first| first.get("benchmark").is_some() && first.get("primaryMetric").is_some())
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let mut run = RunDraft::default();
    if let Some(first) = Node::root(json).items()?.next() {
        for (name, field) in
            [("jmh", "jmhVersion"), ("jdk", "jdkVersion"), ("jvm", "vmName"), ("jvm_build", "vmVersion")]
        {
            run.environment.extend(optional_text(&first, field)?.map(|value| (name.to_owned(), value)));
        }
    }
    output.run(run)?;
    for benchmark in Node::root(json).items()? {
        output.result(draft(&benchmark)?, |defect| benchmark.place(defect))?;
    }
    Ok(())
}

fn draft(benchmark: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let mode = benchmark.field("mode")?.text()?;
    let primary = benchmark.field("primaryMetric")?;
    let metric = if mode == "thrpt" { "throughput" } else { "latency" };
    let reading = reading(&primary, metric)?;
    let iterations = to_u64(reading.samples.len());
    let mut measurements = measure_all(&[reading], &primary)?;
    if mode == "sample" {
        measurements.extend(measure_all(&percentiles(&primary)?, &primary)?);
    }
    if let Some(secondary) = benchmark.maybe("secondaryMetrics")? {
        for (name, node) in secondary.entries()? {
            let name = slug(name);
            if is_measured(&name, &node)? {
                let known = KNOWN.iter().find(|(known, _)| *known == name).map_or(name.as_str(), |(_, metric)| metric);
                measurements.extend(measure_all(&[self::reading(&node, known)?], &node)?);
            }
        }
    }
    let mut draft = ResultDraft::completed(measurements);
    draft.test_case = Some(benchmark.field("benchmark")?.text()?.to_owned());
    draft.parameters = benchmark.maybe("params")?.map(|params| params.scalars()).transpose()?.unwrap_or_default();
    draft.parameters.entry("mode".to_owned()).or_insert_with(|| mode.to_owned());
    for (name, field) in [("threads", "threads"), ("batch", "measurementBatchSize")] {
        // A batch of one call is no batch.
        if let Some(count) = optional(benchmark, field, Node::count)?.filter(|count| field == name || *count > 1) {
            draft.parameters.entry(name.to_owned()).or_insert_with(|| count.to_string());
        }
    }
    draft.iterations = Some(iterations).filter(|count| *count > 0);
    let forks = optional(benchmark, "forks", Node::count)?.unwrap_or(1).max(1);
    let warmup = optional(benchmark, "warmupIterations", Node::count)?;
    draft.warmup_iterations = warmup.and_then(|count| count.checked_mul(forks));
    Ok(draft)
}

/// Whether a secondary metric is one: the score of a profiler that reports text is not a number, and how many megabytes
/// a second are allocated and collected follows from the speed, so a faster benchmark has more of them.
fn is_measured(name: &str, metric: &Node<'_>) -> Result<bool, Malformed> {
    let is_text = metric.field("score")?.scalar().as_deref() == Some("NaN");
    let is_derived = name.starts_with("gc_") && metric.field("scoreUnit")?.text()? == "MB/sec";
    Ok(!is_text && !is_derived)
}

/// The score with a sample for each iteration of each fork.
fn reading(metric: &Node<'_>, name: &str) -> Result<Reading, Malformed> {
    let mut samples = Vec::new();
    if let Some(forks) = metric.maybe("rawData")? {
        for fork in forks.items()? {
            samples.extend(fork.numbers()?);
        }
    }
    if let Some(forks) = metric.maybe("rawDataHistogram")? {
        for fork in forks.items()? {
            samples.extend(fork.items()?.map(|iteration| mean(&iteration)).collect::<Result<Vec<_>, _>>()?);
        }
    }
    let unit = metric.field("scoreUnit")?.text()?;
    Ok(Reading::samples(name, Some(metric.field("score")?.number()?), samples, unit))
}

/// The mean of an iteration's histogram of pairs of time and count, which is what the other modes report of one.
fn mean(histogram: &Node<'_>) -> Result<f64, Malformed> {
    let (mut sum, mut count) = (0.0, 0.0);
    for bucket in histogram.items()? {
        if let [time, times] = bucket.numbers()?[..] {
            sum += time * times;
            count += times;
        }
    }
    Ok(sum / count)
}

/// The percentiles of single calls, which only sampling sees; those of iterations follow from the samples.
fn percentiles(primary: &Node<'_>) -> Result<Vec<Reading>, Malformed> {
    let unit = primary.field("scoreUnit")?.text()?;
    let Some(percentiles) = primary.maybe("scorePercentiles")? else { return Ok(Vec::new()) };
    let fields = [("50.0", "latency_p50"), ("90.0", "latency_p90"), ("95.0", "latency_p95"), ("99.0", "latency_p99")];
    super::reading::fields(&percentiles, &fields.map(|(field, metric)| (field, metric, unit)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Direction;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/jmh/normal.json");

    #[test]
    fn forks_and_iterations_are_samples_and_the_mode_names_the_metric() {
        let Collected { runs, results, .. } = collect(Format::Jmh, NORMAL);
        assert_eq!((runs[0].environment["jdk"].as_str(), runs[0].environment["jmh"].as_str()), ("17.0.15", "1.37"));
        assert_eq!(results.len(), 5);
        assert_eq!(results[0].test_case.as_deref(), Some("org.example.Parse.sum"));
        assert_eq!((results[0].parameters["size"].as_str(), results[0].parameters["threads"].as_str()), ("16", "1"));
        assert_value(&results[0], "latency", 5.125e-6, "ms");
        assert_eq!(measured(&results[0], "latency").samples().len(), 6);
        assert_eq!((results[0].iterations, results[0].warmup_iterations), (Some(6), Some(10)));
        assert_value(&results[2], "throughput", 98.5e6, "items/s");
        assert_eq!(measured(&results[2], "throughput").better(), Some(Direction::HigherIsBetter));
        assert_value(&results[4], "latency", 3.75, "ms");
        assert_eq!(results[4].parameters["batch"], "10");
    }

    #[test]
    fn profilers_add_metrics_without_the_rate_that_follows_from_speed() {
        let results = collect(Format::Jmh, NORMAL).results;
        assert_value(&results[0], "memory_allocated", 24.000_5e-6, "MB");
        assert_value(&results[0], "gc_count", 3.0, "counts");
        assert_eq!(measured(&results[0], "gc_count").better(), None);
        assert_eq!(measured(&results[0], "gc_time").value().to_bits(), 0.0_f64.to_bits());
        assert!(results[0].measurements.iter().all(|measurement| measurement.metric() != "gc_alloc_rate"));
        assert!(results[0].measurements.iter().all(|measurement| measurement.metric() != "stack"));
    }

    #[test]
    fn sampled_calls_have_percentiles_and_a_mean_an_iteration() {
        let result = &collect(Format::Jmh, NORMAL).results[3];
        assert_value(result, "latency", 0.002, "ms");
        let samples = measured(result, "latency").samples();
        assert_eq!(samples.len(), 2);
        assert!((samples[0] - 0.001_75).abs() < 1e-12, "{samples:?}");
        assert_value(result, "latency_p99", 0.003, "ms");
    }

    #[test]
    fn defects_are_located() {
        let score = "\"score\" : 5.125";
        for (from, to, class, pointer) in [
            (score, "\"score\" : \"NaN\"", Class::NotFinite, Some("[0].primaryMetric.score")),
            (score, "\"score\" : \"fast\"", Class::WrongType, Some("[0].primaryMetric.score")),
            (score, "\"score\" : -1.0", Class::Negative, Some("[0].primaryMetric")),
            (score, "\"score\" : 0.0", Class::Zero, Some("[0].primaryMetric")),
            ("\"scoreUnit\" : \"ns/op\",", "", Class::MissingField, Some("[0].primaryMetric")),
            ("5.25", "\"NaN\"", Class::NotFinite, Some("[0].primaryMetric.rawData[0][1]")),
            ("\"size\" : \"16\"", "\"size\" : \"1024\"", Class::Duplicate, Some("[1]")),
            // A histogram without a call has no mean.
            ("[1.5, 3]", "[1.5, -1]", Class::NotFinite, Some("[3].primaryMetric")),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
    }
}
