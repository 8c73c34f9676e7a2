//! The flags of `benchgate ingest`.
//!
//! For: what a user types to bring results in. Not for: what follows from it (see [`super::ingest`]).
//! Invariant: a flag that only another one gives a sense to requires it.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::args::{FactArgs, StoreArgs};

/// `benchgate ingest`.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// Results files, folders of them, or `target/criterion`; `-` reads standard input
    #[arg(required_unless_present_any = ["auto_store", "directories", "consolidate"], value_name = "RESULTS")]
    pub results: Vec<PathBuf>,
    /// Further folders of results, separated by commas
    #[arg(long, value_name = "DIR", value_delimiter = ',')]
    pub directories: Vec<PathBuf>,
    /// Import the folders that the old converter's `--consolidate` took, where they exist
    #[arg(long)]
    pub consolidate: bool,
    /// Read no file whose content was imported before
    #[arg(long, env = "BENCHGATE_INCREMENTAL", value_parser = FalseyValueParser::new())]
    pub incremental: bool,
    /// Leave out results that another run holds: same configuration, time and values. Nothing stored is removed
    #[arg(long, visible_alias = "deduplicate", env = "BENCHGATE_DEDUPE", value_parser = FalseyValueParser::new())]
    pub dedupe: bool,
    /// Say what would be imported, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// After the import, write the history's tables to this folder as Parquet: performance, hardware, compatibility,
    /// integration
    #[arg(long, value_name = "DIR", conflicts_with_all = ["dry_run", "explain"])]
    pub parquet: Option<PathBuf>,
    /// Empty a drop folder: import what lies there, move it to the archive, and what is not imported to quarantine
    #[arg(help_heading = "Drop folder", long, value_name = "DIR", conflicts_with_all = ["results", "directories", "consolidate", "explain"])]
    pub auto_store: Option<PathBuf>,
    /// Where `--auto-store` moves what it imported [default: `archive` in the drop folder]
    #[arg(help_heading = "Drop folder", long, value_name = "DIR", requires = "auto_store")]
    pub archive: Option<PathBuf>,
    /// Copy defective files there, each with the reason; with `--auto-store`, move them [default there: `quarantine`]
    #[arg(long, value_name = "DIR")]
    pub quarantine: Option<PathBuf>,
    /// Go on emptying the drop folder as files arrive, until interrupted
    #[arg(help_heading = "Drop folder", long, requires = "auto_store", conflicts_with = "dry_run")]
    pub watch: bool,
    /// Seconds between two looks at the drop folder
    #[arg(help_heading = "Drop folder", long, value_name = "SECONDS", default_value_t = 2, requires = "watch")]
    pub interval: u64,
    /// Seconds to wait for another process that has the history open
    #[arg(long, env = "BENCHGATE_WAIT", value_name = "SECONDS", default_value_t = 30)]
    pub wait: u64,
    /// The history; created where it does not exist.
    #[command(flatten)]
    pub store: StoreArgs,
    /// What the files leave open.
    #[command(flatten)]
    pub facts: FactArgs,
    /// Configuration, for its aliases and mappings; `benchgate.toml` is used where it exists
    #[arg(long, env = "BENCHGATE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Import nothing: say which format each file has and why, and what its fields become; for a file that no format
    /// fits, propose a mapping
    #[arg(long, conflicts_with = "format")]
    pub explain: bool,
    /// How to print the outcome of each file
    #[arg(long, env = "BENCHGATE_INGEST_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub format: IngestFormat,
    /// Print totals only
    #[arg(long, short, env = "BENCHGATE_QUIET", value_parser = FalseyValueParser::new())]
    pub quiet: bool,
}

/// How `ingest` and `import` print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IngestFormat {
    /// A line a file
    Text,
    /// One object, schema `benchgate/ingest/v1` or `benchgate/import/v1`
    Json,
    /// The totals and what was not imported, as in a job's summary
    Markdown,
}
