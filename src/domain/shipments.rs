//! Parcels on their way to a buyer: what is known of them, and when that is news to the buyer.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::cases::CasePhase;
use super::ids::{OrderId, ShipmentId};
use super::notices::NoticeKind;
use super::orders::OrderLine;

/// A promise that passed longer ago than this is history: nobody is told of it any more.
pub const STALE: TimeDelta = TimeDelta::days(14);

/// So much of an order line is in a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedLine {
    /// The marketplace's id of the order line.
    pub line: String,
    /// How many.
    pub quantity: u32,
}

/// What the marketplace's software knows of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentReport {
    /// The order it belongs to.
    pub order: OrderId,
    /// The marketplace's own id of it, unique in the order.
    pub external_id: String,
    /// Who carries it.
    pub carrier: Option<String>,
    /// The carrier's number of it.
    pub tracking_number: Option<String>,
    /// Where it can be followed.
    pub tracking_url: Option<String>,
    /// What is in it.
    pub lines: Vec<ShippedLine>,
    /// By when the buyer was promised to have it.
    pub promised_at: Option<DateTime<Utc>>,
    /// When it left.
    pub shipped_at: Option<DateTime<Utc>>,
    /// When the buyer got it.
    pub delivered_at: Option<DateTime<Utc>>,
    /// As of when all this is so.
    pub reported_at: DateTime<Utc>,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// Our id.
    pub id: ShipmentId,
    /// What is known of it.
    pub known: ShipmentReport,
    /// The promise that the buyer knows of: the first, or the last that a notice spoke of.
    pub told_promise: Option<DateTime<Utc>>,
    /// When somebody must look whether the buyer is to be told; none when nothing is to be expected.
    pub due_at: Option<DateTime<Utc>>,
}

/// What is news to the buyer about a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// What happened to the promise.
    pub kind: NoticeKind,
    /// By when it is promised now, or was.
    pub promised_at: DateTime<Utc>,
    /// The day of that, where the marketplace is.
    pub day: NaiveDate,
}

impl Shipment {
    /// What is known after a report; none when the report is older than what is known, or says nothing new.
    pub fn after(before: Option<&Self>, report: ShipmentReport, now: DateTime<Utc>) -> Option<Self> {
        match before {
            Some(before) if report.reported_at < before.known.reported_at || report == before.known => None,
            Some(before) => {
                let told_promise = before.told_promise.or(report.promised_at);
                let same = report.promised_at == before.known.promised_at && report.delivered_at == before.known.delivered_at;
                let due_at = if same { before.due_at } else { due(&report, told_promise, now) };
                Some(Self { id: before.id, known: report, told_promise, due_at })
            }
            None => {
                let (told_promise, fresh) = (report.promised_at, report.promised_at.is_none_or(|promised| promised > now - STALE));
                let due_at = due(&report, told_promise, now).filter(|_| fresh);
                Some(Self { id: ShipmentId::generate(), known: report, told_promise, due_at })
            }
        }
    }

    /// What the buyer is to be told now, where days begin and end in `zone`. A day that moves within itself does not count.
    pub fn news(&self, zone: Tz, now: DateTime<Utc>) -> Option<News> {
        let promised_at = self.known.promised_at.filter(|_| self.known.delivered_at.is_none())?;
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let news = |kind| News { kind, promised_at, day: day(promised_at) };
        if promised_at <= now {
            return (promised_at > now - STALE).then(|| news(NoticeKind::Passed));
        }
        self.told_promise.is_some_and(|told| day(promised_at) > day(told)).then(|| news(NoticeKind::Moved))
    }

    /// The parcel after somebody looked: the buyer knows what there is to know.
    #[must_use]
    pub fn looked_at(&self, now: DateTime<Utc>) -> Self {
        let promised_at = self.known.promised_at.filter(|_| self.known.delivered_at.is_none());
        Self { told_promise: promised_at.or(self.told_promise), due_at: promised_at.filter(|promised| *promised > now), ..self.clone() }
    }
}

/// At once when the promise moved later, else when it passes.
fn due(report: &ShipmentReport, told: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let promised = report.promised_at.filter(|_| report.delivered_at.is_none())?;
    Some(if told.is_some_and(|told| promised > told) { now.min(promised) } else { promised })
}

/// Which side of delivery a case about an order stands on; none when nothing is known of its parcels. `line` is the order
/// line that the case is about, when it names one. What was not sent yet was not delivered either.
pub fn phase(order: &[OrderLine], shipments: &[Shipment], line: Option<&str>) -> Option<CasePhase> {
    if shipments.is_empty() {
        return None;
    }
    let mut delivered: BTreeMap<&str, u64> = BTreeMap::new();
    for shipment in shipments.iter().filter(|shipment| shipment.known.delivered_at.is_some()) {
        for part in &shipment.known.lines {
            *delivered.entry(part.line.as_str()).or_default() += u64::from(part.quantity);
        }
    }
    let there = |each: &OrderLine| delivered.get(each.external_id.as_str()).is_some_and(|there| *there >= u64::from(each.quantity));
    let mut concerned = order.iter().filter(|each| line.is_none_or(|line| each.external_id == line));
    Some(if concerned.all(there) { CasePhase::AfterSale } else { CasePhase::DuringOrder })
}

#[cfg(test)]
mod tests;
