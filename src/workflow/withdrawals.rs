//! Withdrawing from a contract: declared, confirmed, acknowledged at once and without anybody's doing.

use std::num::NonZeroU32;

use chrono::{DateTime, NaiveDate, Utc};

use super::dealings::{self, Dealing};
use super::refunds::{self, MoneyClaim};
use super::returns::{self, Words, legal_days, line_facts, sale};
use super::threads::KEY_LIMIT;
use super::{Check, Cx, Error, Result, refused};
use crate::domain::charter::Terms;
use crate::domain::hands::{Available, Hand};
use crate::domain::ids::{ConnectionId, OrderId, WithdrawalId};
use crate::domain::law::LegalDays;
use crate::domain::parties::{Actor, View, Who};
use crate::domain::purchases::{LineKey, Purchase};
use crate::domain::refunds::{Asked, CostPlan, DisputeGuard, Hold, RefundBasis, RefundClock, RefundForm, RefundOrigin};
use crate::domain::refusal::Refusal;
use crate::domain::timeline::EventKind;
use crate::domain::withdrawals::{
    ButtonWords, Statement, Verdict, Withdrawal, WithdrawalEffect, WithdrawalMoved, WithdrawalState, WithdrawnLine, WithdrawnOrder,
};
use crate::store::{DueWithdrawal, StoreError, Tx};

mod receipt;

/// The most declarations of one order: each is kept for ever.
const MOST_DECLARED: u64 = 50;
const LONGEST: usize = 200;

/// What somebody who withdraws enters.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// From the purchase of which order.
    pub order: OrderId,
    /// The consumer's name.
    pub name: String,
    /// Where the acknowledgement goes.
    pub address: String,
    /// Which lines, and how many pieces of each; empty for the whole contract.
    pub lines: Vec<WithdrawnLine>,
    /// In which language to answer; none for the case's.
    pub locale: Option<String>,
    /// The client's key, of this order: the second call with it finds the withdrawal of the first.
    pub idempotency_key: String,
}

/// Only the consumer withdraws: by a link of their own, or on the shop's own page.
fn only_buyers(who: &Who) -> Result<()> {
    match dealings::hand(who)? {
        Hand::Buyer => Ok(()),
        _ => Err(Refusal::NotAllowed.into()),
    }
}

fn withdrawn(purchase: &Purchase) -> WithdrawnOrder {
    WithdrawnOrder { id: purchase.order, sale: sale(purchase), lines: purchase.lines.iter().map(line_facts).collect() }
}

/// Declares a withdrawal. It takes effect once it is confirmed.
pub async fn declare(cx: &Cx, actor: &Actor, declaration: Declaration) -> Result<Withdrawal> {
    match declare_once(cx, actor, &declaration).await {
        Err(Error::Store(StoreError::Conflict { .. })) => declare_once(cx, actor, &declaration).await,
        other => other,
    }
}

async fn declare_once(cx: &Cx, actor: &Actor, declaration: &Declaration) -> Result<Withdrawal> {
    only_buyers(&actor.who)?;
    let mut check = Check::default();
    check.text(&["idempotencyKey"], "The idempotency key", &declaration.idempotency_key, KEY_LIMIT);
    check.text(&["name"], "The name", &declaration.name, LONGEST);
    check.text(&["address"], "The electronic address", &declaration.address, LONGEST);
    super::orders::email(
        &mut check,
        &["address"],
        Some(&declaration.address).filter(|address| !address.trim().is_empty()).map(String::as_str),
    );
    check.done()?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let dealing = Box::pin(dealings::about(&mut tx, actor, declaration.order, None, None)).await?;
    let order = withdrawn(&dealing.purchase);
    let language = dealing.case.language_or(&dealing.marketplace.locale).to_owned();
    let statement = Statement {
        name: declaration.name.clone(),
        contract: dealing.purchase.reference.clone(),
        address: declaration.address.clone(),
        lines: declaration.lines.clone(),
        locale: declaration.locale.clone().unwrap_or(language),
    };
    let key = &declaration.idempotency_key;
    if let Some(before) = tx.declared_before(declaration.order, key).await? {
        let same = before.says(&statement, &order);
        return if same { Ok(before) } else { Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently)) };
    }
    if tx.count_withdrawals(declaration.order).await? >= MOST_DECLARED {
        return Err(refused(
            &["orderId"],
            Refusal::Invalid { message: format!("At most {MOST_DECLARED} withdrawals can be declared of an order.") },
        ));
    }

    let moved =
        Withdrawal::declare(&statement, &order, &legal_days(&dealing), cx.now()).map_err(|refusal| at_line(&statement, &order, refusal))?;

    let one = Withdrawal { case: Some(dealing.case.id), ..moved.after.clone() };
    tx.insert_withdrawal(&one, dealing.case.id, key).await?;
    tell(&mut tx, &dealing, &actor.who, moved).await?;
    let one = tx.known_withdrawal(actor.scope(), one.id).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(one)
}

