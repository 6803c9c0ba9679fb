//! How long each party has.

use serde::{Deserialize, Serialize};

use super::super::calendar::Span;
use super::super::parties::Party;
use super::super::reasons::ContactReason;
use super::super::tickets::Channel;

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Promise {
    /// The party's first answer in the case.
    FirstReply,
    /// Each later answer.
    NextReply,
    /// That the case is resolved.
    Resolution,
}

impl Promise {
    /// Every promise.
    pub const ALL: [Self; 3] = [Self::FirstReply, Self::NextReply, Self::Resolution];
}

/// How long the parties have, in hours of the business calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Targets {
    /// The seller.
    pub seller: PartyTargets,
    /// The operator.
    pub operator: PartyTargets,
    /// Channels on which answers are expected sooner.
    pub channels: Vec<ChannelTarget>,
}

/// The hours of one party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PartyTargets {
    /// For the first answer.
    pub first_reply_hours: u16,
    /// For each later answer.
    pub next_reply_hours: u16,
    /// For the resolution; time in which another party is waited for does not count.
    pub resolution_hours: u16,
}

impl Default for PartyTargets {
    fn default() -> Self {
        Self { first_reply_hours: 48, next_reply_hours: 48, resolution_hours: 14 * 24 }
    }
}

/// How soon answers are expected on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelTarget {
    /// On this channel.
    pub channel: Channel,
    /// So many hours.
    pub reply_hours: u16,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            seller: PartyTargets::default(),
            operator: PartyTargets::default(),
            channels: vec![ChannelTarget { channel: Channel::Social, reply_hours: 1 }],
        }
    }
}

impl Targets {
    /// How long a party has for what it promises: what the reason asks for, else the usual; for answers no longer than the
    /// channel allows. The buyer promises nothing, and is counted like the operator.
    pub fn span(&self, promise: Promise, party: Party, reason: Option<&ContactReason>, channel: Channel) -> Span {
        let usual = if party == Party::Seller { &self.seller } else { &self.operator };
        let special = reason.and_then(|reason| reason.targets.as_ref());
        let targets = special.unwrap_or(usual);
        let hours = match promise {
            Promise::FirstReply => targets.first_reply_hours,
            Promise::NextReply => targets.next_reply_hours,
            Promise::Resolution => return Span::hours(targets.resolution_hours),
        };
        let soonest = self.channels.iter().filter(|target| target.channel == channel).map(|target| target.reply_hours).min();
        Span::hours(soonest.map_or(hours, |limit| limit.min(hours)))
    }
}
