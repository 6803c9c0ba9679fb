//! What can be asked, answered, published, replied to and reported, and what cannot.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::domain::hands::StaffId;
use crate::domain::ids::{BuyerId, CaseId, OrderId, RatingId, SellerId};
use crate::domain::law::LegalDays;
use crate::domain::parties::Party;
use crate::domain::refusal::Refusal;
use crate::domain::statements::{ComplaintOutcome, ComplaintRefusal, Ground, Means, StatementOfReasons};

fn at(hours: i64) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap().and_hms_opt(9, 0, 0).unwrap().and_utc() + TimeDelta::hours(hours)
}

/// The same with the day, where the marketplace is.
fn when(hours: i64) -> (DateTime<Utc>, NaiveDate) {
    (at(hours), at(hours).date_naive())
}

fn staff(name: &str) -> StaffId {
    serde_json::from_value(format!("token:{name}").into()).unwrap()
}

fn grade(grade: i64) -> Grade {
    Grade::try_from(grade).unwrap()
}

fn key(text: &str) -> CriterionKey {
    text.parse().unwrap()
}

fn answers(grades: &[(&str, i64)]) -> Answers {
    let given = grades.iter().map(|(name, given)| (key(name), grade(*given))).collect();
    Answers::new(&Criteria::default(), Subject::Seller, given).unwrap()
}

#[test]
fn the_usual_criteria_are_those_of_the_plan_in_both_languages() {
    let criteria = Criteria::default();
    assert_eq!(criteria.faults(), []);
    let keys = |subject| criteria.of(subject).iter().map(|one| one.key.as_str()).collect::<Vec<_>>();
    assert_eq!(keys(Subject::Product), ["conformity", "quality", "value_for_money"]);
    assert_eq!(keys(Subject::Seller), ["delivery_time", "packaging", "communication", "after_sale"]);
    assert_eq!(keys(Subject::Support), ["speed", "clarity", "courtesy", "outcome"]);
    for one in Subject::ALL.into_iter().flat_map(|subject| criteria.of(subject)) {
        assert!(one.labels.contains_key("en") && one.labels.contains_key("fr") && one.key.as_str().parse::<CriterionKey>().is_ok());
    }
}

#[test]
fn criteria_that_cannot_be_are_found() {
    let mut criteria = Criteria { support: Vec::new(), ..Criteria::default() };
    criteria.product.push(criteria.product[0].clone());
    criteria.seller.iter_mut().for_each(|one| one.weight = Weight(0));
    criteria.seller[1].labels.clear();
    assert_eq!(
        criteria.faults(),
        [
            CriteriaFault::Twice { subject: Subject::Product, key: key("conformity") },
            CriteriaFault::Weightless { subject: Subject::Seller },
            CriteriaFault::Label { subject: Subject::Seller, key: key("packaging") },
            CriteriaFault::Count { subject: Subject::Support },
            CriteriaFault::Weightless { subject: Subject::Support },
        ]
    );
}

#[test]
fn what_is_no_answer_is_refused() {
    for given in [0, 6, -1, i64::MAX] {
        assert_eq!(Grade::try_from(given), Err(RatingRefusal::Grade { given }));
    }
    for given in [11, -1] {
        assert_eq!(Recommendation::try_from(given), Err(RatingRefusal::Recommendation { given }));
    }
    let new = |grades| Answers::new(&Criteria::default(), Subject::Seller, grades);
    let unknown = RatingRefusal::UnknownCriterion { key: key("speed") };
    assert_eq!(new([(key("speed"), grade(5))].into()), Err(unknown), "a question about the support, not the seller");
    assert_eq!(new(BTreeMap::new()), Err(RatingRefusal::NothingAnswered));
    assert!(serde_json::from_str::<Grade>("6").is_err());
}

#[test]
fn a_missing_answer_is_never_a_zero() {
    let mut criteria = Criteria::default();
    criteria.seller[0].weight = Weight(3);
    let overall = |grades: &[(&str, i64)]| answers(grades).overall(&criteria);
    assert_eq!(overall(&[("delivery_time", 5), ("packaging", 1)]), Some(4.0));
    assert_eq!(overall(&[("packaging", 1)]), Some(1.0));
    criteria.seller[1].weight = Weight(0);
    assert_eq!(answers(&[("packaging", 1)]).overall(&criteria), None, "asked, but not counted");
    assert!(answers(&[("packaging", 2), ("delivery_time", 5)]).is_negative());
}

