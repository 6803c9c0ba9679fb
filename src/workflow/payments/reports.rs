//! What the marketplace's software, or a person of the operator, says of a refund that no payment system speaks of by itself.

use super::news::heard;
use super::{BY_HAND, Result};
use crate::domain::ids::RefundId;
use crate::domain::money::{Currency, Money};
use crate::domain::parties::Actor;
use crate::domain::refunds::{FailureKind, IdempotencyKey, ProviderReference, ProviderWord};
use crate::domain::refusal::Refusal;
use crate::gateway::{Answer, RefundOrder};
use crate::policy::{self, Permission};
use crate::store::{PaymentCall, PaymentWay, QueueStatus};
use crate::workflow::orders::AmountInput;
use crate::workflow::{Check, Cx, refused};

const REFERENCE_LIMIT: usize = 255;

/// Where a refund stands, by the word of who moves the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportedStatus {
    /// It is worked on.
    Pending,
    /// The money has moved.
    Succeeded,
    /// It has not, and will not under this key.
    Failed,
    /// It had, and came back.
    Reversed,
}

/// What is reported.
#[derive(Debug, Clone)]
pub struct SettlementReport {
    /// The key of the instruction.
    pub key: String,
    /// What the payment system knows it by.
    pub reference: Option<String>,
    /// Where it stands.
    pub status: ReportedStatus,
    /// Why it failed.
    pub failure: Option<FailureKind>,
    /// How much has moved.
    pub amount: Option<AmountInput>,
}

/// Takes a report and gives the refund that it is about. The same again changes nothing.
pub async fn report(cx: &Cx, actor: &Actor, report: SettlementReport) -> Result<RefundId> {
    policy::require(&actor.who, Permission::ReportMoney)?;
    let unknown = || refused(&["idempotencyKey"], Refusal::NotFound { what: "Refund instruction" });
    let key: IdempotencyKey = report.key.parse().map_err(|_| unknown())?;
    let call = cx.store.payment_call(actor.marketplace, key).await?.ok_or_else(unknown)?;
    let order: RefundOrder = call.instruction()?;
    let word = word(&report, &order)?;
    allow(cx, actor, &call).await?;

    let reference = report.reference.as_deref().map(ProviderReference::new);
    heard(cx, &call, &Answer { reference, word }).await?;
    Ok(key.refund())
}

fn word(report: &SettlementReport, order: &RefundOrder) -> Result<ProviderWord> {
    let invalid = |message: &str| Refusal::Invalid { message: message.to_owned() };
    let mut check = Check::default();
    if let Some(reference) = &report.reference {
        check.text(&["reference"], "The reference", reference, REFERENCE_LIMIT);
    }
    let amount = report.amount.as_ref().and_then(|given| amount(&mut check, given, order));
    if report.status != ReportedStatus::Failed && report.failure.is_some() {
        check.fault(&["failure"], invalid("Only what has FAILED has a failure."));
    }
    if report.status == ReportedStatus::Succeeded && report.amount.is_none() {
        check.fault(&["amount"], invalid("Say how much has moved."));
    }
    check.done()?;
    Ok(match report.status {
        ReportedStatus::Pending => ProviderWord::Pending,
        ReportedStatus::Succeeded => ProviderWord::Succeeded { amount: amount.unwrap_or(order.amount) },
        ReportedStatus::Failed => ProviderWord::Failed { kind: report.failure.unwrap_or(FailureKind::Other) },
        ReportedStatus::Reversed => ProviderWord::Reversed,
    })
}

/// An amount of the refund's own currency. That it is another amount than was instructed is for the refund to say: money has moved.
fn amount(check: &mut Check, given: &AmountInput, order: &RefundOrder) -> Option<Money> {
    let wanted = order.amount.currency;
    let parsed = given.currency_code.parse::<Currency>().ok();
    if parsed != Some(wanted) {
        let message = format!("The refund is in {}.", wanted.code());
        check.fault(&["amount", "currencyCode"], Refusal::Invalid { message });
        return None;
    }
    match Money::parse(&given.amount, wanted) {
        Ok(money) if money.minor > 0 => Some(money),
        Ok(_) => {
            check.fault(&["amount", "amount"], Refusal::Invalid { message: "The amount must be more than nothing.".to_owned() });
            None
        }
        Err(error) => {
            check.fault(&["amount", "amount"], Refusal::Invalid { message: format!("{error}.") });
            None
        }
    }
}

/// Stripe speaks for itself: nobody else's word counts for what went through it, but for the operator's when a try waits for a
/// person, as somebody must be able to say what they found.
async fn allow(cx: &Cx, actor: &Actor, call: &PaymentCall) -> Result<()> {
    let way = match call.connection {
        Some(connection) => cx.store.payment_connection(connection).await?.map(|row| row.way),
        None => None,
    };
    let waits = call.status == QueueStatus::Parked;
    let by_hand = call.error_code.as_deref() == Some(BY_HAND);
    if way != Some(PaymentWay::Stripe) || by_hand || (waits && policy::has(&actor.who, Permission::SeeDeliveries)) {
        return Ok(());
    }
    let message = "The payment system reports this refund by itself.";
    Err(refused(&["idempotencyKey"], Refusal::NotNow { message: message.to_owned() }))
}
