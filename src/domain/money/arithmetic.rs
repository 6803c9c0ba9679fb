//! Sums and differences: exact, of one currency, and never silently too large.

use std::cmp::Ordering;

use super::{Currency, Money, MoneyError};

impl Money {
    /// No money.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Whether it is less than nothing.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// Nothing, if it is less than nothing.
    #[must_use]
    pub fn at_least_zero(self) -> Self {
        Self { minor: self.minor.max(0), ..self }
    }

    /// The sum of both.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, i64::checked_add)
    }

    /// This without the other.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, i64::checked_sub)
    }

    /// The same, owed by the other side.
    pub fn negated(self) -> Result<Self, MoneyError> {
        self.minor.checked_neg().map(|minor| Self { minor, ..self }).ok_or(MoneyError::TooLarge)
    }

    /// So many times as much.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        self.minor.checked_mul(i64::from(count)).map(|minor| Self { minor, ..self }).ok_or(MoneyError::TooLarge)
    }

    /// Which of two amounts of one currency is larger.
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    /// The smaller of both.
    pub fn least(self, other: Self) -> Result<Self, MoneyError> {
        Ok(if self.compare(other)? == Ordering::Greater { other } else { self })
    }

    /// The larger of both.
    pub fn most(self, other: Self) -> Result<Self, MoneyError> {
        Ok(if self.compare(other)? == Ordering::Less { other } else { self })
    }

    /// All of them together; nothing of `currency` when there are none.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::CurrenciesDiffer { left: self.currency, right: other.currency })
    }

    fn with(self, other: Self, reckon: impl FnOnce(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        reckon(self.minor, other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::TooLarge)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money { minor, currency: "EUR".parse().unwrap() }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let usd = Money { minor: 1, currency: "USD".parse().unwrap() };
        let differ = MoneyError::CurrenciesDiffer { left: eur(1).currency, right: usd.currency };
        assert_eq!(eur(1).plus(usd), Err(differ.clone()));
        assert_eq!(eur(1).minus(usd), Err(differ.clone()));
        assert_eq!(eur(1).compare(usd), Err(differ.clone()));
        assert_eq!(Money::sum(eur(0).currency, [eur(1), usd]), Err(differ));
        for too_large in [eur(i64::MAX).plus(eur(1)), eur(i64::MIN).minus(eur(1)), eur(i64::MIN).negated(), eur(i64::MAX).times(2)] {
            assert_eq!(too_large, Err(MoneyError::TooLarge));
        }
        assert_eq!((eur(-3).at_least_zero(), eur(3).at_least_zero()), (eur(0), eur(3)));
        assert_eq!((eur(1).least(eur(2)), eur(1).most(eur(2))), (Ok(eur(1)), Ok(eur(2))));
    }

    proptest! {
        #[test]
        fn sums_are_exact(amounts in prop::collection::vec(-1_000_000_i64..1_000_000, 0..50)) {
            let sum = Money::sum(eur(0).currency, amounts.iter().copied().map(eur)).unwrap();
            prop_assert_eq!(sum.minor, amounts.iter().sum::<i64>());
            let back = amounts.iter().copied().map(eur).try_fold(sum, Money::minus).unwrap();
            prop_assert!(back.is_zero());
        }
    }
}
