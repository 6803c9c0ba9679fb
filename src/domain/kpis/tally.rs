//! What is counted, by day and slice.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::cases::CasePhase;
use super::super::ids::{SellerId, TeamId};
use super::super::ratings::{Grade, Recommendation};
use super::super::reasons::{Avoidable, Family, ReasonKey};
use super::super::tickets::Channel;
use super::{Durations, Nps, Share};

/// By what figures can be split.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Slice {
    /// The seller.
    pub seller: Option<SellerId>,
    /// The channel.
    pub channel: Option<Channel>,
    /// The contact reason.
    pub reason: Option<ReasonKey>,
    /// Before or after the sale.
    pub phase: Option<CasePhase>,
    /// The operator's team that looked after it.
    pub team: Option<TeamId>,
}

/// What became of a case after it was resolved. It is known only when the time to come back has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Aftermath {
    /// That time still runs.
    NotYetKnown,
    /// The buyer did not come back.
    Quiet,
    /// It was opened again.
    Reopened,
    /// There was a new case of the same line and reason.
    CameBack,
}

/// How a case was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolution {
    /// How many human replies it took. Automatic ones are none.
    pub replies: u32,
    /// What came after.
    pub aftermath: Aftermath,
}

impl Resolution {
    /// Resolved with one reply, and quiet since. Without any, nobody helped.
    const fn at_first_contact(self) -> bool {
        self.replies == 1 && matches!(self.aftermath, Aftermath::Quiet)
    }
}

/// Whether a case is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CaseEnd {
    /// It is not.
    Open,
    /// It was resolved.
    Resolved(Resolution),
}

/// What one case adds to the day on which it was opened. A case that changes is taken out as it was and put in as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseFacts {
    /// The day on which it was opened.
    pub opened_on: NaiveDate,
    /// Where it belongs.
    pub slice: Slice,
    /// What kind of request it is.
    pub family: Family,
    /// Whether better information would have spared it.
    pub avoidable: Avoidable,
    /// From the buyer's first message to the first human reply, in seconds by the clock on the wall; none before it.
    pub first_reply: Option<u32>,
    /// The same in seconds of business hours.
    pub first_reply_business: Option<u32>,
    /// Whether it is over.
    pub end: CaseEnd,
    /// For how many seconds somebody worked on it, where that was measured.
    pub handling_seconds: u32,
    /// How many human replies of the operator it took.
    #[serde(default)]
    pub operator_replies: u32,
    /// The buyer's satisfaction, counted once ([`super::super::ratings::one_per_case`]).
    pub satisfaction: Option<Grade>,
    /// Whether the buyer recommends the marketplace.
    pub recommendation: Option<Recommendation>,
}

/// Whether the same product or seller had a dispute for the same reason not long before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Recurrence {
    /// It had none.
    First,
    /// It had one.
    Again,
}

impl Recurrence {
    /// Whether a dispute recurs, given the day of the last one before it of the same product or seller and reason.
    pub fn of(earlier: Option<NaiveDate>, opened_on: NaiveDate, window_days: u16) -> Self {
        match earlier {
            Some(earlier) if (opened_on - earlier).num_days() <= i64::from(window_days) => Self::Again,
            _ => Self::First,
        }
    }
}

/// Whether and how a dispute ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisputeEnding {
    /// It has not.
    Open,
    /// By an agreement or a decision that stands.
    Resolved,
    /// Nobody decided in time, or the operator could not help.
    Unresolved,
    /// The opener took it back, which says nothing of how it would have ended.
    TakenBack,
}

/// What one dispute adds to the day on which it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeFacts {
    /// Whether it recurs.
    pub recurrence: Recurrence,
    /// How it ended.
    pub ending: DisputeEnding,
}

/// What became of a visit to the help pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HelpVisit {
    /// The visitor found enough.
    Deflected,
    /// The visitor went on to the form.
    WentOn,
}

/// What is not there is not written down: most rows count a case or two.
fn is_nothing<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The counts of a day and slice, or of any number of them merged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct KpiTally {
    /// Orders. They are counted by seller only.
    #[serde(skip_serializing_if = "is_nothing")]
    pub orders: u64,
    /// Cases.
    #[serde(skip_serializing_if = "is_nothing")]
    pub cases: u64,
    /// Complaints among them.
    #[serde(skip_serializing_if = "is_nothing")]
    pub complaints: u64,
    /// Cases that better information would have spared.
    #[serde(skip_serializing_if = "is_nothing")]
    pub avoidable: u64,
    /// Satisfied buyers of those who answered.
    #[serde(skip_serializing_if = "is_nothing")]
    pub satisfied: Share,
    /// Who recommends the marketplace.
    #[serde(skip_serializing_if = "is_nothing")]
    pub nps: Nps,
    /// First replies, by the clock on the wall.
    #[serde(skip_serializing_if = "is_nothing")]
    pub first_reply: Durations,
    /// First replies, in business hours.
    #[serde(skip_serializing_if = "is_nothing")]
    pub first_reply_business: Durations,
    /// Cases resolved at first contact, of those of which that is known.
    #[serde(skip_serializing_if = "is_nothing")]
    pub first_contact: Share,
    /// Cases opened again, of those of which that is known.
    #[serde(skip_serializing_if = "is_nothing")]
    pub reopened: Share,
    /// Seconds of work, as far as they were measured.
    #[serde(skip_serializing_if = "is_nothing")]
    pub handling_seconds: u64,
    /// Human replies of the operator.
    #[serde(skip_serializing_if = "is_nothing")]
    pub operator_replies: u64,
    /// Disputes that recur, of all.
    #[serde(skip_serializing_if = "is_nothing")]
    pub recurring: Share,
    /// Disputes resolved, of those that ended.
    #[serde(skip_serializing_if = "is_nothing")]
    pub disputes_resolved: Share,
    /// Visits to the help pages that ended there.
    #[serde(skip_serializing_if = "is_nothing")]
    pub deflected: Share,
}

