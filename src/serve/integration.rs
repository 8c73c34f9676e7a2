//! `/integration`: functional tests.
//!
//! For: storing how one ended with what it checked, and counting them. Not for: numbers that were measured.
//! Invariant: names of fields are those of the former system; a test and its assertions are stored together.
#![expect(unused_qualifications, reason = "the macro that describes endpoints writes them")]

use std::collections::BTreeMap;
use std::time::Duration;

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
use crate::model::{Assertion, Record, Simulation, Subject, TestOutcome};
use crate::store::listing::IntegrationRow;

/// How a functional test ended.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IntegrationResult {
    /// The module that holds it.
    #[schema(min_length = 1, pattern = r"\S")]
    test_module: String,
    /// The class that holds it.
    #[schema(min_length = 1, pattern = r"\S")]
    test_class: Option<String>,
    /// Its name.
    #[schema(min_length = 1, pattern = r"\S")]
    test_name: String,
    /// How it ended.
    status: StatusWord,
    /// How long it took.
    #[schema(minimum = 0, maximum = 1e9)]
    execution_time_seconds: Option<f64>,
    /// The hardware type that it tests on.
    #[schema(min_length = 1, pattern = r"\S")]
    hardware_type: Option<String>,
    /// The device.
    #[schema(min_length = 1, pattern = r"\S")]
    device_name: Option<String>,
    /// The model that it tests.
    #[schema(min_length = 1, pattern = r"\S")]
    model_name: Option<String>,
    /// What went wrong.
    error_message: Option<String>,
    /// Where.
    error_traceback: Option<String>,
    /// What it checked.
    #[serde(default)]
    assertions: Vec<AssertionResult>,
    /// A run of the history that this belongs to: its name, or its id.
    run_id: Option<String>,
    /// Whatever else is known.
    #[serde(default)]
    #[schema(value_type = Object)]
    metadata: BTreeMap<String, Value>,
    /// When it ran; without it, now.
    #[schema(value_type = Option<String>, format = DateTime)]
    measured_at: Option<Timestamp>,
}

/// How a test ended.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum StatusWord {
    /// It passed.
    Pass,
    /// It failed.
    Fail,
    /// It broke before it could pass or fail.
    Error,
    /// It did not run.
    Skip,
}

/// One check of a test.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssertionResult {
    /// Its name.
    #[schema(min_length = 1, pattern = r"\S")]
    name: String,
    /// Whether it held.
    passed: bool,
    /// What was expected.
    expected: Option<String>,
    /// What was found.
    actual: Option<String>,
    /// What the test says of it.
    message: Option<String>,
}

impl IntegrationResult {
    fn record(&self) -> Result<Record, Problem> {
        for (name, text) in [
            ("test_module", Some(&self.test_module)),
            ("test_class", self.test_class.as_ref()),
            ("test_name", Some(&self.test_name)),
            ("hardware_type", self.hardware_type.as_ref()),
            ("device_name", self.device_name.as_ref()),
            ("model_name", self.model_name.as_ref()),
        ] {
            bounded(name, text.map(String::as_str))?;
        }
        self.assertions.iter().try_for_each(|one| bounded("assertions.name", Some(&one.name)))?;
        Ok(Record {
            place: serde_json::to_string(self).expect("internal error: what came as JSON goes as JSON"),
            measured_at: self.measured_at,
            simulation: Simulation::Real,
            error: self.error_message.clone(),
            details: details(&self.metadata, [("error_traceback", self.error_traceback.clone())]),
            subject: Subject::Test {
                module: self.test_module.clone(),
                class: self.test_class.clone(),
                name: self.test_name.clone(),
                outcome: match self.status {
                    StatusWord::Pass => TestOutcome::Pass,
                    StatusWord::Fail => TestOutcome::Fail,
                    StatusWord::Error => TestOutcome::Error,
                    StatusWord::Skip => TestOutcome::Skip,
                },
                microseconds: self.microseconds()?,
                model: self.model_name.clone(),
                hardware: self.hardware_type.clone(),
                device: self.device_name.clone(),
                assertions: self.assertions.iter().cloned().map(Assertion::from).collect(),
            },
        })
    }

    fn microseconds(&self) -> Result<Option<u64>, Problem> {
        let Some(seconds) = self.execution_time_seconds else { return Ok(None) };
        let duration =
            Some(seconds).filter(|seconds| *seconds <= 1e9).and_then(|one| Duration::try_from_secs_f64(one).ok());
        let micros = duration.and_then(|duration| u64::try_from(duration.as_micros()).ok());
        let wrong = || Problem::invalid("`execution_time_seconds` must be 0 to 1e9");
        // A duration of zero is none.
        Ok(Some(micros.ok_or_else(wrong)?).filter(|micros| *micros > 0))
    }
}

impl From<AssertionResult> for Assertion {
    fn from(sent: AssertionResult) -> Self {
        let AssertionResult { name, passed, expected, actual, message } = sent;
        Self { name, passed, expected, actual, message }
    }
}

/// Store how a functional test ended.
#[utoipa::path(
    post, path = "/integration", tag = "integration", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Tells results apart that are equal in everything else")),
    request_body = IntegrationResult,
    responses((status = 200, description = "It is stored, durably", body = SuccessResponse))
)]
pub(super) async fn store_integration(
    State(state): State<AppState>,
    MayWrite(writer): MayWrite,
    headers: HeaderMap,
    Body(body): Body<IntegrationResult>,
) -> Result<Json<SuccessResponse>, Problem> {
    let one = One::Record(Box::new(body.record()?));
    let origin = Origin { run_id: body.run_id.clone(), measured_at: body.measured_at, ..Origin::default() };
    let message = "Integration test result stored successfully";
    Post { name: "POST /integration", body: &body, message, origin, one }.store(&state, &writer, &headers).await
}

/// Which modules.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct IntegrationQuery {
    /// This one.
    test_module: Option<String>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 10_000, default = 1000)]
    limit: Option<u64>,
    /// Rows before them.
    #[param(maximum = 100_000_000, default = 0)]
    offset: Option<u64>,
}

/// List modules, with how their tests ended.
#[utoipa::path(
    get, path = "/integration", tag = "integration", params(IntegrationQuery),
    responses((status = 200, description = "Modules", body = [IntegrationRow]))
)]
pub(super) async fn list_integration(
    State(state): State<AppState>,
    asked: Asked,
    Parameters(query): Parameters<IntegrationQuery>,
) -> Result<Response, Problem> {
    let page = page(query.limit, query.offset)?;
    answers::list(&state, &asked, page, move |store, page| {
        Ok(store.integration_page(query.test_module.as_deref(), page)?)
    })
    .await
}
