//! Threads: opened, joined, written in, read.

use super::attachments::{attach, check_attachments, has_attachments};
use super::{Check, Cx, Error, Result, effects, refused};
use crate::domain::cases::{Case, CaseAction, CaseMove, CaseStatus};
use crate::domain::charter::{Charter, Marketplace, PrivateMirror};
use crate::domain::ids::{AttachmentId, CaseId, MessageId, ThreadId};
use crate::domain::parties::{Actor, Audience, Party, Who};
use crate::domain::refusal::Refusal;
use crate::domain::threads::{History, Member, Message, MessageDelivery, NewMessage, Origin, Participant, Right, Thread, ThreadKind};
use crate::domain::tickets::{Channel, Ticket};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::SpeakAs;
use crate::policy::{self, Permission};
use crate::store::{Scene, StoreError, Tx, opening_lane};

/// The longest message, in characters. Both helpdesks take it, escaped and attributed.
pub const TEXT_LIMIT: usize = 10_000;
/// The longest idempotency key, in characters.
pub const KEY_LIMIT: usize = 128;
/// At most this many cases in one private thread.
pub const CASES_LIMIT: usize = 100;
const SUBJECT_LIMIT: usize = 300;

/// A client's key, which means nothing to other clients.
pub(super) fn scoped_key(who: &Who, key: &str) -> String {
    match who {
        Who::Operator { token, .. } | Who::Seller { token, .. } | Who::Vendor { token, .. } => format!("{token}/{key}"),
        Who::Buyer { buyer } => format!("{buyer}/{key}"),
        Who::Mediator { mediator, .. } => format!("{mediator}/{key}"),
        Who::Agent { connection, .. } | Who::Helpdesk { connection } => format!("{connection}/{key}"),
        Who::System => format!("system/{key}"),
    }
}

const fn member(party: Party, case: &Case) -> Option<Member> {
    match (party, case.seller) {
        (Party::Buyer, _) => Some(Member::Buyer(case.buyer)),
        (Party::Seller, Some(seller)) => Some(Member::Seller(seller)),
        (Party::Seller, None) => None,
        (Party::Operator, _) => Some(Member::Operator),
    }
}

fn founders(kind: ThreadKind, case: &Case) -> Vec<(Member, Right)> {
    kind.founders().iter().filter_map(|(party, right)| Some((member(*party, case)?, *right))).collect()
}

/// Opens the thread in which the buyer of a new case talks.
pub(super) async fn open_buyer_thread(tx: &mut Tx, who: &Who, case: &Case) -> Result<Thread> {
    let kind = case.buyer_thread_kind();
    let thread = tx.insert_thread(kind, None, &[case.id], &founders(kind, case)).await?;
    tx.record(case.id, who, NewEvent::in_thread(EventKind::ThreadOpened { thread: thread.id, kind }, thread.id, 1, Audience::ALL));
    Ok(thread)
}

/// The thread in which the buyer of a case talks.
pub(super) async fn buyer_thread(tx: &mut Tx, who: &Who, case: &Case) -> Result<Thread> {
    match tx.thread_of_case(case.id, case.buyer_thread_kind()).await? {
        Some(thread) => Ok(thread),
        None => open_buyer_thread(tx, who, case).await,
    }
}

/// Brings the buyer's thread in line with who talks with the buyer now: its kind, and everybody's place in it.
///
/// Whoever comes in by this sees what was said before, as far as it was meant for their side: the seller needs the
/// buyer's first words. Nobody who could write loses that right.
pub(super) async fn reshape_buyer_thread(tx: &mut Tx, who: &Who, case: &Case) -> Result<()> {
    let Some(thread) = tx.threads_of_case(case.id).await?.into_iter().find(|thread| thread.kind.reaches_buyer()) else {
        return Ok(());
    };
    let participants = tx.participants(thread.id).await?;
    let operator_wrote = tx.has_written(&[thread.id], Party::Operator).await?;
    let kind = match case.buyer_thread_kind() {
        // The operator has talked with the buyer already and is not sent out again.
        ThreadKind::SellerBuyer if operator_wrote => ThreadKind::Tripartite,
        kind => kind,
    };
    if kind != thread.kind {
        tx.set_thread_kind(thread.id, kind).await?;
    }
    for (member, right) in founders(kind, case) {
        match participants.iter().find(|participant| participant.member == member) {
            Some(present) if present.right == right => {}
            Some(present) => tx.save_participant(&Participant { right, ..present.clone() }).await?,
            None => {
                let participant = tx.insert_participant(thread.id, member, right, 1).await?;
                let event = EventKind::ParticipantAdded {
                    thread: thread.id,
                    participant: participant.id,
                    party: member.party(),
                    right,
                    history: History::Shown,
                };
                tx.record(case.id, who, NewEvent::in_thread(event, thread.id, 1, Audience::ALL));
            }
        }
    }
    Ok(())
}

