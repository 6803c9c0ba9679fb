//! What a marketplace can set about returns. Fit to be a part of its charter.

use std::num::NonZeroU16;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::super::calendar::{BusinessDuration, Span};
use super::super::charter::Terms;
use super::super::law::LegalDays;
use super::super::reasons::CostBearer;
use super::ReturnMethod;

/// How long each step of a return may take, and what is granted beyond the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReturnPolicy {
    /// In which the seller decides; silence approves. Three working days, as at eBay.
    pub decide: BusinessDuration,
    /// In which the seller provides a label, a number or an address; after it the buyer sends by own means. Two days.
    pub papers: BusinessDuration,
    /// In how many days the buyer sends the goods when the law does not say; after them the return expires. 14.
    pub ship_days: u16,
    /// How many days the buyer has at least once there is a label, whatever the law's days are by then. 5.
    pub ship_after_papers_days: u16,
    /// In which the seller says that a parcel has come which the carrier delivered; silence counts as received. Two working
    /// days.
    pub acknowledge_delivery: BusinessDuration,
    /// After how many days without a delivery a parcel counts as lost. 30.
    pub lost_days: u16,
    /// How many days the rest of a partial return is waited for. 10.
    pub rest_days: u16,
    /// In which the seller looks at what came; silence finds it good. Two working days.
    pub inspect: BusinessDuration,
    /// How many days the buyer may think about an offer to keep the item; silence declines it. 5.
    pub offer_days: u16,
    /// How many such offers one return may have. 2.
    pub most_offers: u8,
    /// In how many days the buyer may dispute a refusal; silence ends the return. 30.
    pub dispute_days: u16,
    /// After how many days an open dispute no longer keeps a return open: more than a dispute can last. 150.
    pub dispute_limit_days: u16,
    /// In how many days the money or the replacement follows; after them it is the operator's to see to. 14.
    pub settle_days: u16,
    /// How goods come back when nobody says.
    pub usual_method: ReturnMethod,
    /// What the marketplace grants beyond the law.
    pub goodwill: Goodwill,
}

/// Returns that the marketplace grants although no law asks for them: the basis `COMMERCIAL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Goodwill {
    /// How many days from delivery; 0 for none. 30.
    pub days: u16,
    /// Who pays the way back.
    pub way_back: CostBearer,
}

impl Default for Goodwill {
    fn default() -> Self {
        Self { days: 30, way_back: CostBearer::Buyer }
    }
}

const fn working_days(days: u16) -> BusinessDuration {
    match NonZeroU16::new(days) {
        Some(days) => BusinessDuration::WorkingDays(days),
        None => BusinessDuration::WorkingDays(NonZeroU16::MIN),
    }
}

impl Default for ReturnPolicy {
    fn default() -> Self {
        Self {
            decide: working_days(3),
            papers: BusinessDuration::Wall(Span::hours(48)),
            ship_days: 14,
            ship_after_papers_days: 5,
            acknowledge_delivery: working_days(2),
            lost_days: 30,
            rest_days: 10,
            inspect: working_days(2),
            offer_days: 5,
            most_offers: 2,
            dispute_days: 30,
            dispute_limit_days: 150,
            settle_days: 14,
            usual_method: ReturnMethod::ByMail,
            goodwill: Goodwill::default(),
        }
    }
}

/// The longest step, in days.
const MOST_DAYS: u16 = 365;
/// The most offers to keep an item.
const MOST_OFFERS: u8 = 10;

impl ReturnPolicy {
    /// What is wrong with it: the field, and a sentence. Nothing when it can be part of a charter.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let fields = [
            ("shipDays", self.ship_days),
            ("shipAfterPapersDays", self.ship_after_papers_days),
            ("lostDays", self.lost_days),
            ("restDays", self.rest_days),
            ("offerDays", self.offer_days),
            ("disputeDays", self.dispute_days),
            ("disputeLimitDays", self.dispute_limit_days),
            ("settleDays", self.settle_days),
        ];
        let wrong = fields.into_iter().filter(|(_, days)| !(1..=MOST_DAYS).contains(days));
        let mut faults: Vec<_> = wrong.map(|(name, _)| (name, format!("This must be 1 to {MOST_DAYS} days."))).collect();
        let spans = [
            ("decide", self.decide),
            ("papers", self.papers),
            ("acknowledgeDelivery", self.acknowledge_delivery),
            ("inspect", self.inspect),
        ];
        for (name, span) in spans {
            if span.wall() <= TimeDelta::zero() || span.wall() > days(MOST_DAYS) {
                faults.push((name, format!("This must be more than nothing and at most {MOST_DAYS} days.")));
            }
        }
        if self.goodwill.days > MOST_DAYS {
            faults.push(("goodwill.days", format!("This must be at most {MOST_DAYS} days.")));
        }
        if self.most_offers > MOST_OFFERS {
            faults.push(("mostOffers", format!("There can be at most {MOST_OFFERS}.")));
        }
        faults
    }
}

/// What applies to one return: the policy, the calendars of the case's charter, and the days of the law.
#[derive(Debug, Clone, Copy)]
pub struct ReturnTerms<'a> {
    /// How long each step takes.
    pub policy: &'a ReturnPolicy,
    /// The charter of the case: whose hours count.
    pub charter: &'a Terms,
    /// The days of the law.
    pub days: &'a LegalDays,
}

/// That many days of 24 hours.
pub(super) fn days(count: u16) -> TimeDelta {
    TimeDelta::days(i64::from(count))
}
