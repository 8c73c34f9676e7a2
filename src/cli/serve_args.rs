//! The flags of `serve`.
//!
//! For: clap's types and the help text of the server. Not for: resolving what was given.
//! Invariant: as for all flags, each has an environment twin; the token itself has no flag, which others could see.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::StoreArgs;
use crate::serve::limits::QUERY_SECONDS;

/// `benchgate serve`.
///
/// Without a token, the history is opened for reading and nothing can be written. With one, in `BENCHGATE_TOKEN` or a file,
/// clients that know it may write; other processes that want to write the file are kept out meanwhile.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The history.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Address to listen to; others than this machine can reach it only if you choose another one
    #[arg(long, env = "BENCHGATE_HOST", value_name = "HOST", default_value = "127.0.0.1")]
    pub host: String,
    /// Port to listen to; 0 takes any that is free
    #[arg(long, env = "BENCHGATE_PORT", value_name = "PORT", default_value_t = 8000)]
    pub port: u16,
    /// File that holds the token of clients that write; `BENCHGATE_TOKEN` holds it otherwise
    #[arg(long, env = "BENCHGATE_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Origin whose pages may ask, such as `https://bench.example.org`; may be repeated
    #[arg(long, env = "BENCHGATE_CORS_ORIGIN", value_name = "ORIGIN")]
    pub cors_origin: Vec<String>,
    /// Policy file; `benchgate.toml` is used where it exists
    #[arg(long, env = "BENCHGATE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Stop a client's query after this many seconds
    #[arg(long, env = "BENCHGATE_QUERY_TIMEOUT", value_name = "SECONDS", default_value_t = QUERY_SECONDS)]
    pub query_timeout: u64,
    /// What to write to standard error, a JSON object a line
    #[arg(long, env = "BENCHGATE_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: LogLevel,
}

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Nothing
    Off,
    /// What failed
    Error,
    /// What is odd, too
    Warn,
    /// Every request, too
    Info,
}
