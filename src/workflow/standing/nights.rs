//! What is done each night, of the day that is over: every seller's card, badges, visibility, and what measures propose.
//!
//! A seller is looked at once a day, in one transaction; a night that was interrupted goes on where it stopped.

use crate::domain::charter::Marketplace;
use crate::domain::ids::{BadgeAwardId, SellerId};
use crate::domain::parties::Actor;
use crate::domain::scorecards::{Medians, Scorecard};
use crate::domain::standing::{BadgeChange, BadgeReview, StandingRules, last_day, next_night, standing_at};
use crate::store::{BadgeChangeRow, DueNight, Night, SellerNight};
use crate::workflow::scorecards::{self, Counted};
use crate::workflow::{Cx, Result};

/// How many sellers are read at once.
const BATCH: u64 = 200;

/// Ends the day of a marketplace.
pub async fn night(cx: &Cx, due: DueNight) -> Result<()> {
    let marketplace = cx.marketplace(due.marketplace).await?;
    // All that happened on that day is counted first.
    while let Some(counting) = cx.store.counting(marketplace.id).await? {
        if Box::pin(scorecards::count(cx, counting)).await? == Counted::Nothing {
            break;
        }
    }
    let day = last_day(marketplace.timezone, cx.now());
    let rules = cx.store.standing_rules(marketplace.id).await?.rules;
    let cards = all_cards(cx, &marketplace, &rules, day).await?;
    let medians = Medians::of(&cards);
    let sellers = i32::try_from(cards.len()).unwrap_or(i32::MAX);
    for card in cards {
        Box::pin(look_at(cx, &marketplace, &rules, card.beside(&medians))).await?;
    }
    let tx = cx.store.begin(marketplace.id).await?;
    tx.end_night(&Night { day, medians, sellers }, next_night(marketplace.timezone, cx.now())).await?;
    Ok(tx.commit().await?)
}

async fn all_cards(cx: &Cx, marketplace: &Marketplace, rules: &StandingRules, day: chrono::NaiveDate) -> Result<Vec<Scorecard>> {
    let scope = Actor::system(marketplace.id).scope();
    let (mut cards, mut after): (Vec<Scorecard>, Option<SellerId>) = (Vec::new(), None);
    loop {
        let sellers = cx.store.sellers_after(marketplace.id, after, BATCH).await?;
        let Some(last) = sellers.last() else { return Ok(cards) };
        after = Some(*last);
        cards.extend(super::read_cards(&cx.store, scope, &sellers, rules, day).await?);
    }
}

/// Looks at a seller, unless that was done already.
async fn look_at(cx: &Cx, marketplace: &Marketplace, rules: &StandingRules, card: Scorecard) -> Result<()> {
    let seller = card.seller;
    let tx = cx.store.begin(marketplace.id).await?;
    if !tx.lock_seller(seller).await? {
        return Ok(());
    }
    let before = tx.seller_night(seller).await?;
    if before.as_ref().is_some_and(|before| before.card.on >= card.on) {
        return Ok(());
    }
    let history: Vec<_> = tx.sanctions_against(seller).await?.into_iter().map(|row| row.sanction).collect();
    let standing = standing_at(&history, seller, cx.now());
    let held = before.map(|before| before.badges).unwrap_or_default();

    let mut reviews: Vec<BadgeReview> = rules
        .badges
        .iter()
        .map(|rule| rule.review(&card, standing, held.iter().find(|award| award.badge == rule.key).cloned()))
        .collect();
    // A badge that is no longer given is lost.
    let gone = held.iter().filter(|award| rules.badges.iter().all(|rule| rule.key != award.badge));
    reviews.extend(gone.map(|award| BadgeReview {
        seller,
        badge: award.badge.clone(),
        on: card.on,
        standing,
        conditions: Vec::new(),
        change: BadgeChange::Lost(award.clone()),
    }));
    let changed = reviews.iter().filter(|review| matches!(review.change, BadgeChange::Awarded(_) | BadgeChange::Lost(_)));
    let changes: Vec<_> =
        changed.map(|review| BadgeChangeRow { id: BadgeAwardId::generate(), review: review.clone(), at: cx.now() }).collect();
    let badges = reviews.into_iter().filter_map(|review| match review.change {
        BadgeChange::Awarded(award) | BadgeChange::Kept(award) => Some(award),
        BadgeChange::Lost(_) | BadgeChange::NotAwarded => None,
    });
    let badges = badges.collect();
    let visibility = rules.visibility.factor(&card, standing);

    tx.insert_badge_changes(&changes).await?;
    tx.save_seller_night(&SellerNight { card, visibility, badges }).await?;
    Ok(tx.commit().await?)
}
