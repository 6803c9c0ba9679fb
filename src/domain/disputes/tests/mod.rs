//! Disputes: every move, every guard, and what time does.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::domain::charter::{Charter, Terms};
use crate::domain::hands::Happened;
use crate::domain::ids::{OfferId, TokenId};
use crate::domain::money::BasisPoints;
use crate::domain::parties::{Audience, Who};
use crate::domain::refunds::{Bearing, CostPlan, SharedCost};
use crate::domain::refusal::Refusal;
use crate::domain::returns::DisputeEnd;

mod decided;
mod guards;
mod laws;
mod stages;
mod words;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A Monday morning in Paris.
fn monday() -> DateTime<Utc> {
    at("2026-11-02T09:00:00Z")
}

fn euros(minor: i64) -> Money {
    Money { minor, currency: "EUR".parse().unwrap() }
}

/// A house with Parisian hours and a staff of four.
struct House {
    policy: DisputePolicy,
    charter: Terms,
    mediator: StaffId,
    arbiter: StaffId,
    other: StaffId,
}

impl House {
    fn new() -> Self {
        let openings = serde_json::json!([{ "opens": "09:00", "closes": "18:00" }]);
        let calendar = serde_json::from_value(serde_json::json!({
            "timezone": "Europe/Paris",
            "week": { "monday": openings, "tuesday": openings, "wednesday": openings, "thursday": openings, "friday": openings },
        }));
        let charter = Charter { business_hours: Some(std::sync::Arc::new(calendar.unwrap())), ..Charter::default() };
        let person = || StaffId::of(&Who::Operator { token: TokenId::generate(), name: String::new() }).unwrap();
        Self { policy: DisputePolicy::default(), charter: Terms::of(charter), mediator: person(), arbiter: person(), other: person() }
    }

    fn terms(&self) -> DisputeTerms<'_> {
        DisputeTerms { policy: &self.policy, charter: &self.charter }
    }

    fn open(&self, opening: DisputeOpening) -> Dispute {
        let by = opening.opener.into();
        Dispute::open(opening, by, &[], &self.terms(), monday()).unwrap().after
    }

    fn opened(&self) -> Dispute {
        self.open(opening())
    }

    fn step(&self, one: &Dispute, by: Hand, action: &DisputeMove) -> Result<DisputeMoved, Refusal> {
        one.apply(action, by, one.revision, &self.terms(), one.updated_at + TimeDelta::hours(1))
    }

    fn make(&self, one: &Dispute, by: Hand, action: &DisputeMove) -> Dispute {
        self.step(one, by, action).unwrap_or_else(|why| panic!("{action:?}: {why}")).after
    }

    /// The dispute as time leaves it then.
    fn wait(&self, one: &Dispute, until: DateTime<Utc>) -> Dispute {
        one.elapse(&self.terms(), until).map_or_else(|| one.clone(), |moved| moved.after)
    }

    /// In conciliation, by nobody's answer.
    fn mediated(&self, opening: DisputeOpening) -> Dispute {
        let one = self.open(opening);
        let one = self.wait(&one, one.answer_due_at);
        assert_eq!(one.stage, DisputeStage::Mediation);
        self.make(&one, Hand::Operator, &DisputeMove::TakeUp { by: self.mediator.clone() })
    }

    /// Before the arbiter, with nothing handed in.
    fn arbitrated(&self) -> Dispute {
        let one = self.mediated(opening());
        let one = self.wait(&one, one.due_at.unwrap());
        assert_eq!(one.stage, DisputeStage::Arbitration);
        one
    }

    /// Both sides heard, and the time for it over.
    fn heard(&self) -> Dispute {
        let one = self.arbitrated();
        let one = self.make(&one, Hand::Buyer, &evidence(1));
        let one = self.make(&one, Hand::Operator, &ask(&self.arbiter, Party::Seller));
        Dispute { updated_at: one.updated_at + TimeDelta::days(5), ..one }
    }

    fn decide(&self, ruling: Ruling) -> DisputeMove {
        DisputeMove::Decide { by: self.arbiter.clone(), ruling: Box::new(ruling), refundable: euros(8000) }
    }

    fn decided(&self, ruling: Ruling) -> Dispute {
        self.make(&self.heard(), Hand::Operator, &self.decide(ruling))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as a dispute has it")]
fn line(key: &str) -> Option<LineKey> {
    Some(key.to_owned().try_into().unwrap())
}

fn answer() -> DisputeMove {
    DisputeMove::Answer { text: "La lampe est bleue sur l'annonce.".into() }
}

fn opening() -> DisputeOpening {
    DisputeOpening {
        case: CaseId::generate(),
        order: OrderId::generate(),
        order_line: line("L1"),
        return_id: None,
        opener: Party::Buyer,
        reason: DisputeReason::NotAsDescribed,
        text: "La lampe est verte, pas bleue.".into(),
        wanted: Remedy::Refund,
        amount: euros(5000),
        refundable: euros(8000),
    }
}

fn bid(minor: i64) -> Bid {
    Bid { remedy: Remedy::PartialRefundKeepItem, amount: Some(euros(minor)), text: String::new() }
}

fn offer(minor: i64) -> DisputeMove {
    DisputeMove::MakeOffer { bid: bid(minor), refundable: euros(8000) }
}

fn evidence(seed: u8) -> DisputeMove {
    DisputeMove::SubmitEvidence(piece(seed))
}

fn piece(seed: u8) -> NewEvidence {
    NewEvidence { text: "Photo de la lampe.".into(), sha256: [seed; 32], attachment: None, audience: Audience::ALL }
}

fn ask(by: &StaffId, of: Party) -> DisputeMove {
    DisputeMove::RequestEvidence { by: by.clone(), of, text: "Une photo, s'il vous plaît.".into() }
}

fn ruling() -> Ruling {
    Ruling {
        outcome: DisputeOutcome::BuyerFavour,
        fault: Fault::Seller,
        costs: CostPlan::all(Bearing::Seller),
        counts: CountsAgainstSeller::Counts,
        amount: euros(5000),
        remedy: Some(Remedy::Refund),
        reason: DecisionReason::NotConform,
        statement: "La photo montre une lampe verte.".into(),
        clause: "4.2".into(),
    }
}

fn kinds(events: &[Happened<DisputeEvent>]) -> Vec<String> {
    events.iter().map(|event| serde_json::to_value(&event.kind).unwrap()["type"].as_str().unwrap().to_owned()).collect()
}

fn refused_now(result: &Result<DisputeMoved, Refusal>) -> bool {
    matches!(result, Err(Refusal::NotNow { .. }))
}
