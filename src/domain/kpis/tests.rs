//! Figures by hand, and what must hold of every way of adding up.

mod cells;
mod reference;

use chrono::{DateTime, Days, NaiveDate, Utc};
use proptest::prelude::*;

use super::*;
use crate::domain::calendar::Percent;
use crate::domain::cases::CasePhase;
use crate::domain::hands::StaffId;
use crate::domain::ids::{BuyerId, CaseId, SellerId, TeamId};
use crate::domain::money::Money;
use crate::domain::ratings::{Grade, Recommendation};
use crate::domain::reasons::{Avoidable, Family};
use crate::domain::refusal::Refusal;
use crate::domain::tickets::Channel;

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(number)
}

fn now() -> DateTime<Utc> {
    day(0).and_hms_opt(12, 0, 0).unwrap().and_utc()
}

fn case() -> CaseFacts {
    CaseFacts {
        opened_on: day(0),
        slice: Slice { channel: Some(Channel::Email), phase: Some(CasePhase::AfterSale), ..Slice::default() },
        family: Family::Complaint,
        avoidable: Avoidable::No,
        first_reply: None,
        first_reply_business: None,
        end: CaseEnd::Open,
        handling_seconds: 0,
        operator_replies: 0,
        satisfaction: None,
        recommendation: None,
    }
}

fn grade(grade: i64) -> Grade {
    Grade::try_from(grade).unwrap()
}

fn counted(cases: &[CaseFacts]) -> KpiTally {
    let mut tally = KpiTally::default();
    for case in cases {
        tally.add_case(case);
    }
    tally
}

fn period(cases: &[CaseFacts]) -> Period {
    Period { tally: counted(cases), ..Period::default() }
}

fn value(period: &Period, kpi: Kpi) -> Option<f64> {
    period.figure(kpi).measured.value
}

#[test]
fn satisfaction_and_points_count_who_answered() {
    let rated = |grade_given| CaseFacts { satisfaction: Some(grade(grade_given)), ..case() };
    let cases = [rated(5), rated(4), rated(3), rated(1), case()];
    let figure = period(&cases).figure(Kpi::Csat);
    assert_eq!(figure.measured, Measured { value: Some(50.0), sample: 4 }, "who did not answer is not unhappy");
    let mut nps = Nps::default();
    for (answer, times) in [(10, 50), (9, 10), (8, 15), (7, 5), (6, 10), (0, 10)] {
        (0..times).for_each(|_| nps.count(Recommendation::try_from(answer).unwrap()));
    }
    assert_eq!((nps.promoters, nps.passives, nps.detractors), (60, 20, 20));
    assert_eq!(nps.points(), Some(40.0), "points, not per cent");
    assert_eq!(Nps { detractors: 3, ..Nps::default() }.points(), Some(-100.0));
    assert_eq!(Nps::default().points(), None);
}

#[test]
fn first_contact_is_known_only_after_a_while() {
    let resolved = |replies, aftermath| CaseFacts { end: CaseEnd::Resolved(Resolution { replies, aftermath }), ..case() };
    let cases = [
        resolved(1, Aftermath::Quiet),
        resolved(2, Aftermath::Quiet),
        resolved(1, Aftermath::Reopened),
        resolved(1, Aftermath::CameBack),
        resolved(1, Aftermath::NotYetKnown),
        case(),
    ];
    let period = period(&cases);
    assert_eq!(period.figure(Kpi::FirstContactResolution).measured, Measured { value: Some(25.0), sample: 4 });
    assert_eq!(period.figure(Kpi::ReopenRate).measured, Measured { value: Some(25.0), sample: 4 });
}

#[test]
fn reply_times_say_in_which_time() {
    let replied = |clock, business| CaseFacts { first_reply: Some(clock), first_reply_business: Some(business), ..case() };
    let period = period(&[replied(3600, 60), replied(7200, 120), replied(18_000, 90)]);
    let hours = |figure, time| value(&period, Kpi::FirstReply(figure, time)).unwrap();
    assert!((hours(ReplyFigure::Mean, TimeBasis::Calendar) - 8.0 / 3.0).abs() < 1e-12, "the mean is exact");
    assert!((hours(ReplyFigure::Median, TimeBasis::Calendar) - 2.0).abs() <= 2.0 * RELATIVE_ERROR);
    assert!((hours(ReplyFigure::Median, TimeBasis::Business) - 90.0 / 3600.0).abs() < 1e-12, "short times are exact");
    let tail = ReplyFigure::Percentile(Percent::try_from(90).unwrap());
    assert!((hours(tail, TimeBasis::Calendar) - 5.0).abs() <= 5.0 * RELATIVE_ERROR);
}

