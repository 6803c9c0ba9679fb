//! The case: its states, its clocks, and every move it can make.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::charter::{Acknowledgement, CharterVersion, ConversationMode, Terms};
use super::ids::{BuyerId, CaseId, OrderId, SellerId, TeamId};
use super::parties::{Audience, Party, View};
use super::reasons::{ReasonKey, RequiredField, ResolutionKind};
use super::templates::LanguageTag;
use super::threads::ThreadKind;
use super::tickets::{Channel, Priority, TicketStatus};

mod clocks;
mod moves;

#[cfg(test)]
mod tests;

pub use clocks::{Clock, ClockState, Clocks};
pub use moves::{CaseMove, Moved};

/// One matter between a buyer, at most one seller, and the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Our id.
    pub id: CaseId,
    /// The short name that people read aloud: `C-1042`. Unique in the marketplace.
    pub reference: String,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub status: CaseStatus,
    /// Who talks with the buyer.
    pub mode: ConversationMode,
    /// Before, during or after the order.
    pub phase: CasePhase,
    /// Why the buyer got in touch.
    pub reason: ReasonKey,
    /// The way by which the buyer got in touch first.
    pub channel: Channel,
    /// In which language the buyer is written to; none when nobody can tell.
    pub language: Option<LanguageTag>,
    /// How urgent.
    pub priority: Priority,
    /// Who must see it through: the seller, or the operator after an escalation.
    pub owner: Party,
    /// The buyer.
    pub buyer: BuyerId,
    /// The seller; none until an order names one.
    pub seller: Option<SellerId>,
    /// The operator's team that looks after it: the group of agents that its ticket is assigned to.
    pub team: Option<TeamId>,
    /// The order; none until one is found.
    pub order: Option<OrderId>,
    /// The line of the order, by the marketplace's own id; none when it is about the whole, or not known.
    pub order_line: Option<String>,
    /// The version of the charter that it is under: the one in force when it was opened.
    pub charter: CharterVersion,
    /// The case that it was split from.
    pub parent: Option<CaseId>,
    /// The case that it went on in.
    pub merged_into: Option<CaseId>,
    /// Since when it has been somebody's turn; none when it is nobody's.
    pub waiting_since: Option<DateTime<Utc>>,
    /// The state before the present one.
    pub previous: Option<CaseStatus>,
    /// What is promised, and until when.
    pub clocks: Box<Clocks>,
    /// When the buyer is told that it was received; none once that is done, or if nobody does.
    pub acknowledge_at: Option<DateTime<Utc>>,
    /// When silence will settle or close it.
    pub silence_at: Option<DateTime<Utc>>,
    /// What it came to, once it is settled.
    pub outcome: Option<Outcome>,
    /// What the buyer got, where somebody said so.
    pub resolution: Option<ResolutionKind>,
    /// The number of its last timeline event.
    pub last_event: i64,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When anything happened last.
    pub updated_at: DateTime<Utc>,
    /// When anything happened last that the seller may know of.
    pub seller_updated_at: DateTime<Utc>,
    /// When anything happened last that the buyer may know of.
    pub buyer_updated_at: DateTime<Utc>,
}

/// Where a case stands. A waiting state names whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CaseStatus {
    /// The seller's turn.
    WaitingSeller,
    /// The operator's turn.
    WaitingOperator,
    /// The buyer's turn.
    WaitingBuyer,
    /// The buyer's turn, to say what is meant; the clocks of the others stand still.
    AwaitingClarification,
    /// Settled; a word of the buyer opens it again.
    Resolved,
    /// Finished.
    Closed,
}

impl CaseStatus {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::WaitingSeller, Self::WaitingOperator, Self::WaitingBuyer, Self::AwaitingClarification, Self::Resolved, Self::Closed];

    /// Whose turn it is.
    pub const fn turn(self) -> Option<Party> {
        match self {
            Self::WaitingSeller => Some(Party::Seller),
            Self::WaitingOperator => Some(Party::Operator),
            Self::WaitingBuyer | Self::AwaitingClarification => Some(Party::Buyer),
            Self::Resolved | Self::Closed => None,
        }
    }

    const fn waiting_for(party: Party) -> Self {
        match party {
            Party::Buyer => Self::WaitingBuyer,
            Party::Seller => Self::WaitingSeller,
            Party::Operator => Self::WaitingOperator,
        }
    }

    /// The ticket state that says the same in the helpdesk.
    pub const fn as_ticket_status(self) -> TicketStatus {
        match self {
            Self::WaitingSeller => TicketStatus::OnHold,
            Self::WaitingOperator => TicketStatus::Open,
            Self::WaitingBuyer | Self::AwaitingClarification => TicketStatus::Pending,
            // A helpdesk closes by its own automation some days after "solved"; closing early would lock the ticket.
            Self::Resolved | Self::Closed => TicketStatus::Solved,
        }
    }
}

