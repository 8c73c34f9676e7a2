//! The flags.
//!
//! For: clap's types and the help text. Not for: resolving what was given (each command does).
//! Invariant: every flag has an environment twin `BENCHGATE_<FLAG>`, and the first line of its comment is its help.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::baseline::args::BaselineArgs;
use super::gate_args::{CollectArgs, GateArgs};
use super::import_args::ImportArgs;
use super::ingest_args::IngestArgs;
use super::maintain_args::MaintainArgs;
use super::report_args::{RankArgs, ReportArgs};
use super::serve_args::ServeArgs;
use super::trend_args::TrendArgs;
use crate::config::value::{ActionWord, Effect, Level, Window};
use crate::formats::Format;

/// A regression gate for benchmark results, per model and hardware.
///
/// benchgate keeps results in one DuckDB file, compares a run with the history of the same model on the same hardware,
/// and says by its exit code what it found: 0 passed, 10 regression, 12 missing benchmark, 3 nothing to judge.
#[derive(Debug, Parser)]
#[command(name = "benchgate", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a history, or bring an older one up to date
    Init(InitArgs),
    /// Import results files and folders into the history
    Ingest(Box<IngestArgs>),
    /// Import databases into the history: those of the former system, and other histories
    Import(Box<ImportArgs>),
    /// Judge results against the history; the exit code is the verdict
    Compare(Box<CompareArgs>),
    /// The whole flow of a CI job: find the history, judge, report everywhere, keep the results
    Gate(Box<GateArgs>),
    /// Turn results into a bundle that another job can judge; needs no history and no token
    Collect(Box<CollectArgs>),
    /// Say why one series gets its verdict, number by number
    Explain(Box<ExplainArgs>),
    /// Measure false alarms and the smallest visible change on the history itself, and propose a policy
    Calibrate(Box<CalibrateArgs>),
    /// Prove that results, history and policy can fail: inject a regression and see whether the gate goes red
    Selftest(Box<SelftestArgs>),
    /// Look at every series over time: what changed, between which commits, what stopped reporting
    Trend(Box<TrendArgs>),
    /// Report what the history holds: performance, hardware, compatibility, or a summary
    Report(Box<ReportArgs>),
    /// Compare hardware, models, batch sizes or precisions, like with like
    Rank(Box<RankArgs>),
    /// Accept a shift, pin a release, and list or take back what was decided
    Baseline(Box<BaselineArgs>),
    /// Run read-only SQL on the history
    Query(QueryArgs),
    /// Write tables of the history to files: Parquet, CSV or JSON Lines
    Export(ExportArgs),
    /// Serve the history over HTTP: a dashboard for browsers and a REST API
    Serve(Box<ServeArgs>),
    /// Keep the history for years: check it, back it up, make it small again
    Maintain(Box<MaintainArgs>),
}

/// The history.
#[derive(Debug, Args)]
pub struct StoreArgs {
    /// The history, a DuckDB file
    #[arg(long, env = "BENCHGATE_DB", default_value = "benchgate.duckdb", value_name = "PATH")]
    pub db: PathBuf,
}

/// `benchgate init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Fill it with a realistic demo history, marked simulated
    #[arg(long, env = "BENCHGATE_SAMPLE_DATA", value_parser = FalseyValueParser::new())]
    pub sample_data: bool,
    /// Say nothing but errors
    #[arg(long, short, env = "BENCHGATE_QUIET", value_parser = FalseyValueParser::new())]
    pub quiet: bool,
}

