//! What is promised in the life of a case, hour by hour.

use std::sync::Arc;

use super::*;
use crate::domain::calendar::{BusinessCalendar, Closure};

fn hour(hours: i64) -> DateTime<Utc> {
    at(hours * 60)
}

fn step(case: &Case, action: &CaseMove, terms: &Terms, hours: i64) -> Case {
    case.apply(action, terms, hour(hours)).unwrap().case
}

fn promised(case: &Case) -> Vec<(Promise, Party, ClockState, Option<i64>)> {
    let hours = |due: DateTime<Utc>| (due - at(0)).num_hours();
    case.clocks.all().map(|clock| (clock.promise, clock.party, clock.state(), clock.due_at.map(hours))).collect()
}

fn kinds(moved: &Moved) -> Vec<&'static str> {
    let name = |kind: &EventKind| match kind {
        EventKind::DeadlineNear { .. } => "near",
        EventKind::DeadlineMissed { .. } => "missed",
        EventKind::CaseEscalated { .. } => "escalated",
        EventKind::StatusChanged { .. } => "status",
        EventKind::CaseResolved { .. } => "resolved",
        _ => "other",
    };
    moved.events.iter().map(|event| name(&event.kind)).collect()
}

#[test]
fn each_party_has_its_own_clocks() {
    use ClockState::{Paused, Running};
    let terms = terms(Charter::default());
    let case = with_seller();
    assert_eq!(
        promised(&case),
        [(Promise::FirstReply, Party::Seller, Running, Some(48)), (Promise::Resolution, Party::Seller, Running, Some(336))]
    );
    let case = step(&case, &CaseMove::Write(Party::Seller), &terms, 10);
    assert_eq!(promised(&case), [(Promise::Resolution, Party::Seller, Paused, None)], "the buyer is waited for");
    let case = step(&case, &CaseMove::Write(Party::Buyer), &terms, 30);
    assert_eq!(
        promised(&case),
        [(Promise::NextReply, Party::Seller, Running, Some(78)), (Promise::Resolution, Party::Seller, Running, Some(356))],
        "20 hours of waiting do not count"
    );
    let case = step(&case, &CaseMove::Escalate { reason: EscalationReason::Disagreement, note: String::new() }, &terms, 40);
    assert_eq!(
        promised(&case),
        [(Promise::FirstReply, Party::Operator, Running, Some(88)), (Promise::Resolution, Party::Operator, Running, Some(376))],
        "the operator begins anew"
    );
}

#[test]
fn a_question_for_clarification_is_no_answer_and_stops_the_clocks() {
    use ClockState::{Paused, Running};
    let terms = terms(Charter::default());
    let asked = step(&with_seller(), &CaseMove::Clarify, &terms, 40);
    assert_eq!(asked.status, CaseStatus::AwaitingClarification);
    assert_eq!(promised(&asked), [(Promise::FirstReply, Party::Seller, Paused, None), (Promise::Resolution, Party::Seller, Paused, None)]);
    let answered = step(&asked, &CaseMove::Write(Party::Buyer), &terms, 100);
    assert_eq!(answered.status, CaseStatus::WaitingSeller);
    assert_eq!(
        promised(&answered),
        [(Promise::FirstReply, Party::Seller, Running, Some(108)), (Promise::Resolution, Party::Seller, Running, Some(396))],
        "8 hours are left of the first answer"
    );
    let silent = asked.elapse(&terms, hour(40 + 7 * 24)).unwrap();
    assert_eq!((silent.case.status, silent.case.outcome), (CaseStatus::Resolved, Some(Outcome::BuyerSilent)));
    assert_eq!(asked.elapse(&terms, hour(39 + 7 * 24)), None);
}

#[test]
fn time_warns_once_then_tells_and_hands_over() {
    let terms = terms(Charter::default());
    let case = with_seller();
    assert_eq!(case.wakes_at(), Some(hour(36)), "three quarters of 48 hours");
    assert_eq!(case.elapse(&terms, hour(35)), None);
    let warned = case.elapse(&terms, hour(36)).unwrap();
    assert_eq!((kinds(&warned), warned.case.wakes_at()), (vec!["near"], Some(hour(48))));
    assert!(!warned.events[0].audience.contains(Party::Buyer) && warned.events[0].audience.contains(Party::Seller));
    let missed = warned.case.elapse(&terms, hour(48)).unwrap();
    assert_eq!(kinds(&missed), ["missed", "escalated", "status"]);
    assert_eq!((missed.case.owner, missed.case.status), (Party::Operator, CaseStatus::WaitingOperator));
    let late = case.elapse(&terms, hour(500)).unwrap();
    assert_eq!(kinds(&late), ["missed", "missed", "escalated", "status"], "whoever looks late warns of nothing");
    let alone = missed.case.elapse(&terms, hour(48 + 48)).unwrap();
    assert_eq!(kinds(&alone), ["missed"], "nobody is there to take over from the operator");
    assert_eq!(alone.case.elapse(&terms, hour(48 + 49)), None, "it is told once");
    assert!(!alone.events[0].audience.contains(Party::Seller), "the operator's own promise is no seller's business");
}

