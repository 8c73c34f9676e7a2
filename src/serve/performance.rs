//! `/performance`: results.
//!
//! For: storing one, listing them, and comparing hardware for a model. Not for: verdicts.
//! Invariant: names of fields are those of the former system; what a result does not hold is null, never zero.
#![expect(unused_qualifications, reason = "the macro that describes endpoints writes them")]

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answers::{self, Rendered};
use super::asked::{Asked, Name, Parameters};
use super::auth::MayWrite;
use super::body::Body;
use super::limits::MOST_PAGE_ROWS;
use super::page::page;
use super::post::{One, Origin, Post, SuccessResponse, bounded};
use super::problem::Problem;
use super::state::AppState;
use crate::model::metric::default_unit;
use crate::model::{HardwareDraft, Measurement, ResultDraft, Simulation};
use crate::store::listing::{Page, PerformanceFilter, PerformanceRow};

/// A result.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PerformanceResult {
    /// The model.
    #[schema(min_length = 1, pattern = r"\S")]
    model_name: String,
    /// The hardware type, such as `cpu` or `cuda`.
    #[schema(min_length = 1, pattern = r"\S")]
    hardware_type: String,
    /// The device.
    #[schema(min_length = 1, pattern = r"\S")]
    device_name: Option<String>,
    /// The batch size.
    #[serde(default = "one")]
    #[schema(default = 1, minimum = 1, maximum = 4_294_967_295u64)]
    batch_size: u32,
    /// The precision.
    #[serde(default = "fp32")]
    #[schema(default = "fp32", min_length = 1, pattern = r"\S")]
    precision: String,
    /// The test case.
    #[serde(default = "default_case")]
    #[schema(default = "default", min_length = 1, pattern = r"\S")]
    test_case: String,
    /// Items a second.
    #[schema(exclusive_minimum = 0.0, maximum = 1e300)]
    throughput: f64,
    /// Latency in ms.
    #[schema(exclusive_minimum = 0.0, maximum = 1e300)]
    latency_avg: f64,
    /// The 90th percentile of the latency in ms.
    #[schema(exclusive_minimum = 0.0, maximum = 1e300)]
    latency_p90: Option<f64>,
    /// The 95th percentile of the latency in ms.
    #[schema(exclusive_minimum = 0.0, maximum = 1e300)]
    latency_p95: Option<f64>,
    /// The 99th percentile of the latency in ms.
    #[schema(exclusive_minimum = 0.0, maximum = 1e300)]
    latency_p99: Option<f64>,
    /// Peak memory in MB.
    #[schema(minimum = 0, maximum = 1e300)]
    memory_peak: Option<f64>,
    /// Time of all iterations in seconds.
    #[schema(minimum = 0, maximum = 1e300)]
    total_time_seconds: Option<f64>,
    /// Iterations that were measured.
    #[schema(maximum = 9_007_199_254_740_991u64)]
    iterations: Option<u64>,
    /// Iterations that were thrown away before.
    #[schema(maximum = 9_007_199_254_740_991u64)]
    warmup_iterations: Option<u64>,
    /// A run of the history that the result belongs to: its name, or its id. Without it, the result is a run of its own.
    run_id: Option<String>,
    /// Other metrics by name.
    #[serde(default)]
    metrics: BTreeMap<String, f64>,
    /// When it was measured; without it, now.
    #[schema(value_type = Option<String>, format = DateTime)]
    measured_at: Option<Timestamp>,
    /// The commit that was measured.
    git_commit: Option<String>,
    /// Its branch.
    git_branch: Option<String>,
    /// Whether it was simulated.
    #[serde(default)]
    is_simulated: bool,
    /// Why, or how.
    simulation_reason: Option<String>,
}

fn one() -> u32 {
    1
}

fn fp32() -> String {
    "fp32".to_owned()
}

fn default_case() -> String {
    "default".to_owned()
}

