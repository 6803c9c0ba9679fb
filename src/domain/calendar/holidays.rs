//! Public holidays of many countries, from a table that ships with the program.
//!
//! The table `holidays.txt` is written by `scripts/public_holidays.py` from a maintained source; its header names source,
//! release and licence. It covers the years of [`known_years`] and no others.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

use super::CalendarError;
use super::invalid::InvalidCalendar;

mod table;

#[cfg(test)]
mod tests;

static TABLE: LazyLock<table::Table> = LazyLock::new(|| table::read(include_str!("holidays.txt")).0);

/// Every country whose public holidays are known, by code. Their names are the reader's to give: CLDR has them.
pub fn countries() -> &'static [Country] {
    &TABLE.countries
}

/// The years of which the public holidays are known.
pub fn known_years() -> RangeInclusive<i32> {
    TABLE.years.clone()
}

/// A country whose public holidays are known.
#[derive(Clone)]
pub struct Country {
    code: &'static str,
    regions: Vec<Region>,
    rules: Vec<Rule>,
    /// Each date with the index of its rule, by date.
    days: Vec<(NaiveDate, usize)>,
}

/// A day that comes back each year, and where it is kept.
#[derive(Debug, Clone)]
struct Rule {
    scope: Scope,
    name: &'static str,
    name_fr: Option<&'static str>,
}

#[derive(Debug, Clone)]
enum Scope {
    Everywhere,
    /// In these regions; `-` stands for the country without a region.
    Only(Vec<&'static str>),
}

impl Country {
    /// Its ISO 3166-1 code: `FR`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Its regions, by code. Not every one has a day of its own.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Country").field(&self.code).finish()
    }
}

/// A part of a country that may keep other days than the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// The part of its ISO 3166-2 code after the country: `57`; for a town with a day of its own, the town's name.
    pub code: &'static str,
    /// Its name, in its own language or English.
    pub name: &'static str,
}

/// A public holiday on its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// The date; of a holiday that is moved off a weekend, both the day itself and the day it is moved to are listed.
    pub date: NaiveDate,
    /// Its name in English.
    pub name: &'static str,
    /// Its name in French; none when not known.
    pub name_fr: Option<&'static str>,
}

impl Holiday {
    /// Its name for a reader of `locale`, a BCP 47 tag: in French where that is asked for and known, else in English.
    pub fn name_in(self, locale: &str) -> &'static str {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        self.name_fr.filter(|_| language.eq_ignore_ascii_case("fr")).unwrap_or(self.name)
    }
}

/// A country, or a region of it, as somewhere that keeps public holidays.
///
/// Without a region it keeps what the whole country keeps. Where most holidays are a matter of the regions (Switzerland,
/// Canada, the United Kingdom) that is too few: name the region.
#[derive(Clone, Copy)]
pub struct Place {
    country: &'static Country,
    region: Option<Region>,
}

impl Place {
    /// The place with these codes.
    pub fn find(country: &str, region: Option<&str>) -> Result<Self, InvalidCalendar> {
        let unknown_country = || InvalidCalendar::UnknownCountry { given: country.chars().take(8).collect() };
        let found = countries().iter().find(|one| one.code == country).ok_or_else(unknown_country)?;
        let region = region
            .map(|given| {
                let unknown = || InvalidCalendar::UnknownRegion { country: found.code, given: given.chars().take(40).collect() };
                found.regions.iter().find(|region| region.code == given).copied().ok_or_else(unknown)
            })
            .transpose()?;
        Ok(Self { country: found, region })
    }

    /// The country.
    pub fn country(self) -> &'static Country {
        self.country
    }

    /// The region; none for the country at large.
    pub fn region(self) -> Option<Region> {
        self.region
    }

    /// The holiday on `date`, if it is one. Of two on one date it names one.
    pub fn on(self, date: NaiveDate) -> Result<Option<Holiday>, CalendarError> {
        self.known(date.year())?;
        Ok(self.within(date, date).next())
    }

    /// The holidays of `year`, by date.
    pub fn in_year(self, year: i32) -> Result<impl Iterator<Item = Holiday>, CalendarError> {
        let unknown = CalendarError::UnknownYear { country: self.country.code, year };
        self.known(year)?;
        let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or(unknown)?;
        let last = NaiveDate::from_ymd_opt(year, 12, 31).ok_or(unknown)?;
        Ok(self.within(first, last))
    }

    fn known(self, year: i32) -> Result<(), CalendarError> {
        if TABLE.years.contains(&year) { Ok(()) } else { Err(CalendarError::UnknownYear { country: self.country.code, year }) }
    }

    fn within(self, first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = Holiday> {
        let from = self.country.days.partition_point(|(date, _)| *date < first);
        let days = self.country.days.iter().skip(from).take_while(move |(date, _)| *date <= last);
        days.filter_map(move |&(date, rule)| {
            let rule = self.country.rules.get(rule).filter(|rule| self.keeps(&rule.scope))?;
            Some(Holiday { date, name: rule.name, name_fr: rule.name_fr })
        })
    }

    fn keeps(self, scope: &Scope) -> bool {
        match scope {
            Scope::Everywhere => true,
            Scope::Only(places) => places.contains(&self.region.map_or(table::NO_REGION, |region| region.code)),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Place").field(&self.country.code).field(&self.region.map(|region| region.code)).finish()
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        (self.country.code, self.region) == (other.country.code, other.region)
    }
}

impl Eq for Place {}
