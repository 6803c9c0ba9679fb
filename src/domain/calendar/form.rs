//! The calendar as people write it, before it is checked.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::BusinessCalendar;
use super::closures::{Closure, ExtraOpening};
use super::holidays::Place;
use super::hours::{Hours, Week};
use super::invalid::InvalidCalendar;

/// How many closures, and how many extra openings, one calendar may have.
const MOST_DATES: usize = 400;

/// A calendar as written, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarForm {
    /// An IANA time zone: `Europe/Paris`.
    pub timezone: String,
    /// The hours of every week.
    pub week: WeekForm,
    /// Whose public holidays are kept; none for nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holidays: Option<HolidaysForm>,
    /// Own closures.
    #[serde(default)]
    pub closures: Vec<ClosureForm>,
    /// Own extra openings.
    #[serde(default)]
    pub extra_openings: Vec<ExtraOpeningForm>,
}

/// The openings of each day of the week as written; a day that is left out is shut.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct WeekForm {
    pub monday: Vec<HoursForm>,
    pub tuesday: Vec<HoursForm>,
    pub wednesday: Vec<HoursForm>,
    pub thursday: Vec<HoursForm>,
    pub friday: Vec<HoursForm>,
    pub saturday: Vec<HoursForm>,
    pub sunday: Vec<HoursForm>,
}

/// An opening as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HoursForm {
    /// `09:00`.
    pub opens: String,
    /// `18:00`; `24:00` for the end of the day.
    pub closes: String,
}

/// Whose public holidays, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HolidaysForm {
    /// An ISO 3166-1 code: `FR`.
    pub country: String,
    /// The region's part of its ISO 3166-2 code, where the law differs: `57` for Moselle; none for the country at large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// A closure as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClosureForm {
    /// Its first date.
    pub first: NaiveDate,
    /// Its last date, still shut.
    pub last: NaiveDate,
    /// Why.
    pub label: String,
}

/// An extra opening as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExtraOpeningForm {
    /// The date.
    pub date: NaiveDate,
    /// Its hours.
    pub hours: Vec<HoursForm>,
    /// Why.
    pub label: String,
}

impl TryFrom<CalendarForm> for BusinessCalendar {
    type Error = InvalidCalendar;

    fn try_from(form: CalendarForm) -> Result<Self, InvalidCalendar> {
        let unknown_timezone = |_| InvalidCalendar::UnknownTimezone { given: form.timezone.chars().take(40).collect() };
        let timezone = form.timezone.parse().map_err(unknown_timezone)?;
        if form.closures.len().max(form.extra_openings.len()) > MOST_DATES {
            return Err(InvalidCalendar::TooManyDates { most: MOST_DATES });
        }
        let week = Week::try_from(form.week)?;
        let holidays = form.holidays.map(|place| Place::find(&place.country, place.region.as_deref())).transpose()?;
        let closures = form.closures.into_iter().map(Closure::try_from).collect::<Result<Vec<_>, _>>()?;
        let extra_openings = form.extra_openings.into_iter().map(ExtraOpening::try_from).collect::<Result<Vec<_>, _>>()?;
        if week.never_opens() && extra_openings.is_empty() {
            return Err(InvalidCalendar::NeverOpen);
        }
        let mut dates: Vec<_> = extra_openings.iter().map(ExtraOpening::date).collect();
        dates.sort_unstable();
        if let Some(&[date, _]) = dates.windows(2).find(|pair| matches!(pair, [first, second] if first == second)) {
            return Err(InvalidCalendar::ExtraTwice { date });
        }
        Ok(Self { timezone, week, holidays, closures, extra_openings })
    }
}

impl From<BusinessCalendar> for CalendarForm {
    fn from(calendar: BusinessCalendar) -> Self {
        Self {
            timezone: calendar.timezone.name().to_owned(),
            week: WeekForm::from(&calendar.week),
            holidays: calendar.holidays.map(|place| HolidaysForm {
                country: place.country().code().to_owned(),
                region: place.region().map(|region| region.code.to_owned()),
            }),
            closures: calendar.closures.iter().map(ClosureForm::from).collect(),
            extra_openings: calendar.extra_openings.iter().map(ExtraOpeningForm::from).collect(),
        }
    }
}

impl TryFrom<WeekForm> for Week {
    type Error = InvalidCalendar;

    fn try_from(form: WeekForm) -> Result<Self, InvalidCalendar> {
        let WeekForm { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = form;
        let mut week: [Vec<Hours>; 7] = Default::default();
        for (day, written) in week.iter_mut().zip([monday, tuesday, wednesday, thursday, friday, saturday, sunday]) {
            *day = all_hours(&written)?;
        }
        Self::new(week)
    }
}

impl From<&Week> for WeekForm {
    fn from(week: &Week) -> Self {
        let on = |day| week.on(day).iter().copied().map(HoursForm::from).collect();
        Self {
            monday: on(Weekday::Mon),
            tuesday: on(Weekday::Tue),
            wednesday: on(Weekday::Wed),
            thursday: on(Weekday::Thu),
            friday: on(Weekday::Fri),
            saturday: on(Weekday::Sat),
            sunday: on(Weekday::Sun),
        }
    }
}

impl TryFrom<&HoursForm> for Hours {
    type Error = InvalidCalendar;

    fn try_from(form: &HoursForm) -> Result<Self, InvalidCalendar> {
        Self::new(form.opens.parse()?, form.closes.parse()?)
    }
}

impl From<Hours> for HoursForm {
    fn from(hours: Hours) -> Self {
        Self { opens: hours.opens().to_string(), closes: hours.closes().to_string() }
    }
}

impl TryFrom<ClosureForm> for Closure {
    type Error = InvalidCalendar;

    fn try_from(form: ClosureForm) -> Result<Self, InvalidCalendar> {
        Self::new(form.first, form.last, form.label)
    }
}

impl From<&Closure> for ClosureForm {
    fn from(closure: &Closure) -> Self {
        Self { first: closure.first(), last: closure.last(), label: closure.label().to_owned() }
    }
}

impl TryFrom<ExtraOpeningForm> for ExtraOpening {
    type Error = InvalidCalendar;

    fn try_from(form: ExtraOpeningForm) -> Result<Self, InvalidCalendar> {
        Self::new(form.date, all_hours(&form.hours)?, form.label)
    }
}

impl From<&ExtraOpening> for ExtraOpeningForm {
    fn from(extra: &ExtraOpening) -> Self {
        let hours = extra.hours().iter().copied().map(HoursForm::from).collect();
        Self { date: extra.date(), hours, label: extra.label().to_owned() }
    }
}

fn all_hours(forms: &[HoursForm]) -> Result<Vec<Hours>, InvalidCalendar> {
    forms.iter().map(Hours::try_from).collect()
}
