//! Sellers, buyers and orders.

use async_graphql::{Context, InputObject, Object, OneofObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::charter::{CharterAcceptance, ClosureObject, acceptance};
use super::errors::{Result, UserError, split};
use super::ledger::{StatementObject, StatementPeriodInput, balances_of, statement_of};
use super::paging::{PageOf, Paging};
use super::pool::{IncentiveObject, incentives_of};
use super::purchases::{LineSaleObject, LineTermsInput, SaleInput, line_sale};
use super::ratings::{ReviewReplies, ScoreObject, replies_of, score_of_seller};
use super::refunds::RefundObject;
use super::returns::{self, ReturnObject};
use super::sanctions::{SellerStanding, standing_of};
use super::scalars::{CurrencyCode, MoneyInput, MoneyObject};
use super::scorecards::{ScorecardObject, card_of};
use super::session::session;
use super::shipments::ShipmentObject;
use super::standing::{BadgeChangeObject, SellerBadge, VisibilityObject, badge_changes_of, badges_of, visibility_of};
use super::tenants::BusinessHours;
use crate::domain::ids::{BuyerId, OrderId, SellerId};
use crate::domain::orders::{Buyer, Order, OrderLine, Seller};
use crate::domain::parties::View;
use crate::policy::{self, Permission};
use crate::store::SellerDraft;
use crate::workflow::orders::{self, LineInput, OrderInput};

/// A seller.
#[derive(Clone)]
pub(super) struct SellerObject(pub(super) Seller);

#[Object(name = "Seller")]
/// A third-party seller of the marketplace.
impl SellerObject {
    /// The global id.
    pub(super) async fn id(&self) -> SellerId {
        self.0.id
    }

    /// The marketplace's own id of the seller.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// The shop's name, which buyers see.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The e-mail address; null for buyers, mediators and when unknown.
    async fn email(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) if matches!(session.scope().view, View::Buyer(_) | View::Mediator { .. }) => None,
            Ok(_) => self.0.email.as_deref().map(Ok),
        }
    }

    /// The seller's language, a BCP 47 tag; null for the marketplace's.
    async fn locale(&self) -> Option<&str> {
        self.0.locale.as_deref()
    }

    /// When the shop is away; no hour of these days counts for its deadlines.
    async fn closures(&self) -> Vec<ClosureObject> {
        self.0.closures.iter().map(Into::into).collect()
    }

    /// When somebody is there to answer, by its own word; null when it did not say. Deadlines run by the marketplace's hours.
    async fn business_hours(&self) -> Option<BusinessHours> {
        self.0.hours.clone().map(BusinessHours)
    }

    /// The newest version of the charter that it has accepted; null when it has accepted none, and for viewers who are
    /// neither the operator nor this seller.
    async fn charter_acceptance(&self, ctx: &Context<'_>) -> Option<Result<CharterAcceptance>> {
        acceptance(ctx, self.0.id).await.transpose()
    }

    /// How it stands with the marketplace now. Null for viewers who are neither the operator, the marketplace's software nor this
    /// seller.
    async fn standing(&self, ctx: &Context<'_>) -> Option<Result<SellerStanding>> {
        standing_of(ctx, self.0.id).await.transpose()
    }

    /// What buyers' ratings of it come to today.
    async fn score(&self, ctx: &Context<'_>) -> Result<ScoreObject> {
        score_of_seller(ctx, self.0.id).await
    }

    /// How it replies to what is published about it. Null for viewers who are neither the operator nor this seller.
    async fn review_replies(&self, ctx: &Context<'_>) -> Option<Result<ReviewReplies>> {
        replies_of(ctx, self.0.id).await.transpose()
    }

    /// How well it serves its buyers; null for viewers who are neither the operator nor this seller.
    #[graphql(complexity = "20 + child_complexity")]
    async fn scorecard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At the end of which day, where the marketplace is; null for what is known so far today.")] on: Option<NaiveDate>,
        #[graphql(desc = "Over how many days until then, 1 to 366; null for each measure's own window, which alone has a median.")]
        days: Option<i32>,
    ) -> Option<Result<ScorecardObject>> {
        card_of(ctx, self.0.id, on, days).await.transpose()
    }

    /// The badges that it holds since the end of a day. Empty for viewers who are neither the operator, the marketplace's software nor
    /// this seller.
    async fn badges(&self, ctx: &Context<'_>) -> Result<Vec<SellerBadge>> {
        badges_of(ctx, self.0.id).await
    }

    /// The badges that came and went, the newest first. Empty for viewers who are neither the operator, the marketplace's software nor
    /// this seller.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn badge_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<BadgeChangeObject>> {
        badge_changes_of(ctx, self.0.id, Paging { first, after, last, before }).await
    }

    /// How visible its offers are to be, as of the end of the last day; null before the first, and for viewers who are neither the
    /// operator, the marketplace's software nor this seller.
    async fn visibility_factor(&self, ctx: &Context<'_>) -> Option<Result<VisibilityObject>> {
        visibility_of(ctx, self.0.id).await.transpose()
    }

    /// What it has coming, by currency; below zero what it owes. Kept up to date with each posting. Empty for viewers who are
    /// neither the operator nor this seller.
    async fn balance(&self, ctx: &Context<'_>) -> Result<Vec<MoneyObject>> {
        balances_of(ctx, self.0.id).await
    }

    /// Its account over a time; null for viewers who are neither the operator nor this seller. A time that is over never
    /// changes, for everything is booked when it becomes known.
    #[graphql(complexity = "20 + child_complexity")]
    async fn statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From when until when.")] period: StatementPeriodInput,
        #[graphql(desc = "In which currency; null for the marketplace's.")] currency_code: Option<CurrencyCode>,
    ) -> Option<Result<StatementObject>> {
        statement_of(ctx, self.0.id, period, currency_code).await.transpose()
    }

    /// What it has earned by answers to questions of the pool, the newest first. Empty for viewers who are neither the
    /// operator nor this seller.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn incentives(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<IncentiveObject>> {
        incentives_of(ctx, self.0.id, Paging { first, after, last, before }).await
    }
}

