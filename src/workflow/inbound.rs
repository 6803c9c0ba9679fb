//! What the helpdesk did: a ticket is read again, and our side of it brought up to date.
//!
//! The webhook was only a nudge. Whatever was sent twice, late or out of order, what counts is what the ticket says now
//! and which of its comments we have already.

use chrono::{DateTime, Utc};

use super::connections::Connected;
use super::threads::{buyer_thread, open_buyer_thread, say};
use super::{Cx, Error, Result, cases, effects};
use crate::domain::cases::{Case, CaseMove, CaseStatus, Opening, SellerPresence};
use crate::domain::charter::Charter;
use crate::domain::effects::Effect;
use crate::domain::ids::{CaseId, MarketplaceId, OrderId, SellerId, TicketId};
use crate::domain::orders::OrderPattern;
use crate::domain::parties::{Audience, Party, Who};
use crate::domain::threads::{Member, Message, MessageDelivery, NewMessage};
use crate::domain::tickets::{Priority, Ticket, TicketNumber, TicketPresence, TicketStatus};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::{AuthorSide, Comment, CommentsRead, HelpdeskError, NudgeKind, OutboundCommand, TicketSnapshot, Trust, Visibility};
use crate::store::{NewDelivery, Tx, lane};

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
    let read = match (&known, nudge) {
        (None, _) | (_, NudgeKind::CommentsRewritten) => CommentsRead::default(),
        (Some(ticket), _) => CommentsRead { count: ticket.comments_read.unsigned_abs(), last: ticket.last_comment.clone() },
    };
    let comments = connected.helpdesk.comments(number, &read).await?;
    let account = connected.account().await?.user.clone();
    let charter = cx.marketplace(connected.marketplace).await?.charter;

    let tx = cx.store.begin(connected.marketplace).await?;
    let mut desk = Desk { tx, connected, charter, account, newest: None, now: cx.now(), news: News::None };
    let Some((mut ticket, mut open)) = desk.take_up(known.as_ref(), &snapshot, &comments, read.count).await? else {
        return Ok(Outcome::NotYet);
    };
    if *nudge == NudgeKind::CommentsRewritten {
        desk.rewrite(&comments).await?;
    }
    desk.follow_presence(&mut ticket, &mut open, &snapshot, nudge).await?;
    if ticket.presence == TicketPresence::Active
        && let Some(case) = &mut open
    {
        desk.follow_order(case, &snapshot).await?;
        desk.follow_properties(&mut ticket, case, &snapshot).await?;
    }
    desk.finish(ticket, open, &snapshot, &comments, &read).await?;
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
    let charter = cx.marketplace(connected.marketplace).await?.charter;
    let tx = cx.store.begin(connected.marketplace).await?;
    let cases = tx.lock_cases_of_ticket(known.id).await?;
    let Some(mut ticket) = tx.lock_ticket(connected.id, number).await? else { return Ok(Outcome::NotYet) };
    let newest = cases.last().map(|case| case.id);
    let mut case = newest_open(cases);
    let mut desk = Desk { tx, connected, charter, account: String::new(), newest, now: cx.now(), news: News::None };
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
    charter: Charter,
    account: String,
    /// The newest case that the ticket tells, closed or not.
    newest: Option<CaseId>,
    now: DateTime<Utc>,
    news: News,
}

