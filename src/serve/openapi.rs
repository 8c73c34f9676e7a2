//! The interface as a document for programs, in the form of `OpenAPI` 3.1.
//!
//! For: what the endpoints have in common: who writes, and which problems there are. Not for: single endpoints, which
//! describe themselves.
//! Invariant: every operation lists every status that it may answer with.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, Info, OpenApi, OpenApiBuilder, Ref, ResponseBuilder, path::Operation,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::problem::{PROBLEM_JSON, ProblemDocument};

/// The document, before the endpoints add themselves.
pub(super) fn base() -> OpenApi {
    let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = ComponentsBuilder::new()
        .security_scheme("token", token)
        .schema(ProblemDocument::name(), ProblemDocument::schema())
        .build();
    let mut info = Info::new("Benchmark Database API", env!("CARGO_PKG_VERSION"));
    info.description =
        Some("benchgate's history of benchmark results over HTTP; docs/api.md shows how to use it.".to_owned());
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// Adds to every operation the problems that any of its kind may answer with.
pub(super) fn with_problems(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        if let Some(operation) = &mut item.get {
            let is_plain = matches!(path.as_str(), "/" | "/docs" | "/openapi.json");
            add(operation, if is_plain { PLAIN } else { READING });
        }
        if let Some(operation) = &mut item.post {
            let is_write = operation.security.is_some();
            add(operation, READING);
            add(operation, SENDING);
            add(operation, if is_write { WRITING } else { &[] });
        }
    }
    document
}

type Listed = &'static [(&'static str, &'static str)];

const PLAIN: Listed = &[("403", "The server is asked by a name that is not its own")];

const READING: Listed = &[
    ("400", "The request cannot be read"),
    ("403", "The server is asked by a name that is not its own, or takes no writes"),
    ("422", "A field or parameter is missing, unknown or of another type"),
    ("500", "The server failed; its log says why"),
    ("503", "Too many requests wait, or reading takes too long; ask again later"),
];

const SENDING: Listed = &[
    ("408", "The body did not arrive in time"),
    ("413", "The body is too large"),
    ("415", "The body is of another type"),
];

const WRITING: Listed = &[
    ("401", "The token is missing or wrong"),
    ("409", "The history holds other values for the same run, or a name means several runs"),
];

fn add(operation: &mut Operation, problems: Listed) {
    for (status, description) in problems {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemDocument::name()))).build();
        let response = ResponseBuilder::new().description(*description).content(PROBLEM_JSON, content).build();
        operation.responses.responses.entry((*status).to_owned()).or_insert_with(|| response.into());
    }
}
