//! `/query`: SQL of clients.
//!
//! For: questions that no endpoint answers. Not for: changing anything (see `store::statement`).
//! Invariant: a query is bounded in rows, bytes, time and number, and ends when its client leaves.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::Body;
use super::limits::{QUERY_BYTES, QUERY_ROWS};
use super::problem::Problem;
use super::state::AppState;
use crate::model::{Cell, Table};
use crate::report::table::{self, TableFormat};
use crate::store::{QueryLimits, Store, StoreError};

/// Whether rows were left out.
const TRUNCATED: HeaderName = HeaderName::from_static("benchgate-truncated");

/// A query.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QueryRequest {
    /// One SELECT statement over the history's tables and views (docs/sql.md).
    sql: String,
    /// Values for the names in it, such as `$model`: texts, numbers, booleans or null.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, Scalar>>)]
    parameters: Option<BTreeMap<String, Option<Scalar>>>,
}

/// The value of a parameter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected a text, a number, a boolean or null")]
pub(super) enum Scalar {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
}

impl From<Scalar> for Cell {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Integer(value) => Self::Integer(value.into()),
            Scalar::Float(value) => Self::Float(value),
            Scalar::Text(text) => Self::Text(text),
        }
    }
}

/// Run a read-only query.
///
/// At most 10,000 rows are returned; `Benchgate-Truncated: true` says that there were more.
#[utoipa::path(
    post, path = "/query", tag = "query", request_body = QueryRequest,
    responses((status = 200, description = "Rows", body = [Object]))
)]
pub(super) async fn query(
    State(state): State<AppState>,
    Body(QueryRequest { sql, parameters }): Body<QueryRequest>,
) -> Result<Response, Problem> {
    let parameters = parameters.unwrap_or_default().into_iter();
    let parameters = parameters.map(|(name, value)| (name, value.map_or(Cell::Null, Cell::from))).collect();
    let (folder, time) = (state.folder.clone(), state.query_time);
    let answer = state
        .queries
        .read(move |store| {
            run(store, &sql, &parameters, time).map_err(|problem| problem.without(&folder.display().to_string()))
        })
        .await?;
    let (body, is_truncated) = answer;
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(TRUNCATED, HeaderValue::from_static(if is_truncated { "true" } else { "false" }));
    Ok(response)
}

fn run(
    store: &Store,
    sql: &str,
    parameters: &BTreeMap<String, Cell>,
    time: Duration,
) -> Result<(String, bool), Problem> {
    let limits = QueryLimits { rows: QUERY_ROWS, time };
    let table = store.query_confined(sql, parameters, limits).map_err(|error| match error {
        // Whatever a query of a client runs into is told to the client.
        error @ (StoreError::Query { .. } | StoreError::QueryTimeout { .. }) => Problem::query(error.to_string()),
        other => other.into(),
    })?;
    let too_large = || Problem::query(format!("the answer is larger than {QUERY_BYTES} bytes"));
    if bytes(&table) > QUERY_BYTES {
        return Err(too_large());
    }
    let body = table::render(&table, TableFormat::Json, None);
    if body.len() > QUERY_BYTES { Err(too_large()) } else { Ok((body, table.is_truncated)) }
}

/// Bytes that a table has at least.
fn bytes(table: &Table) -> usize {
    let cells = table.rows.iter().flatten();
    cells.map(|cell| if let Cell::Text(text) = cell { text.len() } else { 1 }).sum()
}
