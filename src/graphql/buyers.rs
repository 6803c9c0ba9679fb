//! Tokens for buyers.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use super::errors::{Result, UserError, split};
use super::session::session;
use crate::domain::ids::OrderId;
use crate::workflow::buyers;

/// A buyer to let in.
#[derive(InputObject)]
pub(super) struct BuyerAdmitInput {
    /// The order that they placed. Its e-mail address must be known.
    order_id: OrderId,
    /// For how many hours the token is good, 1 to 1440; null for a week.
    hours: Option<u32>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct BuyerAdmitPayload {
    /// The token, to be sent as any other: `Authorization: Bearer …`. It is not kept and cannot be taken back, so hand it to
    /// the buyer alone, in a link of your own pages or of an e-mail. Null when something is wrong.
    token: Option<String>,
    /// Until when it is good.
    expires_at: Option<DateTime<Utc>>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct BuyerMutations;

#[Object]
impl BuyerMutations {
    /// Makes a token for whoever placed an order, by which they act for themselves: see what was bought with their address and
    /// their cases, ask for returns and refunds, withdraw. For vendors and operators.
    async fn buyer_admit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order, and for how long.")] input: BuyerAdmitInput,
    ) -> Option<Result<BuyerAdmitPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (made, user_errors) = split(buyers::admit(session.cx(), session.actor(), input.order_id, input.hours).await)?;
            Ok(BuyerAdmitPayload {
                token: made.as_ref().map(|made| made.token.expose_secret().to_owned()),
                expires_at: made.map(|made| made.expires_at),
                user_errors,
            })
        };
        Some(Box::pin(run).await)
    }
}
