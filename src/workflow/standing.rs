//! How sellers stand: what is asked of them, what they can do, their cards, and what follows each night.

mod nights;
mod proposals;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use super::{Check, Cx, Error, Result, refused};
use crate::domain::calendar::start_of_day;
use crate::domain::charter::{Effect, Marketplace, Terms};
use crate::domain::ids::SellerId;
use crate::domain::kpis::Share;
use crate::domain::orders::Seller;
use crate::domain::parties::{Actor, Party, Scope, View, Who};
use crate::domain::refusal::Refusal;
use crate::domain::scorecards::{Capability, Coverage, Evidence, Measure, Medians, Scorecard, SellerRecord, coverage};
use crate::domain::scores::ScoreAbout;
use crate::domain::standing::{RulesFault, StandingRules};
use crate::policy::{self, Permission};
use crate::store::{CapabilityRow, RulesRow, Store, StoreError};

pub use nights::night;
pub use proposals::dismiss;
pub(super) use proposals::letter;

/// The longest words that show a capability, in characters.
const EVIDENCE_LIMIT: usize = 500;
/// The longest clause, in characters.
const CLAUSE_LIMIT: usize = 1000;

/// Announces what is asked of sellers. `change` says what becomes of the newest rules; what changes nothing gives those that are there.
///
/// What sellers are judged by binds them as the charter does, and holds after its notice, by default as soon as that is over
/// (Regulation (EU) 2019/1150, article 3(2)); the rest holds at once, but never before what was announced before it.
pub async fn set_rules(
    cx: &Cx,
    actor: &Actor,
    effective_at: Option<DateTime<Utc>>,
    change: impl FnOnce(StandingRules) -> StandingRules,
) -> Result<RulesRow> {
    policy::require(&actor.who, Permission::SetStandingRules)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let before = tx.lock_standing_rules().await?;
    let rules = change(before.rules.clone());
    check_rules(&rules)?;
    if rules == before.rules {
        return Ok(before);
    }
    let noticed = before.rules.effect_of(&rules) == Effect::Binding && tx.has_sellers().await?;
    let effect = if noticed { Effect::Binding } else { Effect::Technical };
    let earliest = marketplace.charter.earliest_effect(effect, cx.now()).max(before.effective_at.unwrap_or_default());
    let effective_at = effective_at.unwrap_or(earliest);
    if effective_at < earliest {
        let message = format!("The change can take effect on {} at the earliest.", earliest.format("%Y-%m-%d %H:%M UTC"));
        return Err(refused(&["effectiveAt"], Refusal::Invalid { message }));
    }
    let row = RulesRow {
        rules,
        set_by: Some(actor.who.clone()),
        revision: before.revision + 1,
        announced_at: Some(cx.now()),
        effective_at: Some(effective_at),
    };
    tx.insert_standing_rules(&row, &actor.who).await?;
    tx.commit().await?;
    Ok(row)
}

fn check_rules(rules: &StandingRules) -> Result<()> {
    let mut check = Check::default();
    for fault in rules.faults() {
        let index = match fault {
            RulesFault::Measure(index, _) | RulesFault::Badge(index, _) | RulesFault::BadgeTwice(index) => index.to_string(),
            _ => String::new(),
        };
        let path: &[&str] = match fault {
            RulesFault::Measure(..) => &["measures", &index],
            RulesFault::Badge(..) | RulesFault::BadgeTwice(_) => &["badges", &index],
            RulesFault::TooManyBadges => &["badges"],
            RulesFault::Visibility(_) => &["visibility"],
            RulesFault::FixDays => &["fixDays"],
            RulesFault::NoClause => &["clause"],
            RulesFault::Defects => &["defects"],
        };
        check.fault(path, Refusal::Invalid { message: fault.to_string() });
    }
    if let Some(clause) = &rules.clause {
        check.text(&["clause"], "The clause", clause, CLAUSE_LIMIT);
    }
    check.done()
}

/// Notes that a seller can do something, by what shows it; none takes it back. The operator of any seller, a seller of itself.
pub async fn note_capability(cx: &Cx, actor: &Actor, seller: SellerId, capability: Capability, shown_by: Option<&str>) -> Result<Seller> {
    let may = match &actor.who {
        Who::Seller { seller: own, .. } if *own != seller => return Err(no_seller()),
        Who::Seller { .. } => true,
        who => policy::has(who, Permission::SetStandingRules),
    };
    if !may {
        return Err(Refusal::NotAllowed.into());
    }
    let mut check = Check::default();
    if let Some(words) = shown_by {
        check.text(&["shownBy"], "What shows it", words, EVIDENCE_LIMIT);
    }
    check.done()?;
    let known = cx.store.sellers_by_id(actor.scope(), &[seller]).await?.pop().ok_or_else(no_seller)?;
    let timezone = cx.marketplace(actor.marketplace).await?.timezone;
    let tx = cx.store.begin(actor.marketplace).await?;
    tx.lock_seller(seller).await?;
    // What the marketplace has seen for itself no seller overwrites.
    if matches!(actor.who, Who::Seller { .. })
        && let Some(noted) = tx.capability(seller, capability).await?
        && !matches!(noted.noted_by, Who::Seller { .. })
    {
        let message = "The marketplace noted this; only it can change it.".into();
        return Err(refused(&["capability"], Refusal::NotNow { message }));
    }
    match shown_by {
        Some(words) => {
            let on = cx.now().with_timezone(&timezone).date_naive();
            let evidence = Evidence { capability, shown_by: words.trim().to_owned(), on };
            tx.note_capability(&CapabilityRow { seller, evidence, noted_by: actor.who.clone() }).await?;
        }
        None => tx.forget_capability(seller, capability).await?,
    }
    tx.commit().await?;
    Ok(known)
}

