//! The pool: a question that several sellers may answer, each without a word of the case that it comes from. The first
//! answer that is accepted wins, and what was promised for it is recorded once.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Percent;
use super::cases::{Case, CasePhase, CaseStatus};
use super::ids::{CaseId, IncentiveId, PoolAnswerId, PoolQuestionId, SellerId};
use super::money::Money;
use super::orders::Buyer;
use super::reasons::ReasonKey;
use super::refusal::Refusal;
use super::search::words;

#[cfg(test)]
mod tests;

/// The most sellers that one question is offered to.
pub const MOST_SELLERS: usize = 50;
/// The most questions of one case.
pub const MOST_QUESTIONS: usize = 20;
/// The most answers that one seller gives to a question, those that it took back included.
pub const MOST_ANSWERS: usize = 20;
/// The longest question, in characters.
pub const QUESTION_LIMIT: usize = 2_000;
/// The longest answer, in characters. With the shop's name it still is a message.
pub const ANSWER_LIMIT: usize = 4_000;
/// For how many hours a question stands at most.
pub const MOST_HOURS: u16 = 30 * 24;
/// The most points for an answer.
pub const MOST_POINTS: u32 = 1_000_000;

/// Whether questions are offered to a pool of sellers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PoolMode {
    /// They are not.
    #[default]
    Off,
    /// They can be, by the operator.
    On,
}

/// What a charter says about the pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rules {
    /// Whether there is one.
    pub mode: PoolMode,
    /// Of cases on these sides of the purchase.
    pub phases: Vec<CasePhase>,
    /// Of cases with one of these contact reasons; empty for any.
    pub reasons: Vec<ReasonKey>,
    /// What an accepted answer brings its seller; none for thanks.
    pub reward: Option<Reward>,
    /// For how many hours of the day and the night a question stands when nobody says.
    pub answer_hours: u16,
}

impl Default for Rules {
    fn default() -> Self {
        Self { mode: PoolMode::Off, phases: vec![CasePhase::PreSale], reasons: Vec::new(), reward: None, answer_hours: 48 }
    }
}

impl Rules {
    /// Whether questions of a case can be offered.
    pub fn admit(&self, case: &Case) -> Result<(), Refusal> {
        let not_for = |why| Err(Refusal::NotForPool { why });
        if self.mode == PoolMode::Off {
            return not_for("The charter has no pool of sellers; switch it on first.");
        }
        if case.status == CaseStatus::Closed {
            return Err(Refusal::NotInThisState { status: case.status });
        }
        if !self.phases.contains(&case.phase) {
            return not_for("The charter offers no questions of cases on this side of the purchase.");
        }
        if !self.reasons.is_empty() && !self.reasons.contains(&case.reason) {
            return not_for("The charter offers no questions of cases with this contact reason.");
        }
        Ok(())
    }

    /// What is wrong with them, by the name of the field.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if !(1..=MOST_HOURS).contains(&self.answer_hours) {
            faults.push(("answerHours", format!("This must be 1 to {MOST_HOURS} hours.")));
        }
        if self.phases.is_empty() {
            faults.push(("phases", "Name at least one.".to_owned()));
        }
        match self.reward {
            Some(Reward::Points { points }) if !(1..=MOST_POINTS).contains(&points) => {
                faults.push(("reward", format!("This must be 1 to {MOST_POINTS} points.")));
            }
            Some(Reward::Credit { amount }) if amount.minor <= 0 => {
                faults.push(("reward", "A credit must be more than nothing.".to_owned()));
            }
            _ => {}
        }
        faults
    }

    /// Until when a question stands that is offered now: until then if that can be, else the usual time.
    pub fn until(&self, wanted: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
        let until = wanted.unwrap_or_else(|| now + TimeDelta::hours(self.answer_hours.into()));
        if until > now && until <= now + TimeDelta::hours(MOST_HOURS.into()) {
            Ok(until)
        } else {
            Err(Refusal::Invalid { message: format!("This must lie ahead, by at most {MOST_HOURS} hours.") })
        }
    }
}

