//! The tripwire: everything that must be equal is added up anew and compared. It reads all that was ever booked in a
//! marketplace, so it is for whoever asks, and no request waits for it.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, StatementBuilder};
use uuid::Uuid;

use super::super::entity::{balances, entries, postings, promo_codes, store_credits};
use super::super::{Result, Store};
use crate::domain::ids::MarketplaceId;

/// At most so many faults of each kind are told.
const MOST: u64 = 10;

/// Something in the books that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    /// The entries of a posting do not sum to zero in a currency.
    #[error("the posting {posting} does not sum to zero")]
    Unbalanced {
        /// Which.
        posting: Uuid,
    },
    /// All entries of the marketplace do not.
    #[error("all entries in {currency} together do not sum to zero")]
    DoesNotSum {
        /// In which currency.
        currency: String,
    },
    /// A posting without entries.
    #[error("the posting {posting} has no entries")]
    Empty {
        /// Which.
        posting: Uuid,
    },
    /// Something stands where nothing may be booked.
    #[error("the posting {posting} touches the rounding account")]
    Tripwire {
        /// Which.
        posting: Uuid,
    },
    /// What is kept as a seller's balance is not the sum of its entries.
    #[error("the balance of the seller {seller} is not the sum of its entries")]
    Balance {
        /// Which.
        seller: Uuid,
    },
    /// What is kept as the rest of a store credit or promo code is not what its account says.
    #[error("the rest of the credit or code {credit} is not what is booked on its account")]
    Rest {
        /// Which.
        credit: Uuid,
    },
}

fn column(column: entries::Column) -> SimpleExpr {
    Expr::col((entries::Entity, column))
}

fn sum() -> SimpleExpr {
    let sum = SimpleExpr::from(Func::sum(column(entries::Column::Minor)));
    SimpleExpr::from(Func::coalesce([sum, Expr::val(0_i64)]))
}

/// Entries of a marketplace.
fn of(marketplace: MarketplaceId) -> SelectStatement {
    Query::select().from(entries::Entity).and_where(column(entries::Column::MarketplaceId).eq(marketplace.uuid())).take()
}

/// What is booked on the account of each row of another table.
fn booked(marketplace: MarketplaceId, owner: SimpleExpr, currency: SimpleExpr) -> SimpleExpr {
    let mut select = of(marketplace);
    select.expr(sum()).and_where(column(entries::Column::AccountId).eq(owner)).and_where(column(entries::Column::Currency).eq(currency));
    Expr::SubQuery(None, Box::new(select.into()))
}

impl Store {
    /// What is wrong with the books of a marketplace; nothing, as long as no program has a fault and nobody has touched the
    /// tables.
    pub async fn audit_ledger(&self, marketplace: MarketplaceId) -> Result<Vec<LedgerFault>> {
        use entries::Column::{Account, AccountId, Currency, PostingId};
        let mut faults = Vec::new();
        let mut unbalanced = of(marketplace);
        unbalanced.column((entries::Entity, PostingId)).group_by_columns([PostingId, Currency]).and_having(sum().ne(0_i64));
        faults.extend(self.found::<Uuid>(unbalanced).await?.into_iter().map(|posting| LedgerFault::Unbalanced { posting }));

        let mut totals = of(marketplace);
        totals.column((entries::Entity, Currency)).group_by_col(Currency).and_having(sum().ne(0_i64));
        faults.extend(self.found::<String>(totals).await?.into_iter().map(|currency| LedgerFault::DoesNotSum { currency }));

        let mut touched = of(marketplace);
        touched.column((entries::Entity, PostingId)).and_where(column(Account).eq("ROUNDING"));
        faults.extend(self.found::<Uuid>(touched).await?.into_iter().map(|posting| LedgerFault::Tripwire { posting }));

        let mut own = of(marketplace);
        own.expr(Expr::val(1)).and_where(column(PostingId).eq(Expr::col((postings::Entity, postings::Column::Id))));
        let empty = Query::select()
            .column((postings::Entity, postings::Column::Id))
            .from(postings::Entity)
            .and_where(postings::Column::MarketplaceId.eq(marketplace.uuid()))
            .and_where(Expr::exists(own).not())
            .take();
        faults.extend(self.found::<Uuid>(empty).await?.into_iter().map(|posting| LedgerFault::Empty { posting }));

        let kept = |column: balances::Column| Expr::col((balances::Entity, column));
        let differ = Query::select()
            .column((balances::Entity, balances::Column::SellerId))
            .from(balances::Entity)
            .and_where(balances::Column::MarketplaceId.eq(marketplace.uuid()))
            .and_where(kept(balances::Column::Minor).ne(booked(
                marketplace,
                kept(balances::Column::SellerId),
                kept(balances::Column::Currency),
            )))
            .take();
        let there = Query::select()
            .expr(Expr::val(1))
            .from(balances::Entity)
            .and_where(balances::Column::MarketplaceId.eq(marketplace.uuid()))
            .and_where(kept(balances::Column::SellerId).eq(column(AccountId)))
            .and_where(kept(balances::Column::Currency).eq(column(Currency)))
            .take();
        let mut missing = of(marketplace);
        missing
            .distinct()
            .column((entries::Entity, AccountId))
            .and_where(column(Account).eq("SELLER"))
            .and_where(Expr::exists(there).not());
        for select in [differ, missing] {
            faults.extend(self.found::<Uuid>(select).await?.into_iter().map(|seller| LedgerFault::Balance { seller }));
        }
        for (table, tenant) in [
            ("store_credits", store_credits::Column::MarketplaceId.eq(marketplace.uuid())),
            ("promo_codes", promo_codes::Column::MarketplaceId.eq(marketplace.uuid())),
        ] {
            let kept = |column: &'static str| Expr::col((Alias::new(table), Alias::new(column)));
            let differ = Query::select()
                .expr_as(kept("id"), "found")
                .from(Alias::new(table))
                .and_where(tenant)
                .and_where(kept("remaining_minor").ne(booked(marketplace, kept("id"), kept("currency"))))
                .take();
            faults.extend(self.found::<Uuid>(differ).await?.into_iter().map(|credit| LedgerFault::Rest { credit }));
        }
        Ok(faults)
    }

    async fn found<T: sea_orm::TryGetable>(&self, mut select: SelectStatement) -> Result<Vec<T>> {
        let statement = StatementBuilder::build(select.limit(MOST), &self.reads.get_database_backend());
        let rows = self.reads.query_all_raw(statement).await?;
        Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
    }
}
