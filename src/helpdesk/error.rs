//! What can go wrong with a helpdesk, and what to do about it.

use std::time::Duration;

/// Why a delivery is not believed. The sender gets 401 and no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The header, credential or parameter that should prove the sender is not there.
    #[error("no proof of the sender")]
    Missing,
    /// It is there and does not fit.
    #[error("the proof of the sender does not fit")]
    Wrong,
    /// It fits, but the signed time lies outside the configured window.
    #[error("the signature is too old, or from the future")]
    Stale,
}

/// Why a verified delivery cannot be read. It is kept and dead-lettered with this reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not the format it should be.
    #[error("the body is not {expected}: {reason}")]
    NotReadable {
        /// `JSON`, or `a form`.
        expected: &'static str,
        /// Where it stops making sense; no content.
        reason: String,
    },
    /// Readable, but it names no ticket.
    #[error("the body names no ticket")]
    NoTicket,
}

/// What to do after a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Try again, not before this time has passed; the helpdesk said so. Does not count as an attempt.
    Wait(Duration),
    /// Try again later; nothing was done on the other side, or doing it twice does no harm.
    Retry,
    /// Nobody can tell whether it was done: a person must look.
    AskPerson,
    /// Trying again cannot help.
    GiveUp,
    /// The other side changed under our hands: read it again, then decide anew.
    ReadAgain,
}

/// A call to a helpdesk that did not do what was asked. No variant carries personal data or secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HelpdeskError {
    /// 429, or 503 with a date: too many calls.
    #[error("the helpdesk asks to wait {} s", retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// No connection, a redirect, or no clear answer to a call that changes nothing or is safe to repeat.
    #[error("the helpdesk cannot be reached: {reason}")]
    Unavailable {
        /// The kind of failure.
        reason: String,
    },
    /// The call was sent and no clear answer came. The next attempt looks first.
    #[error("the outcome is unknown: {reason}")]
    Uncertain {
        /// The kind of failure.
        reason: String,
    },
    /// Looked, and what was found neither proves nor rules out that the earlier call arrived.
    #[error("it cannot be told whether an earlier attempt arrived: {reason}")]
    Undecidable {
        /// What was found.
        reason: String,
    },
    /// 401 or 403: our credentials are not good for this.
    #[error("the helpdesk refuses our credentials ({status})")]
    Unauthorized {
        /// 401 or 403.
        status: u16,
    },
    /// 404 or 410.
    #[error("the helpdesk does not know it")]
    NotFound,
    /// 409: somebody else changed it in between.
    #[error("the helpdesk reports a conflicting update")]
    Conflict,
    /// Any other 4xx: what we sent is not acceptable.
    #[error("the helpdesk refuses it ({status} {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The vendor's error code; empty when it gave none.
        code: String,
    },
    /// It cannot be sent as it is; the helpdesk was not asked.
    #[error("it cannot be sent: {reason}")]
    Unsendable {
        /// What is wrong with it; no content.
        reason: String,
    },
    /// An answer that is not what the product documents.
    #[error("the helpdesk's answer cannot be read: {reason}")]
    Unreadable {
        /// Where it stops making sense; no content.
        reason: String,
    },
}

impl HelpdeskError {
    pub(super) fn undecidable(reason: &str) -> Self {
        Self::Undecidable { reason: reason.to_owned() }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> Remedy {
        match self {
            Self::RateLimited { retry_after } => Remedy::Wait(*retry_after),
            Self::Unavailable { .. } | Self::Uncertain { .. } | Self::Unreadable { .. } | Self::Unauthorized { .. } => Remedy::Retry,
            Self::Undecidable { .. } => Remedy::AskPerson,
            Self::Conflict => Remedy::ReadAgain,
            Self::NotFound | Self::Refused { .. } | Self::Unsendable { .. } => Remedy::GiveUp,
        }
    }
}
