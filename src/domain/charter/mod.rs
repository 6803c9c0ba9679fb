//! A marketplace and the rules it set for itself.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::calendar::{BusinessCalendar, Percent};
use super::cases::CasePhase;
use super::disputes::DisputePolicy;
use super::ids::MarketplaceId;
use super::ledger;
use super::masking::Masking;
use super::money::Currency;
use super::orders::OrderPattern;
use super::pool;
use super::reasons::{ContactReason, ReasonKey};
use super::refunds::RefundRules;
use super::returns::ReturnPolicy;
use super::tickets::Channel;
use super::triage;

mod check;
mod complaints;
mod ratings;
mod targets;
mod terms;
mod version;

#[cfg(test)]
mod tests;

pub use check::CharterFault;
pub use complaints::SellerComplaints;
pub use ratings::RatingRules;
pub use targets::{ChannelTarget, PartyTargets, Promise, Targets};
pub use terms::Terms;
pub use version::{CharterVersion, Effect, Publication};

/// A marketplace, the tenant.
#[derive(Debug, Clone)]
pub struct Marketplace {
    /// Its id.
    pub id: MarketplaceId,
    /// Its short name in commands: lower-case letters, digits and hyphens.
    pub slug: String,
    /// Its name as people say it.
    pub name: String,
    /// The currency it reports in.
    pub currency: Currency,
    /// The language it writes in when nothing better is known, a BCP 47 tag: `fr`, `en-GB`.
    pub locale: String,
    /// The time zone of its working day.
    pub timezone: chrono_tz::Tz,
    /// The rules in force.
    pub charter: Arc<Charter>,
    /// Which version of them that is.
    pub charter_version: CharterVersion,
}

/// The rules that a marketplace can set: one document, versioned whole. Every one has a default that works.
///
/// What binds sellers and buyers changes no sooner than `notice_days` after it was announced (Regulation (EU) 2019/1150,
/// article 3, asks for 15); how Trilogue works with the helpdesk can change at once. [`Charter::binds_like`] tells the two
/// apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Charter {
    /// Who talks with the buyer in a new case that no route names.
    pub conversation_mode: ConversationMode,
    /// Who talks with the buyer by phase, reason and channel; the first route that fits decides.
    pub routes: Vec<Route>,
    /// In which direction state and priority are kept in step with the ticket.
    pub ticket_sync: TicketSync,
    /// Whether the private operator-seller thread is copied into the ticket.
    pub private_mirror: PrivateMirror,
    /// How an order reference looks in free text; none looks in no text.
    pub order_pattern: Option<OrderPattern>,
    /// How long each party has to answer and to resolve.
    pub targets: Targets,
    /// Whether a new case is acknowledged to the buyer within a minute, by the template `acknowledgement`.
    pub acknowledgement: Acknowledgement,
    /// Whether buyers are told that an order comes later than promised, and how.
    pub proactive_notices: ProactiveNotices,
    /// How urgent cases are.
    pub triage: triage::Rules,
    /// Whether and how questions are offered to a pool of sellers.
    pub pool: pool::Rules,
    /// How refunds are decided and paid.
    pub refunds: RefundRules,
    /// How long credit and codes are good for, and how much a seller may owe.
    pub ledger: ledger::Rules,
    /// How long each step of a return may take, and what is granted beyond the law.
    pub returns: ReturnPolicy,
    /// When those hours count; none when every hour of the day and of the night does.
    pub business_hours: Option<Arc<BusinessCalendar>>,
    /// What buyer and seller do not read of each other's words: contact and payment details.
    pub masking: Masking,
    /// At which share of the time a warning is given.
    pub warn_at: Percent,
    /// After how many days of the buyer's silence a case counts as resolved.
    pub buyer_silence_days: u16,
    /// After how many days without an answer to a question for clarification a case counts as resolved.
    pub clarification_days: u16,
    /// For how many days a resolved case can be opened again; after them it is closed.
    pub reopen_days: u16,
    /// Within how many days two contacts about the same order line, by different channels, are one case; 0 for never.
    pub one_case_days: u16,
    /// How many days a change of what binds the parties is announced before.
    pub notice_days: u16,
    /// Why people get in touch, and what is done then.
    pub reasons: Vec<ContactReason>,
    /// The consumer mediator whose contact a buyer is given when a complaint stays unsolved (articles L616-1 and R616-1 of
    /// the French consumer code).
    pub mediator: Option<Mediator>,
    /// How long each stage of a dispute may last, and who decides.
    pub disputes: DisputePolicy,
    /// How sellers complain, and which mediators the marketplace engages with; none when nobody has said so yet.
    pub complaints: Option<SellerComplaints>,
    /// What buyers are asked to rate, how soon sellers reply to it, and how scores are computed.
    pub ratings: RatingRules,
}

