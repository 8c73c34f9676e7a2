//! What goes wrong, as RFC 9457 has it.
//!
//! For: one body for every error, with the former system's code. Not for: words of the database that show where it is.
//! Invariant: every answer that is not a success is a problem; one that is the server's own fault is written to the log
//! and says nothing but that.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::limits::RETRY_SECONDS;
use crate::store::StoreError;
use crate::store::import::ImportError;

/// The content type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Codes of the former system.
const CONNECTION: &str = "DB001";
const DATA: &str = "DB003";
const REQUEST: &str = "DB004";

/// Why an answer is not a success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    hint: Option<String>,
}

/// A problem as it is answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDocument {
    /// Always `about:blank`: the status says what kind it is.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong.
    detail: String,
    /// DB001 connection, DB002 schema, DB003 data, DB004 request or query, DB005 maintenance.
    #[schema(value_type = String)]
    code: &'static str,
    /// The same as `detail`, as the former system named it.
    message: String,
    /// What to do, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hint: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A request that cannot be read.
    pub(super) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, DATA, detail)
    }

    /// A request that is read and cannot be taken.
    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, DATA, detail)
    }

    /// No token, or another one.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, CONNECTION, "writing needs the server's token")
            .hint("send it as `Authorization: Bearer TOKEN`")
    }

    /// Nobody may write.
    pub(super) fn read_only() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            CONNECTION,
            "this server takes no writes, since it was started without a token",
        )
        .hint("start it with `--token-file` or BENCHGATE_TOKEN")
    }

    /// A name of this machine that is not its own.
    pub(super) fn wrong_host() -> Self {
        Self::new(StatusCode::FORBIDDEN, CONNECTION, "this server answers to names of the machine that it runs on only")
            .hint("ask for `localhost` or `127.0.0.1`")
    }

    /// Nothing is there.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, REQUEST, detail)
    }

    /// Something that is asked in another way.
    pub(super) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, REQUEST, "this is not asked with this method")
            .hint("/openapi.json says what is asked how")
    }

    /// A body in another form.
    pub(super) fn wrong_type(wanted: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, DATA, format!("the body must be {wanted}"))
    }

    /// A body that is too large.
    pub(super) fn too_large(bytes: u64) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, DATA, format!("the body is larger than {bytes} bytes"))
    }

    /// A body that does not come.
    pub(super) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, DATA, "the body did not arrive in time")
    }

    /// A name that means several things.
    pub(super) fn ambiguous(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, DATA, detail)
    }

    /// A query that is refused or stopped.
    pub(super) fn query(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, REQUEST, detail)
    }

    /// More than the server can do.
    pub(super) fn overloaded(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, CONNECTION, detail).hint("ask again later")
    }

    /// The database does not answer.
    pub(super) fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, CONNECTION, "the history cannot be read")
    }

    /// A fault of the server.
    pub(super) fn internal(code: &'static str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, "the server failed; its log says why")
    }

    /// The same, without a path.
    pub(super) fn without(mut self, path: &str) -> Self {
        if !path.is_empty() {
            self.detail = self.detail.replace(path, "...");
        }
        self
    }

    /// What is wrong, in words.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let code = error.code();
        match &error {
            StoreError::Query { .. } | StoreError::QueryTimeout { .. } => Self::query(error.to_string()),
            StoreError::Conflict { .. } => {
                Self::new(StatusCode::CONFLICT, code, error.to_string()).hint("a re-run is a new attempt of its run")
            }
            StoreError::Repeated { .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, error.to_string())
                .hint("tell the results apart by test case or parameters, or report repetitions as samples"),
            StoreError::OtherFacts { .. } => Self::new(StatusCode::CONFLICT, code, error.to_string()),
            _ => {
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                // Nobody waited for it any more, or its memory was needed; DuckDB says so in words only.
                if cause.starts_with("INTERRUPT Error") {
                    return Self::overloaded("reading was stopped");
                }
                tracing::error!(code, error = %error, cause, "the store failed");
                Self::internal(code)
            }
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Missing(fact) => {
                let fact = fact.flag().trim_start_matches('-');
                Self::invalid(format!("what was sent does not say the {fact}"))
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, detail, hint } = self;
        let title = status.canonical_reason().unwrap_or_default().to_owned();
        let (kind, message) = ("about:blank", detail.clone());
        let document = ProblemDocument { kind, title, status: status.as_u16(), detail, code, message, hint };
        let body = serde_json::to_vec(&document).expect("internal error: a problem holds texts and a number");
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_SECONDS.into());
        }
        response
    }
}
