//! `/health`: whether the server can do its work.
//!
//! For: a monitor. Not for: what the history holds.
//! Invariant: `ok` means that the history was just read.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::state::AppState;

/// The state of the server.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`; anything else is a problem.
    #[schema(value_type = String)]
    status: &'static str,
    /// Now.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// Whether it takes writes.
    is_writable: bool,
}

/// Read the history, and say whether that works.
#[utoipa::path(get, path = "/health", tag = "server", responses((status = 200, description = "It works", body = Health)))]
pub(super) async fn health(State(state): State<AppState>) -> Result<Json<Health>, Problem> {
    let read = state.readers.read(|store| Ok(store.ping()?)).await;
    read.map_err(|problem| if problem.status().is_server_error() { Problem::unavailable() } else { problem })?;
    Ok(Json(Health { status: "ok", timestamp: (state.now)(), is_writable: state.writer.is_some() }))
}
