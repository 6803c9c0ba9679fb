//! One function is one use case is one transaction, in three short paragraphs: load and allow; decide; write.
//!
//! No HTTP, no GraphQL, no SQL here. Whoever asks "can this happen twice?" reads one function.

pub mod alerts;
pub mod articles;
pub mod attachments;
pub mod buyers;
pub mod cases;
pub mod charter;
pub mod connections;
mod dealings;
pub mod defects;
pub mod disputes;
mod effects;
pub mod endpoints;
pub mod export;
mod first_words;
pub mod inbound;
pub mod ledger;
pub mod links;
pub mod mails;
pub mod masking;
pub mod measures;
pub mod mediators;
pub mod mentions;
pub mod merges;
pub mod notices;
pub mod orders;
pub mod outbound;
pub mod payments;
pub mod pool;
pub mod presence;
pub mod purchases;
pub mod ratings;
pub mod refunds;
pub mod returns;
pub mod sanctions;
pub mod saved_searches;
pub mod scorecards;
pub mod sessions;
pub mod shipments;
pub mod splits;
pub mod standing;
pub mod templates;
pub mod tenants;
pub mod threads;
pub mod timers;
mod triage;
pub mod withdrawals;

use chrono::{DateTime, Utc};

use crate::clock::SharedClock;
use crate::domain::charter::Marketplace;
use crate::domain::ids::MarketplaceId;
use crate::domain::kpis::Miscount;
use crate::domain::refusal::Refusal;
use crate::files::FilesError;
use crate::helpdesk::HelpdeskError;
use crate::store::{Store, StoreError};
use crate::vault::VaultError;
use alerts::Alerts;
use articles::Articles;
use attachments::Depot;
use connections::Connections;
use links::Links;
use payments::Payments;

/// What every use case works with.
#[derive(Debug, Clone)]
pub struct Cx {
    /// The database.
    pub store: Store,
    /// The present.
    pub clock: SharedClock,
    /// The helpdesks.
    pub connections: Connections,
    /// Where files are kept, and how much of them is taken.
    pub depot: Depot,
    /// Addresses that open for whom they were made for.
    pub links: Links,
    /// The ways out to whom the timeline is told.
    pub alerts: Alerts,
    /// What help centres answered lately.
    pub articles: Articles,
    /// The payment systems.
    pub payments: Payments,
}

impl Cx {
    /// The present.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    async fn marketplace(&self, id: MarketplaceId) -> Result<Marketplace> {
        self.store.marketplace(id).await?.ok_or(Error::NotFound)
    }
}

/// One fault of an input: where it is, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The path into the input; empty for the request as a whole.
    pub path: Vec<String>,
    /// What is wrong.
    pub refusal: Refusal,
}

/// Why a use case did not happen. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or not for who asks; nobody can tell the two apart.
    #[error("not found")]
    NotFound,
    /// The rules say no; all faults of the input at once.
    #[error("refused: {}", faults.iter().map(|fault| fault.refusal.to_string()).collect::<Vec<_>>().join(" "))]
    Refused {
        /// The faults, at least one.
        faults: Vec<Fault>,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Counts that do not hold what is to be taken out of them.
    #[error(transparent)]
    Miscount(#[from] Miscount),
    /// The helpdesk.
    #[error(transparent)]
    Helpdesk(#[from] HelpdeskError),
    /// The place for files.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A stored secret cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A connection's settings cannot be used.
    #[error("the connection cannot be used: {0}")]
    Connection(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { faults: vec![Fault { path: Vec::new(), refusal }] }
    }
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// Collects the faults of an input, so that all of them are reported at once.
#[derive(Debug, Default)]
pub(crate) struct Check(Vec<Fault>);

impl Check {
    /// One fault.
    pub(crate) fn fault(&mut self, path: &[&str], refusal: Refusal) {
        self.0.push(Fault { path: path.iter().map(|part| (*part).to_owned()).collect(), refusal });
    }

    /// A text that must be there and not be too long, counted in characters.
    pub(crate) fn text(&mut self, path: &[&str], what: &'static str, text: &str, limit: usize) {
        if text.trim().is_empty() || text.chars().count() > limit {
            self.fault(path, Refusal::Length { what, limit });
        }
    }

    /// Goes on when there is no fault.
    pub(crate) fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Refused { faults: self.0 }) }
    }
}

/// A refusal about one field of the input.
pub(crate) fn refused(path: &[&str], refusal: Refusal) -> Error {
    let mut check = Check::default();
    check.fault(path, refusal);
    Error::Refused { faults: check.0 }
}
