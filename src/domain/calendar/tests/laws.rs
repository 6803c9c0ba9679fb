//! What holds for every calendar.

use proptest::prelude::*;

use super::*;

/// Openings from an even number of different quarters of an hour.
fn any_hours() -> impl Strategy<Value = Vec<Hours>> {
    prop::collection::btree_set(0_u16..=96, 0..8).prop_map(|quarters| {
        let times: Vec<LocalTime> =
            quarters.iter().map(|quarter| format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15).parse().unwrap()).collect();
        times.chunks_exact(2).map(|pair| Hours::new(pair[0], pair[1]).unwrap()).collect()
    })
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0..120_u64).prop_map(|days| date("2026-02-15") + chrono::Days::new(days))
}

/// Always with some hours on Wednesdays, so that it opens again after any of its closures.
pub(super) fn any_calendar() -> impl Strategy<Value = BusinessCalendar> {
    let zones = vec!["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC"];
    let places = vec![None, Some(("FR", None)), Some(("FR", Some("57"))), Some(("US", None)), Some(("GB", Some("SCT")))];
    let closures = prop::collection::vec((any_day(), 0..20_u64), 0..3);
    let extras = prop::collection::btree_map(any_day(), any_hours(), 0..3);
    let week = prop::array::uniform7(any_hours());
    (prop::sample::select(zones), week, prop::sample::select(places), closures, extras).prop_map(
        |(zone, mut week, place, closures, extras)| {
            if week[2].is_empty() {
                week[2].push(Hours::ALL_DAY);
            }
            let closure = |(first, days)| Closure::new(first, first + chrono::Days::new(days), "closed".into()).unwrap();
            let extra = |(date, hours)| ExtraOpening::new(date, hours, "extra".into()).ok();
            BusinessCalendar {
                timezone: zone.parse().unwrap(),
                week: Week::new(week).unwrap(),
                holidays: place.map(|(country, region)| Place::find(country, region).unwrap()),
                closures: closures.into_iter().map(closure).collect(),
                extra_openings: extras.into_iter().filter_map(extra).collect(),
            }
        },
    )
}

/// Spring and autumn 2026, so that both changes of clocks are often near: to the millisecond, or on a quarter of an hour, as
/// openings are.
pub(super) fn any_moment() -> impl Strategy<Value = DateTime<Utc>> {
    let millis = prop_oneof![0..40 * 86_400_000_i64, (0..40 * 96_i64).prop_map(|quarters| quarters * 900_000)];
    (prop::sample::select(vec!["2026-03-01T00:00:00Z", "2026-10-10T00:00:00Z"]), millis)
        .prop_map(|(start, millis)| at(start) + TimeDelta::milliseconds(millis))
}

pub(super) fn any_open() -> impl Strategy<Value = BusinessDuration> {
    let seconds = prop_oneof![0..200 * 3600_i64, (0..800_i64).prop_map(|quarters| quarters * 900)];
    seconds.prop_map(|seconds| BusinessDuration::Open(seconds.try_into().unwrap()))
}

pub(super) fn any_duration() -> impl Strategy<Value = BusinessDuration> {
    prop_oneof![
        any_open(),
        (0..3000_u16).prop_map(|minutes| BusinessDuration::Wall(Span::minutes(minutes))),
        (1..12_u16).prop_map(working_days),
    ]
}

