//! What was asked of a simulated helpdesk, request by request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, Method, header};
use chrono::{DateTime, Utc};

use super::call::Call;

/// One request that arrived.
#[derive(Debug, Clone)]
pub struct RequestRecord {
    /// Its method.
    pub method: Method,
    /// Its path, without the query.
    pub path: String,
    /// Its query, decoded.
    pub query: Vec<(String, String)>,
    /// Its headers, without the credentials.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
    /// The status it was answered with; none while it hangs, or when the connection broke.
    pub status: Option<u16>,
    /// When it arrived, by the simulator's clock.
    pub at: DateTime<Utc>,
}

impl RequestRecord {
    /// Whether it is this method to a path that begins so.
    pub fn is(&self, method: &Method, path_prefix: &str) -> bool {
        self.method == *method && self.path.starts_with(path_prefix)
    }
}

/// Every request so far, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<RequestRecord>>>);

impl Journal {
    /// The requests so far.
    pub fn all(&self) -> Vec<RequestRecord> {
        self.lock().clone()
    }

    pub(crate) fn open(&self, call: &Call, at: DateTime<Utc>) -> usize {
        let mut headers = call.headers.clone();
        headers.remove(header::AUTHORIZATION);
        let mut records = self.lock();
        records.push(RequestRecord {
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.query.clone(),
            headers,
            body: String::from_utf8_lossy(&call.body).into_owned(),
            status: None,
            at,
        });
        records.len() - 1
    }

    pub(crate) fn close(&self, entry: usize, status: u16) {
        if let Some(record) = self.lock().get_mut(entry) {
            record.status = Some(status);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<RequestRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