impl Default for Charter {
    fn default() -> Self {
        Self {
            conversation_mode: ConversationMode::SellerFirst,
            routes: Vec::new(),
            ticket_sync: TicketSync::BothWays,
            private_mirror: PrivateMirror::Off,
            order_pattern: None,
            targets: Targets::default(),
            acknowledgement: Acknowledgement::Off,
            proactive_notices: ProactiveNotices::Off,
            triage: triage::Rules::default(),
            pool: pool::Rules::default(),
            refunds: RefundRules::default(),
            ledger: ledger::Rules::default(),
            returns: ReturnPolicy::default(),
            business_hours: None,
            masking: Masking::default(),
            warn_at: Percent::THREE_QUARTERS,
            buyer_silence_days: 7,
            clarification_days: 7,
            reopen_days: 14,
            one_case_days: 30,
            notice_days: 15,
            reasons: ContactReason::usual(),
            mediator: None,
            disputes: DisputePolicy::default(),
            complaints: None,
            ratings: RatingRules::default(),
        }
    }
}

impl Charter {
    /// The contact reason of this name.
    pub fn reason(&self, key: &ReasonKey) -> Option<&ContactReason> {
        self.reasons.iter().find(|reason| reason.key == *key)
    }

    /// Who talks with the buyer in a new case like this. What must not wait for the seller does not, whatever the routes say.
    pub fn mode_for(&self, phase: CasePhase, reason: Option<&ReasonKey>, channel: Channel) -> ConversationMode {
        if reason.and_then(|key| self.reason(key)).is_some_and(ContactReason::skips_seller) {
            return ConversationMode::OperatorOnly;
        }
        let fits = |route: &&Route| {
            route.phase.is_none_or(|wanted| wanted == phase)
                && route.reason.as_ref().is_none_or(|wanted| Some(wanted) == reason)
                && route.channel.is_none_or(|wanted| wanted == channel)
        };
        self.routes.iter().find(fits).map_or(self.conversation_mode, |route| route.mode)
    }
}

/// Who talks with the buyer in new cases of a kind. A condition that is left out fits everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// On this side of the purchase.
    #[serde(default)]
    pub phase: Option<CasePhase>,
    /// For this reason.
    #[serde(default)]
    pub reason: Option<ReasonKey>,
    /// By this way.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// Who talks with the buyer then.
    pub mode: ConversationMode,
}

/// A consumer mediator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mediator {
    /// Its name.
    pub name: String,
    /// Where it is found: a web address.
    pub url: String,
    /// Where to write to; none when the web address is enough.
    #[serde(default)]
    pub address: Option<String>,
}

impl Mediator {
    /// What a buyer is told of it, in French or else in English.
    pub fn notice(&self, locale: &str) -> String {
        let contact = [Some(self.name.as_str()), self.address.as_deref(), Some(self.url.as_str())];
        let contact = contact.into_iter().flatten().collect::<Vec<_>>().join(", ");
        if locale.split('-').next() == Some("fr") {
            format!("Vous pouvez saisir gratuitement le médiateur de la consommation\u{a0}: {contact}.")
        } else {
            format!("You can turn to the consumer mediator, free of charge: {contact}.")
        }
    }
}

/// Who talks with the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConversationMode {
    /// The seller; the operator reads along and joins when the case is escalated.
    #[default]
    SellerFirst,
    /// Seller and operator, both in one thread with the buyer.
    Tripartite,
    /// The operator; the seller sees nothing of it unless added.
    OperatorOnly,
}

/// Whether new cases are acknowledged. Off to begin with, as helpdesks do so by themselves unless they were told not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Acknowledgement {
    /// The helpdesk does it, or nobody.
    #[default]
    Off,
    /// We do.
    On,
}

/// Whether buyers are told without having asked that an order comes later than promised, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProactiveNotices {
    /// They are not.
    #[default]
    Off,
    /// By a ticket of the marketplace's helpdesk; by e-mail where there is none.
    Helpdesk,
    /// By e-mail.
    Email,
}

/// In which direction state and priority are kept in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TicketSync {
    /// What changes in the ticket changes the case, and the reverse.
    #[default]
    BothWays,
    /// The ticket changes the case only.
    FromHelpdesk,
    /// The case changes the ticket only.
    ToHelpdesk,
    /// Neither.
    Off,
}

impl TicketSync {
    /// Whether the ticket changes the case.
    pub const fn reads(self) -> bool {
        matches!(self, Self::BothWays | Self::FromHelpdesk)
    }

    /// Whether the case changes the ticket.
    pub const fn writes(self) -> bool {
        matches!(self, Self::BothWays | Self::ToHelpdesk)
    }
}

/// Whether private operator-seller talk is copied into the ticket, for agents to read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PrivateMirror {
    /// No.
    #[default]
    Off,
    /// As internal notes, never public.
    InternalNotes,
}
