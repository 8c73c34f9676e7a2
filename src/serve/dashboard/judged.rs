//! Runs of the history, judged again.
//!
//! For: a run against the history before it, and one run or commit against another. Not for: results that the history
//! does not hold.
//! Invariant: the verdicts are those of `compare` with the same results, history and policy; a run is never part of its own
//! baseline.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::assemble::baseline::{rule, window};
use crate::config::ConfiguredPolicy;
use crate::gate;
use crate::model::{
    BenchmarkResult, CandidateRun, ConfigurationId, History, RunId, SeriesId, SeriesMeta, StoredRun, series_id,
};
use crate::report::dashboard::Compared;
use crate::report::{Provenance, View};
use crate::serve::state::AppState;
use crate::store::{BaselineFilter, Store, StoreError};
use crate::text::{plural, short_commit};

/// How the history is judged.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The policy.
    pub(super) policy: Arc<ConfiguredPolicy>,
    /// The branch whose runs are the baseline; `None` for every branch.
    pub(super) branch: Option<String>,
    /// What the history is called.
    pub(super) database: String,
}

impl Settings {
    /// The policy of today.
    pub(super) fn of(state: &AppState) -> Self {
        Self {
            policy: Arc::new(state.policy()),
            branch: state.config.baseline_branch().map(|setting| setting.value),
            database: state.name.clone(),
        }
    }

    /// Where a judgement comes from.
    pub(super) fn provenance(&self, filter: &BaselineFilter) -> Provenance {
        Provenance {
            database: self.database.clone(),
            rule: rule(filter),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Provenance::default()
        }
    }
}

/// A run against the history before it.
///
/// # Errors
/// As the store's.
pub(super) fn judged(store: &Store, settings: &Settings, stored: &StoredRun) -> Result<View, StoreError> {
    let side = Side::of(vec![stored.clone()]);
    judge(store, settings, &side, side.started_at, None)
}

/// Why nothing can be compared.
#[derive(Debug)]
pub(super) enum NotCompared {
    /// No run fits what was asked for; in words.
    NoRun(String),
    /// The store.
    Store(StoreError),
}

impl From<StoreError> for NotCompared {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A run or commit against another one, or against the history before it where no base is named.
///
/// # Errors
/// [`NotCompared`].
pub(super) fn compared(
    store: &Store,
    settings: &Settings,
    base: &str,
    candidate: &str,
) -> Result<Compared, NotCompared> {
    let candidate = Side::named(store, candidate)?;
    if base.is_empty() {
        let view = judge(store, settings, &candidate, candidate.started_at, None)?;
        return Ok(Compared { candidate: candidate.words(), base: None, base_values: HashMap::new(), view });
    }
    let base = Side::named(store, base)?;
    // The base itself is the newest run of the history that the candidate is judged against.
    let until = base.ended_at.and_then(|at| at.checked_add(jiff::SignedDuration::from_micros(1)).ok());
    let view = judge(store, settings, &candidate, until, Some(&base))?;
    Ok(Compared { candidate: candidate.words(), base: Some(base.words()), base_values: base.values(), view })
}

/// One or several runs of the history that are one side of a comparison.
struct Side {
    runs: Vec<StoredRun>,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

impl Side {
    fn of(runs: Vec<StoredRun>) -> Self {
        let times = || runs.iter().filter_map(|one| one.run.started_at);
        Self { started_at: times().min(), ended_at: times().max(), runs }
    }

    /// A run by its id, or all runs of a commit by the beginning of its hash.
    fn named(store: &Store, name: &str) -> Result<Self, NotCompared> {
        let name = name.trim();
        let ids = match run_id(name).map(|id| store.stored_run(id)).transpose()?.flatten() {
            Some(run) => return Ok(Self::of(vec![run])),
            None if name.is_empty() => Vec::new(),
            None => store.runs_of_commit(name)?,
        };
        let mut runs = Vec::new();
        for id in ids {
            runs.extend(store.stored_run(id)?);
        }
        let commits: HashSet<&str> = runs.iter().filter_map(|one| one.run.commit.as_deref()).collect();
        match commits.len() {
            0 => Err(NotCompared::NoRun(format!("No run has the id or the commit {name:?}."))),
            1 => Ok(Self::of(runs)),
            several => Err(NotCompared::NoRun(format!("{several} commits begin with {name:?}: give more of one."))),
        }
    }

