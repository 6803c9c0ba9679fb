//! What is done each night, of the day that is over: every seller's card, badges, visibility, and what measures propose.
//!
//! A seller is looked at once a day, in one transaction; a night that was interrupted goes on where it stopped.

use super::proposals;
use crate::domain::charter::Marketplace;
use crate::domain::ids::{BadgeAwardId, SellerId};
use crate::domain::mails::Receiver;
use crate::domain::scorecards::{Medians, Scorecard};
use crate::domain::standing::{BadgeAward, BadgeChange, BadgeReview, SellerStanding, StandingRules, last_day, next_night, standing_at};
use crate::store::{BadgeChangeRow, DueNight, Night, SellerNight};
use crate::workflow::scorecards::{self, Counted};
use crate::workflow::{Cx, Result, defects};

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
    let receivers: Vec<_> = cx.store.recipients(marketplace.id).await?.iter().map(|one| Receiver::Operator(one.id)).collect();
    for card in cards {
        Box::pin(look_at(cx, &marketplace, &rules, card.beside(&medians), &receivers)).await?;
    }
    cx.store.live().mails_grew();
    Box::pin(defects::look(cx, &marketplace, &rules.defects, day)).await?;
    let tx = cx.store.begin(marketplace.id).await?;
    tx.end_night(&Night { day, medians, sellers }, next_night(marketplace.timezone, cx.now())).await?;
    Ok(tx.commit().await?)
}

async fn all_cards(cx: &Cx, marketplace: &Marketplace, rules: &StandingRules, day: chrono::NaiveDate) -> Result<Vec<Scorecard>> {
    let (mut cards, mut after): (Vec<Scorecard>, Option<SellerId>) = (Vec::new(), None);
    loop {
        let sellers = cx.store.sellers_after(marketplace.id, after, BATCH).await?;
        let Some(last) = sellers.last() else { return Ok(cards) };
        after = Some(*last);
        cards.extend(super::read_cards(&cx.store, marketplace, &sellers, rules, day).await?);
    }
}

/// Looks at a seller, unless that was done already.
async fn look_at(cx: &Cx, marketplace: &Marketplace, rules: &StandingRules, card: Scorecard, receivers: &[Receiver]) -> Result<()> {
    let seller = card.seller;
    let tx = cx.store.begin(marketplace.id).await?;
    if !tx.lock_seller(seller).await? {
        return Ok(());
    }
    let before = tx.seller_night(seller).await?;
    if before.as_ref().is_some_and(|before| before.card.on >= card.on) {
        return Ok(());
    }
    let history = proposals::recover(cx, &tx, marketplace, &card).await?;
    proposals::follow(cx, &tx, marketplace, rules, &card, &history, receivers).await?;
    // A warning takes no badge, so what the rule has just decided changes nothing here.
    let standing = standing_at(&history, seller, cx.now());
    let held = before.map(|before| before.badges).unwrap_or_default();
    let (reviews, badges) = badges(rules, &card, standing, &held);
    let changed = reviews.iter().filter(|review| matches!(review.change, BadgeChange::Awarded(_) | BadgeChange::Lost(_)));
    let told: Vec<_> =
        changed.map(|review| BadgeChangeRow { id: BadgeAwardId::generate(), review: review.clone(), at: cx.now() }).collect();
    let visibility = rules.visibility.factor(&card, standing);
    tx.insert_badge_changes(&told).await?;
    tx.save_seller_night(&SellerNight { card, visibility, badges }).await?;
    Ok(tx.commit().await?)
}

/// What was found of each badge, and those that the seller holds now.
fn badges(rules: &StandingRules, card: &Scorecard, standing: SellerStanding, held: &[BadgeAward]) -> (Vec<BadgeReview>, Vec<BadgeAward>) {
    let mut reviews: Vec<BadgeReview> =
        rules.badges.iter().map(|rule| rule.review(card, standing, held.iter().find(|award| award.badge == rule.key).cloned())).collect();
    // A badge that is no longer given is lost.
    let gone = held.iter().filter(|award| rules.badges.iter().all(|rule| rule.key != award.badge));
    reviews.extend(gone.map(|award| BadgeReview {
        seller: card.seller,
        badge: award.badge.clone(),
        on: card.on,
        standing,
        conditions: Vec::new(),
        change: BadgeChange::Lost(award.clone()),
    }));
    let holds = |review: &BadgeReview| match &review.change {
        BadgeChange::Awarded(award) | BadgeChange::Kept(award) => Some(award.clone()),
        BadgeChange::Lost(_) | BadgeChange::NotAwarded => None,
    };
    let badges = reviews.iter().filter_map(holds).collect();
    (reviews, badges)
}
