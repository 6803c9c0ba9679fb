//! The report that goes out by itself. It asks what anybody may ask, so that its figures are those of the live query.

use super::super::{Cx, Result};
use super::asking::{Asked, figures};
use super::counting::{Counting, count};
use crate::domain::charter::Marketplace;
use crate::domain::ids::MarketplaceId;
use crate::domain::kpis::{Days, Kpi, report_words};
use crate::domain::mails::{self, Language, Letter, MailKind, Receiver};
use crate::domain::parties::Actor;

/// Writes the e-mails of a report that is due, for those of the staff who want them.
pub async fn report(cx: &Cx, id: MarketplaceId) -> Result<()> {
    // What happened until now is counted first.
    while count(cx, id).await? == Counting::Further {}
    let marketplace = cx.marketplace(id).await?;
    let recipients = cx.store.recipients(id).await?;
    let wanted = recipients.iter().filter(|one| one.kinds.is_empty() || one.kinds.contains(&MailKind::Report));
    let receivers: Vec<_> = wanted.map(|one| Receiver::Operator(one.id)).collect();
    let tx = cx.store.begin(id).await?;
    let Some(set) = tx.lock_measure_settings().await? else { return Ok(()) };
    let every = set.settings.report;
    if let Some(days) = every.period(marketplace.timezone, cx.now()) {
        // Whoever made it ready at the same time wrote the same e-mails, which are written once.
        tx.mail_news(MailKind::Report, &days.key(), &receivers, cx.now()).await?;
    }
    tx.plan_report(every.next(marketplace.timezone, cx.now())).await?;
    tx.commit().await?;
    cx.store.live().mails_grew();
    Ok(())
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
    let verdicts = figures(cx, scope, &Asked::of(days), &Kpi::usual()).await?;
    let (subject, words) = report_words(&marketplace.name, days, &verdicts, language);
    Ok(mails::notice(MailKind::Report, subject, &words, &marketplace.name, unsubscribe, language))
}
