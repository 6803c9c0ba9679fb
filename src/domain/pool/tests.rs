//! The pool's machine, as tables.

use super::*;
use crate::domain::cases::Opening;
use crate::domain::charter::{Charter, Terms};
use crate::domain::ids::BuyerId;
use crate::domain::tickets::{Channel, Priority};

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
}

fn question(reward: Option<Reward>) -> PoolQuestion {
    let rules = Rules { reward, ..Rules::default() };
    PoolQuestion::offer(CaseId::generate(), "Does it fit?".into(), &rules, at(0), at(48))
}

fn case(phase: CasePhase, reason: Option<&str>) -> Case {
    let opening = Opening {
        reference: "C-1".into(),
        subject: String::new(),
        priority: Priority::Normal,
        buyer: BuyerId::generate(),
        order: None,
        order_line: None,
        reason: reason.map(|key| key.parse().unwrap()),
        channel: Channel::Email,
        phase: Some(phase),
        parent: None,
    };
    Case::open(opening, &Terms::of(Charter::default()), at(0))
}

#[test]
fn only_what_the_charter_names_is_offered() {
    let on = Rules { mode: PoolMode::On, ..Rules::default() };
    let picky = Rules { reasons: vec!["product_question".parse().unwrap()], ..on.clone() };
    let wide = Rules { phases: vec![CasePhase::PreSale, CasePhase::AfterSale], ..on.clone() };
    for (rules, phase, reason, admitted) in [
        (&Rules::default(), CasePhase::PreSale, None, false),
        (&on, CasePhase::PreSale, None, true),
        (&on, CasePhase::AfterSale, None, false),
        (&wide, CasePhase::AfterSale, None, true),
        (&wide, CasePhase::DuringOrder, None, false),
        (&picky, CasePhase::PreSale, None, false),
        (&picky, CasePhase::PreSale, Some("product_question"), true),
        (&picky, CasePhase::PreSale, Some("late"), false),
    ] {
        let outcome = rules.admit(&case(phase, reason));
        assert_eq!(outcome.is_ok(), admitted, "{phase:?} {reason:?}");
        assert!(admitted || matches!(outcome, Err(Refusal::NotForPool { .. })));
    }
    let closed = Case { status: CaseStatus::Closed, ..case(CasePhase::PreSale, None) };
    assert_eq!(on.admit(&closed), Err(Refusal::NotInThisState { status: CaseStatus::Closed }));
}

#[test]
fn time_is_given_within_bounds() {
    let rules = Rules { answer_hours: 12, ..Rules::default() };
    assert_eq!(rules.until(None, at(0)), Ok(at(12)));
    let most = i64::from(MOST_HOURS);
    for (wanted, fine) in [(1, true), (most, true), (0, false), (-1, false), (most + 1, false)] {
        assert_eq!(rules.until(Some(at(wanted)), at(0)).is_ok(), fine, "{wanted}");
    }
}

#[test]
fn rules_that_cannot_be_are_told() {
    let euros = |minor| Reward::Credit { amount: Money { minor, currency: "EUR".parse().unwrap() } };
    for (rules, fields) in [
        (Rules::default(), vec![]),
        (Rules { answer_hours: 0, phases: Vec::new(), ..Rules::default() }, vec!["answerHours", "phases"]),
        (Rules { answer_hours: MOST_HOURS + 1, ..Rules::default() }, vec!["answerHours"]),
        (Rules { reward: Some(Reward::Points { points: 0 }), ..Rules::default() }, vec!["reward"]),
        (Rules { reward: Some(Reward::Points { points: 1 }), ..Rules::default() }, vec![]),
        (Rules { reward: Some(euros(0)), ..Rules::default() }, vec!["reward"]),
        (Rules { reward: Some(euros(1)), ..Rules::default() }, vec![]),
    ] {
        assert_eq!(rules.faults().into_iter().map(|(field, _)| field).collect::<Vec<_>>(), fields, "{rules:?}");
    }
}

