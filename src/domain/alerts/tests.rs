//! What is told, word for word.

use std::fmt::Write;

use super::*;
use crate::domain::attachments::AttachmentState;
use crate::domain::cases::{CaseStatus, EscalationReason, Outcome};
use crate::domain::charter::Promise;
use crate::domain::disputes::DisputeEvent;
use crate::domain::hands::Hand;
use crate::domain::ids::{
    AttachmentId, CaseId, DeliveryId, EventId, MediatorId, MentionId, MessageId, OrderId, ParticipantId, PoolAnswerId, PoolQuestionId,
    SellerId, ThreadId, TicketId, TokenId,
};
use crate::domain::ids::{DisputeId, RefundId, ReturnId, WithdrawalId};
use crate::domain::money::Money;
use crate::domain::parties::{Audience, Party, Who};
use crate::domain::ratings::{Grade, SupportSource};
use crate::domain::reasons::ResolutionKind;
use crate::domain::refunds::{RefundEvent, RefundForm};
use crate::domain::returns::{DeclineReason, ReturnEvent};
use crate::domain::threads::{History, Right, ThreadKind};
use crate::domain::tickets::{Priority, TicketNumber};
use crate::domain::withdrawals::WithdrawalEvent;

const SECRET: &str = "marie@example.org";

