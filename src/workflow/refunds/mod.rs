//! Refunds: asked for, granted, paid, and what other machines decide about money.
//!
//! Everything happens under the locks of the case and of the order, so that no two refunds can count on the same money. What a
//! move asks of the world is done in the same transaction (`run::Run`); only the word to the payment system goes out after it.

mod decisions;
mod machine;
mod previews;
mod quotes;
mod requests;
mod run;
mod words;

use chrono_tz::Tz;

pub use decisions::{GrantAsk, ItemAsk, RefundRead, decide, grant};
pub use machine::{MoneyClaim, carry_out_alone, elapse, hear};
pub(super) use machine::{carry_out, refundable_now};
pub use previews::{PreviewAsk, SeenLine, SeenPreview, WishAsk, preview};
pub use quotes::{LateRefund, SeenQuote, late_increase, quote};
pub use requests::{RefundAsk, request};

use super::dealings::{self, Dealing};
use super::{Cx, Error, Fault, Result, disputes};
use crate::domain::charter::Terms;
use crate::domain::disputes::Dispute;
use crate::domain::ids::{OrderId, RefundId};
use crate::domain::parties::Scope;
use crate::domain::purchases::{LineKey, Parts, Purchase};
use crate::domain::refunds::{DeliveryQuote, DisputeGuard, Ground, LineStanding, Refund, RefundOrigin, RefundRefusal, RefundRules};
use crate::domain::refusal::Refusal;
use crate::store::{StoredRefund, Tx};

/// What a refund is judged by.
struct Standing {
    lines: Vec<LineStanding>,
    rules: RefundRules,
    timezone: Tz,
    dispute: DisputeGuard,
}

impl Standing {
    /// What other refunds leave of an order.
    fn of<'a>(
        purchase: &Purchase,
        rules: &RefundRules,
        timezone: Tz,
        others: impl IntoIterator<Item = &'a Refund>,
    ) -> Result<Self, RefundRefusal> {
        let others: Vec<_> = others.into_iter().collect();
        let mut lines = Vec::with_capacity(purchase.lines.len());
        for line in &purchase.lines {
            let mut standing = LineStanding::untouched(line.recorded.clone());
            for held in others.iter().filter_map(|other| other.held_on(line.recorded.sold.line())) {
                standing.held = standing.held.plus(held.parts)?;
                standing.held_units = standing.held_units.saturating_add(held.units);
            }
            lines.push(standing);
        }
        Ok(Self { lines, rules: rules.clone(), timezone, dispute: DisputeGuard::None })
    }

    /// The same in a dealing.
    fn in_dealing<'a>(
        dealing: &Dealing,
        others: impl IntoIterator<Item = &'a Refund>,
        dispute: DisputeGuard,
    ) -> Result<Self, RefundRefusal> {
        Self::under(&dealing.terms, dealing.marketplace.timezone, &dealing.purchase, others, dispute)
    }

    /// The same under these terms.
    fn under<'a>(
        terms: &Terms,
        timezone: Tz,
        purchase: &Purchase,
        others: impl IntoIterator<Item = &'a Refund>,
        dispute: DisputeGuard,
    ) -> Result<Self, RefundRefusal> {
        let rules = terms.charter.refunds.worked_by(&terms.house.refunds);
        Ok(Self { dispute, ..Self::of(purchase, &rules, timezone, others)? })
    }

    fn ground(&self) -> Ground<'_> {
        Ground { lines: &self.lines, rules: &self.rules, dispute: self.dispute, quote: DeliveryQuote::Unknown, timezone: self.timezone }
    }

    /// What is left of a line; nothing of one that is not known.
    fn left(&self, line: &LineKey) -> Result<Option<Parts>, RefundRefusal> {
        let found = self.lines.iter().find(|standing| standing.line.sold.line() == line);
        Ok(found.map(LineStanding::left).transpose()?)
    }
}

/// The strictest of what the disputes of an order allow for money of these lines.
fn strictest(disputes: &[Dispute], lines: &[LineKey]) -> DisputeGuard {
    lines.iter().fold(DisputeGuard::None, |strictest, line| match (Dispute::guard(disputes, line), strictest) {
        (DisputeGuard::Arbitration, _) | (_, DisputeGuard::Arbitration) => DisputeGuard::Arbitration,
        (DisputeGuard::Open, _) | (_, DisputeGuard::Open) => DisputeGuard::Open,
        _ => DisputeGuard::None,
    })
}

/// The same of the disputes as they stand. The order is locked.
async fn guard(tx: &Tx, order: OrderId, lines: &[LineKey]) -> Result<DisputeGuard> {
    Ok(strictest(&tx.disputes_of_order(order).await?, lines))
}

/// The refund that is open on a line, and that asking again would find.
fn open_on<'a>(all: &'a [StoredRefund], line: &LineKey) -> Option<&'a StoredRefund> {
    let mut open = all.iter().filter(|stored| stored.refund.line == *line && stored.refund.status.is_open());
    open.clone().find(|stored| stored.origin == RefundOrigin::Request).or_else(|| open.next())
}

/// A refund that the reader knows, read again under the locks of its case and its order.
async fn locked(tx: &Tx, scope: Scope, id: RefundId) -> Result<Option<(Dealing, StoredRefund)>> {
    let Some(mut seen) = tx.refund(scope, id).await? else { return Ok(None) };
    loop {
        let dealing = dealings::of(tx, seen.case, seen.refund.order).await?;
        let Some(stored) = tx.refund(scope, id).await? else { return Ok(None) };
        // Its case may have gone on in another one in between.
        if stored.case == dealing.case.id {
            return Ok(Some((dealing, stored)));
        }
        seen = stored;
    }
}

/// A rule of refunds says no, about these fields of the input.
fn no(path: &[&str], refusal: RefundRefusal) -> Error {
    super::refused(path, Refusal::Refund(refusal))
}

impl From<RefundRefusal> for Error {
    fn from(refusal: RefundRefusal) -> Self {
        Self::Refused { faults: vec![Fault { path: Vec::new(), refusal: Refusal::Refund(refusal) }] }
    }
}
