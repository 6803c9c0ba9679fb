//! From talking to conciliation to a decision, by people and by time.

use super::*;

#[test]
fn stages_have_names_that_mislead_nobody() {
    for stage in DisputeStage::ALL {
        for language in ["fr", "fr-CA", "en", "de"] {
            let label = stage.label(language).to_lowercase();
            assert!(!label.is_empty());
            assert!(!label.contains("consommation") && !label.contains("arbitrage"), "{label}");
            // The word stands only with what says that it is the marketplace's own.
            assert!(!label.replace("médiation interne", "").contains("médiation"), "{label}");
            assert!(!label.contains("mediation"), "{label}");
        }
    }
    assert_eq!(DisputeStage::Mediation.label("fr-FR"), "Conciliation (médiation interne)");
}

#[test]
fn nobody_escalates_before_the_other_side_had_time_to_answer() {
    let house = House::new();
    let one = house.opened();
    assert_eq!(one.answer_due_at, at("2026-11-05T17:00:00Z"), "three working days");
    let escalate = |one: &Dispute, by, when| one.apply(&DisputeMove::Escalate, by, one.revision, &house.terms(), when);
    for by in [Hand::Buyer, Hand::Seller, Hand::Operator] {
        assert!(refused_now(&escalate(&one, by, one.answer_due_at - TimeDelta::seconds(1))), "{by:?}");
    }
    let answered = house.make(&one, Hand::Seller, &answer());
    assert_eq!(escalate(&answered, Hand::Buyer, one.answer_due_at).unwrap().after.stage, DisputeStage::Mediation);
    let grave = [DisputeReason::Safety, DisputeReason::Counterfeit, DisputeReason::Fraud, DisputeReason::Abuse];
    for reason in grave {
        let one = house.open(DisputeOpening { reason, ..opening() });
        assert_eq!(one.stage, DisputeStage::DirectContact);
        assert_eq!(escalate(&one, Hand::Buyer, monday()).unwrap().after.stage, DisputeStage::Mediation, "{reason:?} at once");
    }
    let window = one.available_actions(Hand::Buyer, None, &house.terms(), monday());
    let window = window.iter().find(|one| one.action == DisputeAction::Escalate).unwrap();
    assert_eq!((window.from, window.until), (Some(one.answer_due_at), one.due_at), "each sees from when and until when");
}

#[test]
fn silence_goes_on_by_itself() {
    let house = House::new();
    let one = house.opened();
    let unanswered = house.wait(&one, one.answer_due_at);
    assert_eq!(unanswered.stage, DisputeStage::Mediation, "the seller says nothing");
    let talking = house.make(&one, Hand::Seller, &answer());
    assert_eq!(house.wait(&talking, monday() + TimeDelta::days(13)).stage, DisputeStage::DirectContact);
    let mediated = house.wait(&talking, monday() + TimeDelta::days(14));
    assert_eq!(mediated.stage, DisputeStage::Mediation, "they talk for fourteen days at most");
    let arbitrated = house.wait(&mediated, monday() + TimeDelta::days(28));
    assert_eq!(arbitrated.stage, DisputeStage::Arbitration);
    assert_eq!(arbitrated.evidence_until, Some(monday() + TimeDelta::days(32)));
    let late = arbitrated.elapse(&house.terms(), monday() + TimeDelta::days(42)).unwrap();
    assert_eq!((late.after.stage, kinds(&late.events)), (DisputeStage::Arbitration, vec!["DECISION_LATE".to_owned()]));
    assert_eq!(late.effects, [DisputeEffect::Alert(Party::Operator)]);
    assert_eq!(house.wait(&late.after, monday() + TimeDelta::days(59)), late.after, "told once");
    let stopped = late.after.elapse(&house.terms(), monday() + TimeDelta::days(60)).unwrap();
    assert_eq!(stopped.after.stage, DisputeStage::Decided);
    let decision = stopped.after.decision.clone().unwrap();
    assert_eq!((decision.by, decision.outcome, decision.amount), (Decider::HardStop, DisputeOutcome::BuyerFavour, euros(5000)));
    assert_eq!((decision.costs, decision.counts), (CostPlan::all(Bearing::Operator), CountsAgainstSeller::DoesNotCount));
    let over = house.wait(&stopped.after, monday() + TimeDelta::days(90));
    assert_eq!(over.stage, DisputeStage::Final);
    // All at once comes to the same.
    let slept = house.wait(&talking, monday() + TimeDelta::days(90));
    assert_eq!((slept.stage, slept.decision), (over.stage, over.decision));
}

#[test]
fn without_arbitration_it_ends_unresolved_and_both_are_told_where_to_turn() {
    let mut house = House::new();
    house.policy.arbitration = Arbitration::NotOffered;
    let one = house.mediated(opening());
    let over = one.elapse(&house.terms(), one.due_at.unwrap()).unwrap();
    assert_eq!(over.after.stage, DisputeStage::Unresolved);
    assert_eq!(over.effects, [DisputeEffect::TellBuyerOfMediator, DisputeEffect::TellSellerOfComplaint]);
    assert_eq!(over.after.wakes_at(), None);
    assert!(house.policy.stages().iter().all(|rule| rule.stage != DisputeStage::Arbitration));
}

