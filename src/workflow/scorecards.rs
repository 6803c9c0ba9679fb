//! What is counted of sellers: each event and each telling of an order touches a case or an order, of which is counted again
//! what it adds to its seller's days.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Cx, Result};
use crate::domain::cases::Case;
use crate::domain::charter::Marketplace;
use crate::domain::defects::{ProductFacts, ProductKey, ProductTally};
use crate::domain::ids::{CaseId, MarketplaceId, OrderId, SellerId};
use crate::domain::parties::{Actor, Scope};
use crate::domain::scorecards::{OrderRecord, SellerFacts, SellerTally, Subject, of_case, of_order};
use crate::domain::timeline::EventKind;
use crate::store::{Counting, DayKey, Feed, ProductDay, StoreError, Tx};

/// How many events, and how many told orders, are counted at once.
const BATCH: u64 = 100;

/// What came of a look at what is to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// So much was counted.
    Further,
    /// There was nothing to count.
    Nothing,
    /// Somebody else was counting.
    Elsewhere,
}

/// Counts what happened next. What was read may be newer than the events that led to it; it is counted again with its own.
pub async fn count(cx: &Cx, counting: Counting) -> Result<Counted> {
    let scope = Actor::system(counting.marketplace).scope();
    let events = cx.store.events_after(scope, Feed::All, counting.position, BATCH).await?;
    let marks = cx.store.marked_orders(counting.marketplace, BATCH).await?;
    if events.is_empty() && marks.is_empty() {
        return Ok(Counted::Nothing);
    }
    let cases: BTreeSet<_> = events.iter().map(|event| event.case).collect();
    let moves_order = |kind: &EventKind| matches!(kind, EventKind::Refund { .. } | EventKind::Return { .. } | EventKind::Dispute { .. });
    let moved: BTreeSet<_> = events.iter().filter(|event| moves_order(&event.kind)).map(|event| event.case).collect();
    let mut orders: BTreeSet<_> = marks.iter().map(|(_, order)| *order).collect();
    orders.extend(orders_of(cx, scope, &moved).await?);
    let marketplace = cx.marketplace(counting.marketplace).await?;
    let subjects: Vec<_> = cases.into_iter().map(Subject::Case).chain(orders.into_iter().map(Subject::Order)).collect();
    let after = facts_of(cx, &marketplace, &subjects).await?;

    let tx = cx.store.begin(counting.marketplace).await?;
    let position = events.last().map_or(counting.position, |event| event.position);
    if !tx.take_turn(counting, position).await? {
        return Ok(Counted::Elsewhere);
    }
    let before = tx.seller_facts(&subjects).await?;
    change_days(&tx, &before, &after).await?;
    change_products(&tx, &before, &after).await?;
    let changed: Vec<_> = after.into_iter().filter(|(subject, facts)| before.get(subject) != Some(facts)).collect();
    tx.save_seller_facts(&changed).await?;
    tx.unmark_orders(&marks.into_iter().map(|(mark, _)| mark).collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(Counted::Further)
}

/// The orders that the dealings of these cases are about: a case that was merged has dealings of more than one.
async fn orders_of(cx: &Cx, scope: Scope, cases: &BTreeSet<CaseId>) -> Result<BTreeSet<OrderId>> {
    let cases: Vec<_> = cases.iter().copied().collect();
    if cases.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut orders: BTreeSet<_> = cx.store.refunds_of_cases(scope, &cases).await?.into_iter().map(|one| one.refund.order).collect();
    orders.extend(cx.store.returns_of_cases(scope, &cases).await?.into_iter().map(|one| one.order));
    orders.extend(cx.store.disputes_of_cases(scope, &cases).await?.into_iter().map(|one| one.order));
    Ok(orders)
}

/// What cases and orders add as they are now.
async fn facts_of(cx: &Cx, marketplace: &Marketplace, subjects: &[Subject]) -> Result<HashMap<Subject, SellerFacts>> {
    let case = |subject: &Subject| if let Subject::Case(id) = subject { Some(*id) } else { None };
    let order = |subject: &Subject| if let Subject::Order(id) = subject { Some(*id) } else { None };
    let mut facts = of_cases(cx, marketplace, &subjects.iter().filter_map(case).collect::<Vec<_>>()).await?;
    facts.extend(of_orders(cx, marketplace, &subjects.iter().filter_map(order).collect::<Vec<_>>()).await?);
    Ok(facts)
}

async fn of_cases(cx: &Cx, marketplace: &Marketplace, ids: &[CaseId]) -> Result<HashMap<Subject, SellerFacts>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let scope = Actor::system(marketplace.id).scope();
    let cases: Vec<Case> = cx.store.cases_by_id(scope, ids).await?.into_iter().filter(|case| case.seller.is_some()).collect();
    if cases.is_empty() {
        return Ok(HashMap::new());
    }
    let sellers: Vec<_> = cases.iter().filter_map(|case| case.seller).collect::<BTreeSet<_>>().into_iter().collect();
    let closures: HashMap<SellerId, _> =
        cx.store.sellers_by_id(scope, &sellers).await?.into_iter().map(|seller| (seller.id, seller.closures)).collect();
    let histories = cx.store.histories(marketplace.id, &cases.iter().map(|case| case.id).collect::<Vec<_>>()).await?;
    let mut facts = HashMap::new();
    for case in &cases {
        let mut terms = cx.store.terms_of(marketplace, case).await?;
        terms.seller_closures = case.seller.and_then(|seller| closures.get(&seller).cloned()).unwrap_or_default();
        let events = histories.get(&case.id).map_or(&[][..], Vec::as_slice);
        if let Some(found) = of_case(case, events, &terms, marketplace.timezone) {
            facts.insert(Subject::Case(case.id), found);
        }
    }
    Ok(facts)
}

