//! Buyers who act by themselves: by a signed token that the marketplace's pages or e-mails hand them.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use secrecy::SecretString;

use super::{Cx, Error, Result, refused};
use crate::domain::ids::OrderId;
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};

/// For how many hours a token is good when nobody says.
const USUAL_HOURS: u32 = 7 * 24;
/// The most hours that it can be good for.
pub const MOST_HOURS: u32 = 60 * 24;

/// A token for a buyer.
#[derive(Debug, Clone)]
pub struct BuyerToken {
    /// The token. It is not kept, and cannot be taken back.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Makes a token for whoever placed an order. By it they see what they bought and their cases, and do what a buyer may do.
pub async fn admit(cx: &Cx, actor: &Actor, order: OrderId, hours: Option<u32>) -> Result<BuyerToken> {
    policy::require(&actor.who, Permission::AdmitBuyers)?;
    let hours = hours.unwrap_or(USUAL_HOURS);
    if !(1..=MOST_HOURS).contains(&hours) {
        let message = format!("This must be 1 to {MOST_HOURS} hours.");
        return Err(refused(&["hours"], Refusal::Invalid { message }));
    }
    let tx = cx.store.begin(actor.marketplace).await?;
    let known = tx.knows_order(actor.scope(), order).await?;
    known.ok_or_else(|| refused(&["orderId"], Refusal::NotFound { what: "Order" }))?;
    let Some(buyer) = tx.buyer_with_address(order).await? else {
        let message = "Nobody has told the buyer's e-mail address of this order.";
        return Err(refused(&["orderId"], Refusal::Invalid { message: message.into() }));
    };
    tx.commit().await?;
    let expires_at = (cx.now() + TimeDelta::hours(i64::from(hours))).trunc_subsecs(0);
    Ok(BuyerToken { token: cx.links.buyer_token(actor.marketplace, buyer.id, expires_at), expires_at })
}

/// Who a buyer's token stands for, and until when.
pub(super) fn authenticate(cx: &Cx, token: &SecretString) -> Result<(Actor, DateTime<Utc>)> {
    let (marketplace, buyer, until) = cx.links.buyer_of(token, cx.now()).map_err(|_| Error::NotFound)?;
    Ok((Actor { marketplace, who: crate::domain::parties::Who::Buyer { buyer } }, until))
}