impl KpiTally {
    /// Puts a case in.
    pub fn add_case(&mut self, case: &CaseFacts) {
        self.cases += 1;
        self.complaints += u64::from(case.family == Family::Complaint);
        self.avoidable += u64::from(case.avoidable == Avoidable::Yes);
        self.handling_seconds += u64::from(case.handling_seconds);
        self.operator_replies += u64::from(case.operator_replies);
        case.satisfaction.iter().for_each(|grade| self.satisfied.count(|| *grade >= Grade::SATISFIED));
        case.recommendation.iter().for_each(|answer| self.nps.count(*answer));
        case.first_reply.iter().for_each(|seconds| self.first_reply.add(*seconds));
        case.first_reply_business.iter().for_each(|seconds| self.first_reply_business.add(*seconds));
        if let CaseEnd::Resolved(resolution) = case.end
            && resolution.aftermath != Aftermath::NotYetKnown
        {
            self.reopened.count(|| resolution.aftermath == Aftermath::Reopened);
            self.first_contact.count(|| resolution.at_first_contact());
        }
    }

    /// Puts a dispute in.
    pub fn add_dispute(&mut self, dispute: DisputeFacts) {
        self.recurring.count(|| dispute.recurrence == Recurrence::Again);
        if matches!(dispute.ending, DisputeEnding::Resolved | DisputeEnding::Unresolved) {
            self.disputes_resolved.count(|| dispute.ending == DisputeEnding::Resolved);
        }
    }

    /// Counts a visit to the help pages.
    pub fn add_visit(&mut self, visit: HelpVisit) {
        self.deflected.count(|| visit == HelpVisit::Deflected);
    }

    /// Takes other counts in.
    pub fn merge(&mut self, other: &Self) {
        self.orders += other.orders;
        self.cases += other.cases;
        self.complaints += other.complaints;
        self.avoidable += other.avoidable;
        self.satisfied.merge(&other.satisfied);
        self.nps.merge(&other.nps);
        self.first_reply.merge(&other.first_reply);
        self.first_reply_business.merge(&other.first_reply_business);
        self.first_contact.merge(&other.first_contact);
        self.reopened.merge(&other.reopened);
        self.handling_seconds += other.handling_seconds;
        self.operator_replies += other.operator_replies;
        self.recurring.merge(&other.recurring);
        self.disputes_resolved.merge(&other.disputes_resolved);
        self.deflected.merge(&other.deflected);
    }

    /// Without what is in another; none when that was not all in it, which means that something was miscounted.
    #[must_use]
    pub fn less(&self, other: &Self) -> Option<Self> {
        Some(Self {
            orders: self.orders.checked_sub(other.orders)?,
            cases: self.cases.checked_sub(other.cases)?,
            complaints: self.complaints.checked_sub(other.complaints)?,
            avoidable: self.avoidable.checked_sub(other.avoidable)?,
            satisfied: self.satisfied.less(other.satisfied)?,
            nps: self.nps.less(other.nps)?,
            first_reply: self.first_reply.less(&other.first_reply)?,
            first_reply_business: self.first_reply_business.less(&other.first_reply_business)?,
            first_contact: self.first_contact.less(other.first_contact)?,
            reopened: self.reopened.less(other.reopened)?,
            handling_seconds: self.handling_seconds.checked_sub(other.handling_seconds)?,
            operator_replies: self.operator_replies.checked_sub(other.operator_replies)?,
            recurring: self.recurring.less(other.recurring)?,
            disputes_resolved: self.disputes_resolved.less(other.disputes_resolved)?,
            deflected: self.deflected.less(other.deflected)?,
        })
    }

    /// All of them merged.
    pub fn merged<'a>(tallies: impl IntoIterator<Item = &'a Self>) -> Self {
        tallies.into_iter().fold(Self::default(), |mut whole, tally| {
            whole.merge(tally);
            whole
        })
    }
}
