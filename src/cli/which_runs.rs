//! Which runs results are compared with.
//!
//! For: the baseline runs that flags, configuration and candidate choose, and reading them. Not for: judging.
//! Invariant: the history is opened for reading and closed at once, so that other processes can write.

use std::path::Path;

use jiff::Timestamp;

use super::args::PolicyArgs;
use super::candidate::Candidate;
use super::error::CliError;
use crate::config::{Config, ConfiguredPolicy};
use crate::gate::Policy as _;
use crate::model::{Context, History, SeriesMeta};
use crate::store::{BaselineFilter, Mode, Store};
use crate::text;

/// Runs that a look at a whole history takes, at most; more than any level needs to be known.
pub(super) const MOST_RUNS: usize = 2000;

/// The branch whose runs are the baseline.
pub(super) fn branch(arguments: &PolicyArgs, config: &Config) -> Option<String> {
    arguments.baseline_branch.clone().or_else(|| config.baseline_branch().map(|setting| setting.value))
}

/// The largest window of some series.
pub(super) fn window(series: &[SeriesMeta], policy: &ConfiguredPolicy) -> usize {
    series.iter().map(|series| policy.for_series(series).window.value).max().unwrap_or(1)
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

/// The rule that chose the runs, in words.
pub(super) fn rule(filter: &BaselineFilter) -> String {
    let branch = match &filter.branch {
        Some(branch) => format!("branch {branch}"),
        None => "any branch, pull requests excepted".to_owned(),
    };
    let before = match filter.before {
        Some(time) => format!(", before {}", time.strftime("%Y-%m-%d %H:%M UTC")),
        None => String::new(),
    };
    format!("the newest {} of {branch}{before}", text::plural(filter.window, "run", "runs"))
}
