//! The flags of `import`.
//!
//! For: clap's type and the help text. Not for: resolving what was given (the command does).
//! Invariant: as in [`super::args`].

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::args::StoreArgs;
use super::ingest_args::IngestFormat;

/// `benchgate import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Databases: another history, or of the former system a DuckDB or SQLite file, a table as `NAME.parquet` or
    /// `NAME.csv`, or a folder of such tables
    #[arg(required = true, value_name = "DATABASE")]
    pub databases: Vec<PathBuf>,
    /// Say what would be imported, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Seconds to wait for another process that has the history open
    #[arg(long, env = "BENCHGATE_WAIT", value_name = "SECONDS", default_value_t = 30)]
    pub wait: u64,
    /// The history; created where it does not exist.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Policy file, for its hardware aliases; `benchgate.toml` is used where it exists
    #[arg(long, env = "BENCHGATE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How to print what became of each database and table
    #[arg(long, env = "BENCHGATE_IMPORT_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub format: IngestFormat,
    /// Print totals only
    #[arg(long, short, env = "BENCHGATE_QUIET", value_parser = FalseyValueParser::new())]
    pub quiet: bool,
}
