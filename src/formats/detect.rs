//! Recognising formats, and reading a file.
//!
//! For: the one entry point. Not for: any single format: a new adapter adds a line to the table `DOCUMENTS`.
//! Invariant: content decides, never the name of the file; a file that is not recognised is skipped with a reason, and
//! one that is recognised is read whole or reported as malformed.

use std::io::{Cursor, Read, Seek, SeekFrom};

use serde::de::IgnoredAny;

use super::error::{Class, Malformed, ReadError};
use super::format::{Format, Recognised};
use super::json::{self, Json};
use super::legacy::shapes::shapes;
use super::mapping::mappings::Mappings;
use super::output::{Limits, Output, Sink};
use super::text::{self, to_u64};
use super::{
    asv, bencher_metric_format, bencher_perf, benchmark_dotnet, conbench, csv_table, github_action_benchmark,
    github_action_benchmark_history, go_bench, google_benchmark, gungraun, hyperfine, jmh, llama_bench, mapping,
    native, optimum_benchmark, pytest_benchmark, pytorch_records, snapshot, vllm_bench,
};

/// How a JSON document of a format is recognised and read.
pub(super) struct Document {
    pub(super) format: Format,
    /// Whether the document is of this format, by the fields that its tool always writes.
    pub(super) matches: fn(&Json) -> bool,
    read: fn(&Held<'_>, &mut Output<'_>) -> Result<(), ReadError>,
    /// What `matches` looks for, in words.
    pub(super) marks: &'static str,
}

/// A document that is held in memory.
pub(super) struct Held<'a> {
    json: &'a Json,
    text: &'a str,
    file_name: &'a str,
}

/// The JSON formats that are held in memory, most specific first; the old system's shapes come after all of them.
pub(super) const DOCUMENTS: &[Document] = &[
    Document {
        format: Format::Hyperfine,
        matches: hyperfine::matches,
        read: |held, output| hyperfine::read(held.json, output),
        marks: "`results` with `command` and `mean`",
    },
    Document {
        format: Format::PytestBenchmark,
        matches: pytest_benchmark::matches,
        read: |held, output| pytest_benchmark::read(held.json, output),
        marks: "`machine_info` and `benchmarks`",
    },
    Document {
        format: Format::GoogleBenchmark,
        matches: google_benchmark::matches,
        read: |held, output| google_benchmark::read(held.json, output),
        marks: "`context` and `benchmarks`",
    },
    Document {
        format: Format::LlamaBench,
        matches: llama_bench::matches,
        read: |held, output| llama_bench::read(held.json, output),
        marks: "a list, or lines, with `build_commit` and `n_prompt`",
    },
    Document {
        format: Format::Jmh,
        matches: jmh::matches,
        read: |held, output| jmh::read(held.json, output),
        marks: "a list with `benchmark` and `primaryMetric`",
    },
    Document {
        format: Format::GithubActionBenchmarkHistory,
        matches: github_action_benchmark_history::matches,
        read: |held, output| github_action_benchmark_history::read(held.json, output),
        marks: "`entries` and `lastUpdate`",
    },
    Document {
        format: Format::VllmBench,
        matches: vllm_bench::matches,
        read: |held, output| vllm_bench::read(held.json, output),
        marks: "`request_throughput` and `model_id`, `tokens_per_second` and `num_requests`, or `latencies` and `percentiles`",
    },
    Document {
        format: Format::BenchmarkDotNet,
        matches: benchmark_dotnet::matches,
        read: |held, output| benchmark_dotnet::read(held.json, output),
        marks: "`HostEnvironmentInfo` and `Benchmarks`",
    },
    Document {
        format: Format::Asv,
        matches: asv::matches,
        read: |held, output| asv::read(held.json, output),
        marks: "`commit_hash` and `result_columns`",
    },
    Document {
        format: Format::Gungraun,
        matches: gungraun::matches,
        read: |held, output| gungraun::read(held.json, output),
        marks: "`module_path` and `profiles`",
    },
    Document {
        format: Format::PytorchRecords,
        matches: pytorch_records::matches,
        read: |held, output| pytorch_records::read(held.json, output),
        marks: "a list, or lines, with `benchmark` and `metric.benchmark_values`",
    },
    Document {
        format: Format::OptimumBenchmark,
        matches: optimum_benchmark::matches,
        read: |held, output| optimum_benchmark::read(held.json, output),
        marks: "targets, alone or in `report`, each with `latency`, `memory`, `throughput` and `energy`",
    },
    Document {
        format: Format::BencherPerf,
        matches: bencher_perf::matches,
        read: |held, output| bencher_perf::read(held.json, output),
        marks: "`results` with `branch`, `testbed`, `benchmark` and `metrics`",
    },
    Document {
        format: Format::Conbench,
        matches: conbench::matches,
        read: |held, output| conbench::read(held.json, output),
        marks: "`batch_id`, `tags` and `context`, alone, in a list or lines",
    },
    Document {
        format: Format::GithubActionBenchmark,
        matches: github_action_benchmark::matches,
        read: |held, output| github_action_benchmark::read(held.json, output),
        marks: "a list with `name`, `unit` and `value`",
    },
    Document {
        format: Format::BencherMetricFormat,
        matches: bencher_metric_format::matches,
        read: |held, output| bencher_metric_format::read(held.json, output),
        marks: "benchmarks of measures of `value`",
    },
    Document {
        format: Format::Snapshot,
        matches: snapshot::read::matches,
        read: |held, output| snapshot::read::read(held.text, output),
        marks: "the `schema` of a snapshot",
    },
    Document {
        format: Format::Legacy,
        matches: |json| mapping::read::find(shapes(), json).is_some(),
        read: read_legacy,
        marks: "one of its shapes",
    },
];

