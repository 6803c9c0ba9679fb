//! The clocks of the law, and what it costs to miss them.

use chrono::{Days, NaiveDate};

use super::*;
use crate::domain::money::BasisPoints;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn late(days: u64, reading: InterestReading) -> LatePayment {
    let due = date("2026-03-01");
    let (principal, price) = (eur(10_000), eur(9_500));
    LatePayment { principal, price, due, paid: due + Days::new(days), legal_rate: BasisPoints::new(665).unwrap(), reading }
}

/// Art. L242-4 on 100.00 of which 95.00 are the price, at a legal rate of 6.65 %.
#[test]
fn a_late_refund_after_a_withdrawal() {
    let law = LateLaw::find(RefundBasis::Withdrawal, date("2026-02-01")).unwrap();
    for (days, amount) in [
        (0, 0),
        (1, 665),
        (10, 665),
        (11, 500),
        (20, 500),
        (21, 1000),
        (30, 1000),
        (31, 2000),
        (60, 2000),
        (61, 5000),
        (90, 5000),
        (91, 5500),
        (120, 5500),
        (121, 6000),
        (330, 9000),
        // The price is reached with the ninth new month, which begins on day 331; interest runs on from there.
        (331, 9502),
        (340, 9518),
        (331 + 364, 9500 + 665),
    ] {
        let increase = late(days, InterestReading::AtOnce).increase(law).unwrap();
        assert_eq!((increase.days, increase.amount), (i64::try_from(days).unwrap(), eur(amount)), "{days} days");
    }
    let early = LatePayment { paid: date("2026-02-01"), ..late(0, InterestReading::AtOnce) };
    assert_eq!(early.increase(law).unwrap(), LateIncrease { days: 0, amount: eur(0) });
    for (days, amount) in [(1, 2), (5, 9), (10, 18), (11, 500)] {
        assert_eq!(late(days, InterestReading::PerYear).increase(law).unwrap().amount, eur(amount), "{days} days, by the year");
    }
}

/// Art. L241-4 in its two texts.
#[test]
fn a_late_refund_for_want_of_delivery() {
    for (contract, days, amount) in [
        ("2026-02-01", 0, 0),
        ("2026-02-01", 1, 1000),
        ("2026-02-01", 14, 1000),
        ("2026-02-01", 15, 2000),
        ("2026-02-01", 30, 2000),
        ("2026-02-01", 31, 5000),
        ("2026-02-01", 400, 5000),
        ("2022-01-01", 15, 2000),
        ("2021-12-31", 15, 1000),
        ("2021-12-31", 31, 2000),
        ("2021-12-31", 61, 5000),
    ] {
        let law = LateLaw::find(RefundBasis::NonDelivery, date(contract)).unwrap();
        assert_eq!(late(days, InterestReading::AtOnce).increase(law).unwrap().amount, eur(amount), "{contract}, {days} days");
    }
}

#[test]
fn there_is_one_law_for_a_date_and_none_is_made_up() {
    for contract in ["2016-07-01", "2021-12-31", "2022-01-01", "2030-01-01"] {
        for basis in [RefundBasis::Withdrawal, RefundBasis::NonDelivery] {
            assert!(LateLaw::find(basis, date(contract)).is_some(), "{basis:?} {contract}");
        }
        assert_eq!(LateLaw::find(RefundBasis::LegalConformity, date(contract)), None);
        assert_eq!(LateLaw::find(RefundBasis::Commercial, date(contract)), None);
    }
    assert_eq!(LateLaw::find(RefundBasis::Withdrawal, date("2016-06-30")), None);
}

/// In Paris; the clocks go forward on 29 March 2026.
#[test]
fn fourteen_days_end_at_midnight_and_may_wait_for_the_goods() {
    let paris = chrono_tz::Europe::Paris;
    let notice = instant("2026-03-20T22:30:00Z");
    for (hold, due) in [
        (Hold::Never, Some("2026-04-03T22:00:00Z")),
        (Hold::Waiting, None),
        (Hold::Over { since: instant("2026-03-25T08:00:00Z") }, Some("2026-04-03T22:00:00Z")),
        (Hold::Over { since: instant("2026-04-10T08:00:00Z") }, Some("2026-04-10T08:00:00Z")),
    ] {
        assert_eq!(RefundClock::withdrawal(notice, hold).due_at(paris), due.map(instant), "{hold:?}");
    }
    assert_eq!(RefundClock::non_delivery(notice, 14).due_at(chrono_tz::UTC), Some(instant("2026-04-04T00:00:00Z")));
}

/// Noticed on 1 January at noon: due until 15 January in Paris. 65.87 are owed, of which 59.97 are the price.
#[test]
fn a_refund_tells_what_it_costs_to_pay_it_late() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let clock = |hold| RefundMove::Establish { clock: RefundClock::withdrawal(at(12), hold) };
    let terms = LateTerms {
        contract: date("2026-01-01"),
        legal_rate: BasisPoints::percent(6),
        reading: InterestReading::AtOnce,
        timezone: ground.timezone,
    };
    let granted = asked(Asked::Everything, RefundBasis::Withdrawal, &people.buyer, &ground).after(&full(), &people.seller, &ground);
    assert_eq!(granted.late_increase(at(0), terms), Ok(None), "no clock yet");
    let held = granted.after(&clock(Hold::Waiting), &Who::System, &ground);
    assert_eq!(held.late_increase(at(10_000), terms), Ok(None), "it waits for the goods");
    let running = held.after(&clock(Hold::Never), &Who::System, &ground);
    for (day, days, amount) in
        [(13, 0, 0), (14, 0, 0), (15, 1, 395), (24, 10, 395), (25, 11, 329), (74, 60, 1317), (1000, 986, 5997 + 395 + 315)]
    {
        let increase = running.late_increase(at(day * 24 + 12), terms).unwrap().unwrap();
        assert_eq!((increase.days, increase.amount), (days, eur(amount)), "on day {day}");
    }
    let gesture = asked(Asked::Everything, RefundBasis::Commercial, &people.buyer, &ground).after(&full(), &people.seller, &ground);
    assert_eq!(gesture.late_increase(at(10_000), terms), Ok(None), "no law is made up");
}
