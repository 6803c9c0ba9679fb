//! Scalars of our own, and money.

use async_graphql::{InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};

use crate::domain::money::Money;
use crate::workflow::orders::AmountInput;

/// An exact decimal number, sent as a string: `"12.50"`. Never a float.
#[derive(Debug, Clone)]
pub(super) struct Decimal(pub(super) String);

#[Scalar(name = "Decimal", specified_by_url = "https://speleotrove.com/decimal/daconvs.html")]
/// An exact decimal number, sent as a string: `"12.50"`. Never a float.
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            // A number literal would have passed through a float somewhere.
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A three-letter ISO 4217 code: `EUR`. A scalar and not an enum, as the list is not ours to close.
#[derive(Debug, Clone)]
pub(super) struct CurrencyCode(pub(super) String);

#[Scalar(name = "CurrencyCode", specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
/// A three-letter ISO 4217 code: `EUR`. A scalar and not an enum, as the list is not ours to close.
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// An exact amount of money.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "Money")]
pub(super) struct MoneyObject {
    /// The amount in major units, with as many decimal places as the currency has: `"12.50"` EUR, `"1200"` JPY.
    amount: Decimal,
    /// The currency.
    currency_code: CurrencyCode,
}

impl From<Money> for MoneyObject {
    fn from(money: Money) -> Self {
        Self { amount: Decimal(money.amount()), currency_code: CurrencyCode(money.currency.code().to_owned()) }
    }
}

/// An exact amount of money.
#[derive(Debug, Clone, InputObject)]
pub(super) struct MoneyInput {
    /// The amount in major units, with at most as many decimal places as the currency has: `"12.50"`.
    pub(super) amount: Decimal,
    /// The currency, a three-letter ISO 4217 code.
    pub(super) currency_code: CurrencyCode,
}

impl From<MoneyInput> for AmountInput {
    fn from(money: MoneyInput) -> Self {
        Self { amount: money.amount.0, currency_code: money.currency_code.0 }
    }
}