#[test]
fn one_rating_of_a_case_counts_whoever_asked() {
    let (first, second) = (CaseId::generate(), CaseId::generate());
    let rating = |case, source, hours, given| SupportRating {
        id: RatingId::generate(),
        case,
        source,
        satisfaction: Some(grade(given)),
        answers: SupportAnswers::default(),
        at: at(hours),
    };
    let all = vec![
        rating(first, SupportSource::Helpdesk, 5, 1),
        rating(first, SupportSource::Invitation, 1, 4),
        rating(second, SupportSource::Helpdesk, 1, 2),
        rating(second, SupportSource::Helpdesk, 3, 5),
    ];
    let forwards = one_per_case(all.clone());
    let counted: Vec<_> = [first, second].map(|case| forwards[&case].satisfaction).into();
    assert_eq!(counted, [Some(grade(4)), Some(grade(5))]);
    assert_eq!(one_per_case(all.into_iter().rev()), forwards, "in any order");
}

fn asking() -> InvitationRules {
    InvitationRules { asking: Asking::Email, ..InvitationRules::default() }
}

fn sent(planned: &Invitation, hours: i64) -> Invitation {
    assert_eq!(step(planned, hours), Some(InvitationStep::Send));
    planned.sent(InvitationWay::Email, BuyerId::generate(), at(hours))
}

fn invitation(about: InvitationAbout) -> Invitation {
    Invitation::plan(None, about, &asking(), (at(0), at(0))).unwrap()
}

fn of_line() -> InvitationAbout {
    InvitationAbout::OrderLine { order: OrderId::generate(), line: "1".into() }
}

fn step(invitation: &Invitation, hours: i64) -> Option<InvitationStep> {
    invitation.due(&asking(), at(hours))
}

#[test]
fn an_invitation_is_sent_reminded_of_once_and_expires() {
    let rules = InvitationRules::default();
    assert_eq!(rules.faults(), []);
    let planned = invitation(of_line());
    assert_eq!(step(&planned, 7 * 24 - 1), None);
    let sent = sent(&planned, 7 * 24);
    assert_eq!(sent.state, InvitationState::Sent);
    assert_eq!(step(&sent, 14 * 24 - 1), None);
    assert_eq!(step(&sent, 14 * 24), Some(InvitationStep::Remind));
    let reminded = sent.reminded();
    assert_eq!(step(&reminded, 67 * 24 - 1), None, "one reminder only");
    assert_eq!(step(&reminded, 67 * 24), Some(InvitationStep::Expire));
    let expired = reminded.expired(at(67 * 24));
    let handed = Invitation::hand_out(BuyerId::generate(), of_line(), Reward::None, at(0));
    assert_eq!(step(&handed, 59 * 24), None, "a link has no address to be reminded at");
    assert_eq!(step(&handed, 60 * 24), Some(InvitationStep::Expire));
    assert_eq!(step(&expired, 1000 * 24), None);
    assert_eq!(step(&sent, 100 * 24), Some(InvitationStep::Expire), "what is long overdue is not reminded of");
}

#[test]
fn nobody_is_asked_of_what_was_long_ago() {
    let plan = |now| Invitation::plan(None, of_line(), &asking(), (at(0), at(now)));
    let (asked, late) = (7 * 24, 7 * 24);
    assert!(plan(asked + late).is_some_and(|one| one.send_at == at(asked)), "a server may have been away for some days");
    assert_eq!(plan(asked + late + 1), None);
}

#[test]
fn what_was_called_off_before_anybody_was_asked_can_be_asked_anew() {
    let planned = invitation(of_line());
    let asked = sent(&planned, 7 * 24);
    let states = [planned.cancel(at(1)), asked.cancel(at(200)), planned.opt_out(at(1)), planned.clone()];
    assert_eq!(states.map(|one| one.was_never_sent()), [true, false, false, false]);
    let anew = planned.cancel(at(1)).sent(InvitationWay::Link, BuyerId::generate(), at(2));
    assert_eq!((anew.state, anew.ended_at), (InvitationState::Sent, None));
}

