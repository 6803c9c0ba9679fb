//! One refund in one transaction: every move that is made of it, what each asks of the world, and one word about all of it.

use super::words::{self, Alert};
use super::{Cx, Result, Standing, dealings, disputes};
use crate::domain::cases::CaseMove;
use crate::domain::cases::CaseStatus;
use crate::domain::money::Money;
use crate::domain::parties::{Party, Who};
use crate::domain::refunds::{
    Consent, Execution, Moved, ProviderNews, ProviderWord, Refund, RefundEffect, RefundMeans, RefundMove, RefundOrigin, RefundRefusal,
    RefundStatus,
};
use crate::domain::timeline::EventKind;
use crate::store::{RequestKey, StoredRefund, ToBuyer, Tx};
use crate::workflow::dealings::Dealing;
use crate::workflow::{effects, ledger, payments, returns};

/// Whether the refund has a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// Not yet.
    Missing,
    /// It has.
    There,
}

/// A refund that moves.
pub(super) struct Run<'a> {
    cx: &'a Cx,
    tx: &'a mut Tx,
    dealing: &'a Dealing,
    standing: Standing,
    stored: StoredRefund,
    row: Row,
    /// By which call of a client it is opened.
    request: Option<RequestKey>,
    after: After,
}

/// What is done once, after all moves.
#[derive(Default)]
struct After {
    tell_buyer: bool,
    reopen: bool,
    alerts: Vec<Alert>,
}

impl<'a> Run<'a> {
    /// A refund that is stored already.
    pub(super) fn of(cx: &'a Cx, tx: &'a mut Tx, dealing: &'a Dealing, standing: Standing, stored: StoredRefund) -> Self {
        Self { cx, tx, dealing, standing, stored, row: Row::There, request: None, after: After::default() }
    }

    /// A refund that is opened by this move.
    pub(super) fn opening(
        cx: &'a Cx,
        tx: &'a mut Tx,
        dealing: &'a Dealing,
        (standing, origin): (Standing, RefundOrigin),
        refund: Refund,
    ) -> Self {
        let to_buyer = ToBuyer { revision: crate::domain::refunds::Revision::default(), updated_at: refund.updated_at };
        let stored = StoredRefund { refund, origin, case: dealing.case.id, seller: dealing.purchase.seller, to_buyer };
        Self { row: Row::Missing, ..Self::of(cx, tx, dealing, standing, stored) }
    }

    /// The same by a call that a client may repeat.
    pub(super) fn called(self, request: Option<RequestKey>) -> Self {
        Self { request, ..self }
    }

