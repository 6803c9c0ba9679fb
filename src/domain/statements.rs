//! Statements of reasons: one form for everything the marketplace does against somebody's will, be it to a review or to a
//! seller (Regulation (EU) 2022/2065, article 17(3); Regulation (EU) 2019/1150, article 4).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::hands::{StaffId, text};
use super::ids::SellerId;
use super::law::{LegalClock, LegalDays};
use super::refusal::Refusal;

/// The most characters of the facts.
const LONGEST_FACTS: usize = 8000;
/// The most characters of a ground or of the ways to complain.
const LONGEST_GROUND: usize = 1000;

/// On what a decision rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ground {
    /// Against the law: the article, and why it is against it (article 17(3), point d).
    Law {
        /// Which, and why.
        text: String,
    },
    /// Against the marketplace's own terms: the clause, and why it is against it (point e).
    Terms {
        /// Which, and why.
        text: String,
    },
}

/// Whether a machine had a part in it, which the statement has to say (point c).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Means {
    /// A person saw it.
    ByPerson,
    /// A rule over measures saw it.
    ByRule,
}

/// Why something was decided against somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementOfReasons {
    facts: String,
    ground: Ground,
    detection: Means,
    redress: String,
}

impl StatementOfReasons {
    /// A statement, if nothing that the law asks for is missing: the facts and circumstances, the ground, how it was seen,
    /// and how to complain (article 17(3), points b to f).
    pub fn new(facts: &str, ground: Ground, detection: Means, redress: &str) -> Result<Self, Refusal> {
        let facts = text("The facts", facts, LONGEST_FACTS)?;
        let stated = |words: &str| text("The ground", words, LONGEST_GROUND);
        let ground = match ground {
            Ground::Law { text } => Ground::Law { text: stated(&text)? },
            Ground::Terms { text } => Ground::Terms { text: stated(&text)? },
        };
        Ok(Self { facts, ground, detection, redress: text("How to complain", redress, LONGEST_GROUND)? })
    }

    /// The facts and circumstances.
    pub fn facts(&self) -> &str {
        &self.facts
    }

    /// What it rests on.
    pub const fn ground(&self) -> &Ground {
        &self.ground
    }

    /// How it was seen.
    pub const fn detection(&self) -> Means {
        self.detection
    }

    /// How to complain.
    pub fn redress(&self) -> &str {
        &self.redress
    }
}

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DecidedBy {
    /// A rule over measures.
    Rule,
    /// A person of the operator.
    Person(StaffId),
}

/// Who complains of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Complainant {
    /// The author of the review.
    Author,
    /// The seller.
    Seller(SellerId),
}

/// What became of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ComplaintOutcome {
    /// The decision was wrong.
    Upheld,
    /// The decision stands.
    Rejected,
}

/// The answer to a complaint. Only a person gives one (Regulation (EU) 2022/2065, article 20(6)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComplaintAnswer {
    /// What became of it.
    pub outcome: ComplaintOutcome,
    /// Why.
    pub reasons: String,
    /// Who answered.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A complaint of a decision (Regulation (EU) 2022/2065, article 20; Regulation (EU) 2019/1150, article 11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// Who complains.
    pub by: Complainant,
    /// Why.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The answer; none while it is open.
    pub answer: Option<ComplaintAnswer>,
}

/// Why a complaint cannot be lodged or answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComplaintRefusal {
    /// It is too late for it.
    #[error("This could be complained of until {until}.")]
    TooLate {
        /// Until when it could.
        until: DateTime<Utc>,
    },
    /// There is one already.
    #[error("There is a complaint of this already.")]
    Already,
    /// There is none, or it was answered.
    #[error("There is no open complaint of this.")]
    NoneOpen,
    /// Who decided may not judge the own decision.
    #[error("Another person than the one who decided answers the complaint.")]
    OwnDecision,
    /// A text is missing or too long.
    #[error(transparent)]
    Text(#[from] Refusal),
}

/// Until when a decision can be complained of: six months, which the law sets as the least (article 20(1)).
pub fn complaint_until(days: &LegalDays, decided_at: DateTime<Utc>) -> DateTime<Utc> {
    days.period(LegalClock::PlatformComplaint, decided_at).ends_at
}

impl Complaint {
    /// Lodges one against a decision that can be complained of until then; there is one at most.
    pub fn lodge(
        earlier: Option<&Self>,
        by: Complainant,
        words: &str,
        until: DateTime<Utc>,
        at: DateTime<Utc>,
    ) -> Result<Self, ComplaintRefusal> {
        if earlier.is_some() {
            return Err(ComplaintRefusal::Already);
        }
        if at >= until {
            return Err(ComplaintRefusal::TooLate { until });
        }
        Ok(Self { by, text: text("The complaint", words, LONGEST_FACTS)?, at, answer: None })
    }

    /// Answers it; whoever decided what it is about does not.
    pub fn answer(
        &self,
        decided_by: &DecidedBy,
        outcome: ComplaintOutcome,
        reasons: &str,
        by: StaffId,
        at: DateTime<Utc>,
    ) -> Result<Self, ComplaintRefusal> {
        if self.answer.is_some() {
            return Err(ComplaintRefusal::NoneOpen);
        }
        if *decided_by == DecidedBy::Person(by.clone()) {
            return Err(ComplaintRefusal::OwnDecision);
        }
        let reasons = text("The reasons", reasons, LONGEST_FACTS)?;
        Ok(Self { answer: Some(ComplaintAnswer { outcome, reasons, by, at }), ..self.clone() })
    }
}
