//! Single moves, their guards, and what each state's silence means.

use super::*;
use crate::domain::parties::Party;

/// Why nobody does anything, after which moves, and what becomes of it.
type Silence = (&'static str, Vec<(Hand, ReturnMove)>, ReturnState, Option<Closing>);

fn elapse(house: &House, one: &Return) -> ReturnMoved {
    one.elapse(&house.terms(), one.due_at.unwrap()).unwrap()
}

#[test]
fn silence_means_something_in_every_state() {
    let house = House::new();
    let one = || house.requested(LegalBasis::LegalConformity);
    let lost = (Hand::Carrier, ReturnMove::RecordLost);
    let unproven = (Hand::Buyer, ReturnMove::RecordShipped { carrier: String::new(), tracking: None });
    let offline = (Hand::Seller, ReturnMove::ProvideRmaNumber { number: "R1".into(), address: "1 rue A".into() });
    let good = (Hand::Seller, ReturnMove::MarkCompliant);
    let delivered = (Hand::Carrier, ReturnMove::RecordDelivered);
    let table: &[Silence] = &[
        ("the seller decides nothing", vec![], ReturnState::Approved, None),
        ("no label comes", vec![approve()], ReturnState::ReadyToShip, None),
        ("the buyer does not answer an offer", vec![keep_offer()], ReturnState::Requested, None),
        ("nor a later one", vec![approve(), keep_offer()], ReturnState::Approved, None),
        ("the buyer does not send", vec![approve(), label()], ReturnState::Expired, None),
        ("the parcel is not heard of", vec![approve(), label(), shipped()], ReturnState::Lost, None),
        ("the seller does not say that it came", vec![approve(), label(), shipped(), delivered], ReturnState::Received, None),
        ("the seller does not look", vec![approve(), label(), shipped(), received(2)], ReturnState::Compliant, None),
        ("the rest does not come", vec![approve(), label(), shipped(), received(1)], ReturnState::Compliant, None),
        ("the buyer lets a refusal stand", vec![declined()], ReturnState::Closed, Some(Closing::Declined)),
        (
            "the buyer lets a finding stand",
            vec![approve(), label(), shipped(), received(2), not_good()],
            ReturnState::Closed,
            Some(Closing::NonCompliant),
        ),
        ("no money follows", vec![approve(), label(), shipped(), received(2), good], ReturnState::Closed, Some(Closing::LeftToOperator)),
        ("none after a loss", vec![approve(), label(), shipped(), lost.clone()], ReturnState::Closed, Some(Closing::LeftToOperator)),
        ("a loss without proof", vec![approve(), offline, unproven, lost], ReturnState::Closed, Some(Closing::LostAtBuyersRisk)),
    ];
    for (why, moves, state, closing) in table {
        let before = house.after(one(), moves);
        assert_eq!(before.elapse(&house.terms(), before.due_at.unwrap() - TimeDelta::seconds(1)), None, "{why}: not yet");
        let after = elapse(&house, &before).after;
        assert_eq!((after.state, after.closing), (*state, *closing), "{why}");
        assert_eq!(after.revision, before.revision + 1, "{why}");
    }
}

#[test]
fn a_withdrawal_cannot_be_declined_by_the_seller_and_by_the_operator_only_with_an_exclusion() {
    let house = House::new();
    let one = house.requested(LegalBasis::Withdrawal);
    let decline = |by, reason, exclusion| {
        let text = "Non.".to_owned();
        house.step(&one, by, &ReturnMove::Decline { reason, text, exclusion }).map(|moved| moved.after.state)
    };
    let named = Some(WithdrawalExclusion::MadeToMeasure);
    assert!(matches!(decline(Hand::Seller, DeclineReason::NotEligible, named), Err(Refusal::NotNow { .. })));
    assert!(matches!(decline(Hand::Operator, DeclineReason::WindowClosed, named), Err(Refusal::NotNow { .. })));
    assert!(matches!(decline(Hand::Operator, DeclineReason::NotEligible, None), Err(Refusal::NotNow { .. })));
    let sealed = Some(WithdrawalExclusion::HygieneUnsealed);
    assert!(matches!(decline(Hand::Operator, DeclineReason::NotEligible, sealed), Err(Refusal::NotNow { .. })), "nobody has seen the seal");
    assert_eq!(decline(Hand::Operator, DeclineReason::NotEligible, named), Ok(ReturnState::Declined));
    let actions = |hand| one.available_actions(hand, &house.terms(), monday()).into_iter().map(|one| one.action).collect::<Vec<_>>();
    assert!(!actions(Hand::Seller).contains(&ReturnAction::Decline));
    assert!(actions(Hand::Operator).contains(&ReturnAction::Decline));
    let claim = house.requested(LegalBasis::LegalConformity);
    let refusal = ReturnMove::Decline { reason: DeclineReason::Other, text: "Usure normale.".into(), exclusion: None };
    let moved = house.step(&claim, Hand::Seller, &refusal).unwrap();
    assert_eq!(moved.effects, [ReturnEffect::SendRefusal], "in writing");
    let mute = ReturnMove::Decline { reason: DeclineReason::Other, text: "  ".into(), exclusion: None };
    assert!(matches!(house.step(&claim, Hand::Seller, &mute), Err(Refusal::Length { .. })));
}

#[test]
fn a_withdrawal_that_was_in_time_cannot_be_found_late() {
    let house = House::new();
    let one = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), label(), shipped(), received(2)]);
    let late = ReturnMove::MarkNonCompliant { reason: NonCompliance::WindowClosed, text: "Trop tard.".into(), withheld: None };
    assert!(matches!(house.step(&one, Hand::Seller, &late), Err(Refusal::NotNow { .. })));
}

