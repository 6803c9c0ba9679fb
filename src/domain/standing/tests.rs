//! Who may do what to a seller, after what, and with what notice.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::domain::charter::{Mediator, SellerComplaints};
use crate::domain::hands::StaffId;
use crate::domain::ids::SellerId;
use crate::domain::kpis::Share;
use crate::domain::law::LegalDays;
use crate::domain::mails::Language;
use crate::domain::money::BasisPoints;
use crate::domain::refusal::Refusal;
use crate::domain::scorecards::{Measure, MeasureRules, Scorecard, SellerRecord, SellerTally};
use crate::domain::scores::ScoreRules;
use crate::domain::statements::{ComplaintOutcome, ComplaintRefusal, DecidedBy, Ground, Means, StatementOfReasons};

fn date(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() + Days::new(number)
}

fn at(number: u64) -> DateTime<Utc> {
    date(number).and_hms_opt(12, 0, 0).unwrap().and_utc()
}

fn staff(name: &str) -> StaffId {
    serde_json::from_value(format!("token:{name}").into()).unwrap()
}

fn ana() -> DecidedBy {
    DecidedBy::Person(staff("ana"))
}

fn days() -> LegalDays {
    LegalDays::new(chrono_tz::Europe::Paris, None)
}

fn statement() -> StatementOfReasons {
    let ground = Ground::Terms { text: "Charter 5.1".into() };
    StatementOfReasons::new("9.5 % of 100 orders had an incident.", ground, Means::ByRule, "Write to us.").unwrap()
}

/// A seller's card with so many incidents and late shipments of a hundred, on a day.
fn card(seller: SellerId, incidents: u64, late: u64, on: u64) -> Scorecard {
    let share = |hits| Share { hits, of: 100 };
    let tally = SellerTally { incidents: share(incidents), late_shipments: share(late), ..SellerTally::default() };
    let record = SellerRecord { days: [(date(on), tally)].into(), ..SellerRecord::default() };
    Scorecard::read(seller, &record, &MeasureRules::default(), &ScoreRules::default(), date(on))
}

fn order(seller: SellerId, step: SanctionStep, decided_by: DecidedBy, on: u64) -> SanctionOrder {
    SanctionOrder {
        seller,
        step,
        statement: statement(),
        measures: vec![Measure::Incidents],
        decided_by,
        effective_at: at(on),
        fix_until: (step == SanctionStep::Warning).then(|| at(on + 14)),
        grave: None,
        exception: None,
    }
}

fn warned(seller: SellerId) -> Sanction {
    order(seller, SanctionStep::Warning, DecidedBy::Rule, 0).impose(&[], &days(), at(0)).unwrap()
}

#[test]
fn there_is_no_sanction_without_reasons() {
    let terms = |text: &str| Ground::Terms { text: text.into() };
    for (facts, ground, redress) in [(" ", terms("5.1"), "Write."), ("Late.", terms(""), "Write."), ("Late.", terms("5.1"), "")] {
        let stated = StatementOfReasons::new(facts, ground, Means::ByPerson, redress);
        assert!(matches!(stated, Err(Refusal::Length { .. })), "{facts:?} {redress:?}");
    }
    let law = Ground::Law { text: String::new() };
    assert!(StatementOfReasons::new("Late.", law, Means::ByPerson, "Write.").is_err());
}

#[test]
fn a_rule_can_warn_and_no_more() {
    let seller = SellerId::generate();
    assert_eq!(warned(seller).decided_by, DecidedBy::Rule);
    for step in &SanctionStep::ALL[1..] {
        let imposed = order(seller, *step, DecidedBy::Rule, 30).impose(&[warned(seller)], &days(), at(30));
        assert_eq!(imposed, Err(StandingRefusal::NeedsPerson), "{step:?}");
    }
}

