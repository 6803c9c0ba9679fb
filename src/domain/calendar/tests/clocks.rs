//! Over the nights on which clocks change.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;

#[test]
fn local_times_become_instants() {
    for (zone, local, instant) in [
        // Spring: 02:00 to 03:00 does not exist.
        ("Europe/Paris", "2026-03-29T01:59:00", "2026-03-29T01:59:00+01:00"),
        ("Europe/Paris", "2026-03-29T02:00:00", "2026-03-29T03:00:00+02:00"),
        ("Europe/Paris", "2026-03-29T02:30:00", "2026-03-29T03:00:00+02:00"),
        ("Europe/Paris", "2026-03-29T03:00:00", "2026-03-29T03:00:00+02:00"),
        // Autumn: 02:00 to 03:00 exists twice.
        ("Europe/Paris", "2026-10-25T02:00:00", "2026-10-25T02:00:00+02:00"),
        ("Europe/Paris", "2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00"),
        ("Europe/Paris", "2026-10-25T03:00:00", "2026-10-25T03:00:00+01:00"),
        ("America/New_York", "2026-03-08T02:30:00", "2026-03-08T03:00:00-04:00"),
        ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T01:30:00-04:00"),
        // Lord Howe Island moves by half an hour.
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-04T02:30:00+11:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-05T01:45:00+11:00"),
        ("Australia/Lord_Howe", "2026-04-05T02:00:00", "2026-04-05T02:00:00+10:30"),
        // Samoa left out 30 December 2011.
        ("Pacific/Apia", "2011-12-29T23:59:00", "2011-12-29T23:59:00-10:00"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-31T00:00:00+14:00"),
        // Cairo leaps at midnight.
        ("Africa/Cairo", "2026-04-24T00:00:00", "2026-04-24T01:00:00+03:00"),
    ] {
        assert_eq!(wall::first_instant(zone.parse().unwrap(), local.parse().unwrap()), at(instant), "{zone} {local}");
    }
}

#[test]
fn days_are_as_long_as_they_were() {
    for (zone, day, minutes) in [
        ("Europe/Paris", "2026-03-29", 23 * 60),
        ("Europe/Paris", "2026-10-25", 25 * 60),
        ("Europe/Paris", "2026-10-26", 24 * 60),
        ("America/New_York", "2026-03-08", 23 * 60),
        ("America/New_York", "2026-11-01", 25 * 60),
        ("Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30),
        ("Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Africa/Cairo", "2026-04-24", 23 * 60),
    ] {
        let calendar = daily(zone, &["00:00-08:00", "08:00-24:00"]);
        let length: TimeDelta = calendar.openings_on(date(day)).unwrap().map(|opening| opening.end - opening.start).sum();
        assert_eq!(length, TimeDelta::minutes(minutes), "{zone} {day}");
    }
}

#[test]
fn night_openings_over_a_change_of_clocks() {
    for (openings, zone, from, to, minutes) in [
        // The opening loses what the gap takes, or is not there at all.
        (&["01:00-02:30"][..], "Europe/Paris", "2026-03-29T00:00:00+01:00", "2026-03-29T12:00:00+02:00", 60),
        (&["02:10-02:50"], "Europe/Paris", "2026-03-29T00:00:00+01:00", "2026-03-29T12:00:00+02:00", 0),
        (&["02:30-04:00"], "Europe/Paris", "2026-03-29T00:00:00+01:00", "2026-03-29T12:00:00+02:00", 60),
        // Closing at the first 02:30 it stays shut in the second; opening at the first it stays open through the second.
        (&["01:00-02:30"], "Europe/Paris", "2026-10-25T00:00:00+02:00", "2026-10-25T12:00:00+01:00", 90),
        (&["02:30-04:00"], "Europe/Paris", "2026-10-25T00:00:00+02:00", "2026-10-25T12:00:00+01:00", 150),
        (&["01:00-02:30", "02:30-04:00"], "Europe/Paris", "2026-10-25T00:00:00+02:00", "2026-10-25T12:00:00+01:00", 240),
        (&["01:00-03:00"], "Australia/Lord_Howe", "2026-10-04T00:00:00+10:30", "2026-10-04T12:00:00+11:00", 90),
        (&["01:00-03:00"], "Australia/Lord_Howe", "2026-04-05T00:00:00+11:00", "2026-04-05T12:00:00+10:30", 150),
    ] {
        let calendar = daily(zone, openings);
        assert_eq!(calendar.between(at(from), at(to)).unwrap(), TimeDelta::minutes(minutes), "{openings:?} {zone} {from}");
    }
}

#[test]
fn open_hours_are_added_over_a_change_of_clocks() {
    for (zone, openings, start, hours, due) in [
        // Friday to Monday, over the spring weekend: the office hours do not feel it.
        ("Europe/Paris", "09:00-17:00", "2026-03-27T16:00:00+01:00", 2, "2026-03-30T10:00:00+02:00"),
        ("Europe/Paris", "00:00-24:00", "2026-03-27T23:00:00+01:00", 2, "2026-03-30T01:00:00+02:00"),
        ("America/New_York", "09:00-17:00", "2026-10-30T16:00:00-04:00", 2, "2026-11-02T10:00:00-05:00"),
        ("Pacific/Apia", "09:00-17:00", "2011-12-29T16:00:00-10:00", 2, "2012-01-02T10:00:00+14:00"),
    ] {
        assert_eq!(weekdays(zone, &[openings]).add(at(start), open(hours)), Ok(at(due)), "{zone} {start}");
    }
    // Round the clock every day, 24 open hours are 24 hours, whatever the wall says.
    let always = daily("Europe/Paris", &["00:00-24:00"]);
    assert_eq!(always.add(at("2026-03-28T12:00:00+01:00"), open(24)), Ok(at("2026-03-29T13:00:00+02:00")));
    assert_eq!(always.add(at("2026-10-24T12:00:00+02:00"), open(24)), Ok(at("2026-10-25T11:00:00+01:00")));
}

#[test]
fn a_skipped_date_is_no_working_day() {
    let calendar = weekdays("Pacific/Apia", &["09:00-17:00"]);
    // Friday 30 December 2011 never was: the next working day after Thursday is Monday.
    assert_eq!(calendar.add(at("2011-12-29T10:00:00-10:00"), working_days(1)), Ok(at("2012-01-02T17:00:00+14:00")));
}

#[test]
fn a_date_does_not_come_back_when_the_clock_goes_back_over_midnight() {
    // St John's went back at 00:01 until 2011: 23:01 to 00:01 was there twice.
    let calendar = daily("America/St_Johns", &["00:00-24:00"]);
    let second_pass = at("2010-11-06T23:30:00-03:30");
    assert_eq!(calendar.date_of(second_pass), Ok(date("2010-11-07")));
    assert_eq!(calendar.is_open(second_pass), Ok(true));
    assert_eq!(calendar.add(second_pass, open(2)), Ok(second_pass + TimeDelta::hours(2)));
    let mornings = daily("America/St_Johns", &["00:00-00:30"]);
    assert!(mornings.add(second_pass, working_days(1)).unwrap() > second_pass);
}

const ZONES: &[&str] = &[
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
    "Africa/Cairo",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Antarctica/Troll",
    "Pacific/Kwajalein",
    "UTC",
];

/// Minutes since 2000, anywhere up to 2040 or close to a night on which some of the zones change their clocks.
fn any_minutes() -> impl Strategy<Value = i64> {
    let nights = ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2010-11-07", "2011-12-30", "2026-04-24"];
    let minutes = nights.map(|night| (date(night) - date("2000-01-01")).num_minutes());
    prop_oneof![0..40 * 366 * 24 * 60_i64, (prop::sample::select(minutes.to_vec()), -120..300_i64).prop_map(|(night, off)| night + off)]
}

proptest! {
    /// The definition, word for word: the clock shows `local` or later at that instant, and at no earlier one.
    #[test]
    fn an_instant_is_the_first(minutes in any_minutes(), back in 1..200_000_i64) {
        let local: NaiveDateTime = "2000-01-01T00:00:00".parse::<NaiveDateTime>().unwrap() + TimeDelta::minutes(minutes);
        for zone in ZONES {
            let zone: Tz = zone.parse().unwrap();
            let first = wall::first_instant(zone, local);
            let shown = |at: DateTime<Utc>| zone.from_utc_datetime(&at.naive_utc()).naive_local();
            prop_assert!(shown(first) >= local);
            // An hour before, because that is how far most clocks go back.
            for back in [1, 1800, 3600, back] {
                prop_assert!(shown(first - TimeDelta::seconds(back)) < local, "{} {} - {} s", zone, local, back);
            }
        }
    }
}
