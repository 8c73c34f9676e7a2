//! The vocabulary: what a run, a result, a measurement and a series are.
//!
//! For: plain values that every layer shares, valid by construction. Not for: reading files, storing, judging.
//! Invariant: a [`Measurement`] holds only finite numbers in a canonical [`Unit`]; what was not reported is `None`,
//! never zero. This module imports nothing else of the crate.
//!
//! - [`alias`]: other names of models and hardware
//! - [`decision`]: what somebody decided about a baseline
//! - [`draft`]: results as an adapter found them, before flags and CI environment fill the gaps
//! - [`family`](mod@family): families of models, inferred from names
//! - [`finding`]: what is wrong with a history
//! - [`hardware`]: hardware type, device and the machine it sits in
//! - [`history`]: what the store hands to the gate
//! - [`id`]: ids derived from content
//! - [`measurement`]: values and samples, finite by construction
//! - [`metric`]: the metrics that benchgate knows, and directions
//! - [`overview`]: what a history holds, counted
//! - [`record`]: what files hold beside results
//! - [`result`]: configurations, results and runs, complete
//! - [`retention`]: how much of a history is kept
//! - [`stored`]: a run as the history holds it
//! - [`suspicion`](mod@suspicion): values that look made up
//! - [`table`]: rows of a query
//! - [`unit`](mod@unit): unit spellings and their canonical forms

pub mod alias;
pub mod decision;
pub mod draft;
pub mod family;
pub mod finding;
pub mod hardware;
pub mod history;
pub mod id;
pub mod measurement;
pub mod metric;
pub mod overview;
pub mod record;
pub mod result;
pub mod retention;
pub mod stored;
pub mod suspicion;
pub mod table;
pub mod unit;

pub use alias::Aliases;
pub use decision::{ArchivedPart, Decision, DecisionKind, NamedPart, Pin, Rename};
pub use draft::{Context, MissingFact, ResultDraft, RunDraft};
pub use family::{Family, family};
pub use hardware::{Hardware, HardwareDraft, Machine};
pub use history::{CandidateRun, History, HistoryRun, Leg, LegState, Point, RecentRun, SeriesHistory, SeriesMeta};
pub use id::{ConfigurationId, DecisionId, HardwareId, ModelId, RunId, SeriesId, SourceId};
pub use measurement::{Measurement, MeasurementError};
pub use metric::Direction;
pub use record::{Assertion, Record, Subject, TestOutcome};
pub use result::{
    ATTEMPTS, BenchmarkResult, Configuration, REPLACE, RERUNS_OF_ATTEMPT, Run, SNAPSHOT, SeriesKey, Simulation, Status,
    series_id,
};
pub use retention::{Retention, Span};
pub use stored::StoredRun;
pub use table::{Cell, Table};
pub use unit::Unit;