#[test]
fn an_invitation_is_good_once_for_what_it_asks_about() {
    let rules = InvitationRules::default();
    let planned = invitation(of_line());
    let both = [Subject::Product, Subject::Seller];
    assert_eq!(planned.redeem(&both, &rules, at(1)), Err(RatingRefusal::InvitationNotSent));
    let sent = sent(&planned, 7 * 24);
    assert_eq!(sent.redeem(&[], &rules, at(170)), Err(RatingRefusal::NothingAnswered));
    let wrong = sent.redeem(&[Subject::Seller, Subject::Support], &rules, at(170));
    assert_eq!(wrong, Err(RatingRefusal::NotAskedAbout { subject: Subject::Support }));
    let used = sent.redeem(&both, &rules, at(170)).unwrap();
    assert_eq!(used.redeem(&both, &rules, at(171)), Err(RatingRefusal::InvitationOver { state: InvitationState::Used }));
    let late = sent.redeem(&both, &rules, at(67 * 24));
    assert_eq!(late, Err(RatingRefusal::InvitationOver { state: InvitationState::Expired }), "though no job has closed it yet");
    assert_eq!((used.opt_out(at(200)).state, used.cancel(at(200)).state), (InvitationState::Used, InvitationState::Used));
    for over in [sent.opt_out(at(169)), sent.cancel(at(169))] {
        assert_eq!(over.redeem(&both, &rules, at(170)), Err(RatingRefusal::InvitationOver { state: over.state }));
        assert_eq!(step(&over, 5000), None, "and nothing is sent any more");
    }
}

#[test]
fn nobody_is_asked_twice_or_against_their_will() {
    let case = InvitationAbout::Case { case: CaseId::generate() };
    let plan = |about: &InvitationAbout, surveyed_by, asking| {
        let rules = InvitationRules { asking, surveyed_by, ..InvitationRules::default() };
        Invitation::plan(None, about.clone(), &rules, (at(0), at(0))).map(|one| one.send_at)
    };
    assert_eq!(plan(&case, SurveyedBy::Trilogue, Asking::Email), Some(at(24)));
    assert_eq!(plan(&case, SurveyedBy::Helpdesk, Asking::Helpdesk), None);
    assert_eq!(plan(&of_line(), SurveyedBy::Helpdesk, Asking::Email), Some(at(7 * 24)), "the helpdesk asks about cases only");
    assert_eq!(plan(&of_line(), SurveyedBy::Trilogue, Asking::Off), None);
    let rules = InvitationRules { reminder_days: Some(60), expiry_days: 400, ..InvitationRules::default() };
    assert_eq!(rules.faults().len(), 1);
    assert_eq!(InvitationRules { expiry_days: 7, ..InvitationRules::default() }.faults().len(), 1, "a reminder of what is over");
}

fn draft(text: &str, given: i64) -> Draft {
    let experience_on = at(0).date_naive();
    Draft { text: text.into(), answers: answers(&[("packaging", given)]), experience_on, consent: Consent::Withheld }
}

fn about() -> About {
    About { seller: SellerId::generate(), product: None, order_line: None }
}

fn submitted(given: i64) -> Review {
    let verified = Verification::by(Some(&of_line()));
    Review::submit(BuyerId::generate(), about(), verified, Reward::None, &draft("Well packed.", given), when(0)).unwrap()
}

fn published(given: i64, hours: i64) -> Review {
    submitted(given).pass(ReplyRules::default(), at(hours)).unwrap()
}

fn days() -> LegalDays {
    LegalDays::new(chrono_tz::Europe::Paris, None)
}

fn moderator<'a>(name: &str, days: &'a LegalDays, hours: i64) -> Moderator<'a> {
    Moderator { staff: staff(name), days, at: at(hours) }
}

fn statement() -> StatementOfReasons {
    let ground = Ground::Terms { text: "Rules for reviews, 3".into() };
    StatementOfReasons::new("It names the courier.", ground, Means::ByPerson, "Write to us.").unwrap()
}

