//! Cases: opened, given an order, escalated, settled.

use sha2::{Digest, Sha256};

use super::threads::{buyer_thread, open_buyer_thread, reshape_buyer_thread, say, tell_buyer};
use super::{Check, Cx, Error, Result, effects, refused, shipments, triage};
use crate::domain::cases::{Case, CaseAction, CaseMove, CasePhase, EscalationReason, Opening, Outcome};
use crate::domain::charter::Terms;
use crate::domain::ids::{CaseId, ConnectionId, OrderId, SellerId};
use crate::domain::language;
use crate::domain::orders::Buyer;
use crate::domain::parties::{Actor, Audience, Party, Who};
use crate::domain::reasons::{ReasonKey, RequiredField, ResolutionKind};
use crate::domain::refusal::Refusal;
use crate::domain::templates::{LanguageTag, MalformedTag};
use crate::domain::threads::{Member, MessageDelivery, NewMessage, Origin, ThreadKind};
use crate::domain::tickets::{Channel, Priority};
use crate::helpdesk::{NewTicket, Opener, OutboundCommand};
use crate::policy::{self, Permission};
use crate::store::{Contact, NewOutbox, OpenedBefore, RequestKey, StoreError, Tx, opening_lane};

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
    /// Which line of it, by the marketplace's own id.
    pub order_line: Option<String>,
    /// Why the buyer gets in touch.
    pub reason: Option<ReasonKey>,
    /// By which way.
    pub channel: Channel,
    /// The buyer's language, a BCP 47 tag.
    pub language: Option<String>,
    /// On which side of the purchase, when it is not told by there being an order.
    pub phase: Option<CasePhase>,
    /// The helpdesk to open a ticket in; the marketplace's only one when there is one and none is named.
    pub connection: Option<ConnectionId>,
    /// The client's key: the second call with it finds the case of the first.
    pub idempotency_key: String,
}

/// Opens a case for a buyer, and a ticket in the helpdesk through which the buyer is answered.
pub async fn open(cx: &Cx, actor: &Actor, request: CaseRequest) -> Result<Case> {
    policy::require(&actor.who, Permission::OpenCase)?;
    check_request(Check::default(), &request)?;
    let key = request_key(&actor.who, &request);
    if let Some(before) = cx.store.opened_before(actor.scope(), &key).await? {
        return alike(before);
    }
    let connection = connection_for(cx, actor, request.connection).await?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let terms = Terms::today(&marketplace);

    let mut tx = cx.store.begin(actor.marketplace).await?;
    if let Some(before) = tx.message_by_key(&opening_key(&key)).await? {
        if before.text != request.text {
            return Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently));
        }
        return tx.lock_cases_of_thread(actor.scope(), before.thread).await?.pop().ok_or(Error::NotFound);
    }
    let order = order_of(&tx, &request).await?;
    let buyer = tx.buyer_of(None, &request.buyer_name, Some(&request.buyer_email)).await?;
    required(&terms, &request)?;
    let case = match known(&tx, &terms, &buyer, order, &request).await? {
        Some(case) => {
            let terms = tx.terms(&marketplace, &case).await?;
            let moved = case.apply(&CaseMove::Write(Party::Buyer), &terms, cx.now())?;
            effects::record(&mut tx, &terms, &actor.who, &moved).await?;
            moved.case
        }
        None => match open_new(&mut tx, (&terms, &marketplace.locale), actor, &buyer, order, &request, &key).await {
            // The same call at the same time, on another connection: it won.
            Err(Error::Store(StoreError::Conflict { .. })) => {
                drop(tx);
                return alike(cx.store.opened_before(actor.scope(), &key).await?.ok_or(Error::NotFound)?);
            }
            other => other?,
        },
    };
    let mut thread = buyer_thread(&mut tx, &actor.who, &case).await?;
    let words = NewMessage {
        author: Party::Buyer,
        author_name: buyer.name.clone(),
        text: request.text.clone(),
        html: None,
        audience: Audience::ALL,
        channel: request.channel,
        origin: Origin::Person,
        copied_from: None,
        delivery: connection.map_or(MessageDelivery::None, |_| MessageDelivery::Pending),
        comment: None,
        idempotency_key: Some(opening_key(&key)),
        sent_at: cx.now(),
    };
    let message = say(&mut tx, &actor.who, std::slice::from_ref(&case), &mut thread, words).await?;
    if let Some(connection) = connection {
        let ticket = NewTicket {
            subject: request.subject,
            requester_name: request.buyer_name,
            requester_email: request.buyer_email.trim().to_owned(),
            text: request.text,
            reference: case.reference.clone(),
            opener: Opener::Buyer,
        };
        let mut delivery = NewOutbox::new(connection, opening_lane(case.id), OutboundCommand::OpenTicket(ticket));
        delivery.case = Some(case.id);
        delivery.message = Some(message.id);
        tx.send(delivery);
    }
    tx.commit().await?;
    reread(cx, actor, case.id).await
}