/// Whether this look found something that gives us a say in the ticket's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    /// Nothing: what an agent set in the helpdesk stays as it is.
    None,
    /// The buyer wrote, which makes a helpdesk reopen the ticket, or the case moved.
    Some,
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

    /// Whether these may be words of ours: our own user's, a seller's whom we gave a user, or somebody's in copy.
    fn may_be_ours(&self, snapshot: &TicketSnapshot, comment: &Comment) -> bool {
        match comment.author.side {
            AuthorSide::Seller(_) => true,
            AuthorSide::EndUser => comment.author.id != snapshot.requester.id,
            AuthorSide::Staff | AuthorSide::System => comment.author.id == self.account,
        }
    }

    /// Words of ours of which nobody knew whether they had arrived: here they are, so no person needs to look.
    async fn adopt(&mut self, case: &Case, comment: &Comment) -> Result<bool> {
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let who = self.helpdesk();
        let thread = buyer_thread(&mut self.tx, &who, case).await?;
        let uncertain = self.tx.uncertain_messages(thread.id).await?;
        let Some(message) = uncertain.into_iter().find(|message| folded(&comment.text).contains(&folded(&message.text))) else {
            return Ok(false);
        };
        self.tx.set_delivery(message.id, MessageDelivery::Delivered, Some((self.connected.id, &comment.number))).await?;
        self.tx.close_parked(message.id).await?;
        let event = EventKind::MessageDelivered { thread: message.thread, message: message.id };
        self.tx.record(case.id, &who, NewEvent::in_thread(event, message.thread, message.number, message.audience));
        Ok(true)
    }

    /// Whether a ticket that we see for the first time may be one that we are just opening: its first webhook can be
    /// faster than the answer to us.
    async fn may_be_our_opening(&self, snapshot: &TicketSnapshot) -> Result<bool> {
        let Some(email) = &snapshot.requester.email else { return Ok(false) };
        for delivery in self.tx.openings_in_flight(self.connected.id).await? {
            if let OutboundCommand::OpenTicket(new) = delivery.command()?
                && new.requester_email.eq_ignore_ascii_case(email)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Our own internal notes are copies of what we have; there is nothing to file.
    fn is_own_note(&self, comment: &Comment) -> bool {
        comment.visibility == Visibility::Internal && comment.author.id == self.account
    }

    async fn new_ticket(&mut self, snapshot: &TicketSnapshot) -> Result<Ticket> {
        let ticket = Ticket {
            id: TicketId::generate(),
            connection: self.connected.id,
            number: snapshot.number.clone(),
            url: snapshot.url.clone(),
            subject: snapshot.subject.clone(),
            // As every ticket begins: what an agent made of it before we looked counts as a change.
            status: TicketStatus::New,
            priority: snapshot.priority,
            presence: TicketPresence::Active,
            pushed_status: None,
            pushed_priority: None,
            remote_updated_at: snapshot.updated_at,
            comments_read: 0,
            last_comment: None,
        };
        self.tx.insert_ticket(&ticket).await?;
        Ok(ticket)
    }

    async fn open_case(&mut self, ticket: &Ticket, snapshot: &TicketSnapshot, comments: &[Comment]) -> Result<Case> {
        let words = comments.iter().filter(|comment| comment.author.id == snapshot.requester.id).map(|comment| comment.text.clone());
        let order = self.find_order(snapshot, words.collect()).await?;
        let requester = &snapshot.requester;
        let buyer = self.tx.buyer_of(Some((self.connected.id, &requester.id)), &requester.name, requester.email.as_deref()).await?;
        let opening = Opening {
            reference: self.tx.next_reference().await?,
            subject: snapshot.subject.clone(),
            priority: snapshot.priority.unwrap_or(Priority::Normal),
            buyer: buyer.id,
            order,
        };
        let case = Case::open(opening, &self.charter, self.now);
        self.tx.insert_case(&case, None).await?;
        self.newest = Some(case.id);
        self.tx.link_ticket(case.id, ticket.id).await?;
        let who = self.helpdesk();
        // The ticket is brought in step at the end, when everything is known.
        self.news = News::Some;
        let mut opening = case.opening();
        opening.effects.retain(|effect| *effect != Effect::SyncTicket);
        effects::announce(&mut self.tx, &self.charter, &who, &opening).await?;
        self.tx.record(case.id, &who, NewEvent::for_operator(EventKind::TicketLinked { ticket: ticket.id }));
        open_buyer_thread(&mut self.tx, &who, &case).await?;
        Ok(case)
    }

    /// The order that the ticket names: in the configured field, or in subject or words. Words are the buyer's own, so
    /// an order that was placed with another address is not taken from them.
    async fn find_order(&mut self, snapshot: &TicketSnapshot, words: Vec<String>) -> Result<Option<(OrderId, SellerId)>> {
        let field = self.connected.settings.order_field.as_ref().and_then(|field| snapshot.fields.get(field));
        if let Some(reference) = field.map(|reference| reference.trim().to_owned()) {
            let found = self.tx.order_sellers(std::slice::from_ref(&reference)).await?;
            if let Some(order) = found.get(&reference) {
                return Ok(Some(*order));
            }
        }
        let pattern = self.charter.order_pattern.clone().unwrap_or_else(OrderPattern::usual);
        let text = std::iter::once(snapshot.subject.clone()).chain(words).collect::<Vec<_>>().join("\n");
        let candidates = pattern.candidates(&text);
        if candidates.is_empty() {
            return Ok(None);
        }
        let found = self.tx.orders_for_buyer(&candidates, snapshot.requester.email.as_deref()).await?;
        Ok(candidates.iter().find_map(|candidate| found.get(candidate).copied()))
    }

    /// Files one comment as a message.
    async fn file(&mut self, case: &mut Case, snapshot: &TicketSnapshot, comment: &Comment) -> Result<()> {
        let author = match comment.author.side {
            AuthorSide::EndUser => Party::Buyer,
            AuthorSide::Seller(_) => Party::Seller,
            AuthorSide::Staff | AuthorSide::System => Party::Operator,
        };
        let who = match comment.author.side {
            AuthorSide::EndUser => Who::Buyer { buyer: case.buyer },
            AuthorSide::Staff => Who::Agent { connection: self.connected.id, name: comment.author.name.clone() },
            AuthorSide::Seller(_) | AuthorSide::System => self.helpdesk(),
        };
        let thread = buyer_thread(&mut self.tx, &who, case).await?;
        // An internal note is the operator's alone, and so are words whose author the helpdesk itself doubts.
        let hidden =
            comment.visibility == Visibility::Internal || comment.trust == Trust::Flagged || comment.author.side == AuthorSide::System;
        let audience = match author {
            _ if hidden => Audience::OPERATOR,
            Party::Operator => case.agent_comment_audience(self.seller_presence(case, thread.id).await?),
            Party::Buyer | Party::Seller => Audience::ALL,
        };
        let own_name = comment.author.id == snapshot.requester.id && comment.author.name.is_empty();
        let new = NewMessage {
            author,
            author_name: if own_name { snapshot.requester.name.clone() } else { comment.author.name.clone() },
            text: comment.text.clone(),
            html: comment.html.as_deref().map(clean),
            audience,
            channel: comment.channel,
            delivery: MessageDelivery::None,
            comment: Some((self.connected.id, comment.number.clone())),
            idempotency_key: None,
            sent_at: comment.created_at,
        };
        say(&mut self.tx, &who, &[case.id], thread.id, new).await?;
        if !hidden {
            self.make(case, &CaseMove::Write(author), &who).await?;
        }
        Ok(())
    }

    async fn seller_presence(&self, case: &Case, thread: crate::domain::ids::ThreadId) -> Result<SellerPresence> {
        let participants = self.tx.participants(thread).await?;
        let present = case.seller.is_some_and(|seller| participants.iter().any(|participant| participant.member == Member::Seller(seller)));
        Ok(if present { SellerPresence::Present } else { SellerPresence::Absent })
    }

    async fn make(&mut self, case: &mut Case, step: &CaseMove, who: &Who) -> Result<()> {
        let mut moved = case.apply(step, &self.charter, self.now)?;
        if author_is_buyer(step) || moved.effects.contains(&Effect::SyncTicket) {
            self.news = News::Some;
        }
        // Once, at the end, against what the ticket says now.
        moved.effects.retain(|effect| *effect != Effect::SyncTicket);
        effects::record(&mut self.tx, &self.charter, who, &moved).await?;
        *case = moved.case;
        Ok(())
    }

    /// Replaces what was redacted or made private in the helpdesk.
    async fn rewrite(&mut self, comments: &[Comment]) -> Result<()> {
        let numbers: Vec<_> = comments.iter().map(|comment| &comment.number).collect();
        let filed = self.tx.messages_of_comments(self.connected.id, &numbers).await?;
        for comment in comments {
            let Some(message) = filed.get(&comment.number) else { continue };
            let Some((text, audience)) = rewritten(message, comment) else { continue };
            self.tx.redact(message.id, text, comment.html.as_deref().map(clean), audience, self.now).await?;
            if let Some(case) = self.newest {
                let event = EventKind::MessageRedacted { thread: message.thread, message: message.id };
                // For the audience of before: whoever saw the words must hear that they are gone.
                self.tx.record(case, &self.helpdesk(), NewEvent::in_thread(event, message.thread, message.number, message.audience));
            }
        }
        Ok(())
    }

    /// Follows the ticket into another one, into the bin, or back.
    async fn follow_presence(
        &mut self,
        ticket: &mut Ticket,
        case: &mut Option<Case>,
        snapshot: &TicketSnapshot,
        nudge: &NudgeKind,
    ) -> Result<()> {
        let now = match (&snapshot.presence, nudge) {
            (TicketPresence::Merged { into: None }, NudgeKind::TicketMerged { into }) => TicketPresence::Merged { into: into.clone() },
            (presence, _) => presence.clone(),
        };
        let same_kind = std::mem::discriminant(&now) == std::mem::discriminant(&ticket.presence);
        match (&ticket.presence, &now) {
            // Where to is told by one event of several, and not always by the first that we read.
            (TicketPresence::Merged { into: None }, TicketPresence::Merged { into: Some(_) }) => self.leave(ticket, case, now).await?,
            _ if same_kind => {}
            (_, TicketPresence::Active) => {
                ticket.presence = TicketPresence::Active;
                if let Some(case) = case {
                    self.tx.record(case.id, &self.helpdesk(), NewEvent::for_operator(EventKind::TicketRestored { ticket: ticket.id }));
                    let over = matches!(snapshot.status, TicketStatus::Solved | TicketStatus::Closed);
                    if case.status == CaseStatus::Resolved && !over {
                        self.make(case, &CaseMove::Reopen, &self.helpdesk()).await?;
                    }
                }
            }
            _ => self.leave(ticket, case, now).await?,
        }
        Ok(())
    }

    /// The ticket went away. Its case is over with a merge, as the talk goes on elsewhere; bin and spam only settle it,
    /// as both can be undone.
    async fn leave(&mut self, ticket: &mut Ticket, case: &mut Option<Case>, presence: TicketPresence) -> Result<()> {
        let (event, step) = match &presence {
            TicketPresence::Merged { into } => (EventKind::TicketMerged { ticket: ticket.id, into: into.clone() }, CaseMove::Close),
            TicketPresence::Spam => (EventKind::TicketMarkedSpam { ticket: ticket.id }, CaseMove::Resolve),
            TicketPresence::Deleted => (EventKind::TicketDeleted { ticket: ticket.id }, CaseMove::Resolve),
            TicketPresence::Active => return Ok(()),
        };
        if ticket.presence == presence {
            return Ok(());
        }
        if let TicketPresence::Merged { into: Some(target) } = &presence {
            let nudge = NewDelivery::encode(NudgeKind::TicketChanged);
            self.tx.nudge(ticket.connection, lane(ticket.connection, target), target, nudge).await?;
        }
        ticket.presence = presence;
        if let Some(case) = self.newest {
            self.tx.record(case, &self.helpdesk(), NewEvent::for_operator(event));
        }
        if let Some(case) = case {
            if step == CaseMove::Close || case.status.turn().is_some() {
                self.make(case, &step, &self.helpdesk()).await?;
            }
        }
        Ok(())
    }

    /// An order that could not be found before may be named or known by now.
    async fn follow_order(&mut self, case: &mut Case, snapshot: &TicketSnapshot) -> Result<()> {
        if case.order.is_some() {
            return Ok(());
        }
        let words = self.tx.words_of_buyer(case.id).await?;
        if let Some((order, seller)) = self.find_order(snapshot, words).await? {
            let who = self.helpdesk();
            *case = cases::attach(&mut self.tx, &self.charter, &who, case, order, seller, self.now).await?;
        }
        Ok(())
    }

    /// State and priority, when somebody changed them in the helpdesk and the charter lets them count.
    async fn follow_properties(&mut self, ticket: &mut Ticket, case: &mut Case, snapshot: &TicketSnapshot) -> Result<()> {
        let status_changed = ticket.status != snapshot.status && ticket.pushed_status != Some(snapshot.status);
        let priority_changed = ticket.priority != snapshot.priority && ticket.pushed_priority != snapshot.priority;
        if status_changed {
            ticket.pushed_status = None;
        }
        if priority_changed {
            ticket.pushed_priority = None;
        }
        if !self.charter.ticket_sync.reads() {
            return Ok(());
        }
        let who = self.helpdesk();
        // One state may take two moves: what is set from solved to pending is taken up again and waits for the buyer.
        while status_changed && let Some(step) = case.move_of_ticket(snapshot.status) {
            self.make(case, &step, &who).await?;
        }
        if status_changed && self.news == News::None {
            // An agent chose a state that means nothing to the case. It stands until the case moves.
            ticket.pushed_status = Some(case.status.as_ticket_status());
        }
        if let Some(priority) =
            snapshot.priority.filter(|priority| priority_changed && *priority != case.priority && case.status != CaseStatus::Closed)
        {
            self.make(case, &CaseMove::Prioritize(priority), &who).await?;
        }
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
            effects::sync_ticket(&mut self.tx, &self.charter, case, &mut ticket).await?;
        }
        Ok(self.tx.commit().await?)
    }
}

