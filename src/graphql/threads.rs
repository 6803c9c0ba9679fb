//! Threads, participants and messages.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::attachments::AttachmentObject;
use super::cases::CaseObject;
use super::charter_enums::MessageOrigin;
use super::enums::{Channel, History, MessageDelivery, Party, Right, ThreadKind};
use super::errors::{Result, UserError, split};
use super::masking::{self, HiddenDetail};
use super::orders::SellerObject;
use super::paging::{PageOf, Paging, connection, foreign_cursor};
use super::sentiment::MessageSentiment;
use super::session::session;
use crate::domain::ids::{AttachmentId, BuyerId, CaseId, MessageId, ParticipantId, ThreadId};
use crate::domain::orders::Buyer;
use crate::domain::parties::View;
use crate::domain::threads::{Member, Message, Participant, Thread};
use crate::policy;
use crate::workflow::threads::{self, Admission, MessageRequest, ThreadRequest};

/// A thread.
pub(super) struct ThreadObject(pub(super) Thread);

#[Object(name = "Thread")]
/// A conversation between some of the three sides. Who does not take part cannot tell that it exists.
impl ThreadObject {
    /// The global id.
    pub(super) async fn id(&self) -> ThreadId {
        self.0.id
    }

    /// Who it is between.
    async fn kind(&self) -> ThreadKind {
        self.0.kind.into()
    }

    /// What it is about; null when that is simply the case.
    async fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// The cases that it covers and that the viewer knows; more than one only between operator and seller.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn cases(&self, ctx: &Context<'_>) -> Result<Vec<CaseObject>> {
        let loaders = session(ctx)?.loaders();
        let ids = loaders.cases_of(self.0.id).await?;
        let found = futures_util::future::try_join_all(ids.into_iter().map(|id| loaders.case(id))).await?;
        Ok(found.into_iter().flatten().map(CaseObject).collect())
    }

    /// Who takes part, in the order in which they came in.
    async fn participants(&self, ctx: &Context<'_>) -> Result<Vec<ParticipantObject>> {
        let participants = session(ctx)?.loaders().participants_of(self.0.id).await?;
        Ok(participants.into_iter().map(ParticipantObject).collect())
    }

    /// What was said and the viewer may see, the oldest first.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before, or the `id` of a message.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after, or the `id` of a message.")] before: Option<String>,
    ) -> Result<PageOf<MessageObject>> {
        let request = Paging { first, after, last, before }.request()?;
        let loaders = session(ctx)?.loaders();
        if let Some(from) = request.from {
            let message = loaders.message(from).await?;
            message.filter(|message| message.thread == self.0.id).ok_or_else(foreign_cursor)?;
        }
        let page = loaders.messages_of(self.0.id, request).await?;
        Ok(connection(page, |message| message.id, MessageObject))
    }

    /// How many messages the viewer's side has not read, counted up to 100: 100 means 100 or more. Zero for viewers who do
    /// not take part themselves.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<i64> {
        session(ctx)?.loaders().unread_in(self.0.id).await
    }

    /// Whether the viewer may write in it now.
    async fn viewer_can_post(&self, ctx: &Context<'_>) -> Result<bool> {
        let session = session(ctx)?;
        let participants = session.loaders().participants_of(self.0.id).await?;
        Ok(policy::may_post(&session.actor().who, &self.0, &participants).is_ok())
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }
}

/// A participant.
pub(super) struct ParticipantObject(pub(super) Participant);

#[Object(name = "Participant")]
/// Somebody's place in a thread.
impl ParticipantObject {
    /// The global id.
    pub(super) async fn id(&self) -> ParticipantId {
        self.0.id
    }

    /// Which side it is.
    async fn party(&self) -> Party {
        self.0.member.party().into()
    }

    /// What they may do.
    async fn right(&self) -> Right {
        self.0.right.into()
    }

