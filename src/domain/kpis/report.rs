//! The report that goes out by itself: how often, of which days, in which words. Its figures are those of the live query.

use chrono::{DateTime, Datelike, Days as Step, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::super::calendar::start_of_day;
use super::super::mails::Language;
use super::super::sentiment;
use super::super::templates::{LanguageTag, day_words};
use super::{Days, Kpi, Measured, ReplyFigure, Served, Status, TimeBasis, Unit, Verdict};

/// How often figures are sent by e-mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReportEvery {
    /// Not at all.
    #[default]
    Never,
    /// On Mondays, of the week before.
    Week,
    /// On the first of each month, of the month before.
    Month,
}

/// How long after midnight a report goes out, so that the day before is counted.
const AFTER_MIDNIGHT: TimeDelta = TimeDelta::hours(6);

impl ReportEvery {
    fn begins(self, day: NaiveDate) -> bool {
        match self {
            Self::Never => false,
            Self::Week => day.weekday() == chrono::Weekday::Mon,
            Self::Month => day.day() == 1,
        }
    }

    /// When the next one goes out.
    pub fn next(self, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = now.with_timezone(&zone).date_naive();
        let days = (0..=31).filter_map(|ahead| today.checked_add_days(Step::new(ahead)));
        let times = days.filter(|day| self.begins(*day)).map(|day| start_of_day(zone, day) + AFTER_MIDNIGHT);
        times.into_iter().find(|at| *at > now)
    }

    /// Of which days the one tells that goes out now: the last whole week or month.
    pub fn period(self, zone: Tz, now: DateTime<Utc>) -> Option<Days> {
        let today = now.with_timezone(&zone).date_naive();
        let back = |from: NaiveDate| (0..=31).filter_map(move |back| from.checked_sub_days(Step::new(back)));
        let to = back(today).find(|day| self.begins(*day))?.pred_opt()?;
        let from = back(to).find(|day| self.begins(*day))?;
        Days::new(from, to).ok()
    }
}

impl Days {
    /// What makes a report the same as another: each goes out once.
    pub fn key(self) -> String {
        format!("{}/{}", self.from, self.to)
    }

    /// Reads a key; none of what is none.
    pub fn of_key(key: &str) -> Option<Self> {
        let (from, to) = key.split_once('/')?;
        Self::new(from.parse().ok()?, to.parse().ok()?).ok()
    }
}

fn number(value: f64, language: Language) -> String {
    let rounded = format!("{value:.1}");
    match language {
        Language::English => rounded,
        Language::French => rounded.replace('.', ","),
    }
}

/// A figure with its unit, as people write it.
fn told(value: f64, unit: Unit, language: Language) -> String {
    let number = number(value, language);
    match (unit, language) {
        (Unit::Percent, Language::English) => format!("{number}%"),
        (Unit::Percent, Language::French) => format!("{number}\u{a0}%"),
        (Unit::Points, _) => format!("{number}\u{a0}points"),
        (Unit::Hours, _) => format!("{number}\u{a0}h"),
        (Unit::PerThousandOrders, Language::English) => format!("{number} per 1,000 orders"),
        (Unit::PerThousandOrders, Language::French) => format!("{number} pour 1\u{202f}000 commandes"),
        (Unit::PerHundredOrders, Language::English) => format!("{number} per 100 orders"),
        (Unit::PerHundredOrders, Language::French) => format!("{number} pour 100 commandes"),
    }
}

/// A figure as people call it.
fn name(kpi: Kpi, language: Language) -> String {
    let (english, french) = match kpi {
        Kpi::Csat => ("Satisfied buyers (CSAT)", "Acheteurs satisfaits (CSAT)"),
        Kpi::Nps => ("Recommendation (NPS)", "Recommandation (NPS)"),
        Kpi::FirstReply(figure, basis) => return first_reply(figure, basis, language),
        Kpi::FirstContactResolution => ("Resolved at first contact", "Résolu au premier contact"),
        Kpi::ReopenRate => ("Cases opened again", "Dossiers rouverts"),
        Kpi::Retention(None) => ("Buyers who came back", "Acheteurs revenus"),
        Kpi::Retention(Some(Served::HadCase)) => ("Buyers who came back after a case", "Acheteurs revenus après un dossier"),
        Kpi::Retention(Some(Served::HadNone)) => ("Buyers who came back without a case", "Acheteurs revenus sans dossier"),
        Kpi::ComplaintRate => ("Complaints", "Réclamations"),
        Kpi::ContactRate => ("Cases", "Dossiers"),
        Kpi::AvoidableRate => ("Avoidable cases", "Dossiers évitables"),
        Kpi::DisputeRecurrence => ("Disputes that recur", "Désaccords récurrents"),
        Kpi::DisputeResolution => ("Disputes resolved", "Désaccords résolus"),
        Kpi::Deflection => ("Help visits that ended there", "Visites d’aide sans demande"),
    };
    match language {
        Language::English => english.to_owned(),
        Language::French => french.to_owned(),
    }
}

