//! The newest look at the history, kept until there is reason for another.
//!
//! For: looking once for all pages and all who ask. Not for: what a look is (see `look`).
//! Invariant: nobody looks while somebody else does; while results pour in, looking takes a part of the time only, and
//! pages are a little older than the history.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::judged::Settings;
use super::look::Look;
use crate::report::dashboard::Frame;
use crate::serve::limits::LOOK_REST;
use crate::serve::problem::Problem;
use crate::serve::state::AppState;

/// A look, with what it was made of.
#[derive(Debug)]
pub(super) struct Seen {
    /// The history as it was.
    pub(super) look: Look,
    /// How it is judged.
    pub(super) settings: Settings,
    /// The state of the history.
    pub(super) generation: u64,
    started_at: Timestamp,
    /// Until when no other look is made.
    rests_until: Timestamp,
}

impl Seen {
    /// What pages are told.
    pub(super) fn frame(&self) -> Frame {
        Frame { state: word(self.generation), database: self.settings.database.clone() }
    }
}

/// A state of the history in a word. Another process counts anew, so the number alone would not tell states apart.
pub(super) fn word(generation: u64) -> String {
    format!("{}-{generation}", std::process::id())
}

/// The newest look.
#[derive(Debug, Default)]
pub(super) struct Newest(Mutex<Option<Arc<Seen>>>);

impl Newest {
    /// A look at the present history, or at what it was a little while ago.
    ///
    /// # Errors
    /// As reading.
    pub(super) async fn look(&self, state: &AppState) -> Result<Arc<Seen>, Problem> {
        let mut newest = self.0.lock().await;
        let generation = state.generation.load(Ordering::Acquire);
        let now = (state.now)();
        if let Some(seen) = newest.as_ref().filter(|seen| seen.is_fit(generation, now)) {
            return Ok(Arc::clone(seen));
        }
        let settings = Settings::of(state);
        let asked = settings.clone();
        let look = state.readers.read(move |store| Ok(Look::of(store, &asked)?)).await?;
        let ended_at = (state.now)();
        let rests_until = ended_at + ended_at.duration_since(now).max(SignedDuration::ZERO) * LOOK_REST;
        let seen = Arc::new(Seen { look, settings, generation, started_at: now, rests_until });
        *newest = Some(Arc::clone(&seen));
        Ok(seen)
    }

    /// Whether a page that is asked for now would show this state.
    pub(super) async fn shows(&self, generation: u64, now: Timestamp) -> bool {
        let newest = self.0.lock().await;
        newest.as_ref().is_none_or(|seen| seen.generation >= generation || !seen.is_fit(generation, now))
    }
}

impl Seen {
    /// Whether it may be shown for a state. Waivers end with a day, so no look outlives its own.
    fn is_fit(&self, generation: u64, now: Timestamp) -> bool {
        let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
        (self.generation == generation || now < self.rests_until) && day(self.started_at) == day(now)
    }
}
