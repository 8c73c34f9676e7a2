//! A whole history, looked at.
//!
//! For: what most pages are made of: every series over time, every run, the history in numbers. Not for: judging one run
//! (see `judged`).
//! Invariant: real and simulated results are looked at apart; a look is of one state of the history.

use super::judged::Settings;
use crate::assemble::trend::trend_of;
use crate::gate::Policy as _;
use crate::gate::explain::{Explanation, explain_newest};
use crate::gate::trend::SeriesTrend;
use crate::model::overview::{RunSummary, Selection, Totals};
use crate::model::{History, SeriesHistory, SeriesId, SeriesMeta, StoredRun};
use crate::report::{Provenance, TrendView};
use crate::store::{BaselineFilter, Store, StoreError};

/// Other runs of a commit that the page of a run shows.
const OTHERS: usize = 50;

/// What a history holds as a whole.
#[derive(Debug)]
pub(super) struct Look {
    /// Every run, newest first.
    pub(super) runs: Vec<RunSummary>,
    /// The history in numbers.
    pub(super) totals: Totals,
    /// Every series, those of runs that are no baseline included.
    pub(super) series: Vec<SeriesMeta>,
    real: Kind,
    simulated: Kind,
}

/// Real results, or simulated ones.
#[derive(Debug)]
pub(super) struct Kind {
    /// The series over time, with every measurement of the baseline.
    pub(super) view: TrendView,
}

impl Look {
    /// Looks at everything.
    ///
    /// # Errors
    /// As the store's.
    pub(super) fn of(store: &Store, settings: &Settings) -> Result<Self, StoreError> {
        let series = store.all_series()?;
        let is_simulated = |series: &&SeriesMeta| series.key.configuration.is_simulated;
        let (simulated, real): (Vec<&SeriesMeta>, Vec<&SeriesMeta>) = series.iter().partition(is_simulated);
        let (real, simulated) = (Kind::of(store, settings, real)?, Kind::of(store, settings, simulated)?);
        Ok(Self { runs: store.runs()?, totals: store.totals(&Selection::default())?, series, real, simulated })
    }

    /// The results that are shown, and whether there are others: real ones, unless there are none or simulated ones are
    /// asked for.
    pub(super) fn kind(&self, wants_simulated: bool) -> (&Kind, bool) {
        let has = |kind: &Kind| !kind.view.trend.series.is_empty();
        let both = has(&self.real) && has(&self.simulated);
        let is_simulated = if both { wants_simulated } else { has(&self.simulated) };
        (if is_simulated { &self.simulated } else { &self.real }, both)
    }

    /// The results that a series is among.
    pub(super) fn kind_of(&self, series: &SeriesMeta) -> &Kind {
        if series.key.configuration.is_simulated { &self.simulated } else { &self.real }
    }

    /// Other attempts of a run, and other runs of its commit, newest first; at most as many as a page shows.
    pub(super) fn others(&self, stored: &StoredRun) -> Vec<&RunSummary> {
        let is_other = |run: &&RunSummary| {
            let is_same_commit = run.commit.is_some() && run.commit == stored.run.commit;
            run.id != stored.id && (is_same_commit || (run.key == stored.run.key && run.commit == stored.run.commit))
        };
        self.runs.iter().filter(is_other).take(OTHERS).collect()
    }

    /// The run before one on its branch, of another commit.
    pub(super) fn before(&self, stored: &StoredRun) -> Option<&RunSummary> {
        let started = stored.run.started_at?;
        let is_before = |run: &&RunSummary| {
            run.branch == stored.run.branch
                && run.commit != stored.run.commit
                && run.started_at.is_some_and(|at| at < started)
        };
        self.runs.iter().find(is_before)
    }

    /// What a series is, by its id.
    pub(super) fn meta(&self, id: SeriesId) -> Option<&SeriesMeta> {
        self.series.iter().find(|series| series.key.id() == id)
    }
}

impl Kind {
    fn of(store: &Store, settings: &Settings, series: Vec<&SeriesMeta>) -> Result<Self, StoreError> {
        let series: Vec<SeriesMeta> = series.into_iter().cloned().collect();
        let view = trend_of(store, &settings.policy, settings.branch.clone(), &series, &settings.database)?;
        Ok(Self { view })
    }

    /// The newest run that measured a series, judged from the runs before it.
    pub(super) fn newest(&self, settings: &Settings, series: SeriesId) -> Option<(Explanation, Provenance)> {
        let found = explain_newest(&self.recent(settings), settings.policy.as_ref(), series)?;
        let window = found.judged.policy.window.value;
        let filter = BaselineFilter {
            branch: settings.branch.clone(),
            before: found.run.as_ref().map(|run| run.started_at),
            window,
            ..BaselineFilter::default()
        };
        let provenance = settings.provenance(&filter);
        Some((found, provenance))
    }

    /// The history as far as the newest run of any series is judged by it: the policy's window, and that run.
    fn recent(&self, settings: &Settings) -> History {
        let of_series = |one: &SeriesTrend| {
            let window = settings.policy.for_series(&one.series).window.value;
            let first = one.points.len().saturating_sub(window.saturating_add(1));
            let epochs = one.epochs.iter().filter(|start| **start >= first).map(|start| start - first);
            SeriesHistory { meta: one.series.clone(), points: one.points[first..].to_vec(), epochs: epochs.collect() }
        };
        let trend = &self.view.trend;
        History { runs: trend.runs.clone(), series: trend.series.iter().map(of_series).collect(), ..History::default() }
    }
}
