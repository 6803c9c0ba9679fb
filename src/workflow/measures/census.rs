//! What everything adds to the counts, found from the state alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::super::{Cx, Result};
use super::settings;
use crate::domain::calendar::BusinessCalendar;
use crate::domain::charter::{Charter, CharterVersion};
use crate::domain::ids::{CaseId, DisputeId, MarketplaceId, OrderId};
use crate::domain::kpis::{
    BuyerMark, BuyerMonths, CaseCard, CaseStory, Changes, CountRules, DisputePart, KpiTally, Part, PartKind, Return, Row, alike, lived,
    recurrences,
};
use crate::store::{CaseState, PartRow, Subject};

/// How much of everything is read at once.
const PAGE: u64 = 500;

/// What a thing adds now; none for nothing.
pub(super) type Adds = ((PartKind, Uuid), Option<PartRow>);

/// Who finds out what things add.
pub(super) struct Census<'a> {
    cx: &'a Cx,
    marketplace: MarketplaceId,
    pub(super) rules: CountRules,
    now: DateTime<Utc>,
    always: BusinessCalendar,
}

/// Disputes as they add by themselves, before it is known which of them recur.
pub(super) type Disputes = Vec<(DisputeId, String, DisputePart)>;

impl<'a> Census<'a> {
    pub(super) async fn of(cx: &'a Cx, marketplace: MarketplaceId) -> Result<Self> {
        let house = cx.marketplace(marketplace).await?;
        let set = settings::of(cx, marketplace).await?.settings;
        let rules = CountRules { zone: house.timezone, come_back_days: set.come_back_days, recurrence_days: set.recurrence_days };
        Ok(Self { cx, marketplace, rules, now: cx.now(), always: BusinessCalendar::always_open(house.timezone) })
    }

    /// What these cases add, and their disputes. With `around`, also the cases before them of which they may say that the buyer came
    /// back.
    pub(super) async fn cases(&self, ids: &[CaseId], around: Around) -> Result<(Vec<Adds>, Disputes)> {
        if ids.is_empty() {
            return Ok(Default::default());
        }
        let store = &self.cx.store;
        let mut cards = store.case_cards(self.marketplace, ids).await?;
        let buyers: BTreeSet<_> = cards.iter().map(|card| card.buyer).collect();
        let known = store.case_cards_of(self.marketplace, &buyers.into_iter().collect::<Vec<_>>()).await?;
        if around == Around::Too {
            self.widen(&mut cards, &known);
        }
        let mut gone: BTreeSet<_> = ids.iter().copied().collect();
        let found: HashMap<_, _> = cards.iter().map(|card| (card.id, card.clone())).collect();
        let all: Vec<_> = found.keys().copied().collect();
        let disputes = store.dispute_states(self.marketplace, &all).await?;
        let disputes = disputes.iter().map(|one| {
            let part = DisputePart::of(&one.dispute, one.seller, found.get(&one.dispute.case), self.rules);
            (one.dispute.id, alike(one.seller, one.dispute.reason), part)
        });
        let disputes: Disputes = disputes.collect();

        let states = store.case_states(self.marketplace, cards, &known).await?;
        let charters = self.charters(&states).await?;
        let mut adds = Vec::with_capacity(states.len());
        for state in &states {
            gone.remove(&state.card.id);
            adds.push(((PartKind::Case, state.card.id.uuid()), self.case(state, charters.get(&state.card.charter))));
        }
        adds.extend(gone.into_iter().map(|id| ((PartKind::Case, id.uuid()), None)));
        Ok((adds, disputes))
    }

    /// A case may be what makes an earlier one of the buyer come back: those that were alive not long before it was opened.
    fn widen(&self, cards: &mut Vec<CaseCard>, known: &[CaseCard]) {
        let window = TimeDelta::days(i64::from(self.rules.come_back_days));
        let have: BTreeSet<_> = cards.iter().map(|card| card.id).collect();
        let near = |other: &&CaseCard| {
            let before = |card: &CaseCard| {
                card.buyer == other.buyer && other.opened_at <= card.opened_at && other.updated_at >= card.opened_at - window
            };
            !have.contains(&other.id) && cards.iter().any(before)
        };
        let near: Vec<_> = known.iter().filter(near).cloned().collect();
        cards.extend(near);
    }

