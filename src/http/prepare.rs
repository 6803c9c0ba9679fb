//! Who is asking: the seam between the GraphQL doors and the house.

use std::any::TypeId;
use std::time::Duration;

use async_graphql::{Data, ServerError};
use axum::http::HeaderMap;

use crate::graphql::code::ErrorCode;

/// Makes what resolvers need of one operation: the viewer, the loaders, the scope.
pub trait Prepare: Send + Sync + 'static {
    /// Called once for each operation, so that no loader is shared between two of them, and from time to time for an
    /// open socket, to see whether its credentials are still good.
    ///
    /// `headers` are those of the request, or of the handshake of the socket; `connection_params` is the payload of the
    /// socket's `connection_init`. Do not take credentials from cookies: any page on the web could then open a socket
    /// in its reader's name.
    fn prepare(
        &self,
        headers: &HeaderMap,
        connection_params: Option<&serde_json::Value>,
    ) -> impl Future<Output = Result<Data, Denied>> + Send;

    /// The operation with this SHA-256, in hex, of those that the pages send.
    fn document(&self, sha256: &str) -> Option<String> {
        let _ = sha256;
        None
    }
}

/// Put into the data by whoever prepares for credentials of a page: with them, only the operations that the pages were built with
/// are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedOnly;

impl ListedOnly {
    /// Whether it was put into the data.
    pub(super) fn is_in(data: &Data) -> bool {
        data.contains_key(&TypeId::of::<Self>())
    }
}

/// Put into the data by whoever prepares for credentials that end at a moment known beforehand, or may be withdrawn at any:
/// a socket that was opened with them is looked at when the time is over, and before each thing that it would bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lapse {
    /// How long they are good from now on, unless they are withdrawn before.
    pub after: Duration,
}

impl Lapse {
    /// What was put into the data; none for credentials that are looked at from time to time only.
    pub(super) fn of(data: &Data) -> Option<Self> {
        data.get(&TypeId::of::<Self>()).and_then(|lapse| lapse.downcast_ref::<Self>()).copied()
    }
}

/// Why an operation is not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No credentials, or credentials that are not, or no longer, good.
    #[error("Credentials are missing or no longer good: send a valid bearer token.")]
    Unauthenticated,
    /// The credentials cannot be checked for the moment.
    #[error("Credentials cannot be checked for the moment: try again.")]
    Unavailable,
    /// The credentials are good, and used too often.
    #[error("Too many requests with this token: wait, then send again.")]
    TooOften {
        /// How long to wait.
        after: Duration,
    },
    /// The operation is named by a digest that nobody knows, or is written out where only known ones are taken.
    #[error("This operation is not on the list: sessions of pages send those that they were built with, by their SHA-256.")]
    Unlisted,
}

impl Denied {
    /// The refusal as a GraphQL error.
    pub(super) fn error(self) -> ServerError {
        let code = match self {
            Self::Unauthenticated => ErrorCode::Unauthenticated,
            Self::TooOften { .. } => ErrorCode::RateLimited,
            Self::Unavailable => ErrorCode::ServiceUnavailable,
            Self::Unlisted => ErrorCode::Forbidden,
        };
        code.error(self.to_string())
    }
}