#[test]
fn who_withdraws_sends_within_fourteen_days_of_the_notice_but_never_sooner_than_five_after_the_label() {
    let house = House::new();
    let at_once = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), label()]);
    assert_eq!(at_once.due_at, Some(at("2026-11-16T23:00:00Z")));
    let approved = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), keep_offer()]);
    let late = approved.elapse(&house.terms(), at("2026-11-13T09:00:00Z")).unwrap().after;
    assert_eq!(late.state, ReturnState::ReadyToShip, "the offer lapsed, then the time for a label");
    assert_eq!(late.papers, Some(Papers::OwnMeans));
    assert!(late.due_at >= Some(at("2026-11-14T00:00:00Z")), "{:?}", late.due_at);
}

#[test]
fn a_refund_waits_no_longer_once_the_dispatch_is_proved() {
    let house = House::new();
    let ready = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), label()]);
    let released = |moved: &ReturnMoved| moved.effects.iter().filter(|effect| matches!(effect, ReturnEffect::ReleaseRefund { .. })).count();
    let moved = house.step(&ready, shipped().0, &shipped().1).unwrap();
    assert_eq!(released(&moved), 1);
    let unproven = ReturnMove::RecordShipped { carrier: String::new(), tracking: None };
    let on_its_way = house.step(&ready, Hand::Buyer, &unproven).unwrap();
    assert_eq!(released(&on_its_way), 0);
    let came = house.step(&on_its_way.after, received(2).0, &received(2).1).unwrap();
    assert_eq!(released(&came), 1);
    let claim = house.after(house.requested(LegalBasis::LegalConformity), &[approve(), label()]);
    assert_eq!(released(&house.step(&claim, shipped().0, &shipped().1).unwrap()), 0);
}

