//! Which runs results are compared with.
//!
//! For: the baseline runs that flags, configuration and candidate choose, and reading them. Not for: judging.
//! Invariant: the history is opened for reading and closed at once, so that other processes can write.

use std::path::Path;

use jiff::Timestamp;

use super::args::PolicyArgs;
use super::candidate::Candidate;
use super::error::CliError;
use crate::assemble::baseline::window;
use crate::config::{Config, ConfiguredPolicy};
use crate::model::{Context, History, SeriesMeta};
use crate::store::{BaselineFilter, Mode, Store};

/// The branch whose runs are the baseline.
pub(super) fn branch(arguments: &PolicyArgs, config: &Config) -> Option<String> {
    arguments.baseline_branch.clone().or_else(|| config.baseline_branch().map(|setting| setting.value))
}

/// The runs that a candidate is compared with.
pub(super) fn of_candidate(
    arguments: &PolicyArgs,
    config: &Config,
    candidate: &Candidate,
    context: &Context,
    policy: &ConfiguredPolicy,
) -> BaselineFilter {
    BaselineFilter {
        branch: branch(arguments, config),
        before: candidate.started_at(context),
        own_runs: candidate.own_runs.clone(),
        excluded_commits: Vec::new(),
        window: window(&candidate.series, policy),
    }
}

/// Reads the history of some series.
///
/// # Errors
/// [`CliError::Store`].
pub(super) fn read(
    path: &Path,
    series: &[SeriesMeta],
    filter: &BaselineFilter,
    now: Timestamp,
) -> Result<History, CliError> {
    let store = Store::open(path, Mode::Read, now)?;
    let history = store.history(series, filter)?;
    store.close()?;
    Ok(history)
}
