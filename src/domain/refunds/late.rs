//! What a late refund costs more, by the tables of the law. It is computed, never guessed.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::super::money::{BasisPoints, Money, MoneyError, Portion};
use super::{Refund, RefundBasis, RefundRefusal};

/// A table of the law. It has dates, because the law changes: the contract's date tells which one applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateLaw {
    /// The article, as it is cited.
    pub article: &'static str,
    /// For contracts from this date on.
    pub from: NaiveDate,
    /// Until the day before this one; none for the law of today.
    pub until: Option<NaiveDate>,
    table: Table,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    /// Art. L242-4: a late refund after a withdrawal.
    Withdrawal,
    /// Art. L241-4: 10 % to the first day, 20 % to the second, 50 % beyond.
    NonDelivery { first: i64, second: i64 },
}

const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MAX,
    }
}

impl LateLaw {
    /// Whether what is owed after so many days hangs on the legal rate of interest: at the beginning, and where the increase may
    /// have reached the price of the goods.
    pub const fn needs_rate(self, days: i64) -> bool {
        match self.table {
            Table::Withdrawal => days <= 10 || days > 90,
            Table::NonDelivery { .. } => false,
        }
    }

    /// Every table that is known, with the sources of its numbers.
    ///
    /// L242-4: consumer code as of 1 July 2016 (ordinance 2016-301), unchanged since. L241-4: as of the same date with 30 and
    /// 60 days; with 14 and 30 days by ordinance 2021-1247, art. 13, for contracts from 1 January 2022 (its art. 21).
    pub const ALL: [Self; 3] = [
        Self { article: "L242-4", from: date(2016, 7, 1), until: None, table: Table::Withdrawal },
        Self {
            article: "L241-4",
            from: date(2016, 7, 1),
            until: Some(date(2022, 1, 1)),
            table: Table::NonDelivery { first: 30, second: 60 },
        },
        Self { article: "L241-4", from: date(2022, 1, 1), until: None, table: Table::NonDelivery { first: 14, second: 30 } },
    ];

    /// The table for a refund on that basis of a contract of that date; none where no law is known.
    pub fn find(basis: RefundBasis, contract: NaiveDate) -> Option<Self> {
        Self::ALL.into_iter().find(|law| {
            let of_basis = match law.table {
                Table::Withdrawal => basis == RefundBasis::Withdrawal,
                Table::NonDelivery { .. } => basis == RefundBasis::NonDelivery,
            };
            of_basis && law.from <= contract && law.until.is_none_or(|until| contract < until)
        })
    }
}

/// A refund that was or would be paid on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatePayment {
    /// What is owed.
    pub principal: Money,
    /// The price of the goods: what the increase after a withdrawal stops at.
    pub price: Money,
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// The day on which it is paid.
    pub paid: NaiveDate,
    /// The legal rate of interest for consumers, a year, as published for the half-year.
    pub legal_rate: BasisPoints,
    /// How "increased by the legal rate of interest" is read.
    pub reading: InterestReading,
}

/// How "increased by the legal rate of interest" is read. The text has no period; courts have the last word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InterestReading {
    /// The rate at once, as the percentages that stand beside it: the dearer and so the cautious reading.
    #[default]
    AtOnce,
    /// The rate a year, for the days that it is late.
    PerYear,
}

/// What a late refund costs more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateIncrease {
    /// How many days it is late.
    pub days: i64,
    /// How much is owed on top.
    pub amount: Money,
}

impl Refund {
    /// What it costs more by law if it is paid at that moment: shown as a warning while it is open, and owed once it is late.
    /// None where no law is known, or its clock does not run.
    ///
    /// `contract` is the date of the sale; the price that the increase stops at is that of the goods that are refunded.
    pub fn late_increase(&self, paid_at: DateTime<Utc>, terms: LateTerms) -> Result<Option<LateIncrease>, RefundRefusal> {
        let law = LateLaw::find(self.claim.basis, terms.contract);
        let due_at = self.claim.clock.and_then(|clock| clock.due_at(terms.timezone));
        let (Some(law), Some(due_at), Some(grant)) = (law, due_at, self.grant.as_deref()) else { return Ok(None) };
        let date = |at: DateTime<Utc>| at.with_timezone(&terms.timezone).date_naive();
        let (principal, goods) = (grant.total()?, grant.items.iter().map(|item| item.parts.goods_gross()));
        let late = LatePayment {
            principal,
            price: Money::sum(principal.currency, goods)?,
            // It is due just before it is late.
            due: date(due_at - TimeDelta::seconds(1)),
            paid: date(paid_at),
            legal_rate: terms.legal_rate,
            reading: terms.reading,
        };
        Ok(Some(late.increase(law)?))
    }
}