/// Adds a message to a thread and tells it to each of the cases.
pub(super) async fn say(tx: &mut Tx, who: &Who, cases: &[Case], thread: &mut Thread, new: NewMessage) -> Result<Message> {
    let message = tx.add_message(thread, cases, new).await?;
    for case in cases {
        let event = EventKind::MessagePosted { thread: thread.id, message: message.id };
        tx.record(case.id, who, NewEvent::in_thread(event, thread.id, message.number, message.audience));
    }
    Ok(message)
}

/// A thread to open.
#[derive(Debug, Clone)]
pub struct ThreadRequest {
    /// On these cases; several for private talk between operator and seller only.
    pub cases: Vec<CaseId>,
    /// Between whom.
    pub kind: ThreadKind,
    /// What it is about.
    pub subject: Option<String>,
}

/// Opens a thread.
pub async fn open(cx: &Cx, actor: &Actor, request: ThreadRequest) -> Result<Thread> {
    let mut check = Check::default();
    if let Some(subject) = &request.subject {
        check.text(&["subject"], "The subject", subject, SUBJECT_LIMIT);
    }
    if request.cases.is_empty() {
        check.fault(&["caseIds"], Refusal::Invalid { message: "Name at least one case.".into() });
    }
    if request.cases.len() > CASES_LIMIT {
        check.fault(&["caseIds"], Refusal::TooMany { limit: CASES_LIMIT });
    }
    if request.kind != ThreadKind::OperatorSeller && request.cases.len() > 1 {
        check.fault(
            &["caseIds"],
            Refusal::Invalid { message: "Only a private thread of operator and seller can cover several cases.".into() },
        );
    }
    check.done()?;

    let mut tx = cx.store.begin(actor.marketplace).await?;
    let cases = tx.lock_cases(actor.scope(), &request.cases).await?;
    let Some(first) = cases.first() else { return Err(refused(&["caseIds"], Refusal::NotFound { what: "Case" })) };
    if !request.cases.iter().all(|id| cases.iter().any(|case| case.id == *id)) {
        return Err(refused(&["caseIds"], Refusal::NotFound { what: "Case" }));
    }
    policy::require_action(&actor.who, CaseAction::OpenThread, first)?;
    if !policy::may_open_thread(&actor.who, request.kind) {
        return Err(refused(&["kind"], Refusal::NotAllowed));
    }
    if request.kind != ThreadKind::OperatorBuyer && first.seller.is_none() {
        return Err(refused(&["caseIds"], Refusal::NoSeller));
    }
    if cases.iter().any(|case| case.seller != first.seller) {
        return Err(refused(&["caseIds"], Refusal::SellersDiffer));
    }
    if request.kind.reaches_buyer() && tx.thread_of_case(first.id, request.kind).await?.is_some() {
        return Err(refused(&["kind"], Refusal::Invalid { message: "The case has a thread of this kind already.".into() }));
    }

    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    let thread = tx.insert_thread(request.kind, request.subject, &ids, &founders(request.kind, first)).await?;
    for case in &ids {
        let event = EventKind::ThreadOpened { thread: thread.id, kind: thread.kind };
        tx.record(*case, &actor.who, NewEvent::in_thread(event, thread.id, 1, Audience::ALL));
    }
    tx.commit().await?;
    Ok(thread)
}

/// Words to post.
#[derive(Debug, Clone)]
pub struct MessageRequest {
    /// Where.
    pub thread: ThreadId,
    /// What.
    pub text: String,
    /// The files that go with it.
    pub attachments: Vec<AttachmentId>,
    /// The client's key: the second call with it finds the message of the first.
    pub idempotency_key: String,
}

