//! The clocks of the law on real dates.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::domain::calendar::Place;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn france() -> LegalDays {
    LegalDays::new(Tz::Europe__Paris, Some(Place::find("FR", None).unwrap()))
}

fn window(received: &[Option<&str>], information: Information) -> WithdrawalWindow {
    let deliveries = Deliveries::Staggered { received: received.iter().map(|one| one.map(at)).collect() };
    WithdrawalWindow::of(&deliveries, information, &france())
}

fn last_day(window: WithdrawalWindow) -> NaiveDate {
    window.period().unwrap().last_day
}

#[test]
fn every_clock_has_its_rule_and_every_rule_its_article() {
    let today = date("2026-11-22");
    for clock in LegalClock::ALL {
        let rule = clock.rule_on(today).unwrap_or_else(|| panic!("{clock:?}"));
        assert!(!rule.article.is_empty() && !rule.starts.is_empty(), "{clock:?}");
        assert_eq!(LegalRule::ALL.iter().filter(|one| one.clock == clock && one.holds_on(today)).count(), 1, "{clock:?} twice");
    }
    assert_eq!(LegalClock::PlatformComplaint.rule_on(date("2024-02-16")), None, "not before it applied");
    assert_eq!(LegalClock::NonDeliveryRefund.rule_on(today).unwrap().reading, Reading::Unconfirmed);
}

#[test]
fn fourteen_days_leave_out_the_first_and_count_the_last_to_its_midnight() {
    for (received, last, why) in [
        ("2026-11-02T10:00:00Z", "2026-11-16", "Monday to Monday"),
        ("2026-11-07T10:00:00Z", "2026-11-23", "a Saturday gives a Monday"),
        ("2026-11-08T10:00:00Z", "2026-11-23", "a Sunday gives a Monday"),
        ("2026-12-11T10:00:00Z", "2026-12-28", "Christmas, a Friday, and the weekend after it"),
        ("2026-10-28T10:00:00Z", "2026-11-12", "11 November"),
        ("2026-11-01T23:30:00Z", "2026-11-16", "half past midnight in Paris is the next day"),
        ("2026-10-20T10:00:00Z", "2026-11-03", "over the night that is an hour longer"),
    ] {
        assert_eq!(last_day(window(&[Some(received)], Information::InTime)), date(last), "{why}");
    }
    let window = window(&[Some("2026-11-02T10:00:00Z")], Information::InTime);
    assert!(window.holds(at("2026-11-16T22:59:59Z")), "23:59:59 in Paris");
    assert!(!window.holds(at("2026-11-16T23:00:00Z")), "midnight in Paris");
}

#[test]
fn the_window_of_an_order_runs_from_its_last_piece() {
    let (first, last) = (Some("2026-11-02T10:00:00Z"), Some("2026-11-09T10:00:00Z"));
    assert_eq!(last_day(window(&[last, first], Information::InTime)), date("2026-11-23"));
    assert_eq!(window(&[first, None], Information::InTime), WithdrawalWindow::NotRunning);
    assert!(window(&[first, None], Information::InTime).holds(at("2030-01-01T00:00:00Z")));
    let regular = Deliveries::Regular { first: first.map(at) };
    assert_eq!(last_day(WithdrawalWindow::of(&regular, Information::InTime, &france())), date("2026-11-16"));
}

#[test]
fn who_was_not_told_has_twelve_months_more() {
    let received = [Some("2026-11-02T10:00:00Z")];
    assert_eq!(last_day(window(&received, Information::Missing)), date("2027-11-16"));
    for (told, last, why) in [
        ("2026-11-01T10:00:00Z", "2026-11-16", "before the goods came"),
        ("2026-11-05T10:00:00Z", "2026-11-19", "fourteen days from then"),
        ("2027-03-01T10:00:00Z", "2027-03-15", "within the extension"),
        ("2027-11-10T10:00:00Z", "2027-11-16", "never past the extension"),
    ] {
        assert_eq!(last_day(window(&received, Information::Late { at: at(told) })), date(last), "{why}");
    }
}