fn read_legacy(held: &Held<'_>, output: &mut Output<'_>) -> Result<(), ReadError> {
    let Held { json, file_name, .. } = held;
    let Some(shape) = mapping::read::find(shapes(), json) else {
        return Err(ReadError::Skipped("the file has none of the old system's shapes".to_owned()));
    };
    mapping::read::read(shapes(), shape, json, file_name, output)
}

/// How much of a file is looked at to recognise the native formats, which may be too large to hold.
const SNIFFED_BYTES: u64 = 64 << 10;

/// How files are read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The format, where the user names it; else it is recognised.
    pub format: Option<Format>,
    /// Bounds on what a file may hold.
    pub limits: Limits,
    /// A project's own formats, which are tried first.
    pub mappings: Mappings,
}

/// Reads a file: recognises its format unless one is named, and passes its results to `sink` one by one.
///
/// `file_name` serves messages and times in names only. After an error the results already passed on do not count.
///
/// # Errors
/// See [`ReadError`].
pub fn read<R: Read + Seek>(
    mut input: R,
    file_name: &str,
    reading: &ReadOptions,
    sink: &mut dyn Sink,
) -> Result<Recognised, ReadError> {
    let mut output = Output::new(sink, &reading.limits);
    let format = match reading.format {
        None => {
            let mut head = Vec::new();
            input.by_ref().take(SNIFFED_BYTES).read_to_end(&mut head)?;
            input.seek(SeekFrom::Start(0))?;
            // The history itself often lies in the folder of the results.
            if head.get(8..12) == Some(b"DUCK") {
                return Err(ReadError::Skipped("a DuckDB database, not results".to_owned()));
            }
            sniff_native(&head)
        }
        format => format,
    };
    let format = match format {
        Some(Format::Native) => {
            native::read::document(&mut input, &mut output)?;
            Format::Native
        }
        Some(Format::NativeLines) => {
            native::read::lines(&mut input, &mut output)?;
            Format::NativeLines
        }
        format => read_held(&hold(input, &reading.limits)?, file_name, format, &reading.mappings, &mut output)?,
    };
    let recognised = Recognised { format, shape: output.take_shape() };
    if output.passed() == 0 {
        return Err(ReadError::Skipped(format!("empty: a {recognised} file without results")));
    }
    Ok(recognised)
}

