//! E-mails that tell a seller, the operator's staff or a buyer that something happened: of which kind, to whom, in which words.
//!
//! They say what happened and where to look, and nothing of what was said: an e-mail goes where no right can be taken
//! back.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::cases::{CaseStatus, EscalationReason};
use super::charter::Promise;
use super::disputes::DisputeEvent;
use super::ids::{AlertRecipientId, BuyerId, ReportId, SellerId};
use super::parties::Party;
use super::refunds::RefundEvent;
use super::returns::ReturnEvent;
use super::timeline::EventKind;
use super::withdrawals::WithdrawalEvent;

mod words;

#[cfg(test)]
mod tests;

pub use words::{Facts, Letter, Page, Wish, code_letter, letter, no_page, notice, page, to_reporter, unstoppable};

/// The kinds of e-mails that can be unsubscribed from, each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MailKind {
    /// There is a case that the receiver did not know.
    NewCase,
    /// Somebody else said something.
    NewMessage,
    /// Time to answer runs out soon.
    DeadlineNear,
    /// Time to answer has run out.
    DeadlineMissed,
    /// The case went to the operator.
    Escalated,
    /// The case is settled.
    Resolved,
    /// A return needs the reader, or went on without it.
    Return,
    /// A refund does.
    Refund,
    /// A dispute does.
    Dispute,
    /// An order comes later than its buyer was promised. For buyers only.
    DeliveryNotice,
    /// The buyer is asked to rate. For buyers only.
    RatingInvitation,
    /// A product comes back too often. For its seller and the operator's staff.
    Defect,
    /// What the operator wants the buyers of such a product to know, to somebody who has no ticket. Who may have a dangerous thing
    /// must hear of it (Regulation (EU) 2023/988, article 35), so nobody stops it.
    DefectNotice,
    /// The figures of a week or month. For the operator's staff only.
    Report,
    /// A review of a seller was published, or what it reported was decided. For sellers only.
    Review,
    /// Something was decided about a review, to its author. The law wants it told, so nobody stops it.
    ReviewDecision,
    /// Something was decided against a seller, or the seller complains of it. The law wants it told, so nobody stops it.
    Sanction,
}

impl MailKind {
    /// Every kind that staff can ask for.
    pub const ALL: [Self; 11] = [
        Self::NewCase,
        Self::NewMessage,
        Self::DeadlineNear,
        Self::DeadlineMissed,
        Self::Escalated,
        Self::Resolved,
        Self::Return,
        Self::Refund,
        Self::Dispute,
        Self::Defect,
        Self::Report,
    ];

    /// What a side is told of what happened; none for what is not worth an e-mail. To add one is to add a line here.
    pub const fn of(kind: &EventKind, to: Party) -> Option<Self> {
        match (kind, to) {
            // The seller learns of a case when it is known whose it is.
            (EventKind::CaseOpened { .. }, _) | (EventKind::OrderAttached { .. }, Party::Seller) => Some(Self::NewCase),
            (EventKind::MessagePosted { .. }, _) => Some(Self::NewMessage),
            (EventKind::DeadlineNear { party: Party::Seller, .. }, Party::Seller)
            | (EventKind::DeadlineNear { party: Party::Operator, .. }, Party::Operator) => Some(Self::DeadlineNear),
            // The seller who did not answer hears of it by the escalation.
            (
                EventKind::CaseEscalated { reason: EscalationReason::SellerSilent, .. }
                | EventKind::DeadlineMissed { party: Party::Seller, promise: Promise::Resolution, .. },
                Party::Seller,
            )
            | (EventKind::DeadlineMissed { party: Party::Operator, .. }, Party::Operator) => Some(Self::DeadlineMissed),
            (EventKind::CaseEscalated { .. }, _) => Some(Self::Escalated),
            (EventKind::StatusChanged { to: CaseStatus::Resolved, .. }, _) => Some(Self::Resolved),
            (EventKind::Withdrawal { what: WithdrawalEvent::Confirmed { .. }, .. }, _) => Some(Self::Return),
            (EventKind::Return { what, .. }, to) if Self::tells_of_return(what, to) => Some(Self::Return),
            (EventKind::Refund { what, .. }, to) if Self::tells_of_refund(what, to) => Some(Self::Refund),
            (EventKind::Dispute { what, .. }, to) if Self::tells_of_dispute(what, to) => Some(Self::Dispute),
            _ => None,
        }
    }

    const fn tells_of_return(what: &ReturnEvent, to: Party) -> bool {
        use ReturnEvent::{Canceled, Declined, DeliveredBack, Disputed, Expired, Lost, OfferAccepted, OfferDeclined, Requested, Shipped};
        match to {
            Party::Seller => matches!(
                what,
                Requested { .. }
                    | OfferAccepted { .. }
                    | OfferDeclined { .. }
                    | Shipped { .. }
                    | DeliveredBack
                    | Lost { .. }
                    | Canceled { .. }
                    | Expired
                    | Disputed { .. }
            ),
            Party::Operator => matches!(what, Requested { .. } | Declined { .. } | Lost { .. } | Disputed { .. }),
            Party::Buyer => false,
        }
    }

