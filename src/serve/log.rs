//! A line a request.
//!
//! For: what was asked, how it ended and how long it took. Not for: what requests carry; neither bodies, headers nor
//! parameters are written.
//! Invariant: a line holds no secret.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

/// Writes a line when a request is answered.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let start = Instant::now();
    let response = next.run(request).await;
    let (status, milliseconds) = (response.status().as_u16(), start.elapsed().as_secs_f64() * 1e3);
    tracing::info!(%method, path, status, milliseconds, "answered");
    response
}