#[test]
fn the_first_accepted_answer_wins_and_earns_once() {
    let reward = Reward::Points { points: 10 };
    let question = question(Some(reward));
    let answer = |text: &str| question.answer(SellerId::generate(), text.into(), None, at(1)).unwrap().1;
    let (one, two) = (answer("Yes."), answer("No."));
    let done = question.accept(&two, &[one.clone(), two.clone()], at(2)).unwrap();
    assert_eq!((done.question.state, done.question.settled_at), (QuestionState::Answered, Some(at(2))));
    assert_eq!(
        done.answers.iter().map(|answer| (answer.id, answer.state)).collect::<Vec<_>>(),
        [(two.id, AnswerState::Accepted), (one.id, AnswerState::Declined)]
    );
    let earned = done.incentive.unwrap();
    assert_eq!((earned.seller, earned.question, earned.answer, earned.reward), (two.seller, question.id, two.id, reward));
    let late = Refusal::Settled { what: "The question", state: "answered".into() };
    assert_eq!(done.question.accept(&one, std::slice::from_ref(&one), at(3)), Err(late.clone()));
    assert_eq!(done.question.withdraw(&[], at(3)), Err(late.clone()));
    assert_eq!(done.question.answer(one.seller, "Hm.".into(), None, at(3)).unwrap_err(), late);
    assert_eq!(done.question.take_back(&one, at(3)), Err(late));
    assert_eq!(done.question.elapse(&[], at(100)), None);
}

#[test]
fn an_answer_that_does_not_stand_cannot_be_accepted() {
    let question = question(None);
    let seller = SellerId::generate();
    let (none, first) = question.answer(seller, "Yes.".into(), None, at(1)).unwrap();
    assert_eq!(none, None);
    let (replaced, second) = question.answer(seller, "No.".into(), Some(&first), at(2)).unwrap();
    let replaced = replaced.unwrap();
    assert_eq!((replaced.id, replaced.state), (first.id, AnswerState::Withdrawn));
    let refused = question.accept(&replaced, std::slice::from_ref(&second), at(3)).unwrap_err();
    assert_eq!(refused, Refusal::Settled { what: "The answer", state: "withdrawn".into() });
    let gone = question.take_back(&second, at(3)).unwrap();
    assert!(question.accept(&gone, &[], at(4)).is_err());
    let accepted = question.accept(&second, std::slice::from_ref(&second), at(4)).unwrap();
    assert_eq!(accepted.incentive, None, "nothing was promised");
}

#[test]
fn time_settles_what_nobody_did() {
    let question = question(Some(Reward::Discount { percent: Percent::THREE_QUARTERS }));
    let (_, answer) = question.answer(SellerId::generate(), "Yes.".into(), None, at(1)).unwrap();
    let standing = [answer];
    assert_eq!(question.elapse(&standing, at(47)), None);
    assert_eq!((question.state_at(at(47)), question.state_at(at(48))), (QuestionState::Open, QuestionState::Expired));
    // Whoever comes before the timer is told the same.
    let refused = Refusal::Settled { what: "The question", state: "expired".into() };
    assert_eq!(question.accept(&standing[0], &standing, at(48)), Err(refused));
    let done = question.elapse(&standing, at(48)).unwrap();
    assert_eq!((done.question.state, done.answers[0].state), (QuestionState::Expired, AnswerState::Declined));
    assert_eq!(done.incentive, None);
}

#[test]
fn who_asks_is_not_said() {
    let buyer = |name: &str| Buyer { id: BuyerId::generate(), name: name.into(), email: Some("marie@example.org".into()) };
    let marie = buyer("Marie Dupônt");
    for (text, named) in [
        ("Existe-t-elle en bleu ?", false),
        ("Marie Dupont demande si elle existe en bleu.", true),
        ("Pour DUPÔNT, marie : en bleu ?", true),
        ("Une Marie Louise ?", false),
        ("Le pont du Pont ?", false),
        ("Écrivez à Marie@Example.org", true),
    ] {
        assert_eq!(names_buyer(text, &marie), named, "{text}");
    }
    assert!(!names_buyer("En rose ?", &buyer("Rose Petit")));
    assert!(names_buyer("Pour Rose ?", &buyer("Rose")));
    assert!(!names_buyer("En rose ?", &Buyer { email: None, ..buyer("") }));
}

#[test]
fn the_buyer_is_told_in_one_of_two_languages() {
    assert_eq!(told("Alma", "Oui.", "fr-CA"), "Alma répond\u{a0}:\n\nOui.");
    assert_eq!(told("Alma", "Yes.", "de"), "Alma answers:\n\nYes.");
}