    async fn charters(&self, states: &[CaseState]) -> Result<HashMap<CharterVersion, Arc<Charter>>> {
        let versions: BTreeSet<_> = states.iter().map(|state| state.card.charter).collect();
        let mut charters = HashMap::with_capacity(versions.len());
        for version in versions {
            charters.insert(version, self.cx.store.rules(self.marketplace, version).await?);
        }
        Ok(charters)
    }

    fn case(&self, state: &CaseState, charter: Option<&Arc<Charter>>) -> Option<PartRow> {
        let story = CaseStory {
            card: &state.card,
            words: &state.words,
            turns: &state.turns,
            others: &state.others,
            reason: charter.and_then(|charter| charter.reason(&state.card.reason)),
            calendar: charter.and_then(|charter| charter.business_hours.as_deref()).unwrap_or(&self.always),
            opinion: state.opinion,
        };
        let (facts, look_at) = story.facts(self.rules, self.now)?;
        Some(PartRow { id: state.card.id.uuid(), part: Part::Case { facts, buyer: state.buyer }, alike: None, look_at })
    }

    /// What these orders add.
    pub(super) async fn orders(&self, ids: &[Uuid]) -> Result<Vec<Adds>> {
        let asked: Vec<_> = ids.iter().map(|id| OrderId::from_uuid(*id)).collect();
        let found = self.cx.store.order_states(self.marketplace, &asked).await?;
        let part = |order: crate::store::OrderState| {
            let part = Part::Order { day: self.rules.day(order.placed_at), seller: order.seller, buyer: order.buyer };
            (order.id.uuid(), part)
        };
        Ok(self.plain(PartKind::Order, ids, found.into_iter().map(part).collect()))
    }

    /// What these visits add.
    pub(super) async fn visits(&self, ids: &[Uuid]) -> Result<Vec<Adds>> {
        let found = self.cx.store.visit_states(self.marketplace, ids).await?;
        let part = |visit: crate::store::VisitState| (visit.id, Part::Visit { day: self.rules.day(visit.at), visit: visit.visit });
        Ok(self.plain(PartKind::Visit, ids, found.into_iter().map(part).collect()))
    }

    #[expect(clippy::unused_self, reason = "it belongs to those above")]
    fn plain(&self, kind: PartKind, ids: &[Uuid], mut found: HashMap<Uuid, Part>) -> Vec<Adds> {
        let row = |id: Uuid, part: Part| PartRow { id, part, alike: None, look_at: None };
        ids.iter().map(|id| ((kind, *id), found.remove(id).map(|part| row(*id, part)))).collect()
    }

    /// What disputes add, with which of them recur: also what others add otherwise by now, as some of these came before them.
    pub(super) async fn recurring(&self, fresh: Disputes) -> Result<Vec<Adds>> {
        let days: BTreeSet<_> = fresh.iter().map(|(_, _, part)| part.opened_on).collect();
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Vec::new()) };
        let window = TimeDelta::days(i64::from(self.rules.recurrence_days));
        let ways: BTreeSet<_> = fresh.iter().map(|(_, way, _)| way.clone()).collect();
        let near = self.cx.store.alike_parts(self.marketplace, &ways, (*first - window, *last + window)).await?;
        let mut all: BTreeMap<DisputeId, (String, DisputePart)> = BTreeMap::new();
        for (id, row) in near {
            if let (Part::Dispute(part), Some(way)) = (row.part, row.alike) {
                all.insert(id, (way, part));
            }
        }
        all.extend(fresh.into_iter().map(|(id, way, part)| (id, (way, part))));
        Ok(settled(all, *first, self.rules.recurrence_days))
    }
}

/// Whether also cases are looked at that others may say something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// They are.
    Too,
    /// They are not: they are looked at anyway.
    Not,
}

