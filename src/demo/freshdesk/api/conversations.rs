//! Replies and notes. <https://developers.freshdesk.com/api/#conversations>

use serde_json::{Value, json};

use super::super::actions::Draft;
use super::super::problem::{Fault, Problem};
use super::super::state::{ConversationKind, State};
use super::form::Reader;
use super::lists::page;
use super::{Answer, body};
use crate::demo::peer::{Call, Reply};

impl State {
    /// Oldest first; no filter by time or id exists.
    pub(super) fn list_conversations(&self, call: &Call, number: u64) -> Answer {
        let ticket = self.ticket(number)?;
        let all = ticket.conversations.iter().map(|conversation| self.conversation_json(number, conversation, "size")).collect();
        page(call, &self.base_url, all)
    }

    /// Mails the requester: there is nobody else that it could go to.
    pub(super) fn post_reply(&mut self, call: &Call, number: u64) -> Answer {
        self.writable(number)?;
        let (body, files) = self.body_with_files(
            call,
            &["body", "structured_body", "from_email", "user_id", "cc_emails", "bcc_emails", "attachments"],
            number,
        )?;
        let mut reader = Reader::default();
        let html = reader.needed_text(&body, "body");
        let user = reader.integer(&body, "user_id").unwrap_or(self.integration);
        if !self.is_agent(user) {
            reader.faults.push(Fault::invalid("user_id", "There is no agent matching the given user_id"));
        }
        let cc = reader.texts(&body, "cc_emails").unwrap_or_default();
        let bcc = reader.texts(&body, "bcc_emails").unwrap_or_default();
        if !reader.faults.is_empty() {
            return Err(Problem::Invalid(reader.faults));
        }
        let draft = Draft { user, kind: ConversationKind::Reply, incoming: false, private: false, html, files };
        let reply = self.converse(number, draft)?;
        let whole = self.conversation_json(number, &reply, "size");
        let mut answer = picked(&whole, &["id", "body", "body_text", "user_id", "ticket_id", "created_at", "updated_at", "attachments"]);
        answer["replied_to"] = json!(reply.to);
        answer["from_email"] = json!("Acme <support@acme.freshdesk.com>");
        answer["cc_emails"] = json!(cc);
        answer["bcc_emails"] = json!(bcc);
        Ok(Reply::json(201, answer))
    }

    /// Private unless the caller says otherwise.
    pub(super) fn post_note(&mut self, call: &Call, number: u64) -> Answer {
        self.writable(number)?;
        let known = ["body", "private", "incoming", "notify_emails", "user_id", "attachments"];
        let (body, files) = self.body_with_files(call, &known, number)?;
        let mut reader = Reader::default();
        let html = reader.needed_text(&body, "body");
        let private = reader.flag(&body, "private").unwrap_or(true);
        let incoming = reader.flag(&body, "incoming").unwrap_or(false);
        let user = reader.integer(&body, "user_id").unwrap_or(self.integration);
        if !self.users.contains_key(&user) {
            reader.faults.push(Fault::invalid("user_id", "There is no agent or user matching the given user_id"));
        }
        let notified = reader.texts(&body, "notify_emails").unwrap_or_default();
        if !reader.faults.is_empty() {
            return Err(Problem::Invalid(reader.faults));
        }
        let note = self.converse(number, Draft { user, kind: ConversationKind::Note, incoming, private, html, files })?;
        let whole = self.conversation_json(number, &note, "file_size");
        let keys = ["id", "body", "body_text", "incoming", "private", "user_id", "ticket_id", "created_at", "updated_at", "attachments"];
        let mut answer = picked(&whole, &keys);
        answer["notified_to"] = json!(notified);
        Ok(Reply::json(201, answer))
    }

    /// Notes only: what was mailed cannot be changed.
    pub(super) fn put_conversation(&mut self, call: &Call, id: i64) -> Answer {
        let (number, kind) = self.place_of(id)?;
        if kind != ConversationKind::Note {
            return Err(Problem::NotAllowed);
        }
        let body = body(call, &["body", "attachments"])?;
        let mut reader = Reader::default();
        let html = reader.needed_text(&body, "body");
        if !reader.faults.is_empty() {
            return Err(Problem::Invalid(reader.faults));
        }
        let edited = self.edit(number, id, self.integration, &html)?;
        Ok(Reply::json(200, self.conversation_json(number, &edited, "file_size")))
    }

    pub(super) fn delete_conversation(&mut self, id: i64) -> Answer {
        let (number, _) = self.place_of(id)?;
        self.writable(number)?.conversations.retain(|conversation| conversation.id != id);
        Ok(Reply::nothing(204))
    }

    fn place_of(&self, id: i64) -> Result<(u64, ConversationKind), Problem> {
        let mut all = self.tickets.values().flat_map(|ticket| ticket.conversations.iter().map(|conversation| (ticket.id, conversation)));
        all.find(|(_, conversation)| conversation.id == id).map(|(number, known)| (number, known.kind)).ok_or(Problem::NotFound)
    }
}

fn picked(whole: &Value, keys: &[&str]) -> Value {
    Value::Object(keys.iter().map(|key| ((*key).to_owned(), whole[*key].clone())).collect())
}
