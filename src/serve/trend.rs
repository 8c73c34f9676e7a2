//! `/trend`: every series over time.
//!
//! For: what changed, between which commits, and what stopped reporting. Not for: judging a candidate (see `compare`).
//! Invariant: the answer is the trend of the command line for the same series, history and policy.
#![expect(unused_qualifications, reason = "the macro that describes endpoints writes them")]

use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answers::{self, Rendered};
use super::asked::{Asked, Parameters};
use super::problem::{Problem, ProblemDocument};
use super::state::AppState;
use crate::assemble::trend::whole_trend;
use crate::model::SeriesMeta;
use crate::report;

/// Which series.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TrendQuery {
    /// Of this model.
    model: Option<String>,
    /// On this hardware type.
    hardware: Option<String>,
    /// Of this metric.
    metric: Option<String>,
    /// Runs of this branch only; without it, those of the policy's.
    branch: Option<String>,
    /// List only what began since then.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

impl TrendQuery {
    fn is_wanted(&self, series: &SeriesMeta) -> bool {
        let configuration = &series.key.configuration;
        let fits = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        fits(&self.model, &configuration.model)
            && fits(&self.hardware, &configuration.hardware.kind)
            && fits(&self.metric, &series.key.metric)
    }
}

/// Look at series over time.
///
/// The answer is that of `benchgate trend --format json`.
#[utoipa::path(
    get, path = "/trend", tag = "verdicts", params(TrendQuery),
    responses(
        (status = 200, description = "The trend", body = Object),
        (status = 404, description = "There is no such series", body = ProblemDocument, content_type = "application/problem+json")
    )
)]
pub(super) async fn trend(
    State(state): State<AppState>,
    asked: Asked,
    Parameters(query): Parameters<TrendQuery>,
) -> Result<Response, Problem> {
    let shared = Arc::clone(&state);
    answers::answer(&state, &asked, move |store| {
        let branch = query.branch.clone().or_else(|| shared.config.baseline_branch().map(|setting| setting.value));
        let (policy, name) = (shared.policy(), Path::new(&shared.name));
        let view = whole_trend(store, &policy, branch, query.since, name, |series| query.is_wanted(series))?;
        let view = view.ok_or_else(|| Problem::not_found("there is no such series; /series lists them"))?;
        Ok(Rendered::of(report::trend_json(&view).into_bytes(), "application/json"))
    })
    .await
}