/// `benchgate compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Results files of one run, folders of them, or `target/criterion`; further attempts of the run are its re-runs
    #[arg(required = true, value_name = "RESULTS")]
    pub results: Vec<PathBuf>,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// What the files leave open.
    #[command(flatten)]
    pub facts: FactArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Results of a re-run of the same commit, a file or folder; may be repeated
    ///
    /// A suspect is confirmed where every re-run agrees, and cleared where one does not. A re-run may hold the suspects
    /// only; `--suspects-out` says which these are.
    #[arg(long, env = "BENCHGATE_CONFIRM", value_name = "RESULTS")]
    pub confirm: Vec<PathBuf>,
    /// Results of the base commit, measured in the same job right before each run of the candidate; may be repeated
    ///
    /// For series without enough history: the first is paired with RESULTS, the next with the first `--confirm`, and so
    /// on. At least six pairs give a verdict.
    #[arg(long, env = "BENCHGATE_BASE", value_name = "RESULTS")]
    pub base: Vec<PathBuf>,
    /// Write what is worth a re-run to a JSON file, with filters for common benchmark runners
    #[arg(long, env = "BENCHGATE_SUSPECTS_OUT", value_name = "FILE", value_parser = file_path)]
    pub suspects_out: Option<PathBuf>,
    /// Write a badge that says what was found, as SVG
    #[arg(long, env = "BENCHGATE_BADGE", value_name = "FILE")]
    pub badge: Option<PathBuf>,
    /// Declare that only a part of the suite was run: what was not run is not missing
    #[arg(long, env = "BENCHGATE_PARTIAL", value_parser = FalseyValueParser::new())]
    pub partial: bool,
    /// Import the results into the history after judging them
    #[arg(long, env = "BENCHGATE_RECORD", value_parser = FalseyValueParser::new())]
    pub record: bool,
    /// How to print the report
    #[arg(long, env = "BENCHGATE_FORMAT", value_name = "FORMAT", default_value = "table")]
    pub format: ReportFormat,
    /// Write the report to a file instead of standard output
    #[arg(long, short, env = "BENCHGATE_OUTPUT", value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show every series, and each policy value with where it came from
    #[arg(long, short, env = "BENCHGATE_VERBOSE", value_parser = FalseyValueParser::new())]
    pub verbose: bool,
}

/// `benchgate explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The series: its id, as `compare --verbose` prints it, or words that all occur in its name
    ///
    /// A name is model, hardware type, test case, batch size, precision, parameters and metric; quote several words.
    #[arg(value_name = "SERIES")]
    pub series: String,
    /// Results to judge, as for `compare`; without them, the newest run of the history that measured the series
    #[arg(value_name = "RESULTS")]
    pub results: Vec<PathBuf>,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// What the files leave open.
    #[command(flatten)]
    pub facts: FactArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Results of a re-run of the same commit, a file or folder; may be repeated
    #[arg(long, env = "BENCHGATE_CONFIRM", value_name = "RESULTS", requires = "results")]
    pub confirm: Vec<PathBuf>,
    /// Results of the base commit, measured in the same job right before each run of the candidate; may be repeated
    ///
    /// For series without enough history: the first is paired with RESULTS, the next with the first `--confirm`, and so
    /// on. At least six pairs give a verdict.
    #[arg(long, env = "BENCHGATE_BASE", value_name = "RESULTS", requires = "results")]
    pub base: Vec<PathBuf>,
    /// Declare that only a part of the suite was run: what was not run is not missing
    #[arg(long, env = "BENCHGATE_PARTIAL", value_parser = FalseyValueParser::new())]
    pub partial: bool,
    /// How to print the explanation
    #[arg(long, env = "BENCHGATE_EXPLAIN_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub format: ExplainFormat,
}

/// `benchgate calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// How many of the newest runs of each series to replay
    #[arg(long, env = "BENCHGATE_RUNS", value_name = "RUNS", default_value_t = 300)]
    pub runs: usize,
    /// How to print the result
    #[arg(long, env = "BENCHGATE_CALIBRATE_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub format: DocumentFormat,
}