impl fmt::Display for CaseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WaitingSeller => "waiting for the seller",
            Self::WaitingOperator => "waiting for the operator",
            Self::WaitingBuyer => "waiting for the buyer",
            Self::AwaitingClarification => "waiting for the buyer to say what is meant",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        })
    }
}

/// Which side of the purchase the case is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CasePhase {
    /// A question before any order.
    PreSale,
    /// Between order and delivery.
    DuringOrder,
    /// After delivery, or after the order when delivery is not known.
    AfterSale,
}

/// Why a case went to the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EscalationReason {
    /// The seller did not answer in time.
    SellerSilent,
    /// Buyer and seller cannot agree.
    Disagreement,
    /// The seller asks for help.
    SellerAsksHelp,
    /// Danger to people.
    Safety,
    /// Suspicion of counterfeit goods.
    Counterfeit,
    /// Suspicion of fraud.
    Fraud,
    /// Abusive words or behaviour.
    Abuse,
    /// A rule of the charter: the contact reason is not for the seller.
    Rule,
    /// Any other; the note says which.
    Other,
}

impl EscalationReason {
    /// Why a case with this contact reason goes to the operator.
    pub fn of(reason: &ReasonKey) -> Self {
        match reason.as_str() {
            "safety" => Self::Safety,
            "counterfeit" => Self::Counterfeit,
            "fraud" => Self::Fraud,
            "abuse" => Self::Abuse,
            _ => Self::Rule,
        }
    }
}

/// What a case came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// What the buyer came for was dealt with.
    Solved,
    /// The buyer did not answer.
    BuyerSilent,
    /// The operator has no say in it; the buyer was told, and to whom to turn.
    OperatorCannotIntervene,
    /// It went on in another case.
    Merged,
    /// It was no request: spam, or thrown away.
    NoRequest,
}

/// What a viewer may do with a case now; a button asks this and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CaseAction {
    /// `caseEscalate`
    Escalate,
    /// `caseResolve`
    Resolve,
    /// `caseReopen`
    Reopen,
    /// `casePrioritize`
    Prioritize,
    /// `caseAttachOrder`
    AttachOrder,
    /// `threadOpen`
    OpenThread,
    /// `caseAskClarification`
    AskClarification,
    /// `caseMarkNoReplyNeeded`
    MarkNoReplyNeeded,
    /// `caseNameReason`
    NameReason,
    /// `caseClose`
    Close,
    /// `caseSplit`
    Split,
    /// `caseMerge`
    Merge,
    /// `poolOffer`
    OfferToPool,
    /// `caseSetLanguage`
    SetLanguage,
}

impl CaseAction {
    /// Every action.
    pub const ALL: [Self; 14] = [
        Self::Escalate,
        Self::Resolve,
        Self::Reopen,
        Self::Prioritize,
        Self::AttachOrder,
        Self::OpenThread,
        Self::AskClarification,
        Self::MarkNoReplyNeeded,
        Self::NameReason,
        Self::Close,
        Self::Split,
        Self::Merge,
        Self::OfferToPool,
        Self::SetLanguage,
    ];
}

/// How a case begins.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its reference.
    pub reference: String,
    /// What it is about.
    pub subject: String,
    /// How urgent.
    pub priority: Priority,
    /// The buyer.
    pub buyer: BuyerId,
    /// The order and its seller, when known.
    pub order: Option<(OrderId, SellerId)>,
    /// Which line of it, when known.
    pub order_line: Option<String>,
    /// Why, when known.
    pub reason: Option<ReasonKey>,
    /// By which way.
    pub channel: Channel,
    /// On which side of the purchase, when somebody said so or delivery is known; else with an order it is after the sale,
    /// without before it.
    pub phase: Option<CasePhase>,
    /// The case that it is split from.
    pub parent: Option<CaseId>,
}

