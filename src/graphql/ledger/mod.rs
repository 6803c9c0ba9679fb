//! The books, as accountants and programs read them.

mod changes;
mod credits;
mod kinds;
mod loading;
mod rules;
mod statements;

use async_graphql::{Context, Enum, InputObject, Object, OneofObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::errors::{Result, bad_input, failure, store};
use super::orders::{OrderObject, SellerObject};
use super::paging::{PageOf, Paging, connection};
use super::scalars::MoneyObject;
use super::session::session;
use crate::domain::ids::{EntryId, OrderId, PostingId, PromoCodeId, RefundId, SellerId};
use crate::domain::ledger::{Account, Quarter};
use crate::store::{CreditFilter, EntryFilter, EntryRow, PostingRow};
use crate::workflow::ledger::{export, written_code};

pub(super) use changes::LedgerMutations;
pub(super) use credits::{PromoCodeObject, StoreCreditObject};
use credits::{PromoCodeState, StoreCreditState};
use kinds::{LedgerAccountKind, LedgerCause, LedgerEntryKind};
pub(super) use rules::{LedgerRules, LedgerRulesInput, ledger_rules};
pub(super) use statements::{StatementObject, StatementPeriodInput, balances_of, statement_of};

/// One line of what was booked.
pub(super) struct EntryObject(EntryRow);

#[Object(name = "LedgerEntry")]
/// One line of what was booked. Above zero the account gets it, below zero it gives it. Operators read all, a seller those on
/// its own account, nobody else any.
impl EntryObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> async_graphql::ID {
        self.0.id.to_string().into()
    }

    /// When it was booked.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Whose account.
    async fn account(&self) -> LedgerAccountKind {
        self.0.entry.account.into()
    }

    /// The seller whose account it is; null for other accounts.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let Account::Seller(seller) = self.0.entry.account else { return None };
        let load = async { session(ctx)?.loaders().seller(seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// What for.
    async fn kind(&self) -> LedgerEntryKind {
        self.0.entry.kind.into()
    }

    /// How much: above zero what the account gets, below zero what it gives.
    async fn amount(&self) -> MoneyObject {
        self.0.entry.amount.into()
    }

    /// The marketplace's id of the order line that it is about; null where it is about none.
    async fn order_line_external_id(&self) -> Option<String> {
        self.0.entry.line.as_ref().map(ToString::to_string)
    }

    /// What it is a line of.
    async fn posting(&self, ctx: &Context<'_>) -> Option<Result<PostingObject>> {
        let load = async { session(ctx)?.loaders().posting(self.0.posting).await };
        load.await.map(|found| found.map(PostingObject)).transpose()
    }
}

/// Something that was booked.
pub(super) struct PostingObject(pub(super) PostingRow);

#[Object(name = "LedgerPosting")]
/// Something that was booked, once, and is never changed: what was wrong is corrected by another posting that names it. All
/// entries together sum to zero in each currency. Operators read all, a seller those that touch its account.
impl PostingObject {
    /// The global id.
    pub(super) async fn id(&self) -> PostingId {
        self.0.id
    }

    /// When it was booked.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Why.
    async fn cause(&self) -> LedgerCause {
        (&self.0.cause).into()
    }

    /// The order that it is about; null where it is about none.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        let order: OrderId = self.0.order?;
        let load = async { session(ctx)?.loaders().order(order).await };
        load.await.map(|found| found.map(OrderObject)).transpose()
    }

    /// The refund that it is about; null where it is about none.
    async fn refund_id(&self) -> Option<RefundId> {
        self.0.refund
    }

    /// What it corrects; null when it corrects nothing.
    async fn corrects(&self, ctx: &Context<'_>) -> Option<Result<Self>> {
        let corrected = self.0.corrects?;
        let load = async { session(ctx)?.loaders().posting(corrected).await };
        load.await.map(|found| found.map(PostingObject)).transpose()
    }

    /// Why somebody corrected, in words; null otherwise. The seller reads it too.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Its lines: all of them for operators, for a seller those on its own account.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn entries(&self) -> Vec<EntryObject> {
        self.0.entries.iter().cloned().map(EntryObject).collect()
    }
}

/// Which entries to list.
#[derive(InputObject, Default)]
pub(super) struct LedgerEntryFilterInput {
    /// Those on the account of this seller.
    seller_id: Option<SellerId>,
    /// Those on accounts of this kind.
    account: Option<LedgerAccountKind>,
}

/// Which store credits to list.
#[derive(InputObject, Default)]
pub(super) struct StoreCreditFilterInput {
    /// Those of the buyer with this address.
    buyer_email: Option<String>,
    /// Those that stand so.
    state: Option<StoreCreditState>,
}

/// Which promo codes to list.
#[derive(InputObject, Default)]
pub(super) struct PromoCodeFilterInput {
    /// Those of the buyer with this address.
    buyer_email: Option<String>,
    /// Those that stand so.
    state: Option<PromoCodeState>,
}

