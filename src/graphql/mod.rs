//! The door of programs and pages: one schema for every role; the token decides what exists.
//!
//! A resolver reads through the session's loaders or calls one workflow function; it decides nothing.

mod admission;
mod articles;
mod attachments;
mod buyers;
mod case_changes;
mod case_filter;
mod cases;
mod charter;
mod charter_enums;
pub mod code;
mod deadlines;
mod defects;
mod disputes;
mod endpoints;
mod enums;
mod errors;
mod export;
mod ledger;
pub mod limits;
mod loaders;
mod mails;
mod masking;
mod measures;
mod mediators;
mod mentions;
mod node;
mod notices;
mod orders;
mod paging;
mod payments;
mod pool;
mod presence;
mod purchases;
mod ratings;
mod refunds;
mod returns;
mod rounds;
mod sanctions;
mod saved_searches;
mod scalars;
mod scorecards;
mod search;
mod sentiment;
mod session;
mod shipments;
mod standing;
mod subscriptions;
mod templates;
mod tenants;
mod threads;
mod timeline;
mod triage;
mod withdrawals;

use async_graphql::{Context, MergedObject, MergedSubscription, Object, SDLExportOptions, Schema};

use case_changes::CaseMutations;
use case_filter::{CaseFilterInput, CaseOrder};
use cases::{CaseByInput, CaseObject};
use charter::CharterMutations;
use endpoints::{EndpointMutations, EndpointQueries};
use errors::Result;
use export::{CaseExportLink, ExportFormat};
use mails::{MailMutations, MailQueries};
use masking::MaskingQueries;
use node::Node;
use orders::{OrderByInput, OrderMutations, OrderObject, SellerByInput, SellerObject};
use paging::{PageOf, Paging};
use pool::{PoolMutations, PoolQueries};
pub use session::Session;
use session::session;
use templates::{TemplateMutations, TemplateQueries};
use tenants::{MarketplaceObject, Viewer};
use threads::ThreadMutations;

use crate::domain::ids::CaseId;

/// The subscriptions.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct SubscriptionRoot(subscriptions::TimelineSubscriptions, presence::PresenceSubscriptions);

/// The schema.
pub type TrilogueSchema = Schema<QueryRoot, MutationRoot, SubscriptionRoot>;

/// How deep a query may nest; GraphiQL's own introspection needs about fifteen.
const DEPTH: usize = 20;
/// How much a query may cost: one per field, times the size of the lists around it.
const COMPLEXITY: usize = 50_000;

/// The schema. Its doors run it in [`limits::Limited`], and without extensions: with any, the engine takes a slower way
/// through every field.
pub fn schema() -> TrilogueSchema {
    let (query, mutation, subscription) = (QueryRoot::default(), MutationRoot::default(), SubscriptionRoot::default());
    Schema::build(query, mutation, subscription).limit_depth(DEPTH).limit_complexity(COMPLEXITY).finish()
}

/// The schema in the schema definition language, as `schema.graphql` keeps it.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .prefer_single_line_descriptions()
        .use_space_ident();
    let sdl = schema().sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}

/// What a page of this size multiplies the cost of its items with.
fn page_cost(first: Option<i32>, last: Option<i32>) -> usize {
    usize::try_from(first.or(last).unwrap_or(paging::MOST / 5).clamp(1, paging::MOST)).unwrap_or(1)
}

/// The queries.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct QueryRoot(
    HouseQueries,
    MaskingQueries,
    TemplateQueries,
    EndpointQueries,
    MailQueries,
    PoolQueries,
    mentions::MentionQueries,
    notices::NoticeQueries,
    ratings::RatingQueries,
    defects::DefectQueries,
    sanctions::SanctionQueries,
    sanctions::ProposalQueries,
    scorecards::ScorecardQueries,
    standing::StandingQueries,
    refunds::RefundQueries,
    refunds::RefundPreviewQueries,
    articles::ArticleQueries,
    disputes::DisputeQueries,
    ledger::LedgerQueries,
    returns::ReturnQueries,
    withdrawals::WithdrawalQueries,
    measures::MeasureQueries,
);

/// The queries of what every case stands on.
#[derive(Default)]
struct HouseQueries;

