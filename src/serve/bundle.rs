//! A bundle in a request.
//!
//! For: the runs of a body in benchgate's own format, plain or packed. Not for: storing or judging them.
//! Invariant: what is unpacked is counted, and one byte too many ends it; a bundle is read whole or refused with the place
//! of its defect.

use std::io::{Cursor, Read as _};
use std::ops::ControlFlow;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use flate2::read::MultiGzDecoder;

use super::body::{has_type, read};
use super::limits::{BUNDLE_BYTES, UNPACKED_BYTES};
use super::problem::Problem;
use super::writer::SentRun;
use crate::formats::{self, Format, Limits, ReadError, ReadOptions, Sink};
use crate::model::{Record, ResultDraft, RunDraft};

/// What the body of a request holds.
#[derive(Debug)]
pub(super) struct Bundle {
    /// BLAKE3 of the unpacked text, in hexadecimal.
    pub(super) content_hash: String,
    /// Its size.
    pub(super) bytes: u64,
    /// The format's name.
    pub(super) format: String,
    /// The runs.
    pub(super) runs: Vec<SentRun>,
}

impl<S: Send + Sync> FromRequest<S> for Bundle {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let headers = request.headers();
        let format = if has_type(headers, &["application/x-ndjson", "application/jsonl"]) {
            Format::NativeLines
        } else if has_type(headers, &["application/json"]) {
            Format::Native
        } else {
            return Err(Problem::wrong_type("a bundle, with `Content-Type: application/x-ndjson`"));
        };
        let is_packed = match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes()) {
            None | Some(b"identity") => false,
            Some(b"gzip") => true,
            Some(_) => return Err(Problem::wrong_type("plain, or packed with gzip")),
        };
        let body = read(request, BUNDLE_BYTES).await?;
        let parsing = tokio::task::spawn_blocking(move || parse(&body, format, is_packed)).await;
        parsing.unwrap_or_else(|error| {
            tracing::error!(%error, "reading a bundle failed");
            Err(Problem::internal("DB003"))
        })
    }
}

fn parse(body: &Bytes, format: Format, is_packed: bool) -> Result<Bundle, Problem> {
    let text = if is_packed { unpack(body)? } else { body.to_vec() };
    let (content_hash, bytes) = (blake3::hash(&text).to_hex().to_string(), text.len() as u64);
    let limits = Limits { max_line_bytes: BUNDLE_BYTES, ..Limits::default() };
    let options = ReadOptions { format: Some(format), limits, ..ReadOptions::default() };
    let mut runs = Runs(Vec::new());
    formats::read(Cursor::new(text), "the body", &options, &mut runs).map_err(|error| match error {
        ReadError::Malformed(defect) => Problem::invalid(defect.to_string()),
        ReadError::Skipped(reason) => Problem::invalid(reason),
        ReadError::Io(_) | ReadError::Stopped => Problem::malformed("the body could not be read to its end"),
    })?;
    Ok(Bundle { content_hash, bytes, format: format.to_string(), runs: runs.0 })
}

fn unpack(body: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut text = Vec::new();
    let mut decoder = MultiGzDecoder::new(body).take(UNPACKED_BYTES + 1);
    decoder.read_to_end(&mut text).map_err(|_defect| Problem::malformed("the body is not packed with gzip"))?;
    if text.len() as u64 > UNPACKED_BYTES { Err(Problem::too_large(UNPACKED_BYTES)) } else { Ok(text) }
}

struct Runs(Vec<SentRun>);

impl Runs {
    fn current(&mut self) -> &mut SentRun {
        self.0.last_mut().expect("internal error: what a run holds comes after it")
    }
}

impl Sink for Runs {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.0.push(SentRun { run, ..SentRun::default() });
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        self.current().results.push(result);
        ControlFlow::Continue(())
    }

    fn record(&mut self, record: Record) -> ControlFlow<()> {
        self.current().records.push(record);
        ControlFlow::Continue(())
    }
}