impl PerformanceResult {
    fn draft(&self) -> Result<ResultDraft, Problem> {
        for (name, text) in [
            ("model_name", Some(&self.model_name)),
            ("hardware_type", Some(&self.hardware_type)),
            ("device_name", self.device_name.as_ref()),
            ("precision", Some(&self.precision)),
            ("test_case", Some(&self.test_case)),
            ("git_commit", self.git_commit.as_ref()),
            ("git_branch", self.git_branch.as_ref()),
            ("simulation_reason", self.simulation_reason.as_ref()),
        ] {
            bounded(name, text.map(String::as_str))?;
        }
        if self.batch_size == 0 {
            return Err(Problem::invalid("`batch_size` must be at least 1"));
        }
        if self.total_time_seconds.is_some_and(|seconds| seconds < 0.0) {
            return Err(Problem::invalid("`total_time_seconds` is negative"));
        }
        let simulation = if self.is_simulated {
            Simulation::Simulated(self.simulation_reason.clone().unwrap_or_else(|| "is_simulated".to_owned()))
        } else {
            Simulation::Real
        };
        Ok(ResultDraft {
            model: Some(self.model_name.clone()),
            hardware: HardwareDraft {
                kind: Some(self.hardware_type.clone()),
                device: self.device_name.clone(),
                ..HardwareDraft::default()
            },
            test_case: Some(self.test_case.clone()),
            batch_size: Some(self.batch_size),
            precision: Some(self.precision.clone()),
            simulation,
            measured_at: self.measured_at,
            iterations: self.iterations,
            warmup_iterations: self.warmup_iterations,
            total_time_seconds: self.total_time_seconds,
            ..ResultDraft::completed(self.measurements()?)
        })
    }

    fn measurements(&self) -> Result<Vec<Measurement>, Problem> {
        let own = [
            ("throughput", "throughput", Some(self.throughput), "items/s"),
            ("latency_avg", "latency", Some(self.latency_avg), "ms"),
            ("latency_p90", "latency_p90", self.latency_p90, "ms"),
            ("latency_p95", "latency_p95", self.latency_p95, "ms"),
            ("latency_p99", "latency_p99", self.latency_p99, "ms"),
            ("memory_peak", "memory_peak", self.memory_peak, "MB"),
        ];
        if let Some(name) = self.metrics.keys().find(|name| own.iter().any(|(_, metric, ..)| metric == name)) {
            return Err(Problem::invalid(format!("`metrics.{name}` has a field of its own")));
        }
        let own = own.into_iter().filter_map(|(field, metric, value, unit)| {
            Some((field.to_owned(), metric.to_owned(), value?, unit.to_owned()))
        });
        let others = self.metrics.iter().map(|(name, value)| {
            // What nobody knows the unit of is measured in itself.
            let unit = default_unit(name).unwrap_or(name).to_owned();
            (format!("metrics.{name}"), name.clone(), *value, unit)
        });
        own.chain(others)
            .map(|(field, metric, value, unit)| {
                Measurement::new(&metric, Some(value), Vec::new(), Some(&unit), None)
                    .map_err(|error| Problem::invalid(format!("`{field}`: {error}")))
            })
            .collect()
    }
}

/// Store a result.
#[utoipa::path(
    post, path = "/performance", tag = "results", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Tells results apart that are equal in everything else")),
    request_body = PerformanceResult,
    responses((status = 200, description = "It is stored, durably", body = SuccessResponse))
)]
pub(super) async fn store_performance(
    State(state): State<AppState>,
    MayWrite(writer): MayWrite,
    headers: HeaderMap,
    Body(body): Body<PerformanceResult>,
) -> Result<Json<SuccessResponse>, Problem> {
    let one = One::Result(Box::new(body.draft()?));
    let origin = Origin {
        run_id: body.run_id.clone(),
        measured_at: body.measured_at,
        git_commit: body.git_commit.clone(),
        git_branch: body.git_branch.clone(),
    };
    let message = "Performance result stored successfully";
    Post { name: "POST /performance", body: &body, message, origin, one }.store(&state, &writer, &headers).await
}

