//! `/compare`: a verdict on results that need not be stored.
//!
//! For: judging a bundle against the history, as `benchgate compare` does. Not for: storing it.
//! Invariant: the answer is the report of the command line, byte for byte, for the same bundle, history and policy.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::bundle::Bundle;
use super::problem::Problem;
use super::state::{AppState, Shared};
use super::writer::SentRun;
use crate::assemble::candidate::stated_time;
use crate::assemble::found::complete;
use crate::assemble::{CandidateError, FirstRun, Found, baseline};
use crate::gate;
use crate::report::{self, Provenance, View};
use crate::store::{BaselineFilter, Store};

/// What the candidate is called in the report.
const CANDIDATE: &str = "candidate";

/// Judge a candidate against the history; nothing is stored.
///
/// The body is a bundle, as for `/runs`; the answer is the report of `benchgate compare --format json`, schema
/// `benchgate/report/v1`.
#[utoipa::path(
    post, path = "/compare", tag = "verdicts",
    request_body(content((String = "application/x-ndjson"), (Object = "application/json"))),
    responses((status = 200, description = "The report", body = Object))
)]
pub(super) async fn compare(State(state): State<AppState>, bundle: Bundle) -> Result<Response, Problem> {
    let shared = Arc::clone(&state);
    let report = state.readers.read(move |store| judge(store, &shared, bundle)).await?;
    let mut response = report.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn judge(store: &Store, shared: &Shared, bundle: Bundle) -> Result<String, Problem> {
    let Bundle { runs, content_hash, .. } = bundle;
    let found = runs.into_iter().map(|sent| found(sent, shared, &content_hash)).collect::<Result<Vec<_>, _>>()?;
    let FirstRun { run, series, commit, key, numbers: _ } = FirstRun::of(&[(CANDIDATE, &found)], &shared.context)
        .map_err(|error| match error {
            CandidateError::Unfit { reason, .. } => Problem::invalid(reason),
            CandidateError::Repeated(error) => error.into(),
        })?;
    let policy = shared.policy();
    let filter = BaselineFilter {
        branch: shared.config.baseline_branch().map(|setting| setting.value),
        before: stated_time(&found),
        own_runs: found.iter().map(|one| one.own_run.clone()).collect(),
        excluded_commits: Vec::new(),
        window: baseline::window(&series, &policy),
    };
    let judgement = gate::judge(&run, &store.history(&series, &filter)?, &policy);
    let provenance = Provenance {
        files: vec![CANDIDATE.to_owned()],
        commit,
        run: key,
        reruns: run.reruns.len(),
        database: shared.name.clone(),
        rule: baseline::rule(&filter),
        history: None,
        notices: Vec::new(),
        url: None,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(report::json(&View::new(&judgement, &provenance)))
}

fn found(sent: SentRun, shared: &Shared, content_hash: &str) -> Result<Found, Problem> {
    let results = sent.results.into_iter().map(|result| shared.context.complete_result(result));
    let results = results.collect::<Result<_, _>>().map_err(crate::store::import::ImportError::Missing)?;
    let hash = || Ok(content_hash.to_owned());
    complete(sent.run, results, CANDIDATE, &shared.context, hash)
}
