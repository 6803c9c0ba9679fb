//! A schema that has one of everything that can go right or wrong.
#![expect(clippy::unused_async, reason = "the macros want resolvers to be async")]

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::{
    Data, Enum, Error, ErrorExtensions, InputValueError, InputValueResult, Json, Object, Result, Scalar, ScalarType, Schema, SimpleObject,
    Subscription, Value,
};
use axum::http::{HeaderMap, header};
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::Notify;
use trilogue::http::prepare::{Denied, Lapse, Prepare};

pub(crate) type ToySchema = Schema<Query, Mutation, Subscriptions>;

/// Where a test and the resolvers meet.
#[derive(Default)]
pub(crate) struct Gate {
    /// A slow mutation has begun, may go on, has ended.
    pub(crate) begun: Notify,
    pub(crate) open: Notify,
    pub(crate) done: Notify,
    /// The source of a subscription is there, is gone.
    pub(crate) subscribed: Notify,
    pub(crate) dropped: Notify,
    /// How many parcels have been made.
    pub(crate) produced: AtomicUsize,
}

pub(crate) fn schema(gate: Arc<Gate>) -> ToySchema {
    Schema::build(Query, Mutation, Subscriptions).data(gate).finish()
}

/// Lets everybody in except those with the token `bad`, until told otherwise.
#[derive(Default)]
pub(crate) struct Doorkeeper {
    pub(crate) verdict: Mutex<Option<Denied>>,
    /// How long credentials are good, where that is known.
    pub(crate) lapse: Mutex<Option<Lapse>>,
}

impl Doorkeeper {
    pub(crate) fn say(&self, verdict: Option<Denied>) {
        *self.verdict.lock().unwrap() = verdict;
    }
}

impl Prepare for Doorkeeper {
    async fn prepare(&self, headers: &HeaderMap, connection_params: Option<&serde_json::Value>) -> Result<Data, Denied> {
        let header = headers.get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer bad");
        let param = connection_params.is_some_and(|params| params["token"] == "bad");
        match *self.verdict.lock().unwrap() {
            Some(denied) => Err(denied),
            None if header || param => Err(Denied::Unauthenticated),
            None => {
                let mut data = Data::default();
                if let Some(lapse) = *self.lapse.lock().unwrap() {
                    data.insert(lapse);
                }
                Ok(data)
            }
        }
    }
}

/// A number that must be even, which only its parser knows.
struct Even(i64);

#[Scalar]
impl ScalarType for Even {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) if number.as_i64().is_some_and(|number| number % 2 == 0) => Ok(Self(number.as_i64().unwrap_or_default())),
            Value::Number(_) => Err(InputValueError::custom("not even")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.into()
    }
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Red,
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }

    async fn me(&self) -> Self {
        Self
    }

    async fn echo(&self, x: Option<Json<serde_json::Value>>) -> bool {
        x.is_some()
    }

    async fn half(&self, x: Even) -> i64 {
        x.0 / 2
    }

    async fn paint(&self, x: Colour) -> bool {
        x == Colour::Red
    }

    async fn broken(&self) -> Option<Result<i32>> {
        Some(Err(Error::new("the password of the database is 1234")))
    }

    async fn missing(&self) -> Option<Result<i32>> {
        Some(Err(Error::new("No such thing.").extend_with(|_, e| e.set("code", "NOT_FOUND"))))
    }

    async fn panic(&self, numbers: Option<Vec<i32>>) -> i32 {
        numbers.expect("a panic on purpose").len().try_into().unwrap()
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn add(&self, n: i32) -> i32 {
        n + 1
    }

    /// Begins, waits for the gate, and ends.
    async fn slow(&self, ctx: &async_graphql::Context<'_>) -> Result<bool> {
        let gate = ctx.data::<Arc<Gate>>()?;
        gate.begun.notify_one();
        gate.open.notified().await;
        gate.done.notify_one();
        Ok(true)
    }
}

#[derive(SimpleObject)]
struct Parcel {
    number: usize,
    ballast: String,
}

/// Lives as long as the source of a subscription, and tells the gate.
struct Source(Arc<Gate>);

impl Source {
    fn new(ctx: &async_graphql::Context<'_>) -> Result<Self> {
        let gate = ctx.data::<Arc<Gate>>()?;
        gate.subscribed.notify_one();
        Ok(Self(Arc::clone(gate)))
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.0.dropped.notify_one();
    }
}

pub(crate) struct Subscriptions;

#[Subscription]
impl Subscriptions {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    /// Parcels of 10 kB, as fast as they are taken.
    async fn endless(&self, ctx: &async_graphql::Context<'_>) -> Result<impl Stream<Item = Parcel>> {
        let source = Source::new(ctx)?;
        Ok(stream::repeat_with(move || Parcel { number: source.0.produced.fetch_add(1, Ordering::SeqCst), ballast: "x".repeat(10_000) }))
    }

    async fn silent(&self, ctx: &async_graphql::Context<'_>) -> Result<impl Stream<Item = i32>> {
        let source = Source::new(ctx)?;
        Ok(stream::pending().map(move |number| {
            let _alive = &source;
            number
        }))
    }

    /// A number each time that the gate opens.
    async fn on_demand(&self, ctx: &async_graphql::Context<'_>) -> Result<impl Stream<Item = usize>> {
        let source = Source::new(ctx)?;
        Ok(stream::unfold((source, 0), |(source, number)| async move {
            source.0.open.notified().await;
            Some((number + 1, (source, number + 1)))
        }))
    }

    async fn forbidden(&self) -> Result<stream::Empty<i32>> {
        Err(Error::new("Not yours.").extend_with(|_, e| e.set("code", "FORBIDDEN")))
    }

    async fn panics(&self) -> impl Stream<Item = i32> {
        stream::iter(1..=2).map(|number| if number == 1 { number } else { panic!("on purpose") })
    }
}
