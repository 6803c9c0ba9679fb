//! What holds for every sequence of moves.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// One attempt: an action, by a hand, by one of the staff, after so many hours.
type Attempt = (usize, usize, usize, i64);

impl House {
    fn staff(&self, which: usize) -> &StaffId {
        [&self.mediator, &self.arbiter, &self.other][which % 3]
    }

    /// A fair try at an action: what a caller would send.
    fn fair(action: DisputeAction, one: &Dispute, staff: &StaffId) -> Option<DisputeMove> {
        let offer = one.open_offer().map_or_else(OfferId::generate, |offer| offer.id);
        let proposal = one.open_proposal().map_or_else(OfferId::generate, |proposal| proposal.id);
        let new = u8::try_from(one.evidence.len()).unwrap() + 10;
        let (by, refundable) = (staff.clone(), euros(8000));
        Some(match action {
            DisputeAction::Answer => answer(),
            DisputeAction::MakeOffer => DisputeMove::MakeOffer { bid: bid(1000), refundable },
            DisputeAction::CounterOffer => DisputeMove::CounterOffer { bid: bid(2000), refundable },
            DisputeAction::AcceptOffer => DisputeMove::AcceptOffer(offer),
            DisputeAction::RefuseOffer => DisputeMove::RefuseOffer(offer),
            DisputeAction::Withdraw => DisputeMove::Withdraw,
            DisputeAction::Escalate => DisputeMove::Escalate,
            DisputeAction::StandBack => DisputeMove::StandBack { text: "Hors de notre site.".into() },
            DisputeAction::TakeUp => DisputeMove::TakeUp { by },
            DisputeAction::Propose => DisputeMove::Propose { by, bid: bid(1500), refundable },
            DisputeAction::AcceptProposal => DisputeMove::AcceptProposal(proposal),
            DisputeAction::RefuseProposal => DisputeMove::RefuseProposal(proposal),
            DisputeAction::RequestEvidence => {
                ask(staff, if one.evidence_requests.len().is_multiple_of(2) { Party::Buyer } else { Party::Seller })
            }
            DisputeAction::SubmitEvidence => evidence(new),
            DisputeAction::Decide => DisputeMove::Decide { by, ruling: Box::new(ruling()), refundable },
            DisputeAction::Appeal => DisputeMove::Appeal { text: "Non.".into(), evidence: vec![piece(new)] },
            DisputeAction::DecideAppeal => DisputeMove::DecideAppeal { by, ruling: Box::new(ruling()), refundable },
            DisputeAction::RefundCovers | DisputeAction::Elapse => return None,
        })
    }

    fn attempt(&self, one: &Dispute, attempt: &Attempt) -> Option<(DisputeAction, Hand, DisputeMoved)> {
        let (action, hand, staff, hours) = attempt;
        let (action, hand) = (DisputeAction::ALL[*action], Hand::ALL[*hand]);
        let now = one.updated_at + TimeDelta::hours(*hours);
        let moved = match (Self::fair(action, one, self.staff(*staff)), action) {
            (Some(fair), _) => one.apply(&fair, hand, one.revision, &self.terms(), now).ok(),
            (None, DisputeAction::RefundCovers) => one.refund_covers(euros(*hours * 100), &self.terms(), now),
            (None, _) => one.elapse(&self.terms(), now),
        };
        moved.map(|moved| (action, hand, moved))
    }
}

fn attempts(most: usize) -> impl Strategy<Value = Vec<Attempt>> {
    // Everything but refunds and standing back is tried often, for these two end what the others need.
    let action = prop_oneof![12 => 0..17_usize, 1 => Just(17_usize), 3 => Just(18_usize)];
    prop::collection::vec((action, 0..Hand::ALL.len(), 0..3_usize, prop_oneof![4 => 0_i64..30, 2 => 0_i64..140, 1 => 0_i64..800]), 1..most)
}