#[test]
fn each_step_follows_the_one_before() {
    let seller = SellerId::generate();
    let impose = |step, history: &[Sanction], on| order(seller, step, ana(), on).impose(history, &days(), at(on));
    let hasty = SanctionOrder { fix_until: Some(at(0)), ..order(seller, SanctionStep::Warning, ana(), 0) };
    assert_eq!(hasty.impose(&[], &days(), at(0)), Err(StandingRefusal::NoTimeToFix));
    assert_eq!(impose(SanctionStep::RestrictedVisibility, &[], 0), Err(StandingRefusal::NotWarned));
    assert_eq!(impose(SanctionStep::Suspended, &[warned(SellerId::generate())], 20), Err(StandingRefusal::NotWarned), "somebody else");
    let warning = [warned(seller)];
    let early = impose(SanctionStep::RestrictedVisibility, &warning, 13);
    assert_eq!(early, Err(StandingRefusal::TimeToFix { until: at(14) }));
    let restricted = [warning[0].clone(), impose(SanctionStep::RestrictedVisibility, &warning, 14).unwrap()];
    assert_eq!(impose(SanctionStep::RestrictedVisibility, &restricted, 15), Err(StandingRefusal::AlreadyInForce));
    assert_eq!(impose(SanctionStep::Terminated, &restricted, 15), Err(StandingRefusal::NotSuspended));
    let [warning, restriction] = restricted;
    let suspension = impose(SanctionStep::Suspended, &[warning.clone(), restriction.clone()], 15).unwrap();
    let history = [warning, restriction, suspension];
    let standings = [(0, SellerStanding::Warned), (14, SellerStanding::Restricted), (15, SellerStanding::Suspended)];
    for (on, standing) in standings {
        assert_eq!(standing_at(&history, seller, at(on)), standing, "day {on}");
    }
    assert_eq!(standing_at(&history, SellerId::generate(), at(15)), SellerStanding::Active);
    let grave = SanctionOrder { grave: Some(Grave::Counterfeit), ..order(seller, SanctionStep::Suspended, ana(), 0) };
    assert!(grave.impose(&[], &days(), at(0)).is_ok(), "what is grave needs no warning");
}

#[test]
fn of_several_warnings_the_last_leaves_the_time() {
    let seller = SellerId::generate();
    let second = order(seller, SanctionStep::Warning, ana(), 10).impose(&[warned(seller)], &days(), at(10)).unwrap();
    let elsewhere = Sanction { measures: vec![Measure::Returns], ..second.clone() };
    let restrict = |history: &[Sanction], measures: &[Measure], on| {
        let order = SanctionOrder { measures: measures.to_vec(), ..order(seller, SanctionStep::RestrictedVisibility, ana(), on) };
        order.impose(history, &days(), at(on)).map(|_| ())
    };
    let late = Err(StandingRefusal::TimeToFix { until: at(24) });
    let both = [warned(seller), second];
    assert_eq!(restrict(&both, &[Measure::Incidents], 20), late, "it was warned of it again");
    assert_eq!(restrict(&both, &[], 20), late, "of what, nobody says");
    assert_eq!(restrict(&both, &[], 24), Ok(()));
    let apart = [warned(seller), elsewhere];
    assert_eq!(restrict(&apart, &[Measure::Incidents], 20), Ok(()), "the second is about something else");
    assert_eq!(restrict(&apart, &[Measure::Refunds], 20), Err(StandingRefusal::NotWarned));
    let hasty = SanctionOrder { fix_until: Some(at(1) - TimeDelta::seconds(1)), ..order(seller, SanctionStep::Warning, ana(), 0) };
    assert_eq!(hasty.clone().impose(&[], &days(), at(0)), Err(StandingRefusal::NoTimeToFix));
    assert!(SanctionOrder { fix_until: Some(at(1)), ..hasty }.impose(&[], &days(), at(0)).is_ok());
}

#[test]
fn what_is_repeated_happened_before() {
    let seller = SellerId::generate();
    let order =
        SanctionOrder { exception: Some(NoticeException::RepeatedInfringement), ..order(seller, SanctionStep::Terminated, ana(), 1) };
    let impose = |history: &[Sanction]| order.clone().impose(history, &days(), at(1)).map(|_| ());
    let undone = warned(seller).reconsider("It was us.", staff("ben"), at(1)).unwrap();
    for history in [Vec::new(), vec![warned(SellerId::generate())], vec![undone]] {
        assert_eq!(impose(&history), Err(StandingRefusal::NotRepeated));
    }
    assert_eq!(impose(&[warned(seller)]), Ok(()));
}

