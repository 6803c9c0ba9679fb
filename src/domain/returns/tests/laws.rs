//! What holds for every sequence of moves.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// One attempt: an action, by a hand, after so many hours.
type Attempt = (usize, usize, i64);

/// A fair try at an action: what a caller would send.
fn fair(action: ReturnAction, one: &Return) -> Option<ReturnMove> {
    Some(match action {
        ReturnAction::Approve => approve().1,
        ReturnAction::Decline => declined().1,
        ReturnAction::ProposeKeepItem => keep_offer().1,
        ReturnAction::AcceptOffer => ReturnMove::AcceptOffer,
        ReturnAction::DeclineOffer => ReturnMove::DeclineOffer,
        ReturnAction::AttachLabel => label().1,
        ReturnAction::ProvideRmaNumber => ReturnMove::ProvideRmaNumber { number: "R1".into(), address: "1 rue A".into() },
        ReturnAction::RecordLabelSentOffline => ReturnMove::RecordLabelSentOffline,
        ReturnAction::RecordShipped => shipped().1,
        ReturnAction::RecordDelivered => ReturnMove::RecordDelivered,
        ReturnAction::RecordReceived => received(1.max(one.quantity.saturating_sub(one.received.quantity + 1))).1,
        ReturnAction::RecordLost => ReturnMove::RecordLost,
        ReturnAction::MarkCompliant => ReturnMove::MarkCompliant,
        ReturnAction::MarkNonCompliant if one.basis == LegalBasis::Withdrawal && one.revision % 2 == 1 => worn(),
        ReturnAction::MarkNonCompliant => not_good().1,
        ReturnAction::Cancel => ReturnMove::Cancel,
        ReturnAction::LinkDispute => ReturnMove::LinkDispute(DisputeId::generate()),
        ReturnAction::EndDispute => {
            ReturnMove::EndDispute(if one.revision % 2 == 0 { DisputeEnd::ReturnUpheld } else { DisputeEnd::ForSeller })
        }
        ReturnAction::Settle => ReturnMove::Settle,
        ReturnAction::Elapse => return None,
    })
}

/// Goods of a withdrawal that have lost in worth.
fn worn() -> ReturnMove {
    let withheld = Some(Withheld { amount: euros(100), refundable: euros(2000) });
    ReturnMove::MarkNonCompliant { reason: NonCompliance::DamagedProduct, text: "Porté.".into(), withheld }
}

fn attempts(most: usize) -> impl Strategy<Value = Vec<Attempt>> {
    prop::collection::vec((0..ReturnAction::ALL.len(), 0..Hand::ALL.len(), prop_oneof![0_i64..30, 0_i64..800]), 1..most)
}

fn declared(from: ReturnState, to: ReturnState) -> bool {
    Transition::ALL.iter().any(|line| line.from == from && line.to.contains(&to))
}

