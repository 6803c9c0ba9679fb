//! What stands beside reviews: versions, replies, reasons, complaints, reports.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::super::errors::Result;
use super::super::loaders::{Found, Reader};
use super::super::session::session;
use super::QuoteConsent;
use crate::domain::ids::{ReportId, SellerId};
use crate::domain::parties::{Party, View};
use crate::domain::ratings::{Answers, Criteria, Removal, Reply, ReplyVersion, Report, ReportOutcome as Outcome, Reporter, ReviewVersion};
use crate::domain::statements::{Complaint, Ground};
use crate::store::StoreError;

/// A grade of one criterion.
#[derive(SimpleObject)]
pub(super) struct GivenGrade {
    /// The criterion's short name.
    criterion: String,
    /// How people call it, in the marketplace's language.
    label: String,
    /// 1 to 5; 5 is best.
    grade: i32,
}

pub(super) fn grades(version: &ReviewVersion, criteria: &Criteria, locale: &str) -> Vec<GivenGrade> {
    given(&version.answers, criteria, locale)
}

/// The grades that were given, by the names of today.
pub(super) fn given(answers: &Answers, criteria: &Criteria, locale: &str) -> Vec<GivenGrade> {
    let asked = criteria.of(answers.subject());
    let given = answers.grades().iter().map(|(key, grade)| {
        let label = asked.iter().find(|one| one.key == *key).map_or(key.as_str(), |one| one.label(locale));
        GivenGrade { criterion: key.to_string(), label: label.to_owned(), grade: grade.get().into() }
    });
    given.collect()
}

/// One version of a review.
pub(super) struct VersionObject(pub(super) ReviewVersion, pub(super) Criteria, pub(super) String);

#[Object(name = "ReviewVersion")]
/// What a review said for a time, or would say.
impl VersionObject {
    /// In words; empty where there are grades only.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// In grades.
    async fn grades(&self) -> Vec<GivenGrade> {
        grades(&self.0, &self.1, &self.2)
    }

    /// When the experience was.
    async fn experience_on(&self) -> NaiveDate {
        self.0.experience_on
    }

    /// Whether it may be quoted elsewhere.
    async fn quote_consent(&self) -> QuoteConsent {
        self.0.consent.into()
    }

    /// When it was written.
    async fn written_at(&self) -> DateTime<Utc> {
        self.0.written_at
    }

    /// When it was published; null while it is not.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }
}

/// Who replied to a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum ReviewReplyBy {
    /// The seller.
    Seller,
    /// The operator in its place.
    Operator,
}

/// The one public reply to a review.
#[derive(SimpleObject)]
pub(super) struct ReviewReply {
    /// Who replied.
    by: ReviewReplyBy,
    /// In words, as last put.
    text: String,
    /// When it was given first.
    replied_at: DateTime<Utc>,
    /// When it was last put otherwise; null when it never was.
    updated_at: Option<DateTime<Utc>>,
}

impl ReviewReply {
    pub(super) fn of(reply: &Reply) -> Option<Self> {
        let current: &ReplyVersion = reply.current()?;
        let by = if reply.by == Party::Seller { ReviewReplyBy::Seller } else { ReviewReplyBy::Operator };
        let updated_at = reply.later.last().map(|version| version.at);
        Some(Self { by, text: current.text.clone(), replied_at: reply.first.at, updated_at })
    }
}

