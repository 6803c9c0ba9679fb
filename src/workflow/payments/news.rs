//! What payment systems report by themselves: believed when it is signed, stored, answered, and worked through later.

use reqwest::header::HeaderMap;
use sha2::{Digest, Sha256};

use super::calls::alert;
use super::{Error, PaymentSystem, Result, hear, learn};
use crate::domain::parties::Actor;
use crate::domain::refunds::IdempotencyKey;
use crate::gateway::{Answer, Delivery, News, NewsError, RefundOrder};
use crate::store::{Inserted, NewPaymentNews, PaymentCall, PaymentNewsRow, QueueStatus, Settlement};
use crate::workflow::Cx;

/// What became of a report at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is stored.
    Stored,
    /// It came before.
    Duplicate,
    /// It is nothing about a refund.
    Nothing,
    /// It is signed and makes no sense. It is kept, for it would come again for days.
    Unreadable,
    /// Nobody knows who sent it.
    NotSigned,
}

/// Takes a report: checks the signature over the raw bytes, then reads, then stores.
pub async fn receive(cx: &Cx, system: &PaymentSystem, headers: &HeaderMap, body: &[u8]) -> Result<Received> {
    let read = system.gateway.read_news(&Delivery { headers, body, received_at: cx.now() });
    let row = |event: String, about: &str, news: Result<serde_json::Value, String>| NewPaymentNews {
        marketplace: system.marketplace,
        connection: system.id,
        lane: format!("{}/{about}", system.id),
        event,
        news,
        body: body.to_vec(),
    };
    let reports = match read {
        Ok(reports) => reports,
        Err(NewsError::BadSignature(reason)) => {
            tracing::warn!(connection.id = %system.id, reason, "a report of a payment system was refused");
            return Ok(Received::NotSigned);
        }
        Err(NewsError::Unreadable(reason)) => {
            tracing::error!(connection.id = %system.id, reason, "a report of a payment system cannot be read");
            // It has no name that could be read, so it is known by its content.
            let event = format!("unreadable:{}", hex::encode(Sha256::digest(body)));
            cx.store.insert_payment_news(row(event.clone(), &event, Err(reason))).await?;
            return Ok(Received::Unreadable);
        }
    };
    let mut received = if reports.is_empty() { Received::Nothing } else { Received::Duplicate };
    for (number, news) in (1..).zip(&reports) {
        let event = if number == 1 { news.event.clone() } else { format!("{}#{number}", news.event) };
        let about = news.key.map(|key| key.to_string()).or_else(|| news.reference.as_ref().map(|known| known.as_str().to_owned()));
        let stored = serde_json::to_value(news).map_err(|error| Error::Connection(error.to_string()))?;
        let inserted = cx.store.insert_payment_news(row(event.clone(), about.as_deref().unwrap_or(&event), Ok(stored))).await?;
        if inserted == Inserted::New {
            received = Received::Stored;
        }
    }
    Ok(received)
}

/// Works through a report. The order in which they come does not matter, nor how often.
pub async fn work(cx: &Cx, row: &PaymentNewsRow) -> Result<Settlement> {
    let Some(news) = row.news::<News>()? else { return Ok(Settlement::Dead("it cannot be read".to_owned())) };
    let Some(call) = meant(cx, row, &news).await? else {
        return Ok(Settlement::Ignored("it is about no refund of ours".to_owned()));
    };
    let order: RefundOrder = call.instruction()?;
    // On his own account a seller can write what he likes, also the key of another one's refund.
    if news.account.is_some() && news.account != order.seller {
        let reason = "a report about it came from an account that is not the seller's, and is not believed";
        tracing::error!(refund.key = %call.key, connection.id = %row.connection, reason);
        let mut tx = cx.store.begin(row.marketplace).await?;
        tx.lock_case(Actor::system(row.marketplace).scope(), call.case).await?;
        alert(&mut tx, call.case, call.key, call.id, reason);
        tx.commit().await?;
        return Ok(Settlement::Ignored(reason.to_owned()));
    }
    heard(cx, &call, &Answer { reference: news.reference, word: news.word }).await?;
    Ok(Settlement::Done)
}

/// The try that a report means: by its key in the marketplace of the connection, else by what the payment system knows it by.
async fn meant(cx: &Cx, row: &PaymentNewsRow, news: &News) -> Result<Option<PaymentCall>> {
    let by_key = match news.key {
        Some(key) => cx.store.payment_call(row.marketplace, key).await?,
        None => None,
    };
    match (by_key, &news.reference) {
        (Some(call), _) => Ok(Some(call)),
        (None, Some(reference)) => Ok(cx.store.payment_call_by_reference(row.marketplace, row.connection, reference).await?),
        (None, None) => Ok(None),
    }
}

/// The refund hears it, then the row; what is final is not asked for any more.
pub(super) async fn heard(cx: &Cx, call: &PaymentCall, answer: &Answer) -> Result<()> {
    let key: IdempotencyKey = call.key;
    hear(cx, call.marketplace, key, answer).await?;
    let tx = cx.store.begin(call.marketplace).await?;
    let Some(mut call) = tx.lock_payment_call(key).await? else { return Ok(()) };
    let before = (call.standing, call.reference.clone());
    learn(&mut call, answer.reference.as_ref(), answer.word);
    if before == (call.standing, call.reference.clone()) {
        return Ok(());
    }
    // Whoever calls right now settles the row, and sees that it is final.
    let waits = matches!(call.status, QueueStatus::Pending | QueueStatus::Parked | QueueStatus::Ignored);
    if call.standing.is_final() && waits {
        tx.settle_payment_call(&call, &Settlement::Done).await?;
    } else {
        tx.save_payment_call(&call).await?;
    }
    tx.commit().await?;
    Ok(())
}