/// Runs the attempts; tells of each move that was made: what was tried, from where, and what came of it.
fn run(
    house: &House,
    one: Return,
    attempts: &[Attempt],
    mut told: impl FnMut(&Return, Option<(ReturnAction, Hand)>, &ReturnMoved),
) -> Return {
    attempts.iter().fold(one, |one, (action, hand, hours)| {
        let (action, hand) = (ReturnAction::ALL[*action], Hand::ALL[*hand]);
        let now = one.updated_at + TimeDelta::hours(*hours);
        let moved = match fair(action, &one) {
            Some(action) => one.apply(&action, hand, one.revision, &house.terms(), now).ok(),
            None => one.elapse(&house.terms(), now),
        };
        let Some(moved) = moved else { return one };
        told(&one, (action != ReturnAction::Elapse).then_some((action, hand)), &moved);
        moved.after
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_undeclared_transition_is_ever_made(basis in 0..3_usize, attempts in attempts(40)) {
        let house = House::new();
        let bases = [LegalBasis::Withdrawal, LegalBasis::LegalConformity, LegalBasis::Commercial];
        run(&house, house.requested(bases[basis]), &attempts, |before, tried, moved| {
            assert!(!before.state.is_over(), "{:?} moved", before.state);
            assert_eq!(moved.after.revision, before.revision + 1);
            let mut state = before.state;
            for event in &moved.events {
                if let ReturnEvent::StateChanged { from, to } = event.kind {
                    assert_eq!(from, state, "the chain of states has no gap");
                    assert!(declared(from, to), "{from:?} to {to:?}");
                    state = to;
                }
            }
            assert_eq!(state, moved.after.state, "every change of state is told");
            if let Some((action, hand)) = tried {
                let last = Transition::ALL.iter().any(|line| {
                    line.action == action && line.hands.contains(&hand) && line.to.contains(&moved.after.state)
                });
                assert!(last, "{action:?} by {hand:?} led to {:?}", moved.after.state);
            }
            assert!(moved.after.received.quantity <= moved.after.quantity && moved.after.received.damaged <= moved.after.received.quantity);
            assert_eq!(moved.after.closing.is_some(), moved.after.state == ReturnState::Closed);
            assert_eq!(moved.after.due_at.is_none(), moved.after.state.is_over(), "time moves what is not over");
        });
    }

    #[test]
    fn what_follows_is_asked_for_once(basis in 0..2_usize, attempts in attempts(40)) {
        let house = House::new();
        let bases = [LegalBasis::Withdrawal, LegalBasis::LegalConformity];
        let mut effects = Vec::new();
        // From where goods are back, so that most runs get to the money.
        let back = house.after(house.requested(bases[basis]), &[approve(), label(), shipped(), received(2)]);
        let over = run(&house, back, &attempts, |_, _, moved| effects.extend(moved.effects.clone()));
        let count = |fits: fn(&ReturnEffect) -> bool| effects.iter().filter(|effect| fits(effect)).count();
        let whole = count(|effect| matches!(effect, ReturnEffect::RefundGoods { .. } | ReturnEffect::Replace { .. } | ReturnEffect::Repair { .. }));
        let (less, agreed) = (count(|effect| matches!(effect, ReturnEffect::RefundLess { .. })), count(|effect| matches!(effect, ReturnEffect::RefundAgreed(_))));
        prop_assert!(whole + less <= 1, "{:?}", effects);
        prop_assert!(agreed <= less, "only what was kept is paid later: {:?}", effects);
        let paid = whole + less == 1;
        prop_assert!(paid || !matches!(over.closing, Some(Closing::LeftToOperator)), "{:?}", effects);
    }

    #[test]
    fn time_alone_ends_every_return(basis in 0..2_usize, attempts in attempts(12)) {
        let house = House::new();
        let bases = [LegalBasis::Withdrawal, LegalBasis::LegalConformity];
        let one = run(&house, house.requested(bases[basis]), &attempts, |_, _, _| {});
        if !one.state.is_over() {
            let later = one.elapse(&house.terms(), one.updated_at + TimeDelta::days(365)).expect("something happens in a year");
            prop_assert!(later.after.state.is_over(), "{:?} after a year", later.after.state);
            prop_assert_eq!(later.after.elapse(&house.terms(), one.updated_at + TimeDelta::days(9999)), None);
        }
    }

    #[test]
    fn the_returns_of_a_line_never_exceed_what_was_bought(steps in prop::collection::vec((0..4_usize, 0..4_u32, attempts(4)), 1..12)) {
        let house = House::new();
        let mut all: Vec<Return> = Vec::new();
        let mut now = monday();
        for (which, quantity, attempts) in steps {
            now += TimeDelta::hours(1);
            if let Ok(moved) = house.request(asked(LegalBasis::Commercial, quantity), &all, now) {
                all.push(moved.after);
            }
            if let Some(one) = all.get_mut(which) {
                *one = run(&house, one.clone(), &attempts, |_, _, _| {});
            }
            let claimed: u32 = all.iter().map(Return::claims).sum();
            prop_assert!(claimed <= line().bought, "{} of {}", claimed, line().bought);
        }
    }

    #[test]
    fn what_is_offered_can_be_done_and_nothing_else(attempts in attempts(10), hours in 0_i64..200) {
        let house = House::new();
        let one = run(&house, house.requested(LegalBasis::Withdrawal), &attempts, |_, _, _| {});
        let now = one.updated_at + TimeDelta::hours(hours);
        for hand in Hand::ALL {
            let offered: BTreeSet<_> = one.available_actions(hand, &house.terms(), now).into_iter().map(|each| each.action).collect();
            // What time does first is done first: the try is made on what is there then.
            let there = one.elapse(&house.terms(), now).map_or_else(|| one.clone(), |moved| moved.after);
            for action in ReturnAction::ALL {
                let Some(fair) = fair(action, &there) else { continue };
                let done = one.apply(&fair, hand, one.revision, &house.terms(), now);
                prop_assert_eq!(done.is_ok(), offered.contains(&action), "{:?} by {:?} while {:?}: {:?}", action, hand, there.state, done.err());
            }
        }
    }
}

/// Every line of the table is walked by some sequence: none is dead.
#[test]
fn every_declared_transition_can_be_made() {
    let house = House::new();
    let mut walked = BTreeSet::new();
    // Breadth first over fair tries, from each kind of return, by time too.
    for basis in [LegalBasis::Withdrawal, LegalBasis::LegalConformity] {
        let mut seen = BTreeSet::new();
        let mut front = vec![house.request(asked(basis, 3), &[], monday()).unwrap().after];
        while let Some(one) = front.pop() {
            let fingerprint =
                (one.state, one.received.quantity, one.dispute.is_some(), one.offers_made, one.method.map(|it| format!("{it:?}")));
            let delivered = one.parcel.as_ref().map(|parcel| (parcel.delivered_at.is_some(), parcel.tracking.is_some()));
            if !seen.insert((fingerprint, delivered, one.revision % 2)) {
                continue;
            }
            let mut tries: Vec<_> = ReturnAction::ALL.into_iter().filter_map(|action| Some((action, fair(action, &one)?))).collect();
            tries.push((ReturnAction::Approve, ReturnMove::Approve { method: Some(ReturnMethod::Returnless), way_back: None }));
            tries.push((ReturnAction::RecordReceived, received(one.quantity - one.received.quantity.min(one.quantity)).1));
            tries.push((ReturnAction::RecordReceived, received(1).1));
            tries.push((ReturnAction::EndDispute, ReturnMove::EndDispute(DisputeEnd::ReturnUpheld)));
            tries.push((ReturnAction::EndDispute, ReturnMove::EndDispute(DisputeEnd::ForSeller)));
            for (action, fair) in tries {
                for hand in Hand::ALL {
                    if let Ok(moved) = house.step(&one, hand, &fair).map(|moved| moved.after) {
                        walked.insert((one.state, action, moved.state));
                        front.push(moved);
                    }
                }
            }
            if let Some(moved) = one.due_at.and_then(|due| one.elapse(&house.terms(), due)) {
                walked.insert((one.state, ReturnAction::Elapse, moved.after.state));
                front.push(moved.after);
            }
        }
    }
    let missing: Vec<_> = Transition::ALL
        .iter()
        .flat_map(|line| line.to.iter().map(|to| (line.from, line.action, *to)))
        .filter(|each| !walked.contains(each))
        .collect();
    // Silence keeps the item only where the usual method is RETURNLESS, which is not the default.
    assert_eq!(missing, [(ReturnState::Requested, ReturnAction::Elapse, ReturnState::ItemKept)]);
}
