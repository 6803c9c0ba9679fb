//! One case becomes several, each with its own words, clocks and ticket.

use std::collections::{HashMap, HashSet};

use super::cases::{case_for, reread};
use super::threads::{TEXT_LIMIT, buyer_thread, open_buyer_thread, say};
use super::{Check, Cx, Error, Result, effects, refused};
use crate::domain::cases::{Case, CaseAction, Opening};
use crate::domain::charter::Terms;
use crate::domain::ids::{CaseId, MessageId};
use crate::domain::parties::{Actor, Audience, Party, Who};
use crate::domain::reasons::ReasonKey;
use crate::domain::refusal::Refusal;
use crate::domain::threads::{Message, MessageDelivery, NewMessage, Origin};
use crate::domain::tickets::Ticket;
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::{NewTicket, Opener, OutboundCommand};
use crate::store::{NewOutbox, Tx, opening_lane};

/// The most parts that a case can be split into at once.
pub const PARTS_LIMIT: usize = 10;
/// The most messages that can go along.
pub const MESSAGES_LIMIT: usize = 200;
const SUBJECT_LIMIT: usize = 300;

/// A part of a case that goes on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is about.
    pub subject: String,
    /// Why the buyer got in touch; none for the reason of the whole.
    pub reason: Option<ReasonKey>,
    /// The line of the order, by the marketplace's own id; none for the whole's.
    pub order_line: Option<String>,
    /// The messages that go to it and leave the whole.
    pub moved: Vec<MessageId>,
    /// The messages of which it gets a copy: words that speak of several things.
    pub copied: Vec<MessageId>,
}

/// A case that was split, and what came out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The case as it is now.
    pub case: Case,
    /// The new cases, in the order of the parts.
    pub children: Vec<Case>,
}

/// Splits a case. No message is lost: each stays, moves to one part, or is copied.
pub async fn split(cx: &Cx, actor: &Actor, id: CaseId, parts: Vec<Part>) -> Result<Split> {
    check(&parts)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = case_for(&tx, actor, id, CaseAction::Split).await?;
    let thread = buyer_thread(&mut tx, &actor.who, &case).await?;
    let named: Vec<_> = parts.iter().flat_map(|part| part.moved.iter().chain(&part.copied)).copied().collect();
    let messages = tx.messages_in(actor.scope(), thread.id, &named).await?;
    let known: HashMap<_, _> = messages.into_iter().map(|message| (message.id, message)).collect();
    check_messages(&tx, &case, &parts, &known).await?;
    let moved: Vec<_> = parts.iter().flat_map(|part| &part.moved).copied().collect();
    if !tx.has_messages_beside(thread.id, &moved).await? {
        let message = "At least one message must stay in the case.".to_owned();
        return Err(refused(&["parts"], Refusal::Invalid { message }));
    }

    let terms = Terms { seller_closures: tx.terms(&marketplace, &case).await?.seller_closures, ..Terms::today(&marketplace) };
    let ticket = tx.tickets_of(case.id).await?.into_iter().find(effects::can_carry);
    let mut children = Vec::new();
    for part in parts {
        let words = |ids: &[MessageId]| ids.iter().filter_map(|id| known.get(id).cloned()).collect::<Vec<_>>();
        let (moved, copied) = (words(&part.moved), words(&part.copied));
        let child = open_part(&mut tx, actor, &terms, &case, part).await?;
        let thread = open_buyer_thread(&mut tx, &actor.who, &child).await?;
        tx.carry_over(thread.id, &moved, &copied).await?;
        if let Some(ticket) = &ticket {
            open_ticket(&mut tx, &case, &child, ticket, &moved, &copied).await?;
        }
        children.push(child);
    }
    let ids: Vec<_> = children.iter().map(|child| child.id).collect();
    tx.record(case.id, &actor.who, NewEvent::for_all(EventKind::CaseSplit { children: ids }));
    if let Some(ticket) = &ticket {
        effects::note(&mut tx, &case, ticket, split_note(&marketplace.locale, &case, &children));
    }
    tx.commit().await?;
    let mut split = Split { case: reread(cx, actor, case.id).await?, children: Vec::new() };
    for child in children {
        split.children.push(reread(cx, actor, child.id).await?);
    }
    Ok(split)
}

fn check(parts: &[Part]) -> Result<()> {
    let mut check = Check::default();
    if parts.is_empty() {
        check.fault(&["parts"], Refusal::Invalid { message: "Name at least one part.".into() });
    }
    if parts.len() > PARTS_LIMIT {
        check.fault(&["parts"], Refusal::TooMany { limit: PARTS_LIMIT });
    }
    if parts.iter().map(|part| part.moved.len() + part.copied.len()).sum::<usize>() > MESSAGES_LIMIT {
        check.fault(&["parts"], Refusal::TooMany { limit: MESSAGES_LIMIT });
    }
    let mut moved = HashSet::new();
    for (position, part) in parts.iter().enumerate() {
        let position = position.to_string();
        check.text(&["parts", &position, "subject"], "The subject", &part.subject, SUBJECT_LIMIT);
        if part.moved.is_empty() && part.copied.is_empty() {
            check.fault(&["parts", &position], Refusal::Invalid { message: "A part needs at least one message.".into() });
        }
        for id in &part.moved {
            if !moved.insert(*id) {
                check.fault(&["parts", &position, "moveMessageIds"], Refusal::Twice { key: id.to_string() });
            }
        }
        let mut own: HashSet<_> = part.moved.iter().collect();
        for id in &part.copied {
            if !own.insert(id) {
                check.fault(&["parts", &position, "copyMessageIds"], Refusal::Twice { key: id.to_string() });
            }
        }
    }
    check.done()
}

