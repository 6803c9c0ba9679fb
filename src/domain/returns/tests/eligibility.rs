//! Rights to send back, on real dates.

use super::*;
use crate::domain::calendar::{BusinessDuration, Span};
use crate::domain::parties::Party;

fn answer(line: &LineFacts, sale: &SaleTerms, reason: ReasonKind, basis: LegalBasis, when: &str) -> Result<Ground, NotEligible> {
    let house = House::new();
    let answers = grounds(line, sale, reason, &house.policy, &house.days, at(when));
    answers.into_iter().find(|(each, _)| *each == basis).unwrap().1
}

#[test]
fn each_right_has_its_last_day_and_its_payer() {
    use LegalBasis::{Commercial, LegalConformity, Withdrawal};
    let cases = [
        (ReasonKind::ChangedMind, Withdrawal, "2026-11-16", CostBearer::Buyer),
        (ReasonKind::Defective, Withdrawal, "2026-11-16", CostBearer::Buyer),
        (ReasonKind::Defective, LegalConformity, "2028-11-02", CostBearer::Seller),
        (ReasonKind::Other, LegalConformity, "2028-11-02", CostBearer::Seller),
        (ReasonKind::ChangedMind, Commercial, "2026-12-02", CostBearer::Buyer),
        (ReasonKind::WrongItem, Commercial, "2026-12-02", CostBearer::Seller),
    ];
    for (reason, basis, last_day, payer) in cases {
        let ground = answer(&line(), &sale(), reason, basis, "2026-11-03T09:00:00Z").unwrap();
        assert_eq!((ground.last_day.unwrap().to_string().as_str(), ground.way_back), (last_day, payer), "{reason:?} {basis:?}");
        let (last, end) = (ground.until.unwrap() - TimeDelta::seconds(1), ground.until.unwrap());
        assert!(answer(&line(), &sale(), reason, basis, &last.to_rfc3339()).is_ok(), "{reason:?} {basis:?} to its last second");
        let late = answer(&line(), &sale(), reason, basis, &end.to_rfc3339());
        assert_eq!(late, Err(NotEligible::WindowClosed { last_day: ground.last_day.unwrap() }), "{reason:?} {basis:?}");
    }
}

#[test]
fn what_serves_the_buyer_best_comes_first() {
    let house = House::new();
    let first = |reason, when: &str| {
        let answers = grounds(&line(), &sale(), reason, &house.policy, &house.days, at(when));
        answers.into_iter().find_map(|(_, answer)| answer.ok()).map(|ground| ground.basis)
    };
    assert_eq!(first(ReasonKind::ChangedMind, "2026-11-03T09:00:00Z"), Some(LegalBasis::Withdrawal));
    assert_eq!(first(ReasonKind::ChangedMind, "2026-11-20T09:00:00Z"), Some(LegalBasis::Commercial));
    assert_eq!(first(ReasonKind::ChangedMind, "2026-12-20T09:00:00Z"), None);
    assert_eq!(first(ReasonKind::Defective, "2026-11-03T09:00:00Z"), Some(LegalBasis::LegalConformity));
    assert_eq!(first(ReasonKind::Defective, "2028-11-03T09:00:00Z"), None);
}

#[test]
fn what_the_law_leaves_out_is_left_out() {
    let when = "2026-11-03T09:00:00Z";
    let withdraw = |line: &LineFacts, sale: &SaleTerms| answer(line, sale, ReasonKind::ChangedMind, LegalBasis::Withdrawal, when);
    for exclusion in WithdrawalExclusion::ALL {
        for seal in [Seal::Whole, Seal::Broken, Seal::Unknown] {
            let answer = withdraw(&LineFacts { exclusion: Some(exclusion), seal, ..line() }, &sale());
            match (exclusion.needs_broken_seal(), seal) {
                (true, Seal::Whole) => assert_eq!(answer.unwrap().unless, None, "{exclusion:?}"),
                (true, Seal::Unknown) => assert_eq!(answer.unwrap().unless, Some(exclusion)),
                (true, Seal::Broken) | (false, _) => assert_eq!(answer, Err(NotEligible::Excluded(exclusion))),
            }
        }
    }
    let trade = SaleTerms { buyer: BuyerKind::Professional, ..sale() };
    assert_eq!(withdraw(&line(), &trade), Err(NotEligible::NotAConsumer));
    let untold = SaleTerms { way_back: WayBackCost::NotTold, ..sale() };
    assert_eq!(withdraw(&line(), &untold).unwrap().way_back, CostBearer::Seller);
    let coming = SaleTerms { deliveries: Deliveries::Staggered { received: vec![Some(monday()), None] }, ..sale() };
    assert_eq!(withdraw(&line(), &coming).unwrap().last_day, None, "the window has not begun, and one may withdraw");
    let undelivered = LineFacts { delivered_at: None, ..line() };
    assert_eq!(answer(&undelivered, &sale(), ReasonKind::Broken, LegalBasis::LegalConformity, when), Err(NotEligible::NotDelivered));
    let last = LineFacts { goodwill: FinalSale::Final, ..line() };
    assert_eq!(answer(&last, &sale(), ReasonKind::ChangedMind, LegalBasis::Commercial, when), Err(NotEligible::FinalSale));
    assert!(withdraw(&last, &sale()).is_ok(), "a final sale takes nothing that the law gives");
    assert_eq!(answer(&line(), &sale(), ReasonKind::ChangedMind, LegalBasis::LegalConformity, when), Err(NotEligible::NothingWrong));
}

