//! What one case or one order adds to the days of its seller: read from what is known of it now, so that it can be taken out
//! exactly as it was put in, and counted again at any time.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::super::cases::{Case, CaseStatus, EscalationReason};
use super::super::charter::{Promise, Terms};
use super::super::defects::{self, ProductFacts};
use super::super::disputes::{CountsAgainstSeller, Dispute};
use super::super::ids::{CaseId, OrderId, SellerId, ThreadId};
use super::super::orders::OrderLine;
use super::super::parties::{Party, Who};
use super::super::refunds::{Bearing, CostPlan, Refund, RefundStatus};
use super::super::returns::Return;
use super::super::shipments::Shipment;
use super::super::threads::ThreadKind;
use super::super::timeline::{Event, EventKind};
use super::{Measure, SellerTally};

/// How something went that could have gone wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Went {
    /// As it should.
    Well,
    /// Wrong.
    Wrong,
}

/// One thing that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Fact {
    /// The seller answered.
    Replied {
        /// After so many seconds of business hours.
        seconds: u32,
    },
    /// Something that a measure in per cent counts.
    Counted {
        /// Which measure.
        measure: Measure,
        /// How it went.
        went: Went,
    },
}

/// What adds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A case.
    Case(CaseId),
    /// An order.
    Order(OrderId),
}

/// What a case or an order adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellerFacts {
    /// To whose days.
    pub seller: SellerId,
    /// What, and on which day.
    pub facts: Vec<(NaiveDate, Fact)>,
    /// What an order adds to its products.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductFacts>,
}

impl SellerTally {
    /// Puts a fact in.
    pub fn add(&mut self, fact: Fact) {
        match fact {
            Fact::Replied { seconds } => self.replies.add(seconds),
            Fact::Counted { measure, went } => {
                if let Some(share) = self.share_mut(measure) {
                    share.count(|| went == Went::Wrong);
                }
            }
        }
    }

    /// Takes a fact out that was put in; says when it never was.
    pub fn remove(&mut self, fact: Fact) -> Result<(), NeverCounted> {
        let mut one = Self::default();
        one.add(fact);
        match fact {
            Fact::Replied { .. } => self.replies = self.replies.less(&one.replies).ok_or(NeverCounted)?,
            Fact::Counted { measure, .. } => {
                if let (Some(share), Some(taken)) = (self.share_mut(measure), one.share_mut(measure)) {
                    *share = share.less(*taken).ok_or(NeverCounted)?;
                }
            }
        }
        Ok(())
    }
}

/// Something was to be taken out of a day that was never put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this was never counted")]
pub struct NeverCounted;

/// Whether an escalation speaks of how the seller served the buyer. A rule of the charter does not, nor does a seller that asks
/// for help: whoever asks must not fear for its card.
const fn speaks_of_seller(reason: EscalationReason) -> bool {
    !matches!(reason, EscalationReason::Rule | EscalationReason::SellerAsksHelp)
}

/// What is read from a case's timeline.
struct Reader<'a> {
    seller: SellerId,
    terms: &'a Terms,
    timezone: Tz,
    facts: Vec<(NaiveDate, Fact)>,
    private: Vec<ThreadId>,
    /// Since when the buyer waits for an answer of the seller, also after the case went to the operator.
    owed: Option<DateTime<Utc>>,
    reply: Clock,
    resolution: Clock,
    with_operator: bool,
    ever_turn: bool,
    escalated: bool,
}

/// What became of a promise of the seller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clock {
    Off,
    Runs,
    Missed,
}

impl Reader<'_> {
    fn note(&mut self, at: DateTime<Utc>, fact: Fact) {
        self.facts.push((at.with_timezone(&self.timezone).date_naive(), fact));
    }

    fn count(&mut self, at: DateTime<Utc>, measure: Measure, went: Went) {
        self.note(at, Fact::Counted { measure, went });
    }

    fn turn_begins(&mut self, at: DateTime<Utc>) {
        (self.owed, self.reply, self.ever_turn) = (self.owed.or(Some(at)), Clock::Runs, true);
        if self.resolution == Clock::Off {
            self.resolution = Clock::Runs;
        }
    }

    fn answered(&mut self, at: DateTime<Utc>) {
        let Some(since) = self.owed.take() else { return };
        // Where the calendar cannot tell, the clock on the wall does.
        let took = self.terms.calendar(Party::Seller).between(since, at).unwrap_or(at - since);
        let seconds = u32::try_from(took.num_seconds().max(0)).unwrap_or(u32::MAX);
        self.note(at, Fact::Replied { seconds });
    }

    fn moved(&mut self, event: &Event, from: CaseStatus, to: CaseStatus) {
        if from == CaseStatus::WaitingSeller {
            if self.reply == Clock::Runs && is_seller(&event.actor, self.seller) {
                self.count(event.at, Measure::DeadlineBreaches, Went::Well);
            }
            self.reply = Clock::Off;
        }
        match to {
            CaseStatus::WaitingSeller => self.turn_begins(event.at),
            // It is still the seller that did not answer.
            CaseStatus::WaitingOperator => {}
            CaseStatus::WaitingBuyer | CaseStatus::AwaitingClarification => self.owed = None,
            CaseStatus::Resolved | CaseStatus::Closed => {
                if to == CaseStatus::Resolved && self.resolution == Clock::Runs && !self.with_operator {
                    self.count(event.at, Measure::DeadlineBreaches, Went::Well);
                }
                (self.owed, self.resolution) = (None, Clock::Off);
            }
        }
    }

    fn read(&mut self, event: &Event) {
        match &event.kind {
            EventKind::CaseOpened { status: CaseStatus::WaitingSeller } => self.turn_begins(event.at),
            EventKind::StatusChanged { from, to } => self.moved(event, *from, *to),
            EventKind::ThreadOpened { thread, kind: ThreadKind::OperatorSeller } => self.private.push(*thread),
            EventKind::MessagePosted { thread, .. } if is_seller(&event.actor, self.seller) && !self.private.contains(thread) => {
                self.answered(event.at);
            }
            EventKind::ReplyWaived { .. } => (self.owed, self.reply) = (None, Clock::Off),
            EventKind::DeadlineMissed { promise, party: Party::Seller, .. } => {
                match promise {
                    Promise::Resolution => self.resolution = Clock::Missed,
                    Promise::FirstReply | Promise::NextReply => self.reply = Clock::Missed,
                }
                self.count(event.at, Measure::DeadlineBreaches, Went::Wrong);
            }
            EventKind::CaseEscalated { reason, .. } => {
                self.with_operator = true;
                self.escalated |= speaks_of_seller(*reason);
            }
            _ => {}
        }
    }
}