#[test]
fn a_review_tells_what_the_law_asks_for() {
    assert_eq!(Verification::by(None), Verification::Unverified);
    assert_eq!(Verification::by(Some(&InvitationAbout::Case { case: CaseId::generate() })), Verification::Invited);
    let review = published(2, 1);
    assert_eq!(review.state(), ReviewState::Published, "a bad opinion passes like a good one");
    assert_eq!((review.verification, review.published_at(), review.updated_at()), (Verification::VerifiedPurchase, Some(at(1)), None));
    assert_eq!(review.current().unwrap().experience_on, at(0).date_naive());
    let rewritten = review.rewrite(&draft("Less well.", 1), when(20)).unwrap();
    assert_eq!(rewritten.current().unwrap().text, "Well packed.", "until the new version was checked");
    let updated = rewritten.pass(ReplyRules::default(), at(21)).unwrap();
    assert_eq!((updated.published_at(), updated.updated_at()), (Some(at(1)), Some(at(21))));
    assert_eq!((updated.published.len(), updated.current().unwrap().text.as_str()), (2, "Less well."));
    assert_eq!(updated.duty, review.duty, "the seller's time does not begin anew");
    let ahead = Draft { experience_on: at(48).date_naive(), ..draft("Soon.", 5) };
    assert!(matches!(review.rewrite(&ahead, when(1)), Err(RatingRefusal::ExperienceAhead { .. })));
    let there = ahead.experience_on;
    assert!(review.rewrite(&ahead, (at(1), there)).is_ok(), "where the marketplace is, that day has begun");
    assert_eq!(review.rewrite(&draft(" ", 5), when(1)).unwrap().waiting().unwrap().text, "", "grades without words are a review too");
    assert!(matches!(review.rewrite(&draft(&"x".repeat(5001), 5), when(1)), Err(RatingRefusal::Text(Refusal::Length { .. }))));
    let product = About { product: Some("sku".into()), ..about() };
    let wrong = Review::submit(BuyerId::generate(), product, Verification::Unverified, Reward::None, &draft("x", 5), when(0));
    assert_eq!(wrong, Err(RatingRefusal::NotAskedAbout { subject: Subject::Seller }));
}

#[test]
fn whoever_is_refused_learns_why_and_can_complain() {
    let (days, rules) = (days(), ReplyRules::default());
    let held = submitted(1).hold().unwrap();
    assert_eq!(held.state(), ReviewState::InModeration);
    assert_eq!(held.pass(rules, at(1)), Err(RatingRefusal::NotNow { state: ReviewState::InModeration }), "a person looks at it now");
    let rejected = held.reject(ModerationReason::PersonalData, statement(), &moderator("ana", &days, 2)).unwrap();
    assert_eq!((rejected.state(), rejected.current()), (ReviewState::Rejected, None));
    let removal = rejected.removal.clone().unwrap();
    assert_eq!(removal.statement.facts(), "It names the courier.");
    assert_eq!(days.date_of(removal.complaint_until), NaiveDate::from_ymd_opt(2026, 9, 3).unwrap(), "six months and no less");
    let late = rejected.complain("Why?", removal.complaint_until);
    assert_eq!(late, Err(RatingRefusal::Complaint(ComplaintRefusal::TooLate { until: removal.complaint_until })));
    let complained = rejected.complain("It does not.", at(30)).unwrap();
    assert_eq!(complained.complain("It does not.", at(31)), Err(RatingRefusal::Complaint(ComplaintRefusal::Already)));
    let answer = |review: &Review, who, outcome| review.answer_complaint(outcome, "We read it again.", &moderator(who, &days, 40), rules);
    let own = answer(&complained, "ana", ComplaintOutcome::Upheld);
    assert_eq!(own, Err(RatingRefusal::Complaint(ComplaintRefusal::OwnDecision)));
    let upheld = answer(&complained, "bob", ComplaintOutcome::Upheld).unwrap();
    assert_eq!((upheld.state(), upheld.published_at()), (ReviewState::Published, Some(at(40))));
    assert_eq!(upheld.revision, complained.revision + 1);
    assert_eq!(answer(&complained, "bob", ComplaintOutcome::Rejected).unwrap().state(), ReviewState::Rejected);
    assert_eq!(answer(&upheld, "bob", ComplaintOutcome::Upheld), Err(RatingRefusal::Complaint(ComplaintRefusal::NoneOpen)));

    let removed = published(1, 1).remove(ModerationReason::Abusive, statement(), &moderator("ana", &days, 5)).unwrap();
    assert_eq!((removed.state(), removed.current()), (ReviewState::Removed, None));
    let back = answer(&removed.complain("No.", at(6)).unwrap(), "bob", ComplaintOutcome::Upheld).unwrap();
    assert_eq!((back.state(), back.published_at()), (ReviewState::Published, Some(at(1))));
    assert_eq!(back.reply_standing(at(40)), Some(ReplyStanding::Due), "while it was away nobody could reply");
    let replied = published(1, 1).reply(Party::Seller, "Sorry.", at(2)).unwrap();
    let away = replied.remove(ModerationReason::Abusive, statement(), &moderator("ana", &days, 5)).unwrap();
    let back = answer(&away.complain("No.", at(6)).unwrap(), "bob", ComplaintOutcome::Upheld).unwrap();
    assert_eq!(back.reply_standing(at(40)), Some(ReplyStanding::InTime));
}

