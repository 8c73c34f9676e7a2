//! What is asked where.
//!
//! For: the endpoints, and what holds for all of them. Not for: what any of them does.
//! Invariant: whatever is asked, the answer is that of an endpoint or a problem.

use std::any::Any;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer, ExposeHeaders};
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::limits::BODY_TIME;
use super::post::IDEMPOTENCY_KEY;
use super::problem::Problem;
use super::state::AppState;
use super::{
    compare, compatibility, dashboard, docs, health, host, integration, log, names, openapi, performance, query, root,
    runs, series, trend,
};

/// The endpoints, and the document that describes them.
pub(super) fn endpoints() -> (Router<AppState>, OpenApi) {
    let (router, document) = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(root::root))
        .routes(routes!(health::health))
        .routes(routes!(performance::store_performance, performance::list_performance))
        .routes(routes!(performance::compare_performance))
        .routes(routes!(compatibility::store_compatibility, compatibility::list_compatibility))
        .routes(routes!(integration::store_integration, integration::list_integration))
        .routes(routes!(query::query))
        .routes(routes!(names::list_hardware))
        .routes(routes!(names::list_models))
        .routes(routes!(runs::store_runs))
        .routes(routes!(series::list_series))
        .routes(routes!(series::show_series))
        .routes(routes!(trend::trend))
        .routes(routes!(compare::compare))
        .split_for_parts();
    (
        router.merge(dashboard::router()).route("/openapi.json", get(docs::openapi)).route("/docs", get(docs::page)),
        openapi::with_problems(document),
    )
}

/// The endpoints with what holds for all of them.
pub(super) fn router(endpoints: Router<AppState>, state: AppState, address: SocketAddr, origins: &[String]) -> Router {
    let router = endpoints
        .fallback(async || Problem::not_found("there is nothing here; /openapi.json lists what is"))
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .with_state(state)
        .layer(RequestBodyTimeoutLayer::new(BODY_TIME))
        .layer(from_fn(guard));
    // Without it, browsers let no other origin's page read an answer.
    let router = if origins.is_empty() { router } else { router.layer(cors(origins)) };
    router
        .layer(from_fn_with_state(address, host::check))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| Problem::internal("DB001").into_response()))
        .layer(from_fn(log::log))
}

/// What every answer says to browsers.
async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    response
}

/// What pages of other origins may ask.
fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static(IDEMPOTENCY_KEY)])
        .expose_headers(ExposeHeaders::list([header::ETAG, header::LINK, header::RETRY_AFTER]))
}