/// Posts a message. What goes to the buyer goes through the case's ticket, after the commit and exactly once.
pub async fn post(cx: &Cx, actor: &Actor, request: MessageRequest) -> Result<Message> {
    match post_once(cx, actor, &request).await {
        // The same call at the same time, on another connection: it won, and is found now.
        Err(Error::Store(StoreError::Conflict { .. })) => post_once(cx, actor, &request).await,
        other => other,
    }
}

async fn post_once(cx: &Cx, actor: &Actor, request: &MessageRequest) -> Result<Message> {
    let mut check = Check::default();
    check.text(&["text"], "The text", &request.text, TEXT_LIMIT);
    check_attachments(&mut check, &request.attachments, cx.depot.per_message);
    check.text(&["idempotencyKey"], "The idempotency key", &request.idempotency_key, KEY_LIMIT);
    check.done()?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let key = scoped_key(&actor.who, &request.idempotency_key);
    let cases = tx.lock_cases_of_thread(actor.scope(), request.thread).await?;
    // Read under the lock: an escalation that was waited for may have changed who may write.
    let scene = tx.scene(actor.scope(), request.thread, cases.first().and_then(|case| case.seller), &key).await?;
    let Scene { marketplace, mut thread, participants, said_before } =
        scene.ok_or_else(|| refused(&["threadId"], Refusal::NotFound { what: "Thread" }))?;
    policy::may_post(&actor.who, &thread, &participants).map_err(|refusal| refused(&["threadId"], refusal))?;
    // The last ticket of a closed case takes no more words, so the buyer would never read them.
    if let Some(case) = cases.iter().find(|case| thread.kind.reaches_buyer() && case.status == CaseStatus::Closed) {
        return Err(refused(&["threadId"], Refusal::NotInThisState { status: case.status }));
    }
    let author = actor.party().ok_or(Refusal::NotAllowed)?;
    if let Some(before) = said_before {
        let same =
            before.thread == thread.id && before.text == request.text && has_attachments(&tx, before.id, &request.attachments).await?;
        return if same { Ok(before) } else { Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently)) };
    }

    let place = policy::place(&actor.who, &participants);
    let words = Words { text: request.text.clone(), attachments: request.attachments.clone(), key: Some(key) };
    let message = speak(&mut tx, &marketplace.charter, actor, &cases, (&mut thread, place), words).await?;
    if thread.kind.reaches_buyer() {
        for case in &cases {
            let terms = tx.terms(&marketplace, case).await?;
            let moved = case.apply(&CaseMove::Write(author), &terms, cx.now())?;
            effects::record(&mut tx, &terms, &actor.who, &moved).await?;
        }
    }
    tx.commit().await?;
    Ok(message)
}

/// What is said, with what goes along.
pub(super) struct Words {
    text: String,
    attachments: Vec<AttachmentId>,
    key: Option<String>,
}

/// Says something in a thread, in the name of who acts, and brings it to the tickets. What it means for the cases is up to
/// the caller.
pub(super) async fn speak(
    tx: &mut Tx,
    charter: &Charter,
    actor: &Actor,
    cases: &[Case],
    (thread, place): (&mut Thread, Option<&Participant>),
    words: Words,
) -> Result<Message> {
    let (author_name, speak_as) = voice(tx, actor).await?;
    let route = route(tx, charter, cases, thread).await?;
    let new = NewMessage {
        author: actor.party().ok_or(Refusal::NotAllowed)?,
        author_name,
        text: words.text,
        html: None,
        audience: Audience::ALL,
        channel: Channel::Api,
        origin: Origin::Person,
        copied_from: None,
        delivery: route.delivery,
        comment: None,
        idempotency_key: words.key,
        sent_at: tx.now(),
    };
    let message = say(tx, &actor.who, cases, thread, new).await?;
    attach(tx, actor, message.id, &words.attachments).await?;
    if let Some(own) = place {
        tx.mark_read(own, message.number).await?;
    }
    route.carry(tx, thread.kind, &message, &speak_as).await?;
    Ok(message)
}

/// Tells the buyer of a case something by a rule, in the marketplace's name. It is no answer: nobody's turn changes.
pub(super) async fn acknowledge(tx: &mut Tx, marketplace: &Marketplace, case: &Case, text: String) -> Result<Message> {
    acknowledge_to(tx, marketplace, case, text, Audience::ALL).await
}