proptest! {
    #[test]
    fn adding_and_measuring_are_inverse(calendar in any_calendar(), start in any_moment(), length in any_open()) {
        let BusinessDuration::Open(span) = length else { unreachable!() };
        let end = calendar.add(start, length).unwrap();
        prop_assert_eq!(calendar.between(start, end).unwrap(), span.length());
        // And it is the first such moment.
        if end > start {
            prop_assert!(calendar.between(start, end - TimeDelta::nanoseconds(1)).unwrap() < span.length());
        }
    }

    #[test]
    fn nothing_ends_before_it_starts(calendar in any_calendar(), start in any_moment(), length in any_duration()) {
        prop_assert!(calendar.add(start, length).unwrap() >= start);
    }

    #[test]
    fn who_starts_later_ends_no_earlier(calendar in any_calendar(), one in any_moment(), other in any_moment(), length in any_duration()) {
        prop_assert!(calendar.add(one.min(other), length).unwrap() <= calendar.add(one.max(other), length).unwrap());
    }

    #[test]
    fn who_has_longer_ends_no_earlier(calendar in any_calendar(), start in any_moment(), one in 0..90_000_i64, more in 0..90_000_i64) {
        let open = |seconds: i64| BusinessDuration::Open(seconds.try_into().unwrap());
        prop_assert!(calendar.add(start, open(one)).unwrap() <= calendar.add(start, open(one + more)).unwrap());
    }

    #[test]
    fn open_time_adds_up(calendar in any_calendar(), mut moments in prop::array::uniform3(any_moment())) {
        moments.sort_unstable();
        let [a, b, c] = moments;
        let between = |from, to| calendar.between(from, to).unwrap();
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert_eq!(between(c, a), -between(a, c));
        prop_assert!(between(a, c) <= c - a && between(a, c) >= TimeDelta::zero());
    }

    #[test]
    fn a_promise_is_open_or_the_moment_of_closing(calendar in any_calendar(), deadline in any_moment()) {
        let promise = calendar.promise(deadline).unwrap();
        let just_before = promise - TimeDelta::nanoseconds(1);
        prop_assert!(promise >= deadline);
        prop_assert!(calendar.is_open(promise).unwrap() || calendar.is_open(just_before).unwrap());
        prop_assert_eq!(calendar.promise(promise).unwrap(), promise);
        prop_assert_eq!(calendar.between(deadline, promise).unwrap(), TimeDelta::zero());
    }

    #[test]
    fn open_time_that_has_run_out_can_be_promised(calendar in any_calendar(), start in any_moment(), length in any_open()) {
        prop_assume!(length != open(0));
        let due = calendar.add(start, length).unwrap();
        prop_assert_eq!(calendar.promise(due).unwrap(), due);
    }

    #[test]
    fn openings_and_closings_are_where_it_changes(calendar in any_calendar(), moment in any_moment()) {
        let hair = TimeDelta::nanoseconds(1);
        let opening = calendar.next_opening(moment).unwrap();
        prop_assert!(opening >= moment && calendar.is_open(opening).unwrap());
        prop_assert!(opening == moment || !calendar.is_open(opening - hair).unwrap());
        if let Some(closing) = calendar.next_closing(moment).unwrap() {
            prop_assert!(closing > opening && !calendar.is_open(closing).unwrap() && calendar.is_open(closing - hair).unwrap());
            prop_assert_eq!(calendar.between(opening, closing).unwrap(), closing - opening);
        }
    }

    /// Slowly, minute by minute, by the definition of an opening alone: the wall clock, and no use of instants of openings.
    #[test]
    fn measuring_agrees_with_looking_at_the_clock_each_minute(calendar in any_calendar(), start in any_moment(), minutes in 0..3000_i64) {
        let start = start - TimeDelta::nanoseconds(start.timestamp_nanos_opt().unwrap() % 60_000_000_000);
        let shows = |at: DateTime<Utc>| at.with_timezone(&calendar.timezone()).naive_local();
        // A second pass through an hour goes on as the first one ended: what counts is the latest time shown so far.
        let (mut latest, mut open) = (shows(start - TimeDelta::hours(3)), 0);
        for minute in -180..minutes {
            latest = latest.max(shows(start + TimeDelta::minutes(minute)));
            let hours = calendar.day(latest.date()).unwrap().hours();
            let is_open = hours.iter().any(|hours| hours.opens().on(latest.date()) <= latest && latest < hours.closes().on(latest.date()));
            open += i64::from(minute >= 0 && is_open);
        }
        prop_assert_eq!(calendar.between(start, start + TimeDelta::minutes(minutes)).unwrap(), TimeDelta::minutes(open));
    }

    #[test]
    fn a_calendar_that_is_always_open_is_a_clock(start in any_moment(), length in any_open()) {
        let BusinessDuration::Open(span) = length else { unreachable!() };
        let quick = BusinessCalendar::always_open(chrono_tz::Europe::Paris);
        // The same hours with a closure long past, so that days are walked.
        let walked = BusinessCalendar { closures: vec![Closure::new(date("2000-01-01"), date("2000-01-01"), "x".into()).unwrap()], ..quick.clone() };
        for calendar in [quick, walked] {
            prop_assert_eq!(calendar.add(start, length).unwrap(), start + span.length());
            prop_assert_eq!(calendar.between(start, start + span.length()).unwrap(), span.length());
            prop_assert_eq!(calendar.promise(start).unwrap(), start);
        }
    }

    #[test]
    fn a_calendar_survives_being_written(calendar in any_calendar()) {
        let written = serde_json::to_string(&calendar).unwrap();
        prop_assert_eq!(serde_json::from_str::<BusinessCalendar>(&written).unwrap(), calendar);
    }
}