async fn check_messages(tx: &Tx, case: &Case, parts: &[Part], known: &HashMap<MessageId, Message>) -> Result<()> {
    let mut check = Check::default();
    for (position, part) in parts.iter().enumerate() {
        let position = position.to_string();
        for (field, ids) in [("moveMessageIds", &part.moved), ("copyMessageIds", &part.copied)] {
            if ids.iter().any(|id| !known.contains_key(id)) {
                check.fault(&["parts", &position, field], Refusal::NotFound { what: "Message" });
            }
        }
        if let Some(line) = &part.order_line {
            let there = match case.order {
                Some(order) => tx.has_line(order, line).await?,
                None => false,
            };
            if !there {
                check.fault(&["parts", &position, "orderLineId"], Refusal::NotFound { what: "Order line" });
            }
        }
    }
    check.done()
}

async fn open_part(tx: &mut Tx, actor: &Actor, terms: &Terms, whole: &Case, part: Part) -> Result<Case> {
    let reason = part.reason.unwrap_or_else(|| whole.reason.clone());
    if terms.charter.reason(&reason).is_none() {
        return Err(refused(&["parts", "reason"], Refusal::NotFound { what: "Contact reason" }));
    }
    let opening = Opening {
        reference: tx.next_reference().await?,
        subject: part.subject,
        priority: whole.priority,
        buyer: whole.buyer,
        order: whole.order.zip(whole.seller),
        order_line: part.order_line.or_else(|| whole.order_line.clone()),
        reason: Some(reason),
        channel: whole.channel,
        phase: Some(whole.phase),
        parent: Some(whole.id),
    };
    let mut child = Case::open(opening, terms, tx.now());
    child.language.clone_from(&whole.language);
    tx.insert_case(&child, None).await?;
    effects::announce(tx, terms, &actor.who, &child.opening()).await?;
    Ok(child)
}

/// Asks for a ticket of its own, through which the buyer is answered about this part. Its first comment repeats the words, so
/// that whoever works in the helpdesk has them; with us it is the operator's alone, who has the words themselves.
async fn open_ticket(tx: &mut Tx, whole: &Case, child: &Case, ticket: &Ticket, moved: &[Message], copied: &[Message]) -> Result<()> {
    let Some(buyer) = tx.buyer(child.buyer).await? else { return Err(Error::NotFound) };
    let Some(email) = buyer.email else {
        // Nobody can be written to by another ticket: the part stays with the one there is.
        return Ok(tx.link_ticket(child.id, ticket.id).await?);
    };
    let mut words: Vec<_> = moved.iter().chain(copied).filter(|message| message.author == Party::Buyer).collect();
    words.sort_by_key(|message| (message.sent_at, message.number));
    let said = words.iter().map(|message| message.text.as_str()).collect::<Vec<_>>().join("\n\n");
    let said = if said.trim().is_empty() { child.subject.clone() } else { said };
    let text: String = said.chars().take(TEXT_LIMIT).collect();
    let new = NewMessage {
        author: Party::Operator,
        author_name: String::new(),
        text: format!("{} → {}\n\n{text}", whole.reference, child.reference).chars().take(TEXT_LIMIT).collect(),
        html: None,
        audience: Audience::OPERATOR,
        channel: whole.channel,
        origin: Origin::Automatic,
        copied_from: None,
        delivery: MessageDelivery::Pending,
        comment: None,
        idempotency_key: None,
        sent_at: tx.now(),
    };
    let mut thread = buyer_thread(tx, &Who::System, child).await?;
    let message = say(tx, &Who::System, std::slice::from_ref(child), &mut thread, new).await?;
    let command = NewTicket {
        subject: child.subject.clone(),
        requester_name: buyer.name,
        requester_email: email,
        text,
        reference: child.reference.clone(),
        opener: Opener::Buyer,
    };
    let mut delivery = NewOutbox::new(ticket.connection, opening_lane(child.id), OutboundCommand::OpenTicket(command));
    delivery.case = Some(child.id);
    delivery.message = Some(message.id);
    tx.send(delivery);
    Ok(())
}

fn split_note(locale: &str, case: &Case, children: &[Case]) -> String {
    let list = children.iter().map(|child| format!("{} {}", child.reference, child.subject)).collect::<Vec<_>>().join("\n");
    if locale.split('-').next() == Some("fr") {
        format!("{} a été séparé. Ces demandes continuent dans leurs propres tickets\u{a0}:\n{list}", case.reference)
    } else {
        format!("{} was split. These requests go on in tickets of their own:\n{list}", case.reference)
    }
}
