//! What granting a refund would come to, over all lines of an order.

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::super::disputes::DisputeObject;
use super::super::enums::Party;
use super::super::errors::{Result, UserError, failure, split};
use super::super::purchases::PartsObject;
use super::super::scalars::{MoneyInput, MoneyObject};
use super::super::session::session;
use super::super::triage::money;
use super::RefundObject;
use super::enums::{Approval, RefundBasis, RefundForm, RefundMeans};
use super::grants::ItemObject;
use super::inputs::{Read, RefundCostsInput, RefundPartsInput, asked, invalid, line};
use super::quote::CommissionBackObject;
use crate::domain::ids::{CaseId, DisputeId, OrderId, RefundId};
use crate::domain::purchases::{LineKey, Parts};
use crate::domain::refunds::{Borne, GrantPreview, Obstacle, Wished};
use crate::workflow::refunds::{self, PreviewAsk, SeenLine, SeenPreview, WishAsk};

/// Which part of a line a wish is for, where it names no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum RefundShare {
    /// The goods, with what of the delivery goes back with them.
    Goods,
    /// What is left of the cost of its delivery, and nothing else.
    Delivery,
}

/// What somebody thinks of giving back on a line.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundWishInput {
    /// On which, by the marketplace's id.
    line_id: String,
    /// For how many units; null for all that are left. With an amount it is information.
    units: Option<i32>,
    /// How much, with tax; null for what the units come to.
    amount: Option<MoneyInput>,
    /// What of the amount is for what; null for the goods first, then the delivery, then the fees.
    parts: Option<RefundPartsInput>,
    /// Which part, where neither units nor an amount are named.
    #[graphql(default_with = "RefundShare::Goods")]
    share: RefundShare,
}

impl RefundWishInput {
    fn read(self, position: usize) -> Read<WishAsk> {
        let position = position.to_string();
        let at = |field| ["items", position.as_str(), field];
        let key: LineKey = line(self.line_id, &at("lineId"))?;
        let bare = self.units.is_none() && self.amount.is_none();
        let wished = match (self.share, &self.amount, &self.parts) {
            (RefundShare::Delivery, None, None) if bare => Wished::Delivery,
            (RefundShare::Delivery, _, _) => return Err(invalid(&at("share"), "Name the delivery, or units or an amount, not both.")),
            (RefundShare::Goods, None, Some(_)) => return Err(invalid(&at("parts"), "Parts go with an amount.")),
            (RefundShare::Goods, None, None) => Wished::Asked(asked(self.units, None)?),
            (RefundShare::Goods, Some(amount), parts) => {
                let amount = money(amount).map_err(|message| invalid(&at("amount"), message))?;
                let units = u32::try_from(self.units.unwrap_or(0)).map_err(|_| invalid(&at("units"), "Units cannot be below zero."))?;
                match parts {
                    Some(parts) => Wished::Parts { units, parts: parts.read(amount, &position)? },
                    None => Wished::Sum { units, amount },
                }
            }
        };
        Ok(WishAsk { line: key, wished })
    }
}

/// A grant that somebody thinks about.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundGrantQuoteInput {
    /// Of which order.
    order_id: OrderId,
    /// The refund that would be granted; null for the open one on the first line of `items`, or a new one.
    refund_id: Option<RefundId>,
    /// In which case a new one would be asked for; null for the newest open one about the order.
    case_id: Option<CaseId>,
    /// On what a new one would be based. A refund that is there keeps its own basis.
    #[graphql(default_with = "RefundBasis::Commercial")]
    basis: RefundBasis,
    /// What would be given back, by line, at most 200; null for what was asked for, or for all that is due on every line.
    items: Option<Vec<RefundWishInput>>,
    /// As what.
    #[graphql(default_with = "RefundForm::Partial")]
    form: RefundForm,
    /// By which way; null for the usual one of the form.
    means: Option<RefundMeans>,
    /// Who pays for it in the end; null for whom `refundGrant` would take.
    costs: Option<RefundCostsInput>,
}

