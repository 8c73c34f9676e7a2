//! The dashboard over HTTP.
//!
//! For: addresses, kept pages, headers. Not for: what a page is made of (see `pages`).
//! Invariant: whatever is asked below `/dashboard`, the answer is a page, also where something went wrong; a page is
//! rendered once for each state of the history, and what is kept is bounded in bytes.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use quick_cache::sync::Cache;

use super::events::{Streams, events};
use super::pages::Place;
use super::seen::Newest;
use crate::report::dashboard::{self, Asked, Frame, HOME};
use crate::report::html::LIVE_POLICY;
use crate::serve::answers::{ByBytes, Rendered};
use crate::serve::asked::Asked as Request;
use crate::serve::limits::KEPT_PAGE_BYTES;
use crate::serve::problem::Problem;
use crate::serve::state::AppState;

/// Pages that are kept, as far as is expected; their bytes are what is bounded.
const KEPT_PAGES: usize = 200;

/// The type of a page.
const HTML: &str = "text/html; charset=utf-8";

/// What the pages share.
#[derive(Debug)]
pub(in crate::serve) struct Dashboard {
    pub(super) newest: Newest,
    pub(super) streams: Streams,
    pages: Cache<(u64, String), Rendered, ByBytes>,
}

impl Default for Dashboard {
    /// Nothing is looked at until somebody asks.
    fn default() -> Self {
        let pages = Cache::with_weighter(KEPT_PAGES, KEPT_PAGE_BYTES, ByBytes);
        Self { newest: Newest::default(), streams: Streams::default(), pages }
    }
}

impl Dashboard {
    /// Ends what would never end by itself.
    pub(in crate::serve) fn end(&self) {
        self.streams.end();
    }
}

/// The addresses.
pub(in crate::serve) fn router() -> Router<AppState> {
    let pages = get(page);
    Router::new().route("/dashboard/events", get(events)).route(HOME, pages.clone()).route("/dashboard/{*rest}", pages)
}

async fn page(State(state): State<AppState>, uri: Uri, request: Request) -> Response {
    let mut response = match answer(&state, &uri, &request).await {
        Ok(response) => response,
        Err(problem) => refusal(&problem),
    };
    let policy = format!("{}; frame-ancestors 'none'", &*LIVE_POLICY);
    let policy = HeaderValue::from_str(&policy).expect("internal error: a policy is ASCII");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

async fn answer(state: &AppState, uri: &Uri, request: &Request) -> Result<Response, Problem> {
    let place = Place::of(uri.path()).ok_or_else(|| Problem::not_found("there is no such page"))?;
    let Query(asked): Query<Asked> =
        Query::try_from_uri(uri).map_err(|_unreadable| Problem::malformed("the address cannot be read"))?;
    let seen = state.dashboard.newest.look(state).await?;
    let key = (seen.generation, request.target.clone());
    let rendered = match state.dashboard.pages.get_value_or_guard_async(&key).await {
        Ok(rendered) => rendered,
        Err(guard) => {
            let seen = Arc::clone(&seen);
            let read = state
                .readers
                .read(move |store| Ok(Rendered::of(place.page(store, &seen, &asked)?.html().into_bytes(), HTML)));
            let rendered = read.await?;
            // It is kept, or evicted at once where it is too large.
            let _ = guard.insert(rendered.clone());
            rendered
        }
    };
    Ok(rendered.response(request))
}

/// A problem as a page.
fn refusal(problem: &Problem) -> Response {
    let status = problem.status();
    let hint = match status {
        StatusCode::NOT_FOUND => "It may be of another history, or the address is not whole.",
        StatusCode::SERVICE_UNAVAILABLE => "Ask again in a moment.",
        StatusCode::BAD_REQUEST => "Begin at the overview.",
        _ => "The server's log says what happened.",
    };
    let page = dashboard::problem(&Frame::default(), &sentence(problem.detail()), hint);
    let mut response = (status, page.html()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// With a capital letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
