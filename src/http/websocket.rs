//! GraphQL over WebSocket: the protocol `graphql-transport-ws`, by the letter:
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.
//!
//! One task serves one socket. It asks its operations for the next event only when the last one has been written, so
//! that a client that does not read holds back its own subscriptions, and in the end loses the socket.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Executor, Response as GraphqlResponse, ServerError};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::future::{AbortHandle, AbortRegistration, Abortable};
use futures_util::stream::{self, BoxStream, SelectAll, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::accept::Media;
use super::graphql::{Endpoint, refused};
use super::params::Params;
use super::prepare::{Denied, Lapse, Prepare};
use crate::graphql::code::ErrorCode;
use crate::graphql::limits::{Progress, RequestState, Transport};

const PROTOCOL: &str = "graphql-transport-ws";
/// How long a peer may take to see a close frame and answer it.
const FAREWELL: Duration = Duration::from_secs(3);
/// Longest id of an operation, in bytes, as each of its messages repeats it.
const MAX_ID: usize = 128;

/// How sockets are kept.
#[derive(Debug, Clone)]
pub struct SocketSettings {
    /// How long a client may take to introduce itself.
    pub init_timeout: Duration,
    /// How often the server pings and checks that the credentials are still good. A client that is not heard of in
    /// between is given up.
    pub ping_interval: Duration,
    /// How long a client may take to read one message.
    pub write_timeout: Duration,
    /// Most operations at a time on one socket.
    pub max_operations: usize,
    /// Longest message from a client, in bytes.
    pub max_message: usize,
    /// Cancelled when the server goes down.
    pub shutdown: CancellationToken,
}

impl Default for SocketSettings {
    fn default() -> Self {
        Self {
            init_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(20),
            write_timeout: Duration::from_secs(20),
            max_operations: 64,
            max_message: 1024 * 1024,
            shutdown: CancellationToken::new(),
        }
    }
}

/// Accepts a socket if the client offers the protocol.
pub(super) fn open<E: Executor, P: Prepare>(upgrade: WebSocketUpgrade, headers: HeaderMap, endpoint: Endpoint<E, P>) -> Response {
    // A message somewhat too long is read to its end, so that the client is still there to be told; a longer one is not.
    let most = endpoint.sockets.max_message.saturating_mul(2);
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(most).max_frame_size(most);
    if upgrade.selected_protocol().is_none() {
        let message = format!("Offer the subprotocol {PROTOCOL} in Sec-WebSocket-Protocol.");
        return refused(Media::Json, StatusCode::BAD_REQUEST, &ErrorCode::BadUserInput.error(message));
    }
    let counted = endpoint.executor.hold();
    upgrade.on_upgrade(move |socket| async move {
        let _counted = counted;
        converse(socket, endpoint, headers).await;
    })
}

async fn converse<E: Executor, P: Prepare>(socket: WebSocket, endpoint: Endpoint<E, P>, headers: HeaderMap) {
    let mut line = Line { socket, settings: endpoint.sockets.clone() };
    let (ending, unfinished) = match greet(&mut line, &endpoint, headers).await {
        Ok(identity) => Session::new(&mut line, endpoint, identity).run().await,
        Err(ending) => (ending, Vec::new()),
    };
    line.part(&ending, unfinished).await;
}

/// Why a socket ends. The texts are at most 123 bytes, which is what a close frame holds.
#[derive(Debug, thiserror::Error)]
enum Ending {
    #[error("{0}")]
    BadMessage(&'static str),
    #[error("Message longer than allowed")]
    TooLong,
    #[error("Unauthorized: connection_init comes first")]
    Unauthorized,
    #[error("Forbidden")]
    Forbidden,
    #[error("Connection initialisation timeout")]
    InitTimeout,
    #[error("Subscriber for {0} already exists")]
    IdInUse(String),
    #[error("Too many initialisation requests")]
    TooManyInits,
    #[error("The server is going down: connect again")]
    GoingAway,
    #[error("Credentials cannot be checked for the moment: connect again")]
    Unavailable,
    #[error("the peer has closed")]
    Closed,
    #[error("the peer is gone")]
    Gone,
}

impl Ending {
    /// The code of the close frame, if there is somebody to send one to.
    const fn code(&self) -> Option<u16> {
        Some(match self {
            Self::BadMessage(_) => 4400,
            Self::TooLong => 1009,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::InitTimeout => 4408,
            Self::IdInUse(_) => 4409,
            Self::TooManyInits => 4429,
            Self::GoingAway => 1001,
            Self::Unavailable => 1013,
            Self::Closed | Self::Gone => return None,
        })
    }
}

impl From<Denied> for Ending {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unauthenticated => Self::Forbidden,
            // Only an operation can be unlisted, and no socket ends by it.
            Denied::Unavailable | Denied::Unlisted | Denied::TooOften { .. } => Self::Unavailable,
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Map<String, Value>,
    },
    Complete {
        id: String,
    },
}

impl ClientMessage {
    fn parse(text: &str) -> Result<Self, Ending> {
        let object: Map<String, Value> = serde_json::from_str(text).map_err(|_| Ending::BadMessage("Message is not a JSON object"))?;
        serde_json::from_value(Value::Object(object)).map_err(|_| Ending::BadMessage("Message is not one of the protocol"))
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Map<String, Value>>,
    },
    Next {
        id: &'a str,
        payload: &'a GraphqlResponse,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

/// The socket as both halves of a conversation use it.
struct Line {
    socket: WebSocket,
    settings: SocketSettings,
}

impl Line {
    /// What has come in: a message of the protocol, or nothing but a sign of life.
    async fn receive(&mut self) -> Result<Option<ClientMessage>, Ending> {
        match self.socket.recv().await {
            Some(Ok(Message::Text(text))) if text.len() > self.settings.max_message => Err(Ending::TooLong),
            Some(Ok(Message::Text(text))) => ClientMessage::parse(&text).map(Some),
            Some(Ok(Message::Binary(_))) => Err(Ending::BadMessage("Messages are text, not binary")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Close(_))) => Err(Ending::Closed),
            None => Err(Ending::Gone),
            Some(Err(_)) => Err(Ending::BadMessage("Unreadable message, or one far too long")),
        }
    }

    async fn send(&mut self, message: &ServerMessage<'_>) -> Result<(), Ending> {
        let text = serde_json::to_string(message).map_err(|_| Ending::Gone)?;
        self.write(Message::text(text)).await
    }

    async fn write(&mut self, message: Message) -> Result<(), Ending> {
        tokio::select! {
            biased;
            sent = timeout(self.settings.write_timeout, self.socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(Ending::Gone),
            },
            () = self.settings.shutdown.cancelled() => Err(Ending::GoingAway),
        }
    }

    /// Says goodbye, and waits a little for the peer to hear it.
    async fn part(mut self, ending: &Ending, unfinished: Vec<String>) {
        let farewell = async {
            if matches!(ending, Ending::GoingAway) {
                for id in &unfinished {
                    let text = serde_json::to_string(&ServerMessage::Complete { id }).unwrap_or_default();
                    self.socket.send(Message::text(text)).await?;
                }
            }
            if let Some(code) = ending.code() {
                self.socket.send(Message::Close(Some(CloseFrame { code, reason: ending.to_string().into() }))).await?;
            }
            // Reading on also sends the answer to the peer's own close frame.
            while let Some(Ok(_)) = self.socket.recv().await {}
            Ok::<(), axum::Error>(())
        };
        if !matches!(ending, Ending::Gone) {
            let _ = timeout(FAREWELL, farewell).await;
        }
    }
}

/// What the client has introduced itself with. Kept, because credentials may be withdrawn while the socket is open.
struct Identity {
    headers: HeaderMap,
    params: Option<Value>,
    lapse: Option<Lapse>,
}

impl Identity {
    /// Whether the credentials are still good.
    async fn check<P: Prepare>(&self, prepare: &P) -> Result<(), Denied> {
        prepare.prepare(&self.headers, self.params.as_ref()).await.map(drop)
    }
}

/// Waits for the moment, where there is one.
async fn lapsed(moment: &mut Option<Pin<Box<Sleep>>>) {
    match moment {
        Some(moment) => moment.await,
        None => std::future::pending().await,
    }
}

async fn greet<E: Executor, P: Prepare>(line: &mut Line, endpoint: &Endpoint<E, P>, headers: HeaderMap) -> Result<Identity, Ending> {
    let deadline = Instant::now() + line.settings.init_timeout;
    let shutdown = line.settings.shutdown.clone();
    let params = loop {
        let message = tokio::select! {
            message = timeout_at(deadline, line.receive()) => message.map_err(|_| Ending::InitTimeout)??,
            () = shutdown.cancelled() => return Err(Ending::GoingAway),
        };
        match message {
            Some(ClientMessage::ConnectionInit { payload }) => break payload.map(Value::Object),
            Some(ClientMessage::Ping { payload }) => line.send(&ServerMessage::Pong { payload }).await?,
            Some(ClientMessage::Subscribe { .. }) => return Err(Ending::Unauthorized),
            Some(ClientMessage::Pong {} | ClientMessage::Complete { .. }) | None => {}
        }
    };
    let lapse = Lapse::of(&endpoint.prepare.prepare(&headers, params.as_ref()).await?);
    line.send(&ServerMessage::ConnectionAck).await?;
    Ok(Identity { headers, params, lapse })
}

/// What happens on the server's side of a session.
enum Event {
    Next(String, GraphqlResponse),
    Refused(String, Vec<ServerError>),
    Denied(String, Denied),
    Done(String),
    Checked(Option<Denied>),
}

/// What a session waits for.
enum Turn {
    Heard(Result<Option<ClientMessage>, Ending>),
    Happened(Event),
    Tick,
    Lapsed,
    Shutdown,
}

/// The part of a conversation after the introduction.
struct Session<'a, E, P> {
    line: &'a mut Line,
    endpoint: Endpoint<E, P>,
    identity: Arc<Identity>,
    events: SelectAll<BoxStream<'static, Event>>,
    running: HashMap<String, AbortHandle>,
    ticks: Interval,
    /// When the credentials end, where that is known.
    lapse: Option<Pin<Box<Sleep>>>,
    heard_since_tick: bool,
    check_runs: bool,
}

impl<'a, E: Executor, P: Prepare> Session<'a, E, P> {
    fn new(line: &'a mut Line, endpoint: Endpoint<E, P>, identity: Identity) -> Self {
        let every = line.settings.ping_interval;
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            line,
            endpoint,
            lapse: identity.lapse.map(|lapse| Box::pin(sleep(lapse.after))),
            identity: Arc::new(identity),
            events: SelectAll::new(),
            running: HashMap::new(),
            ticks,
            heard_since_tick: true,
            check_runs: false,
        }
    }

    /// Serves the socket until it ends; tells why, and which operations that leaves unfinished.
    async fn run(mut self) -> (Ending, Vec<String>) {
        loop {
            let turn = self.turn().await;
            if let Err(ending) = self.take(turn).await {
                return (ending, self.running.into_keys().collect());
            }
        }
    }

    async fn turn(&mut self) -> Turn {
        let shutdown = self.line.settings.shutdown.clone();
        tokio::select! {
            heard = self.line.receive() => Turn::Heard(heard),
            Some(event) = self.events.next() => Turn::Happened(event),
            _ = self.ticks.tick() => Turn::Tick,
            () = lapsed(&mut self.lapse) => Turn::Lapsed,
            () = shutdown.cancelled() => Turn::Shutdown,
        }
    }

    async fn take(&mut self, turn: Turn) -> Result<(), Ending> {
        match turn {
            Turn::Heard(heard) => {
                self.heard_since_tick = true;
                match heard? {
                    Some(message) => self.answer(message).await,
                    None => Ok(()),
                }
            }
            Turn::Happened(event) => self.report(event).await,
            Turn::Tick => self.check_peer().await,
            Turn::Lapsed => {
                self.lapse = None;
                self.check_credentials();
                Ok(())
            }
            Turn::Shutdown => Err(Ending::GoingAway),
        }
    }

    async fn answer(&mut self, message: ClientMessage) -> Result<(), Ending> {
        match message {
            ClientMessage::ConnectionInit { .. } => Err(Ending::TooManyInits),
            ClientMessage::Ping { payload } => self.line.send(&ServerMessage::Pong { payload }).await,
            ClientMessage::Pong {} => Ok(()),
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload).await,
            ClientMessage::Complete { id } => {
                self.stop(&id);
                Ok(())
            }
        }
    }

    async fn subscribe(&mut self, id: String, payload: Map<String, Value>) -> Result<(), Ending> {
        if id.is_empty() || id.len() > MAX_ID {
            return Err(Ending::BadMessage("The id of an operation has 1 to 128 bytes"));
        }
        if self.running.contains_key(&id) {
            // The reason of a close frame is short.
            return Err(Ending::IdInUse(id.chars().take(20).collect()));
        }
        let params = Params::from_object(payload).map_err(|_| Ending::BadMessage("Malformed payload of subscribe"))?;
        if self.running.len() >= self.line.settings.max_operations {
            let error = ErrorCode::RateLimited.error("Too many operations at a time on this socket: complete some first.");
            return self.line.send(&ServerMessage::Error { id: &id, payload: &[error] }).await;
        }
        let (handle, registration) = AbortHandle::new_pair();
        self.running.insert(id.clone(), handle);
        self.events.push(self.operation(id, params, registration));
        Ok(())
    }

    /// The events of one operation. Each is prepared anew: with loaders of its own, and the viewer as of now.
    fn operation(&self, id: String, params: Params, registration: AbortRegistration) -> BoxStream<'static, Event> {
        let (endpoint, identity, own_id) = (self.endpoint.clone(), Arc::clone(&self.identity), id.clone());
        let (strict_endpoint, strict_identity) = (self.endpoint.clone(), Arc::clone(&self.identity));
        let state = RequestState::new(Transport::Stream);
        let progress = state.clone();
        let events = stream::once(async move {
            match params.into_request(&*endpoint.prepare, &identity.headers, identity.params.as_ref(), state).await {
                Ok(request) => endpoint.executor.execute_stream(request, None).map(Ok).left_stream(),
                Err(denied) => stream::iter([Err(denied)]).right_stream(),
            }
        })
        .flatten()
        .then(move |item| {
            let (endpoint, identity) = (strict_endpoint.clone(), Arc::clone(&strict_identity));
            async move {
                // What was read while the credentials were good is not handed over when they no longer are.
                match item {
                    Ok(response) if identity.lapse.is_some() => identity.check(&*endpoint.prepare).await.map(|()| response),
                    item => item,
                }
            }
        })
        .map(move |item| match item {
            Ok(response) if progress.progress() == Progress::Begun => Event::Next(id.clone(), response),
            Ok(response) => Event::Refused(id.clone(), response.errors),
            Err(denied) => Event::Denied(id.clone(), denied),
        })
        .chain(stream::iter([Event::Done(own_id)]));
        Abortable::new(events, registration).boxed()
    }

    fn stop(&mut self, id: &str) {
        if let Some(handle) = self.running.remove(id) {
            handle.abort();
        }
    }

    async fn report(&mut self, event: Event) -> Result<(), Ending> {
        match event {
            Event::Next(id, response) => self.line.send(&ServerMessage::Next { id: &id, payload: &response }).await,
            Event::Refused(id, errors) => {
                self.stop(&id);
                self.line.send(&ServerMessage::Error { id: &id, payload: &errors }).await
            }
            Event::Denied(_, Denied::Unauthenticated) | Event::Checked(Some(Denied::Unauthenticated)) => Err(Ending::Forbidden),
            Event::Denied(id, denied) => {
                self.stop(&id);
                self.line.send(&ServerMessage::Error { id: &id, payload: &[denied.error()] }).await
            }
            Event::Done(id) => {
                self.stop(&id);
                self.line.send(&ServerMessage::Complete { id: &id }).await
            }
            // A check that could not be made says nothing against the client; the next tick tries again.
            Event::Checked(_) => {
                self.check_runs = false;
                Ok(())
            }
        }
    }

    fn check_credentials(&mut self) {
        self.check_runs = true;
        let (endpoint, identity) = (self.endpoint.clone(), Arc::clone(&self.identity));
        self.events.push(stream::once(async move { Event::Checked(identity.check(&*endpoint.prepare).await.err()) }).boxed());
    }

    async fn check_peer(&mut self) -> Result<(), Ending> {
        if !self.heard_since_tick {
            return Err(Ending::Gone);
        }
        self.heard_since_tick = false;
        if !self.check_runs {
            self.check_credentials();
        }
        // A ping of the WebSocket itself: every library answers it, even one that does not know this protocol well.
        self.line.write(Message::Ping(Bytes::new())).await
    }
}
