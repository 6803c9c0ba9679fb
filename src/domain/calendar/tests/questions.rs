//! Each question with dates that can be checked against a wall calendar.

use super::*;

#[test]
fn whether_it_is_open() {
    let office = office();
    for (moment, open) in [
        ("2026-06-01T08:59:59+02:00", false),
        ("2026-06-01T09:00:00+02:00", true),
        ("2026-06-01T12:29:59+02:00", true),
        ("2026-06-01T12:30:00+02:00", false),
        ("2026-06-01T18:00:00+02:00", false),
        ("2026-06-06T10:00:00+02:00", false), // Saturday
        ("2026-07-14T10:00:00+02:00", false), // the national day
        ("2026-08-10T10:00:00+02:00", false), // the summer closure
        ("2026-08-16T10:00:00+02:00", false),
        ("2026-08-17T10:00:00+02:00", true),
        ("2026-12-20T10:00:00+01:00", true), // the open Sunday
        ("2026-12-13T10:00:00+01:00", false),
    ] {
        assert_eq!(office.is_open(at(moment)), Ok(open), "{moment}");
    }
}

#[test]
fn why_it_is_shut() {
    let office = office();
    assert!(matches!(office.day(date("2026-06-01")), Ok(Day::Working([_, _]))));
    assert!(matches!(office.day(date("2026-06-06")), Ok(Day::DayOff)));
    assert!(matches!(office.day(date("2026-07-14")), Ok(Day::Holiday(holiday)) if holiday.name_fr == Some("Fête nationale")));
    // 15 August is a holiday as well; what people decided themselves comes first.
    assert!(matches!(office.day(date("2026-08-15")), Ok(Day::Closed(closure)) if closure.label() == "congés d'été"));
    assert!(matches!(office.day(date("2026-12-20")), Ok(Day::Extra(extra)) if extra.hours()[0].to_string() == "10:00-16:00"));
}

#[test]
fn an_extra_opening_beats_a_holiday() {
    let mut form = serde_json::to_value(office()).unwrap();
    form["extraOpenings"] = json!([{ "date": "2026-11-11", "hours": hours(&["10:00-12:00"]), "label": "Armistice, matin" }]);
    let calendar = built(&form);
    assert_eq!(calendar.between(at("2026-11-11T00:00:00+01:00"), at("2026-11-12T00:00:00+01:00")), Ok(TimeDelta::hours(2)));
}

#[test]
fn the_next_opening_and_closing() {
    let office = office();
    for (moment, opens, closes) in [
        ("2026-06-01T07:00:00+02:00", "2026-06-01T09:00:00+02:00", "2026-06-01T12:30:00+02:00"),
        ("2026-06-01T10:00:00+02:00", "2026-06-01T10:00:00+02:00", "2026-06-01T12:30:00+02:00"),
        ("2026-06-01T12:30:00+02:00", "2026-06-01T13:30:00+02:00", "2026-06-01T18:00:00+02:00"),
        ("2026-06-05T18:00:00+02:00", "2026-06-08T09:00:00+02:00", "2026-06-08T12:30:00+02:00"),
        ("2026-07-31T18:30:00+02:00", "2026-08-17T09:00:00+02:00", "2026-08-17T12:30:00+02:00"),
        ("2026-04-30T19:00:00+02:00", "2026-05-04T09:00:00+02:00", "2026-05-04T12:30:00+02:00"), // Labour Day is a Friday
    ] {
        assert_eq!(office.next_opening(at(moment)), Ok(at(opens)), "{moment}");
        assert_eq!(office.next_closing(at(moment)), Ok(Some(at(closes))), "{moment}");
    }
    // Openings that touch at midnight are one: from Monday 00:00 to Friday 24:00.
    let all_week = weekdays("Europe/Paris", &["00:00-24:00"]);
    assert_eq!(all_week.next_closing(at("2026-06-01T10:00:00+02:00")), Ok(Some(at("2026-06-06T00:00:00+02:00"))));
    assert_eq!(daily("Europe/Paris", &["00:00-12:00", "12:00-24:00"]).next_closing(at("2026-06-01T10:00:00+02:00")), Ok(None));
    assert_eq!(BusinessCalendar::always_open(chrono_tz::UTC).next_closing(at("2026-06-01T10:00:00Z")), Ok(None));
}

