//! The calendar with real dates, and what holds for every calendar.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;

use super::*;

mod clocks;
mod deadlines;
mod forms;
mod laws;
mod questions;

/// An instant from RFC 3339, in any offset.
fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Monday to Friday in `zone`, with these openings each day: `&["09:00-12:00"]`.
fn weekdays(zone: &str, openings: &[&str]) -> BusinessCalendar {
    built(&json!({
        "timezone": zone,
        "week": { "monday": hours(openings), "tuesday": hours(openings), "wednesday": hours(openings),
            "thursday": hours(openings), "friday": hours(openings) },
    }))
}

/// All seven days in `zone`, with these openings.
fn daily(zone: &str, openings: &[&str]) -> BusinessCalendar {
    let mut calendar = weekdays(zone, openings);
    calendar.week = Week::new(std::array::from_fn(|_| calendar.week.on(chrono::Weekday::Mon).to_vec())).unwrap();
    calendar
}

/// A Parisian office with a lunch break, French holidays, a summer closure over the weekend of 1 August, and one open Sunday.
fn office() -> BusinessCalendar {
    let mut form = serde_json::to_value(weekdays("Europe/Paris", &["09:00-12:30", "13:30-18:00"])).unwrap();
    form["holidays"] = json!({ "country": "FR" });
    form["closures"] = json!([{ "first": "2026-08-03", "last": "2026-08-16", "label": "congés d'été" }]);
    form["extraOpenings"] = json!([{ "date": "2026-12-20", "hours": hours(&["10:00-16:00"]), "label": "dernier dimanche avant Noël" }]);
    built(&form)
}

fn hours(openings: &[&str]) -> serde_json::Value {
    openings.iter().map(|one| one.split_once('-').unwrap()).map(|(opens, closes)| json!({ "opens": opens, "closes": closes })).collect()
}

fn built(form: &serde_json::Value) -> BusinessCalendar {
    serde_json::from_value(form.clone()).unwrap_or_else(|error| panic!("{form}: {error}"))
}

fn open(hours: u16) -> BusinessDuration {
    BusinessDuration::Open(Span::hours(hours))
}

fn working_days(days: u16) -> BusinessDuration {
    BusinessDuration::WorkingDays(days.try_into().unwrap())
}
