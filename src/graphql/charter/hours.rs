//! Business hours as they are given.

use std::sync::Arc;

use async_graphql::InputObject;
use chrono::{NaiveDate, Weekday};

use super::super::enums::DayOfWeek;
use super::ClosureInput;
use crate::domain::calendar::{BusinessCalendar, CalendarForm, ClosureForm, ExtraOpeningForm, HolidaysForm, HoursForm, WeekForm};
use crate::domain::refusal::Refusal;
use crate::workflow::{Error, refused};

/// When somebody is there to answer.
#[derive(InputObject)]
pub(in super::super) struct BusinessHoursInput {
    /// The time zone of the opening times: an IANA name such as `Europe/Paris`.
    timezone: String,
    /// The openings of every week; a day without one is shut.
    week: Vec<WeeklyOpeningInput>,
    /// Whose public holidays are kept: an ISO 3166-1 country code; null for none.
    holiday_country: Option<String>,
    /// The region in that country, where the law differs: the end of its ISO 3166-2 code.
    holiday_region: Option<String>,
    /// Dates on which it is shut besides, at most 400.
    #[graphql(default)]
    closures: Vec<ClosureInput>,
    /// Dates on which it opens whatever else is said of them, at most 400.
    #[graphql(default)]
    extra_openings: Vec<ExtraOpeningInput>,
}

/// One opening of every week.
#[derive(InputObject)]
pub(in super::super) struct WeeklyOpeningInput {
    /// On which day.
    day: DayOfWeek,
    /// From when, local time: `09:00`.
    opens: String,
    /// Until when, local time: `18:00`; `24:00` is the end of the day.
    closes: String,
}

/// A date with hours of its own.
#[derive(InputObject)]
pub(in super::super) struct ExtraOpeningInput {
    /// The date.
    date: NaiveDate,
    /// From when, local time.
    opens: String,
    /// Until when, local time.
    closes: String,
    /// Why, for people; null for no reason given.
    label: Option<String>,
}

/// The calendar that was given in a field, if it can be one.
pub(super) fn calendar(input: &BusinessHoursInput, field: &[&str]) -> Result<Arc<BusinessCalendar>, Error> {
    let mut week = WeekForm::default();
    for opening in &input.week {
        let day = match Weekday::from(opening.day) {
            Weekday::Mon => &mut week.monday,
            Weekday::Tue => &mut week.tuesday,
            Weekday::Wed => &mut week.wednesday,
            Weekday::Thu => &mut week.thursday,
            Weekday::Fri => &mut week.friday,
            Weekday::Sat => &mut week.saturday,
            Weekday::Sun => &mut week.sunday,
        };
        day.push(HoursForm { opens: opening.opens.clone(), closes: opening.closes.clone() });
    }
    let label = |label: &Option<String>| label.clone().unwrap_or_default();
    let form = CalendarForm {
        timezone: input.timezone.clone(),
        week,
        holidays: input.holiday_country.clone().map(|country| HolidaysForm { country, region: input.holiday_region.clone() }),
        closures: input.closures.iter().map(|one| ClosureForm { first: one.first, last: one.last, label: label(&one.label) }).collect(),
        extra_openings: input
            .extra_openings
            .iter()
            .map(|one| ExtraOpeningForm {
                date: one.date,
                hours: vec![HoursForm { opens: one.opens.clone(), closes: one.closes.clone() }],
                label: label(&one.label),
            })
            .collect(),
    };
    let refused = |error| refused(field, Refusal::Invalid { message: format!("{error}.") });
    BusinessCalendar::try_from(form).map(Arc::new).map_err(refused)
}
