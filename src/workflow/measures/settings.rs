//! How a marketplace measures itself, and what its help pages report.

use super::super::{Check, Cx, Result};
use crate::domain::ids::MarketplaceId;
use crate::domain::kpis::{HelpVisit, MeasureSettings, SettingsFault};
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};
use crate::store::SettingsRow;

/// The longest key of a visit, in characters.
const KEY_LIMIT: usize = 128;

/// How a marketplace measures itself: as somebody has set it, else as is usual.
pub async fn of(cx: &Cx, marketplace: MarketplaceId) -> Result<SettingsRow> {
    if let Some(set) = cx.store.measure_settings(marketplace).await? {
        return Ok(set);
    }
    let currency = cx.marketplace(marketplace).await?.currency;
    Ok(SettingsRow { settings: MeasureSettings::usual(currency), revision: 0 })
}

/// Sets it. Whoever changes how things are counted has everything counted anew.
pub async fn set(cx: &Cx, actor: &Actor, new: MeasureSettings, revision: i32) -> Result<SettingsRow> {
    policy::require(&actor.who, Permission::ManageMeasures)?;
    let currency = cx.marketplace(actor.marketplace).await?.currency;
    let mut check = Check::default();
    for fault in new.faults() {
        let invalid = Refusal::Invalid { message: fault.to_string() };
        match fault {
            SettingsFault::Target(index, _) => check.fault(&["settings", "targets", &index.to_string(), "value"], invalid),
            SettingsFault::ComeBack => check.fault(&["settings", "comeBackDays"], invalid),
            SettingsFault::Recurrence => check.fault(&["settings", "recurrenceDays"], invalid),
            SettingsFault::Cost | SettingsFault::Currency => check.fault(&["settings", "costs"], invalid),
        }
    }
    if new.costs.currency() != currency {
        check.fault(&["settings", "costs"], Refusal::Invalid { message: format!("Costs are in {}.", currency.code()) });
    }
    check.done()?;

    let tx = cx.store.begin(actor.marketplace).await?;
    let before = tx.lock_measure_settings().await?;
    let before = before.unwrap_or_else(|| SettingsRow { settings: MeasureSettings::usual(currency), revision: 0 });
    if before.revision != revision {
        return Err(Refusal::WrongRevision { current: before.revision }.into());
    }
    let recount = !before.settings.counts_like(&new);
    let row = SettingsRow { settings: new, revision: revision + 1 };
    tx.save_measure_settings(&row).await?;
    if recount {
        tx.begin_counting().await?;
    }
    tx.commit().await?;
    if recount {
        cx.store.live().counts_wanted();
    }
    Ok(row)
}

/// A help page reports what became of a visit. Said again with the same key, it counts once.
pub async fn report_visit(cx: &Cx, actor: &Actor, key: &str, visit: HelpVisit) -> Result<()> {
    policy::require(&actor.who, Permission::ReportHelpVisits)?;
    let mut check = Check::default();
    check.text(&["idempotencyKey"], "The key", key, KEY_LIMIT);
    check.done()?;
    let tx = cx.store.begin(actor.marketplace).await?;
    tx.insert_visit(key, visit).await?;
    tx.commit().await?;
    cx.store.live().counts_wanted();
    Ok(())
}
