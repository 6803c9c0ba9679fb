//! What sellers have coming, and their statements.

use std::ops::Range;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Func, Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, StatementBuilder};

use super::super::entity::{balances, entries};
use super::super::{Result, Store, StoreError};
use crate::domain::ids::SellerId;
use crate::domain::ledger::SellerStatement;
use crate::domain::money::{Currency, Money};
use crate::domain::parties::{Scope, View};

/// Whether a reader knows what a seller has coming.
fn knows(scope: Scope, seller: SellerId) -> bool {
    match scope.view {
        View::Whole => true,
        View::Seller(own) => own == seller,
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => false,
    }
}

fn wrong() -> StoreError {
    StoreError::Inconsistent { table: "balances", column: "minor" }
}

/// The sum of an expression, as the number that it is on both databases.
fn sum(of: SimpleExpr) -> SimpleExpr {
    whole(Func::sum(of).into())
}

fn whole(number: SimpleExpr) -> SimpleExpr {
    SimpleExpr::from(Func::coalesce([number, Expr::val(0_i64)])).cast_as(Alias::new("bigint"))
}

impl Store {
    /// What these sellers have coming by currency, of those of whom the reader knows it.
    pub async fn seller_balances(&self, scope: Scope, sellers: &[SellerId]) -> Result<Vec<(SellerId, Money)>> {
        let known: Vec<_> = sellers.iter().filter(|seller| knows(scope, **seller)).map(|seller| seller.uuid()).collect();
        if known.is_empty() {
            return Ok(Vec::new());
        }
        let find = balances::Entity::find()
            .filter(balances::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(balances::Column::SellerId.is_in(known))
            .order_by_asc(balances::Column::SellerId)
            .order_by_asc(balances::Column::Currency);
        let rows = find.all(&self.reads).await?.into_iter();
        rows.map(|row| {
            let currency = row.currency.parse().map_err(|_| StoreError::Inconsistent { table: "balances", column: "currency" })?;
            Ok((SellerId::from_uuid(row.seller_id), Money { minor: row.minor, currency }))
        })
        .collect()
    }

    /// The account of a seller over a time; none for readers who do not know it.
    ///
    /// It goes back from what the seller has coming now, so it reads what was booked since the beginning of the time, and
    /// nothing from before it. One statement, so that both are of the same moment.
    pub async fn seller_statement(
        &self,
        scope: Scope,
        seller: SellerId,
        currency: Currency,
        time: &Range<DateTime<Utc>>,
    ) -> Result<Option<SellerStatement>> {
        use entries::Column::{AccountId, At, Currency as Code, MarketplaceId, Minor};
        if !knows(scope, seller) {
            return Ok(None);
        }
        let balance = Query::select()
            .column(balances::Column::Minor)
            .from(balances::Entity)
            .and_where(balances::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .and_where(balances::Column::SellerId.eq(seller.uuid()))
            .and_where(balances::Column::Currency.eq(currency.code()))
            .take();
        let where_is = |condition: SimpleExpr| -> SimpleExpr {
            CaseStatement::new().case(condition, Expr::col(Minor)).finally(Expr::val(0_i64)).into()
        };
        let within = || Expr::col(At).lt(time.end);
        let select = Query::select()
            .expr_as(whole(Expr::SubQuery(None, Box::new(balance.into()))), "balance")
            .expr_as(sum(where_is(within().and(Expr::col(Minor).gt(0)))), "credits")
            .expr_as(sum(where_is(within().and(Expr::col(Minor).lt(0)))), "debits")
            .expr_as(sum(where_is(Expr::col(At).gte(time.end))), "later")
            .from(entries::Entity)
            .and_where(MarketplaceId.eq(scope.marketplace.uuid()))
            .and_where(AccountId.eq(seller.uuid()))
            .and_where(Code.eq(currency.code()))
            .and_where(At.gte(time.start))
            .take();
        let statement = StatementBuilder::build(&select, &self.reads.get_database_backend());
        let row = self.reads.query_one_raw(statement).await?.ok_or_else(wrong)?;
        let read = |name: &str| Ok::<_, StoreError>(Money { minor: row.try_get("", name)?, currency });
        let (balance, credits, debits, later) = (read("balance")?, read("credits")?, read("debits")?, read("later")?);
        let closing = balance.minus(later).map_err(|_| wrong())?;
        let opening = credits.plus(debits).and_then(|moved| closing.minus(moved)).map_err(|_| wrong())?;
        Ok(Some(SellerStatement { opening, credits, debits, closing }))
    }
}
