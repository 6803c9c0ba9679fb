//! What of the timeline is told to the world outside, in which words, and how often it is tried.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::ids::WebhookEndpointId;
use super::parties::View;
use super::timeline::{Event, EventKind};

#[cfg(test)]
mod tests;

/// One line for each kind of event: its type, the name in a body, and what it is told for.
macro_rules! event_types {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal, $kind:ident;)+) => {
        /// The types of events that an endpoint can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum EventType {
            $($(#[doc = $doc])+ $name,)+
        }

        impl EventType {
            /// Every type, in the order of the enum.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name in a body.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The type of what happened.
            pub const fn of(kind: &EventKind) -> Self {
                match kind {
                    $(EventKind::$kind { .. } => Self::$name,)+
                }
            }
        }
    };
}

event_types! {
    /// The case began.
    CaseOpened, "case.opened", CaseOpened;
    /// An order was found or named.
    OrderAttached, "case.order_attached", OrderAttached;
    /// The case changed its state.
    StatusChanged, "case.status_changed", StatusChanged;
    /// The case became more or less urgent.
    PriorityChanged, "case.priority_changed", PriorityChanged;
    /// The case went to the operator.
    CaseEscalated, "case.escalated", CaseEscalated;
    /// It is known why the buyer got in touch.
    CaseReasonNamed, "case.reason_named", ReasonNamed;
    /// It is known in which language the buyer is written to.
    LanguageSet, "case.language_set", LanguageSet;
    /// A promise will soon be broken.
    DeadlineNear, "case.deadline_near", DeadlineNear;
    /// A promise was not kept.
    DeadlineMissed, "case.deadline_missed", DeadlineMissed;
    /// The buyer's last words need no answer.
    ReplyWaived, "case.reply_waived", ReplyWaived;
    /// The case is settled.
    CaseResolved, "case.resolved", CaseResolved;
    /// Parts of the case go on as cases of their own.
    CaseSplit, "case.split", CaseSplit;
    /// The case goes on in another one.
    CaseMerged, "case.merged", CaseMerged;
    /// Another case goes on in this one.
    CaseAbsorbed, "case.absorbed", CaseAbsorbed;
    /// A question was offered to sellers.
    PoolOffered, "case.pool_offered", PoolOffered;
    /// A seller answered it.
    PoolAnswered, "case.pool_answered", PoolAnswered;
    /// A seller took its answer back.
    PoolAnswerWithdrawn, "case.pool_answer_withdrawn", PoolAnswerWithdrawn;
    /// An answer was accepted.
    PoolAccepted, "case.pool_accepted", PoolAccepted;
    /// A question was taken back.
    PoolWithdrawn, "case.pool_withdrawn", PoolWithdrawn;
    /// A question's time ran out.
    PoolExpired, "case.pool_expired", PoolExpired;
    /// Something happened to a refund; `change` says what.
    RefundChanged, "refund.changed", Refund;
    /// Something happened to a return; `change` says what.
    ReturnChanged, "return.changed", Return;
    /// Something happened to a withdrawal; `change` says what.
    WithdrawalChanged, "withdrawal.changed", Withdrawal;
    /// Something happened to a dispute; `change` says what.
    DisputeChanged, "dispute.changed", Dispute;
    /// A file of a message became ready, or was taken away.
    AttachmentChanged, "case.attachment_changed", AttachmentChanged;
    /// A thread was opened.
    ThreadOpened, "case.thread_opened", ThreadOpened;
    /// Somebody was let into a thread.
    ParticipantAdded, "case.participant_added", ParticipantAdded;
    /// Somebody said something.
    MessagePosted, "case.message_posted", MessagePosted;
    /// Parts of a message were removed.
    MessageRedacted, "case.message_redacted", MessageRedacted;
    /// A message stands in the helpdesk now.
    MessageDelivered, "case.message_delivered", MessageDelivered;
    /// A delivery to the helpdesk waits for a person.
    DeliveryStopped, "case.delivery_stopped", DeliveryStopped;
    /// A ticket tells the case from now on.
    TicketLinked, "case.ticket_linked", TicketLinked;
    /// The ticket was merged into another one.
    TicketMerged, "case.ticket_merged", TicketMerged;
    /// The ticket went to the helpdesk's bin.
    TicketDeleted, "case.ticket_deleted", TicketDeleted;
    /// The ticket was marked as spam.
    TicketMarkedSpam, "case.ticket_marked_spam", TicketMarkedSpam;
    /// The ticket came back.
    TicketRestored, "case.ticket_restored", TicketRestored;
    /// Something bad is said elsewhere of the order that the case is about.
    MentionFound, "case.mention_found", MentionFound;
    /// The buyer rated the support.
    SupportRated, "case.support_rated", SupportRated;
    /// Somebody from outside reads along for a while.
    MediatorAdmitted, "case.mediator_admitted", MediatorAdmitted;
    /// They do no longer.
    MediatorRevoked, "case.mediator_revoked", MediatorRevoked;
}

