//! Rates between two currencies, exact as they were agreed.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::shares::rounded;
use super::{Currency, Money, MoneyError};

/// What one unit of a currency was worth in another at the time of a sale: 1 USD = 0.92 EUR.
///
/// A refund uses the rate of the sale, so that a seller gives back what it got, whatever the markets did since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RateForm", into = "RateForm")]
pub struct ExchangeRate {
    from: Currency,
    to: Currency,
    /// The digits of the rate without the point.
    mantissa: i64,
    /// How many of them stand after the point.
    scale: u32,
}

/// A rate as it is written.
#[derive(Serialize, Deserialize)]
struct RateForm {
    from: Currency,
    to: Currency,
    rate: String,
}

/// The most digits, so that the product with any amount is exact in 128 bits.
const MOST_MANTISSA: i64 = 10_i64.pow(14);
const MOST_SCALE: u32 = 12;

impl ExchangeRate {
    /// Reads `0.92` as what one `from` is worth in `to`.
    pub fn parse(from: Currency, to: Currency, rate: &str) -> Result<Self, MoneyError> {
        let not_a_rate = |_| MoneyError::NotARate;
        if from == to || rate.len() > 32 {
            return Err(MoneyError::NotARate);
        }
        let decimal = Decimal::from_str_exact(rate).map_err(|_| MoneyError::NotARate)?.normalize();
        let mantissa = i64::try_from(decimal.mantissa()).map_err(not_a_rate)?;
        if mantissa <= 0 || mantissa >= MOST_MANTISSA || decimal.scale() > MOST_SCALE {
            return Err(MoneyError::NotARate);
        }
        Ok(Self { from, to, mantissa, scale: decimal.scale() })
    }

    /// The currency that is given.
    pub const fn from(self) -> Currency {
        self.from
    }

    /// The currency that is got.
    pub const fn to(self) -> Currency {
        self.to
    }

    /// The rate as a decimal number.
    pub fn rate(self) -> String {
        Decimal::from_i128_with_scale(i128::from(self.mantissa), self.scale).to_string()
    }

    /// The amount in the other currency, to its nearest unit, halves away from zero.
    pub fn convert(self, amount: Money) -> Result<Money, MoneyError> {
        if amount.currency != self.from {
            return Err(MoneyError::CurrenciesDiffer { left: amount.currency, right: self.from });
        }
        let finer = 10_i128.pow(self.to.exponent());
        let coarser = 10_i128.pow(self.from.exponent() + self.scale);
        let minor = rounded(i128::from(amount.minor) * i128::from(self.mantissa) * finer, coarser);
        i64::try_from(minor).map(|minor| Money { minor, currency: self.to }).map_err(|_| MoneyError::TooLarge)
    }
}

impl TryFrom<RateForm> for ExchangeRate {
    type Error = MoneyError;

    fn try_from(form: RateForm) -> Result<Self, MoneyError> {
        Self::parse(form.from, form.to, &form.rate)
    }
}

impl From<ExchangeRate> for RateForm {
    fn from(rate: ExchangeRate) -> Self {
        Self { from: rate.from, to: rate.to, rate: rate.rate() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(code: &str, minor: i64) -> Money {
        Money { minor, currency: code.parse().unwrap() }
    }

    #[test]
    fn amounts_are_converted_to_the_nearest_unit() {
        for (amount, rate, converted) in [
            (money("USD", 10_000), "0.92", money("EUR", 9200)),
            (money("USD", 1), "0.5", money("EUR", 1)),
            (money("USD", -1), "0.5", money("EUR", -1)),
            (money("USD", 1), "0.49", money("EUR", 0)),
            (money("JPY", 1000), "0.0061", money("EUR", 610)),
            (money("EUR", 610), "163.93", money("JPY", 1000)),
            (money("EUR", 100), "3.4", money("TND", 3400)),
            (money("TND", 3400), "0.29411764706", money("EUR", 100)),
            (money("JPY", i64::MAX), "0.000000000001", money("EUR", 922_337_204)),
        ] {
            let rate = ExchangeRate::parse(amount.currency, converted.currency, rate).unwrap();
            assert_eq!(rate.convert(amount), Ok(converted), "{amount} at {}", rate.rate());
        }
        let rate = ExchangeRate::parse(money("USD", 0).currency, money("EUR", 0).currency, "0.9200").unwrap();
        assert!(rate.convert(money("EUR", 1)).is_err(), "the wrong way round");
        let large = ExchangeRate::parse(rate.from(), rate.to(), "99999999999999").unwrap();
        assert_eq!(large.convert(money("USD", i64::MAX)), Err(MoneyError::TooLarge));
        assert_eq!(serde_json::to_string(&rate).unwrap(), r#"{"from":"USD","to":"EUR","rate":"0.92"}"#);
        assert_eq!(serde_json::from_str::<ExchangeRate>(&serde_json::to_string(&rate).unwrap()).unwrap(), rate);
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        let (usd, eur) = (money("USD", 0).currency, money("EUR", 0).currency);
        for bad in ["0", "-1", "", "NaN", "0.0000000000001", "100000000000000", "1e3x"] {
            assert_eq!(ExchangeRate::parse(usd, eur, bad), Err(MoneyError::NotARate), "{bad}");
        }
        assert_eq!(ExchangeRate::parse(usd, usd, "1"), Err(MoneyError::NotARate));
    }
}
