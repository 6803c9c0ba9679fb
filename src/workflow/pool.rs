//! Questions that the operator offers to several sellers: offered, answered, accepted once, taken back, run out.
//!
//! Whoever changes a question holds the lock of its case, so that of two who accept at the same time one is first. That
//! a seller answers is written into the case for the operator alone; no seller gets to know of the case by it.

use sha2::{Digest, Sha256};

use super::threads::{KEY_LIMIT, scoped_key, tell_buyer};
use super::{Check, Cx, Error, Fault, Result, effects, refused};
use crate::domain::cases::{Case, CaseAction, CaseMove, CaseStatus};
use crate::domain::ids::{CaseId, PoolAnswerId, PoolQuestionId, SellerId};
use crate::domain::parties::{Actor, Party, Who};
use crate::domain::pool::{
    ANSWER_LIMIT, MOST_ANSWERS, MOST_QUESTIONS, MOST_SELLERS, PoolAnswer, PoolQuestion, QUESTION_LIMIT, Settled, names_buyer, told,
};
use crate::domain::refusal::Refusal;
use crate::domain::standing::{SellerStanding, standing_at};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::policy;
use crate::store::{DueQuestion, OfferedBefore, RequestKey, StoreError, Tx};

/// A question to offer.
#[derive(Debug, Clone)]
pub struct PoolOffer {
    /// Of which case.
    pub case: CaseId,
    /// What is asked, in the operator's words.
    pub question: String,
    /// Who may answer.
    pub sellers: Vec<SellerId>,
    /// Until when; none for the charter's usual time.
    pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
    /// The client's key: the second call with it finds the question of the first.
    pub idempotency_key: String,
}

/// Offers a question to sellers.
pub async fn offer(cx: &Cx, actor: &Actor, offer: PoolOffer) -> Result<PoolQuestion> {
    match offer_once(cx, actor, &offer).await {
        // The same key at the same time, for another case: it won, and is found now.
        Err(Error::Store(StoreError::Conflict { .. })) => offer_once(cx, actor, &offer).await,
        other => other,
    }
}

async fn offer_once(cx: &Cx, actor: &Actor, offer: &PoolOffer) -> Result<PoolQuestion> {
    check_offer(offer)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let rules = &marketplace.charter.pool;
    let request = request_key(&actor.who, offer);
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = super::cases::case_for(&tx, actor, offer.case, CaseAction::OfferToPool).await?;
    match tx.offered_before(&request).await? {
        Some(OfferedBefore::Alike(question)) => return Ok(*question),
        Some(OfferedBefore::Otherwise) => return Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently)),
        None => {}
    }
    rules.admit(&case).map_err(|refusal| refused(&["caseId"], refusal))?;
    let expires_at = rules.until(offer.expires_at, cx.now()).map_err(|refusal| refused(&["expiresAt"], refusal))?;
    if tx.count_pool_questions(case.id).await? >= MOST_QUESTIONS as u64 {
        return Err(refused(&["caseId"], Refusal::TooMany { limit: MOST_QUESTIONS }));
    }
    check_known(&tx, &case, offer).await?;

    let question = PoolQuestion::offer(case.id, offer.question.clone(), rules, cx.now(), expires_at);

    tx.insert_pool_question(&question, &offer.sellers, &request).await?;
    tx.record(case.id, &actor.who, NewEvent::for_operator(EventKind::PoolOffered { question: question.id }));
    tx.commit().await?;
    Ok(question)
}

fn check_offer(offer: &PoolOffer) -> Result<()> {
    let mut check = Check::default();
    check.text(&["question"], "The question", &offer.question, QUESTION_LIMIT);
    check.text(&["idempotencyKey"], "The idempotency key", &offer.idempotency_key, KEY_LIMIT);
    if offer.sellers.is_empty() {
        check.fault(&["sellerIds"], Refusal::Invalid { message: "Name at least one seller.".into() });
    }
    if offer.sellers.len() > MOST_SELLERS {
        check.fault(&["sellerIds"], Refusal::TooMany { limit: MOST_SELLERS });
    }
    for (position, seller) in offer.sellers.iter().enumerate().take(MOST_SELLERS) {
        if offer.sellers[..position].contains(seller) {
            check.fault(&["sellerIds", &position.to_string()], Refusal::Twice { key: seller.to_string() });
        }
    }
    check.done()
}

