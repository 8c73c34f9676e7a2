//! The look at a whole history.
//!
//! For: the trend of every series, real ones where there are any. Not for: showing it.
//! Invariant: real and simulated series are never looked at together.

use std::path::Path;

use jiff::Timestamp;

use super::baseline::MOST_RUNS;
use crate::config::ConfiguredPolicy;
use crate::gate::trend::trend;
use crate::model::{History, SeriesMeta};
use crate::report::TrendView;
use crate::store::{BaselineFilter, Store, StoreError};
use crate::text::plural;

/// Looks at every series of a history that `is_wanted`; `None` where there is none.
///
/// `branch` restricts the runs; what began before `since` is not listed; `name` is what the history is called.
///
/// # Errors
/// Those of reading the history.
pub fn whole_trend(
    store: &Store,
    policy: &ConfiguredPolicy,
    branch: Option<String>,
    since: Option<Timestamp>,
    name: &Path,
    is_wanted: impl Fn(&SeriesMeta) -> bool,
) -> Result<Option<TrendView>, StoreError> {
    let (real, simulated): (Vec<SeriesMeta>, Vec<SeriesMeta>) =
        store.all_series()?.into_iter().filter(is_wanted).partition(|series| !series.key.configuration.is_simulated);
    let series = if real.is_empty() { simulated } else { real };
    if series.is_empty() {
        return Ok(None);
    }
    let found = trend_of(store, policy, branch, &series, &name.display().to_string())?;
    let baseline = format!("{} Made by benchgate {}.", found.baseline, env!("CARGO_PKG_VERSION"));
    Ok(Some(TrendView { since, baseline, ..found }))
}

/// Looks at some series, all of them real or all of them simulated; none are no error.
///
/// # Errors
/// Those of reading the history.
pub fn trend_of(
    store: &Store,
    policy: &ConfiguredPolicy,
    branch: Option<String>,
    series: &[SeriesMeta],
    name: &str,
) -> Result<TrendView, StoreError> {
    let filter = BaselineFilter { branch, window: MOST_RUNS, ..BaselineFilter::default() };
    let history = if series.is_empty() { History::default() } else { store.history(series, &filter)? };
    let trend = trend(history, policy);
    let is_simulated = series.iter().any(|series| series.key.configuration.is_simulated);
    let simulated = if is_simulated { " The results are simulated." } else { "" };
    let branch = filter.branch.as_ref().map_or_else(|| "any branch".to_owned(), |branch| format!("branch {branch}"));
    let baseline = format!("{} of {branch} in {name}.{simulated}", plural(trend.runs.len(), "run", "runs"));
    Ok(TrendView { trend, since: None, baseline })
}