/// `benchgate selftest`.
#[derive(Debug, Args)]
pub struct SelftestArgs {
    /// Results files of one run, folders of them, or `target/criterion`
    #[arg(required = true, value_name = "RESULTS")]
    pub results: Vec<PathBuf>,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// What the files leave open.
    #[command(flatten)]
    pub facts: FactArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// How much worse to make the results; 100% is twice as slow
    #[arg(long, env = "BENCHGATE_EFFECT", value_name = "PERCENT", default_value = "100%")]
    pub effect: Effect,
    /// How to print the result
    #[arg(long, env = "BENCHGATE_SELFTEST_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub format: DocumentFormat,
}

/// `benchgate query`.
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// One SQL statement; start from the view `history` (docs/sql.md)
    #[arg(value_name = "SQL", required_unless_present = "file", conflicts_with = "file")]
    pub sql: Option<String>,
    /// Read the statement from a file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// A value for `$NAME` in the statement; may be repeated
    #[arg(long = "parameter", short, value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// How to print the rows; by the ending of --output where that is given
    #[arg(long, env = "BENCHGATE_QUERY_FORMAT", value_name = "FORMAT")]
    pub format: Option<QueryFormat>,
    /// Write the rows to a file instead of standard output
    #[arg(long, short, env = "BENCHGATE_OUTPUT", value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print at most this many rows
    #[arg(long, env = "BENCHGATE_LIMIT", value_name = "ROWS", default_value_t = 10_000)]
    pub limit: usize,
    /// Stop the query after this many seconds
    #[arg(long, env = "BENCHGATE_TIMEOUT", value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
}

/// `benchgate export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Tables or views; without any, those that hold everything with its names
    #[arg(value_name = "TABLE")]
    pub tables: Vec<String>,
    /// Folder to write to, a file a table
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// What to write
    #[arg(long, env = "BENCHGATE_EXPORT_FORMAT", value_name = "FORMAT", default_value = "parquet")]
    pub format: ExportFormat,
}

/// Facts about results that their files leave open. A file's own facts win.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Facts that the files leave open")]
pub struct FactArgs {
    /// Model that was measured
    #[arg(long, env = "BENCHGATE_MODEL", value_name = "NAME")]
    pub model: Option<String>,
    /// Hardware type: cpu, cuda, rocm, mps, openvino, webnn, webgpu, ...
    ///
    /// With it, this machine's CPU model, cores, memory and (for cuda and rocm) GPU become part of the hardware's identity.
    #[arg(long, env = "BENCHGATE_HARDWARE", value_name = "TYPE")]
    pub hardware: Option<String>,
    /// Device name
    #[arg(long, env = "BENCHGATE_DEVICE", value_name = "NAME")]
    pub device: Option<String>,
    /// Leave this machine's facts out of the hardware's identity
    #[arg(long, env = "BENCHGATE_NO_FINGERPRINT", value_parser = FalseyValueParser::new())]
    pub no_fingerprint: bool,
    /// Test case
    #[arg(long, env = "BENCHGATE_TEST_CASE", value_name = "NAME")]
    pub test_case: Option<String>,
    /// Batch size
    #[arg(long, env = "BENCHGATE_BATCH_SIZE", value_name = "N")]
    pub batch_size: Option<u32>,
    /// Precision, such as fp16
    #[arg(long, env = "BENCHGATE_PRECISION", value_name = "NAME")]
    pub precision: Option<String>,
    /// Any other parameter; may be repeated
    #[arg(long = "parameter", env = "BENCHGATE_PARAMETER", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// Commit that was measured
    #[arg(long, env = "BENCHGATE_COMMIT", value_name = "SHA")]
    pub commit: Option<String>,
    /// Branch that the commit is on
    #[arg(long, env = "BENCHGATE_BRANCH", value_name = "NAME")]
    pub branch: Option<String>,
    /// Name of the run; without one, the content of the file names it
    #[arg(long, env = "BENCHGATE_RUN_ID", value_name = "NAME")]
    pub run_id: Option<String>,
    /// Attempt of the run, from 1
    #[arg(long, env = "BENCHGATE_ATTEMPT", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub attempt: Option<u32>,
    /// Suite that was run
    #[arg(long, env = "BENCHGATE_SUITE", value_name = "NAME")]
    pub suite: Option<String>,
    /// When the run was made, as 2026-03-01T12:00:00Z, or `now`
    #[arg(long, env = "BENCHGATE_TIME", value_name = "TIME")]
    pub time: Option<String>,
    /// What started the run, such as push or schedule; runs of pull requests are never a baseline
    #[arg(long, env = "BENCHGATE_TRIGGER", value_name = "EVENT")]
    pub trigger: Option<String>,
    /// Format of the files; without it, each file's content tells
    #[arg(long, env = "BENCHGATE_INPUT_FORMAT", value_name = "FORMAT", value_parser = input_format)]
    pub input_format: Option<Format>,
}