/// A buyer.
pub(super) struct BuyerObject(pub(super) Buyer);

#[Object(name = "Buyer")]
/// A buyer. Who is not the operator sees an alias and no address.
impl BuyerObject {
    /// An id that stays the same over the buyer's cases. Not a node.
    async fn id(&self) -> BuyerId {
        self.0.id
    }

    /// The name to show: the full name for the operator, first name and initial for everybody else.
    #[expect(clippy::unused_async, reason = "a resolver is async by contract")]
    async fn display_name(&self, ctx: &Context<'_>) -> Result<String> {
        let full = policy::has(&session(ctx)?.actor().who, Permission::SeeBuyerContact) && !self.0.name.is_empty();
        Ok(if full { self.0.name.clone() } else { self.0.alias() })
    }

    /// The e-mail address; null for viewers other than the operator, and when unknown.
    async fn email(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        let session = match session(ctx) {
            Ok(session) => session,
            Err(error) => return Some(Err(error)),
        };
        self.0.email.clone().filter(|_| policy::has(&session.actor().who, Permission::SeeBuyerContact)).map(Ok)
    }
}

/// An order.
#[derive(Clone)]
pub(super) struct OrderObject(pub(super) Order);

#[Object(name = "Order")]
/// An order, placed with one seller. The marketplace's software tells it by `ordersUpsert`.
impl OrderObject {
    /// The global id.
    pub(super) async fn id(&self) -> OrderId {
        self.0.id
    }

    /// The reference that the marketplace and the buyer know it by.
    async fn reference(&self) -> &str {
        &self.0.reference
    }

