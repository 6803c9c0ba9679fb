//! Amounts in minor units, with their currency; no floating point anywhere near.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

mod arithmetic;
mod exchange;
mod points;
mod providers;
mod shares;

pub use exchange::ExchangeRate;
pub use points::BasisPoints;
pub use providers::{PaymentProvider, ProviderAmount};
pub use shares::Portion;

/// An ISO 4217 currency, e.g. `EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// How many decimal places its amounts have (ISO 4217): 2 for EUR, 0 for JPY, 3 for TND.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code)
            .map(Self)
            .ok_or_else(|| MoneyError::UnknownCurrency { given: code.chars().take(8).collect() })
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// Why a text is not an amount or a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not in ISO 4217.
    #[error("`{given}` is not an ISO 4217 currency code, such as EUR")]
    UnknownCurrency {
        /// What was given, cut to eight characters.
        given: String,
    },
    /// Not a plain decimal number.
    #[error("`{given}` is not a decimal amount, such as 12.50")]
    NotAnAmount {
        /// What was given, cut to 32 characters.
        given: String,
    },
    /// More decimal places than the currency has.
    #[error("{currency} amounts have {exponent} decimal places at most")]
    TooPrecise {
        /// The currency.
        currency: Currency,
        /// How many places it has.
        exponent: u32,
    },
    /// Larger than 64-bit minor units.
    #[error("the amount is too large")]
    TooLarge,
    /// Amounts of two currencies in one sum.
    #[error("amounts of {left} and {right} cannot be reckoned together")]
    CurrenciesDiffer {
        /// The one.
        left: Currency,
        /// The other.
        right: Currency,
    },
    /// More than the whole.
    #[error("{given} basis points are more than the whole, which has 10000")]
    MoreThanWhole {
        /// What was given.
        given: u16,
    },
    /// No weight, or only weights of zero.
    #[error("there is nothing to share the amount by")]
    NothingToShareBy,
    /// Not a rate between two currencies.
    #[error("a rate is a positive decimal number with at most 14 digits, 12 of them after the point, between two currencies")]
    NotARate,
    /// The payment provider cannot express it.
    #[error("{provider} cannot move {amount}: its smallest step there is {step} of its units")]
    NotRepresentable {
        /// Which provider.
        provider: PaymentProvider,
        /// The amount.
        amount: Money,
        /// Its smallest step, in its own units.
        step: i64,
    },
}

/// An exact amount: `minor` units of `currency` (cents of EUR, whole JPY).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How many of the currency's smallest units.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// Reads `12.5` or `12.50` as 1250 minor units of EUR; refuses `12.505`.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not_an_amount = || MoneyError::NotAnAmount { given: amount.chars().take(32).collect() };
        if amount.len() > 32 || amount.contains(['_', 'e', 'E', '+']) {
            return Err(not_an_amount());
        }
        let decimal = Decimal::from_str_exact(amount).map_err(|_| not_an_amount())?;
        let exponent = currency.exponent();
        let scaled = decimal.checked_mul(Decimal::from(10_u64.pow(exponent))).ok_or(MoneyError::TooLarge)?.normalize();
        if scaled.scale() > 0 {
            return Err(MoneyError::TooPrecise { currency, exponent });
        }
        i64::try_from(scaled.mantissa()).map(|minor| Self { minor, currency }).map_err(|_| MoneyError::TooLarge)
    }

    /// The amount in major units, with the currency's own number of decimal places: `12.50`.
    pub fn amount(self) -> String {
        Decimal::from_i128_with_scale(i128::from(self.minor), self.currency.exponent()).to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_follow_the_currency() {
        for (code, text, minor, printed) in [
            ("EUR", "12.5", 1250, "12.50"),
            ("EUR", "-0.01", -1, "-0.01"),
            ("EUR", "0", 0, "0.00"),
            ("JPY", "1200", 1200, "1200"),
            ("TND", "1.234", 1234, "1.234"),
        ] {
            let money = Money::parse(text, currency(code)).unwrap();
            assert_eq!((money.minor, money.amount().as_str()), (minor, printed), "{code} {text}");
        }
        for (code, text) in [
            ("EUR", "12.505"),
            ("JPY", "1.5"),
            ("EUR", "1e3"),
            ("EUR", "1_000"),
            ("EUR", ""),
            ("EUR", "12,50"),
            ("EUR", "NaN"),
            ("EUR", "99999999999999999999"),
        ] {
            assert!(Money::parse(text, currency(code)).is_err(), "{code} {text}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree(minor in any::<i64>(), code in prop::sample::select(vec!["EUR", "JPY", "TND", "USD"])) {
            let money = Money { minor, currency: currency(code) };
            prop_assert_eq!(Money::parse(&money.amount(), money.currency), Ok(money));
        }
    }
}
