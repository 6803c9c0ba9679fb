//! How a marketplace measures itself.

use serde::{Deserialize, Serialize};

use super::super::money::{Currency, Money};
use super::{CostRules, KpiTargets, ReportEvery, TargetFault};

/// What a marketplace sets of its measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeasureSettings {
    /// What it wants.
    pub targets: KpiTargets,
    /// What its service costs.
    pub costs: CostRules,
    /// How many days a buyer has to come back before a case counts as resolved at first contact.
    pub come_back_days: u16,
    /// Within how many days a dispute of the same seller and reason recurs.
    pub recurrence_days: u16,
    /// How often figures are sent to the staff.
    #[serde(default)]
    pub report: ReportEvery,
}

/// The longest of these times, in days.
pub const LONGEST_WINDOW: u16 = 365;

/// What is wrong with settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// A target, by its place.
    #[error("{1}")]
    Target(usize, TargetFault),
    /// The days to come back.
    #[error("Between 1 and {LONGEST_WINDOW} days.")]
    ComeBack,
    /// The days to recur.
    #[error("Between 1 and {LONGEST_WINDOW} days.")]
    Recurrence,
    /// Costs below nothing.
    #[error("A cost is 0 or more.")]
    Cost,
    /// Costs in several currencies.
    #[error("All costs are in one currency.")]
    Currency,
}

impl MeasureSettings {
    /// What holds before anybody has set anything.
    pub fn usual(currency: Currency) -> Self {
        let costs = CostRules { hour: Money::zero(currency), channels: [].into(), reply_seconds: [].into(), most_per_case: [].into() };
        Self { targets: KpiTargets::default(), costs, come_back_days: 7, recurrence_days: 90, report: ReportEvery::Never }
    }

    /// Whether both count alike: what was counted under one is right under the other.
    pub const fn counts_like(&self, other: &Self) -> bool {
        self.come_back_days == other.come_back_days && self.recurrence_days == other.recurrence_days
    }

    /// What is wrong with them.
    pub fn faults(&self) -> Vec<SettingsFault> {
        let window = |days: u16, fault| (!(1..=LONGEST_WINDOW).contains(&days)).then_some(fault);
        let costs: Vec<_> = self.costs.channels.values().chain(self.costs.most_per_case.values()).chain([&self.costs.hour]).collect();
        self.targets
            .faults()
            .into_iter()
            .map(|(index, fault)| SettingsFault::Target(index, fault))
            .chain(window(self.come_back_days, SettingsFault::ComeBack))
            .chain(window(self.recurrence_days, SettingsFault::Recurrence))
            .chain(costs.iter().any(|cost| cost.minor < 0).then_some(SettingsFault::Cost))
            .chain(costs.iter().any(|cost| cost.currency != self.costs.currency()).then_some(SettingsFault::Currency))
            .collect()
    }
}
