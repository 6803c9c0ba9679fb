//! How urgent a case is, from what is known of it: the same facts in whatever order give the same answer, with its causes.
//!
//! The contact reason says where a case starts; everything else can only raise it. So hostile words never make anybody wait
//! longer, and a word of danger to people is always urgent.

mod safety;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cases::EscalationReason;
use super::money::Money;
use super::reasons::ReasonKey;
use super::sentiment::{self, Label};
use super::tickets::Priority;

pub use safety::names_danger;

/// Something that is known of a case. Several of a kind may be given; the one that weighs most counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Why the buyer got in touch.
    Reason(ReasonKey),
    /// What was paid for the order.
    OrderTotal(Money),
    /// What the buyer wrote: one message.
    Words(String),
    /// By how many days the delivery, or an answer that was promised, is late.
    DaysLate(u16),
    /// Where the marketplace stands with the seller.
    Seller(SellerStanding),
    /// The case was escalated for this reason.
    Escalated(EscalationReason),
    /// How often the buyer has got in touch about the same matter, this time included.
    Contacts(u16),
}

/// Where a marketplace stands with a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SellerStanding {
    /// All is well.
    Good,
    /// It was warned.
    Warned,
    /// It may not sell for the moment, and has little reason to answer.
    Suspended,
}

/// What a marketplace says about urgency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rules {
    /// Where a case of each contact reason starts; of any other reason, at [`Priority::Normal`].
    pub starts: BTreeMap<ReasonKey, Priority>,
    /// From which total on an order weighs more; none when all weigh the same. Counts for orders in its currency.
    pub high_total: Option<Money>,
    /// From how many days on late is late.
    pub late_days: u16,
    /// From how many days on it is very late.
    pub very_late_days: u16,
    /// From how many contacts on the buyer has asked too often.
    pub many_contacts: u16,
}

/// Reasons by names that most marketplaces use, where they do not start at [`Priority::Normal`].
const STARTS: &[(&str, Priority)] = &[
    ("safety", Priority::Urgent),
    ("dangerous_product", Priority::Urgent),
    ("counterfeit", Priority::High),
    ("fraud", Priority::High),
    ("account_compromised", Priority::High),
    ("charged_twice", Priority::High),
    ("question", Priority::Low),
    ("product_question", Priority::Low),
    ("availability", Priority::Low),
    ("invoice", Priority::Low),
    ("feedback", Priority::Low),
];

impl Default for Rules {
    fn default() -> Self {
        let starts = STARTS.iter().filter_map(|(key, priority)| Some((key.parse().ok()?, *priority))).collect();
        Self { starts, high_total: None, late_days: 3, very_late_days: 14, many_contacts: 3 }
    }
}

/// Why a case is as urgent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CauseKind {
    /// Words of danger to people, or an escalation for safety.
    Safety,
    /// A strongly negative message.
    StronglyNegative,
    /// It was escalated.
    Escalated,
    /// Something is late.
    Late,
    /// Something is very late.
    VeryLate,
    /// The order is worth much.
    HighTotal,
    /// The buyer has asked several times.
    ManyContacts,
    /// The seller is suspended.
    SellerSuspended,
}

impl CauseKind {
    /// By how many half steps it raises a case; two make a step from one priority to the next. A strongly negative message
    /// is worth one step exactly, and danger all there are.
    pub const fn half_steps(self) -> u8 {
        match self {
            Self::Safety => 6,
            Self::StronglyNegative | Self::Escalated | Self::VeryLate => 2,
            Self::Late | Self::HighTotal | Self::ManyContacts | Self::SellerSuspended => 1,
        }
    }
}

/// One cause, with its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// What it is.
    pub kind: CauseKind,
    /// By how many half steps it raises the case.
    pub half_steps: u8,
}

/// How urgent a case is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assessment {
    /// How urgent.
    pub priority: Priority,
    /// Where its contact reason starts.
    pub start: Priority,
    /// What raised it from there, in the order of [`CauseKind`], each once.
    pub causes: Vec<Cause>,
}

/// Says how urgent a case is.
pub fn assess(facts: &[Fact], rules: &Rules) -> Assessment {
    let start = facts.iter().filter_map(|fact| start(fact, rules)).max().unwrap_or(Priority::Normal);
    let mut kinds: Vec<_> = facts.iter().flat_map(|fact| causes(fact, rules)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    // Very late is late already, and counted once.
    if kinds.contains(&CauseKind::VeryLate) {
        kinds.retain(|kind| *kind != CauseKind::Late);
    }
    let causes: Vec<_> = kinds.into_iter().map(|kind| Cause { kind, half_steps: kind.half_steps() }).collect();
    let half_steps: u32 = causes.iter().map(|cause| u32::from(cause.half_steps)).sum();
    Assessment { priority: raised(start, half_steps / 2), start, causes }
}

fn start(fact: &Fact, rules: &Rules) -> Option<Priority> {
    let Fact::Reason(reason) = fact else { return None };
    Some(rules.starts.get(reason).copied().unwrap_or(Priority::Normal))
}

fn causes(fact: &Fact, rules: &Rules) -> Vec<CauseKind> {
    let when = |holds: bool, kind| if holds { vec![kind] } else { Vec::new() };
    match fact {
        Fact::Reason(_) => Vec::new(),
        Fact::OrderTotal(total) => {
            let high = rules.high_total.is_some_and(|high| high.currency == total.currency && total.minor >= high.minor);
            when(high, CauseKind::HighTotal)
        }
        Fact::Words(text) => {
            let own = sentiment::own_words(text);
            let mut kinds = when(names_danger(&own), CauseKind::Safety);
            if sounds_hostile(&own) {
                kinds.push(CauseKind::StronglyNegative);
            }
            kinds
        }
        Fact::DaysLate(days) if *days >= rules.very_late_days => vec![CauseKind::VeryLate],
        Fact::DaysLate(days) => when(*days >= rules.late_days, CauseKind::Late),
        Fact::Seller(standing) => when(*standing == SellerStanding::Suspended, CauseKind::SellerSuspended),
        Fact::Escalated(EscalationReason::Safety) => vec![CauseKind::Safety],
        Fact::Escalated(_) => vec![CauseKind::Escalated],
        Fact::Contacts(times) => when(*times >= rules.many_contacts, CauseKind::ManyContacts),
    }
}

/// Whether a message is strongly negative, as a whole or in one of its lines: an insult stays one at the end of a long and
/// friendly letter.
fn sounds_hostile(own: &str) -> bool {
    std::iter::once(own).chain(own.lines()).any(|part| sentiment::assess(part, None).label == Label::StronglyNegative)
}

const fn raised(start: Priority, steps: u32) -> Priority {
    let from = match start {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    };
    match from + steps {
        0 => Priority::Low,
        1 => Priority::Normal,
        2 => Priority::High,
        _ => Priority::Urgent,
    }
}
