//! What the store hands to the gate.
//!
//! For: the history of the series that a candidate touches, as plain values. Not for: fetching or judging it.
//! Invariant: runs are in ascending order of time; a point's `run` is an index into `runs`; points of a series are in
//! ascending order of `run`, at most one a run; every number is finite.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use jiff::Timestamp;

use super::decision::Pin;
use super::id::{RunId, SeriesId};
use super::metric::Direction;
use super::result::{BenchmarkResult, SeriesKey};
use super::unit::Unit;

/// A part of a run that is executed by a job of its own, such as one hardware of a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Its name.
    pub name: String,
    /// What it brought.
    pub state: LegState,
}

impl Leg {
    /// Whether it brought no results.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.state != LegState::Reported
    }
}

/// What a leg brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegState {
    /// Results.
    Reported,
    /// Word that there are none, and why.
    Failed(String),
    /// Nothing, although it was expected.
    Missing,
}

/// What is said of a leg after its name.
impl fmt::Display for LegState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reported => formatter.write_str("reported"),
            Self::Failed(reason) => write!(formatter, "failed: {reason}"),
            Self::Missing => formatter.write_str("left no results"),
        }
    }
}

/// The run being judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CandidateRun {
    /// Its results, of one configuration each.
    pub results: Vec<BenchmarkResult>,
    /// What re-runs of it measured, in their order; each may be a part of the suite, such as the suspects.
    pub reruns: Vec<Vec<BenchmarkResult>>,
    /// What its base measured in the same job, alternately with the candidate's runs: the first with the first run, the
    /// second with the first re-run, and so on. Used for series without enough history.
    pub base: Vec<Vec<BenchmarkResult>>,
    /// Whether the user declared that only a part of the suite was run, so that nothing counts as missing.
    pub is_partial: bool,
    /// Its legs, where it has several or their names are known.
    pub legs: Vec<Leg>,
}

/// Series, unit and direction.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesMeta {
    /// The series.
    pub key: SeriesKey,
    /// Canonical unit.
    pub unit: Unit,
    /// Direction as stated by the results, the metric's name or the unit; `None` where nobody says.
    pub better: Option<Direction>,
}

impl BenchmarkResult {
    /// The series that it measured.
    pub fn series(&self) -> impl Iterator<Item = SeriesMeta> {
        self.measurements.iter().map(|measurement| SeriesMeta {
            key: SeriesKey { configuration: self.configuration.clone(), metric: measurement.metric().to_owned() },
            unit: measurement.unit().clone(),
            better: measurement.better(),
        })
    }
}

/// The baseline runs and their measurements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Runs, oldest first.
    pub runs: Vec<HistoryRun>,
    /// The series of the candidate that have any history.
    pub series: Vec<SeriesHistory>,
    /// The newest runs that share a series with the candidate, newest first, with what else they measured.
    pub recent: Vec<RecentRun>,
    /// Pinned commits, oldest first: levels that later ones are compared with, so that slow drift is seen.
    pub pins: Vec<Pin>,
}

impl History {
    /// Its series by their ids.
    #[must_use]
    pub fn by_id(&self) -> HashMap<SeriesId, &SeriesHistory> {
        self.series.iter().map(|series| (series.meta.key.id(), series)).collect()
    }
}

/// One run of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRun {
    /// Its id.
    pub id: RunId,
    /// When it was made.
    pub started_at: Timestamp,
    /// Its commit, where known.
    pub commit: Option<String>,
    /// Its branch, where known.
    pub branch: Option<String>,
    /// Hash of what was measured, where the run's environment has one as `artifact_hash`: runs with equal hashes
    /// measured the same code, whatever their commits.
    pub artifact_hash: Option<String>,
}

/// One series over time.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesHistory {
    /// What it is.
    pub meta: SeriesMeta,
    /// Its measurements.
    pub points: Vec<Point>,
    /// Places in `points` at which an epoch begins: a shift of level that was accepted. Ascending; the first point of
    /// a history begins one without being named.
    pub epochs: Vec<usize>,
}

/// One measurement of a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Index into [`History::runs`].
    pub run: usize,
    /// The median of the samples, or the reported value where there are none; canonical unit.
    pub value: f64,
    /// The number of samples; 0 where the tool reported none.
    pub samples: u32,
    /// Standard deviation of the samples' natural logarithms; `None` with fewer than two samples or one not positive.
    pub within_sd: Option<f64>,
}

/// A run and the series that it, or another run of its commit, measured beside those of the candidate, on the hardware
/// that the candidate used: what the candidate may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct RecentRun {
    /// Index into [`History::runs`].
    pub run: usize,
    /// The other series it measured.
    pub series: Vec<SeriesMeta>,
    /// The legs that measured at its commit, on whatever hardware.
    pub legs: BTreeSet<String>,
}
