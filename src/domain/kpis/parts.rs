//! What each thing adds to the counts. What was added is remembered, so that the same can be taken out when the thing changes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::calendar::BusinessCalendar;
use super::super::cases::{CasePhase, CaseStatus, Outcome};
use super::super::charter::CharterVersion;
use super::super::disputes::{Decider, Dispute, DisputeReason, DisputeStage};
use super::super::ids::{BuyerId, CaseId, DisputeId, MarketplaceId, OrderId, SellerId, TeamId};
use super::super::parties::Party;
use super::super::ratings::{Grade, Recommendation};
use super::super::reasons::{Avoidable, ContactReason, Family, ReasonKey};
use super::super::tickets::Channel;
use super::{
    Aftermath, BuyerMonths, CaseEnd, CaseFacts, Cell, Deed, DisputeEnding, DisputeFacts, Grain, HelpVisit, KpiTally, Month, Recurrence,
    Resolution, Row, Slice,
};

/// A buyer as counting knows one: by a fingerprint of the address, under which orders and cases meet. It names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BuyerMark(pub Uuid);

impl BuyerMark {
    /// Of an address; the same in no other marketplace.
    pub fn of(marketplace: MarketplaceId, email: &str) -> Self {
        let digest = Sha256::new().chain_update(marketplace.uuid()).chain_update(email.trim().to_lowercase()).finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(Uuid::from_bytes(bytes))
    }
}

/// By which rules things are counted. Whoever changes them has everything counted anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountRules {
    /// In which days lie.
    pub zone: Tz,
    /// How many days a buyer has to come back.
    pub come_back_days: u16,
    /// Within how many days a dispute recurs.
    pub recurrence_days: u16,
}

impl CountRules {
    /// The day of a moment.
    pub fn day(self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    fn come_back(self) -> TimeDelta {
        TimeDelta::days(i64::from(self.come_back_days))
    }
}

/// What counting wants to know of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCard {
    /// Which.
    pub id: CaseId,
    /// Whose.
    pub buyer: BuyerId,
    /// The seller.
    pub seller: Option<SellerId>,
    /// The operator's team.
    pub team: Option<TeamId>,
    /// The order.
    pub order: Option<OrderId>,
    /// The line of it.
    pub order_line: Option<String>,
    /// Why.
    pub reason: ReasonKey,
    /// By which channel.
    pub channel: Channel,
    /// On which side of the sale.
    pub phase: CasePhase,
    /// Under which version of the charter.
    pub charter: CharterVersion,
    /// The case in which it went on: then it is no case of its own.
    pub merged_into: Option<CaseId>,
    /// How it ended; none before.
    pub outcome: Option<Outcome>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When anything happened last.
    pub updated_at: DateTime<Utc>,
}

impl CaseCard {
    /// Whether a buyer wanted something: what went on in another case counts there, and what was no request counts nowhere.
    const fn counts(&self) -> bool {
        self.merged_into.is_none() && !matches!(self.outcome, Some(Outcome::Merged | Outcome::NoRequest))
    }

    /// Whether both are about the same: of one buyer, about one line for one reason.
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        self.buyer == other.buyer && self.order == other.order && self.order_line == other.order_line && self.reason == other.reason
    }

    /// Where it belongs.
    pub fn slice(&self) -> Slice {
        Slice {
            seller: self.seller,
            channel: Some(self.channel),
            reason: Some(self.reason.clone()),
            phase: Some(self.phase),
            team: self.team,
        }
    }
}

/// Something that a person said in a case and that the buyer could read, or said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Who.
    pub author: Party,
    /// When.
    pub at: DateTime<Utc>,
}

/// A change of a case's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// From.
    pub from: CaseStatus,
    /// To.
    pub to: CaseStatus,
    /// When.
    pub at: DateTime<Utc>,
}

impl Turn {
    /// Without what was taken back at once: the last words of a settled case woke it up, and somebody said that they needed no answer.
    pub fn without_thanks(turns: Vec<Self>, waived: impl Fn(DateTime<Utc>) -> bool) -> Vec<Self> {
        let mut kept: Vec<Self> = Vec::with_capacity(turns.len());
        for turn in turns {
            let woken = kept.last().is_some_and(|last| is_over(last.from) && !is_over(last.to));
            if woken && is_over(turn.to) && waived(turn.at) {
                kept.pop();
            } else {
                kept.push(turn);
            }
        }
        kept
    }
}

/// What a buyer said of the service in a case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opinion {
    /// The overall grade.
    pub satisfaction: Option<Grade>,
    /// Whether the buyer recommends the marketplace.
    pub recommendation: Option<Recommendation>,
}