#[test]
fn no_more_goes_back_than_was_bought() {
    let house = House::new();
    let first = house.requested(LegalBasis::Withdrawal);
    let refused = house.request(asked(LegalBasis::Withdrawal, 2), std::slice::from_ref(&first), monday());
    assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
    let second = house.request(asked(LegalBasis::Withdrawal, 1), std::slice::from_ref(&first), monday()).unwrap().after;
    let both = [first.clone(), second];
    assert_eq!(quantity_left(&line(), &both), 0);
    assert!(house.request(asked(LegalBasis::Withdrawal, 1), &both, monday()).is_err());
    assert!(house.request(asked(LegalBasis::Withdrawal, 0), &[], monday()).is_err());
    let canceled = house.after(first, &[(Hand::Buyer, ReturnMove::Cancel)]);
    assert_eq!(quantity_left(&line(), &[canceled]), 3, "what was called off can be asked for again");
    let in_part = house.after(
        house.requested(LegalBasis::Withdrawal),
        &[approve(), label(), shipped(), received(1), (Hand::Seller, ReturnMove::MarkCompliant), (Hand::System, ReturnMove::Settle)],
    );
    assert_eq!(quantity_left(&line(), &[in_part]), 2, "the piece that never came can be sent another time");
}

#[test]
fn a_request_alerts_seller_and_operator_once_each() {
    let house = House::new();
    let moved = house.request(asked(LegalBasis::Withdrawal, 1), &[], monday()).unwrap();
    assert_eq!(moved.effects, [ReturnEffect::Alert(Party::Seller), ReturnEffect::Alert(Party::Operator)]);
    assert_eq!(kinds(&moved.events), ["REQUESTED"]);
    assert_eq!((moved.after.revision, moved.after.state), (1, ReturnState::Requested));
    assert_eq!(moved.after.due_at, Some(at("2026-11-05T17:00:00Z")), "three working days: Thursday at closing");
}

#[test]
fn no_program_asks_by_itself_and_nobody_for_more_than_the_right_gives() {
    let house = House::new();
    let ask = |by, request| Return::request(request, by, &line(), &sale(), &[], &house.terms(), monday()).map(|moved| moved.after.basis);
    for by in [Hand::Buyer, Hand::Seller, Hand::Operator] {
        assert_eq!(ask(by, asked(LegalBasis::Withdrawal, 1)), Ok(LegalBasis::Withdrawal), "{by:?}");
    }
    for by in [Hand::Carrier, Hand::System] {
        assert_eq!(ask(by, asked(LegalBasis::Withdrawal, 1)), Err(Refusal::NotAllowed), "{by:?}");
    }
    let (id, declared_at, submitted_at) = (WithdrawalId::generate(), monday(), monday());
    let withdrawal = Some(DeclaredWithdrawal { id, declared_at, submitted_at });
    assert_eq!(ask(Hand::System, ReturnRequest { withdrawal, ..asked(LegalBasis::Commercial, 1) }), Ok(LegalBasis::Withdrawal));
    let repair = ReturnRequest { wanted: Resolution::Repair, ..asked(LegalBasis::Withdrawal, 1) };
    assert!(matches!(ask(Hand::Buyer, repair), Err(Refusal::Invalid { .. })));
    let cheaper = ReturnRequest { wanted: Resolution::PriceReduction, ..asked(LegalBasis::LegalConformity, 1) };
    assert_eq!(ask(Hand::Buyer, cheaper), Ok(LegalBasis::LegalConformity));
    let long = ReturnRequest { note: "x".repeat(2001), ..asked(LegalBasis::Withdrawal, 1) };
    assert!(matches!(ask(Hand::Buyer, long), Err(Refusal::Invalid { .. })));
}

#[test]
fn a_policy_that_cannot_work_is_found_out() {
    assert_eq!(ReturnPolicy::default().faults(), vec![]);
    let goodwill = Goodwill { days: 400, ..Goodwill::default() };
    let decide = BusinessDuration::Wall(Span::hours(0));
    let wrong = ReturnPolicy { decide, ship_days: 0, most_offers: 11, goodwill, ..ReturnPolicy::default() };
    assert_eq!(
        wrong.faults().into_iter().map(|(field, _)| field).collect::<Vec<_>>(),
        ["shipDays", "decide", "goodwill.days", "mostOffers"]
    );
    assert_eq!(serde_json::from_value::<ReturnPolicy>(serde_json::json!({})).unwrap(), ReturnPolicy::default());
}
