//! Cases: opened, given an order, escalated, settled.

use sha2::{Digest, Sha256};

use super::threads::{open_buyer_thread, reshape_buyer_thread, say};
use super::{Check, Cx, Error, Result, effects, refused};
use crate::domain::cases::{Case, CaseAction, CaseMove, EscalationReason, Opening};
use crate::domain::charter::Charter;
use crate::domain::ids::{CaseId, ConnectionId, OrderId, SellerId};
use crate::domain::parties::{Actor, Audience, Party, Who};
use crate::domain::refusal::Refusal;
use crate::domain::threads::{Member, MessageDelivery, NewMessage, ThreadKind};
use crate::domain::tickets::{Channel, Priority};
use crate::helpdesk::{NewTicket, OutboundCommand};
use crate::policy::{self, Permission};
use crate::store::{NewOutbox, OpenedBefore, RequestKey, StoreError, Tx, opening_lane};

/// The longest note of an escalation, in characters.
pub const NOTE_LIMIT: usize = 2_000;
const SUBJECT_LIMIT: usize = 300;
const NAME_LIMIT: usize = 200;

/// A case to open from outside the helpdesk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRequest {
    /// What it is about.
    pub subject: String,
    /// The buyer's name.
    pub buyer_name: String,
    /// The buyer's address, where answers go.
    pub buyer_email: String,
    /// The buyer's first words.
    pub text: String,
    /// The order it is about.
    pub order_reference: Option<String>,
    /// The helpdesk to open a ticket in; the marketplace's only one when there is one and none is named.
    pub connection: Option<ConnectionId>,
    /// The client's key: the second call with it finds the case of the first.
    pub idempotency_key: String,
}

/// Opens a case for a buyer, and a ticket in the helpdesk through which the buyer is answered.
pub async fn open(cx: &Cx, actor: &Actor, request: CaseRequest) -> Result<Case> {
    policy::require(&actor.who, Permission::OpenCase)?;
    let mut check = Check::default();
    check.text(&["subject"], "The subject", &request.subject, SUBJECT_LIMIT);
    check.text(&["buyerName"], "The buyer's name", &request.buyer_name, NAME_LIMIT);
    check.text(&["text"], "The text", &request.text, super::threads::TEXT_LIMIT);
    check.text(&["idempotencyKey"], "The idempotency key", &request.idempotency_key, super::threads::KEY_LIMIT);
    super::orders::email(&mut check, &["buyerEmail"], Some(&request.buyer_email));
    check.done()?;
    let key = request_key(&actor.who, &request);
    if let Some(before) = cx.store.opened_before(actor.scope(), &key).await? {
        return alike(before);
    }
    let connection = connection_for(cx, actor, request.connection).await?;
    let charter = cx.marketplace(actor.marketplace).await?.charter;

    let mut tx = cx.store.begin(actor.marketplace).await?;
    let order = match &request.order_reference {
        Some(reference) => Some(find_order(&tx, reference, "orderReference").await?),
        None => None,
    };
    let buyer = tx.buyer_of(None, &request.buyer_name, Some(&request.buyer_email)).await?;
    let opening = Opening {
        reference: tx.next_reference().await?,
        subject: request.subject.clone(),
        priority: Priority::Normal,
        buyer: buyer.id,
        order,
    };
    let case = Case::open(opening, &charter, cx.now());
    match tx.insert_case(&case, Some(&key)).await {
        // The same call at the same time, on another connection: it won.
        Err(StoreError::Conflict { .. }) => {
            drop(tx);
            return alike(cx.store.opened_before(actor.scope(), &key).await?.ok_or(Error::NotFound)?);
        }
        other => other?,
    }
    effects::announce(&mut tx, &charter, &actor.who, &case.opening()).await?;
    let thread = open_buyer_thread(&mut tx, &actor.who, &case).await?;
    let words = NewMessage {
        author: Party::Buyer,
        author_name: buyer.name.clone(),
        text: request.text.clone(),
        html: None,
        audience: Audience::ALL,
        channel: Channel::Api,
        delivery: connection.map_or(MessageDelivery::None, |_| MessageDelivery::Pending),
        comment: None,
        idempotency_key: None,
        sent_at: cx.now(),
    };
    let message = say(&mut tx, &actor.who, &[case.id], thread.id, words).await?;
    if let Some(connection) = connection {
        let ticket = NewTicket {
            subject: request.subject,
            requester_name: request.buyer_name,
            requester_email: request.buyer_email.trim().to_owned(),
            text: request.text,
            reference: case.reference.clone(),
        };
        let mut delivery = NewOutbox::new(connection, opening_lane(case.id), OutboundCommand::OpenTicket(ticket));
        delivery.case = Some(case.id);
        delivery.message = Some(message.id);
        tx.send(delivery);
    }
    tx.commit().await?;
    reread(cx, actor, case.id).await
}

fn request_key(who: &Who, request: &CaseRequest) -> RequestKey {
    let CaseRequest { subject, buyer_name, buyer_email, text, order_reference, connection, idempotency_key } = request;
    let content = serde_json::json!([subject, buyer_name, buyer_email, text, order_reference, connection]);
    RequestKey { key: super::threads::scoped_key(who, idempotency_key), digest: Sha256::digest(content.to_string()).into() }
}