/// All that counting looks at in a case.
#[derive(Debug, Clone, Copy)]
pub struct CaseStory<'a> {
    /// The case.
    pub card: &'a CaseCard,
    /// What people said, in the order of time.
    pub words: &'a [Word],
    /// How its state changed, in the order of time.
    pub turns: &'a [Turn],
    /// Other cases of the buyer.
    pub others: &'a [CaseCard],
    /// Its contact reason, as its charter has it.
    pub reason: Option<&'a ContactReason>,
    /// When the marketplace is there to answer.
    pub calendar: &'a BusinessCalendar,
    /// What the buyer said of it.
    pub opinion: Opinion,
}

const fn is_over(status: CaseStatus) -> bool {
    matches!(status, CaseStatus::Resolved | CaseStatus::Closed)
}

fn seconds(time: TimeDelta) -> u32 {
    u32::try_from(time.num_seconds().max(0)).unwrap_or(u32::MAX)
}

impl CaseStory<'_> {
    /// What the case adds to the counts at `now`, and when time alone will change that. None for a case that went on in another, or was
    /// no request at all.
    pub fn facts(&self, rules: CountRules, now: DateTime<Utc>) -> Option<(CaseFacts, Option<DateTime<Utc>>)> {
        if !self.card.counts() {
            return None;
        }
        let replied = self.first_reply();
        let (end, look_at) = self.end(rules, now);
        let operator = self.words.iter().filter(|word| word.author == Party::Operator).count();
        let facts = CaseFacts {
            opened_on: rules.day(self.card.opened_at),
            slice: self.card.slice(),
            family: self.reason.map_or(Family::Information, |reason| reason.family),
            avoidable: self.reason.map_or(Avoidable::No, |reason| reason.avoidable),
            first_reply: replied.map(|(asked, answered)| seconds(answered - asked)),
            first_reply_business: replied.and_then(|(asked, answered)| self.calendar.between(asked, answered).ok()).map(seconds),
            end,
            handling_seconds: 0,
            operator_replies: u32::try_from(operator).unwrap_or(u32::MAX),
            satisfaction: self.opinion.satisfaction,
            recommendation: self.opinion.recommendation,
        };
        Some((facts, look_at))
    }

    /// When the buyer wrote first, and when a person answered first after that.
    fn first_reply(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let asked = self.words.iter().find(|word| word.author == Party::Buyer)?.at;
        let answered = self.words.iter().find(|word| word.author != Party::Buyer && word.at >= asked)?.at;
        Some((asked, answered))
    }

    fn end(&self, rules: CountRules, now: DateTime<Utc>) -> (CaseEnd, Option<DateTime<Utc>>) {
        let Some(resolved_at) = self.turns.iter().find(|turn| is_over(turn.to)).map(|turn| turn.at) else {
            return (CaseEnd::Open, None);
        };
        let known_at = resolved_at + rules.come_back();
        let reopened =
            self.turns.iter().any(|turn| is_over(turn.from) && !is_over(turn.to) && turn.at >= resolved_at && turn.at <= known_at);
        let again = |other: &CaseCard| {
            other.id != self.card.id
                && other.counts()
                && other.opened_at > resolved_at
                && other.opened_at <= known_at
                && other.is_about_the_same(self.card)
        };
        // Bad news comes early and good news at the end: told as they come, a young period would look worse than it is.
        let aftermath = if now < known_at {
            Aftermath::NotYetKnown
        } else if reopened {
            Aftermath::Reopened
        } else if self.others.iter().any(again) {
            Aftermath::CameBack
        } else {
            Aftermath::Quiet
        };
        let replies = self.words.iter().filter(|word| word.author != Party::Buyer && word.at <= resolved_at).count();
        let resolution = Resolution { replies: u32::try_from(replies).unwrap_or(u32::MAX), aftermath };
        (CaseEnd::Resolved(resolution), (aftermath == Aftermath::NotYetKnown).then_some(known_at))
    }
}

/// What a dispute added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputePart {
    /// The day on which it was opened.
    pub opened_on: NaiveDate,
    /// Where it belongs.
    pub slice: Slice,
    /// What it adds.
    pub facts: DisputeFacts,
}

impl DisputePart {
    /// What a dispute adds, by itself: whether it recurs is found by those that are alike.
    pub fn of(dispute: &Dispute, seller: SellerId, case: Option<&CaseCard>, rules: CountRules) -> Self {
        let ending = match dispute.stage {
            DisputeStage::Settled => DisputeEnding::Resolved,
            DisputeStage::Final => match dispute.effective_decision().map(|decision| &decision.by) {
                Some(Decider::Person(_)) => DisputeEnding::Resolved,
                Some(Decider::HardStop) | None => DisputeEnding::Unresolved,
            },
            DisputeStage::Unresolved => DisputeEnding::Unresolved,
            DisputeStage::Withdrawn => DisputeEnding::TakenBack,
            _ => DisputeEnding::Open,
        };
        let slice = case.map(CaseCard::slice).unwrap_or_default();
        Self {
            opened_on: rules.day(dispute.opened_at),
            slice: Slice { seller: Some(seller), ..slice },
            facts: DisputeFacts { recurrence: Recurrence::First, ending },
        }
    }
}

