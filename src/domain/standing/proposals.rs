//! What measures propose: kept with the numbers until a person took it, thought otherwise, or the measures are back.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, text};
use super::super::ids::{SanctionId, SanctionProposalId, SellerId};
use super::super::mails::Language;
use super::super::refusal::Refusal;
use super::super::scorecards::{CardLine, Measure};
use super::{LiftingReason, Proposal, Sanction, SanctionStep};

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProposalState {
    /// Somebody is to decide.
    Open,
    /// Somebody decided so.
    Taken,
    /// Somebody thought otherwise.
    Dismissed,
    /// The measures propose it no longer.
    Over,
}

/// That a person thought otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dismissal {
    /// Why.
    pub reasons: String,
    /// Who.
    pub by: StaffId,
    /// Their name.
    pub name: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A step that measures propose against a seller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SanctionProposal {
    /// Our id.
    pub id: SanctionProposalId,
    /// Against whom.
    pub seller: SellerId,
    /// At the end of which day it was found last.
    pub on: NaiveDate,
    /// How far.
    pub step: SanctionStep,
    /// The measures that propose it, with the numbers.
    pub lines: Vec<CardLine>,
    /// Where it stands.
    pub state: ProposalState,
    /// When it was found first.
    pub made_at: DateTime<Utc>,
    /// Who thought otherwise.
    pub dismissal: Option<Dismissal>,
    /// What was decided.
    pub sanction: Option<SanctionId>,
}

/// What becomes of the last proposal when the measures are read again.
#[derive(Debug, Clone, PartialEq)]
pub enum ProposalTurn {
    /// Nothing.
    Stays,
    /// It is there still, with other numbers, or no longer.
    Changes(Box<SanctionProposal>),
    /// There is a new one, in the place of one that was open.
    New(Box<SanctionProposal>),
}

impl SanctionProposal {
    /// A new one.
    pub fn new(seller: SellerId, on: NaiveDate, proposal: Proposal, at: DateTime<Utc>) -> Self {
        Self {
            id: SanctionProposalId::generate(),
            seller,
            on,
            step: proposal.step,
            lines: proposal.lines,
            state: ProposalState::Open,
            made_at: at,
            dismissal: None,
            sanction: None,
        }
    }

    /// The measures that propose it.
    pub fn measures(&self) -> Vec<Measure> {
        self.lines.iter().map(|line| line.reading.measure).collect()
    }

    /// Somebody decided so, or otherwise, but because of it.
    pub fn take(&self, sanction: SanctionId) -> Result<Self, Refusal> {
        self.check_open()?;
        Ok(Self { state: ProposalState::Taken, sanction: Some(sanction), ..self.clone() })
    }

    /// Somebody thinks otherwise.
    pub fn dismiss(&self, reasons: &str, by: StaffId, name: Option<String>, at: DateTime<Utc>) -> Result<Self, Refusal> {
        self.check_open()?;
        let dismissal = Dismissal { reasons: text("The reasons", reasons, 2000)?, by, name, at };
        Ok(Self { state: ProposalState::Dismissed, dismissal: Some(dismissal), ..self.clone() })
    }

    fn check_open(&self) -> Result<(), Refusal> {
        match self.state {
            ProposalState::Open => Ok(()),
            _ => Err(Refusal::NotNow { message: "This was decided already, or is over.".into() }),
        }
    }

    /// When a person said no to it: at once, or to what was decided because of it.
    fn refused_at(&self, history: &[Sanction]) -> Option<DateTime<Utc>> {
        let decided = history.iter().find(|one| self.sanction == Some(one.id)).and_then(|one| one.lifted.as_ref());
        let undone = decided.filter(|lifted| lifted.reason != LiftingReason::Recovered);
        self.dismissal.as_ref().map(|dismissal| dismissal.at).or(undone.map(|lifted| lifted.at))
    }

    /// Whether a person said no to as much not long ago.
    fn was_refused(&self, proposal: &Proposal, history: &[Sanction], rest: TimeDelta, at: DateTime<Utc>) -> bool {
        let known = self.measures();
        let same = proposal.step <= self.step && proposal.measures().iter().all(|measure| known.contains(measure));
        self.refused_at(history).is_some_and(|refused| same && at < refused + rest)
    }
}

