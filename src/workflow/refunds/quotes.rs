//! What a refund would be, and what a late one costs more. Nothing changes.

use super::requests::{RefundAsk, field};
use super::{Cx, Result, Standing, no};
use crate::domain::charter::Marketplace;
use crate::domain::ids::RefundId;
use crate::domain::money::Money;
use crate::domain::parties::{Actor, Scope, View};
use crate::domain::purchases::{BuyerKind, Purchase};
use crate::domain::refunds::{AttemptOutcome, LateLaw, LateTerms, Quote, Refund, RefundStatus, quote as reckon};
use crate::domain::refusal::Refusal;
use crate::workflow::refused;

/// What a refund would be, and the one that is open already.
#[derive(Debug, Clone)]
pub struct SeenQuote {
    /// What it would be.
    pub quote: Quote,
    /// The refund that is open on the line; asking again would find it.
    pub open: Option<RefundId>,
}

/// What a refund on an order line would be if it were granted now, by the charter in force.
pub async fn quote(cx: &Cx, actor: &Actor, ask: RefundAsk) -> Result<SeenQuote> {
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let found = cx.store.purchases(actor.scope(), &[ask.order]).await?.pop();
    let purchase = found.ok_or_else(|| refused(&["orderId"], Refusal::NotFound { what: "Order" }))?;
    let whole = Scope { view: View::Whole, ..actor.scope() };
    // What can be refunded does not hang on who asks.
    let all = cx.store.refunds_of_orders(whole, &[ask.order]).await?;
    let refunds = || all.iter().map(|stored| &stored.refund);
    let standing = Standing::of(&purchase, &marketplace.charter.refunds, marketplace.timezone, refunds())?;

    let quote = reckon(&standing.ground(), &ask.line, ask.asked, ask.basis, refunds());
    let quote = quote.map_err(|refusal| no(&[field(ask.asked, &refusal)], refusal))?;
    let open = refunds().find(|refund| refund.line == ask.line && refund.status.is_open()).map(|refund| refund.id);
    Ok(SeenQuote { quote, open })
}

/// What a refund costs more by law because it is late, in days, with the article: so far, or as it was paid. None while it is in
/// time, where no law is known, and for buyers in trade. The sum is missing where it hangs on a rate that nobody keeps up.
pub fn late_increase(cx: &Cx, marketplace: &Marketplace, purchase: &Purchase, refund: &Refund) -> Result<Option<LateRefund>> {
    if purchase.sale.buyer_kind != BuyerKind::Consumer {
        return Ok(None);
    }
    let at = match refund.status {
        RefundStatus::Requested | RefundStatus::Declined | RefundStatus::Canceled | RefundStatus::Reversed => return Ok(None),
        RefundStatus::Granted | RefundStatus::Submitted | RefundStatus::Pending | RefundStatus::Failed => cx.now(),
        RefundStatus::Succeeded => {
            let paid = refund.attempts.iter().find(|attempt| attempt.outcome == AttemptOutcome::Succeeded);
            paid.and_then(|attempt| attempt.heard_at).unwrap_or(refund.updated_at)
        }
    };
    let rules = &marketplace.charter.refunds;
    let contract = purchase.placed_at.with_timezone(&marketplace.timezone).date_naive();
    let terms =
        LateTerms { contract, legal_rate: rules.legal_rate.unwrap_or_default(), reading: rules.interest, timezone: marketplace.timezone };
    let Some(law) = LateLaw::find(refund.claim.basis, contract) else { return Ok(None) };
    let increase = refund.late_increase(at, terms)?.filter(|increase| increase.days > 0);
    Ok(increase.map(|increase| LateRefund {
        days: increase.days,
        article: law.article,
        amount: (rules.legal_rate.is_some() || !law.needs_rate(increase.days)).then_some(increase.amount),
    }))
}

/// What a late refund costs more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateRefund {
    /// How many days it is late.
    pub days: i64,
    /// The article of the consumer code.
    pub article: &'static str,
    /// How much is owed on top; none where the legal rate of interest is not known.
    pub amount: Option<Money>,
}