#[Object]
impl HouseQueries {
    /// Who is asking.
    #[expect(clippy::unused_async, reason = "a resolver is async by contract")]
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        Ok(Viewer(session(ctx)?.actor().clone()))
    }

    /// The viewer's marketplace.
    async fn marketplace(&self, ctx: &Context<'_>) -> Result<MarketplaceObject> {
        session(ctx)?.marketplace().await.map(MarketplaceObject)
    }

    /// Any object by its global id. Null when there is none, or not for this viewer.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The global id.")] id: async_graphql::ID) -> Option<Result<Node>> {
        let find = async { node::find(session(ctx)?, &id).await };
        find.await.transpose()
    }

    /// One case by exactly one of its names. Null when there is none, or not for this viewer.
    async fn case(&self, ctx: &Context<'_>, #[graphql(desc = "Its name.")] by: CaseByInput) -> Option<Result<CaseObject>> {
        let find = async { cases::find(session(ctx)?, by).await };
        find.await.transpose()
    }

    /// An address that opens for 15 minutes, at which all that the viewer may see of a case can be had as one file. Null when
    /// there is no such case, or not for this viewer.
    async fn case_export_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] case_id: CaseId,
        #[graphql(desc = "How it is written.")] format: ExportFormat,
    ) -> Option<Result<CaseExportLink>> {
        let make = async { export::link(session(ctx)?, case_id, format).await };
        make.await.transpose()
    }

    /// The cases that the viewer knows: the operator and the vendor all, a seller its own.
    #[graphql(complexity = "page_cost(first, last) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "the arguments are the schema's")]
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which; null for all.")] filter: Option<CaseFilterInput>,
        #[graphql(desc = "In which order.", default_with = "CaseOrder::UpdatedDesc")] order_by: CaseOrder,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<CaseObject>> {
        case_filter::list(session(ctx)?, &filter.unwrap_or_default().into(), order_by.into(), Paging { first, after, last, before }).await
    }

    /// Cases and messages that the viewer may see, by their words, the newest first. Words are joined by "and";
    /// `"several in quotes"` follow each other, and `-one` must not be there. Neither accents nor capitals matter, and the
    /// last word may be begun only. There is no count of what was found.
    #[graphql(complexity = "page_cost(first, None) * child_complexity + 1")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for, 2 to 200 characters.")] query: String,
        #[graphql(desc = "Where; null for everywhere.")] filter: Option<search::SearchFilterInput>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<PageOf<search::SearchHit>> {
        search::search(session(ctx)?, &query, filter, first, after).await
    }

    /// The searches that the viewer keeps; for operators, those that operators share too. The oldest first.
    async fn saved_searches(&self, ctx: &Context<'_>) -> Result<Vec<saved_searches::SavedSearchObject>> {
        saved_searches::all(session(ctx)?).await
    }

    /// One order by exactly one of its names. Null when there is none, or not for this viewer.
    async fn order(&self, ctx: &Context<'_>, #[graphql(desc = "Its name.")] by: OrderByInput) -> Option<Result<OrderObject>> {
        let find = async {
            let session = session(ctx)?;
            Ok(match by {
                OrderByInput::Id(id) => session.loaders().order(id).await?,
                OrderByInput::Reference(reference) => {
                    let found = session.cx().store.orders_by_reference(session.scope(), &[reference]).await;
                    found.map_err(|error| errors::store(&error))?.pop()
                }
            })
        };
        find.await.map(|found: Option<_>| found.map(OrderObject)).transpose()
    }

    /// One seller by exactly one of its names. Null when there is none, or not for this viewer.
    async fn seller(&self, ctx: &Context<'_>, #[graphql(desc = "Its name.")] by: SellerByInput) -> Option<Result<SellerObject>> {
        let find = async {
            let session = session(ctx)?;
            Ok(match by {
                SellerByInput::Id(id) => session.loaders().seller(id).await?,
                SellerByInput::ExternalId(external_id) => {
                    let found = session.cx().store.sellers_by_external_id(session.scope(), &[external_id]).await;
                    found.map_err(|error| errors::store(&error))?.pop()
                }
            })
        };
        find.await.map(|found: Option<_>| found.map(SellerObject)).transpose()
    }
}

/// The mutations: object first, then the verb that people use.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct MutationRoot(
    OrderMutations,
    buyers::BuyerMutations,
    CaseMutations,
    ThreadMutations,
    CharterMutations,
    TemplateMutations,
    defects::DefectMutations,
    sanctions::SanctionMutations,
    sanctions::ProposalMutations,
    scorecards::ScorecardMutations,
    standing::StandingMutations,
    saved_searches::SavedSearchMutations,
    presence::PresenceMutations,
    EndpointMutations,
    MailMutations,
    mediators::MediatorMutations,
    mentions::MentionMutations,
    ratings::RatingMutations,
    PoolMutations,
    shipments::ShipmentMutations,
    notices::NoticeMutations,
    payments::PaymentMutations,
    articles::ArticleMutations,
    disputes::DisputeMutations,
    refunds::RefundMutations,
    ledger::LedgerMutations,
    returns::ReturnMutations,
    withdrawals::WithdrawalMutations,
    measures::MeasureMutations,
);