fn check_request(mut check: Check, request: &CaseRequest) -> Result<()> {
    check.text(&["subject"], "The subject", &request.subject, SUBJECT_LIMIT);
    check.text(&["buyerName"], "The buyer's name", &request.buyer_name, NAME_LIMIT);
    check.text(&["text"], "The text", &request.text, super::threads::TEXT_LIMIT);
    check.text(&["idempotencyKey"], "The idempotency key", &request.idempotency_key, super::threads::KEY_LIMIT);
    if request.language.as_deref().is_some_and(|tag| tag.parse::<LanguageTag>().is_err()) {
        check.fault(&["language"], Refusal::Invalid { message: MalformedTag.to_string() });
    }
    super::orders::email(&mut check, &["buyerEmail"], Some(&request.buyer_email));
    check.done()
}

/// The order that a request is about, with its line, if it names one.
async fn order_of(tx: &Tx, request: &CaseRequest) -> Result<Option<(OrderId, SellerId)>> {
    let order = match &request.order_reference {
        Some(reference) => Some(find_order(tx, reference, "orderReference").await?),
        None => None,
    };
    if let Some(line) = &request.order_line {
        let known = match order {
            Some((order, _)) => tx.has_line(order, line).await?,
            None => false,
        };
        if !known {
            return Err(refused(&["orderLineId"], Refusal::NotFound { what: "Order line" }));
        }
    }
    Ok(order)
}

/// The open case that these words belong to.
async fn known(tx: &Tx, terms: &Terms, buyer: &Buyer, order: Option<(OrderId, SellerId)>, request: &CaseRequest) -> Result<Option<Case>> {
    let Some((order, _)) = order else { return Ok(None) };
    let (order_line, since) = (request.order_line.as_deref(), tx.now());
    same_matter(tx, terms, Contact { buyer: buyer.id, order, order_line, channel: request.channel, since }).await
}

async fn open_new(
    tx: &mut Tx,
    (terms, house): (&Terms, &str),
    actor: &Actor,
    buyer: &Buyer,
    order: Option<(OrderId, SellerId)>,
    request: &CaseRequest,
    key: &RequestKey,
) -> Result<Case> {
    let total = match order {
        Some((order, _)) if terms.charter.triage.high_total.is_some() => tx.order_total(order).await?,
        _ => None,
    };
    let assessed = triage::first_look(&terms.charter, request.reason.as_ref(), total, vec![request.subject.clone(), request.text.clone()]);
    let opening = Opening {
        reference: tx.next_reference().await?,
        subject: request.subject.clone(),
        priority: assessed.priority,
        buyer: buyer.id,
        order,
        order_line: request.order_line.clone(),
        reason: request.reason.clone(),
        channel: request.channel,
        phase: match request.phase {
            Some(phase) => Some(phase),
            None => shipments::phase(tx, order.map(|(order, _)| order), request.order_line.as_deref()).await?,
        },
        parent: None,
    };
    let mut case = Case::open(opening, terms, tx.now());
    let told = request.language.as_deref().and_then(|tag| tag.parse().ok());
    case.language = told.or_else(|| language::of_buyer(&[&request.text, &request.subject], None, house));
    tx.insert_case(&case, Some(key)).await?;
    effects::announce(tx, terms, &actor.who, &case.opening()).await?;
    open_buyer_thread(tx, &actor.who, &case).await?;
    Ok(case)
}

/// The key of a buyer's first words: by it, a contact that went to a case that was there is found again.
fn opening_key(key: &RequestKey) -> String {
    format!("open:{}", key.key)
}

/// What the playbook of a reason wants to be known.
fn required(terms: &Terms, request: &CaseRequest) -> Result<()> {
    let Some(key) = &request.reason else { return Ok(()) };
    let reason = terms.charter.reason(key).ok_or_else(|| refused(&["reason"], Refusal::NotFound { what: "Contact reason" }))?;
    let mut check = Check::default();
    for field in &reason.required {
        let (path, missing) = match field {
            RequiredField::Order => ("orderReference", request.order_reference.is_none()),
            RequiredField::OrderLine => ("orderLineId", request.order_line.is_none()),
        };
        if missing {
            check.fault(&[path], Refusal::Invalid { message: format!("A case for the reason `{key}` needs this.") });
        }
    }
    check.done()
}

