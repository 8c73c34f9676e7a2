//! Rendered answers, kept until the history changes.
//!
//! For: reading and rendering once what many ask for, and telling a client that what it has is still right. Not for:
//! answers to writes.
//! Invariant: an answer is found under the generation of the history that it was asked at, so that a client that was
//! told of its write never gets an answer from before it; what is kept is bounded in bytes.

use std::io::Write as _;
use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Serialize;

use super::asked::Asked;
use super::limits::KEPT_BYTES;
use super::page;
use super::problem::Problem;
use super::state::AppState;
use crate::store::Store;
use crate::store::listing::{Page, Rows};

/// Bytes from which compressing an answer is worth it.
const LEAST_COMPRESSED: usize = 1024;

/// What is kept of an answer.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    plain: Bytes,
    packed: Option<Bytes>,
    /// Its hash: equal answers have equal marks, also after a restart.
    mark: String,
    content_type: &'static str,
    next: Option<String>,
}

/// Answers weigh what they take in memory.
#[derive(Clone, Debug)]
pub(super) struct ByBytes;

impl Weighter<(u64, String), Rendered> for ByBytes {
    fn weight(&self, (_, target): &(u64, String), rendered: &Rendered) -> u64 {
        (256 + target.len() + rendered.plain.len() + rendered.packed.as_ref().map_or(0, Bytes::len)) as u64
    }
}

/// Answers by generation and target.
#[derive(Debug)]
pub(super) struct Answers(Cache<(u64, String), Rendered, ByBytes>);

impl Answers {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(1000, KEPT_BYTES, ByBytes))
    }
}

/// The answer to a request: a kept one, or what reading gives. Who asks for the same meanwhile waits for it.
pub(super) async fn answer(
    state: &AppState,
    asked: &Asked,
    read: impl FnOnce(&Store) -> Result<Rendered, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let key = (state.generation.load(Ordering::Acquire), asked.target.clone());
    let rendered = match state.answers.0.get_value_or_guard_async(&key).await {
        Ok(rendered) => rendered,
        Err(guard) => {
            let rendered = state.readers.read(read).await?;
            // It is kept, or evicted at once where it is too large.
            let _ = guard.insert(rendered.clone());
            rendered
        }
    };
    Ok(rendered.response(asked))
}

/// The answer to a request for a page of a list, as an array.
pub(super) async fn list<T: Serialize>(
    state: &AppState,
    asked: &Asked,
    page: Page,
    read: impl FnOnce(&Store, Page) -> Result<Rows<T>, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let target = asked.target.clone();
    answer(state, asked, move |store| {
        let rows = read(store, page)?;
        let next = rows.has_more.then(|| page::next(&target, page));
        Ok(Rendered::json(&rows.rows).followed_by(next))
    })
    .await
}

impl Rendered {
    /// A value as JSON.
    pub(super) fn json(value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("internal error: an answer has texts for keys and finite numbers");
        Self::of(body, "application/json")
    }

    /// A body of a type.
    pub(super) fn of(plain: Vec<u8>, content_type: &'static str) -> Self {
        let packed = (plain.len() >= LEAST_COMPRESSED).then(|| pack(&plain)).flatten();
        let mark = blake3::hash(&plain).to_hex()[..32].to_owned();
        Self { plain: plain.into(), packed, mark, content_type, next: None }
    }

    /// The same, with where the next part of a list is.
    pub(super) fn followed_by(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }

    /// An answer of its own for one client.
    pub(super) fn response(&self, asked: &Asked) -> Response {
        let packed = self.packed.as_ref().filter(|_| asked.takes_gzip);
        let mark = if packed.is_some() { format!("\"{}-gzip\"", self.mark) } else { format!("\"{}\"", self.mark) };
        let is_known = asked.known.as_deref().is_some_and(|known| knows(known, &self.mark));
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Response::new(Body::from(packed.unwrap_or(&self.plain).clone()))
        };
        let headers = response.headers_mut();
        let value = |text: &str| HeaderValue::from_str(text).ok();
        if !is_known {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            if packed.is_some() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        headers.extend(value(&mark).map(|mark| (header::ETAG, mark)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let next = self.next.as_ref().and_then(|next| value(&format!("<{next}>; rel=\"next\"")));
        headers.extend(next.map(|next| (header::LINK, next)));
        response
    }
}

/// Whether a client's list of marks has this one, of either form.
fn knows(known: &str, mark: &str) -> bool {
    known.split(',').map(str::trim).any(|one| {
        let one = one.strip_prefix("W/").unwrap_or(one).trim_matches('"');
        one == "*" || one.strip_suffix("-gzip").unwrap_or(one) == mark
    })
}

fn pack(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_known_in_every_way_of_writing_it() {
        for known in ["\"m\"", "\"x\", \"m\"", "W/\"m\"", "\"m-gzip\"", "*"] {
            assert!(knows(known, "m"), "{known}");
        }
        assert!(!knows("\"x\"", "m"));
    }
}
