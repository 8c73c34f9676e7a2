//! The look at a whole history.
//!
//! For: the trend of every series, real ones where there are any. Not for: showing it.
//! Invariant: real and simulated series are never looked at together.

use std::path::Path;

use jiff::Timestamp;

use super::baseline::MOST_RUNS;
use crate::config::ConfiguredPolicy;
use crate::gate::trend::trend;
use crate::model::SeriesMeta;
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
    let is_simulated = real.is_empty();
    let series = if is_simulated { simulated } else { real };
    if series.is_empty() {
        return Ok(None);
    }
    let filter = BaselineFilter { branch, window: MOST_RUNS, ..BaselineFilter::default() };
    let found = trend(&store.history(&series, &filter)?, policy);
    let simulated = if is_simulated { " The results are simulated." } else { "" };
    let branch = filter.branch.as_ref().map_or_else(|| "any branch".to_owned(), |branch| format!("branch {branch}"));
    let baseline = format!(
        "{} of {branch} in {}.{simulated} Made by benchgate {}.",
        plural(found.runs.len(), "run", "runs"),
        name.display(),
        env!("CARGO_PKG_VERSION")
    );
    Ok(Some(TrendView { trend: found, since, baseline }))
}