    /// Who sells.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.0.seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// The buyer's e-mail address as the order has it; null for sellers, mediators and when unknown.
    async fn buyer_email(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) if matches!(session.scope().view, View::Seller(_) | View::Mediator { .. }) => None,
            Ok(_) => self.0.buyer_email.clone().map(Ok),
        }
    }

    /// What was paid in all.
    async fn total(&self) -> MoneyObject {
        self.0.total.into()
    }

    /// When it was placed.
    async fn placed_at(&self) -> DateTime<Utc> {
        self.0.placed_at
    }

    /// The disputes about it, as far as the viewer knows them, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn disputes(&self, ctx: &Context<'_>) -> Result<Vec<super::disputes::DisputeObject>> {
        super::disputes::of_order(session(ctx)?, self.0.id).await
    }

    /// What was bought: at most 200 lines, in the vendor's order.
    async fn lines(&self) -> Vec<OrderLineObject> {
        self.0.lines.iter().cloned().map(|line| OrderLineObject { order: self.0.id, line }).collect()
    }

    /// Its refunds, the oldest first: operators, the vendor and its seller know all, buyers and mediators those of their cases.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Vec<RefundObject>> {
        let refunds = session(ctx)?.loaders().refunds_of_order(self.0.id).await?;
        Ok(refunds.into_iter().map(RefundObject).collect())
    }

    /// Its returns that the viewer knows, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn returns(&self, ctx: &Context<'_>) -> Result<Vec<ReturnObject>> {
        returns::of_order(ctx, self.0.id).await
    }

    /// Its parcels, as far as `shipmentsReport` told them, in the order in which they became known.
    async fn shipments(&self, ctx: &Context<'_>) -> Result<Vec<ShipmentObject>> {
        let found = session(ctx)?.loaders().shipments_of(self.0.id).await?;
        Ok(found.into_iter().map(ShipmentObject::from).collect())
    }
}

/// One line of an order.
pub(super) struct OrderLineObject {
    order: OrderId,
    line: OrderLine,
}

#[Object(name = "OrderLine")]
/// One line of an order.
impl OrderLineObject {
    /// The marketplace's id of the line, unique in the order.
    async fn external_id(&self) -> &str {
        &self.line.external_id
    }

    /// What it is.
    async fn title(&self) -> &str {
        &self.line.title
    }

    /// The stock-keeping unit; null when unknown.
    async fn sku(&self) -> Option<&str> {
        self.line.sku.as_deref()
    }

    /// The category that it was sold in, by the marketplace's own name; null when unknown.
    async fn category(&self) -> Option<&str> {
        self.line.category.as_deref()
    }

    /// How many.
    async fn quantity(&self) -> u32 {
        self.line.quantity
    }

    /// The price of one.
    async fn unit_price(&self) -> MoneyObject {
        self.line.unit_price.into()
    }

    /// How it was sold: what was paid for it in all, with tax and delivery, and on which terms. Null for mediators.
    async fn sale(&self, ctx: &Context<'_>) -> Option<Result<LineSaleObject>> {
        line_sale(ctx, self.order, &self.line.external_id).await.transpose()
    }
}

/// The names of an order; exactly one.
#[derive(OneofObject)]
pub(super) enum OrderByInput {
    /// The global id.
    Id(OrderId),
    /// The reference that the marketplace and the buyer know it by.
    Reference(String),
}

/// The names of a seller; exactly one.
#[derive(OneofObject)]
pub(super) enum SellerByInput {
    /// The global id.
    Id(SellerId),
    /// The marketplace's own id of the seller.
    ExternalId(String),
}

/// A seller to store.
#[derive(InputObject)]
pub(super) struct SellerInput {
    /// The marketplace's own id of the seller, 1 to 128 characters. A known one is updated.
    external_id: String,
    /// The shop's name, 1 to 300 characters.
    name: String,
    /// The e-mail address; null when unknown.
    email: Option<String>,
    /// The seller's language, a BCP 47 tag; null for the marketplace's.
    locale: Option<String>,
}

