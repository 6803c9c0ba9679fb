//! The calendar as people write it.

use super::*;

#[test]
fn a_calendar_reads_what_it_writes() {
    for calendar in [office(), BusinessCalendar::always_open(chrono_tz::UTC), weekdays("America/New_York", &["00:00-24:00"])] {
        let written = serde_json::to_string(&calendar).unwrap();
        assert_eq!(serde_json::from_str::<BusinessCalendar>(&written).unwrap(), calendar, "{written}");
    }
    let written = serde_json::to_value(office()).unwrap();
    assert_eq!(written["timezone"], "Europe/Paris");
    assert_eq!(written["week"]["monday"][1], json!({ "opens": "13:30", "closes": "18:00" }));
    assert_eq!(written["week"]["sunday"], json!([]));
    assert_eq!(written["holidays"], json!({ "country": "FR" }));
    assert_eq!(written["extraOpenings"][0]["date"], "2026-12-20");
}

#[test]
fn openings_are_sorted_and_may_touch() {
    let calendar = weekdays("UTC", &["14:00-18:00", "09:00-12:00", "12:00-14:00"]);
    let monday = calendar.week().on(chrono::Weekday::Mon).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(monday, ["09:00-12:00", "12:00-14:00", "14:00-18:00"]);
}

#[test]
fn each_mistake_has_its_sentence() {
    let monday = |openings: &[&str]| json!({ "timezone": "UTC", "week": { "monday": hours(openings) } });
    let with = |field: &str, value: serde_json::Value| {
        let mut form = monday(&["09:00-18:00"]);
        form[field] = value;
        form
    };
    let ten = hours(&["10:00-12:00"]);
    let sentences = [
        (json!({ "timezone": "Europe/Lutece", "week": {} }), "`Europe/Lutece` is not a time zone, such as Europe/Paris"),
        (monday(&["9:00-18:00"]), "`9:00` is not a time of day, such as 09:00 or 24:00"),
        (monday(&["09:00-24:01"]), "`24:01` is not a time of day, such as 09:00 or 24:00"),
        (monday(&["09:60-12:00"]), "`09:60` is not a time of day, such as 09:00 or 24:00"),
        (monday(&["09:00-09:00"]), "an opening cannot open and close at the same time, 09:00"),
        (
            monday(&["22:00-06:00"]),
            "the opening 22:00-06:00 passes midnight: write it as one up to 24:00 and one from 00:00 on the next day",
        ),
        (monday(&["12:00-18:00", "09:00-12:01"]), "the openings 09:00-12:01 and 12:00-18:00 overlap"),
        (monday(&["00:00-00:01"; 13]), "a day has at most 12 openings"),
        (monday(&[]), "the calendar never opens: give at least one day of the week its hours"),
        (
            with("holidays", json!({ "country": "XX" })),
            "the public holidays of `XX` are not known; the country is an ISO 3166-1 code, such as FR",
        ),
        (with("holidays", json!({ "country": "FR", "region": "ZZ" })), "`ZZ` is not a region of FR with public holidays of its own"),
        (
            with("closures", json!([{ "first": "2026-08-02", "last": "2026-08-01", "label": "été" }])),
            "the closure from 2026-08-02 to 2026-08-01 ends before it begins",
        ),
        (
            with("closures", json!([{ "first": "2026-01-01", "last": "2028-01-01", "label": "renovation" }])),
            "the closure from 2026-01-01 to 2028-01-01 is longer than 400 days",
        ),
        (
            with("closures", json!([{ "first": "2026-08-01", "last": "2026-08-01", "label": " " }])),
            "a closure or an extra opening has a label of 1 to 120 characters",
        ),
        (
            with("closures", json!(vec![json!({ "first": "2026-08-01", "last": "2026-08-01", "label": "x" }); 401])),
            "a calendar has at most 400 closures and as many extra openings",
        ),
        (
            with("extraOpenings", json!([{ "date": "2026-12-20", "hours": [], "label": "x" }])),
            "the extra opening on 2026-12-20 has no hours",
        ),
        (
            with(
                "extraOpenings",
                json!([{ "date": "2026-12-20", "hours": ten, "label": "x" }, { "date": "2026-12-20", "hours": ten, "label": "y" }]),
            ),
            "2026-12-20 has two extra openings: write their hours into one",
        ),
    ];
    for (form, sentence) in sentences {
        let form: CalendarForm = serde_json::from_value(form).unwrap();
        assert_eq!(BusinessCalendar::try_from(form).unwrap_err().to_string(), sentence);
    }
    assert!(serde_json::from_value::<BusinessCalendar>(with("opening", json!(1))).is_err(), "an unknown field");
}