impl Case {
    /// A new case. With a seller and a mode that puts the seller first, it is the seller's turn.
    pub fn open(opening: Opening, terms: &Terms, at: DateTime<Utc>) -> Self {
        let seller = opening.order.map(|(_, seller)| seller);
        let usual = if opening.order.is_some() { CasePhase::AfterSale } else { CasePhase::PreSale };
        let phase = opening.phase.unwrap_or(usual);
        let mut case = Self {
            id: CaseId::generate(),
            reference: opening.reference,
            subject: opening.subject,
            status: CaseStatus::WaitingOperator,
            mode: terms.charter.mode_for(phase, opening.reason.as_ref(), opening.channel),
            phase,
            reason: opening.reason.unwrap_or_default(),
            channel: opening.channel,
            language: None,
            priority: opening.priority,
            owner: Party::Operator,
            buyer: opening.buyer,
            seller,
            team: None,
            order: opening.order.map(|(order, _)| order),
            order_line: opening.order_line,
            charter: terms.version,
            parent: opening.parent,
            merged_into: None,
            waiting_since: None,
            previous: None,
            clocks: Box::default(),
            acknowledge_at: (terms.charter.acknowledgement == Acknowledgement::On && opening.parent.is_none()).then_some(at),
            silence_at: None,
            outcome: None,
            resolution: None,
            last_event: 0,
            opened_at: at,
            updated_at: at,
            seller_updated_at: at,
            buyer_updated_at: at,
        };
        case.owner = case.first_owner();
        case.wait_for(case.owner, terms, at);
        case.previous = None;
        case
    }

    /// A new case that the operator's team opens for itself: nobody else has said anything, so nobody else is told or waits.
    pub fn open_for_team(opening: Opening, terms: &Terms, at: DateTime<Utc>) -> Self {
        let mut case = Self::open(opening, terms, at);
        case.mode = ConversationMode::OperatorOnly;
        case.acknowledge_at = None;
        case.owner = case.first_owner();
        case.wait_for(case.owner, terms, at);
        case.previous = None;
        case
    }

    /// The language in which its buyer is written to: its own, else the marketplace's.
    pub fn language_or<'a>(&'a self, house: &'a str) -> &'a str {
        self.language.as_ref().map_or(house, LanguageTag::as_str)
    }

    /// Until when whoever has the turn should answer; none without a promise.
    pub fn reply_due_at(&self) -> Option<DateTime<Utc>> {
        self.clocks.reply.and_then(|clock| clock.due_at)
    }

    /// When time alone will next do something to it.
    pub fn wakes_at(&self) -> Option<DateTime<Utc>> {
        self.clocks.next().into_iter().chain(self.silence_at).chain(self.acknowledge_at).min()
    }

    /// Since when an answer of the seller or the operator is waited for; none when the ball is elsewhere.
    pub fn reply_needed_since(&self) -> Option<DateTime<Utc>> {
        self.waiting_since.filter(|_| matches!(self.status, CaseStatus::WaitingSeller | CaseStatus::WaitingOperator))
    }

    /// Whether something that a playbook asks for is not known.
    pub const fn misses(&self, field: RequiredField) -> bool {
        match field {
            RequiredField::Order => self.order.is_none(),
            RequiredField::OrderLine => self.order_line.is_none(),
        }
    }

    /// When anything happened last that this reader may know of.
    pub const fn updated_at_for(&self, view: View) -> DateTime<Utc> {
        match view {
            View::Whole => self.updated_at,
            View::Seller(_) => self.seller_updated_at,
            View::Storefront | View::Buyer(_) => self.buyer_updated_at,
            // No column has it; the door asks the timeline.
            View::Mediator { .. } => self.opened_at,
        }
    }

    /// The kind of thread in which the buyer talks.
    pub const fn buyer_thread_kind(&self) -> ThreadKind {
        match (self.mode, self.seller) {
            (ConversationMode::OperatorOnly, _) | (_, None) => ThreadKind::OperatorBuyer,
            (ConversationMode::SellerFirst, Some(_)) => ThreadKind::SellerBuyer,
            (ConversationMode::Tripartite, Some(_)) => ThreadKind::Tripartite,
        }
    }

    const fn first_owner(&self) -> Party {
        match (self.mode, self.seller) {
            (ConversationMode::SellerFirst | ConversationMode::Tripartite, Some(_)) => Party::Seller,
            _ => Party::Operator,
        }
    }

    /// Whether an agent's public comment in the helpdesk is for the seller's eyes as well.
    ///
    /// `seller_takes_part` says whether the seller was added to that thread.
    pub const fn agent_comment_audience(&self, seller_takes_part: SellerPresence) -> Audience {
        match (self.mode, seller_takes_part) {
            (ConversationMode::OperatorOnly, SellerPresence::Absent) => Audience::ALL.without(Party::Seller),
            _ => Audience::ALL,
        }
    }
}

/// Whether the seller takes part in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SellerPresence {
    /// It does.
    Present,
    /// It does not.
    Absent,
}