/// What disputes add from a day on, all those before it within the window being among them.
fn settled(all: BTreeMap<DisputeId, (String, DisputePart)>, from: NaiveDate, window_days: u16) -> Vec<Adds> {
    let mut ways: HashMap<&str, Vec<(NaiveDate, DisputeId)>> = HashMap::new();
    for (id, (way, part)) in &all {
        ways.entry(way).or_default().push((part.opened_on, *id));
    }
    let recurrence: HashMap<_, _> = ways.into_values().flat_map(|one| recurrences(one, window_days)).collect();
    let later = all.into_iter().filter(|(_, (_, part))| part.opened_on >= from);
    later
        .map(|(id, (way, mut part))| {
            if let Some(found) = recurrence.get(&id) {
                part.facts.recurrence = *found;
            }
            let row = PartRow { id: id.uuid(), part: Part::Dispute(part), alike: Some(way), look_at: None };
            ((PartKind::Dispute, id.uuid()), Some(row))
        })
        .collect()
}

/// Where the counts differ from what the state says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// In a row.
    Row {
        /// Which.
        row: Row,
        /// What was counted.
        counted: Box<KpiTally>,
        /// What the state says.
        found: Box<KpiTally>,
    },
    /// In who came back.
    Returns {
        /// Which buyers.
        returns: Return,
        /// How many were counted.
        counted: i64,
        /// How many there are.
        found: i64,
    },
}

/// Counts everything anew from the state, in memory, and says where what was counted differs. What happens meanwhile may show as a
/// difference.
pub async fn check(cx: &Cx, marketplace: MarketplaceId) -> Result<Vec<Difference>> {
    let (rows, returns) = everything(cx, marketplace).await?;
    let (counted_rows, counted_returns) = cx.store.all_counts(marketplace).await?;
    let mut differences = Vec::new();
    for row in rows.keys().chain(counted_rows.keys()).collect::<BTreeSet<_>>() {
        let (counted, found) = (counted_rows.get(row).cloned().unwrap_or_default(), rows.get(row).cloned().unwrap_or_default());
        if counted != found {
            differences.push(Difference::Row { row: row.clone(), counted: counted.into(), found: found.into() });
        }
    }
    for one in returns.keys().chain(counted_returns.keys()).collect::<BTreeSet<_>>() {
        let (counted, found) = (counted_returns.get(one).copied().unwrap_or_default(), returns.get(one).copied().unwrap_or_default());
        if counted != found {
            differences.push(Difference::Returns { returns: *one, counted, found });
        }
    }
    Ok(differences)
}

/// All counts, as the state says them.
async fn everything(cx: &Cx, marketplace: MarketplaceId) -> Result<(BTreeMap<Row, KpiTally>, BTreeMap<Return, i64>)> {
    let census = Census::of(cx, marketplace).await?;
    let mut changes = Changes::default();
    let mut disputes = BTreeMap::new();
    for kind in [Subject::Order, Subject::Case, Subject::Visit] {
        let mut after = Uuid::nil();
        loop {
            let ids = cx.store.count_subjects(marketplace, kind, after, PAGE).await?;
            let Some(last) = ids.last() else { break };
            after = *last;
            let adds = match kind {
                Subject::Order => census.orders(&ids).await?,
                Subject::Visit => census.visits(&ids).await?,
                Subject::Case => {
                    let cases: Vec<_> = ids.iter().map(|id| CaseId::from_uuid(*id)).collect();
                    let (adds, found) = census.cases(&cases, Around::Not).await?;
                    disputes.extend(found.into_iter().map(|(id, way, part)| (id, (way, part))));
                    adds
                }
            };
            for (_, row) in &adds {
                changes.replace(None, row.as_ref().map(|row| &row.part));
            }
        }
    }
    for (_, row) in settled(disputes, NaiveDate::MIN, census.rules.recurrence_days) {
        changes.replace(None, row.as_ref().map(|row| &row.part));
    }
    let mut returns: BTreeMap<Return, i64> = BTreeMap::new();
    let lives: BTreeMap<BuyerMark, BuyerMonths> =
        changes.deeds.iter().map(|(buyer, deeds)| Ok((*buyer, lived(&BuyerMonths::default(), deeds)?))).collect::<Result<_>>()?;
    lives.values().flat_map(BuyerMonths::returns).for_each(|one| *returns.entry(one).or_default() += 1);
    let rows = changes.rows.into_iter().map(|(row, (plus, _))| (row, plus)).filter(|(_, tally)| *tally != KpiTally::default());
    Ok((rows.collect(), returns))
}
