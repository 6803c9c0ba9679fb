//! What follows from a move: it is written, told, and what it asks of the rest of the house is done, all in one transaction.

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use super::super::dealings::{self, Dealing};
use super::super::refunds::{self, MoneyClaim};
use super::super::{Cx, Error, Result};
use super::rights::{legal_days, line_of, refund_due};
use super::words::Words;
use crate::domain::hands::Happened;
use crate::domain::ids::ReturnId;
use crate::domain::law::RefundDue;
use crate::domain::money::{Money, MoneyError, Portion};
use crate::domain::parties::{Party, Who};
use crate::domain::refunds::{Asked, CostPlan, DisputeGuard, Hold, RefundBasis, RefundClock, RefundForm, RefundOrigin};
use crate::domain::refusal::Refusal;
use crate::domain::returns::{
    Closing, LegalBasis, Papers, Resolution, Return, ReturnEffect, ReturnEvent, ReturnMethod, ReturnMove, ReturnMoved, ReturnState,
};
use crate::domain::timeline::EventKind;
use crate::store::{RequestKey, Tx};

/// What stands behind a move.
#[derive(Clone, Copy)]
pub(super) struct Moving<'a> {
    pub(super) cx: &'a Cx,
    pub(super) dealing: &'a Dealing,
    /// Who moves.
    pub(super) who: &'a Who,
    /// Whether the money carries out what a dispute decided; else the money side looks up what disputes allow.
    pub(super) guard: DisputeGuard,
}

/// Writes a new return.
pub(super) async fn begin(
    cx: &Cx,
    tx: &mut Tx,
    dealing: &Dealing,
    who: &Who,
    moved: ReturnMoved,
    request: Option<&RequestKey>,
) -> Result<()> {
    tx.insert_return(&moved.after, dealing.purchase.seller, request).await?;
    Moving { cx, dealing, who, guard: DisputeGuard::None }.follow(tx, moved).await
}

impl<'a> Moving<'a> {
    /// Writes a move of a return that stood at the revision that was `seen`.
    pub(super) async fn write(self, tx: &mut Tx, moved: ReturnMoved, seen: i32) -> Result<()> {
        tx.save_return(&moved.after, seen).await?;
        self.follow(tx, moved).await
    }

