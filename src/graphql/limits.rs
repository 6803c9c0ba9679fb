//! What stands between the doors and the engine, so that no request can take the server down or be left half done.

use std::any::TypeId;
use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response, ServerError, Value};
use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tracing::Instrument;

use super::admission::admit;
use super::code::ErrorCode;
use super::rounds::Rounds;

/// Most errors in one response.
const MAX_ERRORS: usize = 100;

/// An executor with limits: it refuses requests that would exhaust stack, memory or a core; finishes what it has
/// begun, although the client goes away; survives panics; and lets no error out without `extensions.code`. It also runs
/// the loads that resolvers ask for.
#[derive(Clone)]
pub struct Limited<E> {
    inner: E,
    tasks: TaskTracker,
}

impl<E: Executor> Limited<E> {
    /// Puts the limits round `inner`.
    pub fn new(inner: E) -> Self {
        Self { inner, tasks: TaskTracker::new() }
    }

    /// Waits until no operation runs and no socket is open: the last step of a shutdown, after the doors are shut.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Keeps [`Self::finish`] waiting until the token is dropped.
    pub(crate) fn hold(&self) -> TaskTrackerToken {
        self.tasks.token()
    }
}

impl<E: Executor> Executor for Limited<E> {
    async fn execute(&self, mut request: Request) -> Response {
        let inner = self.inner.clone();
        let state = RequestState::of(&mut request);
        let judge = state.clone();
        let work = async move {
            match judge.admit(&mut request) {
                Ok(_) => Rounds::of(&request).beside(inner.execute(request)).await,
                Err(refusal) => Response::from_errors(vec![refusal]),
            }
        };
        // A task of its own, because a dropped future would leave a mutation, or a transaction, half done.
        let outcome = self.tasks.spawn(work.in_current_span()).await;
        state.tidy(outcome.unwrap_or_else(|failure| state.crashed(&failure)))
    }

    fn execute_stream(&self, mut request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let state = RequestState::of(&mut request);
        // Room for one: a slow reader holds back the source instead of filling memory.
        let (sender, receiver) = mpsc::channel(1);
        let work = forward(self.inner.clone(), request, session_data, state.clone(), sender);
        let task = self.tasks.spawn(work.in_current_span());
        stream::unfold((Some((receiver, task)), state), |(running, state)| async {
            let (mut receiver, task) = running?;
            match receiver.recv().await {
                Some(response) => Some((state.tidy(response), (Some((receiver, task)), state))),
                None => task.await.err().map(|failure| (state.tidy(state.crashed(&failure)), (None, state))),
            }
        })
        .boxed()
    }
}

/// Runs one operation into `sender`. Queries and mutations run to their end even if nobody listens any more.
async fn forward<E: Executor>(
    inner: E,
    mut request: Request,
    session_data: Option<Arc<Data>>,
    state: RequestState,
    sender: mpsc::Sender<Response>,
) {
    let kind = match state.admit(&mut request) {
        Ok(kind) => kind,
        Err(refusal) => {
            let _ = sender.send(Response::from_errors(vec![refusal])).await;
            return;
        }
    };
    let rounds = Rounds::of(&request);
    let mut responses = inner.execute_stream(request, session_data);
    loop {
        tokio::select! {
            biased;
            () = sender.closed(), if kind == OperationType::Subscription => return,
            response = rounds.beside(responses.next()) => match response {
                Some(response) => {
                    let _ = sender.send(response).await;
                }
                None => return,
            },
        }
    }
}

fn internal_error() -> ServerError {
    ErrorCode::InternalServerError.error("Something went wrong on our side.")
}

/// By which way a request came in, which decides what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTP GET: queries only, as links and caches may repeat it.
    Get,
    /// HTTP POST: queries and mutations.
    Post,
    /// A socket, or a caller within the process: subscriptions too.
    Stream,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It was not executed: all its errors are about the request itself.
    NotBegun,
    /// It was not executed, because a GET may not change anything.
    WrongMethod,
    /// It was valid, so that its errors are about fields.
    Begun,
}

/// What is known of one request beside its response. A door that wants to know puts one into [`Request::data`] and
/// reads it when the response is there.
#[derive(Debug, Clone)]
pub struct RequestState {
    transport: Transport,
    progress: Arc<OnceLock<Progress>>,
}

impl RequestState {
    /// The state of a request that has just come in.
    pub fn new(transport: Transport) -> Self {
        Self { transport, progress: Arc::default() }
    }

    /// How far the request has come.
    pub fn progress(&self) -> Progress {
        self.progress.get().copied().unwrap_or(Progress::NotBegun)
    }

    fn of(request: &mut Request) -> Self {
        let present = request.data.get(&TypeId::of::<Self>()).and_then(|state| state.downcast_ref::<Self>()).cloned();
        present.unwrap_or_else(|| {
            let state = Self::new(Transport::Stream);
            request.data.insert(state.clone());
            state
        })
    }

    fn admit(&self, request: &mut Request) -> Result<OperationType, ServerError> {
        let kind = admit(request)?;
        match (self.transport, kind) {
            (Transport::Get, OperationType::Mutation) => {
                let _ = self.progress.set(Progress::WrongMethod);
                Err(ErrorCode::BadUserInput.error("A mutation must be sent by POST."))
            }
            (Transport::Get | Transport::Post, OperationType::Subscription) => {
                Err(ErrorCode::BadUserInput.error("A subscription must be sent over a WebSocket."))
            }
            _ => Ok(kind),
        }
    }

    fn crashed(&self, failure: &JoinError) -> Response {
        if failure.is_panic() {
            metrics::counter!("trilogue_graphql_panics_total").increment(1);
            tracing::error!("a GraphQL operation panicked");
        }
        let _ = self.progress.set(Progress::Begun);
        Response::from_errors(vec![internal_error()])
    }

    /// The engine says nothing of a request that it refuses but its errors, which have no path: they are about no field.
    fn tidy(&self, mut response: Response) -> Response {
        if response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty()) {
            let _ = self.progress.set(Progress::Begun);
        }
        response.errors.truncate(MAX_ERRORS);
        response.errors = response.errors.into_iter().map(|error| self.with_code(error)).collect();
        response
    }

    /// The engine gives its own errors no code, and none of them a type to tell them apart by; their first words are
    /// pinned by a test.
    fn with_code(&self, error: ServerError) -> ServerError {
        let coded = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
        let starts_with = |beginnings: &[&str]| beginnings.iter().any(|beginning| error.message.starts_with(beginning));
        if coded {
            return error;
        }
        match self.progress() {
            Progress::Begun if starts_with(&["Failed to parse \"", "Expected input type \""]) => ErrorCode::BadUserInput.mark(error),
            Progress::Begun => {
                tracing::error!(path = ?error.path, reason = error.message, "a resolver failed");
                ServerError { locations: error.locations, path: error.path, ..internal_error() }
            }
            _ if starts_with(&["Invalid value for argument "]) => ErrorCode::BadUserInput.mark(error),
            _ => ErrorCode::GraphqlValidationFailed.mark(error),
        }
    }
}