#[test]
fn what_is_over_stays_over() {
    let days = days();
    let withdrawn = published(5, 1).withdraw().unwrap();
    let now = RatingRefusal::NotNow { state: ReviewState::Withdrawn };
    let by = moderator("ana", &days, 2);
    for refused in [
        withdrawn.withdraw(),
        withdrawn.rewrite(&draft("x", 5), when(2)),
        withdrawn.pass(ReplyRules::default(), at(2)),
        withdrawn.hold(),
        withdrawn.approve(&staff("ana"), ReplyRules::default(), at(2)),
        withdrawn.reject(ModerationReason::Illegal, statement(), &by),
        withdrawn.remove(ModerationReason::Illegal, statement(), &by),
        withdrawn.reply(Party::Seller, "Thanks.", at(2)),
        withdrawn.complain("Why?", at(2)),
    ] {
        assert_eq!(refused.as_ref(), Err(&now));
    }
    // Refusing a new version leaves the old one where it was.
    let rewritten = published(5, 1).rewrite(&draft("x", 1), when(2)).unwrap();
    let refused = rewritten.reject(ModerationReason::OffTopic, statement(), &by).unwrap();
    assert_eq!((refused.state(), refused.current().unwrap().text.as_str()), (ReviewState::Published, "Well packed."));
}

#[test]
fn a_seller_replies_once_and_in_time() {
    let review = published(1, 0);
    for (now, standing) in [(48, ReplyStanding::Due), (49, ReplyStanding::Overdue)] {
        assert_eq!(review.reply_standing(at(now)), Some(standing));
    }
    assert_eq!(submitted(1).reply_standing(at(99)), None, "nothing to reply to yet");
    let replied = review.reply(Party::Seller, "We are sorry.", at(48)).unwrap();
    assert_eq!(replied.reply(Party::Seller, "Really.", at(49)), Err(RatingRefusal::RepliedAlready));
    assert_eq!(replied.reply(Party::Operator, "Really.", at(49)), Err(RatingRefusal::RepliedAlready));
    assert_eq!(review.reply(Party::Buyer, "Me.", at(2)), Err(RatingRefusal::Text(Refusal::NotAllowed)));
    let changed = replied.change_reply(Party::Seller, "We are very sorry.", at(99)).unwrap();
    let reply = changed.reply.as_ref().unwrap();
    assert_eq!((reply.first.text.as_str(), reply.current().unwrap().text.as_str()), ("We are sorry.", "We are very sorry."));
    assert_eq!(changed.reply_standing(at(99)), Some(ReplyStanding::InTime), "a change is no late reply");
    assert_eq!(review.change_reply(Party::Seller, "x", at(2)), Err(RatingRefusal::NoReply));
    assert_eq!(replied.change_reply(Party::Operator, "x", at(2)), Err(RatingRefusal::NoReply), "somebody else's");
    let number = "Appelez-nous au 06 12 34 56 78.";
    assert_eq!(review.reply(Party::Seller, number, at(2)), Err(RatingRefusal::PersonalData), "everybody would read it at once");
    assert_eq!(replied.change_reply(Party::Seller, number, at(2)), Err(RatingRefusal::PersonalData));
    let hidden = replied.hide_reply(statement(), staff("ana")).unwrap();
    assert_eq!(hidden.reply.as_ref().unwrap().current(), None);
    assert!(hidden.show_reply(&staff("bob")).unwrap().reply.unwrap().current().is_some());

    let late = published(1, 0).reply(Party::Seller, "Sorry.", at(49)).unwrap();
    let operator = published(1, 0).reply(Party::Operator, "Sorry.", at(49)).unwrap();
    let gone = published(1, 0).withdraw().unwrap();
    assert_eq!(replied_late([&review, &replied, &late, &operator, &gone], at(99)), 2, "the one without a reply, and the late one");
}

