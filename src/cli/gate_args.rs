//! The flags of `gate` and `collect`.
//!
//! For: clap's types and the help text of what runs in CI. Not for: resolving what was given.
//! Invariant: as for all flags, each has an environment twin; what only the action sets is hidden from the help.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use super::args::{FactArgs, PolicyArgs, StoreArgs};

/// Which part of which gate a job is.
#[derive(Debug, Args)]
pub struct LegArgs {
    /// Name of the gate, where a repository has several
    #[arg(long, env = "BENCHGATE_NAME", value_name = "NAME", default_value = "benchmarks")]
    pub name: String,
    /// Name of this job's part of the run; without it, the job's name and the values of its matrix
    #[arg(long, env = "BENCHGATE_LEG", value_name = "NAME")]
    pub leg: Option<String>,
    /// The job's matrix as JSON, for the leg's name
    #[arg(long, env = "BENCHGATE_MATRIX", value_name = "JSON", hide = true)]
    pub matrix: Option<String>,
}

/// `benchgate collect`.
#[derive(Debug, Args)]
pub struct CollectArgs {
    /// Results files, folders of them, patterns such as `results/*.json`, or `target/criterion`
    #[arg(required = true, value_name = "RESULTS")]
    pub results: Vec<PathBuf>,
    /// Where to write the bundle
    #[arg(long, short, env = "BENCHGATE_BUNDLE", value_name = "FILE", default_value = "bundle.jsonl")]
    pub output: PathBuf,
    /// How the job stands: unless `success`, what it wrote may be a part, and the bundle says so instead
    #[arg(long, env = "BENCHGATE_JOB_STATUS", value_name = "STATUS", hide = true)]
    pub job_status: Option<String>,
    /// Whether these results may become history; `never` leaves that to a report of the same run
    #[arg(long, env = "BENCHGATE_SAVE", value_name = "WHEN", default_value = "auto")]
    pub save: Save,
    /// Which part of which gate this is.
    #[command(flatten)]
    pub leg: LegArgs,
    /// What the files leave open.
    #[command(flatten)]
    pub facts: FactArgs,
    /// Configuration, for its aliases and mappings; `benchgate.toml` is used where it exists
    #[arg(long, env = "BENCHGATE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `benchgate gate`.
#[derive(Debug, Args)]
pub struct GateArgs {
    /// Results files of this job, folders of them, patterns such as `results/*.json`, or `target/criterion`
    #[arg(required_unless_present_any = ["from_artifacts", "history_only"], value_name = "RESULTS")]
    pub results: Vec<PathBuf>,
    /// Judge the bundles that the jobs of this run uploaded; after `workflow_run`, those of the run that triggered it
    #[arg(long, env = "BENCHGATE_FROM_ARTIFACTS", value_parser = BoolishValueParser::new())]
    pub from_artifacts: bool,
    /// Judge nothing: bring the history up to date with what runs of the baseline branch left as artifacts, and keep it
    #[arg(long, env = "BENCHGATE_HISTORY_ONLY", conflicts_with = "from_artifacts", value_parser = BoolishValueParser::new())]
    pub history_only: bool,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Which part of which gate this is.
    #[command(flatten)]
    pub leg: LegArgs,
    /// Legs that are expected, separated by commas, instead of those of the newest baseline runs; one without results
    /// fails
    #[arg(long, env = "BENCHGATE_LEGS", value_name = "NAMES", default_value = "")]
    pub legs: String,
    /// What a further attempt of the run does with the results of the earlier ones
    #[arg(long, env = "BENCHGATE_ATTEMPTS", value_name = "POLICY", default_value = "pool")]
    pub attempts: Attempts,
    /// Results of a re-run of the same commit, a file or folder; may be repeated
    #[arg(long, env = "BENCHGATE_CONFIRM", value_name = "RESULTS")]
    pub confirm: Vec<PathBuf>,
    /// Declare that only a part of the suite was run: what was not run is not missing
    #[arg(long, env = "BENCHGATE_PARTIAL", value_parser = BoolishValueParser::new())]
    pub partial: bool,
    /// Whether a run without anything to compare with fails
    #[arg(long, env = "BENCHGATE_REQUIRE_BASELINE", value_name = "WHEN", default_value = "auto")]
    pub require_baseline: RequireBaseline,
    /// Whether a run of the baseline branch adds to the history
    #[arg(long, env = "BENCHGATE_SAVE", value_name = "WHEN", default_value = "auto")]
    pub save: Save,
    /// Whether the verdict decides the exit code; `false` reports only
    #[arg(long, env = "BENCHGATE_ENFORCE", value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    pub enforce: bool,
    /// When to comment on the pull request for the first time; a comment that is there is kept up to date, unless `never`
    #[arg(long, env = "BENCHGATE_COMMENT", value_name = "WHEN", default_value = "on-change")]
    pub comment: CommentMode,
    /// Account that the token comments as; only its comments are edited
    #[arg(long, env = "BENCHGATE_COMMENT_AUTHOR", value_name = "LOGIN", default_value = "github-actions[bot]")]
    pub comment_author: String,
    /// Folder of committed snapshots and results, used where neither cache nor artifacts hold a history; that of the base branch
    /// where a change to it is judged
    #[arg(long, env = "BENCHGATE_SNAPSHOTS", value_name = "FOLDER", default_value = "baselines")]
    pub snapshots: PathBuf,
    /// Whether to fetch what the history lacks from the repository's artifacts
    #[arg(long, env = "BENCHGATE_USE_ARTIFACTS", value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    pub use_artifacts: bool,
    /// Key of the cache entry that the history was restored from
    #[arg(long, env = "BENCHGATE_CACHE_KEY", value_name = "KEY", hide = true)]
    pub cache_key: Option<String>,
    /// How the restoring step ended
    #[arg(long, env = "BENCHGATE_CACHE_RESTORE", value_name = "OUTCOME", hide = true)]
    pub cache_restore: Option<String>,
    /// Folder for the report, the suspects and the bundle
    #[arg(long, env = "BENCHGATE_OUTPUT_FOLDER", value_name = "FOLDER", default_value = "benchgate-report")]
    pub output_folder: PathBuf,
    /// What the files leave open.
    #[command(flatten)]
    pub facts: FactArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// What a further attempt of a run does with the results of the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Attempts {
    /// All attempts are evidence: the later ones confirm or clear what the first one suspected, and each is a baseline run
    Pool,
    /// The last attempt of each leg counts, the earlier ones are left out, also of later baselines
    Replace,
}

/// Whether a run without anything to compare with fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RequireBaseline {
    /// It fails, unless it is one of the first five by which the baseline branch builds the history of its series
    Auto,
    /// It always fails
    True,
    /// It never fails
    False,
}

/// Whether a run of the baseline branch adds to the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Save {
    /// It does
    Auto,
    /// This job does not, and another one of the same run will
    Later,
    /// It does not, and neither do later runs that find what it left as artifacts
    Never,
}

/// When to comment on a pull request for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CommentMode {
    /// On every run
    Always,
    /// When anything but unchanged series was found
    OnChange,
    /// When the check fails
    OnFail,
    /// Never, and an earlier comment is left alone
    Never,
}
