//! What reports do to what is known, and what is news.

use chrono::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::domain::money::Money;

fn at(hours: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 0, 0, 0).unwrap() + TimeDelta::hours(hours)
}

fn report(reported: i64, promised: Option<i64>, delivered: Option<i64>) -> ShipmentReport {
    ShipmentReport {
        order: OrderId::from_uuid(uuid::Uuid::nil()),
        external_id: "P1".into(),
        carrier: None,
        tracking_number: None,
        tracking_url: None,
        lines: vec![ShippedLine { line: "1".into(), quantity: 1 }],
        promised_at: promised.map(at),
        shipped_at: None,
        delivered_at: delivered.map(at),
        reported_at: at(reported),
    }
}

fn told(shipment: &Shipment, now: i64) -> Option<(NoticeKind, String)> {
    shipment.news(chrono_tz::Europe::Paris, at(now)).map(|news| (news.kind, news.day.to_string()))
}

#[test]
fn a_promise_is_news_when_it_moves_to_a_later_day_or_passes() {
    let first = Shipment::after(None, report(0, Some(48), None), at(0)).unwrap();
    assert_eq!((first.due_at, told(&first, 0)), (Some(at(48)), None), "a promise is no news");
    let same_day = Shipment::after(Some(&first), report(1, Some(50), None), at(1)).unwrap();
    assert_eq!(told(&same_day, 1), None, "the same day is no move");
    let later = Shipment::after(Some(&first), report(1, Some(96), None), at(1)).unwrap();
    assert_eq!((later.due_at, told(&later, 1)), (Some(at(1)), Some((NoticeKind::Moved, "2026-11-26".into()))));
    let known = later.looked_at(at(1));
    assert_eq!((known.due_at, told(&known, 2)), (Some(at(96)), None), "told once");
    assert_eq!(told(&known, 96), Some((NoticeKind::Passed, "2026-11-26".into())));
    assert_eq!(known.looked_at(at(96)).due_at, None);
    let sooner = Shipment::after(Some(&known), report(3, Some(24), None), at(3)).unwrap();
    assert_eq!((sooner.due_at, told(&sooner, 3)), (Some(at(24)), None), "sooner is no bad news");
    let there = Shipment::after(Some(&later), report(4, Some(96), Some(4)), at(4)).unwrap();
    assert_eq!((there.due_at, told(&there, 100)), (None, None), "delivered is delivered");
    let old = Shipment::after(None, report(0, Some(-24 * 20), None), at(0)).unwrap();
    assert_eq!((old.due_at, told(&old, 0)), (None, None), "history is no news");
    // The day is the marketplace's: 23:30 in London is the next day in Paris.
    let evening = Shipment::after(None, report(0, Some(46), None), at(0)).unwrap();
    let night = Shipment::after(Some(&evening), report(1, Some(47), None), at(1)).unwrap();
    assert_eq!(told(&night, 1), Some((NoticeKind::Moved, "2026-11-24".into())));
}

#[test]
fn a_late_report_changes_nothing() {
    let delivered = Shipment::after(None, report(10, Some(48), Some(9)), at(10)).unwrap();
    assert_eq!(Shipment::after(Some(&delivered), report(5, Some(48), None), at(11)), None);
    assert_eq!(Shipment::after(Some(&delivered), report(10, Some(48), Some(9)), at(11)), None, "the same again");
    let corrected = Shipment::after(Some(&delivered), report(12, Some(48), None), at(12)).unwrap();
    assert_eq!((corrected.known.delivered_at, corrected.due_at), (None, Some(at(48))), "a newer one corrects");
}

#[test]
fn a_case_is_during_the_order_until_its_line_was_delivered() {
    use CasePhase::{AfterSale, DuringOrder};
    let price = Money { minor: 100, currency: "EUR".parse().unwrap() };
    let line = |id: &str, quantity| OrderLine {
        external_id: id.into(),
        title: String::new(),
        sku: None,
        category: None,
        quantity,
        unit_price: price,
    };
    let order = [line("1", 2), line("2", 1)];
    let parcel = |id: &str, quantity, delivered: Option<i64>| {
        let lines = vec![ShippedLine { line: id.into(), quantity }];
        Shipment::after(None, ShipmentReport { lines, ..report(0, Some(48), delivered) }, at(0)).unwrap()
    };
    assert_eq!(phase(&order, &[], None), None, "nothing is known");
    let half = [parcel("1", 1, Some(1))];
    assert_eq!(phase(&order, &half, Some("1")), Some(DuringOrder), "one of two");
    let whole = [parcel("1", 1, Some(1)), parcel("1", 1, Some(2))];
    assert_eq!(phase(&order, &whole, Some("1")), Some(AfterSale));
    assert_eq!(phase(&order, &whole, Some("2")), Some(DuringOrder), "not sent yet");
    assert_eq!(phase(&order, &whole, None), Some(DuringOrder));
    let all = [whole.as_slice(), &[parcel("2", 1, Some(3))]].concat();
    assert_eq!(phase(&order, &all, None), Some(AfterSale));
    assert_eq!(phase(&order, &[parcel("2", 1, None)], Some("2")), Some(DuringOrder));
}

proptest! {
    /// In whatever order reports come, and however often, what is known in the end is the newest of them.
    #[test]
    fn the_newest_report_is_what_is_known(stories in prop::collection::vec((0_i64..20, prop::option::of(0_i64..200), prop::option::of(0_i64..50)), 1..12)) {
        let mut known: Option<Shipment> = None;
        for (reported, promised, delivered) in &stories {
            let next = Shipment::after(known.as_ref(), report(*reported, *promised, *delivered), at(20));
            known = next.or(known);
        }
        let newest = stories.iter().map(|story| story.0).max().unwrap();
        let known = known.unwrap();
        prop_assert_eq!(known.known.reported_at, at(newest));
        prop_assert!(known.known.delivered_at.is_none() || known.due_at.is_none());
    }
}
