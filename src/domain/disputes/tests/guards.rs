//! What is refused, and that nothing changes then.

use super::*;

#[test]
fn a_dispute_is_opened_by_a_party_about_no_more_than_can_be_refunded() {
    let house = House::new();
    let open = |by, opening| Dispute::open(opening, by, &[], &house.terms(), monday()).map(|moved| moved.effects);
    let alerts = |party| Ok(vec![DisputeEffect::Alert(party), DisputeEffect::Alert(Party::Operator)]);
    assert_eq!(open(Hand::Buyer, opening()), alerts(Party::Seller));
    assert_eq!(open(Hand::Operator, opening()), alerts(Party::Seller), "for the buyer");
    let sellers = || DisputeOpening { opener: Party::Seller, reason: DisputeReason::BuyersReturn, ..opening() };
    assert_eq!(open(Hand::Seller, sellers()), alerts(Party::Buyer));
    for (by, opening) in [
        (Hand::Seller, opening()),
        (Hand::Operator, sellers()),
        (Hand::Carrier, opening()),
        (Hand::System, opening()),
        (Hand::Operator, DisputeOpening { opener: Party::Operator, ..opening() }),
    ] {
        assert_eq!(open(by, opening), Err(Refusal::NotAllowed), "{by:?}");
    }
    for amount in [-1, 0, 8001] {
        let wrong = DisputeOpening { amount: euros(amount), ..opening() };
        assert!(matches!(open(Hand::Buyer, wrong), Err(Refusal::Invalid { .. })), "{amount}");
    }
    assert!(matches!(open(Hand::Buyer, DisputeOpening { text: "x".repeat(5001), ..opening() }), Err(Refusal::Length { .. })));
}

#[test]
fn an_order_line_has_one_open_dispute() {
    let house = House::new();
    let one = house.opened();
    let again = |order_line: Option<&str>, others: &[Dispute]| {
        let opening = DisputeOpening { order: one.order, order_line: order_line.and_then(line), ..opening() };
        Dispute::open(opening, Hand::Buyer, others, &house.terms(), monday())
    };
    let first = std::slice::from_ref(&one);
    assert!(refused_now(&again(Some("L1"), first)));
    assert!(refused_now(&again(None, first)), "the whole order holds the line");
    assert!(again(Some("L2"), first).is_ok());
    let over = house.make(&one, Hand::Buyer, &DisputeMove::Withdraw);
    assert!(again(Some("L1"), &[over]).is_ok());
}

#[test]
fn an_offer_names_what_can_be_given() {
    let house = House::new();
    let one = house.opened();
    for (remedy, amount) in [
        (Remedy::Refund, None),
        (Remedy::Refund, Some(euros(0))),
        (Remedy::Refund, Some(euros(8001))),
        (Remedy::Refund, Some(Money { minor: 1, currency: "USD".parse().unwrap() })),
        (Remedy::Repair, Some(euros(1))),
    ] {
        let wrong = DisputeMove::MakeOffer { bid: Bid { remedy, amount, text: String::new() }, refundable: euros(8000) };
        assert!(matches!(house.step(&one, Hand::Seller, &wrong), Err(Refusal::Invalid { .. })), "{remedy:?} {amount:?}");
    }
    for remedy in Remedy::ALL {
        let amount = remedy.has_amount().then(|| euros(10));
        let right = DisputeMove::MakeOffer { bid: Bid { remedy, amount, text: String::new() }, refundable: euros(8000) };
        assert!(house.step(&one, Hand::Seller, &right).is_ok(), "{remedy:?}");
    }
}