    const fn tells_of_refund(what: &RefundEvent, to: Party) -> bool {
        use RefundEvent::{
            AmountDiffers, Contradicted, Declined, Failed, GrantProposed, Granted, HandedToOperator, PendingTooLong, Requested, Reversed,
        };
        match to {
            Party::Seller => matches!(what, Requested { .. } | Granted { .. } | Declined { .. } | Reversed { .. }),
            // The seller has the first word about a request: it is the operator's when the seller is silent.
            Party::Operator => matches!(
                what,
                HandedToOperator
                    | GrantProposed { .. }
                    | PendingTooLong { .. }
                    | Failed { .. }
                    | Reversed { .. }
                    | AmountDiffers { .. }
                    | Contradicted { .. }
            ),
            Party::Buyer => false,
        }
    }

    const fn tells_of_dispute(what: &DisputeEvent, to: Party) -> bool {
        use DisputeEvent::{
            Accepted, Answered, Appealed, Decided, DecisionLate, Escalated, EvidenceRequested, Offered, Opened, Proposed, Settled,
            StoodBack,
        };
        match to {
            Party::Seller => matches!(
                what,
                Opened { .. }
                    | Answered { .. }
                    | Offered { .. }
                    | Accepted { .. }
                    | Escalated { .. }
                    | Proposed { .. }
                    | EvidenceRequested { of: Party::Seller, .. }
                    | StoodBack { .. }
                    | Decided { .. }
                    | Appealed { .. }
                    | Settled { .. }
            ),
            Party::Operator => match what {
                // It begins with the operator.
                Opened { reason, .. } => reason.skips_contact(),
                what => matches!(what, Escalated { .. } | DecisionLate | Appealed { .. }),
            },
            Party::Buyer => false,
        }
    }

    /// Whether it tells of a return, refund or dispute: what one act brings about in several of them is told once.
    pub const fn is_of_a_matter(self) -> bool {
        matches!(self, Self::Return | Self::Refund | Self::Dispute)
    }

    /// Whether the reader may stop e-mails of the kind: what the law wants told is told.
    pub const fn is_stoppable(self) -> bool {
        !matches!(self, Self::Sanction | Self::ReviewDecision | Self::DefectNotice)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::NewCase => "NEW_CASE",
            Self::NewMessage => "NEW_MESSAGE",
            Self::DeadlineNear => "DEADLINE_NEAR",
            Self::DeadlineMissed => "DEADLINE_MISSED",
            Self::Escalated => "ESCALATED",
            Self::Resolved => "RESOLVED",
            Self::Return => "RETURN",
            Self::Refund => "REFUND",
            Self::Dispute => "DISPUTE",
            Self::DeliveryNotice => "DELIVERY_NOTICE",
            Self::RatingInvitation => "RATING_INVITATION",
            Self::Defect => "DEFECT",
            Self::DefectNotice => "DEFECT_NOTICE",
            Self::Report => "REPORT",
            Self::Review => "REVIEW",
            Self::ReviewDecision => "REVIEW_DECISION",
            Self::Sanction => "SANCTION",
        }
    }
}

impl fmt::Display for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// That a text names none of the known things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not known")]
pub struct Unknown;

impl FromStr for MailKind {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        Self::ALL
            .into_iter()
            .chain([Self::DeliveryNotice, Self::RatingInvitation, Self::Review])
            .find(|kind| kind.name() == text)
            .ok_or(Unknown)
    }
}

/// Who an e-mail goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Receiver {
    /// A seller.
    Seller(SellerId),
    /// An address of the operator's staff.
    Operator(AlertRecipientId),
    /// A buyer.
    Buyer(BuyerId),
    /// Somebody who reported a review, and wants to know what became of it.
    Reporter(ReportId),
}

impl Receiver {
    /// The side it stands on.
    pub const fn party(self) -> Party {
        match self {
            Self::Seller(_) => Party::Seller,
            Self::Operator(_) => Party::Operator,
            // Anybody may report; none of the parties did.
            Self::Buyer(_) | Self::Reporter(_) => Party::Buyer,
        }
    }
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seller(id) => id.fmt(f),
            Self::Operator(id) => id.fmt(f),
            Self::Buyer(id) => id.fmt(f),
            Self::Reporter(id) => id.fmt(f),
        }
    }
}

impl FromStr for Receiver {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let seller = text.parse().map(Self::Seller).ok();
        let operator = || text.parse().map(Self::Operator).ok();
        let buyer = || text.parse().map(Self::Buyer).ok();
        let reporter = || text.parse().map(Self::Reporter).ok();
        seller.or_else(operator).or_else(buyer).or_else(reporter).ok_or(Unknown)
    }
}

impl TryFrom<String> for Receiver {
    type Error = Unknown;

    fn try_from(text: String) -> Result<Self, Unknown> {
        text.parse()
    }
}

impl From<Receiver> for String {
    fn from(receiver: Receiver) -> Self {
        receiver.to_string()
    }
}

/// The languages that e-mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

impl Language {
    /// The first of these tags that names one of ours; English when none does.
    pub fn best<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let known = |tag: &str| match tag.split('-').next() {
            Some("fr") => Some(Self::French),
            Some("en") => Some(Self::English),
            _ => None,
        };
        tags.into_iter().find_map(known).unwrap_or(Self::English)
    }

    /// Its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}
