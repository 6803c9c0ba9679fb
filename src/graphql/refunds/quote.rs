//! What a refund would be: for the dialog that is open while somebody thinks about it.

use async_graphql::{Context, Object, SimpleObject};

use super::super::enums::Party;
use super::super::errors::{Result, UserError, split};
use super::super::purchases::PartsObject;
use super::super::scalars::MoneyObject;
use super::super::session::session;
use super::RefundObject;
use super::enums::{Approval, RefundMeans};
use super::grants::{ItemObject, is_staff};
use super::inputs::RefundQuoteInput;
use crate::domain::parties::View;
use crate::domain::purchases::CommissionBack;
use crate::workflow::refunds::{self, SeenQuote};

/// What a refund would be if it were granted now.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct RefundQuote {
    #[graphql(skip)]
    open: Option<crate::domain::ids::RefundId>,
    /// What was asked about, with tax.
    amount: MoneyObject,
    /// The same by line and part. The last of an order brings the delivery of other lines with it.
    items: Vec<ItemObject>,
    /// All that is due on the line on this basis: a full refund.
    due: MoneyObject,
    /// The most that can be granted on the line, by part: what was paid less what was refunded or granted.
    maximum: PartsObject,
    /// How many of its units were not refunded yet.
    units_left: u32,
    /// The ways that need the buyer's recorded consent.
    consent_needed_for: Vec<RefundMeans>,
    /// What goes back to the seller of the operator's commission if the seller bears all of it; null for the buyer's side.
    commission_back: Option<CommissionBackObject>,
    /// Which sides may grant it; null for the buyer's side.
    grantable_by: Option<Vec<Party>>,
    /// Whether one person is enough; null for the buyer's side.
    approval: Option<Approval>,
}

#[async_graphql::ComplexObject]
impl RefundQuote {
    /// The refund that is open on the line: asking gives that one; null when none is.
    async fn open_refund(&self, ctx: &Context<'_>) -> Option<Result<RefundObject>> {
        let open = self.open?;
        let load = async { session(ctx)?.loaders().refund(open).await };
        load.await.map(|found| found.map(RefundObject)).transpose()
    }
}

/// What goes back of a commission.
#[derive(SimpleObject)]
#[graphql(name = "CommissionBack")]
pub(in crate::graphql) struct CommissionBackObject {
    /// The commission, without tax.
    fee: MoneyObject,
    /// The tax on it.
    vat: MoneyObject,
}

impl From<CommissionBack> for CommissionBackObject {
    fn from(back: CommissionBack) -> Self {
        Self { fee: back.fee.into(), vat: back.vat.into() }
    }
}

impl RefundQuote {
    fn of(seen: SeenQuote, view: View) -> Self {
        let SeenQuote { quote, open } = seen;
        let staff = is_staff(view);
        let commission = quote.commission;
        Self {
            open,
            amount: quote.amount.into(),
            items: quote.items.iter().map(Into::into).collect(),
            due: quote.due.into(),
            maximum: quote.most.into(),
            units_left: quote.units_left,
            consent_needed_for: quote.consent_for.into_iter().map(Into::into).collect(),
            commission_back: staff.then(|| commission.into()),
            grantable_by: staff.then(|| quote.granted_by.into_iter().map(Into::into).collect()),
            approval: staff.then(|| quote.approval.into()),
        }
    }
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RefundQuotePayload {
    /// What it would be; null when there is something wrong with the input.
    quote: Option<RefundQuote>,
    /// What is wrong with the input: what `refundRequest` would say.
    user_errors: Vec<UserError>,
}

/// The queries of refunds.
#[derive(Default)]
pub(in crate::graphql) struct RefundQueries;

#[Object]
impl RefundQueries {
    /// What a refund on an order line would be if it were granted now, by the charter in force. It changes nothing.
    async fn refund_quote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what.")] input: RefundQuoteInput,
    ) -> Option<Result<RefundQuotePayload>> {
        let run = async {
            let session = session(ctx)?;
            let outcome = match input.read() {
                Ok(ask) => Box::pin(refunds::quote(session.cx(), session.actor(), ask)).await,
                Err(error) => Err(error),
            };
            let (quote, user_errors) = split(outcome)?;
            Ok(RefundQuotePayload { quote: quote.map(|seen| RefundQuote::of(seen, session.scope().view)), user_errors })
        };
        Some(run.await)
    }
}