#[test]
fn retention_splits_by_who_had_a_case() {
    let buyers: Vec<_> = (0..6).map(|_| BuyerId::generate()).collect();
    let some = |places: &[usize]| places.iter().map(|place| buyers[*place]).collect();
    // The last buyer is new, and counts nowhere.
    let cohort = Cohort { before: some(&[0, 1, 2, 3, 4]), again: some(&[0, 1, 3, 5]), with_case: some(&[3, 4, 5]) };
    let period = Period { retention: cohort.retention(), ..Period::default() };
    let percents = [None, Some(Served::HadNone), Some(Served::HadCase)].map(|served| value(&period, Kpi::Retention(served)).unwrap());
    assert_eq!(percents.map(|percent| format!("{percent:.1}")), ["60.0", "66.7", "50.0"]);
}

#[test]
fn disputes_recur_within_the_window() {
    for (earlier, expected) in
        [(None, Recurrence::First), (Some(10), Recurrence::Again), (Some(9), Recurrence::First), (Some(100), Recurrence::Again)]
    {
        assert_eq!(Recurrence::of(earlier.map(day), day(100), 90), expected, "{earlier:?}");
    }
}

#[test]
fn costs_are_exact_and_split_by_side_of_the_sale() {
    let eur = |minor| Money { minor, currency: "EUR".parse().unwrap() };
    let rules = CostRules {
        hour: eur(3000),
        channels: [(Channel::Phone, eur(150))].into(),
        reply_seconds: [(Channel::Email, 60)].into(),
        most_per_case: [(Channel::Email, eur(225)), (Channel::Phone, eur(316))].into(),
    };
    let slice = |channel, phase| Slice { channel: Some(channel), phase: Some(phase), ..Slice::default() };
    let tally = |cases, handling_seconds| KpiTally { cases, handling_seconds, ..KpiTally::default() };
    let rows = [
        (slice(Channel::Phone, CasePhase::AfterSale), tally(2, 600)),
        (slice(Channel::Phone, CasePhase::AfterSale), tally(1, 1)),
        (slice(Channel::Email, CasePhase::PreSale), KpiTally { operator_replies: 3, ..tally(1, 90) }),
    ];
    let lines = cost_report(rows.iter().map(|(slice, tally)| (slice, tally)), &rules, 1).unwrap();
    let costs: Vec<_> = lines.iter().map(|line| (line.channel, line.phase, line.cases, line.cost)).collect();
    // 601 seconds at 30.00 an hour are 5.008, and three calls 4.50; three replies of a minute beside 90 seconds are 2.25.
    assert_eq!(
        costs,
        [(Some(Channel::Email), Some(CasePhase::PreSale), 1, eur(225)), (Some(Channel::Phone), Some(CasePhase::AfterSale), 3, eur(951)),]
    );
    let judged = |minimum| -> Vec<_> {
        let lines = cost_report(rows.iter().map(|(slice, tally)| (slice, tally)), &rules, minimum).unwrap();
        lines.iter().map(|line| (line.per_case, line.status)).collect()
    };
    assert_eq!(judged(1), [(eur(225), Status::Met), (eur(317), Status::Missed)], "exactly the target is met");
    assert_eq!(judged(2), [(eur(225), Status::NotEnough), (eur(317), Status::Missed)]);
    let endless = CostRules { hour: eur(i64::MAX), channels: [].into(), reply_seconds: [].into(), most_per_case: [].into() };
    assert!(cost_report(rows.iter().map(|(slice, tally)| (slice, tally)), &endless, 1).is_ok(), "ten minutes of it still fit");
    let too_much = [(slice(Channel::Email, CasePhase::PreSale), tally(1, 7200))];
    assert!(cost_report(too_much.iter().map(|(slice, tally)| (slice, tally)), &endless, 1).is_err());
}