fn no_seller() -> Error {
    refused(&["sellerId"], Refusal::NotFound { what: "Seller" })
}

/// A seller's card, and what it stands beside.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The card.
    pub card: Scorecard,
    /// Of which day the middles of the marketplace are; none when there are none.
    pub compared_on: Option<NaiveDate>,
}

/// The cards of sellers as they are on a day, beside the marketplace as it was at the end of the last day before it.
///
/// With `days`, each measure is read over so many days instead of the window of its rule; the marketplace is not beside it then.
///
/// The operator sees all, a seller its own, others none.
pub async fn cards(
    store: &Store,
    scope: Scope,
    of: &[SellerId],
    on: NaiveDate,
    days: Option<u16>,
) -> Result<HashMap<SellerId, Card>, StoreError> {
    let shown = |seller: &&SellerId| match scope.view {
        View::Whole => true,
        View::Seller(own) => own == **seller,
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => false,
    };
    let of: Vec<_> = of.iter().filter(shown).copied().collect();
    let mut rules = store.standing_rules(scope.marketplace).await?.rules;
    let night = match days {
        Some(_) => None,
        None => store.night_before(scope.marketplace, on).await?,
    };
    if let Some(days) = days {
        rules.measures.0.iter_mut().for_each(|rule| rule.window_days = days);
    }
    let medians = night.as_ref().map_or_else(Medians::default, |night| night.medians.clone());
    let Some(marketplace) = store.marketplace(scope.marketplace).await? else { return Ok(HashMap::new()) };
    let read = read_cards(store, &marketplace, &of, &rules, on).await?;
    let compared_on = night.map(|night| night.day);
    Ok(read.into_iter().map(|card| (card.seller, Card { card: card.beside(&medians), compared_on })).collect())
}

/// The cards of sellers on a day, without the marketplace beside them.
async fn read_cards(
    store: &Store,
    marketplace: &Marketplace,
    of: &[SellerId],
    rules: &StandingRules,
    on: NaiveDate,
) -> Result<Vec<Scorecard>, StoreError> {
    let from = on - Days::new(u64::from(rules.longest_window()));
    let mut days = store.seller_days(marketplace.id, of, from, on).await?;
    let mut late = late_replies(store, marketplace, of, rules, on).await?;
    let abouts: Vec<_> = of.iter().map(|seller| ScoreAbout::Seller(*seller)).collect();
    let mut grades = store.score_tallies(marketplace.id, &abouts).await?;
    let card = |seller: &SellerId| {
        let record = SellerRecord {
            days: days.remove(seller).unwrap_or_default(),
            grades: grades.remove(&ScoreAbout::Seller(*seller)).unwrap_or_default(),
            late_replies: late.remove(seller).unwrap_or_default(),
        };
        Scorecard::read(*seller, &record, &rules.measures, &marketplace.charter.ratings.scores, on)
    };
    Ok(of.iter().map(card).collect())
}

/// Reviews of the measure's window that were not replied to in time.
async fn late_replies(
    store: &Store,
    marketplace: &Marketplace,
    of: &[SellerId],
    rules: &StandingRules,
    on: NaiveDate,
) -> Result<HashMap<SellerId, Share>, StoreError> {
    let Some(rule) = rules.measures.of(Measure::LateReviewReplies) else { return Ok(HashMap::new()) };
    let first = on - Days::new(u64::from(rule.window_days.max(1)) - 1);
    let window = (start_of_day(marketplace.timezone, first), start_of_day(marketplace.timezone, on + Days::new(1)));
    store.late_replies(marketplace.id, of, window).await
}

/// When a seller is there in the week of a day, by its own hours, or the marketplace's where it did not say, less its closures; none
/// where the calendar cannot tell.
pub fn coverage_of(marketplace: &Marketplace, seller: &Seller, rules: &StandingRules, on: NaiveDate) -> Option<Coverage> {
    let mut terms = Terms { seller_closures: seller.closures.clone(), ..Terms::today(marketplace) };
    if let Some(own) = &seller.hours {
        Arc::make_mut(&mut terms.charter).business_hours = Some(own.clone());
    }
    let monday = on - Days::new(u64::from(on.weekday().num_days_from_monday()));
    coverage(&terms.calendar(Party::Seller), &rules.coverage, monday).ok()
}
