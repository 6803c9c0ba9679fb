//! The figures, as clients name them.

use async_graphql::{Enum, InputObject};

use crate::domain::calendar::Percent;
use crate::domain::kpis::{self, ReplyFigure, Served};
use crate::graphql::errors::{Result, bad_input};

/// A key figure of customer service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum KpiKind {
    /// Buyers who gave 4 or 5 of 5, of those who answered, in per cent.
    Csat,
    /// Those who recommend the marketplace (9 and 10 of 10) less those who do not (0 to 6), in points from -100 to 100.
    Nps,
    /// The mean time from the buyer's first message to the first reply by a person. Automatic replies are none.
    FirstReplyMean,
    /// The time that half of the first replies do not exceed, within a hundredth of itself.
    FirstReplyMedian,
    /// The time that so many per cent of the first replies do not exceed, within a hundredth of itself; `percentile` says how many.
    FirstReplyPercentile,
    /// Cases resolved with one reply, after which the buyer did not come back within `comeBackDays`, of those resolved of which this is
    /// known, in per cent. Coming back is a word that opens the case again, or a new case about the same order line and reason.
    FirstContactResolution,
    /// Cases opened again within `comeBackDays`, of those resolved, in per cent.
    ReopenRate,
    /// Buyers with an order in the period, of those who had one before it, in per cent. Told of whole months, and of the marketplace as a
    /// whole; null otherwise. Buyers are told apart by the address of their orders.
    Retention,
    /// The same of those who had a case before the period.
    RetentionHadCase,
    /// The same of those who had none.
    RetentionHadNone,
    /// Complaints per 1,000 orders: cases whose contact reason is of the family of complaints.
    ComplaintRate,
    /// Cases per 100 orders.
    ContactRate,
    /// Cases that better information would have spared, of all, in per cent.
    AvoidableRate,
    /// Disputes of a seller and reason that had one not more than `recurrenceDays` before, of all, in per cent.
    DisputeRecurrence,
    /// Disputes that ended by agreement or by a person's decision, of those that ended, in per cent. One that was taken back is not
    /// counted.
    DisputeResolution,
    /// Visits to the help pages that ended there, in per cent. Told of the marketplace as a whole.
    Deflection,
}

/// In what time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::kpis::TimeBasis")]
pub(in crate::graphql) enum KpiTimeBasis {
    /// Every hour.
    Calendar,
    /// The hours of the charter's `businessHours`; every hour where it has none.
    Business,
}

/// In what a figure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::kpis::Unit")]
pub(in crate::graphql) enum KpiUnit {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::kpis::Direction")]
pub(in crate::graphql) enum KpiDirection {
    /// More.
    HigherIsBetter,
    /// Less.
    LowerIsBetter,
}

/// Whether a target is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::kpis::Status")]
pub(in crate::graphql) enum KpiStatus {
    /// It is.
    Met,
    /// It is not.
    Missed,
    /// The figure rests on fewer than `minimumSample`.
    NotEnough,
    /// Nothing was set.
    NoTarget,
}

/// A figure that is asked for.
#[derive(Debug, Clone, Copy, InputObject)]
pub(in crate::graphql) struct KpiInput {
    /// Which.
    kind: KpiKind,
    /// In what time; counts for first replies alone.
    #[graphql(default_with = "KpiTimeBasis::Calendar")]
    time_basis: KpiTimeBasis,
    /// How many per cent, 1 to 100: of `FIRST_REPLY_PERCENTILE`, which must have it, and of nothing else.
    percentile: Option<i32>,
}

impl KpiInput {
    pub(super) fn read(self) -> Result<kpis::Kpi> {
        let percent = self.percentile.map(|percent| u8::try_from(percent).ok().and_then(|percent| Percent::try_from(percent).ok()));
        let basis = self.time_basis.into();
        let reply = |figure| kpis::Kpi::FirstReply(figure, basis);
        Ok(match (self.kind, percent) {
            (KpiKind::FirstReplyPercentile, Some(Some(percent))) => reply(ReplyFigure::Percentile(percent)),
            (KpiKind::FirstReplyPercentile, _) => return Err(bad_input("`FIRST_REPLY_PERCENTILE` needs a `percentile` from 1 to 100.")),
            (_, Some(_)) => return Err(bad_input("Only `FIRST_REPLY_PERCENTILE` has a `percentile`.")),
            (KpiKind::FirstReplyMean, None) => reply(ReplyFigure::Mean),
            (KpiKind::FirstReplyMedian, None) => reply(ReplyFigure::Median),
            (KpiKind::Csat, None) => kpis::Kpi::Csat,
            (KpiKind::Nps, None) => kpis::Kpi::Nps,
            (KpiKind::FirstContactResolution, None) => kpis::Kpi::FirstContactResolution,
            (KpiKind::ReopenRate, None) => kpis::Kpi::ReopenRate,
            (KpiKind::Retention, None) => kpis::Kpi::Retention(None),
            (KpiKind::RetentionHadCase, None) => kpis::Kpi::Retention(Some(Served::HadCase)),
            (KpiKind::RetentionHadNone, None) => kpis::Kpi::Retention(Some(Served::HadNone)),
            (KpiKind::ComplaintRate, None) => kpis::Kpi::ComplaintRate,
            (KpiKind::ContactRate, None) => kpis::Kpi::ContactRate,
            (KpiKind::AvoidableRate, None) => kpis::Kpi::AvoidableRate,
            (KpiKind::DisputeRecurrence, None) => kpis::Kpi::DisputeRecurrence,
            (KpiKind::DisputeResolution, None) => kpis::Kpi::DisputeResolution,
            (KpiKind::Deflection, None) => kpis::Kpi::Deflection,
        })
    }
}

/// How a figure is named: its kind, in what time, and how many per cent.
pub(super) fn named(kpi: kpis::Kpi) -> (KpiKind, Option<KpiTimeBasis>, Option<i32>) {
    use kpis::Kpi;
    let kind = match kpi {
        Kpi::Csat => KpiKind::Csat,
        Kpi::Nps => KpiKind::Nps,
        Kpi::FirstReply(figure, basis) => {
            let (kind, percent) = match figure {
                ReplyFigure::Mean => (KpiKind::FirstReplyMean, None),
                ReplyFigure::Median => (KpiKind::FirstReplyMedian, None),
                ReplyFigure::Percentile(percent) => (KpiKind::FirstReplyPercentile, Some(i32::from(u8::from(percent)))),
            };
            return (kind, Some(basis.into()), percent);
        }
        Kpi::FirstContactResolution => KpiKind::FirstContactResolution,
        Kpi::ReopenRate => KpiKind::ReopenRate,
        Kpi::Retention(None) => KpiKind::Retention,
        Kpi::Retention(Some(Served::HadCase)) => KpiKind::RetentionHadCase,
        Kpi::Retention(Some(Served::HadNone)) => KpiKind::RetentionHadNone,
        Kpi::ComplaintRate => KpiKind::ComplaintRate,
        Kpi::ContactRate => KpiKind::ContactRate,
        Kpi::AvoidableRate => KpiKind::AvoidableRate,
        Kpi::DisputeRecurrence => KpiKind::DisputeRecurrence,
        Kpi::DisputeResolution => KpiKind::DisputeResolution,
        Kpi::Deflection => KpiKind::Deflection,
    };
    (kind, None, None)
}
