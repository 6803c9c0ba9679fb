//! What a marketplace wants of its figures, and what its service costs.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::super::enums::Channel;
use super::super::errors::{Result, UserError, failure, split};
use super::super::scalars::{MoneyInput, MoneyObject};
use super::super::session::session;
use super::kinds::{KpiInput, KpiKind, KpiTimeBasis, named};
use super::whole;
use crate::domain::ids::{SellerId, TeamId};
use crate::domain::kpis::{HelpVisit, KpiTargets, Scope, Target};
use crate::domain::money::Money;
use crate::domain::parties::View;
use crate::store::SettingsRow;
use crate::workflow::measures::{self, CostInput, SettingsInput};

/// What is wanted of a figure.
#[derive(SimpleObject)]
struct KpiTarget {
    /// Of which.
    kind: KpiKind,
    /// In what time is counted; null for all but first replies.
    time_basis: Option<KpiTimeBasis>,
    /// How many per cent; null for all but percentiles.
    percentile: Option<i32>,
    /// For this seller; null for all.
    seller_id: Option<SellerId>,
    /// For this channel; null for all.
    channel: Option<Channel>,
    /// For this contact reason; null for all.
    reason: Option<String>,
    /// For this team; null for all.
    team_id: Option<TeamId>,
    /// At least or at most this, in the figure's unit.
    value: f64,
}

impl From<&Target> for KpiTarget {
    fn from(target: &Target) -> Self {
        let (kind, time_basis, percentile) = named(target.kpi);
        Self {
            kind,
            time_basis,
            percentile,
            seller_id: target.scope.seller,
            channel: target.scope.channel.map(Into::into),
            reason: target.scope.reason.as_ref().map(ToString::to_string),
            team_id: target.scope.team,
            value: target.value,
        }
    }
}

/// What service by a channel costs.
#[derive(SimpleObject)]
struct ChannelCost {
    /// The channel.
    channel: Channel,
    /// What each case costs beside the work; null for nothing.
    per_case: Option<MoneyObject>,
    /// How many seconds of work a reply of the operator takes.
    reply_seconds: u32,
    /// What a case is to cost at most, with the work; null when nothing is wanted.
    target_per_case: Option<MoneyObject>,
}

/// What customer service costs.
#[derive(SimpleObject)]
struct ServiceCostRules {
    /// An hour of work.
    hour: MoneyObject,
    /// By channel; what is not named costs nothing.
    channels: Vec<ChannelCost>,
}

/// How often figures are sent by e-mail to those of the staff who are set by `alertRecipientsSet` for all kinds, or for `REPORT`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::kpis::ReportEvery")]
enum KpiReport {
    /// Not at all.
    #[default]
    Never,
    /// On Mondays at six, where the marketplace is, of the week before.
    Week,
    /// On the first of each month at six, of the month before.
    Month,
}

/// How a marketplace measures itself.
pub(super) struct MeasureSettingsObject(SettingsRow);

#[Object(name = "MeasureSettings")]
/// How a marketplace measures itself.
impl MeasureSettingsObject {
    /// What is wanted of figures.
    async fn targets(&self) -> Vec<KpiTarget> {
        self.0.settings.targets.targets.iter().map(Into::into).collect()
    }

    /// A figure that rests on fewer is not judged.
    async fn minimum_sample(&self) -> i64 {
        whole(self.0.settings.targets.minimum_sample)
    }

    /// What service costs.
    async fn costs(&self) -> ServiceCostRules {
        let rules = &self.0.settings.costs;
        let named: std::collections::BTreeSet<_> =
            rules.channels.keys().chain(rules.reply_seconds.keys()).chain(rules.most_per_case.keys()).copied().collect();
        let cost = |channel| ChannelCost {
            channel: Channel::from(channel),
            per_case: rules.channels.get(&channel).copied().map(|money: Money| money.into()),
            reply_seconds: rules.reply_seconds.get(&channel).copied().unwrap_or(0),
            target_per_case: rules.most_per_case.get(&channel).copied().map(|money: Money| money.into()),
        };
        ServiceCostRules { hour: rules.hour.into(), channels: named.into_iter().map(cost).collect() }
    }

    /// How many days a buyer has to come back before a case counts as resolved at first contact.
    async fn come_back_days(&self) -> i32 {
        self.0.settings.come_back_days.into()
    }

    /// Within how many days a dispute of the same seller and reason recurs.
    async fn recurrence_days(&self) -> i32 {
        self.0.settings.recurrence_days.into()
    }

    /// How often figures are sent by e-mail.
    async fn report(&self) -> KpiReport {
        self.0.settings.report.into()
    }

    /// How often it was set; 0 while all is as it comes.
    async fn revision(&self) -> i32 {
        self.0.revision
    }
}

/// The queries of this file.
#[derive(Default)]
pub(in crate::graphql) struct MeasureSettingsQueries;

#[Object]
impl MeasureSettingsQueries {
    /// What the marketplace wants of its figures, what its service costs, and how it counts. For operators; null for others.
    async fn measure_settings(&self, ctx: &Context<'_>) -> Option<Result<MeasureSettingsObject>> {
        let ask = async {
            let session = session(ctx)?;
            if session.scope().view != View::Whole {
                return Ok(None);
            }
            let set = measures::settings_of(session.cx(), session.scope().marketplace).await.map_err(|error| failure(&error))?;
            Ok(Some(MeasureSettingsObject(set)))
        };
        ask.await.transpose()
    }
}

