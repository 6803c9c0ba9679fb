//! A case as a file: all that a viewer may see of it, page by page, so that a long one never sits in memory.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::links::{ClosedLink, Link, Purpose, Seal};
use super::{Cx, Error, Result};
use crate::domain::attachments::Attachment;
use crate::domain::cases::Case;
use crate::domain::charter::Marketplace;
use crate::domain::disputes::DisputeEvent;
use crate::domain::ids::{CaseId, EventId, MessageId};
use crate::domain::orders::{Buyer, Order, Seller};
use crate::domain::parties::{Party, Scope, View, Who};
use crate::domain::threads::{Message, Participant, Thread};
use crate::domain::tickets::Ticket;
use crate::domain::timeline::{Event, EventKind};
use crate::store::{PageRequest, PageSide};

/// How much is read at once.
const PAGE: u64 = 100;

/// What stands before the conversation.
#[derive(Debug, Clone)]
pub struct Header {
    /// When the export was begun.
    pub generated_at: DateTime<Utc>,
    /// Whose eyes.
    pub view: View,
    /// The viewer's shop, when it is a seller.
    pub viewer_seller: Option<Seller>,
    /// The tenant.
    pub marketplace: Marketplace,
    /// The case.
    pub case: Case,
    /// The buyer, as far as this viewer may know who that is.
    pub buyer: Option<Buyer>,
    /// The seller.
    pub seller: Option<Seller>,
    /// The order, without its buyer's address where the viewer may not know it.
    pub order: Option<Order>,
    /// The tickets that tell it; for the operator alone.
    pub tickets: Vec<Ticket>,
}

/// A piece of the export, in the order in which it is written.
#[derive(Debug, Clone)]
pub enum Part {
    /// A thread begins.
    Thread(Thread, Vec<Participant>),
    /// The next message of the thread, with its files.
    Message(Message, Vec<Attachment>),
    /// The thread is over.
    EndOfThread,
    /// The next event of the timeline. All threads are over.
    Event(Event),
}

enum Step {
    Begin(Thread, Vec<Participant>),
    Messages(Thread, Option<MessageId>),
    Events(Option<EventId>),
}

/// An export under way.
pub struct Export {
    cx: Cx,
    scope: Scope,
    marketplace: Marketplace,
    case: CaseId,
    steps: VecDeque<Step>,
}

/// The address at which a viewer can have the export `file` of a case for a while; none when the viewer does not see the case.
pub async fn link(cx: &Cx, scope: Scope, case: CaseId, file: &str) -> Result<Option<Link>> {
    let known = may_export(scope) && !cx.store.cases_by_id(scope, &[case]).await?.is_empty();
    Ok(known
        .then(|| cx.links.make(Purpose::CaseExport, &subject(&case.to_string(), file), &format!("/cases/{case}/{file}"), scope, cx.now())))
}

/// Whose eyes a link to an export opens with.
pub fn open_link(cx: &Cx, case: &str, file: &str, seal: Seal<'_>) -> std::result::Result<Scope, ClosedLink> {
    cx.links.open(Purpose::CaseExport, &subject(case, file), seal, cx.now())
}

fn subject(case: &str, file: &str) -> String {
    format!("{case}/{file}")
}

/// Mediators read a case for a while and take no file of it along.
const fn may_export(scope: Scope) -> bool {
    !matches!(scope.view, View::Mediator { .. })
}

/// Begins an export.
pub async fn begin(cx: &Cx, scope: Scope, case: CaseId) -> Result<(Header, Export)> {
    if !may_export(scope) {
        return Err(Error::NotFound);
    }
    let case = cx.store.cases_by_id(scope, &[case]).await?.pop().ok_or(Error::NotFound)?;
    let marketplace = cx.marketplace(scope.marketplace).await?;
    let threads: Vec<_> = cx.store.threads_of_cases(scope, &[case.id]).await?.into_iter().map(|(_, thread)| thread).collect();
    let ids: Vec<_> = threads.iter().map(|thread| thread.id).collect();
    let mut participants = cx.store.participants(scope, &ids).await?;
    let viewer_seller = match scope.view {
        View::Seller(seller) => cx.store.sellers_by_id(scope, &[seller]).await?.pop(),
        _ => None,
    };
    let seller = match case.seller {
        Some(seller) => cx.store.sellers_by_id(scope, &[seller]).await?.pop(),
        None => None,
    };
    let order = match case.order {
        Some(order) => cx.store.orders_by_id(scope, &[order]).await?.pop(),
        None => None,
    };
    let header = Header {
        generated_at: cx.now(),
        view: scope.view,
        viewer_seller,
        buyer: cx.store.buyers_by_id(scope, &[case.buyer]).await?.pop().map(|buyer| shown_buyer(buyer, scope.view)),
        seller,
        order: order.map(|order| shown_order(order, scope.view)),
        tickets: cx.store.tickets_of_cases(scope, &[case.id]).await?.into_iter().map(|(_, ticket)| ticket).collect(),
        case: shown_case(case.clone(), scope, &marketplace),
        marketplace,
    };
    let mut steps = VecDeque::new();
    for thread in threads {
        let (own, others) = participants.into_iter().partition(|participant| participant.thread == thread.id);
        participants = others;
        steps.push_back(Step::Begin(thread, own));
    }
    steps.push_back(Step::Events(None));
    let marketplace = header.marketplace.clone();
    Ok((header, Export { cx: cx.clone(), scope, marketplace, case: case.id, steps }))
}

