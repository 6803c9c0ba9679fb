//! Withdrawing from a contract, by the function that shops owe since 19 June 2026.
//!
//! Article L221-21 and D221-5 of the French consumer code (order 2026-2 and decree 2026-3 of 5 January 2026), after article
//! 11a of Directive 2011/83/EU as Directive (EU) 2023/2673 put it: the consumer declares, confirms, and is sent at once an
//! acknowledgement on a durable medium with what was declared and the date and time of it. No agent is needed and no reason
//! is asked. What counts is that it was declared before the window ended.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::hands::{Happened, not_now, seen, text};
use super::ids::{CaseId, MessageId, OrderId, ReturnId, WithdrawalId};
use super::law::{LegalDays, Period, SellerMayWait, WithdrawalExclusion, WithdrawalWindow};
use super::reasons::CostBearer;
use super::refusal::Refusal;
use super::returns::{DeclaredWithdrawal, LineFacts, NotEligible, SaleTerms, withdrawal_ground};

mod receipt;

#[cfg(test)]
mod tests;

pub use receipt::{Acknowledgement, ButtonWords, WithdrawalDeadlines};

/// The most lines of one declaration.
const MOST_LINES: usize = 200;
/// The most characters of a name, of what names the contract, and of an address.
const LONGEST: usize = 200;
/// How long a declaration waits for its confirmation, at least.
const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(24);

/// What the consumer enters. The function may ask for no more (article 11a(3)): never for a reason, nor for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The consumer's name.
    pub name: String,
    /// What names the contract: the reference of the order.
    pub contract: String,
    /// Where the acknowledgement goes: an electronic address of the consumer's choice.
    pub address: String,
    /// Which lines, and how many pieces of each; empty for the whole contract.
    pub lines: Vec<WithdrawnLine>,
    /// In which language to answer.
    pub locale: String,
}

/// A part of a contract from which somebody withdraws.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawnLine {
    /// The line, by the marketplace's own id.
    pub order_line: String,
    /// How many pieces.
    pub quantity: u32,
}

/// A declared withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Withdrawal {
    /// Our id.
    pub id: WithdrawalId,
    /// The case that it belongs to; none until there is one. It needs none.
    pub case: Option<CaseId>,
    /// The order.
    pub order: OrderId,
    /// The consumer's name.
    pub name: String,
    /// What names the contract.
    pub contract: String,
    /// Where the acknowledgement goes.
    pub address: String,
    /// In which language.
    pub locale: String,
    /// The lines, each once, in the order of their ids.
    pub lines: Vec<WithdrawnLine>,
    /// Where it stands.
    pub state: WithdrawalState,
    /// When it was declared.
    pub declared_at: DateTime<Utc>,
    /// Until when it can be confirmed.
    pub confirm_until: DateTime<Utc>,
    /// What was sent once it was confirmed. It is kept by itself, written once and never again.
    #[serde(skip)]
    pub acknowledgement: Option<Acknowledgement>,
    /// The message that took the acknowledgement to the consumer; it tells whether it was delivered.
    #[serde(default)]
    pub sent_as: Option<MessageId>,
    /// The proof that the acknowledgement was delivered.
    pub delivered: Option<DeliveryProof>,
    /// The returns that carry it out.
    pub returns: Vec<ReturnId>,
    /// How often it has moved, from 1.
    pub revision: i32,
}

/// Where a withdrawal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawalState {
    /// Declared, and not confirmed yet.
    Declared,
    /// Confirmed and acknowledged.
    Confirmed,
    /// Never confirmed. Nothing is lost: it can be declared again while the window is open.
    Lapsed,
}

/// The proof that an acknowledgement went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryProof {
    /// When.
    pub at: DateTime<Utc>,
    /// What the mail server said, or the like; without personal data.
    pub proof: String,
}

/// What is said of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The withdrawal takes effect.
    Effective {
        /// Who pays the way back.
        way_back: CostBearer,
        /// An exclusion that hangs on a seal which nobody has seen yet.
        unless: Option<WithdrawalExclusion>,
    },
    /// It does not.
    Without(NotEligible),
}

/// Something that happened to a withdrawal. Stored as JSON; variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum WithdrawalEvent {
    /// It was declared.
    Declared,
    /// It was confirmed, and so takes effect.
    Confirmed {
        /// The hash of the acknowledgement.
        sha256: String,
    },
    /// The acknowledgement was delivered.
    AcknowledgementDelivered,
    /// A return carries it out.
    ReturnLinked {
        /// Which.
        return_id: ReturnId,
    },
    /// It was not confirmed in time.
    Lapsed,
}

/// What a withdrawal asks of the rest of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WithdrawalEffect {
    /// Send the acknowledgement to the consumer's address, at once and as it is.
    SendAcknowledgement,
    /// Tell seller and operator.
    AlertSellerAndOperator,
    /// Open a return of these pieces on the basis `WITHDRAWAL`.
    OpenReturn(WithdrawnLine),
    /// These pieces have not come yet: stop their delivery; there is nothing to send back.
    CancelUndelivered(WithdrawnLine),
    /// Start the clock of the refund.
    StartRefundClock(WithdrawalDeadlines),
}

