//! What is promised, with its clocks.

use async_graphql::Object;
use chrono::{DateTime, Utc};

use super::charter_enums::{DeadlineState, Promise};
use super::enums::Party;
use crate::domain::cases::Clock;

/// A promise and its clock.
pub(super) struct DeadlineObject(pub(super) Clock);

#[Object(name = "Deadline")]
/// Something promised, and how long there still is.
impl DeadlineObject {
    /// What is promised.
    async fn promise(&self) -> Promise {
        self.0.promise.into()
    }

    /// By whom.
    async fn party(&self) -> Party {
        self.0.party.into()
    }

    /// How it stands.
    async fn state(&self) -> DeadlineState {
        self.0.state().into()
    }

    /// Since when it counts.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at()
    }

    /// Until when; null while it stands still.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.0.due_at
    }
}
