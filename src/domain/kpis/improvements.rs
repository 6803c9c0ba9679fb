//! Improvement items: what is to be done better, by whom, until when, and what it changed.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, not_now, seen, text};
use super::super::ids::{CaseId, ImprovementId, RatingId, SellerId};
use super::super::mails::Language;
use super::super::ratings::{Answers, Grade};
use super::super::refusal::Refusal;
use super::{Days, Kpi, Measured};

/// The most characters of what is to be done.
const LONGEST_PLAN: usize = 2000;

/// What is to become better.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImprovementAbout {
    /// A product of a seller.
    Product {
        /// Whose.
        seller: SellerId,
        /// Which, by the marketplace's own id.
        product: String,
    },
    /// A seller.
    Seller {
        /// Which.
        seller: SellerId,
    },
    /// The marketplace's own way of doing things.
    Process {
        /// Which.
        name: String,
    },
}

impl ImprovementAbout {
    /// How the marketplace serves its buyers in cases, as that language calls it.
    pub fn customer_service(language: Language) -> Self {
        let name = match language {
            Language::English => "Customer service",
            Language::French => "Service client",
        };
        Self::Process { name: name.to_owned() }
    }
}

/// What it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImprovementOrigin {
    /// Somebody's idea.
    Person(StaffId),
    /// A bad review with words.
    Review(RatingId),
    /// A case whose buyer was not satisfied, and said why.
    Case(CaseId),
}

impl ImprovementOrigin {
    /// What asks for one improvement only, however often it is said again; none of a person, who may have many ideas.
    pub fn once_key(&self) -> Option<String> {
        match self {
            Self::Person(_) => None,
            Self::Review(review) => Some(review.to_string()),
            Self::Case(case) => Some(case.to_string()),
        }
    }
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImprovementState {
    /// Nobody has taken it on.
    Proposed,
    /// Somebody works on it.
    Planned,
    /// It is done; the effect is waited for.
    Done,
    /// The effect was measured.
    Measured,
    /// It will not be done.
    Dropped,
}

/// Something to do better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Improvement {
    /// Our id.
    pub id: ImprovementId,
    /// What is to become better.
    pub about: ImprovementAbout,
    /// What it comes from.
    pub origin: ImprovementOrigin,
    /// What is to be done.
    pub plan: String,
    /// Where it stands.
    pub state: ImprovementState,
    /// Who sees to it.
    pub owner: Option<StaffId>,
    /// Until when.
    pub due_on: Option<NaiveDate>,
    /// By which figure it is judged.
    pub kpi: Kpi,
    /// The figure before.
    pub before: Measured,
    /// In which days; none before it was measured.
    #[serde(default)]
    pub before_in: Option<Days>,
    /// The figure after; none until it was measured.
    pub after: Option<Measured>,
    /// In which days.
    #[serde(default)]
    pub after_in: Option<Days>,
    /// Why it was dropped.
    pub dropped: Option<String>,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    /// How often it has moved, from 1.
    pub revision: i32,
}

impl Improvement {
    /// Proposes one, with the figure as it is.
    pub fn propose(
        about: ImprovementAbout,
        origin: ImprovementOrigin,
        plan: &str,
        (kpi, before): (Kpi, Measured),
        at: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            id: ImprovementId::generate(),
            about,
            origin,
            plan: text("The plan", plan, LONGEST_PLAN)?,
            state: ImprovementState::Proposed,
            owner: None,
            due_on: None,
            kpi,
            before,
            before_in: None,
            after: None,
            after_in: None,
            dropped: None,
            proposed_at: at,
            revision: 1,
        })
    }

    /// Whether a rating asks for one: a grade below the middle, and words that say why.
    pub fn is_asked_by(satisfaction: Option<Grade>, answers: Option<&Answers>, words: &str) -> bool {
        let bad = satisfaction.is_some_and(|grade| grade < Grade::MIDDLE) || answers.is_some_and(Answers::is_negative);
        bad && !words.trim().is_empty()
    }

    /// What buyers ask for: their words are the plan until somebody has a better one. The figure is measured when somebody takes it on.
    pub fn asked_for(about: ImprovementAbout, origin: ImprovementOrigin, words: &str, at: DateTime<Utc>) -> Result<Self, Refusal> {
        let words: String = words.trim().chars().take(LONGEST_PLAN).collect();
        Self::propose(about, origin, &words, (Kpi::Csat, Measured { value: None, sample: 0 }), at)
    }

    /// Whether the figure before is still to be measured: nobody was there to do it.
    pub fn is_unmeasured(&self) -> bool {
        self.state == ImprovementState::Proposed && !matches!(self.origin, ImprovementOrigin::Person(_))
    }

    /// Somebody takes it on, or over, until a day that is not past.
    pub fn take_on(&self, owner: StaffId, due_on: NaiveDate, today: NaiveDate, revision: i32) -> Result<Self, Refusal> {
        self.must_be(&[ImprovementState::Proposed, ImprovementState::Planned], revision)?;
        if due_on < today {
            return Err(not_now("The day until which it is to be done has passed."));
        }
        Ok(Self { owner: Some(owner), due_on: Some(due_on), ..self.moved(ImprovementState::Planned) })
    }

    /// It is done.
    pub fn finish(&self, revision: i32) -> Result<Self, Refusal> {
        self.must_be(&[ImprovementState::Planned], revision)?;
        Ok(self.moved(ImprovementState::Done))
    }

    /// The same with the days in which the figure before was measured.
    #[must_use]
    pub fn measured_before(self, before: Measured, days: Days) -> Self {
        Self { before, before_in: Some(days), ..self }
    }

    /// The same figure afterwards, in days that are over and lie behind those of before. It can be measured again, later.
    pub fn measure(&self, after: Measured, days: Days, today: NaiveDate, revision: i32) -> Result<Self, Refusal> {
        self.must_be(&[ImprovementState::Done, ImprovementState::Measured], revision)?;
        if days.to > today {
            return Err(not_now("These days are not over yet."));
        }
        if self.before_in.is_some_and(|before| days.from <= before.to) {
            return Err(not_now("These days must lie after those in which the figure was measured before."));
        }
        if after.value.is_none() {
            return Err(not_now("There is nothing to measure in these days."));
        }
        Ok(Self { after: Some(after), after_in: Some(days), ..self.moved(ImprovementState::Measured) })
    }

    /// It will not be done, for a reason.
    pub fn drop_for(&self, reason: &str, revision: i32) -> Result<Self, Refusal> {
        self.must_be(&[ImprovementState::Proposed, ImprovementState::Planned], revision)?;
        let dropped = Some(text("The reason", reason, LONGEST_PLAN)?);
        Ok(Self { dropped, ..self.moved(ImprovementState::Dropped) })
    }

    /// Whether it should have been done by now.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.state == ImprovementState::Planned && self.due_on.is_some_and(|due| due < today)
    }

    /// By how much the figure changed, in its unit; none before it was measured.
    pub fn change(&self) -> Option<f64> {
        self.after.and_then(|after| after.value).zip(self.before.value).map(|(after, before)| after - before)
    }

    fn must_be(&self, states: &[ImprovementState], revision: i32) -> Result<(), Refusal> {
        seen(self.revision, revision)?;
        if states.contains(&self.state) { Ok(()) } else { Err(not_now("This is not possible where the improvement stands.")) }
    }

    fn moved(&self, state: ImprovementState) -> Self {
        Self { state, revision: self.revision + 1, ..self.clone() }
    }
}
