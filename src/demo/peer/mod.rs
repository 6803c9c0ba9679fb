//! What both simulated helpdesks are made of: the HTTP front with its faults and journal, the webhook outbox,
//! rate windows, and the words in which tests speak to them.

mod article;
mod call;
mod faults;
mod file;
mod front;
pub(crate) mod html;
mod ids;
mod journal;
mod line;
mod outbox;
mod pulse;
mod rates;
#[cfg(test)]
pub(crate) mod testing;
mod words;

pub use article::{Readers, SimArticle};
pub use faults::{Fault, Faults, On};
pub use file::{Scan, SimFile};
pub use front::StartError;
pub use journal::{Journal, RequestRecord};
pub use outbox::{DeliveryRecord, Outbox, Outcome, Sending, Webhook};
pub use words::{
    Audience, CommentView, Mail, Mood, Opening, Origin, Person, Posted, Presence, Refused, Side, SimulatedHelpdesk, TicketState,
    TicketView, Urgency,
};

pub(crate) use call::{Call, Reply};
pub(crate) use front::{Desk, Furniture, Premises};
pub(crate) use ids::Ids;
pub(crate) use outbox::{Answer, Rules, Secret, unsent};
pub(crate) use rates::Windows;
