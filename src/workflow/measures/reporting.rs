//! The report that goes out by itself. It asks what anybody may ask, so that its figures are those of the live query.

use chrono::TimeDelta;

use super::super::{Cx, Result};
use super::asking::{Asked, figures};
use super::counting::{Counting, count};
use crate::domain::charter::Marketplace;
use crate::domain::ids::MarketplaceId;
use crate::domain::kpis::{Days, Kpi, report_words};
use crate::domain::mails::{self, Language, Letter, MailKind, Receiver};
use crate::domain::parties::Actor;

/// After how long it is tried again.
const LATER: TimeDelta = TimeDelta::minutes(15);
/// How much is counted for a report at once, in batches; others wait for their turn.
const BATCHES: usize = 20;

/// What came of a report that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporting {
    /// It is written.
    Written,
    /// There is more to count before.
    NotYet,
}

/// Counts what happened until now.
async fn caught_up(cx: &Cx, id: MarketplaceId) -> Result<bool> {
    for _ in 0..BATCHES {
        match count(cx, id).await? {
            Counting::Nothing => return Ok(true),
            Counting::Further => {}
            Counting::Elsewhere => return Ok(false),
        }
    }
    Ok(false)
}

/// Writes the e-mails of a report that is due, for those of the staff who want them, once everything is counted.
pub async fn report(cx: &Cx, id: MarketplaceId) -> Result<Reporting> {
    if !caught_up(cx, id).await? {
        return Ok(Reporting::NotYet);
    }
    let marketplace = cx.marketplace(id).await?;
    let recipients = cx.store.recipients(id).await?;
    let wanted = recipients.iter().filter(|one| one.kinds.is_empty() || one.kinds.contains(&MailKind::Report));
    let receivers: Vec<_> = wanted.map(|one| Receiver::Operator(one.id)).collect();
    let tx = cx.store.begin(id).await?;
    let Some(set) = tx.lock_measure_settings().await? else { return Ok(Reporting::Written) };
    let every = set.settings.report;
    if let Some(days) = every.period(marketplace.timezone, cx.now()) {
        // Whoever made it ready at the same time wrote the same e-mails, which are written once.
        tx.mail_news(MailKind::Report, &days.key(), &receivers, cx.now()).await?;
    }
    tx.plan_report(every.next(marketplace.timezone, cx.now())).await?;
    tx.commit().await?;
    cx.store.live().mails_grew();
    Ok(Reporting::Written)
}

/// Figures cannot be told now; others are not to wait for that.
pub async fn put_off(cx: &Cx, id: MarketplaceId) -> Result<()> {
    let tx = cx.store.begin(id).await?;
    tx.plan_report(Some(cx.now() + LATER)).await?;
    Ok(tx.commit().await?)
}

/// The e-mail of a report, with the figures as they are now.
pub async fn report_letter(
    cx: &Cx,
    marketplace: &Marketplace,
    days: Days,
    unsubscribe: Option<&str>,
    language: Language,
) -> Result<Letter> {
    let scope = Actor::system(marketplace.id).scope();
    // Who came back is told of whole months only.
    let told = |kpi: &Kpi| days.months().is_some() || !matches!(kpi, Kpi::Retention(_));
    let kpis: Vec<_> = Kpi::usual().into_iter().filter(told).collect();
    let verdicts = figures(cx, scope, &Asked::of(days), &kpis).await?;
    let (subject, words) = report_words(&marketplace.name, days, &verdicts, language);
    Ok(mails::notice(MailKind::Report, subject, &words, &marketplace.name, unsubscribe, language))
}