/// What an accepted answer brings its seller. Trilogue records it; the marketplace's software grants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reward {
    /// Points, for a badge.
    Points {
        /// How many.
        points: u32,
    },
    /// A discount on what the marketplace asks of the seller.
    Discount {
        /// Which share of it.
        percent: Percent,
    },
    /// Credit for the site.
    Credit {
        /// How much.
        amount: Money,
    },
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QuestionState {
    /// Sellers can answer.
    Open,
    /// An answer was accepted.
    Answered,
    /// The operator took it back.
    Withdrawn,
    /// Its time ran out.
    Expired,
}

impl fmt::Display for QuestionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        })
    }
}

/// A question that is offered to sellers, in the operator's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolQuestion {
    /// Our id.
    pub id: PoolQuestionId,
    /// The case that it comes from, which no seller gets to know by it.
    pub case: CaseId,
    /// What is asked.
    pub text: String,
    /// Where it stands.
    pub state: QuestionState,
    /// What was promised for the accepted answer when it was offered.
    pub reward: Option<Reward>,
    /// When it was offered.
    pub offered_at: DateTime<Utc>,
    /// Until when it can be answered.
    pub expires_at: DateTime<Utc>,
    /// When it was answered, taken back or ran out.
    pub settled_at: Option<DateTime<Utc>>,
}

/// Where an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AnswerState {
    /// It can be accepted.
    Offered,
    /// It was.
    Accepted,
    /// Another one was, or the question was taken back or ran out.
    Declined,
    /// The seller took it back, or gave another one in its place.
    Withdrawn,
}

impl fmt::Display for AnswerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        })
    }
}

/// What a seller answers. Its words never change: who accepts it accepts what they have read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolAnswer {
    /// Our id.
    pub id: PoolAnswerId,
    /// To which question.
    pub question: PoolQuestionId,
    /// Whose.
    pub seller: SellerId,
    /// What.
    pub text: String,
    /// Where it stands.
    pub state: AnswerState,
    /// When it was given.
    pub offered_at: DateTime<Utc>,
    /// When it was accepted, declined or taken back.
    pub settled_at: Option<DateTime<Utc>>,
}

/// What a seller has earned by an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incentive {
    /// Our id.
    pub id: IncentiveId,
    /// Whose.
    pub seller: SellerId,
    /// For the answer to which question; there is one for each at most.
    pub question: PoolQuestionId,
    /// For which answer.
    pub answer: PoolAnswerId,
    /// What.
    pub reward: Reward,
    /// Since when.
    pub recorded_at: DateTime<Utc>,
}

/// A question that is settled, the answers that changed by it, and what was earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The question after it.
    pub question: PoolQuestion,
    /// The answers after it, those that stood before it.
    pub answers: Vec<PoolAnswer>,
    /// What the accepted answer earned.
    pub incentive: Option<Incentive>,
}