#[test]
fn the_narrowest_target_judges() {
    let seller = SellerId::generate();
    let mut targets = KpiTargets::default();
    assert_eq!(targets.faults(), []);
    targets.targets.push(Target { kpi: Kpi::Csat, scope: Scope { seller: Some(seller), ..Scope::default() }, value: 60.0 });
    let figure = |value, sample| Figure { kpi: Kpi::Csat, measured: Measured { value: Some(value), sample } };
    let about = |seller| Scope { seller: Some(seller), ..Scope::default() };
    for (value, sample, scope, status) in [
        (80.0, 5, Scope::default(), Status::Met),
        (79.9, 5, Scope::default(), Status::Missed),
        (79.9, 4, Scope::default(), Status::NotEnough),
        (70.0, 9, about(seller), Status::Met),
        (70.0, 9, about(SellerId::generate()), Status::Missed),
    ] {
        assert_eq!(targets.judge(figure(value, sample), &scope).status, status, "{value} of {sample}");
    }
    let mean = Kpi::FirstReply(ReplyFigure::Mean, TimeBasis::Calendar);
    let slow = Figure { kpi: mean, measured: Measured { value: Some(4.1), sample: 9 } };
    assert_eq!(targets.judge(slow, &Scope::default()).status, Status::Missed, "less is better");
    let untold = Figure { kpi: Kpi::Deflection, ..slow };
    assert_eq!(targets.judge(untold, &Scope::default()).status, Status::NoTarget);

    let target = |kpi, value| Target { kpi, scope: Scope::default(), value };
    let wrong = KpiTargets {
        targets: vec![target(Kpi::Csat, 101.0), target(Kpi::Nps, -101.0), target(mean, -1.0), target(mean, 4.0), target(mean, f64::NAN)],
        minimum_sample: 5,
    };
    let faults = [TargetFault::NoPercentage, TargetFault::NoPoints, TargetFault::Negative, TargetFault::Twice, TargetFault::Twice];
    assert_eq!(wrong.faults(), [(0, faults[0]), (1, faults[1]), (2, faults[2]), (3, faults[3]), (4, faults[4])]);
}

#[test]
fn an_improvement_is_judged_by_the_same_figure_before_and_after() {
    let staff = || serde_json::from_str::<StaffId>("\"token:ana\"").unwrap();
    let about = || ImprovementAbout::Process { name: "Returns".into() };
    let before = (Kpi::Csat, Measured { value: Some(61.0), sample: 40 });
    let blank = Improvement::propose(about(), ImprovementOrigin::Person(staff()), " ", before, now());
    assert!(matches!(blank, Err(Refusal::Length { .. })));
    let long = format!("{}Too slow{}", " ".repeat(3000), "!".repeat(3000));
    let asked = Improvement::asked_for(about(), ImprovementOrigin::Case(CaseId::generate()), &long, now()).unwrap();
    assert!(asked.plan.starts_with("Too slow!") && asked.plan.chars().count() == 2000 && asked.is_unmeasured());
    let grade = |grade| Grade::try_from(grade).ok();
    let asks = |satisfaction, words| Improvement::is_asked_by(satisfaction, None, words);
    assert_eq!([asks(grade(2), "Slow"), asks(grade(3), "Slow"), asks(grade(1), " \n"), asks(None, "Slow")], [true, false, false, false]);
    let proposed = Improvement::propose(about(), ImprovementOrigin::Person(staff()), "Shorter form", before, now()).unwrap();
    assert!(matches!(proposed.finish(1), Err(Refusal::NotNow { .. })), "nobody has taken it on");
    assert!(matches!(proposed.take_on(staff(), day(0), day(1), 1), Err(Refusal::NotNow { .. })), "a day that has passed");
    let planned = proposed.take_on(staff(), day(9), day(1), 1).unwrap();
    assert_eq!((planned.is_overdue(day(9)), planned.is_overdue(day(10))), (false, true));
    assert_eq!(planned.finish(1), Err(Refusal::WrongRevision { current: 2 }));
    let done = planned.finish(2).unwrap();
    assert!(done.drop_for("No time.", 3).is_err());
    let done = done.measured_before(before.1, super::Days::new(day(0), day(20)).unwrap());
    let measure = |from: u64, to: u64, value| {
        let days = super::Days::new(day(from), day(to)).unwrap();
        done.measure(Measured { value, sample: 35 }, days, day(40), 3)
    };
    for (from, to, value) in [(21, 41, Some(70.0)), (20, 40, Some(70.0)), (21, 40, None)] {
        assert!(matches!(measure(from, to, value), Err(Refusal::NotNow { .. })), "from day {from} to day {to}: {value:?}");
    }
    let measured = measure(21, 40, Some(70.0)).unwrap();
    assert_eq!(measured.after_in.map(|days| days.to), Some(day(40)));
    assert_eq!((done.change(), measured.change(), measured.state), (None, Some(9.0), ImprovementState::Measured));
    assert_eq!(proposed.drop_for("No time.", 1).unwrap().dropped.as_deref(), Some("No time."));
}

