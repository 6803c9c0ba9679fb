//! Where counts are kept: by day and by month, and for every way in which somebody may ask for them merged already, so that no
//! question adds up more than its days and months.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::super::cases::CasePhase;
use super::super::ids::{SellerId, TeamId};
use super::super::reasons::ReasonKey;
use super::super::tickets::Channel;
use super::Slice;

/// How long a row of counts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Grain {
    /// A day.
    Day,
    /// A month of the calendar.
    Month,
}

impl Grain {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Day, Self::Month];

    /// The first day of the row that a day belongs to.
    pub fn of(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }
}

/// One side of a cell: everything, or one value. "None" is a value: cases without a seller are cases too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cut<T> {
    /// Merged over all values.
    All,
    /// One value.
    One(Option<T>),
}

impl<T> Cut<T> {
    const fn is_one(&self) -> bool {
        matches!(self, Self::One(_))
    }

    /// Everything, or the one that is asked for.
    pub fn of(asked: Option<T>) -> Self {
        asked.map_or(Self::All, |one| Self::One(Some(one)))
    }

    fn written(&self, write: impl Fn(&T) -> String) -> String {
        match self {
            Self::All => "*".to_owned(),
            Self::One(None) => "-".to_owned(),
            Self::One(Some(value)) => write(value),
        }
    }

    fn read(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Self> {
        Some(match text {
            "*" => Self::All,
            "-" => Self::One(None),
            value => Self::One(Some(read(value)?)),
        })
    }
}

/// Of what a row counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The seller.
    pub seller: Cut<SellerId>,
    /// The channel.
    pub channel: Cut<Channel>,
    /// The contact reason.
    pub reason: Cut<ReasonKey>,
    /// Before or after the sale.
    pub phase: Cut<CasePhase>,
    /// The team.
    pub team: Cut<TeamId>,
}

const SELLER: u8 = 1;
const CHANNEL: u8 = 2;
const REASON: u8 = 4;
const PHASE: u8 = 8;
const TEAM: u8 = 16;

/// The ways in which counts are kept merged: every choice of seller, channel, reason and team, and what costs are told by.
const VIEWS: [u8; 18] = [
    0,
    SELLER,
    CHANNEL,
    SELLER | CHANNEL,
    REASON,
    SELLER | REASON,
    CHANNEL | REASON,
    SELLER | CHANNEL | REASON,
    CHANNEL | PHASE,
    SELLER | CHANNEL | PHASE,
    TEAM,
    TEAM | SELLER,
    TEAM | CHANNEL,
    TEAM | SELLER | CHANNEL,
    TEAM | REASON,
    TEAM | SELLER | REASON,
    TEAM | CHANNEL | REASON,
    TEAM | SELLER | CHANNEL | REASON,
];

fn name(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn named<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

impl Cell {
    /// All of a marketplace.
    pub const WHOLE: Self = Self { seller: Cut::All, channel: Cut::All, reason: Cut::All, phase: Cut::All, team: Cut::All };

    /// The cells that something in a slice is counted in. What no team has is in none of a team: nobody asks for it.
    pub fn all_of(slice: &Slice) -> impl Iterator<Item = Self> {
        VIEWS.into_iter().filter(|view| view & TEAM == 0 || slice.team.is_some()).map(|view| Self {
            seller: if view & SELLER > 0 { Cut::One(slice.seller) } else { Cut::All },
            channel: if view & CHANNEL > 0 { Cut::One(slice.channel) } else { Cut::All },
            reason: if view & REASON > 0 { Cut::One(slice.reason.clone()) } else { Cut::All },
            phase: if view & PHASE > 0 { Cut::One(slice.phase) } else { Cut::All },
            team: if view & TEAM > 0 { Cut::One(slice.team) } else { Cut::All },
        })
    }

    /// The cells that are kept of what belongs to nothing but a seller, such as an order.
    pub fn of_seller(seller: SellerId) -> [Self; 2] {
        [Self::WHOLE, Self { seller: Cut::One(Some(seller)), ..Self::WHOLE }]
    }

    /// The cell with the orders that stand beside this one: orders have neither channel nor reason.
    #[must_use]
    pub fn with_orders(&self) -> Self {
        Self { seller: self.seller.clone(), ..Self::WHOLE }
    }

    fn view(&self) -> u8 {
        let bit = |cut: bool, bit: u8| if cut { bit } else { 0 };
        bit(self.seller.is_one(), SELLER)
            | bit(self.channel.is_one(), CHANNEL)
            | bit(self.reason.is_one(), REASON)
            | bit(self.phase.is_one(), PHASE)
            | bit(self.team.is_one(), TEAM)
    }

    fn slice(&self) -> Slice {
        fn one<T: Clone>(cut: &Cut<T>) -> Option<T> {
            if let Cut::One(value) = cut { value.clone() } else { None }
        }
        Slice {
            seller: one(&self.seller),
            channel: one(&self.channel),
            reason: one(&self.reason),
            phase: one(&self.phase),
            team: one(&self.team),
        }
    }
}

/// A row of counts: which, and from which day on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// How long it is.
    pub grain: Grain,
    /// Its first day.
    pub date: NaiveDate,
    /// Of what.
    pub cell: Cell,
}

