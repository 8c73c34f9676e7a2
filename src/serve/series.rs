//! `/series`: what was measured over time.
//!
//! For: lists of series, and the values of one. Not for: verdicts.
//! Invariant: a series is named by its id, which no name in it can change.
#![expect(unused_qualifications, reason = "the macro that describes endpoints writes them")]

use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answers::{self, Rendered};
use super::asked::{Asked, Name, Parameters};
use super::page::{next, page};
use super::problem::{Problem, ProblemDocument};
use super::state::AppState;
use crate::model::SeriesId;
use crate::store::listing::{Page, PointRow, SeriesFilter, SeriesRow};

/// Which series.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SeriesQuery {
    /// Of this model.
    model: Option<String>,
    /// On this hardware type.
    hardware: Option<String>,
    /// Of this test case.
    test_case: Option<String>,
    /// With this batch size.
    #[param(maximum = 4_294_967_295u64)]
    batch_size: Option<u32>,
    /// In this precision.
    precision: Option<String>,
    /// Of this metric.
    metric: Option<String>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 10_000, default = 1000)]
    limit: Option<u64>,
    /// Rows before them.
    #[param(maximum = 100_000_000, default = 0)]
    offset: Option<u64>,
}

/// List series.
#[utoipa::path(
    get, path = "/series", tag = "series", params(SeriesQuery),
    responses((status = 200, description = "Series", body = [SeriesRow]))
)]
pub(super) async fn list_series(
    State(state): State<AppState>,
    asked: Asked,
    Parameters(query): Parameters<SeriesQuery>,
) -> Result<Response, Problem> {
    let page = page(query.limit, query.offset)?;
    let SeriesQuery { model, hardware, test_case, batch_size, precision, metric, limit: _, offset: _ } = query;
    let filter = SeriesFilter { model, hardware, test_case, batch_size, precision, metric, configuration: None };
    answers::list(&state, &asked, page, move |store, page| Ok(store.series_page(&filter, page)?)).await
}

/// Which values.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PointsQuery {
    /// Values at most.
    #[param(minimum = 1, maximum = 10_000, default = 1000)]
    limit: Option<u64>,
    /// Values before them.
    #[param(maximum = 100_000_000, default = 0)]
    offset: Option<u64>,
}

/// A series with some of its values.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SeriesWithPoints {
    /// The series.
    #[serde(flatten)]
    series: SeriesRow,
    /// Its values, newest first.
    points: Vec<PointRow>,
}

/// Show the values of a series, newest first.
#[utoipa::path(
    get, path = "/series/{id}", tag = "series", params(("id" = String, Path, description = "The series"), PointsQuery),
    responses(
        (status = 200, description = "The series and its values", body = SeriesWithPoints),
        (status = 404, description = "There is no such series", body = ProblemDocument, content_type = "application/problem+json")
    )
)]
pub(super) async fn show_series(
    State(state): State<AppState>,
    asked: Asked,
    Name(id): Name,
    Parameters(query): Parameters<PointsQuery>,
) -> Result<Response, Problem> {
    let page = page(query.limit, query.offset)?;
    let unknown = || Problem::not_found("there is no such series; /series lists them");
    let id = Some(&id).filter(|id| id.len() == 16).and_then(|id| u64::from_str_radix(id, 16).ok());
    let id = SeriesId(id.ok_or_else(unknown)?);
    let (target, index) = (asked.target.clone(), state.series.clone());
    let generation = state.generation.load(Ordering::Acquire);
    answers::answer(&state, &asked, move |store| {
        let (configuration, metric) = index.find(id, generation, store)?.ok_or_else(unknown)?;
        let filter =
            SeriesFilter { configuration: Some(configuration), metric: Some(metric), ..SeriesFilter::default() };
        let series = store.series_page(&filter, Page { limit: 1, offset: 0 })?.rows.pop().ok_or_else(unknown)?;
        let points = store.points_page(configuration, &series.metric, page)?;
        let next = points.has_more.then(|| next(&target, page));
        Ok(Rendered::json(&SeriesWithPoints { series, points: points.rows }).followed_by(next))
    })
    .await
}