impl RefundGrantQuoteInput {
    fn read(self) -> Read<PreviewAsk> {
        let items = self.items.map(|items| items.into_iter().enumerate().map(|(position, item)| item.read(position)).collect::<Read<_>>());
        Ok(PreviewAsk {
            order: self.order_id,
            refund: self.refund_id,
            case: self.case_id,
            basis: self.basis.into(),
            items: items.transpose()?,
            form: self.form.into(),
            means: self.means.map(Into::into),
            costs: self.costs.as_ref().map(|costs| costs.read("costs")).transpose()?,
        })
    }
}

/// Why nothing can be refunded on a line now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Obstacle")]
pub(in crate::graphql) enum RefundObstacleReason {
    /// Nothing was paid for it.
    NothingPaid,
    /// All that was paid was refunded or granted.
    NothingLeft,
    /// A dispute is being decided; no money moves until then.
    Frozen,
    /// A refund was granted and is being paid; another can be asked for once it is.
    UnderWay,
}

/// What stands in the way of a refund on a line.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct RefundObstacle {
    /// What it is.
    reason: RefundObstacleReason,
    /// Since when, where that is known.
    since: Option<DateTime<Utc>>,
    /// Until when at the latest, where that is known: by then a dispute is decided.
    until: Option<DateTime<Utc>>,
    #[graphql(skip)]
    refund: Option<RefundId>,
    #[graphql(skip)]
    dispute: Option<DisputeId>,
}

#[ComplexObject]
impl RefundObstacle {
    /// The refund that is being paid; null where it is another obstacle.
    async fn refund(&self, ctx: &Context<'_>) -> Option<Result<RefundObject>> {
        let id = self.refund?;
        let load = async { session(ctx)?.loaders().refund(id).await };
        load.await.map(|found| found.map(RefundObject)).transpose()
    }

    /// The dispute that is being decided; null where it is another obstacle.
    async fn dispute(&self, ctx: &Context<'_>) -> Option<Result<DisputeObject>> {
        let id = self.dispute?;
        let load = async { session(ctx)?.loaders().dispute(id).await };
        load.await.map(|found| found.map(DisputeObject)).transpose()
    }
}

/// What can be refunded on a line, beside the refund in question.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RefundableLine {
    /// Which, by the marketplace's id.
    line_id: String,
    /// What was paid for it, by part.
    paid: PartsObject,
    /// What of that was refunded or granted by others.
    refunded: PartsObject,
    /// The most that can be granted on it.
    maximum: PartsObject,
    /// How many of its units were not refunded yet.
    units_left: u32,
    /// Why nothing can be refunded on it now; null when something can.
    obstacle: Option<RefundObstacle>,
}

impl From<&SeenLine> for RefundableLine {
    fn from(seen: &SeenLine) -> Self {
        let obstacle = seen.obstacle.map(|obstacle| {
            let open = seen.open.filter(|_| obstacle == Obstacle::UnderWay);
            let dispute = seen.frozen_by.filter(|_| obstacle == Obstacle::Frozen);
            RefundObstacle {
                reason: obstacle.into(),
                since: open.map(|(_, since)| since),
                until: dispute.map(|(_, until)| until),
                refund: open.map(|(id, _)| id),
                dispute: dispute.map(|(id, _)| id),
            }
        });
        Self {
            line_id: seen.line.to_string(),
            paid: seen.paid.into(),
            refunded: seen.held.into(),
            maximum: seen.left.into(),
            units_left: seen.units_left,
            obstacle,
        }
    }
}

/// How much of a refund each side bears. Together they are the whole.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RefundBearers {
    /// The seller.
    seller: MoneyObject,
    /// The operator.
    operator: MoneyObject,
    /// The carrier.
    carrier: MoneyObject,
}

impl From<Borne> for RefundBearers {
    fn from(borne: Borne) -> Self {
        Self { seller: borne.seller.total().into(), operator: borne.operator.total().into(), carrier: borne.carrier.total().into() }
    }
}

