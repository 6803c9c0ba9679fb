//! What can be given of a charter.

use std::sync::Arc;

use async_graphql::{InputObject, MaybeUndefined};

use super::super::charter_enums::{
    Acknowledgement, Avoidable, CostBearer, Family, Handling, PrivateMirror, ProactiveNotices, RequiredField, ResolutionKind, TicketSync,
};
use super::super::disputes::{DisputeRulesInput, GivenRules, SellerComplaintsInput, complaints_of};
use super::super::enums::{CasePhase, Channel, ConversationMode};
use super::super::ledger::{LedgerRulesInput, ledger_rules};
use super::super::masking::{Kind, Mode as MaskingMode};
use super::super::pool::{PoolRulesInput, pool_rules};
use super::super::refunds::{RefundRulesInput, refund_rules};
use super::super::returns::{ReturnPolicyInput, return_policy};
use super::super::triage::{TriageRulesInput, rules};
use super::hours::{BusinessHoursInput, calendar};
use super::ratings::{GivenRatings, RatingRulesInput};
use crate::domain::calendar::{BusinessCalendar, Percent};
use crate::domain::charter::{self, Charter, Mediator, PartyTargets, SellerComplaints};
use crate::domain::ledger;
use crate::domain::masking::{LinkHost, Masking};
use crate::domain::orders::{BadPattern, OrderPattern};
use crate::domain::pool;
use crate::domain::reasons::{ContactReason, ReasonKey};
use crate::domain::refunds::RefundRules;
use crate::domain::refusal::Refusal;
use crate::domain::returns::ReturnPolicy;
use crate::domain::triage::Rules;
use crate::workflow::{Error, refused};

/// What changes of a charter: a field that is left out stays as it is; lists replace lists.
#[derive(InputObject)]
pub(in super::super) struct CharterInput {
    /// Who talks with the buyer in a new case that no route names.
    conversation_mode: Option<ConversationMode>,
    /// Who talks with the buyer by phase, reason and channel, at most 100; the first route that fits decides.
    routes: Option<Vec<CharterRouteInput>>,
    /// How long the seller has.
    seller_targets: Option<PartyTargetsInput>,
    /// How long the operator has.
    operator_targets: Option<PartyTargetsInput>,
    /// Channels on which answers are expected sooner.
    channel_targets: Option<Vec<ChannelTargetInput>>,
    /// At which share of the time a warning is given, 1 to 100 per cent.
    warn_at_percent: Option<i32>,
    /// After how many days of the buyer's silence a case counts as resolved, 1 to 365.
    buyer_silence_days: Option<i32>,
    /// After how many days without an answer to a question for clarification a case counts as resolved, 1 to 365.
    clarification_days: Option<i32>,
    /// For how many days a resolved case can be opened again, 1 to 365.
    reopen_days: Option<i32>,
    /// Within how many days two contacts about the same order line, by different channels, are one case; 0 for never.
    one_case_days: Option<i32>,
    /// How many days a change of what binds the parties is announced before, at most 365. The law of the European Union asks
    /// for 15 (Regulation 2019/1150, article 3).
    notice_days: Option<i32>,
    /// Why people get in touch, and what is done then, at most 100.
    reasons: Option<Vec<ContactReasonInput>>,
    /// The consumer mediator; null for none.
    consumer_mediator: MaybeUndefined<ConsumerMediatorInput>,
    /// When somebody is there, and the hours of deadlines count; null for day and night.
    business_hours: MaybeUndefined<BusinessHoursInput>,
    /// Whether a new case is acknowledged to the buyer within a minute, by the template `acknowledgement`.
    acknowledgement: Option<Acknowledgement>,
    /// Whether buyers are told without having asked that an order comes later than promised, and how.
    proactive_notices: Option<ProactiveNotices>,
    /// How urgent cases are.
    triage: Option<TriageRulesInput>,
    /// Whether and how questions are offered to several sellers.
    pool: Option<PoolRulesInput>,
    /// How disputes go.
    disputes: Option<DisputeRulesInput>,
    /// How sellers complain, and which mediators the marketplace engages with; null for nothing said.
    seller_complaints: MaybeUndefined<SellerComplaintsInput>,
    /// How refunds are decided and paid.
    refunds: Option<RefundRulesInput>,
    /// How long credit and codes are good for, and how much a seller may owe.
    ledger: Option<LedgerRulesInput>,
    /// How long each step of a return may take, and what is granted beyond the law.
    returns: Option<ReturnPolicyInput>,
    /// What buyers are asked to rate, how soon sellers reply, and how scores are computed.
    ratings: Option<RatingRulesInput>,
    /// What buyer and seller do not read of each other's words.
    masking: Option<MaskingInput>,
    /// In which direction state and priority are kept in step with the ticket.
    ticket_sync: Option<TicketSync>,
    /// Whether private talk is copied into the ticket.
    private_mirror: Option<PrivateMirror>,
    /// How an order reference looks in free text, as a regular expression whose first group is the reference; null for the
    /// usual.
    order_pattern: MaybeUndefined<String>,
}

