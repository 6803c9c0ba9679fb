//! What is said elsewhere of the order that a case is about.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::super::cases::{CaseObject, known_case};
use super::super::errors::Result;
use super::super::session::session;
use super::EventActor;
use crate::domain::ids::{EventId, MentionId};
use crate::domain::timeline::Event;

event! {
    /// Something bad is said elsewhere of the order that the case is about. For operators.
    MentionFoundEvent(mention: MentionId) {
        /// What, among the `mentions` of the case. Not a node.
        async fn mention_id(&self) -> MentionId {
            self.mention
        }
    }
}