/// Rows that lie side by side: those of a view and a seller, in a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRange {
    /// The first key.
    pub from: String,
    /// What lies before this key.
    pub before: String,
}

impl Row {
    /// Its key. Keys of one view and seller sort by time, as bytes.
    pub fn key(&self) -> String {
        let Self { cell, .. } = self;
        let key = format!(
            "{}/{}/{}/{}",
            self.stem(),
            cell.channel.written(|channel| name(channel)),
            cell.reason.written(ToString::to_string),
            cell.phase.written(|phase| name(phase))
        );
        // As keys were before there were teams.
        if cell.team.is_one() { format!("{key}/{}", cell.team.written(ToString::to_string)) } else { key }
    }

    fn stem(&self) -> String {
        let grain = match self.grain {
            Grain::Day => 'D',
            Grain::Month => 'M',
        };
        let seller = self.cell.seller.written(ToString::to_string);
        format!("{:02}/{seller}/{grain}/{}", self.cell.view(), self.date.format("%Y-%m-%d"))
    }

    /// The row with this key; none when it is no key of ours.
    pub fn read(key: &str) -> Option<Self> {
        let mut parts = key.split('/').skip(1);
        let seller = Cut::read(parts.next()?, |text| text.parse().ok())?;
        let grain = match parts.next()? {
            "D" => Grain::Day,
            "M" => Grain::Month,
            _ => return None,
        };
        let date = parts.next()?.parse().ok()?;
        let channel = Cut::read(parts.next()?, named)?;
        let reason = Cut::read(parts.next()?, |text| text.parse().ok())?;
        let phase = Cut::read(parts.next()?, named)?;
        let team = Cut::read(parts.next().unwrap_or("*"), |text| text.parse().ok())?;
        Some(Self { grain, date, cell: Cell { seller, channel, reason, phase, team } })
    }

    /// Its slice: where everything is merged, nothing is named.
    pub fn slice(&self) -> Slice {
        self.cell.slice()
    }
}

/// Days, the first and the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Days {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// Why days are none that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DaysFault {
    /// They end before they begin.
    #[error("The last day lies before the first.")]
    Backwards,
    /// They are too many.
    #[error("Ask for at most ten years, between 1970 and 9999.")]
    TooMany,
}

const MOST_DAYS: i64 = 3660;

impl Days {
    /// From one day to another.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, DaysFault> {
        if to < from {
            return Err(DaysFault::Backwards);
        }
        let known = |day: NaiveDate| (1970..=9999).contains(&day.year());
        if (to - from).num_days() >= MOST_DAYS || !known(from) || !known(to) {
            return Err(DaysFault::TooMany);
        }
        Ok(Self { from, to })
    }

    /// The rows that they are made of: whole months, and the days that belong to none.
    pub fn rows(self) -> Vec<(Grain, NaiveDate)> {
        let mut rows = Vec::new();
        let mut day = self.from;
        while day <= self.to {
            let next = match month_after(day) {
                Some(next) if day.day() == 1 && next.pred_opt().is_some_and(|last| last <= self.to) => {
                    rows.push((Grain::Month, day));
                    Some(next)
                }
                _ => {
                    rows.push((Grain::Day, day));
                    day.succ_opt()
                }
            };
            let Some(next) = next else { break };
            day = next;
        }
        rows
    }

    /// The months that they are, when they are whole months and nothing else: the first and the last.
    pub fn months(self) -> Option<(Month, Month)> {
        let whole = self.from.day() == 1 && self.to.succ_opt().is_some_and(|next| next.day() == 1);
        whole.then(|| (Month::of(self.from), Month::of(self.to)))
    }

    /// The rows of a cell in these days.
    pub fn rows_of(self, cell: &Cell) -> Vec<Row> {
        self.rows().into_iter().map(|(grain, date)| Row { grain, date, cell: cell.clone() }).collect()
    }

    /// Where all rows lie that have this seller and are cut as `like` is, whatever its values.
    pub fn ranges(self, like: &Cell) -> Vec<RowRange> {
        let rows = self.rows();
        let mut ranges: Vec<(Grain, NaiveDate, NaiveDate)> = Vec::new();
        for (grain, date) in rows {
            match ranges.last_mut() {
                Some((last, _, to)) if *last == grain => *to = date,
                _ => ranges.push((grain, date, date)),
            }
        }
        let stem = |grain, date| Row { grain, date, cell: like.clone() }.stem();
        // "0" is the byte after "/".
        ranges.into_iter().map(|(grain, from, to)| RowRange { from: stem(grain, from), before: format!("{}0", stem(grain, to)) }).collect()
    }

    /// One after the other, as points of a chart; the first and the last are cut to what is asked for.
    pub fn steps(self, grain: Grain) -> Vec<Self> {
        let mut steps = Vec::new();
        let mut from = self.from;
        while from <= self.to {
            let last = match grain {
                Grain::Day => Some(from),
                Grain::Month => month_after(from).and_then(|next| next.pred_opt()),
            };
            let to = last.unwrap_or(self.to).min(self.to);
            steps.push(Self { from, to });
            let Some(next) = to.succ_opt() else { break };
            from = next;
        }
        steps
    }
}

fn month_after(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))
}

/// A month of the calendar, counted from the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Month(pub i32);

impl Month {
    /// The month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0))
    }
}
