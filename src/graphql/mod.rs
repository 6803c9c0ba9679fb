//! The door of programs and pages: one schema for every role; the token decides what exists.
//!
//! A resolver reads through the session's loaders or calls one workflow function; it decides nothing.

mod admission;
mod cases;
pub mod code;
mod endpoints;
mod enums;
mod errors;
pub mod limits;
mod loaders;
mod mails;
mod node;
mod orders;
mod paging;
mod rounds;
mod scalars;
mod session;
mod subscriptions;
mod tenants;
mod threads;
mod timeline;

use async_graphql::{Context, MergedObject, Object, SDLExportOptions, Schema};

use cases::{CaseByInput, CaseFilterInput, CaseMutations, CaseObject, CaseOrder};
use endpoints::{EndpointMutations, EndpointQueries};
use errors::Result;
use mails::{MailMutations, MailQueries};
use node::Node;
use orders::{OrderByInput, OrderMutations, OrderObject, SellerByInput, SellerObject};
use paging::{PageOf, Paging, connection};
pub use session::Session;
use session::session;
pub use subscriptions::SubscriptionRoot;
use tenants::{MarketplaceObject, Viewer};
use threads::ThreadMutations;

/// The schema.
pub type TrilogueSchema = Schema<QueryRoot, MutationRoot, SubscriptionRoot>;

/// How deep a query may nest; GraphiQL's own introspection needs about fifteen.
const DEPTH: usize = 20;
/// How much a query may cost: one per field, times the size of the lists around it.
const COMPLEXITY: usize = 50_000;

/// The schema. Its doors run it in [`limits::Limited`], and without extensions: with any, the engine takes a slower way
/// through every field.
pub fn schema() -> TrilogueSchema {
    Schema::build(QueryRoot::default(), MutationRoot::default(), SubscriptionRoot).limit_depth(DEPTH).limit_complexity(COMPLEXITY).finish()
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
pub struct QueryRoot(HouseQueries, EndpointQueries, MailQueries);

/// What everybody looks for first.
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
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let order = crate::store::CaseOrder::from(order_by);
        let page = session.cx().store.cases(session.scope(), &filter.unwrap_or_default().into(), order, &request).await;
        let page = page.map_err(|error| errors::store(&error))?;
        Ok(connection(page, |case| order.key(session.scope(), case), CaseObject))
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
pub struct MutationRoot(OrderMutations, CaseMutations, ThreadMutations, EndpointMutations, MailMutations);
