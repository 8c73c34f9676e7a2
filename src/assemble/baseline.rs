//! What results are compared with.
//!
//! For: how many runs count, and the rule in words. Not for: reading them (see `store`).
//! Invariant: the words say what the filter does.

use crate::config::ConfiguredPolicy;
use crate::gate::Policy as _;
use crate::model::SeriesMeta;
use crate::store::BaselineFilter;
use crate::text;

/// Runs that a look at a whole history takes, at most; more than any level needs to be known.
pub const MOST_RUNS: usize = 2000;

/// The largest window of some series.
#[must_use]
pub fn window(series: &[SeriesMeta], policy: &ConfiguredPolicy) -> usize {
    series.iter().map(|series| policy.for_series(series).window.value).max().unwrap_or(1)
}

/// The rule that chose the runs, in words.
#[must_use]
pub fn rule(filter: &BaselineFilter) -> String {
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
