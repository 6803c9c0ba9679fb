//! Products that come back too often.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::cases::CaseObject;
use super::errors::{Result, UserError, split, store};
use super::orders::SellerObject;
use super::paging::{PageOf, Paging, connection};
use super::returns::enums::ReturnReasonKind;
use super::session::session;
use crate::domain::defects::{self, DefectFound};
use crate::domain::ids::{DefectId, OrderId};
use crate::domain::parties::View;
use crate::workflow::defects::reach_out;

/// What a product was held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "defects::HeldAgainst")]
enum DefectHeldAgainst {
    /// The others of its category.
    Category,
    /// All others of the marketplace whose category is not known either.
    Marketplace,
}

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "defects::DefectState")]
enum DefectStatus {
    /// It is so.
    Open,
    /// It is so no longer.
    Over,
}

/// A product that comes back too often.
pub(super) struct DefectObject(DefectFound);

#[Object(name = "Defect")]
/// A product that comes back for a reason more often than the others do, and more often than chance explains: the least that its
/// true share may be, in 95 of 100 cases, is above the share of the others. Found at night. Known to the operator and its seller.
impl DefectObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> DefectId {
        self.0.id
    }

    /// Whose product; null when the seller is gone.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.0.defect.product.seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// Its stock-keeping unit.
    async fn sku(&self) -> &str {
        &self.0.defect.product.product
    }

    /// For which reason it comes back.
    async fn reason(&self) -> ReturnReasonKind {
        self.0.defect.reason.into()
    }

    /// Of how many purchases in the window something came back for it. A purchase is an order line, however many pieces it has.
    async fn returned(&self) -> u64 {
        self.0.defect.returned.hits
    }

    /// How many purchases there were in the window.
    async fn sold(&self) -> u64 {
        self.0.defect.returned.of
    }

    /// The share that came back, in per cent.
    async fn percent(&self) -> Option<f64> {
        self.0.defect.returned.percent()
    }

    /// The least that the true share may be, in 95 of 100 cases, in per cent.
    async fn low(&self) -> f64 {
        100.0 * self.0.defect.interval.low
    }

    /// The most that it may be.
    async fn high(&self) -> f64 {
        100.0 * self.0.defect.interval.high
    }

    /// The share of the others, in per cent; null for a seller when the others are of fewer than five sellers, whose numbers it would
    /// learn.
    async fn others_percent(&self, ctx: &Context<'_>) -> Option<Result<f64>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) if session.scope().view == View::Whole => self.0.defect.category.percent().map(Ok),
            Ok(_) => self.0.defect.others_for_seller().map(Ok),
        }
    }

    /// What it was held against.
    async fn against(&self) -> DefectHeldAgainst {
        self.0.against.into()
    }

    /// Its category; null when nobody told.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// At the end of which day it was found last.
    async fn on(&self) -> NaiveDate {
        self.0.on
    }

    /// Where it stands.
    async fn status(&self) -> DefectStatus {
        self.0.state.into()
    }

    /// When it was found first.
    async fn found_at(&self) -> DateTime<Utc> {
        self.0.found_at
    }

    /// The case in whose private thread of operator and seller the seller was told; null when it was not.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        let id = self.0.case?;
        let load = async { session(ctx)?.loaders().case(id).await };
        load.await.map(|found| found.map(CaseObject)).transpose()
    }
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct DefectQueries;

#[Object]
impl DefectQueries {
    /// Products that come back too often, the newest finding first: for the operator all, for a seller its own, for others nothing.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn defects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<DefectObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let page = session.cx().store.defects(session.scope(), &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |defect| defect.id, DefectObject))
    }
}

/// Words for the buyers of a product.
#[derive(InputObject)]
pub(super) struct DefectOutreachInput {
    /// Which product.
    defect_id: DefectId,
    /// What each of them is written, 1 to 4,000 characters. Their sellers read it too.
    text: String,
    /// Where the call before ended: its `nextOrderId`; null to begin.
    after_order_id: Option<OrderId>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct DefectOutreachPayload {
    /// The defect; null when nothing was done.
    defect: Option<DefectObject>,
    /// How many buyers were written to now.
    written: i32,
    /// How many orders were left out, as they have no buyer's address, or there is neither a helpdesk nor a mail server to write by.
    unreachable: i32,
    /// There are more orders: call again with this as `afterOrderId`; null when all were looked at.
    next_order_id: Option<OrderId>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct DefectMutations;

#[Object]
impl DefectMutations {
    /// Writes to the buyers who bought a defective product within the window, each once however often it is called: in the newest case
    /// about their order that is not closed, or in a new one. The words go into the ticket of that case; without one the helpdesk opens
    /// a ticket with them, and without a helpdesk they go by e-mail. For people of the operator. Looks at 50 orders in one call.
    async fn defect_outreach(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which product, and in what words.")] input: DefectOutreachInput,
    ) -> Option<Result<DefectOutreachPayload>> {
        let run = async {
            let session = session(ctx)?;
            let DefectOutreachInput { defect_id, text, after_order_id } = input;
            let done = Box::pin(reach_out(session.cx(), session.actor(), defect_id, &text, after_order_id)).await;
            let (done, user_errors) = split(done)?;
            let (written, unreachable, next_order_id) =
                done.as_ref().map_or((0, 0, None), |done| (done.written, done.unreachable, done.next));
            let defect = done.map(|done| DefectObject(done.defect));
            Ok(DefectOutreachPayload { defect, written, unreachable, next_order_id, user_errors })
        };
        Some(run.await)
    }
}
