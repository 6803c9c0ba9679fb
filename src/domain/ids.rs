//! One newtype per kind of thing, written `prefix_` and 32 hexadecimal digits: `cas_0192f0…`.
//!
//! An id is opaque by contract and readable in logs. The digits are a UUID v7, so ids sort by creation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an id of the kind that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {kind}: expected `{prefix}_` and 32 hexadecimal digits")]
pub struct MalformedId {
    /// What was given, cut to 64 characters.
    pub given: String,
    /// The kind that was expected, with its article: `a case id`.
    pub kind: &'static str,
    /// Its prefix.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident, $prefix:literal, $kind:literal;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// What the written form starts with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, later than every id this process made before.
            #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// The number behind it, as the database keeps it.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// Takes a number that the database kept.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(given: &str) -> Result<Self, MalformedId> {
                given
                    .strip_prefix(concat!($prefix, "_"))
                    .filter(|digits| digits.len() == 32)
                    .and_then(|digits| Uuid::try_parse(digits).ok())
                    .map(Self)
                    .ok_or_else(|| MalformedId { given: given.chars().take(64).collect(), kind: $kind, prefix: $prefix })
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedId;

            fn try_from(given: String) -> Result<Self, MalformedId> {
                given.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )+};
}

ids! {
    /// A marketplace, the tenant.
    MarketplaceId, "mkt", "a marketplace id";
    /// A connection to one helpdesk account.
    ConnectionId, "con", "a connection id";
    /// An API token.
    TokenId, "tok", "a token id";
    /// A session of an agent.
    SessionId, "ses", "a session id";
    /// Something that is good once to sign in with.
    SignInId, "sgn", "a sign-in id";
    /// A third-party seller.
    SellerId, "sel", "a seller id";
    /// A buyer.
    BuyerId, "buy", "a buyer id";
    /// An order placed with one seller.
    OrderId, "ord", "an order id";
    /// A parcel of an order.
    ShipmentId, "shp", "a shipment id";
    /// What a buyer was told without having asked.
    NoticeId, "ntc", "a notice id";
    /// A helpdesk ticket as we know it.
    TicketId, "tkt", "a ticket id";
    /// Something that was said of the marketplace elsewhere.
    MentionId, "mtn", "a mention id";
    /// A case.
    CaseId, "cas", "a case id";
    /// A thread.
    ThreadId, "thr", "a thread id";
    /// A participant of a thread.
    ParticipantId, "par", "a participant id";
    /// A message.
    MessageId, "msg", "a message id";
    /// A file that goes with a message.
    AttachmentId, "att", "an attachment id";
    /// A timeline event.
    EventId, "evt", "an event id";
    /// A webhook delivery that came in.
    InboxId, "inb", "an inbox id";
    /// A delivery that goes out.
    DeliveryId, "dlv", "a delivery id";
    /// A pre-written reply.
    TemplateId, "tpl", "a template id";
    /// A search that somebody keeps.
    SavedSearchId, "sav", "a saved search id";
    /// A question that several sellers may answer.
    PoolQuestionId, "pqu", "a pool question id";
    /// A seller's answer to it.
    PoolAnswerId, "pan", "a pool answer id";
    /// What a seller has earned.
    IncentiveId, "inc", "an incentive id";
    /// A timer.
    TimerId, "tim", "a timer id";
    /// An address that the marketplace's timeline is told to.
    WebhookEndpointId, "whe", "a webhook endpoint id";
    /// What one endpoint is told of one event.
    WebhookDeliveryId, "whd", "a webhook delivery id";
    /// An address of the operator's staff that e-mails go to.
    AlertRecipientId, "alr", "an alert recipient id";
    /// An e-mail that goes out.
    MailId, "mai", "an e-mail id";
    /// Somebody from outside who is let into a case for a while.
    MediatorId, "med", "a mediator id";
    /// A refund.
    RefundId, "rfd", "a refund id";
    /// A posting of the ledger.
    PostingId, "pst", "a posting id";
    /// An entry of a posting.
    EntryId, "ent", "an entry id";
    /// A store credit.
    StoreCreditId, "scr", "a store credit id";
    /// A promo code.
    PromoCodeId, "prc", "a promo code id";
    /// A return of goods.
    ReturnId, "ret", "a return id";
    /// A declared withdrawal from a contract.
    WithdrawalId, "wdr", "a withdrawal id";
    /// A dispute.
    DisputeId, "dis", "a dispute id";
    /// An offer or a proposal to end a dispute.
    OfferId, "ofr", "an offer id";
    /// A piece of evidence.
    EvidenceId, "evi", "an evidence id";
    /// What somebody answered about a product, a seller or the support.
    RatingId, "rat", "a rating id";
    /// An invitation to rate.
    InvitationId, "inv", "an invitation id";
    /// What somebody reported about a review.
    ReportId, "rpt", "a report id";
    /// A badge that a seller was given.
    BadgeAwardId, "bad", "a badge award id";
    /// A sanction of a seller.
    SanctionId, "san", "a sanction id";
    /// A step that measures propose against a seller.
    SanctionProposalId, "spr", "a sanction proposal id";
    /// A product that comes back too often.
    DefectId, "dfc", "a defect id";
    /// Something to do better.
    ImprovementId, "imp", "an improvement id";
    /// A group of the operator's agents.
    TeamId, "tea", "a team id";
    /// That something is to be counted again.
    CountId, "cnt", "a count id";
    /// A visit to the help pages.
    HelpVisitId, "hvi", "a help visit id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints_and_nothing_else() {
        let id = CaseId::generate();
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "cas", "cas_", "cas_12", &id.to_string().replace("cas_", "ord_"), &format!("{id}0"), &id.uuid().to_string()] {
            assert!(wrong.parse::<CaseId>().is_err(), "{wrong}");
        }
        let hyphenated = format!("cas_{}", id.uuid());
        assert!(hyphenated.parse::<CaseId>().is_err(), "one written form only");
    }

    #[test]
    fn ids_sort_by_creation() {
        let ids: Vec<_> = (0..1000).map(|_| EventId::generate()).collect();
        assert!(ids.is_sorted());
    }
}
