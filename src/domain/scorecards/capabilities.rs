//! What a seller can do, with evidence, and when it is there.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use serde::{Deserialize, Serialize};

use super::super::calendar::{BusinessCalendar, CalendarError, start_of_day};
use super::super::kpis::Share;

/// Something that a seller should be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Capability {
    /// Refund without the operator's help.
    Refunds,
    /// Give tracking numbers.
    OrderTracking,
    /// Tell buyers of what happens to their orders.
    BuyerNotices,
    /// Give return labels.
    ReturnLabels,
    /// Answer by its own reply templates.
    ReplyTemplates,
    /// Be reached by phone.
    Phone,
    /// Have business hours that are known.
    BusinessHours,
}

impl Capability {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Refunds,
        Self::OrderTracking,
        Self::BuyerNotices,
        Self::ReturnLabels,
        Self::ReplyTemplates,
        Self::Phone,
        Self::BusinessHours,
    ];
}

/// What shows that a seller can do something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// What it can do.
    pub capability: Capability,
    /// What shows it: a tracking number that was read, a test that was passed, an address.
    pub shown_by: String,
    /// When that was looked at.
    pub on: NaiveDate,
}

/// What a marketplace asks of its sellers, and for how many days evidence is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Checklist {
    /// What must be shown.
    pub required: BTreeSet<Capability>,
    /// For how many days evidence is good; none for ever.
    pub evidence_days: Option<u16>,
}

impl Default for Checklist {
    fn default() -> Self {
        let required = [Capability::Refunds, Capability::OrderTracking, Capability::BuyerNotices, Capability::BusinessHours];
        Self { required: required.into(), evidence_days: None }
    }
}

/// How much of the checklist a seller has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// What was shown of what must be.
    pub shown: Share,
    /// What is missing.
    pub missing: BTreeSet<Capability>,
}

impl Checklist {
    /// How much of it a seller has shown by a day.
    pub fn readiness(&self, evidence: &[Evidence], on: NaiveDate) -> Readiness {
        let is_good = |one: &&Evidence| {
            let age = (on - one.on).num_days();
            !one.shown_by.trim().is_empty() && age >= 0 && self.evidence_days.is_none_or(|days| age <= i64::from(days))
        };
        let shown: BTreeSet<_> = evidence.iter().filter(is_good).map(|one| one.capability).collect();
        let missing: BTreeSet<_> = self.required.difference(&shown).copied().collect();
        let mut share = Share::default();
        self.required.iter().for_each(|capability| share.count(|| !missing.contains(capability)));
        Readiness { shown: share, missing }
    }
}

/// What a marketplace asks of opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CoverageRules {
    /// So many hours in a week.
    pub hours_per_week: u16,
    /// On so many days of it open from noon to two.
    pub lunch_days: u8,
}

impl Default for CoverageRules {
    fn default() -> Self {
        Self { hours_per_week: 35, lunch_days: 5 }
    }
}

/// When a seller is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// For how long in the week.
    pub open: TimeDelta,
    /// On how many days of it all the time from noon to two.
    pub lunch_days: u8,
    /// Whether that is enough.
    pub status: CoverageStatus,
}

/// Whether a seller is there enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CoverageStatus {
    /// It is.
    Enough,
    /// It is not there often enough.
    Low,
    /// It is there often enough, but closed at lunch.
    ClosedAtLunch,
}

/// When a seller is there in the week that begins on `monday`, by its own business hours.
pub fn coverage(calendar: &BusinessCalendar, rules: &CoverageRules, monday: NaiveDate) -> Result<Coverage, CalendarError> {
    let timezone = calendar.timezone();
    let open = calendar.between(start_of_day(timezone, monday), start_of_day(timezone, monday + Days::new(7)))?;
    let mut lunch_days = 0;
    for date in monday.iter_days().take(7) {
        let at = |hours| timezone.from_local_datetime(&(date.and_time(NaiveTime::MIN) + TimeDelta::hours(hours))).earliest();
        // A clock that skips noon is nowhere; the day would not count.
        if let Some((noon, two)) = at(12).zip(at(14)) {
            let open = calendar.between(noon.with_timezone(&Utc), two.with_timezone(&Utc))?;
            lunch_days += u8::from(open >= TimeDelta::hours(2));
        }
    }
    let status = if open < TimeDelta::hours(i64::from(rules.hours_per_week)) {
        CoverageStatus::Low
    } else if lunch_days < rules.lunch_days {
        CoverageStatus::ClosedAtLunch
    } else {
        CoverageStatus::Enough
    };
    Ok(Coverage { open, lunch_days, status })
}
