//! How a dispute begins.

use super::super::dealings::{self, Dealing};
use super::super::{Cx, Result, refunds, refused, returns};
use super::steps::amount_fits;
use super::{announce, reread, terms};
use crate::domain::disputes::{Dispute, DisputeOpening, DisputeReason, Remedy};
use crate::domain::hands::Hand;
use crate::domain::ids::{CaseId, OrderId, ReturnId};
use crate::domain::money::Money;
use crate::domain::parties::{Actor, Party};
use crate::domain::purchases::LineKey;
use crate::domain::refusal::Refusal;
use crate::store::Tx;

/// What somebody disputes.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Of which order.
    pub order: OrderId,
    /// Of which line, by the marketplace's id; none for the whole order.
    pub order_line: Option<String>,
    /// In which case; none for the newest open one about the order, or a new one.
    pub case: Option<CaseId>,
    /// About which return.
    pub return_id: Option<ReturnId>,
    /// Why.
    pub reason: DisputeReason,
    /// In the opener's words.
    pub text: String,
    /// What the opener would like.
    pub wanted: Remedy,
    /// How much it is about; none for all that can be refunded, or for nothing where no money is wanted.
    pub amount: Option<Money>,
}

/// Opens a dispute: for the buyer by the marketplace's software or the operator, for the seller by the seller.
pub async fn open(cx: &Cx, actor: &Actor, opening: Opening) -> Result<Dispute> {
    let hand = dealings::hand(&actor.who)?;
    let opener = match hand {
        Hand::Buyer | Hand::Operator => Party::Buyer,
        Hand::Seller => Party::Seller,
        Hand::Carrier | Hand::System => return Err(Refusal::NotAllowed.into()),
    };
    let line = opening
        .order_line
        .clone()
        .map(LineKey::try_from)
        .transpose()
        .map_err(|_| refused(&["lineId"], Refusal::NotFound { what: "Order line" }))?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let dealing = dealings::about(&mut tx, actor, opening.order, line.as_ref(), opening.case).await?;
    if let Some(id) = opening.return_id {
        let known = tx.known_return(actor.scope(), id).await?.filter(|one| one.order == opening.order);
        known.ok_or_else(|| refused(&["returnId"], Refusal::NotFound { what: "Return" }))?;
    }
    let refundable = refunds::refundable_now(&tx, &dealing, line.as_ref()).await?;
    let amount = opening.amount.unwrap_or_else(|| if opening.wanted.has_amount() { refundable } else { Money::zero(refundable.currency) });
    let others = tx.disputes_of_order(dealing.purchase.order).await?;

    let place = if line.is_some() { "lineId" } else { "orderId" };
    let opening = DisputeOpening {
        case: dealing.case.id,
        order: dealing.purchase.order,
        order_line: line,
        return_id: opening.return_id,
        opener,
        reason: opening.reason,
        text: opening.text,
        wanted: opening.wanted,
        amount,
        refundable,
    };
    let moved = Dispute::open(opening, hand, &others, &terms(&dealing), cx.now());
    if !matches!(moved, Err(Refusal::NotNow { .. } | Refusal::Length { .. })) {
        amount_fits(amount, refundable, 0)?;
    }
    let moved = moved.map_err(|refusal| {
        let path = match &refusal {
            Refusal::Length { .. } => "text",
            Refusal::NotNow { .. } => place,
            _ => "amount",
        };
        refused(&[path], refusal)
    })?;

    let id = moved.after.id;
    tx.insert_dispute(&moved.after, dealing.purchase.seller).await?;
    link(cx, &mut tx, &dealing, &moved.after).await?;
    announce(cx, &mut tx, &dealing, &actor.who, moved).await?;
    tx.commit().await?;
    reread(cx, actor, id).await
}

/// Tells the return that a dispute is about it. In most of its states that changes nothing about a return.
async fn link(cx: &Cx, tx: &mut Tx, dealing: &Dealing, dispute: &Dispute) -> Result<()> {
    let Some(return_id) = dispute.return_id else { return Ok(()) };
    Box::pin(returns::dispute_opened(cx, tx, dealing, return_id, dispute.id)).await
}
