//! `/`: what this is.
//!
//! For: the former system's answer. Not for: the state of the server (see `health`).
//! Invariant: names and version of the former interface stay as they were.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// What this is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct About {
    /// The name of the interface.
    #[schema(value_type = String)]
    message: &'static str,
    /// Its version.
    #[schema(value_type = String)]
    version: &'static str,
}

/// Say what this is.
#[utoipa::path(get, path = "/", tag = "server", responses((status = 200, description = "The interface", body = About)))]
pub(super) async fn root() -> Json<About> {
    Json(About { message: "Benchmark Database API", version: "0.1.0" })
}