fn check(before: &Dispute, action: DisputeAction, hand: Hand, moved: &DisputeMoved) {
    let after = &moved.after;
    assert!(!before.stage.is_over(), "{:?} moved", before.stage);
    assert_eq!(after.revision, before.revision + 1);
    let mut stage = before.stage;
    for event in &moved.events {
        if let DisputeEvent::StageChanged { from, to } = event.kind {
            assert_eq!(from, stage, "the chain of stages has no gap");
            let declared = DisputeTransition::ALL.iter().any(|line| line.from == from && line.to.contains(&to));
            assert!(declared, "{from:?} to {to:?}");
            stage = to;
        }
    }
    assert_eq!(stage, after.stage, "every change of stage is told");
    if !matches!(action, DisputeAction::Elapse | DisputeAction::RefundCovers) {
        let fits = |line: &&DisputeTransition| line.action == action && line.hands.contains(&hand) && line.to.contains(&after.stage);
        assert!(DisputeTransition::ALL.iter().any(|line| fits(&line)), "{action:?} by {hand:?} led to {:?}", after.stage);
    }
    assert!(after.offers.iter().filter(|offer| offer.state == OfferState::Open).count() <= 1, "one open offer");
    assert!(after.proposals.iter().filter(|one| one.state == OfferState::Open).count() <= 1, "one open proposal");
    assert_eq!(after.wakes_at().is_none(), after.stage.is_over(), "time moves what is not over: {:?}", after.stage);
    assert_eq!(after.settlement.is_some(), after.stage == DisputeStage::Settled);
    if let DisputeStage::Decided | DisputeStage::Appealed | DisputeStage::Final = after.stage {
        let decision = after.effective_decision().expect("what is decided has a decision");
        assert!(!decision.statement.trim().is_empty() && !decision.clause.trim().is_empty());
        assert!((0..=after.amount.minor).contains(&decision.amount.minor) && decision.amount.currency == after.amount.currency);
        if let (Decider::Person(staff), Some(first)) = (&decision.by, &after.decision) {
            assert!(!after.mediators.contains(staff), "a mediator decided");
            let heard =
                |party| after.evidence.iter().any(|one| one.by == party) || after.evidence_requests.iter().any(|one| one.of == party);
            assert!(heard(Party::Buyer) && heard(Party::Seller), "somebody was not heard");
            let appealed = after.appeal.as_ref().is_some_and(|appeal| appeal.decision.is_some());
            assert!(!appealed || first.by != decision.by, "the same person twice");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_undeclared_transition_is_ever_made(attempts in attempts(60), grave in any::<bool>()) {
        let house = House::new();
        let reason = if grave { DisputeReason::Safety } else { DisputeReason::Defective };
        attempts.iter().fold(house.open(DisputeOpening { reason, ..opening() }), |one, attempt| match house.attempt(&one, attempt) {
            Some((action, hand, moved)) => {
                check(&one, action, hand, &moved);
                moved.after
            }
            None => one,
        });
    }

    #[test]
    fn what_was_heard_and_decided_holds_whatever_follows(attempts in attempts(40)) {
        let house = House::new();
        attempts.iter().fold(house.heard(), |one, attempt| match house.attempt(&one, attempt) {
            Some((action, hand, moved)) => {
                check(&one, action, hand, &moved);
                moved.after
            }
            None => one,
        });
    }

    #[test]
    fn what_was_agreed_or_decided_is_carried_out_once(attempts in attempts(40), heard in any::<bool>()) {
        let house = House::new();
        let mut effects = Vec::new();
        let first = if heard { house.heard() } else { house.opened() };
        let over = attempts.iter().fold(first, |one, attempt| match house.attempt(&one, attempt) {
            Some((_, _, moved)) => {
                effects.extend(moved.effects);
                moved.after
            }
            None => one,
        });
        let paid = |effect: &&DisputeEffect| matches!(effect, DisputeEffect::CarryOutSettlement(_) | DisputeEffect::CarryOutDecision(_));
        let paid = effects.iter().filter(paid).count();
        let refunded = over.settlement.as_ref().is_some_and(|settlement| settlement.agreement == Agreement::Refunded);
        let owed = over.decision.is_some() || (over.settlement.is_some() && !refunded);
        prop_assert_eq!(paid, usize::from(owed), "{:?}", over.stage);
        let told = effects.iter().filter(|effect| **effect == DisputeEffect::TellBuyerOfMediator).count();
        prop_assert_eq!(told, usize::from(matches!(over.stage, DisputeStage::Final | DisputeStage::Unresolved)));
    }

    #[test]
    fn time_alone_ends_every_dispute(attempts in attempts(25), arbitration in any::<bool>()) {
        let mut house = House::new();
        if !arbitration {
            house.policy.arbitration = Arbitration::NotOffered;
        }
        let one = attempts.iter().fold(house.opened(), |one, attempt| house.attempt(&one, attempt).map_or(one, |(_, _, moved)| moved.after));
        if !one.stage.is_over() {
            let year = one.updated_at + TimeDelta::days(365);
            let over = house.wait(&one, year);
            prop_assert!(over.stage.is_over(), "{:?} after a year", over.stage);
            prop_assert_eq!(over.elapse(&house.terms(), year + TimeDelta::days(365)), None);
        }
    }

    #[test]
    fn the_order_in_which_timers_ring_changes_nothing(attempts in attempts(15), naps in prop::collection::vec(1_i64..400, 1..12)) {
        let house = House::new();
        let one = attempts.iter().fold(house.opened(), |one, attempt| house.attempt(&one, attempt).map_or(one, |(_, _, moved)| moved.after));
        let mut now = one.updated_at;
        let mut by_steps = one.clone();
        for hours in naps {
            now += TimeDelta::hours(hours);
            by_steps = house.wait(&by_steps, now);
        }
        let at_once = house.wait(&one, now);
        prop_assert_eq!((by_steps.stage, by_steps.due_at, by_steps.remind_at), (at_once.stage, at_once.due_at, at_once.remind_at));
        prop_assert_eq!((by_steps.decision, by_steps.offers, by_steps.proposals), (at_once.decision, at_once.offers, at_once.proposals));
    }

    #[test]
    fn what_is_offered_can_be_done_and_nothing_else(attempts in attempts(20), hours in 0_i64..200, staff in 0..3_usize, heard in any::<bool>()) {
        let house = House::new();
        let first = if heard { house.heard() } else { house.opened() };
        let one = attempts.iter().fold(first, |one, attempt| house.attempt(&one, attempt).map_or(one, |(_, _, moved)| moved.after));
        let (now, staff) = (one.updated_at + TimeDelta::hours(hours), house.staff(staff));
        let there = house.wait(&one, now);
        for hand in Hand::ALL {
            let offered: BTreeSet<_> = one
                .available_actions(hand, Some(staff), &house.terms(), now)
                .into_iter()
                .filter(|each| each.from.is_none() && each.until.is_none_or(|until| until > now))
                .map(|each| each.action)
                .collect();
            for action in DisputeAction::ALL {
                let Some(fair) = House::fair(action, &there, staff) else { continue };
                let done = one.apply(&fair, hand, one.revision, &house.terms(), now);
                // Taking up twice, or answering twice, is harmless and so not refused; a button for it would be odd.
                let harmless = matches!(action, DisputeAction::TakeUp | DisputeAction::Answer) && done.is_ok();
                prop_assert!(done.is_ok() == offered.contains(&action) || harmless, "{:?} by {:?} while {:?}: {:?}", action, hand, there.stage, done.err());
            }
        }
    }
}

/// Every line of the table is walked by some sequence: none is dead.
#[test]
fn every_declared_transition_can_be_made() {
    let mut walked = BTreeSet::new();
    for arbitration in [Arbitration::Offered, Arbitration::NotOffered] {
        let mut house = House::new();
        house.policy.arbitration = arbitration;
        let mut known = BTreeSet::new();
        let mut front = vec![house.opened()];
        while let Some(one) = front.pop() {
            let proposal =
                one.open_proposal().map(|proposal| (format!("{:?}{:?}", proposal.buyer, proposal.seller), proposal.id.to_string().len()));
            let heard = (one.evidence.iter().map(|one| one.by).collect::<BTreeSet<_>>(), one.evidence_requests.len().min(2));
            let facts =
                (one.stage, one.open_offer().map(|offer| offer.by), proposal, heard, one.answered_at.is_some(), one.remind_at.is_some());
            if !known.insert(facts) {
                continue;
            }
            // A try at once, and one when evidence and talking are over, but nothing else is.
            for hours in [1, 4 * 24 + 8] {
                for action in 0..DisputeAction::ALL.len() {
                    for hand in 0..Hand::ALL.len() {
                        for staff in 0..3 {
                            if let Some((action, _, moved)) = house.attempt(&one, &(action, hand, staff, hours))
                                && one.elapse(&house.terms(), one.updated_at + TimeDelta::hours(hours)).is_none()
                            {
                                walked.insert((one.stage, action, moved.after.stage));
                                front.push(moved.after);
                            }
                        }
                    }
                }
            }
            if let Some(paid) = one.refund_covers(euros(5000), &house.terms(), one.updated_at) {
                walked.insert((one.stage, DisputeAction::RefundCovers, paid.after.stage));
            }
            if let Some(moved) = one.wakes_at().and_then(|at| one.elapse(&house.terms(), at.max(one.updated_at))) {
                walked.insert((one.stage, DisputeAction::Elapse, moved.after.stage));
                front.push(moved.after);
            }
        }
    }
    let missing: Vec<_> = DisputeTransition::ALL
        .iter()
        .flat_map(|line| line.to.iter().map(|to| (line.from, line.action, *to)))
        .filter(|each| !walked.contains(each))
        .collect();
    assert_eq!(missing, []);
}
