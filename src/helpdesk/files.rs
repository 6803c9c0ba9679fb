//! Files of comments: how they are told of, had from a helpdesk, and handed to one.
//!
//! Their addresses come from the helpdesk's answers, so they are followed with care: to the account itself and to the hosts
//! that the vendor keeps files on, over TLS, and with our credentials to the account alone.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::header::LOCATION;
use tokio_util::bytes::Bytes;
use url::Url;

use super::HelpdeskError;
use super::wire::{Identified, Wire, is_private, refused_file};
use crate::domain::tickets::{CommentNumber, TicketNumber};

/// How many times an address may lead on to another one.
const HOPS: usize = 3;

/// What a helpdesk says of a file of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its id there.
    pub id: String,
    /// Its name there.
    pub name: String,
    /// What it is said to be.
    pub content_type: String,
    /// Its size in bytes, where it is said.
    pub size: Option<u64>,
    /// Whether it may be had.
    pub standing: Standing,
}

/// Whether a file may be had from the helpdesk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Fine,
    /// The helpdesk has not looked at it for malware yet.
    Unchecked,
    /// The helpdesk found malware in it.
    Dangerous,
    /// Somebody removed it.
    Removed,
}

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePlace {
    /// The ticket.
    pub ticket: TicketNumber,
    /// Its comment.
    pub comment: CommentNumber,
    /// The file's id.
    pub file: String,
}

/// The bytes of a file as they come.
pub type Pieces = BoxStream<'static, Result<Bytes, HelpdeskError>>;

/// What asking for a file gives.
pub enum FileAnswer {
    /// Its bytes. Unchecked ones are the asker's to take or leave.
    Open {
        /// Whether the helpdesk has looked at it.
        standing: Standing,
        /// Its bytes.
        pieces: Pieces,
    },
    /// It must not be had, for this reason.
    Closed(Standing),
}

/// Where the bytes of a file come from that goes to a helpdesk.
#[async_trait]
pub trait FileSource: Send + Sync + fmt::Debug {
    /// All of them.
    async fn read(&self) -> Result<Bytes, HelpdeskError>;
}

/// A file that goes out with a comment.
#[derive(Debug, Clone)]
pub struct OutboundFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its bytes, read when their turn comes.
    pub source: Arc<dyn FileSource>,
}

impl PartialEq for OutboundFile {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.content_type, self.size) == (&other.name, &other.content_type, other.size)
    }
}

impl Eq for OutboundFile {}

/// Follows a file's address. `known` tells the vendor's own hosts; whatever else it leads to is not asked.
pub(super) async fn open(wire: &Wire, address: &str, known: fn(&Url) -> bool, own: Identified) -> Result<Pieces, HelpdeskError> {
    let stray = |reason: &str| HelpdeskError::Unsendable { reason: format!("the file's address {reason}") };
    let home = wire.address("");
    let mut url: Url = address.parse().map_err(|_| stray("is none"))?;
    let mut identified = own;
    for _ in 0..=HOPS {
        let at_home = url.origin() == home.origin();
        let trusted = at_home && is_private(&url) || url.scheme() == "https" && url.port().is_none() && known(&url);
        if !trusted {
            return Err(stray("leads to a host that is not the helpdesk's"));
        }
        let response = wire.get_file(&url, if at_home { identified } else { Identified::No }).await?;
        if response.status().is_success() {
            return Ok(response.bytes_stream().map(|piece| piece.map_err(|_| broken_off())).boxed());
        }
        if !response.status().is_redirection() {
            return Err(refused_file(response).await);
        }
        let next = response.headers().get(LOCATION).and_then(|next| url.join(&String::from_utf8_lossy(next.as_bytes())).ok());
        url = next.ok_or_else(|| stray("leads nowhere"))?;
        // Credentials never follow a redirect, not even back to where they belong.
        identified = Identified::No;
    }
    Err(stray("leads on without end"))
}

fn broken_off() -> HelpdeskError {
    HelpdeskError::Unavailable { reason: "the file broke off".to_owned() }
}

/// Whether a host is one of these, or under one of them.
pub(super) fn is_under(url: &Url, domains: &[&str]) -> bool {
    let host = url.domain().unwrap_or_default();
    domains.iter().any(|domain| host == *domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_known_by_its_end_and_not_by_its_beginning() {
        let under = |url: &str| is_under(&url.parse().unwrap(), &["zendesk.com", "zdusercontent.com"]);
        for known in ["https://acme.zendesk.com/x", "https://zendesk.com", "https://p18.zdusercontent.com/a?b"] {
            assert!(under(known), "{known}");
        }
        for strange in [
            "https://evilzendesk.com",
            "https://zendesk.com.evil.org",
            "https://127.0.0.1/zendesk.com",
            "https://[::1]/",
            "file:///etc/passwd",
        ] {
            assert!(!under(strange), "{strange}");
        }
    }
}