/// What is wanted of a figure.
#[derive(InputObject)]
struct KpiTargetInput {
    /// Of which.
    kpi: KpiInput,
    /// For this seller; null for all.
    seller_id: Option<SellerId>,
    /// For this channel; null for all.
    channel: Option<Channel>,
    /// For this contact reason; null for all.
    reason: Option<String>,
    /// For this team; null for all.
    team_id: Option<TeamId>,
    /// At least or at most this, in the figure's unit.
    value: f64,
}

/// What service by a channel costs.
#[derive(InputObject)]
struct ChannelCostInput {
    /// The channel, each once.
    channel: Channel,
    /// What each case costs beside the work; null for nothing.
    per_case: Option<MoneyInput>,
    /// How many seconds of work a reply of the operator takes, at most a day.
    #[graphql(default)]
    reply_seconds: u32,
    /// What a case is to cost at most, with the work; null for no target.
    target_per_case: Option<MoneyInput>,
}

/// How the marketplace is to measure itself: the whole of it.
#[derive(InputObject)]
pub(in crate::graphql) struct MeasureSettingsSetInput {
    /// What is wanted of figures, at most 500, each once. The narrowest that holds decides.
    targets: Vec<KpiTargetInput>,
    /// A figure that rests on fewer is not judged.
    #[graphql(default = 5)]
    minimum_sample: u32,
    /// What an hour of work costs, in the marketplace's currency.
    hour: MoneyInput,
    /// What channels cost; what is not named costs nothing.
    #[graphql(default)]
    channels: Vec<ChannelCostInput>,
    /// How many days a buyer has to come back, 1 to 365. A change has everything counted anew.
    #[graphql(default = 7)]
    come_back_days: u16,
    /// Within how many days a dispute recurs, 1 to 365. A change has everything counted anew.
    #[graphql(default = 90)]
    recurrence_days: u16,
    /// How often figures are sent by e-mail.
    #[graphql(default)]
    report: KpiReport,
    /// The revision that the change starts from.
    revision: i32,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct MeasureSettingsPayload {
    /// The settings as they are now; null when nothing was set.
    settings: Option<MeasureSettingsObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// What became of a visit to the help pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "HelpVisit")]
enum HelpVisitOutcome {
    /// The visitor found enough.
    Deflected,
    /// The visitor went on to the form.
    WentOn,
}

/// A visit to the help pages.
#[derive(InputObject)]
pub(in crate::graphql) struct HelpVisitReportInput {
    /// A key of the client's choice, 1 to 128 characters, such as the session's. Told again with the same key, a visit counts once, as it
    /// was told first.
    idempotency_key: String,
    /// What became of it.
    outcome: HelpVisitOutcome,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct HelpVisitPayload {
    /// What is wrong with the input; when there is anything, nothing was counted.
    user_errors: Vec<UserError>,
}

fn target(input: KpiTargetInput) -> Result<Target> {
    let reason = input.reason.map(|reason| reason.parse()).transpose();
    let reason = reason.map_err(|_| super::bad_input("This is no key of a contact reason."))?;
    let scope = Scope { seller: input.seller_id, channel: input.channel.map(Into::into), reason, team: input.team_id };
    Ok(Target { kpi: input.kpi.read()?, scope, value: input.value })
}

/// The mutations of this file.
#[derive(Default)]
pub(in crate::graphql) struct MeasureSettingsMutations;

#[Object]
impl MeasureSettingsMutations {
    /// Says what is wanted of figures, what service costs, and how is counted. For operators.
    async fn measure_settings_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All of it.")] input: MeasureSettingsSetInput,
    ) -> Option<Result<MeasureSettingsPayload>> {
        let run = async {
            let session = session(ctx)?;
            let targets = input.targets.into_iter().map(target).collect::<Result<_>>()?;
            let cost = |cost: ChannelCostInput| CostInput {
                channel: cost.channel.into(),
                per_case: cost.per_case.map(Into::into),
                reply_seconds: cost.reply_seconds,
                most_per_case: cost.target_per_case.map(Into::into),
            };
            let wanted = SettingsInput {
                targets: KpiTargets { targets, minimum_sample: input.minimum_sample.into() },
                hour: input.hour.into(),
                channels: input.channels.into_iter().map(cost).collect(),
                come_back_days: input.come_back_days,
                recurrence_days: input.recurrence_days,
                report: input.report.into(),
            };
            let set = Box::pin(measures::set_settings(session.cx(), session.actor(), wanted, input.revision)).await;
            let (row, user_errors) = split(set)?;
            Ok(MeasureSettingsPayload { settings: row.map(MeasureSettingsObject), user_errors })
        };
        Some(run.await)
    }

    /// Tells what became of a visit to the help pages, so that `DEFLECTION` can be measured. For vendors and operators.
    async fn help_visit_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The visit.")] input: HelpVisitReportInput,
    ) -> Option<Result<HelpVisitPayload>> {
        let run = async {
            let session = session(ctx)?;
            let told = measures::report_visit(session.cx(), session.actor(), &input.idempotency_key, input.outcome.into());
            let (_, user_errors) = split(Box::pin(told).await)?;
            Ok(HelpVisitPayload { user_errors })
        };
        Some(run.await)
    }
}
