//! Figures as files: what the live query tells, for spreadsheets.

use super::super::links::{ClosedLink, Link, Purpose, Seal};
use super::super::{Cx, Error, Result};
use super::asking::{Asked, contact_rates, figures, service_costs};
use crate::domain::charter::Marketplace;
use crate::domain::kpis::{ContactRate, CostLine, Days, Kpi, Verdict};
use crate::domain::parties::{Scope, View};

/// Which figures a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// The key figures.
    Figures,
    /// How often buyers got in touch.
    ContactRates,
    /// What service cost.
    ServiceCosts,
}

impl File {
    const ALL: [Self; 3] = [Self::Figures, Self::ContactRates, Self::ServiceCosts];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Figures => "figures.csv",
            Self::ContactRates => "contact-rates.csv",
            Self::ServiceCosts => "service-costs.csv",
        }
    }

    /// The file of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.name() == name)
    }
}

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// The key figures.
    Figures(Vec<Verdict>),
    /// How often buyers got in touch.
    ContactRates(Vec<ContactRate>),
    /// What service cost.
    ServiceCosts(Vec<CostLine>),
}

fn written(asked: &Asked) -> String {
    fn part(text: Option<String>) -> String {
        text.unwrap_or_else(|| "*".to_owned())
    }
    let channel = asked.channel.and_then(|channel| serde_json::to_value(channel).ok()?.as_str().map(str::to_owned));
    let (seller, reason) = (asked.seller.map(|seller| seller.to_string()), asked.reason.as_ref().map(ToString::to_string));
    let team = asked.team.map(|team| team.to_string());
    format!("{}/{}/{}/{}/{}/{}", asked.days.from, asked.days.to, part(seller), part(channel), part(reason), part(team))
}

/// What a path asks for; none when it is no path of ours.
pub fn read(path: &str) -> Option<(Asked, File)> {
    /// Everything, or what the text names.
    fn part<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
        if text == "*" { Ok(None) } else { read(text).map(Some).ok_or(()) }
    }
    let parts: Vec<_> = path.split('/').collect();
    let [from, to, seller, channel, reason, team, file] = parts.as_slice() else { return None };
    let asked = Asked {
        days: Days::new(from.parse().ok()?, to.parse().ok()?).ok()?,
        seller: part(seller, |text| text.parse().ok()).ok()?,
        channel: part(channel, |text| serde_json::from_value((*text).into()).ok()).ok()?,
        reason: part(reason, |text| text.parse().ok()).ok()?,
        team: part(team, |text| text.parse().ok()).ok()?,
    };
    Some((asked, File::of(file)?))
}

/// The address at which the operator can have a file for a while; none for others.
pub fn link(cx: &Cx, scope: Scope, asked: &Asked, file: File) -> Option<Link> {
    let subject = format!("{}/{}", written(asked), file.name());
    (scope.view == View::Whole).then(|| cx.links.make(Purpose::MeasuresExport, &subject, &format!("/measures/{subject}"), scope, cx.now()))
}

/// Whose eyes a link to a file opens with.
pub fn open_link(cx: &Cx, path: &str, seal: Seal<'_>) -> std::result::Result<Scope, ClosedLink> {
    cx.links.open(Purpose::MeasuresExport, path, seal, cx.now())
}

/// What a file holds now.
pub async fn content(cx: &Cx, scope: Scope, path: &str) -> Result<(Marketplace, Asked, Content)> {
    let (asked, file) = read(path).ok_or(Error::NotFound)?;
    let marketplace = cx.marketplace(scope.marketplace).await?;
    let content = match file {
        File::Figures => Content::Figures(figures(cx, scope, &asked, &Kpi::usual()).await?),
        File::ContactRates => Content::ContactRates(contact_rates(cx, scope, &asked).await?),
        File::ServiceCosts => Content::ServiceCosts(service_costs(cx, scope, asked.days, asked.seller).await?),
    };
    Ok((marketplace, asked, content))
}
