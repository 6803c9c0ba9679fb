//! Who may send what back, until when and at whose cost; and what a viewer may do with a return.

use chrono::{DateTime, NaiveDate, Utc};

use super::super::dealings::{self, Dealing};
use super::super::{Cx, Error, Result};
use crate::domain::charter::{Marketplace, Terms};
use crate::domain::hands::{Available, Hand};
use crate::domain::ids::OrderId;
use crate::domain::law::{Deliveries, LegalDays, RefundDue, SellerMayWait, WithdrawalExclusion};
use crate::domain::parties::{Actor, View, Who};
use crate::domain::purchases::{LineKey, Purchase, PurchasedLine, WithdrawalRight};
use crate::domain::reasons::CostBearer;
use crate::domain::returns::{
    LegalBasis, LineFacts, ReasonKind, Return, ReturnAction, ReturnMethod, ReturnTerms, SaleTerms, Seal, grounds, quantity_left,
};

/// A right to send something back, and whether it can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredRight {
    /// Which right.
    pub basis: LegalBasis,
    /// Why it cannot be used, as a sentence; none when it can.
    pub why_not: Option<String>,
    /// The last day on which it can be used, or could; none while that is not known.
    pub last_day: Option<NaiveDate>,
    /// The midnight that ends that day.
    pub until: Option<DateTime<Utc>>,
    /// Who pays the way back; none when it cannot be used.
    pub way_back: Option<CostBearer>,
    /// Who may decline a return on it.
    pub declined_by: DeclinedBy,
    /// An exclusion that hangs on a seal which nobody has seen yet.
    pub unless: Option<WithdrawalExclusion>,
}

/// Who may decline a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclinedBy {
    /// Seller and operator.
    SellerOrOperator,
    /// The operator alone, by naming which exclusion of the law applies.
    OperatorByExclusion,
}

/// What can be sent back of an order line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// How many pieces are not on their way back yet.
    pub quantity_left: u32,
    /// Each right, the one that serves the buyer best first.
    pub rights: Vec<AnsweredRight>,
}

/// The days of the law where a matter is.
pub(in super::super) fn legal_days(dealing: &Dealing) -> LegalDays {
    LegalDays::of(dealing.marketplace.timezone, &dealing.terms)
}

/// What applies to the returns of a case.
pub(in super::super) fn terms<'a>(terms: &'a Terms, days: &'a LegalDays) -> ReturnTerms<'a> {
    ReturnTerms { policy: &terms.charter.returns, charter: terms, days }
}

/// A sale, as the rights of its buyer see it.
pub(in super::super) fn sale(purchase: &Purchase) -> SaleTerms {
    SaleTerms {
        buyer: purchase.sale.buyer_kind,
        deliveries: Deliveries::Staggered { received: purchase.lines.iter().map(|line| line.delivered_at).collect() },
        information: purchase.sale.information,
        way_back: purchase.sale.way_back,
    }
}

/// An order line, as the rights of its buyer see it.
pub(in super::super) fn line_facts(line: &PurchasedLine) -> LineFacts {
    let facts = line.recorded.sold.facts();
    LineFacts {
        order_line: facts.line.to_string(),
        bought: facts.quantity.get(),
        delivered_at: line.delivered_at,
        exclusion: match facts.withdrawal {
            WithdrawalRight::Given => None,
            WithdrawalRight::Excluded(exclusion) => Some(exclusion),
        },
        // Nobody sees a seal before the goods are back.
        seal: Seal::Unknown,
        remedied: Vec::new(),
        goodwill: line.final_sale,
    }
}

/// What can be sent back of a line, by the rules in force today; none when the viewer does not know the line.
pub async fn rights(cx: &Cx, actor: &Actor, order: OrderId, line: &str, reason: ReasonKind) -> Result<Option<Rights>> {
    if matches!(actor.scope().view, View::Mediator { .. }) {
        return Ok(None);
    }
    let Some(purchase) = cx.store.purchases(actor.scope(), &[order]).await?.pop() else { return Ok(None) };
    let Ok(key) = LineKey::try_from(line.to_owned()) else { return Ok(None) };
    let Some(bought) = purchase.line(&key) else { return Ok(None) };
    // What is on its way back counts whoever asks: the number says nothing of who sends it.
    let whole = Actor::system(actor.marketplace).scope();
    let others = cx.store.returns_of_orders(whole, &[order]).await?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    Ok(Some(of_line(&marketplace, &purchase, bought, &others, reason, cx.now())))
}

/// What can be sent back of a line of a purchase.
fn of_line(
    marketplace: &Marketplace,
    purchase: &Purchase,
    bought: &PurchasedLine,
    others: &[Return],
    reason: ReasonKind,
    now: DateTime<Utc>,
) -> Rights {
    let today = Terms::today(marketplace);
    let days = LegalDays::of(marketplace.timezone, &today);
    let policy = &today.charter.returns;
    let facts = line_facts(bought);
    let answers = grounds(&facts, &sale(purchase), reason, policy, &days, now);
    let rights = answers.into_iter().map(|(basis, answer)| {
        let declined_by = if basis == LegalBasis::Withdrawal { DeclinedBy::OperatorByExclusion } else { DeclinedBy::SellerOrOperator };
        match answer {
            Ok(ground) => AnsweredRight {
                basis,
                why_not: None,
                last_day: ground.last_day,
                until: ground.until,
                way_back: Some(ground.way_back),
                declined_by,
                unless: ground.unless,
            },
            Err(why) => AnsweredRight {
                basis,
                why_not: Some(why.to_string()),
                last_day: why.last_day(),
                until: None,
                way_back: None,
                declined_by,
                unless: None,
            },
        }
    });
    Rights { quantity_left: quantity_left(&facts, others), rights: rights.collect() }
}

/// Whose hands an actor has on returns: what a carrier reports comes by the marketplace's software.
fn hands(who: &Who) -> Vec<Hand> {
    let carrier = matches!(who, Who::Vendor { .. }).then_some(Hand::Carrier);
    dealings::hand(who).into_iter().chain(carrier).collect()
}

/// What an actor may do with a return now, each thing once.
pub fn actions(actor: &Actor, one: &Return, charter: &Terms, days: &LegalDays, now: DateTime<Utc>) -> Vec<Available<ReturnAction>> {
    let terms = terms(charter, days);
    let mut found: Vec<Available<ReturnAction>> = Vec::new();
    for hand in hands(&actor.who) {
        for available in one.available_actions(hand, &terms, now) {
            if !found.iter().any(|other| other.action == available.action) {
                found.push(available);
            }
        }
    }
    found
}

/// When the refund of a withdrawn purchase is due; none for any other return.
pub fn refund_due(one: &Return, days: &LegalDays) -> Option<RefundDue> {
    // Who fetches the goods, or leaves them, has nothing to wait for.
    let wait = match one.method {
        Some(ReturnMethod::HomePickup | ReturnMethod::Returnless) => SellerMayWait::No,
        _ => SellerMayWait::Yes,
    };
    one.refund_due(days, wait)
}

/// The line of a dealing that a key names.
pub(super) fn bought<'a>(dealing: &'a Dealing, line: &str) -> Option<(LineKey, &'a PurchasedLine)> {
    let key = LineKey::try_from(line.to_owned()).ok()?;
    dealing.purchase.line(&key).map(|bought| (key, bought))
}

/// The same, of a return that is there: its line was bought once.
pub(super) fn line_of<'a>(dealing: &'a Dealing, one: &Return) -> Result<(LineKey, &'a PurchasedLine)> {
    bought(dealing, &one.order_line).ok_or(Error::NotFound)
}