async fn of_orders(cx: &Cx, marketplace: &Marketplace, ids: &[OrderId]) -> Result<HashMap<Subject, SellerFacts>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let scope = Actor::system(marketplace.id).scope();
    let orders = cx.store.orders_by_id(scope, ids).await?;
    let refunds = by_order(cx.store.refunds_of_orders(scope, ids).await?.into_iter().map(|one| (one.refund.order, one.refund)));
    let returns = by_order(cx.store.returns_of_orders(scope, ids).await?.into_iter().map(|one| (one.order, one)));
    let disputes = by_order(cx.store.disputes_of_orders(scope, ids).await?.into_iter().map(|one| (one.order, one)));
    let shipments = by_order(cx.store.shipments_of(scope, ids).await?.into_iter().map(|one| (one.known.order, one)));
    let found = orders.into_iter().map(|order| {
        let record = OrderRecord {
            seller: order.seller,
            placed_at: order.placed_at,
            lines: &order.lines,
            refunds: of(&refunds, order.id),
            returns: of(&returns, order.id),
            disputes: of(&disputes, order.id),
            shipments: of(&shipments, order.id),
        };
        (Subject::Order(order.id), of_order(&record, marketplace.timezone, cx.now()))
    });
    Ok(found.collect())
}

fn by_order<T>(found: impl Iterator<Item = (OrderId, T)>) -> HashMap<OrderId, Vec<T>> {
    let mut all: HashMap<_, Vec<T>> = HashMap::new();
    for (order, one) in found {
        all.entry(order).or_default().push(one);
    }
    all
}

fn of<T>(all: &HashMap<OrderId, Vec<T>>, order: OrderId) -> &[T] {
    all.get(&order).map_or(&[], Vec::as_slice)
}

