//! The units in which a payment provider takes amounts, which are not always those of ISO 4217.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Currency, Money, MoneyError};

/// A payment provider with units of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentProvider {
    /// Stripe. Its table is at <https://docs.stripe.com/currencies>, read in November 2026.
    Stripe,
}

impl fmt::Display for PaymentProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stripe => "Stripe",
        })
    }
}

/// An amount as a provider writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderAmount {
    /// How many of the provider's units.
    pub units: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl PaymentProvider {
    /// How many decimal places it counts for a currency.
    ///
    /// Stripe departs from ISO 4217 for three. MGA is on its list of currencies without decimals, though ISO gives it two.
    /// ISK and UGX have no decimals in ISO but must be sent with two zeros ("to charge 5 UGX, provide an amount value of
    /// 500"); UGX stands on the list of currencies without decimals as well, and the special case is what the interface does.
    /// HUF and TWD are special for payouts only, not for charges and refunds.
    pub fn exponent(self, currency: Currency) -> u32 {
        match (self, currency.code()) {
            (Self::Stripe, "MGA") => 0,
            (Self::Stripe, "ISK" | "UGX") => 2,
            (Self::Stripe, _) => currency.exponent(),
        }
    }

    /// By how many of its units amounts may differ at least: Stripe wants the last digit of currencies with three decimals
    /// to be zero, and the last two of ISK and UGX.
    pub fn step(self, currency: Currency) -> i64 {
        match (self, currency.code()) {
            (Self::Stripe, "BHD" | "JOD" | "KWD" | "OMR" | "TND") => 10,
            (Self::Stripe, "ISK" | "UGX") => 100,
            (Self::Stripe, _) => 1,
        }
    }

    /// The amount in the provider's units; refused when it cannot be expressed, never rounded.
    pub fn amount(self, amount: Money) -> Result<ProviderAmount, MoneyError> {
        let (ours, theirs) = (amount.currency.exponent(), self.exponent(amount.currency));
        let step = self.step(amount.currency);
        let not_representable = MoneyError::NotRepresentable { provider: self, amount, step };
        let units = if theirs >= ours {
            amount.minor.checked_mul(10_i64.pow(theirs - ours)).ok_or(MoneyError::TooLarge)?
        } else {
            let coarser = 10_i64.pow(ours - theirs);
            if amount.minor % coarser != 0 {
                return Err(not_representable);
            }
            amount.minor / coarser
        };
        if units % step != 0 {
            return Err(not_representable);
        }
        Ok(ProviderAmount { units, currency: amount.currency })
    }

    /// What the provider tells of, in ours; refused when it is finer than the currency.
    pub fn read(self, told: ProviderAmount) -> Result<Money, MoneyError> {
        let (ours, theirs) = (told.currency.exponent(), self.exponent(told.currency));
        let minor = if ours >= theirs {
            told.units.checked_mul(10_i64.pow(ours - theirs)).ok_or(MoneyError::TooLarge)?
        } else {
            let coarser = 10_i64.pow(theirs - ours);
            if told.units % coarser != 0 {
                return Err(MoneyError::TooPrecise { currency: told.currency, exponent: ours });
            }
            told.units / coarser
        };
        Ok(Money { minor, currency: told.currency })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(code: &str, minor: i64) -> Money {
        Money { minor, currency: code.parse().unwrap() }
    }

    /// The whole of Stripe's list of currencies without decimals, its special cases, and some ordinary ones.
    #[test]
    fn the_table_of_stripe() {
        let zero = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
        let three = ["BHD", "JOD", "KWD", "OMR", "TND"];
        let two = ["EUR", "USD", "GBP", "CHF", "HUF", "TWD", "ISK", "UGX", "PLN", "BRL"];
        for (codes, exponent) in [(&zero[..], 0), (&three[..], 3), (&two[..], 2)] {
            for code in codes {
                assert_eq!(PaymentProvider::Stripe.exponent(code.parse().unwrap()), exponent, "{code}");
            }
        }
        for (amount, units) in [
            (money("EUR", 1250), Some(1250)),
            (money("JPY", 500), Some(500)),
            (money("ISK", 5), Some(500)),
            (money("UGX", 5), Some(500)),
            (money("MGA", 500), Some(5)),
            (money("MGA", 550), None),
            (money("KWD", 5120), Some(5120)),
            (money("KWD", 5124), None),
            (money("ISK", i64::MAX), None),
        ] {
            assert_eq!(PaymentProvider::Stripe.amount(amount).ok().map(|amount| amount.units), units, "{amount}");
        }
        let finer = ProviderAmount { units: 501, currency: money("ISK", 0).currency };
        assert!(PaymentProvider::Stripe.read(finer).is_err());
    }

    proptest! {
        #[test]
        fn what_is_sent_reads_back(
            minor in -1_000_000_000_i64..1_000_000_000,
            code in prop::sample::select(vec!["EUR", "JPY", "ISK", "UGX", "MGA", "KWD", "CLP"]),
        ) {
            let amount = money(code, minor);
            if let Ok(sent) = PaymentProvider::Stripe.amount(amount) {
                prop_assert_eq!(PaymentProvider::Stripe.read(sent), Ok(amount));
            }
        }
    }
}
