//! A marketplace and the rules it set for itself.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::{BusinessCalendar, BusinessDuration, Span};
use super::ids::MarketplaceId;
use super::masking::Masking;
use super::money::Currency;
use super::orders::OrderPattern;

/// A marketplace, the tenant.
#[derive(Debug, Clone)]
pub struct Marketplace {
    /// Its id.
    pub id: MarketplaceId,
    /// Its short name in commands: lower-case letters, digits and hyphens.
    pub slug: String,
    /// Its name as people say it.
    pub name: String,
    /// The currency it reports in.
    pub currency: Currency,
    /// The language it writes in when nothing better is known, a BCP 47 tag: `fr`, `en-GB`.
    pub locale: String,
    /// The time zone of its working day.
    pub timezone: chrono_tz::Tz,
    /// Its rules.
    pub charter: Charter,
}

/// The rules that a marketplace can set. Every one has a default that works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Charter {
    /// Who talks with the buyer in a new case.
    pub conversation_mode: ConversationMode,
    /// In which direction state and priority are kept in step with the ticket.
    pub ticket_sync: TicketSync,
    /// Whether the private operator-seller thread is copied into the ticket.
    pub private_mirror: PrivateMirror,
    /// How an order reference looks in free text; none looks in no text.
    pub order_pattern: Option<OrderPattern>,
    /// How many hours the seller has for the first answer before the operator takes over.
    pub seller_reply_hours: u16,
    /// When those hours count; none when every hour of the day and of the night does.
    pub business_hours: Option<Arc<BusinessCalendar>>,
    /// What buyer and seller do not read of each other's words: contact and payment details.
    pub masking: Masking,
}

impl Default for Charter {
    fn default() -> Self {
        Self {
            conversation_mode: ConversationMode::SellerFirst,
            ticket_sync: TicketSync::BothWays,
            private_mirror: PrivateMirror::Off,
            order_pattern: None,
            seller_reply_hours: 48,
            business_hours: None,
            masking: Masking::default(),
        }
    }
}

impl Charter {
    /// Until when the seller has to answer what came at `at`: so many business hours later. By the clock where there are
    /// none, and where the calendar cannot tell (no opening for a year, holidays of a year it does not know): a time that
    /// is too early can be kept, none at all would let the case lie.
    pub fn seller_reply_due(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let hours = BusinessDuration::Open(Span::hours(self.seller_reply_hours));
        let counted = self.business_hours.as_ref().and_then(|calendar| calendar.add(at, hours).ok());
        counted.unwrap_or_else(|| at + TimeDelta::hours(i64::from(self.seller_reply_hours)))
    }
}

/// Who talks with the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConversationMode {
    /// The seller; the operator reads along and joins when the case is escalated.
    #[default]
    SellerFirst,
    /// Seller and operator, both in one thread with the buyer.
    Tripartite,
    /// The operator; the seller sees nothing of it unless added.
    OperatorOnly,
}

/// In which direction state and priority are kept in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TicketSync {
    /// What changes in the ticket changes the case, and the reverse.
    #[default]
    BothWays,
    /// The ticket changes the case only.
    FromHelpdesk,
    /// The case changes the ticket only.
    ToHelpdesk,
    /// Neither.
    Off,
}

impl TicketSync {
    /// Whether the ticket changes the case.
    pub const fn reads(self) -> bool {
        matches!(self, Self::BothWays | Self::FromHelpdesk)
    }

    /// Whether the case changes the ticket.
    pub const fn writes(self) -> bool {
        matches!(self, Self::BothWays | Self::ToHelpdesk)
    }
}

/// Whether private operator-seller talk is copied into the ticket, for agents to read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PrivateMirror {
    /// No.
    #[default]
    Off,
    /// As internal notes, never public.
    InternalNotes,
}
