//! What a buyer is told without having asked: that an order comes later than promised.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{CaseId, MailId, MessageId, NoticeId, OrderId, ShipmentId};
use super::mails::Language;

#[cfg(test)]
mod tests;

/// What happened to the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeKind {
    /// It was moved to a later day.
    Moved,
    /// It passed, and nothing was delivered.
    Passed,
}

/// The way that a notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeWay {
    /// Into the thread of the case that the buyer has about it.
    Case,
    /// As a ticket that the helpdesk opens to the buyer.
    Helpdesk,
    /// As an e-mail of ours.
    Email,
    /// Nowhere.
    None,
}

/// Why a notice goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Withheld {
    /// The buyer wants none.
    OptedOut,
    /// Nobody knows the buyer's address.
    NoAddress,
    /// There is neither a helpdesk nor a mail server.
    NoWay,
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeState {
    /// It is on its way.
    Pending,
    /// It is where the buyer reads it, or with who carries it there.
    Delivered,
    /// It could not be brought there.
    Failed,
    /// Nobody can tell whether it arrived; a person must look.
    Uncertain,
    /// It was not sent, for the reason given.
    Withheld,
}

/// One notice about one order line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Our id.
    pub id: NoticeId,
    /// The order.
    pub order: OrderId,
    /// The marketplace's id of the line.
    pub line: String,
    /// The parcel whose promise it is.
    pub shipment: ShipmentId,
    /// What happened.
    pub kind: NoticeKind,
    /// By when it is promised now, or was.
    pub promised_at: DateTime<Utc>,
    /// The way it goes.
    pub way: NoticeWay,
    /// Why it goes none.
    pub withheld: Option<Withheld>,
    /// What became of it.
    pub state: NoticeState,
    /// The case whose thread holds it.
    pub case: Option<CaseId>,
    /// The message that it is.
    pub message: Option<MessageId>,
    /// The e-mail that it is.
    pub mail: Option<MailId>,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// What a notice speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What happened.
    pub kind: NoticeKind,
    /// The day promised now, or before.
    pub day: NaiveDate,
    /// The marketplace's name.
    pub marketplace: &'a str,
    /// The order.
    pub order: &'a str,
    /// What it is about, by the titles of the lines.
    pub titles: &'a [&'a str],
    /// Where the parcel can be followed.
    pub tracking: Option<&'a str>,
    /// The way it goes: our e-mails cannot be answered.
    pub way: NoticeWay,
}

/// So many lines are named; of the others only how many they are.
const NAMED: usize = 20;

/// The subject of a notice.
pub fn subject(facts: &Facts<'_>, language: Language) -> String {
    let order = facts.order;
    match (facts.kind, language) {
        (NoticeKind::Moved, Language::English) => format!("Your order {order}: new delivery date"),
        (NoticeKind::Moved, Language::French) => format!("Votre commande {order} : nouvelle date de livraison"),
        (NoticeKind::Passed, Language::English) => format!("Your order {order} is late"),
        (NoticeKind::Passed, Language::French) => format!("Votre commande {order} a du retard"),
    }
}

/// The words of a notice, as plain text.
pub fn text(facts: &Facts<'_>, language: Language) -> String {
    let (day, order, marketplace) = (day(facts.day, language), facts.order, facts.marketplace);
    let (hello, news, sorry, answer, follow, more) = match language {
        Language::English => {
            let news = match facts.kind {
                NoticeKind::Moved => format!("The delivery of your order {order} was moved. It is now expected by {day}."),
                NoticeKind::Passed => {
                    format!("Your order {order} was expected by {day} and has not been delivered yet, as far as we know.")
                }
            };
            (
                "Hello,",
                news,
                "We are sorry for the wait. There is nothing you need to do.",
                "If you have a question, just answer this message.",
                "Follow the parcel:",
                "more",
            )
        }
        Language::French => {
            let news = match facts.kind {
                NoticeKind::Moved => {
                    format!("La livraison de votre commande {order} a été reportée. Elle est maintenant attendue au plus tard le {day}.")
                }
                NoticeKind::Passed => {
                    format!(
                        "Votre commande {order} était attendue au plus tard le {day} et, à notre connaissance, n'a pas encore été livrée."
                    )
                }
            };
            (
                "Bonjour,",
                news,
                "Nous vous prions de nous excuser pour cette attente. Vous n'avez rien à faire.",
                "Si vous avez une question, répondez simplement à ce message.",
                "Suivre le colis :",
                "de plus",
            )
        }
    };
    let mut parts = vec![hello.to_owned(), news];
    let mut goods: Vec<String> = facts.titles.iter().take(NAMED).map(|title| format!("- {title}")).collect();
    if facts.titles.len() > NAMED {
        goods.push(format!("- … {} {more}", facts.titles.len() - NAMED));
    }
    if !goods.is_empty() {
        parts.push(goods.join("\n"));
    }
    if let Some(tracking) = facts.tracking {
        parts.push(format!("{follow} {tracking}"));
    }
    let answer = if facts.way == NoticeWay::Email { String::new() } else { format!(" {answer}") };
    parts.extend([format!("{sorry}{answer}"), marketplace.to_owned()]);
    parts.join("\n\n")
}

const ENGLISH: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const FRENCH: [&str; 12] =
    ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

/// A day as people write it.
fn day(day: NaiveDate, language: Language) -> String {
    let month = usize::try_from(day.month0()).unwrap_or_default();
    match (language, day.day()) {
        (Language::English, number) => format!("{number} {} {}", ENGLISH[month], day.year()),
        (Language::French, 1) => format!("1er {} {}", FRENCH[month], day.year()),
        (Language::French, number) => format!("{number} {} {}", FRENCH[month], day.year()),
    }
}