#[test]
fn an_answer_that_comes_late_is_told_late_even_if_no_timer_looked() {
    let terms = terms(Charter::default());
    let moved = with_seller().apply(&CaseMove::Write(Party::Seller), &terms, hour(60)).unwrap();
    assert_eq!(kinds(&moved), ["missed", "status"]);
    assert_eq!(moved.case.status, CaseStatus::WaitingBuyer, "an answer is an answer");
    let in_time = with_seller().apply(&CaseMove::Write(Party::Seller), &terms, hour(30)).unwrap();
    assert_eq!(kinds(&in_time), ["status"]);
}

#[test]
fn thanks_need_no_answer() {
    let terms = terms(Charter::default());
    let waive = CaseMove::WaiveReply { reason: "Merci".into() };
    let answered = step(&with_seller(), &CaseMove::Write(Party::Seller), &terms, 1);
    let thanked = step(&answered, &CaseMove::Write(Party::Buyer), &terms, 2);
    let back = step(&thanked, &waive, &terms, 3);
    assert_eq!((back.status, back.reply_due_at(), back.reply_needed_since()), (CaseStatus::WaitingBuyer, None, None));
    let settled = step(&answered, &CaseMove::Resolve { outcome: Outcome::Solved, resolution: None }, &terms, 2);
    let thanked = step(&settled, &CaseMove::Write(Party::Buyer), &terms, 3);
    assert_eq!(thanked.status, CaseStatus::WaitingSeller);
    let back = step(&thanked, &waive, &terms, 4);
    assert_eq!((back.status, back.outcome), (CaseStatus::Resolved, Some(Outcome::Solved)));
}

#[test]
fn silence_settles_and_then_closes() {
    let terms = terms(Charter::default());
    let answered = step(&with_seller(), &CaseMove::Write(Party::Seller), &terms, 0);
    assert_eq!(answered.elapse(&terms, hour(7 * 24 - 1)), None);
    let settled = answered.elapse(&terms, hour(7 * 24)).unwrap();
    assert_eq!((kinds(&settled), settled.case.outcome), (vec!["status", "resolved"], Some(Outcome::BuyerSilent)));
    let closed = settled.case.elapse(&terms, hour((7 + 14) * 24)).unwrap().case;
    assert_eq!((closed.status, closed.outcome, closed.wakes_at()), (CaseStatus::Closed, Some(Outcome::BuyerSilent), None));
}

#[test]
fn some_reasons_take_the_seller_out_at_once_or_later() {
    let terms = terms(Charter::default());
    let order = Some((OrderId::generate(), SellerId::generate()));
    for key in ["safety", "counterfeit", "fraud", "abuse"] {
        let case = open_with(order, Some(key), Channel::Email, &terms);
        assert_eq!((case.mode, case.owner), (ConversationMode::OperatorOnly, Party::Operator), "{key}");
        let named = with_seller().apply(&CaseMove::NameReason(key.parse().unwrap()), &terms, hour(1)).unwrap();
        assert_eq!((named.case.owner, kinds(&named)), (Party::Operator, vec!["other", "escalated", "status"]), "{key}");
    }
    let unknown = with_seller().apply(&CaseMove::NameReason("nowhere".parse().unwrap()), &terms, hour(1));
    assert_eq!(unknown, Err(Refusal::NotFound { what: "Contact reason" }));
}

#[test]
fn a_social_network_wants_an_answer_within_the_hour_and_a_sellers_holiday_does_not_count() {
    let mut terms = terms(Charter::default());
    let order = Some((OrderId::generate(), SellerId::generate()));
    assert_eq!(open_with(order, None, Channel::Social, &terms).reply_due_at(), Some(hour(1)));
    let day = |day| chrono::NaiveDate::from_ymd_opt(1970, 1, day).unwrap();
    terms.seller_closures = vec![Closure::new(day(2), day(4), "Congés".into()).unwrap()];
    assert_eq!(open_with(order, None, Channel::Email, &terms).reply_due_at(), Some(hour(48 + 72)));
    let case = open_with(None, None, Channel::Email, &terms);
    assert_eq!(case.reply_due_at(), Some(hour(48)), "the operator is there");
}

/// Where the calendar cannot tell, a case must not lie for ever, nor ring for ever.
#[test]
fn beyond_the_calendar_the_clock_on_the_wall_counts() {
    let hours = r#"{"timezone":"Europe/Paris","week":{"monday":[{"opens":"09:00","closes":"10:00"}]},"holidays":{"country":"FR"}}"#;
    let calendar: BusinessCalendar = serde_json::from_str(hours).unwrap();
    let terms = terms(Charter { business_hours: Some(Arc::new(calendar)), ..Charter::default() });
    let case = with_seller();
    let case = Case { clocks: Box::default(), ..case };
    let reopened = case.apply(&CaseMove::Escalate { reason: EscalationReason::Other, note: String::new() }, &terms, hour(0)).unwrap().case;
    assert_eq!(reopened.reply_due_at(), Some(hour(48)), "nobody knows the holidays of 1970");
    let missed = reopened.elapse(&terms, hour(400)).unwrap();
    assert_eq!(kinds(&missed), ["missed", "missed"]);
    assert_eq!(missed.case.elapse(&terms, hour(401)), None);
}