/// What only the database knows: whether the sellers are the marketplace's, and who the buyer is.
async fn check_known(tx: &Tx, case: &Case, offer: &PoolOffer) -> Result<()> {
    let mut check = Check::default();
    let known = tx.known_sellers(&offer.sellers).await?;
    for (position, _) in offer.sellers.iter().enumerate().filter(|(_, seller)| !known.contains(seller)) {
        check.fault(&["sellerIds", &position.to_string()], Refusal::NotFound { what: "Seller" });
    }
    let held = tx.sanctions_in_force(&offer.sellers).await?;
    for (position, seller) in offer.sellers.iter().enumerate() {
        let against = held.get(seller).map(Vec::as_slice).unwrap_or_default();
        if standing_at(against, *seller, tx.now()) >= SellerStanding::Suspended {
            let message = "The seller is suspended: it cannot sell.".into();
            check.fault(&["sellerIds", &position.to_string()], Refusal::NotNow { message });
        }
    }
    if tx.buyer(case.buyer).await?.is_some_and(|buyer| names_buyer(&offer.question, &buyer)) {
        let message = "This says who the buyer is, which sellers are not to learn; say it without the name.";
        check.fault(&["question"], Refusal::Invalid { message: message.into() });
    }
    check.done()
}

fn request_key(who: &Who, offer: &PoolOffer) -> RequestKey {
    let PoolOffer { case, question, sellers, expires_at, idempotency_key } = offer;
    let content = serde_json::json!([case, question, sellers, expires_at]);
    RequestKey { key: scoped_key(who, idempotency_key), digest: Sha256::digest(content.to_string()).into() }
}

/// A question that the actor knows, with its case under lock. The case is not the actor's to see.
async fn locked(tx: &Tx, actor: &Actor, id: PoolQuestionId) -> Result<Option<(Case, PoolQuestion)>> {
    let whole = Actor::system(actor.marketplace).scope();
    let Some(mut seen) = tx.pool_question(actor.scope(), id).await? else { return Ok(None) };
    loop {
        let case = tx.lock_case(whole, seen.case).await?.ok_or(Error::NotFound)?;
        // Read again under the lock: it may have been settled in between, or its case have gone on in another one.
        let Some(question) = tx.pool_question(actor.scope(), id).await? else { return Ok(None) };
        if question.case == case.id {
            return Ok(Some((case, question)));
        }
        seen = question;
    }
}

/// A seller's answer.
#[derive(Debug, Clone)]
pub struct PoolReply {
    /// To which question.
    pub question: PoolQuestionId,
    /// What.
    pub text: String,
    /// The client's key: the second call with it finds the answer of the first.
    pub idempotency_key: String,
}

/// Answers a question for a seller. An answer that the seller gave before is taken back by it.
pub async fn answer(cx: &Cx, actor: &Actor, reply: PoolReply) -> Result<PoolAnswer> {
    match answer_once(cx, actor, &reply).await {
        Err(Error::Store(StoreError::Conflict { .. })) => answer_once(cx, actor, &reply).await,
        other => other,
    }
}

async fn answer_once(cx: &Cx, actor: &Actor, reply: &PoolReply) -> Result<PoolAnswer> {
    let seller = policy::pool_seller(&actor.who).ok_or(Refusal::NotAllowed)?;
    let mut check = Check::default();
    check.text(&["text"], "The text", &reply.text, ANSWER_LIMIT);
    check.text(&["idempotencyKey"], "The idempotency key", &reply.idempotency_key, KEY_LIMIT);
    check.done()?;
    let key = scoped_key(&actor.who, &reply.idempotency_key);
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let found = locked(&tx, actor, reply.question).await?;
    let (case, question) = found.ok_or_else(|| refused(&["questionId"], Refusal::NotFound { what: "Question" }))?;
    if let Some(before) = tx.pool_answer_by_key(&key).await? {
        let same = before.question == question.id && before.text == reply.text;
        return if same { Ok(before) } else { Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently)) };
    }
    if tx.count_pool_answers(question.id, seller).await? >= MOST_ANSWERS as u64 {
        return Err(refused(&["questionId"], Refusal::TooMany { limit: MOST_ANSWERS }));
    }
    let standing = tx.standing_pool_answers(question.id).await?;
    let standing = standing.iter().find(|answer| answer.seller == seller);

    let answered = question.answer(seller, reply.text.clone(), standing, cx.now());
    let (replaced, answer) = answered.map_err(|refusal| refused(&["questionId"], refusal))?;

    if let Some(replaced) = replaced {
        tx.save_pool_answer(&replaced).await?;
    }
    tx.insert_pool_answer(&answer, &key).await?;
    let event = EventKind::PoolAnswered { question: question.id, answer: answer.id };
    tx.record(case.id, &actor.who, NewEvent::for_operator(event));
    tx.commit().await?;
    Ok(answer)
}

/// An answer that the actor knows, with its question and its case under lock.
async fn locked_answer(tx: &Tx, actor: &Actor, id: PoolAnswerId) -> Result<(Case, PoolQuestion, PoolAnswer)> {
    let not_found = || refused(&["answerId"], Refusal::NotFound { what: "Answer" });
    let seen = tx.pool_answer(actor.scope(), id).await?.ok_or_else(not_found)?;
    let (case, question) = locked(tx, actor, seen.question).await?.ok_or_else(not_found)?;
    let answer = tx.pool_answer(actor.scope(), id).await?.ok_or_else(not_found)?;
    Ok((case, question, answer))
}