#[test]
fn a_report_is_decided_once_by_a_person() {
    let days = days();
    let review = published(1, 0);
    let seller = Reporter::Seller { seller: review.about.seller };
    let other = Reporter::Seller { seller: SellerId::generate() };
    let doubt = |review: &Review, by: &Reporter, words| review.report(by.clone(), ReportReason::Doubt, words, at(3));
    assert_eq!(doubt(&review, &other, "Never bought."), Err(RatingRefusal::Text(Refusal::NotAllowed)));
    assert!(matches!(doubt(&review, &seller, ""), Err(RatingRefusal::Text(Refusal::Length { .. }))), "free of charge, but with reasons");
    assert!(doubt(&submitted(1), &seller, "Never bought.").is_err());
    let reported = doubt(&review, &seller, "Never bought.").unwrap();
    assert_eq!(doubt(&reported, &seller, "Really."), Err(RatingRefusal::ReportedAlready));
    assert_eq!(reported.state(), ReviewState::Published, "it stays until somebody has decided");
    let id = reported.reports[0].id;
    let by = moderator("ana", &days, 9);
    let kept = reported.decide_report(id, ReportDecision::Keep("The order is known.".into()), &by).unwrap();
    assert_eq!(kept.state(), ReviewState::Published);
    let again = kept.decide_report(id, ReportDecision::Keep("x".into()), &by);
    assert_eq!(again, Err(RatingRefusal::ReportDecided));
    let removed = reported.decide_report(id, ReportDecision::Remove(ModerationReason::NotGenuine, statement()), &by).unwrap();
    assert_eq!((removed.state(), &removed.reports[0].outcome), (ReviewState::Removed, &Some((ReportOutcome::Removed, at(9)))));
    let nobody = Reporter::Person { name: "Ana".into(), email: String::new() };
    assert!(review.report(nobody, ReportReason::Illegal, "Insult.", at(3)).is_err());
}

#[test]
fn a_feed_has_an_order_that_readers_are_told() {
    let [good, bad, quotable] = [published(5, 1), published(1, 2), published(3, 3)];
    let mut consented = quotable.clone();
    consented.published[0].consent = Consent::Given;
    let withdrawn = published(5, 4).withdraw().unwrap();
    let all = [good.clone(), bad.clone(), consented.clone(), withdrawn, submitted(5)];
    let feed = |order, quotable| order_feed(&all, order, quotable, &Criteria::default()).into_iter().map(|one| one.id).collect::<Vec<_>>();
    let (good, bad, quoted) = (good.id, bad.id, consented.id);
    for (order, expected) in [
        (FeedOrder::default(), [quoted, bad, good]),
        (FeedOrder::Oldest, [good, bad, quoted]),
        (FeedOrder::Best, [good, quoted, bad]),
        (FeedOrder::Worst, [bad, quoted, good]),
    ] {
        assert_eq!(feed(order, Quotable::Any), expected, "{order:?}");
    }
    assert_eq!(feed(FeedOrder::Newest, Quotable::Only), [quoted]);
}

proptest! {
    #[test]
    fn no_feed_loses_or_invents_a_review(grades in prop::collection::vec((1_i64..=5, 0_i64..50), 0..12)) {
        let all: Vec<_> = grades.iter().map(|(given, hours)| published(*given, *hours)).collect();
        let ids = |feed: Vec<&Review>| { let mut ids: Vec<_> = feed.into_iter().map(|one| one.id).collect(); ids.sort_unstable(); ids };
        let every = ids(all.iter().collect());
        for order in FeedOrder::ALL {
            prop_assert_eq!(&ids(order_feed(&all, order, Quotable::Any, &Criteria::default())), &every);
        }
    }
}
