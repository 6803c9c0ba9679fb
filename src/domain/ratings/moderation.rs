//! Refusing and removing reviews: by a person, for a listed reason, with a statement that its author gets.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::StaffId;
use super::super::law::LegalDays;
use super::super::statements::{
    Complainant, Complaint, ComplaintOutcome, ComplaintRefusal, DecidedBy, StatementOfReasons, complaint_until,
};
use super::reviews::{End, Stage};
use super::{RatingRefusal, ReplyRules, Review};

/// Why a review is refused or removed. The list is public (article D111-18). A bad opinion is not on it: holding back what is
/// negative would falsify the picture (Directive 2005/29/EC, annex I, 23b and 23c).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ModerationReason {
    /// Against the law.
    Illegal,
    /// Insults, threats or hatred.
    Abusive,
    /// It tells somebody's personal data.
    PersonalData,
    /// It is advertising.
    Advertising,
    /// It has nothing to do with what is reviewed.
    OffTopic,
    /// Its author did not have the experience.
    NotGenuine,
    /// Its author has an interest: the seller, a rival, somebody paid in secret.
    ConflictOfInterest,
    /// The same was said before.
    Duplicate,
}

impl ModerationReason {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Illegal,
        Self::Abusive,
        Self::PersonalData,
        Self::Advertising,
        Self::OffTopic,
        Self::NotGenuine,
        Self::ConflictOfInterest,
        Self::Duplicate,
    ];
}

/// A refusal or a removal, as its author is told (article D111-19; Regulation (EU) 2022/2065, article 17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removal {
    /// Why, as a code.
    pub reason: ModerationReason,
    /// Why, in full.
    pub statement: StatementOfReasons,
    /// Who decided.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when its author can complain, free of charge.
    pub complaint_until: DateTime<Utc>,
}

/// A person of the operator who decides about reviews, and the days by which periods are reckoned.
#[derive(Debug, Clone)]
pub struct Moderator<'a> {
    /// Who.
    pub staff: StaffId,
    /// The marketplace's days.
    pub days: &'a LegalDays,
    /// When.
    pub at: DateTime<Utc>,
}

impl Moderator<'_> {
    fn removal(&self, reason: ModerationReason, statement: StatementOfReasons) -> Removal {
        let complaint_until = complaint_until(self.days, self.at);
        Removal { reason, statement, by: self.staff.clone(), at: self.at, complaint_until }
    }
}

impl Review {
    /// Refuses the version that waits. What was published before stays.
    pub fn reject(&self, reason: ModerationReason, statement: StatementOfReasons, by: &Moderator<'_>) -> Result<Self, RatingRefusal> {
        self.must_not_be_over()?;
        let version = self.pending_at(&[Stage::Submitted, Stage::InModeration])?.clone();
        let removal = Some(by.removal(reason, statement));
        Ok(Self { pending: Some((version, Stage::Rejected)), removal, complaint: None, ..self.moved() })
    }

    /// Takes it away after it was published.
    pub fn remove(&self, reason: ModerationReason, statement: StatementOfReasons, by: &Moderator<'_>) -> Result<Self, RatingRefusal> {
        self.must_be_published()?;
        let removal = Some(by.removal(reason, statement));
        Ok(Self { end: Some(End::Removed), removal, complaint: None, ..self.moved() })
    }

    /// Its author complains of the refusal or removal.
    pub fn complain(&self, words: &str, at: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        let Some(removal) = self.removal.as_ref().filter(|_| self.is_held_back()) else { return Err(self.not_now()) };
        let complaint = Complaint::lodge(self.complaint.as_ref(), Complainant::Author, words, removal.complaint_until, at)?;
        Ok(Self { complaint: Some(complaint), ..self.moved() })
    }

    /// A person answers the complaint; when it is upheld, the review is published (again).
    pub fn answer_complaint(
        &self,
        outcome: ComplaintOutcome,
        reasons: &str,
        by: &Moderator<'_>,
        rules: ReplyRules,
    ) -> Result<Self, RatingRefusal> {
        let (Some(complaint), Some(removal)) = (&self.complaint, &self.removal) else {
            return Err(ComplaintRefusal::NoneOpen.into());
        };
        let answered = complaint.answer(&DecidedBy::Person(removal.by.clone()), outcome, reasons, by.staff.clone(), by.at)?;
        let moved = Self { complaint: Some(answered), ..self.moved() };
        // Its author may have taken it back or written it anew meanwhile; then there is nothing to bring back.
        match outcome {
            // While nobody could read it nobody could reply: the seller has all its time from now on.
            ComplaintOutcome::Upheld if moved.end == Some(End::Removed) => {
                let duty = if moved.reply.is_none() { moved.duty.map(|_| rules.duty_from(by.at)) } else { moved.duty };
                Ok(Self { end: None, duty, ..moved })
            }
            ComplaintOutcome::Upheld if moved.is_held_back() => {
                let revision = moved.revision;
                Ok(Self { revision, ..moved.publish_pending(rules, by.at)? })
            }
            _ => Ok(moved),
        }
    }

    /// Whether what its author wrote last is held back.
    pub fn is_held_back(&self) -> bool {
        match self.end {
            Some(End::Removed) => true,
            Some(End::Withdrawn) => false,
            None => matches!(self.pending, Some((_, Stage::Rejected))),
        }
    }
}
