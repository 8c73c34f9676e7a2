//! The formats by name.
//!
//! For: naming a format on the command line, in messages and in the history. Not for: recognising one (see
//! [`super::detect`]).
//! Invariant: `parse(format.name()) == Some(format)` for all of [`Format::ALL`].

use std::fmt;

/// A results format that benchgate reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// benchgate's own JSON document.
    Native,
    /// benchgate's own JSON Lines: a header line, then one result a line; the format of bundles.
    NativeLines,
    /// The custom JSON of `github-action-benchmark`: an array of name, unit and value.
    GithubActionBenchmark,
    /// Bencher Metric Format: benchmark name, measure, value.
    BencherMetricFormat,
    /// `hyperfine --export-json`.
    Hyperfine,
    /// `pytest --benchmark-json`.
    PytestBenchmark,
    /// Google Benchmark, `--benchmark_format=json`.
    GoogleBenchmark,
    /// The folder `target/criterion` of criterion.rs.
    Criterion,
    /// The text of `go test -bench`.
    GoBench,
    /// `llama-bench -o json` and `-o jsonl`.
    LlamaBench,
    /// JMH, `-rf json`.
    Jmh,
    /// The history of `github-action-benchmark` (`data.js`): every run that it kept.
    GithubActionBenchmarkHistory,
    /// `vllm bench serve`, `vllm bench throughput` and `vllm bench latency`.
    VllmBench,
    /// A CSV table with a header: a row a result, a column a fact, a parameter or a metric with its unit.
    Csv,
    /// BenchmarkDotNet, `*-report-full.json` and `*-report-brief.json`.
    BenchmarkDotNet,
    /// asv (airspeed velocity), the results of one commit.
    Asv,
    /// Gungraun (formerly iai-callgrind), `--output-format=json` and `summary.json`.
    Gungraun,
    /// PyTorch's benchmark records, schema v3, as a list or lines.
    PytorchRecords,
    /// `optimum-benchmark`, `benchmark.json` and `benchmark_report.json`.
    OptimumBenchmark,
    /// The answer of `bencher perf`: the history of a project at Bencher.
    BencherPerf,
    /// Results in the shape in which they are posted to Conbench.
    Conbench,
    /// benchgate's own snapshot of a baseline.
    Snapshot,
    /// The old system's files, by a table of their shapes.
    Legacy,
    /// A project's own format, by a mapping of `benchgate.toml`.
    Mapping,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 24] = [
        Self::Native,
        Self::NativeLines,
        Self::GithubActionBenchmark,
        Self::BencherMetricFormat,
        Self::Hyperfine,
        Self::PytestBenchmark,
        Self::GoogleBenchmark,
        Self::Criterion,
        Self::GoBench,
        Self::LlamaBench,
        Self::Jmh,
        Self::GithubActionBenchmarkHistory,
        Self::VllmBench,
        Self::Csv,
        Self::BenchmarkDotNet,
        Self::Asv,
        Self::Gungraun,
        Self::PytorchRecords,
        Self::OptimumBenchmark,
        Self::BencherPerf,
        Self::Conbench,
        Self::Snapshot,
        Self::Legacy,
        Self::Mapping,
    ];

    /// The name on the command line and in the history.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::NativeLines => "native-lines",
            Self::GithubActionBenchmark => "github-action-benchmark",
            Self::BencherMetricFormat => "bencher-metric-format",
            Self::Hyperfine => "hyperfine",
            Self::PytestBenchmark => "pytest-benchmark",
            Self::GoogleBenchmark => "google-benchmark",
            Self::Criterion => "criterion",
            Self::GoBench => "go-bench",
            Self::LlamaBench => "llama-bench",
            Self::Jmh => "jmh",
            Self::GithubActionBenchmarkHistory => "github-action-benchmark-history",
            Self::VllmBench => "vllm-bench",
            Self::Csv => "csv",
            Self::BenchmarkDotNet => "benchmark-dotnet",
            Self::Asv => "asv",
            Self::Gungraun => "gungraun",
            Self::PytorchRecords => "pytorch-records",
            Self::OptimumBenchmark => "optimum-benchmark",
            Self::BencherPerf => "bencher-perf",
            Self::Conbench => "conbench",
            Self::Snapshot => "snapshot",
            Self::Legacy => "legacy",
            Self::Mapping => "mapping",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Its format.
    pub format: Format,
    /// Its shape, where the format has several.
    pub shape: Option<String>,
}

impl From<Format> for Recognised {
    fn from(format: Format) -> Self {
        Self { format, shape: None }
    }
}

impl fmt::Display for Recognised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, shape } = self;
        match shape {
            Some(shape) => write!(formatter, "{format}/{shape}"),
            None => write!(formatter, "{format}"),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.name()), Some(format));
        }
        assert_eq!(Format::parse("Native"), None);
    }

    #[test]
    fn the_page_about_formats_names_every_format_and_class_and_its_example_is_valid() {
        let page = include_str!("../../docs/formats.md");
        let classes = crate::formats::Class::ALL.map(crate::formats::Class::name);
        for name in Format::ALL.map(Format::name).into_iter().chain(classes) {
            assert!(page.contains(&format!("`{name}`")), "docs/formats.md does not name `{name}`");
        }
        let (_, example) = page.split_once("```json\n").expect("an example");
        let (example, _) = example.split_once("```").expect("its end");
        assert_eq!(crate::formats::testing::collect(Format::Native, example).results.len(), 2);
    }
}
