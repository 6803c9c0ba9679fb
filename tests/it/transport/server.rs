//! The toy schema behind the real doors, on loopback or, where time matters, in memory.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use serde_json::Value;
use tokio::io::DuplexStream;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use trilogue::graphql::limits::Limited;
use trilogue::http::graphql::Endpoint;
use trilogue::http::websocket::SocketSettings;

use super::toy::{self, Doorkeeper, Gate, ToySchema};

/// Guards against a hang, not against slowness.
pub(crate) async fn in_the_end<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(2), work).await.expect("the server does not get there")
}

/// What a test sees of the server.
pub(crate) struct Inside {
    pub(crate) gate: Arc<Gate>,
    pub(crate) doorkeeper: Arc<Doorkeeper>,
    pub(crate) executor: Limited<ToySchema>,
    pub(crate) shutdown: CancellationToken,
    /// Told when the handler of an HTTP request is over, be it by being dropped.
    pub(crate) handler_over: Arc<Notify>,
}

fn build(sockets: SocketSettings) -> (Inside, Router) {
    let gate = Arc::new(Gate::default());
    let doorkeeper = Arc::new(Doorkeeper::default());
    let executor = Limited::new(toy::schema(Arc::clone(&gate)));
    let handler_over = Arc::new(Notify::new());
    let endpoint = Endpoint {
        executor: executor.clone(),
        prepare: Arc::clone(&doorkeeper),
        graphiql: || "the page".into_response(),
        sockets: sockets.clone(),
    };
    let router = Router::new().route("/graphql", endpoint.into_route()).layer(from_fn_with_state(Arc::clone(&handler_over), announce_end));
    (Inside { gate, doorkeeper, executor, shutdown: sockets.shutdown, handler_over }, router)
}

async fn announce_end(State(over): State<Arc<Notify>>, request: Request, next: Next) -> Response {
    struct Announcement(Arc<Notify>);
    impl Drop for Announcement {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let _announcement = Announcement(over);
    next.run(request).await
}

/// A server on loopback.
pub(crate) struct Server {
    pub(crate) inside: Inside,
    pub(crate) address: SocketAddr,
    pub(crate) client: reqwest::Client,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let (inside, router) = build(SocketSettings::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router).into_future());
        // reqwest is built without a provider of its own, and wants one even where there is no TLS.
        let client = crate::harness::client().build().unwrap();
        Self { inside, address, client }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    pub(crate) async fn post(&self, body: &Value) -> reqwest::Response {
        self.client.post(self.url()).json(body).send().await.unwrap()
    }

    pub(crate) async fn get(&self, parameters: &[(&str, &str)]) -> reqwest::Response {
        self.client.get(self.url()).query(parameters).send().await.unwrap()
    }
}

/// A server without a network, so that a paused clock moves only when both sides have nothing left to do.
pub(crate) struct InMemory {
    pub(crate) inside: Inside,
    dials: mpsc::Sender<DuplexStream>,
}

impl InMemory {
    pub(crate) fn start(sockets: SocketSettings) -> Self {
        let (inside, router) = build(sockets);
        let (dials, incoming) = mpsc::channel(1);
        tokio::spawn(axum::serve(Incoming(incoming), router).into_future());
        Self { inside, dials }
    }

    /// A connection that holds 64 kB in each direction.
    pub(crate) async fn dial(&self) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        self.dials.send(theirs).await.unwrap();
        ours
    }
}

struct Incoming(mpsc::Receiver<DuplexStream>);

impl Listener for Incoming {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(stream) => (stream, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}
