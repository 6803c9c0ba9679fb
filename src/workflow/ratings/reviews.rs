//! What authors and sellers do with reviews: write anew, take back, complain; reply, report.

use chrono::NaiveDate;

use super::super::{Check, Cx, Error, Result, refused};
use super::scores::Books;
use super::submitting::{ReviewDraft, grades, tell_seller};
use crate::domain::charter::Marketplace;
use crate::domain::ids::RatingId;
use crate::domain::parties::{Actor, Party, Who};
use crate::domain::ratings::{Consent, Draft, RatingRefusal, ReportReason, Reporter, Review};
use crate::domain::refusal::Refusal;
use crate::store::{ReviewRow, Tx};

/// What the author of a review wants.
#[derive(Debug, Clone)]
pub struct AuthorsWish {
    /// Which review.
    pub review: RatingId,
    /// The revision that the author saw.
    pub revision: i32,
}

/// Runs one move of a review that the actor knows, under lock.
pub(super) async fn moved(
    cx: &Cx,
    actor: &Actor,
    id: RatingId,
    step: impl FnOnce(&Review, &Marketplace) -> Result<Review>,
    tell: impl AsyncFnOnce(&Tx, &Review, &Review) -> Result<()>,
) -> Result<ReviewRow> {
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let found = tx.lock_review(actor.scope(), id).await?;
    let before = found.ok_or_else(|| refused(&["reviewId"], Refusal::NotFound { what: "Review" }))?;

    let after = ReviewRow { review: step(&before.review, &marketplace)?, ..before.clone() };

    let books = Books::open(&tx, &marketplace).await?;
    books.keep(Some(&before.review), &after).await?;
    tell_seller(&tx, Some(&before.review), &after.review, cx.now()).await?;
    tell(&tx, &before.review, &after.review).await?;
    drop(books);
    tx.commit().await?;
    cx.store.live().mails_grew();
    Ok(after)
}

/// Nobody is told.
pub(super) async fn silently(_: &Tx, _: &Review, _: &Review) -> Result<()> {
    Ok(())
}

/// What a rule of ratings says, as the use case's answer.
pub(super) fn ruled(outcome: Result<Review, RatingRefusal>) -> Result<Review> {
    outcome.map_err(|why| Error::from(Refusal::from(why)))
}

/// The author's hand: the buyer's own, or the marketplace's software in the buyer's name.
fn authored(actor: &Actor, review: &Review) -> Result<()> {
    match &actor.who {
        Who::Vendor { .. } => Ok(()),
        Who::Buyer { buyer } if *buyer == review.author => Ok(()),
        _ => Err(Refusal::NotAllowed.into()),
    }
}

fn seen(revision: i32, review: &Review) -> Result<()> {
    if revision == review.revision {
        return Ok(());
    }
    Err(refused(&["revision"], Refusal::WrongRevision { current: review.revision }))
}

/// The author writes it anew; what is published stays until the new version was checked.
pub async fn rewrite(cx: &Cx, actor: &Actor, wish: AuthorsWish, draft: ReviewDraft, experience_on: Option<NaiveDate>) -> Result<ReviewRow> {
    let now = cx.now();
    let step = |review: &Review, marketplace: &Marketplace| {
        authored(actor, review)?;
        seen(wish.revision, review)?;
        let mut check = Check::default();
        let answers = grades(&mut check, marketplace, ("draft", review.subject()), &draft.grades);
        check.done()?;
        let Some(answers) = answers else { return Err(Error::NotFound) };
        let today = now.with_timezone(&marketplace.timezone).date_naive();
        let last = review.waiting().or_else(|| review.current()).map_or(today, |version| version.experience_on);
        let draft = Draft { text: draft.text.clone(), answers, experience_on: experience_on.unwrap_or(last), consent: draft.consent };
        let rules = marketplace.charter.ratings.replies;
        ruled(review.rewrite(&draft, (now, today)).and_then(|review| review.checked(rules, now)))
    };
    moved(cx, actor, wish.review, step, silently).await
}

/// The author agrees to be quoted elsewhere, or no longer.
pub async fn agree(cx: &Cx, actor: &Actor, wish: AuthorsWish, consent: Consent) -> Result<ReviewRow> {
    let step = |review: &Review, _: &Marketplace| {
        authored(actor, review)?;
        seen(wish.revision, review)?;
        Ok(review.consenting(consent))
    };
    moved(cx, actor, wish.review, step, silently).await
}

/// The author takes it back.
pub async fn take_back(cx: &Cx, actor: &Actor, wish: AuthorsWish) -> Result<ReviewRow> {
    let step = |review: &Review, _: &Marketplace| {
        authored(actor, review)?;
        seen(wish.revision, review)?;
        ruled(review.withdraw())
    };
    moved(cx, actor, wish.review, step, silently).await
}

/// The author complains of a refusal or removal.
pub async fn complain(cx: &Cx, actor: &Actor, id: RatingId, words: &str) -> Result<ReviewRow> {
    let step = |review: &Review, _: &Marketplace| {
        authored(actor, review)?;
        ruled(review.complain(words, cx.now()))
    };
    moved(cx, actor, id, step, silently).await
}

/// The seller that it is about, or the operator in its place, replies once; who says which `revision` it saw puts its reply otherwise.
pub async fn reply(cx: &Cx, actor: &Actor, id: RatingId, words: &str, revision: Option<i32>) -> Result<ReviewRow> {
    let step = |review: &Review, _: &Marketplace| {
        let party = match &actor.who {
            Who::Seller { seller, .. } if *seller == review.about.seller => Party::Seller,
            Who::Operator { .. } | Who::Agent { .. } => Party::Operator,
            _ => return Err(Refusal::NotAllowed.into()),
        };
        let Some(revision) = revision else { return ruled(review.reply(party, words, cx.now())) };
        seen(revision, review)?;
        ruled(review.change_reply(party, words, cx.now()))
    };
    moved(cx, actor, id, step, silently).await
}

/// Somebody reports it: the seller that it is about a doubt, free of charge; anybody, through the marketplace's software, what is
/// illegal.
pub async fn report(
    cx: &Cx,
    actor: &Actor,
    id: RatingId,
    reason: ReportReason,
    words: &str,
    person: Option<(String, String)>,
) -> Result<ReviewRow> {
    let step = |review: &Review, _: &Marketplace| {
        let by = match (&actor.who, person) {
            (Who::Seller { seller, .. }, None) => Reporter::Seller { seller: *seller },
            (Who::Vendor { .. } | Who::Operator { .. }, Some((name, email))) => Reporter::Person { name, email },
            _ => return Err(Refusal::NotAllowed.into()),
        };
        ruled(review.report(by, reason, words, cx.now()))
    };
    moved(cx, actor, id, step, silently).await
}
