//! The flags of `benchgate maintain`.
//!
//! For: clap's types and the help text. Not for: what follows from them (see `maintain`).
//! Invariant: what deletes files or takes the history's place does nothing without `--yes`.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand};

use super::args::StoreArgs;
use super::report_args::DocumentArgs;

/// `benchgate maintain`.
#[derive(Debug, Args)]
pub struct MaintainArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: MaintainCommand,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum MaintainCommand {
    /// Check tables, references, ids, units and values; ends with exit code 1 where something is wrong
    Validate(ValidateArgs),
    /// Let the database count its values, for faster queries, and write everything into the file
    Optimize(LockedArgs),
    /// Write the history into a new file that has no gaps, and put it in the place of the old one
    Compact(LockedArgs),
    /// Copy the history, with a checksum, and prove that the copy is the same
    Backup(BackupArgs),
    /// Put a backup in the place of the history, which is kept beside it
    Restore(RestoreArgs),
    /// Delete results files that are in the history
    CleanJson(CleanJsonArgs),
    /// Delete entries of the Actions cache that newer ones of the same gate and branch have replaced; in GitHub Actions
    CleanCache(CleanCacheArgs),
    /// Bring the history's schema up to date
    Migrate(MigrateArgs),
}

/// A history that is written to.
#[derive(Debug, Args)]
pub struct LockedArgs {
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Seconds to wait for another process that has the history open
    #[arg(long, env = "BENCHGATE_WAIT", value_name = "SECONDS", default_value_t = 30)]
    pub wait: u64,
}

/// `benchgate maintain validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Where it goes.
    #[command(flatten)]
    pub document: DocumentArgs,
}

/// `benchgate maintain backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The history.
    #[command(flatten)]
    pub history: LockedArgs,
    /// Folder for backups named by their time, or a file that does not exist yet (`*.duckdb`, `*.duckdb.gz`)
    #[arg(long, value_name = "DIR|FILE")]
    pub to: PathBuf,
    /// Compress it with gzip, as a file that ends in `.gz` always is
    #[arg(long, env = "BENCHGATE_COMPRESS", value_parser = FalseyValueParser::new())]
    pub compress: bool,
    /// Keep the newest backups of this history in the folder, and list the others; `--yes` deletes them
    #[arg(long, env = "BENCHGATE_KEEP", value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub keep: Option<u16>,
    /// Delete the backups that `--keep` leaves over
    #[arg(long, requires = "keep")]
    pub yes: bool,
}

/// `benchgate maintain restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The history.
    #[command(flatten)]
    pub history: LockedArgs,
    /// Do it; without it, the backup is checked and the plan is printed
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Print the plan only, as without --yes
    #[arg(long)]
    pub dry_run: bool,
}

/// `benchgate maintain clean-json`.
#[derive(Debug, Args)]
pub struct CleanJsonArgs {
    /// Folder of results files; those in folders below it count too
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Leave alone what was changed since: days such as `30d`, a day, or a time
    #[arg(long, env = "BENCHGATE_OLDER_THAN", value_name = "TIME", default_value = "30d")]
    pub older_than: String,
    /// Move the files there instead of deleting them
    #[arg(long, value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// Do it; without it, the plan is printed
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Print the plan only, as without --yes
    #[arg(long)]
    pub dry_run: bool,
}

/// `benchgate maintain clean-cache`.
#[derive(Debug, Args)]
pub struct CleanCacheArgs {
    /// Name of the gate
    #[arg(long, env = "BENCHGATE_NAME", value_name = "NAME", default_value = "benchmarks")]
    pub name: String,
    /// How many of the newest entries stay
    #[arg(long, env = "BENCHGATE_KEEP_CACHES", value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pub keep: u16,
    /// Do it; without it, the plan is printed
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Print the plan only, as without --yes
    #[arg(long)]
    pub dry_run: bool,
}

/// `benchgate maintain migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// The history.
    #[command(flatten)]
    pub history: LockedArgs,
    /// Print the plan only
    #[arg(long)]
    pub dry_run: bool,
}
