//! What a request brings.
//!
//! For: a JSON body as a value, and bytes of a body up to a limit. Not for: what they mean.
//! Invariant: a body is bounded before it is read, its form is checked, and a field that is not known is a problem that
//! names it.

use std::error::Error as _;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use tower_http::timeout::TimeoutError;

use super::limits::BODY_BYTES;
use super::problem::Problem;

/// A JSON body.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !has_type(request.headers(), &["application/json"]) {
            return Err(Problem::wrong_type("JSON, with `Content-Type: application/json`"));
        }
        parse(&read(request, BODY_BYTES).await?).map(Self)
    }
}

/// The bytes of a body.
///
/// # Errors
/// Where there are more, or they do not come in time.
pub(super) async fn read(request: Request, most: usize) -> Result<Bytes, Problem> {
    to_bytes(request.into_body(), most).await.map_err(|error| {
        let mut cause = error.source();
        while let Some(one) = cause {
            if one.is::<LengthLimitError>() {
                return Problem::too_large(most as u64);
            }
            if one.is::<TimeoutError>() {
                return Problem::too_slow();
            }
            cause = one.source();
        }
        Problem::malformed("the body could not be read to its end")
    })
}

/// Whether a body says that it is of one of these types.
pub(super) fn has_type(headers: &HeaderMap, types: &[&str]) -> bool {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let stated = stated.split(';').next().unwrap_or_default().trim();
    types.iter().any(|one| stated.eq_ignore_ascii_case(one))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let source = error.into_inner();
        match source.classify() {
            serde_json::error::Category::Data if path == "." => Problem::invalid(source.to_string()),
            serde_json::error::Category::Data => Problem::invalid(format!("`{path}`: {source}")),
            _ => Problem::malformed(format!("the body is no JSON: {source}")),
        }
    })?;
    deserializer.end().map_err(|error| Problem::malformed(format!("the body is no JSON: {error}")))?;
    Ok(value)
}