/// What a grant would be if it were made now.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RefundGrantPreview {
    /// All of it, with tax, and by what it is for: goods and delivery.
    amount: PartsObject,
    /// By line, as `refundGrant` takes it.
    items: Vec<ItemObject>,
    /// Who bears how much of it.
    borne_by: RefundBearers,
    /// What goes back to the seller of the operator's commission, on what the seller bears.
    commission_back: CommissionBackObject,
    /// Which sides may grant it so.
    grantable_by: Vec<Party>,
    /// Whether one person is enough.
    approval: Approval,
    /// Until when the buyer would be asked to agree to these means; null when they need not.
    consent_until: Option<DateTime<Utc>>,
}

impl From<GrantPreview> for RefundGrantPreview {
    fn from(preview: GrantPreview) -> Self {
        Self {
            amount: preview.parts.into(),
            items: preview.items.iter().map(Into::into).collect(),
            borne_by: preview.borne.into(),
            commission_back: preview.commission.into(),
            grantable_by: preview.granted_by.into_iter().map(Into::into).collect(),
            approval: preview.approval.into(),
            consent_until: preview.consent_until,
        }
    }
}

/// What can be refunded of an order.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct RefundGrantQuote {
    #[graphql(skip)]
    answered: Option<RefundId>,
    /// Every line of the order.
    lines: Vec<RefundableLine>,
    /// What was paid for the order, by part.
    paid: PartsObject,
    /// What of that was refunded or granted by others than the refund in question.
    refunded: PartsObject,
    /// The most that can be granted.
    maximum: PartsObject,
    /// What the grant would be; null when it cannot be made, and `userErrors` say why.
    grant: Option<RefundGrantPreview>,
}

#[ComplexObject]
impl RefundGrantQuote {
    /// The refund that would be granted; null when a new one would be asked for first.
    async fn refund(&self, ctx: &Context<'_>) -> Option<Result<RefundObject>> {
        let id = self.answered?;
        let load = async { session(ctx)?.loaders().refund(id).await };
        load.await.map(|found| found.map(RefundObject)).transpose()
    }
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RefundGrantQuotePayload {
    /// What can be refunded; null when the order is not known, or not for this viewer.
    quote: Option<RefundGrantQuote>,
    /// Why it cannot be granted so: what `refundRequest` or `refundGrant` would say.
    user_errors: Vec<UserError>,
}

impl RefundGrantQuotePayload {
    fn of(seen: SeenPreview) -> Result<Self> {
        let sum = |parts: fn(&SeenLine) -> Parts| -> Result<PartsObject> {
            let mut all = seen.lines.iter().map(parts);
            let first = all.next().ok_or_else(|| failure(&crate::workflow::Error::NotFound))?;
            let sum = all.try_fold(first, Parts::plus).map_err(|error| super::super::errors::internal(&error))?;
            Ok(sum.into())
        };
        let (paid, refunded, maximum) = (sum(|line| line.paid)?, sum(|line| line.held)?, sum(|line| line.left)?);
        let (grant, user_errors) = match seen.outcome {
            Ok(preview) => (Some(preview.into()), Vec::new()),
            Err(faults) => (None, faults.into_iter().map(UserError::from).collect()),
        };
        let lines = seen.lines.iter().map(Into::into).collect();
        Ok(Self { quote: Some(RefundGrantQuote { answered: seen.answered, lines, paid, refunded, maximum, grant }), user_errors })
    }
}

/// The query of this file.
#[derive(Default)]
pub(in crate::graphql) struct RefundPreviewQueries;

#[Object]
impl RefundPreviewQueries {
    /// What can be refunded of an order, and what a grant would come to if it were made now, over all its lines. It changes
    /// nothing; the same rules decide here and when it is granted. For sellers and operators.
    async fn refund_grant_quote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What somebody thinks of granting.")] input: RefundGrantQuoteInput,
    ) -> Option<Result<RefundGrantQuotePayload>> {
        let run = async {
            let session = session(ctx)?;
            let outcome = match input.read() {
                Ok(ask) => Box::pin(refunds::preview(session.cx(), session.actor(), ask)).await,
                Err(error) => Err(error),
            };
            match split(outcome)? {
                (Some(seen), _) => RefundGrantQuotePayload::of(seen),
                (None, user_errors) => Ok(RefundGrantQuotePayload { quote: None, user_errors }),
            }
        };
        Some(run.await)
    }
}
