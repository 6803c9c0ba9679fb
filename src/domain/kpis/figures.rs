//! The figures, and how each is made of counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::calendar::Percent;
use super::super::reasons::ReasonKey;
pub(super) use super::super::scores::number;
use super::super::tickets::Channel;
use super::{Durations, KpiTally, Retention, Served, Share, Slice};

/// In what time is counted. A figure of time always says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeBasis {
    /// Every hour.
    Calendar,
    /// Hours of the business calendar.
    Business,
}

/// Which figure of first replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReplyFigure {
    /// The mean.
    Mean,
    /// The time that half of them do not exceed.
    Median,
    /// The time that so many per cent of them do not exceed.
    Percentile(Percent),
}

/// A key figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kpi {
    /// Buyers who gave 4 or 5, of those who answered.
    Csat,
    /// Promoters less detractors.
    Nps,
    /// From the buyer's message to the first human reply.
    FirstReply(ReplyFigure, TimeBasis),
    /// Cases resolved with one reply after which the buyer did not come back.
    FirstContactResolution,
    /// Cases opened again, of those resolved.
    ReopenRate,
    /// Buyers with another order, of those who had one before; of all, or of some of them.
    Retention(Option<Served>),
    /// Complaints per 1,000 orders.
    ComplaintRate,
    /// Cases per 100 orders.
    ContactRate,
    /// Avoidable cases, of all.
    AvoidableRate,
    /// Disputes that recur, of all.
    DisputeRecurrence,
    /// Disputes resolved, of those that ended.
    DisputeResolution,
    /// Visits to the help pages that ended there.
    Deflection,
}

/// In what a figure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Unit {
    /// Per cent.
    Percent,
    /// Points from -100 to 100.
    Points,
    /// Hours.
    Hours,
    /// Per 1,000 orders.
    PerThousandOrders,
    /// Per 100 orders.
    PerHundredOrders,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// More.
    HigherIsBetter,
    /// Less.
    LowerIsBetter,
}

impl Kpi {
    /// All that are told when nobody asks for one.
    pub fn usual() -> Vec<Self> {
        let mut all = vec![Self::Csat, Self::Nps];
        let tail = [90, 95].into_iter().filter_map(|percent| Percent::try_from(percent).ok()).map(ReplyFigure::Percentile);
        for figure in [ReplyFigure::Mean, ReplyFigure::Median].into_iter().chain(tail) {
            all.extend([TimeBasis::Calendar, TimeBasis::Business].map(|basis| Self::FirstReply(figure, basis)));
        }
        all.extend([Self::FirstContactResolution, Self::ReopenRate]);
        all.extend([None, Some(Served::HadCase), Some(Served::HadNone)].map(Self::Retention));
        all.extend([Self::ComplaintRate, Self::ContactRate, Self::AvoidableRate]);
        all.extend([Self::DisputeRecurrence, Self::DisputeResolution, Self::Deflection]);
        all
    }

    /// In what it is told.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Nps => Unit::Points,
            Self::FirstReply(..) => Unit::Hours,
            Self::ComplaintRate => Unit::PerThousandOrders,
            Self::ContactRate => Unit::PerHundredOrders,
            _ => Unit::Percent,
        }
    }

    /// Which way is better.
    pub const fn direction(self) -> Direction {
        match self {
            Self::FirstReply(..)
            | Self::ReopenRate
            | Self::ComplaintRate
            | Self::ContactRate
            | Self::AvoidableRate
            | Self::DisputeRecurrence => Direction::LowerIsBetter,
            _ => Direction::HigherIsBetter,
        }
    }
}

/// A figure with how much it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// The figure in its unit; none of nothing.
    pub value: Option<f64>,
    /// Of how many answers, cases, orders or buyers it is made.
    pub sample: u64,
}

impl Measured {
    fn share(share: Share) -> Self {
        Self { value: share.percent(), sample: share.of }
    }

    fn per_orders(count: u64, orders: u64, per: f64) -> Self {
        Self { value: (orders > 0).then(|| per * number(count) / number(orders)), sample: orders }
    }

    fn hours(times: &Durations, figure: ReplyFigure) -> Self {
        let seconds = match figure {
            ReplyFigure::Mean => times.mean(),
            ReplyFigure::Median => times.median(),
            ReplyFigure::Percentile(percent) => times.percentile(percent),
        };
        Self { value: seconds.map(|seconds| seconds / 3600.0), sample: times.count() }
    }
}

/// What is counted of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Period {
    /// The counts.
    pub tally: KpiTally,
    /// Who of the buyers came back.
    pub retention: Retention,
}

/// A figure of a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Which.
    pub kpi: Kpi,
    /// What it is.
    pub measured: Measured,
}

impl Period {
    /// A figure of it.
    pub fn figure(&self, kpi: Kpi) -> Figure {
        let tally = &self.tally;
        let measured = match kpi {
            Kpi::Csat => Measured::share(tally.satisfied),
            Kpi::Nps => Measured { value: tally.nps.points(), sample: tally.nps.answers() },
            Kpi::FirstReply(figure, TimeBasis::Calendar) => Measured::hours(&tally.first_reply, figure),
            Kpi::FirstReply(figure, TimeBasis::Business) => Measured::hours(&tally.first_reply_business, figure),
            Kpi::FirstContactResolution => Measured::share(tally.first_contact),
            Kpi::ReopenRate => Measured::share(tally.reopened),
            Kpi::Retention(None) => Measured::share(self.retention.all()),
            Kpi::Retention(Some(served)) => Measured::share(self.retention.of(served)),
            Kpi::ComplaintRate => Measured::per_orders(tally.complaints, tally.orders, 1000.0),
            Kpi::ContactRate => Measured::per_orders(tally.cases, tally.orders, 100.0),
            Kpi::AvoidableRate => Measured::share(Share { hits: tally.avoidable, of: tally.cases }),
            Kpi::DisputeRecurrence => Measured::share(tally.recurring),
            Kpi::DisputeResolution => Measured::share(tally.disputes_resolved),
            Kpi::Deflection => Measured::share(tally.deflected),
        };
        Figure { kpi, measured }
    }
}

/// How often buyers get in touch by a channel for a reason.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactRate {
    /// By which channel.
    pub channel: Option<Channel>,
    /// For which reason.
    pub reason: Option<ReasonKey>,
    /// How many cases.
    pub cases: u64,
    /// How many of them better information would have spared.
    pub avoidable: u64,
    /// How many there are per 100 orders of the whole marketplace.
    pub per_hundred: Measured,
}

/// How often buyers get in touch, by channel and reason, the most frequent first.
pub fn contact_rates<'a>(rows: impl IntoIterator<Item = (&'a Slice, &'a KpiTally)>, orders: u64) -> Vec<ContactRate> {
    let mut sums = BTreeMap::<(Option<Channel>, Option<ReasonKey>), (u64, u64)>::new();
    for (slice, tally) in rows {
        let sum = sums.entry((slice.channel, slice.reason.clone())).or_default();
        *sum = (sum.0 + tally.cases, sum.1 + tally.avoidable);
    }
    let mut rates: Vec<_> = sums
        .into_iter()
        .filter(|(_, (cases, _))| *cases > 0)
        .map(|((channel, reason), (cases, avoidable))| {
            let per_hundred = Measured::per_orders(cases, orders, 100.0);
            ContactRate { channel, reason, cases, avoidable, per_hundred }
        })
        .collect();
    rates.sort_by_key(|rate| std::cmp::Reverse(rate.cases));
    rates
}
