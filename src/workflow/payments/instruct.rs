//! An order for the payment system, written down in the transaction that decides it and sent after its commit.

use std::collections::BTreeMap;

use super::calls::alert;
use super::{BY_HAND, ChargeModel, NO_CONNECTION, PaymentSettings, Result, lane};
use crate::domain::money::{Money, PaymentProvider};
use crate::domain::parties::Who;
use crate::domain::purchases::CommissionReversal;
use crate::domain::refunds::{Grant, IdempotencyKey, Refund, RefundMeans};
use crate::domain::refusal::Refusal;
use crate::gateway::{ApplicationFee, PaymentReference, RefundOrder, RefundReason, RefundedItem, TransferReversal};
use crate::store::{NewPaymentCall, PaymentWay, QueueStatus, Tx};
use crate::workflow::Error;
use crate::workflow::dealings::Dealing;

/// Writes the order for the payment system down, to be sent after this transaction commits. What no payment system can be told,
/// for want of a connection or because it is paid by hand, waits for a person, and the operator is told.
pub(in crate::workflow) async fn instruct(
    tx: &mut Tx,
    dealing: &Dealing,
    refund: &Refund,
    key: IdempotencyKey,
    means: RefundMeans,
    amount: Money,
) -> Result<()> {
    let connection = tx.active_payment_connection().await?;
    let stripe = connection.as_ref().filter(|row| row.way == PaymentWay::Stripe);
    let charges = stripe.map(PaymentSettings::of).transpose()?.map(|settings| settings.charges);
    let purchase = &dealing.purchase;
    let grant = refund.grant.as_deref();
    // A machine has nobody to show a refusal to: its refund fails at the payment system, and the operator is told of that.
    let by_person = grant.is_some_and(|grant| !matches!(grant.by, Who::System));
    if charges.is_some() && means == RefundMeans::OriginalPayment && by_person {
        sendable(amount, purchase.sale.payment.as_ref())?;
    }

    let (transfer, fee) = flags(grant, charges);
    let order = RefundOrder {
        key,
        amount,
        means,
        order: purchase.reference.clone(),
        payment: purchase.sale.payment.clone(),
        seller: purchase.sale.seller_account.clone(),
        items: grant.map_or_else(Vec::new, items),
        reason: match refund.asked_by {
            Who::Buyer { .. } | Who::Vendor { .. } => RefundReason::RequestedByBuyer,
            _ => RefundReason::Unsaid,
        },
        transfer,
        fee,
        metadata: BTreeMap::new(),
        ordered_at: tx.now(),
    };
    let (connection, status, reason) = match &connection {
        Some(row) if row.way == PaymentWay::Webhook || means == RefundMeans::OriginalPayment => (Some(row.id), QueueStatus::Pending, None),
        None if means == RefundMeans::OriginalPayment => {
            let reason = "no payment system is connected; see `trilogue connect stripe` and `trilogue connect payments`";
            (None, QueueStatus::Parked, Some((NO_CONNECTION, reason.to_owned())))
        }
        _ => {
            let reason = "it is paid by hand; say what came of it by refundReportSettlement";
            (None, QueueStatus::Ignored, Some((BY_HAND, reason.to_owned())))
        }
    };
    let payment = order.payment.as_ref().map_or(order.order.as_str(), |payment| payment.0.as_str());
    let call = NewPaymentCall {
        key,
        connection,
        case: dealing.case.id,
        lane: lane(tx.marketplace(), payment),
        instruction: serde_json::to_value(&order).map_err(|error| Error::Connection(error.to_string()))?,
        status,
        reason,
    };
    let id = tx.insert_payment_call(&call).await?;
    if let Some((_, reason)) = &call.reason {
        alert(tx, call.case, key, id, reason);
    }
    Ok(())
}

/// What Stripe could never carry out is refused before anything is decided.
fn sendable(amount: Money, payment: Option<&PaymentReference>) -> Result<(), Refusal> {
    if let Err(error) = PaymentProvider::Stripe.amount(amount) {
        return Err(Refusal::Invalid { message: format!("This amount cannot be refunded: {error}.") });
    }
    if payment.is_none() {
        let message = "The order names no payment, so nothing can be given back the way it was paid; tell its payment reference first.";
        return Err(Refusal::Invalid { message: message.to_owned() });
    }
    Ok(())
}

fn items(grant: &Grant) -> Vec<RefundedItem> {
    let item =
        |item: &crate::domain::refunds::GrantedItem| RefundedItem { line: item.sold.line().clone(), units: item.units, parts: item.parts };
    grant.items.iter().map(item).collect()
}

/// Whether the seller's share comes back from the seller, and the operator's fee goes back to the seller. A payment system does both
/// in proportion to the whole, so it is told only what holds for the whole; the rest is settled in the books.
fn flags(grant: Option<&Grant>, charges: Option<ChargeModel>) -> (TransferReversal, ApplicationFee) {
    let Some(grant) = grant else { return (TransferReversal::Leave, ApplicationFee::Keep) };
    let seller_bears_all = grant.items.iter().all(|item| {
        let others = |borne: crate::domain::refunds::Borne| [borne.operator, borne.carrier];
        grant.costs.split(item.parts).is_ok_and(|borne| others(borne).iter().all(|parts| parts.total().minor == 0))
    });
    let transfer = if seller_bears_all { TransferReversal::Reverse } else { TransferReversal::Leave };
    let fee = if grant.commission == CommissionReversal::Full { ApplicationFee::GiveBack } else { ApplicationFee::Keep };
    fitted((transfer, fee), charges)
}

/// What of it a way of charging can be told.
pub(super) const fn fitted(
    (transfer, fee): (TransferReversal, ApplicationFee),
    charges: Option<ChargeModel>,
) -> (TransferReversal, ApplicationFee) {
    match charges {
        None | Some(ChargeModel::Destination) => (transfer, fee),
        // The money was never the operator's.
        Some(ChargeModel::Direct) => (TransferReversal::Leave, fee),
        Some(ChargeModel::SeparateTransfers) => (TransferReversal::Leave, ApplicationFee::Keep),
    }
}