fn is_seller(who: &Who, seller: SellerId) -> bool {
    matches!(who, Who::Seller { seller: own, .. } if *own == seller)
}

/// What a case adds, by its timeline from the first event on; none without a seller. A case that never was the seller's to answer
/// adds nothing to escalations.
pub fn of_case(case: &Case, events: &[Event], terms: &Terms, timezone: Tz) -> Option<SellerFacts> {
    let seller = case.seller?;
    let mut reader = Reader {
        seller,
        terms,
        timezone,
        facts: Vec::new(),
        private: Vec::new(),
        owed: None,
        reply: Clock::Off,
        resolution: Clock::Off,
        with_operator: false,
        ever_turn: false,
        escalated: false,
    };
    for event in events {
        reader.read(event);
    }
    if reader.ever_turn && case.merged_into.is_none() {
        let went = if reader.escalated { Went::Wrong } else { Went::Well };
        reader.count(case.opened_at, Measure::Escalations, went);
    }
    Some(SellerFacts { seller, facts: sorted(reader.facts), products: Vec::new() })
}

/// An order, with all that came of it.
#[derive(Debug, Clone, Copy)]
pub struct OrderRecord<'a> {
    /// Who sold.
    pub seller: SellerId,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// What was bought.
    pub lines: &'a [OrderLine],
    /// Its refunds.
    pub refunds: &'a [Refund],
    /// Its returns.
    pub returns: &'a [Return],
    /// Its disputes.
    pub disputes: &'a [Dispute],
    /// Its parcels.
    pub shipments: &'a [Shipment],
}

/// What an order adds: on the day on which it was placed whether there was an incident, a refund at the seller's cost, a return;
/// and for each parcel that was promised, on that day, whether it came later.
pub fn of_order(order: &OrderRecord<'_>, timezone: Tz, now: DateTime<Utc>) -> SellerFacts {
    let day = |at: DateTime<Utc>| at.with_timezone(&timezone).date_naive();
    let placed = day(order.placed_at);
    let counted = |measure, wrong| Fact::Counted { measure, went: if wrong { Went::Wrong } else { Went::Well } };
    let incident = order
        .disputes
        .iter()
        .any(|dispute| dispute.effective_decision().is_some_and(|decision| decision.counts == CountsAgainstSeller::Counts));
    let refund = order.refunds.iter().any(|refund| refund.status == RefundStatus::Succeeded && costs_seller(refund));
    let came_back = order.returns.iter().any(|one| one.received.quantity > 0);
    let mut facts = vec![
        (placed, counted(Measure::Incidents, incident)),
        (placed, counted(Measure::Refunds, refund)),
        (placed, counted(Measure::Returns, came_back)),
    ];
    for shipment in order.shipments {
        let Some(promised) = shipment.told_promise.or(shipment.known.promised_at) else { continue };
        let late = match shipment.known.delivered_at {
            Some(delivered) => delivered > promised,
            None if promised <= now => true,
            // That is still to be seen.
            None => continue,
        };
        facts.push((day(promised), counted(Measure::LateShipments, late)));
    }
    SellerFacts { seller: order.seller, facts: sorted(facts), products: defects::of_order(order.lines, order.returns, placed) }
}

fn costs_seller(refund: &Refund) -> bool {
    let bears = |bearing: Bearing| match bearing {
        Bearing::Seller => true,
        Bearing::Operator | Bearing::Carrier => false,
        Bearing::Shared(shares) => shares.seller().get() > 0,
    };
    refund.grant.as_ref().is_some_and(|grant| {
        let CostPlan { goods, delivery } = grant.costs;
        bears(goods) || bears(delivery)
    })
}

/// In one order, so that what is counted anew is known to be the same.
fn sorted(mut facts: Vec<(NaiveDate, Fact)>) -> Vec<(NaiveDate, Fact)> {
    facts.sort_unstable();
    facts
}