#[test]
fn what_follows_is_asked_for_once_and_for_what_came() {
    let house = House::new();
    let one = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), label(), shipped(), received(1)]);
    let good = house.step(&one, Hand::Seller, &ReturnMove::MarkCompliant).unwrap();
    assert_eq!(good.effects, [ReturnEffect::RefundGoods { quantity: 1, wanted: Resolution::Refund }]);
    let over = house.step(&good.after, Hand::System, &ReturnMove::Settle).unwrap();
    assert_eq!((over.after.closing, over.effects), (Some(Closing::Settled), vec![]));
    let kept =
        house.step(&house.after(house.requested(LegalBasis::Withdrawal), &[keep_offer()]), Hand::Buyer, &ReturnMove::AcceptOffer).unwrap();
    assert_eq!(kept.effects, [ReturnEffect::RefundAgreed(euros(500))]);
    let returnless = ReturnMove::Approve { method: Some(ReturnMethod::Returnless), way_back: None };
    let kept = house.step(&house.requested(LegalBasis::Withdrawal), Hand::Seller, &returnless).unwrap();
    assert_eq!(
        (kept.after.state, kept.effects),
        (ReturnState::ItemKept, vec![ReturnEffect::RefundGoods { quantity: 2, wanted: Resolution::Refund }])
    );
    let swap = ReturnRequest { wanted: Resolution::Replacement, ..asked(LegalBasis::LegalConformity, 1) };
    let swap = house.request(swap, &[], monday()).unwrap().after;
    let sent = house.after(swap, &[approve(), label(), shipped(), received(1)]);
    assert_eq!(house.step(&sent, Hand::Seller, &ReturnMove::MarkCompliant).unwrap().effects, [ReturnEffect::Replace { quantity: 1 }]);
}

#[test]
fn an_offer_to_keep_the_item_is_limited_and_stops_the_clock() {
    let house = House::new();
    let one = house.requested(LegalBasis::Withdrawal);
    for (amount, refundable) in [(0, 2000), (-1, 2000), (2001, 2000), (1, 0)] {
        let offer = ReturnMove::ProposeKeepItem { amount: euros(amount), refundable: euros(refundable) };
        assert!(matches!(house.step(&one, Hand::Seller, &offer), Err(Refusal::Invalid { .. })), "{amount} of {refundable}");
    }
    let dollars = Money { minor: 5, currency: "USD".parse().unwrap() };
    let foreign = ReturnMove::ProposeKeepItem { amount: dollars, refundable: euros(2000) };
    assert!(matches!(house.step(&one, Hand::Seller, &foreign), Err(Refusal::Invalid { .. })));
    let no = (Hand::Buyer, ReturnMove::DeclineOffer);
    let back = house.after(one.clone(), &[keep_offer(), no.clone()]);
    assert_eq!(back.state, ReturnState::Requested);
    // An hour with the buyer is an hour more, and past closing that is the next opening.
    assert_eq!((one.due_at, back.due_at), (Some(at("2026-11-05T17:00:00Z")), Some(at("2026-11-06T08:00:00Z"))));
    let twice = house.after(back, &[keep_offer(), no]);
    assert!(matches!(house.step(&twice, keep_offer().0, &keep_offer().1), Err(Refusal::NotNow { .. })), "a third one");
    let actions = twice.available_actions(Hand::Seller, &house.terms(), twice.updated_at);
    assert!(actions.iter().all(|one| one.action != ReturnAction::ProposeKeepItem));
}

#[test]
fn a_dispute_keeps_a_refused_return_open_and_says_how_it_ends() {
    let house = House::new();
    let dispute = (Hand::System, ReturnMove::LinkDispute(DisputeId::generate()));
    let end = |end| (Hand::System, ReturnMove::EndDispute(end));
    let refused = house.after(house.requested(LegalBasis::LegalConformity), &[declined(), dispute.clone()]);
    assert_eq!(refused.elapse(&house.terms(), refused.updated_at + TimeDelta::days(120)), None);
    assert!(house.step(&refused, dispute.0, &dispute.1).is_err(), "one dispute only");
    assert!(house.step(&refused, Hand::Buyer, &ReturnMove::Cancel).is_err());
    for (how, state, closing) in [
        (DisputeEnd::ReturnUpheld, ReturnState::Approved, None),
        (DisputeEnd::SettledThere, ReturnState::Closed, Some(Closing::Settled)),
        (DisputeEnd::ForSeller, ReturnState::Closed, Some(Closing::DisputeLost)),
    ] {
        let after = house.after(refused.clone(), &[end(how)]);
        assert_eq!((after.state, after.closing), (state, closing), "{how:?}");
    }
    let faulted = [approve(), label(), shipped(), received(2), not_good(), dispute, end(DisputeEnd::ReturnUpheld)];
    assert_eq!(house.after(house.requested(LegalBasis::LegalConformity), &faulted).state, ReturnState::Compliant);
    let undisputed = house.after(house.requested(LegalBasis::LegalConformity), &[declined()]);
    assert!(house.step(&undisputed, Hand::System, &ReturnMove::EndDispute(DisputeEnd::ForSeller)).is_err());
}

