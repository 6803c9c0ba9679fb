//! The HTTP front of a desk: takes requests, lets scripted faults happen, keeps the journal.

use std::future::IntoFuture;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::call::{Call, Reply};
use super::faults::{Fault, Faults};
use super::journal::Journal;
use super::line::{Exchange, Line};
use super::outbox::{Outbox, Rules, Sending};
use super::pulse::Pulse;
use crate::clock::SharedClock;

/// A vendor's behaviour: a function from a request to its answer.
pub(crate) trait Desk: Send + Sync + 'static {
    fn answer(&self, call: &Call) -> Reply;

    /// How this vendor says 429.
    fn rate_limited(&self, retry_after: u32) -> Reply;
}

/// Why a simulated helpdesk could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No loopback port.
    #[error("no loopback port: {0}")]
    Port(#[from] io::Error),
    /// No HTTP client to send webhooks with.
    #[error("no client for webhooks: {0}")]
    Client(#[from] reqwest::Error),
}

/// What a desk, its front and its handles share.
#[derive(Debug, Clone)]
pub(crate) struct Furniture {
    pub(crate) clock: SharedClock,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) outbox: Outbox,
    pub(crate) pulse: Pulse,
    stop: CancellationToken,
}

impl Furniture {
    pub(crate) fn new(clock: SharedClock, sending: Sending, rules: Rules) -> Result<Self, StartError> {
        let pulse = Pulse::new();
        let stop = CancellationToken::new();
        let outbox = Outbox::new(Arc::clone(&clock), pulse.clone(), sending, rules)?;
        Ok(Self { clock, faults: Faults::none(), journal: Journal::default(), outbox, pulse, stop })
    }

    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }
}

/// A loopback port, taken before the desk exists so that the desk knows its own address.
#[derive(Debug)]
pub(crate) struct Premises {
    listener: TcpListener,
    pub(crate) base_url: String,
}

impl Premises {
    pub(crate) async fn rent() -> Result<Self, StartError> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, base_url })
    }

    pub(crate) fn port(&self) -> u64 {
        self.base_url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default()
    }

    /// Opens the doors; they close when the guard is dropped.
    pub(crate) fn open(self, desk: Arc<dyn Desk>, furniture: &Furniture) -> DropGuard {
        let front = Arc::new(Front { desk, furniture: furniture.clone() });
        let router = Router::new().fallback(answer).with_state(front);
        let service = router.into_make_service_with_connect_info::<Line>();
        let serving =
            axum::serve(Exchange(self.listener), service).with_graceful_shutdown(furniture.stop.clone().cancelled_owned()).into_future();
        tokio::spawn(serving);
        tokio::spawn(furniture.outbox.clone().keep_sending(furniture.stop.clone()));
        furniture.stop.clone().drop_guard()
    }
}

struct Front {
    desk: Arc<dyn Desk>,
    furniture: Furniture,
}

async fn answer(State(front): State<Arc<Front>>, ConnectInfo(line): ConnectInfo<Line>, request: Request) -> Response {
    let call = Call::read(request).await;
    let entry = front.furniture.journal.open(&call, front.furniture.clock.now());
    front.furniture.pulse.beat();
    let reply = if front.furniture.stop.is_cancelled() {
        None
    } else {
        match front.furniture.faults.take(&call) {
            None => Some(front.desk.answer(&call)),
            Some(fault) => front.misbehave(fault, call).await,
        }
    };
    let response = if let Some(reply) = reply {
        front.furniture.journal.close(entry, reply.status);
        reply.into_response()
    } else {
        line.cut();
        Response::default()
    };
    front.furniture.pulse.beat();
    response
}

impl Front {
    /// None breaks the connection off.
    async fn misbehave(&self, fault: Fault, call: Call) -> Option<Reply> {
        match fault {
            Fault::Status(status) => Some(Reply::nothing(status)),
            Fault::RateLimited { retry_after } => Some(self.desk.rate_limited(retry_after)),
            Fault::HtmlError(status) => Some(Reply::proxy_page(status)),
            Fault::MalformedJson => Some(self.desk.answer(&call).garbled()),
            Fault::ResetBeforeApply => None,
            Fault::ApplyThenReset => {
                self.desk.answer(&call);
                None
            }
            Fault::ApplyThenHang => {
                self.desk.answer(&call);
                self.hang(None).await
            }
            Fault::HangThenApply => self.hang(Some(call)).await,
            Fault::HangThenDrop => self.hang(None).await,
        }
    }

    /// Hangs until the client gives up (this future is dropped then) or the desk closes.
    async fn hang(&self, late: Option<Call>) -> Option<Reply> {
        self.furniture.faults.hang_begins();
        let _patience = Patience { front: self, late };
        self.furniture.stop.cancelled().await;
        None
    }
}

/// Does the late work when the client's patience ends.
struct Patience<'a> {
    front: &'a Front,
    late: Option<Call>,
}

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        if let Some(call) = self.late.take() {
            self.front.desk.answer(&call);
        }
        self.front.furniture.faults.hang_ends();
        self.front.furniture.pulse.beat();
    }
}
