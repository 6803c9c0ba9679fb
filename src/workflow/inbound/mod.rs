//! What the helpdesk did: a ticket is read again, and our side of it brought up to date.
//!
//! The webhook was only a nudge. Whatever was sent twice, late or out of order, what counts is what the ticket says now
//! and which of its comments we have already.

mod comments;
mod opening;
mod service;
mod ticket;

use chrono::{DateTime, Utc};

pub use opening::{TicketRequest, open};

use super::connections::Connected;
use super::threads::open_buyer_thread;
use super::{Cx, Error, Result, attachments, cases, effects, shipments, triage};
use crate::domain::cases::{Case, CaseMove, CaseStatus, Opening};
use crate::domain::charter::{Marketplace, Terms};
use crate::domain::effects::Effect;
use crate::domain::ids::{CaseId, MarketplaceId, OrderId, SellerId};
use crate::domain::language;
use crate::domain::parties::{Party, Who};
use crate::domain::tickets::{Channel, Ticket, TicketNumber, TicketPresence, TicketStatus};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::{AuthorSide, Changes, Comment, CommentsRead, HelpdeskError, NudgeKind, SurveyAnswer, TicketSnapshot};
use crate::store::{Contact, NewDelivery, Tx, lane};

/// What came of a nudge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Our side is up to date.
    UpToDate,
    /// It is nothing for us.
    Ignored(&'static str),
    /// What the ticket shows may be something of ours that is still on its way, or older than what we know by now: look
    /// again soon.
    NotYet,
}

/// Reads a ticket again and brings our side up to date.
pub async fn follow(cx: &Cx, connected: &Connected, number: &TicketNumber, nudge: &NudgeKind) -> Result<Outcome> {
    let known = cx.store.ticket(connected.marketplace, connected.id, number).await?;
    let snapshot = match connected.helpdesk.ticket(number).await {
        Err(HelpdeskError::NotFound) => return vanished(cx, connected, number, nudge).await,
        other => other?,
    };
    if known.is_none() && !is_for_us(connected, &snapshot) {
        return Ok(Outcome::Ignored("the ticket was finished, spam or deleted before we knew it"));
    }
    let reading = Reading::of(connected, known, snapshot, nudge).await?;
    bring_up_to_date(cx, connected, &reading, nudge, None).await
}

/// What the helpdesk says of a ticket, and what we knew when we asked.
struct Reading {
    known: Option<Ticket>,
    snapshot: TicketSnapshot,
    /// Those that we had not read.
    comments: Vec<Comment>,
    /// What we had read.
    read: CommentsRead,
    /// Who we are there.
    account: String,
    /// What the buyer answered to the helpdesk's survey, as far as it was looked for.
    survey: Option<SurveyAnswer>,
}

impl Reading {
    async fn of(connected: &Connected, known: Option<Ticket>, snapshot: TicketSnapshot, nudge: &NudgeKind) -> Result<Self> {
        let read = match (&known, nudge) {
            (None, _) | (_, NudgeKind::CommentsRewritten) => CommentsRead::default(),
            (Some(ticket), _) => CommentsRead { count: ticket.comments_read.unsigned_abs(), last: ticket.last_comment.clone() },
        };
        let comments = connected.helpdesk.comments(&snapshot.number, &read).await?;
        let account = connected.account().await?.user.clone();
        let survey = service::survey_answer(&*connected.helpdesk, &snapshot, nudge).await?;
        Ok(Self { known, snapshot, comments, read, account, survey })
    }
}

/// A person's wish that a ticket tells a case.
struct Wish<'a> {
    who: &'a Who,
    /// The reference of the order that it is about, as the person knows.
    order: Option<&'a str>,
}

