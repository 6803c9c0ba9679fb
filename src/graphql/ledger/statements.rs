//! What sellers have coming, and their accounts over a time.

use async_graphql::{Context, Enum, InputObject, SimpleObject};
use chrono::{DateTime, Datelike, Utc};

use super::super::errors::{Result, bad_input, internal, store};
use super::super::scalars::{CurrencyCode, MoneyObject};
use super::super::session::session;
use crate::domain::ids::SellerId;
use crate::domain::ledger::Carry;
use crate::domain::money::Currency;

/// From when until when.
#[derive(InputObject)]
pub(in crate::graphql) struct StatementPeriodInput {
    /// The first moment of it; after 1970.
    from: DateTime<Utc>,
    /// The first moment after it.
    until: DateTime<Utc>,
}

/// What becomes of the end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum CarryState {
    /// Nothing is owed: so much can be paid out.
    Payable,
    /// The seller owes so much, because it was paid out before a refund came. It is set off against what it sells next.
    Owed,
    /// The same, and it is more than the charter lets stand: somebody should look at it.
    OwedBeyondLimit,
}

/// What of an account goes into the next period.
#[derive(SimpleObject)]
#[graphql(name = "StatementCarry")]
struct CarryObject {
    /// Whether it is to be paid out or owed.
    state: CarryState,
    /// How much; never below zero.
    amount: MoneyObject,
}

/// The account of a seller over a time, in one currency.
#[derive(SimpleObject)]
#[graphql(name = "SellerStatement")]
pub(in crate::graphql) struct StatementObject {
    /// The first moment of it.
    from: DateTime<Utc>,
    /// The first moment after it.
    until: DateTime<Utc>,
    /// What the seller had at the beginning; below zero what it owed.
    opening: MoneyObject,
    /// What came in.
    credits: MoneyObject,
    /// What went out, as an amount below zero.
    debits: MoneyObject,
    /// What it had at the end.
    closing: MoneyObject,
    /// What of that goes into the next period.
    carry: CarryObject,
}

impl From<Carry> for CarryObject {
    fn from(carry: Carry) -> Self {
        let (state, amount) = match carry {
            Carry::Payable(amount) => (CarryState::Payable, amount),
            Carry::Owed(amount) => (CarryState::Owed, amount),
            Carry::OwedBeyondLimit(amount) => (CarryState::OwedBeyondLimit, amount),
        };
        Self { state, amount: amount.into() }
    }
}

/// What a seller has coming, for those who may know.
pub(in crate::graphql) async fn balances_of(ctx: &Context<'_>, seller: SellerId) -> Result<Vec<MoneyObject>> {
    Ok(session(ctx)?.loaders().balances_of(seller).await?.into_iter().map(Into::into).collect())
}

/// The account of a seller over a time, for those who may know.
pub(in crate::graphql) async fn statement_of(
    ctx: &Context<'_>,
    seller: SellerId,
    period: StatementPeriodInput,
    currency: Option<CurrencyCode>,
) -> Result<Option<StatementObject>> {
    let session = session(ctx)?;
    let StatementPeriodInput { from, until } = period;
    let years = 1970..=9999;
    if until <= from || !years.contains(&from.year()) || !years.contains(&until.year()) {
        return Err(bad_input("A period ends after it begins, between the years 1970 and 9999."));
    }
    let marketplace = session.marketplace().await?;
    let currency = match currency {
        Some(code) => code.0.parse::<Currency>().map_err(|error| bad_input(format!("{error}.")))?,
        None => marketplace.currency,
    };
    let found = session.cx().store.seller_statement(session.scope(), seller, currency, &(from..until)).await;
    let Some(statement) = found.map_err(|error| store(&error))? else { return Ok(None) };
    let carry = marketplace.charter.ledger.carry(&statement).map_err(|error| internal(&error))?;
    Ok(Some(StatementObject {
        from,
        until,
        opening: statement.opening.into(),
        credits: statement.credits.into(),
        debits: statement.debits.into(),
        closing: statement.closing.into(),
        carry: carry.into(),
    }))
}