    /// Tells what happened and does what is asked for. Boxed and named, as money that moves at once comes back to the return.
    fn follow<'b>(self, tx: &'b mut Tx, moved: ReturnMoved) -> BoxFuture<'b, Result<()>>
    where
        'a: 'b,
    {
        Box::pin(async move {
            let ReturnMoved { after, events, effects } = moved;
            let (words, house) = (Words::new(self.dealing), Words::of_house(self.dealing));
            self.tell(tx, &after, events.clone()).await?;
            for event in &events {
                self.say(tx, &words, &after, &event.kind).await?;
            }
            for effect in effects {
                self.carry_out(tx, (&words, &house), &after, effect).await?;
            }
            Ok(())
        })
    }

    async fn tell(&self, tx: &mut Tx, one: &Return, events: Vec<Happened<ReturnEvent>>) -> Result<()> {
        let id = one.id;
        dealings::tell(tx, self.dealing.case.id, self.who, events, |what| EventKind::Return { return_id: id, what }).await
    }

    /// Tells the buyer what they must know or do.
    async fn say(&self, tx: &mut Tx, words: &Words<'_>, one: &Return, event: &ReturnEvent) -> Result<()> {
        let told: Option<(&'static str, Vec<(&'static str, String)>)> = match event {
            ReturnEvent::Approved { method, way_back, .. } if *method != ReturnMethod::Returnless => {
                Some(("return_approved", vec![("quantity", one.quantity.to_string()), ("carriage", words.carriage(*way_back))]))
            }
            ReturnEvent::ReadyToShip { .. } => one.papers.as_ref().map(|papers| ("return_ready", ready(one, words, papers))),
            ReturnEvent::KeepOffered { amount, .. } => {
                Some(("return_keep_offer", vec![("amount", words.amount(*amount)), ("until", words.moment(one.due_at))]))
            }
            ReturnEvent::Received { quantity, .. } => Some(("return_received", vec![("quantity", quantity.to_string())])),
            ReturnEvent::Inspected { by, fault: Some(_), text, withheld } => {
                let said = ("reason", words.of(by.party(), text));
                Some(match withheld {
                    Some(kept) => ("return_worth_less", vec![said, ("amount", words.amount(*kept)), ("until", words.moment(one.due_at))]),
                    None => ("return_not_as_sold", vec![said, ("until", words.moment(one.due_at))]),
                })
            }
            ReturnEvent::Expired => Some(("return_expired", Vec::new())),
            _ => None,
        };
        match told {
            Some((template, given)) => Box::pin(dealings::tell_buyer(tx, self.dealing, template, &given)).await,
            None => Ok(()),
        }
    }

    async fn carry_out(&self, tx: &mut Tx, (words, house): (&Words<'_>, &Words<'_>), one: &Return, effect: ReturnEffect) -> Result<()> {
        match effect {
            // The seller's alert is the event itself: its webhooks and its cases tell it, once each.
            ReturnEffect::Alert(Party::Seller | Party::Buyer) => Ok(()),
            ReturnEffect::Alert(Party::Operator) => self.alert(tx, house, one).await,
            ReturnEffect::SendRefusal => match &one.declined {
                Some(declined) => {
                    let given = [("reason", words.of(declined.by.party(), &declined.text)), ("until", words.moment(one.due_at))];
                    Box::pin(dealings::tell_buyer(tx, self.dealing, "return_declined", &given)).await
                }
                None => Ok(()),
            },
            ReturnEffect::RefundGoods { quantity, wanted } => match NonZeroU32::new(quantity) {
                Some(units) => self.refund(tx, house, one, Asked::Units { units }, form(wanted, quantity, self.bought(one)?)).await,
                None => Ok(()),
            },
            ReturnEffect::RefundAgreed(amount) => self.refund(tx, house, one, Asked::Amount { amount }, RefundForm::Partial).await,
            ReturnEffect::RefundLess { quantity, withheld } => {
                let worth = worth(tx, self.dealing, one, quantity).await?;
                let amount = worth.minus(withheld).map_err(unreckonable)?;
                if !amount.is_positive() {
                    return Ok(());
                }
                self.refund(tx, house, one, Asked::Amount { amount }, RefundForm::Partial).await
            }
            ReturnEffect::ReleaseRefund { .. } => match refund_due(one, &legal_days(self.dealing)) {
                Some(RefundDue::Due(period)) => self.note(tx, "return_refund_due_note", &[("until", house.day(period.last_day))]).await,
                Some(RefundDue::Held(_)) | None => Ok(()),
            },
            ReturnEffect::Replace { quantity } => self.note(tx, "return_replace_note", &[("quantity", quantity.to_string())]).await,
            ReturnEffect::Repair { quantity } => self.note(tx, "return_repair_note", &[("quantity", quantity.to_string())]).await,
        }
    }

    fn bought(&self, one: &Return) -> Result<u32> {
        Ok(line_of(self.dealing, one)?.1.recorded.sold.facts().quantity.get())
    }

    async fn note(&self, tx: &mut Tx, template: &'static str, given: &[(&'static str, String)]) -> Result<()> {
        Box::pin(dealings::note_team(tx, self.dealing, template, given)).await
    }

    async fn alert(&self, tx: &mut Tx, words: &Words<'_>, one: &Return) -> Result<()> {
        match (one.state, one.closing) {
            (_, Some(Closing::LeftToOperator)) => self.note(tx, "return_left_note", &[]).await,
            _ if one.papers == Some(Papers::OwnMeans) => {
                self.note(tx, "return_without_label_note", &[("until", words.moment(one.due_at))]).await
            }
            (ReturnState::Requested, _) => {
                let given = [("quantity", one.quantity.to_string()), ("line", one.order_line.clone()), ("until", words.moment(one.due_at))];
                self.note(tx, "return_requested_note", &given).await
            }
            _ => Ok(()),
        }
    }

    /// Asks the money side for what the return gives. What it refuses, such as money that a dispute holds, is a person's to see
    /// to: the goods do not wait for it.
    async fn refund(&self, tx: &mut Tx, words: &Words<'_>, one: &Return, asked: Asked, form: RefundForm) -> Result<()> {
        let (line, _) = line_of(self.dealing, one)?;
        let claim = MoneyClaim {
            line: Some(line),
            asked,
            basis: basis(one.basis),
            established: (one.basis == LegalBasis::Withdrawal).then(|| RefundClock::withdrawal(one.notice_at, hold(one))),
            form,
            costs: CostPlan::default(),
            guard: self.guard,
            origin: RefundOrigin::Return(one.id),
        };
        match refunds::carry_out(self.cx, tx, self.dealing, claim).await {
            Ok(Some(_)) => Ok(()),
            // It has been refunded already, by whatever way: there is nothing to wait for.
            Ok(None) => self.settle(tx, one.id).await,
            Err(Error::Refused { faults }) => {
                let why = faults.iter().map(|fault| fault.refusal.to_string()).collect::<Vec<_>>().join(" ");
                self.note(tx, "return_refund_refused_note", &[("reason", why), ("until", words.moment(one.due_at))]).await
            }
            Err(error) => Err(error),
        }
    }

    /// What is due has followed. A return that does not wait for it any more is left as it is.
    pub(super) async fn settle(self, tx: &mut Tx, id: ReturnId) -> Result<()> {
        self.by_itself(tx, id, &ReturnMove::Settle).await
    }

    /// A move that another of our machines makes; what does not fit where the return stands is let be.
    pub(super) async fn by_itself(self, tx: &mut Tx, id: ReturnId, action: &ReturnMove) -> Result<()> {
        let whole = crate::domain::parties::Actor::system(self.dealing.marketplace.id).scope();
        let Some(one) = tx.known_return(whole, id).await? else { return Ok(()) };
        let days = legal_days(self.dealing);
        let terms = super::rights::terms(&self.dealing.terms, &days);
        match one.apply(action, crate::domain::hands::Hand::System, one.revision, &terms, self.cx.now()) {
            Ok(moved) => self.write(tx, moved, one.revision).await,
            Err(refusal) => {
                tracing::debug!(return.id = %id, %refusal, "a return is let be");
                Ok(())
            }
        }
    }
}

