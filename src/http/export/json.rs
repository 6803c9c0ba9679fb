//! An export for programs: one JSON document, a line for each thing.

use serde_json::{Value, json};

use super::super::papers::{role, word};
use super::{Style, actor};
use crate::domain::parties::View;
use crate::workflow::export::{Header, Part};

/// Where the writing stands.
#[derive(Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Threads,
    Messages,
    Timeline,
}

/// JSON.
#[derive(Debug, Default)]
pub(super) struct Json {
    place: Place,
    /// Whether something stands in the list already, so that a comma goes before the next.
    begun: bool,
    whole: bool,
}

impl Json {
    fn comma(&mut self) -> &'static str {
        if std::mem::replace(&mut self.begun, true) { ",\n" } else { "\n" }
    }
}

impl Style for Json {
    fn open(&mut self, header: &Header) -> String {
        self.whole = header.view == View::Whole;
        let (case, market) = (&header.case, &header.marketplace);
        let order = header.order.as_ref().map(|order| {
            json!({
                "id": order.id, "reference": order.reference, "placedAt": order.placed_at, "buyerEmail": order.buyer_email,
                "total": order.total, "lines": order.lines,
            })
        });
        let seller =
            |seller: &crate::domain::orders::Seller| json!({ "id": seller.id, "externalId": seller.external_id, "name": seller.name });
        let tickets: Vec<_> = header
            .tickets
            .iter()
            .map(|ticket| json!({ "externalId": ticket.number.0, "url": ticket.url, "status": word(ticket.status) }))
            .collect();
        let shown = json!({
            "format": "trilogue-case-export", "version": 1, "generatedAt": header.generated_at,
            "viewer": { "role": role(header.view), "seller": header.viewer_seller.as_ref().map(seller) },
            "marketplace": { "id": market.id, "name": market.name },
            "case": {
                "id": case.id, "reference": case.reference, "subject": case.subject, "status": word(case.status), "mode": word(case.mode),
                "phase": word(case.phase), "priority": word(case.priority), "owner": word(case.owner), "openedAt": case.opened_at,
                "awaiting": case.status.turn().map(word), "replyDueAt": case.reply_due_at(), "updatedAt": case.updated_at_for(header.view),
            },
            "buyer": header.buyer.as_ref().map(|buyer| json!({ "id": buyer.id, "name": buyer.name, "email": buyer.email })),
            "seller": header.seller.as_ref().map(seller),
            "order": order, "tickets": tickets,
        });
        format!("{{\"header\":{shown},\n\"threads\":[")
    }

    fn part(&mut self, part: &Part) -> String {
        match part {
            Part::Thread(thread, participants) => {
                let comma = self.comma();
                self.begun = false;
                self.place = Place::Messages;
                let participants: Vec<_> = participants
                    .iter()
                    .map(|one| json!({ "id": one.id, "party": word(one.member.party()), "right": word(one.right), "joinedAt": one.joined_at }))
                    .collect();
                let (kind, subject) = (Value::from(word(thread.kind)), json!(thread.subject));
                let (id, opened, participants) = (json!(thread.id), json!(thread.opened_at), json!(participants));
                format!(
                    "{comma}{{\"id\":{id},\"kind\":{kind},\"subject\":{subject},\"openedAt\":{opened},\"participants\":{participants},\"messages\":["
                )
            }
            Part::Message(message, files) => {
                let files: Vec<_> = files
                    .iter()
                    .map(|file| {
                        json!({
                            "id": file.id, "name": file.name, "contentType": file.content_type, "size": file.size, "state": word(file.state),
                            "sha256": file.sha256.map(hex::encode),
                        })
                    })
                    .collect();
                let mut shown = json!({
                    "id": message.id, "sentAt": message.sent_at, "author": word(message.author), "authorName": message.author_name,
                    "text": message.text, "html": message.html, "channel": word(message.channel), "delivery": word(message.delivery),
                    "redactedAt": message.redacted_at, "attachments": files,
                });
                if self.whole {
                    shown["audience"] = message.audience.parties().map(word).collect();
                }
                format!("{}{shown}", self.comma())
            }
            Part::EndOfThread => {
                self.begun = true;
                self.place = Place::Threads;
                "\n]}".to_owned()
            }
            Part::Event(event) => {
                let opening = self.timeline();
                let (kind, name) = actor(&event.actor);
                let shown = json!({ "id": event.id, "at": event.at, "actor": { "kind": kind, "name": name }, "event": event.kind });
                format!("{opening}{}{shown}", self.comma())
            }
        }
    }

    fn close(&mut self) -> String {
        format!("{}\n],\n", self.timeline())
    }

    fn last_line(&self, digest: &str) -> String {
        format!("\"manifest\":{{\"algorithm\":\"sha256\",\"covers\":\"every byte before this line\",\"digest\":\"{digest}\"}}}}\n")
    }
}

impl Json {
    /// Ends the list of threads and begins that of events, once.
    fn timeline(&mut self) -> &'static str {
        if self.place == Place::Timeline {
            return "";
        }
        self.place = Place::Timeline;
        self.begun = false;
        "\n],\n\"timeline\":["
    }
}