#[test]
fn nobody_is_decided_about_without_having_been_heard() {
    let house = House::new();
    let decide = |one: &Dispute, when| one.apply(&house.decide(ruling()), Hand::Operator, one.revision, &house.terms(), when);
    let one = house.arbitrated();
    let (start, until) = (one.updated_at, one.evidence_until.unwrap());
    assert!(refused_now(&decide(&one, start)), "evidence is still taken");
    assert_eq!(
        decide(&one, until),
        Err(Refusal::NotNow { message: "There is no evidence of the buyer: ask the buyer for it first.".into() })
    );
    let one = house.make(&one, Hand::Buyer, &evidence(1));
    assert_eq!(
        decide(&one, until),
        Err(Refusal::NotNow { message: "There is no evidence of the seller: ask the seller for it first.".into() })
    );
    let asked = house.make(&one, Hand::Operator, &ask(&house.arbiter, Party::Seller));
    let due = asked.evidence_requests[0].due_at;
    assert!(refused_now(&decide(&asked, due - TimeDelta::seconds(1))), "the seller may still answer");
    assert_eq!(decide(&asked, due).unwrap().after.stage, DisputeStage::Decided, "asked is as good as heard");
    let answered = house.make(&asked, Hand::Seller, &evidence(2));
    assert_eq!(decide(&answered, until).unwrap().after.stage, DisputeStage::Decided);
    let seen = |one: &Dispute, when| {
        let actions = one.available_actions(Hand::Operator, Some(&house.arbiter), &house.terms(), when);
        actions.into_iter().find(|one| one.action == DisputeAction::Decide).map(|one| one.from)
    };
    assert_eq!((seen(&one, start), seen(&asked, start), seen(&asked, due)), (None, Some(Some(due)), Some(None)));
    let late = one.apply(&evidence(3), Hand::Seller, one.revision, &house.terms(), until);
    assert!(refused_now(&late), "too late, and not asked");
}

#[test]
fn every_field_of_a_decision_is_asked_for_and_has_to_fit() {
    let house = House::new();
    let one = house.heard();
    let decide = |ruling: Ruling| house.step(&one, Hand::Operator, &house.decide(ruling)).map(|moved| moved.after.stage);
    assert_eq!(decide(ruling()), Ok(DisputeStage::Decided));
    assert!(matches!(decide(Ruling { statement: " ".into(), ..ruling() }), Err(Refusal::Length { what: "The statement of reasons", .. })));
    assert!(matches!(decide(Ruling { clause: String::new(), ..ruling() }), Err(Refusal::Length { what: "The clause of the charter", .. })));
    let (refund, none) = (Some(Remedy::Refund), None);
    for (outcome, amount, remedy, fits) in [
        (DisputeOutcome::BuyerFavour, 5000, refund, true),
        (DisputeOutcome::BuyerFavour, 4000, refund, true),
        (DisputeOutcome::BuyerFavour, 5001, refund, false),
        (DisputeOutcome::BuyerFavour, -1, refund, false),
        (DisputeOutcome::BuyerFavour, 0, none, false),
        (DisputeOutcome::BuyerFavour, 0, Some(Remedy::Replacement), true),
        (DisputeOutcome::BuyerFavour, 5000, none, false),
        (DisputeOutcome::BuyerFavour, 0, refund, false),
        (DisputeOutcome::SellerFavour, 0, none, true),
        (DisputeOutcome::SellerFavour, 100, refund, false),
        (DisputeOutcome::Split, 2500, refund, true),
        (DisputeOutcome::Split, 5000, refund, false),
        (DisputeOutcome::Split, 0, none, false),
        (DisputeOutcome::NoFault, 0, none, true),
        (DisputeOutcome::NoFault, 5000, Some(Remedy::StoreCredit), true),
        (DisputeOutcome::Abandoned, 0, none, true),
        (DisputeOutcome::Abandoned, 1, refund, false),
    ] {
        let done = decide(Ruling { outcome, amount: euros(amount), remedy, ..ruling() });
        assert_eq!(done.is_ok(), fits, "{outcome:?} {amount} {remedy:?}: {done:?}");
    }
    let dollars = Money { minor: 5000, currency: "USD".parse().unwrap() };
    assert!(decide(Ruling { amount: dollars, ..ruling() }).is_err());
    let spent = DisputeMove::Decide { by: house.arbiter.clone(), ruling: Box::new(ruling()), refundable: euros(4999) };
    assert!(matches!(house.step(&one, Hand::Operator, &spent), Err(Refusal::Invalid { .. })), "no more than can still be refunded");
}