const fn basis(basis: LegalBasis) -> RefundBasis {
    match basis {
        LegalBasis::Withdrawal => RefundBasis::Withdrawal,
        LegalBasis::LegalConformity => RefundBasis::LegalConformity,
        LegalBasis::Commercial => RefundBasis::Commercial,
    }
}

const fn form(wanted: Resolution, quantity: u32, bought: u32) -> RefundForm {
    match wanted {
        Resolution::StoreCredit => RefundForm::StoreCredit,
        _ if quantity >= bought => RefundForm::Full,
        _ => RefundForm::Partial,
    }
}

/// Whether a withdrawal's refund may still wait for the goods.
fn hold(one: &Return) -> Hold {
    let proved = one.parcel.as_ref().filter(|parcel| parcel.tracking.is_some()).map(|parcel| parcel.shipped_at);
    let since: Option<DateTime<Utc>> = [proved, one.received_at].into_iter().flatten().min();
    match (one.method, since) {
        (Some(ReturnMethod::HomePickup | ReturnMethod::Returnless), _) => Hold::Never,
        (_, Some(since)) => Hold::Over { since },
        (_, None) => Hold::Waiting,
    }
}

/// What so many pieces of a return cost with the delivery that their right gives back, as far as it can still be refunded.
pub(super) async fn worth(tx: &Tx, dealing: &Dealing, one: &Return, quantity: u32) -> Result<Money> {
    let (key, bought) = line_of(dealing, one)?;
    let sold = &bought.recorded.sold;
    let share = Portion::new(u64::from(quantity), sold.facts().quantity.into());
    let pieces = sold.paid_with(basis(one.basis).delivery()).map_err(unreckonable)?.total().portion(share);
    let left = refunds::refundable_now(tx, dealing, Some(&key)).await?;
    pieces.least(left).map_err(unreckonable)
}

/// Amounts of two currencies, which one line never has.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn unreckonable(error: MoneyError) -> Error {
    Refusal::Invalid { message: format!("{error}.") }.into()
}

/// What the buyer needs to send it back.
fn ready(one: &Return, words: &Words<'_>, papers: &Papers) -> Vec<(&'static str, String)> {
    vec![("papers", words.papers(papers)), ("reference", one.reference.clone()), ("until", words.moment(one.due_at))]
}
