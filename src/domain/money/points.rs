//! Shares and rates, in hundredths of a percent.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::MoneyError;

/// A share or a rate of at most the whole, in basis points: 2000 are 20 %.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const WHOLE: Self = Self(10_000);

    /// So many hundredths of a percent; at most 10000.
    pub const fn new(points: u16) -> Result<Self, MoneyError> {
        if points > Self::WHOLE.0 { Err(MoneyError::MoreThanWhole { given: points }) } else { Ok(Self(points)) }
    }

    /// Whole percents; more than 100 count as 100. For tables that stand in the code.
    pub const fn percent(percents: u8) -> Self {
        if percents >= 100 { Self::WHOLE } else { Self(percents as u16 * 100) }
    }

    /// How many hundredths of a percent.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// What it misses to the whole.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(Self::WHOLE.0 - self.0)
    }
}

impl TryFrom<u16> for BasisPoints {
    type Error = MoneyError;

    fn try_from(points: u16) -> Result<Self, MoneyError> {
        Self::new(points)
    }
}

impl From<BasisPoints> for u16 {
    fn from(points: BasisPoints) -> Self {
        points.0
    }
}

impl fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} %", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basis_points_end_at_the_whole() {
        assert_eq!(BasisPoints::new(10_000), Ok(BasisPoints::WHOLE));
        assert_eq!(BasisPoints::new(10_001), Err(MoneyError::MoreThanWhole { given: 10_001 }));
        assert!(serde_json::from_str::<BasisPoints>("10001").is_err());
        assert_eq!((BasisPoints::percent(20), BasisPoints::percent(200)), (BasisPoints(2000), BasisPoints::WHOLE));
        assert_eq!(BasisPoints(1950).to_string(), "19.50 %");
        assert_eq!(BasisPoints(1950).rest(), BasisPoints(8050));
    }
}
