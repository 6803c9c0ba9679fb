//! Reads the table of holidays; its header describes the form.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

use super::{Country, Region, Rule, Scope};

/// The country without a region, in the scope of a day.
pub(super) const NO_REGION: &str = "-";

/// The table, read.
pub(super) struct Table {
    pub(super) years: RangeInclusive<i32>,
    /// By code.
    pub(super) countries: Vec<Country>,
}

/// The table in `text`, and the lines that could not be read. A test holds that there are none in ours.
pub(super) fn read(text: &'static str) -> (Table, Vec<&'static str>) {
    let mut table = Table { years: RangeInclusive::new(1, 0), countries: Vec::new() };
    let mut unread = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if table.take(line).is_none() {
            unread.push(line);
        }
    }
    for country in &mut table.countries {
        // Stable: of two holidays on one date the one that stands first in the table, the more general, stays first.
        country.days.sort_by_key(|(date, _)| *date);
    }
    (table, unread)
}

impl Table {
    fn take(&mut self, line: &'static str) -> Option<()> {
        let mut fields = line.split('|');
        match (fields.next()?, fields.next()?, fields.next(), fields.next(), fields.next(), fields.next()) {
            ("years", first, Some(last), None, None, None) => self.years = first.parse().ok()?..=last.parse().ok()?,
            ("country", code, None, None, None, None) => {
                self.countries.push(Country { code, regions: Vec::new(), rules: Vec::new(), days: Vec::new() });
            }
            ("region", code, Some(name), None, None, None) => self.countries.last_mut()?.regions.push(Region { code, name }),
            ("day", scope, Some(name), Some(name_fr), Some(dates), None) => {
                let years = self.years.clone();
                let country = self.countries.last_mut()?;
                let rule = country.rules.len();
                for date in dates.split(' ') {
                    country.days.extend(every(date, &years)?.into_iter().map(|date| (date, rule)));
                }
                let scope = if scope == "*" { Scope::Everywhere } else { Scope::Only(scope.split(',').collect()) };
                country.rules.push(Rule { scope, name, name_fr: Some(name_fr).filter(|name| !name.is_empty()) });
            }
            _ => return None,
        }
        Some(())
    }
}

/// `12-25` in each of the years, or `20240401` alone.
fn every(date: &str, years: &RangeInclusive<i32>) -> Option<Vec<NaiveDate>> {
    if let Some((month, day)) = date.split_once('-') {
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        return years.clone().map(|year| NaiveDate::from_ymd_opt(year, month, day)).collect();
    }
    let digits: i32 = date.parse().ok().filter(|_| date.len() == 8)?;
    let part = |number: i32| u32::try_from(number).ok();
    let date = NaiveDate::from_ymd_opt(digits / 10_000, part(digits / 100 % 100)?, part(digits % 100)?)?;
    years.contains(&date.year()).then(|| vec![date])
}