#[test]
fn a_refund_waits_for_goods_or_proof_where_it_may() {
    let (notice, days) = (at("2026-11-02T10:00:00Z"), france());
    let due = |wait, back: Option<&str>| RefundDue::after_withdrawal(notice, wait, back.map(at), &days);
    let last = |due: RefundDue| match due {
        RefundDue::Due(period) => Some(period.last_day),
        RefundDue::Held(_) => None,
    };
    assert_eq!(last(due(SellerMayWait::No, None)), Some(date("2026-11-16")));
    assert_eq!(last(due(SellerMayWait::Yes, None)), None);
    assert_eq!(last(due(SellerMayWait::Yes, Some("2026-11-05T10:00:00Z"))), Some(date("2026-11-16")), "early goods do not shorten it");
    assert_eq!(last(due(SellerMayWait::Yes, Some("2026-11-20T10:00:00Z"))), Some(date("2026-11-20")));
    let late = |paid: &str| due(SellerMayWait::No, None).days_late(at(paid), &days);
    assert_eq!(
        [late("2026-11-10T00:00:00Z"), late("2026-11-16T22:59:00Z"), late("2026-11-16T23:00:00Z"), late("2026-11-26T12:00:00Z")],
        [0, 0, 1, 10]
    );
    assert_eq!(due(SellerMayWait::Yes, None).days_late(at("2027-01-01T00:00:00Z"), &days), 0);
    assert_eq!(
        [way_back_cost(WayBackCost::Told), way_back_cost(WayBackCost::NotTold)].map(|bearer| format!("{bearer:?}")),
        ["Buyer", "Seller"]
    );
}

#[test]
fn conformity_lasts_two_years_and_grows_with_repairs() {
    let (delivered, days) = (at("2024-02-29T10:00:00Z"), france());
    let until = |done: &[Remedied]| conformity_until(delivered, done, &days).last_day;
    assert_eq!(until(&[]), date("2026-02-28"));
    assert_eq!(until(&[Remedied::Repaired { at: at("2025-06-01T10:00:00Z") }]), date("2026-08-28"));
    assert_eq!(until(&[Remedied::ReplacedAgainstWish { at: at("2025-06-01T10:00:00Z") }]), date("2027-06-01"));
    assert_eq!(until(&[Remedied::Repaired { at: at("2026-03-01T10:00:00Z") }]), date("2026-02-28"), "after its end");
    assert_eq!(presumed_until(delivered, Condition::Used, &days).last_day, date("2025-02-28"));
}

#[test]
fn only_two_exclusions_wait_for_the_seal() {
    let sealed: Vec<_> = WithdrawalExclusion::ALL.into_iter().filter(|one| one.needs_broken_seal()).collect();
    assert_eq!(sealed, [WithdrawalExclusion::HygieneUnsealed, WithdrawalExclusion::RecordingUnsealed]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_period_ends_at_a_midnight_no_earlier_than_its_days(minutes in 0_i64..6_000_000) {
        let (start, days) = (at("2024-01-02T00:00:00Z") + TimeDelta::minutes(minutes), france());
        for clock in LegalClock::ALL {
            let period = days.period(clock, start);
            prop_assert_eq!(days.date_of(period.ends_at - TimeDelta::nanoseconds(1)), period.last_day);
            prop_assert_eq!(days.date_of(period.ends_at), period.last_day + chrono::Days::new(1));
            prop_assert!(period.holds(start));
        }
        let window = days.period(LegalClock::WithdrawalWindow, start);
        let length = (window.last_day - days.date_of(start)).num_days();
        prop_assert!((14..=18).contains(&length), "{} days from {}", length, start);
        prop_assert_eq!(window.last_day, days.last_day(window.last_day, Length::Days(0), Roll::NextWorkingDay), "it ends on a working day");
    }
}