/// The same for some of the sides: what names the buyer is not for the seller.
pub(super) async fn acknowledge_to(
    tx: &mut Tx,
    marketplace: &Marketplace,
    case: &Case,
    text: String,
    audience: Audience,
) -> Result<Message> {
    let mut thread = buyer_thread(tx, &Who::System, case).await?;
    let route = route(tx, &marketplace.charter, std::slice::from_ref(case), &thread).await?;
    let new = NewMessage { audience, ..automatic(tx, marketplace, text, route.delivery) };
    let message = say(tx, &Who::System, std::slice::from_ref(case), &mut thread, new).await?;
    route.carry(tx, thread.kind, &message, &SpeakAs::Operator).await?;
    Ok(message)
}

/// Tells the seller of a matter something by a rule, in private and in the marketplace's name.
pub(super) async fn tell_seller(tx: &mut Tx, marketplace: &Marketplace, case: &Case, text: String) -> Result<()> {
    let kind = ThreadKind::OperatorSeller;
    if case.seller.is_none() {
        return Ok(());
    }
    let mut thread = if let Some(thread) = tx.thread_of_case(case.id, kind).await? {
        thread
    } else {
        let thread = tx.insert_thread(kind, None, &[case.id], &founders(kind, case)).await?;
        let opened = EventKind::ThreadOpened { thread: thread.id, kind };
        tx.record(case.id, &Who::System, NewEvent::in_thread(opened, thread.id, 1, Audience::ALL));
        thread
    };
    let route = route(tx, &marketplace.charter, std::slice::from_ref(case), &thread).await?;
    let new = automatic(tx, marketplace, text, route.delivery);
    let message = say(tx, &Who::System, std::slice::from_ref(case), &mut thread, new).await?;
    route.carry(tx, thread.kind, &message, &SpeakAs::Operator).await
}

/// What is said by a rule.
fn automatic(tx: &Tx, marketplace: &Marketplace, text: String, delivery: MessageDelivery) -> NewMessage {
    NewMessage {
        author: Party::Operator,
        author_name: marketplace.name.clone(),
        text,
        html: None,
        audience: Audience::ALL,
        channel: Channel::Api,
        origin: Origin::Automatic,
        copied_from: None,
        delivery,
        comment: None,
        idempotency_key: None,
        sent_at: tx.now(),
    }
}

/// Says something to the buyer of a case, where the actor may write to the buyer now.
pub(super) async fn tell_buyer(tx: &mut Tx, charter: &Charter, actor: &Actor, case: &Case, text: String) -> Result<Message> {
    let mut thread = buyer_thread(tx, &actor.who, case).await?;
    let participants = tx.participants(thread.id).await?;
    policy::may_post(&actor.who, &thread, &participants).map_err(|refusal| refused(&["text"], refusal))?;
    let place = policy::place(&actor.who, &participants);
    speak(tx, charter, actor, std::slice::from_ref(case), (&mut thread, place), Words { text, attachments: Vec::new(), key: None }).await
}

async fn voice(tx: &Tx, actor: &Actor) -> Result<(String, SpeakAs)> {
    match &actor.who {
        Who::Seller { seller, .. } => {
            let name = tx.seller_name(*seller).await?;
            Ok((name.clone(), SpeakAs::Seller { id: *seller, name }))
        }
        Who::Operator { name, .. } | Who::Agent { name, .. } => Ok((name.clone(), SpeakAs::Operator)),
        _ => Err(Refusal::NotAllowed.into()),
    }
}

/// Where words are read in the helpdesk.
struct Route<'a> {
    tickets: Vec<(&'a Case, Ticket)>,
    delivery: MessageDelivery,
}

impl Route<'_> {
    /// Sends a message along.
    async fn carry(&self, tx: &mut Tx, kind: ThreadKind, message: &Message, speak_as: &SpeakAs) -> Result<()> {
        for (case, ticket) in &self.tickets {
            effects::carry(tx, case, ticket, kind, message, speak_as.clone()).await?;
        }
        Ok(())
    }
}

