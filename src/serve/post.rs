//! One result in a request of its own.
//!
//! For: making a run of it, and answering as the former system did. Not for: what the result is (see its endpoint).
//! Invariant: a run is named by what was sent and its `Idempotency-Key`, so that a request that is sent twice is stored
//! once; a run that the request names must be in the history.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::HeaderMap;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::problem::Problem;
use super::state::AppState;
use super::writer::{Sent, SentRun, Writer};
use crate::model::{Context, Record, ResultDraft, RunDraft, RunId};
use crate::store::listing::KnownName;
use crate::store::record_id;

/// Bytes of the longest text.
const MOST_TEXT: usize = 16 << 10;

/// The header that tells equal requests apart, or says that they are one.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What was stored.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SuccessResponse {
    /// Always true; what fails is a problem.
    success: bool,
    /// What was done.
    message: String,
    /// The id of what was stored.
    result_id: String,
    /// Whether it was not in the history before.
    is_new: bool,
}

/// Where what is stored comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    pub(super) run_id: Option<String>,
    pub(super) measured_at: Option<Timestamp>,
    pub(super) git_commit: Option<String>,
    pub(super) git_branch: Option<String>,
}

/// What is stored.
#[derive(Clone, Debug)]
pub(super) enum One {
    Result(Box<ResultDraft>),
    Record(Box<Record>),
}

/// What a request asks to be stored.
pub(super) struct Post<'a, T> {
    /// The endpoint.
    pub(super) name: &'static str,
    /// What was sent.
    pub(super) body: &'a T,
    /// How to say that it is stored.
    pub(super) message: &'static str,
    pub(super) origin: Origin,
    pub(super) one: One,
}

impl<T: Serialize> Post<'_, T> {
    /// Stores it.
    ///
    /// # Errors
    /// Where the named run is not known or lacks a fact, and what the writer refuses.
    pub(super) async fn store(
        self,
        state: &AppState,
        writer: &Writer,
        headers: &HeaderMap,
    ) -> Result<Json<SuccessResponse>, Problem> {
        let Self { name, body, message, origin, one } = self;
        let bytes = serde_json::to_vec(body).expect("internal error: what came as JSON goes as JSON");
        let mut hasher = blake3::Hasher::new();
        for part in [name.as_bytes(), headers.get(IDEMPOTENCY_KEY).map_or(&[][..], |key| key.as_bytes()), &bytes] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        let content_hash = hasher.finalize().to_hex().to_string();
        let is_alone = origin.run_id.is_some();
        let run = run(state, origin).await?;
        let result_id = id(&state.context, &run, &content_hash, &one)?;
        let (results, records) = match one {
            One::Result(result) => (vec![*result], Vec::new()),
            One::Record(record) => (Vec::new(), vec![*record]),
        };
        let runs = vec![SentRun { run, results, records }];
        let bytes = bytes.len() as u64;
        let sent = Sent { name, format: "api".to_owned(), content_hash, bytes, runs, is_alone };
        let outcome = writer.store(sent).await?;
        let is_new = outcome.written() > 0;
        let (success, message) = (true, message.to_owned());
        Ok(Json(SuccessResponse { success, message, result_id: result_id.to_string(), is_new }))
    }
}

async fn run(state: &AppState, origin: Origin) -> Result<RunDraft, Problem> {
    let Origin { run_id, measured_at, git_commit, git_branch } = origin;
    let Some(name) = run_id else {
        // When a result is sent is when it was measured, if it does not say.
        let started_at = Some(measured_at.unwrap_or_else(state.now));
        let (commit, branch) = (git_commit, git_branch);
        return Ok(RunDraft { commit, branch, started_at, is_without_origin: true, ..RunDraft::default() });
    };
    let asked = name.clone();
    match state.readers.read(move |store| Ok(store.run_named(&asked)?)).await? {
        KnownName::Run(run) => Ok(*run),
        KnownName::Unknown => Err(Problem::invalid(format!("`run_id`: there is no run `{name}`"))),
        KnownName::Several => {
            Err(Problem::ambiguous(format!("`run_id`: several runs are named `{name}`; give the id of one")))
        }
    }
}

fn id(context: &Context, run: &RunDraft, content_hash: &str, one: &One) -> Result<u64, Problem> {
    let missing = |fact| Problem::from(crate::store::import::ImportError::Missing(fact));
    let run: RunId = context.complete_run(run.clone(), content_hash, None).map_err(missing)?.id();
    Ok(match one {
        // As the table `performance_results` has it.
        One::Result(result) => {
            run.0 ^ context.complete_result((**result).clone()).map_err(missing)?.configuration.id().0
        }
        One::Record(record) => record_id(record, run, context),
    })
}

/// Checks that a text says something and is not too long.
pub(super) fn bounded(name: &str, text: Option<&str>) -> Result<(), Problem> {
    match text {
        Some(text) if text.len() > MOST_TEXT => {
            Err(Problem::invalid(format!("`{name}` is longer than {MOST_TEXT} bytes")))
        }
        Some(text) if text.trim().is_empty() => Err(Problem::invalid(format!("`{name}` is empty"))),
        _ => Ok(()),
    }
}

/// What a record says beside its columns: what the request has under `metadata`, and fields of its own, which win.
pub(super) fn details<const N: usize>(
    metadata: &BTreeMap<String, Value>,
    own: [(&str, Option<String>); N],
) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let others = metadata.iter().map(|(name, value)| (name.clone(), text(value)));
    let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    others.chain(own).collect()
}