/// Disputes that recur are alike in this: the seller and the reason. A product of a seller is among them.
pub fn alike(seller: SellerId, reason: DisputeReason) -> String {
    let reason = serde_json::to_value(reason).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    format!("{seller}/{reason}")
}

/// Says of each of the disputes that are alike whether it recurs, given their days.
pub fn recurrences(mut alike: Vec<(NaiveDate, DisputeId)>, window_days: u16) -> BTreeMap<DisputeId, Recurrence> {
    alike.sort_unstable();
    let earlier = std::iter::once(None).chain(alike.iter().map(|(day, _)| Some(*day)));
    earlier.zip(&alike).map(|(earlier, (day, id))| (*id, Recurrence::of(earlier, *day, window_days))).collect()
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartKind {
    /// A case.
    Case,
    /// A dispute.
    Dispute,
    /// An order.
    Order,
    /// A visit to the help pages.
    Visit,
}

/// What one thing added to the counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Part {
    /// A case.
    Case {
        /// What it adds.
        facts: CaseFacts,
        /// Whose it is, when the buyer has an address.
        buyer: Option<BuyerMark>,
    },
    /// A dispute.
    Dispute(DisputePart),
    /// An order.
    Order {
        /// The day on which it was placed.
        day: NaiveDate,
        /// Who sold.
        seller: SellerId,
        /// Who bought, when the order has an address.
        buyer: Option<BuyerMark>,
    },
    /// A visit to the help pages.
    Visit {
        /// When.
        day: NaiveDate,
        /// What became of it.
        visit: HelpVisit,
    },
}

impl Part {
    /// What it adds, and where.
    fn counts(&self) -> (NaiveDate, KpiTally, Vec<Cell>) {
        let mut tally = KpiTally::default();
        match self {
            Self::Case { facts, .. } => {
                tally.add_case(facts);
                (facts.opened_on, tally, Cell::all_of(&facts.slice).collect())
            }
            Self::Dispute(part) => {
                tally.add_dispute(part.facts);
                (part.opened_on, tally, Cell::all_of(&part.slice).collect())
            }
            Self::Order { day, seller, .. } => {
                tally.orders = 1;
                (*day, tally, Cell::of_seller(*seller).into())
            }
            Self::Visit { day, visit } => {
                tally.add_visit(*visit);
                (*day, tally, vec![Cell::WHOLE])
            }
        }
    }

    fn deed(&self) -> Option<(BuyerMark, Deed)> {
        match self {
            Self::Case { facts, buyer } => buyer.map(|buyer| (buyer, Deed::GotInTouch(Month::of(facts.opened_on)))),
            Self::Order { day, buyer, .. } => buyer.map(|buyer| (buyer, Deed::Ordered(Month::of(*day)))),
            Self::Dispute(_) | Self::Visit { .. } => None,
        }
    }
}

/// That counts do not hold what is to be taken out of them: something was counted wrongly before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the counts do not hold what is to be taken out of them")]
pub struct Miscount;

/// Counts to be put in and taken out, collected so that each row is touched once.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// By row: what comes in, and what goes out.
    pub rows: BTreeMap<Row, (KpiTally, KpiTally)>,
    /// By buyer: what comes in, and what goes out.
    pub deeds: BTreeMap<BuyerMark, (Vec<Deed>, Vec<Deed>)>,
}

impl Changes {
    /// Something is now as `new` says, and was counted as `old` says.
    pub fn replace(&mut self, old: Option<&Part>, new: Option<&Part>) {
        if old == new {
            return;
        }
        for (part, comes_in) in old.map(|part| (part, false)).into_iter().chain(new.map(|part| (part, true))) {
            let (day, tally, cells) = part.counts();
            for cell in cells {
                for grain in Grain::ALL {
                    let (plus, minus) = self.rows.entry(Row { grain, date: grain.of(day), cell: cell.clone() }).or_default();
                    if comes_in { plus.merge(&tally) } else { minus.merge(&tally) }
                }
            }
            if let Some((buyer, deed)) = part.deed() {
                let (plus, minus) = self.deeds.entry(buyer).or_default();
                if comes_in { plus.push(deed) } else { minus.push(deed) }
            }
        }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.deeds.is_empty()
    }
}

/// A row as it was, with what came in and without what went out.
pub fn counted(before: &KpiTally, (plus, minus): &(KpiTally, KpiTally)) -> Result<KpiTally, Miscount> {
    let mut after = before.clone();
    after.merge(plus);
    after.less(minus).ok_or(Miscount)
}

/// A buyer as known, with what came in and without what went out.
pub fn lived(before: &BuyerMonths, (plus, minus): &(Vec<Deed>, Vec<Deed>)) -> Result<BuyerMonths, Miscount> {
    let mut after = before.clone();
    for deed in plus {
        after.add(*deed);
    }
    if minus.iter().all(|deed| after.remove(*deed)) { Ok(after) } else { Err(Miscount) }
}
