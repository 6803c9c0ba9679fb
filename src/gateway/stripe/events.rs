//! What Stripe reports by itself. <https://docs.stripe.com/webhooks/signature>

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::{ChargeModel, api};
use crate::gateway::{Delivery, News, NewsError, SellerAccount};

/// Carries `t=` and one `v1=` for each secret that is valid.
pub(super) const SIGNATURE_HEADER: &str = "Stripe-Signature";

/// The most signatures of one report that are looked at; a secret that is being changed needs two.
const SIGNATURES: usize = 8;

/// Checks the signatures against every secret, then their age. Takes the same time whichever fits.
pub(super) fn verify(delivery: &Delivery<'_>, secrets: &[SecretString], tolerance: TimeDelta) -> Result<(), NewsError> {
    let missing = NewsError::BadSignature("is not there");
    let header = delivery.headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).ok_or_else(|| missing.clone())?;
    let fields = || header.split(',').filter_map(|field| field.trim().split_once('='));
    let time = fields().find(|(name, _)| *name == "t").map(|(_, time)| time).ok_or(missing)?;
    // Other schemes are not Stripe's word, `v0` above all.
    let given: Vec<_> = fields().filter(|(name, _)| *name == "v1").take(SIGNATURES).filter_map(|(_, v1)| hex::decode(v1).ok()).collect();
    let mut any = Choice::from(0);
    for expected in secrets.iter().filter_map(|secret| digest(secret, time, delivery.body)) {
        any = given.iter().fold(any, |any, given| any | given.as_slice().ct_eq(expected.as_slice()));
    }
    if !bool::from(any) {
        return Err(NewsError::BadSignature("does not fit"));
    }
    let signed_at = time.parse().ok().and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0));
    let fresh = signed_at.is_some_and(|signed_at| (delivery.received_at - signed_at).abs() <= tolerance);
    if fresh { Ok(()) } else { Err(NewsError::BadSignature("is too old, or from the future")) }
}

/// HMAC-SHA256 over time, a dot, and the body. The secret is used as it is, with its `whsec_`.
fn digest(secret: &SecretString, time: &str, body: &[u8]) -> Option<[u8; 32]> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    Some(mac.chain_update(time).chain_update(".").chain_update(body).finalize().into_bytes().into())
}

/// Reads an event that is proved to be Stripe's.
pub(super) fn read(body: &[u8], charges: ChargeModel) -> Result<Vec<News>, NewsError> {
    let unread: api::Event<api::Unread> = serde_json::from_slice(body).map_err(|error| NewsError::of_json(&error))?;
    let ours = matches!(unread.kind.as_str(), "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated");
    // What happens on a seller's own account is in the seller's hand: a seller could write another one's key on a refund there.
    if !ours || (unread.account.is_some() && charges != ChargeModel::Direct) {
        return Ok(Vec::new());
    }
    let event: api::Event<api::Data> = serde_json::from_slice(body).map_err(|error| NewsError::of_json(&error))?;
    let refund = event.data.object;
    Ok(vec![News {
        event: event.id,
        key: refund.key().and_then(|key| key.parse().ok()),
        reference: Some(refund.reference()),
        account: event.account.map(SellerAccount),
        word: refund.word().map_err(NewsError::Unreadable)?,
        at: event.created,
    }])
}
