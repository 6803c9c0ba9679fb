//! Reviews: ratings of a product or a seller that are published, and how they move.
//!
//! What is asked for near each of them (French consumer code, articles L111-7-2 and D111-17): whether it was checked, when it
//! was published and changed, when the experience was. Where a review stands follows from its versions; nobody sets it.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, text};
use super::super::ids::{BuyerId, OrderId, RatingId, SellerId};
use super::super::masking::{Policy, find};
use super::super::sentiment::Language;
use super::super::statements::Complaint;
use super::{Answers, InvitationAbout, RatingRefusal, Removal, Reply, ReplyDuty, ReplyRules, Report, Subject};

/// The most characters of a review.
const LONGEST_TEXT: usize = 5000;

/// How it was checked that the author had the experience (articles L111-7-2 and D111-17; Directive 2005/29/EC, article 7(6)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verification {
    /// By an invitation that is bound to an order line: the only way to be called verified (annex I, 23b).
    VerifiedPurchase,
    /// The author was invited otherwise; nothing proves the purchase.
    Invited,
    /// It was not checked.
    Unverified,
}

impl Verification {
    /// What a redeemed invitation proves; nothing is proved without one.
    pub const fn by(invitation: Option<&InvitationAbout>) -> Self {
        match invitation {
            Some(InvitationAbout::OrderLine { .. }) => Self::VerifiedPurchase,
            Some(InvitationAbout::Case { .. }) => Self::Invited,
            None => Self::Unverified,
        }
    }
}

/// Whether the author got something for writing, which readers must be told (article D111-18).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reward {
    /// Nothing.
    #[default]
    None,
    /// Something.
    Given,
}

/// Whether the marketplace may quote it elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Consent {
    /// It may not.
    #[default]
    Withheld,
    /// It may.
    Given,
}

/// What a review is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Product or seller; both are of this seller.
    pub seller: SellerId,
    /// The product, by the marketplace's own id; none when the seller is what is reviewed.
    pub product: Option<String>,
    /// The order and line that it comes from; none when it is not verified.
    pub order_line: Option<(OrderId, String)>,
}

/// What an author writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// In words.
    pub text: String,
    /// In grades.
    pub answers: Answers,
    /// When the experience was: the delivery, usually.
    pub experience_on: NaiveDate,
    /// Whether it may be quoted.
    pub consent: Consent,
}

/// One version of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewVersion {
    /// In words.
    pub text: String,
    /// In grades.
    pub answers: Answers,
    /// When the experience was.
    pub experience_on: NaiveDate,
    /// Whether it may be quoted.
    pub consent: Consent,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// When it was published; none while it is not.
    pub published_at: Option<DateTime<Utc>>,
}

/// How far the version that is not published has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Stage {
    Submitted,
    InModeration,
    Rejected,
}

/// How a review ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum End {
    Withdrawn,
    Removed,
}

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewState {
    /// It waits for its check.
    Submitted,
    /// A person looks at it.
    InModeration,
    /// Everybody can read it. A later version may wait behind it.
    Published,
    /// It was refused, and its author was told why (article D111-19).
    Rejected,
    /// The author took it back.
    Withdrawn,
    /// It was taken away after it had been published.
    Removed,
}

impl ReviewState {
    /// Every one.
    pub const ALL: [Self; 6] = [Self::Submitted, Self::InModeration, Self::Published, Self::Rejected, Self::Withdrawn, Self::Removed];
}

impl fmt::Display for ReviewState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submitted => "waiting for its check",
            Self::InModeration => "in moderation",
            Self::Published => "published",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Removed => "removed",
        })
    }
}

