//! Scripted misbehaviour: what can go wrong between two servers, on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Method;
use tokio::sync::watch;

use super::call::Call;

/// A way for one request to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This status without a body; nothing is done.
    Status(u16),
    /// The vendor's 429; nothing is done.
    RateLimited {
        /// The `Retry-After` header, in seconds.
        retry_after: u32,
    },
    /// No answer; the work is done once the client has given up.
    HangThenApply,
    /// No answer, and nothing is done.
    HangThenDrop,
    /// The work is done at once, but no answer comes.
    ApplyThenHang,
    /// The work is done, then the connection breaks without an answer.
    ApplyThenReset,
    /// The connection breaks and nothing is done.
    ResetBeforeApply,
    /// An HTML page of this status from a proxy in front; nothing is done.
    HtmlError(u16),
    /// The work is done, and the answer breaks off in the middle of its JSON.
    MalformedJson,
}

/// Which requests a fault is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct On {
    method: Option<Method>,
    path_prefix: String,
}

impl On {
    /// Requests of any method to paths that begin so.
    pub fn any(path_prefix: &str) -> Self {
        Self { method: None, path_prefix: path_prefix.to_owned() }
    }

    /// Requests of one method to paths that begin so.
    pub fn method(method: Method, path_prefix: &str) -> Self {
        Self { method: Some(method), path_prefix: path_prefix.to_owned() }
    }

    /// GET requests to paths that begin so.
    pub fn get(path_prefix: &str) -> Self {
        Self::method(Method::GET, path_prefix)
    }

    /// POST requests to paths that begin so.
    pub fn post(path_prefix: &str) -> Self {
        Self::method(Method::POST, path_prefix)
    }

    /// PUT requests to paths that begin so.
    pub fn put(path_prefix: &str) -> Self {
        Self::method(Method::PUT, path_prefix)
    }

    fn matches(&self, call: &Call) -> bool {
        self.method.as_ref().is_none_or(|method| *method == call.method) && call.path.starts_with(&self.path_prefix)
    }
}

#[derive(Debug)]
struct Scripted {
    on: On,
    fault: Fault,
    left: u32,
}

/// The script of faults. Each matching request uses up one, first come, first served.
#[derive(Debug, Clone)]
pub struct Faults {
    script: Arc<Mutex<VecDeque<Scripted>>>,
    hanging: Arc<watch::Sender<usize>>,
}

impl Faults {
    pub(crate) fn none() -> Self {
        Self { script: Arc::default(), hanging: Arc::new(watch::Sender::new(0)) }
    }

    /// The next matching request goes wrong in this way.
    pub fn next(&self, on: On, fault: Fault) {
        self.repeat(1, on, fault);
    }

    /// The next so many matching requests go wrong in this way.
    pub fn repeat(&self, times: u32, on: On, fault: Fault) {
        if times > 0 {
            self.script().push_back(Scripted { on, fault, left: times });
        }
    }

    /// How many faults have not met their request yet.
    pub fn left(&self) -> u32 {
        self.script().iter().map(|scripted| scripted.left).sum()
    }

    /// Forgets the rest of the script.
    pub fn clear(&self) {
        self.script().clear();
    }

    /// Waits until a request hangs.
    pub async fn hanging(&self) {
        let _ = self.hanging.subscribe().wait_for(|hanging| *hanging > 0).await;
    }

    /// Waits until no request hangs any more: every client has given up, and what was to be done late is done.
    pub async fn settled(&self) {
        // The sender lives as long as `self`, so the wait cannot fail.
        let _ = self.hanging.subscribe().wait_for(|hanging| *hanging == 0).await;
    }

    pub(crate) fn take(&self, call: &Call) -> Option<Fault> {
        let mut script = self.script();
        let place = script.iter().position(|scripted| scripted.on.matches(call))?;
        let scripted = script.get_mut(place)?;
        let fault = scripted.fault;
        scripted.left -= 1;
        if scripted.left == 0 {
            script.remove(place);
        }
        Some(fault)
    }

    pub(crate) fn hang_begins(&self) {
        self.hanging.send_modify(|hanging| *hanging += 1);
    }

    pub(crate) fn hang_ends(&self) {
        self.hanging.send_modify(|hanging| *hanging = hanging.saturating_sub(1));
    }

    fn script(&self) -> MutexGuard<'_, VecDeque<Scripted>> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