/// The policy: flags win over `benchgate.toml`, which wins over the defaults.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Policy")]
pub struct PolicyArgs {
    /// Policy file; `benchgate.toml` is used where it exists
    #[arg(long, env = "BENCHGATE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Branch whose runs are the baseline; without it, the runs of every branch
    #[arg(long, env = "BENCHGATE_BASELINE_BRANCH", value_name = "NAME")]
    pub baseline_branch: Option<String>,
    /// How many of the newest baseline runs count
    #[arg(long, env = "BENCHGATE_WINDOW", value_name = "RUNS")]
    pub window: Option<Window>,
    /// False-discovery level over all series of a run, such as 5%
    #[arg(long, env = "BENCHGATE_ALPHA", value_name = "PERCENT")]
    pub alpha: Option<Level>,
    /// Smallest change worth reporting, such as 2%
    #[arg(long, env = "BENCHGATE_MINIMUM_EFFECT", value_name = "PERCENT")]
    pub minimum_effect: Option<Effect>,
    /// What a missing benchmark does: fail, warn or ignore
    #[arg(long, env = "BENCHGATE_MISSING", value_name = "ACTION")]
    pub missing: Option<ActionWord>,
    /// What a benchmark without history does: fail, warn or ignore
    #[arg(long, env = "BENCHGATE_NEW", value_name = "ACTION")]
    pub new: Option<ActionWord>,
    /// What an inconclusive benchmark does: fail, warn or ignore
    #[arg(long, env = "BENCHGATE_INCONCLUSIVE", value_name = "ACTION")]
    pub inconclusive: Option<ActionWord>,
}

/// How `compare` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// A table for the terminal
    Table,
    /// Markdown, as in a pull request's comment
    Markdown,
    /// One object, schema `benchgate/report/v1`
    Json,
}

/// How `explain` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    Text,
    /// The history with the judged point, as a picture
    Svg,
    /// The whole story as a page of its own, for a browser
    Html,
    /// One object, schema `benchgate/explain/v1`
    Json,
}

/// How `calibrate` and `selftest` print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocumentFormat {
    /// For people
    Text,
    /// One object with a schema of its own
    Json,
}

/// What `export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// With types
    Parquet,
    /// Comma-separated values with a header
    Csv,
    /// One object a line
    Jsonl,
}

/// How `query` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum QueryFormat {
    /// A table for the terminal
    Table,
    /// Comma-separated values
    Csv,
    /// An array of objects
    Json,
    /// One object a line
    Jsonl,
    /// A Markdown table
    #[value(alias = "md")]
    Markdown,
    /// A page in one file
    Html,
    /// A Parquet file, with the types of the history
    Parquet,
    /// An Excel workbook
    Xlsx,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Standard output is the report's: `-` is refused rather than made a file of that name.
fn file_path(text: &str) -> Result<PathBuf, String> {
    match text {
        "-" => Err("standard output is for the report: give a file".to_owned()),
        path => Ok(PathBuf::from(path)),
    }
}

fn input_format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("known formats are {}", known.join(", "))
    })
}