/// The way of words to the helpdesk: the buyer's to the case's newest ticket, private ones, if the charter wants it, as an
/// internal note to the ticket of every case.
async fn route<'a>(tx: &Tx, charter: &Charter, cases: &'a [Case], thread: &Thread) -> Result<Route<'a>> {
    let mut route = Route { tickets: Vec::new(), delivery: MessageDelivery::None };
    if !thread.kind.reaches_buyer() && charter.private_mirror == PrivateMirror::Off {
        return Ok(route);
    }
    for case in cases {
        let tickets = tx.tickets_of(case.id).await?;
        let none = tickets.is_empty();
        if let Some(ticket) = tickets.into_iter().find(effects::can_carry) {
            route.tickets.push((case, ticket));
            route.delivery = MessageDelivery::Pending;
        } else if !none {
            // Spam, in the bin, merged or closed: there is nobody to bring them to.
            route.delivery = MessageDelivery::Failed;
        } else if tx.delivery_waits(&opening_lane(case.id)).await? {
            // The ticket is still to be opened; its opening takes these words along.
            route.delivery = MessageDelivery::Pending;
        }
    }
    if !thread.kind.reaches_buyer() {
        route.delivery = MessageDelivery::None;
    }
    Ok(route)
}

/// Remembers that the actor's side has read a thread up to a message, or all of it.
pub async fn mark_read(cx: &Cx, actor: &Actor, thread: ThreadId, up_to: Option<MessageId>) -> Result<Thread> {
    let up_to = match up_to {
        None => None,
        Some(id) => {
            let seen = cx.store.messages_by_id(actor.scope(), &[id]).await?;
            let message = seen.first().filter(|message| message.thread == thread);
            Some(message.ok_or_else(|| refused(&["upToMessageId"], Refusal::NotFound { what: "Message" }))?.number)
        }
    };
    let tx = cx.store.begin(actor.marketplace).await?;
    let thread = tx.thread(actor.scope(), thread).await?.ok_or_else(|| refused(&["threadId"], Refusal::NotFound { what: "Thread" }))?;
    let participants = tx.participants(thread.id).await?;
    let own = policy::place(&actor.who, &participants).ok_or_else(|| refused(&["threadId"], Refusal::NotAllowed))?;
    let number = up_to.unwrap_or(thread.last_number);
    tx.mark_read(own, number).await?;
    tx.commit().await?;
    Ok(thread)
}

/// Somebody to let into a thread.
#[derive(Debug, Clone, Copy)]
pub struct Admission {
    /// Into which.
    pub thread: ThreadId,
    /// Which side of the case.
    pub party: Party,
    /// What they may do.
    pub right: Right,
    /// Whether they see what was said before.
    pub history: History,
}

/// Lets a side of the case into a thread, or changes what it may do there.
pub async fn add_participant(cx: &Cx, actor: &Actor, admission: Admission) -> Result<Participant> {
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let not_found = || refused(&["threadId"], Refusal::NotFound { what: "Thread" });
    tx.thread(actor.scope(), admission.thread).await?.ok_or_else(not_found)?;
    let cases = tx.lock_cases_of_thread(actor.scope(), admission.thread).await?;
    let thread = tx.thread(actor.scope(), admission.thread).await?.ok_or_else(not_found)?;
    policy::require(&actor.who, Permission::AddParticipant)?;
    policy::may_admit(&thread, admission.party).map_err(|refusal| refused(&["party"], refusal))?;
    let case = cases.first().ok_or(Error::NotFound)?;
    let member = member(admission.party, case).ok_or_else(|| refused(&["party"], Refusal::NoSeller))?;
    let present = tx.participants(thread.id).await?.into_iter().find(|participant| participant.member == member);

    let participant = if let Some(present) = present {
        let visible_from = match admission.history {
            History::Shown => 1,
            History::Hidden => present.visible_from,
        };
        if present.right == admission.right && present.visible_from == visible_from {
            return Err(refused(&["party"], Refusal::AlreadyTakesPart));
        }
        let changed = Participant { right: admission.right, visible_from, ..present };
        tx.save_participant(&changed).await?;
        changed
    } else {
        let visible_from = match admission.history {
            History::Shown => 1,
            History::Hidden => thread.last_number + 1,
        };
        tx.insert_participant(thread.id, member, admission.right, visible_from).await?
    };
    for case in &cases {
        let event = EventKind::ParticipantAdded {
            thread: thread.id,
            participant: participant.id,
            party: admission.party,
            right: admission.right,
            history: admission.history,
        };
        // Numbered beyond the last message, so that those who see only what comes see this too.
        tx.record(case.id, &actor.who, NewEvent::in_thread(event, thread.id, thread.last_number + 1, Audience::ALL));
    }
    tx.commit().await?;
    Ok(participant)
}