/// What is wrong with a line is told with its place.
fn at_line(statement: &Statement, order: &WithdrawnOrder, refusal: Refusal) -> Error {
    let wrong = |line: &WithdrawnLine| match order.lines.iter().find(|one| one.order_line == line.order_line) {
        Some(known) => line.quantity == 0 || line.quantity > known.bought,
        None => true,
    };
    let twice = |position: usize| statement.lines[..position].iter().any(|line| line.order_line == statement.lines[position].order_line);
    match &refusal {
        Refusal::NotFound { .. } | Refusal::Invalid { .. } => {
            let position = statement.lines.iter().position(wrong).unwrap_or_default().to_string();
            let field = if matches!(refusal, Refusal::Invalid { .. }) { "quantity" } else { "lineId" };
            refused(&["lines", &position, field], refusal)
        }
        Refusal::Twice { .. } => {
            let position = (0..statement.lines.len()).find(|position| twice(*position)).unwrap_or_default().to_string();
            refused(&["lines", &position, "lineId"], refusal)
        }
        Refusal::TooMany { .. } => refused(&["lines"], refusal),
        _ => refused(&["orderId"], refusal),
    }
}

async fn tell(tx: &mut Tx, dealing: &Dealing, who: &Who, moved: WithdrawalMoved) -> Result<()> {
    let id = moved.after.id;
    dealings::tell(tx, dealing.case.id, who, moved.events, |what| EventKind::Withdrawal { withdrawal: id, what }).await
}

/// A withdrawal that the actor knows, with its case and its order under lock.
async fn locked(tx: &Tx, actor: &Actor, id: WithdrawalId) -> Result<Option<(Dealing, Withdrawal)>> {
    let Some(mut seen) = tx.known_withdrawal(actor.scope(), id).await? else { return Ok(None) };
    loop {
        let Some(case) = seen.case else { return Ok(None) };
        let dealing = Box::pin(dealings::of(tx, case, seen.order)).await?;
        let Some(one) = tx.known_withdrawal(actor.scope(), id).await? else { return Ok(None) };
        if one.case == Some(dealing.case.id) {
            return Ok(Some((dealing, one)));
        }
        seen = one;
    }
}

/// Confirms a withdrawal: it takes effect, its receipt is written once and goes out at once, and the returns of its lines open by
/// themselves. Confirming it again gives the same receipt.
pub async fn confirm(cx: &Cx, actor: &Actor, id: WithdrawalId, revision: i32) -> Result<Withdrawal> {
    only_buyers(&actor.who)?;
    let helpdesk = cx.store.connections(Some(actor.marketplace)).await?.first().map(|row| row.id);
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let found = locked(&tx, actor, id).await?;
    let (dealing, one) = found.ok_or_else(|| refused(&["withdrawalId"], Refusal::NotFound { what: "Withdrawal" }))?;
    let order = withdrawn(&dealing.purchase);

    let moved = one.confirm(&order, &legal_days(&dealing), cx.now()).map_err(|refusal| refused(&["withdrawalId"], refusal))?;
    if moved.after == one {
        return Ok(one);
    }
    if one.revision != revision {
        return Err(refused(&["revision"], Refusal::WrongRevision { current: one.revision }));
    }

    Box::pin(follow(cx, &mut tx, (&dealing, helpdesk), &actor.who, moved)).await?;
    let one = tx.known_withdrawal(actor.scope(), id).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(one)
}

#[expect(clippy::single_match_else, reason = "two outcomes of one call")]
async fn follow(
    cx: &Cx,
    tx: &mut Tx,
    (dealing, helpdesk): (&Dealing, Option<ConnectionId>),
    who: &Who,
    moved: WithdrawalMoved,
) -> Result<()> {
    let mut one = moved.after.clone();
    let (effects, seen) = (moved.effects.clone(), one.revision - 1);
    if let Some(receipt) = one.acknowledgement.clone() {
        tx.insert_receipt(one.id, &receipt).await?;
        one.sent_as = Some(Box::pin(receipt::send(tx, dealing, &one, &receipt, helpdesk)).await?);
    }
    tx.save_withdrawal(&one, seen).await?;
    tell(tx, dealing, who, moved).await?;
    for effect in effects {
        match effect {
            // Sent already: the row names the message. The days that it starts stand in the receipt and go with each claim.
            WithdrawalEffect::SendAcknowledgement | WithdrawalEffect::StartRefundClock(_) => {}
            WithdrawalEffect::AlertSellerAndOperator => {
                let lines = one.lines.iter().map(|line| format!("{} x {}", line.quantity, line.order_line)).collect::<Vec<_>>().join("; ");
                Box::pin(dealings::note_team(tx, dealing, "withdrawal_note", &[("lines", lines)])).await?;
            }
            WithdrawalEffect::OpenReturn(line) => match Box::pin(returns::open_for_withdrawal(cx, tx, dealing, who, &one, &line)).await? {
                Some(opened) => {
                    let linked = one.link_return(opened, one.revision)?;
                    tx.save_withdrawal(&linked.after, one.revision).await?;
                    one = linked.after.clone();
                    tell(tx, dealing, who, linked).await?;
                }
                None => {
                    let line = [("line", line.order_line)];
                    Box::pin(dealings::note_team(tx, dealing, "withdrawal_on_its_way_note", &line)).await?;
                }
            },
            WithdrawalEffect::CancelUndelivered(line) => Box::pin(refund_undelivered(cx, tx, dealing, &one, line)).await?,
        }
    }
    Ok(())
}