/// What else a late refund depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateTerms {
    /// The date of the sale.
    pub contract: NaiveDate,
    /// The legal rate of interest for consumers, a year, as published for the half-year.
    pub legal_rate: BasisPoints,
    /// How "increased by the legal rate of interest" is read.
    pub reading: InterestReading,
    /// In which days are counted.
    pub timezone: Tz,
}

impl LatePayment {
    /// What is owed on top. Nothing when it is in time.
    pub fn increase(&self, law: LateLaw) -> Result<LateIncrease, MoneyError> {
        let days = (self.paid - self.due).num_days().max(0);
        let amount = match law.table {
            _ if days == 0 => Money::zero(self.principal.currency),
            Table::Withdrawal => self.after_withdrawal(days)?,
            Table::NonDelivery { first, .. } if days <= first => self.percent(10),
            Table::NonDelivery { second, .. } if days <= second => self.percent(20),
            Table::NonDelivery { .. } => self.percent(50),
        };
        Ok(LateIncrease { days, amount })
    }

    /// Art. L242-4: the legal rate up to 10 days, 5 % up to 20, 10 % up to 30, 20 % up to 60, 50 % up to 90, then five points
    /// more for every new month, up to the price of the goods, then the legal rate.
    ///
    /// A month is 30 days, as the steps before it are tens of days, and counts once it has begun.
    fn after_withdrawal(&self, days: i64) -> Result<Money, MoneyError> {
        match days {
            ..=10 => Ok(self.interest(days)),
            11..=20 => self.percent(5).least(self.price),
            21..=30 => self.percent(10).least(self.price),
            31..=60 => self.percent(20).least(self.price),
            61..=90 => self.percent(50).least(self.price),
            _ => {
                let months = (days - 91) / 30 + 1;
                let reached = (1..=months).find(|month| self.points_after(*month).minor >= self.price.minor);
                match reached {
                    None => Ok(self.points_after(months)),
                    // The month in which the price is reached began on day 91 + 30 * (month - 1).
                    Some(month) => self.price.plus(self.price_interest(days - (90 + 30 * (month - 1)))),
                }
            }
        }
    }

    /// 50 % and five points for each month. More than 100 % only where the price is more than what is owed.
    fn points_after(&self, months: i64) -> Money {
        let percents = u64::try_from(50 + 5 * months).unwrap_or_default();
        let minor = u128::from(self.principal.minor.unsigned_abs()) * u128::from(percents);
        let rounded = (minor + 50) / 100;
        Money { minor: i64::try_from(rounded).unwrap_or(i64::MAX), ..self.principal }
    }

    fn percent(&self, percents: u8) -> Money {
        self.principal.share(BasisPoints::percent(percents))
    }

    fn interest(&self, days: i64) -> Money {
        match self.reading {
            InterestReading::AtOnce => self.principal.share(self.legal_rate),
            InterestReading::PerYear => per_year(self.principal, self.legal_rate, days),
        }
    }

    /// Interest that goes on after the price was reached runs by the year in either reading: a rate that is due at once has
    /// no end to run to.
    fn price_interest(&self, days: i64) -> Money {
        per_year(self.principal, self.legal_rate, days)
    }
}

/// Interest for some days of years of 365 days, rounded once.
fn per_year(principal: Money, rate: BasisPoints, days: i64) -> Money {
    const YEAR: std::num::NonZeroU64 = std::num::NonZeroU64::MIN.saturating_add(365 * 10_000 - 1);
    let days = u64::try_from(days).unwrap_or_default();
    let whole_years = i64::try_from(days / 365).unwrap_or_default();
    let each = principal.share(rate);
    let rest = principal.portion(Portion::new(u64::from(rate.get()) * (days % 365), YEAR));
    Money { minor: each.minor.saturating_mul(whole_years).saturating_add(rest.minor), ..principal }
}