const fn author_is_buyer(step: &CaseMove) -> bool {
    matches!(step, CaseMove::Write(Party::Buyer))
}

/// The character that a helpdesk puts in the place of redacted text.
const REDACTED: char = '▇';

/// What a comment says now and who may see it, when that differs from the message. Words of ours carry an attribution
/// in the helpdesk, so of them only a redaction counts as a difference.
fn rewritten(message: &Message, comment: &Comment) -> Option<(String, Audience)> {
    let audience = match comment.visibility {
        Visibility::Internal => Audience::OPERATOR,
        Visibility::Public => message.audience,
    };
    let ours = message.delivery != MessageDelivery::None;
    let redacted = comment.text.contains(REDACTED) && !message.text.contains(REDACTED);
    let changed = comment.text != message.text && (!ours || redacted);
    (changed || audience != message.audience).then(|| (if changed { comment.text.clone() } else { message.text.clone() }, audience))
}

/// The comment's markup as harmless HTML. Pictures go: their addresses carry tokens that open the helpdesk.
fn clean(html: &str) -> String {
    ammonia::Builder::default().rm_tags(["img"]).clean(html).to_string()
}

/// Asks for a ticket to be read again, in its turn: the periodic reconcile found that it changed. All of it is read, as
/// what changed may be an old comment: Freshdesk tells of no redaction, and Zendesk's word of one may have been lost.
pub async fn nudge(
    cx: &Cx,
    marketplace: MarketplaceId,
    connected: &Connected,
    tickets: &[TicketNumber],
    cursor: Option<String>,
) -> Result<(), Error> {
    let tx = cx.store.begin(marketplace).await?;
    for number in tickets {
        tx.nudge(connected.id, lane(connected.id, number), number, NewDelivery::encode(NudgeKind::CommentsRewritten)).await?;
    }
    tx.reconciled(connected.id, cursor).await?;
    tx.commit().await?;
    cx.store.live().inbox_grew();
    Ok(())
}