#[test]
fn a_late_answer_finds_the_return_where_time_has_put_it() {
    let house = House::new();
    let one = house.requested(LegalBasis::LegalConformity);
    let refusal = ReturnMove::Decline { reason: DeclineReason::Other, text: "Non.".into(), exclusion: None };
    let late = one.apply(&refusal, Hand::Seller, 1, &house.terms(), at("2026-11-06T09:00:00Z"));
    assert_eq!(late, Err(Refusal::NotNow { message: "This is not possible while the return is approved.".into() }));
    let label = one.apply(&label().1, Hand::Seller, 1, &house.terms(), at("2026-11-06T09:00:00Z")).unwrap();
    assert_eq!(kinds(&label.events), ["APPROVED", "STATE_CHANGED", "READY_TO_SHIP", "STATE_CHANGED"]);
    assert_eq!(label.after.revision, 2, "one write, one revision");
    assert_eq!(one.apply(&refusal, Hand::Seller, 7, &house.terms(), monday()), Err(Refusal::WrongRevision { current: 1 }));
}

#[test]
fn an_approval_never_puts_the_way_back_on_the_buyer() {
    let house = House::new();
    let claim = house.requested(LegalBasis::LegalConformity);
    let mean = ReturnMove::Approve { method: None, way_back: Some(CostBearer::Buyer) };
    assert_eq!(house.step(&claim, Hand::Seller, &mean).unwrap().after.way_back, CostBearer::Seller);
    let kind = ReturnMove::Approve { method: None, way_back: Some(CostBearer::Operator) };
    assert_eq!(house.step(&house.requested(LegalBasis::Withdrawal), Hand::Operator, &kind).unwrap().after.way_back, CostBearer::Operator);
}

#[test]
fn more_cannot_come_back_than_was_sent() {
    let house = House::new();
    let sent = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), label(), shipped()]);
    for (quantity, damaged) in [(0, 0), (3, 0), (1, 2)] {
        let receipt = ReturnMove::RecordReceived(Receipt { quantity, damaged });
        assert!(matches!(house.step(&sent, Hand::Seller, &receipt), Err(Refusal::Invalid { .. })), "{quantity} {damaged}");
    }
    let half = house.after(sent, &[received(1)]);
    assert!(house.step(&half, received(2).0, &received(2).1).is_err());
    assert_eq!(house.after(half, &[received(1)]).state, ReturnState::Received);
}

#[test]
fn money_that_does_not_follow_alerts_the_operator() {
    let house = House::new();
    let good = (Hand::Seller, ReturnMove::MarkCompliant);
    let one = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), label(), shipped(), received(2), good]);
    assert_eq!(elapse(&house, &one).effects, [ReturnEffect::Alert(Party::Operator)]);
}