/// A move that was made. Making it again gives the same withdrawal, and no events and effects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalMoved {
    /// The withdrawal after it.
    pub after: Withdrawal,
    /// What happened, oldest first.
    pub events: Vec<Happened<WithdrawalEvent>>,
    /// What is asked of the rest of the house.
    pub effects: Vec<WithdrawalEffect>,
}

impl WithdrawalMoved {
    fn unchanged(one: &Withdrawal) -> Self {
        Self { after: one.clone(), events: Vec::new(), effects: Vec::new() }
    }

    fn of(mut after: Withdrawal, event: WithdrawalEvent, effects: Vec<WithdrawalEffect>) -> Self {
        after.revision += 1;
        Self { after, events: vec![Happened::for_all(event)], effects }
    }
}

/// An order as a withdrawal meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnOrder {
    /// The order.
    pub id: OrderId,
    /// What is known of the sale.
    pub sale: SaleTerms,
    /// Its lines.
    pub lines: Vec<LineFacts>,
}

impl WithdrawnOrder {
    /// What is said of each line when somebody withdraws at `declared_at`. It is said after the acknowledgement, never
    /// instead of it.
    pub fn verdicts(&self, days: &LegalDays, declared_at: DateTime<Utc>) -> Vec<(&LineFacts, Verdict)> {
        let each = self.lines.iter().map(|line| {
            let verdict = match withdrawal_ground(line, &self.sale, days, declared_at) {
                Ok(ground) => Verdict::Effective { way_back: ground.way_back, unless: ground.unless },
                Err(why) => Verdict::Without(why),
            };
            (line, verdict)
        });
        each.collect()
    }

    /// The period in which one may withdraw, once its end is known.
    pub fn window(&self, days: &LegalDays) -> Option<Period> {
        WithdrawalWindow::of(&self.sale.deliveries, self.sale.information, days).period()
    }

    /// Whether the function is to be offered: while one line can still be withdrawn from.
    pub fn offers_withdrawal(&self, days: &LegalDays, now: DateTime<Utc>) -> bool {
        self.verdicts(days, now).iter().any(|(_, verdict)| matches!(verdict, Verdict::Effective { .. }))
    }

    /// The lines that a statement names, each once and in order; all of them when it names none.
    fn named(&self, lines: &[WithdrawnLine]) -> Result<Vec<WithdrawnLine>, Refusal> {
        let whole = || self.lines.iter().map(|line| WithdrawnLine { order_line: line.order_line.clone(), quantity: line.bought }).collect();
        let mut lines: Vec<WithdrawnLine> = if lines.is_empty() { whole() } else { lines.to_vec() };
        if lines.len() > MOST_LINES {
            return Err(Refusal::TooMany { limit: MOST_LINES });
        }
        lines.sort();
        if let Some(twice) = lines.windows(2).find(|pair| pair[0].order_line == pair[1].order_line) {
            return Err(Refusal::Twice { key: twice[0].order_line.clone() });
        }
        for line in &lines {
            let known = self.lines.iter().find(|one| one.order_line == line.order_line).ok_or(Refusal::NotFound { what: "Order line" })?;
            if line.quantity == 0 || line.quantity > known.bought {
                return Err(Refusal::Invalid { message: format!("Between 1 and {} pieces of this line were bought.", known.bought) });
            }
        }
        Ok(lines)
    }
}

impl Withdrawal {
    /// The first step: the consumer says so. Refused only for what no acknowledgement could be made of, and once no line can
    /// be withdrawn from any more.
    pub fn declare(statement: &Statement, order: &WithdrawnOrder, days: &LegalDays, at: DateTime<Utc>) -> Result<WithdrawalMoved, Refusal> {
        let name = text("A name", statement.name.as_str(), LONGEST)?;
        let contract = text("What names the contract", statement.contract.as_str(), LONGEST)?;
        let address = text("An electronic address", statement.address.as_str(), LONGEST)?;
        let lines = order.named(&statement.lines)?;
        if !order.offers_withdrawal(days, at) {
            let why = order.verdicts(days, at).into_iter().find_map(|(_, verdict)| match verdict {
                Verdict::Without(why) => Some(why.to_string()),
                Verdict::Effective { .. } => None,
            });
            return Err(not_now(why.unwrap_or_else(|| "There is nothing to withdraw from.".to_owned())));
        }
        let after = Self {
            id: WithdrawalId::generate(),
            case: None,
            order: order.id,
            name,
            contract,
            address,
            locale: statement.locale.chars().take(35).collect(),
            lines,
            state: WithdrawalState::Declared,
            declared_at: at,
            confirm_until: at + CONFIRM_WITHIN,
            acknowledgement: None,
            sent_as: None,
            delivered: None,
            returns: Vec::new(),
            revision: 1,
        };
        Ok(WithdrawalMoved { after, events: vec![Happened::for_all(WithdrawalEvent::Declared)], effects: Vec::new() })
    }

