//! `/compatibility`: which models work on which hardware.
//!
//! For: storing the outcome of a test, and counting them. Not for: numbers that were measured.
//! Invariant: names of fields are those of the former system.
#![expect(unused_qualifications, reason = "the macro that describes endpoints writes them")]

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answers;
use super::asked::{Asked, Parameters};
use super::auth::MayWrite;
use super::body::Body;
use super::page::page;
use super::post::{One, Origin, Post, SuccessResponse, bounded, details};
use super::problem::Problem;
use super::state::AppState;
use crate::model::{Record, Simulation, Subject};
use crate::store::listing::CompatibilityRow;

/// Whether a model works on a hardware.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompatibilityResult {
    /// The model.
    #[schema(min_length = 1, pattern = r"\S")]
    model_name: String,
    /// The hardware type, such as `cpu` or `cuda`.
    #[schema(min_length = 1, pattern = r"\S")]
    hardware_type: String,
    /// The device.
    #[schema(min_length = 1, pattern = r"\S")]
    device_name: Option<String>,
    /// Whether it works.
    is_compatible: bool,
    /// Whether the hardware was found.
    #[serde(default = "yes")]
    #[schema(default = true)]
    detection_success: bool,
    /// Whether the model was loaded.
    #[serde(default = "yes")]
    #[schema(default = true)]
    initialization_success: bool,
    /// What went wrong.
    error_message: Option<String>,
    /// Which kind of error that is.
    error_type: Option<String>,
    /// What would mend it.
    suggested_fix: Option<String>,
    /// Whether there is a way around it.
    #[serde(default)]
    workaround_available: bool,
    /// How well it works, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    compatibility_score: Option<f64>,
    /// A run of the history that this belongs to: its name, or its id.
    run_id: Option<String>,
    /// Whatever else is known.
    #[serde(default)]
    #[schema(value_type = Object)]
    metadata: BTreeMap<String, Value>,
    /// When it was tested; without it, now.
    #[schema(value_type = Option<String>, format = DateTime)]
    measured_at: Option<Timestamp>,
}

fn yes() -> bool {
    true
}

impl CompatibilityResult {
    fn record(&self) -> Result<Record, Problem> {
        for (name, text) in [
            ("model_name", Some(&self.model_name)),
            ("hardware_type", Some(&self.hardware_type)),
            ("device_name", self.device_name.as_ref()),
        ] {
            bounded(name, text.map(String::as_str))?;
        }
        if self.compatibility_score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
            return Err(Problem::invalid("`compatibility_score` must be 0 to 1"));
        }
        let own = [
            ("detection_success", Some(self.detection_success.to_string())),
            ("initialization_success", Some(self.initialization_success.to_string())),
            ("workaround_available", Some(self.workaround_available.to_string())),
            ("error_type", self.error_type.clone()),
            ("suggested_fix", self.suggested_fix.clone()),
            ("compatibility_score", self.compatibility_score.map(|score| score.to_string())),
        ];
        Ok(Record {
            place: format!("{} {}", self.model_name, self.hardware_type),
            measured_at: self.measured_at,
            simulation: Simulation::Real,
            error: self.error_message.clone(),
            details: details(&self.metadata, own),
            subject: Subject::Compatibility {
                model: self.model_name.clone(),
                hardware: self.hardware_type.clone(),
                device: self.device_name.clone(),
                is_compatible: Some(self.is_compatible),
            },
        })
    }
}

/// Store whether a model works on a hardware.
#[utoipa::path(
    post, path = "/compatibility", tag = "compatibility", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Tells results apart that are equal in everything else")),
    request_body = CompatibilityResult,
    responses((status = 200, description = "It is stored, durably", body = SuccessResponse))
)]
pub(super) async fn store_compatibility(
    State(state): State<AppState>,
    MayWrite(writer): MayWrite,
    headers: HeaderMap,
    Body(body): Body<CompatibilityResult>,
) -> Result<Json<SuccessResponse>, Problem> {
    let one = One::Record(Box::new(body.record()?));
    let origin = Origin { run_id: body.run_id.clone(), measured_at: body.measured_at, ..Origin::default() };
    let message = "Compatibility result stored successfully";
    Post { name: "POST /compatibility", body: &body, message, origin, one }.store(&state, &writer, &headers).await
}

/// Which models and hardware.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CompatibilityQuery {
    /// This model.
    model_name: Option<String>,
    /// This hardware type.
    hardware_type: Option<String>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 10_000, default = 1000)]
    limit: Option<u64>,
    /// Rows before them.
    #[param(maximum = 100_000_000, default = 0)]
    offset: Option<u64>,
}

/// List models on hardware, with how often they worked.
#[utoipa::path(
    get, path = "/compatibility", tag = "compatibility", params(CompatibilityQuery),
    responses((status = 200, description = "Models on hardware", body = [CompatibilityRow]))
)]
pub(super) async fn list_compatibility(
    State(state): State<AppState>,
    asked: Asked,
    Parameters(query): Parameters<CompatibilityQuery>,
) -> Result<Response, Problem> {
    let page = page(query.limit, query.offset)?;
    answers::list(&state, &asked, page, move |store, page| {
        Ok(store.compatibility_page(query.model_name.as_deref(), query.hardware_type.as_deref(), page)?)
    })
    .await
}
