//! Who may write.
//!
//! For: the token of a request. Not for: reading, which needs none.
//! Invariant: a request that may not write is refused before its body is read.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::problem::Problem;
use super::state::AppState;
use super::writer::Writer;

/// The right to write.
#[derive(Debug)]
pub(super) struct MayWrite(pub(super) Writer);

impl FromRequestParts<AppState> for MayWrite {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (Some(writer), Some(token)) = (&state.writer, &state.token) else { return Err(Problem::read_only()) };
        let stated = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let given = stated.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        match given {
            Some((_, text)) if token.is(text.trim()) => Ok(Self(writer.clone())),
            _ => Err(Problem::unauthorized()),
        }
    }
}