#[test]
fn an_end_that_is_announced_falls_with_its_suspension() {
    let seller = SellerId::generate();
    let grave = |on| SanctionOrder { grave: Some(Grave::Fraud), ..order(seller, SanctionStep::Suspended, ana(), on) };
    let suspended = grave(0).impose(&[], &days(), at(0)).unwrap();
    let end = SanctionOrder { effective_at: at(40), ..order(seller, SanctionStep::Terminated, ana(), 1) };
    let ending = end.clone().impose(std::slice::from_ref(&suspended), &days(), at(1)).unwrap();
    let falls = |one: &Sanction, history: &[Sanction], on| {
        one.without_suspension(history, ana(), at(on)).map(|lifted| lifted.lifted.unwrap().reason)
    };
    let lifted = suspended.reconsider("It was us.", staff("ben"), at(2)).unwrap();
    assert_eq!(falls(&ending, &[suspended.clone(), ending.clone()], 2), None, "it holds");
    let history = [lifted.clone(), ending.clone()];
    assert_eq!(falls(&ending, &history, 2), Some(LiftingReason::SuspensionLifted));
    assert_eq!(falls(&ending, &history, 40), None, "it has come");
    assert_eq!(falls(&lifted, &history, 2), None);
    let other = grave(2).impose(&[], &days(), at(2)).unwrap();
    assert_eq!(falls(&ending, &[lifted.clone(), ending.clone(), other], 2), None, "there is another one");
    let excepted = SanctionOrder { exception: Some(NoticeException::LegalObligation), ..end };
    let excepted = excepted.impose(std::slice::from_ref(&suspended), &days(), at(1)).unwrap();
    assert_eq!(falls(&excepted, &[lifted, excepted.clone()], 2), None, "it rests on the law");
}

#[test]
fn what_sellers_are_judged_by_is_announced() {
    use crate::domain::charter::Effect;
    let rules = StandingRules::default();
    let measures = MeasureRules(rules.measures.0[1..].to_vec());
    for (next, effect) in [
        (rules.clone(), Effect::Technical),
        (StandingRules { warnings: Warnings::Automatic, clause: Some("7".into()), ..rules.clone() }, Effect::Technical),
        (StandingRules { badges: Vec::new(), ..rules.clone() }, Effect::Technical),
        (StandingRules { fix_days: 7, ..rules.clone() }, Effect::Binding),
        (StandingRules { measures, badges: Vec::new(), ..rules.clone() }, Effect::Binding),
        (
            StandingRules { visibility: VisibilityRules { slowest_reply_hours: 24, ..VisibilityRules::default() }, ..rules.clone() },
            Effect::Binding,
        ),
    ] {
        assert_eq!(rules.effect_of(&next), effect, "{next:?}");
    }
}

#[test]
fn an_account_ends_with_thirty_days_of_notice() {
    let seller = SellerId::generate();
    let grave = SanctionOrder { grave: Some(Grave::Fraud), ..order(seller, SanctionStep::Suspended, ana(), 0) };
    let history = [grave.impose(&[], &days(), at(0)).unwrap()];
    let end = |effective_at| SanctionOrder { effective_at, ..order(seller, SanctionStep::Terminated, ana(), 1) };
    let Err(StandingRefusal::TooSoon { earliest }) = end(at(30)).impose(&history, &days(), at(1)) else { panic!("too soon") };
    assert_eq!(days().date_of(earliest), date(32), "the day after the thirtieth");
    let ending = end(earliest).impose(&history, &days(), at(1)).unwrap();
    let both = [history[0].clone(), ending];
    assert_eq!(standing_at(&both, seller, at(31)), SellerStanding::Suspended);
    assert_eq!(standing_at(&both, seller, earliest), SellerStanding::Terminated);
    let exception = SanctionOrder { exception: Some(NoticeException::LegalObligation), ..end(at(1)) };
    assert!(exception.impose(&[], &days(), at(1)).is_ok(), "but for what the law excepts");
    let backdated = end(at(0)).impose(&history, &days(), at(1));
    assert_eq!(backdated, Err(StandingRefusal::EffectBeforeStatement));
    let again = order(seller, SanctionStep::Warning, ana(), 2).impose(&both, &days(), at(2));
    assert_eq!(again, Err(StandingRefusal::AlreadyInForce), "nobody is warned whose account ends");
}