fn alike(before: OpenedBefore) -> Result<Case> {
    match before {
        OpenedBefore::Alike(case) => Ok(case),
        OpenedBefore::Otherwise => Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently)),
    }
}

async fn connection_for(cx: &Cx, actor: &Actor, named: Option<ConnectionId>) -> Result<Option<ConnectionId>> {
    let all = cx.store.connections(Some(actor.marketplace)).await?;
    match named {
        Some(id) if all.iter().any(|row| row.id == id) => Ok(Some(id)),
        Some(_) => Err(refused(&["connectionId"], Refusal::NotFound { what: "Connection" })),
        None => match all.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(only.id)),
            _ => Err(refused(&["connectionId"], Refusal::Invalid { message: "There are several helpdesks; name one.".into() })),
        },
    }
}

async fn find_order(tx: &Tx, reference: &str, field: &str) -> Result<(OrderId, SellerId)> {
    let found = tx.order_sellers(&[reference.to_owned()]).await?;
    found.get(reference).copied().ok_or_else(|| refused(&[field], Refusal::NotFound { what: "Order" }))
}

/// Reads a case again after a commit, with the times that its events gave it.
async fn reread(cx: &Cx, actor: &Actor, id: CaseId) -> Result<Case> {
    cx.store.cases_by_id(actor.scope(), &[id]).await?.pop().ok_or(Error::NotFound)
}

/// Says which order a case is about, and so which seller.
pub async fn attach_order(cx: &Cx, actor: &Actor, id: CaseId, reference: &str) -> Result<Case> {
    let charter = cx.marketplace(actor.marketplace).await?.charter;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = tx.lock_case(actor.scope(), id).await?.ok_or_else(|| refused(&["caseId"], Refusal::NotFound { what: "Case" }))?;
    policy::require_action(&actor.who, CaseAction::AttachOrder, &case)?;
    let (order, seller) = find_order(&tx, reference, "orderReference").await?;
    attach(&mut tx, &charter, &actor.who, &case, order, seller, cx.now()).await?;
    tx.commit().await?;
    reread(cx, actor, id).await
}

/// Gives a case its order, and the seller a place in the talk with the buyer. A seller who has not said anything yet
/// can still be replaced.
pub(super) async fn attach(
    tx: &mut Tx,
    charter: &Charter,
    who: &Who,
    case: &Case,
    order: OrderId,
    seller: SellerId,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<Case> {
    if case.order == Some(order) && case.seller == Some(seller) {
        return Ok(case.clone());
    }
    if let Some(before) = case.seller.filter(|before| *before != seller) {
        let threads = tx.threads_of_case(case.id).await?;
        let ids: Vec<_> = threads.iter().map(|thread| thread.id).collect();
        let private = threads.iter().any(|thread| thread.kind == ThreadKind::OperatorSeller);
        if private || tx.has_written(&ids, Party::Seller).await? {
            return Err(refused(&["orderReference"], Refusal::OtherSellerTakesPart));
        }
        tx.remove_participants(&ids, Member::Seller(before)).await?;
    }

    let moved = case.attach_order(order, seller, charter, at);

    effects::record(tx, charter, who, &moved).await?;
    reshape_buyer_thread(tx, who, &moved.case).await?;
    Ok(moved.case)
}

/// Hands a case to the operator.
pub async fn escalate(cx: &Cx, actor: &Actor, id: CaseId, reason: EscalationReason, note: String) -> Result<Case> {
    let mut check = Check::default();
    if note.chars().count() > NOTE_LIMIT {
        check.fault(&["note"], Refusal::Length { what: "The note", limit: NOTE_LIMIT });
    }
    if reason == EscalationReason::Other && note.trim().is_empty() {
        check.fault(&["note"], Refusal::Length { what: "The note", limit: NOTE_LIMIT });
    }
    check.done()?;
    act(cx, actor, id, CaseAction::Escalate, CaseMove::Escalate { reason, note }).await
}

/// Settles a case.
pub async fn resolve(cx: &Cx, actor: &Actor, id: CaseId) -> Result<Case> {
    act(cx, actor, id, CaseAction::Resolve, CaseMove::Resolve).await
}

/// Takes a settled case up again.
pub async fn reopen(cx: &Cx, actor: &Actor, id: CaseId) -> Result<Case> {
    act(cx, actor, id, CaseAction::Reopen, CaseMove::Reopen).await
}

/// Makes a case more or less urgent.
pub async fn prioritize(cx: &Cx, actor: &Actor, id: CaseId, priority: Priority) -> Result<Case> {
    act(cx, actor, id, CaseAction::Prioritize, CaseMove::Prioritize(priority)).await
}

async fn act(cx: &Cx, actor: &Actor, id: CaseId, action: CaseAction, step: CaseMove) -> Result<Case> {
    let charter = cx.marketplace(actor.marketplace).await?.charter;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = tx.lock_case(actor.scope(), id).await?.ok_or_else(|| refused(&["caseId"], Refusal::NotFound { what: "Case" }))?;
    policy::require_action(&actor.who, action, &case)?;

    let moved = case.apply(&step, &charter, cx.now())?;

    effects::record(&mut tx, &charter, &actor.who, &moved).await?;
    if moved.case.mode != case.mode {
        reshape_buyer_thread(&mut tx, &actor.who, &moved.case).await?;
    }
    tx.commit().await?;
    reread(cx, actor, id).await
}
