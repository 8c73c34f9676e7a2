//! `/openapi.json` and `/docs`: the interface, for programs and for people.
//!
//! For: answering with them. Not for: what is in them (see `openapi` and `docs_page`).
//! Invariant: both are made once, when the server starts.

use axum::extract::State;
use axum::response::Response;

use super::asked::Asked;
use super::state::AppState;

/// The document.
pub(super) async fn openapi(State(state): State<AppState>, asked: Asked) -> Response {
    state.openapi.response(&asked)
}

/// The page.
pub(super) async fn page(State(state): State<AppState>, asked: Asked) -> Response {
    state.docs.response(&asked)
}
