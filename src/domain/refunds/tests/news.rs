//! What payment systems report: twice, late, and in the wrong order.

use super::*;
use crate::domain::hands::Happened;

fn submitted(people: &People, ground: &Ground<'_>) -> Refund {
    let refund = asked(Asked::Everything, RefundBasis::Withdrawal, &people.buyer, ground);
    refund.after(&full(), &people.seller, ground).after(&RefundMove::Submit, &Who::System, ground)
}

fn news(attempt: u32, word: ProviderWord) -> ProviderNews {
    ProviderNews { attempt: AttemptNumber::from_number(attempt), reference: Some(ProviderReference::new("re_1")), word }
}

const FAILED: ProviderWord = ProviderWord::Failed { kind: FailureKind::InsufficientFunds };

fn paid() -> ProviderWord {
    ProviderWord::Succeeded { amount: eur(6587) }
}

#[test]
fn every_order_of_news_ends_where_the_money_is() {
    use RefundStatus::{Failed, Pending, Reversed, Submitted, Succeeded};
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let start = submitted(&people, &ground(&lines, &rules));
    let (pending, reversed) = (ProviderWord::Pending, ProviderWord::Reversed);
    for (words, status, posts) in [
        (&[][..], Submitted, 0),
        (&[pending], Pending, 0),
        (&[pending, paid()], Succeeded, 1),
        (&[paid(), pending], Succeeded, 1),
        (&[paid(), paid(), pending, paid()], Succeeded, 1),
        (&[FAILED, pending], Failed, 0),
        (&[FAILED, FAILED], Failed, 0),
        (&[FAILED, paid()], Succeeded, 1),
        (&[paid(), FAILED], Reversed, 2),
        (&[paid(), reversed, paid(), reversed], Reversed, 2),
        (&[reversed, paid()], Succeeded, 1),
        (&[pending, reversed], Failed, 0),
    ] {
        let (mut refund, mut posted) = (start.clone(), 0);
        for word in words {
            let moved = refund.hear(&news(1, *word), at(3));
            posted += moved.effects.iter().filter(|effect| matches!(effect, RefundEffect::PostRefund | RefundEffect::PostReversal)).count();
            let changed = moved.refund.status != refund.status;
            assert!(!changed || moved.refund.revision > refund.revision, "{words:?}");
            refund = moved.refund;
        }
        assert_eq!((refund.status, posted), (status, posts), "{words:?}");
    }
}

#[test]
fn the_same_news_twice_changes_nothing() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let start = submitted(&people, &ground(&lines, &rules));
    let wrong = ProviderWord::Succeeded { amount: eur(1) };
    for word in [ProviderWord::Pending, paid(), FAILED, wrong] {
        let first = start.hear(&news(1, word), at(3)).refund;
        let second = first.hear(&news(1, word), at(4));
        assert_eq!(second, Moved { refund: first, events: Vec::new(), effects: Vec::new() }, "{word:?}");
    }
    let unknown = start.hear(&news(7, paid()), at(3));
    assert_eq!((unknown.refund, unknown.events), (start, Vec::new()), "an attempt that nobody made");
}

/// A failed refund's key is never used again: the payment system would replay the failure.
#[test]
fn a_retry_is_a_new_attempt_with_a_new_key() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let failed = submitted(&people, &ground).hear(&news(1, FAILED), at(3)).refund;
    assert_eq!(failed.held_on(&line("line-1")).unwrap().parts.total(), eur(6587), "nobody else can refund it meanwhile");
    let retried = failed.apply(&RefundMove::Retry, failed.revision, &people.operator, &ground, at(4)).unwrap();
    let key = IdempotencyKey::of(failed.id, AttemptNumber::from_number(2));
    assert!(matches!(retried.effects[..], [RefundEffect::Instruct { key: told, .. }] if told == key));
    let refund = retried.refund;
    assert_eq!(refund.attempts.len(), 2, "the old one stays visible");
    assert_eq!(refund.attempts[0].outcome, AttemptOutcome::Failed { kind: FailureKind::InsufficientFunds });
    assert_eq!(refund.attempts[0].reference.as_ref().unwrap().as_str(), "re_1");
    assert_eq!(refund.hear(&news(2, paid()), at(5)).refund.status, RefundStatus::Succeeded);
}

