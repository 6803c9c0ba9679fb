//! The case: its states, and every move it can make.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::charter::{Charter, ConversationMode};
use super::effects::Effect;
use super::ids::{BuyerId, CaseId, OrderId, SellerId};
use super::parties::{Audience, Party, View};
use super::refusal::Refusal;
use super::threads::ThreadKind;
use super::tickets::{Priority, TicketStatus};
use super::timeline::{EventKind, NewEvent};

#[cfg(test)]
mod tests;

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
    /// How urgent.
    pub priority: Priority,
    /// Who must see it through: the seller, or the operator after an escalation.
    pub owner: Party,
    /// The buyer.
    pub buyer: BuyerId,
    /// The seller; none until an order names one.
    pub seller: Option<SellerId>,
    /// The order; none until one is found.
    pub order: Option<OrderId>,
    /// Since when it has been somebody's turn; none when it is nobody's.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Until when that somebody should answer; none without a promise.
    pub reply_due_at: Option<DateTime<Utc>>,
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
    /// Settled; a word of the buyer opens it again.
    Resolved,
    /// Finished.
    Closed,
}

impl CaseStatus {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::WaitingSeller, Self::WaitingOperator, Self::WaitingBuyer, Self::Resolved, Self::Closed];

    /// Whose turn it is.
    pub const fn turn(self) -> Option<Party> {
        match self {
            Self::WaitingSeller => Some(Party::Seller),
            Self::WaitingOperator => Some(Party::Operator),
            Self::WaitingBuyer => Some(Party::Buyer),
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
            Self::WaitingBuyer => TicketStatus::Pending,
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
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        })
    }
}

/// Which side of the purchase the case is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Any other; the note says which.
    Other,
}

/// What can be done to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseMove {
    /// A party wrote something that the buyer, or for the buyer's own words everybody, can read.
    Write(Party),
    /// The case goes to the operator.
    Escalate {
        /// Why.
        reason: EscalationReason,
        /// In the words of who escalates; empty when there is nothing to add.
        note: String,
    },
    /// It is settled.
    Resolve,
    /// It was not.
    Reopen,
    /// It is finished for good.
    Close,
    /// The ball is in the buyer's court.
    AwaitBuyer,
    /// It becomes more or less urgent.
    Prioritize(Priority),
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
}

impl CaseAction {
    /// Every action.
    pub const ALL: [Self; 6] = [Self::Escalate, Self::Resolve, Self::Reopen, Self::Prioritize, Self::AttachOrder, Self::OpenThread];
}

/// A move that was made: the case after it, what happened, and what the world should do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The case after the move.
    pub case: Case,
    /// What happened, oldest first.
    pub events: Vec<NewEvent>,
    /// What is asked of the world.
    pub effects: Vec<Effect>,
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
}

impl Case {
    /// A new case. With a seller and a mode that puts the seller first, it is the seller's turn.
    pub fn open(opening: Opening, charter: &Charter, at: DateTime<Utc>) -> Self {
        let seller = opening.order.map(|(_, seller)| seller);
        let mut case = Self {
            id: CaseId::generate(),
            reference: opening.reference,
            subject: opening.subject,
            status: CaseStatus::WaitingOperator,
            mode: charter.conversation_mode,
            phase: if opening.order.is_some() { CasePhase::AfterSale } else { CasePhase::PreSale },
            priority: opening.priority,
            owner: Party::Operator,
            buyer: opening.buyer,
            seller,
            order: opening.order.map(|(order, _)| order),
            waiting_since: None,
            reply_due_at: None,
            last_event: 0,
            opened_at: at,
            updated_at: at,
            seller_updated_at: at,
            buyer_updated_at: at,
        };
        case.owner = case.first_owner();
        case.wait_for(case.owner, charter, at);
        case
    }

