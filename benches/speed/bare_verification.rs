//! The second ceiling: the same HTTP server reads a delivery and verifies its signature, and that is all.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::net::TcpListener;
use trilogue::clock::{Clock, SystemClock};
use trilogue::helpdesk::{self, Credentials, Delivery, Helpdesk, SellerIdentity, Settings};

use crate::house::SECRET;

/// Starts it on loopback; it ends with the program.
pub(crate) async fn serve() -> anyhow::Result<SocketAddr> {
    let settings = Settings {
        base_url: "https://bench.example.com".parse()?,
        credentials: Credentials::ZendeskOauth { token: "unused".to_owned().into() },
        webhook_secrets: vec![SECRET.to_owned().into()],
        timestamp_window: None,
        seller_identity: SellerIdentity::default(),
        timeout: Duration::from_secs(1),
    };
    let helpdesk = helpdesk::connect(settings, helpdesk::http_client()?, Arc::new(SystemClock));
    let router = Router::new().route("/webhooks/{kind}/{connection}", post(verify)).with_state(helpdesk);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(address)
}

async fn verify(State(helpdesk): State<Arc<dyn Helpdesk>>, headers: HeaderMap, body: Body) -> StatusCode {
    let Ok(body) = to_bytes(body, 1024 * 1024).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    let delivery = Delivery { headers: &headers, query: None, body: &body, received_at: SystemClock.now() };
    if helpdesk.verify(&delivery).is_ok() { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
}