#[test]
fn a_complaint_is_answered_by_another_person_and_reinstates_at_once() {
    let seller = SellerId::generate();
    let imposed = order(seller, SanctionStep::Suspended, ana(), 14).impose(&[warned(seller)], &days(), at(14)).unwrap();
    assert_eq!(days().date_of(imposed.complaint_until), NaiveDate::from_ymd_opt(2026, 9, 17).unwrap(), "six months");
    let until = imposed.complaint_until;
    assert_eq!(imposed.complain(SellerId::generate(), "No.", at(15)), Err(StandingRefusal::NotYours));
    let late = imposed.complain(seller, "No.", until);
    assert_eq!(late, Err(StandingRefusal::Complaint(ComplaintRefusal::TooLate { until })));
    assert!(imposed.complain(seller, "No.", until - TimeDelta::seconds(1)).is_ok());
    let complained = imposed.complain(seller, "The carrier was on strike.", at(15)).unwrap();
    assert_eq!(standing_at(std::slice::from_ref(&complained), seller, at(16)), SellerStanding::Suspended, "it holds meanwhile");
    let answer = |who, outcome| complained.answer_complaint(outcome, "We looked again.", &staff(who), at(17));
    let own = answer("ana", ComplaintOutcome::Upheld);
    assert_eq!(own, Err(StandingRefusal::Complaint(ComplaintRefusal::OwnDecision)));
    assert!(complained.answer_complaint(ComplaintOutcome::Upheld, " ", &staff("bob"), at(17)).is_err(), "reasons here too");
    let upheld = answer("bob", ComplaintOutcome::Upheld).unwrap();
    assert_eq!(standing_at(std::slice::from_ref(&upheld), seller, at(17)), SellerStanding::Active);
    assert_eq!(standing_at(std::slice::from_ref(&upheld), seller, at(16)), SellerStanding::Suspended, "as it was");
    let rejected = answer("bob", ComplaintOutcome::Rejected).unwrap();
    assert_eq!(standing_at(std::slice::from_ref(&rejected), seller, at(17)), SellerStanding::Suspended);
    assert_eq!(upheld.reconsider("Again.", staff("ana"), at(18)), Err(StandingRefusal::AlreadyLifted));
    let counts = count_complaints([&complained, &upheld, &rejected, &imposed], &(at(0)..at(100)));
    assert_eq!((counts.lodged, counts.upheld, counts.rejected, counts.open()), (3, 1, 1, 1));
    assert_eq!(counts.mean_time(), Some(TimeDelta::days(2)));
    assert_eq!(count_complaints([&upheld], &(at(16)..at(100))), ComplaintCounts::default());
    assert_eq!(ComplaintCounts::default().mean_time(), None);
}

#[test]
fn a_seller_recovers_after_a_full_window_within_bounds() {
    let seller = SellerId::generate();
    let imposed = order(seller, SanctionStep::RestrictedVisibility, ana(), 14).impose(&[warned(seller)], &days(), at(14)).unwrap();
    let recover = |card: &Scorecard, on| imposed.recover(card, &days(), DecidedBy::Rule, at(on));
    // The window of incidents is thirty days.
    assert_eq!(recover(&card(seller, 2, 0, 42), 42), Err(StandingRefusal::NotRecovered), "some of it lies before");
    assert_eq!(recover(&card(seller, 9, 0, 43), 43), Err(StandingRefusal::NotRecovered), "still beyond the alert");
    assert_eq!(recover(&card(SellerId::generate(), 2, 0, 43), 43), Err(StandingRefusal::NotRecovered), "somebody else");
    let lifted = recover(&card(seller, 2, 0, 43), 43).unwrap();
    assert_eq!(lifted.lifted.as_ref().unwrap().reason, LiftingReason::Recovered);
    assert!(!lifted.holds_at(at(43)));
}

#[test]
fn measures_propose_one_step_at_a_time() {
    let seller = SellerId::generate();
    let proposed = |incidents, late, history: &[Sanction], on| {
        propose(&card(seller, incidents, late, on), history, at(on)).map(|proposal| (proposal.step, proposal.measures()))
    };
    assert_eq!(proposed(8, 8, &[], 0), None);
    let warning = (SanctionStep::Warning, vec![Measure::Incidents]);
    assert_eq!(proposed(50, 0, &[], 0), Some(warning), "a warning first, however bad");
    let history = [warned(seller)];
    assert_eq!(proposed(50, 0, &history, 13), None, "the seller has time");
    assert_eq!(proposed(9, 0, &history, 20), None, "beyond the alert, but not the limit");
    assert_eq!(proposed(50, 0, &history, 14), Some((SanctionStep::RestrictedVisibility, vec![Measure::Incidents])));
    assert_eq!(proposed(0, 50, &history, 14), Some((SanctionStep::Warning, vec![Measure::LateShipments])), "of this it was not warned");
    let restriction = order(seller, SanctionStep::RestrictedVisibility, ana(), 14).impose(&history, &days(), at(14)).unwrap();
    let history = [history[0].clone(), restriction];
    assert_eq!(proposed(50, 0, &history, 43), None, "what it reads lies before the restriction in part, and says nothing of what that did");
    assert_eq!(proposed(50, 0, &history, 44), Some((SanctionStep::Suspended, vec![Measure::Incidents])));
    let suspension = order(seller, SanctionStep::Suspended, ana(), 15).impose(&history, &days(), at(15)).unwrap();
    let [warning, restriction] = history;
    assert_eq!(proposed(50, 0, &[warning, restriction, suspension], 99), None, "to end an account is for people to think of");
}

