//! The flags of `report` and `rank`.
//!
//! For: clap's types and the help text. Not for: resolving what was given (see `selection` and the commands).
//! Invariant: as in [`super::args`].

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::args::{PolicyArgs, StoreArgs};

/// What of the history is looked at. Patterns may hold `*` and `?`, and their case does not matter.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is looked at")]
pub struct SelectionArgs {
    /// Models; a name or a pattern such as `bert*`; may be repeated
    #[arg(long = "model", env = "BENCHGATE_ONLY_MODEL", value_name = "PATTERN", value_delimiter = ',')]
    pub models: Vec<String>,
    /// Model families
    #[arg(long = "family", env = "BENCHGATE_ONLY_FAMILY", value_name = "PATTERN", value_delimiter = ',')]
    pub families: Vec<String>,
    /// Hardware types or devices
    #[arg(long = "hardware", env = "BENCHGATE_ONLY_HARDWARE", value_name = "PATTERN", value_delimiter = ',')]
    pub hardware: Vec<String>,
    /// Branches
    #[arg(long = "branch", env = "BENCHGATE_ONLY_BRANCH", value_name = "PATTERN", value_delimiter = ',')]
    pub branches: Vec<String>,
    /// Test cases
    #[arg(long = "test-case", env = "BENCHGATE_ONLY_TEST_CASE", value_name = "PATTERN", value_delimiter = ',')]
    pub test_cases: Vec<String>,
    /// Metrics
    #[arg(long = "metric", env = "BENCHGATE_ONLY_METRIC", value_name = "PATTERN", value_delimiter = ',')]
    pub metrics: Vec<String>,
    /// Runs from then on: days such as `30d`, a day, or a time
    #[arg(long, env = "BENCHGATE_SINCE", value_name = "TIME")]
    pub since: Option<String>,
    /// Runs up to then
    #[arg(long, env = "BENCHGATE_UNTIL", value_name = "TIME")]
    pub until: Option<String>,
    /// Runs from the first of one commit to the last of another, by time, both included; either may be left out
    #[arg(long, env = "BENCHGATE_COMMITS", value_name = "FIRST..LAST")]
    pub commits: Option<String>,
}

/// Where a document goes.
#[derive(Debug, Args)]
pub struct DocumentArgs {
    /// How to print it; by the ending of --output where that is given
    #[arg(long, env = "BENCHGATE_REPORT_FORMAT", value_name = "FORMAT")]
    pub format: Option<PageFormat>,
    /// Write it to a file instead of standard output
    #[arg(long, short, env = "BENCHGATE_OUTPUT", value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Add it to the job's summary in GitHub Actions
    #[arg(long, env = "BENCHGATE_SUMMARY", value_parser = FalseyValueParser::new())]
    pub summary: bool,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// For a terminal
    #[value(alias = "txt")]
    Text,
    /// Tables of GitHub's Markdown
    #[value(alias = "md")]
    Markdown,
    /// A page in one file, with plots
    Html,
    /// The first table as comma-separated values
    Csv,
    /// Every table, schema `benchgate/tables/v1`
    Json,
}

/// `benchgate report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// What to report
    #[arg(value_name = "REPORT")]
    pub report: ReportKind,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Where it goes.
    #[command(flatten)]
    pub document: DocumentArgs,
    /// What is looked at.
    #[command(flatten)]
    pub selection: SelectionArgs,
}

/// The reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// Medians and spreads of every series, failures, newest runs
    Performance,
    /// Machines and devices, how they were used, and how often they were found
    Hardware,
    /// Which models run where, and why some do not
    Compatibility,
    /// Everything, counted
    Summary,
}

/// `benchgate rank`.
#[derive(Debug, Args)]
pub struct RankArgs {
    /// What the compared results differ in; all else is the same
    #[arg(value_name = "BY")]
    pub by: RankBy,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Where it goes.
    #[command(flatten)]
    pub document: DocumentArgs,
    /// What is looked at.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// The policy: directions and minimum effects.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// What results may differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RankBy {
    /// A model on several kinds of hardware
    Hardware,
    /// Several models on one kind of hardware
    #[value(alias = "models")]
    Model,
    /// Batch sizes of a model on one kind of hardware
    #[value(alias = "batch-sizes")]
    BatchSize,
    /// Precisions of a model on one kind of hardware
    #[value(alias = "precisions")]
    Precision,
}
