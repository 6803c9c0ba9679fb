//! Pages of other origins that may call us from a browser: the sidebar, where it is packed into the app of a helpdesk.
//!
//! No cookie of ours exists, so what is allowed is to ask; who asks is told by a token as everywhere.

use axum::Router;
use axum::http::{HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The same routes, for pages of these origins too.
pub(super) fn allow<S: Clone + Send + Sync + 'static>(routes: Router<S>, origins: Vec<HeaderValue>) -> Router<S> {
    if origins.is_empty() {
        return routes;
    }
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::DATE, header::RETRY_AFTER]);
    routes.layer(layer)
}