    /// The seller, where the participant is one.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let Member::Seller(seller) = self.0.member else { return None };
        let load = async { session(ctx)?.loaders().seller(seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// How far they have read: the last message up to there that the viewer sees. Null when there is none. Of the operator's
    /// people it says that one of them has.
    async fn read_up_to(&self, ctx: &Context<'_>) -> Option<Result<MessageObject>> {
        let load = async { session(ctx)?.loaders().read_up_to(self.0.thread, self.0.read_up_to).await };
        load.await.map(|found| found.map(MessageObject)).transpose()
    }

    /// When they came in.
    async fn joined_at(&self) -> DateTime<Utc> {
        self.0.joined_at
    }
}

/// A message.
pub(super) struct MessageObject(pub(super) Message);

#[Object(name = "Message")]
/// What somebody said in a thread.
impl MessageObject {
    /// The global id; also a cursor of the thread's messages.
    pub(super) async fn id(&self) -> MessageId {
        self.0.id
    }

    /// Where it was said.
    async fn thread(&self, ctx: &Context<'_>) -> Option<Result<ThreadObject>> {
        let load = async { session(ctx)?.loaders().thread(self.0.thread).await };
        load.await.map(|found| found.map(ThreadObject)).transpose()
    }

    /// Which side wrote it.
    async fn author(&self) -> Party {
        self.0.author.into()
    }

    /// The author's name as this viewer may know it; null when nothing is known. People of another side show as first
    /// name and initial.
    async fn author_name(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        if self.0.author_name.is_empty() {
            return None;
        }
        let session = match session(ctx) {
            Ok(session) => session,
            Err(error) => return Some(Err(error)),
        };
        let shop = self.0.author == crate::domain::parties::Party::Seller;
        if shop || session.scope().view == View::Whole {
            return Some(Ok(self.0.author_name.clone()));
        }
        Some(Ok(Buyer { id: BuyerId::generate(), name: self.0.author_name.clone(), email: None }.alias()))
    }

    /// The text, without markup. Contact details in it are masked between buyer and seller, if the marketplace wants that;
    /// the operator reads what was written.
    async fn text(&self, ctx: &Context<'_>) -> Result<String> {
        masking::words(ctx, self.0.author, &self.0.text).await
    }

    /// The same with its markup, cleaned of everything that could harm; null for plain text. Pictures are left out.
    async fn html(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        Some(masking::markup(ctx, self.0.author, self.0.html.as_deref()?).await)
    }

    /// How it sounds, told from its words in French or English. Sorts and raises; far from good enough to refuse anybody
    /// anything. Null for viewers other than the operator.
    async fn sentiment(&self, ctx: &Context<'_>) -> Option<Result<MessageSentiment>> {
        MessageSentiment::of(ctx, &self.0.text)
    }

    /// The files that go with it, in the order in which they were attached; pictures inside the text are among them.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<AttachmentObject>> {
        // A copy has the files of what it is a copy of.
        let found = session(ctx)?.loaders().attachments_of(self.0.copied_from.unwrap_or(self.0.id)).await?;
        Ok(found.into_iter().map(AttachmentObject).collect())
    }

    /// The way it came.
    async fn channel(&self) -> Channel {
        self.0.channel.into()
    }

    /// Who is behind it: a person, or a rule. What a rule says is no answer.
    async fn origin(&self) -> MessageOrigin {
        self.0.origin.into()
    }

    /// Where it stands on its way into the helpdesk.
    async fn delivery(&self) -> MessageDelivery {
        self.0.delivery.into()
    }

    /// Which sides may see it, if they take part in the thread; null for viewers other than the operator.
    async fn audience(&self, ctx: &Context<'_>) -> Option<Result<Vec<Party>>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) if session.scope().view == View::Whole => Some(Ok(self.0.audience.parties().map(Party::from).collect())),
            Ok(_) => None,
        }
    }

    /// When parts of it were removed in the helpdesk; null when nothing was.
    async fn redacted_at(&self) -> Option<DateTime<Utc>> {
        self.0.redacted_at
    }

    /// When it was written.
    async fn sent_at(&self) -> DateTime<Utc> {
        self.0.sent_at
    }
}