/// For what a person of the operator is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Attention {
    /// For nothing.
    None,
    /// To look at a version before it is published.
    Check,
    /// To decide on a report.
    Report,
    /// To answer the author's complaint.
    Complaint,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// Our id.
    pub id: RatingId,
    /// Who wrote it. The seller reads an alias.
    pub author: BuyerId,
    /// What it is about.
    pub about: About,
    /// How it was checked.
    pub verification: Verification,
    /// Whether it was rewarded.
    pub reward: Reward,
    /// The versions that were published, oldest first.
    pub published: Vec<ReviewVersion>,
    /// The version that waits or was refused, and how far it has come.
    pub(super) pending: Option<(ReviewVersion, Stage)>,
    pub(super) end: Option<End>,
    /// The last refusal or removal.
    pub removal: Option<Removal>,
    /// The author's complaint of it.
    pub complaint: Option<Complaint>,
    /// Until when the seller has to reply; none before it was published.
    pub duty: Option<ReplyDuty>,
    /// The one reply.
    pub reply: Option<Reply>,
    /// Who has reported it.
    pub reports: Vec<Report>,
    /// How often it has moved, from 1.
    pub revision: i32,
}

/// Whether a text may be published by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing speaks against it.
    Passed,
    /// A person must look at it.
    Doubtful,
}

impl Check {
    /// Looks for what is most often wrong and a machine can tell: somebody's personal data, advertising. What it finds a person
    /// judges; being negative is nothing (Directive 2005/29/EC, annex I, 23b).
    pub fn of(words: &str) -> Self {
        if find(words, &Policy::new(Language::En)).is_empty() { Self::Passed } else { Self::Doubtful }
    }
}

impl Draft {
    /// `today` is the day of `at` where the marketplace is.
    fn written(&self, at: DateTime<Utc>, today: NaiveDate) -> Result<ReviewVersion, RatingRefusal> {
        if self.experience_on > today {
            return Err(RatingRefusal::ExperienceAhead { given: self.experience_on.and_time(chrono::NaiveTime::MIN).and_utc() });
        }
        let Self { answers, experience_on, consent, .. } = self.clone();
        // Grades without words are a review too (article D111-16).
        let words = if self.text.trim().is_empty() { String::new() } else { text("The review", &self.text, LONGEST_TEXT)? };
        Ok(ReviewVersion { text: words, answers, experience_on, consent, written_at: at, published_at: None })
    }
}

impl Review {
    /// A review that somebody sends.
    pub fn submit(
        author: BuyerId,
        about: About,
        verification: Verification,
        reward: Reward,
        draft: &Draft,
        (at, today): (DateTime<Utc>, NaiveDate),
    ) -> Result<Self, RatingRefusal> {
        let subject = if about.product.is_some() { Subject::Product } else { Subject::Seller };
        if draft.answers.subject() != subject {
            return Err(RatingRefusal::NotAskedAbout { subject: draft.answers.subject() });
        }
        Ok(Self {
            id: RatingId::generate(),
            author,
            about,
            verification,
            reward,
            published: Vec::new(),
            pending: Some((draft.written(at, today)?, Stage::Submitted)),
            end: None,
            removal: None,
            complaint: None,
            duty: None,
            reply: None,
            reports: Vec::new(),
            revision: 1,
        })
    }

    /// What it rates.
    pub const fn subject(&self) -> Subject {
        if self.about.product.is_some() { Subject::Product } else { Subject::Seller }
    }

    /// Where it stands.
    pub fn state(&self) -> ReviewState {
        match (self.end, self.published.last(), &self.pending) {
            (Some(End::Withdrawn), ..) | (None, None, None) => ReviewState::Withdrawn,
            (Some(End::Removed), ..) => ReviewState::Removed,
            (None, Some(_), _) => ReviewState::Published,
            (None, None, Some((_, Stage::Submitted))) => ReviewState::Submitted,
            (None, None, Some((_, Stage::InModeration))) => ReviewState::InModeration,
            (None, None, Some((_, Stage::Rejected))) => ReviewState::Rejected,
        }
    }

    /// The author agrees to be quoted elsewhere, or no longer: as easily taken back as given (Regulation (EU) 2016/679, article 7(3)).
    /// The words stay as they are, so it is no new version.
    #[must_use]
    pub fn consenting(&self, consent: Consent) -> Self {
        let mut moved = self.moved();
        let pending = moved.pending.iter_mut().map(|(version, _)| version);
        moved.published.last_mut().into_iter().chain(pending).for_each(|version| version.consent = consent);
        moved
    }

    /// What everybody reads; none while nobody does.
    pub fn current(&self) -> Option<&ReviewVersion> {
        self.published.last().filter(|_| self.end.is_none())
    }

