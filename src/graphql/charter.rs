//! The charter: read, published, accepted; and when sellers are away.

use async_graphql::{Context, InputObject, MergedObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::charter_enums::{
    Acknowledgement, Avoidable, CharterEffect, CostBearer, Family, Handling, PrivateMirror, ProactiveNotices, RequiredField,
    ResolutionKind, TicketSync,
};
use super::disputes::{DisputeRules, SellerComplaintsObject};
use super::enums::{CasePhase, Channel, ConversationMode};
use super::errors::{Result, UserError, split};
use super::ledger::LedgerRules;
use super::pool::PoolRules;
use super::refunds::RefundRulesObject;
use super::returns::ReturnPolicyObject;
use super::session::session;
use super::tenants::BusinessHours;
use super::triage::TriageRules;
use crate::domain::calendar::Closure;
use crate::domain::charter::{self, Charter, CharterVersion, PartyTargets, Publication};
use crate::domain::parties::View;
use crate::domain::reasons::ContactReason;
use crate::workflow::charter::{self as workflow, Change};

mod acceptance;
mod hours;
mod input;
mod ratings;
mod sellers;

pub(super) use acceptance::{CharterAcceptance, acceptance};

use input::{CharterInput, edited};
pub(super) use ratings::RatingCriterionObject;
use ratings::RatingRulesObject;
use sellers::SellerTimesMutations;

/// A contact reason, with the language that people read it in when they name none.
pub(super) struct ContactReasonObject(pub(super) ContactReason, pub(super) String);

#[Object(name = "ContactReason")]
/// Why somebody gets in touch, with the playbook for it.
impl ContactReasonObject {
    /// The short name by which it is chosen: `not_received`.
    async fn key(&self) -> &str {
        self.0.key.as_str()
    }

    /// How people call it.
    async fn label(&self, #[graphql(desc = "In which language; null for the marketplace's.")] locale: Option<String>) -> &str {
        self.0.label(locale.as_deref().unwrap_or(&self.1))
    }

    /// What kind of request it is.
    async fn family(&self) -> Family {
        self.0.family.into()
    }

    /// Who is asked first.
    async fn handling(&self) -> Handling {
        self.0.handling.into()
    }

    /// What must be known before it can be worked on.
    async fn required_fields(&self) -> Vec<RequiredField> {
        self.0.required.iter().copied().map(Into::into).collect()
    }

    /// How it may end; empty for any way.
    async fn allowed_resolutions(&self) -> Vec<ResolutionKind> {
        self.0.resolutions.iter().copied().map(Into::into).collect()
    }

    /// Who pays unless somebody decides otherwise.
    async fn cost_bearer(&self) -> CostBearer {
        self.0.cost_bearer.into()
    }

    /// How long the parties have; null for the charter's usual targets.
    async fn targets(&self) -> Option<PartyTargetsObject> {
        self.0.targets.map(Into::into)
    }

    /// Whether better information would have spared the contact.
    async fn avoidable(&self) -> Avoidable {
        self.0.avoidable.into()
    }
}

/// How long a party has, in hours of the business calendar.
#[expect(clippy::struct_field_names, reason = "a unit belongs to its name")]
#[derive(SimpleObject)]
#[graphql(name = "PartyTargets")]
pub(super) struct PartyTargetsObject {
    /// For the first answer.
    first_reply_hours: i32,
    /// For each later answer.
    next_reply_hours: i32,
    /// For the resolution; time in which another party is waited for does not count.
    resolution_hours: i32,
}

impl From<PartyTargets> for PartyTargetsObject {
    fn from(targets: PartyTargets) -> Self {
        Self {
            first_reply_hours: targets.first_reply_hours.into(),
            next_reply_hours: targets.next_reply_hours.into(),
            resolution_hours: targets.resolution_hours.into(),
        }
    }
}

/// How soon answers are expected on a channel.
#[derive(SimpleObject)]
pub(super) struct ChannelTarget {
    /// On this channel.
    channel: Channel,
    /// So many hours.
    reply_hours: i32,
}

/// Who talks with the buyer in new cases of a kind. What is null fits everything.
#[derive(SimpleObject)]
pub(super) struct CharterRoute {
    /// On this side of the purchase.
    phase: Option<CasePhase>,
    /// For the contact reason with this key.
    reason: Option<String>,
    /// By this way.
    channel: Option<Channel>,
    /// Who talks with the buyer then.
    mode: ConversationMode,
}

/// A consumer mediator.
#[derive(SimpleObject)]
pub(super) struct ConsumerMediator {
    /// Its name.
    name: String,
    /// Where it is found: a web address.
    url: String,
    /// Where to write to; null when the web address is enough.
    address: Option<String>,
}

/// A version of the charter, with the marketplace's language.
pub(super) struct CharterObject(pub(super) Publication, pub(super) String);

impl CharterObject {
    fn rules(&self) -> &Charter {
        &self.0.charter
    }
}

#[Object(name = "Charter")]
/// A version of the rules between buyers, sellers and the operator. A version never changes; a case stays under the one in
/// force when it was opened.
impl CharterObject {
    /// Its number, from 1.
    async fn version(&self) -> i32 {
        self.0.version.0
    }

    /// Whether it changes what binds the parties.
    async fn effect(&self) -> CharterEffect {
        self.0.effect.into()
    }

    /// What changes, for people; null when nobody said.
    async fn summary(&self) -> Option<&str> {
        Some(self.0.summary.as_str()).filter(|summary| !summary.is_empty())
    }

    /// When it was announced.
    async fn announced_at(&self) -> DateTime<Utc> {
        self.0.announced_at
    }

    /// From when on it holds.
    async fn effective_at(&self) -> DateTime<Utc> {
        self.0.effective_at
    }

    /// Who talks with the buyer in a new case that no route names.
    async fn conversation_mode(&self) -> ConversationMode {
        self.rules().conversation_mode.into()
    }

    /// Who talks with the buyer by phase, reason and channel; the first route that fits decides.
    async fn routes(&self) -> Vec<CharterRoute> {
        let route = |route: &charter::Route| CharterRoute {
            phase: route.phase.map(Into::into),
            reason: route.reason.as_ref().map(ToString::to_string),
            channel: route.channel.map(Into::into),
            mode: route.mode.into(),
        };
        self.rules().routes.iter().map(route).collect()
    }

    /// How long the seller has.
    async fn seller_targets(&self) -> PartyTargetsObject {
        self.rules().targets.seller.into()
    }

    /// How long the operator has.
    async fn operator_targets(&self) -> PartyTargetsObject {
        self.rules().targets.operator.into()
    }

    /// Channels on which answers are expected sooner.
    async fn channel_targets(&self) -> Vec<ChannelTarget> {
        let target =
            |target: &charter::ChannelTarget| ChannelTarget { channel: target.channel.into(), reply_hours: target.reply_hours.into() };
        self.rules().targets.channels.iter().map(target).collect()
    }

    /// At which share of the time a warning is given, in per cent.
    async fn warn_at_percent(&self) -> i32 {
        u8::from(self.rules().warn_at).into()
    }

    /// After how many days of the buyer's silence a case counts as resolved.
    async fn buyer_silence_days(&self) -> i32 {
        self.rules().buyer_silence_days.into()
    }

    /// After how many days without an answer to a question for clarification a case counts as resolved.
    async fn clarification_days(&self) -> i32 {
        self.rules().clarification_days.into()
    }

    /// For how many days a resolved case can be opened again; after them it is closed.
    async fn reopen_days(&self) -> i32 {
        self.rules().reopen_days.into()
    }

    /// Within how many days two contacts about the same order line, by different channels, are one case; 0 for never.
    async fn one_case_days(&self) -> i32 {
        self.rules().one_case_days.into()
    }

    /// How many days a change of what binds the parties is announced before.
    async fn notice_days(&self) -> i32 {
        self.rules().notice_days.into()
    }

    /// Why people get in touch, and what is done then.
    async fn reasons(&self) -> Vec<ContactReasonObject> {
        self.rules().reasons.iter().cloned().map(|reason| ContactReasonObject(reason, self.1.clone())).collect()
    }

    /// The consumer mediator whose contact a buyer is given when a complaint stays unsolved; null when none is named.
    async fn consumer_mediator(&self) -> Option<ConsumerMediator> {
        let mediator = self.rules().mediator.clone()?;
        Some(ConsumerMediator { name: mediator.name, url: mediator.url, address: mediator.address })
    }

    /// When somebody is there, and the hours of deadlines count; null when every hour of day and night does.
    async fn business_hours(&self) -> Option<BusinessHours> {
        self.rules().business_hours.clone().map(BusinessHours)
    }

    /// Whether a new case is acknowledged to the buyer within a minute, by the template `acknowledgement`.
    async fn acknowledgement(&self) -> Acknowledgement {
        self.rules().acknowledgement.into()
    }

    /// Whether buyers are told without having asked that an order comes later than promised, and how. A buyer who has an open
    /// case about it is told there.
    async fn proactive_notices(&self) -> ProactiveNotices {
        self.rules().proactive_notices.into()
    }

    /// How urgent cases are.
    async fn triage(&self) -> TriageRules {
        TriageRules(self.rules().triage.clone())
    }

    /// Whether and how questions are offered to several sellers.
    async fn pool(&self) -> PoolRules {
        PoolRules(self.rules().pool.clone())
    }

    /// How disputes go: who may act, until when, and what silence means.
    async fn disputes(&self) -> DisputeRules {
        DisputeRules(self.rules().disputes.clone())
    }

    /// How sellers complain, and which mediators the marketplace engages with; null when it has not said so yet.
    async fn seller_complaints(&self) -> Option<SellerComplaintsObject> {
        self.rules().complaints.clone().map(Into::into)
    }

    /// How refunds are decided and paid.
    async fn refunds(&self) -> RefundRulesObject {
        RefundRulesObject(self.rules().refunds.clone())
    }

    /// How long credit and codes are good for, and how much a seller may owe.
    async fn ledger(&self) -> LedgerRules {
        (&self.rules().ledger).into()
    }

    /// What it says about returns.
    async fn returns(&self) -> ReturnPolicyObject {
        ReturnPolicyObject(self.rules().returns.clone())
    }

    /// What buyers are asked to rate, how soon sellers reply, and how scores are computed.
    async fn ratings(&self) -> RatingRulesObject {
        RatingRulesObject(self.rules().ratings.clone(), self.1.clone())
    }

    /// In which direction state and priority are kept in step with the ticket; null for viewers other than the operator.
    async fn ticket_sync(&self, ctx: &Context<'_>) -> Option<Result<TicketSync>> {
        for_operator(ctx, self.rules().ticket_sync.into())
    }

    /// Whether private talk is copied into the ticket; null for viewers other than the operator.
    async fn private_mirror(&self, ctx: &Context<'_>) -> Option<Result<PrivateMirror>> {
        for_operator(ctx, self.rules().private_mirror.into())
    }

    /// How an order reference looks in free text, as a regular expression; null for the usual, and for viewers other than the
    /// operator.
    async fn order_pattern(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.rules().order_pattern.clone().and_then(|pattern| for_operator(ctx, String::from(pattern)))
    }
}

fn for_operator<T>(ctx: &Context<'_>, value: T) -> Option<Result<T>> {
    match session(ctx) {
        Err(error) => Some(Err(error)),
        Ok(session) => (session.scope().view == View::Whole).then_some(Ok(value)),
    }
}

/// Dates on which a seller is away.
#[derive(SimpleObject)]
#[graphql(name = "Closure")]
pub(super) struct ClosureObject {
    /// The first day.
    first: NaiveDate,
    /// The last day, still away.
    last: NaiveDate,
    /// Why, for people; null when nobody said.
    label: Option<String>,
}

impl From<&Closure> for ClosureObject {
    fn from(closure: &Closure) -> Self {
        let label = Some(closure.label().to_owned()).filter(|label| !label.is_empty());
        Self { first: closure.first(), last: closure.last(), label }
    }
}

/// Dates on which a seller is away.
#[derive(InputObject)]
pub(super) struct ClosureInput {
    /// The first day.
    first: NaiveDate,
    /// The last day, still away; at most 400 days later.
    last: NaiveDate,
    /// Why, for people, at most 120 characters; null for no reason given.
    label: Option<String>,
}

/// A change of the charter.
#[derive(InputObject)]
pub(super) struct CharterPublishInput {
    /// What changes: a field that is left out stays as it is.
    charter: CharterInput,
    /// What changes, for the people whom it concerns, at most 2,000 characters; null for nothing said.
    summary: Option<String>,
    /// From when on it holds; null for as soon as the notice allows. What binds the parties waits for `noticeDays` after the
    /// announcement, unless there is no seller yet; what only concerns the helpdesk holds at once.
    effective_at: Option<DateTime<Utc>>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct CharterPublishPayload {
    /// The version that carries the change; null when nothing was done.
    charter: Option<CharterObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A version to accept.
#[derive(InputObject)]
pub(super) struct CharterAcceptInput {
    /// Its number.
    version: i32,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct CharterAcceptPayload {
    /// The newest version that the seller has accepted; null when nothing was done.
    acceptance: Option<CharterAcceptance>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file and of its parts.
#[derive(Default, MergedObject)]
pub(super) struct CharterMutations(PublishingMutations, SellerTimesMutations);

/// The mutations of this file.
#[derive(Default)]
pub(super) struct PublishingMutations;

#[Object]
impl PublishingMutations {
    /// Publishes a change of the charter. For operators.
    async fn charter_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes, and from when on.")] input: CharterPublishInput,
    ) -> Option<Result<CharterPublishPayload>> {
        let run = async {
            let session = session(ctx)?;
            let CharterPublishInput { charter, summary, effective_at } = input;
            let published = match charter.checked() {
                Err(error) => Err(error),
                Ok(input) => {
                    let edit = |charter: &Charter| edited(&input, charter);
                    let change = Change { edit: &edit, summary: summary.unwrap_or_default(), effective_at };
                    workflow::publish(session.cx(), session.actor(), change).await
                }
            };
            let (charter, user_errors) = split(published)?;
            let locale = session.marketplace().await?.locale.clone();
            Ok(CharterPublishPayload { charter: charter.map(|charter| CharterObject(charter, locale)), user_errors })
        };
        Some(run.await)
    }

    /// Accepts a version of the charter. For sellers.
    async fn charter_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version.")] input: CharterAcceptInput,
    ) -> Option<Result<CharterAcceptPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (acceptance, user_errors) = split(workflow::accept(session.cx(), session.actor(), CharterVersion(input.version)).await)?;
            Ok(CharterAcceptPayload { acceptance: acceptance.map(Into::into), user_errors })
        };
        Some(run.await)
    }
}