#[test]
fn open_hours_pass() {
    let office = office();
    for (start, hours, due) in [
        ("2026-06-01T09:00:00+02:00", 0, "2026-06-01T09:00:00+02:00"),
        ("2026-06-01T09:00:00+02:00", 8, "2026-06-01T18:00:00+02:00"), // ends with the closing
        ("2026-06-01T12:00:00+02:00", 1, "2026-06-01T14:00:00+02:00"), // over lunch
        ("2026-06-05T17:00:00+02:00", 2, "2026-06-08T10:00:00+02:00"), // over a weekend
        ("2026-06-06T12:00:00+02:00", 1, "2026-06-08T10:00:00+02:00"), // from a Saturday
        ("2026-07-13T17:00:00+02:00", 2, "2026-07-15T10:00:00+02:00"), // over the national day
        ("2026-07-31T17:00:00+02:00", 2, "2026-08-17T10:00:00+02:00"), // over the closure
        ("2026-06-01T09:00:00+02:00", 48, "2026-06-08T18:00:00+02:00"), // six days of eight hours
        ("2026-12-18T17:00:00+01:00", 3, "2026-12-20T12:00:00+01:00"), // into the open Sunday
    ] {
        assert_eq!(office.add(at(start), open(hours)), Ok(at(due)), "{start} + {hours} h");
        assert_eq!(office.between(at(start), at(due)), Ok(TimeDelta::hours(i64::from(hours))), "{start} + {hours} h");
        assert_eq!(office.between(at(due), at(start)), Ok(-TimeDelta::hours(i64::from(hours))), "{start} + {hours} h");
    }
}

#[test]
fn wall_time_passes_whatever_is_open() {
    let two_days = BusinessDuration::Wall(Span::hours(48));
    assert_eq!(office().add(at("2026-03-28T12:00:00+01:00"), two_days), Ok(at("2026-03-30T13:00:00+02:00")));
    assert_eq!(office().add(at("2050-01-01T00:00:00Z"), two_days), Ok(at("2050-01-03T00:00:00Z")));
}

#[test]
fn working_days_pass() {
    let office = office();
    for (start, days, due) in [
        ("2026-06-01T10:00:00+02:00", 1, "2026-06-02T18:00:00+02:00"),
        ("2026-06-01T23:00:00+02:00", 1, "2026-06-02T18:00:00+02:00"), // the hour of the start does not matter
        ("2026-06-05T10:00:00+02:00", 3, "2026-06-10T18:00:00+02:00"), // over a weekend
        ("2026-06-06T10:00:00+02:00", 1, "2026-06-08T18:00:00+02:00"), // from a Saturday
        ("2026-05-13T10:00:00+02:00", 1, "2026-05-15T18:00:00+02:00"), // over Ascension Day
        ("2026-07-31T10:00:00+02:00", 1, "2026-08-17T18:00:00+02:00"), // over the closure
        ("2026-12-18T10:00:00+01:00", 1, "2026-12-20T16:00:00+01:00"), // the open Sunday counts, and closes early
        ("2026-12-24T10:00:00+01:00", 5, "2027-01-04T18:00:00+01:00"), // over Christmas and the new year
    ] {
        assert_eq!(office.add(at(start), working_days(days)), Ok(at(due)), "{start} + {days} d");
        assert_eq!(office.working_days_between(at(start), at(due)), Ok(days), "{start} + {days} d");
    }
    let always = BusinessCalendar::always_open(chrono_tz::Europe::Paris);
    assert_eq!(always.add(at("2026-03-27T10:00:00+01:00"), working_days(2)), Ok(at("2026-03-30T00:00:00+02:00")));
}

#[test]
fn a_promise_can_be_kept() {
    let office = office();
    for (deadline, promise) in [
        ("2026-06-01T10:00:00+02:00", "2026-06-01T10:00:00+02:00"),
        ("2026-06-01T18:00:00+02:00", "2026-06-01T18:00:00+02:00"), // by the closing
        ("2026-06-01T18:00:01+02:00", "2026-06-02T09:00:00+02:00"),
        ("2026-06-01T13:00:00+02:00", "2026-06-01T13:30:00+02:00"), // lunch
        ("2026-06-07T10:00:00+02:00", "2026-06-08T09:00:00+02:00"), // Sunday
        ("2026-08-15T10:00:00+02:00", "2026-08-17T09:00:00+02:00"),
    ] {
        assert_eq!(office.promise(at(deadline)), Ok(at(promise)), "{deadline}");
    }
}