/// What has not come yet is refunded at once; that it does not set out any more is for people to see to.
async fn refund_undelivered(cx: &Cx, tx: &mut Tx, dealing: &Dealing, one: &Withdrawal, line: WithdrawnLine) -> Result<()> {
    let what = format!("{} x {}", line.quantity, line.order_line);
    let key = LineKey::try_from(line.order_line).map_err(|_| Error::NotFound)?;
    let (Some(bought), Some(units)) = (dealing.purchase.line(&key), NonZeroU32::new(line.quantity)) else { return Ok(()) };
    let all = units >= bought.recorded.sold.facts().quantity;
    let notice = one.declared().map_or(one.declared_at, |declared| declared.submitted_at);
    let claim = MoneyClaim {
        line: Some(key),
        // What a dispute allows is for the money side to look up.
        guard: DisputeGuard::None,
        asked: Asked::Units { units },
        basis: RefundBasis::Withdrawal,
        established: Some(RefundClock::withdrawal(notice, Hold::Never)),
        form: if all { RefundForm::Full } else { RefundForm::Partial },
        costs: CostPlan::default(),
        origin: RefundOrigin::Withdrawal(one.id),
    };
    let why = match Box::pin(refunds::carry_out(cx, tx, dealing, claim)).await {
        Ok(_) => None,
        Err(Error::Refused { faults }) => Some(faults.iter().map(|fault| fault.refusal.to_string()).collect::<Vec<_>>().join(" ")),
        Err(error) => return Err(error),
    };
    Box::pin(dealings::note_team(tx, dealing, "withdrawal_undelivered_note", &[("lines", what)])).await?;
    let Some(why) = why else { return Ok(()) };
    let deadlines = one.acknowledgement.as_ref().and_then(|receipt| receipt.deadlines);
    let words = Words::of_house(dealing);
    let until = deadlines.map_or_else(String::new, |deadlines| words.day(deadlines.refund_by));
    Box::pin(dealings::note_team(tx, dealing, "return_refund_refused_note", &[("reason", why), ("until", until)])).await
}

/// Whether an actor may confirm a withdrawal now, and until when.
pub fn available(actor: &Actor, one: &Withdrawal, now: DateTime<Utc>) -> Option<Available<()>> {
    let open = one.state == WithdrawalState::Declared && now < one.confirm_until && only_buyers(&actor.who).is_ok();
    open.then_some(Available { action: (), from: None, until: Some(one.confirm_until) })
}

/// Does what the passing of time means for a withdrawal. Whoever comes second finds nothing to do.
pub async fn elapse(cx: &Cx, due: DueWithdrawal) -> Result<()> {
    let actor = Actor::system(due.marketplace);
    let mut tx = cx.store.begin(due.marketplace).await?;
    let Some((dealing, one)) = locked(&tx, &actor, due.id).await? else { return Ok(()) };

    let Some(moved) = one.elapse(cx.now()) else { return Ok(()) };

    tx.save_withdrawal(&moved.after, one.revision).await?;
    tell(&mut tx, &dealing, &actor.who, moved).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the function of withdrawal is to be offered now, and with which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Until when; none while that is not known, as something is still to come, and when it is not offered.
    pub until: Option<DateTime<Utc>>,
    /// The last day.
    pub last_day: Option<NaiveDate>,
    /// What the law wants on the two buttons.
    pub words: ButtonWords,
    /// What would be said of each line, in the order of the purchase.
    pub lines: Vec<(WithdrawnLine, Verdict)>,
}

impl Offer {
    /// Whether it is to be offered: while one line can be withdrawn from.
    pub fn stands(&self) -> bool {
        self.lines.iter().any(|(_, verdict)| matches!(verdict, Verdict::Effective { .. }))
    }
}

/// What is to be offered for an order; none when the viewer does not know it.
pub async fn offer(cx: &Cx, actor: &Actor, order: OrderId, locale: Option<&str>) -> Result<Option<Offer>> {
    if matches!(actor.scope().view, View::Mediator { .. }) {
        return Ok(None);
    }
    let Some(purchase) = cx.store.purchases(actor.scope(), &[order]).await?.pop() else { return Ok(None) };
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let today = Terms::today(&marketplace);
    let days = LegalDays::of(marketplace.timezone, &today);
    let order = withdrawn(&purchase);
    let period = order.window(&days);
    let lines = order
        .verdicts(&days, cx.now())
        .into_iter()
        .map(|(line, verdict)| (WithdrawnLine { order_line: line.order_line.clone(), quantity: line.bought }, verdict));
    let lines: Vec<_> = lines.collect();
    let words = ButtonWords::in_language(locale.unwrap_or(&marketplace.locale));
    let mut offer = Offer { until: period.map(|period| period.ends_at), last_day: period.map(|period| period.last_day), words, lines };
    if !offer.stands() {
        offer.until = None;
    }
    Ok(Some(offer))
}
