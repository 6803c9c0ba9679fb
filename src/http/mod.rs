//! The door of the wire: routes, and what every request passes through.

mod accept;
mod answers;
mod apps;
mod attachments;
pub mod auth;
mod csv;
mod evidence;
mod export;
pub mod graphiql;
pub mod graphql;
mod health;
mod measures;
mod origins;
mod papers;
mod params;
mod payments;
pub mod prepare;
mod quarters;
mod rate;
mod rates;
mod unsubscribe;
mod webhooks;
pub mod websocket;

use std::sync::Arc;

use axum::Router;
use axum::extract::MatchedPath;
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::ServiceBuilderExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestId, RequestId};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::domain::ids::EventId;
use crate::graphql::TrilogueSchema;
use crate::graphql::limits::Limited;
use crate::store::Committer;
use crate::workflow::Cx;
pub use apps::{Pages, UnfitPages};
#[cfg(feature = "demo")]
pub use apps::{demo_page, sidebar_page};
use auth::Sessions;
use graphql::Endpoint;
use health::Vitals;
use rates::{Knocks, Rate};
use webhooks::WebhookDoor;
use websocket::SocketSettings;

/// What the doors open onto.
#[derive(Clone)]
pub struct Doors {
    /// The house.
    pub cx: Cx,
    /// The way into the inbox.
    pub committer: Committer,
    /// The schema, with its limits.
    pub graphql: Limited<TrilogueSchema>,
    /// The metrics.
    pub metrics: PrometheusHandle,
    /// The largest webhook body, in bytes.
    pub webhook_limit: usize,
    /// The origins whose pages may call from a browser.
    pub origins: Vec<HeaderValue>,
    /// How often somebody may ask.
    pub limits: RateLimits,
    /// The pages, as they were built.
    pub pages: Pages,
}

/// How often somebody may ask, in requests a second; 0 for as often as they like.
#[derive(Debug, Clone, Default)]
pub struct RateLimits {
    /// With one token.
    pub token: u32,
    /// From one network address, at the doors of sign-in.
    pub sign_in: u32,
    /// The header in which a proxy writes the address of who asks.
    pub client_address: Option<HeaderName>,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every route. Sockets say goodbye when `stop` is cancelled.
pub fn router(doors: Doors, stop: &CancellationToken) -> Router {
    let vitals = Vitals { store: doors.cx.store.clone(), committer: doors.committer.clone(), metrics: doors.metrics };
    let files = attachments::routes(&doors.cx).merge(export::routes(&doors.cx));
    let files = files.merge(evidence::routes(&doors.cx)).merge(quarters::routes(&doors.cx)).merge(measures::routes(&doors.cx));
    let webhooks = WebhookDoor { cx: doors.cx.clone(), committer: doors.committer, limit: doors.webhook_limit };
    let cx = Arc::new(doors.cx.clone());
    let (apps_cx, pages) = (doors.cx.clone(), doors.pages);
    let knocks = Knocks::new(&apps_cx, doors.limits.sign_in, doors.limits.client_address);
    let rate = Rate::new(&apps_cx, doors.limits.token);
    let endpoint = Endpoint {
        executor: doors.graphql,
        prepare: Arc::new(Sessions { cx: doors.cx, pages: pages.clone(), rate }),
        graphiql: graphiql::page,
        sockets: SocketSettings { shutdown: stop.clone(), ..SocketSettings::default() },
    };
    // Addresses are never logged as they came: some paths are keys by themselves, and Freshdesk can be set up to carry its secret in the
    // query string.
    let trace = TraceLayer::new_for_http().make_span_with(|request: &Request<_>| {
        let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
        let path = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
        tracing::info_span!("request", id, method = %request.method(), path)
    });
    let layers = ServiceBuilder::new()
        .set_request_id(REQUEST_ID, OwnRequestId)
        .layer(trace)
        .propagate_request_id(REQUEST_ID)
        .layer(SetResponseHeaderLayer::if_not_present(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(CatchPanicLayer::new());
    let called_by_pages = Router::new().route("/graphql", endpoint.into_route()).merge(files).merge(apps::routes(&apps_cx, pages, knocks));
    Router::new()
        .route("/webhooks/{kind}/{connection}", post(webhooks::receive).with_state(Arc::new(webhooks)))
        .route("/hooks/payments/{connection}", post(payments::receive).with_state(Arc::clone(&cx)))
        .merge(origins::allow(called_by_pages, doors.origins))
        .merge(rate::routes(Arc::clone(&cx)))
        .merge(graphiql::routes())
        .route("/unsubscribe/{marketplace}/{receiver}/{kind}/{signature}", get(unsubscribe::show).post(unsubscribe::change).with_state(cx))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz).with_state(vitals.clone()))
        .route("/metrics", get(health::metrics).with_state(vitals))
        .layer(layers)
}

/// A request id of our own where the proxy before us gave none.
#[derive(Debug, Clone, Copy)]
struct OwnRequestId;

impl MakeRequestId for OwnRequestId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&EventId::generate().uuid().simple().to_string()).ok().map(RequestId::new)
    }
}
