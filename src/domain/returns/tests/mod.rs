//! Returns: who may send what back, every move, and what silence means.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::*;
use crate::domain::calendar::Place;
use crate::domain::charter::{Charter, Terms};
use crate::domain::hands::Happened;
use crate::domain::law::{Deliveries, Information, LegalDays, WayBackCost};
use crate::domain::refusal::Refusal;

mod eligibility;
mod laws;
mod moves;
mod vocabularies;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A Monday morning; the goods came that day.
fn monday() -> DateTime<Utc> {
    at("2026-11-02T09:00:00Z")
}

fn euros(minor: i64) -> Money {
    Money { minor, currency: "EUR".parse().unwrap() }
}

/// A house with French holidays and Parisian hours.
struct House {
    policy: ReturnPolicy,
    charter: Terms,
    days: LegalDays,
}

impl House {
    fn new() -> Self {
        let openings = serde_json::json!([{ "opens": "09:00", "closes": "18:00" }]);
        let calendar = serde_json::from_value(serde_json::json!({
            "timezone": "Europe/Paris",
            "week": { "monday": openings, "tuesday": openings, "wednesday": openings, "thursday": openings, "friday": openings },
            "holidays": { "country": "FR" },
        }));
        let charter = Charter { business_hours: Some(std::sync::Arc::new(calendar.unwrap())), ..Charter::default() };
        let days = LegalDays::new(Tz::Europe__Paris, Some(Place::find("FR", None).unwrap()));
        Self { policy: ReturnPolicy::default(), charter: Terms::of(charter), days }
    }

    fn terms(&self) -> ReturnTerms<'_> {
        ReturnTerms { policy: &self.policy, charter: &self.charter, days: &self.days }
    }

    fn request(&self, request: ReturnRequest, others: &[Return], at: DateTime<Utc>) -> Result<ReturnMoved, Refusal> {
        Return::request(request, Hand::Buyer, &line(), &sale(), others, &self.terms(), at)
    }

    fn requested(&self, basis: LegalBasis) -> Return {
        self.request(asked(basis, 2), &[], monday()).unwrap().after
    }

    /// The return after these moves, made an hour apart.
    fn after(&self, one: Return, moves: &[(Hand, ReturnMove)]) -> Return {
        moves.iter().fold(one, |one, (by, action)| self.step(&one, *by, action).unwrap_or_else(|why| panic!("{action:?}: {why}")).after)
    }

    fn step(&self, one: &Return, by: Hand, action: &ReturnMove) -> Result<ReturnMoved, Refusal> {
        one.apply(action, by, one.revision, &self.terms(), one.updated_at + TimeDelta::hours(1))
    }
}

fn line() -> LineFacts {
    LineFacts {
        order_line: "L1".into(),
        bought: 3,
        delivered_at: Some(monday()),
        exclusion: None,
        seal: Seal::Unknown,
        remedied: Vec::new(),
        goodwill: FinalSale::Ordinary,
    }
}

fn sale() -> SaleTerms {
    SaleTerms {
        buyer: BuyerKind::Consumer,
        deliveries: Deliveries::Staggered { received: vec![Some(monday())] },
        information: Information::InTime,
        way_back: WayBackCost::Told,
    }
}

fn asked(basis: LegalBasis, quantity: u32) -> ReturnRequest {
    let kind = if basis == LegalBasis::LegalConformity { ReasonKind::Defective } else { ReasonKind::ChangedMind };
    ReturnRequest {
        case: CaseId::generate(),
        order: OrderId::generate(),
        reference: "A-1-R1".to_owned(),
        quantity,
        reason: ReturnReason::of(kind),
        note: String::new(),
        wanted: Resolution::Refund,
        basis: Some(basis),
        withdrawal: None,
    }
}

fn approve() -> (Hand, ReturnMove) {
    (Hand::Seller, ReturnMove::Approve { method: None, way_back: None })
}

fn label() -> (Hand, ReturnMove) {
    (Hand::Seller, ReturnMove::AttachLabel { link: "https://label.example/1".into() })
}

fn shipped() -> (Hand, ReturnMove) {
    (Hand::Buyer, ReturnMove::RecordShipped { carrier: "Colissimo".into(), tracking: Some("8R001".into()) })
}

fn received(quantity: u32) -> (Hand, ReturnMove) {
    (Hand::Seller, ReturnMove::RecordReceived(Receipt { quantity, damaged: 0 }))
}

fn declined() -> (Hand, ReturnMove) {
    let exclusion = Some(WithdrawalExclusion::MadeToMeasure);
    (Hand::Operator, ReturnMove::Decline { reason: DeclineReason::NotEligible, text: "Fait sur mesure.".into(), exclusion })
}

fn not_good() -> (Hand, ReturnMove) {
    (Hand::Seller, ReturnMove::MarkNonCompliant { reason: NonCompliance::WrongProduct, text: "Une pierre.".into(), withheld: None })
}

fn keep_offer() -> (Hand, ReturnMove) {
    (Hand::Seller, ReturnMove::ProposeKeepItem { amount: euros(500), refundable: euros(2000) })
}

fn kinds(events: &[Happened<ReturnEvent>]) -> Vec<String> {
    events.iter().map(|event| serde_json::to_value(&event.kind).unwrap()["type"].as_str().unwrap().to_owned()).collect()
}