async fn bring_up_to_date(cx: &Cx, connected: &Connected, reading: &Reading, nudge: &NudgeKind, wish: Option<Wish<'_>>) -> Result<Outcome> {
    let Reading { known, snapshot, comments, read, account, .. } = reading;
    let marketplace = cx.marketplace(connected.marketplace).await?;
    let tx = cx.store.begin(connected.marketplace).await?;
    let mut desk = Desk::at(cx, connected, tx, marketplace, account.clone());
    if let Some(Wish { who, order }) = wish {
        desk.opener = who.clone();
        if let Some(reference) = order {
            desk.named = Some(cases::find_order(&desk.tx, reference, "orderReference").await?);
        }
    }
    let Some((mut ticket, mut open)) = desk.take_up(known.as_ref(), snapshot, comments, read.count).await? else {
        return Ok(Outcome::NotYet);
    };
    if *nudge == NudgeKind::CommentsRewritten {
        desk.rewrite(&snapshot.number, comments).await?;
    }
    desk.follow_presence(&mut ticket, &mut open, snapshot, nudge).await?;
    if ticket.presence == TicketPresence::Active
        && let Some(case) = &mut open
    {
        desk.follow_order(case, snapshot).await?;
        desk.follow_properties(&mut ticket, case, snapshot).await?;
        desk.follow_group(case, snapshot).await?;
    }
    desk.follow_survey(ticket.id, reading).await?;
    let withdrew = desk.withdrew;
    desk.finish(ticket, open, snapshot, comments, read).await?;
    if withdrew {
        attachments::tidy_soon(cx).await;
    }
    Ok(Outcome::UpToDate)
}

/// A ticket that we see for the first time concerns us unless it was over and done with before we came.
fn is_for_us(connected: &Connected, snapshot: &TicketSnapshot) -> bool {
    let over = matches!(snapshot.status, TicketStatus::Solved | TicketStatus::Closed);
    !is_thrown_away(&snapshot.presence) && (!over || snapshot.created_at >= connected.since)
}

/// The helpdesk no longer knows the ticket.
async fn vanished(cx: &Cx, connected: &Connected, number: &TicketNumber, nudge: &NudgeKind) -> Result<Outcome> {
    let Some(known) = cx.store.ticket(connected.marketplace, connected.id, number).await? else {
        return Ok(Outcome::Ignored("the helpdesk does not know the ticket"));
    };
    let marketplace = cx.marketplace(connected.marketplace).await?;
    let tx = cx.store.begin(connected.marketplace).await?;
    let cases = tx.lock_cases_of_ticket(known.id).await?;
    let Some(mut ticket) = tx.lock_ticket(connected.id, number).await? else { return Ok(Outcome::NotYet) };
    let newest = cases.last().map(|case| case.id);
    let mut case = newest_open(cases);
    let mut desk = Desk::at(cx, connected, tx, marketplace, String::new());
    if let Some(case) = &case {
        desk.terms = desk.tx.terms(&desk.marketplace, case).await?;
    }
    desk.newest = newest;
    // What is marked as spam goes to the bin as well, and the one is told before or after the other.
    let presence = match (&ticket.presence, nudge) {
        (TicketPresence::Spam, _) | (_, NudgeKind::TicketSpam) => TicketPresence::Spam,
        _ => TicketPresence::Deleted,
    };
    desk.leave(&mut ticket, &mut case, presence).await?;
    desk.tx.save_ticket(&ticket).await?;
    desk.tx.commit().await?;
    Ok(Outcome::UpToDate)
}

fn newest_open(cases: Vec<Case>) -> Option<Case> {
    cases.into_iter().rev().find(|case| case.status != CaseStatus::Closed)
}

const fn is_thrown_away(presence: &TicketPresence) -> bool {
    matches!(presence, TicketPresence::Spam | TicketPresence::Deleted)
}

/// What we know of a ticket from the helpdesk, without what we asked of it.
fn seen(ticket: &Ticket) -> Ticket {
    Ticket { pushed_status: None, pushed_priority: None, ..ticket.clone() }
}

/// One ticket being brought up to date.
struct Desk<'a> {
    tx: Tx,
    connected: &'a Connected,
    marketplace: Marketplace,
    /// Those of the open case, or of one that is opened now.
    terms: Terms,
    account: String,
    /// The newest case that the ticket tells, closed or not.
    newest: Option<CaseId>,
    now: DateTime<Utc>,
    news: News,
    /// Whether files were taken away whose bytes must go.
    withdrew: bool,
    /// Who opens a case where one is needed: the helpdesk that tells of the ticket, or a person who asks for it.
    opener: Who,
    /// The order that this person named.
    named: Option<(OrderId, SellerId)>,
}

/// Whether this look found something that gives us a say in the ticket's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    /// Nothing: what an agent set in the helpdesk stays as it is.
    None,
    /// The buyer wrote, which makes a helpdesk reopen the ticket, or the case moved.
    Some,
}

impl<'a> Desk<'a> {
    fn at(cx: &Cx, connected: &'a Connected, tx: Tx, marketplace: Marketplace, account: String) -> Self {
        let terms = Terms::today(&marketplace);
        Self {
            tx,
            connected,
            marketplace,
            terms,
            account,
            newest: None,
            now: cx.now(),
            news: News::None,
            withdrew: false,
            opener: Who::Helpdesk { connection: connected.id },
            named: None,
        }
    }
}

