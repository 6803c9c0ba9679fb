//! What buyers are told without having asked.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::cases::CaseObject;
use super::errors::{Result, UserError, split, store};
use super::orders::OrderObject;
use super::paging::{PageOf, Paging, connection};
use super::session::session;
use crate::domain::ids::NoticeId;
use crate::domain::notices::Notice;
use crate::store::NoticeFilter;
use crate::workflow::notices;

/// What happened to the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::notices::NoticeKind")]
enum NoticeKind {
    /// It was moved to a later day.
    Moved,
    /// It passed, and nothing was delivered.
    Passed,
}

/// The way that a notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::notices::NoticeWay")]
enum NoticeWay {
    /// Into the thread of the case that the buyer has about it.
    Case,
    /// As a ticket that the helpdesk opens to the buyer.
    Helpdesk,
    /// As an e-mail.
    Email,
    /// Nowhere; `withheld` says why.
    None,
}

/// Why a notice goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::notices::Withheld", name = "NoticeWithheld")]
enum Withheld {
    /// The buyer wants none.
    OptedOut,
    /// Nobody knows the buyer's address.
    NoAddress,
    /// There is neither a helpdesk nor a mail server.
    NoWay,
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::notices::NoticeState")]
enum NoticeState {
    /// It is on its way.
    Pending,
    /// It is where the buyer reads it, or with who carries it there.
    Delivered,
    /// It could not be brought there.
    Failed,
    /// Nobody can tell whether it arrived; a person must look.
    Uncertain,
    /// It was not sent; `withheld` says why.
    Withheld,
}

/// One notice about one order line.
pub(super) struct NoticeObject(Notice);

#[Object(name = "Notice")]
/// What a buyer was told, without having asked, about one line of an order. The lines of one parcel share a message.
impl NoticeObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> NoticeId {
        self.0.id
    }

    /// What happened to the promise.
    async fn kind(&self) -> NoticeKind {
        self.0.kind.into()
    }

    /// By when it is promised now, or was.
    async fn promised_at(&self) -> DateTime<Utc> {
        self.0.promised_at
    }

    /// The order; null when it is gone.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        let load = async { session(ctx)?.loaders().order(self.0.order).await };
        load.await.map(|found| found.map(OrderObject)).transpose()
    }

    /// The marketplace's id of the order line.
    async fn line_external_id(&self) -> &str {
        &self.0.line
    }

    /// When it was written.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The way that it goes.
    async fn way(&self) -> NoticeWay {
        self.0.way.into()
    }

    /// What became of it.
    async fn state(&self) -> NoticeState {
        self.0.state.into()
    }

    /// Why it was not sent; null when it was.
    async fn withheld(&self) -> Option<Withheld> {
        self.0.withheld.map(Into::into)
    }

    /// The case whose thread holds it; null when there is none, or not for this viewer.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        let id = self.0.case?;
        let load = async { session(ctx)?.loaders().case(id).await };
        load.await.map(|found| found.map(CaseObject)).transpose()
    }
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct NoticeQueries;

#[Object]
impl NoticeQueries {
    /// What buyers were told without having asked, the newest first: for the operator all, for a seller what concerns its
    /// orders, for others nothing.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About the order with this reference; null for all.")] order_reference: Option<String>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<NoticeObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let filter = NoticeFilter { order_reference };
        let page = session.cx().store.notices(session.scope(), &filter, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |notice| notice.id, NoticeObject))
    }
}

/// Whether a buyer wants to be told without having asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::workflow::notices::Wish", name = "NoticeWish")]
enum Wish {
    /// As the marketplace does it.
    Wanted,
    /// Not at all.
    Stopped,
}

/// What a buyer wants.
#[derive(InputObject)]
pub(super) struct BuyerNoticesSetInput {
    /// The buyer's e-mail address.
    buyer_email: String,
    /// Whether they want to be told without having asked.
    notices: Wish,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct BuyerNoticesSetPayload {
    /// What the buyer wants now; null when nothing was done.
    notices: Option<Wish>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct NoticeMutations;

#[Object]
impl NoticeMutations {
    /// Says whether a buyer wants to be told, without having asked, that an order comes late. The same choice as behind the
    /// link in each such e-mail. For vendors and operators. Safe to repeat.
    async fn buyer_notices_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the buyer wants.")] input: BuyerNoticesSetInput,
    ) -> Option<Result<BuyerNoticesSetPayload>> {
        let run = async {
            let session = session(ctx)?;
            let set = notices::set_wish(session.cx(), session.actor(), &input.buyer_email, input.notices.into()).await;
            let (wish, user_errors) = split(set)?;
            Ok(BuyerNoticesSetPayload { notices: wish.map(Into::into), user_errors })
        };
        Some(run.await)
    }
}
