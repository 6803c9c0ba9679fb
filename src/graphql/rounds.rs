//! When a batch is loaded: once everything that can ask for it now has asked.
//!
//! The engine polls all fields that can go on before it waits. So loads do not go to the runtime, where another core
//! would begin them with some of the keys, or hand out the first answers while the last are on their way: they run in
//! the operation's own task, after each of its polls. That needs no delay, and bounds the number of statements.

use std::any::TypeId;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::runtime::Timer;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{FuturesUnordered, StreamExt};
use futures_util::task::{FutureObj, Spawn, SpawnError};

use super::session::Session;

/// The loads that were asked for and have not begun. Only [`Rounds::beside`] lets them run.
#[derive(Debug, Clone, Default)]
pub(super) struct Rounds(Arc<Mutex<Vec<FutureObj<'static, ()>>>>);

impl Rounds {
    /// Those of the session that the request carries; without one, nobody asks for loads.
    pub(super) fn of(request: &Request) -> Self {
        let session = request.data.get(&TypeId::of::<Session>()).and_then(|session| session.downcast_ref::<Session>());
        session.map(|session| session.rounds().clone()).unwrap_or_default()
    }

    /// Does the work, and the loads that it asks for.
    pub(super) fn beside<T>(&self, work: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
        let rounds = self.clone();
        let (mut work, mut running) = (Box::pin(work), FuturesUnordered::new());
        poll_fn(move |cx| {
            let outcome = work.as_mut().poll(cx);
            running.extend(std::mem::take(&mut *rounds.0.lock().unwrap_or_else(PoisonError::into_inner)));
            // What a load brings wakes the work, which is polled again when all that is ready has been handed out.
            while let Poll::Ready(Some(())) = running.poll_next_unpin(cx) {}
            outcome
        })
    }
}

impl Spawn for Rounds {
    fn spawn_obj(&self, load: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(load);
        Ok(())
    }
}

impl Timer for Rounds {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        std::future::ready(()).boxed()
    }
}