    /// When anything happened last that this reader may know of.
    pub const fn updated_at_for(&self, view: View) -> DateTime<Utc> {
        match view {
            View::Whole => self.updated_at,
            View::Seller(_) => self.seller_updated_at,
            View::Storefront | View::Buyer(_) => self.buyer_updated_at,
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

    fn wait_for(&mut self, party: Party, charter: &Charter, at: DateTime<Utc>) {
        self.status = CaseStatus::waiting_for(party);
        self.waiting_since = Some(at);
        self.reply_due_at = (party == Party::Seller).then(|| charter.seller_reply_due(at));
    }

    fn rest(&mut self, status: CaseStatus) {
        self.status = status;
        self.waiting_since = None;
        self.reply_due_at = None;
    }

    /// Names the order and so the seller; the case goes to the seller first if the mode says so and nobody
    /// has taken it over.
    pub fn attach_order(&self, order: OrderId, seller: SellerId, charter: &Charter, at: DateTime<Utc>) -> Moved {
        let mut case = self.clone();
        case.order = Some(order);
        case.seller = Some(seller);
        if case.phase == CasePhase::PreSale {
            case.phase = CasePhase::AfterSale;
        }
        if self.seller.is_none() && self.status == CaseStatus::WaitingOperator {
            case.owner = case.first_owner();
            case.wait_for(case.owner, charter, at);
        }
        self.moved_to(case, vec![NewEvent::for_all(EventKind::OrderAttached { order, seller })])
    }

    /// The whole life of a case. What is not listed here cannot happen.
    pub fn apply(&self, action: &CaseMove, charter: &Charter, at: DateTime<Utc>) -> Result<Moved, Refusal> {
        use CaseStatus::{Closed, Resolved, WaitingBuyer, WaitingOperator, WaitingSeller};
        let mut case = self.clone();
        let mut events = Vec::new();
        match (action, self.status) {
            // Somebody answers: the next turn is the other side's. Words out of turn change nothing.
            // So does a settled case that is taken up again.
            (CaseMove::Write(Party::Buyer), WaitingBuyer | Resolved) | (CaseMove::Reopen, Resolved) => {
                case.wait_for(self.owner, charter, at);
            }
            (CaseMove::Write(Party::Seller), WaitingSeller) | (CaseMove::Write(Party::Operator), WaitingOperator) => {
                case.wait_for(Party::Buyer, charter, at);
            }
            (CaseMove::Write(_), _) => {}
            (CaseMove::Escalate { reason, note }, WaitingSeller | WaitingOperator | WaitingBuyer) => {
                if self.owner == Party::Operator {
                    return Err(Refusal::AlreadyWithOperator);
                }
                case.owner = Party::Operator;
                if case.mode == ConversationMode::SellerFirst {
                    case.mode = ConversationMode::Tripartite;
                }
                case.wait_for(Party::Operator, charter, at);
                events.push(NewEvent::for_all(EventKind::CaseEscalated { reason: *reason, note: note.clone() }));
            }
            (CaseMove::Resolve, WaitingSeller | WaitingOperator | WaitingBuyer) => case.rest(Resolved),
            (CaseMove::Close, WaitingSeller | WaitingOperator | WaitingBuyer | Resolved) => case.rest(Closed),
            (CaseMove::AwaitBuyer, WaitingSeller | WaitingOperator) => case.wait_for(Party::Buyer, charter, at),
            (CaseMove::Prioritize(priority), WaitingSeller | WaitingOperator | WaitingBuyer | Resolved) => {
                case.priority = *priority;
                if *priority != self.priority {
                    events.push(NewEvent::for_all(EventKind::PriorityChanged { from: self.priority, to: *priority }));
                }
            }
            (_, status) => return Err(Refusal::NotInThisState { status }),
        }
        Ok(self.moved_to(case, events))
    }

    fn moved_to(&self, case: Self, mut events: Vec<NewEvent>) -> Moved {
        let mut effects = Vec::new();
        if case.status != self.status {
            events.push(NewEvent::for_all(EventKind::StatusChanged { from: self.status, to: case.status }));
        }
        if case.status != self.status || case.priority != self.priority {
            effects.push(Effect::SyncTicket);
        }
        if case.reply_due_at != self.reply_due_at {
            effects.push(case.reply_due_at.map_or(Effect::StopSellerTimer, |due_at| Effect::StartSellerTimer { due_at }));
        }
        Moved { case, events, effects }
    }

    /// What happened and what to do when the case was just opened.
    pub fn opening(&self) -> Moved {
        let mut effects = vec![Effect::SyncTicket];
        effects.extend(self.reply_due_at.map(|due_at| Effect::StartSellerTimer { due_at }));
        let mut events = vec![NewEvent::for_all(EventKind::CaseOpened { status: self.status })];
        if let (Some(order), Some(seller)) = (self.order, self.seller) {
            events.push(NewEvent::for_all(EventKind::OrderAttached { order, seller }));
        }
        Moved { case: self.clone(), events, effects }
    }

    /// The move that a ticket's new state means for the case; none when it means nothing.
    pub const fn move_of_ticket(&self, status: TicketStatus) -> Option<CaseMove> {
        match (status, self.status) {
            (TicketStatus::Solved, CaseStatus::WaitingSeller | CaseStatus::WaitingOperator | CaseStatus::WaitingBuyer) => {
                Some(CaseMove::Resolve)
            }
            (
                TicketStatus::Closed,
                CaseStatus::WaitingSeller | CaseStatus::WaitingOperator | CaseStatus::WaitingBuyer | CaseStatus::Resolved,
            ) => Some(CaseMove::Close),
            (TicketStatus::Pending, CaseStatus::WaitingSeller | CaseStatus::WaitingOperator) => Some(CaseMove::AwaitBuyer),
            (TicketStatus::New | TicketStatus::Open | TicketStatus::Pending | TicketStatus::OnHold, CaseStatus::Resolved) => {
                Some(CaseMove::Reopen)
            }
            _ => None,
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