impl Export {
    /// The next parts; none when the export is whole.
    pub async fn next(&mut self) -> Result<Option<Vec<Part>>> {
        let Some(step) = self.steps.pop_front() else { return Ok(None) };
        match step {
            Step::Begin(thread, participants) => {
                self.steps.push_front(Step::Messages(thread.clone(), None));
                Ok(Some(vec![Part::Thread(thread, participants)]))
            }
            Step::Messages(thread, from) => self.messages(thread, from).await.map(Some),
            Step::Events(from) => self.events(from).await.map(Some),
        }
    }

    async fn messages(&mut self, thread: Thread, from: Option<MessageId>) -> Result<Vec<Part>> {
        let request = PageRequest { size: PAGE, side: PageSide::First, from };
        let mut pages = self.cx.store.message_pages(self.scope, &[thread.id], &request).await?;
        let Some(page) = pages.remove(&thread.id) else { return Ok(vec![Part::EndOfThread]) };
        let ids: Vec<_> = page.items.iter().map(|message| message.copied_from.unwrap_or(message.id)).collect();
        let files = if ids.is_empty() { std::collections::HashMap::new() } else { self.cx.store.attachments_of(self.scope, &ids).await? };
        let (more, last) = (page.has_next(), page.items.last().map(|message| message.id));
        let mut parts: Vec<_> = page
            .items
            .into_iter()
            .map(|message| {
                let files = files.get(&message.copied_from.unwrap_or(message.id)).cloned().unwrap_or_default();
                Part::Message(shown_message(message, self.scope, &self.marketplace), files)
            })
            .collect();
        match last.filter(|_| more) {
            Some(last) => self.steps.push_front(Step::Messages(thread, Some(last))),
            None => parts.push(Part::EndOfThread),
        }
        Ok(parts)
    }

    async fn events(&mut self, from: Option<EventId>) -> Result<Vec<Part>> {
        let request = PageRequest { size: PAGE, side: PageSide::First, from };
        let page = self.cx.store.timeline(self.scope, self.case, &request).await?;
        if let Some(last) = page.items.last().filter(|_| page.has_next()) {
            self.steps.push_front(Step::Events(Some(last.id)));
        }
        Ok(page.items.into_iter().map(|event| Part::Event(shown_event(event, self.scope, &self.marketplace))).collect())
    }
}

/// Who is not the operator knows buyers by an alias, as in the interface.
fn shown_buyer(buyer: Buyer, view: View) -> Buyer {
    match view {
        View::Whole if !buyer.name.is_empty() => buyer,
        View::Whole => Buyer { name: buyer.alias(), ..buyer },
        _ => Buyer { name: buyer.alias(), email: None, ..buyer },
    }
}

fn shown_order(order: Order, view: View) -> Order {
    match view {
        View::Seller(_) | View::Mediator { .. } => Order { buyer_email: None, ..order },
        _ => order,
    }
}

/// A subject is the buyer's words.
fn shown_case(case: Case, scope: Scope, marketplace: &Marketplace) -> Case {
    match scope.reads_as(Party::Buyer) {
        Some(reader) => Case { subject: marketplace.words_for(&case.subject, Party::Buyer, reader), ..case },
        None => case,
    }
}

/// With what the reader's side does not get to read of it hidden, as in the interface.
fn shown_message(message: Message, scope: Scope, marketplace: &Marketplace) -> Message {
    let message = match scope.reads_as(message.author) {
        None => message,
        Some(reader) => Message {
            text: marketplace.words_for(&message.text, message.author, reader),
            html: message.html.as_deref().map(|html| marketplace.markup_for(html, message.author, reader)),
            ..message
        },
    };
    if scope.view == View::Whole || message.author == Party::Seller || message.author_name.is_empty() {
        return message;
    }
    let person = Buyer { id: crate::domain::ids::BuyerId::generate(), name: message.author_name.clone(), email: None };
    Message { author_name: person.alias(), ..message }
}

/// The names of tokens and agents are for their own side, and a note is words like others.
fn shown_event(mut event: Event, scope: Scope, marketplace: &Marketplace) -> Event {
    let view = scope.view;
    if let (EventKind::CaseEscalated { note, .. }, Some(author)) = (&mut event.kind, event.actor.party())
        && let Some(reader) = scope.reads_as(author)
    {
        *note = marketplace.words_for(note, author, reader);
    }
    // What a party offers is its words as well; who offered says whose, as a rule may carry them.
    if let EventKind::Dispute { what: DisputeEvent::Offered { by, bid, .. }, .. } = &mut event.kind
        && let Some(reader) = scope.reads_as(*by)
    {
        bid.text = marketplace.words_for(&bid.text, *by, reader);
    }
    let own = match (view, &event.actor) {
        (View::Seller(viewer), Who::Seller { seller, .. }) => viewer == *seller,
        (View::Whole, _) | (View::Storefront, Who::Vendor { .. }) => true,
        _ => false,
    };
    let actor = match event.actor {
        Who::Operator { token, .. } if !own => Who::Operator { token, name: String::new() },
        Who::Seller { seller, token, .. } if !own => Who::Seller { seller, token, name: String::new() },
        Who::Vendor { token, .. } if !own => Who::Vendor { token, name: String::new() },
        Who::Agent { connection, .. } if !own => Who::Agent { connection, name: String::new() },
        other => other,
    };
    Event { actor, ..event }
}
