//! `POST /tickets`, the one call with an idempotency key.
//! <https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency>

use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::super::actions::Birth;
use super::super::state::{Remembered, Role, State};
use super::{Answer, Problem, body_object};
use crate::demo::peer::{Audience, Call, Origin, Reply};

const LONGEST_KEY: usize = 255;

impl State {
    pub(super) fn post_ticket(&mut self, call: &Call, actor: i64) -> Answer {
        let Some(key) = call.header("idempotency-key").map(str::to_owned) else {
            return self.create_ticket(call, actor);
        };
        if key.len() > LONGEST_KEY {
            return Err(mismatch("The idempotency key is longer than 255 characters"));
        }
        let now = self.now();
        self.idempotency.retain(|_, earlier| now - earlier.at < TimeDelta::hours(2));
        let digest = Sha256::digest(&call.body).to_vec();
        if let Some(earlier) = self.idempotency.get(&key) {
            if earlier.digest != digest {
                return Err(mismatch("Request parameters don't match the given idempotency key"));
            }
            return Ok(earlier.reply.clone().with("x-idempotency-lookup", "hit"));
        }
        let reply = self.create_ticket(call, actor)?;
        self.idempotency.insert(key, Remembered { digest, reply: reply.clone(), at: now });
        Ok(reply.with("x-idempotency-lookup", "miss"))
    }

    fn create_ticket(&mut self, call: &Call, actor: i64) -> Answer {
        let asked = body_object(call, "ticket")?;
        let content = self.read_update(&asked, actor, Audience::Public)?;
        if content.comment.is_none() {
            return Err(Problem::invalid("base", "Description: cannot be blank"));
        }
        let follow_up_of = self.read_follow_up(&asked)?;
        let requester = self.read_requester(&asked, actor)?;
        let submitter = match asked.get("submitter_id").filter(|_| follow_up_of.is_none()) {
            None | Some(Value::Null) => actor,
            Some(id) => self.known_user(id).ok_or_else(|| Problem::invalid("submitter", "Submitter: is invalid"))?,
        };
        let mut content = content;
        // The submitter is always the author of the first comment.
        if let Some(draft) = &mut content.comment
            && submitter != actor
        {
            draft.author = submitter;
        }
        let submitter = content.comment.as_ref().map_or(submitter, |draft| draft.author);
        let (number, audit) = self.create(actor, Birth { requester, submitter, origin: Origin::Api, follow_up_of, content })?;
        let ticket = self.live(number)?;
        let reply = Reply::json(201, json!({"ticket": self.ticket_json(ticket), "audit": audit.json(number)}));
        Ok(reply.with("Location", format!("{}/api/v2/tickets/{number}.json", self.base_url)))
    }

    fn read_follow_up(&self, asked: &Map<String, Value>) -> Result<Option<u64>, Problem> {
        let Some(source) = asked.get("via_followup_source_id").filter(|source| !source.is_null()) else { return Ok(None) };
        let closed = source.as_u64().filter(|number| self.live(*number).is_ok() && self.writable(*number).is_err());
        closed.map(Some).ok_or_else(|| Problem::invalid("via_followup_source_id", "Follow-up source: must be a closed ticket"))
    }

    fn read_requester(&mut self, asked: &Map<String, Value>, actor: i64) -> Result<i64, Problem> {
        if let Some(id) = asked.get("requester_id").filter(|id| !id.is_null()) {
            return self.known_user(id).ok_or_else(|| Problem::invalid("requester", "Requester: is invalid"));
        }
        let Some(requester) = asked.get("requester").and_then(Value::as_object) else { return Ok(actor) };
        let text = |key: &str| requester.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let Some(email) = text("email").filter(|email| email.contains('@')) else {
            return Err(Problem::invalid("requester", "Requester: Email is invalid"));
        };
        if let Some(known) = self.user_by_email(email) {
            return Ok(known);
        }
        let name = text("name").ok_or_else(|| Problem::invalid("requester", "Requester: Name: is too short (minimum one characters)"))?;
        Ok(self.add_user(name, Some(email.to_owned()), None, Role::EndUser))
    }

    fn known_user(&self, id: &Value) -> Option<i64> {
        id.as_i64().filter(|id| self.users.contains_key(id))
    }
}

fn mismatch(description: &str) -> Problem {
    Problem::BadRequest { error: "IdempotentRequestError", description: description.to_owned() }
}
