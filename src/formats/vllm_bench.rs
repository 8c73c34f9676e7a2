//! `vllm bench serve --save-result`, `vllm bench throughput` and `vllm bench latency`, both with `--output-json`.
//!
//! For: rates and latencies of a served or loaded model. Not for: standard deviations and peaks of single seconds.
//! The shapes are those that vLLM's `vllm/benchmarks/serve.py`, `throughput.py` and `latency.py` write.
//! Invariant: a run in which any request failed is a failed result: its rates are those of another load.

use super::error::{Class, Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Pool, Reading, fields};
use super::text::to_u64;
use crate::model::{ResultDraft, RunDraft};

/// Rates that `serve` reports: field, metric, unit.
const RATES: &[(&str, &str, &str)] = &[
    ("output_throughput", "throughput", "tokens/s"),
    ("total_token_throughput", "total_token_throughput", "tokens/s"),
    ("request_throughput", "request_throughput", "requests/s"),
    ("request_goodput", "request_goodput", "requests/s"),
    ("input_sequence_throughput", "input_sequence_throughput", "items/s"),
];

/// Latencies that `serve` reports: vLLM's word, metric, the list that holds one number a request.
const LATENCIES: &[(&str, &str, Option<&str>)] = &[
    ("ttft", "time_to_first_token", Some("ttfts")),
    ("tpot", "time_per_output_token", None),
    // The gaps between the tokens of one request depend on each other, so they are no samples.
    ("itl", "inter_token_latency", None),
    ("e2el", "latency", Some("latencies")),
];

/// Settings that are numbers; those that are texts are taken all, since `--metadata` adds to them.
const SETTINGS: &[&str] = &["num_prompts", "request_rate", "burstiness", "max_concurrency"];

/// Texts that are no settings.
const FACTS: &[&str] = &["date", "endpoint_type", "model_id", "tokenizer_id"];

