//! Measures by hand, limits as operators publish them, and coverage.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::domain::calendar::BusinessCalendar;
use crate::domain::ids::SellerId;
use crate::domain::kpis::Share;
use crate::domain::scores::ScoreRules;

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() + Days::new(number)
}

fn record(days: &[(u64, SellerTally)]) -> SellerRecord {
    SellerRecord { days: days.iter().map(|(number, tally)| (day(*number), tally.clone())).collect(), ..SellerRecord::default() }
}

fn incidents(hits: u64, of: u64) -> SellerTally {
    SellerTally { incidents: Share { hits, of }, ..SellerTally::default() }
}

fn card(record: &SellerRecord, on: u64) -> Scorecard {
    Scorecard::read(SellerId::generate(), record, &MeasureRules::default(), &ScoreRules::default(), day(on))
}

fn line(record: &SellerRecord, on: u64, measure: Measure) -> CardLine {
    *card(record, on).line(measure).unwrap()
}

#[test]
fn alert_limit_and_minimum_volume_are_three_numbers() {
    for (hits, of, status) in [
        (8, 100, MeasureStatus::Fine),
        (81, 1000, MeasureStatus::Alert),
        (9, 100, MeasureStatus::Alert),
        (91, 1000, MeasureStatus::Limit),
        (24, 24, MeasureStatus::NotEnough),
        (25, 25, MeasureStatus::Limit),
        (0, 0, MeasureStatus::NotEnough),
    ] {
        let read = line(&record(&[(0, incidents(hits, of))]), 0, Measure::Incidents);
        assert_eq!(read.status, status, "{hits} of {of}");
        assert_eq!((read.reading.hits, read.reading.sample), (Some(hits), of), "with the numbers");
    }
}

#[test]
fn each_measure_has_its_own_window() {
    let month = record(&[(0, incidents(10, 100)), (30, incidents(0, 100))]);
    let at = |on| line(&month, on, Measure::Incidents).reading;
    assert_eq!((at(29).from, at(29).to), (day(0), day(29)), "thirty days");
    assert_eq!((at(29).value, at(30).value, at(29).sample), (Some(10.0), Some(0.0), 100));
    let returns = SellerTally { returns: Share { hits: 10, of: 100 }, ..SellerTally::default() };
    let long = record(&[(0, returns)]);
    assert_eq!(line(&long, 60, Measure::Returns).reading.sample, 100, "ninety days");
}

#[test]
fn reply_times_are_told_by_their_middle() {
    let mut tally = SellerTally::default();
    (0..9).for_each(|_| tally.replies.add(3600));
    assert_eq!(line(&record(&[(0, tally.clone())]), 0, Measure::ReplyTime).status, MeasureStatus::NotEnough);
    // One message that waited for a month does not make a slow seller.
    tally.replies.add(30 * 86_400);
    let read = line(&record(&[(0, tally)]), 0, Measure::ReplyTime);
    assert_eq!((read.status, read.reading.sample), (MeasureStatus::Fine, 10));
    assert!((read.reading.value.unwrap() - 1.0).abs() < 0.01);
    let mut halves = SellerTally::default();
    (0..5).for_each(|_| halves.replies.add(3600));
    (0..5).for_each(|_| halves.replies.add(60 * 3600));
    let read = line(&record(&[(0, halves)]), 0, Measure::ReplyTime);
    assert!((read.reading.value.unwrap() - 30.5).abs() < 0.3, "between the two in the middle: {read:?}");
}

#[test]
fn the_middle_of_the_marketplace_says_nothing_of_one_seller() {
    let cards: Vec<_> = [2, 4, 6, 8, 50].iter().map(|hits| card(&record(&[(0, incidents(*hits, 100))]), 0)).collect();
    let small = card(&record(&[(0, incidents(5, 5))]), 0);
    let medians = Medians::of(cards.iter().chain([&small]));
    assert_eq!(medians.get(Measure::Incidents), Some(6.0), "the small one is left out");
    assert_eq!(Medians::of(&cards[..4]).get(Measure::Incidents), None, "too few to stay unknown");
    let beside = cards[0].clone().beside(&medians);
    assert_eq!(beside.line(Measure::Incidents).unwrap().marketplace, Some(6.0));
    assert_eq!(beside.line(Measure::Refunds).unwrap().marketplace, None);
}

#[test]
fn rules_that_cannot_be_are_found() {
    assert_eq!(MeasureRules::default().faults(), []);
    assert_eq!(MeasureRules::default().0.len(), Measure::ALL.len());
    let rule = |measure, alert, limit, window_days, minimum| MeasureRule { measure, alert, limit, window_days, minimum };
    let wrong = MeasureRules(vec![
        rule(Measure::Incidents, 9.0, 8.0, 30, 25),
        rule(Measure::Incidents, 8.0, 101.0, 30, 25),
        rule(Measure::Rating, 3.0, 3.5, 0, 1),
    ]);
    assert_eq!(
        wrong.faults(),
        [
            (0, LimitFault::LimitBeforeAlert),
            (1, LimitFault::OutOfScale),
            (1, LimitFault::Twice),
            (2, LimitFault::LimitBeforeAlert),
            (2, LimitFault::Window),
            (2, LimitFault::Minimum),
        ]
    );
}

