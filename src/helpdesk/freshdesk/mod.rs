//! Freshdesk.

use async_trait::async_trait;

use super::{
    Account, Attempt, Changes, Comment, CommentsRead, Delivery, DeliveryKey, Helpdesk, HelpdeskError, Nudge, OutboundCommand, ReadError,
    Receipt, Settings, TicketSnapshot, VerifyError,
};
use crate::clock::SharedClock;
use crate::domain::tickets::{HelpdeskKind, TicketNumber};

/// A Freshdesk account.
#[derive(Debug)]
pub struct Freshdesk {}

impl Freshdesk {
    /// A client of the account.
    pub fn new(_settings: Settings, _http: reqwest::Client, _clock: SharedClock) -> Self {
        Self {}
    }
}

#[async_trait]
impl Helpdesk for Freshdesk {
    fn kind(&self) -> HelpdeskKind {
        HelpdeskKind::Freshdesk
    }
    fn verify(&self, _: &Delivery<'_>) -> Result<(), VerifyError> {
        todo!()
    }
    fn read(&self, _: &Delivery<'_>) -> Result<Nudge, ReadError> {
        todo!()
    }
    async fn account(&self) -> Result<Account, HelpdeskError> {
        todo!()
    }
    async fn ticket(&self, _: &TicketNumber) -> Result<TicketSnapshot, HelpdeskError> {
        todo!()
    }
    async fn comments(&self, _: &TicketNumber, _: &CommentsRead) -> Result<Vec<Comment>, HelpdeskError> {
        todo!()
    }
    async fn perform(&self, _: &OutboundCommand, _: &DeliveryKey, _: Attempt) -> Result<Receipt, HelpdeskError> {
        todo!()
    }
    async fn changes(&self, _: chrono::DateTime<chrono::Utc>, _: Option<&str>) -> Result<Changes, HelpdeskError> {
        todo!()
    }
}
