//! The life of a case, printed whole, and what holds for every life.

use std::fmt::Write;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::domain::charter::{Charter, Promise};
use crate::domain::effects::Effect;
use crate::domain::refusal::Refusal;
use crate::domain::timeline::EventKind;

mod clocks;

const MOVES: &[(&str, CaseMove)] = &[
    ("buyer writes", CaseMove::Write(Party::Buyer)),
    ("seller writes", CaseMove::Write(Party::Seller)),
    ("operator writes", CaseMove::Write(Party::Operator)),
    ("escalate", CaseMove::Escalate { reason: EscalationReason::Other, note: String::new() }),
    ("clarify", CaseMove::Clarify),
    ("no reply needed", CaseMove::WaiveReply { reason: String::new() }),
    ("resolve", CaseMove::Resolve { outcome: Outcome::Solved, resolution: None }),
    ("reopen", CaseMove::Reopen),
    ("close", CaseMove::Close(Outcome::Solved)),
    ("await buyer", CaseMove::AwaitBuyer),
    ("prioritize high", CaseMove::Prioritize(Priority::High)),
];

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn opened(order: Option<(OrderId, SellerId)>, mode: ConversationMode) -> Case {
    open_with(order, None, Channel::Email, &terms(Charter { conversation_mode: mode, ..Charter::default() }))
}

fn terms(charter: Charter) -> Terms {
    Terms::of(charter)
}

fn open_with(order: Option<(OrderId, SellerId)>, reason: Option<&str>, channel: Channel, terms: &Terms) -> Case {
    let opening = Opening {
        reference: "C-1".into(),
        subject: String::new(),
        priority: Priority::Normal,
        buyer: BuyerId::generate(),
        order,
        order_line: None,
        reason: reason.map(|key| key.parse().unwrap()),
        channel,
        phase: None,
        parent: None,
    };
    Case::open(opening, terms, at(0))
}

fn with_seller() -> Case {
    opened(Some((OrderId::generate(), SellerId::generate())), ConversationMode::SellerFirst)
}

#[test]
fn the_life_of_a_case() {
    let mut out = String::new();
    for owner in [Party::Seller, Party::Operator] {
        writeln!(out, "seen through by the {owner:?}").unwrap();
        for status in CaseStatus::ALL {
            for (name, step) in MOVES {
                let case = Case { status, owner, ..with_seller() };
                let outcome = match case.apply(step, &terms(Charter::default()), at(1)) {
                    Ok(moved) => format!("{:<26}{:?}", moved.case.status.to_string(), moved.effects),
                    Err(refusal) => format!("✘ {refusal}"),
                };
                writeln!(out, "  {:<26}{name:<18}{outcome}", status.to_string()).unwrap();
            }
        }
    }
    insta::assert_snapshot!("life_of_a_case", out);
}

#[test]
fn a_new_case_goes_to_the_seller_first_where_the_charter_says_so() {
    let order = Some((OrderId::generate(), SellerId::generate()));
    for (order, mode, status, kind) in [
        (order, ConversationMode::SellerFirst, CaseStatus::WaitingSeller, ThreadKind::SellerBuyer),
        (order, ConversationMode::Tripartite, CaseStatus::WaitingSeller, ThreadKind::Tripartite),
        (order, ConversationMode::OperatorOnly, CaseStatus::WaitingOperator, ThreadKind::OperatorBuyer),
        (None, ConversationMode::SellerFirst, CaseStatus::WaitingOperator, ThreadKind::OperatorBuyer),
    ] {
        let case = opened(order, mode);
        assert_eq!((case.status, case.buyer_thread_kind()), (status, kind), "{mode:?} with order: {}", order.is_some());
        assert_eq!(case.reply_due_at(), Some(at(48 * 60)));
    }
}

#[test]
fn an_order_found_later_brings_the_seller_in_unless_somebody_has_taken_over() {
    let terms = terms(Charter::default());
    let waiting = opened(None, ConversationMode::SellerFirst);
    let found = waiting.attach_order(OrderId::generate(), SellerId::generate(), None, &terms, at(5)).case;
    assert_eq!((found.status, found.owner, found.phase), (CaseStatus::WaitingSeller, Party::Seller, CasePhase::AfterSale));
    let answered = Case { status: CaseStatus::WaitingBuyer, ..waiting };
    let found = answered.attach_order(OrderId::generate(), SellerId::generate(), None, &terms, at(5)).case;
    assert_eq!((found.status, found.owner), (CaseStatus::WaitingBuyer, Party::Operator));
}

#[test]
fn what_an_agent_says_is_hidden_from_the_seller_only_where_the_operator_talks_alone() {
    for (mode, presence, seller_sees) in [
        (ConversationMode::SellerFirst, SellerPresence::Absent, true),
        (ConversationMode::SellerFirst, SellerPresence::Present, true),
        (ConversationMode::Tripartite, SellerPresence::Present, true),
        (ConversationMode::OperatorOnly, SellerPresence::Present, true),
        (ConversationMode::OperatorOnly, SellerPresence::Absent, false),
    ] {
        let audience = opened(None, mode).agent_comment_audience(presence);
        assert_eq!(audience.contains(Party::Seller), seller_sees, "{mode:?} {presence:?}");
        assert!(audience.contains(Party::Buyer) && audience.contains(Party::Operator));
    }
}

proptest! {
    #[test]
    fn every_life_keeps_its_promises(steps in prop::collection::vec(0..MOVES.len(), 0..40)) {
        let terms = terms(Charter::default());
        let mut case = with_seller();
        for (minute, step) in steps.into_iter().enumerate() {
            let before = case.clone();
            let now = at(i64::try_from(minute).unwrap() + 1);
            let Ok(moved) = case.apply(&MOVES[step].1, &terms, now) else { continue };
            case = moved.case;
            prop_assert_eq!(case.waiting_since.is_some(), case.status.turn().is_some(), "somebody waits exactly when it is somebody's turn");
            let promised = matches!(case.status, CaseStatus::WaitingSeller | CaseStatus::WaitingOperator);
            prop_assert_eq!(case.reply_due_at().is_some(), promised, "a promise stands exactly while seller or operator is waited for");
            prop_assert_eq!(case.reply_needed_since().is_some(), promised);
            let silent = matches!(case.status, CaseStatus::WaitingBuyer | CaseStatus::AwaitingClarification | CaseStatus::Resolved);
            prop_assert_eq!(case.silence_at.is_some(), silent, "silence of the buyer settles, and what is settled closes");
            prop_assert_eq!(case.wakes_at().is_some(), case.status != CaseStatus::Closed, "nothing waits for ever");
            prop_assert_eq!(case.outcome.is_some(), case.status.turn().is_none(), "what is settled says how");
            prop_assert!(before.status != CaseStatus::Closed || case.status == CaseStatus::Closed, "closed is for good");
            prop_assert!(before.owner != Party::Operator || case.owner == Party::Operator, "the operator does not hand back");
            let told = moved.events.iter().any(|event| matches!(event.kind, EventKind::StatusChanged { .. }));
            prop_assert_eq!(told, case.status != before.status, "every change of state is told, and nothing else is");
            prop_assert_eq!(moved.effects.contains(&Effect::SyncTicket), case.status != before.status || case.priority != before.priority);
        }
    }
}
