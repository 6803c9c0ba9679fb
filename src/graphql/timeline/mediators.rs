//! Who from outside read along, and until when.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::super::cases::{CaseObject, known_case};
use super::super::errors::Result;
use super::super::session::session;
use super::EventActor;
use crate::domain::ids::{EventId, MediatorId};
use crate::domain::timeline::Event;

event! {
    /// Somebody from outside, such as a consumer mediator, was let into the case to read for a while.
    MediatorAdmittedEvent(mediator: MediatorId, name: String, until: DateTime<Utc>) {
        /// Who, as `mediatorRevoke` names them. Not a node.
        async fn mediator_id(&self) -> MediatorId {
            self.mediator
        }

        /// Their name.
        async fn name(&self) -> &str {
            &self.name
        }

        /// Until when.
        async fn expires_at(&self) -> DateTime<Utc> {
            self.until
        }
    }
}

event! {
    /// Somebody from outside reads no longer, before their time was over. That it is over is no event.
    MediatorRevokedEvent(mediator: MediatorId, name: String) {
        /// Who. Not a node.
        async fn mediator_id(&self) -> MediatorId {
            self.mediator
        }

        /// Their name.
        async fn name(&self) -> &str {
            &self.name
        }
    }
}