type Read = fn(&Node<'_>) -> Result<(ResultDraft, Vec<Reading>), Malformed>;

/// What the three are called as a test case, and the fields that tell them apart.
const SUBCOMMANDS: &[(&str, [&str; 2], Read)] = &[
    ("serve", ["request_throughput", "model_id"], serve),
    ("throughput", ["tokens_per_second", "num_requests"], throughput),
    ("latency", ["latencies", "percentiles"], latency),
];

/// The results of one of the three; `--append-result` writes several as lines.
pub(super) fn matches(json: &Json) -> bool {
    let result = json.first().unwrap_or(json);
    SUBCOMMANDS.iter().any(|(_, marks, _)| marks.iter().all(|mark| result.get(mark).is_some()))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let results = if matches!(json, Json::List(_)) { root.items()?.collect() } else { vec![root] };
    let mut run = RunDraft::default();
    let mut pool = Pool::default();
    for result in &results {
        let date = optional(result, "date", Node::time)?;
        run.started_at = run.started_at.or(date);
        let (mut draft, readings) = subcommand(result)?;
        draft.model = optional_text(result, "model_id")?;
        draft.measured_at = date;
        for (name, value) in std::mem::take(&mut draft.parameters) {
            if is_version(&name) {
                run.environment.insert(name, value);
            } else {
                draft.parameters.insert(name, value);
            }
        }
        let key = format!("{:?} {:?} {:?}", draft.test_case, draft.model, draft.parameters);
        pool.add(key, draft, readings, |defect| result.place(defect))?;
    }
    output.run(run)?;
    pool.finish(output)
}

fn subcommand(result: &Node<'_>) -> Result<(ResultDraft, Vec<Reading>), Malformed> {
    for (name, marks, read) in SUBCOMMANDS {
        if marks.iter().map(|mark| result.maybe(mark)).all(|field| matches!(field, Ok(Some(_)))) {
            let (mut draft, readings) = read(result)?;
            draft.test_case = Some((*name).to_owned());
            return Ok((draft, readings));
        }
    }
    let names = SUBCOMMANDS.iter().map(|(_, marks, _)| format!("`{}`", marks.join("` and `")));
    let message = format!("none of {}", names.collect::<Vec<_>>().join(", "));
    Err(result.defect(Class::MissingField, message))
}

/// Whether metadata names a version or commit, which may change without making it another configuration.
fn is_version(name: &str) -> bool {
    name.split(['_', '-']).next_back().is_some_and(|word| matches!(word, "version" | "commit" | "sha"))
}

fn serve(result: &Node<'_>) -> Result<(ResultDraft, Vec<Reading>), Malformed> {
    let completed = result.field("completed")?.count()?;
    let failed = match optional(result, "failed", Node::count)? {
        Some(failed) => failed,
        // Before vLLM counted failures, and for embeddings, where it does not.
        None => optional(result, "num_prompts", Node::count)?.unwrap_or(completed).saturating_sub(completed),
    };
    let mut readings = Vec::new();
    let mut draft = if failed > 0 || completed == 0 {
        ResultDraft::failed(&format!("{failed} of {} requests failed", completed.saturating_add(failed)))
    } else {
        readings = fields(result, RATES)?;
        for (word, metric, list) in LATENCIES {
            readings.extend(latencies(result, word, metric, *list)?);
        }
        ResultDraft::completed(Vec::new())
    };
    draft.iterations = Some(completed).filter(|count| *count > 0);
    draft.total_time_seconds = optional(result, "duration", Node::number)?;
    for (name, node) in result.entries()? {
        let is_setting = SETTINGS.contains(&name) || (node.text().is_ok() && !FACTS.contains(&name));
        draft.parameters.extend(node.scalar().filter(|_| is_setting).map(|value| (name.to_owned(), value)));
    }
    Ok((draft, readings))
}

/// Median, mean and percentiles of one latency. vLLM writes zero for what an endpoint cannot tell, such as the time of
/// the first token of an answer that is not streamed: that is not measured.
fn latencies(result: &Node<'_>, word: &str, metric: &str, list: Option<&str>) -> Result<Vec<Reading>, Malformed> {
    let suffix = format!("_{word}_ms");
    let mut readings = Vec::new();
    for (name, node) in result.entries()? {
        let Some(statistic) = name.strip_suffix(&suffix).filter(|statistic| !statistic.starts_with("std")) else {
            continue;
        };
        let value = node.number()?;
        if value.abs() < f64::MIN_POSITIVE {
            continue;
        }
        if statistic == "median" {
            let seconds = list.map(|list| optional(result, list, Node::numbers)).transpose()?.flatten();
            let samples = seconds.unwrap_or_default().iter().map(|sample| sample * 1e3).collect();
            readings.push(Reading::samples(metric, Some(value), samples, "ms"));
        } else if statistic == "mean" || statistic.starts_with('p') {
            readings.push(Reading::value(format!("{metric}_{}", statistic.replace('.', "_")), value, "ms"));
        }
    }
    Ok(readings)
}

fn throughput(result: &Node<'_>) -> Result<(ResultDraft, Vec<Reading>), Malformed> {
    let requests = result.field("num_requests")?;
    let mut draft = ResultDraft::completed(Vec::new());
    draft.iterations = Some(requests.count()?);
    draft.total_time_seconds = optional(result, "elapsed_time", Node::number)?;
    draft.parameters.extend(requests.scalar().map(|count| ("num_prompts".to_owned(), count)));
    let table = [
        ("tokens_per_second", "total_token_throughput", "tokens/s"),
        ("requests_per_second", "request_throughput", "requests/s"),
    ];
    Ok((draft, fields(result, &table)?))
}

fn latency(result: &Node<'_>) -> Result<(ResultDraft, Vec<Reading>), Malformed> {
    let samples = result.field("latencies")?.numbers()?;
    let mut draft = ResultDraft::completed(Vec::new());
    draft.iterations = Some(to_u64(samples.len())).filter(|count| *count > 0);
    let mean = optional(result, "avg_latency", Node::number)?;
    Ok((draft, vec![Reading::samples("latency", mean, samples, "s")]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::{Direction, Status};

    const DETAILED: &str = include_str!("../../tests/fixtures/formats/vllm-bench/serve-detailed.json");
    const FAILED: &str = include_str!("../../tests/fixtures/formats/vllm-bench/serve-failed.json");
    const APPEND: &str = include_str!("../../tests/fixtures/formats/vllm-bench/append.jsonl");
    const THROUGHPUT: &str = include_str!("../../tests/fixtures/formats/vllm-bench/throughput.json");
    const LATENCY: &str = include_str!("../../tests/fixtures/formats/vllm-bench/latency.json");

    #[test]
    fn a_served_model_has_rates_and_latencies_with_a_sample_a_request() {
        let Collected { runs, results, .. } = collect(Format::VllmBench, DETAILED);
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2026-11-24T11:45:30Z"));
        let [result] = &results[..] else { panic!("{results:?}") };
        assert_eq!((result.model.as_deref(), result.test_case.as_deref()), (Some("example/tiny-llm"), Some("serve")));
        assert_value(result, "throughput", 472.731_432_764_288_8, "tokens/s");
        assert_value(result, "request_throughput", 94.546_286_552_857_75, "items/s");
        assert_value(result, "time_to_first_token", 18.232_092_499_602_004, "ms");
        assert_eq!(measured(result, "time_to_first_token").samples().len(), 6);
        assert_eq!(measured(result, "latency").samples().len(), 6);
        assert_value(result, "time_per_output_token_p99", 10.636_656_486_940_41, "ms");
        assert_value(result, "inter_token_latency_mean", 10.624_544_166_603_3, "ms");
        assert!(measured(result, "inter_token_latency").samples().is_empty());
        assert!(result.measurements.iter().all(|measurement| measurement.better().is_some()));
        assert!(!result.measurements.iter().any(|measurement| measurement.metric() == "request_goodput"));
        assert_eq!(result.parameters["request_rate"], "inf");
        assert_eq!(result.parameters["tensor_parallel_size"], "1");
        assert_eq!(result.parameters.keys().filter(|name| name.contains("tokenizer")).count(), 0);
    }

    #[test]
    fn a_failed_request_fails_the_result() {
        let results = collect(Format::VllmBench, FAILED).results;
        assert_eq!(results[0].status, Status::Failed("2 of 3 requests failed".to_owned()));
        assert!(results[0].measurements.is_empty());
        let uncounted = FAILED.replace("\"failed\": 2, ", "");
        assert_eq!(collect(Format::VllmBench, &uncounted).results[0].status, results[0].status);
    }

    #[test]
    fn appended_lines_are_repetitions_and_versions_are_no_parameters() {
        let Collected { runs, results, .. } = collect(Format::VllmBench, APPEND);
        assert_eq!((runs.len(), runs[0].environment["vllm_version"].as_str()), (1, "0.33.0"));
        assert_eq!(results.len(), 1);
        assert_eq!(measured(&results[0], "throughput").samples().len(), 2);
        assert_eq!(results[0].parameters["max_concurrency"], "2");
        assert!(!results[0].parameters.contains_key("vllm_version"));
    }

    #[test]
    fn what_an_endpoint_cannot_tell_is_not_measured() {
        let text = DETAILED.replace("18.232092499602004", "0.0").replace("17.818371333002386", "0.0");
        let result = collect(Format::VllmBench, &text).results.pop().expect("result");
        assert!(!result.measurements.iter().any(|measurement| measurement.metric() == "time_to_first_token"));
        assert!(!result.measurements.iter().any(|measurement| measurement.metric() == "time_to_first_token_mean"));
    }

    #[test]
    fn offline_throughput_and_latency() {
        let result = collect(Format::VllmBench, THROUGHPUT).results.pop().expect("result");
        assert_value(&result, "total_token_throughput", 20_480.0, "tokens/s");
        assert_eq!(measured(&result, "request_throughput").better(), Some(Direction::HigherIsBetter));
        assert_eq!(
            (result.model.as_deref(), result.test_case.as_deref()),
            (Some("example/tiny-llm"), Some("throughput"))
        );
        let result = collect(Format::VllmBench, LATENCY).results.pop().expect("result");
        assert_value(&result, "latency", 407.5, "ms");
        assert_eq!(measured(&result, "latency").samples().len(), 4);
        assert_eq!((result.model, result.iterations), (None, Some(4)));
    }

    #[test]
    fn defects_are_located() {
        for (text, from, to, class, pointer) in [
            (DETAILED, "\"output_throughput\": 472", "\"output_throughput\": -472", Class::Negative, Some("")),
            (DETAILED, "\"request_throughput\": 94", "\"request_throughput\": NaN, \"x\": 94", Class::NotFinite, None),
            (
                DETAILED,
                "\"p99_ttft_ms\": 18",
                "\"p99_ttft_ms\": \"x\", \"y\": 18",
                Class::WrongType,
                Some("p99_ttft_ms"),
            ),
            (DETAILED, "\"completed\": 6", "\"completed\": -6", Class::Negative, Some("completed")),
            (DETAILED, "20261124-114530", "yesterday", Class::WrongType, Some("date")),
            (LATENCY, "0.42", "0", Class::Zero, Some("")),
            (LATENCY, "0.42", "\"x\"", Class::WrongType, Some("latencies[1]")),
            (THROUGHPUT, "80.0", "0.0", Class::Zero, Some("")),
        ] {
            assert!(text.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&text.replacen(from, to, 1));
            assert_eq!((found, place.as_deref().unwrap_or_default()), (class, pointer.unwrap_or_default()), "{to}");
        }
    }
}