/// Why a review is refused or removed: the whole list. A bad opinion is not on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::ModerationReason")]
pub(super) enum ModerationReason {
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

/// Why a review is held back, as its author is told (article D111-19; Regulation (EU) 2022/2065, article 17).
#[derive(SimpleObject)]
pub(super) struct ReviewRemoval {
    /// Why, as a code.
    reason: ModerationReason,
    /// The facts and circumstances.
    facts: String,
    /// The article of the law, or the clause of the marketplace's terms, and why.
    ground: String,
    /// How to complain.
    redress: String,
    /// When it was decided.
    decided_at: DateTime<Utc>,
    /// Until when the author can complain.
    complaint_until: DateTime<Utc>,
}

impl From<&Removal> for ReviewRemoval {
    fn from(removal: &Removal) -> Self {
        let (Ground::Law { text } | Ground::Terms { text }) = removal.statement.ground();
        Self {
            reason: removal.reason.into(),
            facts: removal.statement.facts().to_owned(),
            ground: text.clone(),
            redress: removal.statement.redress().to_owned(),
            decided_at: removal.at,
            complaint_until: removal.complaint_until,
        }
    }
}

/// What became of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::statements::ComplaintOutcome")]
pub(super) enum ReviewComplaintOutcome {
    /// The decision was wrong: the review is published.
    Upheld,
    /// The decision stands.
    Rejected,
}

/// An author's complaint of a decision.
#[derive(SimpleObject)]
pub(super) struct ReviewComplaint {
    /// Why.
    text: String,
    /// When.
    at: DateTime<Utc>,
    /// What became of it; null while it is open.
    outcome: Option<ReviewComplaintOutcome>,
    /// Why so; null while it is open.
    reasons: Option<String>,
}

impl From<&Complaint> for ReviewComplaint {
    fn from(complaint: &Complaint) -> Self {
        let answer = complaint.answer.as_ref();
        Self {
            text: complaint.text.clone(),
            at: complaint.at,
            outcome: answer.map(|answer| answer.outcome.into()),
            reasons: answer.map(|answer| answer.reasons.clone()),
        }
    }
}

/// What is reported of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::ReportReason")]
pub(super) enum ReviewReportReason {
    /// It may not be genuine (article L111-7-2). The seller's that it is about, free of charge, with reasons.
    Doubt,
    /// It is illegal (Regulation (EU) 2022/2065, article 16).
    Illegal,
    /// It breaks the marketplace's rules for reviews.
    Rules,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum ReviewReportOutcome {
    /// The review stays.
    Kept,
    /// It was removed.
    Removed,
}

/// That somebody reported a review.
#[derive(SimpleObject)]
pub(super) struct ReviewReport {
    /// An id that stays the same. Not a node.
    id: ReportId,
    /// What is reported.
    reason: ReviewReportReason,
    /// Why they think so.
    text: String,
    /// Who; null when it is the seller that it is about.
    name: Option<String>,
    /// Their e-mail address, to be told what became of it; null when it is the seller.
    email: Option<String>,
    /// When.
    at: DateTime<Utc>,
    /// What became of it; null while nobody has decided.
    outcome: Option<ReviewReportOutcome>,
    /// Why the review stays; null unless it does.
    reasons: Option<String>,
}

impl From<&Report> for ReviewReport {
    fn from(report: &Report) -> Self {
        let (name, email) = match &report.by {
            Reporter::Seller { .. } => (None, None),
            Reporter::Person { name, email } => (Some(name.clone()), Some(email.clone())),
        };
        let (outcome, reasons) = match report.outcome.as_ref().map(|(outcome, _)| outcome) {
            None => (None, None),
            Some(Outcome::Kept { reasons }) => (Some(ReviewReportOutcome::Kept), Some(reasons.clone())),
            Some(Outcome::Removed) => (Some(ReviewReportOutcome::Removed), None),
        };
        Self { id: report.id, reason: report.reason.into(), text: report.text.clone(), name, email, at: report.at, outcome, reasons }
    }
}

/// Where the seller's duty to reply stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::ReplyStanding")]
pub(super) enum ReviewReplyStanding {
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

/// How a seller keeps the duty to reply to what is published about it.
#[derive(Debug, Clone, Copy, Default, SimpleObject)]
pub(in crate::graphql) struct ReviewReplies {
    /// Reviews that wait for a reply, with time left.
    due: i32,
    /// Reviews that wait for a reply, with none.
    overdue: i32,
    /// Reviews that it replied to in time.
    in_time: i32,
    /// Reviews that it replied to late.
    late: i32,
}

/// The replies of a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct RepliesOf(SellerId);

impl Loader<RepliesOf> for Reader {
    type Value = ReviewReplies;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[RepliesOf]) -> Found<RepliesOf, ReviewReplies> {
        let sellers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.review_replies(self.scope.marketplace, &sellers).await.map_err(Arc::new)?;
        let count = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let counted: HashMap<_, _> = found
            .into_iter()
            .map(|(seller, counts)| {
                let [due, overdue, in_time, late] = counts.map(count);
                (RepliesOf(seller), ReviewReplies { due, overdue, in_time, late })
            })
            .collect();
        Ok(counted)
    }
}

/// How a seller keeps its duty, for those who may know: the operator and the seller.
pub(in crate::graphql) async fn replies_of(ctx: &Context<'_>, seller: SellerId) -> Result<Option<ReviewReplies>> {
    let session = session(ctx)?;
    match session.scope().view {
        View::Whole => {}
        View::Seller(own) if own == seller => {}
        _ => return Ok(None),
    }
    Ok(Some(session.loaders().one(RepliesOf(seller)).await?.unwrap_or_default()))
}