impl Desk<'_> {
    const fn helpdesk(&self) -> Who {
        Who::Helpdesk { connection: self.connected.id }
    }

    /// Finds the ticket and its open case, or opens one, and files the comments that we do not have. None when what we
    /// do not have may be our own words on their way, or when we learned more since we asked the helpdesk.
    async fn take_up(
        &mut self,
        known: Option<&Ticket>,
        snapshot: &TicketSnapshot,
        comments: &[Comment],
        read_before: u32,
    ) -> Result<Option<(Ticket, Option<Case>)>> {
        let number = &snapshot.number;
        // Cases before tickets, as everywhere, so that two units of work never wait for each other in a circle.
        let cases = match known {
            Some(ticket) => self.tx.lock_cases_of_ticket(ticket.id).await?,
            None => Vec::new(),
        };
        let ticket = self.tx.lock_ticket(self.connected.id, number).await?;
        if ticket.as_ref().map(seen) != known.map(seen) || (known.is_none() && self.may_be_our_opening(snapshot).await?) {
            return Ok(None);
        }
        self.newest = cases.last().map(|case| case.id);
        let mut open = newest_open(cases);
        if let Some(case) = &open {
            self.terms = self.tx.terms(&self.marketplace, case).await?;
        }
        let numbers: Vec<_> = comments.iter().map(|comment| &comment.number).collect();
        let filed = self.tx.messages_of_comments(self.connected.id, &numbers).await?;
        let unknown: Vec<_> =
            comments.iter().filter(|comment| !filed.contains_key(&comment.number) && !self.is_own_note(comment)).collect();
        if unknown.iter().any(|comment| self.may_be_ours(snapshot, comment))
            && self.tx.delivery_in_flight(&lane(self.connected.id, number)).await?
        {
            return Ok(None);
        }
        let ticket = match ticket {
            Some(ticket) => ticket,
            None => self.new_ticket(snapshot).await?,
        };
        let buyer_wrote = unknown.iter().any(|comment| comment.author.side == AuthorSide::EndUser);
        let gone = is_thrown_away(&snapshot.presence);
        if open.is_none() && !gone && (read_before == 0 && filed.is_empty() || buyer_wrote) {
            open = Some(self.open_case(&ticket, snapshot, comments).await?);
        }
        if let Some(case) = &mut open {
            for comment in unknown {
                if !(self.may_be_ours(snapshot, comment) && self.adopt(case, comment).await?) {
                    self.file(case, snapshot, comment).await?;
                }
            }
        }
        Ok(Some((ticket, open)))
    }

    async fn open_case(&mut self, ticket: &Ticket, snapshot: &TicketSnapshot, comments: &[Comment]) -> Result<Case> {
        let words = comments.iter().filter(|comment| comment.author.id == snapshot.requester.id).map(|comment| comment.text.clone());
        let order = self.find_order(snapshot, words.collect()).await?;
        let requester = &snapshot.requester;
        let buyer = self.tx.buyer_of(Some((self.connected.id, &requester.id)), &requester.name, requester.email.as_deref()).await?;
        let channel = comments.first().map_or(Channel::Other, |comment| comment.channel);
        if let Some((about, _)) = order
            && let Some(case) =
                self.same_matter(Contact { buyer: buyer.id, order: about, order_line: None, channel, since: self.now }).await?
        {
            self.tx.link_ticket(case.id, ticket.id).await?;
            self.tx.record(case.id, &self.opener, NewEvent::for_operator(EventKind::TicketLinked { ticket: ticket.id }));
            return Ok(case);
        }
        let total = match order {
            Some((order, _)) if self.terms.charter.triage.high_total.is_some() => self.tx.order_total(order).await?,
            _ => None,
        };
        let own = comments.iter().filter(|comment| comment.author.id == requester.id).map(|comment| comment.text.clone());
        let assessed = triage::first_look(&self.terms.charter, None, total, own.chain([snapshot.subject.clone()]).collect());
        let opening = Opening {
            reference: self.tx.next_reference().await?,
            subject: snapshot.subject.clone(),
            priority: triage::beginning(snapshot.priority, &assessed),
            buyer: buyer.id,
            order,
            order_line: None,
            reason: None,
            channel,
            phase: shipments::phase(&self.tx, order.map(|(order, _)| order), None).await?,
            parent: None,
        };
        if let Some((_, seller)) = order {
            self.terms.seller_closures = self.tx.closures(seller).await?;
        }
        let mut case = Case::open(opening, &self.terms, self.now);
        let words = comments.iter().filter(|comment| comment.author.id == requester.id).map(|comment| comment.text.as_str());
        let words: Vec<_> = words.chain([snapshot.subject.as_str()]).collect();
        case.language = language::of_buyer(&words, requester.locale.as_deref(), &self.marketplace.locale);
        self.tx.insert_case(&case, None).await?;
        self.newest = Some(case.id);
        self.tx.link_ticket(case.id, ticket.id).await?;
        let who = self.opener.clone();
        // The ticket is brought in step at the end, when everything is known.
        self.news = News::Some;
        let mut opening = case.opening();
        opening.effects.retain(|effect| *effect != Effect::SyncTicket);
        effects::announce(&mut self.tx, &self.terms, &who, &opening).await?;
        self.tx.record(case.id, &who, NewEvent::for_operator(EventKind::TicketLinked { ticket: ticket.id }));
        open_buyer_thread(&mut self.tx, &who, &case).await?;
        Ok(case)
    }

    /// The open case of the same buyer about the same thing, begun by another channel: the ticket tells it from now on.
    async fn same_matter(&mut self, contact: Contact<'_>) -> Result<Option<Case>> {
        let found = cases::same_matter(&self.tx, &self.terms, contact).await?;
        if let Some(case) = &found {
            self.terms = self.tx.terms(&self.marketplace, case).await?;
            self.newest = Some(case.id);
            self.news = News::Some;
        }
        Ok(found)
    }

    async fn make(&mut self, case: &mut Case, step: &CaseMove, who: &Who) -> Result<()> {
        let mut moved = case.apply(step, &self.terms, self.now)?;
        if author_is_buyer(step) || moved.effects.contains(&Effect::SyncTicket) {
            self.news = News::Some;
        }
        // Once, at the end, against what the ticket says now.
        moved.effects.retain(|effect| *effect != Effect::SyncTicket);
        effects::record(&mut self.tx, &self.terms, who, &moved).await?;
        *case = moved.case;
        Ok(())
    }

    /// Remembers what was seen, asks for what is not in step, and makes all of it durable.
    async fn finish(
        mut self,
        mut ticket: Ticket,
        case: Option<Case>,
        snapshot: &TicketSnapshot,
        comments: &[Comment],
        read: &CommentsRead,
    ) -> Result<()> {
        if ticket.pushed_status == Some(snapshot.status) {
            ticket.pushed_status = None;
        }
        if ticket.pushed_priority == snapshot.priority {
            ticket.pushed_priority = None;
        }
        ticket.status = snapshot.status;
        ticket.priority = snapshot.priority;
        ticket.subject.clone_from(&snapshot.subject);
        ticket.url.clone_from(&snapshot.url);
        ticket.remote_updated_at = snapshot.updated_at;
        ticket.comments_read =
            i32::try_from(read.count).unwrap_or(i32::MAX).saturating_add(i32::try_from(comments.len()).unwrap_or(i32::MAX));
        if let Some(last) = comments.last() {
            ticket.last_comment = Some(last.number.clone());
        }
        self.tx.save_ticket(&ticket).await?;
        if let Some(case) = &case {
            effects::sync_ticket(&mut self.tx, &self.terms, case, &mut ticket).await?;
        }
        Ok(self.tx.commit().await?)
    }
}

const fn author_is_buyer(step: &CaseMove) -> bool {
    matches!(step, CaseMove::Write(Party::Buyer))
}

/// Asks for a ticket to be read again, in its turn: the periodic reconcile found that it changed. All of it is read, as
/// what changed may be an old comment: Freshdesk tells of no redaction, and Zendesk's word of one may have been lost.
pub async fn nudge(cx: &Cx, marketplace: MarketplaceId, connected: &Connected, changes: &Changes) -> Result<(), Error> {
    let tx = cx.store.begin(marketplace).await?;
    let moved = changes.tickets.iter().map(|number| (number, NudgeKind::CommentsRewritten));
    let rated = changes.rated.iter().map(|number| (number, NudgeKind::TicketRated));
    for (number, kind) in moved.chain(rated) {
        tx.nudge(connected.id, lane(connected.id, number), number, NewDelivery::encode(kind)).await?;
    }
    tx.reconciled(connected.id, changes.cursor.clone()).await?;
    tx.commit().await?;
    cx.store.live().inbox_grew();
    Ok(())
}
