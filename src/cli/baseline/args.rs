//! The flags of `baseline`.
//!
//! For: clap's types and the help text. Not for: resolving what was given (the command does).
//! Invariant: as in [`crate::cli::args`].

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand, ValueEnum};

use crate::cli::args::{PolicyArgs, StoreArgs};
use crate::cli::maintain_args::LockedArgs;
use crate::cli::report_args::DocumentArgs;
use crate::config::Window;
use crate::model::{NamedPart, Span};

/// `benchgate baseline`.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// What to do
    #[command(subcommand)]
    pub action: BaselineAction,
}

/// What can be done with baselines.
#[derive(Debug, Subcommand)]
pub enum BaselineAction {
    /// List what was decided, and which of it holds
    List(ListArgs),
    /// Show what the baseline of each series is: its epoch, level, noise, and what was decided about it
    Show(ShowArgs),
    /// Accept a shift: the series begins a new epoch, and later runs are judged against it
    Accept(AcceptArgs),
    /// Pin a commit, such as a release: the trend tells what has become worse since, also in small steps
    Pin(PinArgs),
    /// Move old runs into an archive, and write the snapshot that is committed
    Rotate(RotateArgs),
    /// Move runs that you choose into an archive
    Prune(PruneArgs),
    /// Move series into archives
    Drop(DropArgs),
    /// Keep the history of series under a new name
    Rename(RenameArgs),
    /// Take a decision back; what it archived comes back from the archive
    Undo(UndoArgs),
}

/// `benchgate baseline list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Where it goes.
    #[command(flatten)]
    pub document: DocumentArgs,
}

/// `benchgate baseline show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Only series that have such an id, or all of such words in their names; may be repeated
    #[arg(value_name = "SERIES")]
    pub series: Vec<String>,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Where it goes.
    #[command(flatten)]
    pub document: DocumentArgs,
}

