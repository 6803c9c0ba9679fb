//! How a marketplace measures itself, and what its help pages report.

use std::collections::{BTreeMap, BTreeSet};

use super::super::orders::{AmountInput, amount};
use super::super::{Check, Cx, Result};
use crate::domain::ids::MarketplaceId;
use crate::domain::kpis::{CostRules, HelpVisit, KpiTargets, MeasureSettings, ReportEvery, SettingsFault};
use crate::domain::money::{Currency, Money};
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::tickets::Channel;
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

/// What a channel costs, as it is said.
#[derive(Debug, Clone)]
pub struct CostInput {
    /// The channel.
    pub channel: Channel,
    /// What each of its cases costs beside the work; none for nothing.
    pub per_case: Option<AmountInput>,
    /// How many seconds of work a reply takes.
    pub reply_seconds: u32,
    /// What a case is to cost at most; none for nothing wanted.
    pub most_per_case: Option<AmountInput>,
}

/// How a marketplace measures itself, as it is said.
#[derive(Debug, Clone)]
pub struct SettingsInput {
    /// What it wants.
    pub targets: KpiTargets,
    /// What an hour of work costs.
    pub hour: AmountInput,
    /// What channels cost.
    pub channels: Vec<CostInput>,
    /// How many days a buyer has to come back.
    pub come_back_days: u16,
    /// Within how many days a dispute recurs.
    pub recurrence_days: u16,
    /// How often figures are sent to the staff.
    pub report: ReportEvery,
}

/// The longest a reply can take, in seconds: a day.
const LONGEST_REPLY: u32 = 86_400;
/// The most targets that can be set.
const MOST_TARGETS: usize = 500;

fn read(input: SettingsInput, currency: Currency) -> Result<MeasureSettings> {
    let mut check = Check::default();
    let none = Money::zero(currency);
    let hour = amount(&mut check, &["hour"], "An hour of work", &input.hour).unwrap_or(none);
    let mut costs = CostRules { hour, channels: BTreeMap::new(), reply_seconds: BTreeMap::new(), most_per_case: BTreeMap::new() };
    let mut seen = BTreeSet::new();
    for (index, cost) in input.channels.into_iter().enumerate() {
        let index = index.to_string();
        if !seen.insert(cost.channel) {
            check.fault(&["channels", &index, "channel"], Refusal::Invalid { message: "This channel stands here already.".into() });
        }
        if cost.reply_seconds > LONGEST_REPLY {
            let message = format!("A reply takes at most {LONGEST_REPLY} seconds.");
            check.fault(&["channels", &index, "replySeconds"], Refusal::Invalid { message });
        }
        if let Some(each) = &cost.per_case
            && let Some(each) = amount(&mut check, &["channels", &index, "perCase"], "A case", each)
        {
            costs.channels.insert(cost.channel, each);
        }
        if let Some(most) = &cost.most_per_case
            && let Some(most) = amount(&mut check, &["channels", &index, "targetPerCase"], "The target", most)
        {
            costs.most_per_case.insert(cost.channel, most);
        }
        costs.reply_seconds.insert(cost.channel, cost.reply_seconds);
    }
    if input.targets.targets.len() > MOST_TARGETS {
        check.fault(&["targets"], Refusal::TooMany { limit: MOST_TARGETS });
    }
    let new = MeasureSettings {
        targets: input.targets,
        costs,
        come_back_days: input.come_back_days,
        recurrence_days: input.recurrence_days,
        report: input.report,
    };
    for fault in new.faults() {
        let invalid = Refusal::Invalid { message: fault.to_string() };
        match fault {
            SettingsFault::Target(index, _) => check.fault(&["targets", &index.to_string(), "value"], invalid),
            SettingsFault::ComeBack => check.fault(&["comeBackDays"], invalid),
            SettingsFault::Recurrence => check.fault(&["recurrenceDays"], invalid),
            SettingsFault::Cost | SettingsFault::Currency => check.fault(&["hour"], invalid),
        }
    }
    if new.costs.currency() != currency {
        check.fault(&["hour", "currencyCode"], Refusal::Invalid { message: format!("Costs are in {}.", currency.code()) });
    }
    check.done()?;
    Ok(new)
}

/// Sets it. Whoever changes how things are counted has everything counted anew, bit by bit; until that is done figures mix both ways.
pub async fn set(cx: &Cx, actor: &Actor, input: SettingsInput, revision: i32) -> Result<SettingsRow> {
    policy::require(&actor.who, Permission::ManageMeasures)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let currency = marketplace.currency;
    let new = read(input, currency)?;

    let tx = cx.store.begin(actor.marketplace).await?;
    let before = tx.lock_measure_settings().await?;
    let before = before.unwrap_or_else(|| SettingsRow { settings: MeasureSettings::usual(currency), revision: 0 });
    if before.revision != revision {
        return Err(Refusal::WrongRevision { current: before.revision }.into());
    }
    let recount = !before.settings.counts_like(&new);
    let row = SettingsRow { settings: new, revision: revision + 1 };
    tx.save_measure_settings(&row).await?;
    if before.settings.report != row.settings.report {
        tx.plan_report(row.settings.report.next(marketplace.timezone, cx.now())).await?;
    }
    if recount {
        tx.sweep_counts().await?;
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
