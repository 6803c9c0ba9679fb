//! A refund as Stripe wants it written. <https://docs.stripe.com/api/refunds/create>

use std::collections::BTreeMap;

use url::form_urlencoded::Serializer;

use super::{ChargeModel, KEY_FIELD};
use crate::domain::money::PaymentProvider;
use crate::domain::refunds::RefundMeans;
use crate::gateway::{ApplicationFee, GatewayError, PaymentReference, RefundOrder, RefundReason, TransferReversal};

/// What metadata may hold. <https://docs.stripe.com/api/metadata>
const METADATA_FIELDS: usize = 50;
const METADATA_NAME: usize = 40;
const METADATA_VALUE: usize = 500;

/// The order of goods, for people who read the refund at Stripe.
const ORDER_FIELD: &str = "order";

/// The parameter that names a payment, and its id.
pub(super) fn payment(payment: &PaymentReference) -> Result<(&'static str, &str), GatewayError> {
    let id = payment.0.as_str();
    if is_id(id, "pi_") {
        Ok(("payment_intent", id))
    } else if is_id(id, "ch_") || is_id(id, "py_") {
        Ok(("charge", id))
    } else {
        Err(GatewayError::unsendable("the payment is neither a PaymentIntent nor a charge of Stripe"))
    }
}

/// Whether it can be an id of that kind, so that nothing told to us can steer a call elsewhere.
pub(super) fn is_id(text: &str, prefix: &str) -> bool {
    let plain = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    text.len() <= 255 && text.strip_prefix(prefix).is_some_and(plain)
}

/// The body, the same for the same order each time.
pub(super) fn refund(order: &RefundOrder, charges: ChargeModel) -> Result<String, GatewayError> {
    order.check()?;
    if order.means != RefundMeans::OriginalPayment {
        return Err(GatewayError::unsendable("Stripe gives money back the way it was paid only"));
    }
    let named = order.payment.as_ref().ok_or_else(|| GatewayError::unsendable("it names no payment"))?;
    let (name, id) = payment(named)?;
    let amount = PaymentProvider::Stripe.amount(order.amount).map_err(|error| GatewayError::unsendable(error.to_string()))?;
    let mut form = Serializer::new(String::new());
    form.append_pair(name, id).append_pair("amount", &amount.units.to_string());
    if let Some(reason) = reason(order.reason) {
        form.append_pair("reason", reason);
    }
    match (order.transfer, charges) {
        (TransferReversal::Leave, _) => {}
        (TransferReversal::Reverse, ChargeModel::Destination) => drop(form.append_pair("reverse_transfer", "true")),
        (TransferReversal::Reverse, ChargeModel::Direct | ChargeModel::SeparateTransfers) => {
            return Err(GatewayError::unsendable("a refund reverses the transfer of a destination charge only"));
        }
    }
    match (order.fee, charges) {
        (ApplicationFee::Keep, _) => {}
        (ApplicationFee::GiveBack, ChargeModel::Destination | ChargeModel::Direct) => {
            form.append_pair("refund_application_fee", "true");
        }
        (ApplicationFee::GiveBack, ChargeModel::SeparateTransfers) => {
            return Err(GatewayError::unsendable("a charge with separate transfers has no application fee"));
        }
    }
    for (name, value) in metadata(order) {
        form.append_pair(&format!("metadata[{name}]"), &value);
    }
    Ok(form.finish())
}

const fn reason(reason: RefundReason) -> Option<&'static str> {
    match reason {
        RefundReason::Unsaid => None,
        RefundReason::RequestedByBuyer => Some("requested_by_customer"),
        RefundReason::Duplicate => Some("duplicate"),
        RefundReason::Fraudulent => Some("fraudulent"),
    }
}

/// Ours first. What Stripe would refuse is left out or cut: no remark is worth a refund.
fn metadata(order: &RefundOrder) -> BTreeMap<&str, String> {
    let fits = |name: &str| !name.is_empty() && name.chars().count() <= METADATA_NAME && !name.contains(['[', ']']);
    let mut fields = BTreeMap::from([(KEY_FIELD, order.key.to_string()), (ORDER_FIELD, cut(&order.order))]);
    for (name, value) in order.metadata.iter().filter(|(name, _)| fits(name)) {
        if fields.len() < METADATA_FIELDS {
            fields.entry(name).or_insert_with(|| cut(value));
        }
    }
    // An empty value takes a field away.
    fields.retain(|_, value| !value.is_empty());
    fields
}

fn cut(value: &str) -> String {
    value.chars().take(METADATA_VALUE).collect()
}