#[test]
fn the_operator_can_say_that_it_cannot_intervene() {
    let house = House::new();
    let one = house.opened();
    assert!(matches!(house.step(&one, Hand::Operator, &DisputeMove::StandBack { text: " ".into() }), Err(Refusal::Length { .. })));
    let told = DisputeMove::StandBack { text: "La vente a eu lieu hors de notre site.".into() };
    assert_eq!(house.step(&one, Hand::Seller, &told), Err(Refusal::NotAllowed));
    let over = house.step(&one, Hand::Operator, &told).unwrap();
    assert_eq!(over.after.stage, DisputeStage::Unresolved);
    assert!(over.effects.contains(&DisputeEffect::TellBuyerOfMediator));
}

#[test]
fn offers_come_one_at_a_time_and_settle_when_the_other_accepts() {
    let house = House::new();
    let one = house.make(&house.opened(), Hand::Seller, &offer(1000));
    assert!(one.answered_at.is_some(), "an offer is an answer");
    let id = one.open_offer().unwrap().id;
    assert!(refused_now(&house.step(&one, Hand::Seller, &offer(1200))), "one open offer at most");
    assert!(refused_now(&house.step(&one, Hand::Buyer, &offer(1200))));
    for own in [DisputeMove::AcceptOffer(id), DisputeMove::RefuseOffer(id)] {
        assert!(refused_now(&house.step(&one, Hand::Seller, &own)), "not one's own");
    }
    let countered = house.make(&one, Hand::Buyer, &DisputeMove::CounterOffer { bid: bid(3000), refundable: euros(8000) });
    assert_eq!(countered.offers.iter().map(|offer| offer.state).collect::<Vec<_>>(), [OfferState::Countered, OfferState::Open]);
    assert!(refused_now(&house.step(&countered, Hand::Seller, &DisputeMove::AcceptOffer(id))), "the old one is gone");
    let id = countered.open_offer().unwrap().id;
    let settled = house.step(&countered, Hand::Seller, &DisputeMove::AcceptOffer(id)).unwrap();
    assert_eq!(settled.after.stage, DisputeStage::Settled);
    let settlement = settled.after.settlement.clone().unwrap();
    assert_eq!((settlement.agreement, settlement.amount), (Agreement::Offer(id), Some(euros(3000))));
    assert_eq!(settled.effects, [DisputeEffect::CarryOutSettlement(settlement)]);
    let declined = house.make(&countered, Hand::Seller, &DisputeMove::RefuseOffer(id));
    assert!(declined.open_offer().is_none() && declined.stage == DisputeStage::DirectContact);
    assert!(house.step(&declined, Hand::Seller, &offer(2000)).is_ok(), "room for another");
    let lapsed = house.wait(&countered, countered.updated_at + TimeDelta::days(5));
    assert_eq!((lapsed.offers[1].state, lapsed.stage), (OfferState::Lapsed, DisputeStage::DirectContact));
    let escalated = house.make(&Dispute { updated_at: one.answer_due_at, ..countered }, Hand::Buyer, &DisputeMove::Escalate);
    assert!(escalated.open_offer().is_none(), "what was offered does not stand in the next stage");
}

#[test]
fn a_proposal_settles_when_both_accept() {
    let house = House::new();
    let one = house.mediated(opening());
    let propose = DisputeMove::Propose { by: house.other.clone(), bid: bid(2500), refundable: euros(8000) };
    let one = house.make(&one, Hand::Operator, &propose);
    assert_eq!(one.mediators, [house.mediator.clone(), house.other.clone()], "who proposes has conciliated");
    assert!(refused_now(&house.step(&one, Hand::Operator, &propose)), "one open proposal at most");
    let id = one.open_proposal().unwrap().id;
    let half = house.make(&one, Hand::Buyer, &DisputeMove::AcceptProposal(id));
    assert_eq!(half.stage, DisputeStage::Mediation);
    assert!(refused_now(&house.step(&half, Hand::Buyer, &DisputeMove::AcceptProposal(id))), "once");
    let settled = house.make(&half, Hand::Seller, &DisputeMove::AcceptProposal(id));
    assert_eq!((settled.stage, settled.settlement.unwrap().agreement), (DisputeStage::Settled, Agreement::Proposal(id)));
    let refused = house.make(&half, Hand::Seller, &DisputeMove::RefuseProposal(id));
    assert_eq!((refused.stage, refused.proposals[0].state), (DisputeStage::Arbitration, OfferState::Declined));
    let lapsed = house.wait(&half, half.updated_at + TimeDelta::days(5));
    assert_eq!((lapsed.stage, lapsed.proposals[0].state), (DisputeStage::Mediation, OfferState::Lapsed));
}