fn badge() -> BadgeRule {
    let condition = |measure, bound| BadgeCondition { measure, bound };
    BadgeRule {
        key: "reliable".to_owned().try_into().unwrap(),
        labels: [("en".to_owned(), "Reliable".to_owned())].into(),
        conditions: vec![condition(Measure::Incidents, 2.0), condition(Measure::LateShipments, 5.0)],
    }
}

#[test]
fn a_badge_comes_and_goes_with_the_numbers() {
    let (seller, badge) = (SellerId::generate(), badge());
    assert_eq!(badge.faults(&Measure::ALL), []);
    let wrong = BadgeRule { conditions: Vec::new(), labels: [].into(), ..badge.clone() };
    assert_eq!(wrong.faults(&[]), [BadgeFault::NoCondition, BadgeFault::NoLabel]);
    assert_eq!(badge.faults(&[Measure::Incidents]), [BadgeFault::NotMeasured]);
    let review = |incidents, standing, held| badge.review(&card(seller, incidents, 5, 0), standing, held);
    let first = review(2, SellerStanding::Active, None);
    let BadgeChange::Awarded(award) = first.change else { panic!("{first:?}") };
    assert_eq!((award.since, first.conditions[0].value, first.conditions[0].sample), (date(0), Some(2.0), 100));
    assert_eq!(review(2, SellerStanding::Warned, Some(award.clone())).change, BadgeChange::Kept(award.clone()));
    let lost = review(3, SellerStanding::Active, Some(award.clone()));
    assert_eq!((lost.change, lost.conditions[0].verdict), (BadgeChange::Lost(award.clone()), Met::No));
    assert_eq!(review(2, SellerStanding::Restricted, Some(award.clone())).change, BadgeChange::Lost(award));
    assert_eq!(review(3, SellerStanding::Active, None).change, BadgeChange::NotAwarded);
    let empty = Scorecard::read(seller, &SellerRecord::default(), &MeasureRules::default(), &ScoreRules::default(), date(0));
    let unknown = badge.review(&empty, SellerStanding::Active, None);
    assert_eq!((unknown.change, unknown.conditions[0].verdict), (BadgeChange::NotAwarded, Met::NotEnough));
    assert_eq!(BadgeRule { conditions: Vec::new(), ..badge }.review(&empty, SellerStanding::Active, None).change, BadgeChange::NotAwarded);
    assert_eq!(BadgeKey::try_from("Top Seller".to_owned()), Err(MalformedBadge));
}

#[test]
fn visibility_is_told_with_its_inputs() {
    let (seller, rules) = (SellerId::generate(), VisibilityRules::default());
    assert_eq!(rules.faults(), []);
    let factor = rules.factor(&card(seller, 10, 30, 0), SellerStanding::Active);
    // 70 % and 90 % with equal weights; rating and replies are not known and do not count.
    assert_eq!(factor.factor, BasisPoints::percent(80));
    let worths: Vec<_> = factor.inputs.iter().map(|input| (input.measure, input.weight, input.worth.map(BasisPoints::get))).collect();
    assert_eq!(
        worths,
        [
            (Measure::Rating, 4, None),
            (Measure::ReplyTime, 2, None),
            (Measure::LateShipments, 2, Some(7000)),
            (Measure::Incidents, 2, Some(9000)),
        ]
    );
    for (standing, expected) in [(SellerStanding::Warned, 80), (SellerStanding::Restricted, 20), (SellerStanding::Suspended, 0)] {
        assert_eq!(rules.factor(&card(seller, 10, 30, 0), standing).factor, BasisPoints::percent(expected), "{standing:?}");
    }
    let empty = Scorecard::read(seller, &SellerRecord::default(), &MeasureRules::default(), &ScoreRules::default(), date(0));
    assert_eq!(rules.factor(&empty, SellerStanding::Active).factor, BasisPoints::percent(50), "a new seller stands in the middle");
    let weight = |weight| VisibilityWeight { measure: Measure::Rating, weight };
    let wrong = VisibilityRules { weights: vec![weight(0), weight(0)], slowest_reply_hours: 0, ..rules };
    assert_eq!(wrong.faults(), [VisibilityFault::Weightless, VisibilityFault::Twice, VisibilityFault::SlowestReply]);
}

