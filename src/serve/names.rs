//! `/hardware` and `/models`: what there is to choose from.
//!
//! For: names with how often they were measured. Not for: what was measured.
//! Invariant: results are counted.
#![expect(unused_qualifications, reason = "the macro that describes endpoints writes them")]

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answers;
use super::asked::{Asked, Parameters};
use super::page::page;
use super::problem::Problem;
use super::state::AppState;
use crate::store::listing::{HardwareRow, ModelRow};

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NamesQuery {
    /// Rows at most.
    #[param(minimum = 1, maximum = 10_000, default = 1000)]
    limit: Option<u64>,
    /// Rows before them.
    #[param(maximum = 100_000_000, default = 0)]
    offset: Option<u64>,
}

/// List hardware types and devices, with how many results each has.
#[utoipa::path(
    get, path = "/hardware", tag = "names", params(NamesQuery),
    responses((status = 200, description = "Hardware", body = [HardwareRow]))
)]
pub(super) async fn list_hardware(
    State(state): State<AppState>,
    asked: Asked,
    Parameters(query): Parameters<NamesQuery>,
) -> Result<Response, Problem> {
    let page = page(query.limit, query.offset)?;
    answers::list(&state, &asked, page, |store, page| Ok(store.hardware_page(page)?)).await
}

/// List models, with how many results each has.
#[utoipa::path(
    get, path = "/models", tag = "names", params(NamesQuery),
    responses((status = 200, description = "Models", body = [ModelRow]))
)]
pub(super) async fn list_models(
    State(state): State<AppState>,
    asked: Asked,
    Parameters(query): Parameters<NamesQuery>,
) -> Result<Response, Problem> {
    let page = page(query.limit, query.offset)?;
    answers::list(&state, &asked, page, |store, page| Ok(store.models_page(page)?)).await
}
