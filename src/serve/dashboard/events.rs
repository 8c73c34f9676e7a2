//! Telling open pages that there is more to show.
//!
//! For: a stream of server-sent events, one for each state of the history. Not for: what changed; a page asks for itself.
//! Invariant: the number of streams is bounded; a stream ends when its reader is gone or the server ends; a state is told
//! of when pages show it, not before.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use http_body_util::channel::{Channel, Sender};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, interval};

use super::seen::word;
use crate::serve::limits::{EVENT_STREAMS, HEARTBEAT, LOOK_FOR_EVENTS};
use crate::serve::problem::Problem;
use crate::serve::state::AppState;

/// The streams.
#[derive(Debug)]
pub(super) struct Streams {
    free: Arc<Semaphore>,
    is_ending: watch::Sender<bool>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(EVENT_STREAMS)), is_ending: watch::Sender::new(false) }
    }
}

impl Streams {
    /// Ends them all.
    pub(super) fn end(&self) {
        self.is_ending.send_replace(true);
    }
}

/// Opens a stream.
pub(super) async fn events(State(state): State<AppState>) -> Response {
    let Ok(place) = Arc::clone(&state.dashboard.streams.free).try_acquire_owned() else {
        return Problem::overloaded("too many pages listen already").into_response();
    };
    let (sender, body) = Channel::<Bytes, Infallible>::new(4);
    tokio::spawn(async move {
        let mut is_ending = state.dashboard.streams.is_ending.subscribe();
        tokio::select! {
            () = tell(&state, sender) => (),
            _ = is_ending.wait_for(|is_ending| *is_ending) => (),
        }
        drop(place);
    });
    let mut response = Response::new(Body::new(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Tells of the present state at once, then of others; until nobody listens.
async fn tell(state: &AppState, mut sender: Sender<Bytes, Infallible>) {
    let mut ticks = interval(LOOK_FOR_EVENTS);
    let (mut told, mut last) = (None, Instant::now());
    loop {
        ticks.tick().await;
        let generation = state.generation.load(Ordering::Acquire);
        let is_new = told != Some(generation) && state.dashboard.newest.shows(generation, (state.now)()).await;
        let text = if is_new {
            told = Some(generation);
            format!("event: state\ndata: {}\n\n", word(generation))
        } else if last.elapsed() >= HEARTBEAT {
            ": still here\n\n".to_owned()
        } else {
            continue;
        };
        if sender.send_data(text.into()).await.is_err() {
            return;
        }
        last = Instant::now();
    }
}
