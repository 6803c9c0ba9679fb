//! What applies to one case.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::super::calendar::{BusinessCalendar, BusinessDuration, Closure, Deadline};
use super::super::parties::Party;
use super::super::reasons::{ContactReason, ReasonKey};
use super::super::tickets::Channel;
use super::{Charter, CharterVersion, Marketplace, Promise};

/// The rules of one case: the version of the charter under which it was opened, and the closures of its seller.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The rules between the parties, as they were when the case was opened.
    pub charter: Arc<Charter>,
    /// Which version that is.
    pub version: CharterVersion,
    /// How Trilogue works with the helpdesk: the charter in force today.
    pub house: Arc<Charter>,
    /// When the seller is away.
    pub seller_closures: Vec<Closure>,
}

impl Terms {
    /// The terms of a case that is opened now.
    pub fn today(marketplace: &Marketplace) -> Self {
        let charter = Arc::clone(&marketplace.charter);
        Self { house: Arc::clone(&charter), charter, version: marketplace.charter_version, seller_closures: Vec::new() }
    }

    /// The first version, for tests and tools that have no marketplace.
    pub fn of(charter: Charter) -> Self {
        let charter = Arc::new(charter);
        Self { house: Arc::clone(&charter), charter, version: CharterVersion::FIRST, seller_closures: Vec::new() }
    }

    /// The contact reason of this name.
    pub fn reason(&self, key: Option<&ReasonKey>) -> Option<&ContactReason> {
        key.and_then(|key| self.charter.reason(key))
    }

    /// When a party's hours count.
    pub fn calendar(&self, party: Party) -> Cow<'_, BusinessCalendar> {
        let hours = self.charter.business_hours.as_deref();
        match (party, self.seller_closures.as_slice(), hours) {
            (Party::Seller, closures @ [_, ..], Some(hours)) => Cow::Owned(hours.with_closures(closures)),
            (Party::Seller, closures @ [_, ..], None) => Cow::Owned(BusinessCalendar::always_open(chrono_tz::UTC).with_closures(closures)),
            (_, _, Some(hours)) => Cow::Borrowed(hours),
            (_, _, None) => Cow::Owned(BusinessCalendar::always_open(chrono_tz::UTC)),
        }
    }

    /// The clock of a promise that is given at `at`.
    pub fn deadline(&self, promise: Promise, party: Party, reason: Option<&ReasonKey>, channel: Channel, at: DateTime<Utc>) -> Deadline {
        let span = self.charter.targets.span(promise, party, self.reason(reason), channel);
        Deadline::start(BusinessDuration::Open(span), Some(self.charter.warn_at), at)
    }
}