/// Takes out what was put in, and puts in what is.
async fn change_days(tx: &Tx, before: &HashMap<Subject, SellerFacts>, after: &HashMap<Subject, SellerFacts>) -> Result<()> {
    let differs = |(subject, facts): &(&Subject, &SellerFacts)| after.get(*subject) != before.get(*subject) && !facts.facts.is_empty();
    let old: Vec<_> = before.iter().filter(|(subject, _)| after.contains_key(*subject)).filter(differs).map(|(_, facts)| facts).collect();
    let new: Vec<_> = after.iter().filter(differs).map(|(_, facts)| facts).collect();
    let keys: BTreeSet<DayKey> = old.iter().chain(&new).flat_map(|one| one.facts.iter().map(|(day, _)| (one.seller, *day))).collect();
    let known = tx.seller_days(&keys.iter().copied().collect::<Vec<_>>()).await?;
    let mut days: HashMap<_, SellerTally> = keys.iter().map(|key| (*key, known.get(key).cloned().unwrap_or_default())).collect();
    for one in old {
        for (day, fact) in &one.facts {
            let miscounted = |_| StoreError::Inconsistent { table: "seller_days", column: "tally" };
            days.entry((one.seller, *day)).or_default().remove(*fact).map_err(miscounted)?;
        }
    }
    for one in new {
        one.facts.iter().for_each(|(day, fact)| days.entry((one.seller, *day)).or_default().add(*fact));
    }
    Ok(tx.save_seller_days(&days).await?)
}

/// The same for products.
async fn change_products(tx: &Tx, before: &HashMap<Subject, SellerFacts>, after: &HashMap<Subject, SellerFacts>) -> Result<()> {
    let changed = || after.iter().filter(|(subject, facts)| before.get(*subject).is_none_or(|old| old.products != facts.products));
    let old: Vec<_> = changed().filter_map(|(subject, _)| before.get(subject)).flat_map(by_product).collect();
    let new: Vec<_> = changed().flat_map(|(_, facts)| by_product(facts)).collect();
    let keys: BTreeSet<ProductDay> = old.iter().chain(&new).map(|(key, _)| key.clone()).collect();
    let mut known = tx.product_days(&keys.into_iter().collect::<Vec<_>>()).await?;
    for (key, facts) in old {
        known.entry(key).or_default().1.unmerge(&facts.tally);
    }
    for (key, facts) in new {
        let (category, tally) = known.entry(key).or_default();
        tally.merge(&facts.tally);
        category.clone_from(&facts.category);
    }
    Ok(tx.save_product_days(&known).await?)
}

fn by_product(facts: &SellerFacts) -> impl Iterator<Item = (ProductDay, &ProductFacts)> {
    let seller = facts.seller;
    facts.products.iter().map(move |one| ((one.day, ProductKey { seller, product: one.product.clone() }), one))
}

/// What the days must say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recount {
    /// Of sellers.
    pub days: BTreeMap<DayKey, SellerTally>,
    /// Of products.
    pub products: BTreeMap<ProductDay, ProductTally>,
}

impl Recount {
    fn add(&mut self, one: &SellerFacts) {
        one.facts.iter().for_each(|(day, fact)| self.days.entry((one.seller, *day)).or_default().add(*fact));
        by_product(one).for_each(|(key, facts)| self.products.entry(key).or_default().merge(&facts.tally));
    }
}

/// Counts everything anew, without changing anything.
pub async fn recount(cx: &Cx, id: MarketplaceId) -> Result<Recount> {
    let marketplace = cx.marketplace(id).await?;
    let mut whole = Recount::default();
    let first = uuid::Uuid::nil();
    for mut after in [Subject::Case(CaseId::from_uuid(first)), Subject::Order(OrderId::from_uuid(first))] {
        loop {
            let subjects = cx.store.subjects_after(id, after, BATCH).await?;
            let Some(last) = subjects.last() else { break };
            after = *last;
            facts_of(cx, &marketplace, &subjects).await?.values().for_each(|one| whole.add(one));
        }
    }
    Ok(whole)
}