/// The first attempt is said to have succeeded after all, when the second is under way: money may have left twice.
#[test]
fn a_success_that_cannot_be_is_shown_to_a_person_and_not_booked() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let failed = submitted(&people, &ground).hear(&news(1, FAILED), at(3)).refund;
    let retried = failed.after(&RefundMove::Retry, &people.operator, &ground);
    let odd = retried.hear(&news(1, paid()), at(4));
    let attempt = AttemptNumber::FIRST;
    assert_eq!(odd.events, [Happened::for_operator(RefundEvent::Contradicted { attempt })]);
    assert_eq!((odd.effects, odd.refund.status), (vec![RefundEffect::AlertOperator], RefundStatus::Submitted));
    let both = odd.refund.hear(&news(2, FAILED), at(5)).refund;
    assert!(both.apply(&RefundMove::Retry, both.revision, &people.operator, &ground, at(6)).is_err(), "no third try while one is unclear");
    let cleared = both.hear(&news(1, FAILED), at(7)).refund;
    assert_eq!(cleared.status, RefundStatus::Failed);
    let canceled = failed.after(&RefundMove::Cancel, &people.operator, &ground);
    let odd = canceled.hear(&news(1, paid()), at(4));
    assert_eq!((odd.refund.status, odd.effects), (RefundStatus::Canceled, vec![RefundEffect::AlertOperator]));
}

#[test]
fn another_amount_than_granted_is_not_booked() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let start = submitted(&people, &ground);
    for amount in [eur(6586), eur(6588), Money { minor: 6587, currency: "USD".parse().unwrap() }] {
        let odd = start.hear(&news(1, ProviderWord::Succeeded { amount }), at(3));
        let attempt = AttemptNumber::FIRST;
        assert_eq!(odd.events, [Happened::for_operator(RefundEvent::AmountDiffers { attempt, told: amount })]);
        assert_eq!((odd.effects, odd.refund.status), (vec![RefundEffect::AlertOperator], RefundStatus::Submitted));
    }
    let failed = start.hear(&news(1, FAILED), at(3)).refund;
    let odd = failed.hear(&news(1, ProviderWord::Succeeded { amount: eur(1) }), at(4)).refund;
    assert_eq!(odd.status, RefundStatus::Pending, "money moved: it must not be sent again");
}

#[test]
fn a_slow_payment_system_is_told_of_once() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let start = submitted(&people, &ground(&lines, &rules));
    let due = start.wakes_at().unwrap();
    assert_eq!(start.elapse(due - TimeDelta::seconds(1)), None);
    let late = start.elapse(due).unwrap();
    let attempt = AttemptNumber::FIRST;
    assert_eq!(late.events, [Happened::for_operator(RefundEvent::PendingTooLong { attempt })]);
    assert_eq!((late.refund.wakes_at(), late.refund.elapse(at(10_000))), (None, None));
    assert_eq!(start.hear(&news(1, paid()), at(3)).refund.wakes_at(), None);
}

#[test]
fn a_word_that_nobody_knows_is_other() {
    for (word, kind) in [
        ("expired_or_canceled_card", FailureKind::AccountGone),
        ("insufficient_funds", FailureKind::InsufficientFunds),
        ("charge_for_pending_refund_disputed", FailureKind::PaymentDisputed),
        ("a_word_of_next_year", FailureKind::Other),
        ("", FailureKind::Other),
    ] {
        assert_eq!(FailureKind::read(word), kind, "{word}");
    }
    assert_eq!(ProviderReference::new(&"é".repeat(300)).as_str().chars().count(), 255);
}