/// A thread to open.
#[derive(InputObject)]
pub(super) struct ThreadOpenInput {
    /// The cases that it covers: one; between operator and seller up to 100 of the same seller.
    case_ids: Vec<CaseId>,
    /// Who it is between. Sellers can open `OPERATOR_SELLER` only.
    kind: ThreadKind,
    /// What it is about, at most 300 characters; null when that is simply the case.
    subject: Option<String>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct ThreadOpenPayload {
    /// The new thread; null when none was opened.
    thread: Option<ThreadObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// Words to post.
#[derive(InputObject)]
pub(super) struct MessagePostInput {
    /// Where.
    thread_id: ThreadId,
    /// What, as plain text of 1 to 10,000 characters. Markup and helpdesk placeholders in it mean nothing.
    text: String,
    /// Files to go with it: at most 10 that this token sent to `POST /attachments` and that no other message has; null for none.
    attachment_ids: Option<Vec<AttachmentId>>,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key gives the same message.
    idempotency_key: String,
}

/// What came of it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct MessagePostPayload {
    /// The message, from this call or an earlier one with the same key; null when nothing was posted.
    message: Option<MessageObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

#[ComplexObject]
impl MessagePostPayload {
    /// What the other sides do not get to read of it, so that the author can say it otherwise. Nothing went wrong.
    async fn warnings(&self, ctx: &Context<'_>) -> Result<Vec<HiddenDetail>> {
        match &self.message {
            Some(message) => HiddenDetail::of(ctx, &message.0).await,
            None => Ok(Vec::new()),
        }
    }
}

/// A thread that was read.
#[derive(InputObject)]
pub(super) struct ThreadMarkReadInput {
    /// The thread.
    thread_id: ThreadId,
    /// The last message that was read; null for all of them. Reading is never undone.
    up_to_message_id: Option<MessageId>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct ThreadMarkReadPayload {
    /// The thread; null when nothing was done.
    thread: Option<ThreadObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// Somebody to let into a thread.
#[derive(InputObject)]
pub(super) struct ParticipantAddInput {
    /// The thread.
    thread_id: ThreadId,
    /// Which side of the case. A buyer can never be let into a private thread of operator and seller.
    party: Party,
    /// What they may do.
    right: Right,
    /// Whether they see what was said before. Stored, and part of the timeline.
    history: History,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct ParticipantAddPayload {
    /// Their place in the thread; null when nothing was done.
    participant: Option<ParticipantObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct ThreadMutations;

#[Object]
impl ThreadMutations {
    /// Opens a thread on a case, or a private one over several cases of one seller. For sellers and operators.
    async fn thread_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread to open.")] input: ThreadOpenInput,
    ) -> Option<Result<ThreadOpenPayload>> {
        let run = async {
            let session = session(ctx)?;
            let request = ThreadRequest { cases: input.case_ids, kind: input.kind.into(), subject: input.subject };
            let (thread, user_errors) = split(threads::open(session.cx(), session.actor(), request).await)?;
            Ok(ThreadOpenPayload { thread: thread.map(ThreadObject), user_errors })
        };
        Some(run.await)
    }

    /// Says something in a thread. What goes to the buyer is brought to the ticket as a public comment, exactly once as
    /// far as the helpdesk lets it be known; `Message.delivery` follows it. Private talk never becomes public. Safe to
    /// repeat with the same key.
    async fn message_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and what.")] input: MessagePostInput,
    ) -> Option<Result<MessagePostPayload>> {
        let run = async {
            let session = session(ctx)?;
            let request = MessageRequest {
                thread: input.thread_id,
                text: input.text,
                attachments: input.attachment_ids.unwrap_or_default(),
                idempotency_key: input.idempotency_key,
            };
            let (message, user_errors) = split(threads::post(session.cx(), session.actor(), request).await)?;
            Ok(MessagePostPayload { message: message.map(MessageObject), user_errors })
        };
        Some(run.await)
    }

    /// Remembers that the viewer's side has read a thread.
    async fn thread_mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and how far.")] input: ThreadMarkReadInput,
    ) -> Option<Result<ThreadMarkReadPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (thread, user_errors) =
                split(threads::mark_read(session.cx(), session.actor(), input.thread_id, input.up_to_message_id).await)?;
            Ok(ThreadMarkReadPayload { thread: thread.map(ThreadObject), user_errors })
        };
        Some(run.await)
    }

    /// Lets a side of the case into a thread, or changes what it may do there. For operators.
    async fn participant_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, where, and with which right.")] input: ParticipantAddInput,
    ) -> Option<Result<ParticipantAddPayload>> {
        let run = async {
            let session = session(ctx)?;
            let admission =
                Admission { thread: input.thread_id, party: input.party.into(), right: input.right.into(), history: input.history.into() };
            let (participant, user_errors) = split(threads::add_participant(session.cx(), session.actor(), admission).await)?;
            Ok(ParticipantAddPayload { participant: participant.map(ParticipantObject), user_errors })
        };
        Some(run.await)
    }
}
