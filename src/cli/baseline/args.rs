//! The flags of `baseline`.
//!
//! For: clap's types and the help text. Not for: resolving what was given (the command does).
//! Invariant: as in [`crate::cli::args`].

use clap::{Args, Subcommand};

use crate::cli::args::{PolicyArgs, StoreArgs};
use crate::cli::report_args::DocumentArgs;

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
    /// List what was decided: accepted shifts, pinned commits, and what was taken back
    List(ListArgs),
    /// Accept a shift: the series begins a new epoch, and later runs are judged against it
    Accept(AcceptArgs),
    /// Pin a commit, such as a release: the trend tells what has become worse since, also in small steps
    Pin(PinArgs),
    /// Take a decision back
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

/// `benchgate baseline undo`.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The decision's id, as `list` shows it
    #[arg(value_name = "ID")]
    pub id: String,
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