    /// `run nightly-17` or `commit 0123456789ab (2 runs)`.
    fn words(&self) -> String {
        match self.runs.as_slice() {
            [only] => format!("run {}", only.run.key),
            several => {
                let commit = several.first().and_then(|one| one.run.commit.as_deref()).map(short_commit);
                format!("commit {} ({})", commit.unwrap_or_default(), plural(several.len(), "run", "runs"))
            }
        }
    }

    /// The first run that measured a configuration measured it; others of the same commit did so again.
    fn candidate(&self) -> CandidateRun {
        let mut measured: HashSet<ConfigurationId> = HashSet::new();
        let mut candidate = CandidateRun::default();
        for run in &self.runs {
            let (first, again): (Vec<BenchmarkResult>, Vec<BenchmarkResult>) =
                run.results.iter().cloned().partition(|result| !measured.contains(&result.configuration.id()));
            measured.extend(first.iter().map(|result| result.configuration.id()));
            candidate.results.extend(first);
            if !again.is_empty() {
                candidate.reruns.push(again);
            }
        }
        candidate
    }

    fn series(&self) -> Vec<SeriesMeta> {
        let mut known = HashSet::new();
        let all = self.runs.iter().flat_map(StoredRun::series);
        all.filter(|series| known.insert(series.key.id())).collect()
    }

    /// The median of what its runs measured.
    fn values(&self) -> HashMap<SeriesId, f64> {
        let mut all: HashMap<SeriesId, Vec<f64>> = HashMap::new();
        for result in self.runs.iter().flat_map(|run| &run.results) {
            let configuration = result.configuration.id();
            for one in &result.measurements {
                all.entry(series_id(configuration, one.metric())).or_default().push(one.centre());
            }
        }
        all.into_iter().filter_map(|(id, values)| Some((id, crate::stats::median(&values)?))).collect()
    }
}

/// The id of a run, as addresses hold it.
pub(super) fn run_id(text: &str) -> Option<RunId> {
    hex(text).map(RunId)
}

/// Sixteen digits, as ids are written.
pub(super) fn hex(text: &str) -> Option<u64> {
    let is_id = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { u64::from_str_radix(text, 16).ok() } else { None }
}

/// A side against the history before a time, which is that of the base where there is one.
fn judge(
    store: &Store,
    settings: &Settings,
    side: &Side,
    before: Option<Timestamp>,
    base: Option<&Side>,
) -> Result<View, StoreError> {
    let series = side.series();
    let window = window(&series, &settings.policy);
    let filter = BaselineFilter {
        branch: settings.branch.clone(),
        before,
        own_runs: side.runs.iter().map(|one| (one.run.key.clone(), one.run.commit.clone())).collect(),
        excluded_commits: Vec::new(),
        window,
    };
    let history: History = store.history(&series, &filter)?;
    let judgement = gate::judge(&side.candidate(), &history, settings.policy.as_ref());
    let first = side.runs.first().map(|one| &one.run);
    let mut whole = settings.provenance(&filter);
    if let Some(base) = base {
        whole.rule = format!("{}, up to {}", rule(&BaselineFilter { before: None, ..filter }), base.words());
    }
    let provenance = Provenance {
        files: side.runs.iter().flat_map(|one| one.files.clone()).collect(),
        commit: first.and_then(|run| run.commit.clone()),
        run: first.map(|run| run.key.clone()).filter(|_| side.runs.len() == 1),
        ..whole
    };
    Ok(View::new(&judgement, &provenance))
}
