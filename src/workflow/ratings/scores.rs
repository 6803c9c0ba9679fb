//! What counts in scores, moved in the transaction of what it follows from; and scores, of now or of any moment before.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::super::measures::ask_for;
use super::super::{Cx, Error, Result};
use crate::domain::charter::Marketplace;
use crate::domain::disputes::Dispute;
use crate::domain::ids::{MarketplaceId, RatingId};
use crate::domain::kpis::{Improvement, ImprovementAbout, ImprovementOrigin};
use crate::domain::parties::Actor;
use crate::domain::ratings::{Answers, Criteria, Review, ReviewState};
use crate::domain::scores::{CriteriaHistory, Exclusion, Score, ScoreAbout, ScoreChange, ScoreEvent, ScoreLog, StopReason};
use crate::store::{ReviewRow, StoreError, Tx};

impl From<&Review> for ScoreAbout {
    fn from(review: &Review) -> Self {
        match &review.about.product {
            Some(product) => Self::Product(product.clone()),
            None => Self::Seller(review.about.seller),
        }
    }
}

/// The versions of criteria by which everything was answered.
pub(super) struct Books<'a> {
    pub(super) tx: &'a Tx,
    pub(super) marketplace: &'a Marketplace,
    history: CriteriaHistory,
}

impl<'a> Books<'a> {
    pub(super) async fn open(tx: &'a Tx, marketplace: &'a Marketplace) -> Result<Self> {
        Ok(Self { tx, marketplace, history: tx.criteria_history().await? })
    }

    /// The day on which something was said, by the marketplace's clocks.
    pub(super) fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.marketplace.timezone).date_naive()
    }

    /// The criteria by which answers were given.
    pub(super) fn criteria_of(&self, answers: &Answers) -> Criteria {
        self.history.of(answers.criteria()).cloned().unwrap_or_else(|| self.marketplace.charter.ratings.criteria.clone())
    }

    /// Writes down what happened to a rating, and moves the grades that count with it.
    pub(super) async fn write(&self, about: &ScoreAbout, rating: RatingId, changes: Vec<ScoreChange>) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let events = self.tx.score_events_of(rating).await?;
        let inconsistent = |_| StoreError::Inconsistent { table: "score_events", column: "body" };
        let now = self.tx.now();
        let mut log = ScoreLog::replay(&events, DateTime::<Utc>::MAX_UTC, &self.history).map_err(inconsistent)?;
        let before = log.tally().clone();
        let next = events.last().map_or(1, |event| event.revision + 1);
        for (revision, change) in (next..).zip(changes) {
            let event = ScoreEvent { rating, revision, at: now, change };
            log.apply(&event, &self.history).map_err(inconsistent)?;
            self.tx.add_score_event(about, &event).await?;
        }
        Ok(self.tx.move_grades(about, &before, log.tally()).await?)
    }

    /// What a move of a review means for what counts: what everybody reads counts.
    pub(super) async fn review_moved(&self, before: Option<&Review>, after: &Review) -> Result<()> {
        let shown = |review: &Review| review.current().map(|version| (version.answers.clone(), self.day(version.written_at)));
        let (was, is) = (before.and_then(shown), shown(after));
        let mut changes = match is {
            is if is == was => Vec::new(),
            Some((answers, given_on)) => vec![ScoreChange::Counts { answers, given_on }],
            None if after.state() == ReviewState::Withdrawn => vec![ScoreChange::Stops { why: StopReason::Withdrawn }],
            None => vec![ScoreChange::Stops { why: StopReason::Removed }],
        };
        if before.is_none()
            && after.about.product.is_none()
            && let Some((order, line)) = &after.about.order_line
        {
            let disputes = self.tx.disputes_of_order(*order).await?;
            changes.extend(excluded_by(&disputes, line).map(ScoreChange::Excluded));
        }
        self.write(&ScoreAbout::from(after), after.id, changes).await
    }

    /// A bad review that everybody reads, and that says why, asks for something to be done better.
    async fn ask_for_better(&self, review: &Review) -> Result<()> {
        let asks = |answers, text: &str| Improvement::is_asked_by(None, Some(answers), text);
        let Some(shown) = review.current().filter(|shown| asks(&shown.answers, &shown.text)) else {
            return Ok(());
        };
        let seller = review.about.seller;
        let about = match review.about.product.clone() {
            Some(product) => ImprovementAbout::Product { seller, product },
            None => ImprovementAbout::Seller { seller },
        };
        ask_for(self.tx, about, ImprovementOrigin::Review(review.id), &shown.text).await
    }

    /// Stores a review that moved, with what it means for what counts.
    pub(super) async fn keep(&self, before: Option<&Review>, after: &ReviewRow) -> Result<()> {
        let shown = after.review.current().map(|version| self.criteria_of(&version.answers));
        let criteria = shown.as_ref().unwrap_or(&self.marketplace.charter.ratings.criteria);
        match before {
            None => self.tx.insert_review(after, criteria).await?,
            Some(_) => self.tx.save_review(after, criteria).await?,
        }
        self.ask_for_better(&after.review).await?;
        self.review_moved(before, &after.review).await
    }
}