impl PoolQuestion {
    /// A question that is offered now.
    pub fn offer(case: CaseId, text: String, rules: &Rules, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Self {
        Self {
            id: PoolQuestionId::generate(),
            case,
            text,
            state: QuestionState::Open,
            reward: rules.reward,
            offered_at: now,
            expires_at,
            settled_at: None,
        }
    }

    /// Where it stands, also when nobody has yet written down that its time ran out.
    pub fn state_at(&self, now: DateTime<Utc>) -> QuestionState {
        if self.state == QuestionState::Open && self.expires_at <= now { QuestionState::Expired } else { self.state }
    }

    fn must_be_open(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state_at(now) {
            QuestionState::Open => Ok(()),
            state => Err(Refusal::Settled { what: "The question", state: state.to_string() }),
        }
    }

    /// A seller's answer, in the place of the one that stood.
    pub fn answer(
        &self,
        seller: SellerId,
        text: String,
        standing: Option<&PoolAnswer>,
        now: DateTime<Utc>,
    ) -> Result<(Option<PoolAnswer>, PoolAnswer), Refusal> {
        self.must_be_open(now)?;
        let replaced = standing.map(|answer| answer.settled(AnswerState::Withdrawn, now)).transpose()?;
        let id = PoolAnswerId::generate();
        let answer = PoolAnswer { id, question: self.id, seller, text, state: AnswerState::Offered, offered_at: now, settled_at: None };
        Ok((replaced, answer))
    }

    /// A seller takes its answer back.
    pub fn take_back(&self, answer: &PoolAnswer, now: DateTime<Utc>) -> Result<PoolAnswer, Refusal> {
        self.must_be_open(now)?;
        answer.settled(AnswerState::Withdrawn, now)
    }

    /// Accepts one of the answers that stand: all others are declined, and the promise is kept.
    pub fn accept(&self, accepted: &PoolAnswer, standing: &[PoolAnswer], now: DateTime<Utc>) -> Result<Settled, Refusal> {
        self.must_be_open(now)?;
        let winner = accepted.settled(AnswerState::Accepted, now)?;
        let incentive = self.reward.map(|reward| Incentive {
            id: IncentiveId::generate(),
            seller: winner.seller,
            question: self.id,
            answer: winner.id,
            reward,
            recorded_at: now,
        });
        let others = standing.iter().filter(|answer| answer.id != winner.id).map(|answer| answer.settled(AnswerState::Declined, now));
        let others = others.collect::<Result<Vec<_>, _>>()?;
        let answers = std::iter::once(winner).chain(others).collect();
        Ok(Settled { question: self.settled(QuestionState::Answered, now), answers, incentive })
    }

    /// The operator takes it back.
    pub fn withdraw(&self, standing: &[PoolAnswer], now: DateTime<Utc>) -> Result<Settled, Refusal> {
        self.must_be_open(now)?;
        self.end(QuestionState::Withdrawn, standing, now)
    }

    /// Its time has run out; none when it has not, or when it was settled before.
    pub fn elapse(&self, standing: &[PoolAnswer], now: DateTime<Utc>) -> Option<Settled> {
        let runs_out = self.state == QuestionState::Open && self.state_at(now) == QuestionState::Expired;
        runs_out.then(|| self.end(QuestionState::Expired, standing, now).ok()).flatten()
    }

    fn end(&self, state: QuestionState, standing: &[PoolAnswer], now: DateTime<Utc>) -> Result<Settled, Refusal> {
        let answers = standing.iter().map(|answer| answer.settled(AnswerState::Declined, now)).collect::<Result<_, _>>()?;
        Ok(Settled { question: self.settled(state, now), answers, incentive: None })
    }

    fn settled(&self, state: QuestionState, now: DateTime<Utc>) -> Self {
        Self { state, settled_at: Some(now), ..self.clone() }
    }
}

impl PoolAnswer {
    fn settled(&self, state: AnswerState, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if self.state == AnswerState::Offered {
            Ok(Self { state, settled_at: Some(now), ..self.clone() })
        } else {
            Err(Refusal::Settled { what: "The answer", state: self.state.to_string() })
        }
    }
}

/// Whether a text says who the buyer is: by the name, in whatever order, accents and capitals, or by the address.
///
/// Of a name with several words, one alone is no name: `rose` and `petit` are words of many questions.
pub fn names_buyer(text: &str, buyer: &Buyer) -> bool {
    let plain = |text: &str| words(text).into_iter().map(|word| word.plain).collect::<Vec<_>>();
    let said = plain(text);
    let says = |wanted: &[String]| !wanted.is_empty() && said.windows(wanted.len()).any(|part| part == wanted);
    let name = plain(&buyer.name);
    let turned: Vec<_> = name.iter().rev().cloned().collect();
    says(&name) || says(&turned) || buyer.email.as_deref().is_some_and(|email| says(&plain(email)))
}

/// The words by which the buyer gets a seller's answer from the operator, in French or else in English.
pub fn told(shop: &str, answer: &str, locale: &str) -> String {
    let colon = if locale.split('-').next() == Some("fr") { "répond\u{a0}:" } else { "answers:" };
    format!("{shop} {colon}\n\n{answer}")
}
