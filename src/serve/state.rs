//! What requests share.
//!
//! For: one value that every handler gets. Not for: what a request says.
//! Invariant: everything in it may be used by many threads at once.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::answers::{Answers, Rendered};
use super::dashboard::Dashboard;
use super::readers::Readers;
use super::series_index::SeriesIndex;
use super::settings::Token;
use super::writer::Writer;
use crate::config::{Config, ConfiguredPolicy, Overrides};
use crate::model::Context;

/// What requests share.
#[derive(Debug)]
pub(super) struct Shared {
    /// Reads pages and judges candidates.
    pub(super) readers: Arc<Readers>,
    /// Runs the SQL of clients.
    pub(super) queries: Arc<Readers>,
    /// Writes, where a token lets anybody.
    pub(super) writer: Option<Writer>,
    /// What a client that writes must know.
    pub(super) token: Option<Token>,
    /// Rendered answers.
    pub(super) answers: Answers,
    /// Grows with every commit.
    pub(super) generation: Arc<AtomicU64>,
    /// The document that describes the interface.
    pub(super) openapi: Rendered,
    /// The same for people.
    pub(super) docs: Rendered,
    /// Which series an id means.
    pub(super) series: SeriesIndex,
    /// What the pages of the dashboard share.
    pub(super) dashboard: Dashboard,
    /// The folder that it is in, to keep it out of answers.
    pub(super) folder: PathBuf,
    /// Time that a query of a client takes at most.
    pub(super) query_time: Duration,
    /// The policy.
    pub(super) config: Config,
    /// What completes results: other names of models and hardware.
    pub(super) context: Context,
    /// The history's name, without where it is.
    pub(super) name: String,
    /// The clock.
    pub(super) now: fn() -> Timestamp,
}

impl Shared {
    /// The policy as it is today.
    pub(super) fn policy(&self) -> ConfiguredPolicy {
        let today = Some((self.now)().to_zoned(TimeZone::UTC).date());
        self.config.policy(&Overrides { today, ..Overrides::default() })
    }
}

/// How handlers hold it.
pub(super) type AppState = Arc<Shared>;
