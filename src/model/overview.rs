//! What a history holds, counted: the rows that reports are made of.
//!
//! For: carrying counts, medians and spreads from the store to the reports. Not for: judging; a report has no verdicts.
//! Invariant: a series is never mixed with another one, nor real values with simulated ones; what is unknown is `None`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::hardware::Hardware;
use super::history::SeriesMeta;
use super::id::RunId;
use super::metric::{self, Direction};
use super::result::Configuration;

/// What of a history is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The names that are looked at, by what they are of; a facet that is not in it is looked at as a whole.
    pub names: BTreeMap<Facet, Vec<String>>,
    /// Runs from then on; runs of an unknown time are left out.
    pub since: Option<Timestamp>,
    /// Runs up to then.
    pub until: Option<Timestamp>,
}

/// What a name of a [`Selection`] is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// Model name, as the results or the table of aliases spell it.
    Model,
    /// Model family.
    Family,
    /// Hardware type or device.
    Hardware,
    /// Branch.
    Branch,
    /// Test case.
    TestCase,
    /// Metric.
    Metric,
}

impl Facet {
    /// The word for one of it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Family => "family",
            Self::Hardware => "hardware",
            Self::Branch => "branch",
            Self::TestCase => "test case",
            Self::Metric => "metric",
        }
    }

    /// The word for several of it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Family => "families",
            Self::Hardware => "kinds of hardware",
            Self::Branch => "branches",
            Self::TestCase => "test cases",
            Self::Metric => "metrics",
        }
    }
}

/// One series in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesSummary {
    /// What it is.
    pub meta: SeriesMeta,
    /// Its model's name, by the table of aliases where that has one.
    pub model: String,
    /// Family of its model.
    pub family: Option<String>,
    /// Runs that measured it.
    pub runs: usize,
    /// Median over runs of the run's value, in the canonical unit.
    pub median: f64,
    /// The middle half of the runs: quantiles 0.25 and 0.75.
    pub middle_half: (f64, f64),
    /// Smallest and largest value of a run.
    pub range: (f64, f64),
    /// The newest value.
    pub newest: f64,
    /// When that was measured.
    pub measured_at: Option<Timestamp>,
    /// Results whose values look made up.
    pub suspicious: usize,
}

/// The values of one series, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesValues {
    /// What it is.
    pub meta: SeriesMeta,
    /// Its model's name, by the table of aliases where that has one.
    pub model: String,
    /// Family of its model.
    pub family: Option<String>,
    /// One value a run.
    pub values: Vec<f64>,
}

/// A run in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// Its id.
    pub id: RunId,
    /// Its name.
    pub key: String,
    /// Its attempt.
    pub attempt: u32,
    /// Its suite.
    pub suite: Option<String>,
    /// Its commit.
    pub commit: Option<String>,
    /// Its branch.
    pub branch: Option<String>,
    /// When it was made.
    pub started_at: Option<Timestamp>,
    /// Its results that completed.
    pub completed: usize,
    /// Its results that failed.
    pub failed: usize,
}

/// A configuration that failed to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureSummary {
    /// What it is.
    pub configuration: Configuration,
    /// Its model's name, by the table of aliases where that has one.
    pub model: String,
    /// Runs in which it failed.
    pub runs: usize,
    /// The reason of the newest of them.
    pub reason: String,
    /// When that was.
    pub newest: Option<Timestamp>,
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Performance {
    /// Every series that was chosen.
    pub series: Vec<SeriesSummary>,
    /// The newest runs, newest first.
    pub runs: Vec<RunSummary>,
    /// What failed, the newest first.
    pub failures: Vec<FailureSummary>,
}

/// A machine or device and how it was used.
#[derive(Clone, Debug, PartialEq)]
pub struct Platform {
    /// What it is.
    pub hardware: Hardware,
    /// Driver, where a file named one.
    pub driver: Option<String>,
    /// Runs that used it.
    pub runs: usize,
    /// Results measured on it.
    pub results: usize,
    /// Models that were run on it.
    pub models: usize,
    /// When it was used first and last.
    pub used: Option<(Timestamp, Timestamp)>,
}

/// How often a hardware type was looked for and found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// The type.
    pub kind: String,
    /// Times it was looked for.
    pub looked: usize,
    /// Times it was there.
    pub found: usize,
}

/// One look for a hardware type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The type.
    pub kind: String,
    /// The device that was found.
    pub device: Option<String>,
    /// Whether it was there.
    pub is_available: bool,
    /// Why not.
    pub reason: Option<String>,
    /// When.
    pub detected_at: Option<Timestamp>,
}

/// The machines of a history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machines {
    /// Every one that was chosen, the most used first.
    pub platforms: Vec<Platform>,
    /// By type, where anyone looked.
    pub availability: Vec<Availability>,
    /// The newest looks, newest first.
    pub detections: Vec<Detection>,
}

/// How often a model ran on a hardware type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// The model.
    pub model: String,
    /// The hardware type.
    pub kind: String,
    /// Tests that say that it runs.
    pub compatible: usize,
    /// Tests that say that it does not.
    pub incompatible: usize,
    /// Tests without an answer.
    pub unknown: usize,
    /// Those of all tests that were simulated.
    pub simulated: usize,
}

/// A test that found a model not to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incompatibility {
    /// The model.
    pub model: String,
    /// The hardware type.
    pub kind: String,
    /// The kind of error.
    pub error: Option<String>,
    /// Its words.
    pub reason: Option<String>,
    /// What a file suggests.
    pub fix: Option<String>,
    /// Whether it was simulated.
    pub is_simulated: bool,
    /// When.
    pub tested_at: Option<Timestamp>,
}

/// Which models run where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compatibility {
    /// By model and hardware type.
    pub pairings: Vec<Pairing>,
    /// The newest failures, newest first.
    pub failures: Vec<Incompatibility>,
}

/// Tests of one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleTests {
    /// The module.
    pub module: String,
    /// Tests by how they ended: passed, failed, ended by an error, skipped.
    pub counts: [usize; 4],
    /// When the newest ran.
    pub newest: Option<Timestamp>,
}

/// A history in numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Named counts, in the order in which they are shown.
    pub counts: Vec<(&'static str, usize)>,
    /// Times of its first and last run.
    pub period: Option<(Timestamp, Timestamp)>,
    /// Results by hardware type: completed and failed.
    pub by_hardware: Vec<(String, usize, usize)>,
    /// Integration tests by module.
    pub modules: Vec<ModuleTests>,
    /// The newest runs, newest first.
    pub runs: Vec<RunSummary>,
}

impl SeriesSummary {
    /// What was run.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.meta.key.configuration
    }

    /// Which direction is better, where anybody says.
    #[must_use]
    pub fn better(&self) -> Option<Direction> {
        metric::direction(&self.meta.key.metric, &self.meta.unit, self.meta.better)
    }
}