fn of(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

fn euros(minor: i64) -> Money {
    Money { minor, currency: "EUR".parse().unwrap() }
}

fn kinds() -> Vec<EventKind> {
    let (thread, message, ticket) = (ThreadId::from_uuid(of(1)), MessageId::from_uuid(of(2)), TicketId::from_uuid(of(3)));
    let (question, answer) = (PoolQuestionId::from_uuid(of(15)), PoolAnswerId::from_uuid(of(16)));
    vec![
        EventKind::CaseOpened { status: CaseStatus::WaitingSeller },
        EventKind::OrderAttached { order: OrderId::from_uuid(of(4)), seller: SellerId::from_uuid(of(5)) },
        EventKind::StatusChanged { from: CaseStatus::WaitingSeller, to: CaseStatus::Resolved },
        EventKind::PriorityChanged { from: Priority::Low, to: Priority::Urgent },
        EventKind::CaseEscalated { reason: EscalationReason::Fraud, note: SECRET.into() },
        EventKind::ReasonNamed { from: "other".parse().unwrap(), to: "late".parse().unwrap() },
        EventKind::LanguageSet { from: Some("en".parse().unwrap()), to: "fr".parse().unwrap() },
        EventKind::DeadlineNear { promise: Promise::FirstReply, party: Party::Seller, due_at: DateTime::<Utc>::UNIX_EPOCH },
        EventKind::DeadlineMissed { promise: Promise::Resolution, party: Party::Operator, due_at: DateTime::<Utc>::UNIX_EPOCH },
        EventKind::ReplyWaived { party: Party::Seller, note: SECRET.into() },
        EventKind::CaseResolved { outcome: Outcome::Solved, resolution: Some(ResolutionKind::Refund) },
        EventKind::CaseSplit { children: vec![CaseId::from_uuid(of(12)), CaseId::from_uuid(of(13))] },
        EventKind::CaseMerged { into: CaseId::from_uuid(of(12)) },
        EventKind::CaseAbsorbed { from: CaseId::from_uuid(of(12)) },
        EventKind::PoolOffered { question },
        EventKind::PoolAnswered { question, answer },
        EventKind::PoolAnswerWithdrawn { question, answer },
        EventKind::PoolAccepted { question, answer },
        EventKind::PoolWithdrawn { question },
        EventKind::PoolExpired { question },
        EventKind::Refund {
            refund: RefundId::from_uuid(of(17)),
            what: RefundEvent::Granted { amount: euros(4_711), form: RefundForm::Full },
        },
        EventKind::Return {
            return_id: ReturnId::from_uuid(of(18)),
            what: ReturnEvent::Declined { by: Hand::Seller, reason: DeclineReason::Other, text: SECRET.into() },
        },
        EventKind::Withdrawal { withdrawal: WithdrawalId::from_uuid(of(19)), what: WithdrawalEvent::Declared },
        EventKind::Dispute { dispute: DisputeId::from_uuid(of(20)), what: DisputeEvent::StoodBack { text: SECRET.into() } },
        EventKind::AttachmentChanged { thread, message, attachment: AttachmentId::from_uuid(of(14)), state: AttachmentState::Ready },
        EventKind::ThreadOpened { thread, kind: ThreadKind::SellerBuyer },
        EventKind::ParticipantAdded {
            thread,
            participant: ParticipantId::from_uuid(of(6)),
            party: Party::Seller,
            right: Right::Reply,
            history: History::Hidden,
        },
        EventKind::MessagePosted { thread, message },
        EventKind::MessageRedacted { thread, message },
        EventKind::MessageDelivered { thread, message },
        EventKind::DeliveryStopped { delivery: DeliveryId::from_uuid(of(7)), reason: SECRET.into() },
        EventKind::TicketLinked { ticket },
        EventKind::TicketMerged { ticket, into: Some(TicketNumber("35436".into())) },
        EventKind::TicketDeleted { ticket },
        EventKind::TicketMarkedSpam { ticket },
        EventKind::TicketRestored { ticket },
        EventKind::MentionFound { mention: MentionId::from_uuid(of(21)) },
        EventKind::SupportRated { source: SupportSource::Helpdesk, satisfaction: Some(Grade::BEST) },
        EventKind::MediatorAdmitted { mediator: MediatorId::from_uuid(of(15)), name: SECRET.into(), until: DateTime::<Utc>::UNIX_EPOCH },
        EventKind::MediatorRevoked { mediator: MediatorId::from_uuid(of(15)), name: SECRET.into() },
    ]
}

#[test]
fn every_kind_of_event_is_told_thin() {
    let mut out = String::new();
    let mut told = Vec::new();
    for kind in kinds() {
        told.push(EventType::of(&kind));
        let event = Event {
            id: EventId::from_uuid(of(8)),
            case: CaseId::from_uuid(of(9)),
            number: 4_711,
            position: 4_712,
            kind,
            audience: Audience::ALL,
            actor: Who::Seller { seller: SellerId::from_uuid(of(5)), token: TokenId::from_uuid(of(10)), name: SECRET.into() },
            at: DateTime::<Utc>::UNIX_EPOCH,
        };
        let body = webhook_body(&event, "C-1001");
        assert!(!body.contains(SECRET) && !body.contains("471"), "{body}");
        writeln!(out, "{body}").unwrap();
    }
    assert_eq!(told, EventType::ALL, "one body of each type, in the order of the enum");
    writeln!(out, "{}", test_body(WebhookEndpointId::from_uuid(of(11)), DateTime::<Utc>::UNIX_EPOCH)).unwrap();
    insta::assert_snapshot!("webhook_bodies", out);
}

#[test]
fn shouted_words_are_not_taken_for_a_state() {
    let kind = EventKind::CaseEscalated { reason: EscalationReason::Other, note: "HELP".into() };
    let fields = serde_json::to_value(&kind).unwrap();
    assert!(WORDS.iter().all(|(known, _)| *known != "note") && fields["note"] == "HELP");
}

#[test]
fn attempts_go_on_for_three_days_and_then_end() {
    let pauses: Vec<_> = (1..=9).map(|attempts| pause_after(attempts, 0).unwrap().num_seconds()).collect();
    assert_eq!(pauses, PAUSES);
    assert_eq!((pause_after(0, 0), pause_after(10, 0), pause_after(-1, 9)), (None, None, None));
    for attempts in 1..=9 {
        let (least, most) = (pause_after(attempts, 0).unwrap(), pause_after(attempts, 255).unwrap());
        assert_eq!(most, least + least / 5);
        assert!((0..=255).all(|seed| (least..=most).contains(&pause_after(attempts, seed).unwrap())));
    }
    let total: i64 = PAUSES.iter().sum();
    assert!((3 * 86_400..4 * 86_400).contains(&total), "{total}");
}
