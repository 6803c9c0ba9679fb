//! What can go wrong with a payment system, and what to do about it.

use std::time::Duration;

use crate::domain::refunds::FailureKind;

/// What to do after a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Send the same order again, not before this time has passed. Does not count as an attempt.
    Wait(Duration),
    /// Send the same order again, later. If the outcome is unknown, as [`super::Attempt::Again`].
    Again,
    /// It has failed, for certain: the refund hears of it, and only a new attempt with a new key can succeed.
    Fail(FailureKind),
    /// Nobody can tell what happened, or somebody must mend something first. The key stays as it is.
    AskPerson,
}

/// A call to a payment system that did not do what was asked. No variant carries personal data or secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Too many calls. This one did nothing.
    #[error("the payment system asks to wait {} s", retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// This call did nothing, or it was one that changes nothing.
    #[error("the payment system cannot be reached: {reason}")]
    Unavailable {
        /// The kind of failure.
        reason: String,
    },
    /// The order was sent and no clear answer came: the money may have moved.
    #[error("the outcome is unknown: {reason}")]
    Uncertain {
        /// The kind of failure.
        reason: String,
    },
    /// Looked, and what was found cannot be.
    #[error("it cannot be told what happened: {reason}")]
    Undecidable {
        /// What was found.
        reason: String,
    },
    /// The key was used before, with another order. What that one did is not known here.
    #[error("the key was used for another order")]
    KeyConflict,
    /// 401 or 403: our credentials are not good for this. Nothing was done.
    #[error("the payment system refuses our credentials ({status})")]
    Unauthorized {
        /// 401 or 403.
        status: u16,
    },
    /// A final no: no money moved, and none ever will under this key.
    #[error("the payment system refuses it ({status} {code})")]
    Refused {
        /// What it means.
        kind: FailureKind,
        /// The HTTP status.
        status: u16,
        /// Its own word; empty when it gave none.
        code: String,
    },
    /// The earlier calls were never done, and their key protects no more.
    #[error("the earlier calls did nothing, and their key is worn out")]
    NotDone,
    /// It cannot be sent as it is; the payment system was not asked.
    #[error("it cannot be sent: {reason}")]
    Unsendable {
        /// What is wrong with it.
        reason: String,
    },
}

impl GatewayError {
    pub(super) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into() }
    }

    pub(super) fn uncertain(reason: impl Into<String>) -> Self {
        Self::Uncertain { reason: reason.into() }
    }

    pub(super) fn unsendable(reason: impl Into<String>) -> Self {
        Self::Unsendable { reason: reason.into() }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> Remedy {
        match self {
            Self::RateLimited { retry_after } => Remedy::Wait(*retry_after),
            Self::Unavailable { .. } | Self::Uncertain { .. } => Remedy::Again,
            Self::Undecidable { .. } | Self::KeyConflict | Self::Unauthorized { .. } => Remedy::AskPerson,
            Self::Refused { kind, .. } => Remedy::Fail(*kind),
            Self::NotDone | Self::Unsendable { .. } => Remedy::Fail(FailureKind::Other),
        }
    }

    /// Whether the money may have moved: every later call for the order is then [`super::Attempt::Again`].
    pub const fn leaves_unknown(&self) -> bool {
        matches!(self, Self::Uncertain { .. } | Self::Undecidable { .. } | Self::KeyConflict)
    }
}

/// Why news are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewsError {
    /// It is not proved who sent them. The sender gets 401 and no reason.
    #[error("the signature {0}")]
    BadSignature(&'static str),
    /// They are signed, and make no sense. Kept, with this reason.
    #[error("the news cannot be read: {0}")]
    Unreadable(String),
}

impl NewsError {
    /// The place alone: serde's own text quotes the content.
    pub(super) fn of_json(error: &serde_json::Error) -> Self {
        Self::Unreadable(place(error))
    }
}

/// Where JSON stops making sense, without its content.
pub(super) fn place(error: &serde_json::Error) -> String {
    format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())
}

/// A payment system's own word, if it is one: only identifiers are taken, never sentences, which may quote what was sent.
pub(super) fn identifier(word: &str) -> Option<&str> {
    let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain && (1..=64).contains(&word.len()) && word.starts_with(|first: char| first.is_ascii_alphabetic())).then_some(word)
}