/// What buyer and seller do not read of each other's words: it holds at once.
#[derive(InputObject)]
pub(in super::super) struct MaskingInput {
    /// Whether anything is hidden.
    mode: MaskingMode,
    /// Which details.
    #[graphql(default_with = "vec![Kind::Email, Kind::Phone, Kind::Link, Kind::Payment]")]
    kinds: Vec<Kind>,
    /// Hosts whose links stay, with their subdomains, at most 100: the marketplace's own, a carrier's.
    #[graphql(default)]
    allowed_hosts: Vec<String>,
}

/// Who talks with the buyer in new cases of a kind. What is null fits everything.
#[derive(InputObject)]
pub(in super::super) struct CharterRouteInput {
    /// On this side of the purchase.
    phase: Option<CasePhase>,
    /// For the contact reason with this key.
    reason: Option<String>,
    /// By this way.
    channel: Option<Channel>,
    /// Who talks with the buyer then.
    mode: ConversationMode,
}

/// How long a party has, in hours of the business calendar.
#[expect(clippy::struct_field_names, reason = "a unit belongs to its name")]
#[derive(InputObject, Clone, Copy)]
pub(in super::super) struct PartyTargetsInput {
    /// For the first answer, 1 to 8,760.
    first_reply_hours: i32,
    /// For each later answer, 1 to 8,760.
    next_reply_hours: i32,
    /// For the resolution, 1 to 8,760.
    resolution_hours: i32,
}

/// How soon answers are expected on a channel.
#[derive(InputObject, Clone, Copy)]
pub(in super::super) struct ChannelTargetInput {
    /// On this channel.
    channel: Channel,
    /// So many hours, 1 to 8,760.
    reply_hours: i32,
}

/// A contact reason with its playbook.
#[derive(InputObject)]
pub(in super::super) struct ContactReasonInput {
    /// The short name: 1 to 40 lower-case letters, digits and underscores, beginning with a letter.
    key: String,
    /// What kind of request it is.
    family: Family,
    /// How people call it, in at least one language.
    labels: Vec<LabelInput>,
    /// Who is asked first.
    #[graphql(default_with = "Handling::ByRoute")]
    handling: Handling,
    /// What must be known before it can be worked on.
    #[graphql(default)]
    required_fields: Vec<RequiredField>,
    /// How it may end; empty for any way.
    #[graphql(default)]
    allowed_resolutions: Vec<ResolutionKind>,
    /// Who pays unless somebody decides otherwise.
    #[graphql(default_with = "CostBearer::Seller")]
    cost_bearer: CostBearer,
    /// How long the parties have; null for the charter's usual targets.
    targets: Option<PartyTargetsInput>,
    /// Whether better information would have spared the contact.
    #[graphql(default_with = "Avoidable::No")]
    avoidable: Avoidable,
}

/// A name in a language.
#[derive(InputObject)]
pub(in super::super) struct LabelInput {
    /// The language, a BCP 47 tag: `fr`.
    pub(super) locale: String,
    /// The name, 1 to 80 characters.
    pub(super) label: String,
}

/// A consumer mediator.
#[derive(InputObject)]
pub(in super::super) struct ConsumerMediatorInput {
    /// Its name, 1 to 200 characters.
    name: String,
    /// Where it is found: a web address that begins with https://.
    url: String,
    /// Where to write to, at most 500 characters; null when the web address is enough.
    address: Option<String>,
}

/// An input whose texts and numbers were found to be what they must be.
pub(super) struct Checked {
    input: CharterInput,
    routes: Option<Vec<charter::Route>>,
    reasons: Option<Vec<ContactReason>>,
    mediator: MaybeUndefined<Mediator>,
    masking: Option<Masking>,
    triage: Option<Rules>,
    pool: Option<pool::Rules>,
    disputes: Option<GivenRules>,
    complaints: MaybeUndefined<SellerComplaints>,
    refunds: Option<RefundRules>,
    ledger: Option<ledger::Rules>,
    returns: Option<ReturnPolicy>,
    ratings: Option<GivenRatings>,
    warn_at: Option<Percent>,
    order_pattern: MaybeUndefined<OrderPattern>,
    business_hours: MaybeUndefined<Arc<BusinessCalendar>>,
}

