//! After a decision: appeal, correction, and what people are told at the end.

use super::*;

fn appeal(seed: u8) -> DisputeMove {
    DisputeMove::Appeal { text: "La photo est d'une autre lampe.".into(), evidence: vec![piece(seed)] }
}

fn anew(by: &StaffId, ruling: Ruling) -> DisputeMove {
    DisputeMove::DecideAppeal { by: by.clone(), ruling: Box::new(ruling), refundable: euros(8000) }
}

#[test]
fn a_decision_is_carried_out_told_and_final_after_thirty_days() {
    let house = House::new();
    let moved = house.step(&house.heard(), Hand::Operator, &house.decide(ruling())).unwrap();
    let decision = moved.after.decision.clone().unwrap();
    assert_eq!(moved.effects, [DisputeEffect::CarryOutDecision(Box::new(decision)), DisputeEffect::SendStatement]);
    let told = serde_json::to_string(&moved.events.iter().map(|event| &event.kind).collect::<Vec<_>>()).unwrap();
    assert!(!told.contains(house.arbiter.as_str()), "nobody is told who of the staff decided");
    assert_eq!(kinds(&moved.events), ["DECIDED", "COST_ALLOTTED", "STAGE_CHANGED"]);
    assert_eq!(moved.events[1].audience, Audience::ALL.without(Party::Buyer), "who pays is not the buyer's business");
    let due = moved.after.due_at.unwrap();
    assert_eq!(due, moved.after.updated_at + TimeDelta::days(30));
    let over = moved.after.elapse(&house.terms(), due).unwrap();
    assert_eq!(over.after.stage, DisputeStage::Final);
    assert_eq!(over.effects, [DisputeEffect::TellBuyerOfMediator, DisputeEffect::TellSellerOfComplaint]);
    let late = moved.after.apply(&appeal(9), Hand::Seller, moved.after.revision, &house.terms(), due);
    assert!(refused_now(&late), "the window is over");
}

#[test]
fn only_the_loser_appeals_once_and_with_something_new() {
    let house = House::new();
    let one = house.decided(ruling());
    assert!(refused_now(&house.step(&one, Hand::Buyer, &appeal(9))), "the buyer won");
    assert_eq!(house.step(&one, Hand::Operator, &appeal(9)), Err(Refusal::NotAllowed));
    let empty = DisputeMove::Appeal { text: "Non.".into(), evidence: Vec::new() };
    assert!(matches!(house.step(&one, Hand::Seller, &empty), Err(Refusal::Invalid { .. })));
    let known = house.make(
        &house.heard(),
        Hand::Operator,
        &house.decide(Ruling { outcome: DisputeOutcome::SellerFavour, amount: euros(0), remedy: None, ..ruling() }),
    );
    assert!(matches!(house.step(&known, Hand::Buyer, &appeal(1)), Err(Refusal::Invalid { .. })), "handed in before");
    let appealed = house.make(&one, Hand::Seller, &appeal(9));
    assert_eq!((appealed.stage, appealed.appeal.as_ref().unwrap().evidence.len()), (DisputeStage::Appealed, 1));
    assert!(refused_now(&house.step(&appealed, Hand::Seller, &appeal(8))));
    for outcome in DisputeOutcome::ALL {
        let able: Vec<_> = Party::ALL.into_iter().filter(|party| outcome.may_appeal(*party, Party::Buyer)).collect();
        let expected: &[Party] = match outcome {
            DisputeOutcome::BuyerFavour => &[Party::Seller],
            DisputeOutcome::SellerFavour | DisputeOutcome::Abandoned => &[Party::Buyer],
            DisputeOutcome::Split | DisputeOutcome::NoFault => &[Party::Buyer, Party::Seller],
        };
        assert_eq!(able, expected, "{outcome:?}");
    }
}

#[test]
fn another_person_hears_the_appeal() {
    let house = House::new();
    let one = house.make(&house.decided(ruling()), Hand::Seller, &appeal(9));
    assert!(refused_now(&house.step(&one, Hand::Operator, &anew(&house.arbiter, ruling()))), "the one who decided");
    assert!(refused_now(&house.step(&one, Hand::Operator, &anew(&house.mediator, ruling()))), "the one who conciliated");
    let same = house.step(&one, Hand::Operator, &anew(&house.other, ruling())).unwrap();
    assert_eq!(same.after.stage, DisputeStage::Final);
    assert!(!same.effects.iter().any(|effect| matches!(effect, DisputeEffect::CorrectDecision { .. })), "nothing to correct");
    let milder = Ruling { counts: CountsAgainstSeller::DoesNotCount, costs: CostPlan::all(Bearing::Carrier), ..ruling() };
    let moved = house.step(&one, Hand::Operator, &anew(&house.other, milder)).unwrap();
    let now = moved.after.effective_decision().unwrap();
    assert_eq!(
        (now.outcome, now.costs, now.counts),
        (DisputeOutcome::BuyerFavour, CostPlan::all(Bearing::Carrier), CountsAgainstSeller::DoesNotCount)
    );
    assert_eq!(moved.after.decision.as_ref().unwrap().costs, CostPlan::all(Bearing::Seller), "what was decided first is kept");
    assert!(moved.effects.iter().any(|effect| matches!(effect, DisputeEffect::CorrectDecision { .. })));
    assert!(moved.effects.contains(&DisputeEffect::TellBuyerOfMediator) && moved.effects.contains(&DisputeEffect::TellSellerOfComplaint));
}

#[test]
fn an_appeal_that_nobody_decides_leaves_the_decision_as_it_was() {
    let house = House::new();
    let one = house.make(&house.decided(ruling()), Hand::Seller, &appeal(9));
    let late = one.elapse(&house.terms(), one.updated_at + TimeDelta::days(14)).unwrap();
    assert_eq!((late.after.stage, kinds(&late.events)), (DisputeStage::Appealed, vec!["DECISION_LATE".to_owned()]));
    let over = house.wait(&late.after, one.updated_at + TimeDelta::days(30));
    assert_eq!((over.stage, over.effective_decision()), (DisputeStage::Final, one.decision.as_ref()));
}

#[test]
fn what_time_decided_can_be_appealed_before_any_person_but_a_mediator() {
    let house = House::new();
    let one = house.arbitrated();
    let stopped = house.wait(&one, one.hard_stop_at);
    assert_eq!(stopped.decision.as_ref().unwrap().by, Decider::HardStop);
    let appealed = house.make(&stopped, Hand::Seller, &appeal(9));
    let against = Ruling { outcome: DisputeOutcome::SellerFavour, amount: euros(0), remedy: None, ..ruling() };
    assert!(refused_now(&house.step(&appealed, Hand::Operator, &anew(&house.mediator, against.clone()))));
    let early = house.step(&appealed, Hand::Operator, &anew(&house.arbiter, against.clone()));
    assert!(refused_now(&early), "the buyer was not heard, for a rule decided");
    let asked = house.make(&appealed, Hand::Operator, &ask(&house.arbiter, Party::Buyer));
    assert!(refused_now(&house.step(&asked, Hand::Operator, &anew(&house.arbiter, against.clone()))), "and may still answer");
    let heard = house.make(&asked, Hand::Buyer, &evidence(1));
    let over = house.make(&heard, Hand::Operator, &anew(&house.arbiter, against));
    assert_eq!(over.effective_decision().unwrap().outcome, DisputeOutcome::SellerFavour);
}
