//! What the buyer of a case said of the support.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::super::cases::{CaseObject, known_case};
use super::super::errors::Result;
use super::super::ratings::SupportSource;
use super::super::session::session;
use super::EventActor;
use crate::domain::ids::EventId;
use crate::domain::ratings::{Grade, SupportSource as Source};
use crate::domain::timeline::Event;

event! {
    /// The buyer rated the support. For operators.
    SupportRatedEvent(source: Source, satisfaction: Option<Grade>) {
        /// Who asked.
        async fn source(&self) -> SupportSource {
            self.source.into()
        }

        /// The grade of satisfaction, 1 to 5; null when none was given.
        async fn satisfaction(&self) -> Option<i32> {
            self.satisfaction.map(|grade| grade.get().into())
        }
    }
}