/// What was given, as what it stands for.
fn parsed<T, U>(given: &MaybeUndefined<T>, parse: impl FnOnce(&T) -> Result<U, Error>) -> Result<MaybeUndefined<U>, Error> {
    Ok(match given {
        MaybeUndefined::Undefined => MaybeUndefined::Undefined,
        MaybeUndefined::Null => MaybeUndefined::Null,
        MaybeUndefined::Value(value) => MaybeUndefined::Value(parse(value)?),
    })
}

/// What was given, or what is there.
fn chosen<T: Clone>(given: &MaybeUndefined<T>, there: Option<&T>) -> Option<T> {
    match given {
        MaybeUndefined::Undefined => there.cloned(),
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(value) => Some(value.clone()),
    }
}

pub(super) fn invalid(path: &[&str], message: impl Into<String>) -> Error {
    refused(path, Refusal::Invalid { message: message.into() })
}

fn key(text: &str, path: &[&str]) -> Result<ReasonKey, Error> {
    text.parse().map_err(|error: crate::domain::reasons::MalformedReason| invalid(path, format!("{error}.")))
}

impl CharterInput {
    pub(super) fn checked(mut self) -> Result<Checked, Error> {
        let disputes = self.disputes.take().map(DisputeRulesInput::checked).transpose()?;
        let ratings = self.ratings.take().map(RatingRulesInput::checked).transpose()?;
        let routes = self.routes.as_ref().map(|routes| {
            let route = |(position, route): (usize, &CharterRouteInput)| {
                let path = ["charter", "routes", &position.to_string(), "reason"];
                let reason = route.reason.as_deref().map(|reason| key(reason, &path)).transpose()?;
                Ok(charter::Route {
                    phase: route.phase.map(Into::into),
                    reason,
                    channel: route.channel.map(Into::into),
                    mode: route.mode.into(),
                })
            };
            routes.iter().enumerate().map(route).collect::<Result<_, Error>>()
        });
        let reasons = self.reasons.as_ref().map(|reasons| reasons.iter().enumerate().map(reason).collect::<Result<_, Error>>());
        let warn_at = self.warn_at_percent.map(|percent| {
            let share = u8::try_from(percent).ok().and_then(|percent| Percent::try_from(percent).ok());
            share.ok_or_else(|| invalid(&["charter", "warnAtPercent"], "A share is between 1 and 100 per cent."))
        });
        let pattern =
            |text: &String| text.parse().map_err(|error: BadPattern| invalid(&["charter", "orderPattern"], format!("This is {error}.")));
        Ok(Checked {
            business_hours: parsed(&self.business_hours, |given| calendar(given, &["charter", "businessHours"]))?,
            routes: routes.transpose()?,
            reasons: reasons.transpose()?,
            triage: self.triage.as_ref().map(rules).transpose()?,
            pool: self.pool.as_ref().map(pool_rules).transpose()?,
            disputes,
            ratings,
            complaints: parsed(&self.seller_complaints, complaints_of)?,
            refunds: self.refunds.as_ref().map(refund_rules).transpose()?,
            ledger: self.ledger.as_ref().map(ledger_rules).transpose()?,
            returns: self.returns.as_ref().map(return_policy).transpose()?,
            masking: self.masking.as_ref().map(masking_of).transpose()?,
            mediator: parsed(&self.consumer_mediator, mediator_of)?,
            warn_at: warn_at.transpose()?,
            order_pattern: parsed(&self.order_pattern, pattern)?,
            input: self,
        })
    }
}

fn reason((position, input): (usize, &ContactReasonInput)) -> Result<ContactReason, Error> {
    Ok(ContactReason {
        key: key(&input.key, &["charter", "reasons", &position.to_string(), "key"])?,
        family: input.family.into(),
        labels: input.labels.iter().map(|label| (label.locale.clone(), label.label.clone())).collect(),
        handling: input.handling.into(),
        required: input.required_fields.iter().copied().map(Into::into).collect(),
        resolutions: input.allowed_resolutions.iter().copied().map(Into::into).collect(),
        cost_bearer: input.cost_bearer.into(),
        targets: input.targets.map(Into::into),
        avoidable: input.avoidable.into(),
    })
}

fn masking_of(input: &MaskingInput) -> Result<Masking, Error> {
    const MOST: usize = 100;
    if input.allowed_hosts.len() > MOST {
        return Err(refused(&["charter", "masking", "allowedHosts"], Refusal::TooMany { limit: MOST }));
    }
    let host = |(position, host): (usize, &String)| {
        let path = ["charter", "masking", "allowedHosts", &position.to_string()];
        LinkHost::parse(host).map_err(|error| invalid(&path, format!("This is {error}.")))
    };
    Ok(Masking {
        mode: input.mode.into(),
        kinds: input.kinds.iter().copied().map(Into::into).collect(),
        allowed_hosts: input.allowed_hosts.iter().enumerate().map(host).collect::<Result<_, _>>()?,
    })
}

