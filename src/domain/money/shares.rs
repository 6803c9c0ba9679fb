//! Parts of a whole that add up to it, to the last unit.
//!
//! Two rules, for two questions. What is shared out at once goes by the largest remainder ([`Money::split`]). What is paid
//! out in steps goes by the cumulative rule ([`Money::step`]): each step takes the sum to where it should be by then, so the
//! last step empties the rest. Nothing is ever rounded part by part, which would give 9.99 for 10.00 over three units.

use std::num::NonZeroU64;

use super::{BasisPoints, Money, MoneyError};

/// How much of something is done: 2 of 3 units, 40.00 of 60.00.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    done: u64,
    total: NonZeroU64,
}

impl Portion {
    /// So much of so much. What goes beyond the whole counts as the whole.
    pub fn new(done: u64, total: NonZeroU64) -> Self {
        Self { done: done.min(total.get()), total }
    }

    /// The portion that one amount is of another; none when the whole is nothing. An amount below zero counts as nothing.
    pub fn of_amount(done: Money, total: Money) -> Result<Option<Self>, MoneyError> {
        done.compare(total)?;
        let positive = |amount: Money| u64::try_from(amount.minor).unwrap_or_default();
        Ok(NonZeroU64::new(positive(total)).map(|total| Self::new(positive(done), total)))
    }
}

/// As many basis points as the whole has.
const WHOLE: NonZeroU64 = NonZeroU64::MIN.saturating_add(9_999);

/// `numerator / denominator`, halves away from zero. The denominator is positive.
pub(super) fn rounded(numerator: i128, denominator: i128) -> i128 {
    let half = denominator / 2;
    // `half` is rounded down, so an odd denominator needs no care: its quotient never lies in the middle.
    if numerator < 0 { -((-numerator + half) / denominator) } else { (numerator + half) / denominator }
}

impl Money {
    /// That portion of it, to the nearest unit, halves away from zero.
    #[must_use]
    pub fn portion(self, portion: Portion) -> Self {
        let scaled = rounded(i128::from(self.minor) * i128::from(portion.done), i128::from(portion.total.get()));
        // A portion is never more than the whole, so the conversion cannot fail.
        Self { minor: i64::try_from(scaled).unwrap_or(self.minor), ..self }
    }

    /// That share of it, to the nearest unit, halves away from zero.
    #[must_use]
    pub fn share(self, share: BasisPoints) -> Self {
        self.portion(Portion::new(u64::from(share.get()), WHOLE))
    }

    /// What is left when the tax that it contains is taken out: `self / (1 + rate)`.
    #[must_use]
    pub fn without_tax(self, rate: BasisPoints) -> Self {
        self.portion(Portion { done: WHOLE.get(), total: WHOLE.saturating_add(u64::from(rate.get())) })
    }

    /// The next step towards a whole that is paid out bit by bit: `round(self * portion) - already`.
    ///
    /// Less than nothing when more was paid already than is due by now; whoever cannot take back cuts it at zero.
    pub fn step(self, portion: Portion, already: Self) -> Result<Self, MoneyError> {
        self.portion(portion).minus(already)
    }

    /// Shares it out by weight, by the largest remainder; the first of equal ones gets the odd unit.
    ///
    /// The parts add up to the whole, and none is more than one unit off its exact share.
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let total: u128 = weights.iter().copied().map(u128::from).sum();
        if total == 0 {
            return Err(MoneyError::NothingToShareBy);
        }
        let whole = u128::from(self.minor.unsigned_abs());
        let mut parts: Vec<_> = weights.iter().map(|weight| whole * u128::from(*weight) / total).collect();
        let mut order: Vec<_> = (0..weights.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(weights.get(*index).map_or(0, |weight| whole * u128::from(*weight) % total)));
        let missing = whole - parts.iter().sum::<u128>();
        for index in order.into_iter().take(usize::try_from(missing).unwrap_or(usize::MAX)) {
            if let Some(part) = parts.get_mut(index) {
                *part += 1;
            }
        }
        let signed = |part: u128| i64::try_from(part).map(|minor| Self { minor: minor * self.minor.signum(), ..self });
        parts.into_iter().map(|part| signed(part).map_err(|_| MoneyError::TooLarge)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money { minor, currency: "EUR".parse().unwrap() }
    }