proptest! {
    #[test]
    fn equal_inputs_are_equally_visible_and_better_ones_never_less(incidents in 0_u64..=100, late in 0_u64..=100, less in 0_u64..=100) {
        let rules = VisibilityRules::default();
        let factor = |incidents| rules.factor(&card(SellerId::generate(), incidents, late, 0), SellerStanding::Active).factor;
        prop_assert_eq!(factor(incidents), factor(incidents));
        prop_assert!(factor(incidents.saturating_sub(less)) >= factor(incidents));
    }

    /// Whatever is tried, in whatever order: without a person nobody is worse than warned.
    #[test]
    fn no_rule_alone_restricts_anybody(tries in prop::collection::vec((0_usize..4, 0_u64..60), 0..30)) {
        let seller = SellerId::generate();
        let mut history = Vec::new();
        for (step, on) in tries {
            let imposed = order(seller, SanctionStep::ALL[step], DecidedBy::Rule, on).impose(&history, &days(), at(on));
            history.extend(imposed.ok());
        }
        prop_assert!(standing_at(&history, seller, at(1000)) <= SellerStanding::Warned);
    }
}

#[test]
fn what_is_decided_is_written_in_both_languages() {
    let seller = SellerId::generate();
    let warning = warned(seller);
    let grave = |step| SanctionOrder { grave: Some(Grave::Fraud), ..order(seller, step, ana(), 14) };
    let restricted = grave(SanctionStep::RestrictedVisibility).impose(&[], &days(), at(14)).unwrap();
    let suspended = grave(SanctionStep::Suspended).impose(&[], &days(), at(14)).unwrap();
    let ended = |exception| {
        let order = SanctionOrder { exception: Some(exception), ..order(seller, SanctionStep::Terminated, ana(), 15) };
        order.impose(std::slice::from_ref(&warning), &days(), at(15)).unwrap()
    };
    let complained = suspended.complain(seller, "Not so.", at(15)).unwrap();
    let answered = |outcome| complained.answer_complaint(outcome, "The invoices are real.", &staff("ben"), at(16)).unwrap();
    let mut told = vec![
        (warning.clone(), SanctionNews::Imposed),
        (restricted, SanctionNews::Imposed),
        (suspended, SanctionNews::Imposed),
        (complained.clone(), SanctionNews::Complained),
        (answered(ComplaintOutcome::Upheld), SanctionNews::Answered),
        (answered(ComplaintOutcome::Rejected), SanctionNews::Answered),
        (warning.reconsider("It was us.", staff("ben"), at(3)).unwrap(), SanctionNews::Lifted),
    ];
    let exceptions = [NoticeException::LegalObligation, NoticeException::ImperativeReason, NoticeException::RepeatedInfringement];
    told.extend(exceptions.map(|exception| (ended(exception), SanctionNews::Imposed)));
    let mediator = |name: &str| Mediator { name: name.into(), url: format!("https://{name}.example"), address: None };
    let complaints = SellerComplaints { route: "complaints@bazar.example".into(), mediators: vec![mediator("one"), mediator("two")] };
    let sender = Sender { marketplace: "Bazar", zone: chrono_tz::Europe::Paris, seller: "Alma", complaints: Some(&complaints) };
    let mut out = String::new();
    for language in [Language::English, Language::French] {
        for (sanction, news) in &told {
            let (subject, text) = words(sanction, *news, sender, language);
            out.push_str(&[&subject, "\n\n", &text, "\n\n----\n"].concat());
        }
    }
    insta::assert_snapshot!("letters", out);
}

#[test]
fn the_key_of_news_is_read_again() {
    let id = warned(SellerId::generate()).id;
    for news in SanctionNews::ALL {
        assert_eq!(SanctionNews::of_key(&news.key(id)), Ok((id, news)));
    }
    for odd in ["", "x", "san_1:IMPOSED", &format!("{id}:"), &format!("{id}:imposed"), &id.to_string()] {
        assert_eq!(SanctionNews::of_key(odd), Err(NoNews), "{odd}");
    }
}