fn cases() -> impl Strategy<Value = Vec<CaseFacts>> {
    let aftermath = prop::sample::select(vec![Aftermath::NotYetKnown, Aftermath::Quiet, Aftermath::Reopened, Aftermath::CameBack]);
    let end = prop_oneof![
        Just(CaseEnd::Open),
        (0_u32..4, aftermath).prop_map(|(replies, aftermath)| CaseEnd::Resolved(Resolution { replies, aftermath })),
    ];
    let family = prop::sample::select(Family::ALL);
    let avoidable = prop::sample::select(Avoidable::ALL);
    let times = (prop::option::of(0_u32..1_000_000), prop::option::of(0_u32..500_000), 0_u32..10_000);
    let said = (prop::option::of(1_i64..=5), prop::option::of(0_i64..=10));
    let one = (end, family, avoidable, times, said).prop_map(|(end, family, avoidable, times, said)| CaseFacts {
        end,
        family,
        avoidable,
        first_reply: times.0,
        first_reply_business: times.1,
        handling_seconds: times.2,
        satisfaction: said.0.map(grade),
        recommendation: said.1.map(|answer| Recommendation::try_from(answer).unwrap()),
        ..case()
    });
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn counts_merge_into_the_whole(cases in cases(), parts in prop::collection::vec(0_usize..5, 60)) {
        let whole = counted(&cases);
        let mut days = vec![KpiTally::default(); 5];
        for (case, part) in cases.iter().zip(parts) {
            days[part].add_case(case);
        }
        prop_assert_eq!(&KpiTally::merged(&days), &whole);
        days.reverse();
        prop_assert_eq!(&KpiTally::merged(&days), &whole, "in any order");
    }

    #[test]
    fn a_case_that_changes_is_counted_as_it_is(before in cases(), after in cases()) {
        let mut tally = counted(&before);
        tally.merge(&counted(&after));
        prop_assert_eq!(tally.less(&counted(&before)), Some(counted(&after)));
        let one_more = counted(&after.iter().chain([&case()]).cloned().collect::<Vec<_>>());
        prop_assert_eq!(counted(&after).less(&one_more), None, "a miscount is no number");
    }

    #[test]
    fn percentiles_are_as_near_as_they_say(times in prop::collection::vec(any::<u32>(), 1..200), percent in 1_u8..=100) {
        let mut durations = Durations::default();
        for time in &times {
            durations.add(*time);
        }
        let mut sorted = times.clone();
        sorted.sort_unstable();
        let exact = f64::from(sorted[(sorted.len() * usize::from(percent)).div_ceil(100) - 1]);
        let told = durations.percentile(Percent::try_from(percent).unwrap()).unwrap();
        prop_assert!((told - exact).abs() <= exact * RELATIVE_ERROR, "{} for {}", told, exact);
        let whole: u64 = times.iter().map(|time| u64::from(*time)).sum();
        prop_assert_eq!(durations.mean(), Some(figures::number(whole) / figures::number(durations.count())));
        prop_assert_eq!(durations.less(&durations), Some(Durations::default()));
    }

    #[test]
    fn counts_survive_being_written_down(cases in cases()) {
        let tally = counted(&cases);
        let json = serde_json::to_string(&tally).unwrap();
        prop_assert_eq!(serde_json::from_str::<KpiTally>(&json).unwrap(), tally);
    }

    #[test]
    fn cohorts_merge_into_the_whole(places in prop::collection::vec((0_usize..20, 0_u8..3, any::<bool>()), 0..80)) {
        let buyers: Vec<_> = (0..20).map(|_| BuyerId::generate()).collect();
        let (mut whole, mut halves) = (Cohort::default(), [Cohort::default(), Cohort::default()]);
        for (buyer, set, half) in places {
            for cohort in [&mut whole, &mut halves[usize::from(half)]] {
                let set = match set { 0 => &mut cohort.before, 1 => &mut cohort.again, _ => &mut cohort.with_case };
                set.insert(buyers[buyer]);
            }
        }
        let [mut merged, other] = halves;
        merged.merge(&other);
        prop_assert_eq!(merged, whole);
    }
}
