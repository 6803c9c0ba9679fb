//! The one public reply to a review, and the seller's duty to give it in time.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, text};
use super::super::mails::Language;
use super::super::parties::Party;
use super::super::statements::StatementOfReasons;
use super::reviews::Check;
use super::{RatingRefusal, Review};

/// The most characters of a reply.
const LONGEST_REPLY: usize = 3000;

/// How soon sellers reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplyRules {
    /// Within so many hours after the review was published, by the clock on the wall.
    pub hours: u16,
}

impl Default for ReplyRules {
    fn default() -> Self {
        Self { hours: 48 }
    }
}

impl ReplyRules {
    /// The duty that a review published at `at` brings.
    pub fn duty_from(self, at: DateTime<Utc>) -> ReplyDuty {
        ReplyDuty { since: at, due_at: at + TimeDelta::hours(i64::from(self.hours)) }
    }
}

/// How long reviews take to be published, and how long they are shown: readers are told (article D111-18 of the French consumer code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PublicationRules {
    /// Within so many days a person has looked at what must be checked.
    pub within_days: u16,
    /// For so many days after its publication a review is shown; none for ever.
    pub keep_days: Option<u16>,
}

impl Default for PublicationRules {
    /// A week, and the three years after which what is known of a customer is commonly no longer kept.
    fn default() -> Self {
        Self { within_days: 7, keep_days: Some(3 * 365) }
    }
}

impl PublicationRules {
    /// From when on what was published is still shown at `at`; none when all of it is.
    pub fn shown_since(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.keep_days.map(|days| at - TimeDelta::days(i64::from(days)))
    }

    /// What readers are told.
    pub fn words(self, language: Language) -> String {
        let Self { within_days, keep_days } = self;
        match (language, keep_days) {
            (Language::English, Some(keep)) => format!("A review is published within {within_days} days and shown for {keep} days."),
            (Language::English, None) => format!("A review is published within {within_days} days and shown without a limit of time."),
            (Language::French, Some(keep)) => format!("Un avis est publié sous {within_days} jours et conservé {keep} jours."),
            (Language::French, None) => format!("Un avis est publié sous {within_days} jours et conservé sans limite de durée."),
        }
    }
}

/// The duty to reply to a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplyDuty {
    /// When the review was published.
    pub since: DateTime<Utc>,
    /// Until when to reply.
    pub due_at: DateTime<Utc>,
}

/// One version of a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplyVersion {
    /// In words.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// Who replied: the seller, or the operator in its place.
    pub by: Party,
    /// Its first version.
    pub first: ReplyVersion,
    /// Its later versions, oldest first.
    pub later: Vec<ReplyVersion>,
    /// Why it is not shown, by whom; none while it is.
    pub hidden: Option<(StatementOfReasons, StaffId)>,
}

impl Reply {
    /// What readers see; none while it is hidden.
    pub fn current(&self) -> Option<&ReplyVersion> {
        self.hidden.is_none().then(|| self.later.last().unwrap_or(&self.first))
    }
}

/// Where the duty to reply stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReplyStanding {
    /// There is time left.
    Due,
    /// There is no reply, and no time left.
    Overdue,
    /// The seller replied in time.
    InTime,
    /// The seller replied late.
    Late,
    /// The operator replied, or the review is gone: nothing is asked of the seller.
    Lifted,
}

impl ReplyStanding {
    /// Whether it counts as late.
    pub const fn is_late(self) -> bool {
        matches!(self, Self::Overdue | Self::Late)
    }
}

impl Review {
    /// Where the seller's duty to reply stands; none before the review was published.
    pub fn reply_standing(&self, now: DateTime<Utc>) -> Option<ReplyStanding> {
        let duty = self.duty?;
        Some(match &self.reply {
            Some(Reply { by: Party::Seller, first, .. }) if first.at <= duty.due_at => ReplyStanding::InTime,
            Some(Reply { by: Party::Seller, .. }) => ReplyStanding::Late,
            Some(_) => ReplyStanding::Lifted,
            None if self.current().is_none() => ReplyStanding::Lifted,
            None if now <= duty.due_at => ReplyStanding::Due,
            None => ReplyStanding::Overdue,
        })
    }

    /// The seller, or the operator in its place, replies, once.
    pub fn reply(&self, by: Party, words: &str, at: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        self.must_be_published()?;
        if by == Party::Buyer {
            return Err(RatingRefusal::Text(super::super::refusal::Refusal::NotAllowed));
        }
        if self.reply.is_some() {
            return Err(RatingRefusal::RepliedAlready);
        }
        let first = ReplyVersion { text: fit_to_publish(words)?, at };
        Ok(Self { reply: Some(Reply { by, first, later: Vec::new(), hidden: None }), ..self.moved() })
    }

    /// Whoever replied puts it otherwise. A hidden reply is shown again only by the operator's leave.
    pub fn change_reply(&self, by: Party, words: &str, at: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        self.must_be_published()?;
        let mut moved = self.moved();
        let Some(reply) = moved.reply.as_mut().filter(|reply| reply.by == by) else { return Err(RatingRefusal::NoReply) };
        reply.later.push(ReplyVersion { text: fit_to_publish(words)?, at });
        Ok(moved)
    }

    /// A person of the operator hides the reply, by the same rules as reviews.
    pub fn hide_reply(&self, statement: StatementOfReasons, by: StaffId) -> Result<Self, RatingRefusal> {
        let mut moved = self.moved();
        let Some(reply) = moved.reply.as_mut().filter(|reply| reply.hidden.is_none()) else { return Err(RatingRefusal::NoReply) };
        reply.hidden = Some((statement, by));
        Ok(moved)
    }

    /// A person of the operator shows it again.
    pub fn show_reply(&self, _by: &StaffId) -> Result<Self, RatingRefusal> {
        let mut moved = self.moved();
        let Some(reply) = moved.reply.as_mut().filter(|reply| reply.hidden.is_some()) else { return Err(RatingRefusal::NoReply) };
        reply.hidden = None;
        Ok(moved)
    }
}

/// Everybody reads a reply at once: what a review would be held for, its writer takes out first.
fn fit_to_publish(words: &str) -> Result<String, RatingRefusal> {
    let words = text("The reply", words, LONGEST_REPLY)?;
    if Check::of(&words) == Check::Doubtful { Err(RatingRefusal::PersonalData) } else { Ok(words) }
}

/// How many of these reviews were replied to late, or not at all in time.
pub fn replied_late<'a>(reviews: impl IntoIterator<Item = &'a Review>, now: DateTime<Utc>) -> usize {
    reviews.into_iter().filter(|review| review.reply_standing(now).is_some_and(ReplyStanding::is_late)).count()
}
