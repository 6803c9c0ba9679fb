//! The clocks that the law sets, as data and as day counts.
//!
//! They are no service-level targets: they run by days of the calendar and end at midnight, whatever the opening hours
//! are, and no charter changes them. Not legal advice; each rule names its article, and says whether that article was read.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

mod conformity;
mod days;
mod refund;
mod withdrawal;

#[cfg(test)]
mod tests;

pub use conformity::{Condition, Remedied, conformity_until, presumed_until};
pub use days::{LegalDays, Period};
pub use refund::{RefundDue, SellerMayWait, WayBackCost, way_back_cost};
pub use withdrawal::{Deliveries, Information, WithdrawalExclusion, WithdrawalWindow};

/// A clock that the law sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LegalClock {
    /// In which a consumer may withdraw from a contract made at a distance.
    WithdrawalWindow,
    /// By how much that window grows when the consumer was not told of the right.
    UninformedExtension,
    /// In which the consumer sends the goods back.
    SendBack,
    /// In which the seller refunds after a withdrawal.
    WithdrawalRefund,
    /// In which the seller refunds after a contract was ended because nothing was delivered.
    NonDeliveryRefund,
    /// In which goods that do not conform are repaired or replaced.
    RepairOrReplace,
    /// For which the seller answers for conformity.
    Conformity,
    /// By how much that grows with a repair under the guarantee.
    RepairExtension,
    /// In which a consumer may turn to the consumer mediator.
    MediatorAccess,
    /// In which the consumer mediator gives a result.
    ExternalMediation,
    /// For which the end of a seller's account is announced before.
    SellerTermination,
    /// For which a change of the terms is announced before.
    TermsChange,
    /// For which a decision of the platform can be complained of, at least.
    PlatformComplaint,
}

/// How long, and in what it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Length {
    /// Calendar days.
    Days(u16),
    /// Calendar months.
    Months(u16),
    /// Years.
    Years(u16),
}

/// What becomes of a period whose last day is a Saturday, a Sunday or a public holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Roll {
    /// It ends with the next working day (article L221-19, 3°; Regulation (EEC, Euratom) No 1182/71, article 3(4)).
    NextWorkingDay,
    /// It ends where it ends: it binds a trader, or nothing says that it grows.
    AsItFalls,
}

/// Whether the text behind a rule was read, or only its summaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reading {
    /// It was.
    Confirmed,
    /// It was not: a lawyer should look before anybody relies on it.
    Unconfirmed,
}

/// One rule of the law, with the time in which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegalRule {
    /// Which clock it sets.
    pub clock: LegalClock,
    /// Where it stands.
    pub article: &'static str,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The last; none while nothing is known of an end.
    pub until: Option<NaiveDate>,
    /// How long.
    pub length: Length,
    /// What becomes of its last day.
    pub roll: Roll,
    /// What starts it.
    pub starts: &'static str,
    /// What stops it; none when only its end does.
    pub stops: Option<&'static str>,
    /// Whether it was read.
    pub reading: Reading,
}

impl LegalRule {
    /// The rules as they stand; French consumer law and the platform law of the Union. A new text is a new row, and the
    /// old one gets its last day: what began under it is reckoned by it.
    pub const ALL: &'static [Self] = &[
        rule(LegalClock::WithdrawalWindow, "L221-18, L221-19", (2014, 6, 14), Length::Days(14), Roll::NextWorkingDay)
            .between("receipt of the last goods of the order", "withdrawal declared"),
        rule(LegalClock::UninformedExtension, "L221-20", (2014, 6, 14), Length::Months(12), Roll::AsItFalls)
            .between("end of the withdrawal window", "withdrawal declared"),
        rule(LegalClock::SendBack, "L221-23", (2014, 6, 14), Length::Days(14), Roll::NextWorkingDay)
            .between("withdrawal declared", "goods sent"),
        rule(LegalClock::WithdrawalRefund, "L221-24", (2014, 6, 14), Length::Days(14), Roll::AsItFalls)
            .between("withdrawal declared", "refund succeeded"),
        rule(LegalClock::NonDeliveryRefund, "L216-7", (2022, 10, 1), Length::Days(14), Roll::AsItFalls)
            .between("contract ended", "refund succeeded")
            .unconfirmed(),
        rule(LegalClock::RepairOrReplace, "L217-9, L217-10", (2022, 1, 1), Length::Days(30), Roll::AsItFalls)
            .between("buyer's request", "repaired or replaced"),
        rule(LegalClock::Conformity, "L217-3", (2022, 1, 1), Length::Years(2), Roll::AsItFalls).started_by("delivery"),
        rule(LegalClock::RepairExtension, "L217-13, D211-2", (2022, 1, 1), Length::Months(6), Roll::AsItFalls)
            .started_by("end of the guarantee"),
        rule(LegalClock::MediatorAccess, "L612-2", (2016, 1, 1), Length::Years(1), Roll::AsItFalls)
            .between("written complaint to the trader", "referral to the mediator"),
        rule(LegalClock::ExternalMediation, "R612-5", (2016, 1, 1), Length::Days(90), Roll::AsItFalls)
            .between("notification of the referral", "result"),
        rule(LegalClock::SellerTermination, "Reg. (EU) 2019/1150, 4(2)", (2020, 7, 12), Length::Days(30), Roll::AsItFalls)
            .between("statement of reasons", "end of the account"),
        rule(LegalClock::TermsChange, "Reg. (EU) 2019/1150, 3(2)", (2020, 7, 12), Length::Days(15), Roll::AsItFalls)
            .between("announcement", "effect"),
        rule(LegalClock::PlatformComplaint, "Reg. (EU) 2022/2065, 20(1)", (2024, 2, 17), Length::Months(6), Roll::AsItFalls)
            .between("decision", "complaint"),
    ];

    /// Whether it holds on a day.
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }

    const fn between(self, starts: &'static str, stops: &'static str) -> Self {
        Self { starts, stops: Some(stops), ..self }
    }

    const fn started_by(self, starts: &'static str) -> Self {
        Self { starts, ..self }
    }

    const fn unconfirmed(self) -> Self {
        Self { reading: Reading::Unconfirmed, ..self }
    }
}

impl LegalClock {
    /// Every clock.
    pub const ALL: [Self; 13] = [
        Self::WithdrawalWindow,
        Self::UninformedExtension,
        Self::SendBack,
        Self::WithdrawalRefund,
        Self::NonDeliveryRefund,
        Self::RepairOrReplace,
        Self::Conformity,
        Self::RepairExtension,
        Self::MediatorAccess,
        Self::ExternalMediation,
        Self::SellerTermination,
        Self::TermsChange,
        Self::PlatformComplaint,
    ];

    /// The rule that holds on a day; none before there was one.
    pub fn rule_on(self, date: NaiveDate) -> Option<&'static LegalRule> {
        LegalRule::ALL.iter().find(|rule| rule.clock == self && rule.holds_on(date))
    }

    /// The rule that holds on a day, or the oldest we know of for what began before it: a clock of the law must always run.
    fn rule(self, date: NaiveDate) -> (Length, Roll) {
        let known = self.rule_on(date).or_else(|| LegalRule::ALL.iter().find(|rule| rule.clock == self));
        known.map_or((Length::Days(14), Roll::NextWorkingDay), |rule| (rule.length, rule.roll))
    }
}

const fn rule(clock: LegalClock, article: &'static str, from: (i32, u32, u32), length: Length, roll: Roll) -> LegalRule {
    let (year, month, day) = from;
    let from = match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    };
    LegalRule { clock, article, from, until: None, length, roll, starts: "", stops: None, reading: Reading::Confirmed }
}