fn first_reply(figure: ReplyFigure, basis: TimeBasis, language: Language) -> String {
    let french = language == Language::French;
    let which = match (figure, french) {
        (ReplyFigure::Mean, false) => "mean".to_owned(),
        (ReplyFigure::Mean, true) => "moyenne".to_owned(),
        (ReplyFigure::Median, false) => "median".to_owned(),
        (ReplyFigure::Median, true) => "médiane".to_owned(),
        (ReplyFigure::Percentile(percent), false) => format!("{} per cent within", u8::from(percent)),
        (ReplyFigure::Percentile(percent), true) => format!("{}\u{a0}% en moins de", u8::from(percent)),
    };
    let hours = match (basis, french) {
        (TimeBasis::Calendar, false) => "all hours",
        (TimeBasis::Calendar, true) => "toutes heures",
        (TimeBasis::Business, false) => "business hours",
        (TimeBasis::Business, true) => "heures ouvrées",
    };
    if french { format!("Première réponse ({which}, {hours})") } else { format!("First reply ({which}, {hours})") }
}

fn line(verdict: &Verdict, language: Language) -> String {
    let kpi = verdict.figure.kpi;
    let Measured { value, sample } = verdict.figure.measured;
    let french = language == Language::French;
    let value = value.map(|value| told(value, kpi.unit(), language));
    let value = value.unwrap_or_else(|| if french { "rien à mesurer" } else { "nothing to measure" }.to_owned());
    let target = verdict.target.map(|target| told(target, kpi.unit(), language)).unwrap_or_default();
    let judged = match (verdict.status, french) {
        (Status::NoTarget, _) => String::new(),
        (Status::Met, false) => format!(" — target {target}, met"),
        (Status::Met, true) => format!(" — objectif {target}, atteint"),
        (Status::Missed, false) => format!(" — target {target}, missed"),
        (Status::Missed, true) => format!(" — objectif {target}, manqué"),
        (Status::NotEnough, false) => format!(" — target {target}, too few to judge"),
        (Status::NotEnough, true) => format!(" — objectif {target}, trop peu pour juger"),
    };
    let (name, colon, of) = (name(kpi, language), if french { "\u{a0}: " } else { ": " }, if french { "sur" } else { "of" });
    format!("{name}{colon}{value} ({of} {sample}){judged}")
}

/// Subject and words of a report; those whose targets are missed come first.
pub fn report_words(marketplace: &str, days: Days, verdicts: &[Verdict], language: Language) -> (String, String) {
    let tag = LanguageTag::of(if language == Language::French { sentiment::Language::Fr } else { sentiment::Language::En });
    let (from, to) = (day_words(days.from, &tag), day_words(days.to, &tag));
    let (title, missed, rest) = match language {
        Language::English => (format!("Customer service from {from} to {to}"), "Targets missed", "All other figures"),
        Language::French => (format!("Service client du {from} au {to}"), "Objectifs manqués", "Tous les autres chiffres"),
    };
    let (bad, others): (Vec<_>, Vec<_>) = verdicts.iter().partition(|verdict| verdict.status == Status::Missed);
    let part = |title: &str, verdicts: &[&Verdict]| {
        let lines: Vec<_> = verdicts.iter().map(|verdict| line(verdict, language)).collect();
        (!lines.is_empty()).then(|| format!("{title}\n{}", lines.join("\n")))
    };
    let parts: Vec<_> = [Some(title.clone()), part(missed, &bad), part(rest, &others)].into_iter().flatten().collect();
    (format!("[{marketplace}] {title}"), parts.join("\n\n"))
}
