//! Reports of reviews: a seller's doubt that one is genuine, free of charge if it is reasoned (article L111-7-2), and notices
//! of what is illegal (Regulation (EU) 2022/2065, article 16).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::text;
use super::super::ids::{ReportId, SellerId};
use super::super::refusal::Refusal;
use super::super::statements::StatementOfReasons;
use super::{ModerationReason, Moderator, RatingRefusal, Review};

/// The most characters of what is reported.
const LONGEST_REPORT: usize = 4000;

/// Who reports.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reporter {
    /// The seller that it is about.
    Seller {
        /// Which.
        seller: SellerId,
    },
    /// Anybody, who is told what became of it (article 16(2), point c, and 16(5)).
    Person {
        /// The name.
        name: String,
        /// The e-mail address.
        email: String,
    },
}

/// What is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReportReason {
    /// It may not be genuine.
    Doubt,
    /// It is illegal.
    Illegal,
    /// It breaks the marketplace's rules for reviews.
    Rules,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReportOutcome {
    /// The review stays.
    Kept {
        /// Why.
        reasons: String,
    },
    /// The review was removed; its statement of reasons says why.
    Removed,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Our id.
    pub id: ReportId,
    /// Who reports.
    pub by: Reporter,
    /// What.
    pub reason: ReportReason,
    /// Why they think so.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What became of it, and when; none while nobody has decided.
    pub outcome: Option<(ReportOutcome, DateTime<Utc>)>,
}

/// What a person decides on a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportDecision {
    /// The review stays, for these reasons.
    Keep(String),
    /// It goes.
    Remove(ModerationReason, StatementOfReasons),
}

impl Review {
    /// Somebody reports it, with reasons. A doubt comes from whoever answers for what it is about: its seller, or a maker, who is a
    /// person here.
    pub fn report(&self, by: Reporter, reason: ReportReason, words: &str, at: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        self.must_be_published()?;
        match &by {
            Reporter::Seller { seller } if *seller != self.about.seller => return Err(Refusal::NotAllowed.into()),
            Reporter::Seller { .. } => {}
            Reporter::Person { name, email } => {
                text("The name", name, 200)?;
                text("The e-mail address", email, 320)?;
            }
        }
        if self.reports.iter().any(|earlier| earlier.by == by && earlier.reason == reason) {
            return Err(RatingRefusal::ReportedAlready);
        }
        let text = text("The reasons", words, LONGEST_REPORT)?;
        let mut moved = self.moved();
        moved.reports.push(Report { id: ReportId::generate(), by, reason, text, at, outcome: None });
        Ok(moved)
    }

    /// A person decides on a report; the review goes with it when it is right.
    pub fn decide_report(&self, report: ReportId, decision: ReportDecision, by: &Moderator<'_>) -> Result<Self, RatingRefusal> {
        if self.reports.iter().all(|one| one.id != report || one.outcome.is_some()) {
            return Err(RatingRefusal::ReportDecided);
        }
        let (mut moved, outcome) = match decision {
            ReportDecision::Keep(reasons) => {
                (self.moved(), ReportOutcome::Kept { reasons: text("The reasons", &reasons, LONGEST_REPORT)? })
            }
            ReportDecision::Remove(reason, statement) => (self.remove(reason, statement, by)?, ReportOutcome::Removed),
        };
        // What is gone nobody else needs to report any more.
        let gone = outcome == ReportOutcome::Removed;
        for one in moved.reports.iter_mut().filter(|one| one.id == report || (gone && one.outcome.is_none())) {
            one.outcome = Some((outcome.clone(), by.at));
        }
        Ok(moved)
    }
}