#[test]
fn the_days_of_the_law_follow_what_happened() {
    use crate::domain::law::{RefundDue, SellerMayWait};
    let house = House::new();
    let due = |one: &Return| match one.refund_due(&house.days, SellerMayWait::Yes) {
        Some(RefundDue::Due(period)) => Some(period.last_day.to_string()),
        Some(RefundDue::Held(_)) | None => None,
    };
    let ready = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), label()]);
    assert_eq!(due(&ready), None, "held");
    let late = Return { updated_at: at("2026-11-16T20:00:00Z"), ..ready.clone() };
    assert_eq!(due(&house.after(ready, &[shipped()])).as_deref(), Some("2026-11-16"));
    let unproven = (Hand::Buyer, ReturnMove::RecordShipped { carrier: String::new(), tracking: None });
    let on_its_way = house.after(late, &[unproven]);
    assert_eq!(due(&on_its_way), None, "still held: nothing proves it");
    let came = Return { updated_at: at("2026-11-20T10:00:00Z"), ..on_its_way };
    assert_eq!(due(&house.after(came, &[received(1)])).as_deref(), Some("2026-11-20"));
    let repair = ReturnRequest { wanted: Resolution::Repair, ..asked(LegalBasis::LegalConformity, 1) };
    let repair = house.request(repair, &[], monday()).unwrap().after;
    assert_eq!(repair.remedy_due(&house.days).unwrap().last_day.to_string(), "2026-12-02");
    assert_eq!((house.requested(LegalBasis::LegalConformity).remedy_due(&house.days), due(&repair)), (None, None));
}

#[test]
fn who_withdrew_is_refunded_less_what_the_goods_have_lost() {
    let house = House::new();
    let one = house.after(house.requested(LegalBasis::Withdrawal), &[approve(), label(), shipped(), received(2)]);
    let worn = |withheld: Option<(i64, i64)>, reason| {
        let withheld = withheld.map(|(amount, refundable)| Withheld { amount: euros(amount), refundable: euros(refundable) });
        (Hand::Seller, ReturnMove::MarkNonCompliant { reason, text: "Porté.".into(), withheld })
    };
    let try_it = |one: &Return, (by, action): (Hand, ReturnMove)| house.step(one, by, &action);
    for (withheld, reason) in [
        (None, NonCompliance::DamagedProduct),
        (Some((0, 2000)), NonCompliance::DamagedProduct),
        (Some((2001, 2000)), NonCompliance::Other),
        (Some((100, 2000)), NonCompliance::WrongProduct),
    ] {
        assert!(matches!(try_it(&one, worn(withheld, reason)), Err(Refusal::Invalid { .. })), "{withheld:?} {reason:?}");
    }
    let claim = house.after(house.requested(LegalBasis::LegalConformity), &[approve(), label(), shipped(), received(2)]);
    assert!(try_it(&claim, worn(Some((100, 2000)), NonCompliance::DamagedProduct)).is_err(), "of a withdrawal only");
    let found = try_it(&one, worn(Some((300, 2000)), NonCompliance::DamagedProduct)).unwrap();
    assert_eq!(found.effects, [ReturnEffect::RefundLess { quantity: 2, withheld: euros(300) }]);
    let over = elapse(&house, &found.after);
    assert_eq!(
        (over.after.closing, over.effects, over.after.claims()),
        (Some(Closing::NonCompliant), vec![], 2),
        "refunded once, and used up"
    );
    let upheld = house.step(&found.after, Hand::Operator, &ReturnMove::MarkCompliant).unwrap();
    assert_eq!(upheld.effects, [ReturnEffect::RefundAgreed(euros(300))], "only what was kept is still owed");
}

#[test]
fn a_label_is_a_reference_or_an_address_that_nobody_listens_in_on() {
    let house = House::new();
    let one = house.after(house.requested(LegalBasis::Withdrawal), &[approve()]);
    let label = |link: &str| house.step(&one, Hand::Seller, &ReturnMove::AttachLabel { link: link.into() }).map(|moved| moved.after.papers);
    for good in ["https://label.example/1", " 6A-2200 ", "QR 18"] {
        assert_eq!(label(good), Ok(Some(Papers::Label { link: good.trim().into() })));
    }
    for bad in ["http://label.example/1", "javascript://x", "https://a\nb://c", "6A\n22"] {
        assert!(label(bad).is_err(), "{bad}");
    }
    assert!(matches!(label(" "), Err(Refusal::Length { .. })));
    assert!(matches!(label(&"x".repeat(501)), Err(Refusal::Length { .. })));
}
