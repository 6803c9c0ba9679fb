//! The table, against the law where we can compute it, and against dates that anybody can look up.

use std::collections::BTreeSet;

use chrono::{Datelike, Days};
use proptest::prelude::*;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn place(country: &str, region: &str) -> Place {
    Place::find(country, Some(region).filter(|region| !region.is_empty())).unwrap()
}

/// Easter Sunday by the Gregorian computus of Meeus, Jones and Butcher, in the terms of the Church's tables.
fn easter(year: i32) -> NaiveDate {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let moon = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let since_march = epact + to_sunday - 7 * late + 114;
    let part = |number: i32| u32::try_from(number).unwrap();
    NaiveDate::from_ymd_opt(year, part(since_march / 31), part(since_march % 31 + 1)).unwrap()
}

/// The public holidays of article L3133-1 of the French labour code.
fn of_the_labour_code(year: i32) -> BTreeSet<NaiveDate> {
    let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    let fixed = fixed.map(|(month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap());
    let moving = [1, 39, 50].map(|days| easter(year) + Days::new(days));
    fixed.into_iter().chain(moving).collect()
}

/// The two more of article L3134-13, in Moselle, Bas-Rhin and Haut-Rhin.
fn of_alsace_moselle(year: i32) -> BTreeSet<NaiveDate> {
    let more = [easter(year) - Days::new(2), NaiveDate::from_ymd_opt(year, 12, 26).unwrap()];
    of_the_labour_code(year).into_iter().chain(more).collect()
}

#[test]
fn every_line_of_the_table_is_read() {
    let (table, unread) = table::read(include_str!("../holidays.txt"));
    assert_eq!(unread, Vec::<&str>::new());
    assert!(table.years.start() <= &2024 && table.years.end() >= &2040);
    for country in &table.countries {
        let known: BTreeSet<_> = country.regions.iter().map(|region| region.code).chain([table::NO_REGION]).collect();
        assert_eq!(known.len(), country.regions.len() + 1, "{country:?} has a region twice");
        for rule in &country.rules {
            assert!(!rule.name.trim().is_empty());
            if let Scope::Only(places) = &rule.scope {
                assert!(places.iter().all(|place| known.contains(place)), "{country:?} {rule:?}");
            }
        }
    }
}

#[test]
fn a_line_that_cannot_be_read_is_told() {
    let text = "years|2024|2025\ncountry|XX\nday|*|A|B|13-01\nday|*|A|B|20260101\nday|*|A|B|2024-01-01\nnight|*\nday|*|A||01-01 20240202";
    let (table, unread) = table::read(text);
    assert_eq!(unread, ["day|*|A|B|13-01", "day|*|A|B|20260101", "day|*|A|B|2024-01-01", "night|*"]);
    assert_eq!(table.countries[0].days.len(), 3);
}

#[test]
fn the_lists_are_sorted_and_every_place_has_holidays_every_year() {
    let codes: Vec<_> = countries().iter().map(Country::code).collect();
    assert!(codes.is_sorted() && codes.len() >= 40, "{codes:?}");
    for code in "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB CH US CA".split(' ') {
        assert!(codes.contains(&code), "{code}");
    }
    for country in countries() {
        for region in country.regions().iter().map(|region| region.code).chain([""]) {
            let place = place(country.code(), region);
            for year in known_years() {
                let days: Vec<_> = place.in_year(year).unwrap().collect();
                assert!((4..=27).contains(&days.len()), "{place:?} {year}: {}", days.len());
                assert!(days.is_sorted_by_key(|holiday| holiday.date));
                assert!(days.iter().all(|holiday| place.on(holiday.date).unwrap().is_some() && holiday.date.year() == year));
            }
        }
    }
}

#[test]
fn the_french_days_are_those_of_the_labour_code() {
    assert_eq!([2024, 2025, 2026, 2038].map(easter), ["2024-03-31", "2025-04-20", "2026-04-05", "2038-04-25"].map(date));
    for year in known_years() {
        let kept = |region: &str| place("FR", region).in_year(year).unwrap().map(|holiday| holiday.date).collect::<BTreeSet<_>>();
        assert_eq!(kept(""), of_the_labour_code(year));
        assert_eq!(kept("57"), of_alsace_moselle(year));
        assert_eq!(kept("6AE"), of_alsace_moselle(year));
        assert!(kept("974").contains(&NaiveDate::from_ymd_opt(year, 12, 20).unwrap()));
    }
}

/// Days that follow Easter elsewhere too: a second look at the source by a formula that it did not write.
#[test]
fn moving_days_follow_easter_in_other_countries() {
    for year in known_years() {
        for (country, region, days) in [
            ("DE", "", &[-2, 1, 39, 50][..]),
            ("DE", "BY", &[-2, 1, 39, 50, 60]),
            ("AT", "", &[1, 39, 50, 60]),
            ("ES", "", &[-2]),
            ("GB", "ENG", &[-2, 1]),
            ("IT", "", &[1]),
            ("NL", "", &[1, 39, 50]),
            ("NO", "", &[-3, -2, 1, 39, 50]),
            ("PL", "", &[1, 60]),
        ] {
            for days in days {
                let date = easter(year) + chrono::TimeDelta::days(*days);
                assert!(place(country, region).on(date).unwrap().is_some(), "{country} {region} {date}");
            }
        }
    }
}

#[test]
fn dates_that_anybody_can_look_up() {
    for (country, region, day, name) in [
        ("FR", "", "2026-07-14", Some("Fête nationale")),
        ("FR", "", "2026-12-26", None),
        ("FR", "57", "2026-12-26", Some("Saint-Étienne")),
        ("DE", "", "2026-10-03", Some("German Unity Day")),
        ("DE", "", "2026-10-31", None),
        ("DE", "SN", "2026-10-31", Some("Fête de la Réformation")),
        ("GB", "ENG", "2026-12-28", Some("Lendemain de Noël (reporté)")),
        ("GB", "SCT", "2026-01-02", Some("New Year Holiday")),
        ("GB", "ENG", "2026-01-02", None),
        ("US", "", "2026-07-03", Some("Fête de l'Indépendance (reporté)")),
        ("US", "", "2026-11-26", Some("Action de grâce")),
        ("CA", "QC", "2026-06-24", Some("Fête nationale")),
        ("CA", "", "2026-06-24", None),
        ("DK", "", "2024-04-26", None),
        ("CH", "ZH", "2026-04-06", Some("Lundi de Pâques")),
        ("SE", "", "2026-06-20", Some("Fête de la Saint-Jean")),
        ("PL", "", "2025-12-24", Some("Veille de Noël")),
        ("PL", "", "2024-12-24", None),
    ] {
        let found = place(country, region).on(date(day)).unwrap().map(|holiday| holiday.name_in("fr-FR"));
        let as_expected = match (found, name) {
            (Some(found), Some(name)) => found.starts_with(name),
            (found, name) => found == name,
        };
        assert!(as_expected, "{country} {region} {day}: {found:?}");
    }
    let new_year = place("FR", "").on(date("2026-01-01")).unwrap().unwrap();
    assert_eq!(
        (new_year.name_in("en"), new_year.name_in("fr"), new_year.name_in("de-DE")),
        ("New Year's Day", "Jour de l'an", "New Year's Day")
    );
}

#[test]
fn what_is_not_in_the_table_is_said_so() {
    assert_eq!(
        Place::find("fr", None).unwrap_err().to_string(),
        "the public holidays of `fr` are not known; the country is an ISO 3166-1 code, such as FR"
    );
    assert_eq!(Place::find("FR", Some("58")).unwrap_err().to_string(), "`58` is not a region of FR with public holidays of its own");
    for day in ["2023-12-31", "2041-01-01"] {
        let year = date(day).year();
        assert_eq!(place("FR", "").on(date(day)), Err(CalendarError::UnknownYear { country: "FR", year }));
        assert!(place("FR", "").in_year(year).is_err());
    }
}

proptest! {
    #[test]
    fn any_text_can_be_tried_as_a_place(country in any::<String>(), region in any::<Option<String>>()) {
        let _ = Place::find(&country, region.as_deref());
    }
}