/// The name of a test in a body.
pub const TEST_TYPE: &str = "webhook.test";

/// Fields of events that hold a word of a closed set, and so may be told. Ids always may; everything else stays inside.
const WORDS: &[(&str, &str)] = &[
    ("status", "status"),
    ("state", "state"),
    ("promise", "promise"),
    ("outcome", "outcome"),
    ("resolution", "resolution"),
    ("from", "from"),
    ("to", "to"),
    ("reason", "reason"),
    ("kind", "threadKind"),
    ("party", "party"),
    ("right", "right"),
    ("history", "history"),
];

fn is_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(prefix, digits)| {
        prefix.len() == 3
            && prefix.bytes().all(|byte| byte.is_ascii_lowercase())
            && digits.len() == 32
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// What an endpoint is told of an event: which kind of thing happened to what, by whom. Thin: no words, no names, no
/// addresses, and no number that would count what its reader cannot see.
pub fn webhook_body(event: &Event, reference: &str) -> String {
    let mut data = Map::new();
    data.insert("eventId".into(), json!(event.id));
    data.insert("caseId".into(), json!(event.case));
    data.insert("caseReference".into(), json!(reference));
    let actor = serde_json::to_value(&event.actor).unwrap_or_default();
    data.insert("actor".into(), json!({ "kind": actor["kind"], "party": event.actor.party() }));
    let fields = serde_json::to_value(&event.kind).unwrap_or_default();
    for (key, value) in fields.as_object().into_iter().flatten() {
        if let Some(ids) = value.as_array().filter(|list| list.iter().all(|one| one.as_str().is_some_and(is_id))) {
            data.insert(format!("{key}Ids"), json!(ids));
        }
        // What happened to a return, refund or dispute: its kind, and nothing of what is in it.
        if let Some(change) = value["type"].as_str().filter(|change| is_word(change)) {
            data.insert("change".into(), json!(change));
        }
        let Some(text) = value.as_str() else { continue };
        if is_id(text) {
            data.insert(format!("{key}Id"), value.clone());
        } else if let Some((_, told)) = WORDS.iter().find(|(known, _)| known == key)
            && is_word(text)
        {
            data.insert((*told).to_owned(), value.clone());
        }
    }
    body(EventType::of(&event.kind).name(), event.at, &Value::Object(data))
}

/// What an endpoint is told when somebody tries it out.
pub fn test_body(endpoint: WebhookEndpointId, at: DateTime<Utc>) -> String {
    body(TEST_TYPE, at, &json!({ "endpointId": endpoint }))
}

fn body(name: &str, at: DateTime<Utc>, data: &Value) -> String {
    json!({ "type": name, "timestamp": at.to_rfc3339_opts(SecondsFormat::AutoSi, true), "data": data }).to_string()
}

/// Whose eyes an endpoint sees the timeline with: those of who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndpointView {
    /// The operator's: everything.
    Whole,
    /// The vendor's: every case, but only what its buyer may see.
    Storefront,
}

impl EndpointView {
    /// The view of endpoints that somebody with this view makes; none for those who make none.
    pub const fn of(view: View) -> Option<Self> {
        match view {
            View::Whole => Some(Self::Whole),
            View::Storefront => Some(Self::Storefront),
            View::Seller(_) | View::Buyer(_) | View::Mediator { .. } => None,
        }
    }

    /// The view itself.
    pub const fn view(self) -> View {
        match self {
            Self::Whole => View::Whole,
            Self::Storefront => View::Storefront,
        }
    }
}

/// Whether an endpoint is told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndpointState {
    /// It is.
    Enabled,
    /// Somebody switched it off.
    Disabled,
    /// Trilogue switched it off: it failed for days.
    Failed,
    /// Trilogue switched it off: it said that it is gone.
    Gone,
}

/// After so long without a success an endpoint that is tried is switched off.
pub const FAILING_LIMIT: TimeDelta = TimeDelta::days(5);
/// How long a replaced secret signs beside its successor.
pub const SECRET_OVERLAP: TimeDelta = TimeDelta::hours(24);
/// The longest pause that a receiver can ask for.
pub const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(24);

/// The pauses between attempts, in seconds: three days in all, as the Standard Webhooks specification advises.
const PAUSES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// How long to wait after so many attempts; none when it is given up. Up to a fifth is added by `seed`, so that what
/// failed together does not come back together.
pub fn pause_after(attempts: i32, seed: u8) -> Option<TimeDelta> {
    let step = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let seconds = *PAUSES.get(step)?;
    // In milliseconds: finer than microseconds no database keeps.
    Some(TimeDelta::milliseconds(seconds * 1_000 + seconds * 200 * i64::from(seed) / 255))
}