#[test]
fn holidays_of_a_region() {
    let mut form = serde_json::to_value(weekdays("Europe/Paris", &["09:00-17:00"])).unwrap();
    for (region, due) in [(None, "2026-12-28T10:00:00+01:00"), (Some("57"), "2026-12-28T10:00:00+01:00")] {
        form["holidays"] = json!({ "country": "FR", "region": region });
        assert_eq!(built(&form).add(at("2026-12-24T16:00:00+01:00"), open(2)), Ok(at(due)));
    }
    // Good Friday is a working day in Paris and none in Metz.
    form["holidays"] = json!({ "country": "FR" });
    assert_eq!(built(&form).is_open(at("2026-04-03T10:00:00+02:00")), Ok(true));
    form["holidays"] = json!({ "country": "FR", "region": "57" });
    assert_eq!(built(&form).is_open(at("2026-04-03T10:00:00+02:00")), Ok(false));
}

#[test]
fn what_is_not_known_is_not_guessed() {
    let office = office();
    assert_eq!(office.known_until(), Some(date("2040-12-31")));
    assert_eq!(weekdays("Europe/Paris", &["09:00-17:00"]).known_until(), None);
    let unknown = CalendarError::UnknownYear { country: "FR", year: 2041 };
    let late = at("2040-12-31T17:00:00+01:00");
    assert_eq!(office.is_open(late), Ok(true));
    assert_eq!(office.next_closing(late), Ok(Some(at("2040-12-31T18:00:00+01:00"))));
    assert_eq!(office.add(late, open(1)), Ok(at("2040-12-31T18:00:00+01:00")));
    assert_eq!(office.add(late, open(2)), Err(unknown));
    assert_eq!(office.add(late, working_days(1)), Err(unknown));
    assert_eq!(office.between(late, at("2041-01-05T10:00:00Z")), Err(unknown));
    assert_eq!(office.promise(at("2041-01-05T10:00:00Z")), Err(unknown));
    assert_eq!(unknown.to_string(), "the public holidays of FR in 2041 are not known yet: a newer table of holidays is needed");
}

#[test]
fn no_question_goes_on_for_ever() {
    // Its only opening is one Sunday.
    let once = built(&json!({ "timezone": "UTC", "week": {},
        "extraOpenings": [{ "date": "2026-06-07", "hours": hours(&["10:00-12:00"]), "label": "once" }] }));
    let early = at("2026-06-01T00:00:00Z");
    assert_eq!(once.add(early, open(2)), Ok(at("2026-06-07T12:00:00Z")));
    assert_eq!(once.next_closing(early), Ok(Some(at("2026-06-07T12:00:00Z"))));
    assert_eq!(once.add(early, open(3)), Err(CalendarError::NoOpening { after: date("2026-06-07") }));
    assert_eq!(once.add(early, working_days(2)), Err(CalendarError::NoOpening { after: date("2026-06-07") }));
    assert_eq!(once.promise(at("2026-06-07T12:00:01Z")), Err(CalendarError::NoOpening { after: date("2026-06-07") }));
    assert_eq!(once.next_opening(at("2020-01-01T00:00:00Z")), Err(CalendarError::NoOpening { after: date("2020-01-01") }));
    assert_eq!(once.between(early, at("2035-01-01T00:00:00Z")), Ok(TimeDelta::hours(2)));

    let scarce = weekdays("UTC", &["09:00-09:01"]);
    assert_eq!(scarce.add(early, open(65535)), Err(CalendarError::TooFar));
    assert_eq!(scarce.add(early, working_days(65535)), Err(CalendarError::TooFar));
    assert_eq!(scarce.between(early, at("2037-01-01T00:00:00Z")), Err(CalendarError::TooFar));
    for moment in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, at("1899-12-31T00:00:00Z")] {
        assert_eq!(scarce.is_open(moment), Err(CalendarError::OutOfRange { at: moment }));
        assert_eq!(scarce.add(moment, open(1)), Err(CalendarError::OutOfRange { at: moment }));
        assert!(scarce.promise(moment).is_err());
    }
    assert!(BusinessCalendar::always_open(chrono_tz::UTC).add(DateTime::<Utc>::MAX_UTC, open(1)).is_err());
}