/// What becomes of a seller's last proposal, given what its measures propose now. What a person refused is not proposed again for a
/// while, unless it is more.
pub fn turn(
    last: Option<&SanctionProposal>,
    seller: SellerId,
    on: NaiveDate,
    now: Option<Proposal>,
    history: &[Sanction],
    (rest, at): (TimeDelta, DateTime<Utc>),
) -> ProposalTurn {
    let open = last.filter(|last| last.state == ProposalState::Open);
    match (open, now) {
        (None, None) => ProposalTurn::Stays,
        (Some(open), None) => ProposalTurn::Changes(Box::new(SanctionProposal { state: ProposalState::Over, ..open.clone() })),
        (Some(open), Some(proposal)) if proposal.step == open.step => {
            ProposalTurn::Changes(Box::new(SanctionProposal { on, lines: proposal.lines, ..open.clone() }))
        }
        (None, Some(proposal)) if last.is_some_and(|last| last.was_refused(&proposal, history, rest, at)) => ProposalTurn::Stays,
        (_, Some(proposal)) => ProposalTurn::New(Box::new(SanctionProposal::new(seller, on, proposal, at))),
    }
}

/// A measure as people call it.
const fn name(measure: Measure, language: Language) -> &'static str {
    match (measure, language) {
        (Measure::ReplyTime, Language::English) => "Median time until an answer, in business hours",
        (Measure::ReplyTime, Language::French) => "Délai médian de réponse, en heures ouvrées",
        (Measure::DeadlineBreaches, Language::English) => "Missed deadlines, in per cent",
        (Measure::DeadlineBreaches, Language::French) => "Délais dépassés, en pour cent",
        (Measure::Incidents, Language::English) => "Orders with an incident, in per cent",
        (Measure::Incidents, Language::French) => "Commandes avec incident, en pour cent",
        (Measure::Refunds, Language::English) => "Orders refunded at your cost, in per cent",
        (Measure::Refunds, Language::French) => "Commandes remboursées à vos frais, en pour cent",
        (Measure::Returns, Language::English) => "Orders that came back, in per cent",
        (Measure::Returns, Language::French) => "Commandes retournées, en pour cent",
        (Measure::Escalations, Language::English) => "Cases that went to the marketplace, in per cent",
        (Measure::Escalations, Language::French) => "Dossiers transmis à la place de marché, en pour cent",
        (Measure::LateShipments, Language::English) => "Parcels that came late, in per cent",
        (Measure::LateShipments, Language::French) => "Colis arrivés en retard, en pour cent",
        (Measure::LateReviewReplies, Language::English) => "Reviews not replied to in time, in per cent",
        (Measure::LateReviewReplies, Language::French) => "Avis sans réponse dans le délai, en pour cent",
        (Measure::Rating, Language::English) => "Rating, from 1 to 5",
        (Measure::Rating, Language::French) => "Note, de 1 à 5",
    }
}

/// The numbers in words: the facts of a statement of reasons.
pub fn facts(lines: &[CardLine], language: Language) -> String {
    let number = |value: f64| {
        let rounded = format!("{value:.1}");
        if language == Language::French { rounded.replace('.', ",") } else { rounded }
    };
    let line = |line: &CardLine| {
        let CardLine { reading, rule, .. } = line;
        let value = reading.value.map(number).unwrap_or_default();
        let (alert, limit) = (number(rule.alert), number(rule.limit));
        let counted = match (reading.hits, language) {
            (Some(hits), Language::English) => format!("{hits} of {}", reading.sample),
            (Some(hits), Language::French) => format!("{hits} sur {}", reading.sample),
            (None, Language::English) => format!("of {}", reading.sample),
            (None, Language::French) => format!("sur {}", reading.sample),
        };
        let name = name(reading.measure, language);
        match language {
            Language::English => {
                format!("{name}: {value} ({counted}), from {} to {}; alert {alert}, limit {limit}.", reading.from, reading.to)
            }
            Language::French => {
                format!("{name}\u{a0}: {value} ({counted}), du {} au {}\u{a0}; alerte {alert}, limite {limit}.", reading.from, reading.to)
            }
        }
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}