/// Takes a seller's own answer back.
pub async fn take_back(cx: &Cx, actor: &Actor, id: PoolAnswerId) -> Result<PoolAnswer> {
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let (case, question, answer) = locked_answer(&tx, actor, id).await?;
    if policy::pool_seller(&actor.who) != Some(answer.seller) {
        return Err(Refusal::NotAllowed.into());
    }

    let answer = question.take_back(&answer, cx.now()).map_err(|refusal| refused(&["answerId"], refusal))?;

    tx.save_pool_answer(&answer).await?;
    let event = EventKind::PoolAnswerWithdrawn { question: question.id, answer: answer.id };
    tx.record(case.id, &actor.who, NewEvent::for_operator(event));
    tx.commit().await?;
    Ok(answer)
}

/// Accepts an answer: the buyer is told it, all others are declined, and what was promised for it is recorded.
pub async fn accept(cx: &Cx, actor: &Actor, id: PoolAnswerId) -> Result<PoolQuestion> {
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let (case, question, answer) = locked_answer(&tx, actor, id).await?;
    policy::require_action(&actor.who, CaseAction::OfferToPool, &case)?;
    let at_answer = |refusal| refused(&["answerId"], refusal);
    let standing = tx.standing_pool_answers(question.id).await?;
    let settled = question.accept(&answer, &standing, cx.now()).map_err(at_answer)?;
    // The last ticket of a closed case takes no more words, so the buyer would never read them.
    if case.status == CaseStatus::Closed {
        return Err(at_answer(Refusal::NotInThisState { status: case.status }));
    }
    let terms = tx.terms(&marketplace, &case).await?;
    let moved = case.apply(&CaseMove::Write(Party::Operator), &terms, cx.now()).map_err(at_answer)?;
    let shop = tx.seller_name(answer.seller).await?;
    // To the buyer these are the operator's words, which nobody masks any more.
    let words = marketplace.words_for(&answer.text, Party::Seller, Party::Buyer);

    let text = told(&shop, &words, case.language_or(&marketplace.locale));
    tell_buyer(&mut tx, &marketplace.charter, actor, &case, text).await.map_err(at_the_answer)?;
    effects::record(&mut tx, &terms, &actor.who, &moved).await?;
    save(&tx, &settled).await?;
    let event = EventKind::PoolAccepted { question: question.id, answer: answer.id };
    tx.record(case.id, &actor.who, NewEvent::for_operator(event));
    tx.commit().await?;
    Ok(settled.question)
}

/// What is wrong with the words is wrong with the answer that they come from.
fn at_the_answer(error: Error) -> Error {
    match error {
        Error::Refused { faults } => {
            let faults = faults.into_iter().map(|fault| Fault { path: vec!["answerId".to_owned()], ..fault });
            Error::Refused { faults: faults.collect() }
        }
        other => other,
    }
}

async fn save(tx: &Tx, settled: &Settled) -> Result<()> {
    tx.save_pool_question(&settled.question).await?;
    for answer in &settled.answers {
        tx.save_pool_answer(answer).await?;
    }
    if let Some(incentive) = &settled.incentive {
        tx.insert_incentive(incentive).await?;
    }
    Ok(())
}

/// Takes a question back: it cannot be answered any more.
pub async fn withdraw(cx: &Cx, actor: &Actor, id: PoolQuestionId) -> Result<PoolQuestion> {
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let found = locked(&tx, actor, id).await?;
    let (case, question) = found.ok_or_else(|| refused(&["questionId"], Refusal::NotFound { what: "Question" }))?;
    policy::require_action(&actor.who, CaseAction::OfferToPool, &case)?;

    let standing = tx.standing_pool_answers(question.id).await?;
    let settled = question.withdraw(&standing, cx.now()).map_err(|refusal| refused(&["questionId"], refusal))?;

    save(&tx, &settled).await?;
    tx.record(case.id, &actor.who, NewEvent::for_operator(EventKind::PoolWithdrawn { question: question.id }));
    tx.commit().await?;
    Ok(settled.question)
}

/// Does what the passing of time means for a question. Whoever comes second finds nothing to do.
pub async fn expire(cx: &Cx, due: DueQuestion) -> Result<()> {
    let actor = Actor::system(due.marketplace);
    let mut tx = cx.store.begin(due.marketplace).await?;
    let Some((case, question)) = locked(&tx, &actor, due.question).await? else { return Ok(()) };

    let standing = tx.standing_pool_answers(question.id).await?;
    let Some(settled) = question.elapse(&standing, cx.now()) else { return Ok(()) };

    save(&tx, &settled).await?;
    tx.record(case.id, &actor.who, NewEvent::for_operator(EventKind::PoolExpired { question: question.id }));
    tx.commit().await?;
    Ok(())
}
