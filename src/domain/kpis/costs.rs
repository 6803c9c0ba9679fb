//! What customer service costs, by channel and by side of the sale: before it, the cost of winning customers; after it, a cost
//! of each sale.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::cases::CasePhase;
use super::super::money::{Currency, Money, MoneyError};
use super::super::tickets::Channel;
use super::{KpiTally, Slice, Status};

/// What work and channels cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CostRules {
    /// An hour of work.
    pub hour: Money,
    /// What each case of a channel costs beside the work; a channel that is not named costs nothing more.
    pub channels: BTreeMap<Channel, Money>,
    /// How many seconds of work a reply of the operator takes by channel, as nobody measures it; where it is not named, none.
    #[serde(default)]
    pub reply_seconds: BTreeMap<Channel, u32>,
    /// What a case of a channel is to cost at most, with all that belongs to it.
    #[serde(default)]
    pub most_per_case: BTreeMap<Channel, Money>,
}

/// What a channel cost on one side of the sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    /// The channel; none of cases whose channel is not known.
    pub channel: Option<Channel>,
    /// The side of the sale.
    pub phase: Option<CasePhase>,
    /// How many cases.
    pub cases: u64,
    /// What they cost.
    pub cost: Money,
    /// What each of them cost, rounded to the nearest unit.
    pub per_case: Money,
    /// What each is to cost at most; none when nobody said.
    pub target: Option<Money>,
    /// Whether that is so.
    pub status: Status,
}

impl CostRules {
    /// The currency in which it is reckoned.
    pub const fn currency(&self) -> Currency {
        self.hour.currency
    }

    /// What these cases of one channel cost: rounded once, to the nearest unit.
    fn cost(&self, channel: Option<Channel>, tally: &KpiTally) -> Result<Money, MoneyError> {
        const HOUR: i128 = 3600;
        let reply = channel.and_then(|channel| self.reply_seconds.get(&channel)).copied().unwrap_or(0);
        let seconds = i128::from(tally.handling_seconds) + i128::from(reply) * i128::from(tally.operator_replies);
        let work = i128::from(self.hour.minor).checked_mul(seconds).ok_or(MoneyError::TooLarge)?;
        let currency = self.currency();
        let work = i64::try_from((work + HOUR / 2).div_euclid(HOUR)).map_err(|_| MoneyError::TooLarge)?;
        let each = channel.and_then(|channel| self.channels.get(&channel)).copied().unwrap_or(Money::zero(currency));
        let count = u32::try_from(tally.cases).map_err(|_| MoneyError::TooLarge)?;
        Money { minor: work, currency }.plus(each.times(count)?)
    }

    fn line(&self, phase: Option<CasePhase>, channel: Option<Channel>, tally: &KpiTally, minimum: u64) -> Result<CostLine, MoneyError> {
        let cost = self.cost(channel, tally)?;
        let cases = i64::try_from(tally.cases).map_err(|_| MoneyError::TooLarge)?.max(1);
        let minor = cost.minor.checked_add(cases / 2).ok_or(MoneyError::TooLarge)?.div_euclid(cases);
        let per_case = Money { minor, currency: cost.currency };
        let target = channel.and_then(|channel| self.most_per_case.get(&channel)).copied();
        let status = match target {
            None => Status::NoTarget,
            Some(_) if tally.cases < minimum => Status::NotEnough,
            Some(target) if per_case.minor <= target.minor => Status::Met,
            Some(_) => Status::Missed,
        };
        Ok(CostLine { channel, phase, cases: tally.cases, cost, per_case, target, status })
    }
}

/// What each channel cost on each side of the sale. What rests on fewer than `minimum` cases is not judged.
pub fn cost_report<'a>(
    rows: impl IntoIterator<Item = (&'a Slice, &'a KpiTally)>,
    rules: &CostRules,
    minimum: u64,
) -> Result<Vec<CostLine>, MoneyError> {
    let mut sums = BTreeMap::<(Option<CasePhase>, Option<Channel>), KpiTally>::new();
    for (slice, tally) in rows {
        sums.entry((slice.phase, slice.channel)).or_default().merge(tally);
    }
    let lines = sums.into_iter().filter(|(_, tally)| tally.cases > 0);
    lines.map(|((phase, channel), tally)| rules.line(phase, channel, &tally, minimum)).collect()
}