    fn portion(done: u64, total: u64) -> Portion {
        Portion::new(done, NonZeroU64::new(total).unwrap())
    }

    #[test]
    fn halves_go_away_from_zero() {
        for (numerator, denominator, quotient) in
            [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (1, 3, 0), (2, 3, 1), (-2, 3, -1), (7, 7, 1)]
        {
            assert_eq!(rounded(numerator, denominator), quotient, "{numerator}/{denominator}");
        }
        assert_eq!(eur(5997).share(BasisPoints::percent(12)), eur(720));
        assert_eq!(eur(5997).without_tax(BasisPoints::percent(20)), eur(4998));
        assert_eq!(eur(i64::MAX).share(BasisPoints::WHOLE), eur(i64::MAX));
        assert_eq!(eur(100).portion(portion(5, 3)), eur(100), "never more than the whole");
    }

    /// 10.00 paid for three equal units: 3.33, 3.34, 3.33. Rounding each alone would give 9.99.
    #[test]
    fn ten_over_three_units_is_ten() {
        let mut already = eur(0);
        let mut steps = Vec::new();
        for done in 1..=3 {
            let step = eur(1000).step(portion(done, 3), already).unwrap();
            already = already.plus(step).unwrap();
            steps.push(step.minor);
        }
        assert_eq!(steps, [333, 334, 333]);
        assert_eq!(already, eur(1000));
        assert_eq!(3 * eur(1000).portion(portion(1, 3)).minor, 999, "the mistake that this is for");
    }

    #[test]
    fn odd_units_go_to_the_largest_remainders() {
        for (amount, weights, parts) in [
            (1000, &[1, 1, 1][..], &[334, 333, 333][..]),
            (-1000, &[1, 1, 1], &[-334, -333, -333]),
            (100, &[1, 2, 4], &[14, 29, 57]),
            (1, &[0, 1, 1], &[0, 1, 0]),
            (0, &[3, 4], &[0, 0]),
            (i64::MAX, &[u64::MAX, u64::MAX], &[4_611_686_018_427_387_904, 4_611_686_018_427_387_903]),
        ] {
            let split: Vec<_> = eur(amount).split(weights).unwrap().iter().map(|part| part.minor).collect();
            assert_eq!(split, parts, "{amount} by {weights:?}");
        }
        assert_eq!(eur(1).split(&[]), Err(MoneyError::NothingToShareBy));
        assert_eq!(eur(1).split(&[0, 0]), Err(MoneyError::NothingToShareBy));
    }

    proptest! {
        #[test]
        fn splits_sum_to_the_whole_and_are_fair(
            amount in -1_000_000_000_i64..1_000_000_000,
            weights in prop::collection::vec(0_u64..10_000, 1..12),
        ) {
            prop_assume!(weights.iter().sum::<u64>() > 0);
            let total = i128::from(weights.iter().sum::<u64>());
            let parts = eur(amount).split(&weights).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.minor).sum::<i64>(), amount);
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(part.minor) * total - i128::from(amount) * i128::from(*weight);
                prop_assert!(off.abs() < total, "{} is more than a unit off", part);
                prop_assert!(*weight > 0 || part.is_zero());
            }
        }

        #[test]
        fn steps_sum_to_the_whole_in_any_pace(amount in 0_i64..1_000_000_000, paces in prop::collection::vec(1_u64..9, 1..20)) {
            let total = paces.iter().sum();
            let (mut done, mut already) = (0, eur(0));
            for pace in paces {
                done += pace;
                let step = eur(amount).step(portion(done, total), already).unwrap();
                prop_assert!(!step.is_negative());
                already = already.plus(step).unwrap();
            }
            prop_assert_eq!(already, eur(amount));
        }
    }
}