/// Which results.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PerformanceQuery {
    /// Of this model.
    model_name: Option<String>,
    /// On this hardware type.
    hardware_type: Option<String>,
    /// With this batch size.
    #[param(maximum = 4_294_967_295u64)]
    batch_size: Option<u32>,
    /// In this precision.
    precision: Option<String>,
    /// The newest of each configuration only.
    #[serde(default = "yes")]
    #[param(default = true)]
    latest_only: bool,
    /// Rows at most.
    #[param(minimum = 1, maximum = 10_000, default = 1000)]
    limit: Option<u64>,
    /// Rows before them.
    #[param(maximum = 100_000_000, default = 0)]
    offset: Option<u64>,
}

fn yes() -> bool {
    true
}

/// List completed results, newest first.
#[utoipa::path(
    get, path = "/performance", tag = "results", params(PerformanceQuery),
    responses((status = 200, description = "Results", body = [PerformanceRow]))
)]
pub(super) async fn list_performance(
    State(state): State<AppState>,
    asked: Asked,
    Parameters(query): Parameters<PerformanceQuery>,
) -> Result<Response, Problem> {
    let page = page(query.limit, query.offset)?;
    let filter = PerformanceFilter {
        model_name: query.model_name,
        hardware_type: query.hardware_type,
        batch_size: query.batch_size,
        precision: query.precision,
        is_latest_only: query.latest_only,
    };
    answers::list(&state, &asked, page, move |store, page| Ok(store.performance_page(&filter, page)?)).await
}

/// The metrics of a comparison.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ComparedMetric {
    /// Items a second; the highest first.
    #[default]
    Throughput,
    /// Latency in ms; the lowest first.
    Latency,
    /// Peak memory in MB; the lowest first.
    Memory,
}

/// What to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ComparisonQuery {
    /// By which metric.
    #[serde(default)]
    #[param(inline)]
    metric: ComparedMetric,
}

/// A configuration of a model, by one metric.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ComparisonRow {
    /// The model.
    model_name: String,
    /// The hardware type.
    hardware_type: String,
    /// The device.
    device_name: Option<String>,
    /// The batch size.
    batch_size: Option<u32>,
    /// The precision.
    precision: Option<String>,
    /// The test case.
    test_case: Option<String>,
    /// Whether it was simulated.
    is_simulated: bool,
    /// The newest value.
    metric_value: f64,
}

/// Compare hardware for a model, by the newest result of each configuration; the best first.
#[utoipa::path(
    get, path = "/performance/comparison/{model_name}", tag = "results",
    params(("model_name" = String, Path, description = "The model"), ComparisonQuery),
    responses((status = 200, description = "Configurations", body = [ComparisonRow]))
)]
pub(super) async fn compare_performance(
    State(state): State<AppState>,
    asked: Asked,
    Name(model_name): Name,
    Parameters(query): Parameters<ComparisonQuery>,
) -> Result<Response, Problem> {
    let filter =
        PerformanceFilter { model_name: Some(model_name), is_latest_only: true, ..PerformanceFilter::default() };
    answers::answer(&state, &asked, move |store| {
        let page = Page { limit: MOST_PAGE_ROWS, offset: 0 };
        let rows = store.performance_page(&filter, page)?.rows;
        Ok(Rendered::json(&compared(rows, query.metric)))
    })
    .await
}

fn compared(rows: Vec<PerformanceRow>, metric: ComparedMetric) -> Vec<ComparisonRow> {
    let value = |row: &PerformanceRow| match metric {
        ComparedMetric::Throughput => row.throughput_items_per_second,
        ComparedMetric::Latency => row.average_latency_ms,
        ComparedMetric::Memory => row.memory_peak_mb,
    };
    let mut compared: Vec<ComparisonRow> = rows
        .into_iter()
        .filter_map(|row| {
            let metric_value = value(&row)?;
            let PerformanceRow { model_name, hardware_type, device_name, batch_size, precision, .. } = row;
            let (test_case, is_simulated) = (row.test_case, row.is_simulated);
            Some(ComparisonRow {
                model_name,
                hardware_type,
                device_name,
                batch_size,
                precision,
                test_case,
                is_simulated,
                metric_value,
            })
        })
        .collect();
    compared.sort_by(|one, other| {
        let ascending = one.metric_value.total_cmp(&other.metric_value);
        if matches!(metric, ComparedMetric::Throughput) { ascending.reverse() } else { ascending }
    });
    compared
}
