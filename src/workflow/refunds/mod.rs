//! Refunds: asked for, granted, paid, and what other machines decide about money.
//!
//! Everything happens under the locks of the case and of the order, so that no two refunds can count on the same money. What a
//! move asks of the world is done in the same transaction (`run::Run`); only the word to the payment system goes out after it.

mod decisions;
mod machine;
mod quotes;
mod requests;
mod run;
mod words;

use chrono_tz::Tz;

pub use decisions::{GrantAsk, ItemAsk, RefundRead, decide, grant};
pub use machine::{MoneyClaim, carry_out_alone, elapse, hear};
pub(super) use machine::{carry_out, refundable_now};
pub use quotes::{LateRefund, SeenQuote, late_increase, quote};
pub use requests::{RefundAsk, request};

use super::dealings::{self, Dealing};
use super::{Cx, Error, Fault, Result, disputes};
use crate::domain::ids::{OrderId, RefundId};
use crate::domain::parties::Scope;
use crate::domain::purchases::{LineKey, Parts, Purchase};
use crate::domain::refunds::{DeliveryQuote, DisputeGuard, Ground, LineStanding, Refund, RefundRefusal, RefundRules};
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
        let rules = dealing.terms.charter.refunds.worked_by(&dealing.terms.house.refunds);
        let standing = Self::of(&dealing.purchase, &rules, dealing.marketplace.timezone, others)?;
        Ok(Self { dispute, ..standing })
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

/// The strictest of what disputes on these lines allow.
async fn guard(tx: &Tx, order: OrderId, lines: &[LineKey]) -> Result<DisputeGuard> {
    let mut strictest = DisputeGuard::None;
    for (position, line) in lines.iter().enumerate() {
        if lines[..position].contains(line) {
            continue;
        }
        strictest = match (disputes::guard(tx, order, line).await?, strictest) {
            (DisputeGuard::Arbitration, _) | (_, DisputeGuard::Arbitration) => DisputeGuard::Arbitration,
            (DisputeGuard::Open, _) | (_, DisputeGuard::Open) => DisputeGuard::Open,
            _ => DisputeGuard::None,
        };
    }
    Ok(strictest)
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