    /// What waits to be read or was refused; the author reads it beside what is published.
    pub fn waiting(&self) -> Option<&ReviewVersion> {
        self.pending.as_ref().filter(|_| self.end.is_none()).map(|(version, _)| version)
    }

    /// When it was first published.
    pub fn published_at(&self) -> Option<DateTime<Utc>> {
        self.published.first().and_then(|version| version.published_at)
    }

    /// When a later version was published; none without one.
    pub fn updated_at(&self) -> Option<DateTime<Utc>> {
        self.published.get(1..).and_then(|later| later.last()).and_then(|version| version.published_at)
    }

    /// The author writes it anew. What is published stays so until the new version was checked.
    pub fn rewrite(&self, draft: &Draft, (at, today): (DateTime<Utc>, NaiveDate)) -> Result<Self, RatingRefusal> {
        self.must_not_be_over()?;
        Ok(Self { pending: Some((draft.written(at, today)?, Stage::Submitted)), ..self.moved() })
    }

    /// The author takes it back.
    pub fn withdraw(&self) -> Result<Self, RatingRefusal> {
        self.must_not_be_over()?;
        Ok(Self { end: Some(End::Withdrawn), ..self.moved() })
    }

    /// What a check of the version that waits comes to: it is published, or a person looks at it.
    pub fn checked(&self, rules: ReplyRules, at: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        match self.waiting().map_or(Check::Passed, |version| Check::of(&version.text)) {
            Check::Passed => self.pass(rules, at),
            Check::Doubtful => self.hold(),
        }
    }

    /// For what a person of the operator is waited for; the first of several.
    pub fn attention(&self) -> Attention {
        let open = self.complaint.as_ref().is_some_and(|complaint| complaint.answer.is_none());
        match &self.pending {
            Some((_, Stage::InModeration)) if self.end.is_none() => Attention::Check,
            _ if open => Attention::Complaint,
            _ if self.state() == ReviewState::Published && self.reports.iter().any(|report| report.outcome.is_none()) => Attention::Report,
            _ => Attention::None,
        }
    }

    /// A check found nothing against the version that waits: it is published, and the seller's duty to reply begins once.
    pub fn pass(&self, rules: ReplyRules, at: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        self.must_not_be_over()?;
        self.pending_at(&[Stage::Submitted])?;
        self.publish_pending(rules, at)
    }

    /// A check found something: a person must look at it. Being negative is nothing.
    pub fn hold(&self) -> Result<Self, RatingRefusal> {
        self.must_not_be_over()?;
        let version = self.pending_at(&[Stage::Submitted])?.clone();
        Ok(Self { pending: Some((version, Stage::InModeration)), ..self.moved() })
    }

    /// A person has looked at it and publishes it.
    pub fn approve(&self, _by: &StaffId, rules: ReplyRules, at: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        self.must_not_be_over()?;
        self.pending_at(&[Stage::Submitted, Stage::InModeration])?;
        self.publish_pending(rules, at)
    }

    pub(super) fn publish_pending(&self, rules: ReplyRules, at: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        let mut moved = self.moved();
        let Some((version, _)) = moved.pending.take() else { return Err(self.not_now()) };
        moved.published.push(ReviewVersion { published_at: Some(at), ..version });
        moved.duty = moved.duty.or_else(|| Some(rules.duty_from(at)));
        Ok(moved)
    }

    pub(super) fn pending_at(&self, stages: &[Stage]) -> Result<&ReviewVersion, RatingRefusal> {
        match &self.pending {
            Some((version, stage)) if stages.contains(stage) => Ok(version),
            _ => Err(self.not_now()),
        }
    }

    pub(super) fn must_not_be_over(&self) -> Result<(), RatingRefusal> {
        if self.end.is_some() { Err(self.not_now()) } else { Ok(()) }
    }

    pub(super) fn must_be_published(&self) -> Result<(), RatingRefusal> {
        if self.state() == ReviewState::Published { Ok(()) } else { Err(self.not_now()) }
    }

    pub(super) fn not_now(&self) -> RatingRefusal {
        RatingRefusal::NotNow { state: self.state() }
    }

    pub(super) fn moved(&self) -> Self {
        Self { revision: self.revision + 1, ..self.clone() }
    }
}