/// A promo code by exactly one of its names.
#[derive(OneofObject)]
pub(super) enum PromoCodeByInput {
    /// Its global id.
    Id(PromoCodeId),
    /// As the buyer types it; capitals, spaces and hyphens do not matter.
    Code(String),
}

/// How a seller's quarter is written into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum QuarterExportFormat {
    /// What the quarter comes to, a line for each currency: comma-separated (RFC 4180), UTF-8.
    TotalsCsv,
    /// Everything that was booked on the seller's account, a line for each entry: comma-separated (RFC 4180), UTF-8.
    EntriesCsv,
    /// Both, as one JSON document.
    Json,
}

/// The address of a seller's quarter.
#[derive(SimpleObject)]
pub(super) struct QuarterExportLink {
    /// The address at which a browser gets it without a token.
    url: String,
    /// Until when it opens.
    expires_at: DateTime<Utc>,
}

fn wanted(buyer_email: Option<String>, state: Option<String>) -> CreditFilter {
    CreditFilter { buyer_email: buyer_email.map(|email| email.trim().to_lowercase()), state }
}

/// The queries of this room.
#[derive(Default)]
pub(super) struct LedgerQueries;

#[Object]
impl LedgerQueries {
    /// What was booked, entry by entry, the newest first: operators read all, a seller what is on its own account, everybody
    /// else nothing.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn ledger_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which; null for all.")] filter: Option<LedgerEntryFilterInput>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<EntryObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request::<EntryId>()?;
        let LedgerEntryFilterInput { seller_id, account } = filter.unwrap_or_default();
        let filter = EntryFilter { seller: seller_id, account: account.map(LedgerAccountKind::column) };
        let page = session.cx().store.ledger_entries(session.scope(), filter, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |entry| entry.id, EntryObject))
    }

    /// The store credits that the viewer knows, the newest first: operators and vendors all, a seller those that were given for
    /// its sales.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn store_credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which; null for all.")] filter: Option<StoreCreditFilterInput>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<StoreCreditObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let filter = filter.unwrap_or_default();
        credits::whole_filter(session.scope(), filter.buyer_email.is_some() || filter.state.is_some())?;
        let filter = wanted(filter.buyer_email, filter.state.map(StoreCreditState::column));
        let page = session.cx().store.store_credits(session.scope(), &filter, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |row| row.credit.id, StoreCreditObject))
    }

    /// The promo codes that the viewer knows, the newest first: operators and vendors all, a seller those that were given for
    /// its sales.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn promo_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which; null for all.")] filter: Option<PromoCodeFilterInput>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<PromoCodeObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let filter = filter.unwrap_or_default();
        credits::whole_filter(session.scope(), filter.buyer_email.is_some() || filter.state.is_some())?;
        let filter = wanted(filter.buyer_email, filter.state.map(PromoCodeState::column));
        let page = session.cx().store.promo_codes(session.scope(), &filter, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |row| row.code.id, PromoCodeObject))
    }

    /// One promo code by exactly one of its names. Null when there is none, or not for this viewer; sellers do not find it by
    /// its text.
    async fn promo_code(&self, ctx: &Context<'_>, #[graphql(desc = "Its name.")] by: PromoCodeByInput) -> Option<Result<PromoCodeObject>> {
        let find = async {
            let session = session(ctx)?;
            match by {
                PromoCodeByInput::Id(id) => session.loaders().promo_code(id).await,
                PromoCodeByInput::Code(typed) => {
                    let found = session.cx().store.promo_code_by_text(session.scope(), &written_code(&typed)).await;
                    found.map_err(|error| store(&error))
                }
            }
        };
        find.await.map(|found| found.map(PromoCodeObject)).transpose()
    }

    /// An address that opens for 15 minutes, at which what was booked for a seller in a quarter can be had as a file: for
    /// operators, and for the seller itself. Null for everybody else, and when there is no such seller. Quarters go by the
    /// marketplace's time zone.
    async fn quarter_export_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] seller_id: SellerId,
        #[graphql(desc = "The year, 1970 to 9999.")] year: i32,
        #[graphql(desc = "Its quarter, 1 to 4.")] quarter: u32,
        #[graphql(desc = "How it is written.")] format: QuarterExportFormat,
    ) -> Option<Result<QuarterExportLink>> {
        let make = async {
            let session = session(ctx)?;
            let quarter = Quarter::new(year, quarter).map_err(|error| bad_input(format!("{error}.")))?;
            let file = match format {
                QuarterExportFormat::TotalsCsv => "totals.csv",
                QuarterExportFormat::EntriesCsv => "entries.csv",
                QuarterExportFormat::Json => "quarter.json",
            };
            let link = export::link(session.cx(), session.scope(), seller_id, quarter, file).await;
            let link = link.map_err(|error| failure(&error))?;
            Ok(link.map(|link| QuarterExportLink { url: link.url, expires_at: link.expires_at }))
        };
        make.await.transpose()
    }
}