#[test]
fn fault_cost_and_measures_are_decided_apart_from_who_won() {
    let house = House::new();
    let one = house.heard();
    for fault in Fault::ALL {
        for counts in [CountsAgainstSeller::Counts, CountsAgainstSeller::DoesNotCount] {
            let half = SharedCost::new(BasisPoints::percent(50), BasisPoints::percent(50), BasisPoints::percent(0)).unwrap();
            for bearing in [Bearing::Seller, Bearing::Operator, Bearing::Carrier, Bearing::Shared(half)] {
                let costs = CostPlan::all(bearing);
                let ruling = Ruling { fault, costs, counts, ..ruling() };
                let decision = house.make(&one, Hand::Operator, &house.decide(ruling)).decision.unwrap();
                assert_eq!((decision.fault, decision.counts, decision.costs), (fault, counts, costs));
            }
        }
    }
}

#[test]
fn who_conciliated_does_not_decide() {
    let house = House::new();
    let one = house.heard();
    let decide = |by: &StaffId| {
        let action = DisputeMove::Decide { by: by.clone(), ruling: Box::new(ruling()), refundable: euros(8000) };
        house.step(&one, Hand::Operator, &action)
    };
    assert!(refused_now(&decide(&house.mediator)));
    assert!(refused_now(&house.step(&one, Hand::Operator, &ask(&house.mediator, Party::Buyer))), "nor asks for evidence there");
    assert!(decide(&house.arbiter).is_ok());
    for by in [Hand::Buyer, Hand::Seller, Hand::Carrier, Hand::System] {
        assert_eq!(house.step(&one, by, &house.decide(ruling())), Err(Refusal::NotAllowed), "{by:?}");
    }
    let offered = |staff| {
        one.available_actions(Hand::Operator, Some(staff), &house.terms(), one.updated_at)
            .into_iter()
            .any(|one| one.action == DisputeAction::Decide)
    };
    assert_eq!((offered(&house.mediator), offered(&house.arbiter)), (false, true));
}

#[test]
fn evidence_is_seen_by_its_audience_and_handed_in_once() {
    let house = House::new();
    let one = house.arbitrated();
    let hand_in = |audience: &[Party]| {
        let audience = Audience::of(audience.iter().copied());
        house.step(&one, Hand::Seller, &DisputeMove::SubmitEvidence(NewEvidence { audience, ..piece(1) }))
    };
    for audience in [&[Party::Seller][..], &[Party::Operator], &[Party::Buyer, Party::Operator], &[]] {
        assert!(matches!(hand_in(audience), Err(Refusal::Invalid { .. })), "{audience:?}");
    }
    let moved = hand_in(&[Party::Seller, Party::Operator]).unwrap();
    assert_eq!(moved.events[0].audience, Audience::ALL.without(Party::Buyer), "the buyer does not hear of it");
    let secret = DisputeMove::SubmitEvidence(NewEvidence { audience: Audience::ALL.without(Party::Buyer), ..piece(2) });
    let early = house.step(&house.opened(), Hand::Seller, &secret).unwrap();
    assert_eq!((early.events.len(), early.after.answered_at), (1, None), "nor is it an answer to the buyer");
    let twice = house.step(&moved.after, Hand::Seller, &evidence(1));
    assert_eq!(twice, Err(Refusal::Twice { key: "01".repeat(32) }));
    assert!(house.step(&moved.after, Hand::Buyer, &evidence(1)).is_ok(), "the other side may hand in the same");
    assert!(matches!(house.step(&one, Hand::Operator, &ask(&house.arbiter, Party::Operator)), Err(Refusal::Invalid { .. })));
}

#[test]
fn who_saw_an_old_revision_is_told() {
    let house = House::new();
    let one = house.make(&house.opened(), Hand::Seller, &offer(1000));
    let accept = DisputeMove::AcceptOffer(one.open_offer().unwrap().id);
    assert_eq!(one.apply(&accept, Hand::Buyer, 1, &house.terms(), monday()), Err(Refusal::WrongRevision { current: 2 }));
    assert!(refused_now(&house.step(&one, Hand::Buyer, &DisputeMove::AcceptOffer(OfferId::generate()))), "another offer");
    assert!(refused_now(&one.apply(&accept, Hand::Buyer, 2, &house.terms(), one.updated_at + TimeDelta::days(5))), "it lapsed");
}
