//! `/`: what this is.
//!
//! For: the former system's answer. Not for: the state of the server (see `health`).
//! Invariant: names and version of the former interface stay as they were.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::report::dashboard::HOME;

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

/// Say what this is; browsers are led to the dashboard.
#[utoipa::path(get, path = "/", tag = "server", responses(
    (status = 200, description = "The interface", body = About),
    (status = 303, description = "The dashboard, for browsers")
))]
pub(super) async fn root(headers: HeaderMap) -> Response {
    // Browsers name HTML first; programs take anything, or JSON.
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = if accepted.trim_start().starts_with("text/html") {
        Redirect::to(HOME).into_response()
    } else {
        Json(About { message: "Benchmark Database API", version: "0.1.0" }).into_response()
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}