fn concerns(dispute: &Dispute, line: &str) -> bool {
    dispute.order_line.as_ref().is_none_or(|of| of.as_str() == line)
}

/// The exclusion that disputes about a line bring.
fn excluded_by(disputes: &[Dispute], line: &str) -> Option<Exclusion> {
    disputes.iter().filter(|dispute| concerns(dispute, line)).find_map(exclusion)
}

fn exclusion(dispute: &Dispute) -> Option<Exclusion> {
    dispute.effective_decision().and_then(|decision| Exclusion::by(dispute.id, decision))
}

/// A dispute was decided, or decided otherwise: the ratings of the seller that came from its order count, or no longer do.
pub(in crate::workflow) async fn dispute_moved(tx: &Tx, before: &Dispute, after: &Dispute) -> Result<()> {
    let (was, is) = (exclusion(before), exclusion(after));
    if was == is {
        return Ok(());
    }
    let line = after.order_line.as_ref().map(|line| line.as_str().to_owned());
    let reviews = tx.lock_reviews_of_order(after.order, line.as_deref()).await?;
    if reviews.is_empty() {
        return Ok(());
    }
    let marketplace = tx.own_marketplace().await?;
    let books = Books::open(tx, &marketplace).await?;
    let others: Vec<_> = tx.disputes_of_order(after.order).await?.into_iter().filter(|one| one.id != after.id).collect();
    for row in reviews {
        let Some((_, line)) = &row.review.about.order_line else { continue };
        // Another dispute about the same may have said so too.
        let standing = is.clone().or_else(|| excluded_by(&others, line));
        let change = standing.map_or(ScoreChange::Included, ScoreChange::Excluded);
        books.write(&ScoreAbout::from(&row.review), row.review.id, vec![change]).await?;
    }
    Ok(())
}

/// A score, and what is left out of it.
#[derive(Debug, Clone)]
pub struct ScoreShown {
    /// The score.
    pub score: Score,
    /// What is left out, and why; only of a score that was told anew from the log.
    pub excluded: Vec<(RatingId, Exclusion)>,
}

/// The scores of today, from the grades that are kept by day.
pub async fn scores(cx: &Cx, marketplace: MarketplaceId, of: &[ScoreAbout]) -> Result<HashMap<ScoreAbout, Score>> {
    let tenant = cx.marketplace(marketplace).await?;
    let today = cx.now().with_timezone(&tenant.timezone).date_naive();
    let tallies = cx.store.score_tallies(marketplace, of).await?;
    let rules = tenant.charter.ratings.scores;
    Ok(of.iter().map(|one| (one.clone(), rules.score(tallies.get(one).unwrap_or(&<_>::default()), today))).collect())
}

/// A score as it was at a moment, told anew from every answer; by the rules of today.
pub async fn score(cx: &Cx, actor: &Actor, of: &ScoreAbout, at: DateTime<Utc>) -> Result<ScoreShown> {
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let history = cx.store.criteria_history(actor.marketplace).await?;
    let events = cx.store.score_events(actor.marketplace, of, at).await?;
    let log = ScoreLog::replay(&events, at, &history)
        .map_err(|_| Error::Store(StoreError::Inconsistent { table: "score_events", column: "body" }))?;
    let on = at.with_timezone(&marketplace.timezone).date_naive();
    let excluded = log.excluded().map(|(rating, exclusion)| (rating, exclusion.clone())).collect();
    Ok(ScoreShown { score: marketplace.charter.ratings.scores.score(log.tally(), on), excluded })
}
