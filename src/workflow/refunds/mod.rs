//! Stands in for the money side until it is here.

use super::dealings::Dealing;
use super::{Cx, Result, returns};
use crate::domain::ids::{RefundId, ReturnId};
use crate::domain::money::Money;
use crate::domain::purchases::LineKey;
use crate::domain::refunds::{Asked, CostPlan, DisputeGuard, RefundBasis, RefundClock, RefundForm, RefundOrigin};
use crate::store::Tx;

/// Money that another machine has decided on.
#[derive(Debug, Clone)]
pub struct MoneyClaim {
    /// On which line; none for the whole order.
    pub line: Option<LineKey>,
    /// How much.
    pub asked: Asked,
    /// On what basis.
    pub basis: RefundBasis,
    /// The clock of the law, where it is certain.
    pub established: Option<RefundClock>,
    /// As what.
    pub form: RefundForm,
    /// Who pays for it in the end.
    pub costs: CostPlan,
    /// What a dispute allows.
    pub guard: DisputeGuard,
    /// Which machine.
    pub origin: RefundOrigin,
}

/// Grants and submits what another machine has decided on. None when nothing is left to refund.
pub(super) async fn carry_out(_cx: &Cx, tx: &mut Tx, dealing: &Dealing, claim: MoneyClaim) -> Result<Option<RefundId>> {
    tracing::info!(?claim, "a refund would be carried out");
    let left = refundable_now(tx, dealing, claim.line.as_ref()).await?;
    Ok(left.is_positive().then(RefundId::generate))
}

/// What can still be refunded on a line, or of the whole order, with tax.
#[expect(clippy::unused_async, reason = "it reads refunds once they are here")]
pub(super) async fn refundable_now(_tx: &Tx, dealing: &Dealing, line: Option<&LineKey>) -> Result<Money> {
    let lines = dealing.purchase.lines.iter().map(|known| &known.recorded.sold).filter(|sold| line.is_none_or(|line| sold.line() == line));
    let minor = lines.map(|sold| sold.paid().total().minor).sum();
    Ok(Money { minor, currency: dealing.purchase.currency })
}

/// A refund has succeeded.
#[expect(dead_code, reason = "the money side calls it once it is here")]
async fn succeeded(cx: &Cx, tx: &mut Tx, dealing: &Dealing, id: ReturnId) -> Result<()> {
    returns::paid(cx, tx, dealing, id).await
}