/// The open case that a buyer's contact belongs to: about the same order line, by another channel, not too long ago.
pub(super) async fn same_matter(tx: &Tx, terms: &Terms, mut contact: Contact<'_>) -> Result<Option<Case>> {
    if terms.charter.one_case_days == 0 {
        return Ok(None);
    }
    contact.since = tx.now() - chrono::TimeDelta::days(i64::from(terms.charter.one_case_days));
    Ok(tx.case_about(&contact).await?)
}

fn request_key(who: &Who, request: &CaseRequest) -> RequestKey {
    let CaseRequest {
        subject,
        buyer_name,
        buyer_email,
        text,
        order_reference,
        order_line,
        reason,
        channel,
        language,
        phase,
        connection,
        idempotency_key,
    } = request;
    let content = serde_json::json!([
        subject,
        buyer_name,
        buyer_email,
        text,
        order_reference,
        order_line,
        reason,
        channel,
        language,
        phase,
        connection
    ]);
    RequestKey { key: super::threads::scoped_key(who, idempotency_key), digest: Sha256::digest(content.to_string()).into() }
}

fn alike(before: OpenedBefore) -> Result<Case> {
    match before {
        OpenedBefore::Alike(case) => Ok(*case),
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

/// The order of this name, for the input's field that names it.
pub(super) async fn find_order(tx: &Tx, reference: &str, field: &str) -> Result<(OrderId, SellerId)> {
    let found = tx.order_sellers(&[reference.to_owned()]).await?;
    found.get(reference).copied().ok_or_else(|| refused(&[field], Refusal::NotFound { what: "Order" }))
}

/// Reads a case again after a commit, with the times that its events gave it.
pub(super) async fn reread(cx: &Cx, actor: &Actor, id: CaseId) -> Result<Case> {
    cx.store.cases_by_id(actor.scope(), &[id]).await?.pop().ok_or(Error::NotFound)
}

/// Says which order a case is about, and so which seller.
pub async fn attach_order(cx: &Cx, actor: &Actor, id: CaseId, reference: &str) -> Result<Case> {
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = case_for(&tx, actor, id, CaseAction::AttachOrder).await?;
    let (order, seller) = find_order(&tx, reference, "orderReference").await?;
    let terms = tx.terms(&marketplace, &Case { seller: Some(seller), ..case.clone() }).await?;
    attach(&mut tx, &terms, &actor.who, &case, order, seller, cx.now()).await?;
    tx.commit().await?;
    reread(cx, actor, id).await
}

/// Gives a case its order, and the seller a place in the talk with the buyer. A seller who has not said anything yet
/// can still be replaced.
pub(super) async fn attach(
    tx: &mut Tx,
    terms: &Terms,
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

    let phase = shipments::phase(tx, Some(order), case.order_line.as_deref()).await?;
    let moved = case.attach_order(order, seller, phase, terms, at);

    effects::record(tx, terms, who, &moved).await?;
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

/// How a case is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Which case.
    pub case: CaseId,
    /// What it came to.
    pub outcome: Outcome,
    /// What the buyer got.
    pub resolution: Option<ResolutionKind>,
    /// Last words to the buyer.
    pub text: Option<String>,
}

/// Settles a case, with last words to the buyer where there are any.
pub async fn resolve(cx: &Cx, actor: &Actor, settlement: Settlement) -> Result<Case> {
    let Settlement { case: id, outcome, resolution, text } = settlement;
    let powerless = outcome == Outcome::OperatorCannotIntervene;
    let mut check = Check::default();
    match (&text, outcome) {
        (Some(text), _) => check.text(&["text"], "The text", text, super::threads::TEXT_LIMIT),
        (None, Outcome::OperatorCannotIntervene) => {
            check.fault(&["text"], Refusal::Invalid { message: "The buyer must be told why, in words.".into() });
        }
        (None, _) => {}
    }
    // The other outcomes are Trilogue's to say.
    let may_say = match outcome {
        Outcome::Solved | Outcome::NoRequest => true,
        Outcome::OperatorCannotIntervene => actor.party() == Some(Party::Operator),
        Outcome::BuyerSilent | Outcome::Merged => false,
    };
    if !may_say {
        check.fault(&["outcome"], Refusal::NotAllowed);
    }
    check.done()?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = case_for(&tx, actor, id, CaseAction::Resolve).await?;
    let terms = tx.terms(&marketplace, &case).await?;
    if let (Some(kind), Some(reason)) = (resolution, terms.reason(Some(&case.reason)))
        && !(reason.resolutions.is_empty() || reason.resolutions.contains(&kind))
    {
        let message = format!("A case for the reason `{}` cannot end like this.", reason.key);
        return Err(refused(&["resolution"], Refusal::Invalid { message }));
    }

    let moved = case.apply(&CaseMove::Resolve { outcome, resolution }, &terms, cx.now())?;

    if let Some(text) = text {
        let mediator =
            terms.charter.mediator.as_ref().filter(|_| powerless).map(|mediator| mediator.notice(case.language_or(&marketplace.locale)));
        let text = [Some(text), mediator].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        tell_buyer(&mut tx, &terms.house, actor, &case, text).await?;
    }
    effects::record(&mut tx, &terms, &actor.who, &moved).await?;
    tx.commit().await?;
    reread(cx, actor, id).await
}

/// Asks the buyer what is meant; until the answer the clocks of the others stand still.
pub async fn ask_clarification(cx: &Cx, actor: &Actor, id: CaseId, text: String) -> Result<Case> {
    let mut check = Check::default();
    check.text(&["text"], "The text", &text, super::threads::TEXT_LIMIT);
    check.done()?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = case_for(&tx, actor, id, CaseAction::AskClarification).await?;
    let terms = tx.terms(&marketplace, &case).await?;

    let moved = case.apply(&CaseMove::Clarify, &terms, cx.now())?;

    tell_buyer(&mut tx, &terms.house, actor, &case, text).await?;
    effects::record(&mut tx, &terms, &actor.who, &moved).await?;
    tx.commit().await?;
    reread(cx, actor, id).await
}

/// Says that the buyer's last words need no answer.
pub async fn waive_reply(cx: &Cx, actor: &Actor, id: CaseId, reason: String) -> Result<Case> {
    let mut check = Check::default();
    check.text(&["reason"], "The reason", &reason, NOTE_LIMIT);
    check.done()?;
    act(cx, actor, id, CaseAction::MarkNoReplyNeeded, CaseMove::WaiveReply { reason }).await
}

/// Says why the buyer got in touch.
pub async fn name_reason(cx: &Cx, actor: &Actor, id: CaseId, reason: ReasonKey) -> Result<Case> {
    act(cx, actor, id, CaseAction::NameReason, CaseMove::NameReason(reason)).await
}

/// Finishes a case for good.
pub async fn close(cx: &Cx, actor: &Actor, id: CaseId) -> Result<Case> {
    act(cx, actor, id, CaseAction::Close, CaseMove::Close(Outcome::Solved)).await
}

/// Takes a settled case up again.
pub async fn reopen(cx: &Cx, actor: &Actor, id: CaseId) -> Result<Case> {
    act(cx, actor, id, CaseAction::Reopen, CaseMove::Reopen).await
}

/// Makes a case more or less urgent.
pub async fn prioritize(cx: &Cx, actor: &Actor, id: CaseId, priority: Priority) -> Result<Case> {
    act(cx, actor, id, CaseAction::Prioritize, CaseMove::Prioritize(priority)).await
}

/// Says in which language the buyer of a case is written to.
pub async fn set_language(cx: &Cx, actor: &Actor, id: CaseId, tag: &str) -> Result<Case> {
    let tag = tag.parse::<LanguageTag>().map_err(|error| refused(&["language"], Refusal::Invalid { message: error.to_string() }))?;
    // Boxed, as what each mutation needs is set aside for all of them.
    Box::pin(act(cx, actor, id, CaseAction::SetLanguage, CaseMove::SetLanguage(tag))).await
}

/// A case under lock, for an action that the actor may take on it.
pub(super) async fn case_for(tx: &Tx, actor: &Actor, id: CaseId, action: CaseAction) -> Result<Case> {
    let case = tx.lock_case(actor.scope(), id).await?.ok_or_else(|| refused(&["caseId"], Refusal::NotFound { what: "Case" }))?;
    policy::require_action(&actor.who, action, &case)?;
    Ok(case)
}

async fn act(cx: &Cx, actor: &Actor, id: CaseId, action: CaseAction, step: CaseMove) -> Result<Case> {
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = case_for(&tx, actor, id, action).await?;
    let terms = tx.terms(&marketplace, &case).await?;

    let moved = case.apply(&step, &terms, cx.now())?;

    effects::record(&mut tx, &terms, &actor.who, &moved).await?;
    if moved.case.mode != case.mode {
        reshape_buyer_thread(&mut tx, &actor.who, &moved.case).await?;
    }
    tx.commit().await?;
    reread(cx, actor, id).await
}