    /// What somebody does to it, at the revision that it is at.
    pub(super) async fn apply(&mut self, action: &RefundMove, who: &Who) -> Result<Result<(), RefundRefusal>> {
        let refund = &self.stored.refund;
        match refund.apply(action, refund.revision, who, &self.standing.ground(), self.cx.now()) {
            Ok(moved) => self.make(who, moved).await.map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Writes a move down, and those that follow from it without anybody.
    pub(super) async fn make(&mut self, who: &Who, moved: Moved) -> Result<()> {
        let mut next = self.write(who, moved).await?;
        while let Some(moved) = next.take() {
            next = self.write(&Who::System, moved).await?;
        }
        Ok(())
    }

    /// Writes one move down, and gives the one that follows from it.
    async fn write(&mut self, who: &Who, moved: Moved) -> Result<Option<Moved>> {
        let Moved { refund, events, effects } = moved;
        let seen = self.stored.refund.revision;
        if events.iter().any(|event| event.audience.contains(Party::Buyer)) {
            self.stored.to_buyer = ToBuyer { revision: self.stored.to_buyer.revision.next(), updated_at: refund.updated_at };
        }
        self.stored.refund = refund;
        match self.row {
            Row::Missing => self.tx.insert_refund(&self.stored, self.request.as_ref()).await?,
            Row::There => self.tx.save_refund(&self.stored, seen).await?,
        }
        self.row = Row::There;
        let alert = events.iter().rev().find_map(|event| Alert::about(&event.kind));
        let id = self.stored.refund.id;
        dealings::tell(self.tx, self.dealing.case.id, who, events, |what| EventKind::Refund { refund: id, what }).await?;
        let mut issued = None;
        for effect in effects {
            match effect {
                RefundEffect::AlertOperator => self.after.alerts.extend(alert),
                effect => issued = self.carry(effect).await?.or(issued),
            }
        }
        Ok(match issued {
            Some(amount) => Some(self.issued(amount)),
            None => self.submitted_at_once(),
        })
    }

    /// Does what a move asks of the world. Gives the amount that was given out on the spot, as credit or as a code.
    async fn carry(&mut self, effect: RefundEffect) -> Result<Option<Money>> {
        let (tx, dealing, refund) = (&mut *self.tx, self.dealing, &self.stored.refund);
        match effect {
            RefundEffect::Instruct { means: RefundMeans::StoreCredit | RefundMeans::Voucher, amount, .. } => {
                ledger::issue(tx, dealing, refund, amount).await?;
                return Ok(Some(amount));
            }
            RefundEffect::Instruct { key, means, amount } => payments::instruct(tx, dealing, refund, key, means, amount).await?,
            RefundEffect::PostRefund => {
                ledger::post_refund(tx, dealing, refund).await?;
                if let RefundOrigin::Return(return_id) = self.stored.origin {
                    Box::pin(returns::paid(self.cx, tx, dealing, return_id)).await?;
                }
                Box::pin(disputes::refunds_changed(self.cx, tx, dealing)).await?;
            }
            RefundEffect::PostReversal => ledger::post_reversal(tx, dealing, refund).await?,
            RefundEffect::SettleDispute => Box::pin(disputes::refunds_changed(self.cx, tx, dealing)).await?,
            RefundEffect::TellBuyer => self.after.tell_buyer = true,
            RefundEffect::ReopenCase => self.after.reopen = true,
            RefundEffect::AlertOperator => {}
        }
        Ok(None)
    }

    /// There is no payment system for credit and codes: given out is paid.
    fn issued(&self, amount: Money) -> Moved {
        let refund = &self.stored.refund;
        let attempt = refund.last_attempt().map_or(crate::domain::refunds::AttemptNumber::FIRST, |attempt| attempt.number);
        refund.hear(&ProviderNews { attempt, reference: None, word: ProviderWord::Succeeded { amount } }, self.cx.now())
    }

    /// The payment system is told without a person's word where another machine decided, or the rules say so. None while
    /// somebody has to be asked, or a dispute keeps money where it is; the operator submits it then.
    fn submitted_at_once(&self) -> Option<Moved> {
        let refund = &self.stored.refund;
        let nobody_decides = self.stored.origin != RefundOrigin::Request || self.standing.rules.execution == Execution::AtOnce;
        let awaited = refund.grant.as_deref().is_some_and(|grant| matches!(grant.consent, Consent::Awaited { .. }));
        if refund.status != RefundStatus::Granted || !nobody_decides || awaited {
            return None;
        }
        refund.apply(&RefundMove::Submit, refund.revision, &Who::System, &self.standing.ground(), self.cx.now()).ok()
    }

    /// Says once where it stands now, to whom it concerns.
    pub(super) async fn finish(self) -> Result<StoredRefund> {
        let Self { cx, tx, dealing, stored, after, standing, .. } = self;
        if after.tell_buyer
            && let Some((template, said)) = words::for_buyer(dealing, &stored.refund, standing.timezone)
        {
            dealings::tell_buyer(tx, dealing, template, &said).await?;
        }
        for alert in after.alerts {
            dealings::note_team(tx, dealing, alert.template(), &words::for_team(dealing, &stored.refund)).await?;
        }
        if after.reopen && dealing.case.status == CaseStatus::Resolved {
            let moved = dealing.case.apply(&CaseMove::Reopen, &dealing.terms, cx.now())?;
            effects::record(tx, &dealing.terms, &Who::System, &moved).await?;
        }
        Ok(stored)
    }
}