/// Sellers to store.
#[derive(InputObject)]
pub(super) struct SellersUpsertInput {
    /// At most 500, each external id once.
    sellers: Vec<SellerInput>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct SellersUpsertPayload {
    /// The sellers as they are stored now, in the order of the input; null when nothing was stored.
    sellers: Option<Vec<SellerObject>>,
    /// What is wrong with the input; when there is anything, nothing was stored.
    user_errors: Vec<UserError>,
}

/// An order line to store.
#[derive(InputObject)]
pub(super) struct OrderLineInput {
    /// The marketplace's id of the line, 1 to 128 characters, unique in the order.
    external_id: String,
    /// What it is, 1 to 300 characters.
    title: String,
    /// The stock-keeping unit, 1 to 128 characters; null when unknown.
    sku: Option<String>,
    /// The category that it was sold in, by the marketplace's own name, 1 to 128 characters; null when unknown. How often a product
    /// comes back is held against the others of its category.
    category: Option<String>,
    /// How many, 1 to 1,000,000.
    quantity: u32,
    /// The price of one, in the currency of the order's total.
    unit_price: MoneyInput,
    /// What was agreed on beyond the price. Refunds are reckoned with it; without it the price is all that can be refunded.
    #[graphql(flatten)]
    terms: LineTermsInput,
}

/// An order to store.
#[derive(InputObject)]
#[graphql(name = "OrderInput")]
pub(super) struct OrderFields {
    /// The reference that the marketplace and the buyer know it by, 1 to 128 characters. A known one is updated.
    reference: String,
    /// The marketplace's own id of the seller, who must be stored already. An order stays with its seller.
    seller_external_id: String,
    /// The buyer's e-mail address. When it is given, a ticket's free text leads to this order only if the requester
    /// has the same address.
    buyer_email: Option<String>,
    /// What was paid in all; not negative.
    total: MoneyInput,
    /// When it was placed; after 1970.
    placed_at: DateTime<Utc>,
    /// When the marketplace's own record was made or last changed; null for now. What is older than what is known changes
    /// nothing.
    updated_at: Option<DateTime<Utc>>,
    /// How it was sold and paid; null for the usual.
    sale: Option<SaleInput>,
    /// What was bought: at most 200 lines. They replace those stored before.
    lines: Vec<OrderLineInput>,
}

/// Orders to store.
#[derive(InputObject)]
pub(super) struct OrdersUpsertInput {
    /// At most 500, each reference once.
    orders: Vec<OrderFields>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct OrdersUpsertPayload {
    /// The orders as they are stored now, in the order of the input; null when nothing was stored.
    orders: Option<Vec<OrderObject>>,
    /// What is wrong with the input; when there is anything, nothing was stored.
    user_errors: Vec<UserError>,
}

impl From<OrderFields> for OrderInput {
    fn from(order: OrderFields) -> Self {
        let line = |line: OrderLineInput| LineInput {
            external_id: line.external_id,
            title: line.title,
            sku: line.sku,
            category: line.category,
            quantity: line.quantity,
            unit_price: line.unit_price.into(),
            terms: line.terms.into(),
        };
        Self {
            reference: order.reference,
            seller_external_id: order.seller_external_id,
            buyer_email: order.buyer_email,
            total: order.total.into(),
            placed_at: order.placed_at,
            told_at: order.updated_at,
            sale: order.sale.map(Into::into).unwrap_or_default(),
            lines: order.lines.into_iter().map(line).collect(),
        }
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct OrderMutations;

#[Object]
impl OrderMutations {
    /// Stores sellers, or what changed about them: all of them, or none when one has a fault. For vendors and
    /// operators. Safe to repeat.
    async fn sellers_upsert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The sellers.")] input: SellersUpsertInput,
    ) -> Option<Result<SellersUpsertPayload>> {
        let run = async {
            let session = session(ctx)?;
            let draft = |seller: SellerInput| SellerDraft {
                external_id: seller.external_id,
                name: seller.name,
                email: seller.email,
                locale: seller.locale,
            };
            let drafts = input.sellers.into_iter().map(draft).collect();
            let (sellers, user_errors) = split(orders::upsert_sellers(session.cx(), session.actor(), drafts).await)?;
            Ok(SellersUpsertPayload { sellers: sellers.map(|all| all.into_iter().map(SellerObject).collect()), user_errors })
        };
        Some(run.await)
    }

    /// Stores orders with their lines, or what changed about them: all of them, or none when one has a fault. For
    /// vendors and operators. Safe to repeat.
    async fn orders_upsert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The orders.")] input: OrdersUpsertInput,
    ) -> Option<Result<OrdersUpsertPayload>> {
        let run = async {
            let session = session(ctx)?;
            let orders = input.orders.into_iter().map(Into::into).collect();
            let (stored, user_errors) = split(orders::upsert_orders(session.cx(), session.actor(), orders).await)?;
            Ok(OrdersUpsertPayload { orders: stored.map(|all| all.into_iter().map(OrderObject).collect()), user_errors })
        };
        Some(run.await)
    }
}
