//! Comments to messages: filed once, recognised when they are ours, rewritten when the helpdesk rewrote them.

use super::Desk;
use crate::domain::attachments::Attachment;
use crate::domain::cases::{Case, CaseMove, SellerPresence};
use crate::domain::parties::{Audience, Party, Who};
use crate::domain::threads::{Member, Message, MessageDelivery, NewMessage, Origin};
use crate::domain::tickets::TicketNumber;
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::{AuthorSide, Comment, TicketSnapshot, Trust, Visibility, without_speaker};
use crate::workflow::attachments::remote;
use crate::workflow::masking::for_buyer;
use crate::workflow::threads::{buyer_thread, say};
use crate::workflow::{Result, triage};

impl Desk<'_> {
    /// Whether these may be words of ours: our own user's, a seller's whom we gave a user, or somebody's in copy.
    pub(super) fn may_be_ours(&self, snapshot: &TicketSnapshot, comment: &Comment) -> bool {
        match comment.author.side {
            AuthorSide::Seller(_) => true,
            AuthorSide::EndUser => comment.author.id != snapshot.requester.id,
            AuthorSide::Staff | AuthorSide::System => comment.author.id == self.account,
        }
    }

    /// Words of ours of which nobody knew whether they had arrived: here they are, so no person needs to look.
    pub(super) async fn adopt(&mut self, case: &Case, comment: &Comment) -> Result<bool> {
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let who = self.helpdesk();
        let thread = buyer_thread(&mut self.tx, &who, case).await?;
        let uncertain = self.tx.uncertain_messages(thread.id).await?;
        let mut arrived = None;
        for message in uncertain {
            // As they went out; and as they were written, should the rule have changed since.
            let sent = [for_buyer(&self.tx, &message).await?, message.text.clone()];
            if sent.iter().any(|text| folded(&comment.text).contains(&folded(text))) {
                arrived = Some(message);
                break;
            }
        }
        let Some(message) = arrived else { return Ok(false) };
        self.tx.set_delivery(message.id, MessageDelivery::Delivered, Some((self.connected.id, &comment.number))).await?;
        self.tx.close_parked(message.id).await?;
        let event = EventKind::MessageDelivered { thread: message.thread, message: message.id };
        self.tx.record(case.id, &who, NewEvent::in_thread(event, message.thread, message.number, message.audience));
        Ok(true)
    }

    /// Our own internal notes are copies of what we have; there is nothing to file.
    pub(super) fn is_own_note(&self, comment: &Comment) -> bool {
        comment.visibility == Visibility::Internal && comment.author.id == self.account
    }

    /// Files one comment as a message.
    pub(super) async fn file(&mut self, case: &mut Case, snapshot: &TicketSnapshot, comment: &Comment) -> Result<()> {
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
        let mut thread = buyer_thread(&mut self.tx, &who, case).await?;
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
            origin: Origin::Person,
            copied_from: None,
            delivery: MessageDelivery::None,
            comment: Some((self.connected.id, comment.number.clone())),
            idempotency_key: None,
            sent_at: comment.created_at,
        };
        let message = say(&mut self.tx, &who, std::slice::from_ref(case), &mut thread, new).await?;
        let source = remote::Source { connection: self.connected.id, ticket: &snapshot.number, comment: &comment.number };
        remote::file(&mut self.tx, case.id, message.id, source, &comment.files, 0).await?;
        // The requester writes in public only: made private since, the words still wait for an answer.
        let made_private = comment.author.id == snapshot.requester.id && comment.trust != Trust::Flagged;
        if !hidden || made_private {
            self.make(case, &CaseMove::Write(author), &who).await?;
        }
        if author == Party::Buyer
            && let Some(priority) = triage::raised(&self.terms.house, case.priority, &comment.text)
        {
            self.make(case, &CaseMove::Prioritize(priority), &Who::System).await?;
        }
        Ok(())
    }

    pub(super) async fn seller_presence(&self, case: &Case, thread: crate::domain::ids::ThreadId) -> Result<SellerPresence> {
        let participants = self.tx.participants(thread).await?;
        let present = case.seller.is_some_and(|seller| participants.iter().any(|participant| participant.member == Member::Seller(seller)));
        Ok(if present { SellerPresence::Present } else { SellerPresence::Absent })
    }

    /// Replaces what was redacted or made private in the helpdesk.
    pub(super) async fn rewrite(&mut self, ticket: &TicketNumber, comments: &[Comment]) -> Result<()> {
        let numbers: Vec<_> = comments.iter().map(|comment| &comment.number).collect();
        let filed = self.tx.messages_of_comments(self.connected.id, &numbers).await?;
        let ids: Vec<_> = filed.values().map(|message| message.id).collect();
        let attached = self.tx.attachments_of_messages(&ids).await?;
        for comment in comments {
            let Some(message) = filed.get(&comment.number) else { continue };
            self.rewrite_files(ticket, message, attached.get(&message.id).map_or(&[][..], Vec::as_slice), comment).await?;
            let Some((text, audience)) = rewritten(message, comment) else { continue };
            // Ours was sent as plain text, and its markup there begins with the speaker's name.
            let html = comment.html.as_deref().filter(|_| message.delivery == MessageDelivery::None).map(clean);
            // The same words may stand in other cases, where this one was split.
            for copy in std::iter::once(message.clone()).chain(self.tx.copies_of(message.id).await?) {
                let shown = Audience::from_bits(audience.bits() & copy.audience.bits());
                self.tx.redact(copy.id, text.clone(), html.clone(), shown, self.now).await?;
                self.tell_redacted(&copy).await?;
            }
        }
        Ok(())
    }

    /// For the audience of before: whoever saw the words must hear that they are gone.
    async fn tell_redacted(&mut self, message: &Message) -> Result<()> {
        for case in self.tx.cases_of_thread(message.thread).await? {
            let event = EventKind::MessageRedacted { thread: message.thread, message: message.id };
            self.tx.record(case, &self.helpdesk(), NewEvent::in_thread(event, message.thread, message.number, message.audience));
        }
        Ok(())
    }
}

impl Desk<'_> {
    /// Follows what became of the files of a message.
    async fn rewrite_files(&mut self, ticket: &TicketNumber, message: &Message, known: &[Attachment], comment: &Comment) -> Result<()> {
        let Some(case) = self.newest else { return Ok(()) };
        let who = self.helpdesk();
        let (changes, new) = remote::compare(message, known, &comment.files);
        for (attachment, from, to) in changes {
            if self.tx.set_attachment_state(attachment, from, to).await? {
                remote::tell(&mut self.tx, &who, &[case], message, attachment, to);
                self.withdrew = true;
            }
        }
        let source = remote::Source { connection: self.connected.id, ticket, comment: &comment.number };
        remote::file(&mut self.tx, case, message.id, source, &new, known.len()).await
    }
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
    let said = if ours { without_speaker(&comment.text) } else { &comment.text };
    let changed = said != message.text && (!ours || redacted);
    (changed || audience != message.audience).then(|| (if changed { said } else { &message.text }.to_owned(), audience))
}

/// The comment's markup as harmless HTML. Pictures go: their addresses carry tokens that open the helpdesk.
fn clean(html: &str) -> String {
    ammonia::Builder::default().rm_tags(["img"]).clean(html).to_string()
}