/// Who decides, and why.
#[derive(Debug, Args)]
pub struct DecisionArgs {
    /// Why, for those who read it later
    #[arg(long, env = "BENCHGATE_REASON", value_name = "TEXT", value_parser = words)]
    pub reason: String,
    /// Who decides; by default the actor of a GitHub Actions job, or the user of this machine
    #[arg(long, env = "BENCHGATE_ACTOR", value_name = "NAME")]
    pub actor: Option<String>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `benchgate baseline accept`.
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// Series, each by its id or by words that all occur in its name
    #[arg(required = true, value_name = "SERIES")]
    pub series: Vec<String>,
    /// First commit of the new level; without it, the newest change that `trend` finds
    #[arg(long, env = "BENCHGATE_COMMIT", value_name = "COMMIT")]
    pub commit: Option<String>,
    /// Who, and why.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// `benchgate baseline pin`.
#[derive(Debug, Args)]
pub struct PinArgs {
    /// What it is called; a later pin of the same name takes its place
    #[arg(value_name = "NAME", value_parser = words)]
    pub name: String,
    /// The commit, by any beginning of its id that only it has
    #[arg(long, env = "BENCHGATE_COMMIT", value_name = "COMMIT")]
    pub commit: String,
    /// Who, and why.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// What leaves goes there, once it is wanted.
#[derive(Debug, Args)]
pub struct ArchiveArgs {
    /// Folder of archives; without it, `archive` beside the history
    #[arg(long, env = "BENCHGATE_ARCHIVE", value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// Do it; without it, the plan is printed
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Print the plan only, as without --yes
    #[arg(long)]
    pub dry_run: bool,
}

/// Who lets something leave, and why.
#[derive(Debug, Args)]
pub struct DepartureArgs {
    /// Why, for those who read it later
    #[arg(long, env = "BENCHGATE_REASON", value_name = "TEXT", value_parser = words)]
    pub reason: String,
    /// Who decides; by default the actor of a GitHub Actions job, or the user of this machine
    #[arg(long, env = "BENCHGATE_ACTOR", value_name = "NAME")]
    pub actor: Option<String>,
    /// Where it goes.
    #[command(flatten)]
    pub archive: ArchiveArgs,
    /// The history.
    #[command(flatten)]
    pub history: LockedArgs,
}

/// The snapshot that is committed.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// Folder of the snapshot
    #[arg(long, env = "BENCHGATE_SNAPSHOTS", value_name = "DIR", default_value = "baselines")]
    pub snapshots: PathBuf,
    /// How many of the newest runs of each series the snapshot holds
    #[arg(long, env = "BENCHGATE_SNAPSHOT_RUNS", value_name = "RUNS", default_value = "20")]
    pub snapshot_runs: Window,
}

/// `benchgate baseline rotate`.
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// Keep every run until it is so old, such as 30d, 8w, 2y or forever
    #[arg(long, env = "BENCHGATE_KEEP_ALL", value_name = "TIME")]
    pub keep_all: Option<Span>,
    /// Then keep one run a day of each series, until it is so old
    #[arg(long, env = "BENCHGATE_DAILY", value_name = "TIME")]
    pub daily: Option<Span>,
    /// Then keep one run a week of each series, until it is so old
    #[arg(long, env = "BENCHGATE_WEEKLY", value_name = "TIME")]
    pub weekly: Option<Span>,
    /// Keep at most so many runs of each series, whatever their age
    #[arg(long, env = "BENCHGATE_MAX_RUNS", value_name = "RUNS")]
    pub max_runs: Option<Window>,
    /// Begin a new epoch of every series: later runs are not compared with those that are here
    #[arg(long, requires = "reason")]
    pub new_epoch: bool,
    /// Only of this series, by its id or by words that all occur in its name; may be repeated
    #[arg(long = "series", value_name = "SERIES", requires = "new_epoch")]
    pub series: Vec<String>,
    /// Why, for those who read it later
    #[arg(long, env = "BENCHGATE_REASON", value_name = "TEXT", value_parser = words)]
    pub reason: Option<String>,
    /// Who decides; by default the actor of a GitHub Actions job, or the user of this machine
    #[arg(long, env = "BENCHGATE_ACTOR", value_name = "NAME")]
    pub actor: Option<String>,
    /// Where it goes.
    #[command(flatten)]
    pub archive: ArchiveArgs,
    /// The snapshot.
    #[command(flatten)]
    pub snapshot: SnapshotArgs,
    /// The history.
    #[command(flatten)]
    pub history: LockedArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// `benchgate baseline prune`.
#[derive(Debug, Args)]
pub struct PruneArgs {
    /// Runs that were made before: days such as `400d`, a day, or a time
    #[arg(long, value_name = "TIME")]
    pub before: Option<String>,
    /// Runs of this branch
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Runs of this commit, by any beginning of its id
    #[arg(long, value_name = "COMMIT", value_parser = words)]
    pub commit: Option<String>,
    /// Runs that hold nothing but simulated results
    #[arg(long, value_parser = FalseyValueParser::new())]
    pub simulated: bool,
    /// Who, why, and where it goes.
    #[command(flatten)]
    pub departure: DepartureArgs,
}

/// `benchgate baseline drop`.
#[derive(Debug, Args)]
pub struct DropArgs {
    /// Series, each by its id or by words that all occur in its name
    #[arg(required = true, value_name = "SERIES")]
    pub series: Vec<String>,
    /// Who, why, and where it goes.
    #[command(flatten)]
    pub departure: DepartureArgs,
}

/// `benchgate baseline rename`.
#[derive(Debug, Args)]
pub struct RenameArgs {
    /// What has the name
    #[arg(value_name = "WHAT")]
    pub what: RenamedPart,
    /// The name so far
    #[arg(value_name = "OLD", value_parser = words)]
    pub old: String,
    /// The name from now on
    #[arg(value_name = "NEW", value_parser = words)]
    pub new: String,
    /// Who, and why.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// What can have a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RenamedPart {
    /// A model
    Model,
    /// A test case
    TestCase,
    /// A device, such as a GPU
    Device,
    /// A metric
    Metric,
}

impl From<RenamedPart> for NamedPart {
    fn from(part: RenamedPart) -> Self {
        match part {
            RenamedPart::Model => Self::Model,
            RenamedPart::TestCase => Self::TestCase,
            RenamedPart::Device => Self::Device,
            RenamedPart::Metric => Self::Metric,
        }
    }
}

/// `benchgate baseline undo`.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The decision's id, as `list` shows it
    #[arg(value_name = "ID")]
    pub id: String,
    /// Folder of archives; without it, `archive` beside the history
    #[arg(long, env = "BENCHGATE_ARCHIVE", value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// Who, and why.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// A text that says something.
fn words(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it must not be empty".to_owned()),
        words => Ok(words.to_owned()),
    }
}
