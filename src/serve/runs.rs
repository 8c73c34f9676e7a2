//! `/runs`: whole bundles.
//!
//! For: storing what a job measured, at once. Not for: single results (see `performance`).
//! Invariant: a bundle is stored wholly or not at all, and once however often it is sent.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::MayWrite;
use super::bundle::Bundle;
use super::problem::Problem;
use super::state::AppState;
use super::writer::Sent;
use crate::store::ImportOutcome;

/// What became of a bundle.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Stored {
    /// The runs in it, by their ids.
    runs: Vec<String>,
    /// Results that are new.
    results: u64,
    /// Of them, those that failed to run.
    failed: u64,
    /// Measurements that are new.
    measurements: u64,
    /// Results that the history held already, with the same values.
    known: u64,
    /// Of the new results, those that are marked as simulated.
    simulated: u64,
    /// Of the new results, those whose values look made up.
    suspicious: u64,
}

/// Store the runs of a bundle, all or none.
///
/// The body is benchgate's own format, schema `benchgate/results/v1`: JSON Lines (`application/x-ndjson`, what
/// `benchgate collect` writes) or one JSON document (`application/json`), plain or with `Content-Encoding: gzip`.
#[utoipa::path(
    post, path = "/runs", tag = "results", security(("token" = [])),
    request_body(content((String = "application/x-ndjson"), (Object = "application/json"))),
    responses((status = 200, description = "The runs are stored, durably", body = Stored))
)]
pub(super) async fn store_runs(
    State(state): State<AppState>,
    MayWrite(writer): MayWrite,
    Bundle { content_hash, bytes, format, runs }: Bundle,
) -> Result<Json<Stored>, Problem> {
    let ids = runs.iter().map(|sent| {
        let first = sent.results.iter().filter_map(|result| result.measured_at).min();
        let run = state.context.complete_run(sent.run.clone(), &content_hash, first);
        run.map(|run| run.id().to_string())
    });
    let ids = ids.collect::<Result<_, _>>().map_err(crate::store::import::ImportError::Missing)?;
    let sent = Sent { name: "POST /runs", format, content_hash, bytes, runs, is_alone: true };
    let ImportOutcome { results, failed, measurements, known, simulated, suspicious, .. } = writer.store(sent).await?;
    Ok(Json(Stored { runs: ids, results, failed, measurements, known, simulated, suspicious }))
}