#[test]
fn what_was_not_shown_is_missing() {
    let checklist = Checklist { evidence_days: Some(365), ..Checklist::default() };
    let evidence = |capability, shown_by: &str, on| Evidence { capability, shown_by: shown_by.into(), on: day(on) };
    let shown = [
        evidence(Capability::Refunds, "Refunded 1001 by itself", 0),
        evidence(Capability::OrderTracking, " ", 0),
        evidence(Capability::BuyerNotices, "Test of notices", 400),
        evidence(Capability::Phone, "+33", 0),
    ];
    let readiness = checklist.readiness(&shown, day(365));
    assert_eq!(readiness.shown, Share { hits: 1, of: 4 });
    let missing: Vec<_> = readiness.missing.into_iter().collect();
    assert_eq!(missing, [Capability::OrderTracking, Capability::BuyerNotices, Capability::BusinessHours], "not shown, or not yet");
    assert_eq!(checklist.readiness(&shown, day(366)).shown.hits, 0, "too old");
}

fn calendar(hours: &[(&str, &str)]) -> BusinessCalendar {
    let hours: Vec<_> = hours.iter().map(|(opens, closes)| serde_json::json!({ "opens": opens, "closes": closes })).collect();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"].map(|day| (day.to_owned(), hours.clone()));
    let week: BTreeMap<_, _> = days.into();
    serde_json::from_value(serde_json::json!({ "timezone": "Europe/Paris", "week": week })).unwrap()
}

#[test]
fn a_shop_that_closes_at_lunch_is_seen() {
    for (hours, open, lunch_days, status) in [
        (&[("09:00", "18:00")][..], 45, 5, CoverageStatus::Enough),
        (&[("09:00", "12:00"), ("13:30", "18:00")], 37, 0, CoverageStatus::ClosedAtLunch),
        (&[("10:00", "15:00")], 25, 5, CoverageStatus::Low),
    ] {
        let covered = coverage(&calendar(hours), &CoverageRules::default(), day(0)).unwrap();
        assert_eq!((covered.open.num_hours(), covered.lunch_days, covered.status), (open, lunch_days, status), "{hours:?}");
    }
    // The week in which clocks go forward has an hour less, and no lunch less.
    let covered = coverage(&calendar(&[("00:00", "24:00")]), &CoverageRules::default(), day(21)).unwrap();
    assert_eq!((covered.open, covered.lunch_days), (TimeDelta::hours(120), 5));
}

proptest! {
    #[test]
    fn days_merge_into_the_window(parts in prop::collection::vec((0_u64..40, 0_u64..5, 0_u64..20, 0_u32..100_000), 0..40)) {
        let tally = |(_, hits, more, seconds): &(u64, u64, u64, u32)| {
            let mut tally = incidents(*hits, hits + more);
            tally.replies.add(*seconds);
            tally.late_shipments = Share { hits: *more, of: hits + more };
            tally
        };
        let (mut days, mut whole) = (BTreeMap::<NaiveDate, SellerTally>::new(), SellerTally::default());
        for part in &parts {
            days.entry(day(part.0)).or_default().merge(&tally(part));
            if (10..40).contains(&part.0) {
                whole.merge(&tally(part));
            }
        }
        let at_once = record(&[(39, whole)]);
        let by_day = SellerRecord { days, ..SellerRecord::default() };
        for measure in [Measure::Incidents, Measure::ReplyTime, Measure::LateShipments] {
            prop_assert_eq!(line(&by_day, 39, measure), line(&at_once, 39, measure));
        }
    }

    #[test]
    fn what_is_taken_out_leaves_no_trace(before in facts(), more in facts()) {
        let sum = |facts: &[Fact]| facts.iter().fold(SellerTally::default(), |mut tally, fact| {
            tally.add(*fact);
            tally
        });
        let mut tally = sum(&before);
        for fact in &more {
            tally.add(*fact);
        }
        for fact in &more {
            tally.remove(*fact).unwrap();
        }
        prop_assert_eq!(tally, sum(&before));
    }
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let counted = (0..Measure::ALL.len(), any::<bool>())
        .prop_map(|(index, wrong)| Fact::Counted { measure: Measure::ALL[index], went: if wrong { Went::Wrong } else { Went::Well } });
    let fact = prop_oneof![(0_u32..1_000_000).prop_map(|seconds| Fact::Replied { seconds }), counted];
    prop::collection::vec(fact, 0..30)
}
