//! Refunds.

use super::dealings::Dealing;
use super::{Cx, Result};
use crate::domain::ids::RefundId;
use crate::domain::money::{Money, MoneyError};
use crate::domain::purchases::LineKey;
use crate::domain::refunds::{Asked, CostPlan, DisputeGuard, RefundBasis, RefundClock, RefundForm, RefundOrigin, RefundRefusal};
use crate::domain::refusal::Refusal;
use crate::store::Tx;

/// What another machine has decided on.
#[derive(Debug, Clone)]
pub struct MoneyClaim {
    /// On which line; none for the whole order.
    pub line: Option<LineKey>,
    /// How much.
    pub asked: Asked,
    /// On what basis.
    pub basis: RefundBasis,
    /// The clock of the law.
    pub established: Option<RefundClock>,
    /// As what.
    pub form: RefundForm,
    /// Who pays for it in the end.
    pub costs: CostPlan,
    /// Whether it carries out what arbitration decided.
    pub guard: DisputeGuard,
    /// Which machine.
    pub origin: RefundOrigin,
}

/// Grants and submits what another machine has decided on.
pub(in crate::workflow) async fn carry_out(cx: &Cx, tx: &mut Tx, dealing: &Dealing, claim: MoneyClaim) -> Result<Option<RefundId>> {
    if let Some(line) = &claim.line {
        let guard = super::disputes::guard(tx, dealing.purchase.order, line).await?;
        tracing::debug!(?guard, ?claim, "refunds are not here yet");
    }
    super::disputes::refunds_changed(cx, tx, dealing).await?;
    Ok(None)
}

/// What can still be refunded.
pub(in crate::workflow) async fn refundable_now(tx: &Tx, dealing: &Dealing, line: Option<&LineKey>) -> Result<Money> {
    let _ = tx;
    let lines = dealing.purchase.lines.iter().map(|each| &each.recorded.sold).filter(|sold| line.is_none_or(|line| line == sold.line()));
    let no = |error: MoneyError| Refusal::Refund(RefundRefusal::from(error)).into();
    Money::sum(dealing.purchase.currency, lines.map(|sold| sold.paid().total())).map_err(no)
}
