//! What a unit of work has read and need not read again: what it holds under lock, and what is the same all through it.
//! Whatever writes such a thing corrects or forgets it here.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::entity::sellers;
use super::search::CaseKeys;
use crate::domain::charter::Marketplace;
use crate::domain::ids::{CaseId, SellerId, ThreadId};
use crate::domain::parties::Party;
use crate::domain::tickets::Ticket;

/// A case under lock.
#[derive(Debug, Clone)]
pub(super) struct KnownCase {
    /// What its place in the search depends on.
    pub(super) keys: CaseKeys,
    /// The number of its last event.
    pub(super) last_event: i64,
}

#[derive(Debug, Default)]
struct Things {
    cases: HashMap<CaseId, KnownCase>,
    places: HashMap<ThreadId, Vec<(Party, i64)>>,
    sellers: HashMap<Uuid, sellers::Model>,
    tickets: HashMap<CaseId, Vec<Ticket>>,
    marketplace: Option<Marketplace>,
}

/// What is known.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Things>);

impl Known {
    fn things(&self) -> MutexGuard<'_, Things> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn case(&self, id: CaseId) -> Option<KnownCase> {
        self.things().cases.get(&id).cloned()
    }

    pub(super) fn learn_case(&self, id: CaseId, case: KnownCase) {
        self.things().cases.insert(id, case);
    }

    /// The first message that each side sees of a thread.
    pub(super) fn places(&self, thread: ThreadId) -> Option<Vec<(Party, i64)>> {
        self.things().places.get(&thread).cloned()
    }

    pub(super) fn learn_places(&self, thread: ThreadId, places: Vec<(Party, i64)>) {
        self.things().places.insert(thread, places);
    }

    pub(super) fn forget_places(&self) {
        self.things().places.clear();
    }

    pub(super) fn seller(&self, id: SellerId) -> Option<sellers::Model> {
        self.things().sellers.get(&id.uuid()).cloned()
    }

    pub(super) fn learn_seller(&self, row: sellers::Model) {
        self.things().sellers.insert(row.id, row);
    }

    pub(super) fn forget_sellers(&self) {
        self.things().sellers.clear();
    }

    pub(super) fn tickets(&self, case: CaseId) -> Option<Vec<Ticket>> {
        self.things().tickets.get(&case).cloned()
    }

    pub(super) fn learn_tickets(&self, case: CaseId, tickets: Vec<Ticket>) {
        self.things().tickets.insert(case, tickets);
    }

    pub(super) fn forget_tickets(&self) {
        self.things().tickets.clear();
    }

    pub(super) fn marketplace(&self) -> Option<Marketplace> {
        self.things().marketplace.clone()
    }

    pub(super) fn learn_marketplace(&self, marketplace: &Marketplace) {
        self.things().marketplace = Some(marketplace.clone());
    }

    pub(super) fn forget_marketplace(&self) {
        self.things().marketplace = None;
    }
}
