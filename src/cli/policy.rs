//! The policy of a command: flags over `benchgate.toml` over the defaults.
//!
//! For: finding and reading the file. Not for: what its keys mean (see `config`).
//! Invariant: a file that was named must exist; `benchgate.toml` in the current folder is used where it exists.

use std::io::ErrorKind;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::args::{FactArgs, PolicyArgs};
use super::error::CliError;
use crate::config::{self, Config, Overrides};
use crate::formats::{Mappings, ReadOptions};

/// The file that is used without being named.
const DEFAULT_FILE: &str = "benchgate.toml";

/// Reads the configuration.
///
/// # Errors
/// [`CliError::File`] and [`CliError::Config`].
pub(super) fn load(named: Option<&Path>) -> Result<Config, CliError> {
    match text(named)? {
        Some((text, file)) => Ok(config::parse(&text, &file)?),
        None => Ok(Config::default()),
    }
}

/// How results are read: the format that a flag names, and the mappings of the same file.
///
/// # Errors
/// [`CliError::File`] and [`CliError::Mapping`].
pub(super) fn reading(facts: &FactArgs, named: Option<&Path>) -> Result<ReadOptions, CliError> {
    let mappings = match text(named)? {
        Some((text, file)) => Mappings::parse(&text, &file)?,
        None => Mappings::default(),
    };
    Ok(ReadOptions { format: facts.input_format, mappings, ..ReadOptions::default() })
}

/// The file's text and name, where there is one.
fn text(named: Option<&Path>) -> Result<Option<(String, String)>, CliError> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((text, path.display().to_string()))),
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CliError::File { action: "read", path: path.to_owned(), source }),
    }
}

/// The values of the command line, for a judgement of today.
pub(super) fn overrides(arguments: &PolicyArgs, now: Timestamp) -> Overrides {
    Overrides {
        alpha: arguments.alpha,
        window: arguments.window,
        minimum_effect: arguments.minimum_effect,
        missing: arguments.missing,
        new: arguments.new,
        inconclusive: arguments.inconclusive,
        today: Some(now.to_zoned(TimeZone::UTC).date()),
    }
}
