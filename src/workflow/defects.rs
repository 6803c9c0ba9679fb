//! Products that come back too often: found at night, told to the seller in private once, and to affected buyers when the operator
//! says so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::threads::{acknowledge, tell_seller};
use super::{Check, Cx, Result, dealings, refused};
use crate::domain::calendar::start_of_day;
use crate::domain::charter::Marketplace;
use crate::domain::defects::{Defect, DefectFound, DefectRules, DefectState, HeldAgainst, ProductKey, ProductTally};
use crate::domain::ids::{DefectId, OrderId};
use crate::domain::mails::Language;
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};

/// The longest words to a buyer, in characters.
const TEXT_LIMIT: usize = 4000;
/// How many orders are looked at in one call.
const MOST: u64 = 50;

/// Looks for defects at the end of a day.
pub(super) async fn look(cx: &Cx, marketplace: &Marketplace, rules: &DefectRules, day: NaiveDate) -> Result<()> {
    let found = find(cx, marketplace, rules, day).await?;
    let known = cx.store.open_defects(marketplace.id).await?;
    let now: BTreeSet<_> = found.iter().map(|(defect, ..)| (defect.product.clone(), defect.reason)).collect();
    for (defect, category, against) in found {
        Box::pin(tell(cx, marketplace, defect, category, against, day)).await?;
    }
    for over in known.iter().filter(|one| !now.contains(&(one.defect.product.clone(), one.defect.reason))) {
        let tx = cx.store.begin(marketplace.id).await?;
        tx.end_defect(over).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The defects of all categories. Products whose category nobody told are held against each other.
async fn find(
    cx: &Cx,
    marketplace: &Marketplace,
    rules: &DefectRules,
    day: NaiveDate,
) -> Result<Vec<(Defect, Option<String>, HeldAgainst)>> {
    let mut products = BTreeMap::<ProductKey, (Option<String>, ProductTally)>::new();
    for back in (0..u64::from(rules.window_days)).rev() {
        for (key, (category, tally)) in cx.store.products_of_day(marketplace.id, day - Days::new(back)).await? {
            let known = products.entry(key).or_default();
            known.0 = category.or_else(|| known.0.take());
            known.1.merge(&tally);
        }
    }
    let mut categories = BTreeMap::<Option<String>, BTreeMap<ProductKey, ProductTally>>::new();
    for (key, (category, tally)) in products {
        categories.entry(category).or_default().insert(key, tally);
    }
    let mut found = Vec::new();
    for (category, products) in categories {
        let against = if category.is_some() { HeldAgainst::Category } else { HeldAgainst::Marketplace };
        found.extend(rules.find(&products).into_iter().map(|defect| (defect, category.clone(), against)));
    }
    Ok(found)
}

/// Writes down what was found. What is new is told to the seller, in the newest case of such a return.
async fn tell(
    cx: &Cx,
    marketplace: &Marketplace,
    defect: Defect,
    category: Option<String>,
    against: HeldAgainst,
    day: NaiveDate,
) -> Result<()> {
    let mut tx = cx.store.begin(marketplace.id).await?;
    let known = tx.lock_defect(&defect.product, defect.reason).await?;
    let mut found = match known {
        Some(known) => DefectFound { defect, category, against, on: day, state: DefectState::Open, ..known },
        None => DefectFound {
            id: DefectId::generate(),
            defect,
            category,
            against,
            on: day,
            state: DefectState::Open,
            found_at: cx.now(),
            case: None,
        },
    };
    if found.case.is_none()
        && let Some(example) = tx.newest_return_of(&found.defect.product, found.defect.reason).await?
    {
        let whole = Actor::system(marketplace.id).scope();
        if let Some(case) = tx.lock_case(whole, example.case).await? {
            let locale = tx.seller_locale(found.defect.product.seller).await?;
            let language = Language::best(locale.as_deref().into_iter().chain([marketplace.locale.as_str()]));
            tell_seller(&mut tx, marketplace, &case, found.words(language)).await?;
            found.case = Some(case.id);
        }
    }
    tx.save_defect(&found).await?;
    Ok(tx.commit().await?)
}

/// What came of writing to buyers.
#[derive(Debug, Clone, PartialEq)]
pub struct Outreach {
    /// The defect.
    pub defect: DefectFound,
    /// How many buyers were written to now.
    pub written: i32,
    /// Where to go on; none when all were looked at.
    pub next: Option<OrderId>,
}

/// Writes to the buyers of a product, each once, in the newest case about their order or in a new one. At most so many orders are
/// looked at in one call; the next goes on after them.
pub async fn reach_out(cx: &Cx, actor: &Actor, id: DefectId, text: &str, after: Option<OrderId>) -> Result<Outreach> {
    policy::require(&actor.who, Permission::SanctionSellers)?;
    let mut check = Check::default();
    check.text(&["text"], "The text", text, TEXT_LIMIT);
    check.done()?;
    let unknown = || refused(&["defectId"], Refusal::NotFound { what: "Defect" });
    let defect = cx.store.defect(actor.scope(), id).await?.ok_or_else(unknown)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let rules = cx.store.standing_rules(marketplace.id).await?.rules.defects;
    let since = start_of_day(marketplace.timezone, defect.on - Days::new(u64::from(rules.window_days)));
    let affected = cx.store.affected(marketplace.id, &defect.defect.product, since, after, MOST).await?;
    let full = u64::try_from(affected.len()).is_ok_and(|count| count == MOST);
    let next = affected.last().map(|one| one.order).filter(|_| full);
    let mut written = 0;
    for one in affected {
        written += i32::from(Box::pin(write_to(cx, actor, id, one.order, text)).await?);
    }
    Ok(Outreach { defect, written, next })
}

/// Writes to the buyer of an order, unless that was done, or the order has no address to tell buyers apart by.
async fn write_to(cx: &Cx, actor: &Actor, id: DefectId, order: OrderId, text: &str) -> Result<bool> {
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let Some(buyer) = tx.buyer_with_address(order).await? else { return Ok(false) };
    if tx.was_reached(id, buyer.id).await? {
        return Ok(false);
    }
    let dealing = dealings::told(&mut tx, actor, order).await?;
    // Of two who do so at once, one waits here and finds it done.
    if !tx.claim_outreach(id, buyer.id, order, dealing.case.id).await? {
        return Ok(false);
    }
    acknowledge(&mut tx, &dealing.marketplace, &dealing.case, text.to_owned()).await?;
    tx.commit().await?;
    Ok(true)
}