fn mediator_of(input: &ConsumerMediatorInput) -> Result<Mediator, Error> {
    let path = |field| ["charter", "consumerMediator", field];
    let too_long = |text: &str, limit| text.trim().is_empty() || text.chars().count() > limit;
    if too_long(&input.name, 200) {
        return Err(refused(&path("name"), Refusal::Length { what: "The name", limit: 200 }));
    }
    if !url::Url::parse(&input.url).is_ok_and(|url| url.scheme() == "https") || too_long(&input.url, 500) {
        return Err(invalid(&path("url"), "This must be a web address that begins with https://."));
    }
    if input.address.as_deref().is_some_and(|address| too_long(address, 500)) {
        return Err(refused(&path("address"), Refusal::Length { what: "The address", limit: 500 }));
    }
    Ok(Mediator { name: input.name.clone(), url: input.url.clone(), address: input.address.clone() })
}

/// Numbers beyond what a column takes are beyond what a charter may say, which its own check tells.
pub(super) fn count(given: Option<i32>, otherwise: u16) -> u16 {
    given.map_or(otherwise, |number| u16::try_from(number).unwrap_or(if number < 0 { 0 } else { u16::MAX }))
}

impl From<PartyTargetsInput> for PartyTargets {
    fn from(input: PartyTargetsInput) -> Self {
        Self {
            first_reply_hours: count(Some(input.first_reply_hours), 0),
            next_reply_hours: count(Some(input.next_reply_hours), 0),
            resolution_hours: count(Some(input.resolution_hours), 0),
        }
    }
}

/// A charter with what was given in the place of what was there.
pub(super) fn edited(checked: &Checked, charter: &Charter) -> Charter {
    let input = &checked.input;
    let channels = input.channel_targets.as_ref().map(|targets| {
        let target = |target: &ChannelTargetInput| charter::ChannelTarget {
            channel: target.channel.into(),
            reply_hours: count(Some(target.reply_hours), 0),
        };
        targets.iter().map(target).collect()
    });
    Charter {
        conversation_mode: input.conversation_mode.map_or(charter.conversation_mode, Into::into),
        routes: checked.routes.clone().unwrap_or_else(|| charter.routes.clone()),
        ticket_sync: input.ticket_sync.map_or(charter.ticket_sync, Into::into),
        private_mirror: input.private_mirror.map_or(charter.private_mirror, Into::into),
        order_pattern: chosen(&checked.order_pattern, charter.order_pattern.as_ref()),
        targets: charter::Targets {
            seller: input.seller_targets.map_or(charter.targets.seller, Into::into),
            operator: input.operator_targets.map_or(charter.targets.operator, Into::into),
            channels: channels.unwrap_or_else(|| charter.targets.channels.clone()),
        },
        business_hours: chosen(&checked.business_hours, charter.business_hours.as_ref()),
        warn_at: checked.warn_at.unwrap_or(charter.warn_at),
        buyer_silence_days: count(input.buyer_silence_days, charter.buyer_silence_days),
        clarification_days: count(input.clarification_days, charter.clarification_days),
        reopen_days: count(input.reopen_days, charter.reopen_days),
        one_case_days: count(input.one_case_days, charter.one_case_days),
        notice_days: count(input.notice_days, charter.notice_days),
        acknowledgement: input.acknowledgement.map_or(charter.acknowledgement, Into::into),
        returns: checked.returns.clone().unwrap_or_else(|| charter.returns.clone()),
        pool: checked.pool.clone().unwrap_or_else(|| charter.pool.clone()),
        refunds: checked.refunds.clone().unwrap_or_else(|| charter.refunds.clone()),
        ledger: checked.ledger.clone().unwrap_or_else(|| charter.ledger.clone()),
        proactive_notices: input.proactive_notices.map_or(charter.proactive_notices, Into::into),
        triage: checked.triage.clone().unwrap_or_else(|| charter.triage.clone()),
        masking: checked.masking.clone().unwrap_or_else(|| charter.masking.clone()),
        reasons: checked.reasons.clone().unwrap_or_else(|| charter.reasons.clone()),
        mediator: chosen(&checked.mediator, charter.mediator.as_ref()),
        disputes: checked.disputes.as_ref().map_or_else(|| charter.disputes.clone(), |given| given.over(&charter.disputes)),
        ratings: checked.ratings.as_ref().map_or_else(|| charter.ratings.clone(), |given| given.over(&charter.ratings)),
        complaints: chosen(&checked.complaints, charter.complaints.as_ref()),
    }
}