    /// Whether a statement says the same as this one, so that declaring it again finds it.
    pub fn says(&self, statement: &Statement, order: &WithdrawnOrder) -> bool {
        let same = |given: &str, kept: &str| given.trim() == kept;
        same(&statement.name, &self.name)
            && same(&statement.contract, &self.contract)
            && same(&statement.address, &self.address)
            && order.id == self.order
            && order.named(&statement.lines).is_ok_and(|lines| lines == self.lines)
    }

    /// The second step: it takes effect, and is acknowledged. Confirming again changes nothing and gives the same receipt.
    pub fn confirm(&self, order: &WithdrawnOrder, days: &LegalDays, at: DateTime<Utc>) -> Result<WithdrawalMoved, Refusal> {
        match self.state {
            WithdrawalState::Confirmed => return Ok(WithdrawalMoved::unchanged(self)),
            WithdrawalState::Declared if at < self.confirm_until => {}
            WithdrawalState::Declared | WithdrawalState::Lapsed => {
                return Err(not_now("This declaration was not confirmed in time; declare the withdrawal again."));
            }
        }
        let mut goods = Vec::new();
        // Judged by when it was declared: a confirmation after midnight takes nothing away.
        for (line, verdict) in order.verdicts(days, self.declared_at) {
            let named = self.lines.iter().find(|one| one.order_line == line.order_line);
            if let (Some(named), Verdict::Effective { .. }) = (named, verdict) {
                goods.push(match line.delivered_at {
                    Some(_) => WithdrawalEffect::OpenReturn(named.clone()),
                    None => WithdrawalEffect::CancelUndelivered(named.clone()),
                });
            }
        }
        let to_send = goods.iter().any(|effect| matches!(effect, WithdrawalEffect::OpenReturn(_)));
        let may_wait = if to_send { SellerMayWait::Yes } else { SellerMayWait::No };
        // Of nothing but excluded goods: the receipt is owed all the same, and names no days.
        let deadlines = (!goods.is_empty()).then(|| WithdrawalDeadlines::of(at, may_wait, days));
        let receipt = self.receipt(deadlines, days, at);
        let sha256 = receipt.sha256.clone();
        let mut effects = vec![WithdrawalEffect::SendAcknowledgement, WithdrawalEffect::AlertSellerAndOperator];
        effects.extend(goods);
        effects.extend(deadlines.map(WithdrawalEffect::StartRefundClock));
        let after = Self { state: WithdrawalState::Confirmed, acknowledgement: Some(receipt), ..self.clone() };
        Ok(WithdrawalMoved::of(after, WithdrawalEvent::Confirmed { sha256 }, effects))
    }

    /// What a return needs to know of it; none before it is confirmed.
    pub fn declared(&self) -> Option<DeclaredWithdrawal> {
        let receipt = self.acknowledgement.as_ref()?;
        Some(DeclaredWithdrawal { id: self.id, declared_at: self.declared_at, submitted_at: receipt.submitted_at })
    }

    /// The mail went out. A second proof changes nothing.
    pub fn acknowledgement_delivered(&self, proof: DeliveryProof) -> Result<WithdrawalMoved, Refusal> {
        if self.acknowledgement.is_none() {
            return Err(not_now("This withdrawal has not been acknowledged yet."));
        }
        if self.delivered.is_some() {
            return Ok(WithdrawalMoved::unchanged(self));
        }
        let after = Self { delivered: Some(proof), ..self.clone() };
        Ok(WithdrawalMoved::of(after, WithdrawalEvent::AcknowledgementDelivered, Vec::new()))
    }

    /// A return carries it out. Linking it again changes nothing.
    pub fn link_return(&self, return_id: ReturnId, revision: i32) -> Result<WithdrawalMoved, Refusal> {
        if self.returns.contains(&return_id) {
            return Ok(WithdrawalMoved::unchanged(self));
        }
        seen(self.revision, revision)?;
        if self.state != WithdrawalState::Confirmed {
            return Err(not_now("This withdrawal has not been confirmed."));
        }
        let mut after = self.clone();
        after.returns.push(return_id);
        Ok(WithdrawalMoved::of(after, WithdrawalEvent::ReturnLinked { return_id }, Vec::new()))
    }

    /// What silence means by now; none when it means nothing yet.
    pub fn elapse(&self, now: DateTime<Utc>) -> Option<WithdrawalMoved> {
        let over = self.state == WithdrawalState::Declared && self.confirm_until <= now;
        over.then(|| WithdrawalMoved::of(Self { state: WithdrawalState::Lapsed, ..self.clone() }, WithdrawalEvent::Lapsed, Vec::new()))
    }

    /// When time alone moves it.
    pub fn wakes_at(&self) -> Option<DateTime<Utc>> {
        (self.state == WithdrawalState::Declared).then_some(self.confirm_until)
    }
}