#[test]
fn a_refund_of_all_of_it_settles_it_in_the_same_move() {
    let house = House::new();
    let now = monday() + TimeDelta::hours(2);
    for one in [house.opened(), house.mediated(opening()), house.arbitrated()] {
        let stage = one.stage;
        let when = one.updated_at.max(now);
        let covers = |minor| one.refund_covers(euros(minor), &house.terms(), when);
        assert_eq!(covers(4999), None, "not all of it");
        let settled = covers(5000).unwrap();
        assert_eq!((settled.after.stage, settled.after.revision), (DisputeStage::Settled, one.revision + 1), "{stage:?}");
        assert_eq!(settled.after.settlement.clone().unwrap().agreement, Agreement::Refunded);
        assert!(!settled.effects.iter().any(|effect| matches!(effect, DisputeEffect::CarryOutSettlement(_))), "it is paid already");
        let dollars = Money { minor: 5000, currency: "USD".parse().unwrap() };
        assert_eq!(one.refund_covers(dollars, &house.terms(), when), None);
    }
    let decided = house.decided(ruling());
    assert_eq!(decided.refund_covers(euros(5000), &house.terms(), decided.updated_at), None, "a decision that is carried out stays");
    let swap = DisputeOpening { wanted: Remedy::Replacement, amount: euros(0), ..opening() };
    assert_eq!(house.open(swap).refund_covers(euros(1), &house.terms(), now), None, "it is not about money");
}

#[test]
fn no_party_moves_money_alone_while_the_operator_decides() {
    let house = House::new();
    for (one, frozen) in [
        (house.opened(), false),
        (house.mediated(opening()), false),
        (house.arbitrated(), true),
        (house.decided(ruling()), false),
        (house.make(&house.decided(ruling()), Hand::Seller, &DisputeMove::Appeal { text: "Non.".into(), evidence: vec![piece(9)] }), true),
    ] {
        for hand in [Hand::Buyer, Hand::Seller, Hand::System, Hand::Carrier] {
            assert_eq!(one.freeze(hand) == MoneyFreeze::Frozen, frozen, "{:?} {hand:?}", one.stage);
        }
        assert_eq!(one.freeze(Hand::Operator), MoneyFreeze::Free);
    }
}

#[test]
fn the_return_is_told_how_it_ended() {
    let house = House::new();
    let about = DisputeOpening { return_id: Some(ReturnId::generate()), ..opening() };
    let ends = |moved: &DisputeMoved| {
        moved.effects.iter().find_map(|effect| match effect {
            DisputeEffect::EndOnReturn(end) => Some(*end),
            _ => None,
        })
    };
    let one = house.open(about.clone());
    let withdrawn = house.step(&one, Hand::Buyer, &DisputeMove::Withdraw).unwrap();
    assert_eq!((withdrawn.after.stage, ends(&withdrawn)), (DisputeStage::Withdrawn, Some(DisputeEnd::ForSeller)));
    assert_eq!(house.step(&one, Hand::Seller, &DisputeMove::Withdraw), Err(Refusal::NotAllowed), "only who opened it");
    for (remedy, end) in [(Remedy::RefundWithReturn, DisputeEnd::ReturnUpheld), (Remedy::Refund, DisputeEnd::SettledThere)] {
        let offered = DisputeMove::MakeOffer { bid: Bid { remedy, ..bid(5000) }, refundable: euros(8000) };
        let one = house.make(&one, Hand::Seller, &offered);
        let accept = DisputeMove::AcceptOffer(one.open_offer().unwrap().id);
        assert_eq!(ends(&house.step(&one, Hand::Buyer, &accept).unwrap()), Some(end), "{remedy:?}");
    }
    assert_eq!(ends(&one.refund_covers(euros(5000), &house.terms(), monday()).unwrap()), Some(DisputeEnd::SettledThere));
    assert_eq!(ends(&house.step(&house.opened(), Hand::Buyer, &DisputeMove::Withdraw).unwrap()), None, "no return, nobody to tell");
}

#[test]
fn a_policy_that_cannot_work_is_found_out() {
    assert_eq!(DisputePolicy::default().faults(), vec![]);
    let short = DisputePolicy { hard_stop_days: 30, offer_days: 0, appeal_limit_days: 3, ..DisputePolicy::default() };
    let fields: Vec<_> = short.faults().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["offerDays", "hardStopDays", "appealLimitDays"]);
    let stages = DisputePolicy::default().stages();
    assert_eq!(
        stages.iter().map(|rule| rule.stage).collect::<Vec<_>>(),
        [DisputeStage::DirectContact, DisputeStage::Mediation, DisputeStage::Arbitration, DisputeStage::Decided, DisputeStage::Appealed,]
    );
    let json = serde_json::to_value(DisputePolicy::default()).unwrap();
    assert_eq!(json["answer"], serde_json::json!({ "workingDays": 3 }));
    assert_eq!(serde_json::from_value::<DisputePolicy>(serde_json::json!({})).unwrap(), DisputePolicy::default());
}