/// Native, if the version of the native schema is named near the beginning.
fn sniff_native(head: &[u8]) -> Option<Format> {
    let head = head.strip_prefix(text::BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    if !head.starts_with(b"{") || !names_schema(head) {
        return None;
    }
    let first_line = head.split(|byte| *byte == b'\n').next().unwrap_or(head);
    match serde_json::from_slice::<Json>(first_line) {
        Ok(header) if header.get("results").is_none() => Some(Format::NativeLines),
        _ => Some(Format::Native),
    }
}

/// Whether the text has `"schema": "benchgate/results/`, not within a string.
fn names_schema(text: &[u8]) -> bool {
    let key: &[u8] = b"\"schema\"";
    text.windows(key.len()).enumerate().filter(|(_, window)| *window == key).any(|(start, _)| {
        let is_in_string = start > 0 && text[start - 1] == b'\\';
        let after = text[start + key.len()..].trim_ascii_start();
        let value = after.strip_prefix(b":").unwrap_or_default().trim_ascii_start();
        !is_in_string && value.starts_with(b"\"benchgate/results/")
    })
}

/// The whole file, if it is within the limit.
fn hold<R: Read>(input: R, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    input.take(limits.max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if to_u64(bytes.len()) > limits.max_bytes {
        let message = format!("the file is larger than {} bytes", limits.max_bytes);
        let hint = "only the native formats are read in parts";
        return Err(Malformed::new(Class::TooLarge, message).hint(hint).into());
    }
    Ok(bytes)
}

fn read_held(
    bytes: &[u8],
    file_name: &str,
    format: Option<Format>,
    mappings: &Mappings,
    output: &mut Output<'_>,
) -> Result<Format, ReadError> {
    if bytes.trim_ascii().is_empty() {
        return Err(ReadError::Skipped("empty: the file is empty".to_owned()));
    }
    let text = text::decode(bytes)?;
    if matches!(format, None | Some(Format::Mapping))
        && !mappings.shapes().is_empty()
        && let Some(rows) = mapping::table::rows(text)
        && let Some(shape) = mappings.find(&rows)
    {
        mapping::read::read(mappings.shapes(), shape, &rows, file_name, output)?;
        return Ok(Format::Mapping);
    }
    if format == Some(Format::GoBench) || (format.is_none() && go_bench::matches(text)) {
        go_bench::read(text, output)?;
        return Ok(Format::GoBench);
    }
    if format == Some(Format::Csv) || (format.is_none() && csv_table::matches(text)) {
        csv_table::read(text, output)?;
        return Ok(Format::Csv);
    }
    if format.is_none() {
        check_is_json(text)?;
    }
    let json = parse(text, output.limits().max_depth)?;
    if matches!(&json, Json::Object(fields) if fields.is_empty()) || json == Json::List(Vec::new()) {
        return Err(ReadError::Skipped("empty: the file is an empty JSON document".to_owned()));
    }
    if format == Some(Format::Criterion) {
        return Err(ReadError::Skipped("criterion results are a folder, not a single file".to_owned()));
    }
    if matches!(format, None | Some(Format::Mapping)) {
        if let Some(shape) = mappings.find(&json) {
            mapping::read::read(mappings.shapes(), shape, &json, file_name, output)?;
            return Ok(Format::Mapping);
        }
        if format.is_some() {
            return Err(ReadError::Skipped("no mapping of benchgate.toml fits the file".to_owned()));
        }
    }
    let document = match format {
        Some(format) => DOCUMENTS.iter().find(|document| document.format == format),
        None => DOCUMENTS.iter().find(|document| (document.matches)(&json)),
    };
    if let Some(document) = document {
        (document.read)(&Held { json: &json, text, file_name }, output)?;
        return Ok(document.format);
    }
    if json.get("schema").is_some_and(|schema| matches!(schema, Json::Text(name) if name.starts_with("benchgate/"))) {
        native::read::document(Cursor::new(bytes), output)?;
        return Ok(Format::Native);
    }
    Err(ReadError::Skipped(unrecognised()))
}

/// A JSON document, or JSON Lines as the list of their objects; without what two tools write around or into theirs.
pub(super) fn parse(text: &str, max_depth: usize) -> Result<Json, ReadError> {
    let script = github_action_benchmark_history::without_script(text);
    let text = script.as_deref().unwrap_or(text);
    let defect = match json::parse(text, max_depth) {
        Ok(json) => return Ok(json),
        Err(defect) if defect.class == Class::NotFinite && asv::may_be(text) => {
            return Ok(json::parse(&asv::with_marks(text), max_depth)?);
        }
        Err(defect) => defect,
    };
    let lines = || (1_u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let is_object = |line: &str| line.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(line).is_ok();
    if lines().count() < 2 || !lines().next().is_some_and(|(_, line)| is_object(line)) {
        return Err(defect.into());
    }
    let objects =
        lines().map(|(number, line)| json::parse(line, max_depth).map_err(|defect| defect.shifted(number, 1)));
    Ok(Json::List(objects.collect::<Result<_, _>>()?))
}

/// Text that is no JSON and does not try to be is not malformed but something else.
fn check_is_json(text: &str) -> Result<(), ReadError> {
    let start = text.trim_start();
    if start.starts_with(['{', '[']) || github_action_benchmark_history::is_script(text) {
        return Ok(());
    }
    let conflict = text::conflict_markers(text).filter(|_| start.starts_with("<<<<<<<"));
    if let Some(malformed) = conflict.or_else(|| json::leading_garbage(text)) {
        return Err(malformed.into());
    }
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        return Err(ReadError::Skipped("the file is a single JSON value, not results".to_owned()));
    }
    Err(ReadError::Skipped(unrecognised()))
}

/// What was looked for.
fn unrecognised() -> String {
    let marks: Vec<String> =
        DOCUMENTS.iter().map(|document| format!("{} ({})", document.format, document.marks)).collect();
    format!(
        "not-results: not recognised; looked for native (`schema`), go-bench (lines `Benchmark... ns/op`), \
         csv (a header with a model or name and a metric with its unit, such as `latency_ms`), {}",
        marks.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The order of `DOCUMENTS` must not decide what a tool's file is.
    #[test]
    fn every_fixture_is_of_one_format_only() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
        let mut recognised = std::collections::BTreeSet::new();
        for entry in walkdir::WalkDir::new(root).into_iter().map(|entry| entry.expect("fixture")) {
            let path = entry.path();
            let is_document =
                path.extension().is_some_and(|ending| ["json", "jsonl", "js"].iter().any(|known| ending == *known));
            let is_other =
                ["criterion", "native"].iter().any(|name| path.components().any(|part| part.as_os_str() == *name));
            if !is_document || is_other {
                continue;
            }
            let text = std::fs::read_to_string(path).expect("fixture");
            let json = parse(&text, 64).expect("JSON");
            let found: Vec<_> = DOCUMENTS.iter().filter(|document| (document.matches)(&json)).collect();
            let names: Vec<_> = found.iter().map(|document| document.format.name()).collect();
            assert_eq!(names.len(), 1, "{}: {names:?}", path.display());
            recognised.extend(names);
        }
        assert_eq!(recognised.len(), DOCUMENTS.len(), "a format without a fixture: {recognised:?}");
    }
}
