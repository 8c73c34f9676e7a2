//! The flags of `trend`.
//!
//! For: clap's types and the help text of the look at a whole history. Not for: resolving what was given.
//! Invariant: as for all flags, each has an environment twin.

use std::path::PathBuf;

use clap::builder::{BoolishValueParser, FalseyValueParser};
use clap::{Args, ValueEnum};

use super::args::{PolicyArgs, StoreArgs};

/// `benchgate trend`.
#[derive(Debug, Args)]
pub struct TrendArgs {
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// List only what began since then: days such as `30d`, a day, or a time
    #[arg(long, env = "BENCHGATE_SINCE", value_name = "TIME")]
    pub since: Option<String>,
    /// End with exit code 10 where something of these kinds is listed; several are separated by commas
    #[arg(long, env = "BENCHGATE_FAIL_ON", value_name = "KIND", value_delimiter = ',')]
    pub fail_on: Vec<FailOn>,
    /// How to print the trend; by the ending of --output where that is given
    #[arg(long, env = "BENCHGATE_TREND_FORMAT", value_name = "FORMAT")]
    pub format: Option<TrendFormat>,
    /// Write the trend to a file instead of standard output
    #[arg(long, short, env = "BENCHGATE_OUTPUT", value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write a badge that says what was found, as SVG
    #[arg(long, env = "BENCHGATE_BADGE", value_name = "FILE")]
    pub badge: Option<PathBuf>,
    /// Write a small line of each series to a folder, as SVG; files are named by the series' ids
    #[arg(long, env = "BENCHGATE_SPARKLINES", value_name = "DIR")]
    pub sparklines: Option<PathBuf>,
    /// Add it to the job's summary in GitHub Actions
    #[arg(long, env = "BENCHGATE_SUMMARY", value_parser = FalseyValueParser::new())]
    pub summary: bool,
    /// Keep one GitHub issue up to date: open while something is listed, edited in place, closed when nothing is
    #[arg(long, env = "BENCHGATE_ISSUE", value_parser = BoolishValueParser::new())]
    pub issue: bool,
    /// What the issue is about; several are separated by commas
    #[arg(
        long,
        env = "BENCHGATE_ISSUE_ON",
        value_name = "KIND",
        value_delimiter = ',',
        default_value = "worse,drift,noise,silent"
    )]
    pub issue_on: Vec<FailOn>,
    /// Labels of the repository that a new issue gets, separated by commas
    #[arg(long, env = "BENCHGATE_ISSUE_LABELS", value_name = "LABELS", value_delimiter = ',')]
    pub issue_labels: Vec<String>,
    /// Name of the gate, where a repository has several: each has an issue of its own
    #[arg(long, env = "BENCHGATE_NAME", value_name = "NAME", default_value = "benchmarks")]
    pub name: String,
    /// Account that the token writes as; only its issue is edited
    #[arg(long, env = "BENCHGATE_COMMENT_AUTHOR", value_name = "LOGIN", default_value = "github-actions[bot]")]
    pub comment_author: String,
}

/// How `trend` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TrendFormat {
    /// A line a finding
    Text,
    /// Tables, as in a job's summary
    Markdown,
    /// A page of its own with plots, for a browser
    Html,
    /// One object, schema `benchgate/trend/v1`
    Json,
}

/// What `trend` can be made to fail on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A level became worse
    Worse,
    /// A level crept away from its best in small steps
    Drift,
    /// The newest runs of a series scatter more than those before
    Noise,
    /// A series stopped reporting
    Silent,
}
